/** Whole nodes of several institutions in one process, over connections in memory, for tests. */
import { randomBytes } from 'node:crypto'
import { fromHex, toHex, type Bytes } from '../../shared/std/bytes.ts'
import { createBatchCache } from './chain/author.ts'
import type { MemberId } from './chain/ids.ts'
import { approvalSignBytes, signItem, type DecisionItem } from './chain/item.ts'
import type { Member, MemberKind } from './chain/members.ts'
import { checkRecord, type RecordChecker } from './check-records.ts'
import { createNodeCrypto, createNodeRandom } from './crypto-node.ts'
import { createInstitution, foundTogether, type Founded } from './founding.ts'
import type { RangeThread } from './follow.ts'
import type { Ledger } from './ledger.ts'
import { lyingNetwork, type Lie } from './lies.test-kit.ts'
import { NODE_LIMITS } from './limits.ts'
import { createMemoryHub, type MemoryHub } from './network/memory.ts'
import { TEST_LIMITS } from './network/network.test-kit.ts'
import {
  createMeshNetwork,
  type NetworkAbout,
  type NodeNetwork,
  type PreSharedKey,
} from './network/node-network.ts'
import { startNode, type ChainNode, type NodeOptions } from './node.ts'
import { sampleFields } from './node.test-kit.ts'
import { sealVisits } from './seal-visits.ts'
import type { SealedVisit } from './outbox/outbox.ts'
import { prepareChainStore } from './storage/chain-store.ts'
import { createMemoryStore, type MemoryStore } from './storage/memory.ts'
import type { Store } from './storage/store.ts'
import { createRangeApplier, type RangeApplier } from './sync/apply-range.ts'
import { newestEpoch } from './vault/institution-keys.ts'

export const crypto = createNodeCrypto()
export const random = createNodeRandom()

export function inProcessChecker(): RecordChecker {
  const cache = createBatchCache()
  return {
    check: async (keys, records) => records.map((record) => checkRecord(crypto, keys, record, cache)),
    close: async () => {},
  }
}

export function inProcessRanges(store: Store, ledger: Ledger): RangeThread {
  let applier: RangeApplier | null = null
  return {
    async begin() {
      applier = createRangeApplier(crypto, store, ledger.state)
    },
    apply: (from, answer, laterBodies) => applier!.apply(from, answer, laterBodies),
    close: async () => {},
  }
}

export interface Institutions {
  readonly voters?: number
  readonly clinics?: number
  readonly others?: readonly MemberKind[]
  readonly policy?: Readonly<Record<string, number>>
}

export function found({ voters = 4, clinics = 0, others = [], policy }: Institutions): Founded[] {
  const member = (institutionName: string, kind: MemberKind, isVoter: boolean) => ({
    institutionName,
    personName: 'Lin',
    roles: ['clerk'],
    kind,
    isVoter,
  })
  return foundTogether(crypto, random, Date.now(), {
    name: 'Test consortium',
    // Slots that close at once, so that observers follow without waiting for a minute.
    policy: { timestampGranularityMs: 1, ...policy },
    members: [
      ...Array.from({ length: voters }, (_, i) => member(`Hospital ${i + 1}`, 'hospital', true)),
      ...Array.from({ length: clinics }, (_, i) => member(`Clinic ${i + 1}`, 'hospital', false)),
      ...others.map((kind, i) => member(`${kind} ${i + 1}`, kind, false)),
    ],
  })
}

export interface TestMember {
  readonly founded: Founded
  readonly memberId: MemberId
  readonly name: string
  store: MemoryStore
  /** Null while it is down. */
  node: ChainNode | null
  openNetwork(about: NetworkAbout): NodeNetwork
  start(over?: Partial<NodeOptions>): Promise<ChainNode>
  startLying(lie: Lie): Promise<ChainNode>
  stop(): Promise<void>
  /** The process dies: what was not synced stays (`kill`) or is lost (`power-cut`). Nothing is closed in order. */
  die(how: 'kill' | 'power-cut'): Promise<void>
  seal(count: number, from: number): SealedVisit[]
  /** Seals, submits, and gives the Merkle roots in hex. */
  submit(count: number, from: number): Promise<string[]>
}

export interface TestConsortium {
  readonly hub: MemoryHub
  readonly members: readonly TestMember[]
  /** Those that run. */
  up(): ChainNode[]
  /** An institution that is no member yet, with its node's store prepared from an invitation. */
  invite(
    institutionName: string,
    kind: MemberKind,
    isVoter: boolean,
  ): Promise<TestMember & { readonly row: Member }>
  close(): Promise<void>
}

export function memoryNetwork(
  hub: MemoryHub,
  hubName: string,
  about: NetworkAbout,
  hubNames: () => readonly (readonly [peer: string, host: string])[],
): NodeNetwork {
  const port = (generation: number) => 1 + generation
  const wires = hub.wires(hubName, {
    networkKey: crypto.ed25519PublicKey(about.networkSecret),
    generations: about.generations.map((key) => ({ ...key, port: port(key.generation) })),
  })
  const addresses = hubNames().map(([peer, host]) => ({
    peer,
    addresses: [{ generation: 0, address: `${host}:${port(0)}` }],
  }))
  const opening = {
    ...wires,
    openGeneration: (key: PreSharedKey) => wires.openGeneration({ ...key, port: port(key.generation) }),
  }
  return createMeshNetwork({ ...about, addresses }, { crypto, random, wires: opening, limits: TEST_LIMITS })
}

export async function makeConsortium(institutions: Institutions): Promise<TestConsortium> {
  const hub = createMemoryHub()
  const founded = found(institutions)
  const names = new Map(founded.map(({ memberId }, i) => [memberId, `node-${i}`]))
  const members: TestMember[] = []
  for (const each of founded) members.push(await makeMember(hub, each, names))
  return {
    hub,
    members,
    async invite(institutionName, kind, isVoter) {
      const person = { institutionName, personName: 'Wu', roles: ['clerk'] }
      const { keys, member: row } = createInstitution(crypto, random, { ...person, kind, isVoter })
      const { genesisBytes, chainId, keys: of } = founded[0]!
      const memberId = toHex(row.memberId)
      names.set(memberId, `node-${names.size}`)
      const node = { ...keys.node, networkGenerations: of.node.networkGenerations }
      const invited = { keys: { ...keys, node }, genesisBytes, memberId, chainId }
      const joined = await makeMember(hub, invited, names)
      members.push(joined)
      return Object.assign(joined, { row })
    },
    up: () => members.flatMap(({ node }) => (node === null ? [] : [node])),
    async close() {
      for (const member of members) await member.stop()
    },
  }
}

export async function makeMember(
  hub: MemoryHub,
  founded: Founded,
  names: Map<string, string>,
): Promise<TestMember> {
  const store = createMemoryStore()
  await prepareChainStore(store, founded.genesisBytes, new Uint8Array(randomBytes(16)))
  const name = names.get(founded.memberId)!
  const member: TestMember = {
    founded,
    memberId: fromHex(founded.memberId) as Uint8Array as MemberId,
    name,
    store,
    node: null,
    openNetwork: (about) => memoryNetwork(hub, name, about, () => [...names]),
    async start(over = {}) {
      member.node = await startNode({
        store: member.store,
        storePath: 'memory',
        keys: founded.keys.node,
        saveKeys: async () => true,
        memberId: member.memberId,
        crypto,
        random,
        checker: inProcessChecker(),
        limits: NODE_LIMITS,
        now: Date.now,
        freeBytes: async () => null,
        openNetwork: (about) => member.openNetwork(about),
        openRangeThread: async (ledger) => inProcessRanges(member.store, ledger),
        ...over,
      })
      return member.node
    },
    startLying: (lie) =>
      member.start({
        openNetwork: (about) =>
          lyingNetwork(member.openNetwork(about), about, lie, {
            crypto,
            consensusSecret: founded.keys.node.consensus,
          }),
      }),
    async stop() {
      const { node } = member
      member.node = null
      await node?.close()
    },
    async die(how) {
      const { node } = member
      const left = how === 'kill' ? member.store.afterKill() : member.store.afterPowerCut()
      member.node = null
      // Nothing that it still does reaches the disk that the next process finds.
      member.store = left
      await node?.close()
    },
    seal: (count, from) =>
      sealVisits(
        crypto,
        random,
        member.node!.sealingKeys(newestEpoch(founded.keys.session.custodianEpochs)),
        Array.from({ length: count }, (_, i) => sampleFields(from + i, founded.memberId)),
      ).map((sealed) => {
        if (sealed.kind === 'refused') throw new Error(sealed.reason)
        return sealed.visit
      }),
    async submit(count, from) {
      const node = member.node!
      const visits = member.seal(count, from)
      await node.submit(visits, node.reserve(count), [])
      return visits.map(({ merkleRoot }) => toHex(merkleRoot))
    },
  }
  return member
}

/** Decisions of one author, approved by the root keys of these members, with the author's next sequences. */
export async function decideTogether(
  author: Pick<TestMember, 'node' | 'memberId' | 'founded'>,
  approvers: readonly Pick<TestMember, 'memberId' | 'founded'>[],
  decisions: readonly DecisionItem[],
): Promise<void> {
  const node = author.node!
  const { chainId } = node.ledger
  const first = node.items.nextSequence(author.memberId)
  for (const [i, decision] of decisions.entries()) {
    const sequence = first + i
    const notAfterHeight = node.ledger.state.height + 1_000
    const input = approvalSignBytes(chainId, decision, author.memberId, sequence, notAfterHeight)
    const approvals = approvers.map(({ memberId, founded }) => ({
      memberId,
      signature: crypto.ed25519Sign(founded.keys.root.root, input),
    }))
    const clear = { ...decision, approvals }
    const item = { clear, sealed: null, author: author.memberId, sequence, notAfterHeight }
    await node.items.submit(signItem(crypto, chainId, item, author.founded.keys.node.author))
  }
}

/** Waits for what must come; the test's own limit ends a wait for what never does, and this says what it was. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const since = performance.now()
  let isSaid = false
  while (!(await condition())) {
    await new Promise((resolve) => setTimeout(resolve, 5))
    if (isSaid || performance.now() - since < WORTH_SAYING_MS) continue
    isSaid = true
    process.stderr.write(`waiting for ${WORTH_SAYING_MS / 1000} s until ${condition.toString()}\n`)
  }
}
const WORTH_SAYING_MS = 20_000

/** All that run stand on the same block with nothing left to do. */
export function areEqual(nodes: readonly ChainNode[], blockCount: number): boolean {
  const tips = new Set(nodes.map((node) => node.status.tip))
  return tips.size === 1 && nodes.every((node) => node.status.blockCount === blockCount)
}

export async function keysIn(store: Store, letter: string): Promise<Bytes[]> {
  const keys: Bytes[] = []
  const from = new TextEncoder().encode(`${letter}/`)
  const to = new TextEncoder().encode(`${letter}0`)
  for await (const { key } of store.scan({ from, to })) keys.push(key)
  return keys
}
