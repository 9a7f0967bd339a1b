/** Which votes and certificates of others count at a height (R12, R15); each signature is verified once. */
import { equalBytes } from '../../../../shared/std/bytes.ts'
import { keyOf, type MemberId, type SegmentId } from '../../chain/ids.ts'
import { verifyVote, type SignedVote, type Vote, type VoteType } from '../../chain/vote.ts'
import type { Voter } from '../../chain/voters.ts'
import type { Crypto } from '../../crypto/crypto.ts'
import type { Seat, SeatVote } from '../core/height.ts'
import type { Plant } from '../core/plant.ts'
import { quorumOf } from '../core/proposer.ts'
import { holdsVote } from '../core/relay.ts'
import { seatOf, type Desk } from './desk.ts'
import type { MemberSignature } from './messages.ts'
import { seatVote } from './seats.ts'

export interface VoteVerifier {
  /** Null for a vote of another epoch or protocol (R15), of nobody, with a wrong signature, or that is held already. */
  vote(desk: Desk, signed: SignedVote): SeatVote | null
  /**
   * Verifies every signature; a certificate counts whole or not at all (R12). The votes that were not held yet, or null
   * where it proves nothing.
   */
  certificate(
    desk: Desk,
    type: VoteType,
    round: number,
    segmentId: SegmentId | null,
    signatures: readonly MemberSignature[],
  ): SeatVote[] | null
}

export interface VoteVerifierOptions {
  readonly crypto: Crypto
  readonly memberId: MemberId
  /** Voters when this node started. */
  readonly firstVoters: readonly Voter[]
  /** A vote that verifies under our own key, whoever sent it. */
  readonly ownSeen: (vote: Vote) => void
  readonly plant: Plant | null
}

export function createVoteVerifier(options: VoteVerifierOptions): VoteVerifier {
  const { crypto, memberId, firstVoters, ownSeen, plant } = options
  /** For a planted bug: the first key of each voter since this node started. */
  const formerKeys = new Map(
    plant === 'old-key-counts' ? firstVoters.map((voter) => [keyOf(voter.memberId), voter.consensusKey]) : [],
  )

  function verified(desk: Desk, signed: SignedVote, isBelieved: boolean): SeatVote | null {
    const { chainId, epoch, height, protocolVersion, voters } = desk.context
    const { vote } = signed
    if (vote.height !== height && plant !== 'height-not-checked') return null
    if (vote.epoch !== epoch || vote.protocolVersion !== protocolVersion) return null
    const seat = seatOf(desk, vote.memberId)
    if (seat === undefined) return null
    const value = vote.segmentId === null ? null : keyOf(vote.segmentId)
    if (holdsVote(desk.state, vote.type, vote.round, value, seat)) return null
    const found = isBelieved
      ? (signed as SeatVote['signed'])
      : (verifyVote(crypto, chainId, signed, voters[seat]!.consensusKey) ?? underFormerKey(desk, signed))
    if (found === null) return null
    if (equalBytes(vote.memberId, memberId)) ownSeen(vote)
    return seatVote(found, seat)
  }

  /** A planted bug and nothing else: a key that was replaced verifies nothing (M9). */
  function underFormerKey({ context }: Desk, signed: SignedVote): SeatVote['signed'] | null {
    const former = plant === 'old-key-counts' ? formerKeys.get(keyOf(signed.vote.memberId)) : undefined
    return former === undefined ? null : verifyVote(crypto, context.chainId, signed, former)
  }

  return {
    vote: (desk, signed) => verified(desk, signed, plant === 'vote-unchecked'),
    certificate(desk, type, round, segmentId, signatures) {
      const { epoch, height, protocolVersion, voters } = desk.context
      if (signatures.length < quorumOf(voters.length)) return null
      const votes: SeatVote[] = []
      const seen = new Set<Seat>()
      for (const { memberId: signer, signature } of signatures) {
        const seat = seatOf(desk, signer)
        if (seat === undefined) return null
        if (seen.has(seat) && plant !== 'signer-counted-twice') return null
        seen.add(seat)
        const vote = { type, protocolVersion, epoch, height, round, segmentId, memberId: signer }
        const found = verified(desk, { vote, signature }, plant === 'certificate-unchecked')
        if (found !== null)
          votes.push(plant === 'signer-counted-twice' ? { ...found, seat: votes.length } : found)
        else if (!holdsVote(desk.state, type, round, segmentId && keyOf(segmentId), seat)) return null
      }
      return votes
    },
  }
}
