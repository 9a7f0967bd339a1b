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
    // Errors of the simulation itself, by hand.
    const { lines, replications } = results[0]!
    const { mean, truth, percentBias, empiricalStdErr, meanStdErr, stdErrRatio, monteCarlo } = lines[0]!
    expect([replications, percentBias]).toEqual([4, (100 * (mean - truth)) / truth])
    expect(monteCarlo.percentBias).toBeCloseTo((100 * empiricalStdErr) / 2 / 0.5, 12)
    expect(stdErrRatio).toBe(meanStdErr / empiricalStdErr)
    expect(monteCarlo.stdErrRatio).toBeCloseTo(stdErrRatio / Math.sqrt(6), 12)
  })

  it('counts cohorts that give no honest number, ends when it is told to, and refuses what has no answer', () => {
    const small = { ...PAPER_DESIGN, subjects: 50, exams: 2 }
    const run = (replications: number, eventRate: number, most = Infinity) => {
      let seen = 0
      return runComparison((s, r) => stream(1000 * s + r + 7), {
        replications,
        design: small,
        shapes: [1],
        eventRates: [eventRate],
        onProgress: () => ++seen < most,
      })
    }
    const [scenario] = run(30, 0.03)
    expect(scenario!.unanswered).toBeGreaterThan(0)
    expect(scenario!.replications + scenario!.unanswered).toBe(30)
    expect(() => run(30, 0.5, 3)).toThrow(/cancelled/)
    expect(() => run(3, 0.0001)).toThrow(/no-events/)
  })
})
