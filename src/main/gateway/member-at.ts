/**
 * Who a member was when a segment was decided. Gateways compute at different times, and must not differ because an institution left or
 * changed its name meanwhile.
 */
import { equalBytes } from '../../shared/std/bytes.ts'
import type { MemberId } from '../node/chain/ids.ts'
import { EFFECT_DELAY_HEIGHTS } from '../node/chain/limits.ts'
import { findMember, type Member } from '../node/chain/members.ts'
import type { ConsortiumState } from '../node/chain/state.ts'
import type { Decision } from './decisions.ts'

export interface MemberHistory {
  readonly founders: readonly Member[]
  /** Newest first. */
  decidedUpTo(height: number): Promise<readonly Decision[]>
}

/** Null for what was no member. What was decided is read only for a member that changed since. */
export async function memberAt(
  { state, founders, decidedUpTo }: MemberHistory & { readonly state: ConsortiumState },
  memberId: MemberId,
  height: number,
): Promise<Member | null> {
  const now = state.members.find(({ member }) => equalBytes(member.memberId, memberId))
  if (now !== undefined && now.sinceHeight <= height) return now.member
  return memberBy(await decidedUpTo(height - EFFECT_DELAY_HEIGHTS), founders, memberId, height)
}

/** @param decisions newest first, at least those that are in effect at `height` */
export function memberBy(
  decisions: readonly Decision[],
  founders: readonly Member[],
  memberId: MemberId,
  height: number,
): Member | null {
  for (const { height: decided, item } of decisions) {
    if (item.kind !== 'membership' || decided > height - EFFECT_DELAY_HEIGHTS) continue
    if (equalBytes(item.member.memberId, memberId)) return item.change === 'remove' ? null : item.member
  }
  return findMember(founders, memberId)
}
