import { normalQuantile } from '../det/distributions.ts'
import { StatsFailure } from '../failure.ts'
import { ldl, ldlInverse, ldlSolve } from '../linalg/cholesky.ts'
import { addCrossVector, addWeightedCross, unpackSymmetric } from '../linalg/cross.ts'

/** A stream of numbers in (0, 1), seeded by the caller: randomness is an argument here. */
export type Uniform = () => number

export interface ImputationOptions {
  /** Completed data sets. */
  count: number
  /** Rounds of chained equations for each. */
  rounds: number
  /** Candidates from which a donor is drawn. */
  donors: number
}

export const IMPUTATION_DEFAULTS: ImputationOptions = { count: 20, rounds: 10, donors: 5 }

/**
 * Multiple imputation by chained equations with predictive mean matching: each missing value is replaced by an observed
 * one whose predicted mean is among the nearest. Predictors are all other columns; give the event indicator and the
 * Nelson-Aalen hazard among them when the analysis is a Cox model (White and Royston 2009).
 *
 * @param columns missing values are NaN
 * @returns `count` sets of completed columns
 */
export function imputeByMatching(
  columns: readonly Float64Array[],
  uniform: Uniform,
  partial: Partial<ImputationOptions> = {},
): Float64Array[][] {
  const options = { ...IMPUTATION_DEFAULTS, ...partial }
  const n = columns[0]?.length ?? 0
  if (n === 0) throw new StatsFailure({ code: 'no-rows' })
  const missing = columns.map((column) => {
    const rows: number[] = []
    for (let i = 0; i < n; i++) if (column[i] !== column[i]) rows.push(i)
    return rows
  })
  // Columns with the fewest gaps first, so that the worst lean on the best.
  const order = columns.map((_, j) => j).filter((j) => missing[j]!.length > 0)
  order.sort((a, b) => missing[a]!.length - missing[b]!.length || a - b)
  const out: Float64Array[][] = []
  for (let set = 0; set < options.count; set++) {
    const filled = columns.map((column) => column.slice())
    for (const j of order) {
      const observed: number[] = []
      for (let i = 0; i < n; i++) if (columns[j]![i] === columns[j]![i]) observed.push(i)
      if (observed.length < 2)
        throw new StatsFailure({ code: 'constant-covariate', column: `column ${j + 1}` })
      for (const i of missing[j]!)
        filled[j]![i] = columns[j]![observed[Math.floor(uniform() * observed.length)]!]!
    }
    for (let round = 0; round < options.rounds; round++) {
      for (const j of order) matchColumn(filled, columns[j]!, j, missing[j]!, uniform, options.donors)
    }
    out.push(filled)
  }
  return out
}

/** One column given all others: Bayesian linear regression, then the nearest observed predictions as donors. */
function matchColumn(
  filled: readonly Float64Array[],
  original: Float64Array,
  target: number,
  missing: readonly number[],
  uniform: Uniform,
  donors: number,
): void {
  const n = original.length
  const observed = new Float64Array(n)
  let count = 0
  for (let i = 0; i < n; i++) {
    if (original[i] === original[i]) {
      observed[i] = 1
      count++
    }
  }
  const predictors: Float64Array[] = [new Float64Array(n).fill(1)]
  filled.forEach((column, j) => {
    if (j !== target) predictors.push(standardised(column))
  })
  const p = predictors.length
  const packed = new Float64Array((p * (p + 1)) / 2)
  addWeightedCross(predictors, observed, 0, n, packed)
  const cross = unpackSymmetric(packed, p)
  // A touch of ridge, as is usual here, for columns that repeat each other.
  for (let j = 0; j < p; j++) cross[j * p + j] = cross[j * p + j]! * (1 + 1e-5)
  const response = new Float64Array(n)
  for (let i = 0; i < n; i++) response[i] = observed[i] === 1 ? original[i]! : 0
  const right = new Float64Array(p)
  addCrossVector(predictors, response, 0, n, right)
  const decomposition = ldl(cross, p, 1e-12)
  const estimate = ldlSolve(decomposition, right)
  let residual = 0
  for (let i = 0; i < n; i++) {
    if (observed[i] === 1)
      residual +=
        (original[i]! - dot(predictors, estimate, i)) * (original[i]! - dot(predictors, estimate, i))
  }
  const freedom = Math.max(1, count - decomposition.rank)
  const sigma = Math.sqrt(residual / chiSquaredDraw(freedom, uniform))
  const drawn = drawCoefficients(estimate, ldlInverse(decomposition), sigma, uniform)
  // Donors by their estimated mean, recipients by a drawn one (type 1 matching).
  const pool: { mean: number; row: number }[] = []
  for (let i = 0; i < n; i++) if (observed[i] === 1) pool.push({ mean: dot(predictors, estimate, i), row: i })
  pool.sort((a, b) => a.mean - b.mean || a.row - b.row)
  const column = filled[target]!
  for (const i of missing) {
    const wanted = dot(predictors, drawn, i)
    let low = 0
    let high = pool.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (pool[middle]!.mean < wanted) low = middle + 1
      else high = middle
    }
    let left = low - 1
    let right2 = low
    const near: number[] = []
    while (near.length < donors && (left >= 0 || right2 < pool.length)) {
      const takeLeft =
        right2 >= pool.length || (left >= 0 && wanted - pool[left]!.mean <= pool[right2]!.mean - wanted)
      near.push(takeLeft ? pool[left--]!.row : pool[right2++]!.row)
    }
    column[i] = original[near[Math.floor(uniform() * near.length)]!]!
  }
}

function standardised(column: Float64Array): Float64Array {
  let mean = 0
  for (let i = 0; i < column.length; i++) mean += column[i]!
  mean /= column.length
  let square = 0
  for (let i = 0; i < column.length; i++) square += (column[i]! - mean) * (column[i]! - mean)
  const scale = square > 0 ? 1 / Math.sqrt(square / column.length) : 0
  return column.map((v) => (v - mean) * scale)
}

function dot(columns: readonly Float64Array[], b: Float64Array, row: number): number {
  let sum = 0
  for (let j = 0; j < b.length; j++) sum += columns[j]![row]! * b[j]!
  return sum
}

function chiSquaredDraw(df: number, uniform: Uniform): number {
  // Wilson and Hilferty's cube keeps the stream at one number per draw.
  const z = normalQuantile(uniform())
  const c = 1 - 2 / (9 * df) + z * Math.sqrt(2 / (9 * df))
  return Math.max(1e-8, df * c * c * c)
}

/** estimate + sigma·L z with LL' the inverse of the cross products. */
function drawCoefficients(
  estimate: Float64Array,
  inverse: Float64Array,
  sigma: number,
  uniform: Uniform,
): Float64Array {
  const p = estimate.length
  const { factors } = ldl(inverse, p, 1e-14)
  const z = new Float64Array(p)
  for (let j = 0; j < p; j++) z[j] = normalQuantile(uniform()) * Math.sqrt(Math.max(0, factors[j * p + j]!))
  return estimate.map((b, i) => {
    let sum = z[i]!
    for (let j = 0; j < i; j++) sum += factors[i * p + j]! * z[j]!
    return b + sigma * sum
  })
}
