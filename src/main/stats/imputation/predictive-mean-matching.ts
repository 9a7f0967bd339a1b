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

/** One column given all others. */
function matchColumn(
  filled: readonly Float64Array[],
  original: Float64Array,
  target: number,
  missing: readonly number[],
  uniform: Uniform,
  donors: number,
): void {
  const others = filled.filter((_, j) => j !== target)
  const from = drawDonors(others, original, Int32Array.from(missing), uniform, donors)
  const column = filled[target]!
  missing.forEach((row, k) => (column[row] = original[from[k]!]!))
}

/**
 * Predictive mean matching of one column given others: Bayesian linear regression, then the rows whose estimated means are nearest to a
 * drawn one (type 1 matching; van Buuren, Flexible Imputation of Missing Data, section 3.4).
 *
 * @param predictors of all rows, without a gap; a constant is added, and what repeats others does no harm
 * @param response NaN in the rows that are asked for, and in none but these
 * @param missing rows that are asked for
 * @returns the row whose value each of them takes
 */
export function drawDonors(
  predictors: readonly Float64Array[],
  response: Float64Array,
  missing: Int32Array,
  uniform: Uniform,
  donors: number,
): Int32Array {
  const n = response.length
  const observed = new Float64Array(n)
  const known = new Float64Array(n)
  const pool = new Int32Array(n - missing.length)
  let count = 0
  for (let i = 0; i < n; i++) {
    if (response[i] !== response[i]) continue
    observed[i] = 1
    known[i] = response[i]!
    pool[count++] = i
  }
  const columns = [new Float64Array(n).fill(1), ...predictors.map(standardised)]
  const p = columns.length
  const packed = new Float64Array((p * (p + 1)) / 2)
  addWeightedCross(columns, observed, 0, n, packed)
  const cross = unpackSymmetric(packed, p)
  // A touch of ridge, as is usual here, for columns that repeat each other.
  for (let j = 0; j < p; j++) cross[j * p + j] = cross[j * p + j]! * (1 + 1e-5)
  const right = new Float64Array(p)
  addCrossVector(columns, known, 0, n, right)
  const decomposition = ldl(cross, p, 1e-12)
  const estimate = ldlSolve(decomposition, right)
  const means = combined(columns, estimate)
  let residual = 0
  for (const i of pool) residual += (known[i]! - means[i]!) * (known[i]! - means[i]!)
  const freedom = Math.max(1, count - decomposition.rank)
  const sigma = Math.sqrt(residual / chiSquaredDraw(freedom, uniform))
  const drawn = drawCoefficients(estimate, ldlInverse(decomposition), sigma, uniform)
  // Rows with the same mean in a drawn order: in that of the data the same few would lend their value again and again.
  const lot = new Float64Array(n)
  for (const i of pool) lot[i] = uniform()
  pool.sort((a, b) => means[a]! - means[b]! || lot[a]! - lot[b]! || a - b)
  const wanted = combined(columns, drawn)
  const near = new Int32Array(donors)
  return missing.map((row) => {
    const found = nearestInto(near, pool, means, wanted[row]!)
    return near[Math.floor(uniform() * found)]!
  })
}

/** The rows of the pool whose means are nearest to a value, nearest first. @returns how many there are */
function nearestInto(near: Int32Array, pool: Int32Array, means: Float64Array, wanted: number): number {
  let low = 0
  let high = pool.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (means[pool[middle]!]! < wanted) low = middle + 1
    else high = middle
  }
  let left = low - 1
  let right = low
  let found = 0
  while (found < near.length && (left >= 0 || right < pool.length)) {
    const takeLeft =
      right >= pool.length || (left >= 0 && wanted - means[pool[left]!]! <= means[pool[right]!]! - wanted)
    near[found++] = takeLeft ? pool[left--]! : pool[right++]!
  }
  return found
}

export function standardised(column: Float64Array): Float64Array {
  let mean = 0
  for (let i = 0; i < column.length; i++) mean += column[i]!
  mean /= column.length
  let square = 0
  for (let i = 0; i < column.length; i++) square += (column[i]! - mean) * (column[i]! - mean)
  const scale = square > 0 ? 1 / Math.sqrt(square / column.length) : 0
  return column.map((v) => (v - mean) * scale)
}

function combined(columns: readonly Float64Array[], b: Float64Array): Float64Array {
  const out = new Float64Array(columns[0]!.length)
  for (let j = 0; j < b.length; j++) {
    const column = columns[j]!
    const weight = b[j]!
    for (let i = 0; i < out.length; i++) out[i] = out[i]! + column[i]! * weight
  }
  return out
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
