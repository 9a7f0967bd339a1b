/** The table of relativities that an analyst reads: for each level what was seen, what the model says, and how sure it is (P3). */
import { normalQuantile, studentT, studentTQuantile, normal } from '../../stats/det/distributions.ts'
import { exp } from '../../stats/det/exp.ts'
import { log } from '../../stats/det/log.ts'
import { PricingFailure } from '../failure.ts'
import { layoutSize, layoutStarts, type Rating, ratesOf, scaled } from './rating.ts'
import { factorIndex, type TariffTable } from './tariff-table.ts'

export interface RelativityRow {
  readonly level: string
  readonly isBase: boolean
  /** Whether the table has such a level: rates that were brought in may name others, of which nothing was asked. */
  readonly isInTable: boolean
  readonly exposure: number
  readonly claims: number
  readonly cost: number
  /** Measure over its denominator in the cells of the level, and what the rating says there; NaN without a denominator. */
  readonly observed: number
  readonly fitted: number
  /** NaN where the data have no such level. */
  readonly relativity: number
  /** Of the log relativity; 0 for the base level, NaN where it is not known. */
  readonly stdErr: number
  readonly lower: number
  readonly upper: number
  /** Two-sided, of a relativity of 1. */
  readonly p: number
}

export interface RelativityFactor {
  readonly factor: string
  readonly rows: readonly RelativityRow[]
}

export type Measure = 'frequency' | 'severity' | 'pure-premium'

/** @throws {PricingFailure} `unknown-factor` where the table lacks a factor of the rating */
export function relativityTable(
  rating: Rating,
  table: TariffTable,
  measure: Measure,
  level = 0.95,
): RelativityFactor[] {
  const rates = ratesOf(rating, table)
  const { above, below } = sidesOf(table, measure)
  const size = layoutSize(rating.factors)
  const starts = layoutStarts(rating.factors)
  const tail = 1 - (1 - level) / 2
  const quantile = rating.freedom === Infinity ? normalQuantile(tail) : studentTQuantile(tail, rating.freedom)
  return rating.factors.map((factor, f) => {
    const index = factorIndex(table.factors, factor.name)
    const levelIndex = new Map(table.factors[index]!.levels.map((name, k) => [name, k]))
    const codes = table.codes[index]!
    const rows = factor.levels.map((name, k): RelativityRow => {
      const sums = { exposure: 0, claims: 0, cost: 0, above: 0, below: 0, fitted: 0 }
      const code = levelIndex.get(name)
      for (let i = 0; i < codes.length; i++) {
        if (codes[i] !== code) continue
        sums.exposure += table.exposure[i]!
        sums.claims += table.claims[i]!
        sums.cost += table.cost[i]!
        if (!(rates[i]! >= 0)) continue
        sums.above += above[i]!
        sums.below += below[i]!
        sums.fitted += below[i]! * rates[i]!
      }
      const ratio = rating.logRatios[f]![k]!
      const at = starts[f]! + k
      const spread =
        rating.covariance === null
          ? NaN
          : ratio === ratio
            ? Math.sqrt(rating.covariance[at * size + at]!)
            : NaN
      const isBase = ratio === 0 && (rating.covariance === null || spread === 0)
      // Set by hand for a level that nobody is in: nothing says how far it may be off.
      const stdErr = spread === 0 && ratio !== 0 ? NaN : spread
      return {
        level: name,
        isBase,
        isInTable: code !== undefined,
        exposure: sums.exposure,
        claims: sums.claims,
        cost: sums.cost,
        observed: sums.below > 0 ? sums.above / sums.below : NaN,
        fitted: sums.below > 0 ? sums.fitted / sums.below : NaN,
        relativity: exp(ratio),
        stdErr,
        lower: exp(ratio - quantile * stdErr),
        upper: exp(ratio + quantile * stdErr),
        p: isBase ? NaN : twoSided(ratio / stdErr, rating.freedom),
      }
    })
    return { factor: factor.name, rows: withOneBase(rows) }
  })
}

/** Of levels that share the base's relativity the most exposed one is the base. */
function withOneBase(rows: readonly RelativityRow[]): readonly RelativityRow[] {
  const bases = rows.filter(({ isBase }) => isBase)
  if (bases.length < 2) return rows
  const base = bases.reduce((best, row) => (row.exposure > best.exposure ? row : best))
  return rows.map((row) => (row === base ? row : { ...row, isBase: false }))
}

/**
 * The base rate at which the rating gives back what was observed, Σ fitted = Σ observed over the cells that it can price, and the
 * factor by which the base moved.
 *
 * @throws {PricingFailure} `nothing-to-fit` where nothing was observed
 */
export function offBalance(
  rating: Rating,
  table: TariffTable,
  measure: Measure,
): { rating: Rating; factor: number } {
  const rates = ratesOf(rating, table)
  const { above, below } = sidesOf(table, measure)
  let observed = 0
  let fitted = 0
  for (let i = 0; i < rates.length; i++) {
    if (!(rates[i]! >= 0)) continue
    observed += above[i]!
    fitted += below[i]! * rates[i]!
  }
  if (!(observed > 0) || !(fitted > 0)) throw new PricingFailure({ code: 'nothing-to-fit', what: measure })
  const factor = observed / fitted
  return { rating: scaled(rating, log(factor)), factor }
}

/** Another base level of one factor: relativities and base rate move against each other, rates stay. */
export function rebase(rating: Rating, factor: string, level: string): Rating {
  const f = factorIndex(rating.factors, factor)
  const { levels } = rating.factors[f]!
  const base = levels.indexOf(level)
  if (base < 0) throw new PricingFailure({ code: 'unknown-level', factor, level, row: 0, known: levels })
  const shift = rating.logRatios[f]![base]!
  if (shift !== shift) throw new PricingFailure({ code: 'no-rate', factor, level })
  const logRatios = rating.logRatios.map((ratios, g) =>
    g === f ? ratios.map((ratio, k) => (k === base ? 0 : ratio - shift)) : ratios,
  )
  return {
    ...rating,
    logBase: rating.logBase + shift,
    logRatios,
    covariance: rating.covariance && rebasedCovariance(rating, f, base),
  }
}

/** T V T' with base' = base + r_b and r_k' = r_k - r_b. */
function rebasedCovariance(rating: Rating, factor: number, base: number): Float64Array {
  const size = layoutSize(rating.factors)
  const start = layoutStarts(rating.factors)[factor]!
  const at = start + base
  const levels = rating.factors[factor]!.levels.length
  const sign = (i: number): number => {
    if (i === 0) return 1
    const k = i - start
    return k >= 0 && k < levels && rating.logRatios[factor]![k] === rating.logRatios[factor]![k] ? -1 : 0
  }
  const v = rating.covariance!
  const out = new Float64Array(size * size)
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      out[i * size + j] =
        v[i * size + j]! +
        sign(i) * v[at * size + j]! +
        sign(j) * v[i * size + at]! +
        sign(i) * sign(j) * v[at * size + at]!
    }
  }
  // The new base has no error of its own, and rounding must not leave one.
  for (let i = 0; i < size; i++) {
    out[i * size + at] = 0
    out[at * size + i] = 0
  }
  return out
}

function sidesOf(table: TariffTable, measure: Measure): { above: Float64Array; below: Float64Array } {
  switch (measure) {
    case 'frequency':
      return { above: table.claims, below: table.exposure }
    case 'severity':
      return { above: table.cost, below: table.claims }
    case 'pure-premium':
      return { above: table.cost, below: table.exposure }
  }
}

export function twoSided(t: number, freedom: number): number {
  if (t !== t) return NaN
  const { lower, upper } = freedom === Infinity ? normal(t) : studentT(t, freedom)
  return 2 * Math.min(lower, upper)
}
