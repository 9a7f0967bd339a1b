import { describe, expect, it } from 'vitest'
import { compareBytes } from '../../../shared/std/bytes.ts'
import { present } from '../../../shared/std/assert.ts'
import type { ApplyOptions } from './apply-segment.ts'
import type { EarlierSegment, ItemRefusal } from './apply-item.ts'
import { firstRegistrationOf, openStudyOf } from './apply-study.ts'
import { buildSegment } from './build-segment.ts'
import type { ChainState } from './chain-state.ts'
import { encode } from './codec.ts'
import {
  crypto,
  finalise,
  flipped,
  foundConsortium,
  heldBy,
  makeItem,
  type Consortium,
  type Institution,
} from './consortium.test-kit.ts'
import { AHEAD_MAX, isFarAhead, mayWait } from '../waiting/may-wait.ts'
import type { ItemHash } from './ids.ts'
import {
  contributionSignBytes,
  decodeSignedItem,
  itemHashOf,
  type ItemClear,
  type SuspensionItem,
} from './item.ts'
import {
  AUTHOR_OPEN_STUDIES_MAX,
  ERASURES_PER_DAY_MAX,
  HOSPITAL_ERASURES_LEAST,
  ITEM_SEALED_STEP_BYTES,
  OPEN_STUDIES_MAX,
} from './limits.ts'
import { policyHash } from './policy.ts'
import { membersOf, stateFromCbor, stateToCbor } from './state.ts'
import {
  attestationSignBytes,
  heldSignBytes,
  type CheckItem,
  type ResultItem,
  type StudyItem,
} from './study-items.ts'

const consortium = foundConsortium({
  seed: 'studies',
  voters: 4,
  hospitals: 1,
  others: ['university', 'insurer'],
  policy: { freeStudiesPerDay: 33 },
})
const { chainId, random } = consortium
const [a, b, c, d, clinic, university, insurer] = consortium.institutions as [
  Institution,
  Institution,
  Institution,
  Institution,
  Institution,
  Institution,
  Institution,
]
const GATEWAYS = [a, b, c, d, clinic]
const ENGINE = 'test/1'

const SEALED_PART = encode([0, new Uint8Array(60)])

/** A chain of two segments that declares one snapshot. */
function withSnapshot(of: Consortium): { state: ChainState; snapshotHash: ItemHash; options: ApplyOptions } {
  const [first] = of.institutions as [Institution]
  const anchor: ItemClear = { kind: 'anchor', auditRoot: new Uint8Array(32), count: 1 }
  const one = finalise(of, of.start, { items: [makeItem(of, first, anchor, 1)] })
  const { segmentId, segment } = one.applied
  const earlier: EarlierSegment = { segmentId, ...segment }
  const gateways = of.institutions.filter(({ member }) => member.gatewayKey !== null)
  const snapshot: ItemClear = {
    kind: 'snapshot',
    height: 1,
    segmentId,
    headsRoot: segment.headsRoot,
    segmentsRoot: segment.segmentsRoot,
    policyHash: policyHash(crypto, of.chainId, of.start.consortium.policy),
    contributions: gateways.slice(0, 2).map(({ member, authorSecret }) => {
      const signed = contributionSignBytes(of.chainId, { height: 1, segmentId }, member.memberId, SEALED_PART)
      return {
        memberId: member.memberId,
        sealed: SEALED_PART,
        signature: crypto.ed25519Sign(authorSecret, signed),
      }
    }),
  }
  const item = makeItem(of, first, snapshot, 2)
  const options: ApplyOptions = {
    isKnownRecord: () => false,
    earlierAt: (height) => (height === 1 ? earlier : null),
  }
  const { state } = finalise(of, one.state, { items: [item] }, options)
  return { state, snapshotHash: itemHashOf(crypto, of.chainId, item), options }
}

const { state: start, snapshotHash } = withSnapshot(consortium)
let sequence = 100
const study = (changes: Partial<StudyItem> = {}, of = consortium): StudyItem => {
  const commitment = changes.commitment ?? random(32)
  return { ...asked(commitment), held: heldBy(of, commitment), ...changes }
}
const asked = (commitment: Uint8Array): Omit<StudyItem, 'held'> => ({
  kind: 'study',
  commitment,
  requesterClass: 'university',
  chargeKind: 'table',
  chargeMicroRho: 20_000,
  snapshotHash,
  studyId: random(16),
  of: null,
  smallestCount: 11,
  checkersMin: 2,
  expiryDays: 30,
})
const itemOf = (author: Institution, clear: ItemClear) => makeItem(consortium, author, clear, sequence++)
const hashOf = (item: Uint8Array) => itemHashOf(crypto, chainId, item)
const take = (state: ChainState, ...items: Uint8Array[]) => finalise(consortium, state, { items }).state

/** Why the item has no place in the next segment, or null where it has. */
function refusalOf(state: ChainState, item: Uint8Array, time = state.lastTime) {
  const other = itemOf(clinic, { kind: 'registration', protocolHash: new Uint8Array(32) })
  const built = buildSegment(crypto, state, { candidates: [], items: [item, other] }, time)
  return built.refusedItems.find(({ position }) => position === 0)?.reason ?? null
}
const refusal = (state: ChainState, author: Institution, clear: ItemClear) =>
  refusalOf(state, itemOf(author, clear))

/** Every study here is asked right after the snapshot. */
const ASKED_AT = start.height + 1
function attested(clear: ResultItem, attesters: readonly Institution[], studyHeight = ASKED_AT): ResultItem {
  const { erasureHeight } = clear
  const at = { studyHeight, erasureHeight }
  const attestations = attesters.map(({ member, authorSecret }) => ({
    memberId: member.memberId,
    engine: ENGINE,
    signature: crypto.ed25519Sign(authorSecret, attestationSignBytes(chainId, clear, ENGINE, at)),
  }))
  attestations.sort((x, y) => compareBytes(x.memberId, y.memberId))
  return { ...clear, attestations }
}
const resultOf = (
  studyHash: ItemHash,
  changes: Partial<ResultItem> = {},
  attesters = GATEWAYS,
  height = ASKED_AT,
) =>
  attested(
    {
      kind: 'result',
      studyHash,
      outcome: 'answered',
      resultHash: new Uint8Array(32).fill(7),
      erasureHeight: 0,
      attestations: [],
      ...changes,
    },
    attesters,
    height,
  )
const checkOf = (studyHash: ItemHash, changes: Partial<CheckItem> = {}): CheckItem => ({
  kind: 'check',
  studyHash,
  proposalHash: new Uint8Array(32).fill(7),
  verdict: 'approve',
  ...changes,
})

describe('the items about studies', () => {
  const clears: readonly ItemClear[] = [
    study(),
    study({ chargeKind: 'registered-model', of: random(32) as ItemHash }),
    study({
      requesterClass: 'published',
      chargeKind: 'repeat',
      chargeMicroRho: 0,
      of: random(32) as ItemHash,
    }),
    resultOf(random(32) as ItemHash, { outcome: 'not-recomputable' }),
    checkOf(random(32) as ItemHash, { verdict: 'refuse' }),
    {
      kind: 'review',
      studyHash: random(32) as ItemHash,
      packageHash: random(32),
      verdict: 'differs',
      textHash: random(32),
    },
    { kind: 'registration', protocolHash: random(32) },
  ]

  it('have one encoding each, and any changed byte of it is found', () => {
    for (const clear of clears) {
      const item = itemOf(university, clear)
      const decoded = present(decodeSignedItem(crypto, item))
      expect(decoded.item.clear).toEqual(clear)
      for (let place = 0; place < item.length; place += 7)
        expect(refusalOf(start, flipped(item, place, 1 << (place % 8)))).not.toBeNull()
    }
  })

  it('do not decode where kind, charge and the named item do not fit each other', () => {
    const broken: readonly Partial<StudyItem>[] = [
      { chargeMicroRho: 0 },
      { chargeKind: 'by-rule' },
      { chargeKind: 'repeat', chargeMicroRho: 0 },
      { chargeKind: 'recompute', of: random(32) as ItemHash },
      { chargeKind: 'registered-model' },
      { of: random(32) as ItemHash },
      { studyId: random(15) },
      { commitment: random(31) },
      { checkersMin: -1 },
      { held: [...heldBy(consortium, random(32)), heldBy(consortium, random(32))[0]!] },
    ]
    for (const changes of broken)
      expect(decodeSignedItem(crypto, itemOf(university, study(changes)))).toBeNull()
    const unknown = [
      { ...resultOf(random(32) as ItemHash), outcome: 'other' },
      { ...checkOf(random(32) as ItemHash), verdict: 'other' },
      { ...study(), requesterClass: 'other' },
      { ...study(), chargeKind: 'other' },
    ] as unknown as readonly ItemClear[]
    for (const clear of unknown) expect(decodeSignedItem(crypto, itemOf(university, clear))).toBeNull()
  })

  it('are of whom their kind allows', () => {
    expect(refusal(start, university, study())).toBeNull()
    expect(refusal(start, insurer, study())).toBe<ItemRefusal>('item-author-not-allowed')
    expect(refusal(start, university, study({ requesterClass: 'published' }))).toBe('item-author-not-allowed')
    expect(refusal(start, a, study({ requesterClass: 'published' }))).toBeNull()
    const hash = random(32) as ItemHash
    expect(refusal(start, university, checkOf(hash))).toBe<ItemRefusal>('item-author-not-allowed')
    expect(refusal(start, university, resultOf(hash))).toBe<ItemRefusal>('item-author-not-allowed')
    expect(refusal(start, insurer, { kind: 'registration', protocolHash: random(32) })).toBeNull()
    expect(refusal(start, insurer, clears[5]!)).toBeNull()
  })
})

describe('a study', () => {
  it('is of a declared snapshot and pays before anything is computed', () => {
    expect(refusal(start, university, study({ snapshotHash: random(32) as ItemHash }))).toBe(
      'item-unknown-snapshot',
    )
    const item = itemOf(university, study())
    const state = take(start, item)
    expect(state.consortium.ledger).toMatchObject({
      lifetimeMicroRho: 20_000,
      days: [{ memberId: university.member.memberId, class: 'university', microRho: 20_000 }],
      studies: [{ microRho: 20_000, countCount: 0 }],
    })
    expect(state.consortium.snapshots[0]?.microRho).toBe(20_000)
    expect(openStudyOf(state.consortium, hashOf(item))).toMatchObject({ chargeKind: 'table', checks: [] })
    expect(stateFromCbor(crypto, stateToCbor(state.consortium))).toEqual(state.consortium)
    const free = take(start, itemOf(university, study({ chargeKind: 'by-rule', chargeMicroRho: 0 })))
    expect(free.consortium.ledger).toEqual(start.consortium.ledger)
  })

  it('is refused by each limit of the policy under its own name', () => {
    const limits: readonly [string, Readonly<Record<string, number>>, Partial<StudyItem>?][] = [
      ['charge', { rhoTableMicro: 19_999 }],
      ['lifetime', { rhoLifetimeMicro: 39_999 }],
      ['year', { rhoYearMicro: 39_999 }],
      ['snapshot', { rhoSnapshotMicro: 39_999 }],
      ['pool', { rhoResearchMicro: 39_999 }],
      ['requester', { rhoUniversityMicro: 39_999 }],
      ['study', { rhoStudyMicro: 39_999 }],
      ['study-counts', { studyCountsMax: 1 }, { chargeKind: 'count', chargeMicroRho: 10 }],
    ]
    for (const [limit, policy, changes] of limits) {
      const other = foundConsortium({ seed: `limit ${limit}`, voters: 4, others: ['university'], policy })
      const prepared = withSnapshot(other)
      const asker = other.institutions[4]!
      const studyId = new Uint8Array(16)
      const ask = (n: number) =>
        makeItem(
          other,
          asker,
          study({ snapshotHash: prepared.snapshotHash, studyId, ...changes, commitment: random(32) }, other),
          n,
        )
      let { state } = prepared
      if (limit !== 'charge') state = finalise(other, state, { items: [ask(1)] }).state
      expect(refusalOf(state, ask(2)), limit).toBe(`item-budget-${limit}`)
    }
  })

  it('is charged once while it is open, however often its author asks again', () => {
    const asked = study()
    const state = take(start, itemOf(university, asked))
    expect(refusal(state, university, asked)).toBe<ItemRefusal>('item-study-again')
    // Whoever copies a commitment cannot open it, and keeps its author from nothing.
    const copied = itemOf(a, { ...asked, requesterClass: 'hospital' })
    expect(refusalOf(state, copied)).toBeNull()
    expect(refusal(take(start, copied), university, asked)).toBeNull()
    const twice = buildSegment(
      crypto,
      start,
      { candidates: [], items: [itemOf(university, asked), itemOf(university, asked)] },
      start.lastTime,
    )
    expect(twice.refusedItems).toEqual([{ position: 1, reason: 'item-study-again' }])
  })

  it('has a place beside at most 31 open ones of its author, and 4,095 of all', () => {
    const free = () => study({ chargeKind: 'by-rule', chargeMicroRho: 0 })
    const items = Array.from({ length: AUTHOR_OPEN_STUDIES_MAX }, () => itemOf(university, free()))
    const state = take(start, ...items)
    expect(refusal(state, university, free())).toBe<ItemRefusal>('item-open-studies')
    expect(refusal(state, insurer, { ...free(), requesterClass: 'insurer' })).toBeNull()
    const [open] = state.consortium.openStudies
    const openStudies = Array.from({ length: OPEN_STUDIES_MAX }, (_, i) => ({
      ...open!,
      commitment: encode([i, random(27)]).slice(0, 32),
      memberId: a.member.memberId,
    }))
    const full = { ...state, consortium: { ...state.consortium, openStudies } }
    expect(refusal(full, insurer, { ...free(), requesterClass: 'insurer' })).toBe('item-open-studies')
  })
})

describe('a study that nobody answers', () => {
  const asked = study({ chargeKind: 'by-rule', chargeMicroRho: 0 })
  const priced = study()
  const [item, paid] = [itemOf(university, asked), itemOf(university, priced)]
  const hash = hashOf(item)
  const state = take(start, item, paid)
  const DAY = 86_400_000
  const lastDay = (Math.floor(state.lastTime / DAY) + 29) * DAY
  /** One more segment at a time, with whatever item. */
  const at = (time: number) =>
    finalise(consortium, state, {
      items: [itemOf(b, { kind: 'registration', protocolHash: random(32) })],
      time,
    }).state

  it('is over on the thirtieth day of chain time after it was included, and not before', () => {
    expect(state.consortium.openStudies.map(({ expiryDay }) => expiryDay)).toEqual([
      lastDay / DAY + 1,
      lastDay / DAY + 1,
    ])
    expect(openStudyOf(at(lastDay + DAY - 60_000).consortium, hash)).not.toBeNull()
    const over = at(lastDay + DAY)
    expect(over.consortium.openStudies).toEqual([])
    expect(stateFromCbor(crypto, stateToCbor(over.consortium))).toEqual(over.consortium)
    for (const late of [resultOf(hash, { outcome: 'refused' }), checkOf(hash)])
      expect(refusal(over, c, late)).toBe<ItemRefusal>('item-unknown-study')
  })

  it('is over before the items of the segment that begins its day', () => {
    const late = itemOf(c, resultOf(hash, { outcome: 'refused' }))
    expect(refusalOf(state, late, lastDay + DAY - 60_000)).toBeNull()
    expect(refusalOf(state, late, lastDay + DAY)).toBe<ItemRefusal>('item-unknown-study')
    expect(refusalOf(state, itemOf(university, asked), lastDay + DAY)).toBeNull()
  })

  it('keeps what it was charged, and is charged again where it is asked again', () => {
    const over = at(lastDay + DAY)
    expect(over.consortium.ledger.lifetimeMicroRho).toBe(20_000)
    const again = take(over, itemOf(university, priced))
    expect(again.consortium.ledger.lifetimeMicroRho).toBe(40_000)
    expect(again.consortium.snapshots[0]!.microRho).toBe(40_000)
  })

  it('says how many days it has, which are those of the policy in effect', () => {
    expect(refusal(start, university, study({ expiryDays: 31 }))).toBe<ItemRefusal>('item-study-rules')
  })
})

describe('an erasure (T09)', () => {
  const erasure = (by: Institution) =>
    makeItem(consortium, by, { kind: 'erasure' }, sequence++, {
      sealed: { epoch: 0, box: new Uint8Array(12 + ITEM_SEALED_STEP_BYTES + 16) },
    })
  const item = itemOf(university, study())
  const hash = hashOf(item)
  const asked = take(start, item)

  it('has every result after it be of words that were found after it', () => {
    const state = take(asked, erasure(b))
    const { height } = state
    expect(state.consortium).toMatchObject({ erasureHeight: height })
    expect(stateFromCbor(crypto, stateToCbor(state.consortium))).toEqual(state.consortium)
    expect(refusal(asked, c, resultOf(hash))).toBeNull()
    expect(refusal(state, c, resultOf(hash))).toBe<ItemRefusal>('item-result-erasure')
    expect(refusal(state, c, resultOf(hash, { erasureHeight: height }))).toBeNull()
    // A refusal too, and nothing of an erasure that is still to come.
    expect(refusal(state, c, resultOf(hash, { outcome: 'refused' }))).toBe('item-result-erasure')
    const [later, early] = [
      resultOf(hash, { erasureHeight: height + 1 }),
      resultOf(hash, { erasureHeight: height }),
    ]
    expect(refusal(state, c, later)).toBe<ItemRefusal>('item-result-ahead')
    expect(refusal(asked, c, early)).toBe<ItemRefusal>('item-result-ahead')
    // A voter that is behind keeps it until it has that erasure; where the height went by without one, it is over.
    const waits = decodeSignedItem(crypto, itemOf(c, early))!.item
    expect(mayWait('item-result-ahead', waits, asked)).toBe(true)
    const without = take(
      asked,
      itemOf(b, { kind: 'policy', name: 'smallestCount', value: 12, approvals: [] }),
    )
    expect(without.height).toBe(height)
    expect(refusal(without, c, early)).toBe<ItemRefusal>('item-result-erasure')
    expect(mayWait('item-result-erasure', waits, without)).toBe(false)
    expect(isFarAhead(waits, height - AHEAD_MAX - 1)).toBe(false)
    expect(isFarAhead(waits, height - AHEAD_MAX - 2)).toBe(true)
    // Nobody puts another number beside old words.
    const renamed = { ...resultOf(hash), erasureHeight: height }
    expect(refusal(state, c, renamed)).toBe<ItemRefusal>('item-attestations')
    const again = take(state, erasure(a))
    expect(refusal(again, c, resultOf(hash, { erasureHeight: height }))).toBe('item-result-erasure')
  })

  it('counts from its place in the segment on', () => {
    const result = itemOf(c, resultOf(hash))
    const build = (...items: Uint8Array[]) =>
      buildSegment(crypto, asked, { candidates: [], items }, asked.lastTime).refusedItems
    expect(build(erasure(b), result)).toEqual([{ position: 1, reason: 'item-result-erasure' }])
    expect(build(result, erasure(b))).toEqual([])
  })

  it('is of a hospital, says to hospitals what it is of, and comes a hundred times a day from all of them at most', () => {
    expect(refusalOf(asked, erasure(university))).toBe<ItemRefusal>('item-author-not-allowed')
    expect(decodeSignedItem(crypto, itemOf(a, { kind: 'erasure' }))).toBeNull()
    const hospitals = membersOf(start.consortium).filter(({ kind }) => kind === 'hospital')
    const each = Math.floor(ERASURES_PER_DAY_MAX / hospitals.length)
    expect(each).toBeGreaterThan(HOSPITAL_ERASURES_LEAST)
    const state = take(asked, ...Array.from({ length: each }, () => erasure(b)))
    expect(refusalOf(state, erasure(b))).toBe<ItemRefusal>('item-erasures-today')
    expect(refusalOf(state, erasure(a))).toBeNull()
    expect(refusalOf(state, erasure(b), state.lastTime + 86_400_000)).toBeNull()
  })
})

describe('a result', () => {
  const item = itemOf(university, study())
  const hash = hashOf(item)
  const state = take(start, item)

  it('closes its study once, attested by all gateways but the faulty', () => {
    expect(refusal(state, c, resultOf(hash, {}, GATEWAYS.slice(0, 4)))).toBeNull()
    expect(refusal(state, c, resultOf(hash, {}, GATEWAYS.slice(0, 3)))).toBe<ItemRefusal>('item-attestations')
    expect(refusal(state, c, resultOf(hash, {}, [...GATEWAYS.slice(0, 3), university]))).toBe(
      'item-attestations',
    )
    const other = { ...resultOf(hash), resultHash: random(32) }
    expect(refusal(state, c, other)).toBe<ItemRefusal>('item-attestations')
    expect(refusal(state, c, { ...resultOf(hash), outcome: 'refused' })).toBe<ItemRefusal>(
      'item-attestations',
    )
    expect(refusal(state, c, resultOf(random(32) as ItemHash))).toBe<ItemRefusal>('item-unknown-study')
    const answered = take(state, itemOf(c, resultOf(hash)))
    expect(answered.consortium.openStudies).toEqual([])
    expect(answered.consortium.ledger).toEqual(state.consortium.ledger)
    expect(refusal(answered, c, resultOf(hash))).toBe<ItemRefusal>('item-unknown-study')
  })

  it('counts nobody who was named', () => {
    const said = { studyHash: hash, outcome: 'answered', resultHash: random(32) } as const
    const { attestations, outcome, resultHash } = resultOf(hash, {}, [a, b, c, d])
    const suspension: SuspensionItem = {
      kind: 'suspension',
      memberId: clinic.member.memberId,
      reason: 'deviating-result',
      studyHash: hash,
      studyHeight: ASKED_AT,
      erasureHeight: 0,
      agreed: { outcome, resultHash },
      said: {
        outcome: said.outcome,
        resultHash: said.resultHash,
        engine: ENGINE,
        signature: crypto.ed25519Sign(
          clinic.authorSecret,
          attestationSignBytes(chainId, said, ENGINE, { studyHeight: ASKED_AT, erasureHeight: 0 }),
        ),
      },
      attestations,
    }
    const named = take(state, itemOf(a, suspension))
    expect(refusal(named, a, resultOf(hash, {}, [b, c, d, clinic]))).toBe<ItemRefusal>('item-attestations')
    expect(refusal(named, a, resultOf(hash, {}, [a, b, c, d]))).toBeNull()
  })

  it('has an outcome that its kind of study can have', () => {
    const again = itemOf(university, study({ chargeKind: 'recompute', chargeMicroRho: 0, of: hash }))
    const both = take(state, again)
    const second = (changes: Partial<ResultItem>) => resultOf(hashOf(again), changes, GATEWAYS, both.height)
    for (const outcome of ['identical', 'differs', 'not-recomputable'] as const) {
      expect(refusal(both, a, resultOf(hash, { outcome }))).toBe<ItemRefusal>('item-result-outcome')
      expect(refusal(both, a, second({ outcome }))).toBeNull()
    }
    for (const outcome of ['answered', 'refused'] as const) {
      expect(refusal(both, a, resultOf(hash, { outcome }))).toBeNull()
      expect(refusal(both, a, second({ outcome }))).toBe<ItemRefusal>('item-result-outcome')
    }
  })
})

describe('checks of a study by rule', () => {
  const item = itemOf(a, study({ requesterClass: 'hospital', chargeKind: 'by-rule', chargeMicroRho: 0 }))
  const hash = hashOf(item)
  const state = take(start, item)

  it('are one of each hospital but the author’s, of open studies by rule', () => {
    expect(refusal(state, b, checkOf(hash))).toBeNull()
    expect(refusal(state, a, checkOf(hash))).toBe<ItemRefusal>('item-check')
    expect(refusal(state, b, checkOf(random(32) as ItemHash))).toBe<ItemRefusal>('item-unknown-study')
    const checked = take(state, itemOf(b, checkOf(hash)))
    expect(refusal(checked, b, checkOf(hash, { verdict: 'refuse' }))).toBe<ItemRefusal>('item-check')
    expect(present(openStudyOf(checked.consortium, hash)).checks).toEqual([
      { memberId: b.member.memberId, proposalHash: new Uint8Array(32).fill(7), verdict: 'approve' },
    ])
    expect(stateFromCbor(crypto, stateToCbor(checked.consortium))).toEqual(checked.consortium)
    const table = itemOf(university, study())
    expect(refusal(take(start, table), b, checkOf(hashOf(table)))).toBe<ItemRefusal>('item-check')
  })

  it('release what two approved and nobody refused, and only that', () => {
    const one = take(state, itemOf(b, checkOf(hash)))
    expect(refusal(state, c, resultOf(hash))).toBe<ItemRefusal>('item-result-checks')
    expect(refusal(one, c, resultOf(hash))).toBe<ItemRefusal>('item-result-checks')
    const elsewhere = take(one, itemOf(c, checkOf(hash, { proposalHash: random(32) })))
    expect(refusal(elsewhere, c, resultOf(hash))).toBe<ItemRefusal>('item-result-checks')
    const two = take(one, itemOf(d, checkOf(hash)))
    expect(refusal(two, c, resultOf(hash))).toBeNull()
    expect(refusal(two, c, resultOf(hash, { resultHash: random(32) }))).toBe<ItemRefusal>(
      'item-result-checks',
    )
    // A refusal needs no checks.
    expect(refusal(state, c, resultOf(hash, { outcome: 'refused' }))).toBeNull()
  })
  it('decide in the order of the chain, and what comes later changes nothing', () => {
    const one = take(state, itemOf(b, checkOf(hash)))
    const two = take(one, itemOf(d, checkOf(hash)))
    // Enough approved these bytes: a refusal of them comes too late, and one of other bytes is about those.
    expect(refusal(two, clinic, checkOf(hash, { verdict: 'refuse' }))).toBe<ItemRefusal>('item-check-decided')
    expect(refusal(two, clinic, checkOf(hash))).toBe<ItemRefusal>('item-check-decided')
    const elsewhere = itemOf(clinic, checkOf(hash, { verdict: 'refuse', proposalHash: random(32) }))
    expect(refusal(take(two, elsewhere), c, resultOf(hash))).toBeNull()
    // One refusal before that ends it, whatever it is about.
    for (const proposalHash of [random(32), new Uint8Array(32).fill(7)]) {
      const against = take(one, itemOf(clinic, checkOf(hash, { verdict: 'refuse', proposalHash })))
      expect(refusal(against, d, checkOf(hash))).toBe<ItemRefusal>('item-check-decided')
      expect(refusal(against, c, resultOf(hash))).toBe<ItemRefusal>('item-result-checks')
      expect(refusal(against, c, resultOf(hash, { outcome: 'refused' }))).toBeNull()
    }
  })

  it('are as many as were needed when the study was asked, whatever is decided since', () => {
    const raise = (value: number): ItemClear => ({
      kind: 'policy',
      name: 'checkersMin',
      value,
      approvals: [],
    })
    let raised = take(state, itemOf(a, raise(3)))
    raised = finalise(consortium, raised, {}).state
    const two = take(raised, itemOf(b, checkOf(hash)), itemOf(d, checkOf(hash)))
    expect(refusal(two, c, resultOf(hash))).toBeNull()
    // What is asked from then on says the new number, and no other.
    const next = study({ requesterClass: 'hospital', chargeKind: 'by-rule', chargeMicroRho: 0 })
    expect(refusal(raised, a, next)).toBe<ItemRefusal>('item-study-rules')
    expect(refusal(raised, a, { ...next, checkersMin: 3 })).toBeNull()
    expect(refusal(state, a, { ...next, smallestCount: 10 })).toBe<ItemRefusal>('item-study-rules')
  })
})

describe('what a study rests on', () => {
  it('is a document that more gateways have than may be faulty, for a while to come', () => {
    const asks = study()
    const time = start.lastTime
    // Five gateways: one may be faulty, so two must have it.
    expect(refusal(start, university, { ...asks, held: asks.held.slice(0, 2) })).toBeNull()
    expect(refusal(start, university, { ...asks, held: asks.held.slice(0, 1) })).toBe<ItemRefusal>(
      'item-study-held',
    )
    const ofAnother = heldBy(consortium, random(32))
    expect(refusal(start, university, { ...asks, held: ofAnother })).toBe('item-study-held')
    const runsOut = asks.held.map((each) => ({ ...each, until: time }))
    expect(refusal(start, university, { ...asks, held: runsOut })).toBe('item-study-held')
    const signedUntil = (by: Institution, until: number) => ({
      memberId: by.member.memberId,
      until,
      signature: crypto.ed25519Sign(
        by.authorSecret,
        heldSignBytes(chainId, asks.commitment, by.member.memberId, until),
      ),
    })
    const until = (...at: readonly [number, number]) =>
      refusal(start, university, { ...asks, held: [signedUntil(a, at[0]), signedUntil(b, at[1])] })
    expect(until(time + 60_000, time + 60_000)).toBeNull()
    expect(until(time + 60_000, time)).toBe('item-study-held')
    // Only gateways hold it.
    expect(
      refusal(start, university, { ...asks, held: [asks.held[0]!, signedUntil(university, 2 ** 50)] }),
    ).toBe('item-study-held')
  })

  it('is a charge, for what is published: no repeat of what others paid for is for everybody', () => {
    const free = { chargeMicroRho: 0, of: random(32) as ItemHash }
    for (const chargeKind of ['repeat', 'recompute'] as const) {
      const again = { ...free, chargeKind }
      expect(refusal(start, a, study({ ...again, requesterClass: 'published' }))).toBe<ItemRefusal>(
        'item-study-published',
      )
      expect(refusal(start, a, study({ ...again, requesterClass: 'hospital' }))).toBeNull()
    }
    expect(refusal(start, a, study({ requesterClass: 'published' }))).toBeNull()
  })

  it('is a day on which its author asked little for nothing', () => {
    const few = foundConsortium({
      seed: 'few',
      voters: 4,
      others: ['university', 'insurer'],
      policy: { freeStudiesPerDay: 2 },
    })
    const prepared = withSnapshot(few)
    const [, , , , asker, other] = few.institutions as readonly Institution[]
    let n = 0
    const free = (author = asker!, chargeKind: StudyItem['chargeKind'] = 'by-rule') => {
      const isPaid = chargeKind === 'count'
      const clear = study(
        {
          snapshotHash: prepared.snapshotHash,
          requesterClass: author === asker ? 'university' : 'insurer',
          chargeKind,
          chargeMicroRho: isPaid ? 10 : 0,
          of: chargeKind === 'repeat' ? (random(32) as ItemHash) : null,
        },
        few,
      )
      return makeItem(few, author, clear, ++n)
    }
    const two = finalise(few, prepared.state, { items: [free(), free(asker, 'repeat')] }).state
    expect(refusalOf(two, free())).toBe<ItemRefusal>('item-free-studies')
    expect(refusalOf(two, free(asker, 'repeat'))).toBe('item-free-studies')
    expect(refusalOf(two, free(asker, 'count'))).toBeNull()
    expect(refusalOf(two, free(other))).toBeNull()
    const tomorrow = two.lastTime + 86_400_000
    expect(refusalOf(two, free(), tomorrow)).toBeNull()
    expect(two.consortium.freeStudies).toMatchObject([{ memberId: asker!.member.memberId, count: 2 }])
    expect(stateFromCbor(crypto, stateToCbor(two.consortium))).toEqual(two.consortium)
  })

  it('is, below four gateways, a decision of the members, and the word of all of them', () => {
    for (const releaseUnattested of [0, 1]) {
      const small = foundConsortium({
        seed: 'small',
        voters: 3,
        others: ['university'],
        policy: { votersBelowFourAllowed: 1, releaseUnattested },
      })
      const prepared = withSnapshot(small)
      const [x, y, z, asker] = small.institutions as readonly [
        Institution,
        Institution,
        Institution,
        Institution,
      ]
      const item = makeItem(small, asker, study({ snapshotHash: prepared.snapshotHash }, small), 1)
      const studyHash = itemHashOf(crypto, small.chainId, item)
      const { state } = finalise(small, prepared.state, { items: [item] })
      const resultBy = (...by: Institution[]) => {
        const word = { studyHash, outcome: 'answered', resultHash: random(32) } as const
        const attestations = by
          .map(({ member, authorSecret }) => ({
            memberId: member.memberId,
            engine: ENGINE,
            signature: crypto.ed25519Sign(
              authorSecret,
              attestationSignBytes(small.chainId, word, ENGINE, {
                studyHeight: state.height,
                erasureHeight: 0,
              }),
            ),
          }))
          .sort((p, q) => compareBytes(p.memberId, q.memberId))
        return refusalOf(
          state,
          makeItem(small, x, { kind: 'result', ...word, erasureHeight: 0, attestations }, 9),
        )
      }
      expect(resultBy(x)).toBe<ItemRefusal>('item-attestations')
      expect(resultBy(x, y)).toBe<ItemRefusal>('item-attestations')
      expect(resultBy(x, y, z)).toBe(releaseUnattested === 1 ? null : 'item-attestations')
    }
  })

  it('is, for an insurer, the first protocol of it, found however many others came since', () => {
    const register = (by: Institution) => itemOf(by, { kind: 'registration', protocolHash: random(32) })
    const first = take(start, register(insurer))
    const later = take(take(first, ...Array.from({ length: 250 }, () => register(a))), register(insurer))
    expect(firstRegistrationOf(later.consortium, insurer.member.memberId)).toBe(first.height)
    expect(firstRegistrationOf(later.consortium, a.member.memberId)).toBe(first.height + 1)
    expect(firstRegistrationOf(later.consortium, university.member.memberId)).toBeNull()
    expect(stateFromCbor(crypto, stateToCbor(later.consortium))).toEqual(later.consortium)
  })
})
