/**
 * From a signal to its cause in two steps: by age band, by condition, by month; or the plain reason why it goes no further. Nothing is
 * asked anew: only tables that were released already are cut (docs/spec/pricing.md M9).
 */
import type { Axis, CellKey, WatchedTable } from './cells.ts'
import { EXPECTED_LEAST, expectedOf, type ReferenceRates } from './expected.ts'
import type { RatioBand } from './ratio.ts'
import { ONE_BY_ONE, ratioWithSpread, type Spread } from './spread.ts'

export interface CauseRow {
  readonly label: string
  readonly observed: number
  readonly expected: number
  readonly excess: number
  /** Of the excess of all rows; NaN where there is none. */
  readonly share: number
  readonly band: RatioBand
}

export type Cause =
  /** Largest excess first. */
  | {
      readonly kind: 'rows'
      readonly by: string
      readonly rows: readonly CauseRow[]
      readonly leftOut: number
    }
  | {
      readonly kind: 'stops'
      readonly by: string
      /** The release has no such table; its cells were withheld; or each part expects too little to tell it from chance. */
      readonly reason: 'no-table' | 'withheld' | 'too-few'
    }

/** A table cut by one of its own axes. */
export interface CutByAxis {
  readonly by: Axis
  readonly table: WatchedTable | null
  readonly reference: ReferenceRates | null
}

export function causeByAxis(
  { by, table, reference }: CutByAxis,
  isIn: (key: CellKey) => boolean,
  spread: Spread = ONE_BY_ONE,
): Cause {
  if (table === null || reference === null || !table.axes.includes(by))
    return { kind: 'stops', by, reason: 'no-table' }
  const groups = new Map<string, { observed: number; expected: number; noise: number }>()
  for (const cell of table.cells) {
    if (!isIn(cell.key)) continue
    const label = cell.key[by]
    if (label === undefined) continue
    const known = groups.get(label) ?? { observed: 0, expected: 0, noise: 0 }
    known.observed += cell.value
    known.noise += cell.noise
    known.expected += expectedOf(cell, reference)
    groups.set(label, known)
  }
  return causeOf(
    by,
    [...groups].map(([label, sums]) => ({ label, ...sums })),
    spread,
  )
}

/** Tables side by side: one for each condition. */
export function causeByTables(
  by: string,
  tables: readonly {
    readonly label: string
    readonly table: WatchedTable
    readonly reference: ReferenceRates
  }[],
  isIn: (key: CellKey) => boolean,
  spread: Spread = ONE_BY_ONE,
): Cause {
  if (tables.length === 0) return { kind: 'stops', by, reason: 'no-table' }
  return causeOf(
    by,
    tables.flatMap(({ label, table, reference }) => {
      const sums = { label, observed: 0, expected: 0, noise: 0 }
      let cells = 0
      for (const cell of table.cells) {
        if (!isIn(cell.key)) continue
        cells++
        sums.observed += cell.value
        sums.noise += cell.noise
        sums.expected += expectedOf(cell, reference)
      }
      return cells > 0 ? [sums] : []
    }),
    spread,
  )
}

function causeOf(
  by: string,
  parts: readonly { label: string; observed: number; expected: number; noise: number }[],
  spread: Spread,
): Cause {
  if (parts.length === 0) return { kind: 'stops', by, reason: 'withheld' }
  const readable = parts.filter(({ expected }) => expected >= EXPECTED_LEAST)
  if (readable.length === 0) return { kind: 'stops', by, reason: 'too-few' }
  const total = readable.reduce((sum, { observed, expected }) => sum + observed - expected, 0)
  const rows = readable.map(({ label, observed, expected, noise }): CauseRow => ({
    label,
    observed,
    expected,
    excess: observed - expected,
    share: total === 0 ? NaN : (observed - expected) / total,
    band: ratioWithSpread(
      { observed: noise > 0 ? observed : Math.max(0, observed), expected, noise },
      spread,
    ),
  }))
  return {
    kind: 'rows',
    by,
    rows: rows.sort((a, b) => b.excess - a.excess || (a.label < b.label ? -1 : 1)),
    leftOut: parts.length - readable.length,
  }
}
