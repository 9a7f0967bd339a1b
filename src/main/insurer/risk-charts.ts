/** Groups beside each other and each of them through time: actual over expected, funnel and cumulative sum (docs/spec/pricing.md M4, M7, M8). Pure. */
import type { MonitorGroupView, MonitorUnits } from '../../shared/contract/monitor.ts'
import { sumCells, type WatchedTable } from '../pricing/monitor/cells.ts'
import {
  cusumChart,
  RUN_LENGTH,
  type CusumChart,
  type CusumMonth,
  type ThresholdCache,
} from '../pricing/monitor/cusum.ts'
import { ewmaChart } from '../pricing/monitor/ewma.ts'
import { EXPECTED_LEAST, type GroupRatio } from '../pricing/monitor/expected.ts'
import type { FunnelPlot } from '../pricing/monitor/funnel.ts'
import { ratioWithSpread } from '../pricing/monitor/spread.ts'
import type { LevelSpread } from './risk-spread.ts'

/** Rises that the charts of a group look for: by a quarter, and sooner by a half. */
const WATCHED_RATIOS = [1.25, 1.5]
/** Of each chart, so that those of one group together have no more false alarms than one chart of M8. */
const MONTHS_TO_FALSE = RUN_LENGTH * WATCHED_RATIOS.length
/** A chart of fewer months says nothing of time. */
const MONTHS_LEAST = 3
const FUNNEL_STEPS = 40

/** Of all months of a group that are shown; null where too little is expected. */
export function actualToExpected(
  byMonth: WatchedTable,
  series: MonitorGroupView['months'],
  isOf: (group: string | undefined) => boolean,
  spread: LevelSpread,
): MonitorGroupView['actualToExpected'] {
  const { value, noise, cells } = sumCells(byMonth, ({ key }) => isOf(key.group))
  const expected = series.reduce((sum, month) => sum + (month.expected ?? 0), 0)
  if (cells === 0 || expected < EXPECTED_LEAST) return null
  const observed = noise > 0 ? value : Math.max(0, value)
  const { ratio, lower, upper, p } = ratioWithSpread({ observed, expected, noise }, spread.of(series))
  return { ratio, lower, upper, p, observed: value, expected, noise }
}

export function ratioOf({ label, actualToExpected: found }: MonitorGroupView): GroupRatio[] {
  return found === null || label === null ? [] : [{ ...found, label, isReadable: true }]
}

export function funnelView(
  plot: FunnelPlot,
  ratios: readonly GroupRatio[],
  groups: number,
): MonitorUnits['funnel'] {
  const largest = Math.max(1, ...plot.groups.map(({ expected }) => expected))
  return {
    falseDiscoveryRate: plot.falseDiscoveryRate,
    phi: plot.phi,
    leftOut: groups - plot.groups.length,
    points: plot.groups.map(({ label, expected: e, ratio, p, isSignal }) => {
      const { lower, upper } = ratios.find((each) => each.label === label)!
      return { label, expected: e, ratio, lower, upper, p, isSignal }
    }),
    limits: Array.from({ length: FUNNEL_STEPS }, (_, i) => {
      // Closer where the limits bend.
      const e = EXPECTED_LEAST + (1.1 * largest - EXPECTED_LEAST) * (i / (FUNNEL_STEPS - 1)) ** 2
      const [inner, outer] = [plot.limits(e, 0.95), plot.limits(e, 0.998)]
      return {
        expected: e,
        lower95: inner.lower,
        upper95: inner.upper,
        lower998: outer.lower,
        upper998: outer.upper,
      }
    }).filter(({ expected: e }) => e >= EXPECTED_LEAST),
  }
}

export interface GroupChart {
  readonly label: string
  readonly chart: CusumChart
  readonly used: readonly CusumMonth[]
  /** Each table draws its months anew, with noise of its own. */
  readonly falseAlarmsPerYear: number
}

/** Months of a group of which enough is expected, and the same with the error of what is expected beside their noise; null of too few. */
function chartedOf(
  { label, months }: MonitorGroupView,
  noise: number,
  spread: LevelSpread,
): {
  readonly label: string
  readonly used: readonly CusumMonth[]
  readonly charted: readonly CusumMonth[]
} | null {
  const used = months.flatMap(({ month, claims, expected }) =>
    claims === null || expected === null || expected < 1
      ? []
      : [{ month, observed: claims, expected, noise }],
  )
  if (label === null || used.length < MONTHS_LEAST) return null
  const charted = used.map((each) => ({
    ...each,
    noise: each.noise + (spread.of([each]).relativeError * each.expected) ** 2,
  }))
  return { label, used, charted }
}

/** @param noise variance of the noise of a month */
export function chartOf(
  group: MonitorGroupView,
  noise: number,
  spread: LevelSpread,
  tablesPerYear: number,
  cache: ThresholdCache,
): GroupChart[] {
  const found = chartedOf(group, noise, spread)
  if (found === null) return []
  const { label, used, charted } = found
  const { dispersion } = spread
  return WATCHED_RATIOS.map((ratio) => {
    const chart = cusumChart(charted, { ratio, runLength: MONTHS_TO_FALSE, dispersion }, cache)
    return { label, chart, used, falseAlarmsPerYear: (tablesPerYear * used.length) / chart.runLength }
  })
}

export function cusumView({ label, chart, falseAlarmsPerYear }: GroupChart): MonitorUnits['cusums'][number] {
  return {
    label,
    ratio: chart.ratio,
    threshold: chart.threshold,
    falseAlarmsPerYear,
    points: chart.points.map((point) => ({ ...point })),
  }
}

/** Where a group stands by now, as an average that forgets. */
export function ewmaView(group: MonitorGroupView, noise: number, spread: LevelSpread): MonitorUnits['ewmas'] {
  const found = chartedOf(group, noise, spread)
  if (found === null) return []
  const points = ewmaChart(found.charted, spread.dispersion).map((point) => ({ ...point }))
  return [{ label: found.label, points }]
}
