import { describe, expect, it } from 'vitest'
import { importExposure } from '../pricing/monitor/exposure-csv.ts'
import { ageBandsOf } from '../insurer/age-bands.ts'
import { planMonitor } from '../insurer/monitor-request.ts'
import { exposureFile } from './exposure-file.ts'
import { insurerOfLife, type InsurerShare } from './insured-with.ts'

const HARVEST = { name: 'Harvest', share: 2 }
const AUTUMN = { name: 'Autumn', share: 1 }
const SPRING = { name: 'Spring', share: 1 }
type Market = readonly [InsurerShare, ...InsurerShare[]]

describe('exposureFile', () => {
  it('is a file that the insurer imports without an error, and a table can be asked by it', () => {
    const read = importExposure(exposureFile({ seed: 'roll', patients: 200 }, '2021-12', 24, [HARVEST]))
    if (read.kind !== 'imported') throw new Error(JSON.stringify(read.errors.slice(0, 3)))
    expect(read.months).toHaveLength(24)
    // A member counts with one month in a month, or with less.
    expect(read.memberMonths / 24).toBeGreaterThan(100)
    expect(read.memberMonths / 24).toBeLessThan(400)
    expect(read.premiumMinor / read.memberMonths).toBeGreaterThan(700)
    expect(ageBandsOf([...new Set(read.rows.map(({ key }) => key.ageBand))])).toMatchObject({ kind: 'bands' })
    expect(planMonitor(read.rows, 'Harvest', '2026-01')).toMatchObject({
      kind: 'plan',
      output: { months: 12 },
    })
  })

  it('is of the lives of one insurer, and those of all together are of everybody, whoever stands first', () => {
    const monthsOf = (market: Market): number => {
      const read = importExposure(exposureFile({ seed: 'roll', patients: 400 }, '2021-12', 12, market))
      if (read.kind !== 'imported') throw new Error(JSON.stringify(read.errors.slice(0, 3)))
      return read.memberMonths
    }
    const order = [HARVEST, AUTUMN, SPRING] as const
    const whole = monthsOf([HARVEST])
    const own = monthsOf(order)
    expect(own / whole).toBeGreaterThan(0.4)
    expect(own / whole).toBeLessThan(0.6)
    // As the same roll names them, by whatever insurer it is asked.
    const others = [AUTUMN, SPRING].map((each) => {
      const lives = { seed: 'roll', patients: 400 }
      const read = importExposure(exposureFile(lives, '2021-12', 12, order, each))
      return read.kind === 'imported' ? read.memberMonths : 0
    })
    // Rounded to a thousandth in each line.
    expect(own + others[0]! + others[1]!).toBeCloseTo(whole, 0)
  })
})

describe('insurerOfLife', () => {
  it('gives each its share, and the same life the same insurer every time', () => {
    const market: Market = [HARVEST, AUTUMN, SPRING]
    const counts = new Map<string, number>()
    for (let index = 0; index < 4_000; index++) {
      const { name } = insurerOfLife('shares', index, market)
      expect(insurerOfLife('shares', index, market).name).toBe(name)
      counts.set(name, (counts.get(name) ?? 0) + 1)
    }
    // Within four standard errors.
    for (const { name, share } of market)
      expect(Math.abs(counts.get(name)! / 4_000 - share / 4)).toBeLessThan(0.032)
  })
})
