/** Random questions about synthetic patients: the warehouse and a count by hand must agree on every step and every person. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  cohortDefinition,
  problemsOf,
  type CohortDefinition,
  type CohortRule,
  type EventFilter,
} from '../../../shared/domain/cohort.ts'
import { formatDay } from '../../../shared/domain/dates.ts'
import { runOf } from '../facts/fact-columns.ts'
import type { Facts } from '../facts/fact-tables.ts'
import { syntheticFacts } from '../facts/facts.test-kit.ts'
import { openWarehouse, type Snapshot, type Warehouse } from '../warehouse/warehouse.ts'
import { cohortByHand } from './by-hand.test-kit.ts'

const codeSets: CohortDefinition['codeSets'] = {
  dm: { kind: 'diagnosis', name: 'Diabetes', include: ['E11*', 'E10*'], exclude: ['E1122'] },
  cvd: { kind: 'diagnosis', name: 'Cardiovascular', include: ['I21*', 'I639', 'I50*'], exclude: [] },
  none: { kind: 'diagnosis', name: 'Never seen', include: ['Q99'], exclude: [] },
  statin: { kind: 'medicine', name: 'Statins', include: ['C10AA*'], exclude: [] },
  stent: { kind: 'procedure', name: 'Stent', include: ['0270*'], exclude: [] },
}

const classes = fc.option(
  fc.uniqueArray(fc.constantFrom('AMB' as const, 'EMER' as const, 'IMP' as const), { minLength: 1 }),
  { nil: undefined },
)
const decimal = fc.constantFrom('4', '5.7', '6.5', '7.0', '9', '130', '140.5', '200')
const event: fc.Arbitrary<EventFilter> = fc.oneof(
  fc.record(
    {
      kind: fc.constant('diagnosis' as const),
      codes: fc.constantFrom('dm', 'cvd', 'none'),
      isPrincipal: fc.boolean(),
      classes,
    },
    { requiredKeys: ['kind', 'codes'] },
  ),
  fc.record(
    {
      kind: fc.constant('result' as const),
      test: fc.constantFrom('hba1c', 'ldlD', 'sbp', 'creat', 'smoking'),
      value: fc.oneof(
        fc.record({ atLeast: decimal }),
        fc.record({ above: decimal }),
        fc.record({ atMost: decimal, atLeast: fc.constant('4') }),
        fc.record({ below: decimal }),
      ),
    },
    { requiredKeys: ['kind', 'test'] },
  ),
  fc.constant({ kind: 'prescription' as const, codes: 'statin' }),
  fc.constant({ kind: 'procedure' as const, codes: 'stent' }),
  fc.record({ kind: fc.constant('visit' as const), classes }),
)
const day = fc.integer({ min: -1500, max: 1500 })
const dayWindow = fc
  .tuple(fc.option(day), fc.option(day))
  .map(([a, b]) => (a !== null && b !== null && a > b ? { from: b, to: a } : { from: a, to: b }))
const occurs: fc.Arbitrary<CohortRule> = fc.oneof(
  fc
    .tuple(event, dayWindow, fc.integer({ min: 0, max: 3 }), fc.option(fc.integer({ min: 0, max: 4 })))
    .map(([e, window, atLeast, more]) => ({
      kind: 'occurs' as const,
      event: e,
      window,
      atLeast,
      ...(more === null ? {} : { atMost: atLeast + more }),
    })),
  fc
    .tuple(event, dayWindow, fc.integer({ min: 2, max: 4 }), fc.integer({ min: 1, max: 500 }))
    .map(([e, window, atLeast, withinDays]) => ({
      kind: 'occurs' as const,
      event: e,
      window,
      atLeast,
      withinDays,
    })),
)
const years = fc.integer({ min: 20, max: 90 })
const civil = fc.integer({ min: 15_000, max: 20_000 }).map(formatDay)
const leaf: fc.Arbitrary<CohortRule> = fc.oneof(
  { weight: 4, arbitrary: occurs },
  { weight: 1, arbitrary: years.map((atLeast) => ({ kind: 'age' as const, atLeast })) },
  { weight: 1, arbitrary: years.map((atMost) => ({ kind: 'age' as const, atLeast: 30, atMost })) },
  {
    weight: 1,
    arbitrary: fc
      .uniqueArray(fc.constantFrom('male' as const, 'female' as const), { minLength: 1 })
      .map((anyOf) => ({ kind: 'sex' as const, anyOf })),
  },
  {
    weight: 1,
    arbitrary: fc
      .uniqueArray(fc.constantFrom('NHI' as const, 'PRIVATE' as const, 'SELF' as const), { minLength: 1 })
      .map((anyOf) => ({ kind: 'payer' as const, anyOf })),
  },
  {
    weight: 1,
    arbitrary: fc
      .uniqueArray(fc.constantFrom('H1', 'H2', 'H3', 'H9'), { minLength: 1 })
      .map((anyOf) => ({ kind: 'hospital' as const, anyOf })),
  },
  { weight: 1, arbitrary: civil.map((from) => ({ kind: 'calendar' as const, from })) },
  { weight: 1, arbitrary: civil.map((to) => ({ kind: 'calendar' as const, to })) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.integer({ min: 0, max: 800 }), fc.integer({ min: 0, max: 800 }))
      .map(([beforeDays, afterDays]) => ({ kind: 'observed' as const, beforeDays, afterDays })),
  },
)
const { rule } = fc.letrec<{ rule: CohortRule }>((tie) => ({
  rule: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('rule'), { minLength: 1, maxLength: 3 }).map((of) => ({ kind: 'all' as const, of })),
    fc.array(tie('rule'), { minLength: 1, maxLength: 3 }).map((of) => ({ kind: 'any' as const, of })),
    tie('rule').map((inner) => ({ kind: 'not' as const, rule: inner })),
  ),
}))
const definition: fc.Arbitrary<CohortDefinition> = fc
  .record({
    event,
    confirmedBy: fc.option(
      fc.record({ count: fc.integer({ min: 2, max: 3 }), withinDays: fc.integer({ min: 1, max: 800 }) }),
      { nil: undefined },
    ),
    washout: fc.option(fc.record({ event, days: fc.integer({ min: 1, max: 2000 }) }), { nil: undefined }),
    priorDays: fc.constantFrom(0, 0, 30, 365),
    which: fc.constantFrom('first' as const, 'first-qualifying' as const),
    steps: fc.array(fc.record({ use: fc.constantFrom('include' as const, 'exclude' as const), rule }), {
      maxLength: 4,
    }),
  })
  .map(({ steps, event: entryEvent, confirmedBy, washout, priorDays, which }) => ({
    schema: 'cohort/1' as const,
    title: 'Random',
    codeSets,
    entry: {
      event: entryEvent,
      ...(confirmedBy === undefined ? {} : { confirmedBy }),
      ...(washout === undefined ? {} : { washout }),
      priorDays,
      which,
    },
    steps,
  }))

let warehouse: Warehouse
let snapshot: Snapshot
let facts: Facts[]
beforeAll(async () => {
  facts = syntheticFacts(120, 'cohort-property')
  warehouse = await openWarehouse({ threads: 2, memoryMb: 512 })
  const half = Math.floor(facts.length / 2)
  await warehouse.load(runOf(0, half - 1, facts.slice(0, half)))
  await warehouse.load(runOf(half, facts.length - 1, facts.slice(half)))
  snapshot = await warehouse.snapshot({ upTo: facts.length, hospitals: null, samePerson: [] })
})
afterAll(() => warehouse.close())

describe('a cohort of the warehouse', () => {
  it('is who a count by hand finds, whatever is asked', async () => {
    const valid = facts.filter(({ visit }) => visit[0]!.status === 2)
    let memberCount = 0
    await fc.assert(
      fc.asyncProperty(definition, async (asked) => {
        // Test the shape and the meaning that the window would send.
        expect(cohortDefinition.parse(asked)).toEqual(asked)
        fc.pre(problemsOf(asked).length === 0)
        const byHand = cohortByHand(asked, valid)
        const { withEvent, withPriorDays, afterWashout, steps } = await warehouse.attrition(snapshot, asked)
        expect([withEvent, withPriorDays, afterWashout, ...steps]).toEqual(byHand.attrition)
        const members = await warehouse.members(snapshot, asked)
        expect(new Map(members.map(({ patient, day: index }) => [patient, index]))).toEqual(byHand.members)
        memberCount += members.length
      }),
      { numRuns: Number(process.env['COHORT_RUNS'] ?? 120) },
    )
    // Questions that nobody answers would prove nothing.
    expect(memberCount).toBeGreaterThan(100)
  }, 120_000)

  it('R2: counts type 2 diabetes from 40 on with two HbA1c in twelve months rule by rule, at the state that it names', async () => {
    const from = (years: number): CohortDefinition => ({
      schema: 'cohort/1',
      title: 'Type 2 diabetes from an age on',
      codeSets: {
        t2: { kind: 'diagnosis', name: 'Type 2 diabetes', include: ['E11*'], exclude: [] },
      },
      entry: { event: { kind: 'diagnosis', codes: 't2' }, priorDays: 0, which: 'first' },
      steps: [
        { use: 'include', rule: { kind: 'age', atLeast: years } },
        {
          use: 'include',
          rule: {
            kind: 'occurs',
            event: { kind: 'result', test: 'hba1c' },
            window: { from: null, to: null },
            atLeast: 2,
            withinDays: 365,
          },
        },
      ],
    })
    const half = Math.floor(facts.length / 2)
    const counted = async (asked: CohortDefinition, upTo: number): Promise<number[]> => {
      expect(problemsOf(asked)).toEqual([])
      const state = await warehouse.snapshot({ upTo, hospitals: null, samePerson: [] })
      const { withEvent, withPriorDays, afterWashout, steps } = await warehouse.attrition(state, asked)
      const valid = facts.filter(({ visit }, block) => visit[0]!.status === 2 && block <= upTo)
      const all = [withEvent, withPriorDays, afterWashout, ...steps]
      expect(all).toEqual(cohortByHand(asked, valid).attrition)
      return all
    }
    const [before, now, older] = [
      await counted(from(40), half),
      await counted(from(40), facts.length),
      await counted(from(65), facts.length),
    ]
    // Each rule takes somebody, and a later state has others.
    expect(before).not.toEqual(now)
    expect(now.at(-2)).toBeGreaterThan(now.at(-1)!)
    expect(now.at(-1)).toBeGreaterThan(0)
    expect(older.at(-2)).toBeLessThan(older[0]!)
  })
})
