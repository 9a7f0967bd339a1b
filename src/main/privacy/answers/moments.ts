/** Means and quantiles from noisy tables (docs/spec/privacy.md G4): doubles, but of numbers that may be told anyway. */
import { variableOf } from '../request/dictionary.ts'
import type { Output } from '../request/outputs.ts'
import { halfWidth, sumOf, threshold, type NoisyTable } from './noisy-tables.ts'
import type { ReleasePolicy } from './answer-policy.ts'
import { estimateOf, WITHHELD, type Estimate, type Release } from './release.ts'
import { numberOfVariance, Z_95 } from './interval.ts'

export function releaseMean(
  [count, sum, squares]: readonly NoisyTable[],
  { least, greatest }: Output & { kind: 'mean' },
  policy: ReleasePolicy,
): Release {
  const patients = count!.cells[0]!
  if (patients < threshold(policy.cohortLeast, count!.variance)) return WITHHELD
  const n = Number(patients)
  // Of 2v - least - greatest, whose mean and variance are in half units.
  const mean = Number(sum!.cells[0]!) / n
  const variance = Number(squares!.cells[0]!) / n - mean * mean
  // The second moment is noisy too: by one standard error upwards, so that the interval is not too short by its noise.
  const safe = Math.max(variance, 0) + Math.sqrt(numberOfVariance(squares!.variance)) / n
  const noise = numberOfVariance(sum!.variance) + mean * mean * numberOfVariance(count!.variance)
  const error = Math.sqrt(safe / n + noise / (n * n)) / 2
  const middle = (least + greatest) / 2 + mean / 2
  const within = (value: number): number => Math.min(Math.max(value, least), greatest)
  return {
    kind: 'mean',
    mean: estimateOf(within(middle), within(middle - Z_95 * error), within(middle + Z_95 * error)),
    count: { value: patients, halfWidth: halfWidth(count!.variance) },
  }
}

export function releaseQuantiles(
  [table]: readonly NoisyTable[],
  { axis, perMille }: Output & { kind: 'quantiles' },
  policy: ReleasePolicy,
): Release {
  // The last level is "not known".
  const bins = table!.cells.slice(0, -1)
  const patients = sumOf(bins)
  const { variance } = table!
  if (patients < threshold(policy.cohortLeast, variance, bins.length)) return WITHHELD
  const entry = variableOf(axis.variable)
  if (entry?.kind !== 'number') return WITHHELD
  const edges = [entry.least, ...axis.edges, entry.greatest]
  const shares = risingShares(bins, Number(patients))
  const side = threshold(policy.smallestCount, variance, bins.length)
  return {
    kind: 'quantiles',
    quantiles: perMille.map((each) => {
      const below = (patients * BigInt(each)) / 1_000n
      if (below < side || patients - below < side) return null
      return quantileOf(edges, shares, each / 1_000, Number(patients), numberOfVariance(variance))
    }),
    count: { value: patients, halfWidth: halfWidth(variance, bins.length) },
  }
}

/** Shares below the end of each bin, made rising by joining neighbours that fall (pool adjacent violators). */
function risingShares(bins: readonly bigint[], n: number): readonly number[] {
  let sum = 0
  const blocks: { mean: number; count: number }[] = []
  for (const bin of bins) {
    sum += Number(bin) / n
    let block = { mean: sum, count: 1 }
    for (let last = blocks.at(-1); last !== undefined && last.mean > block.mean; last = blocks.at(-1)) {
      const count = last.count + block.count
      block = { mean: (last.mean * last.count + block.mean * block.count) / count, count }
      blocks.pop()
    }
    blocks.push(block)
  }
  return blocks.flatMap(({ mean, count }) => Array.from({ length: count }, () => mean))
}

/** Between the edges of its bin; the interval goes from edge to edge, since nothing is known of what lies between. */
function quantileOf(
  edges: readonly number[],
  shares: readonly number[],
  p: number,
  n: number,
  variance: number,
): Estimate {
  const bin = binOf(shares, p)
  const before = bin === 0 ? 0 : shares[bin - 1]!
  const width = edges[bin + 1]! - edges[bin]!
  const rise = shares[bin]! - before
  const inside = rise > 0 ? Math.min(Math.max((p - before) / rise, 0), 1) : 0.5
  const noisyBelow = (bin + 1) * (1 - p) * (1 - p) + (shares.length - bin - 1) * p * p
  const error = Math.sqrt((p * (1 - p)) / n + (variance * noisyBelow) / (n * n))
  const low = edges[binOf(shares, p - Z_95 * error)]!
  const high = edges[binOf(shares, p + Z_95 * error) + 1]!
  return estimateOf(edges[bin]! + inside * width, low, high)
}

/** The first bin whose end reaches the share. */
function binOf(shares: readonly number[], p: number): number {
  const bin = shares.findIndex((share) => share >= p)
  return bin < 0 ? shares.length - 1 : bin
}
