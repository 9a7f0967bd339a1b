/** Members whose connection ends because the pre-shared key under it is closed. */
import { afterEach, describe, expect, it } from 'vitest'
import type { MemoryHub } from './memory.ts'
import { createMemoryHub } from './memory.ts'
import { makeCast, TEST_LIMITS, testCrypto, testRandom, until, type Cast } from './network.test-kit.ts'
import { DialProblem } from './wire.ts'
import { createMeshNetwork, type MeshNetworkOptions, type NodeNetwork } from './node-network.ts'

const running: NodeNetwork[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map(({ transport }) => transport.stop()))
})

const HOUR_MS = 3_600_000
const NEVER = new AbortController().signal

/** A member in the first generation that knows the others there; a dial that fails is repeated in an hour at the soonest. */
function open(
  hub: MemoryHub,
  cast: Cast,
  index: number,
  change: (wires: MeshNetworkOptions['wires']) => MeshNetworkOptions['wires'] = (wires) => wires,
): NodeNetwork {
  const own = cast.members[index]!
  const wires = hub.wires(`node-${index}`, {
    networkKey: own.entry.networkKey,
    generations: [{ generation: 1, psk: cast.psk, port: 1 }],
  })
  const network = createMeshNetwork(
    {
      chainId: cast.chainId,
      memberId: own.entry.memberId,
      networkSecret: own.networkSecret,
      memberSecret: own.memberSecret,
      members: cast.members.map(({ entry }) => entry),
      generations: [{ generation: 1, psk: cast.psk }],
      position: () => ({ epoch: 0, height: 0 }),
      addresses: cast.members.map(({ name }, i) => ({
        peer: name,
        addresses: [{ generation: 1, address: `node-${i}:1` }],
      })),
      records: [],
      onRecord: () => {},
      onKeysElsewhere: () => {},
      onSigning: () => {},
    },
    {
      crypto: testCrypto,
      random: testRandom,
      wires: change({
        ...wires,
        openGeneration: (key) => wires.openGeneration({ ...key, port: key.generation }),
      }),
      limits: { ...TEST_LIMITS, dialBackoffFirstMs: 2 * HOUR_MS, dialBackoffMaxMs: 2 * HOUR_MS },
    },
  )
  running.push(network)
  return network
}

describe('when an old pre-shared key closes', () => {
  it('those who were connected by it are connected by the new one at once, whoever closes first', async () => {
    const hub = createMemoryHub()
    const cast = makeCast('voter', 'voter')
    const [first, second] = [open(hub, cast, 0), open(hub, cast, 1)]
    for (const { transport } of [first, second]) await transport.start()
    const generations = (): (number | null)[] =>
      [first, second].flatMap(({ transport }) => transport.peers().map(({ generation }) => generation))
    await until(() => generations().join() === '1,1')
    for (const [generation, closing] of [
      [2, first],
      [3, second],
    ] as const) {
      const key = { generation, psk: testRandom(32) }
      for (const network of [first, second]) await network.openGeneration(key)
      await until(() =>
        [first, second].every(({ transport }) =>
          transport
            .peers()
            .every(({ addresses }) => addresses.some((each) => each.endsWith(`:${generation}`))),
        ),
      )
      // Both are open, and nobody leaves a connection that is good.
      expect(generations()).toEqual([generation - 1, generation - 1])
      expect(await first.reachedBy(generation, NEVER)).toEqual(new Set([second.transport.self]))
      expect(await first.reachedBy(generation + 1, NEVER)).toEqual(new Set())
      await closing.closeGeneration(generation - 1)
      await until(() => generations().join() === `${generation},${generation}`)
      await (closing === first ? second : first).closeGeneration(generation - 1)
      expect(generations()).toEqual([generation, generation])
    }
  })
})

describe('a line that fails while two pre-shared keys are open', () => {
  it('is not dialled at once again and again where only the old one leads to the other', async () => {
    const hub = createMemoryHub()
    const cast = makeCast('voter', 'voter')
    let dialCount = 0
    const reach = (wires: MeshNetworkOptions['wires']): MeshNetworkOptions['wires'] => ({
      ...wires,
      async dial(key, address, signal) {
        dialCount++
        if (address.generation > 1) throw new DialProblem('unreachable')
        await wires.dial(key, address, signal)
      },
    })
    const both = [open(hub, cast, 0, reach), open(hub, cast, 1, reach)]
    for (const { transport } of both) await transport.start()
    const areUp = (): boolean =>
      both.every(({ transport }) => transport.peers().every(({ state }) => state === 'up'))
    await until(areUp)
    const key = { generation: 2, psk: testRandom(32) }
    for (const network of both) await network.openGeneration(key)
    await until(() =>
      both.every(({ transport }) => transport.peers().every(({ addresses }) => addresses.length === 2)),
    )
    const before = dialCount
    const away = both.map(
      ({ transport }) =>
        new Promise<void>((resolve) => void transport.onPeer(({ kind }) => kind === 'down' && resolve())),
    )
    hub.part('node-0', 'node-1')
    hub.join('node-0', 'node-1')
    await Promise.all(away)
    // Longer than either waits for the other to dial first; the next dial is hours away.
    await new Promise((resolve) => setTimeout(resolve, 2 * (TEST_LIMITS.dialGraceMs ?? 0) + 50))
    expect(dialCount).toBe(before)
  })
})

describe('looking who can be reached by a pre-shared key', () => {
  it('ends with its signal, also where nobody answers', async () => {
    const hub = createMemoryHub()
    const cast = makeCast('voter', 'voter')
    let probeCount = 0
    const network = open(hub, cast, 0, (wires) => ({
      ...wires,
      // Packets that are dropped on the way: no answer, and no refusal.
      probe(_key, _address, { signal }) {
        probeCount++
        return new Promise((resolve) => signal.addEventListener('abort', () => resolve('nobody')))
      },
    }))
    await network.transport.start()
    network.addAddresses(
      cast.members[1]!.name,
      [1, 2, 3].map((host) => ({ generation: 1, address: `away-${host}:1` })),
    )
    const quitting = new AbortController()
    const reached = network.reachedBy(1, quitting.signal)
    await until(() => probeCount === 1)
    quitting.abort()
    expect(await reached).toEqual(new Set())
    expect(probeCount).toBe(1)
    expect(await network.reachedBy(1, quitting.signal)).toEqual(new Set())
    expect(probeCount).toBe(1)
  })
})

describe('generations and keys of the network', () => {
  it('change one after the other, also where one of them is slow or fails', async () => {
    const hub = createMemoryHub()
    const cast = makeCast('voter', 'voter')
    const order: string[] = []
    let release: (() => void) | null = null
    const network = open(hub, cast, 0, (wires) => ({
      ...wires,
      async openGeneration({ generation }) {
        order.push(`open ${generation}`)
        if (generation === 2) await new Promise<void>((resolve) => (release = resolve))
        if (generation === 3) throw new Error('the port is taken')
        order.push(`opened ${generation}`)
      },
      async closeGeneration(generation) {
        order.push(`close ${generation}`)
      },
      async takeKey() {
        order.push('take key')
      },
    }))
    const key = (generation: number) => ({ generation, psk: testRandom(32) })
    const opening = network.openGeneration(key(2))
    const own = cast.members[1]!
    const taking = network.takeKeys({ networkSecret: own.networkSecret, memberSecret: own.memberSecret })
    const closing = network.closeGeneration(1)
    const failing = network.openGeneration(key(3))
    await until(() => release !== null)
    expect(order).toEqual(['open 2'])
    release!()
    await expect(failing).rejects.toThrow('the port is taken')
    await Promise.all([opening, taking, closing])
    await network.openGeneration(key(4))
    expect(order).toEqual(['open 2', 'opened 2', 'take key', 'close 1', 'open 3', 'open 4', 'opened 4'])
  })
})
