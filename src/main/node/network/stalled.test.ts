/** A process that stood still reads at once what others said to it meanwhile: that is no fault of theirs. */
import { afterEach, expect, it } from 'vitest'
import { createMemoryHub } from './memory.ts'
import type { Mesh } from './mesh.ts'
import { makeCast, makeMesh, until } from './network.test-kit.ts'

const STANDS_STILL_MS = 40
const open: Mesh[] = []
const timers: NodeJS.Timeout[] = []
afterEach(async () => {
  for (const timer of timers.splice(0)) clearInterval(timer)
  for (const mesh of open.splice(0)) await mesh.stop()
})

it('takes the end of a hello and all that was said after it in one piece', async () => {
  const cast = makeCast('voter', 'voter')
  let waiting: (() => void)[] = []
  const hub = createMemoryHub({
    schedule(_from, to, deliver) {
      if (to === 'node-0') waiting.push(deliver)
      else setImmediate(deliver)
    },
  })
  timers.push(
    setInterval(() => {
      const all = waiting
      waiting = []
      for (const deliver of all) deliver()
    }, STANDS_STILL_MS),
  )
  const [dialler, other] = [0, 1].map((index) => {
    const wires = hub.wires(`node-${index}`, {
      networkKey: cast.members[index]!.entry.networkKey,
      generations: [{ generation: 1, psk: cast.psk, port: 4000 }],
    })
    // The lesser id dials; the other one knows no address.
    const addresses =
      index === 1
        ? []
        : [{ peer: cast.members[1]!.name, addresses: [{ generation: 1, address: 'node-1:4000' }] }]
    const mesh = makeMesh(cast, index, wires, { addresses })
    open.push(mesh)
    return mesh
  }) as [Mesh, Mesh]
  // From where the other side stands the hello is over: it says where it is, and says it anew.
  other.onPeer(({ kind }) => {
    if (kind === 'up') for (let news = 0; news < 20; news++) other.announce()
  })
  await other.start()
  await dialler.start()
  const seen = () => dialler.peers()[0]!
  await until(() => seen().state === 'up' || seen().problem !== null)
  expect(seen()).toMatchObject({ state: 'up', problem: null })
})
