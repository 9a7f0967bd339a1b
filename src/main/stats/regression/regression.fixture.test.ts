import { describe, expect, it } from 'vitest'
import { expectClose, fixtureNames, floats, loadFixture } from '../fixtures/fixture.test-kit.ts'
import { fitCox } from '../survival/cox.ts'
import { binomial, type Family, gamma, poisson } from './families.ts'
import { fitGlm, type GlmData, glmDiagnostics, type GlmFit } from './glm.ts'
import { fitNegativeBinomial } from './negative-binomial.ts'
import { knotsOf, restrictedCubicSpline } from './splines.ts'
import { fitTweedie } from './tweedie.ts'

function fitFixture(name: string): { data: GlmData; fit: GlmFit } {
  const f = loadFixture(name)
  const d = f.data
  const data: GlmData = {
    y: floats(d.y)!,
    x: (d.x_columns as number[][]).map((c) => floats(c)!),
    names: d.x_names,
    weights: (d.weights as number[]).every((w) => w === 1) ? null : floats(d.weights),
    offset: floats(d.offset),
  }
  const family = f.family as string
  // The fixtures were made with epsilon 1e-14 (negative binomial and tweedie 1e-13).
  const options = { eps: 1e-14, maxIterations: 100 }
  if (family.startsWith('Negative')) return { data, fit: fitNegativeBinomial(data, null, { eps: 1e-13 }) }
  if (family === 'tweedie') return { data, fit: fitTweedie(data, f.var_power, { eps: 1e-13 }) }
  const families: Record<string, Family> = { binomial: binomial(f.link), poisson: poisson(), Gamma: gamma() }
  return { data, fit: fitGlm(data, families[family]!, options) }
}

describe.each(fixtureNames('glm'))('glm %s', (name) => {
  const e = loadFixture(name).expected
  const { data, fit } = fitFixture(name)

  it('has the coefficients, errors and deviances of R', () => {
    expectClose(fit.coefficients, e.coef, 'coefficients')
    expectClose(fit.variance, e.vcov, 'variance')
    expectClose(fit.deviance, e.deviance, 'deviance')
    expectClose(fit.nullDeviance, e.null_deviance, 'null deviance')
    expectClose(fit.dfResidual, e.df_residual, 'df')
    expectClose(fit.logLikelihood, e.loglik, 'log likelihood')
    expectClose(fit.aic, e.aic, 'AIC')
    // Without a second figure the fixture holds that of R's summary.
    expectClose(
      e.dispersion_used === undefined ? fit.dispersion : fit.pearsonDispersion,
      e.dispersion_pearson,
      'dispersion',
    )
    expectClose(fit.dispersion, e.dispersion_used, 'dispersion used')
    expectClose(fit.fitted, e.fitted, 'fitted')
    if (e.iter !== undefined) expect(fit.iterations).toBe(e.iter)
    if ('theta' in fit) {
      const negbin = fit as GlmFit & { theta: number; thetaStdErr: number }
      expectClose(negbin.theta, e.theta, 'theta')
      expectClose(negbin.thetaStdErr, e.se_theta, 'standard error of theta')
    }
  })

  it('has the residuals and leverages of R', () => {
    const d = glmDiagnostics(data, fit)
    expectClose(d.deviance, e.resid_deviance, 'deviance residuals', 1e-7)
    expectClose(d.pearson, e.resid_pearson, 'Pearson residuals')
    expectClose(d.hat, e.hat, 'leverage')
    expectClose(d.cooks, e.cooks, "Cook's distance")
  })
})

describe('restricted cubic splines', () => {
  it('has the knots, basis and Cox fit of R on lung', () => {
    const { data: d, expected: e } = loadFixture('rcs_lung_age')
    const x = floats(d.x)!
    const knots = knotsOf(x, 4, 'age')
    expectClose(knots, e.knots, 'knots')
    const basis = restrictedCubicSpline(x, knots)
    const rows = Array.from(x).flatMap((_, i) => basis.map((b) => b[i]!))
    expectClose(rows, e.basis, 'basis')
    const { fit } = fitCox({
      start: null,
      stop: floats(d.time)!,
      event: Uint8Array.from(d.event as number[]),
      x: basis,
    })
    expectClose(fit.coefficients, e.coef, 'coefficients')
    expectClose(fit.variance, e.var, 'variance')
    expectClose(fit.logLikelihood, e.loglik, 'log likelihood')
  })
})
