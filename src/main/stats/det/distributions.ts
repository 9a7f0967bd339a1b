import { exp } from './exp.ts'
import { lgamma } from './gamma.ts'
import { incompleteBeta, incompleteGamma, poissonTerm } from './incomplete.ts'
import { log } from './log.ts'

/*
 * Distribution functions and quantiles. `lower` is P(X <= x), `upper` is P(X > x), each accurate in its own tail.
 * Quantiles solve the distribution function by guarded Newton steps to the last few ulp.
 */
export interface Tails {
  lower: number
  upper: number
}

const SQRT_TWO_PI = 2.5066282746310002

export function normalDensity(x: number): number {
  return exp(-0.5 * x * x) / SQRT_TWO_PI
}

/** Standard normal distribution. */
export function normal(x: number): Tails {
  if (x !== x) return { lower: NaN, upper: NaN }
  const { lower, upper } = incompleteGamma(0.5, 0.5 * x * x)
  return x < 0
    ? { lower: 0.5 * upper, upper: 0.5 + 0.5 * lower }
    : { lower: 0.5 + 0.5 * lower, upper: 0.5 * upper }
}

/** z with P(Z <= z) = p. */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) return NaN
  if (p === 0) return -Infinity
  if (p === 1) return Infinity
  if (p === 0.5) return 0
  const isLow = p < 0.5
  const tail = isLow ? p : 1 - p
  // Abramowitz & Stegun 26.2.23 starts within 5e-4; three Halley steps finish.
  const t = Math.sqrt(-2 * log(tail))
  let z =
    t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)))
  for (let i = 0; i < 4; i++) {
    const density = normalDensity(z)
    if (density === 0) break
    const error = (normal(z).upper - tail) / density
    const step = error / (1 - 0.5 * z * error)
    z += step
    if (step < 1e-17 * z && step > -1e-17 * z) break
  }
  return isLow ? -z : z
}

/** Gamma distribution of a shape and scale 1. */
export function gamma(x: number, shape: number): Tails {
  return incompleteGamma(shape, x)
}

/** Chi-squared with `df` degrees of freedom (any positive real; 0 is a point mass at 0). */
export function chiSquared(x: number, df: number): Tails {
  if (df === 0) return x < 0 ? { lower: 0, upper: 1 } : { lower: 1, upper: 0 }
  return incompleteGamma(0.5 * df, 0.5 * x)
}

/** Student's t. */
export function studentT(x: number, df: number): Tails {
  if (x !== x || !(df > 0)) return { lower: NaN, upper: NaN }
  if (df === Infinity) return normal(x)
  const square = x * x
  const tails = incompleteBeta(0.5 * df, 0.5, df / (df + square), square / (df + square))
  const half = 0.5 * tails.lower
  const rest = 0.5 + 0.5 * tails.upper
  return x > 0 ? { lower: rest, upper: half } : { lower: half, upper: rest }
}

/** F with `df1` and `df2` degrees of freedom. */
export function fisherF(x: number, df1: number, df2: number): Tails {
  if (x <= 0) return { lower: 0, upper: 1 }
  if (df2 === Infinity) return chiSquared(x * df1, df1)
  const a = df1 * x
  return incompleteBeta(0.5 * df1, 0.5 * df2, a / (a + df2), df2 / (a + df2))
}

/** Beta distribution. */
export function beta(x: number, a: number, b: number): Tails {
  return incompleteBeta(a, b, x)
}

/** Poisson with a mean: P(X <= k) and P(X > k). */
export function poisson(k: number, mean: number): Tails {
  const whole = Math.floor(k + 1e-7)
  if (whole < 0) return { lower: 0, upper: 1 }
  const { lower, upper } = incompleteGamma(whole + 1, mean)
  return { lower: upper, upper: lower }
}

/** P(X = k) of a Poisson variable. */
export function poissonProbability(k: number, mean: number): number {
  return k < 0 || Math.floor(k) !== k ? 0 : poissonTerm(k, mean)
}

/** Binomial: P(X <= k) and P(X > k) of n trials. */
export function binomial(k: number, n: number, p: number): Tails {
  const whole = Math.floor(k + 1e-7)
  if (whole < 0) return { lower: 0, upper: 1 }
  if (whole >= n) return { lower: 1, upper: 0 }
  const { lower, upper } = incompleteBeta(whole + 1, n - whole, p)
  return { lower: upper, upper: lower }
}

/** x with P(Gamma(shape) <= x) = p. */
export function gammaQuantile(p: number, shape: number): number {
  if (!(p >= 0 && p <= 1) || !(shape > 0)) return NaN
  if (p === 0) return 0
  if (p === 1) return Infinity
  // Wilson-Hilferty, or the leading term of the series for small answers.
  const z = normalQuantile(p)
  const c = 1 - 1 / (9 * shape) + z / (3 * Math.sqrt(shape))
  let start = shape * c * c * c
  if (!(c > 0.2)) start = exp((log(p) + lgamma(shape + 1)) / shape)
  return solveQuantile(
    p,
    start,
    (x) => incompleteGamma(shape, x),
    (x) => (poissonTerm(shape, x) * shape) / x,
  )
}

export function chiSquaredQuantile(p: number, df: number): number {
  return df === 0 ? 0 : 2 * gammaQuantile(p, 0.5 * df)
}

/** x with P(F <= x) = p. */
export function fisherFQuantile(p: number, df1: number, df2: number): number {
  if (!(p >= 0 && p <= 1) || !(df1 > 0) || !(df2 > 0)) return NaN
  if (p === 0) return 0
  if (p === 1) return Infinity
  return solveQuantile(p, 1, (x) => fisherF(x, df1, df2), null)
}

/** t with P(T <= t) = p. */
export function studentTQuantile(p: number, df: number): number {
  if (!(p >= 0 && p <= 1) || !(df > 0)) return NaN
  if (p === 0.5) return 0
  if (p === 0) return -Infinity
  if (p === 1) return Infinity
  if (df === Infinity) return normalQuantile(p)
  const tail = p < 0.5 ? p : 1 - p
  const start = -normalQuantile(tail)
  const size = solveQuantile(1 - tail, start, (x) => studentT(x, df), null, tail)
  return p < 0.5 ? -size : size
}

/** x with P(Beta(a,b) <= x) = p. */
export function betaQuantile(p: number, a: number, b: number): number {
  if (!(p >= 0 && p <= 1) || !(a > 0) || !(b > 0)) return NaN
  if (p === 0) return 0
  if (p === 1) return 1
  let low = 0
  let high = 1
  for (let i = 0; i < 1100 && high > low; i++) {
    const middle = low === 0 && high > 1e-290 ? (high > 1e-3 ? 0.5 * high : high * 1e-3) : 0.5 * (low + high)
    if (middle <= low || middle >= high) break
    if (incompleteBeta(a, b, middle).lower < p) low = middle
    else high = middle
  }
  return 0.5 * (low + high)
}

/** Smallest whole k with P(Poisson(mean) <= k) >= p. */
export function poissonQuantile(p: number, mean: number): number {
  if (!(p >= 0 && p <= 1) || !(mean >= 0)) return NaN
  if (p === 0 || mean === 0) return 0
  if (p === 1) return Infinity
  const z = normalQuantile(p)
  let k = Math.max(0, Math.floor(mean + z * Math.sqrt(mean)))
  // The slack of a few ulp that R allows, so that qpois(ppois(k)) is k.
  const target = p * (1 - 64 * 2.220446049250313e-16)
  while (k > 0 && poisson(k - 1, mean).lower >= target) k--
  while (poisson(k, mean).lower < target) k++
  return k
}

/** Solves a continuous distribution function on (0, ∞) in whichever tail is smaller. */
function solveQuantile(
  p: number,
  start: number,
  tails: (x: number) => Tails,
  density: ((x: number) => number) | null,
  upperTail: number = 1 - p,
): number {
  const useLower = p <= upperTail
  const goal = useLower ? p : upperTail
  /** Positive when x is too small. */
  const gap = (x: number): number => {
    const t = tails(x)
    return useLower ? goal - t.lower : t.upper - goal
  }
  let low = 0
  let high = start > 0 && start < 1e300 ? start : 1
  while (gap(high) > 0) {
    low = high
    high *= 2
    if (high > 1e308) return Infinity
  }
  if (low === 0) {
    let probe = high
    for (let i = 0; i < 2200; i++) {
      probe *= 0.5
      if (probe === 0) return 0
      if (gap(probe) > 0) {
        low = probe
        break
      }
      high = probe
    }
  }
  let x = start > low && start < high ? start : 0.5 * (low + high)
  let gapLow = gap(low)
  let gapHigh = gap(high)
  for (let i = 0; i < 200; i++) {
    const g = gap(x)
    if (g === 0) return x
    if (g > 0) {
      low = x
      gapLow = g
    } else {
      high = x
      gapHigh = g
    }
    let next = NaN
    if (density) {
      const d = density(x)
      if (d > 0) next = x + g / d
    } else {
      // Illinois-like secant on the bracket, with bisection every third step.
      next = i % 3 === 2 ? 0.5 * (low + high) : low + ((high - low) * gapLow) / (gapLow - gapHigh)
    }
    if (!(next > low && next < high)) next = 0.5 * (low + high)
    const step = next - x
    x = next
    if (next === low || next === high) return next
    if ((step < 4e-16 * x && step > -4e-16 * x) || high - low < 4e-16 * high) return x
  }
  return x
}
