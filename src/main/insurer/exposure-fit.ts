/** Whether a file of exposure is of the months, groups and age bands of a monitoring table. Pure. */
import type { WatchLevel } from '../../shared/domain/group-alert.ts'
import { monthsUpTo, type MonitorGroup, type MonitorOutput } from '../privacy/request/monitor-output.ts'
import type { ExposureRow } from '../pricing/monitor/cells.ts'
import { ageBandsOf, type AgeBand } from './age-bands.ts'

export interface ExposureFit {
  /** Of the table's months, as the table was planned; none where they cannot be read. */
  readonly bands: readonly AgeBand[]
  /** Why the file gives no rates: null where it does. */
  readonly mismatch: 'bands' | 'months' | 'groups' | null
}

/** Every group and plan of a label needs exposure: claims of one without would be on the account of the others. */
export function exposureFit(rows: readonly ExposureRow[], output: MonitorOutput): ExposureFit {
  const window = monthsUpTo(output.lastMonth, output.months)
  const inWindow = rows.filter(({ key }) => window.includes(key.month))
  const read = ageBandsOf([...new Set(inWindow.map(({ key }) => key.ageBand))])
  const bands = read.kind === 'bands' ? read.bands : []
  const months = new Set(inWindow.map(({ key }) => key.month))
  if (!window.every((month) => months.has(month))) return { bands, mismatch: 'months' }
  if (read.kind !== 'bands' || read.edges.join() !== output.ageEdges.join())
    return { bands, mismatch: 'bands' }
  const has = (named: readonly MonitorGroup[], axis: WatchLevel): boolean => {
    const names = new Set(inWindow.map(({ key }) => key[axis]))
    return named.every(({ codes }) => codes.every((code) => names.has(code)))
  }
  const isWhole = has(output.groups, 'group') && (output.plans === null || has(output.plans, 'plan'))
  return { bands, mismatch: isWhole ? null : 'groups' }
}
