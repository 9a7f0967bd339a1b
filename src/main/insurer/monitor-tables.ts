/** A released monitoring table as the cells that the desk works with: labels for levels, the variance of each table's noise. Pure. */
import {
  CHARLSON_LABELS,
  CHARLSON_POINTS,
  DELAYS,
  MARKET_PARTS,
  MONITOR_CONDITIONS,
  monthsUpTo,
  type MonitorGroup,
  type MonitorOutput,
} from '../privacy/request/monitor-output.ts'
import { varianceOf, type PartName } from '../privacy/request/part.ts'
import { planOf } from '../privacy/request/plan.ts'
import { levelCount } from '../privacy/request/axis.ts'
import { SEXES } from '../pricing/monitor/exposure-csv.ts'
import type { Axis, CellKey, GatedTable } from '../pricing/monitor/cells.ts'
import type { ReportedCell } from '../pricing/monitor/reporting-triangle.ts'
import { bandLabels, type AgeBand } from './age-bands.ts'
import type { MarketTables } from './market.ts'

/** Of groups; or of plans, which then stand where a group stands: `key.group` is the plan's label. */
export interface WatchedTables {
  /** Persons, visits, claims and cost by group, age band and sex: the same cells are shown. */
  readonly persons: GatedTable
  readonly visits: GatedTable
  readonly claims: GatedTable
  readonly cost: GatedTable
  readonly patientsByMonth: GatedTable
  readonly claimsByMonth: GatedTable
  /** Persons by group, one table for each condition and band of the score. */
  readonly conditions: readonly { readonly name: string; readonly table: GatedTable }[]
  readonly charlson: readonly {
    readonly label: string
    readonly points: number
    readonly table: GatedTable
  }[]
}

export interface MonitorTables extends WatchedTables {
  /** Null where it was asked without plans. */
  readonly plans: WatchedTables | null
  readonly reporting: { readonly cells: readonly ReportedCell[]; readonly variance: number }
  /** Null where it was asked without a benchmark. */
  readonly market: MarketTables | null
}

type Cells = readonly (number | null)[]

/**
 * @param bands of the exposure file in use, for its own words; empty without one
 * @returns null where the tables are not those of this request
 */
export function monitorTables(
  output: MonitorOutput,
  microRho: number,
  released: readonly Cells[],
  bands: readonly AgeBand[],
): MonitorTables | null {
  const parts = planOf({ output, microRho })
  if (parts.length !== released.length) return null
  const ages = bandLabels(output.ageEdges, bands)
  const months = monthsUpTo(output.lastMonth, output.months)
  const found = new Map<PartName, { cells: Cells; variance: number; sizes: readonly number[] }>()
  for (const [i, part] of parts.entries()) {
    const sizes = part.axes.map(levelCount)
    const cells = released[i]!
    if (cells.length !== sizes.reduce((product, size) => product * size, 1)) return null
    const { numerator, denominator } = varianceOf(part)
    found.set(part.name, { cells, variance: Number(numerator) / Number(denominator), sizes })
  }
  const of = (name: PartName) => found.get(name)!

  /** Levels that are not known are left out: nothing of the insurer's own file stands beside them. */
  const table = (
    name: PartName,
    measure: string,
    axes: readonly Axis[],
    labels: readonly (readonly string[])[],
    fixed: readonly (number | null)[] = [],
  ): GatedTable => {
    const { cells, variance, sizes } = of(name)
    const list: { key: CellKey; value: number | null }[] = []
    cells.forEach((value, i) => {
      const levels = levelsOf(i, sizes)
      if (fixed.some((level, a) => level !== null && levels[a] !== level)) return
      const key: Partial<Record<Axis, string>> = {}
      for (const [a, axis] of axes.entries()) {
        const label = labels[a]![levels[a]!]
        if (label === undefined) return
        key[axis] = label
      }
      list.push({ key, value })
    })
    return { measure, axes, variance, cells: list }
  }
  const watched = (named: readonly MonitorGroup[], before: '' | 'plan-'): WatchedTables => {
    const groups = named.map(({ label }) => label)
    const strata: readonly Axis[] = ['group', 'ageBand', 'sex']
    const strataLabels = [groups, ages, SEXES]
    const byMonth: readonly Axis[] = ['group', 'month']
    const monthLabels = [groups, months]
    return {
      persons: table(`${before}count`, 'persons', strata, strataLabels),
      visits: table(`${before}visits`, 'visits', strata, strataLabels),
      claims: table(`${before}claims`, 'claims', strata, strataLabels),
      cost: table(`${before}cost`, 'cost', strata, strataLabels),
      patientsByMonth: table(`${before}patients-by-month`, 'patients', byMonth, monthLabels),
      claimsByMonth: table(`${before}claims-by-month`, 'claims', byMonth, monthLabels),
      conditions: MONITOR_CONDITIONS.map(([name], level) => ({
        name,
        table: table(`${before}conditions`, `condition:${name}`, ['group'], [groups], [null, level]),
      })),
      charlson: CHARLSON_LABELS.map((label, level) => ({
        label,
        points: CHARLSON_POINTS[level]!,
        table: table(`${before}charlson`, `charlson:${label}`, ['group'], [groups], [null, level]),
      })),
    }
  }
  const reporting = of('reporting')
  return {
    ...watched(output.groups, ''),
    plans: output.plans === null ? null : watched(output.plans, 'plan-'),
    reporting: {
      variance: reporting.variance,
      cells: reporting.cells.flatMap((value, i): ReportedCell[] => {
        const [month, delay] = levelsOf(i, reporting.sizes)
        const label = months[month!]
        return label === undefined || delay! >= DELAYS.length ? [] : [{ month: label, delay: delay!, value }]
      }),
    },
    market: output.insurers === null ? null : marketTables(output.insurers, months, of),
  }
}

/** Whether no cell of any table is shown: whatever the answer is called, it says nothing. */
export const isWithheldWhole = (released: readonly Cells[]): boolean =>
  released.every((cells) => cells.every((cell) => cell === null))

function marketTables(
  insurers: readonly string[],
  months: readonly string[],
  of: (name: PartName) => { readonly cells: Cells; readonly variance: number },
): MarketTables {
  const [persons, claims] = [of('market-months'), of('market-claims-by-month')]
  // The last level of months is “not known”.
  const part = (name: (typeof MARKET_PARTS)[number], m: number) => {
    const cell = MARKET_PARTS.indexOf(name) * (months.length + 1) + m
    return { persons: persons.cells[cell]!, claims: claims.cells[cell]! }
  }
  return {
    insurers: insurers.length,
    months: months.map((month, m) => ({ month, own: part('own', m), others: part('others', m) })),
    noise: { persons: persons.variance, claims: claims.variance },
  }
}

/** The level of each axis that a cell of a table stands for. */
export function levelsOf(cell: number, sizes: readonly number[]): number[] {
  const levels: number[] = []
  let rest = cell
  for (const size of sizes.toReversed()) {
    levels.unshift(rest % size)
    rest = Math.floor(rest / size)
  }
  return levels
}
