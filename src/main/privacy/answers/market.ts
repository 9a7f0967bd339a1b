/**
 * In which months a monitoring answer has a benchmark (docs/spec/privacy.md Q8, ADR 0027): where at least three insurers have people in that very month, so
 * that what is left when one of them takes itself away is that of several, and none is nearly alone. A month leaves by itself, so it is judged by itself: an
 * insurer that comes late, or a book that moves, is in some months and not in others. Noisy whole numbers alone decide, before anything is shown.
 */
import type { Rational } from '../noise/rational.ts'
import { INSURERS_LEAST } from '../request/monitor-output.ts'
import { threshold, type NoisyTable } from './noisy-tables.ts'
import type { ReleasePolicy } from './answer-policy.ts'

/**
 * Greatest share, in hundredths, that one insurer may have of what is left when any other one takes itself away, of persons and of claims
 * (statistics.md 6.3 says it of a whole; whoever asks knows a part of the whole).
 */
export const MARKET_SHARE_MOST = 85

/** @returns whether a cell of the tables by part and month is shown */
export function marketCells(
  tables: readonly NoisyTable[],
  policy: ReleasePolicy,
  benchmarkFrom: string | null,
): (cell: number) => boolean {
  const of = (name: NoisyTable['part']['name']) => tables.find(({ part }) => part.name === name)
  const [persons, claims, months] = [of('market-persons'), of('market-claims'), of('market-months')]
  if (persons === undefined || claims === undefined || months === undefined || benchmarkFrom === null)
    return () => false
  const labels = months.part.axes[1]!.labels!
  const least = threshold(policy.smallestCount, months.variance)
  const isOfMany = labels.map((label, month) => {
    const [people, sums] = [insurersIn(persons, month), insurersIn(claims, month)]
    return (
      label >= benchmarkFrom &&
      isOfSeveral(people, persons.variance, policy.cohortLeast) &&
      !isDominated(people, persons.variance) &&
      !isDominated(sums, claims.variance)
    )
  })
  // “Not known” is the last level of each axis and stands for nothing here.
  return (cell) => isOfMany[cell % (labels.length + 1)] === true && months.cells[cell]! >= least
}

/** Numbers of one month by insurer. */
function insurersIn({ part, cells }: NoisyTable, month: number): readonly bigint[] {
  const count = part.axes[1]!.labels!.length
  return cells.slice(month * (count + 1), month * (count + 1) + count)
}

/** Insurers that have as many people in the records of the month as a cohort needs. */
function isOfSeveral(people: readonly bigint[], variance: Rational, cohortLeast: number): boolean {
  const least = threshold(cohortLeast, variance)
  return people.filter((each) => each >= least).length >= INSURERS_LEAST
}

/**
 * For every pair: share · (all others than the one that takes itself away) - the largest must be above 0 beyond doubt. Who is below 0 by noise counts
 * as nobody.
 */
function isDominated(sums: readonly bigint[], variance: Rational): boolean {
  const own = sums.map((each) => (each > 0n ? each : 0n))
  const all = own.reduce((sum, each) => sum + each, 0n)
  const most = BigInt(MARKET_SHARE_MOST)
  const rest = 100 - MARKET_SHARE_MOST
  // Variance of 85 · (the n - 2 others) - 15 · (the one): in units of one cell's.
  const parts = MARKET_SHARE_MOST * MARKET_SHARE_MOST * (own.length - 2) + rest * rest
  const margin = threshold(0, variance, parts)
  return own.some((taken, i) =>
    own.some((large, j) => i !== j && most * (all - taken) - 100n * large < margin),
  )
}
