import { describe, expect, it } from 'vitest'
import { expectClose } from '../../stats/fixtures/fixture.test-kit.ts'
import { fixtureOf, INSURANCE_FACTORS, insuranceTable } from '../fixtures/pricing.test-kit.ts'
import { devianceExplained, fitFrequency, fitPurePremium, fitSeverity, type RateModel } from './fit-rates.ts'
import { priceGroup } from './price-group.ts'
import { layoutSize, layoutStarts, productOf } from './rating.ts'
import { relativityTable } from './relativities.ts'

const f = fixtureOf('rates_insurance')
const table = insuranceTable(f)

/** Position in the layout of R's column names. */
function layoutOf(names: readonly string[]): number[] {
  const starts = layoutStarts(INSURANCE_FACTORS)
  return names.map((name) => {
    if (name === '(Intercept)') return 0
    const at = INSURANCE_FACTORS.findIndex((factor) => name.startsWith(factor.name))
    return starts[at]! + INSURANCE_FACTORS[at]!.levels.indexOf(name.slice(INSURANCE_FACTORS[at]!.name.length))
  })
}

function expectFit(
  model: RateModel,
  e: { names: string[]; coef: number[]; vcov: number[] },
  tolerance = 1e-8,
): void {
  const { rating } = model
  const flat = [rating.logBase, ...rating.logRatios.flatMap((ratios) => Array.from(ratios))]
  const at = layoutOf(e.names)
  const size = layoutSize(rating.factors)
  expectClose(
    at.map((i) => flat[i]!),
    e.coef,
    'coefficients',
    tolerance,
  )
  expectClose(
    at.flatMap((i) => at.map((j) => rating.covariance![i * size + j]!)),
    e.vcov,
    'covariance',
    tolerance,
  )
}

describe('rates of tariff cells', () => {
  it('are those of R for Poisson, quasi-Poisson and negative binomial', () => {
    const poisson = fitFrequency(table, 'poisson')
    expectFit(poisson, f.poisson)
    expect(poisson.dispersion).toBe(1)
    // glm of R: residual deviance 51.42003 of 236.2591.
    expect(devianceExplained(poisson)).toBeCloseTo(0.7823574, 6)
    expect(devianceExplained({ deviance: 0, nullDeviance: 0 })).toBeNaN()
    expectClose(poisson.pearson.dispersion, f.quasi_dispersion, 'dispersion')
    expectClose(poisson.pearson.p, f.quasi_p, 'p of more spread')
    const quasi = fitFrequency(table, 'quasipoisson')
    expectFit(quasi, f.quasipoisson)
    expectClose(quasi.dispersion, f.quasi_dispersion, 'dispersion used')
    const negbin = fitFrequency(table, 'negative-binomial')
    // Counts that spread less than Poisson's: theta runs away, and both stop somewhere far out.
    expectFit(negbin, f.negbin, 1e-3)
    expect(negbin.parameter).toBeGreaterThan(1e4)
    expect(f.theta).toBeGreaterThan(1e4)
  })
  it('are those of R for gamma severities and a Tweedie pure premium', () => {
    const severity = fitSeverity(table)
    expectFit(severity, f.gamma)
    expectClose(severity.dispersion, f.gamma_dispersion, 'dispersion')
    expect(severity.cellsLeftOut).toBe(f.claims.filter((v: number) => v === 0).length)
    const pure = fitPurePremium(table, 1.5)
    expectFit(pure, f.tweedie)
    expectClose(pure.dispersion, f.tweedie_dispersion, 'dispersion')
  })
  it('have errors that noise widens, as the sandwich in R says', () => {
    const noisy = fitFrequency(insuranceTable(f, 'noisy_claims'), 'quasipoisson')
    expectFit(noisy, f.noisy)
    expectClose(noisy.dispersion, f.noisy_dispersion, 'dispersion after noise')
  })
  it('have the p of R', () => {
    const flat = (model: RateModel): number[] =>
      relativityTable(model.rating, table, 'frequency').flatMap(({ rows }) => rows.map(({ p }) => p))
    const at = layoutOf(f.poisson.names).slice(1)
    expectClose(
      at.map((i) => flat(fitFrequency(table, 'poisson'))[i - 1]!),
      f.p_poisson.slice(1),
      'p',
      1e-7,
    )
    expectClose(
      at.map((i) => flat(fitFrequency(table, 'quasipoisson'))[i - 1]!),
      f.p_quasi.slice(1),
      'p',
      1e-7,
    )
  })
  it('price a census with the total and its error of R', () => {
    const rating = productOf(fitFrequency(table, 'poisson').rating, fitSeverity(table).rating)
    const c = f.census
    const census = (c.exposure as number[]).map((exposure, i) => ({
      levels: { district: c.district[i], group: c.group[i], age: c.age[i] } as Record<string, string>,
      exposure,
    }))
    // With the normal distribution the interval is exp(± z · se / total) wide.
    const price = priceGroup(census, {
      rating: { ...rating, freedom: Infinity },
      steps: [],
      process: null,
      own: null,
    })
    expectClose(
      price.rows.map(({ rate }) => rate),
      c.rate,
      'rates',
    )
    expectClose(price.grossTotal, c.total, 'total')
    expectClose(
      (Math.log(price.interval.upper / price.gross) / 1.959963984540054) * c.total,
      c.total_se,
      'standard error',
    )
  })
})

describe('relativityTable', () => {
  it('has base levels of the largest exposure and fitted rates that add up to what was observed', () => {
    const model = fitFrequency(table, 'poisson')
    const rows = relativityTable(model.rating, table, 'frequency')
    for (const { rows: levels } of rows) {
      const base = levels.filter(({ isBase }) => isBase)
      expect(base).toHaveLength(1)
      expect(base[0]!.exposure).toBe(Math.max(...levels.map(({ exposure }) => exposure)))
      // The score of a Poisson model is zero for every level.
      for (const { observed, fitted } of levels) expect(fitted).toBeCloseTo(observed, 10)
    }
  })
})
