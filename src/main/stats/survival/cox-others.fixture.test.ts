import { describe, expect, it } from 'vitest'
import { expectClose, fixtureNames, floats, loadFixture } from '../fixtures/fixture.test-kit.ts'
import { concordance } from './concordance.ts'
import { fitExactCox } from './cox-exact.ts'
import { fitElasticNetCox, fitRidgeCox } from './cox-penalised.ts'

describe.each(fixtureNames('coxph').filter((name) => name.endsWith('_exact')))('exact ties: %s', (name) => {
  it('has the fit of R', () => {
    const { data: d, expected: e } = loadFixture(name)
    const data = {
      start: floats(d.start),
      stop: floats(d.stop)!,
      event: Uint8Array.from(d.event as number[]),
      x: (d.x_columns as number[][]).map((c) => floats(c)!),
      names: d.x_names,
    }
    const fit = fitExactCox(data)
    expect(fit.iterations).toBe(e.iter)
    // An infinite coefficient has an information of 1e-9 in which R keeps eight digits.
    const tolerance = fit.infinite.length > 0 ? 1e-6 : 1e-8
    expectClose(fit.coefficients, e.coef, 'coefficients', tolerance)
    expectClose(fit.variance, e.var, 'variance', tolerance)
    expectClose(fit.logLikelihood, e.loglik, 'log likelihood')
    expectClose(fit.scoreTest, e.score_test, 'score test')
    expectClose(fit.waldTest, e.wald_test, 'Wald test', tolerance)
    expectClose(fit.martingale, e.martingale, 'martingale')
    expectClose(fit.linearPredictors, e.linear_predictors, 'linear predictors')
    expect(fit.infinite.length > 0).toBe((e.warnings as string[]).some((w) => w.includes('infinite')))
    const c = concordance(data, fit.linearPredictors)
    expectClose(c.concordance, e.concordance.concordance, 'concordance')
    expectClose(c.std, e.concordance.std, 'concordance std')
  })
})

describe.each(fixtureNames('penalized_cox'))('penalised: %s', (name) => {
  it('has the coefficients of R', () => {
    const f = loadFixture(name)
    const { data: d, expected: e } = f
    const data = {
      start: null,
      stop: floats(d.time)!,
      event: Uint8Array.from(d.event as number[]),
      x: (d.x_columns as number[][]).map((c) => floats(c)!),
      names: d.x_names,
    }
    if (name.startsWith('ridge')) {
      const fit = fitRidgeCox(data, f.theta)
      expectClose(fit.coefficients, e.coef, 'coefficients')
      expectClose(fit.variance, e.var, 'variance')
      expectClose(fit.variance2, e.var2, 'sampling variance')
      expectClose(fit.df, e.df[0], 'df')
      expectClose(fit.logLikelihood, e.loglik, 'log likelihood')
      expect(fit.iterations).toBe(e.iter[1])
      return
    }
    // glmnet's sort puts one of eleven censorings that tie with a death (row 143, day 444) before it, so it is not at
    // risk there; we count all eleven at risk, as its own help says.
    data.stop[142] = data.stop[142]! - 0.5
    const fit = fitElasticNetCox(data, f.alpha, e.lambda)
    const rows = data.x.flatMap((_, j) => fit.coefficients.map((b) => b[j]!))
    // glmnet stops by its own threshold.
    expectClose(rows, e.coef, 'coefficients', 1e-6)
  })
})

describe('where units and starting values should not matter', () => {
  const { data: d } = loadFixture('lung_basic_efron')
  const x = (d.x_columns as number[][]).map((c) => floats(c)!)
  const data = { start: null, stop: floats(d.stop)!, event: Uint8Array.from(d.event as number[]), x }

  it('ridge: a penalty that outweighs one column by far leaves the others alone', () => {
    const tiny = fitRidgeCox({ ...data, x: [...x, x[0]!.map((v) => v * 1e-9)] }, 1)
    const without = fitRidgeCox(data, 1)
    expectClose(tiny.coefficients.slice(0, x.length), Array.from(without.coefficients), 'coefficients', 1e-8)
    expect(tiny.iterations).toBe(without.iterations)
  })

  it('ridge and elastic net warn of a column of one value', () => {
    const flat = { ...data, x: [...x, x[0]!.map(() => 3)], names: [...x.map((_, j) => `x${j}`), 'flat'] }
    for (const { warnings } of [fitRidgeCox(flat, 1), fitElasticNetCox(flat, 1, [0.1])]) {
      expect(warnings).toContainEqual({ code: 'constant-covariate', column: 'flat', index: x.length })
    }
  })

  it('exact ties: the Wald test is about the distance from the starting values, as in R', () => {
    const few = { ...data, x: x.slice(0, 2) }
    const { coefficients } = fitExactCox(few)
    expect(fitExactCox(few, { init: coefficients }).waldTest).toBeLessThan(1e-8)
  })
})
