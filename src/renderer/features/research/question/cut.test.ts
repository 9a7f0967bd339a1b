/** What the page says of how time was cut: counts of records as they may be said, rows and reasons in words, the timeline of an invented person. */
import { describe, expect, it } from 'vitest'
import type { IntervalExemplarAnswer } from '../../../../shared/contract/studies.ts'
import { newStudy } from '../../../parts/research/new-study.ts'
import * as clinical from '../../../words/clinical.ts'
import * as cohorts from '../../../words/cohorts.ts'
import * as cut from '../../../words/cut.ts'
import * as question from '../../../words/question.ts'
import { cutFigure } from './cut-figure.ts'
import { PLACES, placesTable, rowCells } from './cut-tables.ts'
import type { StudyAnswer } from './study-answer.ts'

const wordsOf = (locale: 'en' | 'zh-Hant') => {
  const pick = <T>(words: { en: T; zhHant: T }): T => (locale === 'en' ? words.en : words.zhHant)
  return { clinical: pick(clinical), cohorts: pick(cohorts), cut: pick(cut), question: pick(question) }
}
const en = wordsOf('en')
const plain = newStudy()
const study = {
  ...plain,
  intervals: {
    ...plain.intervals,
    covariates: [
      { kind: 'sex' as const, name: 'sex' },
      { kind: 'result' as const, name: 'hba1c', test: 'hba1c', oldestDays: 90, delayDays: 0 },
      { kind: 'since' as const, name: 'seen', event: { kind: 'visit' as const }, delayDays: 0 },
    ],
  },
}

const none = { early: 0, late: 0, gap: 0, within: 0, boundary: 0, leading: 0, trailing: 0, tied: 0 }
const answerOf = (persons: number): StudyAnswer =>
  ({
    intervals: {
      attrition: [{ step: 'cohort', persons, events: 3 }],
      rows: 640,
      personDays: 73_050,
      counts: [
        { ...none, name: 'event', trailing: 41, early: 3 },
        { ...none, name: 'hba1c', within: 1_204, tied: 10 },
      ],
    },
  }) as unknown as StudyAnswer

describe('where records fell', () => {
  it('has a row for each column with its numbers by place, and says none of 1 to 10 exactly', () => {
    const table = placesTable(study, answerOf(210), en, 'en')!
    expect(table.header).toEqual(['Records of', ...PLACES.map((place) => en.cut.places[place])])
    expect(table.rows.map(({ cells }) => cells)).toEqual([
      ['the event', '<11', '0', '0', '0', '0', '41', '0', '0'],
      ['Hemoglobin A1c (%) as last known', '0', '0', '1,204', '0', '0', '0', '0', '<11'],
    ])
    expect(table.notes).toEqual([
      'Records of 210 persons who are followed, in 640 rows over 73,050 days at risk.',
      en.cut.few,
    ])
  })

  it('of fewer than 11 persons says no number that would bound them, and of nobody nothing', () => {
    const said = JSON.stringify(placesTable(study, answerOf(7), en, 'en'))
    expect(said).not.toMatch(/41|1,204|640|73,050|\b7 persons/)
    expect(placesTable(study, answerOf(0), en, 'en')).toBeNull()
  })

  it('says of every place what to look for, in both languages', () => {
    for (const place of PLACES) {
      expect(en.cut.hints[place]).not.toBe('')
      expect(wordsOf('zh-Hant').cut.hints[place]).toMatch(/[\u4e00-\u9fff]/)
    }
  })
})

const exemplar: IntervalExemplarAnswer = {
  age: 61,
  sex: 'female',
  index: 0,
  columns: [
    { name: 'sex', isChanging: false },
    { name: 'hba1c', isChanging: true },
    { name: 'seen', isChanging: true },
  ],
  rows: [
    {
      start: 0,
      stop: 100,
      event: false,
      values: ['female', 7.2, 0],
      why: [{ kind: 'known', name: 'hba1c' }],
    },
    {
      start: 100,
      stop: 190,
      event: false,
      values: ['female', 8.1, 1],
      why: [{ kind: 'too-old', name: 'hba1c' }],
    },
    {
      start: 190,
      stop: 400,
      event: true,
      values: ['female', null, 1],
      why: [{ kind: 'end', reason: 'event' }],
    },
  ],
  records: [
    { name: 'hba1c', day: -20, actsAfter: -20, value: 7.2 },
    { name: 'hba1c', day: 100, actsAfter: 100, value: 8.1 },
    { name: 'seen', day: 100, actsAfter: 100, value: 1 },
  ],
}

describe('an invented person', () => {
  it('stands in rows with what was known in each, and with why it ends', () => {
    const rows = exemplar.rows.map((row, r) => rowCells(row, r, exemplar.columns, study, en, 'en'))
    expect(rows).toEqual([
      [
        '1',
        '0',
        '100',
        'Female',
        '7.2',
        'no',
        'no',
        'Hemoglobin A1c (%) as last known: something new is known',
      ],
      [
        '2',
        '100',
        '190',
        'Female',
        '8.1',
        'yes',
        'no',
        'Hemoglobin A1c (%) as last known: the last value is too old',
      ],
      ['3', '190', '400', 'Female', 'no value known', 'yes', 'yes', 'the event happens'],
    ])
  })

  const of = {
    who: 'somebody',
    nameOf: (name: string) => name,
    valueOf: (name: string, label: string) => `${name} ${label}`,
    whyOf: (row: number) => `reason ${row + 1}`,
  }

  it('draws a column of codes as steps in the order of its labels, and names the codes', () => {
    const labels = ['02-former', '01-never', '01-never']
    const coded: IntervalExemplarAnswer = {
      ...exemplar,
      columns: [{ name: 'smoking', isChanging: true }],
      rows: exemplar.rows.map((row, r) => ({ ...row, values: [labels[r] ?? null] })),
      records: [{ name: 'smoking', day: 0, actsAfter: 0, value: '01-never' }],
    }
    const { shapes } = cutFigure(coded, 'index', of, en, 'en')
    const texts = shapes.flatMap((shape) => (shape.kind === 'text' ? [shape.text] : []))
    expect(texts).toContain('smoking 01-never')
    const step = shapes.flatMap((shape) => (shape.kind === 'path' ? [shape.d] : []))
    expect(step).toHaveLength(1)
    expect(new Set([...step[0]!.matchAll(/[ML][\d.]+ ([\d.]+)/g)].map(([, y]) => y)).size).toBe(2)
  })

  it('is drawn within its frame, with every cut, every record and the event, and described for whoever does not see it', () => {
    const figure = cutFigure(exemplar, 'index', of, en, 'en')
    const { width, height, shapes } = figure
    const dashes = shapes.filter((shape) => shape.kind === 'line' && shape.dash !== undefined)
    expect(dashes).toHaveLength(exemplar.rows.length - 1)
    // Each record, and the event.
    expect(shapes.filter(({ kind }) => kind === 'box')).toHaveLength(exemplar.records.length + 1)
    const texts = shapes.flatMap((shape) => (shape.kind === 'text' ? [shape.text] : []))
    expect(texts).toEqual(
      expect.arrayContaining(['1', '2', '3', 'hba1c', 'seen', '7.2', '8.1', 'Days since entry']),
    )
    for (const shape of shapes) {
      const numbers = Object.values(shape).filter((value) => typeof value === 'number' && value > 5)
      for (const value of numbers) expect(value).toBeLessThanOrEqual(Math.max(width, height))
      expect(JSON.stringify(shape)).not.toMatch(/NaN|null|Infinity/)
    }
    expect(figure.description).toContain('row 2 from day 100 to day 190, reason 2')
  })
})
