/** Who is no member gets pnet's 24 random bytes and nothing more, and is closed in time. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { generateKeyPairFromSeed, publicKeyFromRaw } from '@libp2p/crypto/keys'
import { noise } from '@libp2p/noise'
import { peerIdFromPublicKey } from '@libp2p/peer-id'
import { preSharedKey } from '@libp2p/pnet'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { afterEach, describe, expect, it } from 'vitest'
import { concatBytes, toHex, utf8Encode, type Bytes } from '../../../shared/std/bytes.ts'
import { createLibp2pWires } from './libp2p.ts'
import type { Mesh } from './mesh.ts'
import { createMeshNetwork, type PreSharedKey } from './node-network.ts'
import {
  eventsOf,
  makeCast,
  makeMesh,
  pause,
  testCrypto,
  testRandom,
  until,
  type Cast,
} from './network.test-kit.ts'
import { knockingPreSharedKey } from './peers/knock.ts'

const PNET_NONCE_BYTES = 24

/**
 * Whether it was closed before a timer of two seconds that was set at the same moment. By timers of one event loop and
 * not by a watch, so that a machine that is busy with other work slows both.
 */
function closedInTime(whenClosed: Promise<void>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), 2_000)
    void whenClosed.then(() => {
      clearTimeout(timer)
      resolve(true)
    })
  })
}

const cleanUps: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

type Door = { readonly cast: Cast; readonly mesh: Mesh; readonly port: number; readonly problems: string[] }

/** A member that listens, as in the product: default limits. */
async function openDoor(): Promise<Door> {
  const cast = makeCast('voter', 'voter', 'voter')
  const wires = createLibp2pWires({
    crypto: testCrypto,
    chainId: cast.chainId,
    networkSecret: cast.members[0]!.networkSecret,
    generations: [{ generation: 1, psk: cast.psk, listen: '127.0.0.1:0' }],
  })
  const mesh = makeMesh(cast, 0, wires, { limits: {} })
  await mesh.start()
  cleanUps.push(() => mesh.stop())
  const port = Number(wires.addresses()[0]!.address.split(':')[1])
  const problems: string[] = []
  mesh.onPeer((event) => problems.push(event.kind))
  return { cast, mesh, port, problems }
}

type Visit = {
  readonly received: () => Bytes
  readonly closed: Promise<boolean>
  readonly socket: Socket
}

function visit(port: number): Visit {
  const pieces: Bytes[] = []
  const socket = connect(port, '127.0.0.1')
  cleanUps.push(async () => socket.destroy())
  socket.on('data', (piece) => pieces.push(new Uint8Array(piece)))
  socket.on('error', () => {})
  return {
    socket,
    received: () => concatBytes(...pieces),
    closed: closedInTime(new Promise((resolve) => socket.on('close', () => resolve()))),
  }
}

/** Between a dialler and the door: what the door answered, and what was said to it. */
async function listenIn(
  port: number,
): Promise<{ port: number; fromDoor: () => Bytes; fromDialler: () => Bytes; closed: Promise<boolean> }> {
  const fromDoor: Bytes[] = []
  const fromDialler: Bytes[] = []
  let onClosed = (): void => {}
  let onConnected = (): void => {}
  const whenClosed = new Promise<void>((resolve) => (onClosed = resolve))
  const closed = new Promise<void>((resolve) => (onConnected = resolve)).then(() => closedInTime(whenClosed))
  const server = createServer((near) => {
    onConnected()
    const far = connect(port, '127.0.0.1')
    near.on('data', (piece) => {
      fromDialler.push(new Uint8Array(piece))
      far.write(piece)
    })
    far.on('data', (piece) => {
      fromDoor.push(new Uint8Array(piece))
      near.write(piece)
    })
    far.on('close', () => {
      onClosed()
      near.destroy()
    })
    near.on('close', () => far.destroy())
    near.on('error', () => {})
    far.on('error', () => {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanUps.push(async () => server.close())
  return {
    port: (server.address() as AddressInfo).port,
    fromDoor: () => concatBytes(...fromDoor),
    fromDialler: () => concatBytes(...fromDialler),
    closed,
  }
}

async function dialAs(
  networkSecret: Bytes,
  doorKey: Bytes,
  port: number,
  connectionProtector: ReturnType<typeof preSharedKey>,
): Promise<void> {
  const node = await createLibp2p({
    privateKey: await generateKeyPairFromSeed('Ed25519', networkSecret),
    addresses: { listen: [] },
    transports: [tcp()],
    connectionProtector,
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionMonitor: { enabled: false },
  })
  cleanUps.push(async () => node.stop())
  const peerId = peerIdFromPublicKey(publicKeyFromRaw(doorKey))
  await node.dial(multiaddr(`/ip4/127.0.0.1/tcp/${port}/p2p/${peerId.toString()}`), {
    signal: AbortSignal.timeout(5_000),
  })
}

const pskText = (psk: Bytes): Bytes => utf8Encode(`/key/swarm/psk/1.0.0/\n/base16/\n${toHex(psk)}`)

describe('a stranger with the right port (T07)', () => {
  it('who says nothing gets 24 bytes and is closed', async () => {
    const door = await openDoor()
    const stranger = visit(door.port)
    expect(await stranger.closed).toBe(true)
    expect(stranger.received()).toHaveLength(PNET_NONCE_BYTES)
  })

  it('who talks without the pre-shared key gets 24 bytes, other ones each time', async () => {
    const door = await openDoor()
    const said = [
      utf8Encode('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'),
      utf8Encode('\x13/multistream/1.0.0\n\x07/noise\n'),
      testRandom(4_096),
      testRandom(PNET_NONCE_BYTES),
      new Uint8Array(200_000),
    ]
    const nonces = new Set<string>()
    for (const words of said) {
      const stranger = visit(door.port)
      stranger.socket.write(words)
      expect(await stranger.closed).toBe(true)
      expect(stranger.received()).toHaveLength(PNET_NONCE_BYTES)
      nonces.add(toHex(stranger.received()))
    }
    expect(nonces.size).toBe(said.length)
  })

  it('who says one byte at a time is closed all the same', async () => {
    const door = await openDoor()
    const stranger = visit(door.port)
    const drip = setInterval(() => stranger.socket.write(Uint8Array.of(7)), 50)
    expect(await stranger.closed).toBe(true)
    clearInterval(drip)
    expect(stranger.received()).toHaveLength(PNET_NONCE_BYTES)
  })

  it('cannot keep members out by holding many connections', async () => {
    const door = await openDoor()
    const strangers = Array.from({ length: 40 }, () => visit(door.port))
    await pause(100)
    await expectWelcome(door)
    await Promise.all(strangers.map(({ closed }) => closed))
  })
})

describe('a stranger with the pre-shared key (T07)', () => {
  it('who speaks libp2p without knocking gets 24 bytes', async () => {
    const door = await openDoor()
    const { cast } = door
    const wire = await listenIn(door.port)
    await expect(
      dialAs(
        testRandom(32),
        cast.members[0]!.entry.networkKey,
        wire.port,
        preSharedKey({ psk: pskText(cast.psk) }),
      ),
    ).rejects.toThrow()
    expect(await wire.closed).toBe(true)
    expect(wire.fromDoor()).toHaveLength(PNET_NONCE_BYTES)
    expect(door.problems).toEqual([])
  })

  it('who knocks with a key of its own gets 24 bytes', async () => {
    const door = await openDoor()
    const { cast } = door
    const wire = await listenIn(door.port)
    const networkSecret = testRandom(32)
    const knocking = knockingPreSharedKey({
      psk: cast.psk,
      crypto: testCrypto,
      chainId: cast.chainId,
      networkSecret,
      admits: () => true,
      strangerMs: 5_000,
    })
    await expect(
      dialAs(networkSecret, cast.members[0]!.entry.networkKey, wire.port, knocking),
    ).rejects.toThrow()
    expect(await wire.closed).toBe(true)
    expect(wire.fromDoor()).toHaveLength(PNET_NONCE_BYTES)
  })

  it('who repeats the bytes of a member gets 24 bytes', async () => {
    const door = await openDoor()
    const wire = await listenIn(door.port)
    await expectWelcome(door, wire.port)
    const replayed = visit(door.port)
    replayed.socket.write(wire.fromDialler())
    expect(await replayed.closed).toBe(true)
    expect(replayed.received()).toHaveLength(PNET_NONCE_BYTES)
  })
})

describe('a removed member', () => {
  it('with all its keys gets 24 bytes, and what is open is closed at once', async () => {
    const door = await openDoor()
    const { cast, mesh } = door
    const wire = await listenIn(door.port)
    const removed = memberMesh(cast, 1, wire.port)
    await removed.start()
    await until(() => mesh.isUp(removed.self) && removed.isUp(mesh.self))
    const before = wire.fromDoor().length
    mesh.setMembers([cast.members[0]!.entry, cast.members[2]!.entry])
    expect(mesh.isUp(removed.self)).toBe(false)
    await until(() => !removed.isUp(mesh.self))
    await wire.closed
    await removed.stop()
    expect(before).toBeGreaterThan(PNET_NONCE_BYTES)

    const again = await listenIn(door.port)
    const back = memberMesh(cast, 1, again.port)
    await back.start()
    expect(await again.closed).toBe(true)
    await back.stop()
    expect(again.fromDoor()).toHaveLength(PNET_NONCE_BYTES)
    expect(door.problems.filter((kind) => kind === 'up')).toHaveLength(1)
  })

  it('is not dialled either', async () => {
    const cast = makeCast('voter', 'voter')
    let asked = 0
    const server = createServer((socket) => {
      asked++
      socket.destroy()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    cleanUps.push(async () => server.close())
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`
    const wires = createLibp2pWires({
      crypto: testCrypto,
      chainId: cast.chainId,
      networkSecret: cast.members[0]!.networkSecret,
      generations: [{ generation: 1, psk: cast.psk, listen: null }],
    })
    const mesh = makeMesh({ ...cast, members: [cast.members[0]!] }, 0, wires, {
      addresses: [{ peer: cast.members[1]!.name, addresses: [{ generation: 1, address }] }],
    })
    await mesh.start()
    cleanUps.push(() => mesh.stop())
    await expect(
      wires.dial(cast.members[1]!.entry.networkKey, { generation: 1, address }, AbortSignal.timeout(2_000)),
    ).rejects.toThrow()
    await pause(200)
    expect(asked).toBe(0)
  })
})

describe('two generations of the pre-shared key', () => {
  it('serve members side by side while it is rotated', async () => {
    const cast = makeCast('voter', 'voter', 'voter')
    const newPsk = testRandom(32)
    const wires = createLibp2pWires({
      crypto: testCrypto,
      chainId: cast.chainId,
      networkSecret: cast.members[0]!.networkSecret,
      generations: [{ generation: 1, psk: cast.psk, listen: '127.0.0.1:0' }],
    })
    const mesh = makeMesh(cast, 0, wires)
    await mesh.start()
    cleanUps.push(() => mesh.stop())
    await wires.openGeneration({ generation: 2, psk: newPsk, listen: '127.0.0.1:0' })
    const [first, second] = wires.addresses().map(({ address }) => Number(address.split(':')[1]))
    const late = memberMesh(cast, 1, first!)
    const early = memberMesh({ ...cast, psk: newPsk }, 2, second!, 2)
    await late.start()
    await early.start()
    cleanUps.push(
      () => late.stop(),
      () => early.stop(),
    )
    await until(() => mesh.isUp(late.self) && mesh.isUp(early.self))
    expect(mesh.peers().map(({ generation }) => generation)).toEqual([1, 2])
    const events = eventsOf(mesh)
    await wires.closeGeneration(1)
    await until(() => !mesh.isUp(late.self))
    expect(mesh.isUp(early.self)).toBe(true)
    expect(events.map(({ kind, peer }) => `${kind} ${peer.name}`)).toEqual([`down ${late.self}`])
  })

  it('are one as long as the port of the other is taken, and none is a reason not to start', async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    cleanUps.push(() => new Promise((resolve) => taken.close(resolve)))
    const takenAddress = `127.0.0.1:${(taken.address() as AddressInfo).port}`
    const cast = makeCast('voter', 'voter')
    const { entry, memberSecret, networkSecret } = cast.members[0]!
    const newPsk = testRandom(32)
    const startWith = async (listen: (generation: number) => string) => {
      const announced: number[][] = []
      const listening = (key: PreSharedKey) => ({ ...key, listen: listen(key.generation) })
      const keys = [
        { generation: 1, psk: cast.psk },
        { generation: 2, psk: newPsk },
      ]
      const wires = createLibp2pWires({
        crypto: testCrypto,
        chainId: cast.chainId,
        networkSecret,
        generations: keys.map(listening),
      })
      const network = createMeshNetwork(
        {
          chainId: cast.chainId,
          memberId: entry.memberId,
          networkSecret,
          memberSecret,
          members: cast.members.map((each) => each.entry),
          generations: keys,
          position: () => ({ epoch: 0, height: 0 }),
          addresses: [],
          records: [],
          onRecord: (record) => announced.push(record.addresses.map(({ generation }) => generation)),
          onKeysElsewhere: () => {},
          onSigning: () => {},
        },
        {
          crypto: testCrypto,
          random: testRandom,
          wires: { ...wires, openGeneration: (key) => wires.openGeneration(listening(key)) },
          announce: (generation) => [{ generation, address: `door.example:${7_000 + generation}` }],
        },
      )
      cleanUps.push(() => network.transport.stop())
      await network.transport.start()
      return { network, announced }
    }

    let isFree = false
    const { network, announced } = await startWith((generation) =>
      generation === 1 && !isFree ? takenAddress : '127.0.0.1:0',
    )
    expect(network.generationsOpen()).toEqual([2])
    expect(announced).toEqual([[2]])
    const [address] = network.addresses()
    const early = memberMesh({ ...cast, psk: newPsk }, 1, Number(address!.address.split(':')[1]), 2)
    await early.start()
    cleanUps.push(() => early.stop())
    await until(() => network.transport.isUp(early.self))

    isFree = true
    await network.openGeneration({ generation: 1, psk: cast.psk })
    expect(network.generationsOpen()).toEqual([2, 1])
    expect(announced.at(-1)).toEqual([2, 1])

    await expect(startWith(() => takenAddress)).rejects.toMatchObject({ detail: { code: 'address-in-use' } })

    const soonFree = startWith(() => takenAddress)
    setTimeout(() => taken.close(), 150)
    expect((await soonFree).network.generationsOpen()).toEqual([1])
  })
})

function memberMesh(cast: Cast, index: number, doorPort: number, generation = 1): Mesh {
  const wires = createLibp2pWires({
    crypto: testCrypto,
    chainId: cast.chainId,
    networkSecret: cast.members[index]!.networkSecret,
    generations: [{ generation, psk: cast.psk, listen: null }],
  })
  const door = { peer: cast.members[0]!.name, addresses: [{ generation, address: `127.0.0.1:${doorPort}` }] }
  return makeMesh(cast, index, wires, {
    addresses: [door],
    limits: { dialGraceMs: 0, dialBackoffFirstMs: 5_000 },
  })
}

async function expectWelcome(door: Door, port = door.port): Promise<void> {
  const member = memberMesh(door.cast, 1, port)
  await member.start()
  await until(() => member.isUp(door.mesh.self))
  await member.stop()
}
