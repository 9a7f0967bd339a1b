/** What a node holds of its height, as it says it to others: its status, and what a peer's status shows that it lacks (R30, R31). */
import type { SeatVote } from '../core/height.ts'
import { heldRounds, lackingOf } from '../core/relay.ts'
import { bookOf } from '../core/step.ts'
import type { Desk } from './desk.ts'
import type { MemberSignature, Message, Status } from './messages.ts'

/** @param localTime milliseconds since 1970 */
export function statusOf({ context, state }: Desk, localTime: number, isQuestion: boolean): Status {
  const { height, previousSegmentId } = context
  return {
    height,
    previousSegmentId,
    round: state.round,
    localTime,
    rounds: heldRounds(state),
    isQuestion,
  }
}

/** Of a peer that just began this height: it holds nothing. */
export function holdsNothing({ rounds }: Status): boolean {
  return rounds.every(
    ({ hasProposal, prevotes, precommits }) =>
      !hasProposal && prevotes.length === 0 && precommits.length === 0,
  )
}

/** For a peer at the same height, what it does not hold yet. */
export function lackedBy(desk: Desk, { round, rounds }: Status): Message[] {
  const lacking = lackingOf(desk.state, round, rounds)
  return [
    ...lacking.proposals.map((each) => heldProposal(desk, each)).filter((message) => message !== null),
    ...lacking.certificates.map(certificateMessage),
    ...(lacking.votes.length > 0
      ? [{ kind: 'votes' as const, votes: lacking.votes.map((vote) => vote.signed) }]
      : []),
  ]
}

function heldProposal({ state, values }: Desk, round: number): Message | null {
  const { proposal } = bookOf(state, round)
  const value = proposal && values.get(proposal.value)
  if (!proposal || !value) return null
  const { validRound } = proposal
  const votes = validRound < 0 ? [] : bookOf(state, validRound).prevotes.tallies
  const proof = votes.find((tally) => tally.value === proposal.value)?.votes ?? []
  const signatures = proof.filter((vote) => vote !== null).map(memberSignature)
  return { kind: 'proposal', signed: proposal.signed, bundle: value.bundle, proof: signatures }
}

function certificateMessage(votes: readonly SeatVote[]): Message {
  const { type, height, round, segmentId } = votes[0]!.signed.vote
  return {
    kind: 'certificate',
    certificate: { type, height, round, segmentId, signatures: votes.map(memberSignature) },
  }
}

export function memberSignature({ signed }: SeatVote): MemberSignature {
  return { memberId: signed.vote.memberId, signature: signed.signature }
}
