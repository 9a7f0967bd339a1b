import { describe, expect, it } from 'vitest'
import { expectClose, loadFixture } from '../fixtures/fixture.test-kit.ts'
import { chainLadder, completionFactors } from './chain-ladder.ts'
import { buhlmannStraub, limitedFluctuation, shrinkRatios } from './credibility.ts'
import {
  benjaminiHochberg,
  cusumRunLength,
  cusumThreshold,
  ewma,
  funnel,
  poissonCusum,
  stabilityIndex,
  standardisedRatio,
} from './monitoring.ts'
import { doubleLift, gini, lift, tailCheck } from './validation.ts'
import { stream } from '../fixtures/random.test-kit.ts'

describe('chainLadder', () => {
  it("has Mack's factors, reserves and errors of the RAA triangle", () => {
    const { data, expected: e } = loadFixture('chainladder_raa')
    const triangle = (data.triangle as (number | null)[][]).map((row) =>
      row.filter((v): v is number => v !== null),
    )
    const result = chainLadder(triangle)
    expectClose(result.factors, e.dev_factors, 'factors')
    expectClose(result.sigma2, e.sigma2, 'sigma2')
    expectClose(result.ultimate, e.ultimate, 'ultimate')
    expectClose(result.ibnr, e.ibnr, 'IBNR')
    expectClose(result.stdErr, e.mack_se, 'standard errors')
    expectClose(result.totalIbnr, e.total_ibnr, 'total')
    expectClose(result.totalStdErr, e.total_mack_se, 'total standard error')
    expectClose(result.full.flat(), e.full_triangle, 'full triangle')
    expect(Math.round(result.totalIbnr)).toBe(52135)
    expect(Math.round(result.totalStdErr)).toBe(26909)
    expect(completionFactors([2, 1.5])).toEqual([1 / 3, 1 / 1.5, 1])
  })
  it('refuses a triangle that is none', () => {
    expect(() => chainLadder([[1, 2], [3]])).toThrow('bad-table')
    expect(() => chainLadder([[1, 2, 3], [3, 4, 5], [6]])).toThrow('bad-table')
  })
})

describe('buhlmannStraub', () => {
  const { data, expected: e } = loadFixture('credibility_hachemeister')
  const check = (got: ReturnType<typeof buhlmannStraub>, want: typeof e): void => {
    expectClose(got.collective, want.collective, 'collective')
    expectClose(got.individual, want.individual, 'individual')
    expectClose(got.within, want.within_var, 'within')
    expectClose(got.between, want.between_var_unbiased ?? want.between_var_iterative, 'between')
    expectClose(got.factors, want.credibility, 'factors')
    expectClose(got.premiums, want.premium, 'premiums')
    expectClose(got.weights, want.weights, 'weights')
  }
  it('has the numbers of actuar on Hachemeister', () => {
    check(buhlmannStraub(data.ratios, data.weights), e.buhlmann_straub)
    check(buhlmannStraub(data.ratios), e.buhlmann)
    check(buhlmannStraub(data.ratios, data.weights, 'iterative'), e.buhlmann_straub_iterative)
  })
  it('knows the square-root rule and pulls wild ratios in', () => {
    expect(limitedFluctuation(1082)).toBe(1)
    expect(limitedFluctuation(270.5)).toBeCloseTo(0.5, 12)
    const shrunk = shrinkRatios([30, 1, 10, 25, 3], [10, 10, 10, 10, 1])
    expect(shrunk[0]!).toBeGreaterThan(1)
    expect(shrunk[0]!).toBeLessThan(3)
  })
})

describe('monitoring', () => {
  it('has the exact limits of a standardised ratio', () => {
    // Byar and exact tables: 10 observed, 95 % limits of the mean 4.7954 … 18.3904.
    const r = standardisedRatio(10, 5)
    expect(r.ratio).toBe(2)
    expect(r.lower * 5).toBeCloseTo(4.795389, 6)
    expect(r.upper * 5).toBeCloseTo(18.390356, 6)
    expect(r.p).toBeCloseTo(0.0636561146, 9)
    expect(standardisedRatio(0, 5).lower).toBe(0)
  })
  it('raises the CUSUM on more events than expected, and restarts after a signal', () => {
    const chart = poissonCusum([12, 12, 12, 12, 5], [8, 8, 8, 8, 8], 1.25, 2)
    expect(chart.map((p) => p.isSignal)).toEqual([false, false, true, false, false])
    const threshold = cusumThreshold(5, 1.5, 60)
    // The run length is a step function of the threshold on a grid of states.
    expect(Math.abs(cusumRunLength(5, 1.5, threshold) - 60)).toBeLessThan(3)
  })
  it('has an in-control run length that simulation confirms', () => {
    const uniform = stream(5)
    const threshold = cusumThreshold(2, 1.5, 60)
    let periods = 0
    const runs = 400
    for (let r = 0; r < runs; r++) {
      let c = 0
      do {
        // Poisson by inversion.
        let o = 0
        let p = Math.exp(-2)
        let u = uniform() - p
        while (u > 0) {
          o++
          p *= 2 / o
          u -= p
        }
        c = Math.max(0, c + o * Math.log(1.5) - 2 * 0.5)
        periods++
      } while (c <= threshold)
    }
    expect(periods / runs).toBeGreaterThan(48)
    expect(periods / runs).toBeLessThan(72)
  })
  it('widens the funnel when groups vary more than chance', () => {
    const even = funnel([10, 11, 9, 10, 12, 8, 10, 10, 9, 11], new Array(10).fill(10))
    expect(even.points.every((p) => !p.isOutside)).toBe(true)
    const wild = funnel([30, 2, 25, 3, 28, 1, 30, 2, 26, 4], new Array(10).fill(10))
    expect(wild.phi).toBeGreaterThan(4)
    expect(wild.limit(10, 0.95).upper).toBeGreaterThan(even.limit(10, 0.95).upper)
  })
  it('draws EWMA limits, the stability index and false discoveries', () => {
    const flat = ewma([10, 10, 10], [10, 10, 10])
    expect(flat.map((p) => p.value)).toEqual([1, 1, 1])
    expect(ewma([30, 30, 30, 30], [10, 10, 10, 10]).some((p) => p.isSignal)).toBe(true)
    expect(stabilityIndex([100, 100], [100, 100])).toEqual({ index: 0, verdict: 'stable' })
    expect(stabilityIndex([180, 20], [100, 100]).verdict).toBe('act')
    expect(benjaminiHochberg([0.001, 0.2, 0.012, 0.9])).toEqual([true, false, true, false])
  })
})

describe('validation of a tariff', () => {
  it('has a Gini of 0 without order and of 1 - 1/n at best', () => {
    const losses = Float64Array.of(0, 0, 0, 1)
    expect(gini(Float64Array.of(1, 2, 3, 4), losses)).toBeCloseTo(0.75, 12)
    expect(gini(Float64Array.of(1, 1, 1, 1), losses)).toBeCloseTo(0, 12)
    expect(gini(Float64Array.of(4, 3, 2, 1), losses)).toBeCloseTo(-0.75, 12)
  })
  it('has bins of equal exposure', () => {
    const rate = Float64Array.from({ length: 100 }, (_, i) => i + 1)
    const bins = lift(rate, rate, null, 10)
    expect(bins.map((b) => b.exposure)).toEqual(new Array(10).fill(10))
    expect(bins[0]!.actual).toBeCloseTo(5.5, 12)
    const double = doubleLift(
      rate,
      rate.map(() => 50),
      rate,
      null,
      4,
    )
    expect(double[3]!.actual).toBeCloseTo(double[3]!.predicted, 12)
    expect(double[3]!.alternative).toBe(50)
  })
  it('tells a Pareto tail from a lognormal one', () => {
    const uniform = stream(3)
    const pareto = Float64Array.from({ length: 3000 }, () => 100 * uniform() ** (-1 / 2))
    const p = tailCheck(pareto, 100)
    expect(Math.abs(p.paretoIndex - 2)).toBeLessThan(3 * p.paretoStdErr)
    const normalPair = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
    const lognormal = Float64Array.from({ length: 3000 }, () => Math.exp(6 + 0.5 * normalPair()))
    const l = tailCheck(lognormal, 300)
    expect(l.lognormalLogLikelihood).toBeGreaterThan(l.paretoLogLikelihood)
  })
})
