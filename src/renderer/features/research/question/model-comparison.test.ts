/** Kept models side by side: what differs in what they ask, what may be compared, and no small number between two of them. */
import { describe, expect, it } from 'vitest'
import type { StudyDocument } from '../../../../shared/domain/study.ts'
import type { FitAnswer } from '../../../parts/research/fit-answer.ts'
import { named, newModel, newStudy } from '../../../parts/research/new-study.ts'
import { tableCsv } from '../../../parts/research/paper-table.ts'
import * as clinical from '../../../words/clinical.ts'
import * as cohorts from '../../../words/cohorts.ts'
import * as modelComparison from '../../../words/model-comparison.ts'
import * as models from '../../../words/models.ts'
import * as question from '../../../words/question.ts'
import type { Found } from './found.ts'
import { aicOf, comparisonTable, keptModelOf, type KeptModel } from './model-comparison.ts'

const wordsOf = (locale: 'en' | 'zh-Hant') => {
  const pick = <T>(words: { en: T; zhHant: T }): T => (locale === 'en' ? words.en : words.zhHant)
  return {
    cohorts: pick(cohorts),
    clinical: pick(clinical),
    question: pick(question),
    models: pick(models),
    modelComparison: pick(modelComparison),
  }
}
const en = wordsOf('en')
const t = en.modelComparison
const plain = newStudy()
const study: StudyDocument = {
  ...named(plain, { study: 'S', cohort: 'C', cleaning: 'X', model: (n: string) => `M${n}` }),
  snapshot: { chain: '0'.repeat(64), upTo: 99, height: 9, hospitals: [] },
  intervals: {
    ...plain.intervals,
    covariates: [
      { kind: 'age', name: 'age' },
      { kind: 'sex', name: 'sex' },
      { kind: 'result', name: 'hba1c', test: 'hba1c', oldestDays: 730, delayDays: 0 },
    ],
  },
  models: [{ ...newModel(['hba1c', 'age'], []), title: 'Main' }],
}
const fit: FitAnswer = {
  family: 'cox',
  n: 900,
  dropped: 0,
  events: 340,
  warnings: [],
  names: ['hba1c', 'age'],
  coefficients: [Math.log(1.25), Math.log(1.05)],
  stdErr: [0.05, 0.01],
  lower: [Math.log(1.13), Math.log(1.03)],
  upper: [Math.log(1.38), Math.log(1.07)],
  p: [0.00001, 0.04],
  conf: 0.95,
  df: 2,
  logLikelihood: [-2000, -1950.5],
  concordance: { concordance: 0.712, std: 0.014 },
}

let made = 0
function kept(over: Partial<StudyDocument> = {}, of: Partial<FitAnswer> = {}, persons = 500, events = 340) {
  const own = { ...study, ...over }
  const found = {
    jobId: 'j',
    asked: own,
    pinned: own,
    ran: { hash: 'ab'.repeat(32), resultHash: (made++).toString(16).padStart(64, '0') },
    answer: { models: [{ before: { persons, events }, result: { ...fit, ...of } }] },
  } as unknown as Found
  return keptModelOf(found, 0)!
}
const rowsOf = (all: readonly KeptModel[]) => {
  const table = comparisonTable(all, en, 'en')
  const cells = (name: string) => table.rows.find(({ cells: [first] }) => first === name)?.cells.slice(1)
  return { ...table, cells }
}

describe('models side by side', () => {
  it('say that they ask the same, and each ratio, count and fit beside the other', () => {
    const unadjusted = kept(
      { models: [{ ...newModel(['hba1c'], []), title: 'Alone' }] },
      {
        names: ['hba1c'],
        coefficients: [Math.log(1.3)],
        lower: [Math.log(1.2)],
        upper: [Math.log(1.4)],
        df: 1,
        logLikelihood: [-2000, -1960],
      },
    )
    const { header, cells, notes } = rowsOf([kept(), unadjusted])
    expect(header).toEqual(['', '1. Main', '2. Alone'])
    for (const part of [t.who, t.cleaning, t.following]) expect(cells(part)).toEqual([t.same, t.same])
    expect(cells(t.records)).toEqual(['99', '99'])
    expect(cells(t.persons)).toEqual(['500', '500'])
    expect(cells(t.events)).toEqual(['340', '340'])
    expect(cells(t.aic)).toEqual(['3,905', '3,922'])
    expect(cells(t.concordance)).toEqual(['0.712 (0.014)', '0.712 (0.014)'])
    expect(cells('Hemoglobin A1c (%) as last known')).toEqual(['1.25 (1.13–1.38)', '1.30 (1.20–1.40)'])
    expect(cells('age at entry (years)')).toEqual(['1.05 (1.03–1.07)', en.models.none])
    expect(notes).toContain(t.aicHolds)
    expect(notes.filter((note) => note.includes('study ababab'))).toHaveLength(2)
  })

  it('say in which part they differ and how, and that their AIC says nothing then', () => {
    const older = kept({
      cohort: {
        ...study.cohort,
        steps: [{ use: 'include', rule: { kind: 'age', atLeast: 40 } }],
      },
      cleaning: null,
      snapshot: { ...study.snapshot!, upTo: 50 },
    })
    const { cells, notes } = rowsOf([kept(), older, kept()])
    expect(cells(t.who)).toEqual(['a', 'b', 'a'])
    expect(cells(t.cleaning)).toEqual(['a', 'b', 'a'])
    expect(cells(t.following)).toEqual([t.same, t.same, t.same])
    expect(cells(t.records)).toEqual(['99', '50', '99'])
    expect(notes.find((note) => note.startsWith(`${t.who} b: `))).toMatch(/40/)
    expect(notes).toContain(`${t.cleaning} b: ${en.question.sentence.asWritten}`)
    expect(notes).toContain(t.aicDoesNot)
    // Of another engine, and of a twin that was made anew, the numbers may be others.
    const [engine, chain] = ['study/5 stats/1', 'cd'.repeat(32)]
    const found = rowsOf([kept({ engine: 'study/6' }), kept({ engine })])
    expect(found.cells(t.engine)).toEqual(['study/6', engine])
    expect(found.notes).toContain(t.aicDoesNot)
    const anew = rowsOf([kept(), kept({ snapshot: { ...study.snapshot!, chain } })])
    expect(anew.cells(t.engine)).toEqual([t.same, t.same])
    expect(anew.cells(t.records)).toEqual([
      expect.stringMatching(/^99 \(0/),
      expect.stringMatching(/^99 \(cd/),
    ])
    // Titles are no difference.
    const titled = kept({ title: 'Another', cohort: { ...study.cohort, title: 'Named otherwise' } })
    expect(rowsOf([kept(), titled]).cells(t.who)).toEqual([t.same, t.same])
  })

  it('put what is called the same and defined otherwise into lines of their own, and what is only named otherwise into one', () => {
    const [age, sex, hba1c] = study.intervals.covariates
    const within = (oldestDays: number, name = 'hba1c') =>
      kept(
        {
          intervals: {
            ...study.intervals,
            covariates: [age!, sex!, { ...hba1c!, name, oldestDays } as typeof hba1c & object],
          },
          models: [{ ...study.models[0]!, covariates: [name, 'age'] }],
        },
        { names: [name, 'age'] },
      )
    const label = 'Hemoglobin A1c (%) as last known'
    const other = rowsOf([kept(), within(90)])
    expect(other.cells(label)).toBeUndefined()
    expect(other.cells(`${label} (a)`)).toEqual(['1.25 (1.13–1.38)', en.models.none])
    expect(other.cells(`${label} (b)`)).toEqual([en.models.none, '1.25 (1.13–1.38)'])
    expect(other.notes).toContain(t.otherwise(label))
    expect(rowsOf([kept(), within(730, 'sugar')]).cells(label)).toEqual([
      '1.25 (1.13–1.38)',
      '1.25 (1.13–1.38)',
    ])
  })

  it('say no number under 11, neither of a model nor between two of them', () => {
    const { cells, notes } = rowsOf([kept({}, {}, 500, 340), kept({}, {}, 497, 338)])
    expect(cells(t.persons)).toEqual(['≈500', '≈500'])
    expect(cells(t.events)).toEqual(['≈340', '≈340'])
    expect(notes).toContain(t.aboutNote)
    expect(notes).toContain(t.aicDoesNot)
    expect(rowsOf([kept({}, {}, 500, 9), kept({}, {}, 500, 340)]).cells(t.events)).toEqual([
      en.cohorts.small,
      '340',
    ])
  })

  it('take the likelihood of the fit, and none where there is none', () => {
    expect(aicOf(fit)).toBe(3905)
    expect(aicOf({ ...fit, family: 'logistic', aic: 12.5 })).toBe(12.5)
    // Fine and Gray's is of weighted rows, whatever a result says.
    expect(aicOf({ ...fit, family: 'finegray', aic: 3905 })).toBeNull()
    const weighted = { family: 'finegray' as const, aic: 3905 }
    expect(rowsOf([kept({}, weighted), kept({}, weighted)]).notes).toContain(t.aicDoesNot)
    const { logLikelihood: _, ...without } = fit
    expect(aicOf(without)).toBeNull()
  })

  it('are no curves, and no model that the data gave no answer to', () => {
    const found = (model: StudyDocument['models'][number], result: unknown) =>
      ({
        pinned: { ...study, models: [model] },
        ran: { hash: '', resultHash: '' },
        answer: { models: [{ before: { persons: 1, events: 1 }, result }] },
      }) as unknown as Found
    expect(keptModelOf(found({ ...study.models[0]!, family: 'km' }, fit), 0)).toBeNull()
    expect(keptModelOf(found(study.models[0]!, { noAnswer: { code: 'no-events' } }), 0)).toBeNull()
    expect(keptModelOf(found(study.models[0]!, undefined), 0)).toBeNull()
  })

  it('read in both languages, and as a file', () => {
    const zh = comparisonTable([kept(), kept()], wordsOf('zh-Hant'), 'zh-Hant')
    expect(zh.title).toBe('模型並列比較')
    expect(tableCsv(comparisonTable([kept(), kept()], en, 'en'))).toContain('  AIC,"3,905","3,905"')
  })
})
