/**
 * Membership of one open institution: its node, its proposals, the request files that people opened, and what happened.
 * For a newcomer it also tells the network of the members that its own chain does not know yet.
 */
import { equalBytes, toHex } from '../../shared/std/bytes.ts'
import { findMember } from '../node/chain/members.ts'
import { membersOf } from '../node/chain/state.ts'
import type { InvitationMember } from '../node/membership/invitation.ts'
import type { MembershipRequest } from '../node/membership/request.ts'
import type { SharedSecrets } from '../node/membership/shared-secrets.ts'
import type { CallOutcome } from '../node/network/peers/call-back.ts'
import type { ChainNode, NodeAlert } from '../node/node.ts'
import type { RepairReport } from '../node/repairs.ts'
import type { OpenProfile, ProfileWorld } from '../profile/open-profile.ts'
import type { HappenedAlert } from './alerts.ts'
import { bearing } from './bearing.ts'
import { consensusAsText, stallOf, underWayAfter, type Stall, type UnderWay } from './consensus-watch.ts'
import { openGovernance, type Governance } from './governance.ts'
import { openKeptFiles } from './kept-files.ts'
import { isExpectedChain } from './newest-segment.ts'
import type { GovernanceNode } from './node-port.ts'
import { startProposalExchange, type ArrivedProposal } from './proposal-exchange.ts'

export interface GovernanceHome {
  readonly node: GovernanceNode
  readonly governance: Governance
  /** Request files that were opened here, by fingerprint. */
  readonly requests: Map<string, MembershipRequest>
  /** Newest first. */
  happened(): readonly HappenedAlert[]
  /** A member has called this node, once: others can reach it. */
  isReachedByPeer(): boolean
  /** What came of the last call back that was asked for; null before one, and where it was reached. */
  callBack(): CallBackProblem | null
  /** Rounds that go on at one height without a decision; null while it may be ordinary. */
  stall(): Stall | null
  /** What an invitation hands on. */
  sharedSecrets(): SharedSecrets
  close(): Promise<void>
}

export interface CallBackProblem {
  readonly outcome: 'not-listening' | Exclude<CallOutcome, 'reached' | 'too-soon'>
  /** Who tried; empty where nobody was asked. */
  readonly memberName: string
  readonly address: string
  readonly at: number
}

const HAPPENED_MAX = 100
/** A member is asked to call back this often until one has come through. */
const CALL_BACK_EVERY_MS = 60_000
const RANGES_MAX = 8
/** Peers and rounds come and go without a segment; the window hears of it at most this often. */
const LOOK_MS = 2_000

/** Null where no node runs. */
export async function openGovernanceHome(
  world: ProfileWorld,
  profile: OpenProfile,
  onChanged: () => void,
  onArrived: (proposal: ArrivedProposal) => void,
): Promise<GovernanceHome | null> {
  const { node } = profile
  if (node === null) return null
  const kept = openKeptFiles(world.crypto, profile.folder)
  const port = governanceNodeOf(node)
  const governance = await openGovernance({
    crypto: world.crypto,
    now: world.now,
    node: port,
    kept,
    authorSecret: () => node.ownKeys.author(),
    tokenHash: await kept.ownToken(),
    onChanged,
  })
  const exchange = startProposalExchange({ crypto: world.crypto, node: port, governance, onArrived })
  const happened: HappenedAlert[] = []
  const introduced = await kept.introduced()
  await introduce(node, introduced)
  let expected = await kept.expected()
  const note = (alert: HappenedAlert): void => {
    happened.unshift(alert)
    happened.splice(HAPPENED_MAX)
    onChanged()
  }
  const forget = (isMeant: (entry: HappenedAlert) => boolean): void => {
    const at = happened.findIndex(isMeant)
    if (at >= 0) happened.splice(at, 1)
  }
  /** What was fetched in the end is not lost any more. */
  const forgetBeyondRepair = (report: RepairReport): void => {
    if (report.kind === 'fetched')
      forget(({ kind, amount }) => kind === 'beyond-repair' && amount === report.height)
  }
  /** Once, when the chain is long enough; a different one is said again at every start. */
  const compare = async (): Promise<void> => {
    if (expected === null) return
    const isSame = await isExpectedChain(node.store, node.ledger.state.height, expected)
    if (isSame === null) return
    expected = null
    if (isSame) await kept.dropExpected()
    else note({ kind: 'other-chain', at: world.now(), memberName: null, detail: null })
  }
  await bearing(compare)

  const stops = [
    node.onFinal(() => {
      void bearing(() => governance.chainGrew())
      void bearing(() => introduce(node, introduced))
      void bearing(compare)
    }),
    node.onAlert((alert) => {
      if (alert.kind === 'repair') forgetBeyondRepair(alert.report)
      // Said again as long as the other machine runs: what counts is when last.
      if (alert.kind === 'keys-elsewhere') forget((entry) => entry.kind === 'keys-elsewhere')
      const entry = happenedOf(node, alert, world.now())
      if (entry !== null) note(entry)
    }),
  ]
  let seen = ''
  let underWay: UnderWay | null = null
  const stall = () => stallOf(underWay, node.consensusView(), world.now())
  let isReached = await kept.wasReached()
  let callBack: CallBackProblem | null = null
  let callAskedAt = -Infinity
  const reached = (): void => {
    isReached = true
    callBack = null
    // What is not kept is seen again at the next call.
    kept.saveReached().catch(() => {})
    onChanged()
  }
  /** The member with the greater id is usually called by nobody: it is the one that dials, or waits for. */
  const askToBeCalled = async (): Promise<void> => {
    const found = await callBackOf(node, world.now)
    if (isReached || found === null) return
    if (found === 'reached') return reached()
    callBack = found
    onChanged()
  }
  const timer = setInterval(() => {
    const up = node.peers().filter(({ state }) => state === 'up')
    if (!isReached && up.some(({ direction }) => direction === 'inbound')) reached()
    if (!isReached && up.length > 0 && world.now() - callAskedAt >= CALL_BACK_EVERY_MS) {
      callAskedAt = world.now()
      void bearing(askToBeCalled)
    }
    const view = node.consensusView()
    underWay = underWayAfter(underWay, view, world.now())
    const next = `${peersAsText(node)}\n${consensusAsText(view)} ${stall()?.minutes ?? ''}`
    if (next === seen) return
    seen = next
    onChanged()
  }, LOOK_MS)
  timer.unref()

  return {
    node: port,
    governance,
    requests: new Map(),
    happened: () => happened,
    isReachedByPeer: () => isReached,
    callBack: () => callBack,
    stall,
    sharedSecrets: () => ({
      networkGenerations: node.shared.network(),
      gatewayEpochs: node.shared.gateway(),
      linkageEpochs: node.shared.linkage(),
    }),
    async close() {
      clearInterval(timer)
      for (const stop of stops) stop()
      exchange.close()
      await governance.close()
    },
  }
}

/** Null while nobody had time for it. */
async function callBackOf(node: ChainNode, now: () => number): Promise<CallBackProblem | 'reached' | null> {
  if (node.addresses().length === 0)
    return { outcome: 'not-listening', memberName: '', address: '', at: now() }
  const answer = await node.askCallBack()
  if (answer === null || answer.outcome === 'too-soon') return null
  const { outcome, address, peer } = answer
  if (outcome === 'reached') return 'reached'
  const of = membersOf(node.ledger.state.consortium).find(({ memberId }) => toHex(memberId) === peer)
  return { outcome, address, memberName: of?.name ?? peer.slice(0, 8), at: now() }
}

export function governanceNodeOf(node: ChainNode): GovernanceNode {
  return {
    memberId: node.memberId,
    ledger: node.ledger,
    store: node.store,
    get status() {
      return node.status
    },
    async submitItem(bytes) {
      await node.items.submit(bytes)
    },
    proposals: node.proposals,
    nextSequence: () => node.items.nextSequence(node.memberId),
    peers: () => node.peers(),
    addresses: () => node.addresses(),
    addAddresses: (memberId, addresses) => node.addAddresses(memberId, addresses),
    consensusView: () => node.consensusView(),
    get signing() {
      return node.signing
    },
    confirmVoting: () => node.confirmVoting(),
    get rowsHeldUpTo() {
      return node.rowsHeldUpTo
    },
  }
}

/**
 * A newcomer's chain begins at the founding, whose members may all have left. Until it has caught up it trusts the members
 * that its invitation named: they are who may be dialled, and every segment they send is verified as always. Addresses
 * are told once, before the first segment; later each member says its own.
 */
async function introduce(node: ChainNode, introduced: readonly InvitationMember[]): Promise<void> {
  if (introduced.length === 0) return
  const { consortium, ...chain } = node.ledger.state
  const known = membersOf(consortium)
  const isMember = findMember(known, node.memberId) !== null
  const missing = introduced.filter(({ member }) => findMember(known, member.memberId) === null)
  node.setGuests(
    (isMember ? [] : missing).map(({ member }) => ({
      memberId: member.memberId,
      kind: member.kind,
      isVoter: member.isVoter,
      networkKey: member.networkKey,
      memberKey: member.authorKey,
    })),
  )
  if (chain.height > 0) return
  for (const { member, addresses } of introduced)
    if (addresses.length > 0 && !equalBytes(member.memberId, node.memberId))
      await node.addAddresses(
        member.memberId,
        addresses.map((address) => ({ generation: consortium.networkGeneration, address })),
      )
}

function happenedOf(node: ChainNode, alert: NodeAlert, at: number): HappenedAlert | null {
  const nameOf = (memberId: Uint8Array) =>
    findMember(membersOf(node.ledger.state.consortium), memberId)?.name ?? toHex(memberId).slice(0, 8)
  switch (alert.kind) {
    case 'evidence': {
      const { evidence } = alert
      const { memberId } = evidence.kind === 'votes' ? evidence.first.vote : evidence.first.proposal
      return { kind: 'evidence', at, memberName: nameOf(memberId), detail: evidence.kind }
    }
    case 'offence':
      return { kind: 'offence', at, memberName: alert.offence.peer.slice(0, 8), detail: alert.offence.reason }
    case 'forged-record':
      return { kind: 'forged-record', at, memberName: nameOf(alert.memberId), detail: null }
    case 'repair':
      return repairAlert(node, alert.report, at)
    case 'keys-elsewhere':
      return { kind: 'keys-elsewhere', at, memberName: null, detail: null }
    case 'network-key-refused':
    case 'network-key-unreached':
      return { kind: alert.kind, at, memberName: null, detail: null, amount: alert.generation }
    case 'catch-up':
      return null
  }
}

function repairAlert(node: ChainNode, report: RepairReport, at: number): HappenedAlert {
  const { height, indexes } = report
  const detail = indexes.length === 0 ? null : rangesOf(indexes)
  const about = { at, detail, amount: height }
  switch (report.kind) {
    case 'fetched': {
      const from = membersOf(node.ledger.state.consortium).find(
        ({ memberId }) => toHex(memberId) === report.from,
      )
      return { kind: 'repaired', memberName: from?.name ?? report.from.slice(0, 8), ...about }
    }
    case 'indexed':
      return { kind: 'reindexed', memberName: null, ...about }
    case 'nowhere':
      return { kind: 'beyond-repair', memberName: null, ...about }
  }
}

/** `3, 5–9`: block numbers as people write them. */
function rangesOf(indexes: readonly number[]): string {
  const parts: string[] = []
  for (let i = 0; i < indexes.length;) {
    let end = i
    while (indexes[end + 1] === indexes[end]! + 1) end++
    parts.push(end === i ? `${indexes[i]}` : `${indexes[i]}–${indexes[end]}`)
    i = end + 1
  }
  return parts.slice(0, RANGES_MAX).join(', ') + (parts.length > RANGES_MAX ? ' …' : '')
}

function peersAsText(node: ChainNode): string {
  return node
    .peers()
    .map(({ name, state, problem }) => `${name} ${state} ${problem ?? ''}`)
    .join('\n')
}
