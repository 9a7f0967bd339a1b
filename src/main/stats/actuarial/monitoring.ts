import {
  betaQuantile,
  chiSquaredQuantile,
  normal,
  normalQuantile,
  poisson,
  poissonProbability,
} from '../det/distributions.ts'
import { log } from '../det/log.ts'
import { StatsFailure } from '../failure.ts'
import { quantile } from '../regression/splines.ts'

/* Watching the risk of groups: ratios with exact limits, charts over time, drift of a distribution. */

export interface StandardisedRatio {
  ratio: number
  lower: number
  upper: number
  /** Two-sided exact Poisson p against a ratio of 1 (twice the smaller tail, at most 1). */
  p: number
}

/** Observed over expected with exact Poisson limits (statistics.md 5.3). */
export function standardisedRatio(observed: number, expected: number, level = 0.95): StandardisedRatio {
  if (!(expected > 0) || !(observed >= 0)) {
    throw new StatsFailure({
      code: 'bad-option',
      option: 'expected',
      value: String(expected),
      allowed: '> 0',
    })
  }
  const alpha = 1 - level
  const { lower, upper } = poisson(observed, expected)
  const least = Math.min(lower, upper + poissonProbability(observed, expected))
  return {
    ratio: observed / expected,
    lower: observed === 0 ? 0 : chiSquaredQuantile(alpha / 2, 2 * observed) / 2 / expected,
    upper: chiSquaredQuantile(1 - alpha / 2, 2 * observed + 2) / 2 / expected,
    p: Math.min(1, 2 * least),
  }
}

/** Exact (Clopper-Pearson) limits of a proportion. */
export function exactProportion(
  events: number,
  trials: number,
  level = 0.95,
): { lower: number; upper: number } {
  const alpha = 1 - level
  return {
    lower: events === 0 ? 0 : betaQuantile(alpha / 2, events, trials - events + 1),
    upper: events === trials ? 1 : betaQuantile(1 - alpha / 2, events + 1, trials - events),
  }
}

export interface FunnelPoint {
  ratio: number
  expected: number
  /** z against a ratio of 1 on the square-root scale, before and after overdispersion. */
  z: number
  adjustedZ: number
  isOutside: boolean
}

export interface Funnel {
  points: FunnelPoint[]
  /** Overdispersion of the winsorised z; limits widen by its root when it is above 1. */
  phi: number
  limit: (expected: number, level: number) => { lower: number; upper: number }
}

/**
 * Funnel plot of O/E against E: z = 2(√O - √E), overdispersion from the z winsorised at 10 % of each side
 * (Spiegelhalter 2005); points outside 99.8 % are marked.
 */
export function funnel(observed: readonly number[], expected: readonly number[]): Funnel {
  const z = observed.map((o, i) => 2 * (Math.sqrt(o) - Math.sqrt(expected[i]!)))
  const values = Float64Array.from(z)
  const low = quantile(values, 0.1)
  const high = quantile(values, 0.9)
  let sum = 0
  for (const v of z) {
    const w = Math.min(high, Math.max(low, v))
    sum += w * w
  }
  const phi = z.length > 0 ? sum / z.length : 1
  const root = Math.sqrt(Math.max(1, phi))
  const limit = (e: number, level: number): { lower: number; upper: number } => {
    const half = (normalQuantile(1 - (1 - level) / 2) * root) / 2
    const a = Math.max(0, Math.sqrt(e) - half)
    const b = Math.sqrt(e) + half
    return { lower: (a * a) / e, upper: (b * b) / e }
  }
  const bound = normalQuantile(0.999)
  return {
    phi,
    limit,
    points: z.map((v, i) => ({
      ratio: observed[i]! / expected[i]!,
      expected: expected[i]!,
      z: v,
      adjustedZ: v / root,
      isOutside: Math.abs(v / root) > bound,
    })),
  }
}

export interface ChartPoint {
  value: number
  isSignal: boolean
}

/**
 * Risk-adjusted Poisson CUSUM: C_t = max(0, C_{t-1} + O ln R - E(R - 1)), a signal above `threshold`, then from 0 again.
 *
 * @param ratio the relative risk to detect, such as 1.25 (below 1 watches for improvement)
 */
export function poissonCusum(
  observed: readonly number[],
  expected: readonly number[],
  ratio: number,
  threshold: number,
): ChartPoint[] {
  const step = log(ratio)
  let c = 0
  return observed.map((o, t) => {
    c = Math.max(0, c + o * step - expected[t]! * (ratio - 1))
    const point = { value: c, isSignal: c > threshold }
    if (point.isSignal) c = 0
    return point
  })
}

/**
 * The threshold that gives an in-control average run length, by the Markov chain of Brook and Evans (1972) on a grid of
 * states, for a constant expectation per period.
 */
export function cusumThreshold(expected: number, ratio: number, averageRunLength: number): number {
  let low = 0.01
  let high = 50
  for (let i = 0; i < 40; i++) {
    const middle = 0.5 * (low + high)
    if (cusumRunLength(expected, ratio, middle) < averageRunLength) low = middle
    else high = middle
  }
  return 0.5 * (low + high)
}

/** Average number of periods to a signal when nothing has changed. */
export function cusumRunLength(expected: number, ratio: number, threshold: number, states = 120): number {
  const width = threshold / (states - 0.5)
  const step = log(ratio)
  const drift = expected * (ratio - 1)
  const size = states
  // (I - Q) L = 1 with Q the moves between states that do not signal.
  const a = new Float64Array(size * size)
  const right = new Float64Array(size).fill(1)
  for (let s = 0; s < size; s++) {
    a[s * size + s] = a[s * size + s]! + 1
    let left = 1
    for (let o = 0; left > 1e-14 && o < 100000; o++) {
      const p = poissonProbability(o, expected)
      left -= p
      const value = Math.max(0, s * width + o * step - drift)
      const to = Math.floor(value / width + 0.5)
      if (to < size) a[s * size + to] = a[s * size + to]! - p
      else if (o > expected) break
    }
  }
  return eliminate(a, right, size)[0]!
}

function eliminate(a: Float64Array, b: Float64Array, n: number): Float64Array {
  for (let i = 0; i < n; i++) {
    for (let r = i + 1; r < n; r++) {
      const f = a[r * n + i]! / a[i * n + i]!
      if (f === 0) continue
      for (let c = i; c < n; c++) a[r * n + c] = a[r * n + c]! - f * a[i * n + c]!
      b[r] = b[r]! - f * b[i]!
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = b[i]!
    for (let c = i + 1; c < n; c++) sum -= a[i * n + c]! * b[c]!
    b[i] = sum / a[i * n + i]!
  }
  return b
}

export interface EwmaPoint {
  value: number
  lower: number
  upper: number
  isSignal: boolean
}

/** Exponentially weighted average of O/E (weight lambda), limits L standard errors from 1 with Poisson variance 1/E. */
export function ewma(
  observed: readonly number[],
  expected: readonly number[],
  lambda = 0.2,
  limit = 2.7,
): EwmaPoint[] {
  let value = 1
  let variance = 0
  return observed.map((o, t) => {
    value = lambda * (o / expected[t]!) + (1 - lambda) * value
    variance = lambda * lambda * (1 / expected[t]!) + (1 - lambda) * (1 - lambda) * variance
    const half = limit * Math.sqrt(variance)
    const point = {
      value,
      lower: Math.max(0, 1 - half),
      upper: 1 + half,
      isSignal: Math.abs(value - 1) > half,
    }
    if (point.isSignal) {
      value = 1
      variance = 0
    }
    return point
  })
}

export interface StabilityIndex {
  index: number
  verdict: 'stable' | 'watch' | 'act'
}

/** Population stability index over given counts per bin: Σ (a - e) ln(a/e) of the shares, empty bins as half a count. */
export function stabilityIndex(actual: readonly number[], expected: readonly number[]): StabilityIndex {
  const share = (counts: readonly number[]): number[] => {
    const padded = counts.map((c) => (c === 0 ? 0.5 : c))
    const total = padded.reduce((a, b) => a + b, 0)
    return padded.map((c) => c / total)
  }
  const a = share(actual)
  const e = share(expected)
  let index = 0
  for (let i = 0; i < a.length; i++) index += (a[i]! - e[i]!) * log(a[i]! / e[i]!)
  return { index, verdict: index < 0.1 ? 'stable' : index <= 0.25 ? 'watch' : 'act' }
}

/** Counts of values in bins cut at the quantiles of the expected values (ten by default). */
export function quantileBins(expected: Float64Array, values: Float64Array, bins = 10): number[] {
  const cuts = Array.from({ length: bins - 1 }, (_, k) => quantile(expected, (k + 1) / bins))
  const out = new Array<number>(bins).fill(0)
  for (let i = 0; i < values.length; i++) {
    let k = 0
    while (k < cuts.length && values[i]! > cuts[k]!) k++
    out[k]!++
  }
  return out
}

/** Which hypotheses Benjamini and Hochberg (1995) reject at a false discovery rate. */
export function benjaminiHochberg(p: readonly number[], rate = 0.05): boolean[] {
  const order = p.map((_, i) => i).sort((a, b) => p[a]! - p[b]! || a - b)
  let last = -1
  order.forEach((i, k) => {
    if (p[i]! <= (rate * (k + 1)) / p.length) last = k
  })
  const out = new Array<boolean>(p.length).fill(false)
  for (let k = 0; k <= last; k++) out[order[k]!] = true
  return out
}

/** Two-sided p of a z. */
export function twoSidedP(z: number): number {
  return 2 * Math.min(normal(z).lower, normal(z).upper)
}
