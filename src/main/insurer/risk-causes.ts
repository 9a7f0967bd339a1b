/** From a group to the parts of it that were released: by age band, by condition, by month (docs/spec/pricing.md M9). Pure. */
import type { CauseBy, MonitorCause, MonitorUnits } from '../../shared/contract/monitor.ts'
import { benjaminiHochberg } from '../stats/actuarial/monitoring.ts'
import { causeByAxis, causeByTables, type Cause } from '../pricing/monitor/cause.ts'
import type { WatchedTable } from '../pricing/monitor/cells.ts'
import { referenceRates, type ReferenceRates } from '../pricing/monitor/expected.ts'
import type { GroupTables } from '../pricing/monitor/measures.ts'
import type { Spread } from '../pricing/monitor/spread.ts'

/** @param spread of the group's claims */
export function causesOf(
  label: string,
  watched: GroupTables,
  byMonth: WatchedTable,
  spread: Spread,
): MonitorUnits['causes'] {
  // Conditions count persons, of whom each is there once; a month is held against the same month of all groups, which is as young.
  const [ofPersons, ofMonths] = [
    { ...spread, dispersion: 1 },
    { ...spread, relativeError: 0 },
  ]
  const isIn = (key: { readonly group?: string }): boolean => key.group === label
  const hasExposure = byMonth.cells.some(({ exposure }) => exposure !== null)
  const rates = (table: WatchedTable, axes: ReferenceRates['axes']): ReferenceRates | null =>
    hasExposure ? referenceRates(table, axes) : null
  const conditions = Object.entries(watched.conditions).flatMap(([name, table]) => {
    const reference = rates(table, [])
    return reference === null ? [] : [{ label: name, table, reference }]
  })
  const found: readonly (readonly [CauseBy, Cause])[] = [
    [
      'ageBand',
      causeByAxis(
        { by: 'ageBand', table: watched.claims, reference: rates(watched.claims, ['ageBand', 'sex']) },
        isIn,
        spread,
      ),
    ],
    ['condition', causeByTables('condition', conditions, isIn, ofPersons)],
    [
      'month',
      causeByAxis({ by: 'month', table: byMonth, reference: rates(byMonth, ['month']) }, isIn, ofMonths),
    ],
  ]
  return found.map(([by, cause]) => ({ label, by, cause: causeView(cause) }))
}

function causeView(cause: Cause): MonitorCause {
  if (cause.kind === 'stops') return { kind: 'stops', reason: cause.reason }
  return {
    kind: 'rows',
    leftOut: cause.leftOut,
    rows: cause.rows.map(({ label, observed, expected, excess, band }) => ({
      label,
      observed,
      expected,
      excess,
      ratio: band.ratio,
      lower: band.lower,
      upper: band.upper,
      p: band.p,
      standsOut: null,
    })),
  }
}

/** Of as many tests a few are called by chance: which of a level's groups and conditions together stand out at a false-discovery rate. */
export function withDiscoveries(
  causes: MonitorUnits['causes'],
  falseDiscoveryRate: number,
): MonitorUnits['causes'] {
  const rowsOf = ({ by, cause }: MonitorUnits['causes'][number]) =>
    by === 'condition' && cause.kind === 'rows' ? cause.rows : []
  const tested = causes.flatMap(rowsOf)
  const found = benjaminiHochberg(
    tested.map(({ p }) => p),
    falseDiscoveryRate,
  )
  const standing = new Set(tested.filter((_, i) => found[i]))
  return causes.map((each) => {
    const rows = rowsOf(each)
    if (each.cause.kind !== 'rows' || rows.length === 0) return each
    const marked = rows.map((row) => ({ ...row, standsOut: standing.has(row) }))
    return { ...each, cause: { ...each.cause, rows: marked } }
  })
}
