import { fisherF, studentT, studentTQuantile } from '../det/distributions.ts'

export interface PooledEstimate {
  estimate: number
  stdErr: number
  /** Barnard and Rubin's degrees of freedom (1999). */
  df: number
  lower: number
  upper: number
  p: number
  /** Share of the variance that is due to the missing data. */
  lambda: number
  /** Fraction of missing information. */
  fmi: number
}

/**
 * Rubin's rules for one quantity over m completed data sets.
 *
 * @param completeDf degrees of freedom that complete data would have; Infinity for large samples
 */
export function poolEstimates(
  estimates: readonly number[],
  variances: readonly number[],
  completeDf = Infinity,
  level = 0.95,
): PooledEstimate {
  const m = estimates.length
  const estimate = estimates.reduce((a, b) => a + b, 0) / m
  const within = variances.reduce((a, b) => a + b, 0) / m
  let between = 0
  for (const e of estimates) between += (e - estimate) * (e - estimate)
  between = m > 1 ? between / (m - 1) : 0
  const total = within + (1 + 1 / m) * between
  const lambda = total > 0 ? ((1 + 1 / m) * between) / total : 0
  const oldDf = lambda > 0 ? (m - 1) / (lambda * lambda) : Infinity
  const observed =
    completeDf === Infinity ? Infinity : ((completeDf + 1) / (completeDf + 3)) * completeDf * (1 - lambda)
  const df =
    oldDf === Infinity ? observed : observed === Infinity ? oldDf : (oldDf * observed) / (oldDf + observed)
  const stdErr = Math.sqrt(total)
  const t = studentTQuantile(1 - (1 - level) / 2, df)
  const z = estimate / stdErr
  const tails = studentT(z, df)
  const r = within > 0 ? ((1 + 1 / m) * between) / within : 0
  return {
    estimate,
    stdErr,
    df,
    lower: estimate - t * stdErr,
    upper: estimate + t * stdErr,
    p: 2 * Math.min(tails.lower, tails.upper),
    lambda,
    fmi: df === Infinity ? 0 : (r + 2 / (df + 3)) / (r + 1),
  }
}

/** D1: Wald test of several coefficients being 0, over m fits (Li, Raghunathan and Rubin 1991). */
export function poolWald(
  estimates: readonly Float64Array[],
  quadraticForms: (pooled: Float64Array, within: Float64Array) => number,
  variances: readonly Float64Array[],
): { statistic: number; df1: number; df2: number; p: number } {
  const m = estimates.length
  const k = estimates[0]!.length
  const mean = new Float64Array(k)
  const within = new Float64Array(k * k)
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < k; j++) mean[j] = mean[j]! + estimates[i]![j]! / m
    for (let t = 0; t < k * k; t++) within[t] = within[t]! + variances[i]![t]! / m
  }
  // Average relative increase in variance: trace(B U⁻¹)/k = mean over i of d_i' U⁻¹ d_i · m/(m-1)/k.
  let trace = 0
  for (let i = 0; i < m; i++) {
    const d = estimates[i]!.map((v, j) => v - mean[j]!)
    trace += quadraticForms(d, within)
  }
  const r = ((1 + 1 / m) * trace) / (m - 1) / k
  const statistic = quadraticForms(mean, within) / (k * (1 + r))
  const t = k * (m - 1)
  const df2 =
    t > 4
      ? 4 + (t - 4) * (1 + (1 - 2 / t) / r) * (1 + (1 - 2 / t) / r)
      : (t * (1 + 1 / k) * (1 + 1 / r) * (1 + 1 / r)) / 2
  return { statistic, df1: k, df2, p: fisherF(statistic, k, df2).upper }
}
