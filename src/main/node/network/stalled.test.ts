/** Machines that stand still and lines that fail on one side alone are no fault of the member: nobody is left out for them. */
import { afterEach, expect, it } from 'vitest'
import { LANE_LIMITS } from './limits.ts'
import { createMemoryHub, type MemoryHubOptions } from './memory.ts'
import type { Mesh, MeshOptions } from './mesh.ts'
import { makeCast, makeMesh, pause, testCrypto, until } from './network.test-kit.ts'
import { signAddressRecord } from './protocols/hello.ts'

const STANDS_STILL_MS = 40
const open: Mesh[] = []
const timers: NodeJS.Timeout[] = []
afterEach(async () => {
  for (const timer of timers.splice(0)) clearInterval(timer)
  for (const mesh of open.splice(0)) await mesh.stop()
})

/** Two members, of whom the first one knows where the other is. */
function two(
  schedule: MemoryHubOptions['schedule'],
  options: Partial<MeshOptions> = {},
  cast = makeCast('voter', 'voter'),
): [Mesh, Mesh] {
  const hub = createMemoryHub({ schedule })
  return [0, 1].map((index) => {
    const wires = hub.wires(`node-${index}`, {
      networkKey: cast.members[index]!.entry.networkKey,
      generations: [{ generation: 1, psk: cast.psk, port: 4000 }],
    })
    const addresses = [{ generation: 1, address: 'node-1:4000' }]
    const mesh = makeMesh(
      cast,
      index,
      wires,
      index === 1
        ? { limits: { floodMs: 400 } }
        : { addresses: [{ peer: cast.members[1]!.name, addresses }], ...options },
    )
    open.push(mesh)
    return mesh
  }) as [Mesh, Mesh]
}

it('takes the end of a hello and all that was said after it in one piece', async () => {
  let waiting: (() => void)[] = []
  const [dialler, other] = two((_from, to, deliver) => {
    if (to === 'node-0') waiting.push(deliver)
    else setImmediate(deliver)
  })
  timers.push(
    setInterval(() => {
      const all = waiting
      waiting = []
      for (const deliver of all) deliver()
    }, STANDS_STILL_MS),
  )
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

it('answers nothing on a connection that was asked on the one before it, which the asker has lost', async () => {
  let isCut = false
  const [asker, other] = two(
    (_from, to, deliver) => {
      if (!isCut || to === 'hub') setImmediate(deliver)
    },
    { limits: { pingEveryMs: 30, silenceMs: 150 } },
  )
  let answerLate: (() => void) | undefined
  other.onRequest('sync', (_peer, [question]) =>
    question === 1
      ? new Promise((resolve) => (answerLate = () => resolve(Uint8Array.of(1))))
      : Uint8Array.of(2),
  )
  const seen: string[] = []
  asker.onPeer(({ kind }) => {
    seen.push(kind)
    // The other side does not hear of the end of the first connection.
    if (kind === 'down') isCut = false
  })
  await other.start()
  await asker.start()
  await until(() => asker.isUp(other.self) && other.isUp(asker.self))
  const unanswered = asker.request(other.self, 'sync', Uint8Array.of(1)).catch((error: Error) => error)
  await until(() => answerLate !== undefined)
  isCut = true
  await until(() => seen.filter((kind) => kind === 'up').length === 2)
  answerLate!()
  expect(await asker.request(other.self, 'sync', Uint8Array.of(2))).toEqual(Uint8Array.of(2))
  expect(await unanswered).toMatchObject({ detail: { code: 'peer-unreachable' } })
  expect(seen).toEqual(['up', 'down', 'up'])
  expect(asker.peers()[0]).toMatchObject({ state: 'up' })
})

it('tells where many members with many long addresses are without being taken for a liar', async () => {
  const cast = makeCast('voter', 'voter', ...Array.from({ length: 60 }, () => 'hospital' as const))
  const addresses = Array.from({ length: 8 }, (_, i) => ({
    generation: 1,
    address: `${`${'a'.repeat(60)}.`.repeat(4)}n${i}:4000`,
  }))
  const records = cast.members
    .slice(2)
    .map(({ entry: { memberId }, memberSecret }) =>
      signAddressRecord(testCrypto, cast.chainId, { memberId, sequence: 1, addresses }, memberSecret),
    )
  const [dialler, other] = two(undefined, { records }, cast)
  await other.start()
  await dialler.start()
  await until(() => dialler.isUp(other.self) && other.isUp(dialler.self))
  const known = () => other.peers().filter(({ addresses: list }) => list.length === addresses.length).length
  await until(() => known() === records.length)
  expect(dialler.peers().find(({ name }) => name === other.self)).toMatchObject({ state: 'up' })
})

it('keeps no more for a member that does not read what it is told than a bound', async () => {
  const [reader, teller] = two(undefined)
  await teller.start()
  await reader.start()
  await until(() => teller.isUp(reader.self))
  for (let news = 0; news < 8_000 && teller.isUp(reader.self); news++) teller.announce()
  expect(teller.peers()[0]).toMatchObject({ problem: 'not-reading' })
})

it('waits with who asks too fast, and cuts who floods', async () => {
  const [asker, asked] = two(undefined)
  for (const mesh of [asker, asked]) mesh.onRequest('studies', () => Uint8Array.of(1))
  await asked.start()
  await asker.start()
  await until(() => asker.isUp(asked.self) && asked.isUp(asker.self))
  const question = () => asker.request(asked.self, 'studies', Uint8Array.of(1))
  // A second and a half longer than the burst lasts, which is more than a flood may take here.
  await Promise.all(Array.from({ length: LANE_LIMITS.studies.burst + 150 }, question))
  expect(asked.peers()[0]).toMatchObject({ state: 'up' })
  while (asked.isUp(asker.self)) {
    for (let news = 0; news < 200; news++) asker.send(asked.self, 'studies', Uint8Array.of(2))
    await pause(5)
  }
  expect(asked.peers()[0]).toMatchObject({ state: 'banned', problem: 'flooding' })
})
