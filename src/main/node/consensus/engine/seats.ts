/** Signed words as the core counts them: by the seat of who signed, and by the name of the value. */
import { keyOf } from '../../chain/ids.ts'
import type { Seat, SeatProposal, SeatVote } from '../core/height.ts'

export function seatProposal(signed: SeatProposal['signed'], seat: Seat, isTimely: boolean): SeatProposal {
  const { round, validRound, segmentId } = signed.proposal
  return { round, validRound, value: keyOf(segmentId), seat, isTimely, signed }
}

export function seatVote(signed: SeatVote['signed'], seat: Seat): SeatVote {
  const { type, round, segmentId } = signed.vote
  return { type, round, value: segmentId === null ? null : keyOf(segmentId), seat, signed }
}
