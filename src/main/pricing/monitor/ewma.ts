/**
 * Exponentially weighted average of observed over expected: where a group stands by now, drawn month by month. Limits have noise, claims that come together and what is
 * not reported yet in them. It is a picture beside the cumulative sums and gives no alarm of its own, so it does not begin anew (docs/spec/pricing.md M19).
 */
import { checkNumber } from '../failure.ts'
import type { CusumMonth } from './cusum.ts'

export interface EwmaPoint {
  readonly month: string
  readonly value: number
  /** Limits around 1, so many standard errors of the average apart. */
  readonly lower: number
  readonly upper: number
}

/** Weight of the newest month, and width of the limits. */
const EWMA_WEIGHT = 0.2
const EWMA_LIMIT = 2.7

/** @param dispersion variance of a month's count over its mean, at least 1 */
export function ewmaChart(
  months: readonly CusumMonth[],
  dispersion: number,
  weight = EWMA_WEIGHT,
  limit = EWMA_LIMIT,
): readonly EwmaPoint[] {
  checkNumber('dispersion', 0, dispersion, 1)
  let value = 1
  let variance = 0
  return months.map(({ month, observed, expected, noise }, row) => {
    checkNumber('expected', row, expected, Number.MIN_VALUE)
    checkNumber('noise', row, noise, 0)
    const own = (dispersion * expected + noise) / (expected * expected)
    value = weight * (observed / expected) + (1 - weight) * value
    variance = weight * weight * own + (1 - weight) * (1 - weight) * variance
    const half = limit * Math.sqrt(variance)
    return { month, value, lower: Math.max(0, 1 - half), upper: 1 + half }
  })
}
