import { describe, expect, it } from 'vitest'
import { expectClose, loadFixture } from '../../stats/fixtures/fixture.test-kit.ts'
import { stream } from '../../stats/fixtures/random.test-kit.ts'
import { fitCox } from '../../stats/survival/cox.ts'
import { dayOfCivil } from '../../../shared/domain/dates.ts'
import { fixtureOf, productTable } from '../fixtures/pricing.test-kit.ts'
import { buildUp, indicatedChange } from './build-up.ts'
import { blendByClaims, credibleRates, fullCredibility, type GroupExperience } from './credibility.ts'
import { cumulate, develop, expectedUltimates } from './development.ts'
import { ageBandNames, exposureOfSpell } from './exposure.ts'
import { incidenceOfModel, yearlyIncidence } from './incidence.ts'
import { capLosses, largeLossLoad, tailRows } from './large-losses.ts'
import { fitTrend, trendFactor } from './trend.ts'

describe('develop', () => {
  const t = fixtureOf('taylor_ashe')
  it("has Mack's published reserves and errors of Taylor and Ashe", () => {
    const result = develop(t.triangle, { expected: null })
    result.origins.forEach(({ ultimate, known, stdErr }, i) => {
      expect(Math.round(ultimate - known)).toBe(t.reserve[i])
      expect(Math.round(stdErr)).toBe(t.stdErr[i])
    })
    expect(Math.round(result.ultimate - result.known)).toBe(t.totalReserve)
    expect(Math.round(result.totalStdErr)).toBe(t.totalStdErr)
  })
  it('takes Bornhuetter-Ferguson for the youngest origins', () => {
    const expected = new Array<number>(10).fill(5_000_000)
    const { origins } = develop(t.triangle, { expected, youngest: 2 })
    expect(origins.map(({ method }) => method).filter((m) => m === 'bornhuetter-ferguson')).toHaveLength(2)
    const last = origins[9]!
    expect(last.ultimate).toBeCloseTo(last.known + (1 - last.completion) * 5_000_000, 6)
  })
  it('has an error of Bornhuetter-Ferguson that is of what is expected, whatever is known', () => {
    const expected = new Array<number>(10).fill(5_000_000)
    const errorOf = (known: number) => {
      const triangle = t.triangle.map((row: number[], i: number) => (i === 9 ? [known] : row))
      return develop(triangle, { expected }).origins[9]!.stdErr
    }
    const usual = errorOf(t.triangle[9][0])
    expect(usual).toBeGreaterThan(0)
    // Nearly nothing, nothing, and less than nothing by noise.
    for (const known of [1, 0, -50_000]) expect(errorOf(known)).toBeCloseTo(usual, 4)
    const { origins, totalStdErr } = develop(t.triangle, { expected })
    expect(totalStdErr).toBeGreaterThan(usual)
    // By the error of the share and by chance, of twice as much: four times the one, twice the other.
    const twice = develop(t.triangle, { expected: expected.map((each) => 2 * each) }).origins[9]!
    expect(twice.stdErr).toBeGreaterThan(Math.sqrt(2) * origins[9]!.stdErr)
    expect(twice.stdErr).toBeLessThan(2 * origins[9]!.stdErr)
  })
  it('has the published figures of Bornhuetter-Ferguson by an a priori loss ratio of the premium', () => {
    // Worked examples of the Institute and Faculty of Actuaries' subject CT6: cumulative claims, earned premiums, ratio of the oldest year.
    const examples = [
      {
        triangle: [[3340, 3750, 4270, 4400], [3670, 4080, 4590], [3690, 4290], [4150]],
        premiums: [4800, 4900, 5050, 5200],
        lossRatio: 4400 / 4800,
        expected: [4491.67, 4629.17, 4766.67],
        emerging: [132.71, 659.02, 1157.56],
        ultimate: [4722.71, 4949.02, 5307.56],
      },
      {
        triangle: [[96, 136, 140, 168], [100, 156, 160], [120, 130], [136]],
        premiums: [175, 181, 190, 196],
        lossRatio: 168 / 175,
        expected: [173.76, 182.4, 188.16],
        emerging: [28.96, 34.45, 73.88],
        ultimate: [188.96, 164.45, 209.88],
      },
    ]
    for (const { triangle, premiums, lossRatio, ...published } of examples) {
      const expected = expectedUltimates(premiums, lossRatio)
      const { origins } = develop(triangle, { expected })
      published.expected.forEach((value, i) => expect(expected[i + 1]).toBeCloseTo(value, 2))
      published.emerging.forEach((value, i) =>
        expect(origins[i + 1]!.ultimate - origins[i + 1]!.known).toBeCloseTo(value, 2),
      )
      published.ultimate.forEach((value, i) => expect(origins[i + 1]!.ultimate).toBeCloseTo(value, 2))
    }
  })
  it('is chain ladder where that is what was expected, for Taylor and Ashe and for RAA', () => {
    const raa = (loadFixture('chainladder_raa').data.triangle as (number | null)[][]).map((row) =>
      row.filter((value) => value !== null),
    )
    for (const triangle of [t.triangle as number[][], raa]) {
      const ladder = develop(triangle, { expected: null })
      const expected = ladder.origins.map(({ ultimate }) => ultimate)
      const both = develop(triangle, { expected, youngest: triangle.length })
      both.origins.forEach(({ ultimate, completion, completionError, stdErr }, i) => {
        const mack = ladder.origins[i]!
        expect(ultimate / mack.ultimate).toBeCloseTo(1, 12)
        // Chance is Mack's; the factors' own error multiplies all of the ultimate there, and here the share that is known.
        const less = (1 - completion * completion) * (ultimate * completionError) ** 2
        expect(stdErr).toBeCloseTo(i === 0 ? 0 : Math.sqrt(mack.stdErr ** 2 - less), 4)
      })
      expect(both.ultimate / ladder.ultimate).toBeCloseTo(1, 12)
    }
  })
  it('expects nothing of a premium or a ratio below 0', () => {
    expect(() => expectedUltimates([100, -1], 0.8)).toThrow()
    expect(() => expectedUltimates([100], -0.1)).toThrow()
  })
  it('carries the noise of cells to the ultimate', () => {
    const plain = develop(t.triangle, { expected: null })
    const noisy = develop(t.triangle, { expected: null, cellNoise: 1e8 })
    noisy.origins.forEach(({ stdErr, completion }, i) => {
      const cells = t.triangle[i].length as number
      expect(stdErr).toBeCloseTo(Math.hypot(plain.origins[i]!.stdErr, Math.sqrt(1e8 * cells) / completion), 3)
    })
    expect(cumulate([[1, 2, 3], [4]])).toEqual([[1, 3, 6], [4]])
  })
})

describe('fitTrend', () => {
  it('has slope, error and limits of R', () => {
    const f = fixtureOf('trend')
    const points = (f.middle as number[]).map((middle, i) => ({
      middle,
      rate: f.rate[i],
      weight: f.weight[i],
    }))
    const trend = fitTrend(points)
    expectClose(trend.slope, f.slope, 'slope')
    expectClose(trend.stdErr, f.std_err, 'standard error')
    expectClose([Math.log1p(trend.yearly.lower), Math.log1p(trend.yearly.upper)], f.limits, 'limits')
    const { factor, logVariance } = trendFactor(trend, 2021, 2024.5)
    expect(factor).toBeCloseTo(Math.exp(3.5 * f.slope), 12)
    expect(Math.sqrt(logVariance)).toBeCloseTo(3.5 * f.std_err, 12)
  })
  it('refuses two points and rates of nothing', () => {
    expect(() => fitTrend([{ middle: 1, rate: 1, weight: 1 }])).toThrow('nothing-to-fit')
    const flat = [1, 2, 3].map((middle) => ({ middle, rate: 0, weight: 1 }))
    expect(() => fitTrend(flat)).toThrow('bad-number')
  })
})

describe('credibleRates', () => {
  // The engine holds actuar's numbers for these data; here the same go through pricing.
  const { data, expected } = loadFixture('credibility_hachemeister')
  const ratios = data.ratios as number[][]
  const weights = data.weights as number[][]
  it("has actuar's premiums of Hachemeister", () => {
    const groups = ratios.map((own, i): GroupExperience => ({
      group: `state ${i + 1}`,
      exposure: weights[i]!,
      cost: own.map((ratio, t) => ratio * weights[i]![t]!),
    }))
    const result = credibleRates(groups)
    expectClose(
      result.groups.map(({ factor }) => factor),
      expected.buhlmann_straub.credibility,
      'factors',
    )
    expectClose(
      result.groups.map(({ rate }) => rate),
      expected.buhlmann_straub.premium,
      'premiums',
    )
    const toManual = credibleRates(groups, 1500)
    expect(toManual.groups[3]!.rate).toBeCloseTo(
      result.groups[3]!.factor * result.groups[3]!.own + (1 - result.groups[3]!.factor) * 1500,
      8,
    )
  })
  it('takes noise out of both variances and gives noisy groups less credit', () => {
    const normal = normals(11)
    const between = 400
    const within = 90_000
    const noise = 2.5e7
    let plainBetween = 0
    let cleanBetween = 0
    let cleanWithin = 0
    const runs = 60
    for (let run = 0; run < runs; run++) {
      const groups = Array.from({ length: 30 }, (_, g): GroupExperience => {
        const own = 500 + Math.sqrt(between) * normal()
        const exposure = Array.from({ length: 5 }, () => 60 + 20 * (g % 5))
        return {
          group: String(g),
          exposure,
          cost: exposure.map(
            (w) => w * (own + Math.sqrt(within / w) * normal()) + Math.sqrt(noise) * normal(),
          ),
          costNoise: exposure.map(() => noise),
        }
      })
      const clean = credibleRates(groups)
      cleanBetween += clean.between / runs
      cleanWithin += clean.within / runs
      plainBetween += credibleRates(groups.map(({ costNoise: _, ...group }) => group)).within / runs
    }
    expect(Math.abs(cleanWithin / within - 1)).toBeLessThan(0.1)
    expect(plainBetween / within).toBeGreaterThan(2)
    // Floored at 0 in some runs, so it is a little above.
    expect(cleanBetween).toBeGreaterThan(0.5 * between)
    expect(cleanBetween).toBeLessThan(3 * between)
  })
  it('knows the square-root rule', () => {
    expect(blendByClaims(270.5, 800, 1000)).toEqual({ factor: 0.5, rate: 900 })
    // Of a cost rate 1,082 (1 + cv²): 3,517 claims where a claim's cost varies by half as much again as its mean.
    expect([0, 1, 1.5].map(fullCredibility)).toEqual([1082, 2164, 3517])
    expect(blendByClaims(270.5, 800, 1000, fullCredibility(1)).factor).toBeCloseTo(Math.SQRT1_2 / 2, 12)
  })
})

describe('buildUp', () => {
  it('adds up line by line, and shares are of the gross premium', () => {
    const up = buildUp(1000, [
      { kind: 'factor', name: 'trend', factor: 1.08, logVariance: 0.0004 },
      { kind: 'factor', name: 'development', factor: 1.02 },
      { kind: 'add', name: 'large claims', perMemberYear: 120 },
      { kind: 'share', name: 'expense', share: 0.12 },
      { kind: 'share', name: 'profit', share: 0.03 },
    ])
    expect(up.gross).toBeCloseTo((1000 * 1.08 * 1.02 + 120) / 0.85, 9)
    expect(up.lines.at(-1)!.after).toBeCloseTo(up.gross, 9)
    expect(up.lines.reduce((sum, { amount }) => sum + amount, 0)).toBeCloseTo(up.gross, 9)
    expect(up.lines.at(-2)!.amount).toBeCloseTo(0.12 * up.gross, 9)
    expect(up.logVariance).toBe(0.0004)
  })
  it('refuses shares of everything and steps after shares', () => {
    expect(() =>
      buildUp(1, [
        { kind: 'share', name: 'a', share: 0.6 },
        { kind: 'share', name: 'b', share: 0.4 },
      ]),
    ).toThrow('bad-option')
    expect(() =>
      buildUp(1, [
        { kind: 'share', name: 'a', share: 0.1 },
        { kind: 'factor', name: 'late', factor: 2 },
      ]),
    ).toThrow('bad-option')
  })
  it('indicates a change from loss ratio and expenses', () => {
    expect(indicatedChange(0.72, 0.05, 0.2)).toBeCloseTo(0.77 / 0.8 - 1, 12)
  })
})

describe('large losses', () => {
  it('are capped and spread again without losing a minor unit', () => {
    const { cappedTotal, excessTotal, excessCount } = capLosses(Float64Array.of(100, 5000, 250, 12000), 2000)
    expect([cappedTotal, excessTotal, excessCount]).toEqual([4350, 13000, 2])
    const table = productTable()
    const years = table.exposure.reduce((a, b) => a + b)
    const flat = largeLossLoad(table, years, 13000, 'flat')
    if (flat.kind !== 'flat') throw new Error(flat.kind)
    expect(flat.perMemberYear * years).toBeCloseTo(13000, 8)
    // Half of the exposure is in cells that were withheld: the load of everybody is half as high.
    expect(largeLossLoad(table, 2 * years, 13000, 'flat')).toEqual({
      kind: 'flat',
      perMemberYear: flat.perMemberYear / 2,
    })
    const cost = table.cost.reduce((a, b) => a + b)
    expect(largeLossLoad(table, 2 * years, 13000, 'proportional')).toEqual({
      kind: 'proportional',
      factor: expect.closeTo(1 + 13000 / (2 * cost), 12) as number,
    })
    const noise = { ...table, cost: table.cost.map((each) => -each) }
    expect(() => largeLossLoad(noise, years, 13000, 'proportional')).toThrow('nothing-to-fit')
  })
})

describe('tailRows', () => {
  it('has the excess, its chance and the index of Hill above the cap and above higher ones', () => {
    const amounts = Float64Array.of(50, 100, 120, 150, 160, 210, 330, 400)
    const [own, half, double, triple] = tailRows(amounts, 100)
    expect([own, half, double, triple].map((row) => [row!.cap, row!.count])).toEqual([
      [100, 6],
      [150, 4],
      [200, 3],
      [300, 2],
    ])
    const above = [20, 50, 60, 110, 230, 300]
    expect(own!.tail!.excess).toBe(770)
    expect(own!.tail!.variation).toBeCloseTo(Math.hypot(...above) / 770, 12)
    const logs = above.reduce((sum, excess) => sum + Math.log(1 + excess / 100), 0)
    expect(own!.tail!.index).toBeCloseTo(6 / logs, 10)
    expect(own!.tail!.indexError).toBeCloseTo(6 / logs / Math.sqrt(6), 10)
    // Of fewer than five a sum would say too much of one of them.
    expect([half, double, triple].map((row) => row!.tail)).toEqual([null, null, null])
  })
  it('tells a lognormal from a Pareto tail, whose index stays as the cap rises', () => {
    const uniform = stream(11)
    const pareto = Float64Array.from({ length: 4000 }, () => 100 * uniform() ** (-1 / 1.7))
    for (const { tail } of tailRows(pareto, 100)) {
      expect(tail!.shape).toBe('pareto')
      expect(Math.abs(tail!.index - 1.7)).toBeLessThan(3 * tail!.indexError)
    }
    const draw = normals(12)
    const lognormal = Float64Array.from({ length: 4000 }, () => Math.exp(6 + 0.5 * draw()))
    const rows = tailRows(lognormal, 300)
    expect(rows[0]!.tail!.shape).toBe('lognormal')
    // Lighter than any Pareto: the index rises with the cap.
    expect(rows[2]!.tail!.index).toBeGreaterThan(rows[0]!.tail!.index + 1)
  })
})

describe('exposureOfSpell', () => {
  const bands = { edges: [0, 30, 50] }
  it('cuts at the ends of years and on birthdays', () => {
    const parts = exposureOfSpell(
      {
        fromDay: dayOfCivil(2022, 10, 1),
        toDay: dayOfCivil(2023, 12, 31),
        birthDay: dayOfCivil(1993, 3, 15),
      },
      bands,
      'year',
    )
    expect(parts.map(({ period, ageBand }) => `${period} ${ageBand}`)).toEqual([
      '2022 0-29',
      '2023 0-29',
      '2023 30-49',
    ])
    expect(parts.map(({ exposure }) => Math.round(exposure * 365.25))).toEqual([92, 73, 292])
    expect(ageBandNames(bands)).toEqual(['0-29', '30-49', '50+'])
  })
  it('has the day of everybody once, also for those born on the 29th of February', () => {
    const next = stream(8)
    for (let i = 0; i < 300; i++) {
      const birthDay =
        i % 3 === 0 ? dayOfCivil(1972, 2, 29) : dayOfCivil(1950, 1, 1) + Math.floor(next() * 20_000)
      const fromDay = birthDay + Math.floor(next() * 15_000)
      const toDay = fromDay + Math.floor(next() * 1500)
      const parts = exposureOfSpell({ fromDay, toDay, birthDay }, bands, 'month')
      const days = parts.reduce((sum, { exposure }) => sum + exposure, 0) * 365.25
      expect(days).toBeCloseTo(toDay - fromDay + 1, 6)
      const names = parts.map(({ period, ageBand }) => `${period} ${ageBand}`)
      expect(new Set(names).size).toBe(names.length)
    }
  })
})

describe('incidence', () => {
  it('has the yearly rates of R from a fitted Cox model', () => {
    const f = fixtureOf('incidence_lung')
    const model = fitCox({
      start: null,
      stop: Float64Array.from(f.time),
      event: Uint8Array.from(f.event),
      x: [Float64Array.from(f.age), Float64Array.from(f.sex)],
    })
    const years = incidenceOfModel(model, { x: f.at })
    expectClose(
      years.slice(0, 2).map(({ rate }) => rate),
      f.rate,
      'rates',
      1e-7,
    )
    for (const { rate, lower, upper } of years) {
      expect(lower).toBeLessThanOrEqual(rate)
      expect(upper).toBeGreaterThanOrEqual(rate)
    }
    expect(years.at(-1)!.isPartial).toBe(true)
  })
  it('turns a released baseline and hazard ratios into rates', () => {
    const baseline = { day: [365.25, 730.5], cumulativeHazard: [0.1, 0.25], stdErr: [0.01, 0.02] }
    const [first, second] = yearlyIncidence(
      baseline,
      [{ name: 'male', logRatio: Math.log(2), stdErr: 0.1 }],
      { male: 1 },
    )
    expect(first!.rate).toBeCloseTo(1 - Math.exp(-0.2), 12)
    expect(second!.rate).toBeCloseTo(1 - Math.exp(-0.3), 12)
    const half = 1.959963984540054 * Math.hypot(0.1, 0.01 / 0.1)
    expect(first!.upper).toBeCloseTo(1 - Math.exp(-0.2 * Math.exp(half)), 10)
    expect(() => yearlyIncidence(baseline, [], { age: 1 })).toThrow('unknown-factor')
  })
})

function normals(seed: number): () => number {
  const uniform = stream(seed)
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
}
