const TILE_ROWS = 512
const TILE = new Float64Array(TILE_ROWS)

/**
 * Adds X'·diag(w)·X over rows from … to-1 into `out` (lower triangle, packed by rows). Tiles of a fixed size keep the
 * order of summation, and so the bits, independent of the caller.
 */
export function addWeightedCross(
  columns: readonly Float64Array[],
  weight: Float64Array,
  from: number,
  to: number,
  out: Float64Array,
): void {
  const p = columns.length
  for (let q0 = from; q0 < to; q0 += TILE_ROWS) {
    const length = Math.min(to, q0 + TILE_ROWS) - q0
    let t = 0
    for (let j = 0; j < p; j++) {
      const z = columns[j]!
      for (let i = 0, q = q0; i < length; i++, q++) TILE[i] = weight[q]! * z[q]!
      let k = 0
      for (; k + 3 <= j; k += 4) {
        const y0 = columns[k]!
        const y1 = columns[k + 1]!
        const y2 = columns[k + 2]!
        const y3 = columns[k + 3]!
        let s0 = 0
        let s1 = 0
        let s2 = 0
        let s3 = 0
        for (let i = 0, q = q0; i < length; i++, q++) {
          const v = TILE[i]!
          s0 += v * y0[q]!
          s1 += v * y1[q]!
          s2 += v * y2[q]!
          s3 += v * y3[q]!
        }
        out[t] = out[t]! + s0
        out[t + 1] = out[t + 1]! + s1
        out[t + 2] = out[t + 2]! + s2
        out[t + 3] = out[t + 3]! + s3
        t += 4
      }
      for (; k <= j; k++, t++) {
        const y = columns[k]!
        let s = 0
        for (let i = 0, q = q0; i < length; i++, q++) s += TILE[i]! * y[q]!
        out[t] = out[t]! + s
      }
    }
  }
}

/** Adds X'v over rows from … to-1, tile by tile. */
export function addCrossVector(
  columns: readonly Float64Array[],
  v: Float64Array,
  from: number,
  to: number,
  out: Float64Array,
): void {
  for (let q0 = from; q0 < to; q0 += TILE_ROWS) {
    const q1 = Math.min(to, q0 + TILE_ROWS)
    for (let j = 0; j < columns.length; j++) {
      const z = columns[j]!
      let s = 0
      for (let q = q0; q < q1; q++) s += z[q]! * v[q]!
      out[j] = out[j]! + s
    }
  }
}

/** A packed lower triangle as a full row-major symmetric matrix. */
export function unpackSymmetric(packed: Float64Array, size: number): Float64Array {
  const out = new Float64Array(size * size)
  let t = 0
  for (let j = 0; j < size; j++) {
    for (let k = 0; k <= j; k++, t++) {
      out[j * size + k] = packed[t]!
      out[k * size + j] = packed[t]!
    }
  }
  return out
}
