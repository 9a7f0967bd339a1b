/** Whether a tariff orders and matches risks it was not made from: lift, double lift, Gini with limits, actual to expected by factor and out of time (P12). */
import { normalQuantile } from '../../stats/det/distributions.ts'
import { pow } from '../../stats/det/pow.ts'
import { doubleLift, gini, lift, type LiftBin } from '../../stats/actuarial/validation.ts'
import { quantile } from '../../stats/regression/splines.ts'
import { PricingFailure } from '../failure.ts'
import { observedToExpected, type RatioBand } from '../monitor/ratio.ts'
import { normalOf } from './dice.ts'
import { type Rating, ratesOf } from './rating.ts'
import { factorIndex, levelOf, type TariffTable } from './tariff-table.ts'

/** With 95 % limits; NaN where nobody knows the chance. */
export interface Estimate {
  readonly value: number
  readonly lower: number
  readonly upper: number
}

/** A bin of cells with 95 % limits of what they cost: chance by the model and noise of the answer; NaN where nobody knows the chance. */
export interface SeenBin extends LiftBin {
  readonly lower: number
  readonly upper: number
}

/** Variance of a cell's cost over rate^power · exposure (Tweedie). */
export interface CostProcess {
  readonly dispersion: number
  readonly power: number
}

export interface Validation {
  readonly lift: readonly SeenBin[]
  /** Limits by draws of what the cells cost: chance by the model and noise of the answer. */
  readonly gini: Estimate
  /** Σ observed cost over Σ predicted; limits of chance and noise. */
  readonly ratio: Estimate
  /**
   * Slope of observed on predicted cost per member-year, exposure-weighted, in units of the mean: 1 is right, below 1 too steep a tariff. Limits of
   * chance and noise, by the delta method.
   */
  readonly slope: Estimate
}

/** Standard errors on either side of a number, 95 % in all. */
const LIMITS = normalQuantile(0.975)
/** Draws of what the cells cost. */
export const COST_DRAWS = 400

/**
 * @param holdout cells of other members or of a later period than those that made the rating
 * @param process of a cell's cost; null where it is not known: then bins have no limits
 * @param uniform numbers in (0, 1): the same stream gives the same limits
 */
export function validate(
  rating: Rating,
  holdout: TariffTable,
  process: CostProcess | null,
  uniform: () => number,
  bins = 10,
): Validation {
  const cells = usable(ratesOf(rating, holdout), holdout)
  const variance = varianceOf(cells, cells.rate, holdout, process)
  return {
    lift: seenBins(cells.rate, cells.rate, null, cells, variance, bins),
    gini: drawn(cells.cost, variance, uniform, (cost) => gini(cells.rate, cost, cells.exposure)),
    ratio: ratioOf(cells, variance),
    slope: slopeOf(cells, variance),
  }
}

/** Champion against challenger: bins by the ratio of their rates, and the difference of their Ginis with limits. */
export function compareRatings(
  champion: Rating,
  challenger: Rating,
  holdout: TariffTable,
  process: CostProcess | null,
  uniform: () => number,
  bins = 10,
): { doubleLift: SeenBin[]; giniDifference: Estimate } {
  const rates = [ratesOf(champion, holdout), ratesOf(challenger, holdout)] as const
  return compareRates(...rates, holdout, process, uniform, bins)
}

/** The same for rates of any origin, a formula's too; NaN where one has none. */
export function compareRates(
  champion: Float64Array,
  challenger: Float64Array,
  holdout: TariffTable,
  process: CostProcess | null,
  uniform: () => number,
  bins = 10,
): { doubleLift: SeenBin[]; giniDifference: Estimate } {
  const cells = usable(
    challenger.map((rate, i) => (champion[i]! > 0 ? rate : NaN)),
    holdout,
  )
  const other = take(champion, cells.cells)
  const variance = varianceOf(cells, other, holdout, process)
  return {
    doubleLift: seenBins(
      cells.rate.map((rate, i) => rate / other[i]!),
      cells.rate,
      other,
      cells,
      variance,
      bins,
    ),
    giniDifference: drawn(
      cells.cost,
      variance,
      uniform,
      (cost) => gini(cells.rate, cost, cells.exposure) - gini(other, cost, cells.exposure),
    ),
  }
}

/** Of each cell's cost, chance by the rate that is taken as true. */
function varianceOf(
  { exposure, cells }: UsableCells,
  rates: Float64Array,
  table: TariffTable,
  process: CostProcess | null,
): Float64Array {
  return rates.map((rate, i) =>
    process === null
      ? NaN
      : exposure[i]! * process.dispersion * pow(rate, process.power) + (table.noise?.cost[cells[i]!]! ?? 0),
  )
}

/** Bins in ascending order of a key. Cells of one key are one step, as for Gini: no order among them is anybody's. A bin that none falls into is left out. */
function seenBins(
  key: Float64Array,
  rate: Float64Array,
  other: Float64Array | null,
  { cost, exposure }: UsableCells,
  variance: Float64Array,
  bins: number,
): SeenBin[] {
  const steps = new Map<
    number,
    { exposure: number; rate: number; other: number; cost: number; variance: number }
  >()
  key.forEach((at, i) => {
    const step = steps.get(at) ?? { exposure: 0, rate: 0, other: 0, cost: 0, variance: 0 }
    steps.set(at, step)
    step.exposure += exposure[i]!
    step.rate += exposure[i]! * rate[i]!
    step.other += other === null ? 0 : exposure[i]! * other[i]!
    step.cost += cost[i]!
    step.variance += variance[i]!
  })
  const list = [...steps.values()]
  const column = (of: (step: (typeof list)[number]) => number): Float64Array => Float64Array.from(list, of)
  const weights = column((step) => step.exposure)
  const rates = column((step) => step.rate / step.exposure)
  const binned = (loss: Float64Array): LiftBin[] =>
    other === null
      ? lift(rates, loss, weights, bins)
      : doubleLift(
          rates,
          column((step) => step.other / step.exposure),
          loss,
          weights,
          bins,
        )
  const spreads = binned(column((step) => step.variance))
  return binned(column((step) => step.cost)).flatMap((bin, b): SeenBin[] => {
    if (!(bin.exposure > 0)) return []
    const half = LIMITS * Math.sqrt(spreads[b]!.actual / bin.exposure)
    return [{ ...bin, lower: Math.min(bin.actual, Math.max(0, bin.actual - half)), upper: bin.actual + half }]
  })
}

export interface ActualToExpected {
  readonly level: string
  readonly exposure: number
  readonly claims: RatioBand
  /** Cost over expected cost; its limits take the dispersion of cost from the model. */
  readonly cost: { readonly ratio: number; readonly lower: number; readonly upper: number }
}

/**
 * Actual to expected by one factor; with a factor of periods this is the test out of time.
 *
 * @param frequency expected claims, `pure` expected cost
 */
export function actualToExpected(
  frequency: Rating,
  pure: Rating,
  table: TariffTable,
  factor: string,
  process: CostProcess,
  level = 0.95,
): ActualToExpected[] {
  const claimRates = ratesOf(frequency, table)
  const costRates = ratesOf(pure, table)
  const z = normalQuantile(1 - (1 - level) / 2)
  const index = factorIndex(table.factors, factor)
  return table.factors[index]!.levels.flatMap((name): ActualToExpected[] => {
    const s = {
      exposure: 0,
      claims: 0,
      expectedClaims: 0,
      cost: 0,
      expectedCost: 0,
      claimNoise: 0,
      variance: 0,
    }
    for (let i = 0; i < table.exposure.length; i++) {
      if (levelOf(table, index, i) !== name || !(claimRates[i]! >= 0) || !(costRates[i]! >= 0)) continue
      const exposure = table.exposure[i]!
      s.exposure += exposure
      s.claims += table.claims[i]!
      s.expectedClaims += exposure * claimRates[i]!
      s.cost += table.cost[i]!
      s.expectedCost += exposure * costRates[i]!
      s.claimNoise += table.noise ? table.noise.claims[i]! : 0
      s.variance += exposure * process.dispersion * pow(costRates[i]!, process.power)
      s.variance += table.noise ? table.noise.cost[i]! : 0
    }
    if (!(s.expectedClaims > 0) || !(s.expectedCost > 0)) return []
    const half = (z * Math.sqrt(s.variance)) / s.expectedCost
    const ratio = s.cost / s.expectedCost
    return [
      {
        level: name,
        exposure: s.exposure,
        claims: observedToExpected(
          { observed: s.claims, expected: s.expectedClaims, noise: s.claimNoise },
          level,
        ),
        cost: { ratio, lower: Math.max(0, ratio - half), upper: ratio + half },
      },
    ]
  })
}

interface UsableCells {
  readonly rate: Float64Array
  readonly cost: Float64Array
  readonly exposure: Float64Array
  readonly cells: Int32Array
}

function usable(rates: Float64Array, table: TariffTable): UsableCells {
  const kept: number[] = []
  rates.forEach((rate, i) => {
    if (rate >= 0 && table.exposure[i]! > 0) kept.push(i)
  })
  if (kept.length === 0) throw new PricingFailure({ code: 'nothing-to-fit', what: 'cells of the holdout' })
  const cells = Int32Array.from(kept)
  return {
    rate: take(rates, cells),
    cost: take(table.cost, cells),
    exposure: take(table.exposure, cells),
    cells,
  }
}

/**
 * A measure of what the cells cost, with limits by draws of it: each cell's cost again, by its own chance and noise. Cells are no sample of anything that
 * others could have been drawn from instead (a bootstrap over them would take them for one): they are all there are, and what they cost is what varies.
 */
function drawn(
  cost: Float64Array,
  variance: Float64Array,
  uniform: () => number,
  measure: (cost: Float64Array) => number,
): Estimate {
  const value = measure(cost)
  if (variance.some((each) => !(each >= 0))) return { value, lower: NaN, upper: NaN }
  const spread = variance.map(Math.sqrt)
  const normal = normalOf(uniform)
  const draws = Float64Array.from({ length: COST_DRAWS }, () => {
    const again = cost.map((each, i) => each + spread[i]! * normal())
    try {
      return measure(again)
    } catch {
      // A draw without a loss orders nothing.
      return 0
    }
  })
  return {
    value,
    lower: Math.min(value, quantile(draws, 0.025)),
    upper: Math.max(value, quantile(draws, 0.975)),
  }
}

function ratioOf({ rate, cost, exposure }: UsableCells, variance: Float64Array): Estimate {
  const predicted = rate.reduce((s, r, i) => s + r * exposure[i]!, 0)
  const value = sum(cost) / predicted
  const half = (LIMITS * Math.sqrt(sum(variance))) / predicted
  return { value, lower: Math.min(value, Math.max(0, value - half)), upper: value + half }
}

function slopeOf({ rate, cost, exposure }: UsableCells, variance: Float64Array): Estimate {
  const years = sum(exposure)
  const costs = sum(cost)
  const rateMean = rate.reduce((s, r, i) => s + r * exposure[i]!, 0) / years
  const x = rate.map((r) => r / rateMean - 1)
  const xx = x.reduce((s, at, i) => s + exposure[i]! * at * at, 0)
  if (!(xx > 0)) return { value: NaN, lower: NaN, upper: NaN }
  // Σ exposure · x is 0, so that this is Σ x (cost / mean - exposure) over xx; its derivative by a cell's cost has the mean's part.
  const value = (years * x.reduce((s, at, i) => s + at * cost[i]!, 0)) / (costs * xx)
  const half =
    LIMITS *
    Math.sqrt(variance.reduce((s, v, i) => s + v * ((years * x[i]!) / (costs * xx) - value / costs) ** 2, 0))
  return { value, lower: value - half, upper: value + half }
}

function take(values: Float64Array, at: Int32Array): Float64Array {
  return Float64Array.from(at, (i) => values[i]!)
}

function sum(values: Float64Array): number {
  return values.reduce((s, v) => s + v, 0)
}
