/**
 * What the desk watches: cells of plan, group, age band, sex and month. Claims come as gated tables, each with the variance of its noise;
 * denominators and premiums come from the insurer's own file, which no gateway sees. The two meet here, on the insurer's node (docs/spec/pricing.md M1).
 */
import { checkNumber, PricingFailure } from '../failure.ts'
import { CELLS_MAX } from '../limits.ts'

export const AXES = ['plan', 'group', 'ageBand', 'sex', 'month'] as const
export type Axis = (typeof AXES)[number]
/** Labels of the axes that a table has. */
export type CellKey = Readonly<Partial<Record<Axis, string>>>

/** One line of the insurer's own file. */
export interface ExposureRow {
  readonly key: Readonly<Record<Axis, string>>
  readonly memberMonths: number
  /** Minor units, earned in the month. */
  readonly premiumMinor: number
}

export interface GatedTable {
  /** `claims`, `cost`, `visits`, `condition:diabetes`, `charlson:1-2` … */
  readonly measure: string
  readonly axes: readonly Axis[]
  /** σ² of the noise in each cell, as the release says; 0 where a number is exact. */
  readonly variance: number
  /** Null where the gateway withheld the cell; `parts`: of how many noisy cells it is the sum, 1 by default. */
  readonly cells: readonly { readonly key: CellKey; readonly value: number | null; readonly parts?: number }[]
}

export interface WatchedCell {
  readonly key: CellKey
  readonly value: number
  /** Variance of its noise. */
  readonly noise: number
  /** Member-years; null without the insurer's file. */
  readonly exposure: number | null
  readonly premium: number | null
}

export interface WatchedTable {
  readonly measure: string
  readonly axes: readonly Axis[]
  /** Cells that were shown. */
  readonly cells: readonly WatchedCell[]
  /** Exposure of cells that were withheld or that the release lacks, over all: what the rates do not speak of. */
  readonly uncovered: { readonly cells: number; readonly exposure: number; readonly share: number }
}

/**
 * A gated table beside the insurer's exposure, added up over the axes that the table lacks.
 *
 * @param exposure null: claims only, no rate
 * @throws {PricingFailure} `bad-number`, `double-name` for a cell that stands twice, `too-many`
 */
export function watch(table: GatedTable, exposure: readonly ExposureRow[] | null): WatchedTable {
  return watcher(exposure)(table)
}

/** The same for several tables beside one file, which is added up once for all tables of the same axes. */
export function watcher(exposure: readonly ExposureRow[] | null): (table: GatedTable) => WatchedTable {
  const sumsOf = new Map<string, ReadonlyMap<string, Sums>>()
  return (table) => {
    if (exposure === null) return watchBeside(table, null)
    if (exposure.length > CELLS_MAX)
      throw new PricingFailure({ code: 'too-many', what: 'cells', count: exposure.length, most: CELLS_MAX })
    const axes = table.axes.join()
    const sums = sumsOf.get(axes) ?? sumBy(exposure, table.axes)
    sumsOf.set(axes, sums)
    return watchBeside(table, sums)
  }
}

type Sums = { readonly exposure: number; readonly premium: number }

function watchBeside(table: GatedTable, sums: ReadonlyMap<string, Sums> | null): WatchedTable {
  checkNumber('noise', 0, table.variance, 0)
  const count = table.cells.length
  if (count > CELLS_MAX) throw new PricingFailure({ code: 'too-many', what: 'cells', count, most: CELLS_MAX })
  const seen = new Set<string>()
  const cells: WatchedCell[] = []
  let withheld = 0
  table.cells.forEach(({ key, value, parts = 1 }, row) => {
    const name = nameOf(key, table.axes)
    if (seen.has(name)) throw new PricingFailure({ code: 'double-name', what: 'cell', name })
    if (value === null) {
      withheld++
      return
    }
    seen.add(name)
    checkNumber(table.measure, row, value, table.variance > 0 ? -Infinity : 0)
    const own = sums?.get(name)
    cells.push({
      key,
      value,
      noise: parts * table.variance,
      exposure: sums === null ? null : (own?.exposure ?? 0),
      premium: sums === null ? null : (own?.premium ?? 0),
    })
  })
  let all = 0
  let uncovered = 0
  let missing = 0
  for (const [name, own] of sums ?? []) {
    all += own.exposure
    if (seen.has(name)) continue
    uncovered += own.exposure
    missing++
  }
  return {
    measure: table.measure,
    axes: table.axes,
    cells,
    uncovered: {
      cells: sums === null ? withheld : missing,
      exposure: uncovered,
      share: all > 0 ? uncovered / all : 0,
    },
  }
}

/** A sum over cells, with the noise that it carries. */
export interface Watched {
  readonly value: number
  readonly noise: number
  readonly cells: number
  readonly exposure: number | null
  readonly premium: number | null
}

export function sumCells(table: WatchedTable, isIn: (cell: WatchedCell) => boolean): Watched {
  let value = 0
  let noise = 0
  let cells = 0
  let exposure = 0
  let premium = 0
  let hasExposure = true
  for (const cell of table.cells) {
    if (!isIn(cell)) continue
    value += cell.value
    noise += cell.noise
    cells++
    if (cell.exposure === null || cell.premium === null) hasExposure = false
    else {
      exposure += cell.exposure
      premium += cell.premium
    }
  }
  return {
    value,
    noise,
    cells,
    exposure: hasExposure ? exposure : null,
    premium: hasExposure ? premium : null,
  }
}

/** Labels of an axis in order of code units: months are then in order of time. */
export function labelsOf(table: WatchedTable, axis: Axis): string[] {
  const labels = new Set<string>()
  for (const { key } of table.cells) if (key[axis] !== undefined) labels.add(key[axis])
  return [...labels].sort()
}

export function nameOf(key: CellKey, axes: readonly Axis[]): string {
  return axes.map((axis) => JSON.stringify(key[axis] ?? '')).join(',')
}

function sumBy(
  exposure: readonly ExposureRow[],
  axes: readonly Axis[],
): Map<string, { exposure: number; premium: number }> {
  const sums = new Map<string, { exposure: number; premium: number }>()
  exposure.forEach(({ key, memberMonths, premiumMinor }, row) => {
    checkNumber('member months', row, memberMonths, 0)
    checkNumber('premium', row, premiumMinor, 0)
    const name = nameOf(key, axes)
    const known = sums.get(name) ?? { exposure: 0, premium: 0 }
    known.exposure += memberMonths / 12
    known.premium += premiumMinor
    sums.set(name, known)
  })
  return sums
}
