/**
 * L·D·L' decomposition of a symmetric matrix in the given order of columns, with recognition of redundant ones: a pivot
 * below `tolerance` times the largest diagonal marks the column as aliased (D = 0) and leaves it out, which is how R's
 * survival package decides that a coefficient is NA.
 */
export interface Ldl {
  size: number
  /** Row-major; strictly below the diagonal L, on it D. */
  factors: Float64Array
  /** Number of usable columns. */
  rank: number
  /** A pivot was clearly negative: the matrix is not that of a maximum. */
  isNegative: boolean
}

/** Decomposes a row-major symmetric `size`×`size` matrix (only the lower triangle is read). */
export function ldl(matrix: Float64Array, size: number, tolerance: number): Ldl {
  const a = matrix.slice()
  let largest = 0
  for (let i = 0; i < size; i++) largest = Math.max(largest, a[i * size + i]!)
  const floor = largest === 0 ? tolerance : largest * tolerance
  let rank = 0
  let isNegative = false
  for (let i = 0; i < size; i++) {
    const pivot = a[i * size + i]!
    if (!(pivot >= floor) || pivot === Infinity) {
      if (pivot < -8 * floor) isNegative = true
      a[i * size + i] = 0
      for (let j = i + 1; j < size; j++) a[j * size + i] = 0
      continue
    }
    rank++
    for (let j = i + 1; j < size; j++) {
      const factor = a[j * size + i]! / pivot
      // Row j still holds undivided values in the columns after i, so both uses below see the same products.
      a[j * size + i] = factor
      a[j * size + j] = a[j * size + j]! - factor * factor * pivot
      for (let k = j + 1; k < size; k++) a[k * size + j] = a[k * size + j]! - factor * a[k * size + i]!
    }
  }
  return { size, factors: a, rank, isNegative }
}

/** Solves (LDL')x = b; aliased positions get 0. */
export function ldlSolve(decomposition: Ldl, right: Float64Array): Float64Array {
  const { size, factors } = decomposition
  const x = right.slice()
  for (let i = 0; i < size; i++) {
    let sum = x[i]!
    for (let j = 0; j < i; j++) sum -= x[j]! * factors[i * size + j]!
    x[i] = sum
  }
  for (let i = size - 1; i >= 0; i--) {
    const d = factors[i * size + i]!
    if (d === 0) {
      x[i] = 0
      continue
    }
    let sum = x[i]! / d
    for (let j = i + 1; j < size; j++) sum -= x[j]! * factors[j * size + i]!
    x[i] = sum
  }
  return x
}

/** The (generalised) inverse, row-major; rows and columns of aliased positions are 0. */
export function ldlInverse(decomposition: Ldl): Float64Array {
  const { size } = decomposition
  const inverse = new Float64Array(size * size)
  const unit = new Float64Array(size)
  for (let j = 0; j < size; j++) {
    if (isAliased(decomposition, j)) continue
    unit.fill(0)
    unit[j] = 1
    const column = ldlSolve(decomposition, unit)
    for (let i = 0; i < size; i++) inverse[i * size + j] = column[i]!
  }
  // Exactly symmetric, whatever the rounding.
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) {
      const mean = 0.5 * (inverse[i * size + j]! + inverse[j * size + i]!)
      inverse[i * size + j] = mean
      inverse[j * size + i] = mean
    }
  }
  return inverse
}

export function isAliased(decomposition: Ldl, column: number): boolean {
  return decomposition.factors[column * decomposition.size + column] === 0
}

/**
 * x'A⁻x for a symmetric A, with the rank that was used: the form of every Wald and score test. Brought to a diagonal of
 * ones first, so that covariates in grams and in tonnes are not taken for redundant ones.
 */
export function quadraticForm(
  matrix: Float64Array,
  size: number,
  x: Float64Array,
  tolerance: number,
): { value: number; rank: number } {
  const unit = new Float64Array(size)
  for (let i = 0; i < size; i++) {
    const d = matrix[i * size + i]!
    unit[i] = d > 0 && d < Infinity ? 1 / Math.sqrt(d) : 1
  }
  const decomposition = ldl(
    matrix.map((v, t) => v * unit[Math.floor(t / size)]! * unit[t % size]!),
    size,
    tolerance,
  )
  const scaled = x.map((v, i) => v * unit[i]!)
  const solved = ldlSolve(decomposition, scaled)
  let value = 0
  for (let i = 0; i < size; i++) value += scaled[i]! * solved[i]!
  return { value, rank: decomposition.rank }
}
