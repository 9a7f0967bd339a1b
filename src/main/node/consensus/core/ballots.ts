/**
 * The votes of one type in one round, counted per value: an equivocator counts for each of its values, or it could hide
 * a quorum from one node by showing it another vote (R13). Two quorums for different values still share a correct
 * voter, so the thresholds stay safe.
 */
import type { SeatVote, ValueId } from './height.ts'

export type Tally = {
  readonly value: ValueId | null
  readonly count: number
  /** By seat. */
  readonly votes: readonly (SeatVote | null)[]
}

export type Ballots = {
  readonly tallies: readonly Tally[]
  /** Seats that voted for anything. */
  readonly seatCount: number
  /** How many different votes of each seat are held. */
  readonly countBySeat: readonly number[]
}

/** What is kept of one seat without a certificate: its first vote and one that contradicts it. */
const VOTES_PER_SEAT = 2

export type Counted =
  | { readonly kind: 'known' }
  /** A third vote of the same seat, of which nobody has to keep more than the proof that it lies. */
  | { readonly kind: 'surplus' }
  | { readonly kind: 'counted'; readonly ballots: Ballots; readonly contradicts: SeatVote | null }

export function emptyBallots(voterCount: number): Ballots {
  return { tallies: [], seatCount: 0, countBySeat: Array.from({ length: voterCount }, () => 0) }
}

export function countVote(
  ballots: Ballots,
  vote: SeatVote,
  isCertified: boolean,
  isFirstOnly = false,
): Counted {
  const at = ballots.tallies.findIndex((tally) => tally.value === vote.value)
  const tally = at < 0 ? null : ballots.tallies[at]!
  if (tally !== null && tally.votes[vote.seat] !== null) return { kind: 'known' }
  const heldCount = ballots.countBySeat[vote.seat]!
  if (heldCount >= VOTES_PER_SEAT && !isCertified) return { kind: 'surplus' }
  if (isFirstOnly && heldCount > 0) return { kind: 'surplus' }
  const votes = tally === null ? ballots.countBySeat.map(() => null as SeatVote | null) : [...tally.votes]
  votes[vote.seat] = vote
  const counted: Tally = { value: vote.value, count: (tally?.count ?? 0) + 1, votes }
  const countBySeat = [...ballots.countBySeat]
  countBySeat[vote.seat] = heldCount + 1
  return {
    kind: 'counted',
    ballots: {
      tallies: tally === null ? [...ballots.tallies, counted] : ballots.tallies.with(at, counted),
      seatCount: ballots.seatCount + (heldCount === 0 ? 1 : 0),
      countBySeat,
    },
    contradicts: heldCount === 1 ? voteOfSeat(ballots, vote.seat) : null,
  }
}

/** The value for which at least `quorum` seats voted; undefined for none. There can be two only if a third is faulty. */
export function quorumValue(ballots: Ballots, quorum: number): ValueId | null | undefined {
  return ballots.tallies.find((tally) => tally.count >= quorum)?.value
}

export function countFor(ballots: Ballots, value: ValueId | null): number {
  return ballots.tallies.find((tally) => tally.value === value)?.count ?? 0
}

export function votesFor(ballots: Ballots, value: ValueId | null): SeatVote[] {
  const tally = ballots.tallies.find((candidate) => candidate.value === value)
  return tally === undefined ? [] : tally.votes.filter((vote) => vote !== null)
}

/** All votes that are held, in the order of values and seats. */
export function allVotes(ballots: Ballots): SeatVote[] {
  return ballots.tallies.flatMap((tally) => tally.votes.filter((vote) => vote !== null))
}

function voteOfSeat(ballots: Ballots, seat: number): SeatVote | null {
  for (const tally of ballots.tallies) {
    const vote = tally.votes[seat]
    if (vote) return vote
  }
  return null
}
