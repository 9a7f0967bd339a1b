/**
 * What is not reported yet: chain ladder with Mack's errors over months of incurral and of delay, and Bornhuetter-Ferguson for the
 * youngest months, whose own factor is mostly chance (P9).
 */
import { bornhuetterFerguson, chainLadder, completionFactors } from '../../stats/actuarial/chain-ladder.ts'
import { checkNumber, PricingFailure } from '../failure.ts'

export interface DevelopedOrigin {
  readonly known: number
  /** Share of the ultimate that is known at this age. */
  readonly completion: number
  readonly chainLadder: number
  readonly ultimate: number
  readonly method: 'chain-ladder' | 'bornhuetter-ferguson'
  /** Of the ultimate: Mack's, and the noise of gated cells carried to it. */
  readonly stdErr: number
}

export interface Development {
  readonly factors: readonly number[]
  readonly completions: readonly number[]
  /** Oldest origin first. */
  readonly origins: readonly DevelopedOrigin[]
  readonly known: number
  readonly ultimate: number
  readonly totalStdErr: number
}

export interface DevelopmentOptions {
  /** Expected ultimate of each origin, for the youngest ones; null: chain ladder alone. */
  readonly expected: readonly number[] | null
  /** How many of the youngest origins take Bornhuetter-Ferguson (3 by default, statistics.md 5.1). */
  readonly youngest?: number
  /** Variance of the noise in each incremental cell of a gated triangle. */
  readonly cellNoise?: number
}

/**
 * @param triangle cumulative, oldest origin first, each row one age shorter than the one before
 * @throws {StatsFailure} `bad-table` for what is no triangle; {PricingFailure} `tables-differ`
 */
export function develop(triangle: readonly (readonly number[])[], options: DevelopmentOptions): Development {
  const ladder = chainLadder(triangle)
  const completions = completionFactors(ladder.factors)
  const { expected, youngest = 3, cellNoise = 0 } = options
  const n = triangle.length
  if (expected !== null && expected.length !== n)
    throw new PricingFailure({ code: 'tables-differ', what: 'expected ultimates' })
  checkNumber('noise', 0, cellNoise, 0)
  let noiseTotal = 0
  const origins = triangle.map((row, i): DevelopedOrigin => {
    const known = row[row.length - 1]!
    const completion = completions[row.length - 1]!
    const isYoung = expected !== null && i >= n - youngest
    const ultimate = isYoung ? bornhuetterFerguson(known, completion, expected[i]!) : ladder.ultimate[i]!
    // What is known carries the noise of each of its cells; chain ladder multiplies it, Bornhuetter-Ferguson does not.
    const lift = isYoung ? 1 : 1 / completion
    const noise = cellNoise * row.length * lift * lift
    noiseTotal += noise
    // Mack's error is that of the reserve; what Bornhuetter-Ferguson adds has it in proportion.
    const share = isYoung ? (ultimate - known) / (ladder.ultimate[i]! - known || 1) : 1
    return {
      known,
      completion,
      chainLadder: ladder.ultimate[i]!,
      ultimate,
      method: isYoung ? 'bornhuetter-ferguson' : 'chain-ladder',
      stdErr: Math.sqrt(ladder.stdErr[i]! * ladder.stdErr[i]! * share * share + noise),
    }
  })
  return {
    factors: ladder.factors,
    completions,
    origins,
    known: origins.reduce((sum, { known }) => sum + known, 0),
    ultimate: origins.reduce((sum, { ultimate }) => sum + ultimate, 0),
    totalStdErr: Math.sqrt(ladder.totalStdErr * ladder.totalStdErr + noiseTotal),
  }
}

/** Cumulative rows of incremental ones. */
export function cumulate(incremental: readonly (readonly number[])[]): number[][] {
  return incremental.map((row) => {
    let sum = 0
    return row.map((value) => (sum += value))
  })
}
