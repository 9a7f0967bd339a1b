import { describe, expect, it } from 'vitest'
import { normalQuantile, studentTQuantile } from '../../stats/det/distributions.ts'
import { expectClose } from '../../stats/fixtures/fixture.test-kit.ts'
import { gini } from '../../stats/actuarial/validation.ts'
import { stream } from '../../stats/fixtures/random.test-kit.ts'
import { fixtureOf, insuranceTable, productTable } from '../fixtures/pricing.test-kit.ts'
import { adjust, type Adjustment, type Change, monotone } from './adjust.ts'
import { fitFrequency, fitPurePremium, fitSeverity } from './fit-rates.ts'
import { impactOf } from './impact.ts'
import { priceGroup } from './price-group.ts'
import { codesOf, logRateOf, logRateVariance, productOf, type Rating, ratesOf, scaled } from './rating.ts'
import { reconcile } from './reconcile.ts'
import { offBalance, rebase, relativityTable } from './relativities.ts'
import { collapse, type Factor, filterCells, tariffTable, total } from './tariff-table.ts'
import { actualToExpected, compareRatings, validate } from './validate.ts'

const table = insuranceTable(fixtureOf('rates_insurance'))
const frequency = fitFrequency(table, 'poisson')
const severity = fitSeverity(table)
const pure = fitPurePremium(table, 1.5)
const step = (change: Change, reason = 'agreed in the tariff meeting'): Adjustment => ({
  change,
  by: 'analyst 7',
  day: '2026-11-20',
  reason,
})

describe('tariffTable', () => {
  const factors: Factor[] = [{ name: 'age', levels: ['young', 'old'], isOrdered: true }]
  it('adds up records of one cell, noise with them', () => {
    const one = {
      levels: ['old'],
      exposure: 2,
      claims: 1,
      cost: 5,
      noise: { exposure: 0, claims: 4, cost: 9 },
    }
    const t = tariffTable(factors, [one, { levels: ['young'], exposure: 1, claims: 0, cost: 0 }, one])
    expect([...t.exposure]).toEqual([1, 4])
    expect([...t.noise!.claims]).toEqual([0, 8])
    expect([...collapse(t, []).claims]).toEqual([2])
    expect(filterCells(t, (i) => t.claims[i]! > 0).exposure).toHaveLength(1)
  })
  it('refuses unknown levels, numbers below nothing without noise, and names that stand twice', () => {
    const cell = { levels: ['old'], exposure: 1, claims: -1, cost: 0 }
    expect(() => tariffTable(factors, [{ ...cell, levels: ['ancient'], claims: 0 }])).toThrow('unknown-level')
    expect(() => tariffTable(factors, [cell])).toThrow('bad-number')
    expect(() => tariffTable(factors, [{ ...cell, exposure: NaN, claims: 0 }])).toThrow('bad-number')
    const noisy = { ...cell, noise: { exposure: 0, claims: 1, cost: 0 } }
    expect(tariffTable(factors, [noisy]).claims[0]).toBe(-1)
    expect(() => tariffTable([...factors, ...factors], [])).toThrow('double-name')
  })
})

describe('rebase and offBalance', () => {
  it('move the base and leave every rate and its error alone', () => {
    const other = rebase(frequency.rating, 'age', '<25')
    const cells = [
      { district: '2', group: '>2l', age: '30-35' },
      { district: '4', group: '<1l', age: '<25' },
    ]
    for (const cell of cells) {
      const codes = codesOf(other.factors, cell)
      expect(logRateOf(other, codes)).toBeCloseTo(logRateOf(frequency.rating, codes), 12)
      expect(logRateVariance(other, codes)).toBeCloseTo(logRateVariance(frequency.rating, codes), 12)
    }
    const rows = relativityTable(other, table, 'frequency').find(({ factor }) => factor === 'age')!.rows
    expect(rows.map(({ isBase }) => isBase)).toEqual([true, false, false, false])
    expect(rows[0]!.stdErr).toBe(0)
  })
  it('have no limits for a level that nobody is in and a person set', () => {
    const factors: Factor[] = [{ name: 'age', levels: ['young', 'old', 'nobody'], isOrdered: true }]
    const cell = (level: string, claims: number) => ({
      levels: [level],
      exposure: 100,
      claims,
      cost: 1_000 * claims,
    })
    const of = tariffTable(factors, [cell('young', 20), cell('old', 40)])
    const { rating } = fitFrequency(of, 'poisson')
    const given = adjust(rating, of, 'frequency', [
      step({ kind: 'set', factor: 'age', level: 'nobody', relativity: 1.1 }),
    ])
    const rows = relativityTable(given.rating, of, 'frequency')[0]!.rows
    const nobody = rows.find(({ level }) => level === 'nobody')!
    expect(nobody.relativity).toBeCloseTo(1.1, 12)
    expect([nobody.stdErr, nobody.lower, nobody.upper, nobody.p]).toEqual([NaN, NaN, NaN, NaN])
  })
  it('tell a level of which the table has nothing from one that the table does not know', () => {
    const factor = (levels: readonly string[]): Factor => ({ name: 'age', levels, isOrdered: true })
    const cells = [{ levels: ['young'], exposure: 100, claims: 20, cost: 20_000 }]
    const of = tariffTable([factor(['young', 'nobody'])], cells)
    const { rating } = fitFrequency(tariffTable([factor(['young', 'nobody', 'old'])], cells), 'poisson')
    const rows = relativityTable(rating, of, 'frequency')[0]!.rows
    expect(rows.map(({ level, isInTable }) => [level, isInTable])).toEqual([
      ['young', true],
      ['nobody', true],
      ['old', false],
    ])
  })
  it('make the total what was observed', () => {
    const { rating, factor } = offBalance(scaled(frequency.rating, 0.3), table, 'frequency')
    expect(factor).toBeCloseTo(Math.exp(-0.3), 10)
    const fitted = ratesOf(rating, table).reduce((sum, rate, i) => sum + rate * table.exposure[i]!, 0)
    expect(fitted).toBeCloseTo(total(table.claims), 8)
  })
})

describe('adjust', () => {
  it('smooths as weighted least squares of R', () => {
    const f = fixtureOf('smoothing')
    const levels = (f.middles as number[]).map(String)
    const factors: Factor[] = [{ name: 'age', levels, isOrdered: true }]
    const made = tariffTable(
      factors,
      levels.map((level, k) => ({ levels: [level], exposure: f.exposure[k], claims: 1, cost: 1 })),
    )
    const rating: Rating = {
      factors,
      logBase: 0,
      logRatios: [Float64Array.from(f.relativities as number[], Math.log)],
      covariance: null,
      freedom: Infinity,
    }
    const smooth = step({ kind: 'smooth', factor: 'age', middles: f.middles, knots: 4 })
    const result = adjust(rating, made, 'frequency', [smooth])
    expectClose(result.rating.logRatios[0]!.map(Math.exp), f.smooth, 'smooth')
    const equal = new Float64Array(levels.length).fill(1)
    expectClose(
      monotone(rating.logRatios[0]!, equal, 'rising').map(Math.exp),
      f.rising_equal_weights,
      'rising',
    )
    expect(() =>
      adjust(rating, made, 'frequency', [step({ kind: 'smooth', factor: 'age', middles: [1], knots: 4 })]),
    ).toThrow('bad-option')
  })
  it('notes every level that moved, with who, when, why, before and after', () => {
    const { rating, audit } = adjust(frequency.rating, table, 'frequency', [
      step(
        { kind: 'set', factor: 'district', level: '4', relativity: 1.1 },
        'the clinic in district 4 closed',
      ),
      step({ kind: 'cap', factor: 'age', least: 0.8, most: 1.5 }),
    ])
    expect(audit[0]).toEqual({
      step: 0,
      kind: 'set',
      factor: 'district',
      level: '4',
      before: Math.exp(frequency.rating.logRatios[0]![3]!),
      after: expect.closeTo(1.1, 12),
      by: 'analyst 7',
      day: '2026-11-20',
      reason: 'the clinic in district 4 closed',
    })
    const ages = Array.from(rating.logRatios[2]!, Math.exp)
    expect(Math.min(...ages)).toBeGreaterThanOrEqual(0.8 - 1e-12)
    expect(Math.max(...ages)).toBeLessThanOrEqual(1.5 + 1e-12)
    const moved = ages.filter(
      (age, k) => Math.abs(age - Math.exp(frequency.rating.logRatios[2]![k]!)) > 1e-12,
    )
    expect(audit.filter(({ kind }) => kind === 'cap')).toHaveLength(moved.length)
    const fitted = ratesOf(rating, table).reduce((sum, rate, i) => sum + rate * table.exposure[i]!, 0)
    expect(fitted).toBeCloseTo(total(table.claims), 8)
    expect(() =>
      adjust(rating, table, 'frequency', [step({ kind: 'cap', factor: 'age', least: 1, most: 2 }, ' ')]),
    ).toThrow('bad-option')
  })
  it('keeps the greatest at most so many times the least', () => {
    const { rating } = adjust(frequency.rating, table, 'frequency', [
      step({ kind: 'ratio', factor: 'age', most: 1.3 }),
    ])
    const ages = Array.from(rating.logRatios[2]!)
    expect(Math.max(...ages) - Math.min(...ages)).toBeCloseTo(Math.log(1.3), 10)
  })
  it('pools neighbours until relativities rise, and leaves levels without data out', () => {
    const pooled = monotone(
      Float64Array.of(0, 0.4, 0.2, NaN, 0.1, 1),
      Float64Array.of(1, 2, 1, 1, 1, 1),
      'rising',
    )
    expect(pooled[0]).toBe(0)
    expect(pooled[1]).toBeCloseTo((0.8 + 0.2 + 0.1) / 4, 12)
    expect(pooled[2]).toBe(pooled[1])
    expect(pooled[3]).toBeNaN()
    expect(pooled[4]).toBe(pooled[1])
    expect(pooled[5]).toBe(1)
    const falling = monotone(Float64Array.of(1, 2, 3), Float64Array.of(1, 1, 1), 'falling')
    expect([...falling]).toEqual([2, 2, 2])
  })
})

describe('reconcile', () => {
  it('agrees within a per cent where both models are right, and says where they part', () => {
    const made = productTable()
    const right = reconcile(made, fitFrequency(made, 'poisson'), fitSeverity(made), fitPurePremium(made, 1.5))
    expect(right.agrees).toBe(true)
    expect(right.productGap).toBeCloseTo(0, 8)
    for (const { gap } of right.levels) expect(gap).toBeCloseTo(0, 8)
    const real = reconcile(table, frequency, severity, pure)
    expect(real.levels[0]!.gap ** 2).toBeGreaterThanOrEqual(real.levels.at(-1)!.gap ** 2)
    // A model of half the severities does not agree.
    const half = { ...severity, rating: scaled(severity.rating, Math.log(0.5)) }
    expect(reconcile(table, frequency, half, pure)).toMatchObject({ agrees: false })
  })
})

describe('validate', () => {
  const rating = productOf(frequency.rating, severity.rating)
  const chance = { dispersion: pure.dispersion, power: 1.5 }
  it('parts no cells of one premium, leaves out bins that nobody is in, and says what chance and noise make of each', () => {
    const two = {
      factors: [{ name: 'plan', levels: ['a', 'b'], isOrdered: false }],
      codes: [Int32Array.of(0, 0, 0, 1)],
      exposure: Float64Array.of(10, 20, 30, 5),
      claims: Float64Array.of(1, 1, 1, 1),
      cost: Float64Array.of(900, 2_200, 2_900, 900),
      noise: null,
    }
    const flat = {
      factors: two.factors,
      logBase: Math.log(100),
      logRatios: [Float64Array.of(0, Math.log(2))],
      covariance: null,
      freedom: Infinity,
    }
    const { lift } = validate(flat, two, { dispersion: 4, power: 1 }, stream(1))
    expect(lift.map(({ exposure, predicted, actual }) => [exposure, Math.round(predicted), actual])).toEqual([
      [60, 100, 100],
      [5, 200, 180],
    ])
    // Σ exposure · 4 · rate over exposure².
    const half = 1.959964 * Math.sqrt((60 * 4 * 100) / 60 ** 2)
    expect(lift[0]!.lower).toBeCloseTo(100 - half, 4)
    expect(lift[0]!.upper).toBeCloseTo(100 + half, 4)
    const noise = {
      exposure: new Float64Array(4),
      claims: new Float64Array(4),
      cost: Float64Array.of(0, 0, 0, 2_500),
    }
    const noisy = validate(flat, { ...two, noise }, { dispersion: 0, power: 1 }, stream(1)).lift[1]!
    expect(noisy.upper).toBeCloseTo(180 + (1.959964 * 50) / 5, 4)
    expect(validate(flat, two, null, stream(1)).lift[0]!.upper).toBeNaN()
  })
  it('orders a holdout, with limits around the Gini that the same dice give again', () => {
    const result = validate(rating, table, chance, stream(1), 8)
    expect(result.gini.lower).toBeLessThan(result.gini.value)
    expect(result.gini.upper).toBeGreaterThan(result.gini.value)
    expect(result.gini.value).toBeGreaterThan(0)
    expect(result.ratio.value).toBeGreaterThan(0.9)
    expect(result.ratio.value).toBeLessThan(1.1)
    expect(result.slope.value).toBeGreaterThan(0.7)
    expect(result.slope.value).toBeLessThan(1.3)
    expect(validate(rating, table, chance, stream(1), 8)).toEqual(result)
    expect(validate(rating, table, chance, stream(2), 8).gini.lower).not.toBe(result.gini.lower)
  })
  it('holds the truth within the limits of ratio, slope and Gini about as often as they say', () => {
    const rates = ratesOf(rating, table)
    const dispersion = 40
    const next = stream(7)
    const drawn = {
      ...table,
      noise: { exposure: rates.map(() => 0), claims: rates.map(() => 0), cost: rates.map(() => 300 ** 2) },
    }
    let [ratios, slopes, ginis, differences] = [0, 0, 0, 0]
    const expected = rates.map((rate, i) => table.exposure[i]! * rate)
    const halved = {
      ...rating,
      logRatios: rating.logRatios.map((each, f) => (f === 1 ? each.map(() => 0) : each)),
    }
    const trueGini = gini(rates, expected, table.exposure)
    const trueDifference = gini(ratesOf(halved, table), expected, table.exposure) - trueGini
    const draws = 400
    for (let d = 0; d < draws; d++) {
      const cost = rates.map((rate, i) => {
        const variance = table.exposure[i]! * dispersion * rate ** 1.5 + 300 ** 2
        return table.exposure[i]! * rate + Math.sqrt(variance) * normalQuantile(next())
      })
      const seen = { ...drawn, cost }
      const process = { dispersion, power: 1.5 }
      const { ratio, slope, gini: found } = validate(rating, seen, process, stream(d + 1))
      if (ratio.lower <= 1 && ratio.upper >= 1) ratios++
      if (slope.lower <= 1 && slope.upper >= 1) slopes++
      if (found.lower <= trueGini && found.upper >= trueGini) ginis++
      if (d % 2 === 1) continue
      const { giniDifference } = compareRatings(rating, halved, seen, process, stream(d + 1))
      if (giniDifference.lower <= trueDifference && giniDifference.upper >= trueDifference) differences += 2
    }
    for (const count of [ratios, slopes, ginis, differences]) {
      const share = count / draws
      expect(share).toBeGreaterThan(0.92)
      expect(share).toBeLessThan(0.98)
    }
    const unknown = validate(rating, table, null, stream(1))
    expect([unknown.slope.upper, unknown.gini.lower]).toEqual([NaN, NaN])
  })
  it('finds a tariff that is too steep by its slope', () => {
    const steep = { ...rating, logRatios: rating.logRatios.map((ratios) => ratios.map((ratio) => 2 * ratio)) }
    expect(validate(steep, table, chance, stream(1)).slope.value).toBeLessThan(0.7)
  })
  it('prefers the challenger that knows more', () => {
    const flat = { ...rating, logRatios: rating.logRatios.map((ratios) => ratios.map(() => 0)) }
    const { giniDifference, doubleLift } = compareRatings(flat, rating, table, chance, stream(4), 5)
    expect(giniDifference.lower).toBeGreaterThan(0)
    expect(doubleLift).toHaveLength(5)
    expect(compareRatings(rating, rating, table, chance, stream(4)).giniDifference.value).toBe(0)
  })
  it('has exact limits for actual to expected of each level', () => {
    const rows = actualToExpected(frequency.rating, rating, table, 'age', {
      dispersion: pure.dispersion,
      power: 1.5,
    })
    expect(rows.map(({ level }) => level)).toEqual(['<25', '25-29', '30-35', '>35'])
    for (const { claims, cost } of rows) {
      expect(claims.ratio).toBeCloseTo(1, 8)
      expect(claims.lower).toBeLessThan(1)
      expect(cost.lower).toBeLessThan(cost.ratio)
      expect(cost.upper).toBeGreaterThan(1)
    }
  })
})

describe('impactOf', () => {
  const rating = productOf(frequency.rating, severity.rating)
  const rates = ratesOf(rating, table)
  it('is nothing where nothing changed, and adds up to the exposure', () => {
    const none = impactOf(rates, rates, table)
    expect(none).toMatchObject({ change: 0, up: 0, down: 0, unpriced: 0 })
    const changed = impactOf(
      rates,
      rates.map((rate, i) => rate * (i % 2 === 0 ? 1.07 : 0.9)),
      table,
    )
    const exposure = total(table.exposure)
    expect(changed.up + changed.down + changed.same).toBeCloseTo(exposure, 8)
    expect(changed.bins.reduce((sum, bin) => sum + bin.exposure, 0)).toBeCloseTo(exposure, 8)
    expect(changed.quantiles[0]!.change).toBeCloseTo(-0.1, 10)
    expect(changed.quantiles.at(-1)!.change).toBeCloseTo(0.07, 10)
    expect(changed.newTotal / changed.oldTotal - 1).toBeCloseTo(changed.change, 12)
  })
  it('counts what one of the two cannot price', () => {
    expect(
      impactOf(
        rates,
        rates.map((rate, i) => (i === 0 ? NaN : rate)),
        table,
      ).unpriced,
    ).toBe(table.exposure[0])
  })
})

describe('priceGroup', () => {
  const rating = productOf(frequency.rating, severity.rating)
  const census = [
    { levels: { district: '1', group: '<1l', age: '<25' }, exposure: 20 },
    { levels: { district: '2', group: '>2l', age: '>35' }, exposure: 80 },
  ]
  const basis = {
    rating,
    steps: [{ kind: 'share' as const, name: 'expense', share: 0.2 }],
    process: { dispersion: 900, power: 1.5 },
    own: null,
  }
  it('blends with own experience and says a wider interval for the cost than for the premium', () => {
    const price = priceGroup(census, basis)
    expect(price.gross).toBeCloseTo(price.manual / 0.8, 10)
    const { lower, upper } = price.interval
    expect(upper / price.gross).toBeCloseTo(price.gross / lower, 8)
    expect(price.cost!.upper / (price.manual * 100)).toBeGreaterThan(upper / price.gross)
    const blended = priceGroup(census, {
      ...basis,
      own: { rate: 2 * price.manual, factor: 0.5, memberYears: 100 },
    })
    expect(blended.blended).toBeCloseTo(1.5 * price.manual, 8)
    expect(blended.rows.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12)
    const premium = blended.rows.reduce((sum, row, i) => sum + row.premium * census[i]!.exposure, 0)
    expect(premium).toBeCloseTo(blended.grossTotal, 6)
  })
  it('says the cost at the level that trend and late claims carry it to, with their errors, and without what is added', () => {
    const plain = priceGroup(census, basis).cost!
    const steps = [
      { kind: 'factor', name: 'trend', factor: 1.1, logVariance: 0 },
      { kind: 'add', name: 'pool', perMemberYear: 500 },
      { kind: 'factor', name: 'late claims', factor: 1.2, logVariance: 0 },
      { kind: 'share', name: 'expense', share: 0.2 },
    ] as const
    const carried = priceGroup(census, { ...basis, steps }).cost!
    expect(carried.lower).toBeCloseTo(1.32 * plain.lower, 6)
    expect(carried.upper).toBeCloseTo(1.32 * plain.upper, 6)
    // The squares of the reaches on the scale of the logarithm add up.
    const unsure = priceGroup(census, {
      ...basis,
      steps: steps.map((each) => (each.name === 'trend' ? { ...each, logVariance: 0.01 } : each)),
    }).cost!
    const squared = ({ lower, upper }: typeof plain) => (Math.log(upper / lower) / 2) ** 2
    const t = rating.freedom === Infinity ? normalQuantile(0.975) : studentTQuantile(0.975, rating.freedom)
    expect(squared(unsure) - squared(carried)).toBeCloseTo(t * t * 0.01, 8)
  })
  it('gives a group without a claim the chance of the manual rate, and a rate of nothing no limits', () => {
    const none = { rate: 0, memberYears: 1000 }
    const half = priceGroup(census, { ...basis, own: { ...none, factor: 0.5 } })
    const few = priceGroup(census, { ...basis, own: { ...none, factor: 0.5, memberYears: 1 } })
    const reach = ({ interval, gross }: typeof half) => interval.upper / gross
    expect(reach(few)).toBeGreaterThan(2 * reach(half))
    const all = priceGroup(census, { ...basis, own: { ...none, factor: 1 } })
    expect(all).toMatchObject({ blended: 0, interval: { lower: NaN, upper: NaN }, cost: null })
  })
  it('names the row and the level that it cannot price', () => {
    const wrong = [census[0]!, { levels: { district: '9', group: '<1l', age: '<25' }, exposure: 1 }]
    expect(() => priceGroup(wrong, basis)).toThrow(
      expect.objectContaining({
        detail: expect.objectContaining({ code: 'unknown-level', factor: 'district', row: 1 }),
      }),
    )
    const holes = {
      ...rating,
      logRatios: rating.logRatios.map((r, f) => (f === 2 ? r.map((v, k) => (k === 0 ? NaN : v)) : r)),
    }
    expect(() => priceGroup(census, { ...basis, rating: holes })).toThrow('no-rate')
  })
})
