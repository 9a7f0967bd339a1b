/** The rules of the table one by one, and the generator's truth found again from facts. */
import { describe, expect, it } from 'vitest'
import type { IntervalDefinition } from '../../../shared/domain/intervals.ts'
import { problemsOfIntervals } from '../../../shared/domain/intervals.ts'
import { utf8Encode } from '../../../shared/std/bytes.ts'
import { courseOf, riskIntervals } from '../../generator/model.ts'
import { fitCox } from '../../stats/survival/cox.ts'
import { fitModel } from '../../stats/model/fit-model.ts'
import { ModelSpec } from '../../stats/model/model-spec.ts'
import { readCsvColumns } from '../../stats/model/csv-columns.ts'
import { factCode, type FactRow } from '../facts/fact-tables.ts'
import { syntheticFacts } from '../facts/facts.test-kit.ts'
import type { PersonFacts } from '../persons/person-facts.ts'
import { personsOf } from '../persons/persons.test-kit.ts'
import { createIntervals, type IndexedPerson } from './build-intervals.ts'
import { csvOfRows } from './csv-of-rows.ts'
import { columnsOfRows, wholeRows } from './interval-table.ts'

const base: IntervalDefinition = {
  schema: 'intervals/1',
  codeSets: {
    cvd: { kind: 'diagnosis', name: 'Cardiovascular', include: ['I21*', 'I63*', 'I50*'], exclude: [] },
  },
  followUp: {
    startAfterDays: 0,
    event: { kind: 'diagnosis', codes: 'cvd' },
    earlierEvents: 'leave-out',
    left: null,
    atMostDays: null,
    until: null,
    atLeastDays: 1,
  },
  covariates: [{ kind: 'result', name: 'hba1c', test: 'hba1c', oldestDays: null, delayDays: 0 }],
  clock: 'index',
  cuts: [],
  rows: { kind: 'changes' },
}

/** A person with visits on these days; a text is a diagnosis, a number a result of HbA1c. */
function person(
  number: number,
  ...said: readonly (readonly [day: number, what: string | number])[]
): PersonFacts {
  const [template] = personsOf(syntheticFacts(1, 'template'))
  const visit = template!.visit[0]!
  const observation: FactRow<'observation'> = {
    ...template!.observation[0]!,
    system: 'http://loinc.org',
    code: '4548-4',
    status: factCode('observationStatus', 'final'),
    comparator: null,
  }
  const diagnosis = template!.diagnosis[0]!
  return {
    person: number,
    patients: [String(number)],
    visit: said.map(([day], block) => ({ ...visit, block, day, deathFrom: null, death: null })),
    observation: said.flatMap(([day, value], block) =>
      typeof value === 'number' ? [{ ...observation, block, seq: 0, canonical: value, known: day }] : [],
    ),
    diagnosis: said.flatMap(([, code], block) =>
      typeof code === 'string' ? [{ ...diagnosis, block, code }] : [],
    ),
    procedure: [],
    prescription: [],
    claim: [],
  }
}

function dying(facts: PersonFacts, death: number): PersonFacts {
  return { ...facts, visit: facts.visit.map((visit) => ({ ...visit, deathFrom: death, death })) }
}

function made(definition: IntervalDefinition, people: readonly IndexedPerson[], lastDay: number) {
  const builder = createIntervals(definition, { lastDay, oldestDays: {} })
  builder.add(people)
  const { rows, report } = builder.finish()
  const list = Array.from({ length: rows.rowCount }, (_, r) => [
    rows.start[r],
    rows.stop[r],
    rows.event[r],
    ...[...rows.columns.values()].map((column) => (column.kind === 'number' ? column.values[r] : null)),
  ])
  return { list, report, rows }
}

describe('intervals', () => {
  it('take an event to the row that ends with it, with the value before that day', () => {
    const facts = person(0, [100, 6], [150, 7], [200, 9], [200, 'I219'])
    const { list, report } = made(base, [{ index: 100, facts }], 300)
    expect(list).toEqual([
      [0, 50, 0, 6],
      [50, 100, 1, 7],
    ])
    expect(report.counts.find(({ name }) => name === 'hba1c')).toMatchObject({
      leading: 1,
      within: 1,
      trailing: 1,
    })
  })

  it('let the last of two results of one day hold, count the tie, and let a value grow too old', () => {
    const facts = person(0, [100, 6], [150, 7], [150, 8])
    const covariates = [
      { ...base.covariates[0]!, oldestDays: 60 } as IntervalDefinition['covariates'][number],
    ]
    const { list, report } = made({ ...base, covariates }, [{ index: 100, facts }], 300)
    expect(list).toEqual([
      [0, 50, 0, 6],
      [50, 110, 0, 8],
      [110, 200, 0, NaN],
    ])
    expect(report.counts.find(({ name }) => name === 'hba1c')).toMatchObject({ tied: 1 })
    expect(report.missing).toEqual([{ name: 'hba1c', rows: 1 }])
  })

  it('say who is left out and why, and when a person has left', () => {
    const people = [
      { index: 100, facts: person(0, [90, 'I219'], [100, 6], [120, 'I219']) },
      { index: 300, facts: person(1, [300, 6]) },
      { index: 100, facts: person(2, [100, 6], [110, 'I219']) },
      { index: 100, facts: person(3, [100, 6], [260, 6], [270, 'I219']) },
      { index: 100, facts: person(4, [100, 6], [200, 7]) },
    ]
    const followUp = { ...base.followUp, atLeastDays: 20, left: { withoutVisitDays: 120, countedDays: 30 } }
    const { list, report } = made({ ...base, followUp }, people, 300)
    expect(report.attrition).toEqual([
      { step: 'cohort', persons: 5, events: 2 },
      { step: 'earlier-event', persons: 4, events: 1 },
      { step: 'not-at-risk', persons: 3, events: 1 },
      { step: 'too-short', persons: 2, events: 0 },
    ])
    // Of person 3 it happens long after they left.
    expect(report.laterEvents).toBe(1)
    expect(list).toEqual([
      [0, 120, 0, 6],
      [0, 100, 0, 6],
      [100, 200, 0, 7],
    ])
    expect(report.ends).toMatchObject({ event: 0, left: 1, 'data-end': 1 })
  })

  it('do not let what comes after an absence decide who was there in it: the dead, who comes again, and who does neither', () => {
    const people = [
      // Dies on day 500, comes again on day 500, is never seen again.
      { index: 0, facts: dying(person(0, [0, 6]), 500) },
      { index: 0, facts: person(1, [0, 6], [500, 7]) },
      { index: 0, facts: person(2, [0, 6]) },
      // Nobody knew any more whether they lived: died, and came again, later than that.
      { index: 0, facts: dying(person(3, [0, 6]), 900) },
      { index: 0, facts: person(4, [0, 6], [900, 'I219']) },
    ]
    const left = { withoutVisitDays: 730, countedDays: 365 }
    const followUp = { ...base.followUp, event: { kind: 'death' as const }, left }
    const { list, report } = made({ ...base, followUp, covariates: [] }, people, 2_000)
    expect(list).toEqual([
      [0, 500, 1],
      // Seen on day 500, and then no more.
      [0, 1_230, 0],
      [0, 730, 0],
      [0, 730, 0],
      [0, 730, 0],
    ])
    // At risk on day 500 are five, of whom one dies: on no day before it is anybody missing who lived then.
    expect(report.ends).toMatchObject({ event: 1, left: 4 })
    expect(report.laterEvents).toBe(1)
    const longer = { ...followUp, left: { withoutVisitDays: 100, countedDays: 200 } }
    expect(made({ ...base, followUp: longer, covariates: [] }, people, 2_000).list[0]).toEqual([0, 200, 0])
  })

  it('leave out to whom what competes happened before the start: the event can happen to them no more', () => {
    const codeSets: IntervalDefinition['codeSets'] = {
      ...base.codeSets,
      graft: { kind: 'diagnosis', name: 'Transplant', include: ['Z940'], exclude: [] },
    }
    const people = [
      { index: 100, facts: person(0, [90, 'Z940'], [100, 6]) },
      { index: 100, facts: person(1, [100, 'Z940'], [150, 'Z940']) },
      { index: 100, facts: person(2, [100, 6], [160, 'Z940']) },
      { index: 100, facts: person(3, [100, 6], [170, 'I219']) },
    ]
    const competing = { kind: 'diagnosis' as const, codes: 'graft' }
    const followUp = { ...base.followUp, competing }
    const definition = { ...base, schema: 'intervals/2' as const, codeSets, followUp, covariates: [] }
    const { list, report } = made(definition, people, 300)
    expect(list).toEqual([
      [0, 60, 0],
      [0, 70, 1],
    ])
    expect(report.attrition).toEqual([
      { step: 'cohort', persons: 4, events: 1 },
      { step: 'earlier-event', persons: 4, events: 1 },
      { step: 'earlier-competing', persons: 2, events: 1 },
      { step: 'not-at-risk', persons: 2, events: 1 },
      { step: 'too-short', persons: 2, events: 1 },
    ])
    const keeping = { ...definition, followUp: { ...followUp, earlierEvents: 'keep' as const } }
    const kept = made(keeping, people, 300)
    expect(kept.list.map(([, stop]) => stop)).toEqual([200, 50, 60, 70])
    expect([report.earlierCompeting, kept.report.earlierCompeting]).toEqual([0, 2])
  })

  it('end with the data, whatever later day a definition names: days that nobody saw are not free of events', () => {
    const facts = person(0, [100, 6], [200, 7])
    const followUp = { ...base.followUp, until: '1971-01-01' }
    const { list, report } = made({ ...base, followUp }, [{ index: 100, facts }], 300)
    expect(list.at(-1)!.slice(0, 3)).toEqual([100, 200, 0])
    expect(report.dataEnd).toEqual({ day: '1970-10-28', isBeforeUntil: true })
    const inside = { ...followUp, until: '1970-09-01' }
    const cut = made({ ...base, followUp: inside }, [{ index: 100, facts }], 300)
    expect(cut.list.at(-1)!.slice(0, 3)).toEqual([100, 143, 0])
    expect(cut.report.dataEnd).toEqual({ day: '1970-09-01', isBeforeUntil: false })
  })

  it('tell pieces of full length from those that something else than the event cut short', () => {
    const people = [
      // Free of the event up to the end of data, in the middle of the third piece.
      { index: 100, facts: person(0, [100, 6]) },
      // The event in a piece that could have been seen whole, and in one that could not.
      { index: 100, facts: person(1, [100, 6], [135, 'I219']) },
      { index: 100, facts: person(2, [100, 6], [165, 'I219']) },
    ]
    const { rows } = made({ ...base, rows: { kind: 'every', days: 30 } }, people, 170)
    expect([...rows.id]).toEqual([0, 0, 0, 1, 1, 2, 2, 2])
    expect([...rows.isWhole]).toEqual([1, 1, 0, 1, 1, 1, 1, 0])
    const whole = wholeRows(rows)
    expect([...whole.id]).toEqual([0, 0, 1, 1, 2, 2])
    expect([...whole.event]).toEqual([0, 0, 0, 1, 0, 0])
    expect(whole.columns.get('period')).toEqual({
      kind: 'number',
      values: Float64Array.from([0, 1, 0, 1, 0, 1]),
    })
  })

  it('make a row for each piece of time, with what is known at its beginning', () => {
    const facts = person(0, [100, 6], [115, 7], [165, 'I219'])
    const { list } = made({ ...base, rows: { kind: 'every', days: 30 } }, [{ index: 100, facts }], 300)
    expect(list).toEqual([
      [0, 30, 0, 0, 6],
      [30, 60, 0, 1, 7],
      [60, 65, 1, 2, 7],
    ])
  })

  it('refuse a covariate that would know the future, and a name that the table has', () => {
    const covariates: IntervalDefinition['covariates'] = [
      { kind: 'result-before', name: 'later', test: 'hba1c', window: { from: -30, to: 30 }, as: 'mean' },
      { kind: 'age', name: 'stop' },
    ]
    expect(problemsOfIntervals({ ...base, covariates })).toEqual([
      { kind: 'future-values', name: 'later' },
      { kind: 'name-taken', name: 'stop' },
    ])
    const followUp = { ...base.followUp, startAfterDays: 30 }
    expect(problemsOfIntervals({ ...base, followUp, covariates: covariates.slice(0, 1) })).toEqual([])
  })

  it('find the truth of the generator again: a hazard ratio of 1.25 for each 1 % of HbA1c', () => {
    const persons = personsOf(syntheticFacts(3_000, 'b', 0, false))
    const definition: IntervalDefinition = {
      ...base,
      followUp: { ...base.followUp, left: { withoutVisitDays: 730, countedDays: 180 } },
      covariates: [
        ...base.covariates,
        { kind: 'age', name: 'age' },
        { kind: 'sex', name: 'sex' },
        { kind: 'hospital', name: 'hospital' },
        { kind: 'result', name: 'sbp', test: 'sbp', oldestDays: null, delayDays: 0 },
        { kind: 'result', name: 'bmi', test: 'bmi', oldestDays: null, delayDays: 0 },
      ],
    }
    const days = persons.flatMap(({ visit }) => visit.map(({ day }) => day!))
    let lastDay = 0
    for (const day of days) lastDay = Math.max(lastDay, day)
    const builder = createIntervals(definition, { lastDay, oldestDays: {} })
    for (const facts of persons) builder.add([{ index: facts.visit[0]!.day!, facts }])
    const { rows, report } = builder.finish()
    expect(report.ends.event).toBeGreaterThan(300)
    const model = ModelSpec.parse({
      family: 'cox',
      start: 'start',
      stop: 'stop',
      event: 'event',
      id: 'id',
      covariates: ['hba1c', 'age', 'sex', 'sbp', 'bmi'],
      factors: ['sex'],
      strata: 'hospital',
    })
    const fitted = fitModel(columnsOfRows(rows), model)
    const found = hba1cOf(fitted)
    expect(found.estimate - 1.96 * found.error).toBeGreaterThan(0)
    expect(Math.abs(found.estimate - Math.log(1.25))).toBeLessThan(1.96 * found.error)
    // What was recorded at visits says what the generator's own values say, but for what was missing or came late.
    expect(Math.abs(found.estimate - truthOf('b', 3_000))).toBeLessThan(found.error / 2)
    // The exported table says the same to whoever fits it elsewhere.
    const again = fitModel(readCsvColumns(utf8Encode(csvOfRows(rows)), 'all'), model)
    expect(JSON.stringify(again)).toBe(JSON.stringify(fitted))
  }, 300_000)
})

function hba1cOf(fitted: Record<string, unknown>): { estimate: number; error: number } {
  const { names, coefficients, stdErr } = fitted as {
    names: string[]
    coefficients: number[]
    stdErr: number[]
  }
  const at = names.indexOf('hba1c')
  return { estimate: coefficients[at]!, error: stdErr[at]! }
}

/** The same model on the generator's own rows, in which nothing is missing. */
function truthOf(seed: string, patients: number): number {
  const start: number[] = []
  const stop: number[] = []
  const event: number[] = []
  const strata: number[] = []
  const x: number[][] = [[], [], [], [], []]
  for (let patient = 0; patient < patients; patient++) {
    const course = courseOf(seed, patient)
    const first = course.visits[0]!
    for (const row of riskIntervals(course)) {
      start.push(row.start)
      stop.push(row.stop)
      event.push(Number(row.isEvent))
      strata.push(first.hospital)
      const { hba1c, male, sbp, bmi } = row.x
      for (const [c, value] of [hba1c, first.x.age, male, sbp, bmi].entries()) x[c]!.push(value)
    }
  }
  const { fit } = fitCox({
    start: Float64Array.from(start),
    stop: Float64Array.from(stop),
    event: Uint8Array.from(event),
    x: x.map((column) => Float64Array.from(column)),
    names: ['hba1c', 'age', 'male', 'sbp', 'bmi'],
    strata: Int32Array.from(strata),
  })
  return fit.coefficients[0]!
}
