import { StatsFailure } from '../failure.ts'

/** Harrell's default quantiles of the knots. */
const KNOT_QUANTILES: Readonly<Record<number, readonly number[]>> = {
  3: [0.1, 0.5, 0.9],
  4: [0.05, 0.35, 0.65, 0.95],
  5: [0.05, 0.275, 0.5, 0.725, 0.95],
  6: [0.05, 0.23, 0.41, 0.59, 0.77, 0.95],
  7: [0.025, 0.18333333333333332, 0.3416666666666667, 0.5, 0.6583333333333333, 0.8166666666666667, 0.975],
}

/** R's quantile of type 7: linear between the order statistics (n-1)p apart. */
export function quantile(values: Float64Array, p: number): number {
  if (values.length === 0) return NaN
  const sorted = values.slice().sort()
  const position = (sorted.length - 1) * p
  // The slack with which R recognises whole positions.
  const low = Math.floor(position + 4 * 2.220446049250313e-16)
  const rest = position - low
  const a = sorted[low]!
  const b = sorted[Math.min(low + 1, sorted.length - 1)]!
  return Math.abs(rest) < 1e-15 ? a : (1 - rest) * a + rest * b
}

/**
 * So many knots at Harrell's quantiles of the values.
 * @throws {StatsFailure} `knots-coincide` where too few values differ
 */
export function knotsOf(values: Float64Array, count: number, column: string): Float64Array {
  const shares = KNOT_QUANTILES[count]
  if (!shares) {
    throw new StatsFailure({ code: 'bad-option', option: 'knots', value: String(count), allowed: '3 … 7' })
  }
  const knots = Float64Array.from(shares, (share) => quantile(values, share))
  for (let i = 1; i < knots.length; i++) {
    if (!(knots[i]! > knots[i - 1]!)) throw new StatsFailure({ code: 'knots-coincide', column, knots: count })
  }
  return knots
}

/**
 * Restricted cubic spline (linear beyond the outer knots) in Harrell's basis: the variable itself and k-2 terms, divided
 * by the square of the distance of the outer knots so that they have its units.
 */
export function restrictedCubicSpline(x: Float64Array, knots: Float64Array): Float64Array[] {
  const k = knots.length
  const last = knots[k - 1]!
  const before = knots[k - 2]!
  const norm = (last - knots[0]!) * (last - knots[0]!)
  const cube = (v: number): number => (v > 0 ? v * v * v : 0)
  const out: Float64Array[] = [x.slice()]
  for (let j = 0; j < k - 2; j++) {
    const t = knots[j]!
    const column = new Float64Array(x.length)
    for (let i = 0; i < x.length; i++) {
      const v = x[i]!
      column[i] =
        (cube(v - t) -
          (cube(v - before) * (last - t)) / (last - before) +
          (cube(v - last) * (before - t)) / (last - before)) /
        norm
    }
    out.push(column)
  }
  return out
}
