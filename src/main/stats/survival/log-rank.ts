import { pow } from '../det/pow.ts'
import { chiSquared } from '../det/distributions.ts'
import { quadraticForm } from '../linalg/cholesky.ts'
import { StatsFailure } from '../failure.ts'
import { checkSurvivalData } from './cox-plan.ts'

export interface LogRank {
  n: number[]
  observed: number[]
  expected: number[]
  /** Row-major groups×groups. */
  variance: Float64Array
  chisq: number
  df: number
  p: number
}

/**
 * G-rho test of k groups (rho 0: log-rank, rho 1: Peto-Peto), summed over strata; (start, stop] rows are allowed
 * (R's `survdiff` takes right-censored ones only). Weights S(t-)^rho by the pooled Kaplan-Meier of the stratum.
 */
export function logRank(
  input: {
    start?: Float64Array | null
    stop: Float64Array
    event: Uint8Array
    group: Int32Array
    strata?: Int32Array | null
  },
  rho = 0,
  timefix = true,
): LogRank {
  const data = checkSurvivalData(
    { start: input.start ?? null, stop: input.stop, event: input.event, x: [] },
    timefix,
  )
  const { group } = input
  const strata = input.strata ?? null
  let groups = 0
  let stratumCount = 1
  for (let i = 0; i < group.length; i++) {
    if (group[i]! >= groups) groups = group[i]! + 1
    if (strata && strata[i]! >= stratumCount) stratumCount = strata[i]! + 1
  }
  if (groups < 2) throw new StatsFailure({ code: 'constant-covariate', column: 'group' })
  const n = new Array<number>(groups).fill(0)
  const observed = new Array<number>(groups).fill(0)
  const expected = new Array<number>(groups).fill(0)
  const variance = new Float64Array(groups * groups)
  for (let i = 0; i < group.length; i++) n[group[i]!]!++
  const rowsOf: number[][] = Array.from({ length: stratumCount }, () => [])
  for (let i = 0; i < group.length; i++) rowsOf[strata ? strata[i]! : 0]!.push(i)
  for (const rows of rowsOf) addStratum(data, group, groups, rows, rho, observed, expected, variance)
  // One group is redundant; those never at risk with an event say nothing.
  const used: number[] = []
  for (let g = 0; g < groups; g++) if (expected[g]! > 0) used.push(g)
  used.shift()
  const difference = Float64Array.from(used, (g) => observed[g]! - expected[g]!)
  const part = new Float64Array(used.length * used.length)
  used.forEach((g, i) =>
    used.forEach((h, j) => {
      part[i * used.length + j] = variance[g * groups + h]!
    }),
  )
  const { value } = quadraticForm(part, used.length, difference, 1e-12)
  return {
    n,
    observed,
    expected,
    variance,
    chisq: value,
    df: used.length,
    p: chiSquared(value, used.length).upper,
  }
}

function addStratum(
  data: { start: Float64Array | null; stop: Float64Array; event: Uint8Array },
  group: Int32Array,
  groups: number,
  rows: readonly number[],
  rho: number,
  observed: number[],
  expected: number[],
  variance: Float64Array,
): void {
  const { start, stop, event } = data
  const byStop = rows.slice().sort((a, b) => stop[a]! - stop[b]!)
  const byStart = start ? rows.slice().sort((a, b) => start[a]! - start[b]!) : rows.slice()
  const atRisk = new Float64Array(groups)
  const deaths = new Float64Array(groups)
  let total = 0
  let entering = 0
  let leaving = 0
  let survival = 1
  if (!start) {
    for (const i of rows) atRisk[group[i]!] = atRisk[group[i]!]! + 1
    total = rows.length
    entering = rows.length
  }
  while (leaving < byStop.length) {
    const t = stop[byStop[leaving]!]!
    while (entering < byStart.length && start![byStart[entering]!]! < t) {
      const g = group[byStart[entering++]!]!
      atRisk[g] = atRisk[g]! + 1
      total++
    }
    deaths.fill(0)
    let dead = 0
    let next = leaving
    for (; next < byStop.length && stop[byStop[next]!]! === t; next++) {
      const i = byStop[next]!
      if (event[i] === 1) {
        deaths[group[i]!] = deaths[group[i]!]! + 1
        dead++
      }
    }
    if (dead > 0) {
      const weight = rho === 0 ? 1 : pow(survival, rho)
      const spread = total > 1 ? (dead * (total - dead)) / (total - 1) : 0
      for (let g = 0; g < groups; g++) {
        observed[g] = observed[g]! + weight * deaths[g]!
        const share = atRisk[g]! / total
        expected[g] = expected[g]! + weight * dead * share
        for (let h = 0; h < groups; h++) {
          const other = atRisk[h]! / total
          const at = g * groups + h
          variance[at] = variance[at]! + weight * weight * spread * ((g === h ? share : 0) - share * other)
        }
      }
      survival *= (total - dead) / total
    }
    for (; leaving < next; leaving++) {
      const g = group[byStop[leaving]!]!
      atRisk[g] = atRisk[g]! - 1
      total--
    }
  }
}
