import { describe, expect, it } from 'vitest'
import type { Bytes } from '../../shared/std/bytes.ts'
import type { ItemHash } from '../node/chain/ids.ts'
import { createNodeCrypto } from '../node/crypto-node.ts'
import { decodeCheck, encodeCheck, isSignedCheck, signCheck } from './check-statement.ts'

const crypto = createNodeCrypto()
const chainId = new Uint8Array(32).fill(1) as Bytes
const about = {
  studyHash: new Uint8Array(32).fill(2) as Uint8Array as ItemHash,
  proposalHash: new Uint8Array(32).fill(3),
  verdict: 'approve',
} as const
const said = { checklist: ['purpose', 'groups'], comment: '樣本數足夠', at: 17 }
const user = new Uint8Array(32).fill(9) as Bytes

describe('what a checker says', () => {
  it('comes back as it was signed, and holds for this study, this proposal and this verdict alone', () => {
    const statement = decodeCheck(encodeCheck(signCheck(crypto, chainId, about, said, user)))!
    expect(statement).toMatchObject(said)
    expect(isSignedCheck(crypto, chainId, about, statement)).toBe(true)
    const other = new Uint8Array(32).fill(8)
    for (const changed of [
      { ...about, verdict: 'refuse' as const },
      { ...about, proposalHash: other },
      { ...about, studyHash: other as Uint8Array as ItemHash },
    ])
      expect(isSignedCheck(crypto, chainId, changed, statement)).toBe(false)
    expect(isSignedCheck(crypto, other as Bytes, about, statement)).toBe(false)
    expect(isSignedCheck(crypto, chainId, about, { ...statement, comment: null })).toBe(false)
    expect(isSignedCheck(crypto, chainId, about, { ...statement, checklist: ['purpose'] })).toBe(false)
  })
  it('does not decode what is longer than people write', () => {
    const statement = signCheck(crypto, chainId, about, said, user)
    expect(decodeCheck(encodeCheck({ ...statement, comment: null }))).not.toBeNull()
    expect(decodeCheck(encodeCheck({ ...statement, comment: 'x'.repeat(2_001) }))).toBeNull()
    expect(decodeCheck(encodeCheck({ ...statement, checklist: [''] }))).toBeNull()
    expect(decodeCheck(new Uint8Array([...encodeCheck(statement), 0]) as Bytes)).toBeNull()
  })
})
