import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BUDGET_DEFAULTS, POOL_OF, type BudgetPolicy, type RequesterClass } from './budget-policy.ts'
import { applyAnswer, applyCharge, EMPTY_LEDGER, type Charge, type Ledger } from './ledger.ts'

const CLASSES: readonly RequesterClass[] = ['hospital', 'university', 'insurer', 'published']

/** One of few requests, studies, snapshots and members, so that replays and shared limits are common. */
const charge = fc
  .record({
    number: fc.nat(120),
    kind: fc.constantFrom('count' as const, 'table' as const, 'model' as const, 'registered-model' as const),
    share: fc.integer({ min: 1, max: 110 }),
    class: fc.constantFrom(...CLASSES),
    requester: fc.nat(2),
    study: fc.nat(5),
    snapshot: fc.nat(2),
  })
  .map(({ number, kind, share, requester, study, snapshot, ...rest }): Charge => ({
    ...rest,
    request: `request-${number}`,
    kind,
    microRho: Math.ceil((BUDGET_DEFAULTS.chargeMicroRho[kind] * share) / 100),
    requester: `${rest.class}-${requester}`,
    study: `study-${study}`,
    snapshot: `snapshot-${snapshot}`,
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
      ...BUDGET_DEFAULTS,
      yearMicroRho: part(500_000, 0),
      lifetimeMicroRho: part(700_000, 1),
      snapshotMicroRho: part(500_000, 2),
      studyMicroRho: part(125_000, 3),
      studyCountsMax: part(25, 4),
      poolMicroRho: parts(BUDGET_DEFAULTS.poolMicroRho, 5),
      requesterMicroRho: parts(BUDGET_DEFAULTS.requesterMicroRho, 6),
    }
  })

type Step =
  | { kind: 'ask'; charge: Charge; laterDays: number }
  | { kind: 'answer'; request: number; bytes: number }
  /** The gateway falls over and does again what it did last. */
  | { kind: 'replay'; back: number }
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('ask' as const),
      charge,
      laterDays: fc.constantFrom(0, 0, 0, 1, 40),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('answer' as const), request: fc.nat(120), bytes: fc.nat(1) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('replay' as const), back: fc.nat(3) }) },
)

/** Every limit of the policy, counted anew from what was charged, on every day on which something was. */
function expectWithinPolicy({ entries }: Ledger, policy: BudgetPolicy): void {
  const spent = (isMeant: (entry: Ledger['entries'][number]) => boolean) => {
    let total = 0
    for (const entry of entries) if (isMeant(entry)) total += entry.microRho
    return total
  }
  expect(spent(() => true)).toBeLessThanOrEqual(policy.lifetimeMicroRho)
  for (const { day } of entries) {
    const inYear = (entry: { day: number }) => entry.day <= day && entry.day > day - 365
    expect(spent(inYear)).toBeLessThanOrEqual(policy.yearMicroRho)
    for (const pool of ['research', 'insurance', 'published'] as const)
      expect(spent((entry) => inYear(entry) && POOL_OF[entry.class] === pool)).toBeLessThanOrEqual(
        policy.poolMicroRho[pool],
      )
    for (const { requester, class: of } of entries)
      expect(spent((entry) => inYear(entry) && entry.requester === requester)).toBeLessThanOrEqual(
        policy.requesterMicroRho[of],
      )
  }
  for (const { study, snapshot, kind, microRho } of entries) {
    expect(spent((entry) => entry.study === study)).toBeLessThanOrEqual(policy.studyMicroRho)
    expect(spent((entry) => entry.snapshot === snapshot)).toBeLessThanOrEqual(policy.snapshotMicroRho)
    expect(microRho).toBeLessThanOrEqual(policy.chargeMicroRho[kind])
    const counts = entries.filter((entry) => entry.study === study && entry.kind === 'count')
    expect(counts.length).toBeLessThanOrEqual(policy.studyCountsMax)
  }
  expect(new Set(entries.map(({ request }) => request)).size).toBe(entries.length)
}

describe('the privacy ledger', () => {
  it('never passes a limit, charges no request twice and keeps the first answer, in any order of asking, answering and replaying', () => {
    fc.assert(
      fc.property(policyOf, fc.array(step, { minLength: 10, maxLength: 120 }), (policy, steps) => {
        let ledger = EMPTY_LEDGER
        let day = 20_000
        const answers = new Map<string, number>()
        const perform = (each: Step): void => {
          if (each.kind === 'ask') {
            day += each.laterDays
            const known = ledger.entries.find(({ request }) => request === each.charge.request)
            const before = ledger
            const result = applyCharge(ledger, policy, each.charge, day)
            if (known !== undefined) expect(result).toEqual({ kind: 'known', answer: known.answer })
            if (result.kind === 'charged') ledger = result.ledger
            else expect(ledger).toBe(before)
            if (result.kind === 'refused') expect(result.roomMicroRho).toBeLessThan(each.charge.microRho)
          } else if (each.kind === 'answer') {
            const request = `request-${each.request}`
            const isCharged = ledger.entries.some((entry) => entry.request === request)
            const result = applyAnswer(ledger, request, Uint8Array.of(each.bytes))
            if (!isCharged) expect(result).toEqual({ kind: 'refused', reason: 'not-charged' })
            else if ((answers.get(request) ?? each.bytes) !== each.bytes)
              expect(result).toEqual({ kind: 'refused', reason: 'another-answer' })
            if (result.kind === 'recorded') {
              ledger = result.ledger
              answers.set(request, each.bytes)
            }
          } else
            for (const again of steps.slice(
              Math.max(0, steps.indexOf(each) - each.back),
              steps.indexOf(each),
            ))
              if (again.kind !== 'replay') perform(again.kind === 'ask' ? { ...again, laterDays: 0 } : again)
        }
        for (const each of steps) perform(each)
        expectWithinPolicy(ledger, policy)
        for (const { request, answer } of ledger.entries)
          expect(answer?.[0] ?? null).toBe(answers.get(request) ?? null)
      }),
      { numRuns: 60 },
    )
  })

  it('never passes the cap in 1,000 submissions of five members that answer, crash and ask again (T14)', () => {
    let ledger = EMPTY_LEDGER
    let chargedCount = 0
    const answered = new Set<string>()
    for (let i = 0; i < 1_000; i++) {
      // Every third submission is an earlier one again, from another member.
      const number = i % 3 === 2 ? (i * 7) % i : i
      const of = CLASSES[i % 5 === 4 ? 2 : 1]!
      const request = `request-${number}`
      const result = applyCharge(
        ledger,
        BUDGET_DEFAULTS,
        {
          request,
          kind: 'count',
          microRho: 1_700 + (number % 7) * 50,
          class: of,
          requester: `member-${i % 5}`,
          study: `study-${number >> 3}`,
          snapshot: 'one',
        },
        20_000 + Math.floor(i / 10),
      )
      if (result.kind === 'charged') {
        ledger = result.ledger
        chargedCount++
        // One in four gateways falls over before it answers, and does so when the request comes again.
        if (i % 4 === 0) continue
      }
      if (result.kind === 'refused')
        expect(applyAnswer(ledger, request, Uint8Array.of(1)).kind).toBe('refused')
      else {
        const recorded = applyAnswer(ledger, request, new TextEncoder().encode(request))
        if (recorded.kind === 'recorded') ledger = recorded.ledger
        answered.add(request)
      }
    }
    expect(chargedCount).toBe(ledger.entries.length)
    expect(chargedCount).toBeGreaterThan(150)
    expect(ledger.entries.filter(({ answer }) => answer !== null).map(({ request }) => request)).toEqual(
      ledger.entries.map(({ request }) => request).filter((request) => answered.has(request)),
    )
    expectWithinPolicy(ledger, BUDGET_DEFAULTS)
  })

  it('lets what is older than a year go from the year and not from the lifetime', () => {
    const policy = { ...BUDGET_DEFAULTS, lifetimeMicroRho: 40_000, snapshotMicroRho: 1_000_000 }
    const ask = (number: number, day: number) =>
      applyCharge(
        ledger,
        policy,
        {
          request: `request-${number}`,
          kind: 'table',
          microRho: 20_000,
          class: 'published',
          requester: 'a',
          study: `study-${number}`,
          snapshot: 'one',
        },
        day,
      )
    let ledger = EMPTY_LEDGER
    for (const [number, day] of [
      [1, 100],
      [2, 465],
    ] as const) {
      const result = ask(number, day)
      if (result.kind === 'charged') ledger = result.ledger
    }
    expect(ledger.entries).toHaveLength(2)
    expect(ask(3, 10_000)).toEqual({ kind: 'refused', limit: 'lifetime', roomMicroRho: 0 })
    expect(() => ask(4, 99)).toThrow('chain time never goes back')
  })

  it('names the limit that leaves least, with what it leaves', () => {
    const policy = { ...BUDGET_DEFAULTS, studyMicroRho: 3_000 }
    const of = (kind: Charge['kind'], number: number, microRho: number): Charge => ({
      request: `request-${number}`,
      kind,
      microRho,
      class: 'insurer',
      requester: 'a',
      study: 's',
      snapshot: 'one',
    })
    const first = applyCharge(EMPTY_LEDGER, policy, of('count', 1, 2_000), 1)
    if (first.kind !== 'charged') throw new Error('the first is charged')
    expect(applyCharge(first.ledger, policy, of('count', 2, 2_000), 1)).toEqual({
      kind: 'refused',
      limit: 'study',
      roomMicroRho: 1_000,
    })
    expect(applyCharge(first.ledger, policy, of('count', 3, 2_001), 1)).toEqual({
      kind: 'refused',
      limit: 'study',
      roomMicroRho: 1_000,
    })
    expect(applyCharge(EMPTY_LEDGER, policy, of('table', 4, 20_001), 1)).toMatchObject({
      limit: 'study',
      roomMicroRho: 3_000,
    })
    const none = { ...policy, studyCountsMax: 1 }
    expect(applyCharge(first.ledger, none, of('count', 5, 10), 1)).toEqual({
      kind: 'refused',
      limit: 'study-counts',
      roomMicroRho: 0,
    })
  })
})
