/** Institutions that ask, propose and approve, over the consortium in memory. */
import { assert } from '../../../shared/std/assert.ts'
import { crypto, finalise, type Consortium, type Institution } from '../chain/consortium.test-kit.ts'
import type { ChainState } from '../chain/chain-state.ts'
import { planDecisions, type Judgement, type Plan, type PlanWorld } from './decisions.ts'
import { approveProposal, itemsOfProposal, makeProposal, type Proposal } from './proposal.ts'
import { makeRequest, openRequest } from './request.ts'

export const NOW = Date.UTC(2026, 2, 1)

export const everybody: PlanWorld = { isReachable: () => true, isSigning: () => true, versionOf: () => 1 }

export function requestOf(
  institution: Institution,
  changes: { isVoter?: boolean; addresses?: string[]; name?: string } = {},
): Uint8Array {
  const { member, rootSecret } = institution
  return makeRequest(
    crypto,
    {
      purpose: 'take-part',
      chainId: null,
      member: { ...member, isVoter: changes.isVoter ?? member.isVoter, name: changes.name ?? member.name },
      addresses: changes.addresses ?? ['192.0.2.1:4711'],
      createdAt: NOW,
    },
    rootSecret,
  )
}

export function openedRequest(file: Uint8Array) {
  const opened = openRequest(crypto, file)
  assert(opened.kind === 'opened', 'the request of a test opens')
  return opened
}

export function judge(state: ChainState, plan: Plan, world: PlanWorld = everybody): Judgement {
  return planDecisions(state.consortium, state.height + 1, plan, world)
}

/** A proposal for the plan, approved by `approvers`. */
export function proposed(
  consortium: Consortium,
  state: ChainState,
  author: Institution,
  plan: Plan,
  approvers: readonly Institution[],
  world: PlanWorld = everybody,
): Proposal {
  const judged = judge(state, plan, world)
  assert(judged.kind === 'possible', `the plan of a test is possible: ${JSON.stringify(judged)}`)
  let proposal = makeProposal(
    crypto,
    consortium.chainId,
    state.consortium,
    state.height,
    {
      author: author.member.memberId,
      decisions: judged.decisions,
      createdAt: NOW,
      note: '',
      proofs: [],
    },
    author.authorSecret,
  )
  for (const { member, rootSecret } of approvers)
    proposal = approveProposal(crypto, consortium.chainId, proposal, member.memberId, rootSecret)
  return proposal
}

/** Proposes, approves, includes and waits on an idle chain until it is in effect. */
export function decide(
  consortium: Consortium,
  state: ChainState,
  author: Institution,
  plan: Plan,
  approvers: readonly Institution[],
  signers: readonly Institution[] = approvers,
  world: PlanWorld = everybody,
): ChainState {
  const proposal = proposed(consortium, state, author, plan, approvers, world)
  const items = itemsOfProposal(crypto, consortium.chainId, proposal, state.consortium, author.authorSecret)
  const known = { isKnownRecord: () => false }
  let next = finalise(consortium, state, { items }, known, signers).state
  while (next.consortium.pending.length > 0) next = finalise(consortium, next, {}, known, signers).state
  return next
}
