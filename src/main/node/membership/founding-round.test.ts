import { describe, expect, it } from 'vitest'
import { assert } from '../../../shared/std/assert.ts'
import { toHex } from '../../../shared/std/bytes.ts'
import {
  createInstitution,
  crypto,
  flipped,
  seededRandom,
  type Institution,
} from '../chain/consortium.test-kit.ts'
import { encode, tryDecode, type Cbor } from '../chain/codec.ts'
import { NO_CHAIN, signatureInput } from '../crypto/labels.ts'
import { verifyGenesis } from '../chain/genesis.ts'
import { createPolicy } from '../chain/policy.ts'
import {
  draftRound,
  encodeRound,
  foundingOf,
  mergeRounds,
  openRound,
  secretsOfRound,
  signRound,
  type DraftInput,
  type FoundingRound,
} from './founding-round.ts'
import { NOW, openedRequest, requestOf } from './membership.test-kit.ts'
import type { SharedSecrets } from './shared-secrets.ts'

const random = seededRandom('round')
const hospitals = ['North', 'East', 'South', 'West'].map((name) =>
  createInstitution(random, `${name} Hospital`),
)
const university = createInstitution(random, 'University', 'university')
const all = [...hospitals, university]
const secrets: SharedSecrets = {
  networkGenerations: [{ epoch: 0, key: random(32) }],
  gatewayEpochs: [{ epoch: 0, key: random(32) }],
  linkageEpochs: [{ epoch: 0, key: random(32) }],
}

function input(institutions: readonly Institution[], changes: Partial<DraftInput> = {}): DraftInput {
  return {
    requests: institutions.map((institution) => openedRequest(requestOf(institution))),
    drafter: institutions[0]!.member.memberId,
    name: 'Island consortium',
    policy: createPolicy(),
    voters: null,
    now: NOW,
    secrets,
    ...changes,
  }
}

function draft(institutions: readonly Institution[] = all, changes: Partial<DraftInput> = {}): FoundingRound {
  const drafted = draftRound(crypto, random, input(institutions, changes), institutions[0]!.rootSecret)
  assert(drafted.kind === 'drafted', 'the draft of a test is possible')
  return drafted.round
}

function reopened(round: FoundingRound): FoundingRound {
  const opened = openRound(crypto, encodeRound(crypto, round))
  assert(opened.kind === 'opened', `the round of a test opens: ${JSON.stringify(opened)}`)
  return opened.round
}

const sign = (round: FoundingRound, { member, rootSecret }: Institution) =>
  signRound(crypto, round, member.memberId, rootSecret)

describe('founding together (A1)', () => {
  it('gives all the same chain id and fingerprint before anybody has signed, and the chain when all have', () => {
    const drafted = draft()
    const views = all.map(() => reopened(drafted))
    expect(new Set(views.map(({ chainId }) => toHex(chainId))).size).toBe(1)
    expect(new Set(views.map(({ fingerprint }) => fingerprint)).size).toBe(1)

    // Each signs its own copy; the copies come back in any order.
    const copies = all.map((institution, i) => sign(views[i]!, institution))
    let round = drafted
    for (const copy of copies.toReversed()) {
      expect(foundingOf(crypto, round).kind).toBe('waiting')
      const merged = mergeRounds(round, reopened(copy))
      assert(merged.kind === 'merged', 'copies of one document merge')
      round = merged.round
    }
    const founding = foundingOf(crypto, reopened(round))
    assert(founding.kind === 'founded', 'all have signed')
    const check = verifyGenesis(crypto, founding.signedGenesis)
    assert(check.kind === 'valid', 'the document is valid')
    expect(toHex(check.chainId)).toBe(toHex(drafted.chainId))
  })

  it('names who has not signed yet', () => {
    const round = sign(sign(draft(), hospitals[0]!), hospitals[2]!)
    const founding = foundingOf(crypto, round)
    expect(founding.kind === 'waiting' && founding.missing.map(({ name }) => name).toSorted()).toEqual([
      'East Hospital',
      'University',
      'West Hospital',
    ])
    expect(sign(round, hospitals[0]!)).toBe(round)
  })

  it('refuses to merge another document, even of the same members and name', () => {
    const [a, b] = [draft(), draft()]
    expect(mergeRounds(a, b)).toEqual({ kind: 'refused', reason: 'other-document' })
  })

  it('seals the shared keys to each: hospitals get all, others the network only, strangers nothing', () => {
    const round = reopened(draft())
    const { member, custodianSecret } = hospitals[3]!
    expect(secretsOfRound(crypto, round, member.memberId, custodianSecret)).toEqual(secrets)
    const others = secretsOfRound(crypto, round, university.member.memberId, university.custodianSecret)
    expect(others).toEqual({ ...secrets, gatewayEpochs: [], linkageEpochs: [] })
    const stranger = createInstitution(random, 'Stranger')
    expect(secretsOfRound(crypto, round, stranger.member.memberId, stranger.custodianSecret)).toBeNull()
    expect(secretsOfRound(crypto, round, member.memberId, stranger.custodianSecret)).toBeNull()
  })

  it('refuses what cannot be founded, with the numbers', () => {
    const refused = (institutions: readonly Institution[], changes: Partial<DraftInput> = {}) =>
      draftRound(crypto, random, input(institutions, changes), institutions[0]!.rootSecret)
    expect(refused(hospitals.slice(0, 1))).toEqual({ kind: 'refused', reason: 'too-few' })
    expect(refused(hospitals.slice(0, 3))).toEqual({ kind: 'refused', reason: 'voter-count', voterCount: 3 })
    expect(refused(hospitals.slice(0, 2))).toEqual({ kind: 'refused', reason: 'voter-count', voterCount: 2 })
    expect(refused([...hospitals, hospitals[1]!])).toEqual({ kind: 'refused', reason: 'same-institution' })
    expect(refused(all, { drafter: university.member.memberId })).toEqual({
      kind: 'refused',
      reason: 'drafter-not-a-hospital',
    })
    const stranger = createInstitution(random, 'Stranger')
    expect(refused(all, { drafter: stranger.member.memberId })).toEqual({
      kind: 'refused',
      reason: 'drafter-missing',
    })
  })

  it('founds two or three with one voter, or with all where policy says that no failure is tolerated', () => {
    const three = hospitals.slice(0, 3)
    const one = draft(three, { voters: [three[0]!.member.memberId] })
    expect(one.genesis.members.filter((member) => member.isVoter)).toHaveLength(1)
    const few = draft(three, { policy: createPolicy({ votersBelowFourAllowed: 1 }) })
    expect(few.genesis.members.filter((member) => member.isVoter)).toHaveLength(3)
  })

  it('refuses a file in which any byte was changed', () => {
    const file = encodeRound(crypto, sign(draft(hospitals), hospitals[0]!))
    for (let position = 20; position < file.length; position += 97)
      expect(openRound(crypto, flipped(file, position)).kind, `byte ${position}`).toBe('refused')
  })

  it('refuses a round whose drafter gave a member a vote, a name or keys that it did not ask for', () => {
    const quiet = requestOf(hospitals[3]!, { isVoter: false })
    const requests = [...hospitals.slice(0, 3).map((each) => requestOf(each)), quiet].map(openedRequest)
    // Three would vote: the wish of the fourth is kept, so this cannot be founded at all.
    expect(draftRound(crypto, random, input(hospitals, { requests }), hospitals[0]!.rootSecret)).toEqual({
      kind: 'refused',
      reason: 'voter-count',
      voterCount: 3,
    })
    // A drafter with a program of its own puts the quiet request under a document in which that hospital votes.
    const round = draft(hospitals)
    const slots = tryDecode(round.draftBytes) as Cbor[]
    const position = round.genesis.members.findIndex(({ name }) => name === 'West Hospital')
    const signed = [...(slots[2] as Cbor[])]
    signed[position] = openedRequest(quiet).signed
    const draftBytes = encode([slots[0]!, slots[1]!, signed, slots[3]!, slots[4]!])
    const drafterSignature = crypto.ed25519Sign(
      hospitals[0]!.rootSecret,
      signatureInput('consilium/founding/1', NO_CHAIN, draftBytes),
    )
    const file = encodeRound(crypto, { ...round, draftBytes, drafterSignature })
    expect(openRound(crypto, file)).toEqual({ kind: 'refused', reason: 'other-keys' })
    // And with the drafter's old signature under other bytes.
    expect(openRound(crypto, encodeRound(crypto, { ...round, draftBytes }))).toEqual({
      kind: 'refused',
      reason: 'forged',
    })
  })
})
