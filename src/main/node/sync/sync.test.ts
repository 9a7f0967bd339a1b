import { afterEach, describe, expect, it } from 'vitest'
import { toHex, type Bytes } from '../../../shared/std/bytes.ts'
import {
  flipped,
  finalise,
  foundConsortium,
  fieldsOf,
  makeItem,
  sampleVisit,
  sealVisits,
  type Consortium,
} from '../chain/consortium.test-kit.ts'
import type { SegmentBundle } from '../chain/segment.ts'
import type { Clock } from '../network/clock.ts'
import { createMemoryHub } from '../network/memory.ts'
import { until } from '../network/network.test-kit.ts'
import { peerName } from '../network/transport.ts'
import { placeWrite, readBlocks } from '../storage/chain-store.ts'
import { createMemoryStore, type MemoryStore } from '../storage/memory.ts'
import type { ChainSource } from './chain-source.ts'
import { encodeRequest, encodeStatus } from './messages.ts'
import {
  fillStore,
  makeChain,
  startTestNode,
  untilLinked,
  type Node,
  type NodeOptions,
} from './sync.test-kit.ts'

const nodes: Node[] = []
afterEach(async () => {
  for (const node of nodes.splice(0)) await node.close()
})

const SMALL = { answerBytes: 8 * 1024 }

async function storeOf(consortium: Consortium, bundles: readonly SegmentBundle[]): Promise<MemoryStore> {
  const store = createMemoryStore()
  await fillStore(store, consortium, bundles)
  return store
}

function scene(
  consortium: Consortium,
): (index: number, store: MemoryStore, options?: NodeOptions) => Promise<Node> {
  const hub = createMemoryHub()
  return async (index, store, options) => {
    const node = await startTestNode(hub, consortium, index, store, options)
    nodes.push(node)
    return node
  }
}

/** A clock that the test turns. */
function handClock(start: number): Clock & { advance(ms: number): void } {
  let time = start
  let waiting: { at: number; call: () => void }[] = []
  return {
    now: () => time,
    after(ms, call) {
      const entry = { at: time + ms, call }
      waiting.push(entry)
      return () => void (waiting = waiting.filter((each) => each !== entry))
    },
    advance(ms) {
      time += ms
      const due = waiting.filter(({ at }) => at <= time)
      waiting = waiting.filter(({ at }) => at > time)
      for (const { call } of due) call()
    },
  }
}

const nameOf = (consortium: Consortium, index: number): string =>
  peerName(consortium.institutions[index]!.member.memberId)

describe('a node that is behind', () => {
  it('fetches ranges from several peers, verifies them and ends with the same chain', async () => {
    const consortium = foundConsortium({ others: ['university'] })
    const { bundles, states } = makeChain(
      consortium,
      [3, 1, 40, 0, 7, 12, 1, 1, 30, 5].map((size) => size || 1),
    )
    const start = scene(consortium)
    const served = new Map<number, number>()
    for (const index of [0, 1, 2])
      await start(index, await storeOf(consortium, bundles), {
        limits: SMALL,
        source: (own) => ({
          ...own,
          state: states.at(-1)!,
          segmentAt: (height, max) => {
            served.set(index, (served.get(index) ?? 0) + 1)
            return own.segmentAt(height, max)
          },
        }),
      })
    const late = await start(4, createMemoryStore(), { limits: SMALL })
    await until(() => late.state().height === bundles.length)
    expect(toHex(late.state().tip)).toBe(toHex(states.at(-1)!.tip))
    expect(late.state().blockCount).toBe(101)
    await until(() => late.outcomes.at(-1)?.kind === 'caught-up')
    expect(served.size).toBeGreaterThan(1)
    expect(late.offences).toEqual([])
    const bodies = await readBlocks(late.store, 0, 200)
    expect(bodies.filter(({ kind }) => kind === 'ok')).toHaveLength(101)
  })

  it('follows decisions on the way: members, policy and voters of each height', async () => {
    const consortium = foundConsortium({ others: ['insurer'] })
    const [first] = consortium.institutions
    const { bundles, states } = makeChain(consortium, [2, 2, 0, 2, 2], (height) =>
      height === 3
        ? [
            makeItem(
              consortium,
              first!,
              { kind: 'policy', name: 'segmentVisitsMax', value: 500, approvals: [] },
              1,
            ),
          ]
        : [],
    )
    const start = scene(consortium)
    await start(0, await storeOf(consortium, bundles))
    const late = await start(4, createMemoryStore())
    await until(() => late.state().height === 5)
    expect(toHex(late.state().stateHash)).toBe(toHex(states.at(-1)!.stateHash))
    expect(toHex(late.state().stateHash)).not.toBe(toHex(states[0]!.stateHash))
  })

  it('gets the bodies of a segment that fits no answer in several', async () => {
    const consortium = foundConsortium({ others: ['university'] })
    const { bundles } = makeChain(consortium, [2, 60, 2])
    const start = scene(consortium)
    await start(0, await storeOf(consortium, bundles), { limits: { answerBytes: 4 * 1024 } })
    const late = await start(4, createMemoryStore(), { limits: { answerBytes: 4 * 1024 } })
    await until(() => late.state().blockCount === 64)
    expect(late.offences).toEqual([])
  })

  it('goes on with new segments as they come', async () => {
    const consortium = foundConsortium({ others: ['university'] })
    const { bundles } = makeChain(consortium, [1, 1, 1, 1])
    const start = scene(consortium)
    const store = await storeOf(consortium, bundles.slice(0, 2))
    const first = await start(0, store)
    const late = await start(4, createMemoryStore())
    await until(() => late.state().height === 2)
    // The voter gets the rest from a second voter, and the observer from either.
    await start(1, await storeOf(consortium, bundles))
    await until(() => first.state().height === 4 && late.state().height === 4)
  })

  it('goes on after a kill where the last write was', async () => {
    const consortium = foundConsortium({ others: ['university'] })
    const { bundles, states } = makeChain(
      consortium,
      Array.from({ length: 30 }, () => 3),
    )
    const start = scene(consortium)
    await start(0, await storeOf(consortium, bundles), { limits: SMALL })
    const store = createMemoryStore()
    let writes = 0
    const late = await start(4, store, {
      limits: SMALL,
      apply: (apply) => (from, answer, laterBodies) => {
        if (++writes > 3) return new Promise(() => {})
        return apply(from, answer, laterBodies)
      },
    })
    await until(() => writes > 3)
    const { height } = late.state()
    expect(height).toBeGreaterThan(0)
    expect(height).toBeLessThan(30)
    nodes.splice(nodes.indexOf(late), 1)
    late.server.close()
    await late.mesh.stop()
    const again = await start(4, store.afterPowerCut(), { limits: SMALL })
    expect(again.state().height).toBe(height)
    await until(() => again.state().height === 30)
    expect(toHex(again.state().tip)).toBe(toHex(states.at(-1)!.tip))
    expect(again.applied.reduce((sum, { count }) => sum + count, 0)).toBe(30 - height)
  })

  it('stops after the range in which the disk got full, and goes on from there when it is told of space', async () => {
    const consortium = foundConsortium({ others: ['university'] })
    const { bundles, states } = makeChain(
      consortium,
      Array.from({ length: 30 }, () => 3),
    )
    const start = scene(consortium)
    await start(0, await storeOf(consortium, bundles), { limits: SMALL })
    let isFull = false
    const late = await start(4, createMemoryStore(), {
      limits: SMALL,
      apply: (apply) => async (from, answer, laterBodies) => {
        const range = await apply(from, answer, laterBodies)
        isFull = true
        return range
      },
      mayWrite: () => !isFull,
    })
    await until(() => late.outcomes.length > 0)
    const { height } = late.state()
    expect(late.outcomes).toEqual([{ kind: 'waiting', height, target: 30 }])
    // The one that filled it, and the one that was being verified meanwhile.
    expect(late.applied.length).toBeLessThanOrEqual(2)
    expect(height).toBeLessThan(30)
    while (late.state().height < 30) {
      const before = late.state().height
      isFull = false
      late.catchUp.nudge()
      await until(() => late.state().height > before)
    }
    expect(toHex(late.state().tip)).toBe(toHex(states.at(-1)!.tip))
    expect(late.offences).toEqual([])
  })

  it('finds its own visits in what others decided', async () => {
    const consortium = foundConsortium({ others: ['university'] })
    const records = sealVisits(
      consortium,
      consortium.institutions[3]!,
      [1, 2, 3].map((n) => fieldsOf(sampleVisit(n))),
    )
    const { bundle } = finalise(consortium, consortium.start, { records })
    const start = scene(consortium)
    await start(0, await storeOf(consortium, [bundle]))
    const store = createMemoryStore()
    await store.commit([placeWrite(records[1]!.merkleRoot, { sequence: 77, index: null })])
    const late = await start(3, store)
    await until(() => late.state().height === 1)
    expect(late.applied.flatMap(({ own }) => own)).toEqual([
      { root: records[1]!.merkleRoot, index: 1, sequence: 77 },
    ])
  })
})

describe('a peer that lies', () => {
  type Forgery = readonly [string, (bundle: SegmentBundle) => SegmentBundle, string]
  const change = (list: readonly Bytes[], at: number, position: number): Bytes[] =>
    list.map((each, i) => (i === at ? flipped(each, position) : each))
  const forgeries: readonly Forgery[] = [
    ['a head', (bundle) => ({ ...bundle, heads: change(bundle.heads, 1, 60) }), ''],
    ['a body', (bundle) => ({ ...bundle, bodies: change(bundle.bodies as Bytes[], 1, 100) }), 'body-hash'],
    ['a body left out', (bundle) => ({ ...bundle, bodies: bundle.bodies!.slice(0, -1) }), 'body-missing'],
    ['the segment', (bundle) => ({ ...bundle, segment: flipped(bundle.segment, 90) }), ''],
    ['the certificate', (bundle) => ({ ...bundle, certificate: flipped(bundle.certificate!, 120) }), ''],
    ['an item more', (bundle) => ({ ...bundle, items: [Uint8Array.of(1)] }), 'item-malformed'],
    [
      'one head less',
      (bundle) => ({ ...bundle, heads: bundle.heads.slice(1), bodies: bundle.bodies!.slice(1) }),
      'count',
    ],
  ]
  it.each(forgeries)(
    'about %s is named and cut, and the truth comes from another',
    async (_what, forge, reason) => {
      const consortium = foundConsortium({ others: ['university'] })
      const { bundles } = makeChain(consortium, [2, 2, 2, 2, 2, 2])
      const start = scene(consortium)
      await start(0, await storeOf(consortium, bundles), {
        source: (own): ChainSource => ({
          ...own,
          state: own.state,
          async segmentAt(height, max) {
            const found = await own.segmentAt(height, max)
            if (found === null || height !== 4) return found
            const bundle = forge(found.bundle)
            return { ...found, bundle, count: bundle.bodies!.length }
          },
        }),
      })
      const late = await start(4, createMemoryStore())
      await until(() => late.offences.length === 1)
      expect(late.offences[0]).toMatchObject({ peer: nameOf(consortium, 0), height: 4 })
      if (reason !== '') expect(late.offences[0]!.reason).toBe(reason)
      expect(late.state().height).toBe(3)
      expect(late.mesh.peers().find(({ name }) => name === nameOf(consortium, 0))).toMatchObject({
        state: 'banned',
        problem: 'forged',
      })
      await start(1, await storeOf(consortium, bundles))
      await until(() => late.state().height === 6)
    },
  )

  it('about its height holds nobody up', async () => {
    const consortium = foundConsortium({ others: ['university'] })
    const { bundles } = makeChain(consortium, [1, 1, 1])
    const start = scene(consortium)
    const liar = await start(0, createMemoryStore())
    const late = await start(4, createMemoryStore())
    await untilLinked(liar, late)
    const status = encodeStatus({ height: 1e9, blockCount: 1e9, tip: new Uint8Array(32) })
    expect(liar.mesh.send(late.mesh.self, 'sync', status)).toBe('queued')
    await until(() => late.outcomes.at(-1)?.kind === 'waiting')
    await start(1, await storeOf(consortium, bundles))
    await until(() => late.state().height === 3)
  })

  it('with words that are no message is cut', async () => {
    const consortium = foundConsortium({ others: ['university'] })
    const start = scene(consortium)
    const liar = await start(0, createMemoryStore())
    const late = await start(4, createMemoryStore())
    await untilLinked(liar, late)
    expect(liar.mesh.send(late.mesh.self, 'sync', Uint8Array.of(1, 2, 3))).toBe('queued')
    await until(() => !late.mesh.isUp(liar.mesh.self))
    expect(late.mesh.peers()[0]).toMatchObject({ state: 'banned', problem: 'violation' })
  })

  it('is no liar when two chains exist: the fork is shown', async () => {
    const consortium = foundConsortium({ others: ['university'] })
    const one = makeChain(consortium, [1, 1])
    const records = sealVisits(consortium, consortium.institutions[2]!, [fieldsOf(sampleVisit(900))])
    const other = finalise(consortium, consortium.start, { records })
    const next = finalise(consortium, other.state, {
      records: sealVisits(consortium, consortium.institutions[2]!, [fieldsOf(sampleVisit(901))]),
    })
    const start = scene(consortium)
    await start(0, await storeOf(consortium, [other.bundle, next.bundle]))
    const late = await start(4, await storeOf(consortium, one.bundles.slice(0, 1)))
    await until(() => late.outcomes.length > 0)
    expect(late.outcomes[0]).toMatchObject({ kind: 'fork', height: 2, peer: nameOf(consortium, 0) })
    expect(late.offences).toEqual([])
    expect(late.mesh.isUp(nameOf(consortium, 0))).toBe(true)
  })
})

describe('serving', () => {
  it('gives hospitals everything at once and others what lies in closed time slots', async () => {
    const consortium = foundConsortium({ others: ['university'] })
    const { bundles, states } = makeChain(consortium, [1, 1, 1])
    const clock = handClock(states.at(-1)!.lastTime + 1)
    const hub = createMemoryHub()
    const start = async (index: number, store: MemoryStore, options: NodeOptions = {}): Promise<Node> => {
      const node = await startTestNode(hub, consortium, index, store, options)
      nodes.push(node)
      return node
    }
    hub.part('node-1', 'node-4')
    await start(0, await storeOf(consortium, bundles), { now: clock.now, serverClock: clock })
    const hospital = await start(1, createMemoryStore())
    const university = await start(4, createMemoryStore())
    await until(() => hospital.state().height === 3 && university.state().height === 2)
    const asked = university.mesh.request(
      nameOf(consortium, 0),
      'sync',
      encodeRequest({ kind: 'segments', from: 3, to: 3, byteBudget: 10_000 }),
    )
    await expect(asked).rejects.toMatchObject({ detail: { code: 'request-refused', reason: 2 } })
    const body = university.mesh.request(
      nameOf(consortium, 0),
      'sync',
      encodeRequest({ kind: 'bodies', firstIndex: 2, count: 1, byteBudget: 10_000 }),
    )
    await expect(body).rejects.toMatchObject({ detail: { code: 'request-refused', reason: 2 } })
    clock.advance(60_000)
    await until(() => university.state().height === 3)
  })

  it('refuses what is not there and what is malformed', async () => {
    const consortium = foundConsortium({ others: ['university'] })
    const { bundles } = makeChain(consortium, [1])
    const start = scene(consortium)
    const server = await start(0, await storeOf(consortium, bundles))
    const client = await start(1, await storeOf(consortium, bundles))
    await untilLinked(client, server)
    const ask = (bytes: Bytes): Promise<Bytes> => client.mesh.request(server.mesh.self, 'sync', bytes)
    await expect(ask(Uint8Array.of(9))).rejects.toMatchObject({
      detail: { code: 'request-refused', reason: 1 },
    })
    await expect(
      ask(encodeRequest({ kind: 'segments', from: 5, to: 9, byteBudget: 1000 })),
    ).rejects.toMatchObject({ detail: { code: 'request-refused', reason: 2 } })
    await expect(
      ask(encodeRequest({ kind: 'bodies', firstIndex: 1, count: 1, byteBudget: 1000 })),
    ).rejects.toMatchObject({ detail: { code: 'request-refused', reason: 2 } })
  })
})
