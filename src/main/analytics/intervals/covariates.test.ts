/** What is known on which day, by hand: neighbouring days, where a day too early or too late shows. */
import { describe, expect, it } from 'vitest'
import type { Covariate, IntervalDefinition } from '../../../shared/domain/intervals.ts'
import { personWith } from '../cleaning/cleaning.test-kit.ts'
import { factCode } from '../facts/fact-tables.ts'
import type { PersonFacts } from '../persons/person-facts.ts'
import { changingCovariates, fixedCovariates } from './covariates.ts'

const definitionOf = (covariate: Covariate) =>
  ({ covariates: [covariate], codeSets: {} }) as unknown as IntervalDefinition
const recordsOf = (covariate: Covariate, facts: PersonFacts, handedOn: Record<string, number> = {}) =>
  changingCovariates(definitionOf(covariate), handedOn)[0]!
    .recordsOf(facts)
    .map(({ day, value }) => [day, value])
const valueOf = (covariate: Covariate, facts: PersonFacts, index: number) =>
  fixedCovariates(definitionOf(covariate))[0]!.valueOf(facts, index)

describe('the slope of a result so far', () => {
  const slope: Covariate = { kind: 'slope', name: 's', test: 'hba1c', overDays: 10, delayDays: 0 }
  const perDay = 365.25
  const person = personWith([
    { visit: { day: 100 }, results: [['hba1c', 6]] },
    { visit: { day: 101 }, results: [['hba1c', 7]] },
    { visit: { day: 102 }, results: [['hba1c', 7]] },
  ])

  it('is there from the day of the second value on, made of no later one, and goes as values grow too old', () => {
    expect(recordsOf(slope, person)).toEqual([
      [101, perDay],
      [102, perDay / 2],
      [110, 0],
      [111, NaN],
    ])
  })

  it('acts later by its delay, and of a window has what is in it', () => {
    expect(recordsOf({ ...slope, delayDays: 3 }, person).slice(0, 2)).toEqual([
      [104, perDay],
      [105, perDay / 2],
    ])
    const before: Covariate = {
      kind: 'result-before',
      name: 'b',
      test: 'hba1c',
      window: { from: -10, to: 0 },
      as: 'slope',
    }
    expect([100, 101, 102, 111].map((index) => valueOf(before, person, index))).toEqual([
      null,
      perDay,
      perDay / 2,
      0,
    ])
  })
})

describe('a comorbidity score so far', () => {
  const score: Covariate = {
    kind: 'score',
    name: 'c',
    weights: 'charlson1987',
    lookBackDays: 10,
    delayDays: 0,
  }
  // Infarction 1, diabetes with a complication 2 and without one 1 (which does not count beside it).
  const person = personWith([
    { visit: { day: 100 }, codes: ['I219'] },
    { visit: { day: 101, discharge: 104 }, codes: ['E112'] },
    { visit: { day: 103 }, codes: ['E119'] },
  ])

  it('changes when something is diagnosed, at the end of a stay, and when it is too long ago', () => {
    expect(recordsOf(score, person)).toEqual([
      [100, 1],
      [103, 2],
      [104, 3],
      [110, 2],
      [114, 0],
    ])
    expect(recordsOf({ ...score, lookBackDays: null }, person).at(-1)).toEqual([104, 3])
  })

  it('knows at once what was there on admission, and nothing that was refuted', () => {
    const [infarction, stay, other] = person.diagnosis
    const onAdmission = { ...stay!, presentOnAdmission: factCode('presentOnAdmission', 'Y') }
    const refuted = { ...infarction!, verification: factCode('verification', 'refuted') }
    expect(recordsOf(score, { ...person, diagnosis: [refuted, onAdmission, other!] })).toEqual([
      [101, 2],
      [111, 1],
      [113, 0],
    ])
  })

  it('is of the window where it is known before, and 0 of nobody’s diagnoses', () => {
    const before: Covariate = {
      kind: 'score-before',
      name: 'b',
      weights: 'charlson1987',
      window: { from: -4, to: 0 },
    }
    expect([99, 100, 103, 104, 105].map((index) => valueOf(before, person, index))).toEqual([0, 1, 2, 3, 2])
  })
})

describe('a result by its code', () => {
  const coded: Covariate = {
    kind: 'coded',
    name: 'smoking',
    test: 'smoking',
    categories: ['266919005', '77176002'],
    oldestDays: null,
    delayDays: 2,
  }
  const person = personWith(
    ['266919005', '77176002', 'somebody wrote this'].map((_, i) => ({
      visit: { day: 100 + i },
      results: [['smoking', null, null]] as const,
    })),
  )
  const written = ['266919005', '77176002', 'somebody wrote this']
  const facts = {
    ...person,
    observation: person.observation.map((row, i) => ({ ...row, valueCode: written[i]! })),
  }

  it('is a label by its place, whatever else was written is one, and it grows too old as numbers do', () => {
    expect(recordsOf(coded, facts)).toEqual([
      [102, '01-266919005'],
      [103, '02-77176002'],
      [104, 'other'],
    ])
    const maxAgeOf = (covariate: Covariate, handedOn: Record<string, number>) =>
      changingCovariates(definitionOf(covariate), handedOn)[0]!.how
    expect(maxAgeOf(coded, { smoking: 1825 })).toEqual({ kind: 'tdc', maxAge: 1823 })
    expect(maxAgeOf({ ...coded, oldestDays: 30 }, { smoking: 1825 })).toEqual({ kind: 'tdc', maxAge: 28 })
  })

  it('has a derived result as old as what it follows from', () => {
    const derived: Covariate = {
      kind: 'result',
      name: 'e',
      test: 'egfrCreat',
      oldestDays: null,
      delayDays: 0,
    }
    const [covariate] = changingCovariates(definitionOf(derived), { creat: 365 })
    expect(covariate!.how).toEqual({ kind: 'tdc', maxAge: 365 })
  })

  it('is the last one in a window', () => {
    const before: Covariate = {
      kind: 'coded-before',
      name: 'b',
      test: 'smoking',
      categories: ['77176002'],
      window: { from: -365, to: 0 },
    }
    expect([99, 100, 101, 102].map((index) => valueOf(before, facts, index))).toEqual([
      null,
      'other',
      '01-77176002',
      'other',
    ])
  })
})
