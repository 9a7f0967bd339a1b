/**
 * Who holds what, and what a peer lacks (R30). Everyone offers all votes of the height, not only its own: it carries the
 * paper's assumption that what one correct node has received, all will, over a mesh that loses messages.
 */
import { fromHex } from '../../../../shared/std/bytes.ts'
import { keyOf, type SegmentId } from '../../chain/ids.ts'
import type { VoteType } from '../../chain/vote.ts'
import { allVotes, type Ballots, type Tally } from './ballots.ts'
import type { HeightState, SeatVote, ValueId } from './height.ts'
import { quorum, ROUNDS_AHEAD, ROUNDS_BEHIND } from './step.ts'

export type HeldVotes = { readonly segmentId: SegmentId | null; readonly seats: Uint8Array }
export type HeldRound = {
  readonly round: number
  readonly hasProposal: boolean
  readonly prevotes: readonly HeldVotes[]
  readonly precommits: readonly HeldVotes[]
}

/** Newest rounds that a status tells about, besides those of lock and valid value. */
const ROUNDS_TOLD = 4

/** What this node holds, for its status. An idle one says that it holds nothing of round 0, or nobody would wake it. */
export function heldRounds(state: HeightState): HeldRound[] {
  const rounds = new Set<number>()
  for (let round = state.round; round >= 0 && round > state.round - ROUNDS_TOLD; round--) rounds.add(round)
  if (state.valid !== null) rounds.add(state.valid.round)
  return [...rounds]
    .sort((a, b) => b - a)
    .map((round) => {
      const book = state.books[round]
      return {
        round,
        hasProposal: book?.proposal != null && state.verdicts[book.proposal.value] !== undefined,
        prevotes: book ? held(book.prevotes) : [],
        precommits: book ? held(book.precommits) : [],
      }
    })
}

export type Lacking = {
  readonly votes: readonly SeatVote[]
  /** Quorums, whole: a peer to whom an equivocator showed other votes counts these all the same (R13). */
  readonly certificates: readonly (readonly SeatVote[])[]
  /** Rounds whose proposal the peer has not. */
  readonly proposals: readonly number[]
}

/** What a peer at this height, which told `rounds` and is in `peerRound`, lacks of what this node holds. */
export function lackingOf(state: HeightState, peerRound: number, rounds: readonly HeldRound[]): Lacking {
  const told = new Map(rounds.map((held) => [held.round, held]))
  const votes: SeatVote[] = []
  const certificates: SeatVote[][] = []
  const proposals: number[] = []
  for (const [name, book] of Object.entries(state.books)) {
    const round = Number(name)
    const peer = told.get(round)
    // Of rounds that it did not tell about it needs those to come; of all others it would forget or has enough.
    if (peer === undefined && round <= peerRound) continue
    // Far ahead: only that we are there, so that it can follow.
    if (round > peerRound + ROUNDS_AHEAD && round !== state.round) continue
    if (round < peerRound - ROUNDS_BEHIND && peer === undefined) continue
    for (const lacked of [
      ...missing(book.prevotes, peer?.prevotes ?? []),
      ...missing(book.precommits, peer?.precommits ?? []),
    ]) {
      if (lacked.tally.count >= quorum(state))
        certificates.push(lacked.tally.votes.filter((vote) => vote !== null))
      else votes.push(...lacked.votes)
    }
    if (book.proposal !== null && peer?.hasProposal !== true && round <= peerRound + ROUNDS_AHEAD)
      proposals.push(round)
  }
  if (state.plant === 'nothing-sent-again') return { votes: [], certificates: [], proposals: [] }
  return { votes, certificates, proposals }
}

/** Every vote of the height that is held. */
export function votesHeld(state: HeightState): SeatVote[] {
  return Object.values(state.books).flatMap(({ prevotes, precommits }) => [
    ...allVotes(prevotes),
    ...allVotes(precommits),
  ])
}

/** Whether this vote is held, so that its signature need not be checked again. */
export function holdsVote(
  state: HeightState,
  type: VoteType,
  round: number,
  value: ValueId | null,
  seat: number,
): boolean {
  const book = state.books[round]
  if (book === undefined) return false
  const ballots = type === 'prevote' ? book.prevotes : book.precommits
  return ballots.tallies.some((tally) => tally.value === value && tally.votes[seat] != null)
}

function held(ballots: Ballots): HeldVotes[] {
  return ballots.tallies.map((tally) => {
    const seats = new Uint8Array(Math.ceil(tally.votes.length / 8))
    tally.votes.forEach((vote, seat) => {
      if (vote !== null) seats[seat >> 3]! |= 1 << (seat & 7)
    })
    return {
      segmentId: tally.value === null ? null : (fromHex(tally.value) as Uint8Array as SegmentId),
      seats,
    }
  })
}

/** By tally, where there is something that the peer lacks. */
function missing(ballots: Ballots, peer: readonly HeldVotes[]): { tally: Tally; votes: SeatVote[] }[] {
  const seatsOf = new Map(
    peer.map(({ segmentId, seats }) => [segmentId === null ? null : keyOf(segmentId), seats]),
  )
  return ballots.tallies
    .map((tally) => {
      const seats = seatsOf.get(tally.value)
      const isHeld = (seat: number) => ((seats?.[seat >> 3] ?? 0) & (1 << (seat & 7))) !== 0
      return {
        tally,
        votes: tally.votes.filter((vote) => vote !== null).filter((vote) => !isHeld(vote.seat)),
      }
    })
    .filter(({ votes }) => votes.length > 0)
}
