import { log, log1p } from './log.ts'

/*
 * Gamma function and its derivatives for real x > 0. Around 2 the Taylor series with ζ(k)-1, elsewhere the recurrence
 * and Stirling's series (Abramowitz & Stegun 6.1.33, 6.1.40, 6.3.18, 6.4.12).
 */
const ONE_MINUS_EULER = 0.42278433509846713 // 1 - 0.5772156649…
const HALF_LOG_TWO_PI = 0.9189385332046728
const ZETA_TERMS = 36

/** ζ(k) - 1 by Euler-Maclaurin from n = 64 on; index k. */
const ZETA_MINUS_ONE = (() => {
  const table = new Float64Array(ZETA_TERMS + 1)
  const from = 64
  for (let k = 2; k <= ZETA_TERMS; k++) {
    let power = 1
    for (let i = 0; i < k; i++) power *= from
    const f = 1 / power
    let sum = (f * from) / (k - 1) + f / 2 + (f * k) / from / 12
    sum -= (f * k * (k + 1) * (k + 2)) / (from * from * from * 720)
    sum += (f * k * (k + 1) * (k + 2) * (k + 3) * (k + 4)) / (from * from * from * from * from * 30240)
    for (let n = from - 1; n >= 2; n--) {
      let term = 1
      for (let i = 0; i < k; i++) term *= n
      sum += 1 / term
    }
    table[k] = sum
  }
  return table
})()

/** log Γ(2 + t) for |t| <= 0.5. */
function logGammaNearTwo(t: number): number {
  let sum = 0
  for (let k = ZETA_TERMS; k >= 2; k--) sum = -t * sum + ZETA_MINUS_ONE[k]! / k
  return t * (ONE_MINUS_EULER + t * sum)
}

/** Stirling's correction log Γ(x) - [(x-½)log x - x + ½log 2π] for x >= 10. */
function stirlingSeries(x: number): number {
  const z = 1 / (x * x)
  return (
    (1 / 12 -
      z *
        (1 / 360 -
          z *
            (1 / 1260 -
              z * (1 / 1680 - z * (1 / 1188 - z * (691 / 360360 - z * (1 / 156 - (z * 3617) / 122400))))))) /
    x
  )
}

/** log Γ(x) for x > 0; NaN otherwise. Relative error below 1e-15 away from the zeros at 1 and 2, absolute near them. */
export function lgamma(x: number): number {
  if (!(x > 0)) return x === 0 ? Infinity : NaN
  if (x === Infinity) return Infinity
  if (x < 1e-17) return -log(x)
  if (x < 0.5) return logGammaNearTwo(x) - log1p(x) - log(x)
  if (x < 1.5) return logGammaNearTwo(x - 1) - log1p(x - 1)
  if (x <= 2.5) return logGammaNearTwo(x - 2)
  if (x < 12) {
    let product = 1
    let y = x
    while (y > 2.5) {
      y -= 1
      product *= y
    }
    return log(product) + logGammaNearTwo(y - 2)
  }
  return (x - 0.5) * log(x) - x + HALF_LOG_TWO_PI + stirlingSeries(x)
}

/**
 * log Γ(n+1) - [(n+½)log n - n + ½log 2π], the error of Stirling's formula, for n > 0: what saddle-point forms of
 * the binomial and Poisson probabilities need (Loader 2000).
 */
export function stirlingError(n: number): number {
  if (n >= 12) return stirlingSeries(n)
  return lgamma(n + 1) - ((n + 0.5) * log(n) - n + HALF_LOG_TWO_PI)
}

/** Digamma ψ(x) = d log Γ(x) / dx for x > 0. */
export function digamma(x: number): number {
  if (!(x > 0)) return NaN
  let shift = 0
  let y = x
  while (y < 12) {
    shift += 1 / y
    y += 1
  }
  const z = 1 / (y * y)
  const series =
    z * (1 / 12 - z * (1 / 120 - z * (1 / 252 - z * (1 / 240 - z * (1 / 132 - z * (691 / 32760 - z / 12))))))
  return log(y) - 0.5 / y - series - shift
}

/** Trigamma ψ'(x) for x > 0. */
export function trigamma(x: number): number {
  if (!(x > 0)) return NaN
  let shift = 0
  let y = x
  while (y < 12) {
    shift += 1 / (y * y)
    y += 1
  }
  const z = 1 / (y * y)
  const series =
    (z / y) *
    (1 / 6 - z * (1 / 30 - z * (1 / 42 - z * (1 / 30 - z * (5 / 66 - z * (691 / 2730 - (z * 7) / 6))))))
  return 1 / y + 0.5 * z + series + shift
}
