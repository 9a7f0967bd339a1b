/**
 * Tendermint (Buchman, Kwon, Milosevic: "The latest gossip on BFT consensus", arXiv 1807.04938) for one height, as a
 * function from what is known and one input to what is known and what is to be done. Pure, synchronous, total.
 * Numbers in round brackets are lines of the paper's algorithm 1; R-numbers are rules of docs/spec/consensus.md.
 *
 * Votes come in verified; the own ones too, after the engine has signed them. So the core never holds a vote without a
 * signature, and what it knows can be proven to others.
 */
import { assert } from '../../../../shared/std/assert.ts'
import { unreachable } from '../../../../shared/std/unreachable.ts'
import type { VoteType } from '../../chain/vote.ts'
import { countFor, countVote, emptyBallots, quorumValue, votesFor, type Ballots } from './ballots.ts'
import type {
  Effect,
  HeightState,
  Input,
  Phase,
  RoundBook,
  SeatProposal,
  SeatVote,
  Step,
  ValueId,
  Verdict,
} from './height.ts'
import { faultsTolerated, proposerSeat, quorumOf } from './proposer.ts'
import { timeoutMs, type TimerName } from './timeouts.ts'

/** Votes of rounds further ahead are only remembered as "this seat was there" (R14). */
export const ROUNDS_AHEAD = 3
/** Rounds further behind are forgotten, unless they hold the proof of the valid value. */
export const ROUNDS_BEHIND = 32

/** Advances one height by one input. Inputs that mean nothing any more change nothing. */
export function step(now: HeightState, input: Input): Step {
  if (now.phase === 'decided') return { next: now, effects: [] }
  const work: Work = { state: now, effects: [] }
  take(work, input)
  // Every rule looks at the whole of what is known, so the order in which messages arrive does not matter to it.
  while (work.state.phase !== 'decided' && applyOneRule(work));
  return { next: work.state, effects: work.effects }
}

/** The state is replaced, never changed in place; this holds the newest one while a step is made. */
type Work = { state: HeightState; readonly effects: Effect[] }

function take(work: Work, input: Input): void {
  switch (input.kind) {
    case 'work':
      if (work.state.phase === 'idle') enterRound(work, work.state.firstRound)
      else askForCandidate(work)
      return
    case 'candidate':
      return takeCandidate(work, input.round, input.value)
    case 'proposal':
      return takeProposal(work, input.proposal)
    case 'vote':
      return takeVote(work, input.vote, false)
    case 'certificate':
      for (const vote of input.votes) takeVote(work, vote, true)
      return
    case 'checked':
      return takeVerdict(work, input.value, input.verdict)
    case 'value':
      return askForCheck(work, input.value)
    case 'timeout':
      return takeTimeout(work, input.timer, input.round)
    case 'resume':
      return resume(work)
    default:
      return unreachable(input)
  }
}

/** The "upon" rules. Each says whether it changed anything; the strongest come first. */
function applyOneRule(work: Work): boolean {
  return (
    decideOnQuorum(work) ||
    skipAhead(work) ||
    leaveNilRound(work) ||
    prevoteOnProposal(work) ||
    useProofOfLock(work) ||
    precommitNilOnQuorum(work) ||
    armTimers(work)
  )
}

// ---- what comes in ------------------------------------------------------------------------------------------------

function takeCandidate(work: Work, round: number, value: ValueId | null): void {
  const { state } = work
  if (round !== state.round || !state.isCandidateAsked) return
  patch(work, { isCandidateAsked: false })
  if (state.phase !== 'propose' || bookOf(state, round).proposal !== null) return
  if (value === null) {
    // Nobody else has begun and nothing is signed: back to sleep rather than through empty rounds (R1).
    if (round === 0 && isUntouched(state)) patch(work, { phase: 'idle' })
    return
  }
  setVerdict(work, value, 'valid')
  work.effects.push({ kind: 'cast-proposal', round, value, validRound: -1, proof: [] })
}

function takeProposal(work: Work, proposal: SeatProposal): void {
  const { state } = work
  const { round, seat, value } = proposal
  if (seat !== proposerSeat(state.height, round, state.voterCount)) return
  wake(work)
  see(work, seat, round)
  if (!isKept(work.state, round)) return
  const book = bookOf(work.state, round)
  if (book.proposal !== null) {
    if (book.proposal.value === value || book.isContradicted) return
    // Once: a proposer can sign as many as it likes (R13).
    setBook(work, round, { ...book, isContradicted: true })
    work.effects.push({ kind: 'double-proposal', first: book.proposal, second: proposal })
    return
  }
  setBook(work, round, { ...book, proposal })
  askForCheck(work, value)
}

function takeVote(work: Work, vote: SeatVote, isCertified: boolean): void {
  wake(work)
  see(work, vote.seat, vote.round)
  // A certificate stands for itself, however old or new its round is (R12).
  if (!isCertified && !isKept(work.state, vote.round)) return
  const book = bookOf(work.state, vote.round)
  const isFirstOnly = work.state.plant === 'first-vote-only'
  const counted = countVote(ballotsOf(book, vote.type), vote, isCertified, isFirstOnly)
  if (counted.kind !== 'counted') return
  const changed = vote.type === 'prevote' ? { prevotes: counted.ballots } : { precommits: counted.ballots }
  setBook(work, vote.round, { ...book, ...changed })
  if (counted.contradicts !== null)
    work.effects.push({ kind: 'equivocation', first: counted.contradicts, second: vote })
}

function takeVerdict(work: Work, value: ValueId, verdict: Verdict | 'unbound'): void {
  const { verdicts } = work.state
  // A verdict is for good: the same value cannot be valid and invalid on one state.
  if (verdicts[value] !== 'asked') return
  if (verdict !== 'unbound') return setVerdict(work, value, verdict)
  // Somebody sent heads that are not this value's: as if they had never come.
  const { [value]: _, ...others } = verdicts
  patch(work, { verdicts: others })
}

function takeTimeout(work: Work, timer: TimerName, round: number): void {
  const { state } = work
  if (round !== state.round) return
  switch (timer) {
    case 'propose': // (57)
      if (state.phase === 'propose') cast(work, 'prevote', null)
      return
    case 'prevote': // (61)
      if (state.phase === 'prevote') cast(work, 'precommit', null)
      return
    case 'precommit': // (65)
      if (state.phase !== 'idle') enterRound(work, round + 1)
      return
    default:
      return unreachable(timer)
  }
}

/** After a restart no timer runs; those of votes are armed by the votes that come again (R28). */
function resume(work: Work): void {
  if (work.state.phase === 'propose') enterRound(work, work.state.round)
}

// ---- the rules ----------------------------------------------------------------------------------------------------

/** R7 (49): a quorum of precommits for a value in any round decides it, once the value is here and valid. */
function decideOnQuorum(work: Work): boolean {
  const { state } = work
  for (const [name, book] of Object.entries(state.books)) {
    const value = quorumValue(book.precommits, quorum(state))
    if (value === null || value === undefined) continue
    const round = Number(name)
    const verdict = state.verdicts[value]
    if (verdict === 'invalid') {
      work.effects.push({ kind: 'halt', reason: 'certified-invalid-value', value })
      patch(work, { phase: 'decided' })
      return true
    }
    if (!isGood(verdict)) return wantValue(work, value, round)
    patch(work, { phase: 'decided' })
    work.effects.push({ kind: 'decide', value, round, precommits: votesFor(book.precommits, value) })
    return true
  }
  return false
}

/** R9 (55): where f+1 seats are in later rounds a correct one is: go to the highest round that f+1 have reached. */
function skipAhead(work: Work): boolean {
  const { state } = work
  const reached = [...state.roundSeen].sort((a, b) => b - a)[faultsTolerated(state.voterCount)]!
  if (reached <= state.round) return false
  enterRound(work, reached)
  return true
}

/** R6: a quorum of precommits for nil ends the round at once; waiting for the timer could change nothing. */
function leaveNilRound(work: Work): boolean {
  const { state } = work
  if (state.phase === 'idle' || state.plant === 'round-never-ends') return false
  if (countFor(bookOf(state, state.round).precommits, null) < quorum(state)) return false
  enterRound(work, state.round + 1)
  return true
}

/** R4 (22, 28). */
function prevoteOnProposal(work: Work): boolean {
  const { state } = work
  if (state.phase !== 'propose') return false
  const { proposal } = bookOf(state, state.round)
  if (proposal === null) return false
  const choice = prevoteChoice(state, proposal)
  if (choice === 'wait') return false
  cast(work, 'prevote', choice === 'accept' ? proposal.value : null)
  return true
}

function prevoteChoice(state: HeightState, proposal: SeatProposal): 'accept' | 'refuse' | 'wait' {
  const { value, validRound } = proposal
  const { locked, plant } = state
  const verdict = plant === 'bodies-not-awaited' ? 'valid' : state.verdicts[value]
  if (verdict === 'invalid') return 'refuse'
  const isLockedOnIt = locked !== null && locked.value === value
  const isFree = locked === null || isLockedOnIt || plant === 'lock-ignored'
  if (validRound < 0) {
    if (!isFree) return 'refuse'
    // What a lock stands on was judged when it was first voted for.
    if (!isLockedOnIt && !proposal.isTimely && plant !== 'time-not-judged') return 'refuse'
    if (!isLockedOnIt && verdict === 'unwelcome') return 'refuse'
  } else {
    const isProven =
      countFor(bookOf(state, validRound).prevotes, value) >= quorum(state) || plant === 'proof-not-asked'
    if (!isProven) return 'wait'
    const isNewer = locked === null || locked.round <= validRound || plant === 'unlock-by-older-proof'
    if (!isFree && !isNewer) return 'refuse'
  }
  return isGood(verdict) ? 'accept' : 'wait'
}

/** R5 (36): a quorum of prevotes for a value in the current round: lock it and precommit it; it is valid in any case. */
function useProofOfLock(work: Work): boolean {
  const { state } = work
  const { round, phase } = state
  if (phase !== 'prevote' && phase !== 'precommit') return false
  const book = bookOf(state, round)
  if (book.isPolkaUsed) return false
  const value = quorumValue(book.prevotes, quorum(state))
  if (value === null || value === undefined) return false
  if (!isGood(state.verdicts[value])) return wantValue(work, value, round)
  setBook(work, round, { ...book, isPolkaUsed: true })
  patch(work, { valid: { value, round } })
  if (phase === 'prevote') {
    patch(work, { locked: { value, round } })
    cast(work, 'precommit', value, votesFor(book.prevotes, value))
  }
  return true
}

/** R5 (44). */
function precommitNilOnQuorum(work: Work): boolean {
  const { state } = work
  if (state.phase !== 'prevote') return false
  if (countFor(bookOf(state, state.round).prevotes, null) < quorum(state)) return false
  cast(work, 'precommit', null)
  return true
}

/** R10 (34, 47): once a quorum voted for whatever, wait a little for agreement and no longer. */
function armTimers(work: Work): boolean {
  const { state } = work
  if (state.phase === 'idle') return false
  const book = bookOf(state, state.round)
  if (state.phase === 'prevote' && !book.isPrevoteTimerArmed && book.prevotes.seatCount >= quorum(state)) {
    setBook(work, state.round, { ...book, isPrevoteTimerArmed: true })
    startTimer(work, 'prevote', state.round)
    return true
  }
  if (!book.isPrecommitTimerArmed && book.precommits.seatCount >= quorum(state)) {
    if (state.plant === 'round-never-ends') return false
    setBook(work, state.round, { ...book, isPrecommitTimerArmed: true })
    startTimer(work, 'precommit', state.round)
    return true
  }
  return false
}

// ---- moves --------------------------------------------------------------------------------------------------------

/** R2, R3 (11-21): the proposer offers the value it knows to be valid, or the best candidate; all others wait for it. */
function enterRound(work: Work, round: number): void {
  patch(work, { round, phase: 'propose', isCandidateAsked: false })
  forgetOldRounds(work)
  startTimer(work, 'propose', round)
  const { state } = work
  if (state.seat === null || state.seat !== proposerSeat(state.height, round, state.voterCount)) return
  if (bookOf(state, round).proposal !== null) return
  if (state.valid === null) return askForCandidate(work)
  const { value, round: validRound } = state.valid
  const proof = votesFor(bookOf(state, validRound).prevotes, value)
  work.effects.push({ kind: 'cast-proposal', round, value, validRound, proof })
}

function cast(work: Work, type: VoteType, value: ValueId | null, proof: readonly SeatVote[] = []): void {
  const { round, seat } = work.state
  patch(work, { phase: type === 'prevote' ? 'prevote' : 'precommit' })
  if (seat !== null) work.effects.push({ kind: 'cast-vote', type, round, value, proof })
}

function askForCandidate(work: Work): void {
  const { state } = work
  const { height, round, seat, voterCount } = state
  if (state.phase !== 'propose' || seat === null || seat !== proposerSeat(height, round, voterCount)) return
  if (state.isCandidateAsked || state.valid !== null || bookOf(state, round).proposal !== null) return
  patch(work, { isCandidateAsked: true })
  work.effects.push({ kind: 'want-candidate', round })
}

function askForCheck(work: Work, value: ValueId): void {
  if (work.state.verdicts[value] !== undefined) return
  setVerdict(work, value, 'asked')
  work.effects.push({ kind: 'check', value })
}

/** Asks once, for what is neither here nor being checked; says whether it did. */
function wantValue(work: Work, value: ValueId, round: number): boolean {
  if (work.state.verdicts[value] !== undefined || work.state.wanted.includes(value)) return false
  patch(work, { wanted: [...work.state.wanted, value] })
  work.effects.push({ kind: 'want-value', value, round })
  return true
}

function startTimer(work: Work, timer: TimerName, round: number): void {
  work.effects.push({ kind: 'start-timer', timer, round, ms: timeoutMs(work.state.timeouts, timer, round) })
}

/** R1: any message of the height says that there is something to decide. */
function wake(work: Work): void {
  if (work.state.phase === 'idle') enterRound(work, work.state.firstRound)
}

function see(work: Work, seat: number, round: number): void {
  const { roundSeen } = work.state
  assert(seat >= 0 && seat < roundSeen.length, 'a seat is a place in the list of voters')
  if (roundSeen[seat]! < round) patch(work, { roundSeen: roundSeen.with(seat, round) })
}

function forgetOldRounds(work: Work): void {
  const { books, round, valid, locked } = work.state
  const isOld = (name: string) => {
    const number = Number(name)
    return number < round - ROUNDS_BEHIND && number !== valid?.round && number !== locked?.round
  }
  if (!Object.keys(books).some(isOld)) return
  patch(work, { books: Object.fromEntries(Object.entries(books).filter(([name]) => !isOld(name))) })
}

// ---- looking ------------------------------------------------------------------------------------------------------

export function bookOf(state: HeightState, round: number): RoundBook {
  return state.books[round] ?? emptyBook(state.voterCount)
}

/** Whether the first proposal of this round would be looked at. */
export function awaitsProposal(state: HeightState, round: number): boolean {
  return isKept(state, round) && bookOf(state, round).proposal === null
}

/** How many votes decide (R3). */
export function quorum(state: HeightState): number {
  return state.plant === 'quorum-too-small' ? quorumOf(state.voterCount) - 1 : quorumOf(state.voterCount)
}

function emptyBook(voterCount: number): RoundBook {
  return {
    proposal: null,
    prevotes: emptyBallots(voterCount),
    precommits: emptyBallots(voterCount),
    isPrevoteTimerArmed: false,
    isPrecommitTimerArmed: false,
    isPolkaUsed: false,
    isContradicted: false,
  }
}

function isKept(state: HeightState, round: number): boolean {
  return round <= state.round + ROUNDS_AHEAD && round >= state.round - ROUNDS_BEHIND
}

/** Alone in round 0: no message seen, nothing signed, nothing restored. */
function isUntouched(state: HeightState): boolean {
  return state.roundSeen.every((round) => round < 0) && state.valid === null && state.locked === null
}

function isGood(verdict: Verdict | 'asked' | undefined): boolean {
  return verdict === 'valid' || verdict === 'unwelcome'
}

function ballotsOf(book: RoundBook, type: VoteType): Ballots {
  return type === 'prevote' ? book.prevotes : book.precommits
}

function patch(work: Work, change: Partial<HeightState>): void {
  work.state = { ...work.state, ...change }
}

function setBook(work: Work, round: number, book: RoundBook): void {
  patch(work, { books: { ...work.state.books, [round]: book } })
}

function setVerdict(work: Work, value: ValueId, verdict: Verdict | 'asked'): void {
  patch(work, { verdicts: { ...work.state.verdicts, [value]: verdict } })
}

export type { Phase }
