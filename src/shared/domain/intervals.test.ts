/** What a definition of intervals may not ask, and what its hash hangs on. */
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { builtInStudy } from './built-in-studies.ts'
import { canonicalCohort, cohortDefinition, problemsOf, type EventFilter } from './cohort.ts'
import {
  canonicalIntervals,
  changesWithTime,
  intervalDefinition,
  problemsOfIntervals,
  type Covariate,
  type IntervalDefinition,
} from './intervals.ts'
import { codeOfResultLabel, resultLabel } from './result-codes.ts'
import { canonicalStudy } from './study.ts'

const titles = {
  study: 's',
  cohort: 'c',
  diabetes: 'd',
  cardiovascular: 'v',
  models: ['1', '2', '3', '4', '5', '6', '7'],
}
const { intervals, cohort } = builtInStudy('tutorial', titles)
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const withCovariate = (covariate: Covariate): IntervalDefinition => ({
  ...intervals,
  covariates: [covariate],
})
const problemsWith = (covariate: Covariate) =>
  problemsOfIntervals(withCovariate(covariate)).map(({ kind }) => kind)

const coded: Covariate = {
  kind: 'coded',
  name: 'smoking',
  test: 'smoking',
  categories: ['77176002', '8517006'],
  oldestDays: 1825,
  delayDays: 0,
}
const codedBefore: Covariate = {
  kind: 'coded-before',
  name: 'smoking',
  test: 'smoking',
  categories: ['77176002'],
  window: { from: -365, to: 0 },
}
const score: Covariate = {
  kind: 'score',
  name: 'charlson',
  weights: 'quan2011',
  lookBackDays: 365,
  delayDays: 0,
}
const slope: Covariate = { kind: 'slope', name: 'slope', test: 'egfrCreat', overDays: 730, delayDays: 0 }

describe('what is known of people', () => {
  it('may be a code, a score, a slope, and a result that follows from others', () => {
    const scoreBefore: Covariate = {
      kind: 'score-before',
      name: 'burden',
      weights: 'swiss2021',
      window: { from: null, to: 0 },
    }
    for (const each of [coded, codedBefore, score, scoreBefore, slope]) {
      expect(problemsWith(each)).toEqual([])
      expect(intervalDefinition.parse(withCovariate(each)).covariates).toEqual([each])
      expect(changesWithTime(each)).toBe(!each.kind.endsWith('-before'))
    }
  })

  it('has codes of tests without a unit only, and numbers of the others', () => {
    expect(problemsWith({ ...coded, test: 'hba1c' })).toEqual(['no-codes'])
    expect(problemsWith({ ...codedBefore, test: 'egfrCreat' })).toEqual(['no-codes'])
    expect(problemsWith({ ...slope, test: 'smoking' })).toEqual(['no-number'])
    expect(problemsWith({ ...slope, test: 'nothing' })).toEqual(['unknown-test'])
  })

  it('never knows what comes later, and says nothing that is over before it acts', () => {
    expect(problemsWith({ ...codedBefore, window: { from: 0, to: 1 } })).toEqual(['future-values'])
    expect(
      problemsWith({ kind: 'score-before', name: 'b', weights: 'quan2011', window: { from: 0, to: null } }),
    ).toEqual(['future-values'])
    for (const each of [
      { ...coded, oldestDays: 30, delayDays: 30 },
      { ...score, lookBackDays: 30, delayDays: 30 },
      { ...slope, overDays: 30, delayDays: 30 },
    ])
      expect(problemsWith(each), each.kind).toEqual(['delay-too-long'])
  })

  it('names codes that are codes, each once', () => {
    const isRead = (categories: string[]) =>
      intervalDefinition.safeParse(withCovariate({ ...coded, categories })).success
    expect(isRead(['LA-1'])).toBe(true)
    for (const wrong of [[], ['two words'], [''], ['a:b'], ['7', '7']]) expect(isRead(wrong)).toBe(false)
  })
})

describe('events by the code of a result', () => {
  const withEvent = (event: EventFilter) => ({ ...cohort, entry: { ...cohort.entry, event } })

  it('are asked of tests without a unit', () => {
    const smokers: EventFilter = { kind: 'coded-result', test: 'smoking', anyOf: ['77176002'] }
    expect(cohortDefinition.parse(withEvent(smokers))).toEqual(withEvent(smokers))
    expect(problemsOf(withEvent(smokers))).toEqual([])
    expect(problemsOf(withEvent({ ...smokers, test: 'sbp' }))).toEqual([{ kind: 'no-codes', test: 'sbp' }])
    expect(problemsOf(withEvent({ kind: 'result', test: 'egfrCreat', value: { below: '60' } }))).toEqual([])
  })

  it('mean the same in any order of the codes', () => {
    const textOf = (anyOf: string[]) =>
      canonicalCohort(withEvent({ kind: 'coded-result', test: 'smoking', anyOf }))
    expect(textOf(['77176002', '8517006', '77176002'])).toBe(textOf(['8517006', '77176002']))
    expect(textOf(['77176002'])).not.toBe(textOf(['8517006']))
  })
})

describe('the labels of codes', () => {
  it('stand in the order of the definition, which is part of what it asks', () => {
    const known = (categories: string[]) => canonicalIntervals(withCovariate({ ...coded, categories }))
    expect(known(['77176002', '8517006'])).not.toBe(known(['8517006', '77176002']))
    const categories = ['9', '10', ...Array.from({ length: 10 }, (_, i) => `x${i}`)]
    const labels = [...categories, 'never named'].map((code) => resultLabel(categories, code))
    expect(labels.slice(0, 2)).toEqual(['01-9', '02-10'])
    expect([...labels].sort()).toEqual(labels)
    expect(labels.map(codeOfResultLabel)).toEqual([...categories, null])
  })
})

describe('the hash of a definition', () => {
  // Of studies that people have kept: whatever is added to the grammar, these mean what they meant.
  it('is what it was', () => {
    expect(sha256(canonicalStudy(builtInStudy('tutorial', titles)))).toBe(
      'a345482fb92a2eab4c60e0484a7f48a1b3b8ad711c127b8665bc4c59095799cc',
    )
    // Before it had cross-sectional pooling.
    const paper = builtInStudy('paper', titles)
    const [cox, , , logistic, plain, cloglog, atStart] = paper.models
    const withoutPiece = { ...plain!, family: 'cloglog' as const }
    const before = { ...paper, models: [cox!, logistic!, plain!, cloglog!, withoutPiece, atStart!] }
    expect(sha256(canonicalStudy({ ...before, schema: 'study/3' }))).toBe(
      '93020dc526d8c37bc9b6781f96c7e82fb0b86979e374696c83c1a33cee8a214d',
    )
  })
})
