/**
 * A customised model against what happened, by bands of its score (docs/spec/privacy.md G13): patients, exposure, what was observed and what the formula
 * expected, and their ratio with its limits. Bands are the request's own; whatever is too small in one is left out.
 */
import { expectedUnit, type ScoreOutput } from '../request/score-output.ts'
import { numberOfVariance, Z_95 } from './interval.ts'
import { halfWidth, sumOf, threshold, type NoisyTable } from './noisy-tables.ts'
import type { ReleasePolicy } from './answer-policy.ts'
import { estimateOf, WITHHELD, type Estimate, type LiftBand, type Release } from './release.ts'

/** No table says how claims or costs of one patient spread: it is measured between bands, so there must be some. */
const SPREAD_BANDS_LEAST = 4

interface Numbers {
  readonly level: number
  readonly observed: number
  readonly expected: number
}

export function releaseLift(
  [patients, exposure, actual, expected]: readonly NoisyTable[],
  output: ScoreOutput,
  policy: ReleasePolicy,
): Release {
  const { cells, variance } = patients!
  const perPatient = output.cellsMost
  if (sumOf(cells) < threshold(policy.modelPatientsLeast * perPatient, variance, cells.length))
    return WITHHELD
  const unknown = cells.length - 1
  const least = threshold(policy.smallestCount, variance)
  const daysLeast = threshold(policy.exposureDaysLeast, exposure!.variance)
  const shown = cells.flatMap((count, level) =>
    level !== unknown && count >= least && exposure!.cells[level]! >= daysLeast ? [level] : [],
  )
  if (shown.length === 0) return WITHHELD
  const unit = expectedUnit(output)
  const noise = {
    observed: numberOfVariance(actual!.variance),
    expected: numberOfVariance(expected!.variance) / (unit * unit),
  }
  const numbers = shown.map((level): Numbers => ({
    level,
    observed: Number(actual!.cells[level]!),
    expected: Number(expected!.cells[level]!) / unit,
  }))
  const spread = spreadOf(numbers, noise, output)
  const bands = shown.map((level, i): LiftBand => ({
    level,
    patients: cells[level]!,
    exposureDays: exposure!.cells[level]!,
    observed: actual!.cells[level]!,
    expected: expected!.cells[level]!,
    ratio: ratioOf(numbers[i]!, 1, noise, spread),
  }))
  const all: Numbers = {
    level: 0,
    observed: numbers.reduce((sum, { observed }) => sum + observed, 0),
    expected: numbers.reduce((sum, { expected: each }) => sum + each, 0),
  }
  return {
    kind: 'lift',
    bands,
    ratio: ratioOf(all, shown.length, noise, spread),
    unscored: cells[unknown]! >= least ? { value: cells[unknown]!, halfWidth: halfWidth(variance) } : null,
  }
}

type Noise = { readonly observed: number; readonly expected: number }

/**
 * How much more than a Poisson count bands vary by beyond noise. Claims at least as such a count (G8 says the same), and just so where too few bands say more.
 * Costs as measured; null where too few bands say it.
 */
function spreadOf(numbers: readonly Numbers[], noise: Noise, { actual }: ScoreOutput): number | null {
  const isCounted = actual.variable === 'claims'
  const least = isCounted ? 1 : 0
  const unknown = isCounted ? 1 : null
  if (numbers.length < SPREAD_BANDS_LEAST) return unknown
  // Costs around the ratio of all, which is rather too much where the model is wrong; claims around a line, so that a model that is steadily too steep
  // or too flat does not hide behind the limits that its own error makes wide.
  const ratios = isCounted ? lineThrough(numbers) : ratioOfAll(numbers)
  const parameters = isCounted ? 2 : 1
  let sum = 0
  for (const [i, { observed, expected }] of numbers.entries()) {
    const ratio = ratios[i]!
    const mean = ratio * expected
    if (!(mean > 0)) return unknown
    const rest = observed - mean
    sum += (rest * rest - noise.observed - ratio * ratio * noise.expected) / mean
  }
  return Math.max(sum / (numbers.length - parameters), least)
}

function ratioOfAll(numbers: readonly Numbers[]): readonly number[] {
  const total = (of: (each: Numbers) => number): number => numbers.reduce((sum, each) => sum + of(each), 0)
  const ratio = total(({ observed }) => observed) / total(({ expected }) => expected)
  return numbers.map(() => ratio)
}

/** Ratios of the bands as a straight line over their order, each weighted with what was expected in it. */
function lineThrough(numbers: readonly Numbers[]): readonly number[] {
  const total = (of: (each: Numbers) => number): number => numbers.reduce((sum, each) => sum + of(each), 0)
  const weight = total(({ expected }) => expected)
  const level = total(({ observed }) => observed) / weight
  const middle = total(({ expected, level: x }) => expected * x) / weight
  const slope =
    total(({ observed, level: x }) => (x - middle) * observed) /
    total(({ expected, level: x }) => expected * (x - middle) * (x - middle))
  return numbers.map(({ level: x }) => level + slope * (x - middle))
}

/** Null where a side is not above 0, or nothing says how it varies. */
function ratioOf(
  { observed, expected }: Numbers,
  cellCount: number,
  noise: Noise,
  spread: number | null,
): Estimate | null {
  if (!(observed > 0) || !(expected > 0) || spread === null) return null
  const ratio = observed / expected
  const variance =
    (spread * observed + cellCount * (noise.observed + ratio * ratio * noise.expected)) /
    (expected * expected)
  const reach = Z_95 * Math.sqrt(variance)
  return estimateOf(ratio, Math.max(0, ratio - reach), ratio + reach)
}
