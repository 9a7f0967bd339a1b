/**
 * What the consortium has decided, as a pure function of the clear parts of all items: members, policy, protocol,
 * ledger, snapshots. Every observer recomputes it and compares its hash (record-format.md section 10).
 */
import { compareBytes, equalBytes } from '../../../shared/std/bytes.ts'
import { unreachable } from '../../../shared/std/unreachable.ts'
import type { Crypto } from '../crypto/crypto.ts'
import { labelHash } from '../crypto/labels.ts'
import { encode, type Cbor } from './codec.ts'
import { dayCountsFromCbor, dayCountsToCbor, type DayCount } from './day-counts.ts'
import type { Genesis } from './genesis.ts'
import {
  asArray,
  asList,
  isBytes,
  isCount,
  isText,
  listOf,
  MEMBER_ID_BYTES,
  type ChainId,
  type ItemHash,
  type MemberId,
  type SegmentId,
} from './ids.ts'
import { ledgerFromCbor, ledgerToCbor } from './ledger-bytes.ts'
import { MEMBERS_MAX, PENDING_MAX, POLICY_NAME_MAX, SNAPSHOTS_MAX } from './limits.ts'
import { memberFromCbor, memberToCbor, sortedMembers, type Member } from './members.ts'
import { isPolicyEntry, policyFromCbor, withPolicyValue, type Policy } from './policy.ts'
import { EMPTY_LEDGER, type ChargeKind, type PrivacyLedger } from './privacy-ledger.ts'
import type { CheckVerdict } from './study-items.ts'
import { seatsChanged, votersOf } from './voters.ts'

/**
 * 2: the ledger has every limit of docs/spec/privacy.md and the checks of open studies (ADR 0023). 3: open studies say since when and by
 * how many checks they are judged; first registrations and studies that cost nothing are counted (ADR 0026). 4: open studies say on which
 * day they are over (ADR 0030). 5: at which height an erasure was agreed to last, and how many a hospital agreed to on a day (ADR 0032).
 */
const STATE_FORMAT = 5

/** All values are in effect at the height that follows the segment which carries the state's hash. */
export type ConsortiumState = {
  /** Counts the changes of the set of voters, from 0. */
  readonly epoch: number
  /** Sorted by id, each with the height from which this entry is in effect (0 from the genesis). */
  readonly members: readonly MemberRow[]
  readonly policy: Policy
  readonly protocolVersion: number
  readonly networkGeneration: number
  /** Decided and not yet in effect, in order of effect and then of decision. */
  readonly pending: readonly PendingChange[]
  readonly ledger: PrivacyLedger
  /** In order of inclusion. */
  readonly openStudies: readonly OpenStudy[]
  /** In order of inclusion. */
  readonly snapshots: readonly SnapshotEntry[]
  /** Members named by evidence or by a suspension, in order of inclusion. */
  readonly suspensions: readonly Suspension[]
  /** Last sequence of each author of items, sorted by id. Kept for members who left: nothing may be replayed. */
  readonly sequences: readonly (readonly [memberId: MemberId, sequence: number])[]
  /** Height of the first registration of each member that made one, in that order. */
  readonly registrations: readonly (readonly [memberId: MemberId, height: number])[]
  /** How many studies that cost nothing each member asked on the newest day with one, in order of the first. */
  readonly freeStudies: readonly DayCount[]
  /** Of the last segment in which a hospital agreed to an erasure, whatever it is of; 0 before there was one. */
  readonly erasureHeight: number
  /** How many erasures each hospital agreed to on the newest day with one, in order of the first. */
  readonly erasuresToday: readonly DayCount[]
}

export type MemberRow = { readonly member: Member; readonly sinceHeight: number }
export type PendingChange = { readonly effectHeight: number; readonly change: Change }
export type Change =
  | { readonly kind: 'membership'; readonly change: 'add' | 'remove' | 'replace'; readonly member: Member }
  | { readonly kind: 'policy'; readonly name: string; readonly value: number }
  | { readonly kind: 'protocol'; readonly number: number }
  | { readonly kind: 'network'; readonly number: number }

/** A study that was charged, has no result yet and is not over. */
export type OpenStudy = {
  readonly studyHash: ItemHash
  /** Of the author. */
  readonly memberId: MemberId
  readonly chargeKind: ChargeKind
  readonly of: ItemHash | null
  /** Asked once at a time by its author: whoever crashed and asks again is not charged again. */
  readonly commitment: Uint8Array
  /** Of the segment that holds it. */
  readonly height: number
  /** As decided by then. */
  readonly checkersMin: number
  /** First day of chain time, since 1970, on which it is over. */
  readonly expiryDay: number
  /** One for each hospital that checked, in order of inclusion. */
  readonly checks: readonly StudyCheck[]
}
export type StudyCheck = {
  readonly memberId: MemberId
  readonly proposalHash: Uint8Array
  readonly verdict: CheckVerdict
}

export type SnapshotEntry = {
  readonly itemHash: ItemHash
  readonly height: number
  readonly segmentId: SegmentId
  /** Sum of all charges on it, in millionths of rho. */
  readonly microRho: number
}
export type Suspension = { readonly memberId: MemberId; readonly height: number; readonly reason: string }

export function stateOfGenesis(genesis: Genesis): ConsortiumState {
  return {
    epoch: 0,
    members: sortedMembers(genesis.members).map((member) => ({ member, sinceHeight: 0 })),
    policy: genesis.policy,
    protocolVersion: 1,
    networkGeneration: genesis.networkGeneration,
    pending: [],
    ledger: EMPTY_LEDGER,
    openStudies: [],
    snapshots: [],
    suspensions: [],
    sequences: [],
    registrations: [],
    freeStudies: [],
    erasureHeight: 0,
    erasuresToday: [],
  }
}

export function membersOf(state: ConsortiumState): Member[] {
  return state.members.map((entry) => entry.member)
}

/** Whether evidence or a suspension names this member now. */
export function isNamed(state: ConsortiumState, memberId: MemberId): boolean {
  return state.suspensions.some((entry) => equalBytes(entry.memberId, memberId))
}

/**
 * Whether a decision came after what this member did at `height`. To replace a member clears it, and what it was cleared
 * of cannot be brought up again: its old votes stay signed for ever, and anybody may keep them.
 */
export function isOverFor({ sinceHeight }: MemberRow, height: number): boolean {
  return height < sinceHeight
}

export function stateHashOf(crypto: Crypto, chainId: ChainId, state: ConsortiumState): Uint8Array {
  return labelHash(crypto, 'consilium/state/1', chainId, encode(stateToCbor(state)))
}

/** Applies what takes effect at `height` or before; a changed set of voters starts a new epoch. */
export function takeEffect(state: ConsortiumState, height: number): ConsortiumState {
  if (!state.pending.some((entry) => entry.effectHeight <= height)) return state
  let next: ConsortiumState = {
    ...state,
    pending: state.pending.filter((entry) => entry.effectHeight > height),
  }
  for (const { effectHeight, change } of state.pending)
    if (effectHeight <= height) next = withChange(next, change, effectHeight)
  const isNewEpoch = seatsChanged(votersOf(membersOf(state)), votersOf(membersOf(next))) > 0
  return isNewEpoch ? { ...next, epoch: state.epoch + 1 } : next
}

/** The state as it will be once all that is decided so far is in effect. */
export function scheduledState(state: ConsortiumState): ConsortiumState {
  return takeEffect(state, Number.MAX_SAFE_INTEGER)
}

/** Inserts a decision behind those that take effect no later. */
export function withPending(state: ConsortiumState, entry: PendingChange): ConsortiumState {
  const later = state.pending.findIndex((other) => other.effectHeight > entry.effectHeight)
  const position = later < 0 ? state.pending.length : later
  return { ...state, pending: state.pending.toSpliced(position, 0, entry) }
}

function withChange(state: ConsortiumState, change: Change, height: number): ConsortiumState {
  switch (change.kind) {
    case 'membership': {
      const { memberId } = change.member
      const others = state.members.filter((entry) => compareBytes(entry.member.memberId, memberId) !== 0)
      if (change.change === 'remove') return { ...state, members: others }
      const members = [...others, { member: change.member, sinceHeight: height }]
      members.sort((a, b) => compareBytes(a.member.memberId, b.member.memberId))
      // To replace a member is how a suspension ends.
      const suspensions = state.suspensions.filter((entry) => compareBytes(entry.memberId, memberId) !== 0)
      return { ...state, members, suspensions }
    }
    case 'policy':
      return { ...state, policy: withPolicyValue(state.policy, change.name, change.value) }
    case 'protocol':
      return { ...state, protocolVersion: change.number }
    case 'network':
      return { ...state, networkGeneration: change.number }
    default:
      return unreachable(change)
  }
}

export function stateToCbor(state: ConsortiumState): Cbor {
  return [
    STATE_FORMAT,
    state.epoch,
    state.members.map(({ member, sinceHeight }) => [memberToCbor(member), sinceHeight]),
    state.policy,
    state.protocolVersion,
    state.networkGeneration,
    state.pending.map(({ effectHeight, change }) => [effectHeight, changeToCbor(change)]),
    ledgerToCbor(state.ledger, state.openStudies),
    state.snapshots.map(({ itemHash, height, segmentId, microRho }) => [
      itemHash,
      height,
      segmentId,
      microRho,
    ]),
    state.suspensions.map(({ memberId, height, reason }) => [memberId, height, reason]),
    state.sequences,
    state.registrations,
    dayCountsToCbor(state.freeStudies),
    [state.erasureHeight, dayCountsToCbor(state.erasuresToday)],
  ]
}

/** For a node that reads its own state back; the hash in the last segment says whether it is the right one. */
export function stateFromCbor(crypto: Crypto, value: Cbor | undefined): ConsortiumState | null {
  const slots = asArray(value, 14)
  if (slots === null || slots[0] !== STATE_FORMAT) return null
  const [, epoch, memberValues, policyValue, protocolVersion, networkGeneration] = slots
  const policy = policyFromCbor(policyValue)
  const charged = ledgerFromCbor(slots[7])
  if (!isCount(epoch) || policy === null || !isCount(protocolVersion) || !isCount(networkGeneration))
    return null
  const members = listOf(memberValues, MEMBERS_MAX, (entry) => {
    const pair = asArray(entry, 2)
    const member = pair && memberFromCbor(crypto, pair[0])
    return pair && member && isCount(pair[1]) ? { member, sinceHeight: pair[1] } : null
  })
  const pending = listOf(slots[6], PENDING_MAX, (entry) => {
    const pair = asArray(entry, 2)
    const change = pair && changeFromCbor(crypto, pair[1])
    return pair && change && isCount(pair[0]) ? { effectHeight: pair[0], change } : null
  })
  const snapshots = listOf(slots[8], SNAPSHOTS_MAX, (entry) => {
    const parts = asArray(entry, 4)
    if (parts === null || !isBytes(parts[0], 32) || !isCount(parts[1]) || !isBytes(parts[2], 32)) return null
    if (!isCount(parts[3])) return null
    return {
      itemHash: parts[0] as ItemHash,
      height: parts[1],
      segmentId: parts[2] as SegmentId,
      microRho: parts[3],
    }
  })
  const suspensions = listOf(slots[9], MEMBERS_MAX, (entry) => {
    const parts = asArray(entry, 3)
    if (parts === null || !isBytes(parts[0], MEMBER_ID_BYTES) || !isCount(parts[1]) || !isText(parts[2], 64))
      return null
    return { memberId: parts[0] as MemberId, height: parts[1], reason: parts[2] }
  })
  const sequences = listOf(slots[10], Number.MAX_SAFE_INTEGER, memberCountFromCbor)
  const registrations = listOf(slots[11], Number.MAX_SAFE_INTEGER, memberCountFromCbor)
  const freeStudies = dayCountsFromCbor(slots[12])
  const erasures = asArray(slots[13], 2)
  const erasuresToday = erasures && dayCountsFromCbor(erasures[1])
  if (!members || !charged || !pending || !snapshots || !suspensions || !sequences) return null
  if (!registrations || !freeStudies || !erasures || !isCount(erasures[0]) || !erasuresToday) return null
  return {
    epoch,
    members,
    policy,
    protocolVersion,
    networkGeneration,
    pending,
    ...charged,
    snapshots,
    suspensions,
    sequences,
    registrations,
    freeStudies,
    erasureHeight: erasures[0],
    erasuresToday,
  }
}

function memberCountFromCbor(value: Cbor): readonly [MemberId, number] | null {
  const pair = asArray(value, 2)
  if (pair === null || !isBytes(pair[0], MEMBER_ID_BYTES) || !isCount(pair[1])) return null
  return [pair[0] as MemberId, pair[1]]
}

const CHANGE_NUMBER = { add: 1, remove: 2, replace: 3 } as const
const CHANGES = [undefined, 'add', 'remove', 'replace'] as const

/** `[kind of item, …]` with the numbers of section 9. */
function changeToCbor(change: Change): Cbor {
  switch (change.kind) {
    case 'membership':
      return [1, CHANGE_NUMBER[change.change], memberToCbor(change.member)]
    case 'policy':
      return [2, change.name, change.value]
    case 'protocol':
      return [3, change.number]
    case 'network':
      return [4, change.number]
    default:
      return unreachable(change)
  }
}

function changeFromCbor(crypto: Crypto, value: Cbor | undefined): Change | null {
  const slots = asList(value, 3)
  if (slots === null) return null
  const [kind, first, second] = slots
  if (kind === 1 && slots.length === 3) {
    const change = typeof first === 'number' ? CHANGES[first] : undefined
    const member = memberFromCbor(crypto, second)
    return change && member ? { kind: 'membership', change, member } : null
  }
  if (kind === 2 && slots.length === 3 && isText(first, POLICY_NAME_MAX) && isPolicyEntry(first, second))
    return { kind: 'policy', name: first, value: second as number }
  if ((kind === 3 || kind === 4) && slots.length === 2 && isCount(first))
    return { kind: kind === 3 ? 'protocol' : 'network', number: first }
  return null
}
