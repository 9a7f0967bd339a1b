import { describe, expect, it } from 'vitest'
import { compareBytes, toHex } from '../../../shared/std/bytes.ts'
import { crypto, createInstitution, flipped, FOUNDED_AT, seededRandom } from './consortium.test-kit.ts'
import { encodeGenesis, encodeSignedGenesis, signGenesis, verifyGenesis, type Genesis } from './genesis.ts'
import { memberFromCbor, memberToCbor } from './members.ts'
import { createPolicy, policyFromCbor, policyValue, POLICY_DEFAULTS, withPolicyValue } from './policy.ts'
import {
  faultsTolerated,
  isVoterChangeAllowed,
  isVoterCountAllowed,
  quorumOf,
  seatsChanged,
  votersOf,
} from './voters.ts'

const random = seededRandom('genesis')
const hospitals = Array.from({ length: 7 }, (_, i) => createInstitution(random, `Hospital ${i}`))
const university = createInstitution(random, 'University', 'university')

function found(institutions = hospitals.slice(0, 4), changes: Partial<Genesis> = {}) {
  const genesis: Genesis = {
    name: 'Consortium',
    createdAt: FOUNDED_AT,
    nonce: new Uint8Array(16),
    members: institutions.map(({ member }) => member),
    policy: createPolicy(),
    networkGeneration: 1,
    ...changes,
  }
  const bytes = encodeGenesis(genesis)
  const signatures = institutions.map(({ member, rootSecret }) =>
    signGenesis(crypto, bytes, member.memberId, rootSecret),
  )
  return {
    genesis,
    bytes,
    signatures,
    check: verifyGenesis(crypto, encodeSignedGenesis(genesis, signatures)),
  }
}

describe('a genesis', () => {
  it('names its chain by its hash, whatever the order in which members were listed', () => {
    const a = found()
    const b = found([...hospitals.slice(0, 4)].reverse())
    expect(a.check.kind).toBe('valid')
    expect(
      a.check.kind === 'valid' &&
        b.check.kind === 'valid' &&
        toHex(a.check.chainId) === toHex(b.check.chainId),
    ).toBe(true)
    const other = found(undefined, { nonce: new Uint8Array(16).fill(1) })
    expect(
      other.check.kind === 'valid' &&
        a.check.kind === 'valid' &&
        toHex(other.check.chainId) !== toHex(a.check.chainId),
    ).toBe(true)
  })

  it('needs the signature of every member by its root key', () => {
    const { genesis, bytes, signatures } = found([...hospitals.slice(0, 4), university])
    const check = (list: typeof signatures) => verifyGenesis(crypto, encodeSignedGenesis(genesis, list))
    expect(check(signatures).kind).toBe('valid')
    expect(check(signatures.slice(1))).toEqual({ kind: 'refused', reason: 'signatures' })
    const wrongKey = signGenesis(crypto, bytes, hospitals[0]!.member.memberId, hospitals[0]!.authorSecret)
    expect(check([wrongKey, ...signatures.slice(1)])).toEqual({ kind: 'refused', reason: 'signatures' })
    const last = [...signatures].sort((a, b) => compareBytes(a.memberId, b.memberId)).at(-1)!
    expect(check([...signatures, last])).toEqual({ kind: 'refused', reason: 'signatures' })
    const stranger = signGenesis(crypto, bytes, hospitals[6]!.member.memberId, hospitals[6]!.rootSecret)
    expect(check([stranger, ...signatures.slice(1)])).toEqual({ kind: 'refused', reason: 'signatures' })
  })

  it('is refused where any one byte differs', () => {
    const { genesis, signatures, check } = found(hospitals.slice(0, 1))
    const signed = encodeSignedGenesis(genesis, signatures)
    expect(check.kind).toBe('valid')
    for (let place = 0; place < signed.length; place++)
      expect(verifyGenesis(crypto, flipped(signed, place)).kind).toBe('refused')
  })

  it('has one voter or at least four, unless its policy says that it tolerates no failure', () => {
    for (let voters = 1; voters <= 7; voters++)
      expect(found(hospitals.slice(0, voters)).check.kind).toBe(
        voters === 1 || voters >= 4 ? 'valid' : 'refused',
      )
    for (const voters of [2, 3]) {
      expect(found(hospitals.slice(0, voters)).check).toEqual({ kind: 'refused', reason: 'voter-count' })
      const few = { policy: createPolicy({ votersBelowFourAllowed: 1 }) }
      expect(found(hospitals.slice(0, voters), few).check.kind).toBe('valid')
    }
    const noVoter = createInstitution(random, 'Clinic', 'hospital', false)
    expect(found([noVoter]).check).toEqual({ kind: 'refused', reason: 'voter-count' })
  })

  it('takes no member twice and no key of another', () => {
    const twice = found([hospitals[0]!, hospitals[0]!])
    expect(twice.check.kind).toBe('refused')
    const borrowed = {
      ...hospitals[1]!,
      member: { ...hospitals[1]!.member, consensusKey: hospitals[0]!.member.consensusKey },
    }
    const list = [hospitals[0]!, borrowed, hospitals[2]!, hospitals[3]!]
    expect(found(list).check).toEqual({ kind: 'refused', reason: 'members' })
  })
})

describe('a member', () => {
  const [hospital] = hospitals
  const read = (changes: object) => memberFromCbor(crypto, memberToCbor({ ...hospital!.member, ...changes }))

  it('is read as it was written', () => {
    expect(read({})).toEqual(hospital!.member)
    expect(memberFromCbor(crypto, memberToCbor(university.member))).toEqual(university.member)
  })

  it('cannot choose its id, vote without being a hospital, or vote without a gateway', () => {
    expect(read({ memberId: hospitals[1]!.member.memberId })).toBeNull()
    expect(read({ kind: 'university' })).toBeNull()
    expect(read({ kind: 'university', isVoter: false })).toBeNull()
    expect(read({ kind: 'university', isVoter: false, gatewayKey: null })).not.toBeNull()
    expect(read({ gatewayKey: null })).toBeNull()
    expect(read({ name: '' })).toBeNull()
    expect(read({ name: 'x'.repeat(201) })).toBeNull()
    expect(read({ consensusKey: new Uint8Array(32) })).toBeNull()
  })
})

describe('policy', () => {
  it('has all defaults, sorted, and carries names that it does not know', () => {
    const policy = createPolicy({ someFutureRule: 5 })
    expect(policyFromCbor(policy)).toEqual(policy)
    for (const [name, value] of Object.entries(POLICY_DEFAULTS))
      expect(policyValue(policy, name as keyof typeof POLICY_DEFAULTS)).toBe(value)
    expect(withPolicyValue(policy, 'smallestCount', 20)).toContainEqual(['smallestCount', 20])
    expect(policyValue([], 'smallestCount')).toBe(11)
  })

  it('refuses names out of order or twice, and values out of bounds', () => {
    expect(
      policyFromCbor([
        ['b', 1],
        ['a', 1],
      ]),
    ).toBeNull()
    expect(
      policyFromCbor([
        ['a', 1],
        ['a', 1],
      ]),
    ).toBeNull()
    expect(policyFromCbor([['timestampGranularityMs', 0]])).toBeNull()
    expect(policyFromCbor([['votersBelowFourAllowed', 2]])).toBeNull()
    expect(policyFromCbor([['a', 'b']])).toBeNull()
    expect(policyFromCbor([['constructor', 1]])).not.toBeNull()
  })
})

describe('voters', () => {
  it('decide by floor(2n/3) + 1', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 10].map(quorumOf)).toEqual([1, 2, 3, 3, 4, 5, 5, 7])
    expect([1, 2, 3, 4, 5, 6, 7, 10].map(faultsTolerated)).toEqual([0, 0, 0, 1, 1, 1, 2, 3])
    for (let n = 4; n < 100; n++) {
      // Two quorums share more than the faulty ones, and the correct ones alone are a quorum.
      expect(2 * quorumOf(n) - n).toBeGreaterThan(faultsTolerated(n))
      expect(n - faultsTolerated(n)).toBeGreaterThanOrEqual(quorumOf(n))
    }
  })

  it('change by few seats from four on, and in one decision below', () => {
    const voters = votersOf(hospitals.map(({ member }) => member))
    const set = (...positions: number[]) => positions.map((position) => voters[position]!)
    expect(isVoterCountAllowed(3, false)).toBe(false)
    expect(isVoterChangeAllowed(set(0), set(0, 1, 2, 3), false)).toBe(true)
    expect(isVoterChangeAllowed(set(0), set(0, 1), false)).toBe(false)
    expect(isVoterChangeAllowed(set(0), set(0, 1), true)).toBe(true)
    expect(isVoterChangeAllowed(set(0, 1, 2, 3), set(0, 1, 2, 3, 4), false)).toBe(true)
    expect(isVoterChangeAllowed(set(0, 1, 2, 3), set(0, 1, 2, 4), false)).toBe(true)
    expect(isVoterChangeAllowed(set(0, 1, 2, 3), set(0, 1, 4, 5), false)).toBe(false)
    expect(isVoterChangeAllowed(set(0, 1, 2, 3), set(0, 1, 2), false)).toBe(false)
    expect(isVoterChangeAllowed(set(0, 1, 2, 3), set(0), false)).toBe(false)
    expect(isVoterChangeAllowed(set(0, 1, 2, 3, 4, 5, 6), set(0, 1, 2, 3, 4), false)).toBe(true)
    const newKey = [{ ...voters[0]!, consensusKey: voters[5]!.consensusKey }, ...set(1, 2, 3)]
    expect(seatsChanged(set(0, 1, 2, 3), newKey)).toBe(1)
  })
})
