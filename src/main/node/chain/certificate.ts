/** The proof that a segment is final: precommits of a quorum (record-format.md section 10). */
import { assert } from '../../../shared/std/assert.ts'
import { compareBytes, equalBytes } from '../../../shared/std/bytes.ts'
import type { Crypto } from '../crypto/crypto.ts'
import { encode, tryDecode } from './codec.ts'
import {
  asArray,
  asList,
  isBytes,
  isCount,
  MEMBER_ID_BYTES,
  type ChainId,
  type MemberId,
  type SegmentId,
} from './ids.ts'
import { MEMBERS_MAX } from './limits.ts'
import { voteSignBytes, type SignedVote } from './vote.ts'
import { quorumOf, type Voter } from './voters.ts'

export type Certificate = {
  readonly height: number
  readonly round: number
  readonly segmentId: SegmentId
  /** Sorted by member id, each once. */
  readonly signatures: readonly { readonly memberId: MemberId; readonly signature: Uint8Array }[]
}

/** Who may sign, and in which words: from the state before the segment. */
export type CertificateContext = {
  readonly chainId: ChainId
  readonly protocolVersion: number
  readonly epoch: number
  readonly voters: readonly Voter[]
}

export type CertificateRefusal =
  | 'certificate-malformed'
  | 'certificate-other-segment'
  | 'certificate-order'
  | 'certificate-not-a-voter'
  | 'certificate-quorum'
  | 'certificate-signature'

/** Gathers the precommits for one segment of one round. The votes were verified. */
export function makeCertificate(precommits: readonly SignedVote[]): Certificate {
  const first = precommits[0]?.vote
  assert(first !== undefined && first.segmentId !== null, 'a certificate needs votes for a segment')
  for (const { vote } of precommits)
    assert(
      vote.type === 'precommit' &&
        vote.height === first.height &&
        vote.round === first.round &&
        vote.segmentId !== null &&
        equalBytes(vote.segmentId, first.segmentId),
      'the precommits of a certificate are for the same segment and round',
    )
  return {
    height: first.height,
    round: first.round,
    segmentId: first.segmentId,
    signatures: precommits
      .map(({ vote, signature }) => ({ memberId: vote.memberId, signature }))
      .sort((a, b) => compareBytes(a.memberId, b.memberId)),
  }
}

/** Null where the certificate proves that this segment is final. All signatures in it must hold, not only enough. */
export function checkCertificate(
  crypto: Crypto,
  context: CertificateContext,
  certificate: Certificate,
  height: number,
  segmentId: SegmentId,
): CertificateRefusal | null {
  if (certificate.height !== height || !equalBytes(certificate.segmentId, segmentId))
    return 'certificate-other-segment'
  const { signatures, round } = certificate
  for (let i = 1; i < signatures.length; i++)
    if (compareBytes(signatures[i - 1]!.memberId, signatures[i]!.memberId) >= 0) return 'certificate-order'
  if (signatures.length < quorumOf(context.voters.length)) return 'certificate-quorum'
  for (const { memberId, signature } of signatures) {
    const voter = context.voters.find((candidate) => equalBytes(candidate.memberId, memberId))
    if (voter === undefined) return 'certificate-not-a-voter'
    const signBytes = voteSignBytes(context.chainId, {
      type: 'precommit',
      protocolVersion: context.protocolVersion,
      epoch: context.epoch,
      height,
      round,
      segmentId,
      memberId,
    })
    if (!crypto.ed25519Verify(voter.consensusKey, signBytes, signature)) return 'certificate-signature'
  }
  return null
}

export function encodeCertificate(certificate: Certificate): Uint8Array {
  const signatures = certificate.signatures.map(({ memberId, signature }) => [memberId, signature])
  return encode([1, certificate.height, certificate.round, certificate.segmentId, signatures])
}

export function decodeCertificate(bytes: Uint8Array): Certificate | null {
  const slots = asArray(tryDecode(bytes), 5)
  if (slots === null) return null
  const [version, height, round, segmentId, entries] = slots
  if (version !== 1 || !isCount(height) || !isCount(round) || !isBytes(segmentId, 32)) return null
  const list = asList(entries, MEMBERS_MAX)
  if (list === null) return null
  const signatures: { memberId: MemberId; signature: Uint8Array }[] = []
  for (const entry of list) {
    const pair = asArray(entry, 2)
    if (pair === null || !isBytes(pair[0], MEMBER_ID_BYTES) || !isBytes(pair[1], 64)) return null
    signatures.push({ memberId: pair[0] as MemberId, signature: pair[1] })
  }
  return { height, round, segmentId: segmentId as SegmentId, signatures }
}
