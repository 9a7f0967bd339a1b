/**
 * Observed over expected where claims come in clusters, and where what is expected of young months has an error of its own: the limits of `ratio.ts` for a count whose
 * variance is φ times its mean (docs/spec/pricing.md M16), and beside them on the scale of the logarithm what is not reported yet (M17).
 */
import { standardisedRatio, twoSidedP } from '../../stats/actuarial/monitoring.ts'
import { chiSquared, normalQuantile } from '../../stats/det/distributions.ts'
import { log } from '../../stats/det/log.ts'
import { checkNumber } from '../failure.ts'
import { widenedLimit } from './rate-band.ts'
import { type NoisyCount, observedToExpected, type RatioBand } from './ratio.ts'

/** What a ratio varies by beside chance and noise. */
export interface Spread {
  /** Variance of a count over its mean, at least 1. */
  readonly dispersion: number
  /** Standard error of what is expected, over what is expected. */
  readonly relativeError: number
}
export const ONE_BY_ONE: Spread = { dispersion: 1, relativeError: 0 }

/**
 * A count over φ is taken as a Poisson count of the mean over φ: its variance is then φ times the mean, and it is as skewed as if φ claims came at a time.
 *
 * @throws {PricingFailure} `bad-number`
 */
export function ratioWithSpread(count: NoisyCount, spread: Spread, level = 0.95): RatioBand {
  const { dispersion, relativeError } = spread
  checkNumber('dispersion', 0, dispersion, 1)
  checkNumber('error of what is expected', 0, relativeError, 0)
  const band = ratioOfClusters(count, dispersion, level)
  const reach = normalQuantile(1 - (1 - level) / 2) * relativeError
  return {
    ...band,
    lower: widenedLimit(band.lower, band.ratio, reach),
    upper: widenedLimit(band.upper, band.ratio, reach),
    p: widenedP(band, relativeError),
  }
}

/** The test of chance and noise as a z; on the scale of the logarithm the other error adds to what that z was divided by. */
function widenedP({ ratio, p }: RatioBand, relativeError: number): number {
  const distance = ratio > 0 ? log(ratio) : 0
  if (relativeError === 0 || distance === 0 || p >= 1 || !(p > 0)) return p
  const z = -normalQuantile(p / 2)
  const more = (relativeError * z) / distance
  return twoSidedP(z / Math.sqrt(1 + more * more))
}

function ratioOfClusters(count: NoisyCount, dispersion: number, level: number): RatioBand {
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
