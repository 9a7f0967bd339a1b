import { exp } from './exp.ts'
import { stirlingError } from './gamma.ts'
import { log } from './log.ts'

/*
 * Regularised incomplete gamma and beta functions: series or continued fraction (modified Lentz), with the leading
 * factor in saddle-point form (Loader 2000), so that large shapes lose nothing to cancellation.
 */
const TWO_PI = 6.283185307179586
const TINY = 1e-300
const ENOUGH = 1e-17

/** x·log(x/m) + m - x without cancellation for x near m: the deviance part of a Poisson probability. */
export function devianceTerm(x: number, m: number): number {
  const difference = x - m
  const sum = x + m
  if (difference < 0.1 * sum && difference > -0.1 * sum) {
    const v = difference / sum
    let total = difference * v
    let power = 2 * x * v
    const square = v * v
    for (let j = 1; j < 200; j++) {
      power *= square
      const next = total + power / (2 * j + 1)
      if (next === total) return next
      total = next
    }
    return total
  }
  return x * log(x / m) + m - x
}

/** x^a e^-x / Γ(a+1): the Poisson probability of (real) a at mean x. */
export function poissonTerm(a: number, x: number): number {
  if (a === 0) return exp(-x)
  if (x === 0) return 0
  if (x < 1e-290 || a < 1e-290) return exp(a * log(x) - x)
  return exp(-stirlingError(a) - devianceTerm(a, x)) / Math.sqrt(TWO_PI * a)
}

/** Both tails of the gamma distribution of a given shape and scale 1 at x: [P, Q], each with its own relative accuracy. */
export function incompleteGamma(shape: number, x: number): { lower: number; upper: number } {
  if (shape !== shape || x !== x || shape < 0) return { lower: NaN, upper: NaN }
  if (x <= 0) return { lower: 0, upper: 1 }
  if (x === Infinity || shape === 0) return { lower: 1, upper: 0 }
  if (shape === Infinity) return { lower: 0, upper: 1 }
  if (x < shape + 1) {
    let term = 1
    let sum = 1
    for (let n = 1; n < 100000; n++) {
      term *= x / (shape + n)
      sum += term
      if (term < sum * ENOUGH) break
    }
    const lower = Math.min(1, poissonTerm(shape, x) * sum)
    return { lower, upper: 1 - lower }
  }
  let b = x + 1 - shape
  let c = 1 / TINY
  let d = 1 / b
  let h = d
  for (let i = 1; i < 100000; i++) {
    const an = -i * (i - shape)
    b += 2
    d = an * d + b
    if (d < TINY && d > -TINY) d = TINY
    c = b + an / c
    if (c < TINY && c > -TINY) c = TINY
    d = 1 / d
    const factor = d * c
    h *= factor
    if (factor > 1 - 3e-16 && factor < 1 + 3e-16) break
  }
  const upper = Math.min(1, poissonTerm(shape, x) * shape * h)
  return { lower: 1 - upper, upper }
}

/** x^a (1-x)^b / (a·B(a,b)), by saddle point. */
function betaFactor(a: number, b: number, x: number, y: number): number {
  // Γ(a+b)/(Γ(a+1)Γ(b)) x^a y^b, in terms of the binomial probability of a in n = a+b: C(n,a) x^a y^b · b/n.
  const n = a + b
  const logTerm =
    stirlingError(n) - stirlingError(a) - stirlingError(b) - devianceTerm(a, n * x) - devianceTerm(b, n * y)
  return exp(logTerm) * Math.sqrt(n / (TWO_PI * a * b)) * (b / n)
}

/**
 * Both tails of the beta distribution at x; `complement` is 1 - x where the caller knows it better than 1 - x does.
 */
export function incompleteBeta(
  a: number,
  b: number,
  x: number,
  complement = 1 - x,
): { lower: number; upper: number } {
  if (!(a > 0) || !(b > 0) || x !== x) return { lower: NaN, upper: NaN }
  if (x <= 0) return { lower: 0, upper: 1 }
  if (complement <= 0) return { lower: 1, upper: 0 }
  if (x > (a + 1) / (a + b + 2)) {
    const mirrored = incompleteBeta(b, a, complement, x)
    return { lower: mirrored.upper, upper: mirrored.lower }
  }
  const qab = a + b
  const qap = a + 1
  const qam = a - 1
  let c = 1
  let d = 1 - (qab * x) / qap
  if (d < TINY && d > -TINY) d = TINY
  d = 1 / d
  let h = d
  for (let m = 1; m < 100000; m++) {
    const even = (m * (b - m) * x) / ((qam + 2 * m) * (a + 2 * m))
    d = 1 + even * d
    if (d < TINY && d > -TINY) d = TINY
    c = 1 + even / c
    if (c < TINY && c > -TINY) c = TINY
    d = 1 / d
    h *= d * c
    const odd = (-(a + m) * (qab + m) * x) / ((a + 2 * m) * (qap + 2 * m))
    d = 1 + odd * d
    if (d < TINY && d > -TINY) d = TINY
    c = 1 + odd / c
    if (c < TINY && c > -TINY) c = TINY
    d = 1 / d
    const factor = d * c
    h *= factor
    if (factor > 1 - 3e-16 && factor < 1 + 3e-16) break
  }
  const lower = Math.min(1, betaFactor(a, b, x, complement) * h)
  return { lower, upper: 1 - lower }
}
