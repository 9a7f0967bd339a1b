/** Two processes with one member's keys notice each other; one process alone notices nobody, whatever its clock did. */
import { afterEach, describe, expect, it } from 'vitest'
import { createMemoryHub } from './memory.ts'
import type { Mesh, MeshOptions } from './mesh.ts'
import { makeCast, makeMesh, until } from './network.test-kit.ts'
import type { AddressRecord } from './protocols/hello.ts'

const open: Mesh[] = []
afterEach(async () => {
  for (const mesh of open.splice(0)) await mesh.stop()
})

const HOUR_MS = 3_600_000

function stage() {
  const cast = makeCast('voter', 'voter', 'university')
  const hub = createMemoryHub()
  const found: string[] = []
  /** @param host of its own for a second process of one member */
  const start = async (
    index: number,
    host = `node-${index}`,
    options: Partial<MeshOptions> = {},
  ): Promise<Mesh> => {
    const wires = hub.wires(host, {
      networkKey: cast.members[index]!.entry.networkKey,
      generations: [{ generation: 1, psk: cast.psk, port: 4000 }],
    })
    const addresses = cast.members.flatMap(({ name }, other) =>
      other === index ? [] : [{ peer: name, addresses: [{ generation: 1, address: `node-${other}:4000` }] }],
    )
    const mesh = makeMesh(cast, index, wires, {
      addresses,
      onKeysElsewhere: () => found.push(host),
      ...options,
    })
    open.push(mesh)
    await mesh.start()
    return mesh
  }
  const areUp = (...meshes: Mesh[]) =>
    meshes.every((mesh) => mesh.peers().every(({ state }) => state === 'up'))
  return { cast, start, found, areUp }
}

describe('two processes with the keys of one member (N11)', () => {
  // Of two connections both sides keep the one that the lesser id dialled: so it matters who is copied.
  it.each([0, 1, 2])(
    'both hear of it, and nobody else does (member %i)',
    async (copied) => {
      const { start, found, areUp } = stage()
      const meshes = [await start(0), await start(1), await start(2)]
      await until(() => areUp(...meshes))
      await start(copied, 'copy')
      await until(() => found.includes(`node-${copied}`) && found.includes('copy'))
      expect(new Set(found)).toEqual(new Set([`node-${copied}`, 'copy']))
    },
    60_000,
  )

  it('is no machine that starts again with a clock that went back, and its new address is believed', async () => {
    const { cast, start, found, areUp } = stage()
    const ahead = { wallClock: () => Date.now() + HOUR_MS }
    const [first, second, third] = [await start(0, 'node-0', ahead), await start(1), await start(2)]
    await until(() => areUp(first, second, third))
    const knows = (mesh: Mesh, address: string) =>
      mesh.peers().find(({ name }) => name === cast.members[0]!.name)?.addresses[0] === address
    await until(() => knows(second, 'node-0:4000') && knows(third, 'node-0:4000'))
    await first.stop()
    const announce = [{ generation: 1, address: 'node-0.new:4000' }]
    const again = await start(0, 'node-0', { announce })
    await until(() => areUp(again, second, third))
    await until(() => knows(second, 'node-0.new:4000') && knows(third, 'node-0.new:4000'))
    expect(found).toEqual([])
  }, 60_000)

  it('is none either where two others hold different ones of its old records', async () => {
    const { cast, start, found, areUp } = stage()
    const kept: AddressRecord[] = []
    const ahead = { wallClock: () => Date.now() + HOUR_MS, onRecord: keepOwn }
    function keepOwn(record: AddressRecord): void {
      if (Buffer.from(record.memberId).equals(Buffer.from(cast.members[0]!.entry.memberId))) kept.push(record)
    }
    const [first, second] = [await start(0, 'node-0', ahead), await start(1)]
    await until(() => areUp(first, second) || first.peers().some(({ state }) => state === 'up'))
    await first.stop()
    // The third hears a later one, which the second never does.
    await second.stop()
    const third = await start(2)
    const later = await start(0, 'node-0', { ...ahead, records: [...kept] })
    await until(() =>
      later.peers().some(({ name, state }) => name === cast.members[2]!.name && state === 'up'),
    )
    await later.stop()
    const sequences = kept.map(({ sequence }) => sequence)
    expect(sequences).toEqual([...new Set(sequences)].toSorted((a, b) => a - b))
    // The clock goes back, and what it said is on its own disk.
    const again = await start(0, 'node-0', { records: kept.slice(-1) })
    const others = [await start(1), third]
    await until(() => areUp(again, ...others.slice(1)))
    expect(found).toEqual([])
  }, 60_000)
})
