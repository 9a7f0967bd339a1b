import fc from 'fast-check'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createNodeCrypto } from '../../node/crypto-node.ts'
import { chiSquared } from '../../stats/det/distributions.ts'
import {
  sampleDiscreteGaussian,
  sampleDiscreteLaplace,
  sampleExponentialCoin,
  uniformBelow,
} from './discrete-gaussian.ts'
import { keyedStream } from './keyed-stream.ts'
import { floorRoot, rational, type Rational } from './rational.ts'

const crypto = createNodeCrypto()
const CHAIN = new Uint8Array(32).fill(1)
const streamOf = (name: number, key = 7) =>
  keyedStream(crypto, new Uint8Array(32).fill(key), CHAIN, new Uint8Array(32).fill(name), 0)

const toNumber = ({ numerator, denominator }: Rational) => Number(numerator) / Number(denominator)

/** Probability of each whole number, by the formula, in doubles: good enough to judge thousands of samples. */
function probabilities(weightOf: (x: number) => number, reach: number): Map<number, number> {
  const weights = Array.from({ length: 2 * reach + 1 }, (_, i) => [i - reach, weightOf(i - reach)] as const)
  const sum = weights.reduce((total, [, weight]) => total + weight, 0)
  return new Map(weights.map(([x, weight]) => [x, weight / sum]))
}
const gaussian = (variance: number) =>
  probabilities((x) => Math.exp((-x * x) / (2 * variance)), Math.ceil(12 * Math.sqrt(variance)) + 5)

/** The p value of Pearson's test; cells that expect fewer than eight are joined from both ends. */
function chiSquareP(samples: readonly number[], expected: Map<number, number>): number {
  const seen = new Map<number, number>()
  for (const x of samples) seen.set(x, (seen.get(x) ?? 0) + 1)
  for (const x of seen.keys()) expect(expected.has(x)).toBe(true)
  const cells: [seen: number, expected: number][] = []
  let open: [number, number] = [0, 0]
  for (const [x, probability] of expected) {
    open = [open[0] + (seen.get(x) ?? 0), open[1] + probability * samples.length]
    if (open[1] < 8) continue
    cells.push(open)
    open = [0, 0]
  }
  cells[cells.length - 1] = [cells.at(-1)![0] + open[0], cells.at(-1)![1] + open[1]]
  const statistic = cells.reduce((sum, [got, want]) => sum + (got - want) ** 2 / want, 0)
  return chiSquared(statistic, cells.length - 1).upper
}

const SAMPLE_COUNT = 6_000
const VARIANCES: [string, Rational][] = [
  ['a third', rational(1n, 3n)],
  ['one', rational(1n)],
  ['5/2', rational(5n, 2n)],
  ['25, which a table gets', rational(25n)],
  ['250, which a count gets', rational(250n)],
]

describe('sampleDiscreteGaussian (T18)', () => {
  it.each(VARIANCES)('has the distribution of variance %s (chi-square, mean, variance, tails)', (_, v) => {
    const random = streamOf(11)
    const samples = Array.from({ length: SAMPLE_COUNT }, () => Number(sampleDiscreteGaussian(random, v)))
    const expected = gaussian(toNumber(v))
    expect(chiSquareP(samples, expected)).toBeGreaterThan(0.001)

    const momentOf = (power: number) =>
      [...expected].reduce((sum, [x, probability]) => sum + probability * x ** power, 0)
    const within = (mean: number, want: number, variance: number) =>
      expect(Math.abs(mean - want)).toBeLessThan(4 * Math.sqrt(variance / SAMPLE_COUNT))
    const meanOf = (f: (x: number) => number) => samples.reduce((sum, x) => sum + f(x), 0) / SAMPLE_COUNT
    within(
      meanOf((x) => x),
      0,
      momentOf(2),
    )
    within(
      meanOf((x) => x * x),
      momentOf(2),
      momentOf(4) - momentOf(2) ** 2,
    )
    for (const reach of [1, 2, 3].map((factor) => Math.ceil(factor * Math.sqrt(toNumber(v))))) {
      const tail = [...expected].reduce((sum, [x, p]) => sum + (Math.abs(x) > reach ? p : 0), 0)
      within(
        meanOf((x) => (Math.abs(x) > reach ? 1 : 0)),
        tail,
        tail * (1 - tail),
      )
    }
  })

  it('gives the same numbers for the same key and request, and others for another key, request or table', () => {
    const draw = (random: (byteCount: number) => Uint8Array) =>
      Array.from({ length: 20 }, () => sampleDiscreteGaussian(random, rational(1_000n))).join(' ')
    const first = draw(streamOf(1))
    expect(draw(streamOf(1))).toBe(first)
    expect(first).toBe('0 15 -14 21 -23 -12 -8 -4 9 42 0 61 2 -28 0 -7 -33 47 51 82')
    const key = new Uint8Array(32).fill(7)
    const request = new Uint8Array(32).fill(1)
    const others = [
      streamOf(2),
      streamOf(1, 8),
      keyedStream(crypto, key, CHAIN, request, 1),
      keyedStream(crypto, key, new Uint8Array(32).fill(2), request, 0),
    ]
    for (const other of others) expect(draw(other)).not.toBe(first)
  })

  it('takes variances far beyond what a double holds', () => {
    const huge = 10n ** 60n
    const sample = sampleDiscreteGaussian(streamOf(3), rational(huge * huge, 3n))
    expect(sample < 20n * huge && sample > -20n * huge).toBe(true)
    expect(sample % 10n ** 20n === 0n).toBe(false)
  })

  it('is shown to lose no more than is said by an audit of its samples', () => {
    // Two databases that differ by one patient, rho = 1/8: each outcome that is common enough bounds epsilon from below.
    const variance = rational(4n)
    const random = streamOf(4)
    const count = 8_000
    const histogram = (centre: bigint) => {
      const seen = new Map<bigint, number>()
      for (let i = 0; i < count; i++) {
        const out = centre + sampleDiscreteGaussian(random, variance)
        seen.set(out, (seen.get(out) ?? 0) + 1)
      }
      return seen
    }
    const [without, withTarget] = [histogram(0n), histogram(1n)]
    for (const [x, n1] of withTarget) {
      const n0 = without.get(x) ?? 0
      if (n0 < 200 || n1 < 200) continue
      // The privacy loss at x is (2x - 1)/(2·variance), exactly.
      const loss = (2 * Number(x) - 1) / 8
      const error = Math.sqrt(1 / n0 + 1 / n1)
      expect(Math.abs(Math.log(n1 / n0) - loss)).toBeLessThan(4.5 * error)
    }
  })
})

describe('the parts of the sampler', () => {
  it('draw the discrete Laplace distribution', () => {
    const random = streamOf(21)
    const samples = Array.from({ length: SAMPLE_COUNT }, () => Number(sampleDiscreteLaplace(random, 3n)))
    expect(
      chiSquareP(
        samples,
        probabilities((x) => Math.exp(-Math.abs(x) / 3), 150),
      ),
    ).toBeGreaterThan(0.001)
  })

  it.each([rational(0n), rational(1n, 7n), rational(1n), rational(9n, 4n), rational(5n)])(
    'toss a coin of probability exp(-gamma)',
    (gamma) => {
      const random = streamOf(22)
      const probability = Math.exp(-toNumber(gamma))
      let heads = 0
      for (let i = 0; i < SAMPLE_COUNT; i++) if (sampleExponentialCoin(random, gamma)) heads++
      const error = Math.sqrt((probability * (1 - probability)) / SAMPLE_COUNT)
      expect(Math.abs(heads / SAMPLE_COUNT - probability)).toBeLessThanOrEqual(4 * error)
    },
  )

  it('draw whole numbers below a bound, each as likely', () => {
    const random = streamOf(23)
    const seen = new Array<number>(300).fill(0)
    for (let i = 0; i < 30_000; i++) seen[Number(uniformBelow(random, 300n))]!++
    const statistic = seen.reduce((sum, n) => sum + (n - 100) ** 2 / 100, 0)
    expect(chiSquared(statistic, 299).upper).toBeGreaterThan(0.001)
  })

  it('take roots of whole numbers from below', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 300n), (value) => {
        const root = floorRoot(value)
        expect(root * root <= value && (root + 1n) * (root + 1n) > value).toBe(true)
      }),
    )
  })
})

it('has no floating point on the path from a count to what is released', () => {
  const inexact =
    /\bMath\.|\bNumber\b|parseFloat|parseInt|Float\d|\b\d+\.\d|\bNaN\b|\btoFixed\b|\btoPrecision\b/
  const sources = readdirSync(import.meta.dirname).filter((name) => !name.endsWith('.test.ts'))
  expect(sources.length).toBeGreaterThanOrEqual(3)
  for (const name of sources) {
    const code = readFileSync(join(import.meta.dirname, name), 'utf8').replace(/\/\*[^]*?\*\/|\/\/.*$/gm, '')
    expect(inexact.exec(code), name).toBeNull()
  }
})
