/** R1 to R3, R8: tables, sums and quantiles by rule. */
import type { Decimal } from '../answers/release.ts'
import { atLeast, atMost, must, type RuleCheck } from './rule-check.ts'
import type { RulePolicy } from './rule-policy.ts'
import { roundCount, roundToDigits } from './rounding.ts'

/** Exact patients in each cell, the last axis running fastest, with how many levels each axis has. */
export type ExactTable = { readonly levels: readonly number[]; readonly cells: readonly number[] }

export type RoundedTable = {
  /** Null for 0 and for fewer than eleven alike: whether nobody is there is an answer too (R2). */
  readonly cells: readonly (number | null)[]
  readonly margins: readonly (readonly number[])[]
  readonly total: number
}

/** Margins are sums of what is shown, so that no cell comes back by subtraction (R1). */
export function roundTable({ levels, cells }: ExactTable, policy: RulePolicy): RoundedTable {
  const shown = cells.map((cell) => (cell >= policy.smallestCount ? roundCount(cell, policy.roundTo) : null))
  const addUp = (isMeant: (cell: number) => boolean) =>
    shown.reduce<number>((sum, cell, i) => (cell !== null && isMeant(i) ? sum + cell : sum), 0)
  return {
    cells: shown,
    margins: levels.map((count, axis) => {
      const after = levels.slice(axis + 1).reduce((product, each) => product * each, 1)
      return Array.from({ length: count }, (_, level) =>
        addUp((cell) => Math.floor(cell / after) % count === level),
      )
    }),
    total: addUp(() => true),
  }
}

/** A table of which nothing can be shown is refused; what is small in it is only left out. */
export function checkTable({ cells }: ExactTable, policy: RulePolicy): readonly RuleCheck[] {
  return [atLeast(policy, 'R1', 'largest-cell', Math.max(...cells), policy.smallestCount)]
}

/** R3: of a cost sum, each patient's part, in any order. */
export function checkDominance(parts: readonly number[], policy: RulePolicy): readonly RuleCheck[] {
  const falling = [...parts].sort((a, b) => b - a)
  const total = falling.reduce((sum, part) => sum + part, 0)
  const [first = 0, second = 0] = falling
  const largest = atMost(policy, 'R3', 'largest-share', first / total, policy.largestShareMost)
  const largestTwo = atMost(
    policy,
    'R3',
    'largest-two-share',
    (first + second) / total,
    policy.largestTwoShareMost,
  )
  return [
    must('R3', 'no-negative-part', falling.every((part) => part >= 0) && total > 0),
    atLeast(policy, 'R3', 'patients', parts.length, policy.roundTo * 4),
    largest,
    largestTwo,
    // Whoever is second knows their own part, and knows the first one as well as the others are small.
    atLeast(
      policy,
      'R3',
      'others-per-largest',
      (total - first - second) / first,
      policy.othersPerLargestLeast,
      [largest, largestTwo],
    ),
  ]
}

/** R8: a quantile of `patients` values; the least and the greatest value belong to somebody. */
export function checkQuantile(perMille: number, patients: number, policy: RulePolicy): readonly RuleCheck[] {
  const below = Math.floor((patients * perMille) / 1_000)
  return [
    atLeast(policy, 'R8', 'per-mille', Math.min(perMille, 1_000 - perMille), policy.perMilleLeast),
    atLeast(policy, 'R8', 'on-each-side', Math.min(below, patients - below), policy.smallestCount),
  ]
}

export function roundQuantile(value: number): Decimal {
  return roundToDigits(value, 2)
}
