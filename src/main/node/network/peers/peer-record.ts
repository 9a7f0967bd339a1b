/** What a mesh keeps of a member beyond its connections. */
import type { Clock } from '../clock.ts'
import { createLaneQueue, type LaneQueue } from '../lane-queue.ts'
import { LANE_LIMITS, type NetworkLimits } from '../limits.ts'
import type { Restart, Signing } from '../protocols/hello.ts'
import {
  LANES,
  type Lane,
  type MemberEntry,
  type Peer,
  type PeerName,
  type PeerProblem,
  type PeerState,
} from '../transport.ts'
import { createRequests, type Requests } from './requests.ts'
import type { Session } from './session.ts'

export type PeerRecord = {
  peer: Peer
  entry: MemberEntry
  readonly queues: ReadonlyMap<Lane, LaneQueue>
  readonly requests: ReadonlyMap<Lane, Requests>
  session: Session | null
  /** As it said last. */
  lastHeight: number | null
  restart: Restart | null
  /** On this connection; what it said on the one before may be over. */
  signing: Signing | null
  /** When it called here last, whatever came of it. */
  calledAt: number
  readonly sessions: Set<Session>
  since: number
  problem: PeerProblem | null
  bytesInBefore: number
  attempt: number
  /** The newest generation whose connection ended and was made anew at once in a newer one. */
  leftGeneration: number
  cancelDial: (() => void) | null
  dialling: AbortController | null
  banUntil: number
  strikes: number
}

export function newPeerRecord(
  name: PeerName,
  entry: MemberEntry,
  clock: Clock,
  { batchBytes }: Pick<NetworkLimits, 'batchBytes'>,
): PeerRecord {
  const queues = new Map(
    LANES.map((lane) => [lane, createLaneQueue(LANE_LIMITS[lane].queueBytesMax, batchBytes)]),
  )
  return {
    peer: peerOf(name, entry),
    entry,
    queues,
    requests: new Map(LANES.map((lane) => [lane, createRequests(name, lane, queues.get(lane)!, clock)])),
    session: null,
    lastHeight: null,
    restart: null,
    signing: null,
    calledAt: -Infinity,
    sessions: new Set(),
    since: clock.now(),
    problem: null,
    bytesInBefore: 0,
    attempt: 0,
    leftGeneration: -1,
    cancelDial: null,
    dialling: null,
    banUntil: 0,
    strikes: 0,
  }
}

export function peerOf(name: PeerName, entry: MemberEntry): Peer {
  const { memberId, kind, isVoter, isGuest = false } = entry
  return { name, memberId, kind, isVoter, isGuest }
}

/** For whoever looks at the network. @param addresses where it can be dialled */
export function describePeer(record: PeerRecord, now: number, addresses: readonly string[]): PeerState {
  const { session } = record
  let queuedBytes = 0
  let bytesOut = 0
  for (const queue of record.queues.values()) {
    queuedBytes += queue.byteCount
    bytesOut += queue.sentBytes
  }
  return {
    ...record.peer,
    state: session !== null ? 'up' : record.banUntil > now ? 'banned' : 'away',
    since: record.since,
    problem: record.problem,
    rttMs: session?.rttMs ?? null,
    direction: session?.wire.direction ?? null,
    generation: session?.wire.generation ?? null,
    protocolVersion: session?.version ?? null,
    newestProtocol: session?.versionMax ?? null,
    restart: record.restart,
    signing: record.signing,
    epoch: session?.remote?.epoch ?? null,
    height: record.lastHeight,
    addresses,
    bytesIn: record.bytesInBefore + (session?.bytesIn ?? 0),
    bytesOut,
    queuedBytes,
  }
}
