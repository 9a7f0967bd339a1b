import { describe, expect, it } from 'vitest'
import { stream } from '../fixtures/random.test-kit.ts'
import { gaussian } from '../regression/families.ts'
import { fitGlm } from '../regression/glm.ts'
import { imputeByMatching } from './predictive-mean-matching.ts'
import { poolEstimates } from './rubin.ts'

describe('poolEstimates', () => {
  it("has Rubin's variance and Barnard-Rubin's degrees of freedom, by hand", () => {
    const pooled = poolEstimates([1, 2, 3], [0.5, 0.5, 0.5], 20)
    // Within 0.5, between 1: total 0.5 + 4/3; lambda = (4/3)/(11/6) = 8/11.
    expect(pooled.estimate).toBe(2)
    expect(pooled.stdErr ** 2).toBeCloseTo(0.5 + 4 / 3, 12)
    expect(pooled.lambda).toBeCloseTo(8 / 11, 12)
    const old = 2 / (8 / 11) ** 2
    const observed = (21 / 23) * 20 * (3 / 11)
    expect(pooled.df).toBeCloseTo((old * observed) / (old + observed), 10)
  })
  it('is the plain estimate when the sets agree', () => {
    const pooled = poolEstimates([1, 1], [0.25, 0.25])
    expect([pooled.stdErr, pooled.df, pooled.lambda]).toEqual([0.5, Infinity, 0])
  })
})

describe('imputeByMatching', () => {
  it('uses observed values only, keeps what is known, and recovers a slope that complete cases would bias', () => {
    const uniform = stream(11)
    const n = 400
    const z = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
    const x = Float64Array.from({ length: n }, z)
    const y = x.map((v) => 1 + 2 * v + 0.5 * z())
    const gaps = x.map((v, i) => (y[i]! > 2 && uniform() < 0.6 ? NaN : v))
    const observed = new Set(Array.from(gaps).filter((v) => !Number.isNaN(v)))
    const sets = imputeByMatching([gaps, y], stream(12), { count: 8, rounds: 6 })
    expect(sets.length).toBe(8)
    for (const [filled] of sets) {
      for (let i = 0; i < n; i++) {
        expect(observed.has(filled![i]!)).toBe(true)
        if (!Number.isNaN(gaps[i]!)) expect(filled![i]).toBe(gaps[i])
      }
    }
    const fits = sets.map(([filled, response]) =>
      fitGlm({ y: response!, x: [new Float64Array(n).fill(1), filled!] }, gaussian()),
    )
    const pooled = poolEstimates(
      fits.map((f) => f.coefficients[1]!),
      fits.map((f) => f.variance[3]!),
      n - 2,
    )
    expect(pooled.lower).toBeLessThan(2)
    expect(pooled.upper).toBeGreaterThan(2)
    expect(pooled.upper - pooled.lower).toBeLessThan(0.3)
  })
  it('gives the same sets for the same stream', () => {
    const columns = [Float64Array.of(1, NaN, 3, 4, 5, 6), Float64Array.of(2, 4, 6, 8, NaN, 12)]
    expect(imputeByMatching(columns, stream(1), { count: 2 })).toEqual(
      imputeByMatching(columns, stream(1), { count: 2 }),
    )
  })
})
