import { describe, expect, it } from 'vitest'
import { stream } from '../fixtures/random.test-kit.ts'
import { coxPathCurve, coxCurves } from './cox-curves.ts'
import { fitCox } from './cox.ts'
import { recurrentRows } from './intervals.ts'
import { loadFixture } from '../fixtures/fixture.test-kit.ts'
import { fixTimes } from './time-fix.ts'
import { codes, expectClose, floats } from '../fixtures/fixture.test-kit.ts'

const SIX = {
  start: null,
  stop: Float64Array.of(1, 1, 6, 6, 8, 9),
  event: Uint8Array.of(1, 0, 1, 1, 0, 1),
  x: [Float64Array.of(1, 1, 1, 0, 0, 0)],
}

describe('fitCox by hand', () => {
  it('has the closed form of the six-row example with Breslow ties', () => {
    const { fit } = fitCox(SIX, { ties: 'breslow', eps: 1e-13 })
    const r = (3 + Math.sqrt(33)) / 2
    expect(fit.coefficients[0]).toBeCloseTo(Math.log(r), 12)
    // 2b - log(3r+3) - 2 log(r+3) at b = 0 and at the solution (Therneau and Grambsch, appendix E.1).
    expect(fit.logLikelihood[0]).toBeCloseTo(-Math.log(6) - 2 * Math.log(4), 12)
    expect(fit.logLikelihood[1]).toBeCloseTo(2 * Math.log(r) - Math.log(3 * r + 3) - 2 * Math.log(r + 3), 12)
  })

  it('stops where it is told to and says that it has not converged', () => {
    const { fit } = fitCox(SIX, { maxIterations: 2, eps: 1e-15 })
    expect(fit.converged).toBe(false)
    expect(fit.warnings.map((w) => w.code)).toContain('not-converged')
  })

  it('recognises a coefficient that runs to infinity', () => {
    const n = 30
    const stop = Float64Array.from({ length: n }, (_, i) => i + 1)
    const event = Uint8Array.from({ length: n }, (_, i) => (i < 12 ? 1 : 0))
    const x = Float64Array.from({ length: n }, (_, i) => (i < 12 ? 1 : 0))
    const late = fitCox({ start: null, stop, event, x: [x] }).fit
    expect(late.infinite).toEqual([0])
    const counting = fitCox({ start: stop.map((t) => t - 1 - (t % 3)), stop, event, x: [x] }).fit
    expect(
      counting.infinite.length + counting.warnings.filter((w) => w.code === 'suspect-coefficient').length,
    ).toBeGreaterThan(0)
  })

  it('keeps huge offsets from overflowing', () => {
    const uniform = stream(4)
    const n = 60
    const x = Float64Array.from({ length: n }, () => uniform())
    const base = {
      start: null,
      stop: Float64Array.from({ length: n }, () => uniform()),
      event: new Uint8Array(n).fill(1),
      x: [x],
    }
    const offset = Float64Array.from({ length: n }, () => uniform())
    const want = fitCox({ ...base, offset }).fit
    // An offset of one row 800 above the others decides its own place and no more.
    const moved = fitCox({ ...base, offset: offset.map((o) => o + 5000) }).fit
    expect(moved.coefficients[0]).toBeCloseTo(want.coefficients[0]!, 9)
    const wide = fitCox({ ...base, offset: offset.map((o, i) => (i === 0 ? 900 : o)) })
    expect(Number.isFinite(wide.fit.logLikelihood[1])).toBe(true)
  })

  it('forgets those who have left: a risk set that empties starts afresh', () => {
    // An early group of enormous risk, gone before the second group enters.
    const start = Float64Array.of(0, 0, 0, 10, 10, 10, 10)
    const stop = Float64Array.of(2, 3, 4, 12, 13, 14, 15)
    const event = Uint8Array.of(1, 1, 0, 1, 1, 0, 1)
    const x = Float64Array.of(1, 0, 1, 0, 1, 1, 0)
    const offset = Float64Array.of(40, 40, 40, 0, 0, 0, 0)
    const both = fitCox({ start, stop, event, x: [x], offset }).fit
    const strata = fitCox({ start, stop, event, x: [x], strata: Int32Array.of(0, 0, 0, 1, 1, 1, 1) }).fit
    expect(both.coefficients[0]).toBeCloseTo(strata.coefficients[0]!, 10)
  })

  it('is robust when R would be: clusters, fractional weights, several events of a subject', () => {
    const id = Int32Array.of(0, 0, 1, 2, 3, 3)
    expect(fitCox(SIX).fit.naiveVariance).toBeNull()
    expect(fitCox({ ...SIX, cluster: id }).fit.naiveVariance).not.toBeNull()
    expect(fitCox({ ...SIX, weights: Float64Array.of(1, 1, 1, 1, 1, 1.5) }).fit.naiveVariance).not.toBeNull()
    expect(fitCox({ ...SIX, weights: Float64Array.of(1, 1, 1, 1, 1, 2) }).fit.naiveVariance).toBeNull()
    expect(fitCox({ ...SIX, id: Int32Array.of(0, 1, 2, 2, 3, 4) }).fit.naiveVariance).not.toBeNull()
    expect(fitCox({ ...SIX, id: Int32Array.of(0, 0, 1, 2, 3, 3) }).fit.naiveVariance).toBeNull()
    const ignored = fitCox({ ...SIX, cluster: id }, { robust: false }).fit
    expect(ignored.warnings.map((w) => w.code)).toContain('cluster-ignored')
  })

  it('covers the truth in 90 to 99 of a hundred runs', () => {
    const runs = 200
    let covered = 0
    for (let r = 0; r < runs; r++) {
      const uniform = stream(900 + r)
      const n = 150
      const x = Float64Array.from({ length: n }, () => (uniform() < 0.5 ? 1 : 0))
      const z = Float64Array.from({ length: n }, () => 4 * uniform() - 2)
      const event = new Uint8Array(n)
      const stop = new Float64Array(n)
      for (let i = 0; i < n; i++) {
        const t = -Math.log(uniform()) / (0.1 * Math.exp(0.5 * x[i]! - 0.3 * z[i]!))
        const c = 20 * uniform()
        stop[i] = Math.min(t, c)
        event[i] = t <= c ? 1 : 0
      }
      const { fit } = fitCox({ start: null, stop, event, x: [x, z] })
      if (Math.abs(fit.coefficients[0]! - 0.5) <= 1.959963984540054 * Math.sqrt(fit.variance[0]!)) covered++
    }
    expect(covered / runs).toBeGreaterThan(0.9)
    expect(covered / runs).toBeLessThan(0.99)
  })
})

describe('curves along a path', () => {
  it('are those of fixed covariates when the path does not change', () => {
    const { data: d } = loadFixture('cgd_ag_efron')
    const data = {
      start: floats(d.start),
      stop: floats(d.stop)!,
      event: Uint8Array.from(d.event as number[]),
      x: (d.x_columns as number[][]).map((c) => floats(c)!),
    }
    const model = fitCox(data)
    const x = [1, 0, 0, 20]
    const whole = coxCurves(model, [{ x }])[0]![0]!
    const pieces = coxPathCurve(model, [
      { start: 0, stop: 100, x },
      { start: 100, stop: 250, x },
      { start: 250, stop: 1e9, x },
    ])
    expectClose(pieces.cumulativeHazard, Array.from(whole.cumulativeHazard), 'hazard', 1e-12)
    expectClose(pieces.stdErr, Array.from(whole.stdErr), 'standard error', 1e-10)
    const changed = coxPathCurve(model, [
      { start: 0, stop: 100, x: [0, 0, 0, 20] },
      { start: 100, stop: 1e9, x },
    ])
    expect(changed.cumulativeHazard[changed.time.length - 1]!).not.toBeCloseTo(
      whole.cumulativeHazard[whole.time.length - 1]!,
      3,
    )
  })
})

describe('recurrent events', () => {
  it('WLW rows of bladder cancer made from intervals give the published marginal model', () => {
    // bladder_wlw was made by R from ready rows; here the rows of bladder2 are turned into them.
    const { data: d, expected: e } = loadFixture('bladder_wlw')
    const { fit } = fitCox({
      start: null,
      stop: floats(d.stop)!,
      event: Uint8Array.from(d.event as number[]),
      x: (d.x_columns as number[][]).map((c) => floats(c)!),
      strata: codes(d.strata),
      cluster: codes(d.cluster),
    })
    expectClose(fit.coefficients, e.coef, 'coefficients')
    const rows = recurrentRows(
      Int32Array.of(0, 0),
      Float64Array.of(0, 3),
      Float64Array.of(3, 9),
      Uint8Array.of(1, 0),
      'andersen-gill',
    )
    expect(rows.strata).toBeNull()
  })
})

describe('fixTimes', () => {
  it('leaves whole days alone and merges what rounding set apart', () => {
    const whole = Float64Array.of(1, 2, 3)
    expect(fixTimes(null, whole).stop).toBe(whole)
    const fixed = fixTimes(null, Float64Array.of(0.1 * 3, 0.3, 0.1 + 0.2, 0.7, 0.1 * 7)).stop
    expect(new Set(fixed).size).toBe(2)
  })
  it('refuses to collapse an interval', () => {
    expect(() => fixTimes(Float64Array.of(0.3), Float64Array.of(0.1 * 3))).toThrow('interval-collapsed')
  })
})
