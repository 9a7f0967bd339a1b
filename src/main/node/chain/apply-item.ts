/** Whether an item may stand in a segment, and what it changes in the state (record-format.md section 9). */
import { compareBytes, equalBytes } from '../../../shared/std/bytes.ts'
import { unreachable } from '../../../shared/std/unreachable.ts'
import type { Crypto } from '../crypto/crypto.ts'
import { applyErasure, type ErasureRefusal } from './apply-erasure.ts'
import {
  applyCheck,
  applyRegistration,
  applyResult,
  applyStudy,
  applySuspension,
  type StudyRefusal,
} from './apply-study.ts'
import { encode } from './codec.ts'
import type { ChainId, ItemHash, SegmentId } from './ids.ts'
import {
  approvalSignBytes,
  contributionEpochOf,
  contributionSignBytes,
  verifyItemSignature,
  type DecisionItem,
  type EvidenceItem,
  type ItemClear,
  type MembershipItem,
  type SignedItem,
  type SnapshotItem,
} from './item.ts'
import { EFFECT_DELAY_HEIGHTS, MEMBERS_MAX, PENDING_MAX, SNAPSHOTS_MAX } from './limits.ts'
import { areDistinctMembers, findMember, gatewaysOf, memberToCbor, type Member } from './members.ts'
import { policyHash } from './policy.ts'
import { isNamed, isOverFor, membersOf, scheduledState, withPending, type ConsortiumState } from './state.ts'
import { voteSignBytes } from './vote.ts'
import { faultsTolerated, quorumOf } from './voters.ts'

export type ItemRefusal =
  | 'item-malformed'
  | 'item-author-unknown'
  | 'item-author-not-allowed'
  | 'item-signature'
  | 'item-sequence'
  | 'item-expired'
  | 'item-approvals'
  | 'item-member'
  | 'item-activation'
  | 'item-snapshot-segment'
  | 'item-snapshot-policy'
  | 'item-snapshot-contributions'
  | 'item-too-many-open'
  | StudyRefusal
  | ErasureRefusal
  | 'item-evidence'
  /** Of a height that is not reached yet: whoever is behind cannot judge it. */
  | 'item-evidence-ahead'
  /** The voter is named already, by the chain or by an item before this one in the same segment. */
  | 'item-evidence-again'

/** Where and when the item stands. `earlierAt` knows the segments at the heights that `heightsNamed` gives. */
export type ItemContext = {
  readonly chainId: ChainId
  readonly height: number
  /** The segment's time. */
  readonly time: number
  readonly earlierAt: EarlierAt
}
/** What a snapshot says of the segment that it names. */
export type EarlierSegment = {
  readonly segmentId: SegmentId
  readonly headsRoot: Uint8Array
  readonly segmentsRoot: Uint8Array
}
export type EarlierAt = (height: number) => EarlierSegment | null

export type ItemResult =
  { kind: 'applied'; state: ConsortiumState } | { kind: 'refused'; reason: ItemRefusal }

/** `state` is in effect at the context's height, with the earlier items of the same segment applied. */
export function applyItem(
  crypto: Crypto,
  state: ConsortiumState,
  signed: SignedItem,
  itemHash: ItemHash,
  context: ItemContext,
): ItemResult {
  const { item } = signed
  const author = findMember(membersOf(state), item.author)
  if (author === null) return refused('item-author-unknown')
  if (item.notAfterHeight < context.height) return refused('item-expired')
  const last = state.sequences.find(([memberId]) => equalBytes(memberId, item.author))
  if (last !== undefined && item.sequence <= last[1]) return refused('item-sequence')
  if (!isAllowedAuthor(author, item.clear)) return refused('item-author-not-allowed')
  if (!verifyItemSignature(crypto, context.chainId, signed, author.authorKey))
    return refused('item-signature')
  const result = applyClear(crypto, state, signed, itemHash, context)
  if (result.kind === 'refused') return result
  return { kind: 'applied', state: withSequence(result.state, signed) }
}

/** The heights whose segments must be at hand before these items can be judged. */
export function heightsNamed(items: readonly SignedItem[]): number[] {
  return items.flatMap(({ item }) => (item.clear.kind === 'snapshot' ? [item.clear.height] : []))
}

/** Whether a decision waits, so that a segment without visits and items may carry the chain to its height. */
export function isChangeWaiting(state: ConsortiumState): boolean {
  return state.pending.length > 0
}

function applyClear(
  crypto: Crypto,
  state: ConsortiumState,
  signed: SignedItem,
  itemHash: ItemHash,
  context: ItemContext,
): ItemResult {
  const { clear } = signed.item
  switch (clear.kind) {
    case 'membership':
    case 'policy':
    case 'protocol':
    case 'network':
      if (!isApproved(crypto, state, signed, clear, context.chainId)) return refused('item-approvals')
      return applyDecision(state, clear, context.height)
    case 'snapshot':
      return applySnapshot(crypto, state, clear, itemHash, context)
    case 'study':
      return applyStudy(crypto, state, clear, { memberId: signed.item.author, itemHash }, context)
    case 'result':
      return applyResult(crypto, state, clear, context)
    case 'check':
      return applyCheck(state, clear, signed.item.author)
    case 'evidence':
      return applyEvidence(crypto, state, clear, context)
    case 'suspension':
      return applySuspension(crypto, state, clear, context)
    case 'registration':
      return { kind: 'applied', state: applyRegistration(state, signed.item.author, context.height) }
    case 'erasure':
      return applyErasure(state, signed.item.author, context)
    case 'anchor':
    case 'review':
    case 'sealed':
      return { kind: 'applied', state }
    default:
      return unreachable(clear)
  }
}

/** Only hospitals see records, so only they make snapshots, attest, check, suspend and seal; a study is of its author's kind. */
/** By what kind of member it is. */
export function isAllowedAuthor(author: Member, clear: ItemClear): boolean {
  switch (clear.kind) {
    case 'snapshot':
    case 'result':
    case 'check':
    case 'suspension':
    case 'sealed':
    case 'erasure':
      return author.kind === 'hospital'
    case 'study':
      return author.kind === (clear.requesterClass === 'published' ? 'hospital' : clear.requesterClass)
    case 'membership':
    case 'policy':
    case 'protocol':
    case 'network':
    case 'anchor':
    case 'evidence':
    case 'review':
    case 'registration':
      return true
    default:
      return unreachable(clear)
  }
}

/** A quorum of the voters in effect, each by its root key; no signature in the list may be wrong. */
function isApproved(
  crypto: Crypto,
  state: ConsortiumState,
  signed: SignedItem,
  decision: DecisionItem,
  chainId: ChainId,
): boolean {
  const voters = membersOf(state).filter((member) => member.isVoter)
  if (decision.approvals.length < quorumOf(voters.length)) return false
  const { author, sequence, notAfterHeight } = signed.item
  const signBytes = approvalSignBytes(chainId, decision, author, sequence, notAfterHeight)
  return decision.approvals.every(({ memberId, signature }) => {
    const voter = findMember(voters, memberId)
    return voter !== null && crypto.ed25519Verify(voter.rootKey, signBytes, signature)
  })
}

/** What a decision changes, whoever approves it: also how one that is still being discussed is judged. */
export function applyDecision(state: ConsortiumState, decision: DecisionItem, height: number): ItemResult {
  if (state.pending.length >= PENDING_MAX) return refused('item-too-many-open')
  const effectHeight = height + EFFECT_DELAY_HEIGHTS
  switch (decision.kind) {
    case 'membership': {
      if (!isMembershipPossible(state, decision)) return refused('item-member')
      const { change, member } = decision
      const entry = { effectHeight, change: { kind: 'membership', change, member } as const }
      return { kind: 'applied', state: withPending(state, entry) }
    }
    case 'policy': {
      const { name, value } = decision
      return {
        kind: 'applied',
        state: withPending(state, { effectHeight, change: { kind: 'policy', name, value } }),
      }
    }
    case 'protocol':
    case 'network': {
      const { kind, number } = decision
      const scheduled = scheduledState(state)
      const current = kind === 'protocol' ? scheduled.protocolVersion : scheduled.networkGeneration
      if (number !== current + 1 || decision.height < effectHeight) return refused('item-activation')
      const isInOrder = state.pending.every(
        (entry) => entry.change.kind !== kind || entry.effectHeight <= decision.height,
      )
      if (!isInOrder) return refused('item-activation')
      const entry = { effectHeight: decision.height, change: { kind, number } }
      return { kind: 'applied', state: withPending(state, entry) }
    }
    default:
      return unreachable(decision)
  }
}

/** Judged against everything decided so far, so that two decisions in flight cannot contradict each other. */
function isMembershipPossible(state: ConsortiumState, { change, member }: MembershipItem): boolean {
  const scheduled = membersOf(scheduledState(state))
  const present = findMember(scheduled, member.memberId)
  if (change === 'remove')
    return present !== null && equalBytes(encode(memberToCbor(present)), encode(memberToCbor(member)))
  if ((change === 'add') !== (present === null)) return false
  if (present !== null && present.kind !== member.kind) return false
  const others = scheduled.filter((other) => other !== present)
  const members = [...others, member].sort((a, b) => compareBytes(a.memberId, b.memberId))
  return members.length <= MEMBERS_MAX && areDistinctMembers(members)
}

function applySnapshot(
  crypto: Crypto,
  state: ConsortiumState,
  clear: SnapshotItem,
  itemHash: ItemHash,
  context: ItemContext,
): ItemResult {
  if (clear.height < 1 || clear.height >= context.height) return refused('item-snapshot-segment')
  const earlier = context.earlierAt(clear.height)
  const isSame =
    earlier !== null &&
    equalBytes(earlier.segmentId, clear.segmentId) &&
    equalBytes(earlier.headsRoot, clear.headsRoot) &&
    equalBytes(earlier.segmentsRoot, clear.segmentsRoot)
  if (!isSame) return refused('item-snapshot-segment')
  const last = state.snapshots[state.snapshots.length - 1]
  if (last !== undefined && clear.height <= last.height) return refused('item-snapshot-segment')
  if (state.snapshots.length >= SNAPSHOTS_MAX) return refused('item-too-many-open')
  if (!equalBytes(policyHash(crypto, context.chainId, state.policy), clear.policyHash))
    return refused('item-snapshot-policy')
  const gateways = gatewaysOf(membersOf(state))
  // Under one epoch of the gateways' key, so that whoever names one that nobody has cannot stand beside those who follow the rules.
  const epochs = new Set(clear.contributions.map(({ sealed }) => contributionEpochOf(sealed)))
  const isContributed =
    epochs.size === 1 &&
    !epochs.has(null) &&
    clear.contributions.length >= faultsTolerated(gateways.length) + 1 &&
    clear.contributions.every(({ memberId, sealed, signature }) => {
      const gateway = findMember(gateways, memberId)
      const signBytes = contributionSignBytes(context.chainId, clear, memberId, sealed)
      return gateway !== null && crypto.ed25519Verify(gateway.authorKey, signBytes, signature)
    })
  if (!isContributed) return refused('item-snapshot-contributions')
  const entry = { itemHash, height: clear.height, segmentId: clear.segmentId, microRho: 0 }
  return { kind: 'applied', state: { ...state, snapshots: [...state.snapshots, entry] } }
}

/** Two votes of one voter for different things in one step: the voter is named and votes on (R13). */
function applyEvidence(
  crypto: Crypto,
  state: ConsortiumState,
  clear: EvidenceItem,
  context: ItemContext,
): ItemResult {
  const a = clear.first.vote
  const b = clear.second.vote
  const isSameStep =
    a.type === b.type &&
    a.protocolVersion === b.protocolVersion &&
    a.epoch === b.epoch &&
    a.height === b.height &&
    a.round === b.round
  const isSameChoice =
    a.segmentId === null || b.segmentId === null
      ? a.segmentId === b.segmentId
      : equalBytes(a.segmentId, b.segmentId)
  if (!isSameStep || isSameChoice || !equalBytes(a.memberId, b.memberId)) return refused('item-evidence')
  if (a.height > context.height) return refused('item-evidence-ahead')
  const row = state.members.find(({ member }) => equalBytes(member.memberId, a.memberId))
  if (row === undefined || isOverFor(row, a.height)) return refused('item-evidence')
  const accused = row.member
  const areSigned = [clear.first, clear.second].every(({ vote, signature }) =>
    crypto.ed25519Verify(accused.consensusKey, voteSignBytes(context.chainId, vote), signature),
  )
  if (!areSigned) return refused('item-evidence')
  if (isNamed(state, accused.memberId)) return refused('item-evidence-again')
  return suspended(state, accused, context.height, 'equivocation')
}

function suspended(state: ConsortiumState, member: Member, height: number, reason: string): ItemResult {
  const { memberId } = member
  return {
    kind: 'applied',
    state: { ...state, suspensions: [...state.suspensions, { memberId, height, reason }] },
  }
}

function withSequence(state: ConsortiumState, { item }: SignedItem): ConsortiumState {
  const others = state.sequences.filter(([memberId]) => !equalBytes(memberId, item.author))
  const sequences = [...others, [item.author, item.sequence] as const]
  sequences.sort((a, b) => compareBytes(a[0], b[0]))
  return { ...state, sequences }
}

function refused(reason: ItemRefusal): ItemResult {
  return { kind: 'refused', reason }
}
