/**
 * What a validator writes down before it speaks (R20-R22). An entry is one value of deterministic CBOR; the entries of a
 * height, in order, give back everything that this node has signed and what it is locked on, with the proof.
 */
import { encode, tryDecode } from '../../chain/codec.ts'
import { asArray, isBytes, isCount, type SegmentId } from '../../chain/ids.ts'
import type { SegmentBundle } from '../../chain/segment.ts'
import {
  proposalFromCbor,
  proposalToCbor,
  signedVoteFromCbor,
  signedVoteToCbor,
  type SignedProposal,
  type SignedVote,
} from '../../chain/vote.ts'
import {
  bundleFromCbor,
  bundleToCbor,
  signaturesFromCbor,
  signaturesToCbor,
  type MemberSignature,
} from './messages.ts'

export type LogEntry =
  /** A segment that this node voted for or proposed. Written once per value. */
  | { readonly kind: 'value'; readonly bundle: SegmentBundle }
  | { readonly kind: 'proposal'; readonly signed: SignedProposal }
  | { readonly kind: 'vote'; readonly signed: SignedVote }
  /**
   * A lock with the prevotes that justify it. Without them two crashes could destroy the last copy of a proof, and the
   * height would never end.
   */
  | {
      readonly kind: 'lock'
      readonly round: number
      readonly segmentId: SegmentId
      readonly proof: readonly MemberSignature[]
    }

export function encodeLogEntry(entry: LogEntry): Uint8Array {
  switch (entry.kind) {
    case 'value':
      return encode([1, ...bundleToCbor(entry.bundle)])
    case 'proposal':
      return encode([2, proposalToCbor(entry.signed.proposal), entry.signed.signature])
    case 'vote':
      return encode([3, signedVoteToCbor(entry.signed)])
    case 'lock':
      return encode([4, entry.round, entry.segmentId, signaturesToCbor(entry.proof)])
  }
}

/** Null for bytes that this code did not write. */
export function decodeLogEntry(bytes: Uint8Array): LogEntry | null {
  const value = tryDecode(bytes)
  if (!Array.isArray(value)) return null
  switch (value[0]) {
    case 1: {
      const bundle = bundleFromCbor(value.slice(1))
      return bundle && { kind: 'value', bundle }
    }
    case 2: {
      const slots = asArray(value, 3)
      const proposal = slots && proposalFromCbor(slots[1])
      return slots && proposal && isBytes(slots[2], 64)
        ? { kind: 'proposal', signed: { proposal, signature: slots[2] } }
        : null
    }
    case 3: {
      const signed = value.length === 2 ? signedVoteFromCbor(value[1]) : null
      return signed && { kind: 'vote', signed }
    }
    case 4: {
      const slots = asArray(value, 4)
      const proof = slots && signaturesFromCbor(slots[3])
      return slots && proof && isCount(slots[1]) && isBytes(slots[2], 32)
        ? { kind: 'lock', round: slots[1], segmentId: slots[2] as SegmentId, proof }
        : null
    }
    default:
      return null
  }
}
