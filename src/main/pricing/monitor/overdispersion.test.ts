import { describe, expect, it } from 'vitest'
import { stream } from '../../stats/fixtures/random.test-kit.ts'
import { fixtureOf } from '../fixtures/pricing.test-kit.ts'
import type { WatchedTable } from './cells.ts'
import { cusumChart } from './cusum.ts'
import { funnelPlot } from './funnel.ts'
import { dispersionOf, overdispersionOf } from './overdispersion.ts'
import { observedToExpected } from './ratio.ts'
import { ONE_BY_ONE, ratioWithSpread } from './spread.ts'

function tableOf(
  rows: readonly string[],
  columns: readonly string[],
  exposure: readonly number[],
  values: readonly number[],
  noise: number,
): WatchedTable {
  return {
    measure: 'claims',
    axes: ['group', 'ageBand'],
    cells: values.map((value, i) => ({
      key: { group: rows[i]!, ageBand: columns[i]! },
      value,
      noise,
      exposure: exposure[i]!,
      premium: 0,
    })),
    uncovered: { cells: 0, exposure: 0, share: 0 },
  }
}

describe('overdispersionOf', () => {
  const { row, column, exposure, claims, noisy, noise, phi, freedom, noisy_phi } =
    fixtureOf('monitor').dispersion
  it('is Pearson’s of R without noise, and with noise what R’s leverages leave of it', () => {
    const exact = overdispersionOf(tableOf(row, column, exposure, claims, 0), 'group', ['ageBand'])!
    expect(exact.freedom).toBe(freedom)
    expect(exact.phi).toBeCloseTo(phi, 8)
    const found = overdispersionOf(tableOf(row, column, exposure, noisy, noise), 'group', ['ageBand'])!
    // R has a column of a few cells whose leverage a product has only nearly.
    expect(Math.abs(found.phi / noisy_phi - 1)).toBeLessThan(0.01)
  })
  it('is told from noise: claims by twos have two, whatever the noise, and groups that differ none', () => {
    const uniform = stream(3)
    const [poisson, normal] = [poissonOf(uniform), normalOf(uniform)]
    const means = [0, 0]
    const runs = 60
    for (let run = 0; run < runs; run++)
      for (const [k, noise] of [0, 100].entries()) {
        const cells = Array.from({ length: 64 }, (_, i) => ({ g: i % 8, s: Math.floor(i / 8) }))
        const found = overdispersionOf(
          tableOf(
            cells.map(({ g }) => `${g}`),
            cells.map(({ s }) => `${s}`),
            cells.map(() => 40),
            // Groups differ by up to a factor of three, ages by two.
            cells.map(
              ({ g, s }) =>
                2 * poisson(10 * (1 + g / 4) * (1 + s / 8)) + Math.round(Math.sqrt(noise) * normal()),
            ),
            noise,
          ),
          'group',
          ['ageBand'],
        )!
        means[k]! += found.phi / runs
      }
    expect(Math.abs(means[0]! - 2)).toBeLessThan(0.15)
    expect(Math.abs(means[1]! - 2)).toBeLessThan(0.5)
  })
  it('is none of a few cells, and never narrows a limit', () => {
    const few = tableOf(['a', 'a', 'b', 'b'], ['1', '2', '1', '2'], [9, 9, 9, 9], [3, 4, 5, 6], 0)
    expect(overdispersionOf(few, 'group', ['ageBand'])).toBeNull()
    expect(dispersionOf(null)).toBe(1)
    expect(dispersionOf({ phi: 0.4, stdErr: 0.1, freedom: 20 })).toBe(1)
  })
})

describe('ratioWithSpread', () => {
  it('is the ratio of M4 where claims come one by one', () => {
    const count = { observed: 30, expected: 20, noise: 9 }
    expect(ratioWithSpread(count, ONE_BY_ONE)).toEqual(observedToExpected(count))
  })
  it('widens by the root of the dispersion, and comes to the same as noise goes', () => {
    const wide = ratioWithSpread(
      { observed: 400, expected: 400, noise: 0 },
      { dispersion: 4, relativeError: 0 },
    )
    const plain = observedToExpected({ observed: 400, expected: 400, noise: 0 })
    expect((wide.upper - wide.lower) / (plain.upper - plain.lower)).toBeCloseTo(2, 1)
    const noisy = ratioWithSpread(
      { observed: 400, expected: 400, noise: 1 },
      { dispersion: 4, relativeError: 0 },
    )
    expect(Math.abs(noisy.upper - wide.upper)).toBeLessThan(0.01)
    expect(() =>
      ratioWithSpread({ observed: 1, expected: 1, noise: 0 }, { dispersion: 0.5, relativeError: 0 }),
    ).toThrow()
  })
  it('has an error of what is expected beside chance and noise, in the limits and in p', () => {
    const count = { observed: 12_000, expected: 10_000, noise: 100 }
    const sure = ratioWithSpread(count, ONE_BY_ONE)
    const unsure = ratioWithSpread(count, { dispersion: 1, relativeError: 0.1 })
    const reach = 1.959963984540054 * 0.1
    expect(Math.log(unsure.upper / 1.2)).toBeCloseTo(Math.hypot(Math.log(sure.upper / 1.2), reach), 9)
    expect(Math.log(1.2 / unsure.lower)).toBeCloseTo(Math.hypot(Math.log(1.2 / sure.lower), reach), 9)
    expect(sure.p).toBeLessThan(1e-9)
    // p and limits agree: 1 lies just within the limits of the level that p says.
    const at = ratioWithSpread(count, { dispersion: 1, relativeError: 0.1 }, 1 - unsure.p)
    expect(at.lower).toBeCloseTo(1, 3)
    const nothing = ratioWithSpread(
      { observed: -5, expected: 10, noise: 100 },
      { dispersion: 1, relativeError: 0.1 },
    )
    expect(nothing.p).toBe(ratioWithSpread({ observed: -5, expected: 10, noise: 100 }, ONE_BY_ONE).p)
  })
  it('covers the truth in 95 of a hundred where claims come by threes', () => {
    const uniform = stream(8)
    const [poisson, normal] = [poissonOf(uniform), normalOf(uniform)]
    let [covered, before] = [0, 0]
    const runs = 1200
    for (let r = 0; r < runs; r++) {
      const count = { observed: 3 * poisson(40) + 4 * normal(), expected: 100, noise: 16 }
      const wide = ratioWithSpread(count, { dispersion: 3, relativeError: 0 })
      const narrow = observedToExpected(count)
      if (wide.lower <= 1.2 && wide.upper >= 1.2) covered++
      if (narrow.lower <= 1.2 && narrow.upper >= 1.2) before++
    }
    expect(covered / runs).toBeGreaterThan(0.935)
    expect(covered / runs).toBeLessThan(0.975)
    expect(before / runs).toBeLessThan(0.85)
  })
})

describe('charts of claims that come together', () => {
  it('have the run length that is said where claims come by threes', () => {
    const uniform = stream(17)
    const poisson = poissonOf(uniform)
    const month = { month: '2024-01', observed: 30, expected: 30, noise: 0 }
    const chart = cusumChart([month], { ratio: 1.25, runLength: 40, dispersion: 3 })
    const oneByOne = cusumChart([month], { ratio: 1.25, runLength: 40 })
    const monthsTo = ({ threshold }: { threshold: number }, phi: number): number => {
      let periods = 0
      for (let r = 0; r < 500; r++) {
        let c = 0
        do {
          c = Math.max(0, c + (3 * poisson(10) * Math.log(1.25) - 30 * 0.25) / phi)
          periods++
        } while (c <= threshold)
      }
      return periods / 500
    }
    expect(Math.abs(monthsTo(chart, 3) / chart.runLength - 1)).toBeLessThan(0.14)
    // As if they came one by one the same months alarm three times as often and more.
    expect(monthsTo(oneByOne, 1)).toBeLessThan(0.5 * oneByOne.runLength)
  })
  it('have wider limits beside each other', () => {
    const ratios = [100, 200].map((expected, i) => ({
      ...observedToExpected({ observed: 1.1 * expected, expected, noise: 0 }),
      label: `${i}`,
      observed: 1.1 * expected,
      expected,
      noise: 0,
      isReadable: true,
    }))
    const [plain, wide] = [
      funnelPlot(ratios),
      funnelPlot(ratios, () => ({ dispersion: 4, relativeError: 0 })),
    ]
    expect(wide.limits(100, 0.95).upper - 1).toBeCloseTo(2 * (plain.limits(100, 0.95).upper - 1), 12)
    expect(wide.groups[0]!.z).toBeCloseTo(plain.groups[0]!.z / 2, 12)
  })
})

function normalOf(uniform: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
}

function poissonOf(uniform: () => number): (mean: number) => number {
  return (mean) => {
    let count = 0
    for (let t = -Math.log(uniform()); t < mean; t -= Math.log(uniform())) count++
    return count
  }
}
