/**
 * Observed over expected where claims come in clusters: the limits of `ratio.ts` for a count whose variance is φ times its mean
 * (docs/spec/pricing.md M16).
 */
import { standardisedRatio } from '../../stats/actuarial/monitoring.ts'
import { chiSquared } from '../../stats/det/distributions.ts'
import { checkNumber } from '../failure.ts'
import { type NoisyCount, observedToExpected, type RatioBand } from './ratio.ts'

/** What a ratio varies by beside chance and noise. */
export interface Spread {
  /** Variance of a count over its mean, at least 1. */
  readonly dispersion: number
}
export const ONE_BY_ONE: Spread = { dispersion: 1 }

/**
 * A count over φ is taken as a Poisson count of the mean over φ: its variance is then φ times the mean, and it is as skewed as if φ claims came at a time.
 *
 * @throws {PricingFailure} `bad-number`
 */
export function ratioWithSpread(count: NoisyCount, { dispersion }: Spread, level = 0.95): RatioBand {
  checkNumber('dispersion', 0, dispersion, 1)
  if (dispersion === 1) return observedToExpected(count, level)
  const scaled = {
    observed: count.observed / dispersion,
    expected: count.expected / dispersion,
    noise: count.noise / (dispersion * dispersion),
  }
  return count.noise > 0 ? observedToExpected(scaled, level) : withoutNoise(scaled, level)
}

/** Such a count is no whole number: the gamma distribution stands between those of whole ones. */
function withoutNoise({ observed, expected }: NoisyCount, level: number): RatioBand {
  const { ratio, lower, upper } = standardisedRatio(observed, expected, level)
  const below = chiSquared(2 * expected, 2 * observed + 2).upper
  const above = observed > 0 ? chiSquared(2 * expected, 2 * observed).lower : 1
  return { ratio, lower, upper, p: Math.min(1, 2 * Math.min(below, above)) }
}
