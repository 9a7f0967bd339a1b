import { StatsFailure } from '../failure.ts'

export interface Credibility {
  collective: number
  individual: number[]
  weights: number[]
  /** Within-group and between-group variance. */
  within: number
  between: number
  factors: number[]
  premiums: number[]
}

/**
 * Bühlmann-Straub credibility of groups observed over periods with weights (exposures); without weights, Bühlmann's.
 * Missing periods are NaN in the ratios or have weight 0.
 *
 * @param method `unbiased`: the moment estimator of the variance between groups, floored at 0; `iterative`: the pseudo
 *   estimator of Bichsel and Straub, solved to a relative 1e-14
 */
export function buhlmannStraub(
  ratios: readonly (readonly number[])[],
  weights: readonly (readonly number[])[] | null = null,
  method: 'unbiased' | 'iterative' = 'unbiased',
): Credibility {
  const groups = ratios.length
  if (groups < 2) throw new StatsFailure({ code: 'bad-table', row: 0, reason: 'fewer-than-two-groups' })
  const weightOf = (i: number, t: number): number => {
    const ratio = ratios[i]![t]!
    return ratio - ratio === 0 ? (weights ? weights[i]![t]! : 1) : 0
  }
  const sums: number[] = []
  const means: number[] = []
  let within = 0
  let freedom = 0
  for (let i = 0; i < groups; i++) {
    let w = 0
    let sum = 0
    let periods = 0
    for (let t = 0; t < ratios[i]!.length; t++) {
      const v = weightOf(i, t)
      if (!(v >= 0))
        throw new StatsFailure({ code: 'bad-weight', column: `group ${i}`, row: t, value: String(v) })
      if (v === 0) continue
      w += v
      sum += v * ratios[i]![t]!
      periods++
    }
    const mean = w > 0 ? sum / w : 0
    sums.push(w)
    means.push(mean)
    for (let t = 0; t < ratios[i]!.length; t++) {
      const v = weightOf(i, t)
      if (v > 0) within += v * (ratios[i]![t]! - mean) * (ratios[i]![t]! - mean)
    }
    freedom += Math.max(0, periods - 1)
  }
  if (freedom === 0) throw new StatsFailure({ code: 'bad-table', row: 0, reason: 'one-period-each' })
  within /= freedom
  const used = sums.filter((w) => w > 0).length
  let total = 0
  let squares = 0
  let mean = 0
  for (let i = 0; i < groups; i++) {
    total += sums[i]!
    squares += sums[i]! * sums[i]!
    mean += sums[i]! * means[i]!
  }
  mean /= total
  let spread = 0
  for (let i = 0; i < groups; i++) spread += sums[i]! * (means[i]! - mean) * (means[i]! - mean)
  let between = Math.max(0, (total * (spread - (used - 1) * within)) / (total * total - squares))
  const factorsOf = (a: number): number[] => sums.map((w) => (a === 0 || w === 0 ? 0 : w / (w + within / a)))
  const collectiveOf = (z: readonly number[]): number => {
    let top = 0
    let bottom = 0
    for (let i = 0; i < groups; i++) {
      top += z[i]! * means[i]!
      bottom += z[i]!
    }
    return bottom > 0 ? top / bottom : mean
  }
  if (method === 'iterative' && between > 0) {
    for (let round = 0; round < 10000; round++) {
      const z = factorsOf(between)
      const centre = collectiveOf(z)
      let next = 0
      for (let i = 0; i < groups; i++) next += z[i]! * (means[i]! - centre) * (means[i]! - centre)
      next /= used - 1
      const isDone = Math.abs(next - between) <= 1e-14 * between
      between = next
      if (isDone || !(between > 0)) break
    }
  }
  const factors = factorsOf(between)
  const collective = collectiveOf(factors)
  return {
    collective,
    individual: means,
    weights: sums,
    within,
    between,
    factors,
    premiums: means.map((m, i) => factors[i]! * m + (1 - factors[i]!) * collective),
  }
}

/** Limited fluctuation: the square root rule; 1,082 claims give full credibility at 90 % within 5 %. */
export function limitedFluctuation(claims: number, fullCredibility = 1082): number {
  return Math.min(1, Math.sqrt(Math.max(0, claims) / fullCredibility))
}

/** Empirical-Bayes (gamma-Poisson) shrinkage of observed / expected ratios towards 1 before ranking. */
export function shrinkRatios(observed: readonly number[], expected: readonly number[]): number[] {
  // Method of moments on ratios with weights E: variance between = max(0, (Σ E (r - 1)² - n) / Σ E).
  let sum = 0
  let total = 0
  for (let i = 0; i < observed.length; i++) {
    const r = observed[i]! / expected[i]!
    sum += expected[i]! * (r - 1) * (r - 1)
    total += expected[i]!
  }
  const between = Math.max(0, (sum - observed.length) / total)
  return observed.map((o, i) => {
    const z = between === 0 ? 0 : expected[i]! / (expected[i]! + 1 / between)
    return z * (o / expected[i]!) + (1 - z)
  })
}
