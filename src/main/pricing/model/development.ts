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
  /** Of what is to come, as if what is known were exact. */
  readonly reserveStdErr: number
  /** Of the share that is known, over that share: what the factors' own errors make of it. */
  readonly completionError: number
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
  /** Of so many cells what is known at an age is the sum: of one more than its age, by default. */
  readonly cellsAt?: (age: number) => number
}

/**
 * @param triangle cumulative, oldest origin first, each row one age shorter than the one before
 * @throws {StatsFailure} `bad-table` for what is no triangle; {PricingFailure} `tables-differ`
 */
export function develop(triangle: readonly (readonly number[])[], options: DevelopmentOptions): Development {
  const ladder = chainLadder(triangle)
  const completions = completionFactors(ladder.factors)
  const { expected, youngest = 3, cellNoise = 0, cellsAt = (age: number) => age + 1 } = options
  const n = triangle.length
  if (expected !== null && expected.length !== n)
    throw new PricingFailure({ code: 'tables-differ', what: 'expected ultimates' })
  checkNumber('noise', 0, cellNoise, 0)
  const volumes = volumesOf(triangle)
  let noiseTotal = 0
  let youngTotal = 0
  const origins = triangle.map((row, i): DevelopedOrigin => {
    const age = row.length - 1
    const known = row[age]!
    const completion = completions[age]!
    const isYoung = expected !== null && i >= n - youngest
    const ultimate = isYoung ? bornhuetterFerguson(known, completion, expected[i]!) : ladder.ultimate[i]!
    // What is known carries the noise of each of its cells; chain ladder multiplies it, Bornhuetter-Ferguson does not.
    const lift = isYoung ? 1 : 1 / completion
    const noise = cellNoise * cellsAt(age) * lift * lift
    noiseTotal += noise
    const errors = errorsFrom(age, ladder, completions, volumes)
    // Of a share of what is expected: by the share's own error, and by chance as of so much as is expected. Nothing of it is over what happens to be known.
    const reserve = isYoung
      ? expected[i]! * expected[i]! * completion * completion * errors.ofFactors +
        expected[i]! * errors.ofChance
      : ladder.stdErr[i]! * ladder.stdErr[i]!
    if (isYoung) youngTotal += reserve
    return {
      known,
      completion,
      chainLadder: ladder.ultimate[i]!,
      ultimate,
      method: isYoung ? 'bornhuetter-ferguson' : 'chain-ladder',
      stdErr: Math.sqrt(reserve + noise),
      reserveStdErr: Math.sqrt(reserve),
      completionError: Math.sqrt(errors.ofFactors),
    }
  })
  const older = origins.filter(({ method }) => method === 'chain-ladder')
  // Mack's total is of all origins together; with some of them by another way it is that of each.
  const reserveTotal =
    older.length === n
      ? ladder.totalStdErr * ladder.totalStdErr
      : older.reduce((sum, { reserveStdErr }) => sum + reserveStdErr * reserveStdErr, youngTotal)
  return {
    factors: ladder.factors,
    completions,
    origins,
    known: origins.reduce((sum, { known }) => sum + known, 0),
    ultimate: origins.reduce((sum, { ultimate }) => sum + ultimate, 0),
    totalStdErr: Math.sqrt(reserveTotal + noiseTotal),
  }
}

/** What each factor is the mean of: claims of the origins that had come further, at the age before. */
function volumesOf(triangle: readonly (readonly number[])[]): readonly number[] {
  const n = triangle.length
  return triangle.slice(1).map((_, k) => triangle.slice(0, n - 1 - k).reduce((sum, row) => sum + row[k]!, 0))
}

/** Mack's two parts from an age on, of an ultimate of 1: by the factors' own errors, and by chance of what is to come. */
function errorsFrom(
  age: number,
  { factors, sigma2 }: { readonly factors: readonly number[]; readonly sigma2: readonly number[] },
  completions: readonly number[],
  volumes: readonly number[],
): { readonly ofFactors: number; readonly ofChance: number } {
  let ofFactors = 0
  let ofChance = 0
  for (let k = age; k < factors.length; k++) {
    const each = sigma2[k]! / (factors[k]! * factors[k]!)
    ofFactors += each / volumes[k]!
    ofChance += each / completions[k]!
  }
  // Cells that noise pushed below nothing may spread by less than nothing.
  return { ofFactors: Math.max(0, ofFactors), ofChance: Math.max(0, ofChance) }
}

/**
 * What each origin is expected to come to before anything of it is known: its premium times an a priori loss ratio.
 *
 * @throws {PricingFailure} `bad-number` below 0
 */
export function expectedUltimates(premiums: readonly number[], lossRatio: number): number[] {
  checkNumber('loss ratio', 0, lossRatio, 0)
  return premiums.map((premium, origin) => {
    checkNumber('premium', origin, premium, 0)
    return premium * lossRatio
  })
}

/** Cumulative rows of incremental ones. */
export function cumulate(incremental: readonly (readonly number[])[]): number[][] {
  return incremental.map((row) => {
    let sum = 0
    return row.map((value) => (sum += value))
  })
}
