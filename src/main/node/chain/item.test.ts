import { describe, expect, it } from 'vitest'
import { present } from '../../../shared/std/assert.ts'
import { compareBytes, toHex } from '../../../shared/std/bytes.ts'
import { applySegment, type ApplyOptions } from './apply-segment.ts'
import { heightsNamed, type EarlierSegment, type ItemRefusal } from './apply-item.ts'
import { buildSegment } from './build-segment.ts'
import type { ChainState } from './chain-state.ts'
import { decodeChainState, encodeChainState } from './chain-state.ts'
import {
  certify,
  createInstitution,
  crypto,
  finalise,
  flipped,
  foundConsortium,
  makeItem,
  type Consortium,
  type Institution,
} from './consortium.test-kit.ts'
import { encode } from './codec.ts'
import type { ItemHash, SegmentId } from './ids.ts'
import {
  contributionSignBytes,
  decodeSignedItem,
  openItemPart,
  sealItemPart,
  signItem,
  type Item,
  type ItemClear,
  type MembershipItem,
  type SnapshotItem,
  type SuspensionItem,
} from './item.ts'
import type { Member } from './members.ts'
import { policyHash, policyValue } from './policy.ts'
import { membersOf } from './state.ts'
import { attestationSignBytes, type Word } from './study-items.ts'
import { signVote, type Vote } from './vote.ts'

const consortium = foundConsortium({ voters: 4, hospitals: 1, others: ['university', 'insurer'] })
const { chainId, random, start } = consortium
const [a, b, c, , clinic, university, insurer] = consortium.institutions as [
  Institution,
  Institution,
  Institution,
  Institution,
  Institution,
  Institution,
  Institution,
]
const anchor: ItemClear = { kind: 'anchor', auditRoot: new Uint8Array(32), count: 3 }
const anchorOf = (institution: Institution, sequence: number, options = {}) =>
  makeItem(consortium, institution, anchor, sequence, options)

/** The reason for which a proposer leaves the item out of the next segment, or null where it is taken. */
function refusalOf(state: ChainState, item: Uint8Array, options: ApplyOptions = plain, time?: number) {
  const built = buildSegment(
    crypto,
    state,
    { candidates: [], items: [item, anchorOf(clinic, 9e9)] },
    time ?? state.lastTime,
    options.earlierAt,
  )
  return built.refusedItems[0]?.reason ?? null
}
const plain: ApplyOptions = { isKnownRecord: () => false }
const take = (state: ChainState, ...items: Uint8Array[]) => finalise(consortium, state, { items }).state
const empty = (state: ChainState) => finalise(consortium, state, {}).state

describe('an item', () => {
  it('has one encoding, and any changed byte of it is found', () => {
    const item = makeItem(
      consortium,
      a,
      { kind: 'policy', name: 'smallestCount', value: 20, approvals: [] },
      1,
    )
    expect(refusalOf(start, item)).toBeNull()
    for (let place = 0; place < item.length; place++)
      expect(refusalOf(start, flipped(item, place, 1 << (place % 8)))).not.toBeNull()
  })

  it('is signed by its author, who is a member, in rising sequence and in time', () => {
    expect(refusalOf(start, anchorOf(university, 1))).toBeNull()
    const stranger = createInstitution(random, 'Stranger')
    expect(refusalOf(start, anchorOf(stranger, 1))).toBe<ItemRefusal>('item-author-unknown')
    const impostor = { ...b, authorSecret: a.authorSecret }
    expect(refusalOf(start, anchorOf(impostor, 1))).toBe<ItemRefusal>('item-signature')
    const next = take(start, anchorOf(a, 5))
    expect(refusalOf(next, anchorOf(a, 5))).toBe<ItemRefusal>('item-sequence')
    expect(refusalOf(next, anchorOf(a, 4))).toBe<ItemRefusal>('item-sequence')
    expect(refusalOf(next, anchorOf(a, 6))).toBeNull()
    expect(refusalOf(next, anchorOf(b, 1))).toBeNull()
    expect(refusalOf(next, anchorOf(b, 1, { notAfterHeight: 1 }))).toBe<ItemRefusal>('item-expired')
    expect(refusalOf(next, anchorOf(b, 1, { notAfterHeight: 2 }))).toBeNull()
  })

  it('is refused from members whose kind may not decide such a thing', () => {
    const sealed = sealItemPart(
      crypto,
      random,
      chainId,
      { kind: 'sealed', author: university.member.memberId, sequence: 1 },
      1,
      random(32),
      random(5),
    )
    expect(
      refusalOf(start, makeItem(consortium, university, { kind: 'sealed' }, 1, { sealed })),
    ).toBe<ItemRefusal>('item-author-not-allowed')
  })

  it('hides its sealed part from all but the holders of the epoch key, by steps of 1,024 bytes', () => {
    const epochKey = random(32)
    const about = { kind: 'sealed', author: a.member.memberId, sequence: 1 } as const
    for (const length of [0, 1, 1_020, 1_021, 5_000]) {
      const content = random(length)
      const part = sealItemPart(crypto, random, chainId, about, 4, epochKey, content)
      expect((part.box.length - 28) % 1_024).toBe(0)
      expect(toHex(present(openItemPart(crypto, chainId, about, part, epochKey)))).toBe(toHex(content))
      expect(openItemPart(crypto, chainId, about, part, random(32))).toBeNull()
      expect(openItemPart(crypto, chainId, { ...about, sequence: 2 }, part, epochKey)).toBeNull()
      expect(openItemPart(crypto, chainId, { ...about, kind: 'study' }, part, epochKey)).toBeNull()
      expect(openItemPart(crypto, chainId, about, { ...part, epoch: 5 }, epochKey)).toBeNull()
      const item = makeItem(consortium, a, { kind: 'sealed' }, 1, { sealed: part })
      expect(refusalOf(start, item)).toBeNull()
      expect(decodeSignedItem(crypto, item)?.item.sealed).toEqual(part)
    }
    expect(() => makeItem(consortium, a, { kind: 'sealed' }, 1)).not.toThrow()
    expect(decodeSignedItem(crypto, makeItem(consortium, a, { kind: 'sealed' }, 1))).toBeNull()
  })
})

describe('a decision', () => {
  const policyItem = (options = {}) =>
    makeItem(
      consortium,
      university,
      { kind: 'policy', name: 'smallestCount', value: 20, approvals: [] },
      1,
      options,
    )

  it('needs the approval of a quorum of voters by their root keys', () => {
    expect(refusalOf(start, policyItem())).toBeNull()
    expect(refusalOf(start, policyItem({ approvers: [a, b, c] }))).toBeNull()
    expect(refusalOf(start, policyItem({ approvers: [a, b] }))).toBe<ItemRefusal>('item-approvals')
    expect(refusalOf(start, policyItem({ approvers: [a, b, clinic] }))).toBe<ItemRefusal>('item-approvals')
    expect(refusalOf(start, policyItem({ approvers: [a, b, c, university] }))).toBe<ItemRefusal>(
      'item-approvals',
    )
    const byWrongKey = { ...c, rootSecret: c.authorSecret }
    expect(refusalOf(start, policyItem({ approvers: [a, b, byWrongKey] }))).toBe<ItemRefusal>(
      'item-approvals',
    )
  })

  it('cannot be made by approvals given to another', () => {
    const item = present(decodeSignedItem(crypto, policyItem())).item
    const approvals = item.clear.kind === 'policy' ? item.clear.approvals : []
    const reuse = (institution: Institution, value: number, sequence: number) => {
      const decision: ItemClear = { kind: 'policy', name: 'smallestCount', value, approvals: [] }
      const signed = present(decodeSignedItem(crypto, makeItem(consortium, institution, decision, sequence)))
      return { ...signed.item, clear: { ...decision, approvals } }
    }
    for (const reused of [reuse(university, 21, 1), reuse(university, 20, 2), reuse(insurer, 20, 1)]) {
      const author = [university, insurer].find(
        ({ member }) => compareBytes(member.memberId, reused.author) === 0,
      )!
      const bytes = signAgain(author, reused)
      expect(refusalOf(start, bytes)).toBe<ItemRefusal>('item-approvals')
    }
  })

  it('takes effect two heights later, and a segment may be empty while it waits', () => {
    expect(buildSegment(crypto, start, { candidates: [], items: [] }, start.lastTime).kind).toBe('nothing')
    const decided = take(start, policyItem())
    const value = (state: ChainState) => policyValue(state.consortium.policy, 'smallestCount')
    expect(value(decided)).toBe(11)
    expect(decided.consortium.pending.length).toBe(1)
    const inEffect = empty(decided)
    expect(inEffect.height + 1).toBe(decided.height + 2)
    expect(value(inEffect)).toBe(20)
    expect(inEffect.consortium.epoch).toBe(0)
    expect(buildSegment(crypto, inEffect, { candidates: [], items: [] }, inEffect.lastTime).kind).toBe(
      'nothing',
    )
  })

  it('waits in order of its effect, whatever was decided first', () => {
    const late = makeItem(consortium, a, { kind: 'network', number: 2, height: 9, approvals: [] }, 1)
    const state = take(
      start,
      late,
      policyItem(),
      makeItem(consortium, a, { kind: 'protocol', number: 2, height: 9, approvals: [] }, 2),
    )
    const order = (of: ChainState) =>
      of.consortium.pending.map((entry) => [entry.effectHeight, entry.change.kind])
    expect(order(state)).toEqual([
      [3, 'policy'],
      [9, 'network'],
      [9, 'protocol'],
    ])
    expect(order(empty(state))).toEqual([
      [9, 'network'],
      [9, 'protocol'],
    ])
  })

  it('may start a protocol version and a network generation at a height', () => {
    const item = (kind: 'protocol' | 'network', number: number, height: number, sequence = 1) =>
      makeItem(consortium, a, { kind, number, height, approvals: [] }, sequence)
    expect(refusalOf(start, item('protocol', 2, 2))).toBe<ItemRefusal>('item-activation')
    expect(refusalOf(start, item('protocol', 3, 9))).toBe<ItemRefusal>('item-activation')
    let state = take(start, item('protocol', 2, 4), item('network', 2, 3, 2))
    expect(refusalOf(state, item('network', 3, 3, 3))).toBe<ItemRefusal>('item-activation')
    expect(state.consortium).toMatchObject({ protocolVersion: 1, networkGeneration: 1 })
    state = empty(state)
    expect(state.consortium).toMatchObject({ protocolVersion: 1, networkGeneration: 2 })
    state = empty(state)
    expect(state.consortium).toMatchObject({ protocolVersion: 2, networkGeneration: 2 })
    // This code speaks version 1 only: from here on it takes nothing more, and says so.
    const built = buildSegment(crypto, state, { candidates: [], items: [anchorOf(b, 1)] }, state.lastTime)
    if (built.kind !== 'built') throw new Error('nothing was built')
    const certificate = certify(consortium, state, built.segment.height, built.segmentId)
    expect(applySegment(crypto, state, { ...built.bundle, certificate }, plain)).toMatchObject({
      reason: 'protocol-unsupported',
    })
  })
})

describe('membership', () => {
  const change = (kind: MembershipItem['change'], member: Member): ItemClear => ({
    kind: 'membership',
    change: kind,
    member,
    approvals: [],
  })
  const by = (world: Consortium, clear: ItemClear, sequence: number) =>
    makeItem(world, world.institutions[0]!, clear, sequence)

  it('adds, replaces and removes, each in its own epoch', () => {
    const fifth = createInstitution(random, 'Fifth')
    const all = { ...consortium, institutions: [...consortium.institutions, fifth] }
    let state = take(start, by(consortium, change('add', fifth.member), 1))
    state = empty(state)
    expect(state.voters.length).toBe(5)
    expect(state.consortium.epoch).toBe(1)
    expect(state.consortium.members.find(({ sinceHeight }) => sinceHeight === 3)?.member).toEqual(
      fifth.member,
    )
    // The new epoch signs: the old voters alone would be too few words of it.
    const newKey = { ...fifth, consensusSecret: random(32) }
    const replaced = { ...fifth.member, consensusKey: crypto.ed25519PublicKey(newKey.consensusSecret) }
    state = finalise(all, state, { items: [makeItem(all, a, change('replace', replaced), 2)] }).state
    state = finalise(all, state, {}).state
    expect(state.consortium.epoch).toBe(2)
    const later = { ...all, institutions: [...consortium.institutions, { ...newKey, member: replaced }] }
    state = finalise(later, state, { items: [makeItem(later, a, change('remove', replaced), 3)] }).state
    state = finalise(later, state, {}).state
    expect(state.voters.length).toBe(4)
    expect(state.consortium.epoch).toBe(3)
    expect(decodeChainState(crypto, encodeChainState(state))).toEqual(state)
  })

  it('refuses what contradicts the members as they are decided to be', () => {
    const fifth = createInstitution(random, 'Fifth')
    const refusal = (clear: ItemClear, state = start) => refusalOf(state, by(consortium, clear, 50))
    expect(refusal(change('add', a.member))).toBe<ItemRefusal>('item-member')
    expect(refusal(change('remove', fifth.member))).toBe<ItemRefusal>('item-member')
    expect(refusal(change('replace', fifth.member))).toBe<ItemRefusal>('item-member')
    expect(refusal(change('remove', { ...university.member, name: 'Other' }))).toBe<ItemRefusal>(
      'item-member',
    )
    expect(refusal(change('add', { ...fifth.member, authorKey: a.member.authorKey }))).toBe<ItemRefusal>(
      'item-member',
    )
    const hospitalNow = { ...university.member, kind: 'hospital' as const }
    expect(refusal(change('replace', hospitalNow))).toBe<ItemRefusal>('item-member')
    const added = take(start, by(consortium, change('add', fifth.member), 1))
    expect(refusal(change('add', fifth.member), added)).toBe<ItemRefusal>('item-member')
  })

  it('does not let seats change faster than an epoch may', () => {
    const [fifth, sixth] = [createInstitution(random, 'Fifth'), createInstitution(random, 'Sixth')]
    const items = [
      by(consortium, change('add', fifth.member), 1),
      by(consortium, change('add', sixth.member), 2),
    ]
    const built = buildSegment(crypto, start, { candidates: [], items }, start.lastTime)
    expect(built.kind === 'built' && built.itemPositions).toEqual([0])
    expect(built.refusedItems).toEqual([{ position: 1, reason: 'voters-rule' }])
    expect(refusalOf(start, by(consortium, change('remove', a.member), 1))).toBe('voters-rule')
  })

  it('goes from one voter to four in one decision, and not to two or three', () => {
    const world = foundConsortium({ seed: 'growing', voters: 1, hospitals: 3 })
    const [founder, ...clinics] = world.institutions as [Institution, ...Institution[]]
    const voting = clinics.map((institution) => ({
      ...institution,
      member: { ...institution.member, isVoter: true },
    }))
    const items = voting.map(({ member }, i) => makeItem(world, founder, change('replace', member), i + 1))
    const partly = buildSegment(
      crypto,
      world.start,
      { candidates: [], items: items.slice(0, 2) },
      world.start.lastTime,
    )
    expect(partly).toMatchObject({
      kind: 'nothing',
      refusedItems: [{ reason: 'voters-rule' }, { reason: 'voters-rule' }],
    })
    let state = finalise(world, world.start, { items }).state
    expect(state.voters.length).toBe(1)
    state = finalise(world, state, {}).state
    expect(state.voters.length).toBe(4)
    const grown = { ...world, institutions: [founder, ...voting] }
    const next = buildSegment(
      crypto,
      state,
      { candidates: [], items: [makeItem(grown, founder, anchor, 9)] },
      state.lastTime,
    )
    if (next.kind !== 'built') throw new Error('nothing was built')
    const alone = certify(
      grown,
      { ...state, voters: state.voters.slice(0, 1) },
      next.segment.height,
      next.segmentId,
    )
    expect(applySegment(crypto, state, { ...next.bundle, certificate: alone }, plain)).toMatchObject({
      reason: 'certificate-quorum',
    })
    expect(finalise(grown, state, { items: [makeItem(grown, founder, anchor, 9)] }).state.height).toBe(3)
  })
})

describe('a snapshot', () => {
  const first = finalise(consortium, start, { items: [anchorOf(a, 1)] })
  const earlier = new Map<number, EarlierSegment>([
    [1, { segmentId: first.applied.segmentId, ...first.applied.segment }],
  ])
  const options: ApplyOptions = { ...plain, earlierAt: (height) => earlier.get(height) ?? null }
  const { segment } = first.applied
  const sealedPart = (epoch: number) => encode([epoch, random(60)])
  const contribution = (institution: Institution, sealed = sealedPart(0)) => {
    const { memberId } = institution.member
    const signBytes = contributionSignBytes(
      chainId,
      { height: 1, segmentId: first.applied.segmentId },
      memberId,
      sealed,
    )
    return { memberId, sealed, signature: crypto.ed25519Sign(institution.authorSecret, signBytes) }
  }
  const snapshot: SnapshotItem = {
    kind: 'snapshot',
    height: 1,
    segmentId: first.applied.segmentId,
    headsRoot: segment.headsRoot,
    segmentsRoot: segment.segmentsRoot,
    policyHash: policyHash(crypto, chainId, start.consortium.policy),
    contributions: [contribution(a), contribution(b)],
  }
  const snapshotItem = (changes: Partial<SnapshotItem> = {}) =>
    makeItem(consortium, b, { ...snapshot, ...changes }, 1)
  const refusal = (item: Uint8Array, state = first.state) => refusalOf(state, item, options)

  it('names a segment that is in the chain, with its roots and the policy in effect', () => {
    expect(heightsNamed([present(decodeSignedItem(crypto, snapshotItem()))])).toEqual([1])
    expect(refusal(snapshotItem())).toBeNull()
    expect(refusal(snapshotItem({ height: 2 }))).toBe<ItemRefusal>('item-snapshot-segment')
    expect(refusal(snapshotItem({ height: 0 }))).toBe<ItemRefusal>('item-snapshot-segment')
    expect(refusal(snapshotItem({ segmentId: random(32) as SegmentId }))).toBe<ItemRefusal>(
      'item-snapshot-segment',
    )
    expect(refusal(snapshotItem({ headsRoot: random(32) }))).toBe<ItemRefusal>('item-snapshot-segment')
    expect(refusal(snapshotItem({ segmentsRoot: random(32) }))).toBe<ItemRefusal>('item-snapshot-segment')
    expect(refusal(snapshotItem({ policyHash: random(32) }))).toBe<ItemRefusal>('item-snapshot-policy')
    expect(refusalOf(first.state, snapshotItem())).toBe<ItemRefusal>('item-snapshot-segment')
  })

  it('mixes contributions of more gateways than may be faulty', () => {
    const withContributions = (...contributions: SnapshotItem['contributions'][number][]) =>
      refusal(snapshotItem({ contributions }))
    // Five hospitals have gateways here, so one may be faulty.
    expect(withContributions(contribution(a), contribution(clinic))).toBeNull()
    expect(withContributions(contribution(a))).toBe<ItemRefusal>('item-snapshot-contributions')
    expect(withContributions(contribution(a), contribution(university))).toBe<ItemRefusal>(
      'item-snapshot-contributions',
    )
    const forged = { ...contribution(c), sealed: sealedPart(0) }
    expect(withContributions(contribution(a), forged)).toBe<ItemRefusal>('item-snapshot-contributions')
    expect(withContributions(contribution(a), contribution(a))).toBe<ItemRefusal>('item-malformed')
  })

  it('takes contributions under one epoch alone, of the form that opens, so that none of them spoils its noise key', () => {
    const withSealed = (...sealed: Uint8Array[]) =>
      refusal(snapshotItem({ contributions: sealed.map((each, i) => contribution([a, b, c][i]!, each)) }))
    expect(withSealed(sealedPart(3), sealedPart(3))).toBeNull()
    expect(withSealed(sealedPart(3), sealedPart(4))).toBe<ItemRefusal>('item-snapshot-contributions')
    expect(withSealed(sealedPart(3), sealedPart(3), sealedPart(99))).toBe('item-snapshot-contributions')
    expect(withSealed(sealedPart(3), random(64))).toBe('item-snapshot-contributions')
    expect(withSealed(sealedPart(3), encode([3, random(59)]))).toBe('item-snapshot-contributions')
    expect(withSealed(sealedPart(2 ** 32), sealedPart(2 ** 32))).toBe('item-snapshot-contributions')
  })
})

describe('a suspension', () => {
  const state = take(take(start, anchorOf(a, 1)), anchorOf(a, 2))
  const hospitals = consortium.institutions.slice(0, 5)
  const studyHash = random(32) as ItemHash
  const word = (changes: Partial<Word> = {}): Word => ({
    studyHash,
    outcome: 'answered',
    resultHash: new Uint8Array(32).fill(1),
    ...changes,
  })
  const [ENGINE, OTHER_ENGINE] = ['test/1', 'test/2'] as const
  const sign = (by: Institution, said: Word, height = 2, engine: string = ENGINE) =>
    crypto.ed25519Sign(
      by.authorSecret,
      attestationSignBytes(chainId, said, engine, { studyHeight: height, erasureHeight: 0 }),
    )
  let sequence = 30
  function suspensionItem(
    attesters: readonly Institution[],
    changes: Partial<SuspensionItem> = {},
    [agreed, said] = [word(), word({ resultHash: new Uint8Array(32).fill(2) })],
    height = 2,
    /** Of whom is named, and of each who agreed. */
    [own, ...engines]: readonly string[] = [],
  ) {
    const clear: SuspensionItem = {
      kind: 'suspension',
      memberId: clinic.member.memberId,
      reason: 'deviating-result',
      studyHash,
      studyHeight: height,
      erasureHeight: 0,
      agreed: { outcome: agreed.outcome, resultHash: agreed.resultHash },
      said: {
        outcome: said.outcome,
        resultHash: said.resultHash,
        engine: own ?? ENGINE,
        signature: sign(clinic, said, height, own),
      },
      attestations: attesters.map((attester, i) => ({
        memberId: attester.member.memberId,
        engine: engines[i] ?? ENGINE,
        signature: sign(attester, agreed, height, engines[i]),
      })),
      ...changes,
    }
    return makeItem(consortium, c, clear, sequence++)
  }
  const four = hospitals.slice(0, 4)

  it('is by the named one’s own word beside that of all but the faulty, and ends with a decision', () => {
    expect(refusalOf(state, suspensionItem(four.slice(0, 3)))).toBe<ItemRefusal>('item-attestations')
    expect(refusalOf(state, suspensionItem(hospitals))).toBe<ItemRefusal>('item-attestations')
    const suspended = take(state, suspensionItem(four))
    expect(suspended.consortium.suspensions).toEqual([
      { memberId: clinic.member.memberId, height: 3, reason: 'deviating-result' },
    ])
    expect(refusalOf(suspended, suspensionItem(four))).toBe<ItemRefusal>('item-suspension-again')
    // Replacing the member, here by itself with another name, is the decision that lifts a suspension.
    const replace: ItemClear = {
      kind: 'membership',
      change: 'replace',
      member: { ...clinic.member, name: 'Clinic again' },
      approvals: [],
    }
    const lifted = empty(take(suspended, makeItem(consortium, c, replace, 100)))
    expect(lifted.consortium.suspensions).toEqual([])
    expect(membersOf(lifted.consortium).some(({ name }) => name === 'Clinic again')).toBe(true)
    // What it was cleared of is not brought up again, however often the old signatures are shown.
    sequence = 101
    expect(refusalOf(lifted, suspensionItem(four))).toBe<ItemRefusal>('item-suspension')
  })

  it('needs what the named one signed itself, of just this study', () => {
    const other = word({ resultHash: new Uint8Array(32).fill(2) })
    const said = { outcome: other.outcome, resultHash: other.resultHash, engine: ENGINE }
    const by = (signature: Uint8Array) => ({ said: { ...said, signature } })
    expect(refusalOf(state, suspensionItem(four, by(sign(a, other))))).toBe<ItemRefusal>('item-suspension')
    expect(refusalOf(state, suspensionItem(four, by(sign(clinic, other, 1))))).toBe('item-suspension')
    const ofAnother = word({ ...other, studyHash: random(32) as ItemHash })
    expect(refusalOf(state, suspensionItem(four, by(sign(clinic, ofAnother))))).toBe('item-suspension')
    expect(refusalOf(state, suspensionItem(four, { studyHash: random(32) as ItemHash }))).toBe(
      'item-attestations',
    )
    expect(refusalOf(state, suspensionItem(four, { studyHeight: 1 }))).toBe('item-attestations')
    // Found after another erasure than those who agreed: they may have looked at other records.
    expect(refusalOf(state, suspensionItem(four, { erasureHeight: 1 }))).toBe('item-attestations')
  })

  it('names nobody who ran another engine than more than may be faulty of those who agreed', () => {
    const by = (own: string, ...engines: string[]) =>
      refusalOf(state, suspensionItem(four, {}, undefined, 2, [own, ...engines]))
    const [one, two] = [ENGINE, OTHER_ENGINE]
    expect(by(one, one, one, one, one)).toBeNull()
    expect(by(two, one, one, one, one)).toBe<ItemRefusal>('item-suspension')
    // One of five may be faulty and say that it ran the same.
    expect(by(two, two, one, one, one)).toBe('item-suspension')
    expect(by(two, two, two, one, one)).toBeNull()
    // The engine is part of what was signed: nobody puts another one beside a word.
    const said = { ...word({ resultHash: new Uint8Array(32).fill(2) }), engine: one }
    const { studyHash: _, ...rest } = said
    const forged = { said: { ...rest, signature: sign(clinic, said, 2, two) } }
    expect(refusalOf(state, suspensionItem(four, forged))).toBe('item-suspension')
  })

  it('is only of two computed answers that differ: a refusal accuses nobody and is accused of nothing', () => {
    const refusedWord = word({ outcome: 'refused', resultHash: new Uint8Array(32).fill(3) })
    expect(refusalOf(state, suspensionItem(four, {}, [word(), word()]))).toBe('item-suspension')
    expect(refusalOf(state, suspensionItem(four, {}, [word(), refusedWord]))).toBe('item-suspension')
    expect(refusalOf(state, suspensionItem(four, {}, [refusedWord, word()]))).toBe('item-suspension')
    const gone = word({ outcome: 'not-recomputable', resultHash: new Uint8Array(32).fill(4) })
    const identical = word({ outcome: 'identical' })
    expect(refusalOf(state, suspensionItem(four, {}, [identical, gone]))).toBe('item-suspension')
    const differs = word({ outcome: 'differs', resultHash: new Uint8Array(32).fill(5) })
    expect(refusalOf(state, suspensionItem(four, {}, [identical, differs]))).toBeNull()
  })

  it('is nobody’s below four gateways', () => {
    const members = membersOf(state.consortium).map((member) =>
      [a, b, clinic].some((each) => toHex(each.member.memberId) === toHex(member.memberId))
        ? member
        : { ...member, gatewayKey: null },
    )
    const few = {
      ...state,
      consortium: { ...state.consortium, members: members.map((member) => ({ member, sinceHeight: 0 })) },
    }
    expect(refusalOf(few, suspensionItem([a]))).toBe<ItemRefusal>('item-suspension')
    expect(refusalOf(few, suspensionItem([a, b]))).toBe<ItemRefusal>('item-suspension')
  })
})

describe('evidence', () => {
  const vote = (changes: Partial<Vote> = {}, institution = b) =>
    signVote(
      crypto,
      chainId,
      {
        type: 'precommit',
        protocolVersion: 1,
        epoch: 0,
        height: 1,
        round: 0,
        segmentId: new Uint8Array(32).fill(1) as SegmentId,
        memberId: b.member.memberId,
        ...changes,
      },
      institution.consensusSecret,
    )
  const evidence = (first = vote(), second = vote({ segmentId: null }), sequence = 1) =>
    makeItem(consortium, university, { kind: 'evidence', first, second }, sequence)

  it('names a voter that signed two different votes for one step', () => {
    const state = take(start, evidence())
    expect(state.consortium.suspensions).toEqual([
      { memberId: b.member.memberId, height: 1, reason: 'equivocation' },
    ])
    expect(refusalOf(state, evidence(undefined, undefined, 2))).toBe<ItemRefusal>('item-evidence-again')
    expect(state.voters.length).toBe(4)
  })

  it('names nobody again for what the members cleared it of, and names it for what it did since', () => {
    const named = take(start, evidence())
    const clear: MembershipItem = { kind: 'membership', change: 'replace', member: b.member, approvals: [] }
    const decided = take(named, makeItem(consortium, a, clear, 1))
    const cleared = empty(decided)
    expect(cleared.height).toBe(3)
    expect(cleared.consortium.suspensions).toEqual([])
    const at = (height: number) =>
      refusalOf(cleared, evidence(vote({ height }), vote({ height, segmentId: null }), 2))
    expect([1, 2, 3].map(at)).toEqual(['item-evidence', 'item-evidence', 'item-evidence'])
    expect(at(4)).toBeNull()
    expect(
      take(cleared, evidence(vote({ height: 4 }), vote({ height: 4, segmentId: null }), 2)),
    ).toMatchObject({
      consortium: { suspensions: [{ height: 4, reason: 'equivocation' }] },
    })
  })

  it('accuses nobody who did not', () => {
    expect(refusalOf(start, evidence(vote(), vote()))).toBe<ItemRefusal>('item-evidence')
    expect(refusalOf(start, evidence(vote(), vote({ segmentId: null, round: 1 })))).toBe<ItemRefusal>(
      'item-evidence',
    )
    expect(refusalOf(start, evidence(vote(), vote({ segmentId: null, type: 'prevote' })))).toBe<ItemRefusal>(
      'item-evidence',
    )
    expect(refusalOf(start, evidence(vote(), vote({ segmentId: null }, a)))).toBe<ItemRefusal>(
      'item-evidence',
    )
    expect(
      refusalOf(start, evidence(vote(), vote({ segmentId: null, memberId: a.member.memberId }, a))),
    ).toBe<ItemRefusal>('item-evidence')
  })
})

function signAgain(author: Institution, item: Item): Uint8Array {
  return signItem(crypto, chainId, item, author.authorSecret)
}
