/**
 * What members can decide, as items that belong together, and why a wish is refused before anybody is asked to approve
 * it. The chain's own rules (`applyDecision`, `areVotersAllowed`) judge; here are the people's reasons, and two rules more
 * that the chain cannot know (M4): who can be reached now, and who speaks the next protocol.
 */
import { compareBytes } from '../../../shared/std/bytes.ts'
import { unreachable } from '../../../shared/std/unreachable.ts'
import { applyDecision } from '../chain/apply-item.ts'
import type { MemberId } from '../chain/ids.ts'
import type { DecisionItem, MembershipItem } from '../chain/item.ts'
import { EFFECT_DELAY_HEIGHTS } from '../chain/limits.ts'
import { areDistinctMembers, findMember, type Member } from '../chain/members.ts'
import { isPolicyEntry, policyBounds, policyValue, type PolicyName } from '../chain/policy.ts'
import { membersOf, scheduledState, takeEffect, type ConsortiumState } from '../chain/state.ts'
import { isVoterCountAllowed, votersOf } from '../chain/voters.ts'
import { arithmeticOf, type Arithmetic, type Presence } from './arithmetic.ts'
import { ACTIVATION_LEAD_HEIGHTS } from './limits.ts'
import { hasSameKeys } from './request.ts'

export type Plan =
  /** Without a vote: it receives the chain and proves that it has it. */
  | { readonly kind: 'admit'; readonly member: Member }
  /** One or several at once: from one voter to four is one decision. */
  | { readonly kind: 'give-vote'; readonly memberIds: readonly MemberId[] }
  | { readonly kind: 'take-vote'; readonly memberId: MemberId; readonly successor: MemberId | null }
  /** The successor takes the vote of the one who leaves, in the same step. */
  | { readonly kind: 'remove'; readonly memberId: MemberId; readonly successor: MemberId | null }
  | { readonly kind: 'new-keys'; readonly member: Member }
  /** A member that evidence or a suspension named works as before again. */
  | { readonly kind: 'lift-suspension'; readonly memberId: MemberId }
  | { readonly kind: 'policy'; readonly name: string; readonly value: number }
  /** The next generation of the network's pre-shared key, or the next protocol version. */
  | { readonly kind: 'network' | 'protocol'; readonly height: number }

export type PlanRefusal =
  | 'unknown-member'
  | 'already-a-member'
  /** Another member uses one of its keys for the same purpose. */
  | 'key-in-use'
  | 'not-a-hospital'
  | 'has-a-vote'
  | 'has-no-vote'
  | 'same-keys'
  | 'not-suspended'
  /** Somebody must decide. */
  | 'last-voter'
  /** Two or three voters tolerate no failure: policy does not allow them. */
  | 'voter-count'
  | 'too-many-seats'
  /** Fewer voters would be reachable and sign than must agree: the chain would stand still. */
  | 'would-stop'
  | 'policy-unknown'
  | 'policy-out-of-bounds'
  | 'policy-unchanged'
  | 'height-too-early'
  /** The network's key before it is decided and not in effect: who has only the one in effect would be left without. */
  | 'rotation-under-way'
  /** Fewer voters than a quorum speak the version: they would stop at that height. */
  | 'not-ready'
  /** It contradicts what is decided already and takes effect soon. */
  | 'contradiction'

/** What the chain does not say and this node knows. */
export type PlanWorld = Presence & {
  /** The greatest protocol version that a voter is known to speak. */
  readonly versionOf: (memberId: MemberId) => number
}

export type Judgement =
  | {
      readonly kind: 'possible'
      readonly decisions: readonly DecisionItem[]
      readonly arithmetic: Arithmetic
      /** If the next segment holds it. */
      readonly effectHeight: number
    }
  | { readonly kind: 'refused'; readonly reason: PlanRefusal; readonly arithmetic: Arithmetic | null }

/** @param height of the segment that would hold the decision: the next one */
export function planDecisions(
  state: ConsortiumState,
  height: number,
  plan: Plan,
  world: PlanWorld,
): Judgement {
  const made = decisionsOf(state, height, plan)
  return typeof made === 'string' ? refused(made) : judgeDecisions(state, height, made, world)
}

/** Whether these decisions, all in one segment, may be taken now. Also for proposals of others, and again before an approval. */
export function judgeDecisions(
  state: ConsortiumState,
  height: number,
  decisions: readonly DecisionItem[],
  world: PlanWorld,
): Judgement {
  let decided = state
  for (const decision of decisions) {
    if (decision.kind === 'network' && decided.pending.some(({ change }) => change.kind === 'network'))
      return refused('rotation-under-way')
    const result = applyDecision(decided, decision, height)
    if (result.kind === 'refused')
      return refused(result.reason === 'item-activation' ? 'height-too-early' : 'contradiction')
    decided = result.state
  }
  const next = takeEffect(decided, height + EFFECT_DELAY_HEIGHTS - 1)
  const afterNext = takeEffect(next, height + EFFECT_DELAY_HEIGHTS)
  const before = votersOf(membersOf(next))
  const after = votersOf(membersOf(afterNext))
  const arithmetic = arithmeticOf(before, after, world)
  const no = (reason: PlanRefusal): Judgement => ({ kind: 'refused', reason, arithmetic })
  if (after.length === 0) return no('last-voter')
  const areFewAllowed = policyValue(afterNext.policy, 'votersBelowFourAllowed') === 1
  if (!isVoterCountAllowed(after.length, areFewAllowed)) return no('voter-count')
  if (arithmetic.seatsAllowed !== null && arithmetic.seatsChanged > arithmetic.seatsAllowed)
    return no('too-many-seats')
  if (arithmetic.seatsChanged > 0 && arithmetic.after.spare < 0) return no('would-stop')
  for (const decision of decisions) {
    if (decision.kind !== 'protocol') continue
    const ready = after.filter(({ memberId }) => world.versionOf(memberId) >= decision.number).length
    if (ready < arithmetic.after.quorum) return no('not-ready')
  }
  return { kind: 'possible', decisions, arithmetic, effectHeight: effectHeightOf(decisions, height) }
}

/** Those who would get a vote and must prove first that they hold the chain. */
export function candidatesOf(state: ConsortiumState, decisions: readonly DecisionItem[]): Member[] {
  const voters = membersOf(scheduledState(state)).filter((member) => member.isVoter)
  return decisions.flatMap((decision) =>
    decision.kind === 'membership' &&
    decision.change !== 'remove' &&
    decision.member.isVoter &&
    findMember(voters, decision.member.memberId) === null
      ? [decision.member]
      : [],
  )
}

function effectHeightOf(decisions: readonly DecisionItem[], height: number): number {
  let latest = height + EFFECT_DELAY_HEIGHTS
  for (const decision of decisions)
    if ('height' in decision && decision.height > latest) latest = decision.height
  return latest
}

/** The items of a plan, judged against all that is decided so far. */
function decisionsOf(state: ConsortiumState, height: number, plan: Plan): DecisionItem[] | PlanRefusal {
  const scheduled = scheduledState(state)
  const members = membersOf(scheduled)
  switch (plan.kind) {
    case 'admit': {
      const { member } = plan
      if (findMember(members, member.memberId) !== null) return 'already-a-member'
      const all = [...members, member].sort((a, b) => compareBytes(a.memberId, b.memberId))
      if (!areDistinctMembers(all)) return 'key-in-use'
      return [membership('add', { ...member, isVoter: false })]
    }
    case 'give-vote': {
      const items: DecisionItem[] = []
      for (const memberId of plan.memberIds) {
        const item = withVote(members, memberId)
        if (typeof item === 'string') return item
        items.push(item)
      }
      return items
    }
    case 'take-vote': {
      const member = findMember(members, plan.memberId)
      if (member === null) return 'unknown-member'
      if (!member.isVoter) return 'has-no-vote'
      const item = membership('replace', { ...member, isVoter: false })
      if (plan.successor === null) return [item]
      const following = withVote(members, plan.successor)
      return typeof following === 'string' ? following : [item, following]
    }
    case 'remove': {
      const member = findMember(members, plan.memberId)
      if (member === null) return 'unknown-member'
      const item = membership('remove', member)
      if (plan.successor === null) return [item]
      const following = withVote(members, plan.successor)
      return typeof following === 'string' ? following : [item, following]
    }
    case 'new-keys': {
      const member = findMember(members, plan.member.memberId)
      if (member === null) return 'unknown-member'
      if (hasSameKeys(member, plan.member)) return 'same-keys'
      // A change of keys changes neither the name nor the vote: those are decisions of their own.
      const changed = { ...plan.member, name: member.name, isVoter: member.isVoter }
      const others = members.filter((other) => other !== member)
      const all = [...others, changed].sort((a, b) => compareBytes(a.memberId, b.memberId))
      return areDistinctMembers(all) ? [membership('replace', changed)] : 'key-in-use'
    }
    case 'lift-suspension': {
      const member = findMember(members, plan.memberId)
      if (member === null) return 'unknown-member'
      const isNamed = scheduled.suspensions.some(
        ({ memberId }) => compareBytes(memberId, plan.memberId) === 0,
      )
      return isNamed ? [membership('replace', member)] : 'not-suspended'
    }
    case 'policy': {
      const { name, value } = plan
      if (policyBounds(name) === null) return 'policy-unknown'
      if (!Number.isSafeInteger(value) || !isPolicyEntry(name, value)) return 'policy-out-of-bounds'
      if (policyValue(scheduled.policy, name as PolicyName) === value) return 'policy-unchanged'
      return [{ kind: 'policy', name, value, approvals: [] }]
    }
    case 'network':
    case 'protocol': {
      if (plan.height < height + EFFECT_DELAY_HEIGHTS + ACTIVATION_LEAD_HEIGHTS) return 'height-too-early'
      const current = plan.kind === 'network' ? scheduled.networkGeneration : scheduled.protocolVersion
      return [{ kind: plan.kind, number: current + 1, height: plan.height, approvals: [] }]
    }
    default:
      return unreachable(plan)
  }
}

function withVote(members: readonly Member[], memberId: MemberId): DecisionItem | PlanRefusal {
  const member = findMember(members, memberId)
  if (member === null) return 'unknown-member'
  if (member.kind !== 'hospital' || member.gatewayKey === null) return 'not-a-hospital'
  return member.isVoter ? 'has-a-vote' : membership('replace', { ...member, isVoter: true })
}

function membership(change: MembershipItem['change'], member: Member): MembershipItem {
  return { kind: 'membership', change, member, approvals: [] }
}

function refused(reason: PlanRefusal): Judgement {
  return { kind: 'refused', reason, arithmetic: null }
}

/** What replacing a member's entry is to people. */
export const REPLACEMENTS = ['new-keys', 'give-vote', 'take-vote', 'lift-suspension'] as const
export type Replacement = (typeof REPLACEMENTS)[number]

/** `before`: the entry that `member` takes the place of; null where there is none any more. */
export function replacementOf(before: Member | null, member: Member): Replacement {
  if (before === null || !hasSameKeys(before, member)) return 'new-keys'
  if (before.isVoter === member.isVoter) return 'lift-suspension'
  return member.isVoter ? 'give-vote' : 'take-vote'
}

/** Of each decision that replaces an entry, against the table as it is scheduled now; null for the others. */
export function replacementsOf(
  state: ConsortiumState,
  decisions: readonly DecisionItem[],
): (Replacement | null)[] {
  const members = membersOf(scheduledState(state))
  return decisions.map((item) =>
    item.kind === 'membership' && item.change === 'replace'
      ? replacementOf(findMember(members, item.member.memberId), item.member)
      : null,
  )
}
