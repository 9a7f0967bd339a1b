/** Everything of one height on the engine's table; thrown away as a whole when the next begins. */
import { isSpoken } from '../../chain/protocol.ts'
import { keyOf, type MemberId } from '../../chain/ids.ts'
import { beginHeight, type HeightState, type Seat, type ValueId } from '../core/height.ts'
import type { Plant } from '../core/plant.ts'
import type { Timeouts } from '../core/timeouts.ts'
import { createSigningGuard, type SigningGuard } from './signing-guard.ts'
import { firstRoundAt, type Standing } from './standing.ts'
import type { HeightContext, Value } from './world.ts'

export interface Desk {
  readonly context: HeightContext
  readonly seatByMember: ReadonlyMap<string, Seat>
  state: HeightState
  readonly guard: SigningGuard
  readonly values: Map<ValueId, Value>
  /** Values whose bodies and bytes are in the log. */
  readonly logged: Set<ValueId>
  sequence: number
  readonly timers: Map<string, () => void>
  /** For the checks under way: made by the first, and told only where somebody listens. */
  abort: AbortController | null
  checkCount: number
}

export interface DeskOptions {
  readonly memberId: MemberId
  readonly timeouts: Timeouts
  readonly plant: Plant | null
}

/** @param hasMet whether this node may sign as far as R27 goes */
export function layDesk(
  { memberId, timeouts, plant }: DeskOptions,
  context: HeightContext,
  standing: Standing,
  hasMet: boolean,
): Desk {
  const { voters, height, protocolVersion } = context
  const seatByMember = new Map(voters.map((voter, seat) => [keyOf(voter.memberId), seat]))
  const mayVote = hasMet && standing.kind === 'voting' && isSpoken(protocolVersion)
  const seat = mayVote ? (seatByMember.get(keyOf(memberId)) ?? null) : null
  return {
    context,
    seatByMember,
    state: beginHeight(height, voters.length, seat, timeouts, plant, firstRoundAt(standing, height)),
    guard: createSigningGuard(),
    values: new Map(),
    logged: new Set(),
    sequence: 0,
    timers: new Map(),
    abort: null,
    checkCount: 0,
  }
}

export const seatOf = ({ seatByMember }: Desk, memberId: MemberId): Seat | undefined =>
  seatByMember.get(keyOf(memberId))

export function cancelTimers({ timers }: Desk): void {
  for (const cancel of timers.values()) cancel()
  timers.clear()
}

/** Its timers and checks end; nothing is put on it any more. */
export function closeDesk(desk: Desk): void {
  cancelTimers(desk)
  if (desk.checkCount > 0) desk.abort?.abort('the height is over')
}
