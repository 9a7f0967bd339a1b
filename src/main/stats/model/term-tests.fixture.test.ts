/** Splines and interactions as R fits them on its own basis, and as a table of finished columns is fitted. */
import { describe, expect, it } from 'vitest'
import { StatsFailure, type StatsFailureDetail } from '../failure.ts'
import { expectClose, loadFixture } from '../fixtures/fixture.test-kit.ts'
import { knotsOf, restrictedCubicSpline } from '../regression/splines.ts'
import type { CsvColumns } from './csv-columns.ts'
import { fitModel, type FitResult } from './fit-model.ts'
import { ModelSpec } from './model-spec.ts'

type Table = Readonly<Record<string, readonly (number | null)[]>>
type Raw = Record<string, unknown>

const { data, expected } = loadFixture('spline_terms') as {
  data: Table
  expected: Record<string, Record<string, unknown>>
}

function tableOf(from: Table): CsvColumns {
  const columns = new Map(
    Object.entries(from).map(([name, values]) => [
      name,
      {
        numbers: Float64Array.from(values, (value) => value ?? NaN),
        kinds: Uint8Array.from(values, (value) => (value === null ? 1 : 0)),
        texts: new Map<number, string>(),
      },
    ]),
  )
  return { rowCount: from['time']!.length, header: [...columns.keys()], columns }
}

const fit = (raw: Raw, from: Table = data): FitResult => fitModel(tableOf(from), ModelSpec.parse(raw))

function refusal(raw: Raw, from: Table = data): StatsFailureDetail {
  try {
    fit(raw, from)
  } catch (error) {
    if (error instanceof StatsFailure) return error.detail
    throw error
  }
  throw new Error('it was not refused')
}

const COX = { family: 'cox', stop: 'time', event: 'died', eps: 1e-14, maxIterations: 50 }
const age = { covariate: 'age' }
const MODELS: Record<string, Raw> = {
  cox: { ...COX, covariates: ['age', 'female', 'karno'], splines: [age] },
  cox_clustered: {
    ...COX,
    covariates: ['age', 'female'],
    cluster: 'inst',
    splines: [{ ...age, reference: 50 }],
  },
  cox_interaction: {
    ...COX,
    covariates: ['age', 'female'],
    splines: [{ ...age, knots: 3 }],
    interactions: [['age', 'female']],
  },
  cox_own_knots: {
    ...COX,
    covariates: ['age'],
    strata: 'female',
    splines: [{ ...age, knots: [45, 60, 72], reference: 60 }],
  },
  logistic: { family: 'logistic', response: 'died', covariates: ['age', 'female'], splines: [age] },
  cloglog: {
    family: 'cloglog',
    response: 'died',
    covariates: ['age', 'female'],
    splines: [{ ...age, reference: 65 }],
  },
}

describe('splines and interactions', () => {
  it.each(Object.keys(MODELS))('are those of R: %s', (name) => {
    const ours = fit(MODELS[name]!)
    const theirs = expected[name]!
    const shift = (ours['names'] as string[])[0] === '(Intercept)' ? 1 : 0
    expectClose((ours['coefficients'] as number[]).slice(shift), theirs['coef'], 'coefficients')
    const variance = (ours['variance'] as number[][]).slice(shift).map((row) => row.slice(shift))
    expectClose(variance.flat(), (theirs['var'] as number[][]).flat(), 'variance')
    const [spline] = ours['splines'] as Record<string, any>[]
    expectClose(spline!['knots'], theirs['knots'], 'knots')
    for (const test of ['test', 'nonlinear'] as const) expectWald(spline![test], theirs[test], test)
    if (theirs['interaction'] !== undefined) {
      const [interaction] = ours['interactions'] as { of: string[]; test: never }[]
      expect(interaction!.of).toEqual(['age', 'female'])
      expectWald(interaction!.test, theirs['interaction'], 'interaction')
      expect(spline!['effect']).toBeNull()
      return
    }
    expect(ours).not.toHaveProperty('interactions')
    expectClose(spline!['reference'], theirs['reference'], 'reference')
    for (const line of ['at', 'estimate', 'lower', 'upper'])
      expectClose(spline!['effect'][line], (theirs['effect'] as Raw)[line], line)
  })

  it('have the names of Harrell and R, and give the bytes of a table that has the columns already', () => {
    const whole = fit(MODELS['cox_interaction']!)
    expect(whole['names']).toEqual(['age', "age'", 'female', 'age:female', "age':female"])
    const ages = Float64Array.from(data['age'] as number[])
    const [line, bend] = restrictedCubicSpline(ages, knotsOf(ages, 3, 'age'))
    const female = data['female'] as number[]
    const by = (x: Float64Array) => [...x].map((value, i) => value * female[i]!)
    const { age: _, ...rest } = data
    const ready = { ...rest, a: [...line!], b: [...bend!], c: by(line!), d: by(bend!) }
    const again = fit({ ...COX, covariates: ['a', 'b', 'female', 'c', 'd'] }, ready)
    for (const key of ['coefficients', 'variance', 'logLikelihood', 'concordance'])
      expect(JSON.stringify(whole[key])).toBe(JSON.stringify(again[key]))
    // The test of proportionality takes a covariate as one term.
    expect((whole['zph'] as { terms: string[]; df: number[] }).terms).toEqual(['age', 'female', 'age:female'])
    expect((whole['zph'] as { df: number[] }).df).toEqual([2, 1, 2])
  })

  it('interact by the levels of groups, and draw curves at a point as at the columns of that point', () => {
    const karno = (data['karno'] as number[]).map((value) => (value >= 90 ? 2 : value >= 80 ? 1 : 0))
    const at = [{ label: 'p', covariates: { group: 2, age: 70, female: 1 } }]
    const model = {
      ...COX,
      covariates: ['group', 'age', 'female'],
      factors: ['group'],
      splines: [{ ...age, knots: 3 }],
      interactions: [
        ['group', 'age'],
        ['female', 'group'],
      ],
      at,
    }
    const fitted = fit(model, { ...data, group: karno })
    expect(fitted['names']).toEqual([
      'group1',
      'group2',
      'age',
      "age'",
      'female',
      'group1:age',
      'group2:age',
      "group1:age'",
      "group2:age'",
      'female:group1',
      'female:group2',
    ])
    const ages = Float64Array.from(data['age'] as number[])
    const basisAt = (values: Float64Array) => restrictedCubicSpline(values, knotsOf(ages, 3, 'age'))
    const [line, bend] = basisAt(ages)
    const [, there] = basisAt(Float64Array.of(70))
    const [one, two] = [1, 2].map((level) => karno.map((group) => Number(group === level)))
    const female = data['female'] as number[]
    const times = (x: ArrayLike<number>, y: ArrayLike<number>) =>
      Array.from(x, (value, i) => value * (y[i] as number))
    const columns = {
      one: one!,
      two: two!,
      line: [...line!],
      bend: [...bend!],
      female,
      a: times(one!, line!),
      b: times(two!, line!),
      c: times(one!, bend!),
      d: times(two!, bend!),
      e: times(female, one!),
      f: times(female, two!),
    }
    const point = { one: 0, two: 1, line: 70, bend: there![0]!, female: 1, a: 0, b: 70, c: 0, d: there![0]! }
    const byHand = fit(
      {
        ...COX,
        covariates: Object.keys(columns),
        at: [{ label: 'p', covariates: { ...point, e: 0, f: 1 } }],
      },
      { ...data, ...columns },
    )
    expect(JSON.stringify(fitted['curves'])).toBe(JSON.stringify(byHand['curves']))
  })

  it('refuse what cannot be meant', () => {
    const cox = { ...COX, covariates: ['age', 'female'] }
    expect(refusal({ ...cox, splines: [{ covariate: 'female' }] })).toEqual({
      code: 'knots-coincide',
      column: 'female',
      knots: 4,
    })
    for (const splines of [[{ covariate: 'karno' }], [age, age]])
      expect(refusal({ ...cox, splines })).toMatchObject({ code: 'bad-option', option: 'splines' })
    expect(refusal({ ...cox, factors: ['female'], splines: [{ covariate: 'female' }] })).toMatchObject({
      code: 'bad-option',
    })
    for (const interactions of [
      [['age', 'age']],
      [['age', 'karno']],
      [
        ['age', 'female'],
        ['female', 'age'],
      ],
    ])
      expect(refusal({ ...cox, interactions })).toMatchObject({ code: 'bad-option', option: 'interactions' })
    expect(refusal({ ...cox, family: 'km', splines: [age] })).toMatchObject({ code: 'bad-option' })
    expect(ModelSpec.safeParse({ ...cox, splines: [{ ...age, knots: [60, 50, 70] }] }).success).toBe(false)
  })

  it('test what can be estimated, where a column says nothing of its own', () => {
    const twice = { ...data, again: (data['female'] as number[]).map((value) => 2 * value) }
    const fitted = fit(
      { ...COX, covariates: ['female', 'age', 'again'], splines: [age], interactions: [['female', 'again']] },
      twice,
    )
    const [interaction] = fitted['interactions'] as { test: unknown }[]
    expect(interaction!.test).toEqual({ chisq: null, df: 0, p: null })
    expect((fitted['splines'] as { test: { df: number } }[])[0]!.test.df).toBe(3)
  })
})

function expectWald(ours: unknown, theirs: unknown, what: string): void {
  const [a, b] = [ours, theirs] as { chisq: number; df: number; p: number }[]
  expectClose(a!.chisq, b!.chisq, `${what}: chi-squared`)
  expect(a!.df).toBe(b!.df)
  expectClose(a!.p, b!.p, `${what}: p`)
}
