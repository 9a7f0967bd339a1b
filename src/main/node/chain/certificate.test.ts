import { describe, expect, it } from 'vitest'
import { present } from '../../../shared/std/assert.ts'
import { checkCertificate, decodeCertificate, encodeCertificate, makeCertificate } from './certificate.ts'
import { certificateContextOf } from './chain-state.ts'
import {
  createInstitution,
  crypto,
  flipped,
  foundConsortium,
  type Institution,
} from './consortium.test-kit.ts'
import type { SegmentId } from './ids.ts'
import {
  proposalFromCbor,
  proposalToCbor,
  signedVoteFromCbor,
  signedVoteToCbor,
  signProposal,
  signVote,
  verifyProposal,
  verifyVote,
  voteFromCbor,
  voteToCbor,
  type Vote,
} from './vote.ts'

const consortium = foundConsortium({ voters: 4, others: ['university'] })
const { chainId, start } = consortium
const context = certificateContextOf(start)
const segmentId = consortium.random(32) as SegmentId
const voteOf = (institution: Institution, changes: Partial<Vote> = {}) =>
  signVote(
    crypto,
    chainId,
    {
      type: 'precommit',
      protocolVersion: 1,
      epoch: 0,
      height: 1,
      round: 2,
      segmentId,
      memberId: institution.member.memberId,
      ...changes,
    },
    institution.consensusSecret,
  )
const [a, b, c, d, university] = consortium.institutions as [
  Institution,
  Institution,
  Institution,
  Institution,
  Institution,
]
const check = (certificate: ReturnType<typeof makeCertificate>, height = 1, id = segmentId) =>
  checkCertificate(crypto, context, certificate, height, id)

describe('a certificate', () => {
  it('proves a segment final by a quorum of distinct voters', () => {
    expect(check(makeCertificate([voteOf(a), voteOf(b), voteOf(c)]))).toBeNull()
    expect(check(makeCertificate([voteOf(d), voteOf(b), voteOf(c), voteOf(a)]))).toBeNull()
    expect(check(makeCertificate([voteOf(a), voteOf(b)]))).toBe('certificate-quorum')
  })

  it('of everybody but the hospitals finalises nothing, however many they are (T05)', () => {
    const outsiders = Array.from({ length: 20 }, () =>
      createInstitution(consortium.random, 'Insurer', 'insurer'),
    )
    const crowd = makeCertificate([university, ...outsiders].map((each) => voteOf(each)))
    expect(check(crowd)).toBe('certificate-not-a-voter')
    expect(check(makeCertificate([voteOf(a), voteOf(b), ...outsiders.map((each) => voteOf(each))]))).toBe(
      'certificate-not-a-voter',
    )
  })

  it('counts nobody twice and no member without a vote', () => {
    const certificate = makeCertificate([voteOf(a), voteOf(b), voteOf(c)])
    const [first, second] = certificate.signatures
    expect(check({ ...certificate, signatures: [first!, first!, second!] })).toBe('certificate-order')
    expect(check({ ...certificate, signatures: [...certificate.signatures].reverse() })).toBe(
      'certificate-order',
    )
    expect(check(makeCertificate([voteOf(a), voteOf(b), voteOf(university)]))).toBe('certificate-not-a-voter')
  })

  it('takes no signature over anything else', () => {
    const others: Partial<Vote>[] = [
      { type: 'prevote' },
      { epoch: 1 },
      { height: 2 },
      { round: 3 },
      { protocolVersion: 2 },
      { segmentId: null },
      { segmentId: consortium.random(32) as SegmentId },
    ]
    for (const changes of others) {
      const certificate = makeCertificate([voteOf(a), voteOf(b), voteOf(c)])
      const signature = voteOf(a, changes).signature
      const signatures = certificate.signatures.map((entry) =>
        entry.memberId === a.member.memberId ? { ...entry, signature } : entry,
      )
      expect(check({ ...certificate, signatures })).toBe('certificate-signature')
    }
    const elsewhere = foundConsortium({ seed: 'elsewhere' })
    expect(
      checkCertificate(
        crypto,
        { ...context, chainId: elsewhere.chainId },
        makeCertificate([voteOf(a), voteOf(b), voteOf(c)]),
        1,
        segmentId,
      ),
    ).toBe('certificate-signature')
    const certificate = makeCertificate([voteOf(a), voteOf(b), voteOf(c)])
    expect(check(certificate, 2)).toBe('certificate-other-segment')
    expect(check(certificate, 1, consortium.random(32) as SegmentId)).toBe('certificate-other-segment')
  })

  it('has one encoding, and any changed byte of it is found', () => {
    const bytes = encodeCertificate(makeCertificate([voteOf(a), voteOf(b), voteOf(c)]))
    expect(check(present(decodeCertificate(bytes)))).toBeNull()
    for (let place = 0; place < bytes.length; place++) {
      const changed = decodeCertificate(flipped(bytes, place, 1 << (place % 8)))
      if (changed !== null) expect(check(changed)).not.toBeNull()
    }
  })

  it('is only made of precommits for one segment of one round', () => {
    expect(() => makeCertificate([])).toThrow()
    expect(() => makeCertificate([voteOf(a), voteOf(b, { round: 3 })])).toThrow()
    expect(() => makeCertificate([voteOf(a, { type: 'prevote' })])).toThrow()
    expect(() => makeCertificate([voteOf(a, { segmentId: null })])).toThrow()
  })
})

describe('votes and proposals', () => {
  it('are verified as they were signed', () => {
    const signed = voteOf(a, { segmentId: null, type: 'prevote' })
    expect(verifyVote(crypto, chainId, signed, a.member.consensusKey)).toBe(signed)
    expect(verifyVote(crypto, chainId, signed, b.member.consensusKey)).toBeNull()
    expect(voteFromCbor(voteToCbor(signed.vote))).toEqual(signed.vote)
    expect(signedVoteFromCbor(signedVoteToCbor(signed))).toEqual(signed)
    const proposal = {
      protocolVersion: 1,
      epoch: 0,
      height: 1,
      round: 0,
      validRound: -1,
      segmentId,
      memberId: a.member.memberId,
    }
    const proposed = signProposal(crypto, chainId, proposal, a.consensusSecret)
    expect(verifyProposal(crypto, chainId, proposed, a.member.consensusKey)).toBe(proposed)
    const again = { ...proposed, proposal: { ...proposal, round: 1 } }
    expect(verifyProposal(crypto, chainId, again, a.member.consensusKey)).toBeNull()
    expect(proposalFromCbor(proposalToCbor(proposal))).toEqual(proposal)
    expect(proposalFromCbor(proposalToCbor({ ...proposal, validRound: 0 }))).toBeNull()
  })

  it('of one kind are no votes of the other', () => {
    const prevote = voteOf(a, { type: 'prevote' })
    const moved = { ...prevote, vote: { ...prevote.vote, type: 'precommit' as const } }
    expect(verifyVote(crypto, chainId, moved, a.member.consensusKey)).toBeNull()
  })
})
