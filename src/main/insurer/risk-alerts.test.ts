import { describe, expect, it } from 'vitest'
import type { MonitorGroupView } from '../../shared/contract/monitor.ts'
import { alertsOf } from './risk-alerts.ts'
import { chartOf, type GroupChart } from './risk-charts.ts'
import { levelSpread } from './risk-spread.ts'

const MONTHS = Array.from({ length: 12 }, (_, m) => `2024-${String(m + 1).padStart(2, '0')}`)
const spread = levelSpread(1, new Map(), null)
const chartsOf = (claims: (month: number) => number): GroupChart[] => {
  const months = MONTHS.map((month, m) => ({ month, claims: claims(m), expected: 40 }))
  return chartOf({ label: 'A', months } as unknown as MonitorGroupView, 4, spread, 2, new Map())
}
const risesOf = (charts: readonly GroupChart[]) =>
  alertsOf({
    watched: 'group',
    charts,
    plotted: [],
    groups: [],
    causes: [],
    spread,
    output: { lastMonth: '2024-12', months: 12 } as never,
    levelAlarms: 0,
  })

describe('charts of rises', () => {
  it('look for a rise by a quarter and by a half, with a false alarm in five years of both', () => {
    const charts = chartsOf(() => 40)
    expect(charts.map(({ chart }) => chart.ratio)).toEqual([1.25, 1.5])
    const alarms = charts.reduce((sum, { chart }) => sum + 1 / chart.runLength, 0)
    expect(1 / alarms).toBeGreaterThanOrEqual(60)
    expect(1 / alarms).toBeLessThan(66)
    // Two tables a year, each of twelve months.
    const said = charts.reduce((sum, { falseAlarmsPerYear }) => sum + falseAlarmsPerYear, 0)
    expect(said).toBeCloseTo(2 * 12 * alarms, 12)
  })
  it('say one rise of what both see, and a rise that one alone sees', () => {
    const charts = chartsOf((m) => (m === 3 ? 75 : m >= 7 && m <= 9 ? 60 : 36))
    const seen = charts.map(({ chart }) => chart.signals.map(({ since, month }) => `${since} ${month}`))
    expect(seen.every((each) => each.length > 0)).toBe(true)
    const both = risesOf(charts)
    expect(both.map(({ since, month }) => [since, month])).toEqual([
      ['2024-04', '2024-04'],
      ['2024-08', '2024-10'],
    ])
    expect(both[0]!.falseAlarmsPerYear).toBeCloseTo(
      charts[0]!.falseAlarmsPerYear + charts[1]!.falseAlarmsPerYear,
      12,
    )
    expect(risesOf(charts.slice(1)).length).toBeGreaterThan(0)
  })
  it('say one rise where the one chart signals in the month after the other', () => {
    const signalled = ({ chart, ...rest }: GroupChart, since: string, month: string): GroupChart => ({
      ...rest,
      chart: { ...chart, signals: [{ since, month }] as unknown as typeof chart.signals },
    })
    const [quarter, half] = chartsOf(() => 40)
    const rises = (since: string, month: string) =>
      risesOf([signalled(quarter!, '2024-02', '2024-04'), signalled(half!, since, month)]).map((rise) => [
        rise.since,
        rise.month,
      ])
    expect(rises('2024-05', '2024-05')).toEqual([['2024-02', '2024-05']])
    expect(rises('2024-06', '2024-06')).toEqual([
      ['2024-02', '2024-04'],
      ['2024-06', '2024-06'],
    ])
  })
})
