import { describe, expect, it } from 'vitest'
import { reportingTriangle } from '../pricing/monitor/reporting-triangle.ts'
import type { MonitorGroupView } from '../../shared/contract/monitor.ts'
import { chartOf } from './risk-charts.ts'
import { levelSpread } from './risk-spread.ts'

const MONTHS = ['2025-01', '2025-02', '2025-03', '2025-04']
/** The youngest months are known to a half and less, by factors that differ from month to month. */
const triangle = reportingTriangle(
  [[100, 60, 20, 10], [90, 70, 22], [120, 50], [105]].flatMap((row, m) =>
    row.map((value, delay) => ({ month: MONTHS[m]!, delay, value })),
  ),
  '2025-04',
  24,
)
const errorOf = (month: string): number =>
  triangle.kind === 'triangle' ? triangle.maturity.get(month)!.relativeError : NaN
const all = new Map(MONTHS.map((month, m) => [month, [190, 180, 170, 105][m]!]))
const monthsOf = (expected: readonly number[]) =>
  MONTHS.map((month, m) => ({ month, expected: expected[m]! }))

describe('levelSpread', () => {
  const spread = levelSpread(2, all, triangle)
  it('has no error over the months that all groups have: what is wrong with all alike is in their level', () => {
    expect(spread.of(monthsOf([19, 18, 17, 10.5]))).toEqual({
      dispersion: 2,
      relativeError: expect.closeTo(0, 12),
    })
  })
  it('has nearly the error of a young month of one alone, and of a group that has more of it', () => {
    const [last] = [MONTHS.at(-1)!]
    expect(errorOf(last)).toBeGreaterThan(0.02)
    const alone = spread.of([{ month: last, expected: 10 }]).relativeError
    expect(alone).toBeGreaterThan(0.75 * errorOf(last))
    expect(alone).toBeLessThan(1.05 * errorOf(last))
    const more = spread.of(monthsOf([5, 10, 15, 20])).relativeError
    expect(more).toBeGreaterThan(0)
    expect(more).toBeLessThan(alone)
  })
  it('is none without a triangle, and without anything expected', () => {
    expect(levelSpread(1, all, null).of([{ month: '2025-04', expected: 5 }]).relativeError).toBe(0)
    expect(spread.of([{ month: '2025-04', expected: null }]).relativeError).toBe(0)
  })
  it('lowers what a young month adds to a cumulative sum, and little what others do', () => {
    const group = {
      label: 'A',
      months: monthsOf([1_900, 1_800, 1_700, 1_050]).map((each) => ({
        ...each,
        claims: 1.3 * each.expected,
      })),
    } as unknown as MonitorGroupView
    const valuesOf = (of: ReturnType<typeof levelSpread>) =>
      chartOf(group, 100, of, 1, new Map())[0]!.chart.points.map(({ value, isSignal }) => [value, isSignal])
    const [sure, unsure] = [valuesOf(levelSpread(2, all, null)), valuesOf(spread)]
    // Each month signals and begins anew, so that each value is a month's own.
    expect(sure.every(([, isSignal]) => isSignal)).toBe(true)
    // An old month has the error of the level alone, to which the young ones belong.
    const [old, young] = [0, 3].map((m) => (unsure[m]![0] as number) / (sure[m]![0] as number))
    expect(old).toBeGreaterThan(0.5)
    expect(young).toBeLessThan(0.6 * old!)
  })
})
