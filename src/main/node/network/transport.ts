/**
 * Messages between members over named lanes: the port that consensus, sync and the key box speak to. `mesh.ts` is its
 * one implementation, over `libp2p.ts` in the product and over `memory.ts` in tests; both pass `transport.contract.ts`.
 *
 * A lane is one ordered stream of frames between two members. Lanes do not wait for each other: votes never stand behind
 * bodies. Who may use which lane is decided by `lanesBetween`.
 */
import type { Bytes } from '../../../shared/std/bytes.ts'
import { Failure } from '../../../shared/std/failure.ts'
import { keyOf, type MemberId } from '../chain/ids.ts'
import type { MemberKind } from '../chain/members.ts'
import type { Restart, Signing } from './protocols/hello.ts'

export const LANES = ['control', 'consensus', 'body', 'keybox', 'studies', 'sync'] as const
/**
 * control    hello, pings, addresses; the mesh's own
 * consensus  proposals, votes, certificates, status: small, never behind anything else
 * body       sealed visits and items on their way to the voters, want and have; flow-controlled, may be asked for again
 * keybox     key-box rows and sealed epoch keys; between hospitals only
 * studies    documents of studies, attestations, answers; questions only, between members
 * sync       requests for ranges of the chain
 */
export type Lane = (typeof LANES)[number]

/** Hex of a member id. */
export type PeerName = string
export const peerName = (memberId: MemberId): PeerName => keyOf(memberId)

/** What the network must know of a member; from the chain's table of members. */
export type MemberEntry = {
  readonly memberId: MemberId
  readonly kind: MemberKind
  readonly isVoter: boolean
  /** Ed25519: the name of its node in the network. */
  readonly networkKey: Bytes
  /** Ed25519: the member's author key; signs the hello. */
  readonly memberKey: Bytes
  /**
   * Decided and not in effect here yet. It is known by either from the decision on, so that nobody loses it who learns of
   * the change a moment before or after it.
   */
  readonly next?: { readonly networkKey: Bytes; readonly memberKey: Bytes }
  /** Invited and not yet a member: it may fetch the chain and nothing else. */
  readonly isGuest?: boolean
}

export type Peer = {
  readonly name: PeerName
  readonly memberId: MemberId
  readonly kind: MemberKind
  readonly isVoter: boolean
  readonly isGuest: boolean
}

export type PeerProblem =
  /** Nobody answers at any known address. */
  | 'unreachable'
  | 'no-address'
  /** Something answers, and the handshake failed: other pre-shared key, not our table of members, a stranger. */
  | 'handshake'
  | 'other-chain'
  | 'no-common-version'
  | 'bad-signature'
  | 'silent'
  | 'flooding'
  | 'violation'
  | 'forged'
  | 'not-reading'

export type PeerState = Peer & {
  readonly state: 'up' | 'away' | 'banned'
  /** Milliseconds of the mesh's clock since when. */
  readonly since: number
  readonly problem: PeerProblem | null
  readonly rttMs: number | null
  readonly direction: 'inbound' | 'outbound' | null
  /** Of the pre-shared key that the connection uses. */
  readonly generation: number | null
  /** Of this connection. */
  readonly protocolVersion: number | null
  /** The newest that the peer speaks, as it said in its hello. */
  readonly newestProtocol: number | null
  /** What becomes of its vote when its machine starts anew, as it said last; null before it said so. */
  readonly restart: Restart | null
  /** Whether it signs votes, or would with a vote, as it said last on this connection; null before it said so. */
  readonly signing: Signing | null
  /** As the peer said in its hello. */
  readonly epoch: number | null
  /** As the peer said last, also while it is away; believed by nobody (N4). */
  readonly height: number | null
  readonly addresses: readonly string[]
  readonly bytesIn: number
  readonly bytesOut: number
  readonly queuedBytes: number
}

export type PeerEvent =
  | { readonly kind: 'up'; readonly peer: Peer }
  /** What was queued for the peer and not sent is gone: consensus offers its votes again at `up`. */
  | { readonly kind: 'down'; readonly peer: Peer; readonly problem: PeerProblem | null }

export type SendVerdict =
  | 'queued'
  /** The peer does not read fast enough. Nothing was queued; wait for `writable` or let the peer ask again. */
  | 'full'
  | 'unreachable'
  /** This lane does not exist between the two of us. */
  | 'not-permitted'

export type NetworkFailureDetail =
  | { code: 'peer-unreachable'; peer: PeerName }
  | { code: 'request-timeout'; peer: PeerName }
  | { code: 'request-refused'; peer: PeerName; reason: number }
  | { code: 'request-aborted'; peer: PeerName }
  | { code: 'message-too-large'; lane: Lane; byteCount: number }
  | { code: 'address-in-use'; address: string }
  | { code: 'bad-address'; address: string }
  | { code: 'network-stopped' }
export class NetworkFailure extends Failure<NetworkFailureDetail> {}

/** May be asynchronous: while its promise is open, its bytes count as in hand and the peer is slowed down. */
export type MessageHandler = (from: Peer, message: Bytes) => void | Promise<void>
/** The answer, or a number: a refusal with that reason (1 … 255). */
export type RequestHandler = (from: Peer, request: Bytes) => Promise<Bytes | number> | Bytes | number

export interface Transport {
  readonly self: PeerName
  /** One handler for each lane, set before `start`. It must not wait for an answer on its own lane. */
  onMessage(lane: Lane, handler: MessageHandler): void
  onRequest(lane: Lane, handler: RequestHandler): void
  /** Returns how to stop listening. */
  onPeer(listener: (event: PeerEvent) => void): () => void

  start(): Promise<void>
  stop(): Promise<void>
  /**
   * The members as of the newest epoch that this node certified, without itself or with. Connections to others end at
   * once; lanes that a changed role forbids end too.
   */
  setMembers(members: readonly MemberEntry[]): void
  peers(): readonly PeerState[]
  isUp(peer: PeerName): boolean

  /**
   * Queues a message; the bytes must not be changed afterwards. A message that was queued arrives, in order, unless the
   * connection ends. On the consensus lane nothing is ever dropped from the middle: a peer whose queue is full there is
   * cut, and is `up` again when it reads again.
   */
  send(to: PeerName, lane: Lane, message: Bytes): SendVerdict
  /** To every peer that is up and may use the lane, or to those that `to` picks. Returns how many took it. */
  broadcast(lane: Lane, message: Bytes, to?: (peer: Peer) => boolean): number
  /** Resolves when the lane's queue has room again, or the peer is down. */
  writable(to: PeerName, lane: Lane): Promise<void>
  /** @throws {NetworkFailure} `peer-unreachable`, `request-timeout`, `request-refused`, `request-aborted` */
  request(to: PeerName, lane: Lane, request: Bytes, options?: RequestOptions): Promise<Bytes>
  /** The peer sent what no honest node sends (N10 says of a segment whose fault it is): it is cut and left out for a while, longer each time. */
  penalise(peer: PeerName, problem: 'forged' | 'violation' | 'flooding'): void
}

export type RequestOptions = { readonly timeoutMs?: number; readonly signal?: AbortSignal }

/** The lanes that two members have between them, besides `control`. */
export function lanesBetween(a: Peer | MemberEntry, b: Peer | MemberEntry): readonly Lane[] {
  if (a.isGuest === true || b.isGuest === true) return ['sync']
  const lanes: Lane[] = []
  if (a.isVoter && b.isVoter) lanes.push('consensus')
  // Members without a vote hand their visits and items to the voters.
  if (a.isVoter || b.isVoter) lanes.push('body')
  // Whoever is no hospital has no way to ask for a row (N5).
  if (a.kind === 'hospital' && b.kind === 'hospital') lanes.push('keybox')
  lanes.push('studies', 'sync')
  return lanes
}

/** Whether two members keep a connection: voters with everybody, hospitals with hospitals, guests with voters. */
export function areNeighbours(a: Peer | MemberEntry, b: Peer | MemberEntry): boolean {
  return (
    a.isVoter || b.isVoter || (a.kind === 'hospital' && b.kind === 'hospital' && !a.isGuest && !b.isGuest)
  )
}
