/** Several tables of people whose cells have names of their own (docs/spec/privacy.md G14): whole numbers from the first to the last line. */
import { assert, present } from '../../../shared/std/assert.ts'
import { levelsOfCell } from './design.ts'
import { halfWidth, sumOf, threshold, type NoisyTable } from './noisy-tables.ts'
import type { ReleasePolicy } from './answer-policy.ts'
import { WITHHELD, type LabelledTable, type Release } from './release.ts'

/**
 * Every axis names its levels; “not known” is nobody's and is left out. The first table counts each person once and says whether there are enough.
 * A cell decides for itself whether it is shown.
 */
export function releaseLabelled(tables: readonly NoisyTable[], policy: ReleasePolicy): Release {
  const [persons] = tables
  assert(persons?.part.name === 'count', 'persons come first')
  const { cells } = namedCells(persons)
  if (sumOf(cells) < threshold(policy.cohortLeast, persons.variance, cells.length)) return WITHHELD
  return { kind: 'tables', tables: tables.map((table) => labelled(table, policy.smallestCount)) }
}

function labelled(table: NoisyTable, smallestCount: number): LabelledTable {
  const { part, variance } = table
  const { axes, cells } = namedCells(table)
  const shownFrom = threshold(smallestCount, variance)
  return {
    name: part.name,
    axes,
    cells: cells.map((cell) => (cell >= shownFrom ? cell : null)),
    halfWidth: halfWidth(variance),
    shownFrom,
  }
}

/** Cells whose levels all have a name, with the names of each axis. */
export function namedCells({ part, cells }: Pick<NoisyTable, 'part' | 'cells'>): {
  readonly axes: LabelledTable['axes']
  readonly cells: readonly bigint[]
} {
  const axes = part.axes.map(({ labels }) => present(labels, 'an axis names its levels'))
  const isNamed = (_: bigint, cell: number): boolean =>
    levelsOfCell(part.axes, cell).every((level, axis) => level < axes[axis]!.length)
  return { axes, cells: cells.filter(isNamed) }
}
