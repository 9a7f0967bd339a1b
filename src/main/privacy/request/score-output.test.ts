import { describe, expect, it } from 'vitest'
import { planOf } from './plan.ts'
import { decodeRequest, encodeRequest } from './request-bytes.ts'
import { problemsOfRequest, type ReleaseRequest } from './release-request.ts'
import { FORMULA_STEPS_MAX, readFormula, SCORE_COLUMNS, scorer, type ScoreOutput } from './score-output.ts'
import { tabulate, type Patient } from './tabulate.ts'

const output: ScoreOutput = {
  kind: 'score',
  formula: 'if sex = "female" then 0.5 else age_years / 100',
  columns: ['age-years', 'sex'],
  edges: [400, 800],
  exposure: { variable: 'exposure-days', most: 365 },
  actual: { variable: 'claims', most: 20 },
  cellsMost: 2,
}
const request = (changed: Partial<ScoreOutput> = {}): ReleaseRequest => ({
  snapshot: new Uint8Array(32).fill(1),
  cohort: new Uint8Array(32).fill(2),
  cleaning: null,
  followUp: null,
  output: { ...output, ...changed },
  microRho: 50_000,
})
const problems = (changed: Partial<ScoreOutput>) => problemsOfRequest(request(changed))

describe('a customised model in a request', () => {
  it('has one form in bytes, and comes back from it', () => {
    expect(problems({})).toEqual([])
    expect(decodeRequest(encodeRequest(request()))).toEqual(request())
    expect(encodeRequest(request({ columns: ['sex', 'age-years'] }))).toEqual(encodeRequest(request()))
  })
  it('reads the variables that it lists, all of them and no other', () => {
    expect(problems({ columns: ['age-years'] })).toEqual(['formula'])
    expect(problems({ columns: ['age-years', 'charlson', 'sex'] })).toEqual(['formula'])
    expect(problems({ formula: 'charlson', columns: ['age-years'] })).toEqual(['formula'])
  })
  it('reads nothing of what happens in the time that it is held against', () => {
    for (const name of ['claims', 'cost-minor', 'exposure-days', 'follow-up-days', 'nobody-knows'])
      expect(problems({ formula: name.replaceAll('-', '_'), columns: [name] })).toContain('formula')
  })
  it('is in its one form, no other text of the same', () => {
    expect(problems({ formula: `${output.formula} # a remark` })).toEqual(['formula'])
    expect(problems({ formula: `(${output.formula})` })).toEqual(['formula'])
    expect(readFormula(`(${output.formula}) # a remark`)).toMatchObject({
      kind: 'formula',
      text: output.formula,
    })
  })
  it('is bounded: bands, length, and steps of a row', () => {
    expect(problems({ edges: [] })).toEqual(['formula'])
    expect(problems({ edges: [800, 400] })).toEqual(['formula'])
    expect(problems({ edges: Array.from({ length: 20 }, (_, i) => i + 1) })).toEqual(['formula'])
    const sum = (terms: number) => Array.from({ length: terms }, () => 'charlson').join(' + ')
    expect(problems({ formula: sum(400), columns: ['charlson'] })).toEqual([])
    expect(problems({ formula: sum(1_000), columns: ['charlson'] })).toEqual(['formula'])
    const many = `${Array.from({ length: FORMULA_STEPS_MAX }, () => '1').join(' + ')} + charlson`
    expect(problems({ formula: many, columns: ['charlson'] })).toEqual(['formula'])
  })
  it('expects claims or costs for days of exposure', () => {
    expect(problems({ actual: { variable: 'visits-year', most: 20 } })).toContain('formula')
    expect(problems({ exposure: { variable: 'claims', most: 20 } })).toContain('formula')
    expect(problems({ actual: { variable: 'claims', most: 51 } })).toContain('range')
    expect(problems({ cellsMost: 0 })).toContain('bounds')
  })
})

describe('tables of a customised model', () => {
  it('have the same stretches of a patient who may be in one cell, though the first one has no score', () => {
    const parts = planOf(request({ cellsMost: 1 }))
    const patient: Patient = [
      { 'exposure-days': 100, claims: 2, score: null, expected: 0 },
      { 'exposure-days': 200, claims: 3, score: 900, expected: 493 },
    ]
    const unknown = 3
    const cells = parts.map((part) => tabulate(part, [patient]).map(Number))
    expect(parts.map(({ name }) => name)).toEqual(['count', 'exposure', 'claims', 'expected'])
    expect(cells.map((of) => of[unknown])).toEqual([1, 100, 2, 0])
    for (const of of cells) expect(of.slice(0, unknown)).toEqual([0, 0, 0])
    expect(new Set(parts.map(({ needs }) => needs.join()))).toEqual(new Set(['exposure-days,claims']))
  })
})

describe('scorer', () => {
  const person = (known: Readonly<Record<string, number | string | null>>) => (name: string) =>
    known[name] ?? null
  it('says the score in thousandths, and what is expected for the time', () => {
    const score = scorer(output)
    expect(score(person({ 'age-years': 60, sex: 'female' }), 365.25)).toEqual({ score: 500, expected: 500 })
    expect(score(person({ 'age-years': 60, sex: 'male' }), 365.25 / 2)).toEqual({ score: 600, expected: 300 })
    const cost = scorer({ ...output, actual: { variable: 'cost-minor', most: 1_000_000 } })
    expect(cost(person({ 'age-years': 6_000, sex: 'male' }), 365.25)).toEqual({ score: 60_000, expected: 60 })
  })
  it('says nothing of whom the formula has no value, and expects less than nothing of nobody', () => {
    const nothing = { score: null, expected: 0 }
    expect(scorer(output)(person({ sex: 'male' }), 100)).toEqual(nothing)
    const wild = scorer({ ...output, formula: '1 / (age_years - 60)', columns: ['age-years'] })
    expect(wild(person({ 'age-years': 60 }), 100)).toEqual(nothing)
    expect(wild(person({ 'age-years': 50 }), 100)).toEqual(nothing)
    expect(wild(person({ 'age-years': 61 }), 365.25)).toEqual({ score: 1_000, expected: 1_000 })
  })
  it('knows every variable that it may read', () => {
    for (const name of SCORE_COLUMNS)
      expect(readFormula(name.replaceAll('-', '_')).kind, name).toBe(
        ['diagnosis-chapter', 'payer', 'sex', 'visit-class'].includes(name) ? 'problem' : 'formula',
      )
  })
})
