/** A member that passed every door and then sends what no honest node sends. */
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { concatBytes, toHex, type Bytes } from '../../../shared/std/bytes.ts'
import { messageFrame, refusalFrame, requestFrame, responseFrame } from './frames.ts'
import { createLibp2pWires } from './libp2p.ts'
import { LANE_LIMITS } from './limits.ts'
import { createMemoryHub } from './memory.ts'
import type { Mesh } from './mesh.ts'
import {
  makeCast,
  makeMesh,
  pause,
  TEST_LIMITS,
  testCrypto,
  testRandom,
  until,
  type Cast,
} from './network.test-kit.ts'
import { encodeControl } from './protocols/hello.ts'
import { lanesBetween, type Lane } from './transport.ts'
import type { LaneStream, Wire, Wires } from './wire.ts'

const cleanUps: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

type Stage = {
  readonly victim: Mesh
  readonly hostile: Mesh
  readonly honest: Mesh
  /** The hostile member's own ends of the lanes, and its connection. */
  readonly lanes: Map<Lane, LaneStream>
  readonly wire: () => Wire
}

/** The hostile node is an honest one whose streams are also in the test's hands. */
async function setStage(
  cast: Cast,
  wiresOf: (index: number) => Wires,
  prepare: (victim: Mesh) => void,
): Promise<Stage> {
  const lanes = new Map<Lane, LaneStream>()
  let hostileWire: Wire | null = null
  const victim = makeMesh(cast, 0, wiresOf(0), { limits: { banFirstMs: 3_600_000, floodMs: 400 } })
  prepare(victim)
  await victim.start()
  cleanUps.push(() => victim.stop())
  const tap = (wires: Wires): Wires => ({
    ...wires,
    start: ({ wire: onWire, admits }) =>
      wires.start({
        admits,
        wire: (wire) => {
          // It may also be connected to the honest one: that is another matter.
          if (toHex(wire.remoteKey) !== toHex(cast.members[0]!.entry.networkKey)) {
            onWire(wire)
            return
          }
          hostileWire = wire
          onWire({
            ...wire,
            async openLane(lane, signal) {
              const stream = await wire.openLane(lane, signal)
              lanes.set(lane, stream)
              return stream
            },
          })
        },
      }),
  })
  const [hostile, honest] = [1, 2].map((index) =>
    makeMesh(cast, index, index === 1 ? tap(wiresOf(index)) : wiresOf(index), {
      addresses: [{ peer: victim.self, addresses: addressesOf(wiresOf, cast) }],
      limits: { dialGraceMs: 0, dialBackoffFirstMs: 3_600_000, dialBackoffMaxMs: 3_600_000 },
    }),
  ) as [Mesh, Mesh]
  for (const mesh of [hostile, honest]) {
    await mesh.start()
    cleanUps.push(() => mesh.stop())
  }
  await until(
    () =>
      victim.isUp(hostile.self) &&
      victim.isUp(honest.self) &&
      lanes.size === 1 + lanesBetween(cast.members[0]!.entry, cast.members[1]!.entry).length,
  )
  return { victim, hostile, honest, lanes, wire: () => hostileWire! }
}

let victimAddress: () => { generation: number; address: string }[] = () => []
const addressesOf = (_wiresOf: unknown, _cast: unknown) => victimAddress()

function inMemory(cast: Cast): (index: number) => Wires {
  const hub = createMemoryHub()
  victimAddress = () => [{ generation: 1, address: 'node-0:1' }]
  return (index) =>
    hub.wires(`node-${index}`, {
      networkKey: cast.members[index]!.entry.networkKey,
      generations: [{ generation: 1, psk: cast.psk, port: 1 }],
    })
}

function overLibp2p(cast: Cast): (index: number) => Wires {
  return (index) => {
    const wires = createLibp2pWires({
      crypto: testCrypto,
      chainId: cast.chainId,
      networkSecret: cast.members[index]!.networkSecret,
      limits: TEST_LIMITS,
      generations: [{ generation: 1, psk: cast.psk, listen: index === 0 ? '127.0.0.1:0' : null }],
    })
    if (index === 0) victimAddress = () => [...wires.addresses()]
    return wires
  }
}

const DATA_LANES = ['consensus', 'body', 'keybox', 'sync'] as const

describe.each([
  ['in memory', inMemory, 60],
  ['over libp2p', overLibp2p, 15],
] as const)('a hostile member %s', (_name, open, runs) => {
  it('may send any bytes on any lane: nothing breaks, and honest messages go on', async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 2_000 }),
      fc.uint8Array({ maxLength: 100 }).map(messageFrame),
      fc
        .tuple(fc.nat({ max: 100 }), fc.uint8Array({ maxLength: 100 }))
        .map(([id, payload]) => requestFrame(id, payload)),
      fc
        .tuple(fc.nat({ max: 100 }), fc.uint8Array({ maxLength: 100 }))
        .map(([id, payload]) => responseFrame(id, payload)),
      fc.nat({ max: 100 }).map((id) => refusalFrame(id, 1)),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom('control' as const, ...DATA_LANES), bytes), {
          minLength: 1,
          maxLength: 12,
        }),
        async (words) => {
          const cast = makeCast('voter', 'voter', 'voter')
          const got: string[] = []
          const { victim, honest, lanes } = await setStage(cast, open(cast), (mesh) => {
            for (const lane of DATA_LANES) mesh.onMessage(lane, (from) => void got.push(from.name))
            mesh.onRequest('sync', () => 7)
          })
          for (const [lane, garbage] of words) lanes.get(lane)!.send(garbage)
          await pause(5)
          expect(honest.send(victim.self, 'consensus', Uint8Array.of(1))).toBe('queued')
          await until(() => got.includes(honest.self))
          for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
        },
      ),
      { numRuns: runs },
    )
  })

  const cases: readonly (readonly [string, (lanes: Map<Lane, LaneStream>) => void])[] = [
    ['a frame that is too long', (lanes) => lanes.get('body')!.send(Uint8Array.of(255, 255, 255, 255))],
    [
      'an answer to a question that was not asked',
      (lanes) => lanes.get('sync')!.send(responseFrame(1, new Uint8Array(0))),
    ],
    [
      'a question as long as data',
      (lanes) => lanes.get('sync')!.send(requestFrame(1, new Uint8Array(300_000))),
    ],
    [
      'more questions than are answered at a time',
      (lanes) =>
        lanes
          .get('sync')!
          .send(concatBytes(...Array.from({ length: 17 }, (_, id) => requestFrame(id, Uint8Array.of(1))))),
    ],
    [
      'a second hello',
      (lanes) => lanes.get('control')!.send(messageFrame(encodeControl({ kind: 'welcome' }))),
    ],
    [
      'a request on the control lane',
      (lanes) => lanes.get('control')!.send(requestFrame(1, new Uint8Array(0))),
    ],
  ]
  it.each(cases)('is cut and left out for %s', async (_what, misbehave) => {
    const cast = makeCast('voter', 'voter', 'voter')
    const { victim, hostile, honest, lanes } = await setStage(cast, open(cast), (mesh) =>
      mesh.onRequest('sync', () => new Promise(() => {})),
    )
    misbehave(lanes)
    await until(() => !victim.isUp(hostile.self))
    expect(victim.peers().find(({ name }) => name === hostile.self)).toMatchObject({
      state: 'banned',
      problem: 'violation',
    })
    expect(victim.isUp(honest.self)).toBe(true)
  })

  it('that opens a lane which is not its own gets no answer there', async () => {
    const cast = makeCast('voter', 'university', 'voter')
    let asked = 0
    const { victim, hostile, honest, wire } = await setStage(cast, open(cast), (mesh) => {
      mesh.onRequest('keybox', () => {
        asked++
        return Uint8Array.of(1)
      })
      mesh.onMessage('keybox', () => void asked++)
    })
    const stream = await wire().openLane('keybox', AbortSignal.timeout(5_000))
    const answers: Bytes[] = []
    stream.listen({ data: (piece) => answers.push(piece), drain: () => {}, closed: () => {} })
    stream.send(requestFrame(1, Uint8Array.of(1)))
    stream.send(messageFrame(Uint8Array.of(1)))
    expect(await honest.request(victim.self, 'keybox', Uint8Array.of(1))).toEqual(Uint8Array.of(1))
    await pause(200)
    expect(asked).toBe(1)
    expect(answers).toEqual([])
    expect(victim.isUp(hostile.self)).toBe(true)
  })

  it('that asks and never reads the answers costs a queue and no more', async () => {
    const cast = makeCast('voter', 'voter', 'voter')
    const answer = testRandom(1024 * 1024)
    let served = 0
    const { victim, hostile, lanes } = await setStage(cast, open(cast), (mesh) =>
      mesh.onRequest('sync', () => {
        served++
        return answer
      }),
    )
    lanes.get('sync')!.pause()
    let id = 0
    for (let quiet = 0, before = 0; quiet < 10 && victim.isUp(hostile.self); before = served) {
      // One at a time, so that it keeps within what it may ask.
      if (id - served < 10) lanes.get('sync')!.send(requestFrame(++id, Uint8Array.of(1)))
      await pause(10)
      quiet = served === before ? quiet + 1 : 0
    }
    const queued = victim.peers().find(({ name }) => name === hostile.self)!.queuedBytes
    expect(queued).toBeLessThanOrEqual(LANE_LIMITS.sync.queueBytesMax)
    expect(served).toBeLessThan(30)
  })

  it('that floods with questions of no size is slowed down and cut', async () => {
    const cast = makeCast('voter', 'voter', 'voter')
    const { victim, hostile, honest, lanes } = await setStage(cast, open(cast), (mesh) => {
      mesh.onMessage('keybox', () => {})
    })
    const flood: Bytes = concatBytes(...Array.from({ length: 2_000 }, () => messageFrame(new Uint8Array(0))))
    let isWritable = true
    while (victim.isUp(hostile.self)) {
      if (isWritable) isWritable = lanes.get('keybox')!.send(flood) || true
      await pause(2)
    }
    expect(victim.peers().find(({ name }) => name === hostile.self)).toMatchObject({
      state: 'banned',
      problem: 'flooding',
    })
    expect(victim.isUp(honest.self)).toBe(true)
  })
})
