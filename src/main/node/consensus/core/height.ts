/**
 * What a validator knows while one height is being decided, what can happen to it, and what it asks to be done.
 * All plain data: it can be printed, compared, stored and replayed. The rules are in `step.ts`.
 */
import type { Verified } from '../../../../shared/std/brand.ts'
import type { SignedProposal, SignedVote, VoteType } from '../../chain/vote.ts'
import type { Ballots } from './ballots.ts'
import type { Plant } from './plant.ts'
import type { Timeouts, TimerName } from './timeouts.ts'

/** A segment's id as hex text, so that it can be compared, printed and used as a key. */
export type ValueId = string

/** Place in the epoch's list of voters, which is sorted by member id. */
export type Seat = number

/** `idle`: nothing to decide, no round runs, no timer (R1). */
export type Phase = 'idle' | 'propose' | 'prevote' | 'precommit' | 'decided'

/**
 * What the node found when it opened and checked every record of a value. `unwelcome`: well formed, but this node would
 * not vote for it if it were proposed for the first time (quota, expiry). `invalid` is the same on every node.
 */
export type Verdict = 'valid' | 'unwelcome' | 'invalid'

/** A vote whose signature was verified, with what the core needs of it at hand. */
export type SeatVote = {
  readonly type: VoteType
  readonly round: number
  readonly value: ValueId | null
  readonly seat: Seat
  readonly signed: Verified<SignedVote>
}

/** The proposal of a round's proposer. */
export type SeatProposal = {
  readonly round: number
  readonly value: ValueId
  /** The round whose prevotes justify it; -1 for a fresh one. */
  readonly validRound: number
  readonly seat: Seat
  /** Whether its birth time was near the local clock when it arrived; only asked of a fresh one (R8). */
  readonly isTimely: boolean
  readonly signed: Verified<SignedProposal>
}

export type RoundBook = {
  readonly proposal: SeatProposal | null
  readonly prevotes: Ballots
  readonly precommits: Ballots
  /** What may happen once in a round. */
  readonly isPrevoteTimerArmed: boolean
  readonly isPrecommitTimerArmed: boolean
  readonly isPolkaUsed: boolean
  /** Two proposals of its proposer were reported. */
  readonly isContradicted: boolean
}

export type Lock = { readonly value: ValueId; readonly round: number }

export type HeightState = {
  readonly height: number
  readonly voterCount: number
  /** The own seat; null for a node that signs nothing at this height. */
  readonly seat: Seat | null
  readonly timeouts: Timeouts
  /** Below this round the seat signs nothing: it may have done so before it lost its memory (R29). */
  readonly firstRound: number
  readonly round: number
  readonly phase: Phase
  readonly locked: Lock | null
  readonly valid: Lock | null
  readonly verdicts: Readonly<Record<ValueId, Verdict | 'asked'>>
  readonly books: Readonly<Record<number, RoundBook>>
  /** Per seat the highest round of which a message was seen; -1 for none. */
  readonly roundSeen: readonly number[]
  /** Values with a quorum behind them that this node does not hold and has asked its peers for. */
  readonly wanted: readonly ValueId[]
  readonly isCandidateAsked: boolean
  /** Deliberate bugs for the simulator; null everywhere else. */
  readonly plant: Plant | null
}

export type Input =
  /** There is something to decide (R1). */
  | { readonly kind: 'work' }
  /** The answer to `want-candidate`; null when there was nothing after all. */
  | { readonly kind: 'candidate'; readonly round: number; readonly value: ValueId | null }
  | { readonly kind: 'proposal'; readonly proposal: SeatProposal }
  | { readonly kind: 'vote'; readonly vote: SeatVote }
  /** Votes of one type, round and value that came together: they count even where a seat voted for many (R13). */
  | { readonly kind: 'certificate'; readonly votes: readonly SeatVote[] }
  /** The answer to `check`; `unbound` when what came does not belong to the id. */
  | { readonly kind: 'checked'; readonly value: ValueId; readonly verdict: Verdict | 'unbound' }
  /** A value came, with a proposal or its certificate or from the own log. */
  | { readonly kind: 'value'; readonly value: ValueId }
  | { readonly kind: 'timeout'; readonly timer: TimerName; readonly round: number }
  /** After a restart (R28). */
  | { readonly kind: 'resume' }

/** To be done in this order; nothing is sent before everything persisted earlier in the list is durable (R20). */
export type Effect =
  | { readonly kind: 'want-candidate'; readonly round: number }
  /** Get the bodies of the value, open and check every record, keep bodies and rows; then say `checked`. */
  | { readonly kind: 'check'; readonly value: ValueId }
  /** A quorum stands behind a value that we do not hold. */
  | { readonly kind: 'want-value'; readonly value: ValueId; readonly round: number }
  | {
      readonly kind: 'cast-proposal'
      readonly round: number
      readonly value: ValueId
      readonly validRound: number
      /** The prevotes of `validRound` for it; empty for a fresh one. */
      readonly proof: readonly SeatVote[]
    }
  | {
      readonly kind: 'cast-vote'
      readonly type: VoteType
      readonly round: number
      readonly value: ValueId | null
      /** With a precommit for a value: the prevotes that justify the lock (R21). */
      readonly proof: readonly SeatVote[]
    }
  | {
      readonly kind: 'start-timer'
      readonly timer: TimerName
      readonly round: number
      readonly ms: number
    }
  | {
      readonly kind: 'decide'
      readonly value: ValueId
      readonly round: number
      readonly precommits: readonly SeatVote[]
    }
  | { readonly kind: 'equivocation'; readonly first: SeatVote; readonly second: SeatVote }
  | { readonly kind: 'double-proposal'; readonly first: SeatProposal; readonly second: SeatProposal }
  /** A quorum decided for what this node found invalid: a third is faulty, or we are. Stop and show it (R34). */
  | { readonly kind: 'halt'; readonly reason: 'certified-invalid-value'; readonly value: ValueId }

export type Step = { readonly next: HeightState; readonly effects: readonly Effect[] }

/** A fresh height: idle, nothing signed. `seat` is null for a node that may not sign. */
export function beginHeight(
  height: number,
  voterCount: number,
  seat: Seat | null,
  timeouts: Timeouts,
  plant: Plant | null = null,
  firstRound = 0,
): HeightState {
  return {
    height,
    voterCount,
    seat,
    timeouts,
    firstRound,
    round: 0,
    phase: 'idle',
    locked: null,
    valid: null,
    verdicts: {},
    books: {},
    roundSeen: Array.from({ length: voterCount }, () => -1),
    wanted: [],
    isCandidateAsked: false,
    plant,
  }
}
