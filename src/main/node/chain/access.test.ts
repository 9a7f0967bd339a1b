import { describe, expect, it } from 'vitest'
import { createNodeCrypto, createNodeRandom } from '../crypto-node.ts'
import {
  accessFromCbor,
  accessToCbor,
  ACCESS_MS_MAX,
  CLOCK_APART_MS,
  judgeAccess,
  type AccessContent,
  type AnyAccessContent,
} from './access.ts'
import { tryDecode, encode } from './codec.ts'
import { unwrapForAccess, wrapForAccess, type GrantAbout } from './grant-wrap.ts'
import type { ChainId, MemberId, MerkleRoot } from './ids.ts'
import { keyCommitmentOf } from './record.ts'

const crypto = createNodeCrypto()
const random = createNodeRandom()
const bytes = (length: number, fill: number) => new Uint8Array(length).fill(fill)
const member = (n: number) => bytes(16, n) as Uint8Array as MemberId
const NOW = 1_790_000_000_000

const treatment: AccessContent = {
  kind: 'access',
  accessId: bytes(16, 9),
  basis: 'treatment',
  patient: [
    { epoch: 0, key: bytes(32, 1) },
    { epoch: 0, key: bytes(32, 2) },
  ],
  expiresAt: NOW + 3_600_000,
  reason: null,
  text: null,
  userKeyId: 'clerk-1',
  at: NOW,
}

describe('what hospitals say of an access', () => {
  const glass: AccessContent = { ...treatment, basis: 'break-glass', reason: 'unconscious', text: 'no name' }
  const said: AnyAccessContent[] = [
    treatment,
    glass,
    { ...treatment, basis: 'consent', text: 'form 12' },
    { kind: 'access-end', accessId: bytes(16, 9), userKeyId: 'u', at: NOW },
    {
      kind: 'access-review',
      accessId: bytes(16, 9),
      verdict: 'object',
      text: 'why',
      userKeyId: 'u',
      at: NOW,
    },
    { kind: 'access-review', accessId: bytes(16, 9), verdict: 'agree', text: null, userKeyId: 'u', at: NOW },
  ]

  it('comes back as it was said', () => {
    for (const content of said)
      expect(accessFromCbor(tryDecode(encode(accessToCbor(content))) ?? undefined)).toEqual(content)
  })

  it('is refused with a slot more or less, and with an id of another length', () => {
    for (const content of said) {
      const slots = accessToCbor(content) as readonly never[]
      expect(accessFromCbor([...slots, 1])).toBeNull()
      expect(accessFromCbor(slots.slice(0, -1))).toBeNull()
      expect(accessFromCbor(slots.map((slot, i) => (i === 1 ? bytes(15, 9) : slot)))).toBeNull()
    }
  })

  it('is refused for a broken glass without a reason, a reason without one, and names out of order', () => {
    expect(accessFromCbor(accessToCbor({ ...glass, reason: null }))).toBeNull()
    expect(accessFromCbor(accessToCbor({ ...treatment, reason: 'unconscious' }))).toBeNull()
    const patient = [...treatment.patient].reverse()
    expect(accessFromCbor(accessToCbor({ ...treatment, patient }))).toBeNull()
    expect(accessFromCbor(accessToCbor({ ...treatment, patient: [] }))).toBeNull()
    expect(
      accessFromCbor(accessToCbor({ ...treatment, patient: [treatment.patient[0]!, treatment.patient[0]!] })),
    ).toBeNull()
  })
})

describe('judgeAccess', () => {
  const judge = (
    content: Partial<AccessContent>,
    over: { from?: MemberId; now?: number; known?: Parameters<typeof judgeAccess>[4] } = {},
  ) =>
    judgeAccess(
      { ...treatment, ...content },
      member(1),
      over.from ?? member(1),
      over.now ?? NOW,
      over.known ?? null,
    )

  it('lets the hospital that said it read until its end, and not a millisecond longer', () => {
    expect(judge({})).toBeNull()
    expect(judge({}, { now: treatment.expiresAt - 1 })).toBeNull()
    expect(judge({}, { now: treatment.expiresAt })).toBe('expired')
  })

  it('refuses it from any other hospital', () => {
    expect(judge({}, { from: member(2) })).toBe('not-yours')
  })

  it('refuses what is longer than its basis allows, whatever its clock says', () => {
    for (const basis of ['treatment', 'consent', 'break-glass'] as const) {
      const reason = basis === 'break-glass' ? 'other' : null
      const max = ACCESS_MS_MAX[basis]
      expect(judge({ basis, reason, expiresAt: NOW + max })).toBeNull()
      expect(judge({ basis, reason, expiresAt: NOW + max + 1 })).toBe('too-long')
    }
    // Said in the future, so that it would last longer: no.
    const at = NOW + CLOCK_APART_MS + 1
    expect(judge({ at, expiresAt: at + 1_000 })).toBe('clock')
    // Said in the past it ends in the past.
    expect(judge({ at: NOW - ACCESS_MS_MAX.treatment, expiresAt: NOW })).toBe('expired')
  })

  it('refuses an id that was used for something else, and one that has ended', () => {
    const known = { content: treatment, author: member(1), endedAt: null }
    expect(judge({}, { known })).toBeNull()
    expect(judge({ expiresAt: treatment.expiresAt + 1 }, { known })).toBe('altered')
    expect(judge({ patient: [{ epoch: 0, key: bytes(32, 7) }] }, { known })).toBe('altered')
    expect(judge({}, { known: { ...known, author: member(2) } })).toBe('altered')
    expect(judge({}, { known: { ...known, endedAt: NOW } })).toBe('ended')
  })
})

describe('a wrapped key', () => {
  const chainId = bytes(32, 3) as Uint8Array as ChainId
  const secret = random(32)
  const dataKey = random(32)
  const commitment = keyCommitmentOf(crypto, chainId, dataKey)
  const about: GrantAbout = {
    accessId: bytes(16, 9),
    reader: member(1),
    custodian: member(2),
    patientKey: bytes(32, 1),
    visitId: bytes(16, 5),
    merkleRoot: bytes(32, 6) as Uint8Array as MerkleRoot,
    expiresAt: NOW,
  }
  const wrap = wrapForAccess(crypto, random, chainId, about, crypto.x25519PublicKey(secret), dataKey)!
  const open = (over: Partial<GrantAbout> = {}, key = secret, commitTo = commitment) =>
    unwrapForAccess(crypto, chainId, { ...about, ...over }, wrap, key, commitTo)

  it('opens for its reader, as what it was wrapped for', () => {
    expect(open()).toEqual({ kind: 'unwrapped', dataKey })
  })

  it('does not open for another access, patient, visit, version, hospital or end, nor for another reader', () => {
    const others: Partial<GrantAbout>[] = [
      { accessId: bytes(16, 8) },
      { reader: member(3) },
      { custodian: member(3) },
      { patientKey: bytes(32, 2) },
      { visitId: bytes(16, 6) },
      { merkleRoot: bytes(32, 7) as Uint8Array as MerkleRoot },
      { expiresAt: NOW + 1 },
    ]
    for (const over of others) expect(open(over)).toEqual({ kind: 'refused', reason: 'row-tag' })
    expect(open({}, random(32))).toEqual({ kind: 'refused', reason: 'row-tag' })
  })

  it('is refused where it holds another key than the chain committed to', () => {
    const other = keyCommitmentOf(crypto, chainId, random(32))
    expect(open({}, secret, other)).toEqual({ kind: 'refused', reason: 'row-commitment' })
  })
})
