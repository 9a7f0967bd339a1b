/** The middle of some numbers; NaN of none. Does not change the list. */
export function medianOf(values: readonly number[] | Float64Array): number {
  const sorted = Float64Array.from(values).sort()
  const middle = sorted.length >> 1
  if (sorted.length === 0) return NaN
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** Scales a median of absolute deviations to the standard deviation of normal values. */
export const MAD_SCALE = 1.4826
