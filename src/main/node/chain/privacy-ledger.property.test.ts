import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toHex } from '../../../shared/std/bytes.ts'
import { encode, tryDecode } from './codec.ts'
import type { ItemHash, MemberId } from './ids.ts'
import { ledgerFromCbor, ledgerToCbor } from './ledger-bytes.ts'
import { LEDGER_ROWS_MAX, LEDGER_STUDIES_MAX, MEMBER_STUDIES_MAX } from './limits.ts'
import { createPolicy } from './policy.ts'
import {
  applyCharge,
  budgetOf,
  EMPTY_LEDGER,
  POOL_OF,
  roomsFor,
  tightest,
  type BudgetPolicy,
  type Charge,
  type Charged,
  type PrivacyLedger,
  type RequesterClass,
  type SnapshotCharges,
} from './privacy-ledger.ts'

const CLASSES: readonly RequesterClass[] = ['hospital', 'university', 'insurer', 'published']
const DEFAULTS = budgetOf(createPolicy())
const bytes = (length: number, value: number) => {
  const made = new Uint8Array(length)
  made[0] = value & 0xff
  made[1] = value >> 8
  return made
}
const memberOf = (value: number) => bytes(16, value) as MemberId
const snapshotOf = (value: number) => bytes(32, value) as ItemHash
const nothing: Charged<SnapshotCharges> = {
  ledger: EMPTY_LEDGER,
  snapshots: [0, 1, 2].map((value) => ({ itemHash: snapshotOf(value), microRho: 0 })),
}

/** Few studies, snapshots and members, so that shared limits are common. */
const chargeArbitrary = fc
  .record({
    kind: fc.constantFrom('count' as const, 'table' as const, 'model' as const, 'registered-model' as const),
    share: fc.integer({ min: 1, max: 110 }),
    class: fc.constantFrom(...CLASSES),
    requester: fc.nat(2),
    study: fc.nat(5),
    snapshot: fc.nat(2),
  })
  .map(({ kind, share, requester, study, snapshot, class: of }): Charge => ({
    kind,
    microRho: Math.ceil((DEFAULTS.chargeMicroRho[kind] * share) / 100),
    class: of,
    // A hospital also publishes.
    memberId: memberOf((of === 'published' ? 0 : 10 * CLASSES.indexOf(of)) + requester),
    studyId: bytes(16, study),
    snapshotHash: snapshotOf(snapshot),
  }))

/** Any limit may be the one that binds. */
const policyOf = fc
  .array(fc.integer({ min: 5, max: 100 }), { minLength: 7, maxLength: 7 })
  .map((percent): BudgetPolicy => {
    const part = (value: number, i: number) => Math.floor((value * percent[i]!) / 100)
    const parts = <K extends string>(values: Readonly<Record<K, number>>, i: number) =>
      Object.fromEntries(
        Object.entries<number>(values).map(([key, value]) => [key, part(value, i)]),
      ) as Record<K, number>
    return {
      ...DEFAULTS,
      yearMicroRho: part(500_000, 0),
      lifetimeMicroRho: part(700_000, 1),
      snapshotMicroRho: part(500_000, 2),
      studyMicroRho: part(125_000, 3),
      studyCountsMax: part(25, 4),
      poolMicroRho: parts(DEFAULTS.poolMicroRho, 5),
      requesterMicroRho: parts(DEFAULTS.requesterMicroRho, 6),
    }
  })

type Entry = Charge & { readonly day: number }

/** Every limit of the policy, counted anew from the list of what was charged, on every day on which something was. */
function expectWithinPolicy(entries: readonly Entry[], policy: BudgetPolicy): void {
  const spent = (isMeant: (entry: Entry) => boolean) => {
    let total = 0
    for (const entry of entries) if (isMeant(entry)) total += entry.microRho
    return total
  }
  const inYearOf = (day: number) => (entry: Entry) => entry.day <= day && entry.day > day - 365
  const isSame = (a: Uint8Array, b: Uint8Array) => toHex(a) === toHex(b)
  expect(spent(() => true)).toBeLessThanOrEqual(policy.lifetimeMicroRho)
  for (const { day, memberId, class: of } of entries) {
    const inYear = inYearOf(day)
    expect(spent(inYear)).toBeLessThanOrEqual(policy.yearMicroRho)
    expect(spent((entry) => inYear(entry) && POOL_OF[entry.class] === POOL_OF[of])).toBeLessThanOrEqual(
      policy.poolMicroRho[POOL_OF[of]],
    )
    expect(
      spent(
        (entry) =>
          inYear(entry) && entry.class === of && (of === 'published' || isSame(entry.memberId, memberId)),
      ),
    ).toBeLessThanOrEqual(policy.requesterMicroRho[of])
  }
  for (const { studyId, memberId, snapshotHash, kind, microRho, day } of entries) {
    const ofStudy = (entry: Entry) =>
      inYearOf(day)(entry) && isSame(entry.studyId, studyId) && isSame(entry.memberId, memberId)
    expect(spent(ofStudy)).toBeLessThanOrEqual(policy.studyMicroRho)
    expect(entries.filter((entry) => ofStudy(entry) && entry.kind === 'count').length).toBeLessThanOrEqual(
      policy.studyCountsMax,
    )
    expect(spent((entry) => isSame(entry.snapshotHash, snapshotHash))).toBeLessThanOrEqual(
      policy.snapshotMicroRho,
    )
    expect(microRho).toBeLessThanOrEqual(policy.chargeMicroRho[kind])
  }
}

describe('the privacy ledger', () => {
  it('never passes a limit, keeps the sum of what it charged, and is the same after its bytes were read (T14)', () => {
    fc.assert(
      fc.property(
        policyOf,
        fc.array(fc.record({ charge: chargeArbitrary, laterDays: fc.constantFrom(0, 0, 0, 1, 40, 364) }), {
          minLength: 10,
          maxLength: 120,
        }),
        (policy, steps) => {
          let state = nothing
          let day = 20_000
          const entries: Entry[] = []
          for (const { charge, laterDays } of steps) {
            day += laterDays
            const [limit, room] = tightest(roomsFor(state, policy, charge, day))
            const result = applyCharge(state, policy, charge, day)
            if (result.kind === 'refused') {
              expect(result).toEqual({ kind: 'refused', limit, roomMicroRho: room })
              expect(room).toBeLessThan(charge.microRho)
              continue
            }
            expect(room).toBeGreaterThanOrEqual(charge.microRho)
            const read = ledgerFromCbor(tryDecode(encode(ledgerToCbor(result.ledger, []))) ?? undefined)
            expect(read?.ledger).toEqual(result.ledger)
            state = { ledger: read!.ledger, snapshots: result.snapshots }
            entries.push({ ...charge, day })
          }
          expectWithinPolicy(entries, policy)
          const sum = entries.reduce((total, { microRho }) => total + microRho, 0)
          expect(state.ledger.lifetimeMicroRho).toBe(sum)
          expect(state.snapshots.reduce((total, { microRho }) => total + microRho, 0)).toBe(sum)
        },
      ),
      { numRuns: 60 },
    )
  })

  const charge = (changes: Partial<Charge> = {}): Charge => ({
    kind: 'table',
    microRho: 20_000,
    class: 'published',
    memberId: memberOf(1),
    studyId: bytes(16, 1),
    snapshotHash: snapshotOf(0),
    ...changes,
  })
  const charged = (state: Charged<SnapshotCharges>, policy: BudgetPolicy, what: Charge, day: number) => {
    const result = applyCharge(state, policy, what, day)
    if (result.kind !== 'charged') throw new Error(`refused by ${result.limit}`)
    return result
  }

  it('lets what is older than a year go from the year and not from the lifetime', () => {
    const policy = { ...DEFAULTS, lifetimeMicroRho: 40_000 }
    const first = charged(nothing, policy, charge(), 100)
    expect(roomsFor(first, policy, charge(), 464)).toMatchObject({ year: 480_000, study: 105_000 })
    const second = charged(first, policy, charge(), 465)
    expect(second.ledger.days).toHaveLength(1)
    expect(second.ledger.studies).toHaveLength(1)
    expect(applyCharge(second, policy, charge(), 10_000)).toEqual({
      kind: 'refused',
      limit: 'lifetime',
      roomMicroRho: 0,
    })
    expect(() => applyCharge(second, policy, charge(), 464)).toThrow('chain time never goes back')
  })

  it('has one share of published tables, through however many hospitals they are asked', () => {
    // The pool alone would let it pass: it is wide on purpose.
    const published = 50_000
    const policy: BudgetPolicy = {
      ...DEFAULTS,
      poolMicroRho: { ...DEFAULTS.poolMicroRho, published: 1_000_000 },
      requesterMicroRho: { ...DEFAULTS.requesterMicroRho, published },
    }
    const by = (hospital: number, microRho: number) => charge({ memberId: memberOf(hospital), microRho })
    const first = charged(nothing, policy, by(1, 20_000), 1)
    const second = charged(first, policy, by(2, 20_000), 2)
    expect(roomsFor(second, policy, by(3, 1), 2).requester).toBe(10_000)
    expect(applyCharge(second, policy, by(3, 20_000), 2)).toEqual({
      kind: 'refused',
      limit: 'requester',
      roomMicroRho: 10_000,
    })
    // As itself a hospital has a share of its own.
    expect(roomsFor(second, policy, { ...by(1, 1), class: 'hospital' }, 2).requester).toBe(
      DEFAULTS.requesterMicroRho.hospital,
    )
  })

  it('names the limit that leaves least, with what it leaves', () => {
    const policy = { ...DEFAULTS, studyMicroRho: 3_000 }
    const count = (microRho: number) => charge({ kind: 'count', microRho, class: 'insurer' })
    const first = charged(nothing, policy, count(2_000), 1)
    expect(applyCharge(first, policy, count(2_000), 1)).toEqual({
      kind: 'refused',
      limit: 'study',
      roomMicroRho: 1_000,
    })
    const none = { ...policy, studyCountsMax: 1 }
    expect(applyCharge(first, none, count(10), 1)).toEqual({
      kind: 'refused',
      limit: 'study-counts',
      roomMicroRho: 0,
    })
    // Another's study of the same name is another study.
    expect(roomsFor(first, none, { ...count(10), memberId: memberOf(2) }, 1)).toMatchObject({
      study: 3_000,
      'study-counts': Infinity,
    })
  })

  it('keeps so many studies of a member and so many rows in all, and no more', () => {
    const policy = budgetOf(
      createPolicy({ rhoYearMicro: 1e9, rhoPublishedMicro: 1e9, rhoLifetimeMicro: 1e9 }),
    )
    const one = (member: number, study: number) =>
      charge({ microRho: 1, memberId: memberOf(member), studyId: bytes(16, study) })
    const studies = (count: number, membersOf: number) =>
      Array.from({ length: count }, (_, i) => ({
        studyId: bytes(16, i),
        memberId: memberOf(i % membersOf),
        microRho: 1,
        countCount: 0,
        lastDay: 1,
      }))
    const holding = (ledger: Partial<PrivacyLedger>) => ({
      ...nothing,
      ledger: { ...EMPTY_LEDGER, ...ledger },
    })
    const own = holding({ studies: studies(MEMBER_STUDIES_MAX, 1) })
    expect(applyCharge(own, policy, one(0, 9_999), 1)).toMatchObject({ limit: 'places' })
    expect(applyCharge(own, policy, one(0, 5), 1).kind).toBe('charged')
    expect(applyCharge(own, policy, one(1, 9_999), 1).kind).toBe('charged')
    expect(applyCharge(own, policy, one(0, 9_999), 366).kind).toBe('charged')
    const all = holding({ studies: studies(LEDGER_STUDIES_MAX, 1_000) })
    expect(applyCharge(all, policy, one(2_000, 9_999), 1)).toMatchObject({ limit: 'places' })
    const rows = holding({
      days: Array.from({ length: LEDGER_ROWS_MAX }, (_, i) => ({
        day: 1,
        memberId: memberOf(i),
        class: 'published' as const,
        microRho: 1,
      })),
    })
    expect(applyCharge(rows, policy, one(40_000, 1), 1)).toMatchObject({ limit: 'places' })
    expect(applyCharge(rows, policy, one(7, 1), 1).kind).toBe('charged')
  })
})
