/**
 * A tariff table from what was released and what the insurer knows itself: claims and costs are gated cells over the same axes, the
 * exposure is the insurer's own file over the months of those claims (docs/spec/pricing.md M1).
 */
import { pricedBy, type WatchLevel } from '../../../shared/domain/group-alert.ts'
import { PricingFailure } from '../failure.ts'
import type { Axis, ExposureRow, GatedTable } from '../monitor/cells.ts'
import { watch } from '../monitor/cells.ts'
import type { ReportedCell } from '../monitor/reporting-triangle.ts'
import { type CellRecord, type Factor, levelOf, type TariffTable, tariffTable } from './tariff-table.ts'

export interface RecordedResult {
  readonly studyHash: string
  readonly resultHash: string
  readonly snapshot: string
  readonly cohort: string
  readonly title: string | null
  /** Milliseconds since 1970. */
  readonly at: number | null
  /** The first and the last month whose claims are in it, `YYYY-MM`. */
  readonly from: string
  readonly to: string
  /** What one patient's cost counts with at most, minor units: what lies above is in no cell. */
  readonly costMost: number
  readonly tables: readonly GatedTable[]
  /** Claims by month of incurral and months of delay; null where the answer has none. `asOf`: month of the snapshot, where it is known. */
  readonly reported: {
    readonly variance: number
    readonly cells: readonly ReportedCell[]
    readonly asOf: string | null
  } | null
}

export interface PricedTable {
  readonly table: TariffTable
  /** Earned in these cells by the insurer's file, minor units. */
  readonly premium: number
  /** Cells that the gateways withheld or that hold no claims table at all, and the share of the exposure in them. */
  readonly withheld: { readonly cells: number; readonly exposure: number; readonly share: number }
}

/** The answer as far as it is by groups, or by plans: each patient is in both, so that they are never added up. */
export const resultBy = (result: RecordedResult, unit: WatchLevel): RecordedResult => ({
  ...result,
  tables: result.tables.filter(({ axes }) => axes.includes(unit)),
})

/** Axes in whose order levels rise. */
const ORDERED: ReadonlySet<Axis> = new Set(['ageBand', 'month'])

/**
 * @param result of one unit (`resultBy`), and the exposure under the labels of its units
 * @throws {PricingFailure} `nothing-to-fit` where the answer has no claims and costs over the same cells, or the file no exposure in its
 * months
 */
export function recordedTable(result: RecordedResult, exposure: readonly ExposureRow[]): PricedTable {
  const pair = pairOf(result.tables)
  if (pair === null)
    throw new PricingFailure({ code: 'nothing-to-fit', what: 'claims and costs of one table' })
  const rows = exposure.filter(({ key }) => key.month >= result.from && key.month <= result.to)
  if (rows.length === 0)
    throw new PricingFailure({ code: 'nothing-to-fit', what: `exposure from ${result.from} to ${result.to}` })
  const claims = watch(pair.claims, rows)
  const costOf = new Map(
    watch(pair.cost, rows).cells.map(({ key, value, noise }) => [keyOf(key, pair.axes), { value, noise }]),
  )
  const factors = factorsOf(pair)
  let earned = 0
  const records = claims.cells.flatMap(({ key, value, noise, exposure: years, premium }): CellRecord[] => {
    const cost = costOf.get(keyOf(key, pair.axes))
    if (cost === undefined) return []
    earned += premium ?? 0
    return [
      {
        levels: pair.axes.map((axis) => key[axis] ?? ''),
        exposure: years ?? 0,
        claims: value,
        cost: cost.value,
        noise: { exposure: 0, claims: noise, cost: cost.noise },
      },
    ]
  })
  return { table: tariffTable(factors, records), premium: earned, withheld: claims.uncovered }
}

/**
 * Whether claims, costs and noise of a tariff's table are those of a recorded result, cell by cell: what a second institution holds a
 * tariff against, which does not have the insurer's exposure file.
 */
export function agreesWith(result: RecordedResult, table: TariffTable): boolean {
  const names = table.factors.map(({ name }) => name)
  const pair = pairOf(resultBy(result, pricedBy(names)).tables)
  if (pair?.axes.join() !== names.join()) return false
  const valuesOf = ({ cells, variance }: GatedTable): Map<string, { value: number; noise: number }> =>
    new Map(
      cells.flatMap(({ key, value, parts = 1 }) =>
        value === null ? [] : [[keyOf(key, pair.axes), { value, noise: parts * variance }]],
      ),
    )
  const claims = valuesOf(pair.claims)
  const cost = valuesOf(pair.cost)
  const shown = [...claims.keys()].filter((key) => cost.has(key))
  if (shown.length !== table.exposure.length) return false
  return Array.from(table.exposure).every((_, i) => {
    const key = JSON.stringify(table.factors.map((_factor, f) => levelOf(table, f, i)))
    const [a, b] = [claims.get(key), cost.get(key)]
    return (
      a?.value === table.claims[i] &&
      b?.value === table.cost[i] &&
      a?.noise === (table.noise?.claims[i] ?? 0) &&
      b?.noise === (table.noise?.cost[i] ?? 0)
    )
  })
}

interface Pair {
  readonly axes: readonly Axis[]
  readonly claims: GatedTable
  readonly cost: GatedTable
}

/** Claims and costs over the same axes, the finest there are. */
function pairOf(tables: readonly GatedTable[]): Pair | null {
  let best: Pair | null = null
  for (const cost of tables) {
    if (cost.measure !== 'cost') continue
    const name = cost.axes.join()
    const claims = tables.find((each) => each.measure === 'claims' && each.axes.join() === name)
    if (claims !== undefined && cost.axes.length > (best?.axes.length ?? -1))
      best = { axes: cost.axes, claims, cost }
  }
  return best
}

function factorsOf({ axes, claims }: Pair): Factor[] {
  return axes.map((axis): Factor => {
    const labels = [...new Set(claims.cells.map(({ key }) => key[axis] ?? ''))]
    return ORDERED.has(axis)
      ? { name: axis, levels: labels.sort(byFirstNumber), isOrdered: true }
      : { name: axis, levels: labels, isOrdered: false }
  })
}

const keyOf = (key: Readonly<Partial<Record<Axis, string>>>, axes: readonly Axis[]): string =>
  JSON.stringify(axes.map((axis) => key[axis] ?? ''))

/** `0-17` before `18-29` before `100+`; labels without a number after them, in order of code units. */
function byFirstNumber(a: string, b: string): number {
  const [x, y] = [a, b].map((text) => Number(/^[0-9]+/.exec(text)?.[0] ?? Infinity)) as [number, number]
  return x === y ? (a < b ? -1 : a > b ? 1 : 0) : x < y ? -1 : 1
}

/** Which factors an answer can be priced by, those of groups first, and how many of its cells by group the gateways withheld. */
export function pricedAxes(result: RecordedResult): {
  factors: { name: string; levels: string[]; isOrdered: boolean }[]
  cells: number
  withheld: number
} {
  const [ofGroups, ofPlans] = (['group', 'plan'] as const).map((unit) =>
    pairOf(resultBy(result, unit).tables),
  )
  const own = ofGroups === null ? [] : factorsOf(ofGroups!)
  const plans = ofPlans === null ? [] : factorsOf(ofPlans!).filter(({ name }) => name === 'plan')
  const cells = ofGroups?.claims.cells ?? []
  return {
    factors: [...own, ...plans].map(({ name, levels, isOrdered }) => ({
      name,
      levels: [...levels],
      isOrdered,
    })),
    cells: cells.length,
    withheld: cells.filter(({ value }) => value === null).length,
  }
}
