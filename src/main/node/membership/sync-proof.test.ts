import { describe, expect, it } from 'vitest'
import { crypto, createInstitution, flipped, foundConsortium } from '../chain/consortium.test-kit.ts'
import { PROOF_VALID_MS } from './limits.ts'
import { NOW } from './membership.test-kit.ts'
import { checkProof, encodeProofFile, openProofFile, signProof, type SyncProof } from './sync-proof.ts'

const { chainId, institutions, random } = foundConsortium({ seed: 'proof', voters: 1, hospitals: 1 })
const candidate = institutions[1]!
const own = { tip: random(32), headsRoot: random(32), blockCount: 10 }
const ownAt = (height: number) => (height <= 7 ? own : null)
const claim: SyncProof = {
  memberId: candidate.member.memberId,
  height: 7,
  ...own,
  openableCount: 10,
  createdAt: NOW,
  tokenHash: random(32),
}
const verdict = (changes: Partial<SyncProof> = {}, now = NOW, secret = candidate.authorSecret) =>
  checkProof(
    crypto,
    chainId,
    signProof(crypto, chainId, { ...claim, ...changes }, secret),
    candidate.member,
    ownAt,
    now,
  )

describe('a proof of sync', () => {
  it('holds where it names our chain and all keys', () => {
    expect(verdict()).toBe('holds')
  })

  it('has a verdict of its own for each way in which it does not', () => {
    expect(verdict({ height: 8 })).toBe('ahead-of-us')
    expect(verdict({ tip: random(32) })).toBe('other-chain')
    expect(verdict({ headsRoot: random(32) })).toBe('other-chain')
    expect(verdict({ blockCount: 9, openableCount: 9 })).toBe('other-chain')
    expect(verdict({ openableCount: 9 })).toBe('incomplete')
    expect(verdict({}, NOW + PROOF_VALID_MS)).toBe('holds')
    expect(verdict({}, NOW + PROOF_VALID_MS + 1)).toBe('too-old')
    const stranger = createInstitution(random, 'Stranger')
    expect(verdict({}, NOW, stranger.authorSecret)).toBe('forged')
    expect(verdict({ memberId: stranger.member.memberId })).toBe('other-member')
    const signed = signProof(crypto, random(32) as typeof chainId, claim, candidate.authorSecret)
    expect(checkProof(crypto, chainId, signed, candidate.member, ownAt, NOW)).toBe('forged')
    expect(checkProof(crypto, chainId, signed.subarray(1), candidate.member, ownAt, NOW)).toBe('malformed')
  })

  it('travels as a file', () => {
    const signed = signProof(crypto, chainId, claim, candidate.authorSecret)
    const file = encodeProofFile(crypto, signed)
    expect(openProofFile(crypto, file)).toMatchObject({ kind: 'opened', proof: claim })
    expect(openProofFile(crypto, flipped(file, 60))).toEqual({ kind: 'refused', reason: 'damaged' })
  })
})
