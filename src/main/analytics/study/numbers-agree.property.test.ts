/** What a study says of its numbers, over random follow-ups of synthetic patients: attrition, table, models and fits count the same. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatDay } from '../../../shared/domain/dates.ts'
import { intervalDefinition, type IntervalDefinition } from '../../../shared/domain/intervals.ts'
import { isPooled, type StudyModel } from '../../../shared/domain/study.ts'
import { StatsFailure } from '../../stats/failure.ts'
import { fitModel } from '../../stats/model/fit-model.ts'
import { syntheticFacts } from '../facts/facts.test-kit.ts'
import { createIntervals } from '../intervals/build-intervals.ts'
import { columnsOfRows, wholeRows, type IntervalRows } from '../intervals/interval-table.ts'
import { personsOf } from '../persons/persons.test-kit.ts'
import { baselineOf } from './baseline.ts'
import { readinessOf } from './readiness.ts'
import { specOf } from '../models/study-spec.ts'

const persons = personsOf(syntheticFacts(120, 'numbers-agree'))
const lastDay = Math.max(...persons.flatMap(({ visit }) => visit.map(({ day }) => day!)))

const definition: fc.Arbitrary<IntervalDefinition> = fc.record({
  schema: fc.constant('intervals/1' as const),
  codeSets: fc.constant({
    cvd: { kind: 'diagnosis' as const, name: 'C', include: ['I21*', 'I63*', 'I50*'], exclude: [] },
  }),
  followUp: fc.record({
    startAfterDays: fc.constantFrom(0, 30),
    event: fc.constant({ kind: 'diagnosis' as const, codes: 'cvd' }),
    earlierEvents: fc.constantFrom('leave-out' as const, 'keep' as const),
    left: fc.option(fc.constant({ withoutVisitDays: 200, countedDays: 60 })),
    atMostDays: fc.option(fc.integer({ min: 200, max: 1500 })),
    until: fc.option(fc.integer({ min: lastDay - 900, max: lastDay + 90 }).map(formatDay)),
    atLeastDays: fc.constantFrom(1, 60),
  }),
  covariates: fc.constant([
    { kind: 'result' as const, name: 'hba1c', test: 'hba1c', oldestDays: 300, delayDays: 0 },
    { kind: 'age' as const, name: 'age' },
    { kind: 'sex' as const, name: 'sex' },
  ]),
  clock: fc.constant('index' as const),
  cuts: fc.constant([]),
  rows: fc.constantFrom({ kind: 'changes' as const }, { kind: 'every' as const, days: 90 }),
})

const FAMILIES = ['cox', 'km', 'aj', 'logistic', 'cloglog'] as const
const modelOf = (family: StudyModel['family']): StudyModel => {
  const isOfGroups = family === 'km' || family === 'aj'
  return {
    title: family,
    family,
    covariates: isOfGroups ? ['sex'] : ['hba1c', 'age'],
    factors: [],
    splines: [],
    interactions: [],
    strata: [],
    isClusteredByPerson: false,
    ties: 'efron',
    confidencePercent: 95,
    curvesOf: null,
  }
}

/** Null where the data give no answer. */
function fitted(rows: IntervalRows, model: StudyModel): { n: number; events: number } | null {
  try {
    return fitModel(columnsOfRows(rows), specOf(model, rows), {}) as unknown as { n: number; events: number }
  } catch (error) {
    if (error instanceof StatsFailure) return null
    throw error
  }
}

const numbersSeen = { fits: 0, incomplete: 0, laterEvents: 0, deaths: 0 }

describe('the numbers of a study', () => {
  it('are those of its rows: in the attrition, in Table 1, before a fit and in the fit itself', () => {
    fc.assert(
      fc.property(definition, (asked) => {
        expect(intervalDefinition.parse(asked)).toEqual(asked)
        const builder = createIntervals(asked, { lastDay, oldestDays: {} })
        builder.add(persons.map((facts) => ({ index: facts.visit[0]!.day!, facts })))
        const { rows, report } = builder.finish()
        const followed = {
          persons: new Set(rows.id).size,
          events: rows.event.filter((each) => each === 1).length,
        }
        expect(report.attrition.at(-1)).toMatchObject(followed)
        expect(report.ends.event).toBe(followed.events)
        for (const by of [null, 'sex']) {
          const [all, ...groups] = baselineOf(rows, by).groups
          expect(all).toMatchObject(followed)
          if (by === null) continue
          const sum = (key: 'persons' | 'events') => groups.reduce((total, group) => total + group[key], 0)
          expect({ persons: sum('persons'), events: sum('events') }).toEqual(followed)
        }
        for (const [i, step] of report.attrition.entries())
          expect(step.events).toBeLessThanOrEqual(report.attrition[i - 1]?.events ?? step.events)
        numbersSeen.laterEvents += report.laterEvents

        for (const family of FAMILIES) {
          if (isPooled(family) && asked.rows.kind !== 'every') continue
          const model = modelOf(family)
          const before = readinessOf(rows, report, model)
          expect(before.persons).toBeLessThanOrEqual(followed.persons)
          expect(before.events).toBeLessThanOrEqual(followed.events)
          const fit = fitted(isPooled(family) ? wholeRows(rows) : rows, model)
          if (fit === null) continue
          const events = before.events + (family === 'aj' ? before.deaths : 0)
          expect([family, fit.n, fit.events]).toEqual([family, before.rows, events])
          numbersSeen.fits++
          numbersSeen.incomplete += Number(before.events < followed.events)
          numbersSeen.deaths += before.deaths
        }
      }),
      // One seed: what the last line asks for is in these questions, and may not be in twelve others.
      { numRuns: 12, seed: 7 },
    )
    // Follow-ups in which all of it is the same in any case would prove nothing.
    expect(Math.min(...Object.values(numbersSeen))).toBeGreaterThan(0)
  })
})
