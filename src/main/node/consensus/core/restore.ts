/** A height as the own log gives it back: what was signed, what is locked, and the proof of the lock (R28). */
import { countVote, type Ballots } from './ballots.ts'
import type { HeightState, Phase, RoundBook, SeatProposal, SeatVote, ValueId } from './height.ts'
import { bookOf } from './step.ts'

/** What a node signed and locked at one height, in the order in which it was written. */
export type LogRecord =
  | { readonly kind: 'proposal'; readonly proposal: SeatProposal }
  | { readonly kind: 'vote'; readonly vote: SeatVote }
  | {
      readonly kind: 'lock'
      readonly value: ValueId
      readonly round: number
      readonly proof: readonly SeatVote[]
    }

/** Replays the records over a fresh height. Signs nothing and asks for nothing; `resume` does. */
export function restoreHeight(fresh: HeightState, records: readonly LogRecord[]): HeightState {
  let state = fresh
  for (const record of records) state = withRecord(state, record)
  return state
}

function withRecord(state: HeightState, record: LogRecord): HeightState {
  switch (record.kind) {
    case 'proposal': {
      const { proposal } = record
      const book = { ...bookOf(state, proposal.round), proposal }
      return arrive(withBook(state, proposal.round, book), proposal.round, 'propose', proposal.seat)
    }
    case 'vote': {
      const { vote } = record
      const phase = vote.type === 'prevote' ? 'prevote' : 'precommit'
      return arrive(withVote(state, vote), vote.round, phase, vote.seat)
    }
    case 'lock': {
      const { value, round, proof } = record
      if (state.locked !== null && state.locked.round >= round) return state
      let next: HeightState = { ...state, locked: { value, round }, valid: { value, round } }
      for (const vote of proof) next = withVote(next, vote)
      return next
    }
  }
}

/**
 * Takes a seat at a height that was followed without one. Nothing was signed on the way, and the others may wait for just
 * that: back to the step after the last one that this seat has signed in this round, as if it had begun there (R27); or to
 * the first round in which it may sign (R29).
 */
export function withSeat(state: HeightState, seat: number): HeightState {
  const { phase, round, firstRound } = state
  if (phase === 'idle' || phase === 'decided') return { ...state, seat }
  if (round < firstRound)
    return { ...state, seat, round: firstRound, phase: 'propose', isCandidateAsked: false }
  const book = bookOf(state, round)
  const next = hasVoted(book.precommits, seat)
    ? 'precommit'
    : hasVoted(book.prevotes, seat)
      ? 'prevote'
      : 'propose'
  const again = { isPrevoteTimerArmed: false, isPrecommitTimerArmed: false, isPolkaUsed: false }
  return withBook({ ...state, seat, phase: next }, round, { ...book, ...again })
}

function hasVoted(ballots: Ballots, seat: number): boolean {
  return ballots.countBySeat[seat]! > 0
}

const ORDER: Readonly<Record<Phase, number>> = { idle: 0, propose: 1, prevote: 2, precommit: 3, decided: 4 }

/** Highest own round, last own step in it. */
function arrive(state: HeightState, round: number, phase: Phase, seat: number): HeightState {
  const roundSeen = state.roundSeen.with(seat, Math.max(state.roundSeen[seat]!, round))
  const isFurther =
    state.phase === 'idle' ||
    round > state.round ||
    (round === state.round && ORDER[phase] > ORDER[state.phase])
  return isFurther ? { ...state, roundSeen, round, phase } : { ...state, roundSeen }
}

function withVote(state: HeightState, vote: SeatVote): HeightState {
  const book = bookOf(state, vote.round)
  const counted = countVote(vote.type === 'prevote' ? book.prevotes : book.precommits, vote, true)
  if (counted.kind !== 'counted') return state
  const changed = vote.type === 'prevote' ? { prevotes: counted.ballots } : { precommits: counted.ballots }
  return withBook(state, vote.round, { ...book, ...changed })
}

function withBook(state: HeightState, round: number, book: RoundBook): HeightState {
  return { ...state, books: { ...state.books, [round]: book } }
}
