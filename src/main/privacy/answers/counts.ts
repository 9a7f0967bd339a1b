/** Counts, histograms and tables with noise: whole numbers from the first to the last line (docs/spec/privacy.md G3). */
import { levelCount } from '../request/axis.ts'
import { halfWidth, sumOf, threshold, type NoisyTable } from './noisy-tables.ts'
import type { ReleasePolicy } from './answer-policy.ts'
import { WITHHELD, type Release, type Whole } from './release.ts'

export function releaseCount({ cells, variance }: NoisyTable, policy: ReleasePolicy): Release {
  const count = sumOf(cells)
  if (count < threshold(policy.cohortLeast, variance)) return WITHHELD
  return { kind: 'count', count: { value: count, halfWidth: halfWidth(variance) } }
}

/** `shown` is what the cells say (patients or visits), `patients` what decides whether a cell is shown. */
export function releaseTable(shown: NoisyTable, patients: NoisyTable, policy: ReleasePolicy): Release {
  // A patient may be in several cells: so many times over must the sum stand for the cohort.
  const cohortLeast = policy.cohortLeast * patients.part.cellsMost
  if (sumOf(patients.cells) < threshold(cohortLeast, patients.variance, patients.cells.length))
    return WITHHELD
  const least = threshold(policy.smallestCount, patients.variance)
  const cells = shown.cells.map((cell, i) => (patients.cells[i]! >= least && cell > 0n ? cell : null))
  return {
    kind: 'table',
    cells,
    halfWidth: halfWidth(shown.variance),
    margins: shown.part.axes.map((_, axis) => marginsOf(shown, cells, axis)),
    total: addUp(shown, cells),
  }
}

function marginsOf(table: NoisyTable, cells: readonly (bigint | null)[], axis: number): readonly Whole[] {
  const { axes } = table.part
  const after = axes.slice(axis + 1).reduce((product, each) => product * levelCount(each), 1)
  const levels = levelCount(axes[axis]!)
  return Array.from({ length: levels }, (_, level) =>
    addUp(
      table,
      cells.filter((_cell, i) => ((i - (i % after)) / after) % levels === level),
    ),
  )
}

function addUp({ variance }: NoisyTable, cells: readonly (bigint | null)[]): Whole {
  const shown = cells.filter((cell) => cell !== null)
  return { value: sumOf(shown), halfWidth: shown.length === 0 ? 0n : halfWidth(variance, shown.length) }
}
