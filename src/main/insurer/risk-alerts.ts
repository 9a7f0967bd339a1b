/** What a page is opened for: groups whose claims rose, and groups apart from the others (docs/spec/pricing.md M8, M13). Pure. */
import type { MonitorAlert, MonitorGroupView, MonitorUnits } from '../../shared/contract/monitor.ts'
import type { WatchLevel } from '../../shared/domain/group-alert.ts'
import { monthsUpTo, type MonitorOutput } from '../privacy/request/monitor-output.ts'
import type { CusumChart, CusumMonth } from '../pricing/monitor/cusum.ts'
import { ratioWithSpread } from '../pricing/monitor/spread.ts'
import { nextLook } from './next-look.ts'
import type { GroupChart } from './risk-charts.ts'
import type { LevelSpread } from './risk-spread.ts'

interface Alerting {
  readonly watched: WatchLevel
  readonly charts: readonly GroupChart[]
  readonly plotted: readonly { readonly label: string; readonly isSignal: boolean }[]
  readonly groups: readonly MonitorGroupView[]
  readonly causes: MonitorUnits['causes']
  readonly spread: LevelSpread
  readonly output: MonitorOutput
  /** Such alerts that are expected in a year among all of the level where nothing differs. */
  readonly levelAlarms: number
}

export function alertsOf({
  watched,
  charts,
  plotted,
  groups,
  causes,
  spread,
  output,
  levelAlarms,
}: Alerting): MonitorAlert[] {
  const rises = [...new Set(charts.map(({ label }) => label))].flatMap((label) => {
    const own = charts.filter((each) => each.label === label)
    const falseAlarmsPerYear = own.reduce((sum, each) => sum + each.falseAlarmsPerYear, 0)
    return risesOf(own).map(({ since, month, rise }) => {
      const sum = (of: (month: CusumMonth) => number) => rise.reduce((total, each) => total + of(each), 0)
      const count = {
        observed: sum(({ observed }) => observed),
        expected: sum(({ expected }) => expected),
        noise: sum(({ noise }) => noise),
      }
      return {
        watched,
        label,
        kind: 'rise' as const,
        month,
        since,
        ratio: { ...ratioWithSpread(count, spread.of(rise)), ...count },
        falseAlarmsPerYear,
        next: nextLook(causes, label),
      }
    })
  })
  const levels = plotted.flatMap(({ label, isSignal }) => {
    const found = groups.find((group) => group.label === label)?.actualToExpected
    if (!isSignal || found === null || found === undefined) return []
    return [
      {
        watched,
        label,
        kind: 'level' as const,
        month: null,
        since: monthsUpTo(output.lastMonth, output.months)[0]!,
        ratio: found,
        falseAlarmsPerYear: levelAlarms,
        next: nextLook(causes, label),
      },
    ]
  })
  return [...rises, ...levels]
}

/**
 * After a signal a chart begins again: what goes on without a pause is one rise, and what comes after a pause another one. What several charts of a group see in the
 * same months, or one after another, is one rise too.
 * @param charts of one group
 */
function risesOf(
  charts: readonly GroupChart[],
): { readonly since: string; readonly month: string; readonly rise: readonly CusumMonth[] }[] {
  const used = charts[0]!.used
  const at = new Map(used.map(({ month }, i) => [month, i]))
  const seen = charts
    .flatMap(({ chart }) => runsOf(chart, at))
    .toSorted((a, b) => a.first - b.first || a.last - b.last)
  const rises: { first: number; last: number }[] = []
  for (const { first, last } of seen) {
    const before = rises.at(-1)
    // Without a pause between them, as signals of one chart.
    if (before !== undefined && first <= before.last + 1) before.last = Math.max(before.last, last)
    else rises.push({ first, last })
  }
  return rises.map(({ first, last }) => ({
    since: used[first]!.month,
    month: used[last]!.month,
    rise: used.slice(first, last + 1),
  }))
}

function runsOf(
  { signals }: CusumChart,
  at: ReadonlyMap<string, number>,
): { readonly first: number; readonly last: number }[] {
  const runs: { first: number; last: number }[] = []
  for (const { since, month } of signals) {
    const [first, last] = [at.get(since)!, at.get(month)!]
    const before = runs.at(-1)
    if (before !== undefined && first === before.last + 1) before.last = last
    else runs.push({ first, last })
  }
  return runs
}
