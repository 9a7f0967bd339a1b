/** How often each member did something on one day of chain time: a bound on what costs nobody but others something. */
import { equalBytes } from '../../../shared/std/bytes.ts'
import type { Cbor } from './codec.ts'
import { asArray, isBytes, isCount, listOf, MEMBER_ID_BYTES, type MemberId } from './ids.ts'

/** The day is of chain time since 1970. */
export type DayCount = { readonly memberId: MemberId; readonly day: number; readonly count: number }

/** With one more of this member on that day, in order of the first; what is of other days is dropped. Null beyond `most`. */
export function countedOn(
  rows: readonly DayCount[],
  memberId: MemberId,
  day: number,
  most: number,
): readonly DayCount[] | null {
  const today = rows.filter((row) => row.day === day)
  const own = today.find((row) => equalBytes(row.memberId, memberId))
  const count = (own?.count ?? 0) + 1
  if (count > most) return null
  return own === undefined
    ? [...today, { memberId, day, count }]
    : today.map((row) => (row === own ? { ...row, count } : row))
}

export function dayCountsToCbor(rows: readonly DayCount[]): Cbor {
  return rows.map(({ memberId, day, count }) => [memberId, day, count])
}

export function dayCountsFromCbor(value: Cbor | undefined): DayCount[] | null {
  return listOf(value, Number.MAX_SAFE_INTEGER, (entry) => {
    const slots = asArray(entry, 3)
    if (slots === null || !isBytes(slots[0], MEMBER_ID_BYTES) || !isCount(slots[1]) || !isCount(slots[2]))
      return null
    return { memberId: slots[0] as MemberId, day: slots[1], count: slots[2] }
  })
}
