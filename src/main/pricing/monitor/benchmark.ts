/** The market beside one's own portfolio: of at least three insurers, none of them most of it, and never another's alone (docs/spec/pricing.md M11). */
import { checkNumber } from '../failure.ts'

export const BENCHMARK_INSURERS_LEAST = 3
/** Largest share of one contributor (statistics.md 6.3). */
export const BENCHMARK_SHARE_MOST = 0.85

export interface BenchmarkPart {
  /** Said by the gateways' release: of how many insurers, and the share of the largest among them in the denominator. */
  readonly insurers: number
  readonly largestShare: number
  /** Sum over all contributors, one's own with them. */
  readonly value: number
  readonly noise: number
  readonly denominator: number
  /** One's own part, known from one's own file and tables. */
  readonly ownDenominator: number
}

export type Benchmark =
  | {
      readonly kind: 'benchmark'
      readonly rate: number
      readonly lower: number
      readonly upper: number
      readonly insurers: number
      readonly ownShare: number
    }
  | { readonly kind: 'refused'; readonly reason: 'too-few-insurers' | 'one-dominates' | 'no-denominator' }

/**
 * Two others left after one's own part is taken away could be told apart by each of them: with three contributors of which one is oneself the
 * benchmark stands only as the sum of all, never as the difference.
 */
export function benchmarkOf(part: BenchmarkPart): Benchmark {
  const { insurers, largestShare, value, noise, denominator, ownDenominator } = part
  checkNumber('noise', 0, noise, 0)
  if (insurers < BENCHMARK_INSURERS_LEAST) return { kind: 'refused', reason: 'too-few-insurers' }
  if (!(largestShare <= BENCHMARK_SHARE_MOST)) return { kind: 'refused', reason: 'one-dominates' }
  if (!(denominator > 0)) return { kind: 'refused', reason: 'no-denominator' }
  const half = 1.959963984540054 * Math.sqrt(Math.max(value, 1) + noise)
  return {
    kind: 'benchmark',
    rate: Math.max(0, value / denominator),
    lower: Math.max(0, (value - half) / denominator),
    upper: Math.max(0, (value + half) / denominator),
    insurers,
    ownShare: ownDenominator / denominator,
  }
}
