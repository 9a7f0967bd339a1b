/** Splines and interactions of a study: counted before the fit, fitted as `fit` does to the rows taken out, and a built-in study asked whole. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { builtInStudy } from '../../../shared/domain/built-in-studies.ts'
import { canonicalStudy, problemsOfStudy, type StudyModel } from '../../../shared/domain/study.ts'
import { utf8Encode } from '../../../shared/std/bytes.ts'
import { runOf } from '../facts/fact-columns.ts'
import { syntheticFacts } from '../facts/facts.test-kit.ts'
import { readCsvColumns } from '../../stats/model/csv-columns.ts'
import { fitModel } from '../../stats/model/fit-model.ts'
import { ModelSpec } from '../../stats/model/model-spec.ts'
import { openWarehouse, type Warehouse } from '../warehouse/warehouse.ts'
import { intervalsOut } from './intervals-out.ts'
import type { AskedStudy, PinnedStudy } from './prepare-study.ts'
import { resultText } from './result-text.ts'
import { runStudy, STUDY_ENGINE } from './run-study.ts'

const PATIENTS = 300
const control = { hooks: {}, isCancelled: () => false }
const titles = {
  study: 'Risk',
  cohort: 'Everybody',
  diabetes: 'diabetes',
  cardiovascular: 'cardiovascular',
  models: ['1', '2', '3', '4', '5', '6'],
}
const risk = builtInStudy('cleaning', titles)
const model = (change: Partial<StudyModel>): StudyModel => ({
  ...risk.models[0]!,
  covariates: ['age', 'sex', 'sbp'],
  factors: ['sex'],
  strata: [],
  ...change,
})

let warehouse: Warehouse
let upTo = 0

beforeAll(async () => {
  const facts = syntheticFacts(PATIENTS, 'terms')
  upTo = facts.length - 1
  warehouse = await openWarehouse({ threads: 1, memoryMb: 512 })
  await warehouse.load(runOf(0, upTo, facts))
}, 120_000)
afterAll(() => warehouse.close())

function asked(models: readonly StudyModel[], of = risk): AskedStudy {
  const study: PinnedStudy = {
    ...of,
    models: [...models],
    snapshot: { chain: '00'.repeat(32), upTo, height: 0, hospitals: ['H1', 'H2', 'H3', 'H4', 'H5'] },
    engine: STUDY_ENGINE,
  }
  expect(problemsOfStudy(study)).toEqual([])
  return { study, hash: 'x', samePerson: [] }
}

async function answers(question: AskedStudy) {
  const ran = await runStudy(warehouse, question, control)
  return (
    JSON.parse(ran.text) as { models: { before: { parameters: number }; result: Record<string, unknown> }[] }
  ).models
}

describe('a study with terms that bend or act together', () => {
  it('counts their parameters, and gives what `fit` gives for the rows that were taken out', async () => {
    const question = asked([
      model({
        splines: [{ name: 'age', knots: 4, reference: '60' }],
        interactions: [['age', 'sex']],
        curvesOf: 'sex',
      }),
      model({ splines: [{ name: 'sbp', knots: 3, reference: null }] }),
    ])
    const [both, one] = await answers(question)
    expect(both!.before.parameters).toBe(8)
    expect(both!.result['names']).toEqual([
      'age',
      "age'",
      "age''",
      'sexmale',
      'sbp',
      'age:sexmale',
      "age':sexmale",
      "age'':sexmale",
    ])
    expect(one!.before.parameters).toBe(4)
    const [spline] = one!.result['splines'] as {
      effect: { at: number[]; estimate: number[] }
      reference: number
    }[]
    const nearest = spline!.effect.at.findIndex((value) => value >= spline!.reference)
    expect(Math.abs(spline!.effect.estimate[nearest]!)).toBeLessThan(0.1)
    const out = await intervalsOut(warehouse, question, control)
    expect(out.wholeCsv).toBeNull()
    const table = readCsvColumns(utf8Encode(out.csv), 'all')
    for (const [m, { spec }] of out.models.entries()) {
      const again = fitModel(table, ModelSpec.parse(JSON.parse(JSON.stringify(spec))))
      expect(resultText(again)).toBe(resultText([both, one][m]!.result))
    }
    // Rows hold numbers of persons, and no key of anybody.
    expect(out.csv).not.toMatch(/[0-9a-f]{32}/)
  }, 120_000)

  it('takes the comparison of the paper out on whole pieces where its models are pooled', async () => {
    const paper = builtInStudy('paper', titles)
    const question = asked(paper.models, paper)
    const models = await answers(question)
    expect(models).toHaveLength(7)
    for (const { result } of models) expect(result).toHaveProperty('coefficients')
    // Within pieces and stratified by them, the Cox model is the one of the whole time: the paper's first finding.
    const [tdcm, pooled, unadjusted] = models.map(({ result }) => result['coefficients'] as number[])
    for (const [j, coefficient] of tdcm!.entries()) expect(pooled![j]).toBeCloseTo(coefficient, 9)
    expect(Math.abs(unadjusted![0]! - tdcm![0]!)).toBeGreaterThan(1e-6)
    const out = await intervalsOut(warehouse, question, control)
    expect(out.models.map(({ isOfWhole }) => isOfWhole)).toEqual([
      false,
      false,
      false,
      true,
      true,
      true,
      false,
    ])
    const [whole, all] = [out.wholeCsv!, out.csv].map((csv) => readCsvColumns(utf8Encode(csv), 'all'))
    for (const [m, { spec, isOfWhole }] of out.models.entries())
      expect(resultText(fitModel(isOfWhole ? whole! : all!, ModelSpec.parse(spec)))).toBe(
        resultText(models[m]!.result),
      )
  }, 240_000)

  it('fills rows in that have a gap, the same way twice, and says so in the schema', async () => {
    const sets = { sets: 2, rounds: 2, donors: 5 }
    const imputing = asked([model({ imputation: sets }), model({})], { ...risk, schema: 'study/5' })
    expect(problemsOfStudy(imputing.study)).toEqual([])
    expect(problemsOfStudy({ ...imputing.study, schema: 'study/3' }).map(({ kind }) => kind)).toEqual([
      'schema-not-said',
    ])
    const text = async () => (await runStudy(warehouse, imputing, control)).text
    const first = await text()
    expect(await text()).toBe(first)
    const [filled, left] = (
      JSON.parse(first) as {
        models: { before: { rows: number; findings: { kind: string; rows?: number }[] }; result: FitLike }[]
      }
    ).models
    expect(filled!.result.n).toBe(filled!.before.rows)
    expect(left!.result.n).toBeLessThan(filled!.result.n)
    const rows = filled!.before.findings.find(({ kind }) => kind === 'rows-filled-in')!.rows
    expect(filled!.result.imputation!.rows).toBe(rows)
    expect(filled!.result.n - left!.result.n).toBe(rows)
    // The same rows as the model that leaves the others out.
    expect(filled!.result.imputation!.complete.coefficients).toEqual(left!.result.coefficients)
    const problems = (change: Partial<StudyModel>) =>
      problemsOfStudy({
        ...risk,
        schema: 'study/5',
        models: [model({ imputation: sets, ...change })],
      }).map(({ kind }) => kind)
    expect(problems({ family: 'km', covariates: ['sex'], factors: [] })).toEqual(['imputation-not-possible'])
    expect(problems({ curvesOf: 'age' })).toEqual(['imputation-without-curves'])
    expect(problems({ timeFrom: 'piece' })).toEqual(['rows-of-unequal-length'])
  }, 120_000)

  it('is named by its splines in any order, and by nothing that is no part of it', () => {
    const splines = [
      { name: 'age', knots: 4, reference: null },
      { name: 'sbp', knots: 3, reference: null },
    ]
    const textOf = (change: Partial<StudyModel>) => canonicalStudy(asked([model(change)]).study)
    expect(textOf({ splines })).toBe(textOf({ splines: splines.toReversed(), title: 'Other' }))
    expect(textOf({ splines })).not.toBe(textOf({}))
    expect(textOf({ interactions: [['age', 'sex']] })).not.toBe(textOf({}))
  })

  it('refuses what cannot bend or act together', () => {
    const problems = (change: Partial<StudyModel>) =>
      problemsOfStudy({ ...risk, models: [model(change)] }).map(({ kind }) => kind)
    const age = { name: 'age', knots: 4, reference: null }
    expect(problems({ splines: [{ ...age, name: 'sex' }] })).toEqual(['spline-not-possible'])
    expect(problems({ splines: [age, age] })).toEqual(['spline-not-possible'])
    expect(problems({ splines: [{ ...age, name: 'bmi' }] })).toEqual(['spline-not-possible'])
    expect(problems({ factors: ['sex', 'age'], splines: [age] })).toEqual(['spline-not-possible'])
    expect(problems({ interactions: [['age', 'age']] })).toEqual(['interaction-not-possible'])
    expect(problems({ interactions: [['age', 'bmi']] })).toEqual(['interaction-not-possible'])
    expect(
      problems({
        interactions: [
          ['age', 'sex'],
          ['sex', 'age'],
        ],
      }),
    ).toEqual(['interaction-not-possible'])
    expect(
      problems({ family: 'km', covariates: ['sex'], factors: [], interactions: [['sex', 'age']] }),
    ).toEqual(['interaction-not-possible'])
  })
})

interface FitLike {
  readonly n: number
  readonly coefficients: readonly number[]
  readonly imputation?: {
    readonly rows: number
    readonly complete: { readonly coefficients: readonly number[] }
  }
}
