/** Whether a member can be reached is found out by another one that dials it, and cannot be used to look around. */
import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { Clock } from './clock.ts'
import { ownPorts } from './own-ports.test-kit.ts'
import { createLibp2pWires, type Libp2pWires } from './libp2p.ts'
import {
  eventsOf,
  makeCast,
  makeMesh,
  TEST_LIMITS,
  testCrypto,
  until,
  type Cast,
} from './network.test-kit.ts'
import { CALL_LIMITS, createCallBacks, isLocalHost } from './peers/call-back.ts'
import { decodeControl, encodeControl } from './protocols/hello.ts'
import type { Address, ProbeOutcome, Wires } from './wire.ts'

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

function wiresFor(cast: Cast, index: number, port: number): Libp2pWires {
  return createLibp2pWires({
    crypto: testCrypto,
    chainId: cast.chainId,
    networkSecret: cast.members[index]!.networkSecret,
    generations: [{ generation: 1, psk: cast.psk, listen: `127.0.0.1:${port}` }],
    limits: TEST_LIMITS,
  })
}

/** Over real sockets: the first dials the second, which nobody told an address of the first but the first itself. */
async function two(
  announceOf: (own: number, free: number) => string,
  change: (wires: Wires) => Wires = (same) => same,
) {
  const cast = makeCast('voter', 'voter')
  const [first, second, free] = (await ownPorts(3)) as [number, number, number]
  const announce = [{ generation: 1, address: announceOf(first, free) }]
  const addresses = [
    { peer: cast.members[1]!.name, addresses: [{ generation: 1, address: `127.0.0.1:${second}` }] },
  ]
  const asker = makeMesh(cast, 0, wiresFor(cast, 0, first), { addresses, announce })
  const caller = makeMesh(cast, 1, change(wiresFor(cast, 1, second)))
  for (const mesh of [caller, asker]) {
    cleanUps.push(() => mesh.stop())
    await mesh.start()
  }
  await until(() => asker.isUp(caller.self) && caller.isUp(asker.self))
  // The record of addresses is the first thing that is said after the hello.
  await until(() => caller.peers()[0]!.addresses.length > 0)
  return { cast, asker, caller, ports: { first, second, free } }
}

async function serverAt(port: number, onConnection: Parameters<typeof createServer>[1]): Promise<Server> {
  const server = createServer({}, onConnection)
  const sockets: Socket[] = []
  server.on('connection', (socket) => sockets.push(socket))
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  cleanUps.push(() => {
    // Whoever dialled may not have hung up yet on a busy machine, and is stopped only after this.
    for (const socket of sockets) socket.destroy()
    return new Promise((resolve) => server.close(resolve))
  })
  return server
}

describe('a call back over real sockets', () => {
  it('reaches a member whom the other one had no need to dial, and leaves their connection alone', async () => {
    const { asker, caller } = await two((own) => `127.0.0.1:${own}`)
    const events = [...eventsOf(asker), ...eventsOf(caller)]
    expect(asker.peers()[0]!.direction).toBe('outbound')
    const before = asker.peers()[0]!.since
    expect(await asker.askCallBack()).toMatchObject({ outcome: 'reached', peer: caller.self })
    expect(events).toEqual([])
    expect(asker.peers()[0]).toMatchObject({ state: 'up', direction: 'outbound', since: before })
    // At once again: the other one has said what there is to say.
    expect(await asker.askCallBack()).toMatchObject({ outcome: 'too-soon' })
  }, 60_000)

  it('says that the machine refuses', async () => {
    const { asker, ports } = await two((_, free) => `127.0.0.1:${free}`)
    const address = `127.0.0.1:${ports.free}`
    expect(await asker.askCallBack()).toMatchObject({ outcome: 'refused', address })
  }, 60_000)

  it('says that nobody is there under a name that leads nowhere', async () => {
    const address = 'nowhere.invalid:4711'
    const { asker } = await two(() => address)
    expect(await asker.askCallBack()).toMatchObject({ outcome: 'nobody', address })
  }, 60_000)

  it('says that another machine answers: some program, or another member', async () => {
    const world = await two((_, free) => `127.0.0.1:${free}`)
    let connections = 0
    await serverAt(world.ports.free, (socket) => {
      connections++
      socket.on('error', () => {})
      socket.end('SSH-2.0-OpenSSH_9.2p1 and many more bytes than a nonce has\r\n'.repeat(8))
    })
    expect(await world.asker.askCallBack()).toMatchObject({ outcome: 'other-machine' })
    expect(connections).toBeGreaterThan(0)
    const another = await two((own) => `127.0.0.1:${own}`)
    const wires = wiresFor(another.cast, 1, 0)
    await wires.start({ wire: (wire) => wire.abort(), admits: () => true })
    cleanUps.push(() => wires.stop())
    const outcome = await wires.probe(
      another.cast.members[1]!.entry.networkKey,
      { generation: 1, address: `127.0.0.1:${another.ports.first}` },
      { signal: AbortSignal.timeout(20_000), isLocalAllowed: true },
    )
    expect(outcome).toBe('other-machine')
  }, 60_000)

  it('hangs up when it knows: nothing of it becomes a connection of the caller', async () => {
    const { cast, ports } = await two((own) => `127.0.0.1:${own}`)
    let handedOver = 0
    const wires = wiresFor(cast, 1, 0)
    await wires.start({ wire: () => void handedOver++, admits: () => true })
    cleanUps.push(() => wires.stop())
    const key = cast.members[0]!.entry.networkKey
    const address = { generation: 1, address: `127.0.0.1:${ports.first}` }
    const signal = AbortSignal.timeout(20_000)
    expect(await wires.probe(key, address, { signal, isLocalAllowed: true })).toBe('reached')
    expect(handedOver).toBe(0)
    await wires.dial(key, address, signal)
    expect(handedOver).toBe(1)
  }, 60_000)

  it('takes nobody’s word for it that this node was reached', async () => {
    const { asker } = await two(
      (_, free) => `127.0.0.1:${free}`,
      (wires) => ({ ...wires, probe: async () => 'reached' }),
    )
    expect(await asker.askCallBack()).toBeNull()
  }, 60_000)

  it('never leads to the caller’s own machine, by number or by name', async () => {
    const cast = makeCast('voter', 'voter')
    const [port] = (await ownPorts(1)) as [number]
    let connections = 0
    await serverAt(port, (socket) => void (connections++, socket.destroy()))
    const wires = wiresFor(cast, 0, 0)
    await wires.start({ wire: (wire) => wire.abort(), admits: () => true })
    cleanUps.push(() => wires.stop())
    for (const host of ['127.0.0.1', 'localhost', '[::1]'])
      expect(
        await wires.probe(
          cast.members[1]!.entry.networkKey,
          { generation: 1, address: `${host}:${port}` },
          { signal: AbortSignal.timeout(20_000), isLocalAllowed: false },
        ),
      ).toBe('nobody')
    expect(connections).toBe(0)
    expect(
      ['127.9.9.9', '0.0.0.0', '169.254.169.254', '::ffff:127.0.0.1', 'fe80::1', 'x.localhost'].every(
        isLocalHost,
      ),
    ).toBe(true)
    expect(['10.0.0.1', '192.0.2.1', '2001:db8::1', 'north.example'].some(isLocalHost)).toBe(false)
  }, 60_000)
})

describe('what a member can have others dial', () => {
  function desk(isLocal = false) {
    let time = 0
    const dialled: string[] = []
    let answer: () => Promise<ProbeOutcome> = async () => 'nobody'
    const clock: Clock = { now: () => time, after: () => () => {} }
    const probe: Wires['probe'] = async (_, { address }) => {
      dialled.push(address)
      return answer()
    }
    const calls = createCallBacks({ clock, wires: { probe }, isLocal: () => isLocal })
    const ask = (asker: string, ...hosts: string[]) =>
      calls.call(
        asker,
        new Uint8Array(32),
        hosts.map((host): Address => ({ generation: 1, address: `${host}:4711` })),
      )
    return {
      ask,
      dialled,
      pass: (ms: number) => (time += ms),
      setAnswer: (next: typeof answer) => (answer = next),
    }
  }

  it('is three addresses at a time, every half minute, and one member at a time', async () => {
    const { ask, dialled, pass, setAnswer } = desk()
    expect(await ask('a', 'h1.example', 'h2.example', 'h3.example', 'h4.example')).toEqual({
      outcome: 'nobody',
      address: 'h3.example:4711',
    })
    expect((await ask('a', 'h1.example')).outcome).toBe('too-soon')
    let end: (outcome: ProbeOutcome) => void = () => {}
    setAnswer(() => new Promise((resolve) => (end = resolve)))
    const slow = ask('b', 'h9.example')
    expect((await ask('c', 'h8.example')).outcome).toBe('too-soon')
    end('refused')
    expect((await slow).outcome).toBe('refused')
    pass(CALL_LIMITS.everyMs)
    setAnswer(async () => 'reached')
    expect(await ask('a', 'h1.example', 'h2.example')).toEqual({
      outcome: 'reached',
      address: 'h1.example:4711',
    })
    expect(dialled).toEqual(['h1', 'h2', 'h3', 'h9', 'h1'].map((each) => `${each}.example:4711`))
  })

  it('is few different addresses a day, however often it announces others', async () => {
    const { ask, dialled, pass } = desk()
    for (let i = 0; i < 200; i++) {
      await ask('a', `p${3 * i}.example`, `p${3 * i + 1}.example`, `p${3 * i + 2}.example`)
      pass(CALL_LIMITS.everyMs)
    }
    expect(new Set(dialled).size).toBe(CALL_LIMITS.addressesPerDay)
    // One that was called before may be called again: a router was set right.
    expect((await ask('a', 'p0.example')).outcome).toBe('nobody')
    pass(CALL_LIMITS.dayMs)
    expect((await ask('a', 'new.example')).outcome).toBe('nobody')
  })

  it('is not the caller’s own machine, unless all of them are on one', async () => {
    const outside = desk()
    expect(await outside.ask('a', '127.0.0.1', 'localhost', '169.254.169.254')).toEqual({
      outcome: 'no-address',
      address: '',
    })
    expect(outside.dialled).toEqual([])
    expect((await desk(true).ask('a', '127.0.0.1')).outcome).toBe('nobody')
  })
})

describe('the frames of a call back', () => {
  it('come back as they were, and nothing else is one', () => {
    for (const frame of [
      { kind: 'call-me', id: 7 },
      { kind: 'called', id: 7, outcome: 'other-machine', address: 'north.example:4711' },
      { kind: 'called', id: 8, outcome: 'no-address', address: '' },
    ] as const)
      expect(decodeControl(encodeControl(frame))).toEqual(frame)
    const odd = encodeControl({ kind: 'called', id: 1, outcome: 'reached', address: 'not an address' })
    expect(decodeControl(odd)).toBeNull()
  })
})
