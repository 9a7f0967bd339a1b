import { describe, expect, it } from 'vitest'
import { expectClose, floats, loadFixture } from '../fixtures/fixture.test-kit.ts'
import { stream } from '../fixtures/random.test-kit.ts'
import { ESTIMATORS, fitAll, judge, runComparison } from './comparison.ts'
import { calibrate, PAPER_DESIGN, simulateCohort } from './simulate.ts'

describe('the comparison of time-dependent Cox, pooled logistic and cross-sectional pooling', () => {
  it('fits all seven estimators as R does', () => {
    const { data: d, expected: e } = loadFixture('paper_one_dev')
    const rows = {
      id: Int32Array.from(d.id),
      exam: Int32Array.from(d.k as number[], (k) => k - 1),
      start: floats(d.start)!,
      stop: floats(d.stop)!,
      event: Uint8Array.from(d.ev),
      sex: floats(d.sex)!,
      age: floats(d.age)!,
      marker: floats(d.m)!,
    }
    const fits = fitAll(rows, true)
    for (const name of ESTIMATORS) {
      expectClose(fits[name].coefficients, e[name].coef, `${name} coefficients`)
      expectClose(fits[name].variance, e[name].var, `${name} variance`)
      expectClose(
        fits[name].logLikelihood,
        e[name].loglik[e[name].loglik.length - 1],
        `${name} log likelihood`,
      )
    }
  })

  it('calibrates the share of subjects with an event', () => {
    const design = { ...PAPER_DESIGN, subjects: 3000, eventRate: 0.5 }
    const rows = simulateCohort(design, calibrate(design, stream(1)), stream(2))
    expect(rows.event.reduce((a, b) => a + b, 0) / 3000).toBeCloseTo(0.5, 1)
  })

  it('shows what the paper found on a small run: rules a to f', () => {
    const results = runComparison((s, r) => stream(1000 * s + r + 7), {
      replications: 4,
      design: { ...PAPER_DESIGN, subjects: 500 },
      shapes: [1, 1.5],
      eventRates: [0.1, 0.9],
    })
    // Four replicates leave (c), (e) and (f) to chance at 10 % events; the study itself runs 300.
    const steady = (rules: { rule: string; holds: boolean }[]): string[] =>
      rules.filter((r) => !r.holds && r.rule !== 'g').map((r) => r.rule)
    expect(steady(judge(results)).filter((rule) => !['c', 'e', 'f'].includes(rule))).toEqual([])
    expect(steady(judge(results.filter((r) => r.eventRate === 0.9)))).toEqual([])
    expect(results[0]!.largestTdcmCspDifference).toBeLessThan(1e-10)
  })
})
