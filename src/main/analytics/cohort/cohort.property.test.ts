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
import { runOf } from '../facts/fact-columns.ts'
import type { Facts } from '../facts/fact-tables.ts'
import {
  someClaimsWithout,
  someDeathsByDischarge,
  someDeathsByYear,
  syntheticFacts,
} from '../facts/facts.test-kit.ts'
import { openWarehouse, type Snapshot, type Warehouse } from '../warehouse/warehouse.ts'
import { cohortByHand } from './by-hand.test-kit.ts'
import { randomCohort } from './random-cohorts.test-kit.ts'

let warehouse: Warehouse
let snapshot: Snapshot
let facts: Facts[]
beforeAll(async () => {
  facts = someClaimsWithout(someDeathsByYear(someDeathsByDischarge(syntheticFacts(120, 'cohort-property'))))
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
      fc.asyncProperty(randomCohort, async (asked) => {
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

  it('counts a claim that stands on the day of its visit, and none that is reversed at a later one', async () => {
    const asked: CohortDefinition = {
      schema: 'cohort/1',
      title: 'A first claim',
      codeSets: {},
      entry: { event: { kind: 'claim' }, priorDays: 0, which: 'first' },
      steps: [],
    }
    const valid = facts.filter(({ visit }) => visit[0]!.status === 2)
    const byHand = cohortByHand(asked, valid)
    const members = await warehouse.members(snapshot, asked)
    expect(new Map(members.map(({ patient, day: index }) => [patient, index]))).toEqual(byHand.members)
    // Of some the first visit with a claim is not the day, since that claim does not stand.
    const firstWithClaim = new Map<string, number>()
    for (const { visit, claim } of valid)
      if (claim.length > 0 && !firstWithClaim.has(visit[0]!.patient!))
        firstWithClaim.set(visit[0]!.patient!, visit[0]!.day!)
    const later = members.filter(({ patient, day }) => firstWithClaim.get(patient)! < day)
    expect(later.length).toBeGreaterThan(20)
    expect(members.length - later.length).toBeGreaterThan(20)
  })

  // Found by chance: statistics of the columns show that nobody can be in, and the database lost a column over it.
  it('has nobody where rules contradict each other, and says so', async () => {
    const observed: CohortRule = { kind: 'observed', beforeDays: 0, afterDays: 0 }
    const payer: CohortRule = { kind: 'payer', anyOf: ['NHI'] }
    const window = { from: null, to: null }
    const occurs = (event: EventFilter, atLeast: number) =>
      ({ kind: 'occurs', event, window, atLeast }) as const
    const asked: CohortDefinition = {
      schema: 'cohort/1',
      title: 'Nobody',
      codeSets: {
        dm: { kind: 'diagnosis', name: 'Diabetes', include: ['E11*', 'E10*'], exclude: ['E1122'] },
        stent: { kind: 'procedure', name: 'Stent', include: ['0270*'], exclude: [] },
      },
      entry: { event: { kind: 'death' }, priorDays: 0, which: 'first' },
      steps: [
        { use: 'include', rule: { kind: 'not', rule: { kind: 'all', of: [payer, observed] } } },
        {
          use: 'include',
          rule: {
            kind: 'all',
            of: [
              occurs({ kind: 'diagnosis', codes: 'dm' }, 1),
              { kind: 'not', rule: observed },
              { kind: 'any', of: [payer, payer] },
            ],
          },
        },
        {
          use: 'include',
          rule: {
            kind: 'any',
            of: [occurs({ kind: 'procedure', codes: 'stent' }, 0), { kind: 'age', atLeast: 30, atMost: 20 }],
          },
        },
      ],
    }
    expect((await warehouse.attrition(snapshot, asked)).steps.at(-1)).toBe(0)
    expect(await warehouse.members(snapshot, asked)).toEqual([])
  })

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
