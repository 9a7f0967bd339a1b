/**
 * All that the consensus engine needs of the world. The node passes the real one, the simulator a seeded one.
 * Messages are opaque bytes: whoever carries them between members need not understand them.
 */
import type { Certificate } from '../../chain/certificate.ts'
import type { ChainId, MemberId, SegmentId } from '../../chain/ids.ts'
import type { SegmentBundle } from '../../chain/segment.ts'
import type { SignedProposal, SignedVote } from '../../chain/vote.ts'
import type { Voter } from '../../chain/voters.ts'
import type { Verdict } from '../core/height.ts'
import type { Standing } from './standing.ts'

/** What the chain's state says about the height that is to be decided next: see `heightContextOf`. */
export interface HeightContext {
  readonly chainId: ChainId
  readonly height: number
  readonly epoch: number
  readonly protocolVersion: number
  /** Sorted by member id. */
  readonly voters: readonly Voter[]
  /** Id of the segment before; the chain id at height 1. */
  readonly previousSegmentId: Uint8Array
  readonly timestampGranularityMs: number
}

/** A segment with its heads and items, without a certificate and without bodies: what a proposal carries. */
export interface Value {
  readonly id: SegmentId
  readonly bundle: SegmentBundle
}

/**
 * One atomic and synced write (R20): all or nothing, and it survives a power cut once the promise resolves.
 */
export interface DurableBatch {
  readonly height: number
  /** Number of the first entry within its height: `logWrites` of `log-store.ts` makes the keys. */
  readonly firstSequence: number
  readonly entries: readonly Uint8Array[]
  /** Bodies and key-box rows of these must be on disk when the promise resolves: write, in the same batch, what is not. */
  readonly values: readonly Value[]
  /** When not null: replaces what `Restored.standing` gives at the next start. */
  readonly standing: Uint8Array | null
}

export interface Decision {
  readonly height: number
  readonly value: Value
  readonly certificate: Certificate
  readonly certificateBytes: Uint8Array
}

/** Two signed messages of one member that exclude each other. */
export type Evidence =
  | { readonly kind: 'votes'; readonly first: SignedVote; readonly second: SignedVote }
  | { readonly kind: 'proposals'; readonly first: SignedProposal; readonly second: SignedProposal }

export type HaltReason =
  /** Two certificates for one height: a third of the voters or more is faulty (R33). */
  | { readonly code: 'two-certificates'; readonly height: number }
  /** A quorum decided what this node finds invalid (R34). */
  | { readonly code: 'certified-invalid-value'; readonly height: number }
  /** A write failed, or another thing of the world: nothing more may be signed until the store was opened anew (R23). */
  | { readonly code: 'world-failed'; readonly error: unknown }
  /** A rule of our own does not hold. */
  | { readonly code: 'bug'; readonly error: unknown }

export interface World {
  /** Local clock, milliseconds since 1970. */
  now(): number
  /** Calls back once, after `ms` and up to 5 % more (so that validators do not move in step); gives a way to cancel. */
  startTimer(ms: number, fire: () => void): () => void
  /** Ed25519 with the node's consensus key. Called only after the guard agreed and before the message is logged. */
  sign(message: Uint8Array): Uint8Array
  /** See `DurableBatch`. A rejection stops the engine for good. */
  persist(batch: DurableBatch): Promise<void>
  /** To every other voter and observer that listens. Best effort: the engine sends again what a peer lacks. */
  broadcast(message: Uint8Array): void
  send(to: MemberId, message: Uint8Array): void
  /** False once the link to a member has been down for `DEAD_LINK_MS`: its turn to propose is not waited for (R11). */
  isReachable(member: MemberId): boolean
  /**
   * What this node would decide now, cut by the rules of the mempool and built by `buildSegment`; null when there is
   * nothing to decide. Valid by construction, its bodies are held.
   */
  candidate(context: HeightContext): Promise<Value | null>
  /** Whether a visit or an item waits to be decided, or an epoch change to take effect. Cheap. */
  hasWork(): boolean
  /**
   * `judgeSegment` of `judge-segment.ts` first; then gets what is missing of the bodies and rows (asking the members that
   * hold it), opens and checks every record. Resolves with the verdict; while something is missing it goes on asking.
   * `signal` ends when nobody waits for the answer any more.
   */
  check(context: HeightContext, value: Value, signal: AbortSignal): Promise<Verdict | 'unbound'>
  /**
   * Applies and stores a final segment with its certificate (need not be synced: bodies and own precommit are), removes
   * the height's log entries in the same batch, and says what comes next. A rejection stops the engine for good.
   */
  decide(decision: Decision): Promise<HeightContext>
  /** A final segment for a member that is behind; null when it is not here. */
  decided(height: number): Promise<{ bundle: SegmentBundle; certificate: Uint8Array } | null>
  /** To be recorded as an item of kind `evidence`. */
  equivocation(evidence: Evidence): void
  /** A peer says that it is at a greater height; sync may fetch the range (R31). */
  behind(peer: MemberId, height: number): void
  /** A peer said what its clock shows, milliseconds since 1970. */
  heardTime?(peer: MemberId, localTime: number): void
  /** This node has given up its vote until it is safe again, or has it back (R29). */
  standingChanged(standing: Standing): void
  /** The engine has stopped and signs nothing more. */
  halted(reason: HaltReason): void
  /** What a person sees has changed. */
  changed?(): void
}
