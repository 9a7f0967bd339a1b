/** Membership in the words of the contract: nothing is decided here, bytes become text and numbers. */
import type {
  ChangeView,
  ConsensusView,
  MemberView,
  ProposalView,
  RequestView,
  RuleView,
} from '../../shared/contract/governance.ts'
import { equalBytes, toHex } from '../../shared/std/bytes.ts'
import { unreachable } from '../../shared/std/unreachable.ts'
import type { MemberId } from '../node/chain/ids.ts'
import { EFFECT_DELAY_HEIGHTS } from '../node/chain/limits.ts'
import type { DecisionItem } from '../node/chain/item.ts'
import { findMember, type Member } from '../node/chain/members.ts'
import {
  policyBounds,
  POLICY_DEFAULTS,
  policyValue,
  type Policy,
  type PolicyName,
} from '../node/chain/policy.ts'
import { membersOf, scheduledState, type Change, type ConsortiumState } from '../node/chain/state.ts'
import type { Presence } from '../node/membership/arithmetic.ts'
import { quorumOf } from '../node/chain/voters.ts'
import type { Crypto } from '../node/crypto/crypto.ts'
import { replacementOf, type Replacement } from '../node/membership/decisions.ts'
import type { MembershipRequest } from '../node/membership/request.ts'
import { PROPOSAL_VALID_MS } from '../node/membership/limits.ts'
import { PROTOCOLS } from '../node/chain/protocol.ts'
import type { Restart } from '../node/network/protocols/hello.ts'
import type { Governance, ProposalNow } from './governance.ts'
import type { GovernanceNode } from './node-port.ts'

/** Bytes of a public key's hash that people compare on a screen. */
const KEY_FINGERPRINT_BYTES = 8

export function changeOf(
  state: ConsortiumState,
  change: Exclude<Change, { kind: 'network' | 'protocol' }> | DecisionItem | Change,
  height: number | null,
): ChangeView {
  const scheduled = scheduledState(state)
  switch (change.kind) {
    case 'membership': {
      const { member } = change
      const named = { memberName: member.name, memberId: toHex(member.memberId) }
      if (change.change === 'add') return { kind: 'add', ...named, memberKind: member.kind }
      if (change.change === 'remove') return { kind: 'remove', ...named }
      // Of what is decided already the entry before is the one in effect, else the one that is scheduled.
      const inEffect = findMember(membersOf(state), member.memberId)
      const next = findMember(membersOf(scheduled), member.memberId)
      const isScheduled = next !== null && inEffect !== null && next !== inEffect
      const before = isScheduled && !('approvals' in change) ? inEffect : (next ?? inEffect)
      return { kind: replacementOf(before, member), ...named }
    }
    case 'policy': {
      const before = policyBounds(change.name) && policyValue(state.policy, change.name as PolicyName)
      return { kind: 'policy', name: change.name, value: change.value, before }
    }
    case 'network':
    case 'protocol':
      return {
        kind: change.kind,
        number: change.number,
        height: 'height' in change ? change.height : height,
      }
    default:
      return unreachable(change)
  }
}

export function rulesOf(policy: Policy): RuleView[] {
  const names = new Set([...Object.keys(POLICY_DEFAULTS), ...policy.map(([name]) => name)])
  return [...names].sort().map((name) => {
    const stated = policy.find(([each]) => each === name)?.[1]
    return {
      name,
      value: stated ?? policyValue(policy, name as PolicyName),
      standard: policyBounds(name) && POLICY_DEFAULTS[name as PolicyName],
      bounds: policyBounds(name),
    }
  })
}

export async function memberViews(
  crypto: Crypto,
  node: GovernanceNode,
  governance: Governance,
  now: number,
  ownRestart: Restart | null,
): Promise<MemberView[]> {
  const { consortium: state, height } = node.ledger.state
  const peers = node.peers()
  const own = node.addresses().map(({ address }) => address)
  const print = (key: Uint8Array) => toHex(crypto.sha256(key).subarray(0, KEY_FINGERPRINT_BYTES))
  const views: MemberView[] = []
  for (const { member, sinceHeight } of state.members) {
    const isSelf = equalBytes(member.memberId, node.memberId)
    const peer = peers.find((each) => equalBytes(each.memberId, member.memberId))
    const proof = await governance.proofOf(member)
    const invitation = governance.invitations().find((each) => equalBytes(each.memberId, member.memberId))
    const suspension = state.suspensions.find((each) => equalBytes(each.memberId, member.memberId))
    const isUsed =
      invitation !== undefined &&
      proof?.proof.tokenHash != null &&
      equalBytes(proof.proof.tokenHash, invitation.tokenHash)
    views.push({
      memberId: toHex(member.memberId),
      name: member.name,
      kind: member.kind,
      isVoter: member.isVoter,
      isSelf,
      sinceHeight,
      suspension: suspension ? { height: suspension.height, reason: suspension.reason } : null,
      keys: {
        root: print(member.rootKey),
        consensus: print(member.consensusKey),
        author: print(member.authorKey),
        network: print(member.networkKey),
        custodian: print(member.custodianKey),
        gateway: member.gatewayKey && print(member.gatewayKey),
      },
      connection: isSelf
        ? {
            state: 'self',
            problem: null,
            rttMs: null,
            direction: null,
            height,
            lag: 0,
            newestProtocol: PROTOCOLS.max,
            restart: ownRestart,
            signing: node.signing,
            addresses: own,
          }
        : {
            state: !peer ? 'no-network' : peer.state === 'banned' ? 'left-out' : peer.state,
            problem: peer?.problem ?? null,
            rttMs: peer?.rttMs ?? null,
            direction: peer?.direction ?? null,
            height: peer?.height ?? null,
            lag: peer?.height == null ? null : Math.max(0, height - peer.height),
            newestProtocol: peer?.newestProtocol ?? null,
            restart: peer?.restart ?? null,
            signing: peer?.state === 'up' ? peer.signing : null,
            addresses: [...(peer?.addresses ?? [])],
          },
      proof: proof && {
        verdict: proof.verdict,
        height: proof.proof.height,
        createdAt: proof.proof.createdAt,
      },
      invitation: invitation
        ? { expiresAt: invitation.expiresAt, isUsed, isExpired: !isUsed && now > invitation.expiresAt }
        : null,
    })
  }
  return views
}

export function consensusOf(node: GovernanceNode, { isReachable, isSigning }: Presence): ConsensusView {
  const view = node.consensusView()
  const { state } = node.ledger
  const members = membersOf(state.consortium)
  const nameOf = (memberId: MemberId) => findMember(members, memberId)?.name ?? toHex(memberId)
  const isIn = (list: readonly MemberId[], memberId: MemberId) =>
    list.some((each) => equalBytes(each, memberId))
  const isVoter = state.voters.some(({ memberId }) => equalBytes(memberId, node.memberId))
  const { standing } = view
  return {
    height: view.height,
    round: view.round,
    phase: view.phase,
    proposerName: view.proposer && nameOf(view.proposer),
    voters: state.voters.map(({ memberId }) => ({
      memberId: toHex(memberId),
      name: nameOf(memberId),
      hasPrevoted: isIn(view.prevoted, memberId),
      hasPrecommitted: isIn(view.precommitted, memberId),
      isReachable: isReachable(memberId),
      isObserving: isReachable(memberId) && !isSigning(memberId),
    })),
    standing: node.status.standing,
    observingReason: node.status.observingReason,
    needsConfirmation: isVoter && standing.kind === 'observing' && !standing.isConfirmed,
  }
}

export function proposalViewOf(
  node: GovernanceNode,
  { proposal, replacements, standing, decidedHeight, judgement, proofs, proofRefusal }: ProposalNow,
): ProposalView {
  const { consortium: state } = node.ledger.state
  const members = membersOf(scheduledState(state))
  const named = (memberId: MemberId) => ({
    memberId: toHex(memberId),
    name: findMember(members, memberId)?.name ?? toHex(memberId).slice(0, 8),
  })
  const voters = membersOf(state).filter((member) => member.isVoter)
  const has = (list: readonly { memberId: MemberId }[], { memberId }: Pick<Member, 'memberId'>) =>
    list.some((each) => equalBytes(each.memberId, memberId))
  const self = { memberId: node.memberId }
  const isVoter = has(voters, self)
  const hasOwnApproval = has(proposal.approvals, self)
  const refusal = judgement?.kind === 'refused' ? judgement.reason : proofRefusal
  return {
    proposalId: toHex(proposal.proposalId),
    standing,
    authorName: named(proposal.draft.author).name,
    isOwn: equalBytes(proposal.draft.author, node.memberId),
    createdAt: proposal.draft.createdAt,
    expiresAt: proposal.draft.createdAt + PROPOSAL_VALID_MS,
    note: proposal.draft.note,
    // Once decided, the value before is that of another time, and an entry replaces itself.
    changes: proposal.draft.decisions.map((decision, i) => {
      const change = { ...changeOf(state, decision, null), ...kindOf(replacements[i]) } as ChangeView
      return change.kind === 'policy' && decidedHeight !== null ? { ...change, before: null } : change
    }),
    approvals: proposal.approvals.map(({ memberId }) => named(memberId)),
    rejections: proposal.rejections.map(({ memberId }) => named(memberId)),
    silent: voters
      .filter((voter) => !has(proposal.approvals, voter) && !has(proposal.rejections, voter))
      .map(({ memberId }) => named(memberId)),
    quorum: quorumOf(voters.length),
    hasOwnApproval,
    hasOwnRejection: has(proposal.rejections, self),
    mayApprove: isVoter && !hasOwnApproval && judgement !== null && refusal === null,
    refusal,
    arithmetic: judgement?.arithmetic ?? null,
    proofs: proofs.map(({ member, verdict, proof }) => ({
      memberName: member.name,
      verdict,
      height: proof.height,
    })),
    decidedHeight,
    effectHeight:
      decidedHeight === null ||
      proposal.draft.decisions.some(({ kind }) => kind === 'network' || kind === 'protocol')
        ? null
        : decidedHeight + EFFECT_DELAY_HEIGHTS,
  }
}

const kindOf = (replacement: Replacement | null | undefined) =>
  replacement == null ? {} : { kind: replacement }

export function requestViewOf(
  request: MembershipRequest,
  fingerprint: string,
  members: readonly Member[],
): RequestView {
  const { member } = request
  return {
    purpose: request.purpose,
    name: member.name,
    kind: member.kind,
    memberId: toHex(member.memberId),
    wishesVote: member.isVoter,
    addresses: [...request.addresses],
    createdAt: request.createdAt,
    fingerprint,
    isMember: findMember(members, member.memberId) !== null,
  }
}
