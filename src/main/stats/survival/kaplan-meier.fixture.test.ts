import { describe, expect, it } from 'vitest'
import {
  codes,
  expectClose,
  type Fixture,
  fixtureNames,
  floats,
  loadFixture,
} from '../fixtures/fixture.test-kit.ts'
import { type ConfidenceType, curveQuantile } from './confidence.ts'
import { kaplanMeier, type SurvivalCurve, summariseCurves } from './kaplan-meier.ts'
import { logRank } from './log-rank.ts'

type Key =
  | 'time'
  | 'atRisk'
  | 'events'
  | 'censored'
  | 'survival'
  | 'cumulativeHazard'
  | 'stdErr'
  | 'stdErrHazard'
  | 'lower'
  | 'upper'
const joined = (curves: readonly SurvivalCurve[], key: Key): number[] =>
  curves.flatMap((c) => Array.from(c[key]))

describe.each(fixtureNames('km'))('survfit %s', (name) => {
  const { data: d, expected: e } = loadFixture(name)
  const data = {
    start: floats(d.start),
    stop: floats(d.stop)!,
    event: Uint8Array.from(d.event as number[]),
    weights: floats(d.weights),
    group: codes(d.group),
  }

  it('has the curves and all limits of R', () => {
    const { curves } = kaplanMeier(data)
    expectClose(joined(curves, 'time'), e.km.time, 'time')
    expectClose(joined(curves, 'atRisk'), e.km.n_risk, 'at risk')
    expectClose(joined(curves, 'events'), e.km.n_event, 'events')
    expectClose(joined(curves, 'censored'), e.km.n_censor, 'censored')
    expectClose(joined(curves, 'survival'), e.km.surv, 'survival')
    expectClose(joined(curves, 'cumulativeHazard'), e.km.cumhaz, 'hazard')
    expectClose(joined(curves, 'stdErr'), e.km.std_err, 'standard error')
    expectClose(joined(curves, 'stdErrHazard'), e.km.std_chaz, 'standard error of the hazard')
    expectClose(joined(curves, 'lower'), e.km.lower, 'lower')
    expectClose(joined(curves, 'upper'), e.km.upper, 'upper')
    for (const type of ['log-log', 'plain', 'logit', 'arcsin'] as ConfidenceType[]) {
      const other = kaplanMeier(data, { confidence: type }).curves
      const key = `ci_${type.replace('-', '_')}`
      expectClose(joined(other, 'lower'), e[key].lower, `${type} lower`)
      expectClose(joined(other, 'upper'), e[key].upper, `${type} upper`)
    }
  })

  it('has the hazards of Nelson-Aalen and Fleming-Harrington', () => {
    for (const [key, hazardType] of [
      ['nelson_aalen_exp', 1],
      ['fleming_harrington', 2],
    ] as const) {
      const { curves } = kaplanMeier(data, { survivalType: 2, hazardType })
      expectClose(joined(curves, 'cumulativeHazard'), e[key].cumhaz, `${key} hazard`)
      expectClose(joined(curves, 'stdErrHazard'), e[key].std_chaz, `${key} standard error`)
      expectClose(joined(curves, 'survival'), e[key].surv, `${key} survival`)
      expectClose(joined(curves, 'stdErr'), e[key].std_err, `${key} survival error`)
    }
  })

  it('has the quantiles, restricted means and log-rank tests of R', () => {
    const { curves } = kaplanMeier(data)
    const probs = e.quantiles.probs as number[]
    const quantiles = (key: 'survival' | 'lower' | 'upper'): number[] =>
      curves.flatMap((c) => probs.map((p) => curveQuantile(c.time, c[key], p)))
    expectClose(quantiles('survival'), e.quantiles.quantile, 'quantiles')
    expectClose(quantiles('lower'), e.quantiles.lower, 'lower quantiles')
    expectClose(quantiles('upper'), e.quantiles.upper, 'upper quantiles')
    const table = summariseCurves(curves).map((s) => [
      s.records,
      s.maxAtRisk,
      s.startAtRisk,
      s.events,
      s.restrictedMean,
      s.restrictedMeanStdErr,
      s.median,
      s.medianLower,
      s.medianUpper,
    ])
    const rows = (Array.isArray(e.table.values[0]) ? e.table.values : [e.table.values]) as Fixture[]
    table.forEach((row, i) => expectClose(row, rows[i], `table ${i}`))
    if (!data.group) return
    for (const key of Object.keys(e as object).filter((k) => k.startsWith('survdiff_rho'))) {
      const test = logRank(
        { stop: data.stop, event: data.event, group: data.group, strata: codes(d.strata) },
        Number(key.slice('survdiff_rho'.length)),
      )
      const want = e[key]
      // R keeps strata in the columns of obs and exp.
      const sums = (m: Fixture): number[] =>
        Array.isArray(m[0]) ? (m as number[][]).map((r) => r.reduce((a, b) => a + b, 0)) : (m as number[])
      expectClose(test.observed, sums(want.obs), `${key} observed`)
      expectClose(test.expected, sums(want.exp), `${key} expected`)
      expectClose(test.variance, want.var, `${key} variance`)
      expectClose(test.chisq, want.chisq, `${key} chisq`)
      expectClose(test.p, want.p, `${key} p`)
      expect(test.n.reduce((a, b) => a + b, 0)).toBe(data.stop.length)
    }
  })
})
