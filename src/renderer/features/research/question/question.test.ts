/** The pure parts of the page from question to model: the sentence, what is stale, the form, tables, pictures and the methods. */
import { describe, expect, it } from 'vitest'
import { presetSteps } from '../../../../shared/domain/cleaning.ts'
import { problemsOfIntervals, type Covariate } from '../../../../shared/domain/intervals.ts'
import {
  problemsOfStudy,
  studyDocument,
  type StudyDocument,
  withModels,
} from '../../../../shared/domain/study.ts'
import type { FitAnswer } from '../../../parts/research/fit-answer.ts'
import { named, newModel, newStudy } from '../../../parts/research/new-study.ts'
import { stageStates } from '../../../parts/research/study-stages.ts'
import * as cleaning from '../../../words/cleaning.ts'
import * as clinical from '../../../words/clinical.ts'
import * as cohorts from '../../../words/cohorts.ts'
import * as models from '../../../words/models.ts'
import * as question from '../../../words/question.ts'
import { curvesFigure, CURVES_MOST } from '../../../parts/research/curves-figure.ts'
import { figureSvg, fitted } from '../../../parts/research/figure.ts'
import { forestFigure, TERMS_MOST, ticksOf } from '../../../parts/research/forest-figure.ts'
import {
  COVARIATE_KINDS,
  cutsFromText,
  withCovariateAdded,
  newColumnName,
  withColumnNamed,
  withCovariateOf,
  withFamily,
  withImputation,
  withNewCovariate,
  withTimeFrom,
} from './interval-form.ts'
import { notCombinedWords } from '../../../parts/research/not-combined.ts'
import { imputationTables } from './imputation-tables.ts'
import { methodsParagraph } from './methods-paragraph.ts'
import { tableCsv, tableHtml, tableText } from '../../../parts/research/paper-table.ts'
import { carriedBy, type StudyAnswer } from './study-answer.ts'
import { studySentences, wholeSentence } from '../../../parts/research/study-sentence.ts'
import { termWords } from '../../../parts/research/term-words.ts'
import { headline, modelTable, tableOne } from './study-tables.ts'

const wordsOf = (locale: 'en' | 'zh-Hant') => {
  const pick = <T>(words: { en: T; zhHant: T }): T => (locale === 'en' ? words.en : words.zhHant)
  return {
    cohorts: pick(cohorts),
    clinical: pick(clinical),
    question: pick(question),
    models: pick(models),
    cleaning: pick(cleaning),
  }
}
const en = wordsOf('en')
const names = { study: 'S', cohort: 'C', cleaning: 'X', model: (n: string) => `M${n}` }

const plain = newStudy()
const tutorial: StudyDocument = {
  ...plain,
  intervals: {
    ...plain.intervals,
    codeSets: {
      cvd: { kind: 'diagnosis', name: 'cardiovascular disease', include: ['I21*'], exclude: [] },
      statin: { kind: 'medicine', name: 'statins', include: ['C10AA*'], exclude: [] },
    },
    followUp: {
      ...plain.intervals.followUp,
      event: { kind: 'diagnosis', codes: 'cvd', classes: ['IMP'] },
      earlierEvents: 'leave-out',
    },
    covariates: [
      { kind: 'result', name: 'hba1c', test: 'hba1c', oldestDays: 730, delayDays: 0 },
      { kind: 'age', name: 'age' },
      { kind: 'sex', name: 'sex' },
      { kind: 'since', name: 'statin', event: { kind: 'prescription', codes: 'statin' }, delayDays: 0 },
    ],
  },
  models: [{ ...newModel(['hba1c', 'age', 'sex'], ['sex']), isClusteredByPerson: true, curvesOf: 'hba1c' }],
}

describe('a new question', () => {
  it('can be asked as it is, and every document of it has names', () => {
    const asked = named(plain, names)
    expect(studyDocument.parse(asked)).toEqual(asked)
    expect(problemsOfStudy(asked)).toEqual([])
    expect([asked.title, asked.cohort.title, asked.models[0]!.title]).toEqual(['S', 'C', 'M1'])
    expect(named({ ...plain, title: 'Mine' }, names).title).toBe('Mine')
  })
})

describe('the whole question', () => {
  it('is one sentence after the other in both languages, from who to the model', () => {
    expect(wholeSentence(studySentences(tutorial, en, 'en'), 'en')).toBe(
      'Persons enter on the day of their first visit. Their records are cleaned in 11 steps. ' +
        'They are followed to their first diagnosis of cardiovascular disease in a visit of class Inpatient, unless it had happened before; ' +
        'whoever has no visit for 730 days leaves 730 days after the last one. ' +
        'Known of them: Hemoglobin A1c (%) as last known, age at entry (years), sex, since the first prescription of statins. ' +
        'A Cox model on Hemoglobin A1c (%) as last known, age at entry (years), sex, with errors that hold when rows of one person are alike.',
    )
    const zh = wholeSentence(studySentences(tutorial, wordsOf('zh-Hant'), 'zh-Hant'), 'zh-Hant')
    expect(zh).toContain('以Cox 模型分析最近一次糖化血色素')
    expect(zh).not.toMatch(/ 。|。 /)
  })

  it('has words for whatever is known, as it is begun', () => {
    for (const locale of ['en', 'zh-Hant'] as const)
      for (const kind of COVARIATE_KINDS) {
        const intervals = withNewCovariate({ ...plain.intervals, covariates: [] }, kind)
        const said = studySentences({ ...plain, intervals }, wordsOf(locale), locale).known
        expect(said.length, kind).toBeGreaterThan(4)
        // Whatever needs no codes of somebody's own can be asked as it is begun.
        const [begun] = intervals.covariates
        if (!('event' in begun!)) expect(problemsOfIntervals(intervals), kind).toEqual([])
      }
  })

  it('says codes of results by their names, in the sentence and in the terms of a model', () => {
    const covariates: Covariate[] = [
      {
        kind: 'coded',
        name: 'smoking',
        test: 'smoking',
        categories: ['77176002', '8517006', 'LA-7'],
        oldestDays: null,
        delayDays: 0,
      },
      { kind: 'slope', name: 'slope', test: 'egfrCreat', overDays: 730, delayDays: 0 },
      { kind: 'score', name: 'burden', weights: 'quan2011', lookBackDays: null, delayDays: 0 },
    ]
    const intervals = { ...plain.intervals, covariates }
    const model = newModel(['smoking', 'slope'], ['smoking'])
    const study = { ...plain, intervals, models: [model], baselineBy: 'smoking' }
    expect(problemsOfStudy(study)).toEqual([])
    expect(
      problemsOfStudy({ ...study, models: [{ ...model, factors: [] }] }).map(({ kind }) => kind),
    ).toEqual(['label-as-number'])
    expect(studySentences(study, en, 'en').known).toBe(
      'Known of them: Tobacco smoking status by its code (current smoker, former smoker, LA-7) as last known, ' +
        'slope of eGFR, derived from creatinine (mL/min/{1.73_m2}) per year over the last 730 days, ' +
        'comorbidity score (Charlson, weights of Quan 2011) of all diagnoses so far.',
    )
    expect(studySentences(study, wordsOf('zh-Hant'), 'zh-Hant').known).toContain('吸菸中')
    const said = (term: string) => termWords(term, study, 0, en, 'en')
    expect(said('smoking01-77176002')).toContain('current smoker')
    expect(said('smokingother')).toContain('another code')
    expect(said('smoking03-LA-7')).toContain('LA-7')
  })
})

describe('what is stale', () => {
  it('is the part that changed and all after it; titles change nothing', () => {
    expect(stageStates(plain, null)).toEqual({
      cohort: 'not-yet',
      cleaning: 'not-yet',
      intervals: 'not-yet',
      models: 'not-yet',
    })
    const titled = { ...plain, title: 'X', cohort: { ...plain.cohort, title: 'Y' } }
    expect(Object.values(stageStates(titled, plain))).toEqual(['fresh', 'fresh', 'fresh', 'fresh'])
    const steps = [...presetSteps('versions')]
    const cleaned = { ...plain, cleaning: { schema: 'cleaning/1' as const, title: '', steps } }
    expect(Object.values(stageStates(cleaned, plain))).toEqual(['fresh', 'stale', 'stale', 'stale'])
    const modelled = { ...plain, models: [{ ...plain.models[0]!, ties: 'breslow' as const }] }
    expect(Object.values(stageStates(modelled, plain))).toEqual(['fresh', 'fresh', 'fresh', 'stale'])
    const older = { ...plain, snapshot: { chain: '0'.repeat(64), upTo: 3, height: 2, hospitals: [] } }
    expect(stageStates(older, plain).cohort).toBe('stale')
  })
})

describe('the form of how people are followed', () => {
  it('puts a new covariate into every model that can take it', () => {
    const [cox] = plain.models
    const models = [cox!, { ...cox!, family: 'km' as const, covariates: [] }]
    const added = withCovariateAdded({ ...plain, models }, 'result')
    expect(added.models.map(({ covariates }) => covariates)).toEqual([[...cox!.covariates, 'hba1c'], []])
    expect(problemsOfStudy(added)).toEqual(problemsOfStudy({ ...plain, models }))
  })

  it('keeps names that files take, and each of them once', () => {
    const named = (text: string) => newColumnName(text, 'sex', plain.intervals)
    expect(named(' HbA1c last ')).toBe('hba1c_last')
    expect(named('血糖')).toBeNull()
    // The models would take two columns of one name for one.
    expect([named('Age'), named('period'), named('sex')]).toEqual([null, null, 'sex'])
    const twice = withNewCovariate(withNewCovariate(plain.intervals, 'result'), 'result')
    expect(twice.covariates.map(({ name }) => name)).toEqual(['age', 'sex', 'hba1c', 'hba1c_2'])
  })

  it('renames and removes a column in the models too', () => {
    const renamed = withColumnNamed(tutorial, 'hba1c', 'sugar').models[0]!
    expect([renamed.covariates, renamed.curvesOf]).toEqual([['sugar', 'age', 'sex'], 'sugar'])
    const removed = withColumnNamed({ ...tutorial, baselineBy: 'sex' }, 'sex', null)
    expect([removed.models[0]!.covariates, removed.models[0]!.factors, removed.baselineBy]).toEqual([
      ['hba1c', 'age'],
      [],
      null,
    ])
  })

  it('takes labels as groups, and gives up curves of what is no covariate any more', () => {
    const [model] = tutorial.models
    const out = withCovariateOf(model!, 'hba1c', false, tutorial.intervals)
    expect([out.covariates, out.curvesOf]).toEqual([['age', 'sex'], null])
    expect(withCovariateOf(newModel([], []), 'sex', true, tutorial.intervals).factors).toEqual(['sex'])
  })

  it('asks curves of groups only, so that another kind of model can be run as it is chosen', () => {
    const [model] = tutorial.models
    for (const family of ['km', 'aj'] as const) {
      const curve = withFamily(model!, family, tutorial.intervals)
      expect(curve).toMatchObject({ family, covariates: ['sex'], factors: [], curvesOf: null })
      expect(problemsOfStudy(named({ ...tutorial, models: [curve] }, names)), family).toEqual([])
    }
    const cox = withFamily(withFamily(model!, 'km', tutorial.intervals), 'cox', tutorial.intervals)
    expect(cox).toMatchObject({ family: 'cox', covariates: ['sex'], factors: ['sex'] })
  })

  it('reads cuts as days in order', () => {
    expect(cutsFromText('730, 90 365、90')).toEqual([90, 365, 730])
    expect(cutsFromText('a year')).toBeNull()
    expect(cutsFromText('')).toEqual([])
  })
})

const fit: FitAnswer = {
  family: 'cox',
  n: 200,
  dropped: 0,
  events: 40,
  warnings: [],
  names: ['hba1c', 'age', 'sexmale'],
  coefficients: [Math.log(1.25), 0.05, null],
  stdErr: [0.05, 0.01, null],
  lower: [Math.log(1.13), 0.03, null],
  upper: [Math.log(1.38), 0.07, null],
  p: [0.00001, 0.04, null],
  conf: 0.95,
}
const study = named(tutorial, names)
const answer: StudyAnswer = {
  schema: 'study-result/1',
  snapshot: { upTo: 99, visits: 400, persons: 120 },
  cohort: { persons: 120, afterWashout: 110, steps: [] },
  cleaning: null,
  intervals: {
    dataEnd: { day: '2025-12-31', isBeforeUntil: false },
    attrition: [
      { step: 'cohort', persons: 110, events: 44 },
      { step: 'not-at-risk', persons: 100, events: 40 },
    ],
    ends: {},
    rows: 200,
    personDays: 73_050,
    counts: [],
    missing: [],
  },
  baseline: {
    by: 'sex',
    groups: [
      { kind: 'all', label: null, persons: 100, events: 40, personDays: 73_050 },
      { kind: 'group', label: 'female', persons: 93, events: 38, personDays: 70_000 },
      { kind: 'group', label: 'male', persons: 7, events: 2, personDays: 3_050 },
    ],
    columns: [
      {
        kind: 'number',
        name: 'age',
        groups: [
          { missing: 0, mean: 61.23, sd: 9, q1: 55, median: 61, q3: 67 },
          { missing: 0, mean: 60, sd: 9, q1: 54, median: 60, q3: 66 },
          { missing: 0, mean: 70, sd: 9, q1: 65, median: 70, q3: 75 },
        ],
      },
      {
        kind: 'label',
        name: 'statin',
        labels: ['0', '1'],
        groups: [
          { missing: 0, counts: [75, 25] },
          { missing: 0, counts: [70, 23] },
          { missing: 0, counts: [5, 2] },
        ],
      },
    ],
  },
  warnings: [],
  models: [
    { before: { rows: 200, persons: 100, events: 40, deaths: 6, parameters: 3, findings: [] }, result: fit },
  ],
}

/** Of everybody, without groups. */
const inOne = (baseline: StudyAnswer['baseline']): StudyAnswer['baseline'] => ({
  by: null,
  groups: baseline.groups.slice(0, 1),
  columns: baseline.columns.map((column) =>
    column.kind === 'number'
      ? { ...column, groups: column.groups.slice(0, 1) }
      : { ...column, groups: column.groups.slice(0, 1) },
  ),
})

const reversed = ({ names, coefficients, lower, upper, p }: typeof fit) => ({
  names: names!.toReversed(),
  coefficients: coefficients!.toReversed(),
  lower: lower!.toReversed(),
  upper: upper!.toReversed(),
  p: p!.toReversed(),
})

describe('the tables of a paper', () => {
  it('describe people without saying exactly how few there are, nor what they are like', () => {
    const one = tableOne(study, answer, en, 'en')
    expect(one.header).toEqual(['', 'All', 'Female', 'Male'])
    // All less the women would say everything of the men: so nothing is said of the women either.
    expect(one.rows.map(({ cells }) => cells)).toEqual([
      ['Persons', '100', '≥11', '<11'],
      ['with the event', '40 (40%)', '≥11', '<11'],
      ['Person-years', '200', '—', '—'],
      ['age at entry (years), mean (SD); median [quartiles]', '61.2 (9); 61 [55, 67]', '—', '—'],
      ['since the first prescription of statins, n (%)', '25 (25%)', '≥11', '<11'],
    ])
    expect(one.notes).toContain(en.question.tables.withheldNote)
    const plainOne = tableOne(study, { ...answer, baseline: inOne(answer.baseline) }, en, 'en')
    expect(plainOne.rows[0]!.cells).toEqual(['Persons', '100'])
    expect(plainOne.notes).toEqual([en.question.tables.oneNote])
  })

  it('say of each term its ratio, limits and p, and which level it is of', () => {
    const table = modelTable(study, 0, answer, en, 'en')!
    expect(table.header).toEqual(['Covariate', 'Hazard ratio', '95% limits', 'p'])
    expect(table.rows.map(({ cells }) => cells)).toEqual([
      ['Hemoglobin A1c (%) as last known', '1.25', '1.13–1.38', '< 0.0001'],
      ['age at entry (years)', '1.05', '1.03–1.07', '0.04'],
      ['sex: Male', 'not estimable', '', ''],
    ])
    expect(termWords('sexmale', study, 0, wordsOf('zh-Hant'), 'zh-Hant')).toBe('性別：男')
    expect(headline(study, 0, fit, en, 'en')).toBe(
      'Hazard ratio 1.25 (1.13–1.38), Hemoglobin A1c (%) as last known, per 1 %',
    )
    // Whatever the order of the terms: what changes with time is what was asked about.
    const turned = {
      ...study,
      models: study.models.map((model) => ({ ...model, covariates: model.covariates.toReversed() })),
    }
    expect(headline(turned, 0, { ...fit, ...reversed(fit) }, en, 'en')).toContain('Hemoglobin A1c')
    // For a program: every number in a cell of its own, as it was found.
    const csv = tableCsv(table).split('\r\n')
    expect(csv[0]).toBe('Covariate,Hazard ratio,95% limits: low,95% limits: high,p')
    expect(csv[1]?.split(',').slice(1).map(Number)).toEqual([
      Math.exp(fit.coefficients![0]!),
      Math.exp(fit.lower![0]!),
      Math.exp(fit.upper![0]!),
      fit.p![0],
    ])
    const none = {
      ...answer,
      models: [{ before: answer.models[0]!.before, result: { noAnswer: { code: 'no-rows' } } }],
    }
    expect(modelTable(study, 0, none, en, 'en')).toBeNull()
  })

  it('are CSV that no spreadsheet runs, a page without anything from elsewhere, and text to paste', () => {
    const table = {
      title: 'T <1>',
      header: ['', 'A, B'],
      rows: [{ cells: ['=1+1', '-0.5'] }, { cells: ['level', 'x & "y"'], isIndented: true }],
      notes: ['n'],
    }
    expect(tableCsv(table)).toBe(`,"A, B"\r\n'=1+1,-0.5\r\n  level,"x & ""y"""\r\n# T <1>\r\n# n\r\n`)
    const html = tableHtml(table)
    expect(html).toContain('<caption>T &lt;1&gt;</caption>')
    expect(html).toContain('<th class="indented">level</th><td>x &amp; &quot;y&quot;</td>')
    expect(html).not.toMatch(/src=|href=|url\(|<script/)
    expect(tableText(table)).toBe('T <1>\n\tA, B\n=1+1\t-0.5\n  level\tx & "y"\nn\n')
  })
})

describe('the methods', () => {
  it('say in both languages what was done, on how much, and by which hashes it runs again', () => {
    const run = { hash: 'aa11', resultHash: 'bb22', engine: 'study/4' }
    const said = methodsParagraph(study, answer, run, en, 'en')
    for (const part of [
      '400 visits of 120 persons',
      'up to block 99',
      en.cleaning.steps['harmonise-units'],
      'ended on 2025-12-31',
      'ties: Efron',
      '100 persons with 40 events could be followed',
      'In M1, 200 rows of 100 persons with 40 events were analysed.',
      'study/4',
      'aa11',
      'bb22',
    ])
      expect(said).toContain(part)
    expect(methodsParagraph(study, answer, run, wordsOf('zh-Hant'), 'zh-Hant')).toContain('100 人、40 件事件')
    // Each model says what its own rows hold: deaths too where they compete, and where there is no fit, that.
    const [model] = study.models
    const of = { ...answer.models[0]!.before, rows: 150, persons: 96, events: 31, deaths: 12 }
    const two = {
      ...study,
      models: [
        { ...model!, title: 'A', family: 'aj' as const },
        { ...model!, title: 'B' },
      ],
    }
    const models = [
      { before: of, result: { ...fit, events: 43 } },
      { before: of, result: { noAnswer: { code: 'no-rows' } } },
    ]
    const beside = methodsParagraph(two, { ...answer, models }, run, en, 'en')
    expect(beside).toContain('In A, 150 rows of 96 persons with 31 events and 12 deaths before one were')
    expect(beside).toContain('B could not be fitted.')
  })

  it('say of few persons neither their rows nor their visits exactly', () => {
    const run = { hash: 'aa11', resultHash: 'bb22', engine: 'study/4' }
    const said = (visits: number, rows: number, persons: number) => {
      const before = { ...answer.models[0]!.before, rows, persons, events: 2 }
      const few = { ...answer, snapshot: { upTo: 99, visits, persons }, models: [{ before, result: fit }] }
      return methodsParagraph(study, few, run, en, 'en')
    }
    expect(said(7, 7, 7)).toContain('<11 visits of <11 persons')
    expect(said(7, 7, 7)).toContain('In M1, <11 rows of <11 persons with <11 events were analysed.')
    // Twelve rows in two a person would be six persons.
    expect(said(14, 12, 6)).toContain('≥11 visits of <11 persons')
    expect(said(14, 12, 6)).toContain('In M1, ≥11 rows of <11 persons')
    expect(said(14, 12, 11)).toContain('In M1, 12 rows of 11 persons')
  })
})

describe('the forest plot', () => {
  const words = {
    ratio: 'Hazard ratio',
    limits: '95% limits',
    description: (terms: string) => `Of ${terms}`,
    more: (count: string) => `${count} more`,
  }
  const row = (label: string, ratio: number, lower: number, upper: number) => ({
    name: label,
    label,
    coefficient: Math.log(ratio),
    stdErr: 0.1,
    p: 0.1,
    ratio,
    lower,
    upper,
  })

  it('draws each term once at its ratio, no effect marked, and says itself in words', () => {
    const figure = forestFigure([row('a', 2, 1, 4), row('b', 0.5, 0.25, 1)], words, 'en')!
    expect(figure.description).toBe('Of a 2.00 (1.00–4.00); b 0.50 (0.25–1.00)')
    const boxes = figure.shapes.filter((shape) => shape.kind === 'box')
    expect(boxes).toHaveLength(2)
    // On a log scale twice and half are as far from no effect.
    const one = figure.shapes.find((shape) => shape.kind === 'line' && shape.dash !== undefined)!
    const centres = boxes.map(({ x, width }) => x + width / 2)
    const x1 = one.kind === 'line' ? one.x1 : NaN
    expect(centres[0]! - x1).toBeCloseTo(x1 - centres[1]!, 6)
  })

  it('draws as many terms as a picture can hold, and says how many more there are', () => {
    const rows = Array.from({ length: TERMS_MOST + 40 }, (_, i) => row(`t${i}`, 1.2, 1.1, 1.3))
    const figure = forestFigure(rows, words, 'en')!
    expect(figure.shapes.filter(({ kind }) => kind === 'box')).toHaveLength(TERMS_MOST)
    const said = figure.shapes.flatMap((shape) => (shape.kind === 'text' ? [shape.text] : []))
    expect(said).toContain('40 more')
    expect(figure.description).not.toContain(`t${TERMS_MOST}`)
  })

  it('keeps a term without information from flattening the others, and is none without a term', () => {
    const figure = forestFigure([row('a', 1.2, 1.1, 1.3), row('wild', 9, 1e-9, 1e12)], words, 'en')!
    for (const shape of figure.shapes)
      if (shape.kind === 'line')
        for (const x of [shape.x1, shape.x2]) expect(x).toBeLessThanOrEqual(figure.width)
    expect(figure.shapes.filter((shape) => shape.kind === 'path')).toHaveLength(2)
    expect(forestFigure([], words, 'en')).toBeNull()
    expect(forestFigure([{ ...row('x', 1, 1, 1), ratio: null }], words, 'en')).toBeNull()
  })

  it('keeps a term on one side of no effect between the names and the numbers', () => {
    for (const [ratio, lower, upper] of [
      [2.6, 1.5, 4.4],
      [0.4, 0.3, 0.6],
    ] as const) {
      const { shapes } = forestFigure([row('a', ratio, lower, upper)], words, 'en')!
      const axis = shapes.find(
        (shape) => shape.kind === 'line' && shape.tone === 'ink' && shape.y1 === shape.y2,
      )
      const limits = shapes.find((shape) => shape.kind === 'line' && shape.tone === 0)
      if (axis?.kind !== 'line' || limits?.kind !== 'line') throw new Error('no axis or no limits')
      expect(limits.x1, `${ratio}`).toBeGreaterThanOrEqual(axis.x1)
      expect(limits.x2, `${ratio}`).toBeLessThanOrEqual(axis.x2)
    }
  })

  it('has marks around what is shown, with one in between', () => {
    for (const [least, most] of [
      [0.9, 1.1],
      [0.02, 50],
      [1, 1.05],
      [0.97, 1],
      [1, 1],
      [1, 4],
      [0.3, 1],
    ] as const) {
      const ticks = ticksOf(least, most)
      expect(ticks.length, `${least} ${most}`).toBeGreaterThan(1)
      expect(ticks[0]!).toBeLessThanOrEqual(least)
      expect(ticks.at(-1)!).toBeGreaterThanOrEqual(most)
    }
  })
})

describe('curves', () => {
  const curve = (estimate: number[], over: object = {}) => ({
    stratum: null,
    time: estimate.map((_, i) => 10 * (i + 1)),
    atRisk: estimate.map(() => 50),
    events: estimate.map(() => 1),
    estimate,
    stdErr: estimate.map(() => 0.1),
    lower: estimate.map((value) => Math.max(0, value - 0.1)),
    upper: estimate.map((value) => Math.min(1, value + 0.1)),
    ...over,
  })
  const words = {
    time: 'Days',
    probability: 'Free of the event',
    nameOf: () => 'group',
    description: (names: string) => names,
  }

  it('have a line and a band each, and no more lines than people tell apart', () => {
    const figure = curvesFigure([curve([0.9, 0.8]), curve([0.7, 0.5])], words, 'en')!
    expect(figure.shapes.filter(({ kind }) => kind === 'path')).toHaveLength(2)
    expect(figure.shapes.filter(({ kind }) => kind === 'band')).toHaveLength(2)
    const many = curvesFigure(
      Array.from({ length: 9 }, () => curve([0.9])),
      words,
      'en',
    )!
    expect(many.shapes.filter(({ kind }) => kind === 'path')).toHaveLength(CURVES_MOST)
    // Names at the ends of lines that meet do not lie on each other.
    const names = many.shapes.flatMap((shape) =>
      shape.kind === 'text' && shape.text === 'group' ? [shape.y] : [],
    )
    expect(new Set(names).size).toBe(CURVES_MOST)
    expect(curvesFigure([], words, 'en')).toBeNull()
  })

  it('begin at one, or at none where an event is waited for', () => {
    const path = (over: object) =>
      curvesFigure([curve([0.2], over)], words, 'en')!.shapes.find(({ kind }) => kind === 'path') as {
        d: string
      }
    const startOf = ({ d }: { d: string }) => Number(/^M[\d.]+ ([\d.]+)/.exec(d)![1])
    expect(startOf(path({ state: 1 }))).toBeGreaterThan(startOf(path({})))
  })
})

describe('a figure as a file', () => {
  it('is the same text again, with its mark, and with nothing that could become markup', () => {
    const figure = {
      description: 'a < b',
      width: 100,
      height: 50,
      shapes: [
        { kind: 'text' as const, x: 1, y: 2.04999, text: '<&>' },
        { kind: 'line' as const, x1: 0, y1: 0, x2: 1, y2: 1, tone: 1 as const, dash: '2 3' },
      ],
    }
    const svg = figureSvg(figure, 'Within "North" only')
    expect(svg).toBe(figureSvg(figure, 'Within "North" only'))
    expect(svg).toMatch(/^<svg xmlns/)
    expect(svg).toContain('<title>a &lt; b</title>')
    expect(svg).toContain('>&lt;&amp;&gt;</text>')
    expect(svg).toContain('Within &quot;North&quot; only')
    expect(fitted('a very long name of a covariate', 60)).toMatch(/…$/)
    expect(fitted('short', 60)).toBe('short')
  })
})

describe('what events carry', () => {
  it('is one parameter for ten of them', () => {
    expect([0, 9, 10, 305].map(carriedBy)).toEqual([0, 0, 1, 30])
  })
})

describe('rows without a value', () => {
  const filled = withImputation(tutorial.models[0]!, { sets: 20, rounds: 10, donors: 5 })
  const asked = named(withModels(tutorial, [filled]), names)
  const imputed: FitAnswer = {
    ...fit,
    imputation: {
      sets: 20,
      rounds: 10,
      donors: 5,
      columns: [
        { name: 'hba1c', isOfPerson: false, rows: 40, persons: 25 },
        { name: 'age', isOfPerson: true, rows: 9, persons: 4 },
      ],
      rows: 45,
      df: [88.4, 310, null],
      fmi: [0.31, 0.04, null],
      tests: [{ term: null, f: 9.5, df1: 2, df2: null, p: 0.0001 }],
      complete: { ...fit, coefficients: [Math.log(1.4), 0.05, null] },
    },
  }

  it('are filled in where the model asks for it, which its schema says', () => {
    expect(asked.schema).toBe('study/5')
    expect(problemsOfStudy(asked)).toEqual([])
    // Curves are drawn of one table.
    expect(asked.models[0]!.curvesOf).toBeNull()
    expect(withModels(asked, [withImputation(asked.models[0]!, null)]).schema).toBe('study/3')
    expect(withFamily(filled, 'km', tutorial.intervals)).not.toHaveProperty('imputation')
    expect(withFamily(withTimeFrom(filled, 'piece'), 'poisson', tutorial.intervals)).not.toHaveProperty(
      'timeFrom',
    )
    expect(studySentences(asked, en, 'en').models[0]).toContain('with missing values filled in 20 times')
  })

  it('are said beside the result, with what the gaps cost and what the answer is without them', () => {
    for (const locale of ['en', 'zh-Hant'] as const) {
      const words = wordsOf(locale)
      const [what, cost] = imputationTables(asked, 0, imputed, words, locale)
      expect(what!.rows.map(({ cells }) => cells.slice(1))).toEqual([
        ['40', '25'],
        // Of fewer than eleven persons neither number is said.
        ['<11', '<11'],
      ])
      expect(cost!.rows[0]!.cells.slice(1)).toEqual([
        expect.stringContaining('1.25'),
        expect.stringContaining('1.40'),
        '88.4',
        '31%',
      ])
      expect(cost!.rows.at(-1)!.cells[3]).toBe('2; ∞')
      const methods = methodsParagraph(
        asked,
        { ...answer, models: [{ ...answer.models[0]!, result: imputed }] },
        { hash: 'a', resultHash: 'b', engine: 'study/8' },
        words,
        locale,
      )
      expect(methods).toMatch(/Nelson-Aalen.*Rubin/)
      expect(methods).not.toContain(words.question.methods.complete)
    }
    expect(imputationTables(asked, 0, fit, en, 'en')).toEqual([])
  })

  it('say which numbers of one table the combined model has none of, and where they are', () => {
    expect(notCombinedWords(imputed, en, 'en')).toMatch(/20 filled-in tables/)
    expect(notCombinedWords(imputed, en, 'en')).toMatch(/AIC, the test of proportional hazards/)
    expect(notCombinedWords(imputed, wordsOf('zh-Hant'), 'zh-Hant')).toContain('比例風險檢定')
    // Only Cox models have that test.
    expect(notCombinedWords({ ...imputed, family: 'poisson' }, en, 'en')).not.toContain('proportional')
    // Where no row lacked a value it is one fit, with everything that belongs to it.
    const whole = { ...imputed, imputation: { ...imputed.imputation!, columns: [] } }
    expect(notCombinedWords(whole, en, 'en')).toBeNull()
    expect(notCombinedWords(fit, en, 'en')).toBeNull()
  })
})
