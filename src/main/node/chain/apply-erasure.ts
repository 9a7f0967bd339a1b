/**
 * That hospitals agreed to an erasure, as far as everybody sees it: when. What it is of is sealed; the chain keeps the height, and takes no result whose
 * words were found before it (ADR 0032).
 */
import { equalBytes } from '../../../shared/std/bytes.ts'
import { countedOn } from './day-counts.ts'
import type { MemberId } from './ids.ts'
import { DAY_MS, ERASURES_PER_DAY_MAX, HOSPITAL_ERASURES_LEAST } from './limits.ts'
import { membersOf, type ConsortiumState } from './state.ts'

/** So many this hospital agreed to on this day of chain time; it waits for the next one. */
export type ErasureRefusal = 'item-erasures-today'

/** @param time of the segment, milliseconds since 1970 */
export function applyErasure(
  state: ConsortiumState,
  memberId: MemberId,
  { height, time }: { readonly height: number; readonly time: number },
):
  | { readonly kind: 'applied'; readonly state: ConsortiumState }
  | { readonly kind: 'refused'; readonly reason: ErasureRefusal } {
  const erasuresToday = countedOn(state.erasuresToday, memberId, dayOf(time), hospitalErasuresMax(state))
  if (erasuresToday === null) return { kind: 'refused', reason: 'item-erasures-today' }
  return { kind: 'applied', state: { ...state, erasureHeight: height, erasuresToday } }
}

/** How many more this hospital may agree to in a segment of that time or later. */
export function erasuresLeft(state: ConsortiumState, memberId: MemberId, time: number): number {
  const own = state.erasuresToday.find((row) => equalBytes(row.memberId, memberId))
  const count = own !== undefined && own.day >= dayOf(time) ? own.count : 0
  return Math.max(0, hospitalErasuresMax(state) - count)
}

/** On one day. */
export function hospitalErasuresMax(state: ConsortiumState): number {
  const hospitals = membersOf(state).filter(({ kind }) => kind === 'hospital')
  return Math.max(HOSPITAL_ERASURES_LEAST, Math.floor(ERASURES_PER_DAY_MAX / hospitals.length))
}

const dayOf = (time: number): number => Math.floor(time / DAY_MS)
