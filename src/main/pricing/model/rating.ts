/**
 * A multiplicative tariff: base rate times one relativity for each factor. Every estimated model becomes this shape, and so does what an
 * analyst imports; whatever prices, compares or replays knows nothing else.
 */
import { exp } from '../../stats/det/exp.ts'
import { PricingFailure } from '../failure.ts'
import { type Factor, factorIndex, type TariffTable } from './tariff-table.ts'

export interface Rating {
  readonly factors: readonly Factor[]
  /** Log of the rate of the base levels, per member-year. */
  readonly logBase: number
  /** For each factor and level the log relativity: 0 for the base level, NaN where the data have no such level. */
  readonly logRatios: readonly Float64Array[]
  /**
   * Covariance of log base and log relativities, row-major in the order base, levels of the first factor, levels of the second …;
   * rows of base levels and of levels without data are 0. Null where nobody knows it (imported tables).
   */
  readonly covariance: Float64Array | null
  /** Residual degrees of freedom behind the covariance; Infinity where the dispersion was not estimated. */
  readonly freedom: number
}

/** Number of entries of a layout: 1 and all levels. */
export function layoutSize(factors: readonly Factor[]): number {
  return factors.reduce((sum, { levels }) => sum + levels.length, 1)
}

/** Where the levels of each factor begin in the layout. */
export function layoutStarts(factors: readonly Factor[]): number[] {
  const starts: number[] = []
  let next = 1
  for (const { levels } of factors) {
    starts.push(next)
    next += levels.length
  }
  return starts
}

/** Log rate of one cell; NaN where a level has no relativity. */
export function logRateOf(rating: Rating, codes: readonly number[]): number {
  let sum = rating.logBase
  for (let f = 0; f < codes.length; f++) sum += rating.logRatios[f]![codes[f]!]!
  return sum
}

/** Rates of all cells of a table by the same factors, whatever the order of factors and levels; NaN where a level has no relativity. */
export function ratesOf(rating: Rating, table: TariffTable): Float64Array {
  const sources = rating.factors.map((factor) => {
    const f = factorIndex(table.factors, factor.name)
    const codeOf = new Map(factor.levels.map((level, k) => [level, k]))
    return {
      codes: table.codes[f]!,
      ratios: table.factors[f]!.levels.map((level) => {
        const code = codeOf.get(level)
        return code === undefined ? NaN : code
      }),
    }
  })
  return Float64Array.from(table.exposure, (_, i) => {
    let sum = rating.logBase
    sources.forEach(({ codes, ratios }, f) => {
      const code = ratios[codes[i]!]!
      sum += code === code ? rating.logRatios[f]![code]! : NaN
    })
    return exp(sum)
  })
}

/** Variance of a log rate: covariance summed over base and the levels of the cell. */
export function logRateVariance(rating: Rating, codes: readonly number[]): number {
  const { covariance } = rating
  if (covariance === null) return NaN
  const size = layoutSize(rating.factors)
  const starts = layoutStarts(rating.factors)
  const at = [0, ...codes.map((code, f) => starts[f]! + code)]
  let sum = 0
  for (const i of at) for (const j of at) sum += covariance[i * size + j]!
  return sum
}

/** The codes of a cell given by labels. */
export function codesOf(factors: readonly Factor[], levels: Readonly<Record<string, string>>): number[] {
  return factors.map(({ name, levels: known }) => {
    const level = levels[name]
    const code = level === undefined ? -1 : known.indexOf(level)
    if (code < 0)
      throw new PricingFailure({ code: 'unknown-level', factor: name, level: level ?? '', row: 0, known })
    return code
  })
}

/** Frequency times severity: log rates add up, and so do variances, since amounts are fitted given the counts. */
export function productOf(frequency: Rating, severity: Rating): Rating {
  if (!sameFactors(frequency.factors, severity.factors))
    throw new PricingFailure({ code: 'tables-differ', what: 'factors of frequency and severity' })
  const both = frequency.covariance !== null && severity.covariance !== null
  return {
    factors: frequency.factors,
    logBase: frequency.logBase + severity.logBase,
    logRatios: frequency.logRatios.map((ratios, f) =>
      ratios.map((ratio, k) => ratio + severity.logRatios[f]![k]!),
    ),
    covariance: both ? frequency.covariance.map((v, i) => v + severity.covariance![i]!) : null,
    freedom: Math.min(frequency.freedom, severity.freedom),
  }
}

export function sameFactors(a: readonly Factor[], b: readonly Factor[]): boolean {
  return (
    a.length === b.length &&
    a.every(
      ({ name, levels }, f) =>
        name === b[f]!.name &&
        levels.length === b[f]!.levels.length &&
        levels.every((level, k) => level === b[f]!.levels[k]),
    )
  )
}

/** The rating with another base rate. */
export function scaled(rating: Rating, logFactor: number): Rating {
  return { ...rating, logBase: rating.logBase + logFactor }
}
