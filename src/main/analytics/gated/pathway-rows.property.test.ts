/** Random questions about synthetic patients: what the gateways count, with the noise off, is what a walk day by day counts. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatDay } from '../../../shared/domain/dates.ts'
import type { PathwaysDefinition } from '../../../shared/domain/pathways.ts'
import { releasePathways } from '../../privacy/answers/pathways.ts'
import { noisyTables } from '../../privacy/answers/noisy-tables.ts'
import { pathwayNumbers } from '../../privacy/answers/pathways.ts'
import {
  isEvent,
  pathwayAxes,
  type PathState,
  type PathwaysOutput,
} from '../../privacy/request/pathways-output.ts'
import { problemsOfRequest } from '../../privacy/request/release-request.ts'
import { syntheticFacts } from '../facts/facts.test-kit.ts'
import { pathwaysByHand } from '../pathways/by-hand.test-kit.ts'
import { personsOf } from '../persons/persons.test-kit.ts'
import { rowsOfPersons } from './patient-rows.ts'

const everybody = personsOf(syntheticFacts(120, 'real pathways'))
const lastDay = Math.max(...everybody.flatMap(({ visit }) => visit.map(({ day }) => day!)))
const indexed = everybody.map((facts) => ({ facts, index: Math.min(...facts.visit.map(({ day }) => day!)) }))
const HASH = new Uint8Array(32).fill(2)

const output: fc.Arbitrary<PathwaysOutput> = fc.record({
  kind: fc.constant('pathways' as const),
  codeSets: fc.constant({
    dm: { kind: 'diagnosis' as const, name: 'Diabetes', include: ['E11*'], exclude: [] },
    statin: { kind: 'medicine' as const, name: 'Statins', include: ['C10AA*'], exclude: [] },
  }),
  events: fc
    .shuffledSubarray(
      [
        { kind: 'diagnosis' as const, codes: 'dm' },
        { kind: 'prescription' as const, codes: 'statin' },
        { kind: 'result' as const, test: 'hba1c', value: { atLeast: '7' } },
        { kind: 'visit' as const, classes: ['IMP' as const] },
        { kind: 'visit' as const },
      ],
      { minLength: 1, maxLength: 3 },
    )
    .map((events) => [...events]),
  watch: fc.record({
    left: fc.option(fc.constant({ withoutVisitDays: 400, countedDays: 100 })),
    atMostDays: fc.option(fc.integer({ min: 100, max: 2_500 })),
    until: fc.option(fc.integer({ min: lastDay - 1_500, max: lastDay + 90 }).map(formatDay)),
  }),
  sequence: fc.record({
    which: fc.constantFrom('first' as const, 'all' as const),
    collapseDays: fc.constantFrom(0, 30, 200),
    stepsMost: fc.integer({ min: 1, max: 4 }),
  }),
})

const stateOf = (name: string): PathState =>
  name === 'none' ? -2 : name === 'death' ? -3 : name.length > 1 ? -1 : name.charCodeAt(0) - 65
const BANDS = [0, 30, 91, 365, 1_095, Infinity]

const asked = (own: PathwaysOutput) => ({
  snapshot: HASH,
  cohort: HASH,
  cleaning: null,
  followUp: null,
  output: own,
  microRho: 20_000,
})

describe('pathways of all hospitals at the gateways', () => {
  it('are what a walk day by day counts, and every row is in a cell', () => {
    const seen = { transitions: 0, waits: 0 }
    fc.assert(
      fc.property(output, (own) => {
        expect(problemsOfRequest(asked(own))).toEqual([])
        const rowsOf = rowsOfPersons({
          output: own,
          followUp: null,
          snapshotDay: lastDay,
          benchmarkFrom: null,
        })
        const patients = indexed.map(({ facts, index }) => rowsOf(facts, index))
        const { transition, wait } = pathwayAxes(own)
        for (const rows of patients) {
          expect(rows.length).toBeLessThanOrEqual(own.sequence.stepsMost)
          for (const row of rows) {
            expect(transition.labels).toContain(row['pathway-transition'])
            if (row['pathway-wait'] !== undefined) expect(wait.labels).toContain(row['pathway-wait'])
          }
        }
        const tables = noisyTables(asked(own), patients, () => () => 0n)
        const numbers = pathwayNumbers(tables, own)
        const definition: PathwaysDefinition = {
          schema: 'pathways/1',
          title: 'By hand',
          codeSets: own.codeSets,
          classes: own.events.map((event, i) => ({ name: `Event ${i}`, event })),
          watch: own.watch,
          sequence: own.sequence,
          wait: null,
          trajectory: null,
          exemplars: { count: 0, seed: 'a' },
        }
        const { ways } = pathwaysByHand(definition, indexed, lastDay)
        expect(Number(numbers.total.value)).toBe(ways.length)
        for (const { step, from, to, count } of numbers.transitions) {
          const found = ways.filter(
            ({ names }) =>
              names.length >= step &&
              stateOf(names[step - 1]!) === to &&
              (step === 1 ? null : stateOf(names[step - 2]!)) === from,
          )
          expect(Number(count.value)).toBe(found.length)
          if (found.length > 0) seen.transitions++
        }
        for (const { step, to, band, count } of numbers.waits) {
          const found = ways.filter(({ names, days }) => {
            if (names.length < step || stateOf(names[step - 1]!) !== to) return false
            const gap = days[step - 1]! - (days[step - 2] ?? 0)
            return gap >= BANDS[band]! && gap < BANDS[band + 1]!
          })
          expect(Number(count.value)).toBe(found.length)
          if (found.length > 0) seen.waits++
        }
        expect(numbers.waits.every(({ to }) => isEvent(to))).toBe(true)
      }),
      { numRuns: Number(process.env['PATHWAYS_RUNS'] ?? 8), seed: 4 },
    )
    for (const each of Object.values(seen)) expect(each).toBeGreaterThan(20)
  }, 120_000)

  it('of a person depend on nobody else, and of nobody are nothing', () => {
    const [own] = fc.sample(output, { numRuns: 1, seed: 2 })
    const rowsOf = rowsOfPersons({ output: own!, followUp: null, snapshotDay: lastDay, benchmarkFrom: null })
    const [first] = indexed
    expect(rowsOf({ ...first!.facts, visit: [] }, first!.index)).toEqual([])
    const nobody = releasePathways(
      noisyTables(asked(own!), [], () => () => 0n),
      own!,
      {
        smallestCount: 11,
        cohortLeast: 100,
        modelPatientsLeast: 1_000,
        atRiskLeast: 20,
        exposureDaysLeast: 1_826,
        groupLeast: 50,
      },
    )
    expect(nobody).toEqual({ kind: 'withheld' })
  })
})
