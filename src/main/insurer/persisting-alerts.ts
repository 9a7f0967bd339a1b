/** Groups and plans that stay above what is expected of them over several recorded tables (docs/spec/pricing.md M24). Pure. */
import type { MonitorGroupView, MonitorUnits, PersistingAlert } from '../../shared/contract/monitor.ts'
import { PERSISTING_TABLES, type WatchLevel } from '../../shared/domain/group-alert.ts'
import { dispersionOf } from '../pricing/monitor/overdispersion.ts'
import { falseAlarmsPerYear, persistingRuns, type WatchedEpoch } from '../pricing/monitor/persisting.ts'
import { nextLook } from './next-look.ts'
import type { SaidTable } from './group-series.ts'

export interface PersistingFound {
  readonly persisting: PersistingAlert[]
  readonly watchedForPersisting: { labels: number; falseAlarmsPerYear: number }
}

/**
 * @param tables in order of time; those that the file does not fit say nothing of what is expected, and of several up to one month the newest counts
 * @param pause between labels, as `groupRisk` has it
 */
export async function persistingAlerts(
  tables: readonly SaidTable[],
  pause: () => Promise<void> = () => Promise.resolve(),
): Promise<PersistingFound> {
  const fit = tables.filter(({ mismatch }) => mismatch === null)
  const epochs = fit.filter(({ source }, i) => fit[i + 1]?.source.lastMonth !== source.lastMonth)
  const found: PersistingAlert[] = []
  let labels = 0
  let alarms = 0
  for (const watched of ['group', 'plan'] as const) {
    for (const label of labelsOf(epochs, watched)) {
      const watch = watchedOf(epochs, watched, label)
      found.push(...alertsOf(epochs, watched, label, watch))
      const newest = watch.slice(-PERSISTING_TABLES)
      if (newest.length === PERSISTING_TABLES && newest.every(({ ratio }) => ratio !== null)) {
        labels++
        alarms += falseAlarmsPerYear(newest)
      }
      await pause()
    }
  }
  return {
    persisting: found.toSorted((a, b) => a.ratio.p - b.ratio.p),
    watchedForPersisting: { labels, falseAlarmsPerYear: alarms },
  }
}

const unitsOf = (
  { risk }: SaidTable,
  watched: WatchLevel,
): Pick<MonitorUnits, 'groups' | 'causes' | 'dispersion'> | null => (watched === 'group' ? risk : risk.plans)

function labelsOf(tables: readonly SaidTable[], watched: WatchLevel): string[] {
  const labels = new Set<string>()
  for (const table of tables)
    for (const { label } of unitsOf(table, watched)?.groups ?? []) if (label !== null) labels.add(label)
  return [...labels]
}

function watchedOf(tables: readonly SaidTable[], watched: WatchLevel, label: string): WatchedEpoch[] {
  let before: string | null = null
  return tables.map((table): WatchedEpoch => {
    const units = unitsOf(table, watched)
    const group = units?.groups.find((each) => each.label === label)
    const dispersion = dispersionOf(units?.dispersion ?? null)
    const { lastMonth } = table.source
    if (group === undefined) return { lastMonth, ratio: null, isAnother: false, months: [] }
    const codes = JSON.stringify(group.codes.toSorted())
    const isAnother = before !== null && before !== codes
    before = codes
    return {
      lastMonth,
      ratio: group.actualToExpected?.ratio ?? null,
      isAnother,
      months: monthsOf(group, dispersion),
    }
  })
}

const monthsOf = ({ months }: MonitorGroupView, dispersion: number): WatchedEpoch['months'] =>
  months.flatMap(({ month, claims, expected, noise }) =>
    claims === null || expected === null ? [] : [{ month, observed: claims, expected, noise, dispersion }],
  )

function alertsOf(
  epochs: readonly SaidTable[],
  watched: WatchLevel,
  label: string,
  watch: readonly WatchedEpoch[],
): PersistingAlert[] {
  return persistingRuns(watch).map(({ from, to, since, month, total, falseAlarmsPerYear: alarms }) => {
    const run = epochs.slice(from, to + 1)
    const newest = run.at(-1)!
    return {
      watched,
      label,
      kind: 'persisting',
      studyHash: newest.source.studyHash,
      since,
      month,
      ratio: total,
      falseAlarmsPerYear: alarms,
      next: nextLook(unitsOf(newest, watched)?.causes ?? [], label),
      tables: run.flatMap((table) => {
        const found = unitsOf(table, watched)?.groups.find((each) => each.label === label)?.actualToExpected
        if (found == null) return []
        const { ratio, lower, upper } = found
        return [{ lastMonth: table.source.lastMonth, ratio, lower, upper }]
      }),
      isOn: to === epochs.length - 1,
    }
  })
}
