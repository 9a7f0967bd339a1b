/**
 * Connections over libp2p: TCP, a pre-shared key (pnet), noise, yamux. Nothing else is switched on: no mDNS, no DHT, no
 * relay, no AutoNAT, no identify, no ping, no UPnP; nobody is told an address that we do not dial ourselves (N6).
 *
 * Before anything of libp2p answers, a dialler knocks (`peers/knock.ts`): whoever does not prove to be an admitted member
 * gets pnet's 24 random bytes and nothing more, pre-shared key or not.
 *
 * One libp2p node for each generation of the pre-shared key, each on its own port, so that two overlap while it is
 * rotated.
 */
import { lookup } from 'node:dns/promises'
import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { generateKeyPairFromSeed, publicKeyFromRaw } from '@libp2p/crypto/keys'
import type { Connection, Libp2p, PeerId, PrivateKey, Stream, StreamMessageEvent } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { peerIdFromPublicKey } from '@libp2p/peer-id'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { toHex, type Bytes } from '../../../shared/std/bytes.ts'
import type { ChainId } from '../chain/ids.ts'
import type { Crypto } from '../crypto/crypto.ts'
import { NETWORK_LIMITS, type NetworkLimits } from './limits.ts'
import { isLocalHost } from './peers/call-back.ts'
import { knockingPreSharedKey } from './peers/knock.ts'
import { parseAddress, type HostAndPort } from '../../../shared/domain/address.ts'
import { LANES, NetworkFailure, type Lane } from './transport.ts'
import {
  DialProblem,
  type Address,
  type LaneStream,
  type LaneStreamHandlers,
  type Wire,
  type WireHandlers,
  type Wires,
  type WiresHandlers,
} from './wire.ts'

export type Generation = {
  readonly generation: number
  /** 32 bytes. */
  readonly psk: Bytes
  /** `host:port`; port 0 takes a free one. Null: this node only dials. */
  readonly listen: string | null
}

export type Libp2pWiresOptions = {
  readonly crypto: Crypto
  readonly chainId: ChainId
  /** Seed of the Ed25519 network key. */
  readonly networkSecret: Bytes
  readonly generations: readonly Generation[]
  readonly limits?: Partial<NetworkLimits>
}

export interface Libp2pWires extends Wires {
  /**
   * Opens what there is to open. One whose port is another program's is left out, for the others lead to everybody that
   * has two.
   * @throws {NetworkFailure} `address-in-use`, `bad-address` where none could be opened
   */
  start(handlers: WiresHandlers): Promise<void>
  /** Generations that are open now. */
  generationsOpen(): readonly number[]
  /** A new pre-shared key beside the old one. */
  openGeneration(generation: Generation): Promise<void>
  /** Ends its connections and its port. */
  closeGeneration(generation: number): Promise<void>
  /** Ends every connection and listens on the same ports under another network key. */
  takeKey(networkSecret: Bytes): Promise<void>
}

const PROTOCOL_OF_LANE: Readonly<Record<Lane, string>> = {
  control: '/consilium/control/1',
  consensus: '/consilium/consensus/1',
  body: '/consilium/body/1',
  keybox: '/consilium/keybox/1',
  studies: '/consilium/studies/1',
  sync: '/consilium/sync/1',
}

/** A port of a process that is just ending, or that somebody only tries, is free a moment later. */
const LISTEN_TRIES = 4
const LISTEN_AGAIN_MS = 250

/** What a paused or slow reader may still be sent, and so what can stand before a vote on one connection. */
const WINDOW_BYTES = 256 * 1024

export function createLibp2pWires(options: Libp2pWiresOptions): Libp2pWires {
  const limits = { ...NETWORK_LIMITS, ...options.limits }
  const planes = new Map<number, Libp2p>()
  let handlers: WiresHandlers | null = null
  let { networkSecret } = options
  let privateKey: PrivateKey | null = null
  /** What is open, with the port that it really has. */
  const opened = new Map<number, Generation>()
  /** What is dialled only to see whether it can be: no wire for the mesh. */
  const probing = new Set<string>()
  let isStopped = false

  return {
    async start(given) {
      handlers = given
      privateKey = await generateKeyPairFromSeed('Ed25519', networkSecret)
      await openAll(options.generations)
    },

    async takeKey(secret) {
      networkSecret = secret
      if (handlers === null) return
      privateKey = await generateKeyPairFromSeed('Ed25519', networkSecret)
      const before = [...opened.values()]
      for (const { generation } of before) await close(generation)
      if (!isStopped) await openAll(before)
    },

    async stop() {
      isStopped = true
      const open = [...planes.values()]
      planes.clear()
      await Promise.all(open.map(async (plane) => plane.stop()))
    },

    async dial(networkKey, address, signal) {
      const plane = planes.get(address.generation)
      const parsed = parseAddress(address.address)
      if (plane === undefined || parsed === null) throw new DialProblem('unreachable')
      const host = parsed.kind === 'dns' ? 'dns' : parsed.kind
      const target = multiaddr(
        `/${host}/${parsed.host}/tcp/${parsed.port}/p2p/${peerIdOf(networkKey).toString()}`,
      )
      try {
        // `force`: the mesh knows whether it needs a connection; an old one may be dead without knowing it.
        await plane.dial(target, { signal, force: true })
      } catch (cause) {
        throw new DialProblem(isNobodyThere(cause) ? 'unreachable' : 'handshake', { cause })
      }
    },

    async probe(networkKey, address, { signal, isLocalAllowed }) {
      const plane = planes.get(address.generation)
      const parsed = parseAddress(address.address)
      if (plane === undefined || parsed === null) return 'nobody'
      const hosts = await hostsOf(parsed, signal)
      const [host] = hosts
      // One that leads to this machine too is not tried at all: which of them is dialled is not ours to say.
      if (host === undefined || (!isLocalAllowed && hosts.some((each) => isLocalHost(each.address))))
        return 'nobody'
      const answer = await knockAtPort(host.address, parsed.port, signal)
      if (answer !== 'open') return answer
      const target = multiaddr(
        `/ip${host.family}/${host.address}/tcp/${parsed.port}/p2p/${peerIdOf(networkKey).toString()}`,
      )
      probing.add(target.toString())
      try {
        const connection = await plane.dial(target, { signal, force: true })
        connection.abort(new Error('it was only a call back'))
        return 'reached'
      } catch {
        // Somebody took the connection, and the handshake did not prove who it should have been.
        return 'other-machine'
      } finally {
        probing.delete(target.toString())
      }
    },

    addresses() {
      const addresses: Address[] = []
      for (const [generation, plane] of planes)
        for (const each of plane.getMultiaddrs()) {
          const address = addressOf(each.toString())
          if (address !== null) addresses.push({ generation, address })
        }
      return addresses
    },

    openGeneration: open,
    closeGeneration: close,
    generationsOpen: () => [...planes.keys()],
  }

  /** As many as can be: one port that is taken must not keep a node from the members that the other one leads to. */
  async function openAll(generations: readonly Generation[]): Promise<void> {
    const failures: unknown[] = []
    for (const generation of generations)
      try {
        await open(generation)
      } catch (error) {
        if (!(error instanceof NetworkFailure)) throw error
        failures.push(error)
      }
    if (failures.length > 0 && planes.size === 0) throw failures[0]
  }

  async function close(generation: number): Promise<void> {
    const plane = planes.get(generation)
    planes.delete(generation)
    opened.delete(generation)
    await plane?.stop()
  }

  async function open(generation: Generation): Promise<void> {
    for (let tries = LISTEN_TRIES; ; tries--)
      try {
        return await openOnce(generation)
      } catch (error) {
        const isTaken = error instanceof NetworkFailure && error.detail.code === 'address-in-use'
        if (!isTaken || tries === 1 || isStopped) throw error
        await pause(LISTEN_AGAIN_MS)
      }
  }

  async function openOnce({ generation, psk, listen }: Generation): Promise<void> {
    if (handlers === null || privateKey === null) throw new NetworkFailure({ code: 'network-stopped' })
    const { admits, wire: onWire } = handlers
    const admitsPeer = (peerId: PeerId): boolean => {
      const key = networkKeyOf(peerId)
      return key !== null && admits(key)
    }
    const address = listen === null ? null : parseListen(listen)
    if (listen !== null && address === null)
      throw new NetworkFailure({ code: 'bad-address', address: listen })
    const plane = await createLibp2p({
      privateKey,
      nodeInfo: { name: 'node', version: '1', userAgent: 'node' },
      addresses: { listen: address === null ? [] : [address], announce: [], noAnnounce: [] },
      transports: [tcp({ outboundSocketInactivityTimeout: 60_000, inboundSocketInactivityTimeout: 60_000 })],
      connectionProtector: knockingPreSharedKey({
        psk,
        crypto: options.crypto,
        chainId: options.chainId,
        networkSecret,
        admits,
        strangerMs: limits.strangerMs,
      }),
      connectionEncrypters: [noise()],
      streamMuxers: [
        yamux({
          // The mesh has its own pings; without a measured round trip yamux never widens its windows.
          enableKeepAlive: false,
          maxInboundStreams: 2 * LANES.length,
          maxOutboundStreams: 2 * LANES.length,
          maxEarlyStreams: LANES.length,
          streamOptions: { initialStreamWindowSize: WINDOW_BYTES, maxStreamWindowSize: WINDOW_BYTES },
        }),
      ],
      connectionGater: {
        denyDialPeer: (peerId) => !admitsPeer(peerId),
        denyInboundEncryptedConnection: (peerId) => !admitsPeer(peerId),
        denyOutboundEncryptedConnection: (peerId) => !admitsPeer(peerId),
        denyInboundUpgradedConnection: (peerId) => !admitsPeer(peerId),
        denyOutboundUpgradedConnection: (peerId) => !admitsPeer(peerId),
      },
      connectionManager: {
        maxConnections: CONNECTIONS_MAX,
        maxIncomingPendingConnections: limits.inboundPendingMax,
        inboundConnectionThreshold: limits.inboundPerHostPerSecond,
        inboundUpgradeTimeout: limits.upgradeMs,
        dialTimeout: limits.dialMs,
        addressDialTimeout: limits.dialMs,
        reconnectRetries: 0,
        inboundStreamProtocolNegotiationTimeout: limits.helloMs,
        outboundStreamProtocolNegotiationTimeout: limits.helloMs,
      },
      connectionMonitor: { enabled: false },
      start: false,
    })
    const wires = new Map<string, { taken: WireHandlers | null }>()
    plane.addEventListener('connection:open', ({ detail: connection }) => {
      if (connection.direction === 'outbound' && probing.has(connection.remoteAddr.toString())) return
      const remoteKey = networkKeyOf(connection.remotePeer)
      if (remoteKey === null) {
        connection.abort(new Error('not a key of ours'))
        return
      }
      const slot: { taken: WireHandlers | null } = { taken: null }
      wires.set(connection.id, slot)
      connection.addEventListener('close', () => {
        wires.delete(connection.id)
        slot.taken?.closed()
      })
      onWire(wireOf(connection, remoteKey, generation, slot))
    })
    for (const lane of LANES)
      await plane.handle(
        PROTOCOL_OF_LANE[lane],
        (stream, connection) => {
          const taken = wires.get(connection.id)?.taken
          if (taken) taken.lane(lane, laneStreamOf(stream))
          else stream.abort(new Error('no such connection'))
        },
        { maxInboundStreams: 1, maxOutboundStreams: 1 },
      )
    try {
      await plane.start()
    } catch (cause) {
      throw new NetworkFailure({ code: 'address-in-use', address: listen ?? '' }, { cause })
    }
    planes.set(generation, plane)
    opened.set(generation, { generation, psk, listen: listen && samePort(listen, plane) })
    if (isStopped) await plane.stop()
  }
}

/** Port 0 took a free one; others know it by now. */
function samePort(listen: string, plane: Libp2p): string {
  const bound = plane.getMultiaddrs()[0]
  const port = bound && addressOf(bound.toString())?.split(':').at(-1)
  return listen.endsWith(':0') && port !== undefined ? listen.replace(/:0$/, `:${port}`) : listen
}

const CONNECTIONS_MAX = 512

/** None where the name leads nowhere, or nobody has said where it leads by the time `signal` ends. */
async function hostsOf(
  { host, kind }: HostAndPort,
  signal: AbortSignal,
): Promise<{ address: string; family: number }[]> {
  if (kind !== 'dns') return [{ address: host, family: kind === 'ip4' ? 4 : 6 }]
  if (signal.aborted) return []
  return new Promise((resolve) => {
    const end = (found: { address: string; family: number }[]): void => {
      signal.removeEventListener('abort', none)
      resolve(found)
    }
    const none = (): void => end([])
    signal.addEventListener('abort', none)
    lookup(host, { all: true }).then(end, none)
  })
}

/** Whether anybody takes a connection there; what comes after that is the handshake's business. */
function knockAtPort(
  host: string,
  port: number,
  signal: AbortSignal,
): Promise<'open' | 'refused' | 'nobody'> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    const end = (answer: 'open' | 'refused' | 'nobody'): void => {
      signal.removeEventListener('abort', onAbort)
      socket.destroy()
      resolve(answer)
    }
    const onAbort = (): void => end('nobody')
    signal.addEventListener('abort', onAbort)
    socket.once('connect', () => end('open'))
    socket.once('error', (error: NodeJS.ErrnoException) =>
      end(error.code === 'ECONNREFUSED' ? 'refused' : 'nobody'),
    )
    if (signal.aborted) onAbort()
  })
}

function wireOf(
  connection: Connection,
  remoteKey: Bytes,
  generation: number,
  slot: { taken: WireHandlers | null },
): Wire {
  return {
    remoteKey,
    direction: connection.direction,
    generation,
    async openLane(lane, signal) {
      return laneStreamOf(await connection.newStream(PROTOCOL_OF_LANE[lane], { signal }))
    },
    listen(handlers) {
      slot.taken = handlers
      if (connection.status !== 'open') handlers.closed()
    },
    abort() {
      if (connection.status !== 'open') return
      try {
        connection.abort(new Error('closed by this node'))
      } catch (error) {
        // Its goodbye cannot be sent where the other side went at the same moment; the end follows by itself.
        if ((error as Error).name !== 'StreamStateError') throw error
      }
    },
  }
}

function laneStreamOf(stream: Stream): LaneStream {
  // libp2p resumes by giving out what it holds and only then opens the window again. A pause from inside that call
  // would be forgotten by yamux, and the other side could send without a bound: it is made up for afterwards.
  let isResuming = false
  let isPauseDue = false
  return {
    send(bytes) {
      // A stream that ended a moment ago; its `close` tells the session.
      if (stream.writeStatus !== 'writable') return true
      return stream.send(bytes)
    },
    pause() {
      if (isResuming) isPauseDue = true
      else if (stream.readStatus === 'readable') stream.pause()
    },
    resume() {
      isPauseDue = false
      if (isResuming || stream.readStatus !== 'paused') return
      isResuming = true
      stream.resume()
      isResuming = false
      // Its type does not see that handlers ran in between.
      if (isPauseDue && (stream.readStatus as string) === 'readable') stream.pause()
    },
    abort() {
      stream.abort(new Error('closed by this node'))
    },
    listen(handlers: LaneStreamHandlers) {
      let isClosed = false
      const close = (): void => {
        if (isClosed) return
        isClosed = true
        handlers.closed()
      }
      stream.addEventListener('close', close)
      // We never half-close; when the other side ends its writing, the lane is over.
      stream.addEventListener('remoteCloseWrite', () => stream.abort(new Error('ended by the other side')))
      stream.addEventListener('drain', handlers.drain)
      stream.addEventListener('message', ({ data }: StreamMessageEvent) => {
        if (data instanceof Uint8Array) handlers.data(data)
        else for (const piece of data) handlers.data(piece)
      })
      if (stream.status !== 'open') close()
    },
  }
}

const peerIds = new Map<string, PeerId>()

function peerIdOf(networkKey: Bytes): PeerId {
  const name = toHex(networkKey)
  let peerId = peerIds.get(name)
  if (peerId === undefined) {
    peerId = peerIdFromPublicKey(publicKeyFromRaw(networkKey))
    peerIds.set(name, peerId)
  }
  return peerId
}

export function networkKeyOf(peerId: PeerId): Bytes | null {
  const key = peerId.publicKey
  return key?.type === 'Ed25519' ? key.raw : null
}

function parseListen(address: string): string | null {
  const parsed = parseAddress(address.replace(/:0$/, ':1'))
  if (parsed === null || parsed.kind === 'dns') return null
  return `/${parsed.kind}/${parsed.host}/tcp/${address.endsWith(':0') ? 0 : parsed.port}`
}

function addressOf(text: string): string | null {
  const match = /^\/(ip4|ip6)\/([^/]+)\/tcp\/([0-9]+)/.exec(text)
  if (match === null) return null
  const address = match[1] === 'ip6' ? `[${match[2]}]:${match[3]}` : `${match[2]}:${match[3]}`
  return parseAddress(address) === null ? null : address
}

/** No connection at all, as opposed to one that came to nothing. */
function isNobodyThere(error: unknown): boolean {
  const text = (each: unknown): string => String((each as { code?: unknown } | null)?.code ?? '')
  const all = error instanceof AggregateError ? error.errors : [error]
  return all.some((each) =>
    /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EADDRNOTAVAIL)$/.test(
      text(each) || text((each as { cause?: unknown } | null)?.cause),
    ),
  )
}
