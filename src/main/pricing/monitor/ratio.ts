/**
 * Observed over expected with limits that are exact for a Poisson count to which a release added noise: the mean at which the
 * distribution of count plus noise leaves half of what is not sure on one side (docs/spec/pricing.md M4). Without noise these are the exact
 * limits of `stats`.
 */
import { normal, normalQuantile, poisson, poissonProbability } from '../../stats/det/distributions.ts'
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
  const alpha = (1 - level) / 2
  const tails = tailsAt(observed, Math.sqrt(noise))
  const atOne = tails(expected)
  const z = normalQuantile(1 - alpha)
  return {
    ratio: observed / expected,
    lower: rootOf((mean) => tails(mean).upper - alpha, nearLimit(observed, noise, -z)) / expected,
    upper: rootOf((mean) => alpha - tails(mean).lower, nearLimit(observed, noise, z)) / expected,
    p: Math.min(1, 2 * Math.min(atOne.lower, atOne.upper)),
  }
}

/** Counts within so many deviations of the noise have a part of it on both sides; beyond, none that a double holds. */
const REACH = 8.5
/** Counts up to which each is taken by itself. */
const COUNTS_MOST = 400

/** P(N + noise <= x) and P(N + noise >= x) as functions of the mean of N, which is Poisson; the noise is taken as continuous. */
export function tailsAt(x: number, sigma: number): (mean: number) => { lower: number; upper: number } {
  const from = Math.max(0, Math.ceil(x - REACH * sigma))
  const to = Math.floor(x + REACH * sigma)
  if (to - from + 1 > COUNTS_MOST) return wideTailsAt(x, sigma)
  const count = Math.max(0, to - from + 1)
  const below = new Float64Array(count)
  const above = new Float64Array(count)
  for (let k = 0; k < count; k++) {
    const { lower, upper } = normal((x - from - k) / sigma)
    below[k] = lower
    above[k] = upper
  }
  return (mean) => {
    let lower = from === 0 ? 0 : poisson(from - 1, mean).lower
    let upper = to < 0 ? 1 : poisson(to, mean).upper
    if (count === 0) return { lower, upper }
    // From the likeliest count of the range both ways, so that no product begins at nothing.
    const middle = Math.min(to, Math.max(from, Math.floor(mean)))
    const top = poissonProbability(middle, mean)
    for (let k = middle, p = top; k <= to && p > 0; p *= mean / ++k) {
      lower += p * below[k - from]!
      upper += p * above[k - from]!
    }
    for (let k = middle, p = top; k > from && p > 0;) {
      p *= k-- / mean
      lower += p * below[k - from]!
      upper += p * above[k - from]!
    }
    return { lower: Math.min(1, lower), upper: Math.min(1, upper) }
  }
}

/**
 * The same for much noise. Where both are wide, every s-th count stands for s of them: for a product of two bells of joint width τ the
 * sum's error is exp(-2π²τ²/s²), below 1e-19 at s <= τ/1.5.
 */
function wideTailsAt(x: number, sigma: number): ReturnType<typeof tailsAt> {
  // A limit is looked for at many means near each other, which have nearly all counts in common.
  const known = new Map<number, { lower: number; upper: number }>()
  const noiseAt = (k: number) => {
    const found = known.get(k) ?? normal((x - k) / sigma)
    known.set(k, found)
    return found
  }
  return (mean) => {
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
      const tails = noiseAt(k)
      lower += p * tails.lower
      upper += p * tails.upper
    }
    return { lower: Math.min(1, lower), upper: Math.min(1, upper) }
  }
}

/** Where a limit would be if count and noise were normal: (x - m)² = z²(m + σ²) for the mean, with a step that it is seldom off by. */
function nearLimit(x: number, noise: number, z: number): { readonly mean: number; readonly step: number } {
  const half = (z * z) / 2
  const mean =
    x + half + Math.sign(z) * Math.sqrt(Math.max(0, half * half + z * z * (Math.max(x, 0) + noise)))
  return { mean: Math.max(0, mean), step: 0.5 + 0.02 * Math.sqrt(Math.max(x, 0) + noise) }
}

/** Where a rising function of a mean is 0; 0 where it is above 0 from the beginning. Secants in a bracket around what is near (Illinois). */
function rootOf(
  f: (mean: number) => number,
  { mean, step }: { readonly mean: number; readonly step: number },
): number {
  let low = mean
  let high = mean
  let atLow = f(mean)
  let atHigh = atLow
  for (let reach = step; atLow > 0; reach *= 4) {
    if (low === 0) return 0
    high = low
    atHigh = atLow
    low = Math.max(0, low - reach)
    atLow = f(low)
  }
  if (atLow === 0) return low
  for (let reach = step; atHigh < 0; reach *= 4) {
    low = high
    atLow = atHigh
    high += reach
    atHigh = f(high)
  }
  let side = 0
  for (let round = 0; round < 200 && high - low > 1e-11 * high; round++) {
    // Every fourth step halves, for tails so flat that secants creep.
    const secant = low - (atLow * (high - low)) / (atHigh - atLow)
    const middle = round % 4 === 3 || !(secant > low && secant < high) ? 0.5 * (low + high) : secant
    const value = f(middle)
    if (value === 0) return middle
    if (value < 0) {
      low = middle
      atLow = value
      if (side === -1) atHigh *= 0.5
      side = -1
    } else {
      high = middle
      atHigh = value
      if (side === 1) atLow *= 0.5
      side = 1
    }
  }
  return 0.5 * (low + high)
}
