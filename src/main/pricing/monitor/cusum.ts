/**
 * Risk-adjusted CUSUM of a group's counts with the noise of the release in it: C = max(0, C + (O ln R - E(R - 1)) / φ) with
 * φ = (dE + σ²)/E, d the dispersion of claims, so that neither noise nor claims that come together raise alarms; the threshold gives a chosen run length without change, for the distribution of Poisson
 * count and noise together (docs/spec/pricing.md M8).
 */
import { normal, poisson, type Tails } from '../../stats/det/distributions.ts'
import { log } from '../../stats/det/log.ts'
import { solveGeneral } from '../../stats/linalg/matrix.ts'
import { checkNumber, PricingFailure } from '../failure.ts'
import { type RatioBand, tailsAt } from './ratio.ts'
import { ratioWithSpread } from './spread.ts'

export interface CusumMonth {
  readonly month: string
  readonly observed: number
  readonly expected: number
  /** Variance beside chance: of the release's noise, and of an error in what is expected. */
  readonly noise: number
}

export interface CusumOptions {
  /** Relative risk to detect: 1.25 or 1.5; below 1 watches for improvement. */
  readonly ratio: number
  /** Months to a false alarm on average: 60 by default. */
  readonly runLength?: number
  /** Variance of a month's count over its mean, at least 1: by default 1, claims that come one by one. */
  readonly dispersion?: number
}

export interface CusumChart {
  readonly ratio: number
  readonly threshold: number
  /** Months to a false alarm at the mean expectation and noise, and alarms expected in a year without any change. */
  readonly runLength: number
  readonly falseAlarmsPerYear: number
  readonly points: readonly { readonly month: string; readonly value: number; readonly isSignal: boolean }[]
  readonly signals: readonly CusumSignal[]
}

/** An entry of the signals' log. */
export interface CusumSignal {
  readonly month: string
  /** First month of the rise: the one after the sum was last 0. */
  readonly since: string
  readonly value: number
  readonly threshold: number
  readonly observed: number
  readonly expected: number
  /** Observed over expected since then, with limits; it is biased upwards, since the chart chose the beginning. */
  readonly estimate: RatioBand
}

/** Thresholds that were computed already: many groups have nearly the same expectation. */
export type ThresholdCache = Map<string, { threshold: number; runLength: number }>

export const RUN_LENGTH = 60

/** @throws {PricingFailure} `nothing-to-fit` without a month that expects anything, `bad-option` for a ratio of 1 */
export function cusumChart(
  months: readonly CusumMonth[],
  { ratio, runLength = RUN_LENGTH, dispersion = 1 }: CusumOptions,
  cache: ThresholdCache = new Map(),
): CusumChart {
  if (!(ratio > 0) || ratio === 1 || ratio === Infinity)
    throw new PricingFailure({
      code: 'bad-option',
      option: 'ratio',
      value: String(ratio),
      allowed: '> 0 and not 1',
    })
  const used = months.filter(({ expected }) => expected > 0)
  if (used.length === 0)
    throw new PricingFailure({ code: 'nothing-to-fit', what: 'months that expect anything' })
  const mean = used.reduce((sum, { expected }) => sum + expected, 0) / used.length
  const noise = used.reduce((sum, each) => sum + each.noise, 0) / used.length
  checkNumber('dispersion', 0, dispersion, 1)
  // A count over its dispersion is as good as one of claims that come one by one, and the sum is the same.
  const calibrated = calibrate(mean / dispersion, noise / (dispersion * dispersion), ratio, runLength, cache)
  const step = log(ratio)
  let c = 0
  let rise: CusumMonth[] = []
  const signals: CusumSignal[] = []
  const points = months.map((each, row) => {
    checkNumber('noise', row, each.noise, 0)
    const { month, observed, expected } = each
    if (!(expected > 0)) return { month, value: c, isSignal: false }
    const phi = (dispersion * expected + each.noise) / expected
    if (c === 0) rise = []
    rise.push(each)
    c = Math.max(0, c + (observed * step - expected * (ratio - 1)) / phi)
    const value = c
    const isSignal = c > calibrated.threshold
    if (isSignal) {
      signals.push(signalOf(rise, value, calibrated.threshold, dispersion))
      // Begins again, so that what goes on is an alarm of its own.
      c = 0
    }
    return { month, value, isSignal }
  })
  return {
    ratio,
    threshold: calibrated.threshold,
    runLength: calibrated.runLength,
    falseAlarmsPerYear: 12 / calibrated.runLength,
    points,
    signals,
  }
}

function signalOf(
  rise: readonly CusumMonth[],
  value: number,
  threshold: number,
  dispersion: number,
): CusumSignal {
  const sum = (of: (month: CusumMonth) => number): number =>
    rise.reduce((total, month) => total + of(month), 0)
  const observed = sum((month) => month.observed)
  const expected = sum((month) => month.expected)
  const noise = sum((month) => month.noise)
  return {
    month: rise[rise.length - 1]!.month,
    since: rise[0]!.month,
    value,
    threshold,
    observed,
    expected,
    estimate: ratioWithSpread(
      { observed: noise > 0 ? observed : Math.max(0, observed), expected, noise },
      { dispersion, relativeError: 0 },
    ),
  }
}

/** The threshold whose run length without change is the wanted one; expectation and noise to three digits, so that the cache helps. */
function calibrate(
  expected: number,
  noise: number,
  ratio: number,
  runLength: number,
  cache: ThresholdCache,
): { threshold: number; runLength: number } {
  checkNumber('run length', 0, runLength, 2)
  const mean = Number(expected.toPrecision(3))
  const variance = Number(noise.toPrecision(3))
  const key = `${mean} ${variance} ${ratio} ${runLength}`
  const known = cache.get(key)
  if (known !== undefined) return known
  const counts = countTails(mean, variance)
  const lengthAt = (threshold: number): number => runLengthOf(counts, mean, variance, ratio, threshold)
  let low = 0
  let high = 2
  while (lengthAt(high) < runLength && high < 200) {
    low = high
    high *= 2
  }
  for (let round = 0; round < 14; round++) {
    const middle = 0.5 * (low + high)
    if (lengthAt(middle) < runLength) low = middle
    else high = middle
  }
  // The upper end, so that there are never more false alarms than said.
  const result = { threshold: high, runLength: lengthAt(high) }
  cache.set(key, result)
  return result
}

const STATES = 60

/**
 * Average number of months to a signal when nothing has changed: Brook and Evans (1972) on a grid of states, with moves by the
 * distribution of count and noise.
 */
export function cusumRunLength(expected: number, noise: number, ratio: number, threshold: number): number {
  return runLengthOf(countTails(expected, noise), expected, noise, ratio, threshold)
}

type CountTails = (count: number) => Tails

function runLengthOf(
  counts: CountTails,
  expected: number,
  noise: number,
  ratio: number,
  threshold: number,
): number {
  const width = threshold / (STATES - 0.5)
  const phi = (expected + noise) / expected
  const step = log(ratio) / phi
  const drift = (expected * (ratio - 1)) / phi
  // P(move <= x): for a ratio below 1 the move falls with the count.
  const below = (x: number): number => {
    const tails = counts((x + drift) / step)
    return step > 0 ? tails.lower : tails.upper
  }
  // F at (k + ½) widths, k from -STATES to STATES.
  const f = Array.from({ length: 2 * STATES + 1 }, (_, k) => below((k - STATES + 0.5) * width))
  const at = (k: number): number => f[k + STATES]!
  const a = new Float64Array(STATES * STATES)
  for (let i = 0; i < STATES; i++) {
    for (let j = 0; j < STATES; j++) {
      const p = j === 0 ? at(-i) : at(j - i) - at(j - i - 1)
      a[i * STATES + j] = (i === j ? 1 : 0) - p
    }
  }
  return solveGeneral(a, STATES, new Float64Array(STATES).fill(1))?.[0] ?? Infinity
}

/** Noise from which the distribution of a noisy count has no steps, so that it can be read off a grid. */
const SMOOTH_NOISE = 2.25
const GRID = 160
/** Skewness that moves the run length of a chart by less than a twentieth, months by at most three of sixty. */
const SKEW_LOST = 0.003

/** P(count <= c) and P(count >= c), where it costs little to ask often. */
function countTails(expected: number, noise: number): CountTails {
  const deviation = Math.sqrt(expected + noise)
  // As good as normal: tens of thousands; or so much noise, which has no skew, that the count's is lost in both their spread.
  const skew = expected / (deviation * deviation * deviation)
  if (expected > 1e4 || skew <= SKEW_LOST) return (count) => normal((count - expected) / deviation)
  if (noise === 0) {
    return (count) => {
      const least = Math.ceil(count - 1e-9)
      const upper = least <= 0 ? 1 : poisson(least - 1, expected).upper
      return { lower: poisson(count, expected).lower, upper }
    }
  }
  const sigma = Math.sqrt(noise)
  if (noise < SMOOTH_NOISE) return (count) => tailsAt(count, sigma)(expected)
  // Cubic between the points of a grid over eight deviations; its error is of the fourth power of a tenth.
  const from = expected - 8 * deviation
  const pitch = (16 * deviation) / (GRID - 1)
  const lower = Float64Array.from(
    { length: GRID },
    (_, k) => tailsAt(from + k * pitch, sigma)(expected).lower,
  )
  const value = (k: number): number => (k < 0 ? 0 : k >= GRID ? 1 : lower[k]!)
  return (count) => {
    const place = (count - from) / pitch
    if (place <= 0) return { lower: 0, upper: 1 }
    if (place >= GRID - 1) return { lower: 1, upper: 0 }
    const k = Math.floor(place)
    const t = place - k
    const [a, b, c, d] = [value(k - 1), value(k), value(k + 1), value(k + 2)]
    const y = b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))
    const p = Math.min(1, Math.max(0, y))
    return { lower: p, upper: 1 - p }
  }
}
