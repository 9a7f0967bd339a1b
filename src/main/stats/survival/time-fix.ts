import { StatsFailure } from '../failure.ts'

/** R's default: the square root of the machine's epsilon. */
export const TIME_FIX_TOLERANCE = 1.4901161193847656e-8

/**
 * Makes times equal that differ only by rounding (R: `aeqSurv`, `timefix = TRUE`): in the sorted list of all finite start
 * and stop times, neighbours closer than the tolerance, absolutely or relative to the mean of |t|, become the smallest of
 * their chain. Returns the arrays themselves when nothing changes.
 *
 * @throws {StatsFailure} `interval-collapsed` when an interval loses its length
 */
export function fixTimes(
  start: Float64Array | null,
  stop: Float64Array,
  subjectOf: (row: number) => string | null = () => null,
): { start: Float64Array | null; stop: Float64Array } {
  if (areWhole(stop) && (start === null || areWhole(start))) return { start, stop }
  const all = new Float64Array(stop.length + (start ? start.length : 0))
  all.set(stop)
  if (start) all.set(start, stop.length)
  all.sort()
  let unique = 0
  let total = 0
  for (let i = 0; i < all.length; i++) {
    const v = all[i]!
    if (v !== v || v === Infinity || v === -Infinity) continue
    if (unique > 0 && all[unique - 1] === v) continue
    all[unique++] = v
    total += v < 0 ? -v : v
  }
  const mean = total / unique
  const cuts = new Float64Array(unique)
  let cutCount = 0
  for (let i = 0; i < unique; i++) {
    const gap = i === 0 ? Infinity : all[i]! - all[i - 1]!
    if (gap <= TIME_FIX_TOLERANCE || gap / mean <= TIME_FIX_TOLERANCE) continue
    cuts[cutCount++] = all[i]!
  }
  if (cutCount === unique) return { start, stop }
  const snap = (values: Float64Array): Float64Array => {
    const out = new Float64Array(values.length)
    for (let i = 0; i < values.length; i++) {
      const v = values[i]!
      let low = 0
      let high = cutCount
      while (low < high) {
        const middle = (low + high) >>> 1
        if (cuts[middle]! <= v) low = middle + 1
        else high = middle
      }
      out[i] = low === 0 || v !== v || v === Infinity || v === -Infinity ? v : cuts[low - 1]!
    }
    return out
  }
  const fixedStop = snap(stop)
  const fixedStart = start ? snap(start) : null
  if (start && fixedStart) {
    for (let i = 0; i < stop.length; i++) {
      if (fixedStart[i] === fixedStop[i] && start[i] !== stop[i]) {
        throw new StatsFailure({ code: 'interval-collapsed', row: i, subject: subjectOf(i) })
      }
    }
  }
  return { start: fixedStart, stop: fixedStop }
}

/** Whole numbers of moderate size cannot be closer than the tolerance. */
function areWhole(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) {
    const v = values[i]!
    if (Math.floor(v) !== v || v > 5e7 || v < -5e7) return false
  }
  return true
}
