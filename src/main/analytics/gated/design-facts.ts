/**
 * What R5 asks of a model beside its counts: how nearly its columns say the same, and how much one patient bends it
 * (docs/spec/release-rules.md section 1). Pure.
 */
import { assert } from '../../../shared/std/assert.ts'
import { ldl, ldlSolve } from '../../stats/linalg/cholesky.ts'
import type { IntervalRows, TableColumn } from '../intervals/interval-table.ts'

export interface DesignFacts {
  /**
   * Ratio of the largest and the smallest singular value of the columns at length 1, the constant among them (Belsley, Kuh and Welsch
   * 1980, section 3.2). Infinity where columns say the same.
   */
  readonly condition: number
  /** The largest share that one patient's rows have in the design: the trace of their block of X(X'X)⁻¹X'. */
  readonly leverage: number
}

/** A pivot below this share of the largest is a column that others make up. */
const TOLERANCE = 1e-12
const SWEEPS_MAX = 60

/** `rows`: those in which all columns say something. */
export function designFacts(
  table: IntervalRows,
  rows: readonly number[],
  covariates: readonly string[],
  factors: readonly string[],
): DesignFacts {
  const columns = designColumns(table, rows, covariates, factors)
  const size = columns.length
  const scaled = columns.map((column) => {
    let square = 0
    for (const value of column) square += value * value
    const length = Math.sqrt(square)
    return length > 0 ? column.map((value) => value / length) : column
  })
  const cross = new Float64Array(size * size)
  for (let a = 0; a < size; a++)
    for (let b = 0; b <= a; b++) {
      let sum = 0
      for (let r = 0; r < rows.length; r++) sum += scaled[a]![r]! * scaled[b]![r]!
      cross[a * size + b] = sum
      cross[b * size + a] = sum
    }
  const decomposition = ldl(cross, size, TOLERANCE)
  if (decomposition.rank < size || decomposition.isNegative) return { condition: Infinity, leverage: 1 }
  const values = eigenvalues(cross, size)
  const least = Math.min(...values)
  const condition = least > 0 ? Math.sqrt(Math.max(...values) / least) : Infinity
  return { condition, leverage: leverageOf(table, rows, scaled, decomposition) }
}

function leverageOf(
  { id }: IntervalRows,
  rows: readonly number[],
  scaled: readonly Float64Array[],
  decomposition: ReturnType<typeof ldl>,
): number {
  let most = 0
  let ofPerson = 0
  for (const [r, row] of rows.entries()) {
    if (r > 0 && id[row] !== id[rows[r - 1]!]) ofPerson = 0
    const x = Float64Array.from(scaled, (column) => column[r]!)
    const solved = ldlSolve(decomposition, x)
    for (let a = 0; a < x.length; a++) ofPerson += x[a]! * solved[a]!
    if (ofPerson > most) most = ofPerson
  }
  return most
}

/** A constant, numbers as they are, and a column of 0 and 1 for each level of a label but the first. */
function designColumns(
  table: IntervalRows,
  rows: readonly number[],
  covariates: readonly string[],
  factors: readonly string[],
): readonly Float64Array[] {
  const columns = [new Float64Array(rows.length).fill(1)]
  for (const name of covariates) {
    const column = table.columns.get(name)
    assert(column !== undefined, 'a model names columns of its table')
    if (column.kind === 'number' && !factors.includes(name)) {
      columns.push(Float64Array.from(rows, (row) => column.values[row]!))
      continue
    }
    const codes = codesOf(column)
    const levels = [...new Set(rows.map((row) => codes[row]!))].sort((a, b) => a - b)
    for (const level of levels.slice(1))
      columns.push(Float64Array.from(rows, (row) => (codes[row] === level ? 1 : 0)))
  }
  return columns
}

export function codesOf(column: TableColumn): Int32Array | Float64Array {
  return column.kind === 'label' ? column.codes : column.values
}

/** Of a symmetric matrix, by Jacobi's rotations (Golub and Van Loan, section 8.5). */
export function eigenvalues(matrix: Float64Array, size: number): number[] {
  const a = matrix.slice()
  const at = (i: number, j: number) => a[i * size + j]!
  for (let sweep = 0; sweep < SWEEPS_MAX; sweep++) {
    let off = 0
    for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) off += at(i, j) * at(i, j)
    if (off < 1e-28) break
    for (let p = 0; p < size; p++)
      for (let q = p + 1; q < size; q++) {
        const apq = at(p, q)
        if (apq === 0) continue
        const theta = (at(q, q) - at(p, p)) / (2 * apq)
        const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1))
        const c = 1 / Math.sqrt(t * t + 1)
        const s = t * c
        for (let k = 0; k < size; k++) {
          const [kp, kq] = [at(k, p), at(k, q)]
          a[k * size + p] = c * kp - s * kq
          a[k * size + q] = s * kp + c * kq
        }
        for (let k = 0; k < size; k++) {
          const [pk, qk] = [at(p, k), at(q, k)]
          a[p * size + k] = c * pk - s * qk
          a[q * size + k] = s * pk + c * qk
        }
      }
  }
  return Array.from({ length: size }, (_, i) => at(i, i))
}
