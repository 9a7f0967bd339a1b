import { StatsFailure } from '../failure.ts'

export interface ChainLadder {
  /** Volume-weighted development factors f_k. */
  factors: number[]
  /** Mack's variance parameters; the last by his rule. */
  sigma2: number[]
  /** Completed triangle, row-major origins×ages. */
  full: number[][]
  ultimate: number[]
  ibnr: number[]
  /** Mack's standard error of each origin's reserve. */
  stdErr: number[]
  totalIbnr: number
  totalStdErr: number
}

/**
 * Chain ladder with Mack's distribution-free standard errors (Mack 1993).
 *
 * @param triangle cumulative claims, one row per origin period, each one age shorter than the row before
 */
export function chainLadder(triangle: readonly (readonly number[])[]): ChainLadder {
  const n = triangle.length
  if (n < 3) throw new StatsFailure({ code: 'bad-table', row: 0, reason: 'triangle-too-small' })
  triangle.forEach((row, i) => {
    if (row.length !== n - i || row.some((v) => !(v - v === 0))) {
      throw new StatsFailure({ code: 'bad-table', row: i, reason: 'triangle-shape' })
    }
  })
  const at = (i: number, k: number): number => triangle[i]![k]!
  const factors: number[] = []
  const sigma2: number[] = []
  const volume: number[] = []
  for (let k = 0; k < n - 1; k++) {
    let next = 0
    let base = 0
    for (let i = 0; i < n - 1 - k; i++) {
      next += at(i, k + 1)
      base += at(i, k)
    }
    if (!(base > 0)) throw new StatsFailure({ code: 'bad-table', row: k, reason: 'no-volume' })
    const f = next / base
    factors.push(f)
    volume.push(base)
    if (k < n - 2) {
      let sum = 0
      for (let i = 0; i < n - 1 - k; i++) {
        const ratio = at(i, k + 1) / at(i, k) - f
        sum += at(i, k) === 0 ? 0 : at(i, k) * ratio * ratio
      }
      sigma2.push(sum / (n - 2 - k))
    } else {
      const a = sigma2[k - 1]!
      const b = sigma2[k - 2] ?? a
      sigma2.push(b === 0 ? 0 : Math.min((a * a) / b, Math.min(a, b)))
    }
  }
  const full = triangle.map((row) => {
    const out = row.slice()
    for (let k = out.length - 1; k < n - 1; k++) out.push(out[k]! * factors[k]!)
    return out
  })
  const ultimate = full.map((row) => row[n - 1]!)
  const ibnr = full.map((row, i) => row[n - 1]! - at(i, n - 1 - i))
  const squares = full.map((row, i) => {
    let sum = 0
    for (let k = n - 1 - i; k < n - 1; k++) {
      sum += (sigma2[k]! / (factors[k]! * factors[k]!)) * (1 / row[k]! + 1 / volume[k]!)
    }
    return i === 0 ? 0 : row[n - 1]! * row[n - 1]! * sum
  })
  let total = 0
  for (let i = 1; i < n; i++) {
    let later = 0
    for (let j = i + 1; j < n; j++) later += ultimate[j]!
    let shared = 0
    for (let k = n - 1 - i; k < n - 1; k++)
      shared += (2 * sigma2[k]!) / (factors[k]! * factors[k]!) / volume[k]!
    total += squares[i]! + ultimate[i]! * later * shared
  }
  return {
    factors,
    sigma2,
    full,
    ultimate,
    ibnr,
    stdErr: squares.map((s) => Math.sqrt(s)),
    totalIbnr: ibnr.reduce((a, b) => a + b, 0),
    totalStdErr: Math.sqrt(total),
  }
}

/** Share of the ultimate that is known at each age, for completing recent months: 1 / product of later factors. */
export function completionFactors(factors: readonly number[]): number[] {
  const out = new Array<number>(factors.length + 1).fill(1)
  for (let k = factors.length - 1; k >= 0; k--) out[k] = out[k + 1]! / factors[k]!
  return out
}

/** Bornhuetter-Ferguson: what is known plus the expected part of what is not. */
export function bornhuetterFerguson(known: number, completion: number, expectedUltimate: number): number {
  return known + (1 - completion) * expectedUltimate
}
