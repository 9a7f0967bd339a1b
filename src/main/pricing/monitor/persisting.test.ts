import { describe, expect, it } from 'vitest'
import { normal } from '../../stats/det/distributions.ts'
import { stream } from '../../stats/fixtures/random.test-kit.ts'
import { fixtureOf } from '../fixtures/pricing.test-kit.ts'
import { orthant } from './orthant.ts'
import { falseAlarmChance, falseAlarmsPerYear, persistingRuns, type WatchedEpoch } from './persisting.ts'
import { monthIndex, monthName } from './reporting-triangle.ts'

const windowOf = (last: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => monthName(monthIndex(last) - count + 1 + i))

/** A table of a year in which each month has `ratio` times what is expected. */
const epochOf = (lastMonth: string, ratio: number, change: Partial<WatchedEpoch> = {}): WatchedEpoch => ({
  lastMonth,
  ratio,
  isAnother: false,
  months: windowOf(lastMonth, 12).map((month) => ({
    month,
    observed: 50 * ratio,
    expected: 50,
    noise: 4,
    dispersion: 1,
  })),
  ...change,
})
const LAST = ['2023-06', '2023-12', '2024-06', '2024-12'] as const

describe('orthant', () => {
  const unit = (...rho: [number, number, number]) => [
    [1, rho[0], rho[1]],
    [rho[0], 1, rho[2]],
    [rho[1], rho[2], 1],
  ]
  it('is the published closed form at 0, and the product of what is apart', () => {
    for (const rho of [
      [0.5, 0, 0.5],
      [0.3, 0.7, 0.2],
      [-0.2, 0.4, 0.1],
    ] as [number, number, number][]) {
      const closed = 1 / 8 + rho.reduce((sum, each) => sum + Math.asin(each), 0) / (4 * Math.PI)
      expect(Math.abs(orthant(unit(...rho), [0, 0, 0]) / closed - 1)).toBeLessThan(1e-3)
    }
    const apart = orthant(unit(0, 0, 0), [1, 0.5, 2])
    expect(apart).toBeCloseTo(0.15865525393145707 * 0.3085375387259869 * 0.0227501319481792, 12)
  })
  it('takes a sum of the others for what it is', () => {
    // X + Y above 0 where both are, whatever else.
    const sum = [
      [1, 0, 1],
      [0, 1, 1],
      [1, 1, 2],
    ]
    expect(orthant(sum, [0, 0, -1])).toBeCloseTo(0.25, 6)
    // Turned by half a right angle, the corner beyond the line is Φ(d)(1 - Φ(d)), d the distance of the line.
    for (const t of [0.5, 1.5]) {
      const { lower, upper } = normal(t / Math.SQRT2)
      expect(Math.abs(orthant(sum, [0, 0, t]) / (lower * upper) - 1)).toBeLessThan(1e-2)
    }
  })
})

describe('falseAlarmChance', () => {
  it('is how often the rule holds where nothing differs, by counts drawn month by month (R)', () => {
    const { expected, noise, months, step, chance } = fixtureOf('persisting')
    expected.forEach((each: number, i: number) => {
      const run = [0, 1, 2].map((t) => ({
        months: windowOf(monthName(monthIndex('2023-12') + t * step[i]), months[i]).map((month) => ({
          month,
          observed: each,
          expected: each,
          noise: noise[i] as number,
          dispersion: 1,
        })),
      }))
      const found = falseAlarmChance(run)
      // Counts are taken as normal: of small ones within a quarter, and of others within an eighth.
      expect(Math.abs(found / chance[i] - 1), `${i}: ${found} for ${chance[i]}`).toBeLessThan(
        each < 10 ? 0.25 : 0.125,
      )
    })
  })
  it('is greater where claims come together, and a run then needs more to be called (M16)', () => {
    const apart = LAST.slice(0, 3).map((lastMonth) => epochOf(lastMonth, 1.12))
    const together = apart.map((epoch) => ({
      ...epoch,
      months: epoch.months.map((month) => ({ ...month, dispersion: 9 })),
    }))
    expect(falseAlarmChance(together)).toBeGreaterThan(3 * falseAlarmChance(apart))
    expect(persistingRuns(apart)).toHaveLength(1)
    expect(persistingRuns(together)).toEqual([])
  })
  it('is greater for tables that overlap, and counts by the tables a year', () => {
    const at = (lasts: readonly string[]) => lasts.map((last) => epochOf(last, 1))
    const apart = at(['2022-12', '2023-12', '2024-12'])
    const half = at(['2023-12', '2024-06', '2024-12'])
    expect(falseAlarmChance(half)).toBeGreaterThan(2 * falseAlarmChance(apart))
    expect(falseAlarmsPerYear(half)).toBeCloseTo(2 * falseAlarmChance(half), 12)
    expect(falseAlarmsPerYear(apart)).toBeCloseTo(falseAlarmChance(apart), 12)
    expect(falseAlarmsPerYear(half.slice(1))).toBe(0)
  })
})

describe('persistingRuns', () => {
  it('finds three tables one after another above 1.1, since when, and how sure over months that count once (I11)', () => {
    const [run, ...more] = persistingRuns([
      epochOf('2023-06', 1.02),
      ...LAST.slice(1).map((last) => epochOf(last, 1.25)),
    ])
    expect(more).toEqual([])
    expect(run).toMatchObject({ from: 1, to: 3, since: '2023-01', month: '2024-12' })
    // Two years of months, not three tables of a year.
    expect(run!.total.expected).toBeCloseTo(24 * 50, 9)
    expect(run!.total.noise).toBeCloseTo(24 * 4, 9)
    expect(run!.total.ratio).toBeCloseTo(1.25, 12)
    expect(run!.total.lower).toBeGreaterThan(1.15)
    expect(run!.falseAlarmsPerYear).toBeLessThan(0.05)
  })
  it('takes a month as the newest table has it', () => {
    const older = epochOf('2023-12', 3)
    const [run] = persistingRuns([older, epochOf('2024-06', 1.2), epochOf('2024-12', 1.2)])
    // Of the first table only the half year stays that no later one has.
    expect(run!.total.observed).toBeCloseTo(6 * 150 + 18 * 60, 9)
  })
  it('finds none of two tables, of a gap, of what is no surer than chance, or where the label has other groups', () => {
    const high = LAST.map((last) => epochOf(last, 1.2))
    expect(persistingRuns(high.slice(0, 2))).toEqual([])
    expect(persistingRuns([high[0]!, high[1]!, epochOf('2024-06', 1.09), high[3]!])).toEqual([])
    expect(persistingRuns([high[0]!, high[1]!, { ...high[2]!, ratio: null }, high[3]!])).toEqual([])
    const small = LAST.map((last) => {
      const { months, ...rest } = epochOf(last, 1.15)
      return { ...rest, months: months.map((each) => ({ ...each, observed: 1.15, expected: 1, noise: 4 })) }
    })
    expect(persistingRuns(small)).toEqual([])
    const changed = high.map((each, i) => ({ ...each, isAnother: i === 2 }))
    expect(persistingRuns(changed)).toEqual([])
    // With the table of the change it begins anew.
    const longer = [...changed, epochOf('2025-06', 1.2)]
    expect(persistingRuns(longer).map(({ from, to }) => [from, to])).toEqual([[2, 4]])
  })
  it('is one run for as long as it goes on, and another one after a pause', () => {
    const ratios = [1.2, 1.2, 1.2, 1.2, 1, 1.3, 1.3, 1.3]
    const epochs = ratios.map((ratio, i) => epochOf(monthName(monthIndex('2021-06') + 6 * i), ratio))
    expect(persistingRuns(epochs).map(({ from, to }) => [from, to])).toEqual([
      [0, 3],
      [5, 7],
    ])
  })
  it('alarms of made counts without a difference no more often than it says', () => {
    const uniform = stream(17)
    const gauss = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
    const lasts = ['2023-12', '2024-06', '2024-12']
    const said = falseAlarmChance(lasts.map((last) => epochOf(last, 1)))
    let found = 0
    const times = 4_000
    for (let k = 0; k < times; k++) {
      const counts = new Map<string, number>()
      const epochs = lasts.map((lastMonth) => {
        const months = windowOf(lastMonth, 12).map((month) => {
          const count = counts.get(month) ?? 50 + Math.sqrt(50) * gauss()
          counts.set(month, count)
          return { month, observed: count + 2 * gauss(), expected: 50, noise: 4, dispersion: 1 }
        })
        const observed = months.reduce((sum, each) => sum + each.observed, 0)
        return { lastMonth, ratio: observed / 600, isAnother: false, months }
      })
      found += persistingRuns(epochs).length
    }
    const error = Math.sqrt((said * (1 - said)) / times)
    expect(Math.abs(found / times - said)).toBeLessThan(4 * error)
  })
})
