/**
 * Who a member was when a segment was decided. Gateways compute at different times, and must not differ because an institution left or
 * changed its name meanwhile.
 */
import { equalBytes } from '../../shared/std/bytes.ts'
import type { MemberId } from '../node/chain/ids.ts'
import type { ItemClear } from '../node/chain/item.ts'
import { EFFECT_DELAY_HEIGHTS } from '../node/chain/limits.ts'
import { findMember, type Member } from '../node/chain/members.ts'
import type { ConsortiumState } from '../node/chain/state.ts'

export interface MemberHistory {
  readonly state: ConsortiumState
  readonly founders: readonly Member[]
  /** Final items of a segment, in order. */
  itemsAt(height: number): Promise<readonly ItemClear[]>
}

/** Null for what was no member. The chain is read back only for a member that changed since. */
export async function memberAt(
  { state, founders, itemsAt }: MemberHistory,
  memberId: MemberId,
  height: number,
): Promise<Member | null> {
  const now = state.members.find(({ member }) => equalBytes(member.memberId, memberId))
  if (now !== undefined && now.sinceHeight <= height) return now.member
  for (let decided = height - EFFECT_DELAY_HEIGHTS; decided >= 1; decided--) {
    const last = (await itemsAt(decided)).findLast(
      (item) => item.kind === 'membership' && equalBytes(item.member.memberId, memberId),
    )
    if (last?.kind === 'membership') return last.change === 'remove' ? null : last.member
  }
  return findMember(founders, memberId)
}
