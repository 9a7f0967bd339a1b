/** What Table 1 says exactly and what not: small counts, and what would give one away (docs/spec/study.md section 5). Pure. */
import type { StudyAnswer } from './study-answer.ts'
import { cellOf, suppressLines, type Cell } from './suppression.ts'

type Baseline = StudyAnswer['baseline']
/** One for each group; the first is everybody. */
type Row = readonly Cell[]

interface ColumnCells {
  readonly missing: Row
  /** Of labels, in their order; none of a number. */
  readonly counts: readonly Row[]
  /** Persons with a value: whoever is told means and numbers of all groups but one can work out that one. */
  readonly values: Row
}

export interface BaselineCells {
  readonly persons: Row
  readonly events: Row
  readonly columns: readonly ColumnCells[]
}

/** Of yes and no the share of yes says both. */
export const isFlag = ({ labels }: { readonly labels: readonly string[] }): boolean =>
  labels.length === 2 && labels[0] === '0' && labels[1] === '1'

export function baselineCells({ groups, columns }: Baseline): BaselineCells {
  const persons = groups.map((group) => cellOf(group.persons))
  const events = groups.map((group) => cellOf(group.events))
  const ofColumns = columns.map((column) => {
    const values = column.groups.map(({ missing }, g) => groups[g]!.persons - missing)
    const cells = {
      missing: column.groups.map(({ missing }) => cellOf(missing)),
      values: values.map((count) => cellOf(count)),
      counts:
        column.kind === 'number'
          ? []
          : column.labels.map((_, l) =>
              column.groups.map(({ counts }) => cellOf(counts[l] ?? 0, l === 0 && isFlag(column))),
            ),
    }
    /** Into these each group divides: how many have a value is in no row of a number. */
    const shares = column.kind === 'number' ? [values.map((count) => cellOf(count, true))] : cells.counts
    return { cells, shares: [...shares, cells.missing] }
  })
  const lines = [
    ...[persons, events, ...ofColumns.flatMap(({ cells }) => [cells.missing, cells.values, ...cells.counts])]
      .filter((row) => row.length > 1)
      .map(([whole, ...parts]) => ({ whole: whole!, parts })),
    ...ofColumns.flatMap(({ shares }) =>
      persons.map((whole, g) => ({ whole, parts: shares.map((row) => row[g]!) })),
    ),
  ]
  const rows = [events, ...ofColumns.flatMap(({ cells }) => [cells.missing, cells.values, ...cells.counts])]
  for (let hiddenCount = -1; hiddenCount !== countOf(persons);) {
    hiddenCount = countOf(persons)
    suppressLines(lines)
    // Of a group whose size is not said nothing is: shares and means would say it.
    for (const row of rows)
      for (const [g, cell] of row.entries())
        if (persons[g]!.isSuppressed && cell.count > 0) cell.isSuppressed = true
    suppressLines(lines)
  }
  return { persons, events, columns: ofColumns.map(({ cells }) => cells) }
}

const countOf = (row: Row): number => row.filter(({ isSuppressed }) => isSuppressed).length
