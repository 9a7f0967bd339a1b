/** Proposals between members in memory: every node here has the chain of the founding and a link to each of the others. */
import { afterEach, describe, expect, it } from 'vitest'
import { assert, present } from '../../shared/std/assert.ts'
import { toHex } from '../../shared/std/bytes.ts'
import type { NodeStatus } from '../../shared/contract/node.ts'
import { crypto, foundConsortium, type Institution } from '../node/chain/consortium.test-kit.ts'
import { keyOf } from '../node/chain/ids.ts'
import { findMember } from '../node/chain/members.ts'
import { membersOf } from '../node/chain/state.ts'
import { PROPOSAL_AHEAD_MAX_MS, PROPOSAL_BYTES_MAX } from '../node/membership/limits.ts'
import { NOW, proposed } from '../node/membership/membership.test-kit.ts'
import {
  approveProposal,
  encodeProposal,
  makeProposal,
  withdrawProposal,
  type Proposal,
} from '../node/membership/proposal.ts'
import { decodeBodyMessage, encodeBodyMessage } from '../node/network/protocols/bodies.ts'
import type { Peer, PeerEvent, PeerState, Transport } from '../node/network/transport.ts'
import { createMemoryStore } from '../node/storage/memory.ts'
import { createProposalLane, type ProposalLane } from '../node/waiting/proposals.ts'
import { openGovernance, type Governance } from './governance.ts'
import type { KeptFiles, KeptProposal } from './kept-files.ts'
import { startProposalExchange, type ArrivedProposal } from './proposal-exchange.ts'

const consortium = foundConsortium({ seed: 'exchange', voters: 4, hospitals: 1, others: ['university'] })
const [north, east, south, west, clinic] = consortium.institutions as [
  Institution,
  Institution,
  Institution,
  Institution,
  Institution,
]
const { chainId, start } = consortium
const plan = { kind: 'policy', name: 'smallestCount', value: 20 } as const

interface Node {
  readonly institution: Institution
  readonly lane: ProposalLane
  readonly governance: Governance
  readonly arrived: ArrivedProposal[]
  readonly submitted: Uint8Array[]
  readonly kept: Map<string, KeptProposal>
  isAway: boolean
  close(): void
}

let nodes: Node[] = []
let now = NOW
/** The chain as every node here has it. */
let chain = start
let standing: NodeStatus['standing'] = 'voting'
/** Author keys that are over, by member id in hex. */
let keysEver = new Map<string, Uint8Array[]>()
afterEach(() => {
  for (const node of nodes) node.close()
  nodes = []
  now = NOW
  chain = start
  standing = 'voting'
  keysEver = new Map()
})

/** The members have decided that this one has another author key; what they had in hand is as it was. */
function changeAuthorKey({ member }: Institution): Institution {
  const authorSecret = consortium.random(32)
  const authorKey = crypto.ed25519PublicKey(authorSecret)
  const members = chain.consortium.members.map((entry) =>
    toHex(entry.member.memberId) === toHex(member.memberId)
      ? { ...entry, member: { ...entry.member, authorKey } }
      : entry,
  )
  chain = { ...chain, consortium: { ...chain.consortium, members } }
  keysEver.set(toHex(member.memberId), [member.authorKey, authorKey])
  const inEffect = present(findMember(membersOf(chain.consortium), member.memberId), 'it is a member')
  return {
    ...consortium.institutions.find((each) => each.member === member)!,
    member: inEffect,
    authorSecret,
  }
}

const peerOf = ({ member }: Institution): Peer => ({
  name: keyOf(member.memberId),
  memberId: member.memberId,
  kind: member.kind,
  isVoter: member.isVoter,
  isGuest: false,
})

const upListeners = new Map<string, (event: PeerEvent) => void>()
const messages: { count: number } = { count: 0 }

async function started(institution: Institution, kept = new Map<string, KeptProposal>()): Promise<Node> {
  const self = peerOf(institution)
  const others = () => nodes.filter(({ institution: each, isAway }) => each !== institution && !isAway)
  const deliver = (to: Node, message: Uint8Array) => {
    const decoded = decodeBodyMessage(message)
    assert(decoded?.kind === 'proposal', 'only proposals travel here')
    messages.count++
    if (!node.isAway) void to.lane.takeIn(self, decoded)
  }
  const transport = {
    broadcast(_lane: string, message: Uint8Array) {
      // As in the network: two without a vote have no such lane between them.
      const reached = others().filter(({ institution: to }) => self.isVoter || to.member.isVoter)
      for (const to of reached) deliver(to, message)
      return reached.length
    },
    send(name: string, _lane: string, message: Uint8Array) {
      const to = others().find((each) => keyOf(each.institution.member.memberId) === name)
      if (to !== undefined) deliver(to, message)
      return 'queued'
    },
    onPeer(listener: (event: PeerEvent) => void) {
      upListeners.set(self.name, listener)
      return () => upListeners.delete(self.name)
    },
  } as unknown as Transport
  const lane = createProposalLane(transport, () => now)
  const submitted: Uint8Array[] = []
  const arrived: ArrivedProposal[] = []
  const port = {
    memberId: institution.member.memberId,
    ledger: {
      chainId,
      genesis: null as never,
      get state() {
        return chain
      },
      authorKeysEver: async () => keysEver,
    },
    store: createMemoryStore(),
    get status() {
      return { standing } as NodeStatus
    },
    submitItem: async (bytes: Uint8Array) => void submitted.push(bytes),
    nextSequence: () => 1,
    proposals: lane,
    peers: () =>
      consortium.institutions.map(
        (each) => ({ ...peerOf(each), state: 'up', signing: 'signs' }) as unknown as PeerState,
      ),
    addresses: () => [],
    addAddresses: async () => {},
    consensusView: () => null as never,
    get signing() {
      return standing === 'voting' ? ('signs' as const) : ('observing' as const)
    },
    confirmVoting: () => {},
    rowsHeldUpTo: 0,
  }
  const governance = await openGovernance({
    crypto,
    now: () => now,
    node: port,
    kept: {
      proofs: async () => new Map(),
      invitations: async () => [],
      proposals: async () => [...kept.values()],
      saveProposal: async (each: KeptProposal) => void kept.set(toHex(each.proposalId), each),
      dropProposal: async (id: Uint8Array) => void kept.delete(toHex(id)),
    } as unknown as KeptFiles,
    authorSecret: () => institution.authorSecret,
    tokenHash: null,
    onChanged: () => {},
  })
  const exchange = startProposalExchange({
    crypto,
    node: port,
    governance,
    onArrived: (each) => arrived.push(each),
  })
  const node: Node = {
    institution,
    lane,
    governance,
    arrived,
    submitted,
    kept,
    isAway: false,
    close: () => exchange.close(),
  }
  nodes.push(node)
  return node
}

/** Everything under way has arrived: nothing here waits for a clock. */
async function settled(): Promise<void> {
  for (let before = -1; before !== messages.count;) {
    before = messages.count
    await Promise.all(nodes.map(({ governance }) => governance.proposals()))
    await new Promise((resolve) => setImmediate(resolve))
    await Promise.all(nodes.map(({ governance }) => governance.proposals()))
  }
}

function comesBack(node: Node): void {
  node.isAway = false
  for (const other of nodes) {
    if (other === node) continue
    upListeners.get(keyOf(other.institution.member.memberId))?.({
      kind: 'up',
      peer: peerOf(node.institution),
    })
    upListeners.get(keyOf(node.institution.member.memberId))?.({
      kind: 'up',
      peer: peerOf(other.institution),
    })
  }
}

async function standings(node: Node): Promise<string[]> {
  return (await node.governance.proposals()).map(({ standing }) => standing)
}
const approve = (node: Node, id: Uint8Array) =>
  node.governance.approve(id, { root: node.institution.rootSecret })

/** What a member that does not run our program could send: signed as it likes. */
function drafted(
  author: Institution,
  note: string,
  changes: { createdAt?: number; sequence?: number } = {},
): Proposal {
  return makeProposal(
    crypto,
    chainId,
    start.consortium,
    start.height,
    {
      author: author.member.memberId,
      decisions: proposed(consortium, start, author, plan, []).draft.decisions,
      createdAt: changes.createdAt ?? now,
      note,
      proofs: [],
    },
    author.authorSecret,
    changes.sequence ?? 1,
  )
}
const offered = (to: Node, from: Institution, proposal: Proposal | Uint8Array) =>
  to.lane.takeIn(peerOf(from), {
    kind: 'proposal',
    version: 1,
    proposal: proposal instanceof Uint8Array ? proposal : encodeProposal(proposal),
  })

describe('proposals over the network', () => {
  it('appear at the others by themselves, and with the approvals of a quorum the author submits', async () => {
    const [n, e, s, w] = [
      await started(north),
      await started(east),
      await started(south),
      await started(west),
    ]
    const made = await n.governance.propose(plan, 'stricter', { root: north.rootSecret })
    assert(made.kind === 'proposed', JSON.stringify(made.kind))
    const { proposalId } = made.now.proposal
    await settled()
    for (const node of [e, s, w]) {
      expect(await standings(node)).toEqual(['open'])
      expect(node.arrived).toEqual([
        { proposalId: toHex(proposalId), authorName: north.member.name, awaitsAnswer: true },
      ])
    }
    expect(n.arrived).toEqual([])
    await approve(e, proposalId)
    await settled()
    // Heard by those that the approval was not given at too.
    expect((await w.governance.proposals())[0]?.proposal.approvals).toHaveLength(2)
    expect(n.submitted).toEqual([])
    await approve(s, proposalId)
    await settled()
    expect(await standings(w)).toEqual(['approved'])
    expect(n.submitted).toHaveLength(1)
    expect([e, s, w].flatMap(({ submitted }) => submitted)).toEqual([])
    // Told once, not with every approval.
    expect(w.arrived).toHaveLength(1)
  })

  it('reach a member that was away when it is back, with what was said meanwhile', async () => {
    const [n, e, , w] = [await started(north), await started(east), await started(south), await started(west)]
    w.isAway = true
    const made = await n.governance.propose(plan, '', { root: north.rootSecret })
    assert(made.kind === 'proposed', made.kind)
    const { proposalId } = made.now.proposal
    await settled()
    await approve(e, proposalId)
    await settled()
    expect(await standings(w)).toEqual([])
    // The author sleeps when the last approval is given, and learns it later.
    comesBack(w)
    await settled()
    expect(await standings(w)).toEqual(['open'])
    n.isAway = true
    await approve(w, proposalId)
    await settled()
    expect(n.submitted).toEqual([])
    comesBack(n)
    await settled()
    expect(n.submitted).toHaveLength(1)
  })

  it('reach members without a vote through those who have one', async () => {
    const [, c, n] = [await started(consortium.institutions[5]!), await started(clinic), await started(north)]
    const made = await c.governance.propose(plan, '', null)
    assert(made.kind === 'proposed', made.kind)
    await settled()
    expect(n.arrived).toMatchObject([{ authorName: clinic.member.name, awaitsAnswer: true }])
    expect(nodes[0]!.arrived).toMatchObject([{ authorName: clinic.member.name, awaitsAnswer: false }])
  })

  it('are withdrawn and rejected everywhere, also where a member missed it', async () => {
    const [n, e, s, w] = [
      await started(north),
      await started(east),
      await started(south),
      await started(west),
    ]
    const made = await n.governance.propose(plan, '', null)
    assert(made.kind === 'proposed', made.kind)
    const { proposalId } = made.now.proposal
    await settled()
    w.isAway = true
    await e.governance.reject(proposalId)
    await s.governance.reject(proposalId)
    await settled()
    expect(await standings(n)).toEqual(['rejected'])
    await n.governance.reject(proposalId)
    await n.governance.withdraw(proposalId)
    await settled()
    expect(await standings(w)).toEqual(['open'])
    comesBack(w)
    await settled()
    expect(await standings(w)).toEqual([expect.stringMatching(/rejected|withdrawn/)])
    // Nobody who never knew of it is told what is over.
    const late = await started(clinic)
    comesBack(late)
    await settled()
    expect(late.arrived).toEqual([])
  })

  it('are kept only when a member in effect signed them, in time and in size', async () => {
    const n = await started(north)
    const stranger = foundConsortium({ seed: 'strangers' }).institutions[0]!
    const good = drafted(east, 'good')
    const bytes = encodeProposal(good)
    const forged = Uint8Array.from(bytes)
    forged[bytes.length - 40]! ^= 1
    await offered(n, east, forged)
    await offered(n, east, new Uint8Array(100))
    await offered(n, east, drafted(stranger, 'from nobody'))
    await offered(n, east, drafted(east, 'from tomorrow', { createdAt: now + PROPOSAL_AHEAD_MAX_MS + 1 }))
    await n.lane.takeIn(peerOf(east), { kind: 'proposal', version: 2, proposal: bytes })
    expect(await standings(n)).toEqual([])
    const long = new Uint8Array(PROPOSAL_BYTES_MAX + 1)
    expect(decodeBodyMessage(encodeBodyMessage({ kind: 'proposal', version: 1, proposal: long }))).toBeNull()
    // What was let be before is taken when it holds: here another member passes it on.
    await offered(n, south, good)
    expect(await standings(n)).toEqual(['open'])
  })

  it('of a member that floods harm nobody: few are kept, and those of others come through', async () => {
    const n = await started(north)
    for (let i = 0; i < 50; i++) await offered(n, east, drafted(east, `flood ${i}`))
    expect(await standings(n)).toHaveLength(4)
    expect(n.kept.size).toBe(4)
    await offered(n, south, drafted(south, 'calm'))
    expect(await standings(n)).toHaveLength(5)

    // Withdrawing at once makes room for the next one, and not for ever.
    for (let i = 0; i < 200; i++) {
      const next = drafted(west, `again ${i}`)
      await offered(n, west, next)
      await offered(n, west, withdrawProposal(crypto, chainId, next, west.authorSecret))
    }
    expect(n.arrived.filter(({ authorName }) => authorName === west.member.name)).toHaveLength(32)
    expect(n.kept.size).toBeLessThanOrEqual(4 + 1 + 32)

    // Nothing more of it is looked at, good or not, until its bucket has filled a little.
    const calm = drafted(south, 'calm')
    const approved = approveProposal(crypto, chainId, calm, west.member.memberId, west.rootSecret)
    const approvalCount = async () =>
      (await n.governance.proposals()).reduce((count, { proposal }) => count + proposal.approvals.length, 0)
    await offered(n, west, approved)
    expect(await approvalCount()).toBe(0)
    now += 600_000
    await offered(n, west, approved)
    expect(await approvalCount()).toBe(1)
  })

  it('stay in the list when the keys of their author have changed, as void, and are made anew under the new ones', async () => {
    const n = await started(north)
    const [e, s] = [await started(east), await started(south)]
    const made = await n.governance.propose(plan, 'stricter', { root: north.rootSecret })
    assert(made.kind === 'proposed', JSON.stringify(made))
    await settled()
    await approve(e, made.now.proposal.proposalId)
    await settled()
    expect(await standings(s)).toEqual(['open'])
    const changed = changeAuthorKey(north)
    // Nobody restarts: it is over all the same, and nobody approves what cannot be decided.
    expect(await standings(s)).toEqual(['author-changed'])
    expect((await approve(s, made.now.proposal.proposalId)).kind).toBe('refused')
    for (const node of nodes.splice(0)) node.close()

    const [again, other] = [await started(changed, n.kept), await started(south, s.kept)]
    for (const node of [again, other]) expect(await standings(node)).toEqual(['author-changed'])
    const [void_] = await other.governance.proposals()
    expect(void_?.proposal.approvals).toHaveLength(2)
    const anew = await again.governance.propose(plan, 'stricter, again', { root: north.rootSecret })
    expect(anew.kind).toBe('proposed')
    await settled()
    expect((await standings(other)).sort()).toEqual(['author-changed', 'open'])
  })

  it('go on where a member that said no has other keys since: its no is over, and has to be said anew', async () => {
    const n = await started(north)
    const e = await started(east)
    const made = await n.governance.propose(plan, 'stricter', { root: north.rootSecret })
    assert(made.kind === 'proposed', JSON.stringify(made))
    await settled()
    const { proposalId } = made.now.proposal
    expect((await e.governance.reject(proposalId)).kind).toBe('done')
    await settled()
    const said = async (node: Node) => (await node.governance.proposals())[0]?.proposal.rejections.length
    expect(await said(n)).toBe(1)
    changeAuthorKey(east)
    const s = await started(south)
    comesBack(s)
    await settled()
    expect(await standings(s)).toEqual(['open'])
    expect(await said(s)).toBe(0)
    const again = await started(north, n.kept)
    expect([await standings(again), await said(again)]).toEqual([['open'], 0])
  })

  it('of one author that contradict each other can be decided once: both want the same place in its order', async () => {
    const w = await started(west)
    const [first, second] = [drafted(east, 'one'), drafted(east, 'other')]
    expect(first.draft.firstSequence).toBe(second.draft.firstSequence)
    for (const each of [first, second]) {
      let approved = each
      for (const { member, rootSecret } of [north, south, west])
        approved = approveProposal(crypto, chainId, approved, member.memberId, rootSecret)
      await offered(w, north, approved)
    }
    expect(await standings(w)).toEqual(['approved', 'approved'])
    const sequences = [[east.member.memberId, first.draft.firstSequence] as const]
    chain = { ...chain, consortium: { ...chain.consortium, sequences } }
    expect(await standings(w)).toEqual(['overtaken', 'overtaken'])
  })

  it('are weighed without the own vote while the own node observes', async () => {
    const n = await started(north)
    expect(n.governance.strength()).toMatchObject({ voters: 4, reachable: 4, spare: 1 })
    standing = 'observing'
    expect(n.governance.strength()).toMatchObject({ voters: 4, reachable: 3, spare: 0 })
  })

  it('are not lost where they come before anybody listens', async () => {
    const lane = createProposalLane(null, () => NOW)
    const bytes = encodeProposal(drafted(east, 'early'))
    for (let i = 0; i < 100; i++)
      await lane.takeIn(peerOf(east), { kind: 'proposal', version: 1, proposal: bytes })
    const heard: Uint8Array[] = []
    lane.onOffer(async (_, copy) => void heard.push(copy))
    expect(heard).toHaveLength(64)
    expect(heard[0]).toEqual(bytes)
  })
})
