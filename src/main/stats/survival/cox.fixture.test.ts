import { describe, expect, it } from 'vitest'
import {
  codes,
  expectClose,
  type Fixture,
  fixtureNames,
  floats,
  loadFixture,
} from '../fixtures/fixture.test-kit.ts'
import { concordance, coxConcordance } from './concordance.ts'
import {
  baselineHazard,
  type CoxCurve,
  coxCurveAtMeans,
  coxCurves,
  expectedEvents,
  predictLinear,
} from './cox-curves.ts'
import {
  devianceResiduals,
  dfbeta,
  scaledSchoenfeldResiduals,
  schoenfeldResiduals,
  scoreResiduals,
} from './cox-residuals.ts'
import { coxZph, type ZphTransform } from './cox-zph.ts'
import { type CoxModel, fitCox } from './cox.ts'
import type { SurvivalData } from './cox-plan.ts'
import { fixTimes } from './time-fix.ts'

export function fixtureData(d: Fixture): SurvivalData {
  return {
    start: floats(d.start),
    stop: floats(d.stop)!,
    event: Uint8Array.from(d.event as number[]),
    x: ((d.x_columns ?? []) as number[][]).map((c) => floats(c)!),
    names: d.x_names ?? [],
    strata: codes(d.strata),
    weights: floats(d.weights),
    offset: floats(d.offset),
    cluster: codes(d.cluster),
    id: codes(d.id),
  }
}

function joined(
  curves: readonly CoxCurve[],
  key:
    | 'time'
    | 'atRisk'
    | 'events'
    | 'censored'
    | 'survival'
    | 'cumulativeHazard'
    | 'stdErr'
    | 'lower'
    | 'upper',
): number[] {
  return curves.flatMap((c) => Array.from(c[key]))
}

/** Rows of n × points. */
function columns(
  curves: readonly (readonly CoxCurve[])[],
  key: 'survival' | 'cumulativeHazard' | 'stdErr' | 'lower' | 'upper',
): number[] {
  const parts = curves.map((c) => joined(c, key))
  return parts[0]!.flatMap((_, i) => parts.map((p) => p[i]!))
}

function expectCurve(curves: readonly CoxCurve[], e: Fixture, what: string): void {
  expectClose(joined(curves, 'time'), e.time, `${what} time`)
  expectClose(joined(curves, 'atRisk'), e.n_risk, `${what} at risk`)
  expectClose(joined(curves, 'events'), e.n_event, `${what} events`)
  expectClose(joined(curves, 'censored'), e.n_censor, `${what} censored`)
  expectClose(joined(curves, 'survival'), e.surv, `${what} survival`)
  expectClose(joined(curves, 'cumulativeHazard'), e.cumhaz, `${what} hazard`)
  expectClose(joined(curves, 'stdErr'), e.std_err, `${what} standard error`)
  expectClose(joined(curves, 'lower'), e.lower, `${what} lower`)
  expectClose(joined(curves, 'upper'), e.upper, `${what} upper`)
}

describe.each(fixtureNames('coxph').filter((name) => !name.endsWith('_exact')))('coxph %s', (name) => {
  const f = loadFixture(name)
  const { data: d, expected: e, options: o } = f
  const model: CoxModel = fitCox(fixtureData(d), {
    ties: o.ties,
    timefix: o.timefix,
    init: floats(o.init),
    maxIterations: o.iter_max,
    eps: o.eps,
    toleranceCholesky: o.toler_chol,
    toleranceInfinite: o.toler_inf,
    // Two fixtures of fractional weights were made with robust = FALSE; everything else is R's own decision.
    robust: String(f.note).includes('model-based variance') ? false : null,
  })
  const { fit } = model
  const hasCovariates = fit.coefficients.length > 0

  it('has the coefficients, variances, tests and iterations of R', () => {
    expect(fit.naiveVariance !== null).toBe(Boolean(e.naive_var))
    expectClose(fit.coefficients, e.coef, 'coefficients')
    expectClose(fit.variance, e.var, 'variance')
    if (fit.naiveVariance) expectClose(fit.naiveVariance, e.naive_var, 'naive variance')
    expectClose(hasCovariates ? fit.logLikelihood : [fit.logLikelihood[1]], e.loglik, 'log likelihood')
    expectClose(fit.scoreTest, e.score_test, 'score test')
    expectClose(fit.robustScore, e.robust_score, 'robust score test')
    expectClose(fit.waldTest, e.wald_test, 'Wald test')
    expectClose(fit.likelihoodRatioTest, e.lrt, 'likelihood ratio test')
    expectClose(fit.means, e.means, 'means')
    if (e.iter !== null) expect(fit.iterations).toBe(e.iter)
    expectClose(fit.aic, e.aic, 'AIC')
    expectClose(fit.bic, e.bic, 'BIC')
    expect([fit.n, fit.eventCount, fit.df]).toEqual([e.n, e.nevent, e.df])
    expect(fit.infinite.length > 0).toBe((e.warnings as string[]).some((w) => w.includes('infinite')))
    expect(fit.aliased.map((j) => j + 1)).toEqual(e.singular)
  })

  it('has the residuals of R', () => {
    expectClose(fit.linearPredictors, e.linear_predictors, 'linear predictors')
    expectClose(fit.martingale, e.martingale, 'martingale')
    const r = e.residuals
    if (!r) return
    expectClose(devianceResiduals(model), r.deviance, 'deviance', 1e-6)
    expectClose(scoreResiduals(model).values, r.score, 'score')
    expectClose(dfbeta(model).values, r.dfbeta, 'dfbeta')
    expectClose(dfbeta(model, { standardised: true }).values, r.dfbetas, 'dfbetas')
    if (r.dfbeta_unweighted)
      expectClose(dfbeta(model, { weighted: false }).values, r.dfbeta_unweighted, 'unweighted dfbeta')
    expectClose(schoenfeldResiduals(model).values, r.schoenfeld, 'Schoenfeld')
    expectClose(scaledSchoenfeldResiduals(model).values, r.scaled_schoenfeld, 'scaled Schoenfeld')
    expectClose(schoenfeldResiduals(model).time, r.schoenfeld_time, 'Schoenfeld times')
  })

  it('has the tests of proportional hazards of R', () => {
    if (!e.cox_zph) return
    const terms = Object.entries(d.terms as Record<string, number[]>).map(([term, c]) => ({
      name: term,
      columns: c.map((v) => v - 1),
    }))
    for (const transform of ['km', 'rank', 'identity', 'log'] as ZphTransform[]) {
      const byTerm = e.cox_zph[transform]
      if (byTerm) {
        const z = coxZph(model, transform, terms)
        expectClose([...z.rows.map((r) => r.chisq), z.global.chisq], byTerm.chisq, `${transform} chisq`)
        expectClose([...z.rows.map((r) => r.p), z.global.p], byTerm.p, `${transform} p`)
        expect([...z.rows.map((r) => r.df), z.global.df]).toEqual(byTerm.df)
        if (byTerm.x) {
          expectClose(z.x, byTerm.x, 'x')
          expectClose(z.time, byTerm.time, 'time')
          expectClose(z.y, byTerm.y, 'y')
          expectClose(z.variance, byTerm.var, 'variance')
        }
      }
      const each = e.cox_zph[`${transform}_by_coefficient`]
      if (each) {
        const z = coxZph(model, transform)
        expectClose(
          [...z.rows.map((r) => r.chisq), z.global.chisq],
          each.chisq,
          `${transform} chisq by coefficient`,
        )
      }
    }
  })

  it('has the curves of R', () => {
    if (e.basehaz_centered) {
      const means = coxCurveAtMeans(model)
      expectClose(joined(means, 'cumulativeHazard'), e.basehaz_centered.hazard, 'centred baseline')
      // With weights and an offset the two centres differ by a constant; the curve at the means is compared below.
      expectCurve(means, e.survfit_at_means, 'at means')
    }
    if (e.basehaz_uncentered && !d.offset) {
      expectClose(joined(baselineHazard(model), 'cumulativeHazard'), e.basehaz_uncentered.hazard, 'baseline')
    }
    if (e.survfit_stype1)
      expectCurve(coxCurveAtMeans(model, { survivalType: 1 }), e.survfit_stype1, 'Kalbfleisch-Prentice')
    const n = e.survfit_newdata
    if (n) {
      const points = (n.new_x as number[][]).map((x, i) => ({
        x,
        ...(n.new_offset ? { offset: n.new_offset[i] as number } : {}),
      }))
      const curves = coxCurves(model, points, { confidence: 'log-log' })
      if (n.strata) {
        // New rows of a stratified model belong to one stratum each; R puts their curves one after the other.
        const rows = e.predict.rows_0based as number[]
        const own = curves.map((c, i) => c[(d.strata[rows[i]!] as number) - 1]!)
        for (const [key, want] of [
          ['time', n.time],
          ['survival', n.surv],
          ['cumulativeHazard', n.cumhaz],
          ['stdErr', n.std_err],
          ['lower', n.lower],
        ] as const) {
          expectClose(joined(own, key), want, `new ${key}`)
        }
      } else {
        expectClose(joined(curves[0]!, 'time'), n.time, 'new time')
        expectClose(columns(curves, 'survival'), n.surv, 'new survival')
        expectClose(columns(curves, 'cumulativeHazard'), n.cumhaz, 'new hazard')
        expectClose(columns(curves, 'stdErr'), n.std_err, 'new standard error')
        expectClose(columns(curves, 'lower'), n.lower, 'new lower')
        expectClose(columns(curves, 'upper'), n.upper, 'new upper')
      }
    }
    const q = e.predict
    if (q) {
      const rows = q.rows_0based as number[]
      const pointOf = (i: number): { x: number[]; offset?: number } => ({
        x: (d.x_columns as number[][]).map((c) => c[i]!),
        ...(d.offset ? { offset: d.offset[i] as number } : {}),
      })
      if (!d.strata && !d.offset) {
        expectClose(
          rows.map((i) => predictLinear(model, pointOf(i))),
          q.lp,
          'predicted lp',
        )
        expectClose(
          rows.map((i) => predictLinear(model, pointOf(i), 'zero')),
          q.lp_zero,
          'lp from zero',
        )
        expectClose(
          rows.map((i) =>
            expectedEvents(model, { start: d.start ? d.start[i] : null, stop: d.stop[i], ...pointOf(i) }),
          ),
          q.expected,
          'expected events',
        )
      }
    }
  })

  it('has the concordance of R', () => {
    const c = coxConcordance(model)
    if (e.concordance) {
      expectClose(
        [c.concordant, c.discordant, c.tiedX, c.tiedY, c.tiedXY, c.concordance, c.std],
        ['concordant', 'discordant', 'tied.x', 'tied.y', 'tied.xy', 'concordance', 'std'].map(
          (k) => e.concordance[k] as number,
        ),
        'concordance',
      )
      expectClose(c.std, e.concordance.std, 'concordance std')
    }
    // Asked for by itself, R makes near-equal times equal first.
    const fixed = { ...model.data, ...fixTimes(model.data.start, model.data.stop) }
    if (e.concordance_full) {
      const full = concordance(fixed, fit.linearPredictors)
      expectClose(full.std * full.std, e.concordance_full.var, 'concordance variance')
      expectClose(full.concordance, e.concordance_full.concordance, 'concordance by itself')
    }
    for (const [key, weight] of [
      ['S', 'S'],
      ['S_G', 'S/G'],
      ['n_G2', 'n/G2'],
    ] as const) {
      const w = e[`concordance_${key}`]
      if (!w) continue
      const got = concordance(fixed, fit.linearPredictors, weight)
      expectClose(got.concordance, w.concordance, `concordance ${weight}`)
      expectClose(got.std * got.std, w.var, `variance ${weight}`)
    }
  })
})
