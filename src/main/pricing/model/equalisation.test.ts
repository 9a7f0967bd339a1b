import { describe, expect, it } from 'vitest'
import { adjust, type Adjustment } from './adjust.ts'
import { equalise } from './equalisation.ts'
import { type Rating, ratesOf } from './rating.ts'
import { type TariffTable, tariffTable } from './tariff-table.ts'

const factors = [
  { name: 'ageBand', levels: ['0-39', '40+'], isOrdered: true },
  { name: 'group', levels: ['Young', 'Old', 'Nobody'], isOrdered: false },
]
/** 100 member-years each: Young of 80 young ones, Old of 20; a young one costs 10, an old one 30. */
const table: TariffTable = tariffTable(factors, [
  { levels: ['0-39', 'Young'], exposure: 80, claims: 8, cost: 800 },
  { levels: ['40+', 'Young'], exposure: 20, claims: 6, cost: 600 },
  { levels: ['0-39', 'Old'], exposure: 20, claims: 2, cost: 200 },
  { levels: ['40+', 'Old'], exposure: 80, claims: 24, cost: 2_400 },
])
const byAge: Rating = {
  factors: [factors[0]!],
  logBase: Math.log(10),
  logRatios: [Float64Array.of(0, Math.log(3))],
  covariance: null,
  freedom: Infinity,
}
const folded = (factor: string): Adjustment => ({
  change: { kind: 'cap', factor, least: 1, most: 1 },
  by: 'Chief actuary',
  day: '2026-01-01',
  reason: 'One rate for all',
})

describe('equalise', () => {
  it('has each group pay for the others what its own risk is below the rate of all', () => {
    const own = adjust(byAge, table, 'pure-premium', [])
    const community = adjust(byAge, table, 'pure-premium', [folded('ageBand')])
    // 4,000 over 200 member-years.
    for (const rate of ratesOf(community.rating, table)) expect(rate).toBeCloseTo(20, 9)
    expect(community.audit).toMatchObject([{ level: '40+', by: 'Chief actuary', after: 1 }])
    const found = equalise(own.rating, community.rating, table, 'group')!
    expect(found.unit).toBe('group')
    const rows = found.groups.map(({ group, exposure, own: risk, community: flat, transfer }) => [
      group,
      ...[exposure, risk, flat, transfer].map((value) => Math.round(1e6 * value) / 1e6),
    ])
    expect(rows).toEqual([
      ['Young', 100, 14, 20, -600],
      ['Old', 100, 26, 20, 600],
    ])
  })

  it('adds up to nothing, also where a level has no rate', () => {
    const holed = { ...byAge, logRatios: [Float64Array.of(0, NaN)] }
    const own = adjust(holed, table, 'pure-premium', [])
    // By hand the level has a rate under the one and none under the other.
    const set: Adjustment = {
      ...folded('ageBand'),
      change: { kind: 'set', factor: 'ageBand', level: '40+', relativity: 1 },
    }
    const community = adjust(byAge, table, 'pure-premium', [set])
    const found = equalise(own.rating, community.rating, table, 'group')!
    const sum = found.groups.reduce((all, { transfer }) => all + transfer, 0)
    expect(Math.abs(sum)).toBeLessThan(1e-9)
    expect(found.groups.map(({ exposure }) => exposure)).toEqual([80, 20])
  })

  it('is nothing of one group, or without groups', () => {
    const { rating } = adjust(byAge, table, 'pure-premium', [])
    expect(equalise(rating, rating, table, 'plan')).toBeNull()
    const one = tariffTable(factors, [{ levels: ['0-39', 'Young'], exposure: 80, claims: 8, cost: 800 }])
    expect(equalise(rating, rating, one, 'group')).toBeNull()
  })
})
