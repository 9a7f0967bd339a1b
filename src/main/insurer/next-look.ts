/** Where somebody who reads an alert looks next. Pure. */
import type { MonitorAlert, MonitorUnits } from '../../shared/contract/monitor.ts'

/** The part by age band or condition with the largest share of the excess that can be read; a month is no cause to look into. */
export function nextLook(causes: MonitorUnits['causes'], label: string): MonitorAlert['next'] {
  const tops = causes.flatMap(({ label: of, by, cause }) => {
    if (of !== label || cause.kind === 'stops' || by === 'month') return []
    const [top] = cause.rows
    const excess = cause.rows.reduce((sum, row) => sum + Math.max(0, row.excess), 0)
    return top === undefined || top.excess <= 0 ? [] : [{ by, label: top.label, share: top.excess / excess }]
  })
  return tops.toSorted((a, b) => b.share - a.share)[0] ?? null
}
