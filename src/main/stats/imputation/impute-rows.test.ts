import { describe, expect, it } from 'vitest'
import { stream } from '../fixtures/random.test-kit.ts'
import { binomial, gaussian } from '../regression/families.ts'
import { fitGlm } from '../regression/glm.ts'
import { imputeRows, type RowsToImpute } from './impute-rows.ts'

const normalOf = (uniform: () => number) => (): number =>
  Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())

/** Three rows of each person: `weight` stays the same, `pressure` changes and hangs on it, gaps of both on the outcome. */
function visits(persons: number, seed: number) {
  const uniform = stream(seed)
  const z = normalOf(uniform)
  const n = 3 * persons
  const weight = new Float64Array(n)
  const pressure = new Float64Array(n)
  const outcome = new Float64Array(n)
  for (let p = 0; p < persons; p++) {
    const own = z()
    for (let k = 0; k < 3; k++) {
      const row = 3 * p + k
      weight[row] = own
      pressure[row] = 0.6 * own + z()
      outcome[row] = own + 0.5 * pressure[row]! + z()
    }
  }
  const isWithout = Array.from({ length: persons }, (_, p) => outcome[3 * p]! > 0.5 && uniform() < 0.9)
  const rows: RowsToImpute = {
    person: Int32Array.from({ length: n }, (_, row) => Math.floor(row / 3)),
    variables: [
      {
        name: 'weight',
        isOfPerson: true,
        kind: 'number',
        values: weight.map((value, row) => (isWithout[Math.floor(row / 3)] ? NaN : value)),
      },
      {
        name: 'pressure',
        isOfPerson: false,
        kind: 'number',
        values: pressure.map((value, row) => (outcome[row]! < -0.5 && uniform() < 0.8 ? NaN : value)),
      },
    ],
    known: [{ values: outcome, isOfRowAlone: false }],
  }
  return { rows, weight, pressure, outcome, isWithout }
}

const settings = { rounds: 5, donors: 5 }

describe('imputeRows', () => {
  it('fills what stays the same for a person in once for the person, keeps what is known, and takes known values only', () => {
    const { rows, weight } = visits(200, 1)
    const filled = imputeRows(rows, stream(2), settings)
    for (const [v, variable] of rows.variables.entries()) {
      if (variable.kind !== 'number') continue
      const known = new Set(variable.values)
      for (const [row, value] of filled[v]!.entries()) {
        expect(known.has(value) && value === value).toBe(true)
        if (!Number.isNaN(variable.values[row]!)) expect(value).toBe(variable.values[row])
      }
    }
    for (let row = 1; row < weight.length; row++)
      if (row % 3 > 0) expect(filled[0]![row]).toBe(filled[0]![row - 1])
  })

  it('recovers effects that rows without gaps give wrongly', () => {
    const { rows, outcome } = visits(1_500, 3)
    const slopes = (weight: Float64Array, pressure: Float64Array, y: Float64Array): number[] => [
      ...fitGlm({ y, x: [new Float64Array(y.length).fill(1), weight, pressure] }, gaussian()).coefficients,
    ]
    const complete = Array.from(outcome, (_, row) => row).filter((row) =>
      rows.variables.every((each) => each.kind === 'number' && !Number.isNaN(each.values[row]!)),
    )
    const taken = (values: Float64Array): Float64Array => Float64Array.from(complete, (row) => values[row]!)
    const [w, p] = rows.variables.map((each) => (each.kind === 'number' ? each.values : new Float64Array()))
    const without = slopes(taken(w!), taken(p!), taken(outcome))
    const sets = Array.from({ length: 4 }, (_, set) => {
      const [weight, pressure] = imputeRows(rows, stream(10 + set), settings)
      return slopes(weight!, pressure!, outcome)
    })
    const mean = (j: number): number => sets.reduce((sum, each) => sum + each[j]!, 0) / sets.length
    // Made with 1 and 0.5: some 0.03 is the error of so many rows.
    expect(without[1]!).toBeLessThan(0.9)
    expect(Math.abs(mean(1) - 1)).toBeLessThan(0.08)
    expect(Math.abs(mean(2) - 0.5)).toBeLessThan(0.08)
  })

  it('fills labels in by what tells them apart, however they are numbered', () => {
    const uniform = stream(5)
    const z = normalOf(uniform)
    const n = 3_000
    // Level 1 lies beyond 0 and 2: their order says nothing.
    const place = [0, 3, 1]
    const codes = Int32Array.from({ length: n }, () => Math.floor(3 * uniform()))
    const marker = Float64Array.from(codes, (code) => place[code]! + z())
    const event = Float64Array.from(codes, (code) => Number(uniform() < [0.2, 0.6, 0.4][code]!))
    const gaps = codes.map((code, i) => (marker[i]! > 1 && uniform() < 0.5 ? -1 : code))
    const [filled] = imputeRows(
      {
        person: Int32Array.from(codes, (_, i) => i),
        variables: [
          { name: 'group', isOfPerson: false, kind: 'label', codes: gaps, levelCount: 3 },
          { name: 'marker', isOfPerson: false, kind: 'number', values: marker },
        ],
        known: [{ values: event, isOfRowAlone: false }],
      },
      stream(6),
      settings,
    )
    const dummies = (of: ArrayLike<number>): Float64Array[] =>
      [1, 2].map((level) => Float64Array.from(of, (code) => Number(code === level)))
    const effects = (of: ArrayLike<number>): number[] => [
      ...fitGlm({ y: event, x: [new Float64Array(n).fill(1), ...dummies(of)] }, binomial('logit'))
        .coefficients,
    ]
    const [truth, found] = [effects(codes), effects(filled!)]
    for (const j of [1, 2]) expect(Math.abs(found[j]! - truth[j]!)).toBeLessThan(0.2)
    // Of those without a label nearly all that belong to level 1 get it: drawn at random it would be a third.
    const right = Array.from(gaps, (code, i) => (code < 0 && codes[i] === 1 ? filled![i] === 1 : null))
    const asked = right.filter((each) => each !== null)
    expect(asked.filter(Boolean).length / asked.length).toBeGreaterThan(0.6)
  })

  it('gives the same set for the same stream, and ends when it is told to', () => {
    const { rows } = visits(60, 7)
    expect(imputeRows(rows, stream(8), settings)).toEqual(imputeRows(rows, stream(8), settings))
    let calls = 0
    expect(() => imputeRows(rows, stream(8), settings, () => ++calls < 3)).toThrow()
    expect(calls).toBe(3)
  })

  it('refuses a column of which nothing is known', () => {
    const { rows } = visits(10, 9)
    const variables = [
      { name: 'none', isOfPerson: false, kind: 'number' as const, values: new Float64Array(30).fill(NaN) },
    ]
    expect(() => imputeRows({ ...rows, variables }, stream(1), settings)).toThrow()
  })
})
