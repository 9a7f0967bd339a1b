/** How the pure premium moves from year to year: a straight line through its logarithm, and the factor from the middle of one period to another (P8). */
import { studentTQuantile } from '../../stats/det/distributions.ts'
import { exp } from '../../stats/det/exp.ts'
import { log } from '../../stats/det/log.ts'
import { checkNumber, PricingFailure } from '../failure.ts'

export interface TrendPoint {
  /** Middle of the period, in years. */
  readonly middle: number
  /** Rate of the period, above 0. */
  readonly rate: number
  /** Exposure, or anything that the variance of the log rate falls with. */
  readonly weight: number
}

export interface Trend {
  /** Log of the yearly change, and its standard error. */
  readonly slope: number
  readonly stdErr: number
  readonly freedom: number
  /** Yearly change, less 1, with 95 % limits. */
  readonly yearly: { readonly value: number; readonly lower: number; readonly upper: number }
}

/** @throws {PricingFailure} `nothing-to-fit` for fewer than three points or one single time */
export function fitTrend(points: readonly TrendPoint[], level = 0.95): Trend {
  if (points.length < 3) throw new PricingFailure({ code: 'nothing-to-fit', what: 'three periods' })
  let w = 0
  let x = 0
  let y = 0
  const logs = points.map(({ rate, weight, middle }, row) => {
    checkNumber('rate', row, rate, Number.MIN_VALUE)
    checkNumber('weight', row, weight, Number.MIN_VALUE)
    const value = log(rate)
    w += weight
    x += weight * middle
    y += weight * value
    return value
  })
  x /= w
  y /= w
  let xx = 0
  let xy = 0
  points.forEach(({ middle, weight }, i) => {
    xx += weight * (middle - x) * (middle - x)
    xy += weight * (middle - x) * (logs[i]! - y)
  })
  if (!(xx > 0)) throw new PricingFailure({ code: 'nothing-to-fit', what: 'two different times' })
  const slope = xy / xx
  let rest = 0
  points.forEach(({ middle, weight }, i) => {
    const residual = logs[i]! - y - slope * (middle - x)
    rest += weight * residual * residual
  })
  const freedom = points.length - 2
  const stdErr = Math.sqrt(rest / freedom / xx)
  const reach = studentTQuantile(1 - (1 - level) / 2, freedom) * stdErr
  return {
    slope,
    stdErr,
    freedom,
    yearly: { value: exp(slope) - 1, lower: exp(slope - reach) - 1, upper: exp(slope + reach) - 1 },
  }
}

/** From the middle of the experience to the middle of the period that is priced; `logVariance` goes into the premium's interval. */
export function trendFactor(
  trend: Trend,
  fromMiddle: number,
  toMiddle: number,
): { factor: number; logVariance: number } {
  const years = toMiddle - fromMiddle
  return { factor: exp(trend.slope * years), logVariance: years * years * trend.stdErr * trend.stdErr }
}
