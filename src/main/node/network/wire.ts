/**
 * What the mesh needs of a network underneath: authenticated connections that carry one byte stream for each lane.
 * `libp2p.ts` and `memory.ts` provide it; neither knows frames, members or limits of lanes.
 */
import type { Bytes } from '../../../shared/std/bytes.ts'
import type { Lane } from './transport.ts'

export interface LaneStream {
  /** Takes the bytes in any case. False: send no more until `drain`, or they pile up. */
  send(bytes: Bytes): boolean
  /** While paused the other side may send at most a window (256 KiB) more. */
  pause(): void
  resume(): void
  /** Ends both directions at once. */
  abort(): void
  /** Once, right after the stream was handed over. */
  listen(handlers: LaneStreamHandlers): void
}

export type LaneStreamHandlers = {
  readonly data: (piece: Bytes) => void
  readonly drain: () => void
  /** Once, for whatever reason, `abort` included. */
  readonly closed: () => void
}

export interface Wire {
  /** The other side's network key, proven by the handshake. */
  readonly remoteKey: Bytes
  readonly direction: 'inbound' | 'outbound'
  /** Of the pre-shared key that protects this connection. */
  readonly generation: number
  openLane(lane: Lane, signal: AbortSignal): Promise<LaneStream>
  /** Once, at once. */
  listen(handlers: WireHandlers): void
  abort(): void
}

export type WireHandlers = {
  /** The other side opened a lane. */
  readonly lane: (lane: Lane, stream: LaneStream) => void
  readonly closed: () => void
}

/** `host:port`, for one generation of the pre-shared key; an IPv6 host stands in brackets. */
export type Address = { readonly generation: number; readonly address: string }

export type WiresHandlers = {
  /** Both directions; the handler listens at once or aborts. */
  readonly wire: (wire: Wire) => void
  /** Whether a node with this network key may connect or be connected to, now. */
  readonly admits: (networkKey: Bytes) => boolean
}

export interface Wires {
  start(handlers: WiresHandlers): Promise<void>
  stop(): Promise<void>
  /**
   * Resolves once the connection is up; the wire itself goes to the handler.
   * @throws {DialProblem} or whatever the network underneath throws: the mesh tries again later
   */
  dial(networkKey: Bytes, address: Address, signal: AbortSignal): Promise<void>
  /**
   * Dials, has the handshake prove the key, and hangs up: no wire comes of it.
   * @param options.isLocalAllowed whether it may lead to this machine itself
   */
  probe(
    networkKey: Bytes,
    address: Address,
    options: { readonly signal: AbortSignal; readonly isLocalAllowed: boolean },
  ): Promise<ProbeOutcome>
  /** Where this node can be reached, as far as it knows. */
  addresses(): readonly Address[]
}

export type ProbeOutcome =
  | 'reached'
  /** A machine is there and takes no connection on this port. */
  | 'refused'
  /** Nobody answers, or the name leads nowhere. */
  | 'nobody'
  /** Somebody answers who is not the member, or has another pre-shared key. */
  | 'other-machine'

/** Why a dial failed: nobody there, or somebody with whom the handshake does not come to an end. */
export class DialProblem extends Error {
  readonly problem: 'unreachable' | 'handshake'

  constructor(problem: 'unreachable' | 'handshake', options?: { cause?: unknown }) {
    super(problem, options)
    this.name = 'DialProblem'
    this.problem = problem
  }
}
