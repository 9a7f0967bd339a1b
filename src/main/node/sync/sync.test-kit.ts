/** Chains in memory stores and members that serve or fetch them, for tests and benchmarks. */
import { assert } from '../../../shared/std/assert.ts'
import { decodeChainState, type ChainState } from '../chain/chain-state.ts'
import {
  crypto,
  fieldsOf,
  finalise,
  sampleVisit,
  sealVisits,
  type Consortium,
  type Institution,
} from '../chain/consortium.test-kit.ts'
import type { SealedRecord } from '../chain/record.ts'
import type { SegmentBundle } from '../chain/segment.ts'
import type { Clock } from '../network/clock.ts'
import { createMesh, type Mesh, type MeshOptions } from '../network/mesh.ts'
import type { MemoryHub } from '../network/memory.ts'
import { TEST_LIMITS, testRandom, until } from '../network/network.test-kit.ts'
import { peerName, type MemberEntry } from '../network/transport.ts'
import { readState } from '../storage/chain-store.ts'
import type { MemoryStore } from '../storage/memory.ts'
import type { Store } from '../storage/store.ts'
import { createRangeApplier, type AppliedRange } from './apply-range.ts'
import {
  startCatchUp,
  type CatchUp,
  type CatchUpOptions,
  type SyncOffence,
  type SyncOutcome,
} from './catch-up.ts'
import { createStoreSource, type ChainSource } from './chain-source.ts'
import type { SyncLimits } from './limits.ts'
import { encodeSegmentsAnswer } from './messages.ts'
import { startChainServer, type ChainServer } from './serve-chain.ts'

export type MadeChain = { readonly bundles: readonly SegmentBundle[]; readonly states: readonly ChainState[] }

/** `sizes` visits in each segment; `itemsAt` gives the items of a height. */
export function makeChain(
  consortium: Consortium,
  sizes: readonly number[],
  itemsAt: (height: number, state: ChainState) => readonly Uint8Array[] = () => [],
): MadeChain {
  const bundles: SegmentBundle[] = []
  const states: ChainState[] = [consortium.start]
  let n = 0
  for (const [i, size] of sizes.entries()) {
    const author = consortium.institutions[i % consortium.institutions.length]!
    const fields = Array.from({ length: size }, () => fieldsOf(sampleVisit(n++)))
    const records = size === 0 ? [] : sealVisits(consortium, authorOf(consortium, author), fields)
    const state = states.at(-1)!
    const made = finalise(consortium, state, { records, items: itemsAt(i + 1, state) })
    bundles.push(made.bundle)
    states.push(made.state)
  }
  return { bundles, states }
}

/** Many segments of the same few sealed visits would be refused; these are many different ones, sealed once. */
export function chainOf(
  consortium: Consortium,
  records: readonly SealedRecord[],
  perSegment: number,
): MadeChain {
  const bundles: SegmentBundle[] = []
  const states: ChainState[] = [consortium.start]
  for (let at = 0; at < records.length; at += perSegment) {
    const made = finalise(consortium, states.at(-1)!, { records: records.slice(at, at + perSegment) })
    bundles.push(made.bundle)
    states.push(made.state)
  }
  return { bundles, states }
}

function authorOf(consortium: Consortium, institution: Institution): Institution {
  return institution.member.kind === 'hospital' ? institution : consortium.institutions[0]!
}

/** Writes the chain to the store, checked like any other. */
export async function fillStore(
  store: Store,
  consortium: Consortium,
  bundles: readonly SegmentBundle[],
): Promise<void> {
  const applier = createRangeApplier(crypto, store, consortium.start)
  const head = { count: bundles.length, missingCount: 0, missingFrom: 0 }
  const applied = await applier.apply(1, encodeSegmentsAnswer(bundles, head), [])
  assert(applied.refused === null, `the chain of a test applies: ${applied.refused?.reason}`)
}

export async function storedState(store: Store, consortium: Consortium): Promise<ChainState> {
  const stored = await readState(store)
  if (stored.kind !== 'ok') return consortium.start
  const state = decodeChainState(crypto, stored.value)
  assert(state !== null, 'a stored state decodes')
  return state
}

export type Node = {
  readonly mesh: Mesh
  readonly store: MemoryStore
  readonly server: ChainServer
  readonly catchUp: CatchUp
  readonly outcomes: SyncOutcome[]
  readonly offences: SyncOffence[]
  /** How many answers were applied. */
  readonly applied: AppliedRange[]
  state(): ChainState
  close(): Promise<void>
}

/** Each side learns by itself that a link is up; what one sends before it has learnt it goes nowhere. */
export async function untilLinked(a: Node, b: Node): Promise<void> {
  await until(() => a.mesh.isUp(b.mesh.self) && b.mesh.isUp(a.mesh.self))
}

export function entriesOf(consortium: Consortium): MemberEntry[] {
  return consortium.institutions.map(({ member }) => ({
    memberId: member.memberId,
    kind: member.kind,
    isVoter: member.isVoter,
    networkKey: member.networkKey,
    memberKey: member.authorKey,
  }))
}

export type NodeOptions = {
  readonly source?: (own: ChainSource) => ChainSource
  readonly limits?: Partial<SyncLimits>
  readonly mesh?: Partial<MeshOptions>
  readonly now?: () => number
  readonly serverClock?: Clock
  /** Runs around each write, for a test that stops a node in the middle. */
  readonly apply?: (apply: CatchUpOptions['apply']) => CatchUpOptions['apply']
  readonly mayWrite?: () => boolean
}

/** A member with a chain in its store, in the hub. */
export async function startTestNode(
  hub: MemoryHub,
  consortium: Consortium,
  index: number,
  store: MemoryStore,
  options: NodeOptions = {},
): Promise<Node> {
  const institution = consortium.institutions[index]!
  const { member } = institution
  const wires = hub.wires(`node-${index}`, {
    networkKey: member.networkKey,
    generations: [{ generation: 1, psk: new Uint8Array(32), port: 1 }],
  })
  let state = await storedState(store, consortium)
  const mesh = createMesh({
    identity: {
      chainId: consortium.chainId,
      memberId: member.memberId,
      networkKey: member.networkKey,
      memberSecret: institution.authorSecret,
      versions: { min: 1, max: 1 },
    },
    wires,
    crypto,
    random: testRandom,
    members: entriesOf(consortium),
    position: () => ({ epoch: state.consortium.epoch, height: state.height }),
    addresses: consortium.institutions.map(({ member: { memberId } }, i) => ({
      peer: peerName(memberId),
      addresses: [{ generation: 1, address: `node-${i}:1` }],
    })),
    limits: TEST_LIMITS,
    ...options.mesh,
  })
  const own = createStoreSource(store, () => state)
  const server = startChainServer({
    transport: mesh,
    source: options.source?.(own) ?? own,
    now: options.now ?? (() => 8.64e15),
    clock: options.serverClock,
    limits: { statusEveryMs: 10, ...options.limits },
  })
  const applier = createRangeApplier(crypto, store, state)
  const outcomes: SyncOutcome[] = []
  const offences: SyncOffence[] = []
  const applied: AppliedRange[] = []
  const apply: CatchUpOptions['apply'] = (from, answer, laterBodies) =>
    applier.apply(from, answer, laterBodies)
  const catchUp = startCatchUp({
    transport: mesh,
    host: {
      height: () => state.height,
      begin: async () => {},
      mayWrite: async () => options.mayWrite?.() ?? true,
      async applied(range) {
        const next = decodeChainState(crypto, range.state)
        assert(next !== null, 'a state decodes')
        state = next
        applied.push(range)
        server.grown()
      },
      async end(outcome) {
        outcomes.push(outcome)
      },
    },
    apply: options.apply?.(apply) ?? apply,
    startsWhenBehindBy: () => (options.mayWrite?.() === false ? Infinity : 1),
    onOffence: (offence) => offences.push(offence),
    limits: { peerRestMs: 50, ...options.limits },
  })
  await mesh.start()
  return {
    mesh,
    store,
    server,
    catchUp,
    outcomes,
    offences,
    applied,
    state: () => state,
    async close() {
      server.close()
      await mesh.stop()
      await catchUp.close()
    },
  }
}
