/**
 * The chance that several normal quantities all lie above their thresholds: conditioned one after the other (Genz 1992), over the points of a fixed
 * lattice, so that the same question has the same answer everywhere. Pure.
 */
import { normal, normalQuantile } from '../../stats/det/distributions.ts'

/** Up to eight quantities: roots of the first primes are as unlike each other as a lattice needs (Richtmyer). */
const PRIMES = [2, 3, 5, 7, 11, 13, 17] as const
const POINTS = 1_000
/** A quantity that the ones before it determine has no spread of its own. */
const LEAST_SHARE = 1e-10

/**
 * P(X₁ > t₁, …, Xₙ > tₙ) of means 0.
 *
 * @param covariance n × n, symmetric and of no negative direction; a quantity may be the sum of others
 */
export function orthant(
  covariance: readonly (readonly number[])[],
  thresholds: readonly number[],
  points = POINTS,
): number {
  const n = thresholds.length
  const root = rootOf(covariance)
  const steps = PRIMES.slice(0, Math.max(0, n - 1)).map((prime) => Math.sqrt(prime) % 1)
  const y = new Float64Array(n)
  let sum = 0
  for (let k = 1; k <= points; k++) {
    let share = 1
    for (let i = 0; i < n && share > 0; i++) {
      const row = root[i]!
      let rest = thresholds[i]!
      for (let j = 0; j < i; j++) rest -= row[j]! * y[j]!
      if (row[i] === 0) {
        // Determined by those before it: above or not.
        if (rest > 0) share = 0
        y[i] = 0
        continue
      }
      const above = normal(rest / row[i]!).upper
      share *= above
      if (i === n - 1 || above === 0) continue
      // A tent over the lattice: its ends meet, and the error falls with the square.
      const place = Math.abs(2 * ((k * steps[i]!) % 1) - 1)
      y[i] = -normalQuantile(Math.min(1 - 1e-16, Math.max(Number.MIN_VALUE, place * above)))
    }
    sum += share
  }
  return sum / points
}

/** Lower triangular root (Cholesky); 0 in the diagonal where a quantity has no spread beside those before it. */
function rootOf(covariance: readonly (readonly number[])[]): number[][] {
  const n = covariance.length
  const root = Array.from({ length: n }, () => new Array<number>(n).fill(0))
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = covariance[i]![j]!
      for (let k = 0; k < j; k++) rest -= root[i]![k]! * root[j]![k]!
      if (i === j) root[i]![i] = rest > LEAST_SHARE * covariance[i]![i]! ? Math.sqrt(rest) : 0
      else root[i]![j] = root[j]![j]! > 0 ? rest / root[j]![j]! : 0
    }
  }
  return root
}
