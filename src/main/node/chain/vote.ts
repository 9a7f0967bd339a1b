/** Signed messages of consensus: proposals and votes (record-format.md section 10). */
import type { Verified } from '../../../shared/std/brand.ts'
import type { Crypto } from '../crypto/crypto.ts'
import { signatureInput } from '../crypto/labels.ts'
import { encode, type Cbor } from './codec.ts'
import {
  asArray,
  isBytes,
  isCount,
  MEMBER_ID_BYTES,
  type ChainId,
  type MemberId,
  type SegmentId,
} from './ids.ts'

export type VoteType = 'prevote' | 'precommit'

export type Vote = {
  readonly type: VoteType
  readonly protocolVersion: number
  readonly epoch: number
  readonly height: number
  readonly round: number
  /** Null is a vote for nothing. */
  readonly segmentId: SegmentId | null
  readonly memberId: MemberId
}
export type SignedVote = { readonly vote: Vote; readonly signature: Uint8Array }

export type Proposal = {
  readonly protocolVersion: number
  readonly epoch: number
  readonly height: number
  readonly round: number
  /** The round whose prevotes justify proposing this again; -1 for a fresh one. */
  readonly validRound: number
  readonly segmentId: SegmentId
  readonly memberId: MemberId
}
export type SignedProposal = { readonly proposal: Proposal; readonly signature: Uint8Array }

const TYPE_NUMBER: Readonly<Record<VoteType, number>> = { prevote: 1, precommit: 2 }

/** The bytes that a voter's consensus key signs. */
export function voteSignBytes(chainId: ChainId, vote: Vote): Uint8Array {
  return signatureInput('consilium/vote/1', chainId, encode(voteToCbor(vote)))
}

export function signVote(
  crypto: Crypto,
  chainId: ChainId,
  vote: Vote,
  consensusSecret: Uint8Array,
): SignedVote {
  return { vote, signature: crypto.ed25519Sign(consensusSecret, voteSignBytes(chainId, vote)) }
}

/** The vote, if `consensusKey` signed it; whether that member votes in that epoch is the caller's to know. */
export function verifyVote(
  crypto: Crypto,
  chainId: ChainId,
  signed: SignedVote,
  consensusKey: Uint8Array,
): Verified<SignedVote> | null {
  const isSigned = crypto.ed25519Verify(consensusKey, voteSignBytes(chainId, signed.vote), signed.signature)
  return isSigned ? (signed as Verified<SignedVote>) : null
}

export function voteToCbor(vote: Vote): Cbor {
  return [
    TYPE_NUMBER[vote.type],
    vote.protocolVersion,
    vote.epoch,
    vote.height,
    vote.round,
    vote.segmentId,
    vote.memberId,
  ]
}

export function voteFromCbor(value: Cbor | undefined): Vote | null {
  const slots = asArray(value, 7)
  if (slots === null) return null
  const [type, protocolVersion, epoch, height, round, segmentId, memberId] = slots
  if ((type !== 1 && type !== 2) || !isCount(protocolVersion) || !isCount(epoch) || !isCount(height))
    return null
  if (
    !isCount(round) ||
    (segmentId !== null && !isBytes(segmentId, 32)) ||
    !isBytes(memberId, MEMBER_ID_BYTES)
  )
    return null
  return {
    type: type === 1 ? 'prevote' : 'precommit',
    protocolVersion,
    epoch,
    height,
    round,
    segmentId: segmentId as SegmentId | null,
    memberId: memberId as MemberId,
  }
}

/** `[vote, signature]`, as in evidence and on the wire. */
export function signedVoteToCbor(signed: SignedVote): Cbor {
  return [voteToCbor(signed.vote), signed.signature]
}

export function signedVoteFromCbor(value: Cbor | undefined): SignedVote | null {
  const slots = asArray(value, 2)
  const vote = slots && voteFromCbor(slots[0])
  return slots && vote && isBytes(slots[1], 64) ? { vote, signature: slots[1] } : null
}

/** The bytes that the proposer's consensus key signs. */
export function proposalSignBytes(chainId: ChainId, proposal: Proposal): Uint8Array {
  return signatureInput('consilium/proposal/1', chainId, encode(proposalToCbor(proposal)))
}

export function signProposal(
  crypto: Crypto,
  chainId: ChainId,
  proposal: Proposal,
  consensusSecret: Uint8Array,
): SignedProposal {
  return { proposal, signature: crypto.ed25519Sign(consensusSecret, proposalSignBytes(chainId, proposal)) }
}

export function verifyProposal(
  crypto: Crypto,
  chainId: ChainId,
  signed: SignedProposal,
  consensusKey: Uint8Array,
): Verified<SignedProposal> | null {
  const signBytes = proposalSignBytes(chainId, signed.proposal)
  return crypto.ed25519Verify(consensusKey, signBytes, signed.signature)
    ? (signed as Verified<SignedProposal>)
    : null
}

export function proposalToCbor(proposal: Proposal): Cbor {
  return [
    proposal.protocolVersion,
    proposal.epoch,
    proposal.height,
    proposal.round,
    proposal.validRound,
    proposal.segmentId,
    proposal.memberId,
  ]
}

export function proposalFromCbor(value: Cbor | undefined): Proposal | null {
  const slots = asArray(value, 7)
  if (slots === null) return null
  const [protocolVersion, epoch, height, round, validRound, segmentId, memberId] = slots
  if (!isCount(protocolVersion) || !isCount(epoch) || !isCount(height) || !isCount(round)) return null
  if (typeof validRound !== 'number' || validRound < -1 || validRound >= round) return null
  if (!isBytes(segmentId, 32) || !isBytes(memberId, MEMBER_ID_BYTES)) return null
  return {
    protocolVersion,
    epoch,
    height,
    round,
    validRound,
    segmentId: segmentId as SegmentId,
    memberId: memberId as MemberId,
  }
}
