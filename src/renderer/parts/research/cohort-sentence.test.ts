import { describe, expect, it } from 'vitest'
import type { CohortDefinition, CohortRule } from '../../../shared/domain/cohort.ts'
import { newCohort } from './new-cohort.ts'
import * as clinical from '../../words/clinical.ts'
import * as cohorts from '../../words/cohorts.ts'
import {
  codesFromText,
  doubtsOfCodes,
  freeSetId,
  newRule,
  readDefinition,
  resultCodesFromText,
  RULE_KINDS,
  textOfCodes,
  withFoundCode,
  withCodeSet,
} from './cohort-form.ts'
import { cohortSentences } from './cohort-sentence.ts'

const wordsOf = (locale: 'en' | 'zh-Hant') =>
  locale === 'en'
    ? { cohorts: cohorts.en, clinical: clinical.en }
    : { cohorts: cohorts.zhHant, clinical: clinical.zhHant }

const tutorial: CohortDefinition = {
  schema: 'cohort/1',
  title: 'Diabetes',
  codeSets: {
    dm: { kind: 'diagnosis', name: 'type 2 diabetes', include: ['E11*'], exclude: [] },
    cvd: { kind: 'diagnosis', name: 'cardiovascular disease', include: ['I21*'], exclude: [] },
  },
  entry: {
    event: { kind: 'diagnosis', codes: 'dm' },
    confirmedBy: { count: 2, withinDays: 365 },
    washout: { event: { kind: 'diagnosis', codes: 'cvd', classes: ['IMP'] }, days: 730 },
    priorDays: 180,
    which: 'first',
  },
  steps: [
    { use: 'include', rule: { kind: 'age', atLeast: 40 } },
    {
      use: 'include',
      rule: {
        kind: 'occurs',
        event: { kind: 'result', test: 'hba1c', value: { atLeast: '6.5' } },
        window: { from: -365, to: 0 },
        atLeast: 2,
      },
    },
    {
      use: 'exclude',
      rule: {
        kind: 'any',
        of: [
          { kind: 'sex', anyOf: ['other', 'unknown'] },
          { kind: 'not', rule: { kind: 'observed', beforeDays: 0, afterDays: 1 } },
        ],
      },
    },
  ],
}

describe('a question', () => {
  it('is said back in English and in Chinese', () => {
    expect(cohortSentences(tutorial, wordsOf('en'), 'en')).toEqual([
      'Persons enter on the day of their first diagnosis of type 2 diabetes, on the last of 2 such days within 365 days, when they had been known for 180 days, without diagnosis of cardiovascular disease in a visit of class Inpatient in the 730 days before.',
      'Included: at least 40 years old.',
      'Included: a result of Hemoglobin A1c at least 6.5 % on at least 2 days in the 365 days up to the entry.',
      'Left out: (sex Other or Unknown or not (seen 0 days before and 1 day after the entry)).',
    ])
    const zh = cohortSentences(tutorial, wordsOf('zh-Hant'), 'zh-Hant')
    expect(zh[1]).toBe('納入：年滿 40 歲。')
    expect(zh[2]).toBe('納入：進入前 365 天內（含當日）至少 2 天有糖化血色素的結果至少 6.5 %。')
  })

  it('names every code of a set that nobody named, and counts what is more than eight', () => {
    const first = (text: string, locale: 'en' | 'zh-Hant') => {
      const { set } = codesFromText('diagnosis', '', text)
      const asked = { ...newCohort('x'), codeSets: { a: set! } }
      const entry = { ...asked.entry, event: { kind: 'diagnosis' as const, codes: 'a' } }
      return cohortSentences({ ...asked, entry }, wordsOf(locale), locale)[0]
    }
    expect(first('E10*, E11*, E12*, E13*, E14*, -E11.22', 'en')).toContain(
      'diagnosis of E10*, E11*, E12*, E13*, E14* (without E1122)',
    )
    const ten = 'A0, A1, A2, A3, A4, A5, A6, A7, A8, A9'
    expect(first(ten, 'en')).toContain('diagnosis of A0, A1, A2, A3, A4, A5, A6, A7 and 2 more')
    expect(first(ten, 'zh-Hant')).toContain('A0, A1, A2, A3, A4, A5, A6, A7 及另外 2 項的診斷')
  })

  it('has words for every kind of condition, as it is begun', () => {
    for (const locale of ['en', 'zh-Hant'] as const)
      for (const kind of RULE_KINDS) {
        const asked = {
          ...newCohort('x'),
          steps: [{ use: 'include' as const, rule: newRule(kind) as CohortRule }],
        }
        expect(readDefinition(JSON.stringify(asked)), kind).toMatchObject({ kind: 'definition' })
        expect(cohortSentences(asked, wordsOf(locale), locale)[1]!.length, kind).toBeGreaterThan(4)
      }
  })
})

describe('codes as they are typed', () => {
  it('are doubted where they look like words, or like a category without what is below it', () => {
    const doubts = (text: string) => doubtsOfCodes('diagnosis', codesFromText('diagnosis', '', text).set)
    const none = { unlike: [], alone: [] }
    expect(doubts('sugar, DM2')).toEqual({ unlike: ['SUGAR', 'DM2'], alone: [] })
    expect(doubts('E11, I21.4')).toEqual({ unlike: [], alone: ['E11'] })
    for (const text of ['E11*', 'I*', 'I2*', 'E11.9', 'C7A.0', '-E11'])
      expect(doubts(text), text).toEqual(none)
    expect(doubtsOfCodes('medicine', codesFromText('medicine', '', 'metformin').set)).toEqual(none)
  })

  it('are kept in capitals without dots, a minus leaves out, and what is no code is named', () => {
    const typed = codesFromText('diagnosis', 'Diabetes', 'e11.*; E10*, −e11.22 *x')
    expect(typed.set).toEqual({
      kind: 'diagnosis',
      name: 'Diabetes',
      include: ['E11*', 'E10*'],
      exclude: ['E1122'],
    })
    expect(typed.wrong).toEqual(['*x'])
    expect(codesFromText('diagnosis', '', textOfCodes(typed.set!)).set).toMatchObject({
      include: ['E11*', 'E10*'],
      exclude: ['E1122'],
    })
    expect(codesFromText('diagnosis', '', ' -E11 ').set).toBeNull()
  })

  it('are found by words, with what stands below them', () => {
    expect(withFoundCode('', 'diagnosis', 'E11')).toBe('E11*')
    expect(withFoundCode('E10*, ', 'diagnosis', 'E11.9')).toBe('E10*, E119*')
    expect(withFoundCode('E11*', 'diagnosis', 'E11')).toBe('E11*')
    expect(withFoundCode('', 'procedure', '0210093')).toBe('0210093')
  })

  it('never share a set with another event', () => {
    const one = withCodeSet(newCohort('x'), 'set-1', codesFromText('diagnosis', '', 'E11').set)
    expect(freeSetId(one)).toBe('set-2')
  })
})

describe('a definition that is pasted', () => {
  it('is taken whole, or its first mistake is named', () => {
    expect(readDefinition(JSON.stringify(tutorial))).toEqual({ kind: 'definition', definition: tutorial })
    expect(readDefinition('{"schema":')).toMatchObject({ kind: 'wrong' })
    const wrong = { ...tutorial, steps: [{ use: 'include', rule: { kind: 'age', atLeast: 400 } }] }
    expect(readDefinition(JSON.stringify(wrong))).toMatchObject({
      kind: 'wrong',
      where: expect.stringContaining('steps.0.rule') as string,
    })
  })
})

describe('codes of results', () => {
  it('are said by their names', () => {
    const definition: CohortDefinition = {
      ...tutorial,
      entry: {
        event: { kind: 'coded-result', test: 'smoking', anyOf: ['8517006', '77176002', 'LA-7'] },
        priorDays: 0,
        which: 'first',
      },
      steps: [],
    }
    expect(cohortSentences(definition, wordsOf('en'), 'en')[0]).toBe(
      'Persons enter on the day of their first result of Tobacco smoking status that is former smoker or current smoker or LA-7.',
    )
    expect(cohortSentences(definition, wordsOf('zh-Hant'), 'zh-Hant')[0]).toContain('吸菸狀態為已戒菸')
  })

  it('are read as they are typed', () => {
    expect(resultCodesFromText('LA-7, LA-7 260385009；a:b 二')).toEqual({
      codes: ['LA-7', '260385009'],
      wrong: ['a:b', '二'],
    })
  })
})
