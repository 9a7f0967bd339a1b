import { describe, expect, it } from 'vitest'
import type { MonitorUnits } from '../../shared/contract/monitor.ts'
import { withDiscoveries } from './risk-causes.ts'

const row = (label: string, p: number) => ({
  label,
  observed: 10,
  expected: 8,
  excess: 2,
  ratio: 1.25,
  lower: 0.6,
  upper: 2.3,
  p,
  standsOut: null,
})
const of = (
  label: string,
  by: 'condition' | 'month',
  ps: readonly number[],
): MonitorUnits['causes'][number] => ({
  label,
  by,
  cause: { kind: 'rows', rows: ps.map((p, i) => row(`c${i}`, p)), leftOut: 0 },
})
const marksOf = (causes: MonitorUnits['causes']) =>
  causes.map(({ cause }) =>
    cause.kind === 'rows' ? cause.rows.map(({ standsOut }) => standsOut) : cause.reason,
  )

describe('withDiscoveries', () => {
  it('tests conditions of all groups together (Benjamini and Hochberg), and no month', () => {
    // Of eight tests 0.0125 is the bound of the second smallest: 0.012 stands out beside 0.001, and 0.02 does not.
    const groups = [
      of('A', 'condition', [0.001, 0.3, 0.8, 0.02]),
      of('B', 'condition', [0.012, 0.5, 0.9, 0.6]),
    ]
    const causes = [groups[0]!, of('A', 'month', [1e-9]), groups[1]!]
    expect(marksOf(withDiscoveries(causes, 0.05))).toEqual([
      [true, false, false, false],
      [null],
      [true, false, false, false],
    ])
    // Alone, each group would have more: 0.02 is below two quarters of 0.05.
    expect(marksOf(withDiscoveries(groups.slice(0, 1), 0.05))).toEqual([[true, false, false, true]])
  })
  it('leaves what stops as it is', () => {
    const stops = {
      label: 'A',
      by: 'condition' as const,
      cause: { kind: 'stops' as const, reason: 'withheld' as const },
    }
    expect(withDiscoveries([stops], 0.05)).toEqual([stops])
  })
})
