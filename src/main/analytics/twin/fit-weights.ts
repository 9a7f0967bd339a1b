/**
 * How often each invented person stands in the twin, so that released tables are met (docs/spec/twin.md): raking, that is iterative
 * proportional fitting of weights to margins (Deming and Stephan 1940), and systematic sampling by the weights. Pure.
 */

/** A released table over the pool: the cell of each person, -1 for whoever is not in its cohort, and the released counts. */
export interface Margin {
  readonly cellOf: Int32Array
  /** Null where nothing was released. Noise may make a count negative: it counts as nobody. */
  readonly counts: readonly (number | null)[]
}

const PASSES = 50

/** Weights of `size` persons whose sum is `size`; equal ones without margins. Cells that nobody in the pool is in cannot be met. */
export function fitWeights(size: number, margins: readonly Margin[]): Float64Array {
  const weights = new Float64Array(size).fill(1)
  for (let pass = 0; pass < PASSES; pass++) for (const margin of margins) rake(weights, margin)
  let sum = 0
  for (const weight of weights) sum += weight
  if (sum > 0) for (let i = 0; i < size; i++) weights[i]! *= size / sum
  return weights
}

/** Within the cells that were released, persons share the released counts; their part of the whole stays. */
function rake(weights: Float64Array, { cellOf, counts }: Margin): void {
  const sums = new Float64Array(counts.length)
  for (let i = 0; i < weights.length; i++) if (cellOf[i]! >= 0) sums[cellOf[i]!]! += weights[i]!
  let held = 0
  let released = 0
  for (const [cell, count] of counts.entries())
    if (count !== null && sums[cell]! > 0) {
      held += sums[cell]!
      released += Math.max(0, count)
    }
  if (released === 0) return
  for (let i = 0; i < weights.length; i++) {
    const cell = cellOf[i]!
    const count = cell < 0 ? null : counts[cell]!
    // A cell that was released as nobody is empty from the first pass on.
    if (count !== null && sums[cell]! > 0)
      weights[i]! *= ((Math.max(0, count) / released) * held) / sums[cell]!
  }
}

/** The persons of the twin: each about as often as its weight says, `count` in all, without dice. */
export function systematicSample(weights: Float64Array, count: number): Int32Array {
  const chosen = new Int32Array(count)
  let total = 0
  for (const weight of weights) total += weight
  const step = total / count
  let sum = 0
  let next = step / 2
  let taken = 0
  for (let i = 0; i < weights.length && taken < count; i++) {
    sum += weights[i]!
    for (; next < sum && taken < count; next += step) chosen[taken++] = i
  }
  // Rounding may leave the last place open.
  while (taken < count) chosen[taken++] = weights.length - 1
  return chosen
}
