/**
 * Every bound of the network. What a member may make this node hold or do is the sum of these numbers, whatever it sends (N3).
 */
import type { Lane } from './transport.ts'

export type LaneLimits = {
  /** A longer frame is a violation: the peer is cut. */
  readonly frameBytesMax: number
  /** What may wait to be sent to one peer; a longer frame waits alone. */
  readonly queueBytesMax: number
  /** What handlers may have in hand before the peer is made to wait. */
  readonly inHandBytesMax: number
  /** Messages and requests that a peer may send: a bucket of `burst` that fills at `perSecond`. */
  readonly perSecond: number
  readonly burst: number
  /** Unanswered requests of one peer; one more is a violation. */
  readonly requestsMax: number
  /** Requests of one peer that are worked on at the same time. */
  readonly servedAtOnceMax: number
}

const KiB = 1024
const MiB = 1024 * KiB

export const LANE_LIMITS: Readonly<Record<Lane, LaneLimits>> = {
  control: {
    frameBytesMax: 64 * KiB,
    queueBytesMax: 256 * KiB,
    inHandBytesMax: 64 * KiB,
    perSecond: 20,
    burst: 100,
    requestsMax: 0,
    servedAtOnceMax: 0,
  },
  // Thirty validators at twenty heights a second, each vote relayed once, stay below half of this. The longest message is
  // a proposal with the heads and items of the largest segment that any policy allows (consensus/engine/messages.ts).
  consensus: {
    frameBytesMax: 32 * MiB,
    queueBytesMax: 40 * MiB,
    inHandBytesMax: 8 * MiB,
    perSecond: 5_000,
    burst: 20_000,
    requestsMax: 16,
    servedAtOnceMax: 4,
  },
  // Bodies are held back by what their handler has in hand; the bucket is only there for frames of no size.
  body: {
    frameBytesMax: 4 * MiB,
    queueBytesMax: 16 * MiB,
    inHandBytesMax: 4 * MiB,
    perSecond: 50_000,
    burst: 200_000,
    requestsMax: 64,
    servedAtOnceMax: 8,
  },
  keybox: {
    frameBytesMax: 1 * MiB,
    queueBytesMax: 8 * MiB,
    inHandBytesMax: 2 * MiB,
    perSecond: 2_000,
    burst: 8_000,
    requestsMax: 64,
    servedAtOnceMax: 4,
  },
  // An envelope on the way in, an answer of 1 MiB on the way out; what a member may leave here `studies/envelopes.ts` counts.
  studies: {
    frameBytesMax: 2 * MiB,
    queueBytesMax: 4 * MiB,
    inHandBytesMax: 1 * MiB,
    perSecond: 100,
    burst: 400,
    requestsMax: 64,
    servedAtOnceMax: 4,
  },
  // The longest answer is the heads and items of the largest segment that any policy allows, and some bodies.
  sync: {
    frameBytesMax: 40 * MiB,
    queueBytesMax: 8 * MiB,
    inHandBytesMax: 4 * MiB,
    perSecond: 200,
    burst: 1_000,
    requestsMax: 16,
    servedAtOnceMax: 2,
  },
}

/** A request is a question, never the data itself. */
export const REQUEST_BYTES_MAX = 256 * KiB

export type NetworkLimits = {
  /** Small frames are joined up to this and leave in one write. */
  readonly batchBytes: number
  /** A stranger that says nothing is closed after this. */
  readonly strangerMs: number
  /** A member's handshake may take this long: four round trips over the worst line. */
  readonly upgradeMs: number
  readonly helloMs: number
  readonly dialMs: number
  readonly pingEveryMs: number
  /** Without a byte for this long a peer counts as gone; noticed with a ping, and only while this node itself was awake. */
  readonly silenceMs: number
  /** A doubled connection is read this much longer, so that nothing under way is lost. */
  readonly retireMs: number
  readonly dialBackoffFirstMs: number
  readonly dialBackoffMaxMs: number
  /** The member with the greater id leaves the first dial to the other for this long. */
  readonly dialGraceMs: number
  /** A peer that had to wait this long within `floodWindowMs` for sending too much is cut. */
  readonly floodMs: number
  readonly floodWindowMs: number
  readonly banFirstMs: number
  readonly banMaxMs: number
  readonly requestMs: number
  /** How often another process with this node's keys is answered, once both know of each other. */
  readonly otherSelfMs: number
  readonly addressesMax: number
  readonly inboundPendingMax: number
  readonly inboundPerHostPerSecond: number
}

export const NETWORK_LIMITS: NetworkLimits = {
  batchBytes: 64 * KiB,
  strangerMs: 1_200,
  upgradeMs: 8_000,
  helloMs: 3_000,
  dialMs: 6_000,
  // A frozen or unplugged peer is gone after six to eight seconds, so that people see it within ten (A16).
  pingEveryMs: 2_000,
  silenceMs: 6_000,
  retireMs: 2_000,
  dialBackoffFirstMs: 250,
  dialBackoffMaxMs: 15_000,
  dialGraceMs: 1_500,
  floodMs: 5_000,
  floodWindowMs: 10_000,
  banFirstMs: 30_000,
  banMaxMs: 600_000,
  requestMs: 15_000,
  otherSelfMs: 15_000,
  addressesMax: 8,
  inboundPendingMax: 128,
  inboundPerHostPerSecond: 50,
}
