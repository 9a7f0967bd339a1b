import { chiSquared } from '../det/distributions.ts'
import { ldl, ldlInverse, ldlSolve } from '../linalg/cholesky.ts'

export interface LittleTest {
  readonly statistic: number
  readonly df: number
  /** Null where the patterns leave no degree of freedom: then nothing was tested. */
  readonly p: number | null
  /** Whether the estimates behind it had settled; where not, the statistic is near its value only. */
  readonly isConverged: boolean
  /** Different sets of known values among the rows. */
  readonly patterns: number
}

interface Pattern {
  /** Columns that are known. */
  readonly known: readonly number[]
  count: number
  readonly sum: Float64Array
  /** Row-major, over all columns; only known pairs are filled. */
  readonly cross: Float64Array
}

const ROUNDS_MAX = 1_000
/** Multiplications of one round, and of all: many patterns over many columns would run without end. */
const ROUND_WORK_MAX = 5e7
const WORK_MAX = 2e9
const TOLERANCE = 1e-10
const PIVOT = 1e-10

/**
 * Little's test that values are missing completely at random (J Am Stat Assoc 1988;83:1198-1202), with the maximum likelihood of
 * a multivariate normal by EM, as R's `naniar::mcar_test` has it. Null where there is nothing to test: one pattern, too few rows,
 * or a column without spread; and where there are too many patterns to come to an end.
 *
 * @param rows row-major, `width` numbers each; missing values are NaN; rows without any value say nothing and are left out
 */
export function littleTest(rows: Float64Array, width: number): LittleTest | null {
  if (width === 0) return null
  const scale = scaleOf(rows, width)
  if (scale === null) return null
  const patterns = patternsOf(rows, width, scale)
  let total = 0
  for (const { count } of patterns) total += count
  if (patterns.length < 2 || total <= 2 * width) return null
  let roundWork = 0
  for (const { known } of patterns) roundWork += workOf(known.length, width)
  if (roundWork > ROUND_WORK_MAX) return null
  const rounds = Math.min(ROUNDS_MAX, Math.floor(WORK_MAX / roundWork))
  const fit = maximise(patterns, width, total, rounds)
  if (fit === null) return null
  const { mean, covariance, isConverged } = fit
  let statistic = 0
  let df = -width
  for (const { known, count, sum } of patterns) {
    const size = known.length
    df += size
    const difference = Float64Array.from(known, (column) => sum[column]! / count - mean[column]!)
    const part = Float64Array.from({ length: size * size }, (_, k) => {
      const [i, j] = [known[Math.floor(k / size)]!, known[k % size]!]
      return covariance[i * width + j]!
    })
    const solved = ldlSolve(ldl(part, size, PIVOT), difference)
    for (let i = 0; i < size; i++) statistic += count * difference[i]! * solved[i]!
  }
  const p = df > 0 ? chiSquared(statistic, df).upper : null
  return { statistic, df, p, isConverged, patterns: patterns.length }
}

/** What a pattern with so many known columns costs in a round: its inverse, its weights, and products of what is missing. */
function workOf(size: number, width: number): number {
  const missing = width - size
  return size * size * size + missing * size * size + missing * missing * size * size + width * width
}

/** Centre and spread of each column, so that no unit is lost beside another. */
function scaleOf(rows: Float64Array, width: number): { centre: Float64Array; spread: Float64Array } | null {
  const count = new Float64Array(width)
  const centre = new Float64Array(width)
  const spread = new Float64Array(width)
  for (let at = 0; at < rows.length; at += width)
    for (let j = 0; j < width; j++) {
      const value = rows[at + j]!
      if (value !== value) continue
      count[j]!++
      centre[j]! += value
    }
  for (let j = 0; j < width; j++) centre[j] = centre[j]! / count[j]!
  for (let at = 0; at < rows.length; at += width)
    for (let j = 0; j < width; j++) {
      const value = rows[at + j]!
      if (value === value) spread[j]! += (value - centre[j]!) * (value - centre[j]!)
    }
  for (let j = 0; j < width; j++) {
    if (count[j]! < 2 || !(spread[j]! > 0)) return null
    spread[j] = Math.sqrt(spread[j]! / count[j]!)
  }
  return { centre, spread }
}

function patternsOf(
  rows: Float64Array,
  width: number,
  { centre, spread }: { centre: Float64Array; spread: Float64Array },
): Pattern[] {
  const found = new Map<string, Pattern>()
  const values = new Float64Array(width)
  for (let at = 0; at < rows.length; at += width) {
    let name = ''
    for (let j = 0; j < width; j++) name += rows[at + j] === rows[at + j] ? '1' : '0'
    if (!name.includes('1')) continue
    let pattern = found.get(name)
    if (pattern === undefined) {
      const known = Array.from({ length: width }, (_, j) => j).filter((j) => name[j] === '1')
      pattern = { known, count: 0, sum: new Float64Array(width), cross: new Float64Array(width * width) }
      found.set(name, pattern)
    }
    for (let j = 0; j < width; j++) values[j] = (rows[at + j]! - centre[j]!) / spread[j]!
    pattern.count++
    for (const i of pattern.known) {
      pattern.sum[i]! += values[i]!
      for (const j of pattern.known) pattern.cross[i * width + j]! += values[i]! * values[j]!
    }
  }
  // In one order, whatever the order of the rows.
  return [...found].sort(([a], [b]) => (a < b ? 1 : -1)).map(([, pattern]) => pattern)
}

/** Mean and covariance by EM over patterns: a round costs as much as there are patterns, however many rows. */
function maximise(
  patterns: readonly Pattern[],
  width: number,
  total: number,
  rounds: number,
): { mean: Float64Array; covariance: Float64Array; isConverged: boolean } | null {
  let mean = new Float64Array(width)
  let covariance = new Float64Array(width * width)
  for (let j = 0; j < width; j++) covariance[j * width + j] = 1
  for (let round = 0; round < rounds; round++) {
    const sum = new Float64Array(width)
    const cross = new Float64Array(width * width)
    for (const pattern of patterns) if (!expect(pattern, mean, covariance, width, sum, cross)) return null
    const nextMean = sum.map((value) => value / total)
    const next = new Float64Array(width * width)
    for (let i = 0; i < width; i++)
      for (let j = 0; j < width; j++)
        next[i * width + j] = cross[i * width + j]! / total - nextMean[i]! * nextMean[j]!
    let change = 0
    for (let i = 0; i < width; i++) change = Math.max(change, Math.abs(nextMean[i]! - mean[i]!))
    for (let i = 0; i < width * width; i++) change = Math.max(change, Math.abs(next[i]! - covariance[i]!))
    mean = nextMean
    covariance = next
    if (change < TOLERANCE) return { mean, covariance, isConverged: true }
  }
  return { mean, covariance, isConverged: false }
}

/** Adds a pattern's expected sums and products; false where known columns determine each other. */
function expect(
  { known, count, sum, cross }: Pattern,
  mean: Float64Array,
  covariance: Float64Array,
  width: number,
  intoSum: Float64Array,
  intoCross: Float64Array,
): boolean {
  const size = known.length
  const part = Float64Array.from(
    { length: size * size },
    (_, k) => covariance[known[Math.floor(k / size)]! * width + known[k % size]!]!,
  )
  const decomposed = ldl(part, size, PIVOT)
  if (decomposed.rank < size) return false
  const inverse = ldlInverse(decomposed)
  // value_i = offset_i + sum over known of weight_ik · value_k, for every column; known ones are themselves.
  const weights = new Float64Array(width * size)
  const isKnown = new Uint8Array(width)
  for (const [k, column] of known.entries()) {
    weights[column * size + k] = 1
    isKnown[column] = 1
  }
  const offset = new Float64Array(width)
  for (let i = 0; i < width; i++) {
    if (isKnown[i] === 1) continue
    let shift = mean[i]!
    for (let k = 0; k < size; k++) {
      let weight = 0
      for (let l = 0; l < size; l++) weight += covariance[i * width + known[l]!]! * inverse[l * size + k]!
      weights[i * size + k] = weight
      shift -= weight * mean[known[k]!]!
    }
    offset[i] = shift
  }
  // A known column is itself: only of a missing one all known columns have a weight.
  const everyK = Array.from(known, (_, k) => k)
  const weighted = Array.from({ length: width }, () => everyK)
  for (const [k, column] of known.entries()) weighted[column] = [k]
  const expected = new Float64Array(width)
  for (let i = 0; i < width; i++) {
    let value = count * offset[i]!
    for (const k of weighted[i]!) value += weights[i * size + k]! * sum[known[k]!]!
    expected[i] = value
    intoSum[i]! += value
  }
  for (let i = 0; i < width; i++)
    for (let j = 0; j < width; j++) {
      let value = offset[i]! * (expected[j]! - count * offset[j]!) + expected[i]! * offset[j]!
      for (const k of weighted[i]!)
        for (const l of weighted[j]!)
          value += weights[i * size + k]! * weights[j * size + l]! * cross[known[k]! * width + known[l]!]!
      if (isKnown[i] === 0 && isKnown[j] === 0) {
        let residual = covariance[i * width + j]!
        for (let k = 0; k < size; k++) residual -= weights[i * size + k]! * covariance[known[k]! * width + j]!
        value += count * residual
      }
      intoCross[i * width + j]! += value
    }
  return true
}
