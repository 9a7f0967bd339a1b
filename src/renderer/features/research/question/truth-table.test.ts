/** The truth stands beside the example's estimates, and beside nobody else's. */
import { describe, expect, it } from 'vitest'
import type { StudyDocument } from '../../../../shared/domain/study.ts'
import { CLEANING_TRUTH } from '../../../../shared/domain/built-in-studies.ts'
import * as clinical from '../../../words/clinical.ts'
import * as cohorts from '../../../words/cohorts.ts'
import * as models from '../../../words/models.ts'
import * as question from '../../../words/question.ts'
import * as tutorial from '../../../words/tutorial.ts'
import type { Found } from './found.ts'
import { ownCopy } from './own-copy.ts'
import { truthTable } from './truth-table.ts'

const en = {
  clinical: clinical.en,
  cohorts: cohorts.en,
  models: models.en,
  question: question.en,
  tutorial: tutorial.en,
}
const zhHant = {
  clinical: clinical.zhHant,
  cohorts: cohorts.zhHant,
  models: models.zhHant,
  question: question.zhHant,
  tutorial: tutorial.zhHant,
}
const names = Object.keys(CLEANING_TRUTH)
/** Every estimate is the truth but the first, which is far from it. */
const foundOf = (pinned: StudyDocument): Found => {
  const coefficients = names.map((name, i) => CLEANING_TRUTH[name]! + (i === 0 ? 1 : 0))
  const result = {
    family: 'cox',
    names,
    coefficients,
    stdErr: names.map(() => 0.05),
    lower: coefficients.map((each) => each - 0.1),
    upper: coefficients.map((each) => each + 0.1),
    p: names.map(() => 0.01),
    conf: 0.95,
  }
  return { pinned, asked: pinned, answer: { models: [{ result }] } } as unknown as Found
}
const example = ownCopy('cleaning', en)

describe('what synthetic patients were made with', () => {
  it('stands beside each estimate of the example, cleaned or not', () => {
    for (const study of [example, { ...example, cleaning: null, title: 'Mine' }]) {
      const table = truthTable(foundOf(study), en, 'en')!
      expect(table.rows).toHaveLength(names.length)
      expect(table.rows.map(({ cells }) => cells.at(-1))).toEqual(['no', ...names.slice(1).map(() => 'yes')])
      const [label, made] = table.rows[names.indexOf('smoking03-77176002')]!.cells
      expect(label).toContain('current smoker')
      expect(made).toBe(Math.exp(0.6).toFixed(3))
    }
    const chinese = truthTable(foundOf(example), zhHant, 'zh-Hant')!
    expect(JSON.stringify(chinese.rows)).toContain('吸菸中')
  })

  it('stands beside no other question: of that nobody knows it', () => {
    const { intervals } = example
    const other = { ...example, intervals: { ...intervals, clock: 'age' as const } }
    expect(truthTable(foundOf(other), en, 'en')).toBeNull()
    expect(truthTable(foundOf(ownCopy('paper', en)), en, 'en')).toBeNull()
    const noAnswer = { ...foundOf(example), answer: { models: [{ result: { noAnswer: { code: 'x' } } }] } }
    expect(truthTable(noAnswer as unknown as Found, en, 'en')).toBeNull()
  })
})
