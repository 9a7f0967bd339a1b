import { describe, expect, it } from 'vitest'
import { buhlmannStraub, shrinkRatios } from '../../stats/actuarial/credibility.ts'
import { stream } from '../../stats/fixtures/random.test-kit.ts'
import { fixtureOf } from '../fixtures/pricing.test-kit.ts'
import { type MeasuredRatio, shrinkToMiddle, shrinkToOne } from './shrinkage.ts'

const measured = (ratio: readonly number[], weight: readonly number[], variance: readonly number[]) =>
  ratio.map((value, i): MeasuredRatio => ({
    label: `${i}`,
    ratio: value,
    weight: weight[i]!,
    variance: variance[i]!,
  }))
const close = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 10))

describe('shrinkToOne', () => {
  it('is gamma-Poisson shrinkage without noise', () => {
    const [observed, expected] = [
      [30, 12, 55, 80],
      [22, 18, 50, 90],
    ]
    const ratios = measured(
      observed!.map((o, i) => o / expected![i]!),
      expected!,
      expected!.map((e) => 1 / e),
    )
    expect(shrinkToOne(ratios).groups.map(({ ratio }) => ratio)).toEqual(
      close(shrinkRatios(observed!, expected!)),
    )
  })
  it('has R’s moments with noise and claims that come together', () => {
    const { expected, ratio, variance, between, shrunk } = fixtureOf('monitor').to_one
    const found = shrinkToOne(measured(ratio, expected, variance))
    expect(between).toBeGreaterThan(0)
    expect(found.between).toBeCloseTo(between, 12)
    expect(found.groups.map((each) => each.ratio)).toEqual(close(shrunk))
  })
  it('ranks a small group that chance made high behind a large one that is', () => {
    const ratios = measured(
      [1.9, 1.3, 0.9, 1, 0.8],
      [6, 900, 800, 700, 600],
      [0.4, 0.003, 0.003, 0.003, 0.004],
    )
    const { groups } = shrinkToOne(ratios)
    expect(groups[1]!.ratio).toBeGreaterThan(groups[0]!.ratio)
    expect(groups[0]!.credibility).toBeLessThan(0.2)
  })
  it('is 1 for all where chance and noise explain all', () => {
    const { between, groups } = shrinkToOne(measured([1.1, 0.9], [50, 50], [0.1, 0.1]))
    expect(between).toBe(0)
    expect(groups.map(({ ratio }) => ratio)).toEqual([1, 1])
  })
})

describe('shrinkToMiddle', () => {
  it('has R’s moments, credibilities and middle', () => {
    const { premium, ratio, variance, between, middle, credibility, shrunk } = fixtureOf('monitor').to_middle
    const found = shrinkToMiddle(measured(ratio, premium, variance))
    expect(between).toBeGreaterThan(0)
    expect(found.between).toBeCloseTo(between, 12)
    expect(found.middle).toBeCloseTo(middle, 10)
    expect(found.groups.map((each) => each.credibility)).toEqual(close(credibility))
    expect(found.groups.map((each) => each.ratio)).toEqual(close(shrunk))
  })
  it('is Bühlmann and Straub’s where the variance of each is theirs', () => {
    const ratios = [
      [0.7, 0.9, 0.8],
      [1.1, 1.3, 1.2],
      [0.6, 0.9, 0.5],
    ]
    const weights = [
      [5, 6, 7],
      [2, 3, 2],
      [9, 8, 9],
    ]
    const known = buhlmannStraub(ratios, weights)
    const found = shrinkToMiddle(
      measured(
        known.individual,
        known.weights,
        known.weights.map((weight) => known.within / weight),
      ),
    )
    expect(found.between).toBeCloseTo(known.between, 12)
    expect(found.middle).toBeCloseTo(known.collective, 12)
    expect(found.groups.map(({ ratio }) => ratio)).toEqual(close(known.premiums))
  })
  it('comes nearer to the truth than what was measured', () => {
    const uniform = stream(12)
    const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
    let [raw, drawn, spread] = [0, 0, 0]
    const runs = 300
    for (let run = 0; run < runs; run++) {
      const truth = Array.from({ length: 12 }, () => 0.8 + 0.1 * normal())
      const variance = truth.map((_, i) => 0.002 * (1 + i))
      const ratio = truth.map((value, i) => value + Math.sqrt(variance[i]!) * normal())
      const found = shrinkToMiddle(
        measured(
          ratio,
          variance.map((v) => 1 / v),
          variance,
        ),
      )
      spread += found.between / runs
      truth.forEach((value, i) => {
        raw += (ratio[i]! - value) ** 2
        drawn += (found.groups[i]!.ratio - value) ** 2
      })
    }
    expect(drawn).toBeLessThan(0.6 * raw)
    expect(Math.abs(spread / 0.01 - 1)).toBeLessThan(0.25)
  })
  it('is one mean for all where nothing is between them, also of one group alone and of none', () => {
    const { groups, middle } = shrinkToMiddle(measured([0.9, 0.7], [1, 3], [0.2, 0.2]))
    expect(middle).toBeCloseTo(0.75, 12)
    expect(groups.map(({ ratio }) => ratio)).toEqual(close([0.75, 0.75]))
    expect(shrinkToMiddle(measured([0.9], [1], [0.1])).groups[0]).toMatchObject({
      credibility: 0,
      ratio: 0.9,
    })
    expect(shrinkToMiddle([]).groups).toEqual([])
  })
})
