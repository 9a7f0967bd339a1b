/**
 * A11: a cell that is left out comes back when the others of its row are taken from the row's sum. Bounds of all cells are tightened by all sums until
 * nothing moves.
 */
import { createDice, type Dice } from '../sim/random.ts'
import type { Attack, Control } from './attack.ts'
import { NAIVE_SMALLEST } from './naive.ts'
import { cohortOf, releasedByRule, rulesWithout } from './ours-by-rule.ts'

const ROWS = 4
const COLUMNS = 5
/** Of the exact number, a width below this gives a small cell away. */
const WIDTH_LEAST = 10

type Bounds = { least: number; most: number }
/** Cells that add up to a number that is known. */
type Sum = { readonly cells: readonly number[]; readonly total: number }

/** The share of small cells whose number is known to less than ten. */
export const suppressedCells: Attack = {
  name: 'A11',
  title: 'left-out cells from sums',
  stoppedBy: ['threshold'],
  run({ gate, without }, effort) {
    const trialCount = effort === 'full' ? 500 : 60
    let smallCount = 0
    let known = 0
    for (let trial = 0; trial < trialCount; trial++) {
      const exact = table(createDice(1_100 + trial))
      const { bounds, sums } = gate === 'naive' ? naive(exact) : ours(exact, trial, without)
      tighten(bounds, sums)
      for (const [i, cell] of exact.entries()) {
        if (cell >= NAIVE_SMALLEST) continue
        smallCount++
        if (bounds[i]!.most - bounds[i]!.least < WIDTH_LEAST) known++
      }
    }
    return { advantage: known / smallCount, bound: 0 }
  },
}

function table(dice: Dice): readonly number[] {
  return Array.from({ length: ROWS * COLUMNS }, () =>
    dice.chance(0.15) ? dice.below(11) : dice.between(11, 200),
  )
}

const lines = (): readonly (readonly number[])[] => [
  ...Array.from({ length: ROWS }, (_, row) =>
    Array.from({ length: COLUMNS }, (__, column) => row * COLUMNS + column),
  ),
  ...Array.from({ length: COLUMNS }, (_, column) =>
    Array.from({ length: ROWS }, (__, row) => row * COLUMNS + column),
  ),
]

function naive(exact: readonly number[]): { bounds: Bounds[]; sums: Sum[] } {
  const bounds = exact.map((cell) =>
    cell >= NAIVE_SMALLEST ? { least: cell, most: cell } : { least: 0, most: NAIVE_SMALLEST - 1 },
  )
  return {
    bounds,
    sums: lines().map((cells) => ({ cells, total: cells.reduce((sum, i) => sum + exact[i]!, 0) })),
  }
}

function ours(
  exact: readonly number[],
  trial: number,
  without: Control | null,
): { bounds: Bounds[]; sums: Sum[] } {
  const policy = rulesWithout(without)
  const cohort = cohortOf(
    `trial ${trial}`,
    Array.from({ length: 2_000 }, (_, i) => i),
  )
  const rounded = releasedByRule(
    { kind: 'table', table: { levels: [ROWS, COLUMNS], cells: exact } },
    cohort,
    policy,
  )
  if (rounded?.kind !== 'table') return { bounds: exact.map(() => ({ least: 0, most: 200 })), sums: [] }
  const { cells, margins } = rounded.table
  const bounds = cells.map((cell) =>
    cell === null ? { least: 0, most: policy.smallestCount - 1 } : { least: cell - 2, most: cell + 2 },
  )
  // Read as if the sums were of all cells, rounding and all: what is not true of them must not help either.
  const sums = lines().map((line, i) => {
    const shown = line.filter((cell) => cells[cell] !== null)
    const total = i < ROWS ? margins[0]![i]! : margins[1]![i - ROWS]!
    return { cells: shown, total }
  })
  return { bounds, sums: sums.filter(({ cells: shown, total }) => canBe(bounds, shown, total)) }
}

function canBe(bounds: readonly Bounds[], cells: readonly number[], total: number): boolean {
  const least = cells.reduce((sum, cell) => sum + bounds[cell]!.least, 0)
  const most = cells.reduce((sum, cell) => sum + bounds[cell]!.most, 0)
  return cells.length > 0 && least <= total && total <= most
}

function tighten(bounds: Bounds[], sums: readonly Sum[]): void {
  for (let hasMoved = true; hasMoved;) {
    hasMoved = false
    for (const { cells, total } of sums)
      for (const cell of cells) {
        const others = cells.filter((each) => each !== cell)
        const least = total - others.reduce((sum, each) => sum + bounds[each]!.most, 0)
        const most = total - others.reduce((sum, each) => sum + bounds[each]!.least, 0)
        const own = bounds[cell]!
        if (least > own.least || most < own.most) {
          bounds[cell] = { least: Math.max(least, own.least), most: Math.min(most, own.most) }
          hasMoved = true
        }
      }
  }
}
