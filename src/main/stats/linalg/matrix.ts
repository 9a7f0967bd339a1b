/** Small dense row-major matrices. */

/** A·B for A of m×k, B of k×n. */
export function multiply(a: Float64Array, b: Float64Array, m: number, k: number, n: number): Float64Array {
  const out = new Float64Array(m * n)
  for (let i = 0; i < m; i++) {
    for (let t = 0; t < k; t++) {
      const v = a[i * k + t]!
      if (v === 0) continue
      for (let j = 0; j < n; j++) out[i * n + j] = out[i * n + j]! + v * b[t * n + j]!
    }
  }
  return out
}

/** V·M·V for symmetric V and M: the sandwich. */
export function sandwich(v: Float64Array, m: Float64Array, size: number): Float64Array {
  const out = multiply(multiply(v, m, size, size, size), v, size, size, size)
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) {
      const mean = 0.5 * (out[i * size + j]! + out[j * size + i]!)
      out[i * size + j] = mean
      out[j * size + i] = mean
    }
  }
  return out
}

export function rowsOf(matrix: Float64Array, columns: number): number[][] {
  const rows: number[][] = []
  for (let i = 0; i < matrix.length; i += columns) rows.push(Array.from(matrix.subarray(i, i + columns)))
  return rows
}

/** The rows and columns named by `keep` of a size×size matrix. */
export function submatrix(matrix: Float64Array, size: number, keep: readonly number[]): Float64Array {
  const out = new Float64Array(keep.length * keep.length)
  keep.forEach((row, i) =>
    keep.forEach((column, j) => {
      out[i * keep.length + j] = matrix[row * size + column]!
    }),
  )
  return out
}

/** Solves A·x = b for a general square A by Gaussian elimination with partial pivoting; null when singular. */
export function solveGeneral(matrix: Float64Array, size: number, right: Float64Array): Float64Array | null {
  const a = matrix.slice()
  const x = right.slice()
  for (let i = 0; i < size; i++) {
    let best = i
    for (let r = i + 1; r < size; r++) {
      if (Math.abs(a[r * size + i]!) > Math.abs(a[best * size + i]!)) best = r
    }
    const pivot = a[best * size + i]!
    if (pivot === 0 || pivot !== pivot) return null
    if (best !== i) {
      for (let c = 0; c < size; c++) {
        const t = a[i * size + c]!
        a[i * size + c] = a[best * size + c]!
        a[best * size + c] = t
      }
      const t = x[i]!
      x[i] = x[best]!
      x[best] = t
    }
    for (let r = i + 1; r < size; r++) {
      const f = a[r * size + i]! / pivot
      if (f === 0) continue
      for (let c = i; c < size; c++) a[r * size + c] = a[r * size + c]! - f * a[i * size + c]!
      x[r] = x[r]! - f * x[i]!
    }
  }
  for (let i = size - 1; i >= 0; i--) {
    let sum = x[i]!
    for (let c = i + 1; c < size; c++) sum -= a[i * size + c]! * x[c]!
    x[i] = sum / a[i * size + i]!
  }
  return x
}
