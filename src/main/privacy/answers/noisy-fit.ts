/**
 * Log-linear rates from noisy cells: the score of a Poisson or gamma model set to zero, and a variance that has the noise of every cell in
 * it beside chance (docs/spec/privacy.md G6). A noisy count may be below zero, so this is no likelihood of counts, but its score is
 * as right on average.
 */
import { exp } from '../../stats/det/exp.ts'
import { isAliased, ldl, ldlInverse, ldlSolve } from '../../stats/linalg/cholesky.ts'

export type FitCell = {
  /** Columns of the design that are 1 in this cell. */
  readonly columns: readonly number[]
  /** What remains of the cell at a linear predictor's exponential, and its slope: score and weight. */
  readonly scoreOf: (mu: number) => number
  readonly weightOf: (mu: number) => number
}

type NoisyFit = {
  readonly coefficients: Float64Array
  /** exp of the linear predictor of each cell. */
  readonly rates: Float64Array
  readonly inverse: Float64Array
}

const STEPS_MAX = 60
const STEP_MOST = 2
/** Beyond this a rate is no estimate: the level has nobody or everybody. */
const COEFFICIENT_MOST = 12

/** Newton's method from `start`, a fixed number of steps; null where it leads nowhere. */
export function fitNoisy(cells: readonly FitCell[], size: number, start: Float64Array): NoisyFit | null {
  const beta = start.slice()
  const rates = new Float64Array(cells.length)
  for (let step = 0; step < STEPS_MAX; step++) {
    const information = new Float64Array(size * size)
    const score = new Float64Array(size)
    for (const [i, cell] of cells.entries()) {
      const mu = exp(cell.columns.reduce((sum, column) => sum + beta[column]!, 0))
      rates[i] = mu
      const weight = cell.weightOf(mu)
      const rest = cell.scoreOf(mu)
      for (const a of cell.columns) {
        score[a] = score[a]! + rest
        for (const b of cell.columns) information[a * size + b] = information[a * size + b]! + weight
      }
    }
    const decomposition = ldl(information, size, 1e-10)
    for (let column = 0; column < size; column++) if (isAliased(decomposition, column)) return null
    if (decomposition.isNegative) return null
    const change = ldlSolve(decomposition, score)
    const largest = change.reduce((most, each) => Math.max(most, Math.abs(each)), 0)
    // The comparison is false for what is no number, too.
    if (!(largest < Infinity)) return null
    if (largest < 1e-10) {
      const isFound = beta.every((each) => Math.abs(each) < COEFFICIENT_MOST)
      return isFound ? { coefficients: beta, rates, inverse: ldlInverse(decomposition) } : null
    }
    const factor = largest > STEP_MOST ? STEP_MOST / largest : 1
    for (let j = 0; j < size; j++) beta[j] = beta[j]! + factor * change[j]!
  }
  return null
}

/** The diagonal of inverse · meat · inverse. */
export function sandwichDiagonal(inverse: Float64Array, meat: Float64Array, size: number): Float64Array {
  const out = new Float64Array(size)
  for (let j = 0; j < size; j++)
    for (let a = 0; a < size; a++)
      for (let b = 0; b < size; b++)
        out[j] = out[j]! + inverse[j * size + a]! * meat[a * size + b]! * inverse[b * size + j]!
  return out
}

/** Adds factor · v v', where v is 1 in the columns. */
export function addOuter(meat: Float64Array, size: number, columns: readonly number[], factor: number): void {
  for (const a of columns) for (const b of columns) meat[a * size + b] = meat[a * size + b]! + factor
}
