import { describe, expect, it } from 'vitest'
import type { MonitorGroupView } from '../../shared/contract/monitor.ts'
import type { WatchedTable } from '../pricing/monitor/cells.ts'
import { shrunkView } from './risk-ranking.ts'
import { levelSpread } from './risk-spread.ts'

const tableOf = (measure: string, values: Readonly<Record<string, number>>, noise: number): WatchedTable => ({
  measure,
  axes: ['group'],
  cells: Object.entries(values).map(([group, value]) => ({
    key: { group },
    value,
    noise,
    exposure: 100,
    premium: 1_000_000,
  })),
  uncovered: { cells: 0, exposure: 0, share: 0 },
})
const groupOf = (label: string, observed: number, expected: number, noise: number) =>
  ({
    label,
    months: [],
    actualToExpected: { ratio: observed / expected, observed, expected, noise },
  }) as unknown as MonitorGroupView
const groups = [groupOf('A', 900, 600, 50), groupOf('B', 500, 600, 50), groupOf('C', 18, 8, 50)]

const viewOf = (dispersion: number, noise = 1e9) =>
  shrunkView({
    groups,
    claims: tableOf('claims', { A: 900, B: 500, C: 400 }, 50),
    cost: tableOf('cost', { A: 1_100_000, B: 500_000, C: 650_000 }, noise),
    triangle: null,
    spread: levelSpread(dispersion, new Map(), null),
    amountVariation: 1.5,
  })

describe('shrunkView', () => {
  it('ranks what is sure before what is small, and draws small groups to 1', () => {
    const [a, b, c] = viewOf(1).ratios
    // C has 2.25 times of 8 expected, of which the noise alone has a deviation of 7.
    expect(c!.ratio).toBeLessThan(a!.ratio)
    expect(c!.credibility).toBeLessThan(0.25)
    expect(a!.ratio).toBeLessThan(1.5)
    expect(a!.ratio).toBeGreaterThan(1.3)
    expect(b!.ratio).toBeLessThan(1)
  })
  it('draws loss ratios to that of all groups, with the chance of one claim after the other, clusters and noise', () => {
    const { lossRatios, lossMiddle } = viewOf(1)
    const [whole, severity] = [2_250_000 / 3_000_000, 2_250_000 / 1_800]
    const variance = (whole * 1e6 * severity * (1 + 2.25) + 1e9) / 1e12
    const measured = [1.1, 0.5, 0.65]
    const spread = measured.reduce((sum, each) => sum + (each - whole) ** 2, 0) / 2 - variance
    expect(lossRatios[0]!.credibility).toBeCloseTo(spread / (spread + variance), 9)
    expect(lossMiddle).toBeCloseTo(whole, 9)
    expect(lossRatios.map(({ ratio }) => ratio)).toEqual(
      measured.map((each) => expect.closeTo(whole + lossRatios[0]!.credibility * (each - whole), 9)),
    )
    expect(viewOf(4).lossRatios[0]!.credibility).toBeLessThan(lossRatios[0]!.credibility)
    expect(viewOf(1, 1e12).lossRatios.every(({ ratio }) => Math.abs(ratio - whole) < 1e-9)).toBe(true)
  })
})
