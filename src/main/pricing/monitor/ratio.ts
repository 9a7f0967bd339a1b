/**
 * Observed over expected with limits that are exact for a Poisson count to which a release added noise: the mean at which the
 * distribution of count plus noise leaves half of what is not sure on one side (docs/spec/pricing.md M4). Without noise these are the exact
 * limits of `stats`.
 */
import { normal, poissonProbability } from '../../stats/det/distributions.ts'
import { standardisedRatio } from '../../stats/actuarial/monitoring.ts'
import { checkNumber } from '../failure.ts'

export interface NoisyCount {
  /** May be below 0 by noise. */
  readonly observed: number
  readonly expected: number
  /** Variance of the noise in `observed`. */
  readonly noise: number
}

export interface RatioBand {
  readonly ratio: number
  readonly lower: number
  readonly upper: number
  /** Two-sided, of a ratio of 1: twice the smaller tail. */
  readonly p: number
}

/** @throws {PricingFailure} `bad-number`: nothing expected, or a negative noise */
export function observedToExpected({ observed, expected, noise }: NoisyCount, level = 0.95): RatioBand {
  checkNumber('expected', 0, expected, Number.MIN_VALUE)
  checkNumber('noise', 0, noise, 0)
  checkNumber('observed', 0, observed, noise > 0 ? -Infinity : 0)
  if (noise === 0) return standardisedRatio(observed, expected, level)
  const sigma = Math.sqrt(noise)
  const alpha = (1 - level) / 2
  const atOne = tailsOf(observed, expected, sigma)
  return {
    ratio: observed / expected,
    lower: solveMean((mean) => tailsOf(observed, mean, sigma).upper < alpha, observed, sigma) / expected,
    upper: solveMean((mean) => tailsOf(observed, mean, sigma).lower > alpha, observed, sigma) / expected,
    p: Math.min(1, 2 * Math.min(atOne.lower, atOne.upper)),
  }
}

/**
 * P(N + noise <= x) and P(N + noise >= x) of N Poisson with a mean; the noise is taken as continuous. Where both are wide, every s-th
 * count stands for s of them: for a product of two bells of joint width τ the sum's error is exp(-2π²τ²/s²), below 1e-19 at s <= τ/1.5.
 */
export function tailsOf(x: number, mean: number, sigma: number): { lower: number; upper: number } {
  const reach = 8 * Math.sqrt(mean) + 20
  const from = Math.max(0, Math.floor(mean - reach))
  const to = Math.ceil(mean + reach)
  const width = mean > 400 ? Math.sqrt(1 / (1 / mean + 1 / (sigma * sigma))) : 0
  const stride = Math.max(1, Math.floor(width / 1.5))
  let lower = 0
  let upper = 0
  for (let k = from; k <= to; k += stride) {
    const p = stride * poissonProbability(k, mean)
    if (p === 0) continue
    const tails = normal((x - k) / sigma)
    lower += p * tails.lower
    upper += p * tails.upper
  }
  return { lower: Math.min(1, lower), upper: Math.min(1, upper) }
}

/** The greatest mean for which `isBelow` holds, 0 if there is none; `isBelow` turns false once as the mean grows. */
function solveMean(isBelow: (mean: number) => boolean, observed: number, sigma: number): number {
  let low = 0
  if (!isBelow(low)) return 0
  let high = Math.max(observed, 0) + 6 * sigma + 10
  while (isBelow(high)) {
    low = high
    high *= 2
  }
  for (let round = 0; round < 60 && high - low > 1e-12 * high; round++) {
    const middle = 0.5 * (low + high)
    if (isBelow(middle)) low = middle
    else high = middle
  }
  return 0.5 * (low + high)
}
