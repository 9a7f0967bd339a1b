import { describe, expect, it } from 'vitest'
import type { NoisyAnswer } from '../../../shared/contract/answers.ts'
import type { CatalogVariable } from '../../../shared/contract/requests.ts'
import type { RequestOutput } from '../../../shared/domain/request-output.ts'
import { newModel, newStudy } from './new-study.ts'
import * as cleaning from '../../words/cleaning.ts'
import * as clinical from '../../words/clinical.ts'
import * as cohorts from '../../words/cohorts.ts'
import * as models from '../../words/models.ts'
import * as pathways from '../../words/pathways.ts'
import * as question from '../../words/question.ts'
import * as requests from '../../words/requests.ts'
import { shownAnswer } from './answer-tables.ts'
import type { PaperTable } from './paper-table.ts'
import { findingTable } from './rule-tables.ts'

const words = {
  requests: requests.en,
  models: models.en,
  cleaning: cleaning.en,
  pathways: pathways.en,
  cohorts: cohorts.en,
  clinical: clinical.en,
  question: question.en,
}
const variables: CatalogVariable[] = [
  { name: 'age-years', kind: 'number', least: 0, greatest: 120, step: 5 },
  { name: 'hba1c-tenths', kind: 'number', least: 30, greatest: 200, step: 5 },
  { name: 'sex', kind: 'label', levels: ['female', 'male'] },
]
const shown = (answer: NoisyAnswer, output: RequestOutput) =>
  shownAnswer(answer, { title: 'T', output, variables, words, locale: 'en' })
const patients = { unit: 'patients' } as const
const whole = (value: number, halfWidth = 5) => ({ value, halfWidth })

describe('an answer with noise', () => {
  it('says a count with half its interval', () => {
    expect(shown({ kind: 'count', count: whole(1_234, 31) }, { kind: 'count' }).headline).toBe(
      '1,234 ± 31 patients',
    )
  })
  it('adds up claims and exposure of bands of a score, and no patients, who may be in two of them', () => {
    const output: RequestOutput = {
      kind: 'score',
      formula: 'charlson',
      columns: ['charlson'],
      edges: [1_000],
      exposure: { variable: 'exposure-days', most: 365 },
      actual: { variable: 'claims', most: 20 },
      cellsMost: 2,
    }
    const band = (level: number, n: number) => ({
      level,
      patients: n,
      exposureDays: 0,
      observed: n,
      expected: 1_000 * n,
      ratio: null,
    })
    const answer: NoisyAnswer = {
      kind: 'lift',
      bands: [band(0, 700), band(1, 500)],
      ratio: null,
      unscored: null,
    }
    const total = shown(answer, output).table?.rows.at(-1)?.cells
    expect(total?.slice(1, 5)).toEqual(['', '0', '1,200', '1,200'])
  })
  it('puts the cells of a table to their levels, variables in order of their names, the last fastest', () => {
    // The request was written with sex first; its bytes, and so the cells, have age first.
    const output: RequestOutput = {
      kind: 'table',
      axes: [
        { variable: 'sex', edges: [] },
        { variable: 'age-years', edges: [40] },
      ],
      counted: patients,
    }
    const cells = [11, 12, null, 21, 22, null, null, null, null]
    const { table, headline } = shown(
      { kind: 'table', cells, halfWidth: 4, margins: [], total: whole(66, 9) },
      output,
    )
    expect(headline).toBe('66 ± 9 patients in the 4 of 9 cells that are shown')
    expect(table?.header).toEqual(['Age (years)', 'Sex', 'patients', '95 % interval'])
    expect(table?.rows[1]?.cells).toEqual(['below 40', 'Male', '12', '± 4'])
    expect(table?.rows[2]?.cells).toEqual(['below 40', 'not recorded', 'withheld', ''])
    expect(table?.rows[3]?.cells).toEqual(['40 and above', 'Female', '21', '± 4'])
    expect(table?.rows.at(-1)?.cells).toEqual(['All that is shown', '', '66', '± 9'])
    expect(table?.notes[0]).toContain('withheld')
  })
  it('shows nothing of a table whose cells are not those of the question', () => {
    const output: RequestOutput = {
      kind: 'histogram',
      axis: { variable: 'sex', edges: [] },
      counted: patients,
    }
    const of = (cells: number[]) =>
      shown({ kind: 'table', cells, halfWidth: 4, margins: [], total: whole(9) }, output).table
    expect(of([1, 2, 3])).not.toBeNull()
    expect(of([1, 2])).toBeNull()
    expect(of([1, 2, 3, 4])).toBeNull()
  })
  it('says means and quantiles in the unit of people', () => {
    const mean = { value: 71.5, low: 70, high: 73 }
    expect(
      shown(
        { kind: 'mean', mean, count: whole(500) },
        { kind: 'mean', variable: 'hba1c-tenths', least: 40, greatest: 140 },
      ).headline,
    ).toBe('HbA1c: 7.15 % (7 to 7.3)')
    const { table } = shown(
      { kind: 'quantiles', quantiles: [{ value: 60, low: 55, high: 65 }, null], count: whole(500) },
      { kind: 'quantiles', axis: { variable: 'age-years', edges: [40] }, perMille: [500, 250] },
    )
    expect(table?.rows.map(({ cells }) => cells)).toEqual([
      ['25 %', '60', '55 – 65'],
      ['50 %', 'withheld', ''],
    ])
  })
  it('draws curves with their bands, and ratios of a model with theirs', () => {
    const survival = (value: number) => ({ value, low: value - 0.05, high: value + 0.05 })
    const curves = shown(
      {
        kind: 'curves',
        curves: [{ level: 1, steps: [{ untilDay: 90, survival: survival(0.9), atRisk: 120 }] }],
      },
      { kind: 'kaplan-meier', timeEdges: [90], by: { variable: 'sex', edges: [] } },
    )
    expect(curves.figure?.description).toContain('Male')
    expect(curves.figure?.shapes.some(({ kind }) => kind === 'band')).toBe(true)
    expect(curves.table?.rows[0]?.cells).toEqual(['Male', '90', '0.9', '0.85 – 0.95', '120'])
    const effects = shown(
      {
        kind: 'effects',
        effects: [{ variable: 'sex', level: 1, logRatio: { value: Math.log(2), low: 0, high: Math.log(4) } }],
        count: whole(2_000),
      },
      { kind: 'cox', timeEdges: [90], covariates: [{ variable: 'sex', edges: [] }] },
    )
    expect(effects.headline).toBe('Hazard ratio 2.00 (1.00–4.00), Sex: Male')
    expect(effects.figure).not.toBeNull()
  })
  it('writes a ratio of a great many people the same way above, in the table and in the figure', () => {
    const { headline, table, figure } = shown(
      {
        kind: 'effects',
        effects: [
          {
            variable: 'sex',
            level: 1,
            logRatio: { value: Math.log(1.0123), low: Math.log(1.0041), high: Math.log(1.0206) },
          },
        ],
        count: whole(2_000_000),
      },
      { kind: 'cox', timeEdges: [90], covariates: [{ variable: 'sex', edges: [] }] },
    )
    expect(headline).toBe('Hazard ratio 1.012 (1.004–1.021), Sex: Male')
    expect(table?.rows[0]?.cells).toEqual(['Sex: Male', '1.012', '1.004–1.021'])
    expect(figure?.shapes).toContainEqual(expect.objectContaining({ text: '1.012 (1.004–1.021)' }))
  })
  it('says nothing of what was withheld', () => {
    expect(shown({ kind: 'withheld' }, { kind: 'count' })).toEqual({
      headline: null,
      figure: null,
      table: null,
    })
  })
})

describe('a finding by rule', () => {
  it('shows the digits that were signed, and leaves small cells out', () => {
    const model = findingTable(
      {
        name: 'model/0',
        kind: 'model',
        patients: '1235',
        events: '120',
        coefficients: [{ term: 'age', coefficient: '0.120', error: '0.031', low: '0.059', high: '0.181' }],
      },
      null,
      words,
      'en',
    )
    expect(model.title).toBe('Model 1')
    expect(model.rows[0]?.cells).toEqual(['age', '0.120', '0.031', '0.059 – 0.181'])
    expect(model.notes[0]).toBe('1235 patients, 120 events, to multiples of 5')
    const table = findingTable(
      {
        name: 'baseline/sex',
        kind: 'table',
        axes: [{ variable: 'sex', levels: ['female', 'male'] }],
        cells: ['15', null],
        margins: [['15', '0']],
        total: '15',
      },
      null,
      words,
      'en',
    )
    expect(table.rows.map(({ cells }) => cells)).toEqual([
      ['female', '15'],
      ['male', 'withheld'],
      ['All that is shown', '15'],
    ])
  })

  it('names terms, columns and levels of its study in the reader’s language, and what it does not know as it was signed', () => {
    const zh = {
      requests: requests.zhHant,
      cohorts: cohorts.zhHant,
      clinical: clinical.zhHant,
      question: question.zhHant,
    }
    const study = {
      ...newStudy(),
      models: [
        { ...newModel(['age', 'sex'], ['sex']), splines: [{ name: 'age', knots: 4, reference: null }] },
        { ...newModel(['sex'], []), family: 'km' as const },
      ],
    }
    const coefficient = { coefficient: '0.120', error: '0.031', low: '0.059', high: '0.181' }
    const model = {
      name: 'model/0',
      kind: 'model' as const,
      patients: '1235',
      events: '120',
      coefficients: ['sexmale', "age''", 'elsewhere'].map((term) => ({ term, ...coefficient })),
    }
    const termsOf = (table: PaperTable) => table.rows.map(({ cells: [term] }) => term)
    expect(termsOf(findingTable(model, study, words, 'en'))).toEqual([
      'sex: Male',
      'age at entry (years): spline, part 3',
      'elsewhere',
    ])
    expect(termsOf(findingTable(model, study, zh, 'zh-Hant'))[0]).toBe('性別：男')
    const curve = { name: 'curve/1/male', kind: 'curve' as const, steps: [] }
    expect(findingTable(curve, study, words, 'en').title).toContain('Male')
    const baseline = {
      name: 'baseline/sex',
      kind: 'table' as const,
      axes: [{ variable: 'sex', levels: ['female', 'male', ''] }],
      cells: ['70', '60', null],
      margins: [],
      total: '130',
    }
    const table = findingTable(baseline, study, words, 'en')
    expect(table.header[0]).toBe('sex')
    expect(table.rows.slice(0, 3).map(({ cells: [level] }) => level)).toEqual([
      'Female',
      'Male',
      'no value known',
    ])
  })
})
