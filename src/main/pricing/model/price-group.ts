/**
 * “Price a group”: a census by age band, sex and whatever the tariff asks, to the gross premium with its build-up and interval. A pure
 * function of the tariff: no data are asked, no budget is spent (P11).
 */
import { normalQuantile, studentTQuantile } from '../../stats/det/distributions.ts'
import { exp } from '../../stats/det/exp.ts'
import { pow } from '../../stats/det/pow.ts'
import { checkNumber, PricingFailure } from '../failure.ts'
import { CENSUS_ROWS_MAX } from '../limits.ts'
import { buildUp, type BuildUp, type BuildUpStep } from './build-up.ts'
import { codesOf, layoutSize, layoutStarts, logRateOf, type Rating } from './rating.ts'

export interface CensusRow {
  /** A level for each factor of the tariff. */
  readonly levels: Readonly<Record<string, string>>
  /** Member-years in the period that is priced: lives, where all stay a year. */
  readonly exposure: number
}

export interface GroupBasis {
  /** Pure premium, per member-year. */
  readonly rating: Rating
  readonly steps: readonly BuildUpStep[]
  /** Variance of a member-year's cost is dispersion · rate^power (Tweedie): what a group's cost varies by chance; null if not known. */
  readonly process: { readonly dispersion: number; readonly power: number } | null
  /** The group's own experience, blended with the manual rate by its factor. */
  readonly own: { readonly rate: number; readonly factor: number; readonly memberYears: number } | null
}

export interface GroupPrice {
  readonly exposure: number
  /** Manual and blended pure premium per member-year. */
  readonly manual: number
  readonly blended: number
  readonly buildUp: BuildUp
  /** Gross per member-year, and for the whole group. */
  readonly gross: number
  readonly grossTotal: number
  /** Where the right gross premium lies: errors of relativities, trend and development. NaN where not known. */
  readonly interval: { readonly lower: number; readonly upper: number }
  /**
   * Where the group's cost of the period that is priced will lie: at the level that the factors of the build-up carry it to (trend, late claims), with
   * their errors and the chance of claims. Amounts that are added, a pool or expense, are not in it: of the group's own large claims nothing is known.
   * Null without a process variance, and for a rate of nothing.
   */
  readonly cost: { readonly lower: number; readonly upper: number } | null
  readonly rows: readonly { readonly rate: number; readonly premium: number; readonly share: number }[]
}

/**
 * @throws {PricingFailure} `unknown-level`, `no-rate` (a level without data and without a relativity set by hand), `bad-number`, `too-many`
 */
export function priceGroup(census: readonly CensusRow[], basis: GroupBasis, level = 0.95): GroupPrice {
  if (census.length > CENSUS_ROWS_MAX)
    throw new PricingFailure({
      code: 'too-many',
      what: 'census rows',
      count: census.length,
      most: CENSUS_ROWS_MAX,
    })
  const { rating, process, own } = basis
  const starts = layoutStarts(rating.factors)
  const size = layoutSize(rating.factors)
  const slope = new Float64Array(size)
  let exposure = 0
  let cost = 0
  let chance = 0
  const rates = census.map((row, index) => {
    checkNumber('exposure', index, row.exposure, 0)
    const codes = codesAt(rating, row, index)
    const rate = exp(logRateOf(rating, codes))
    if (!(rate >= 0)) {
      const f = codes.findIndex(
        (code, k) => !(rating.logRatios[k]![code]! - rating.logRatios[k]![code]! === 0),
      )
      const { name, levels } = rating.factors[f]!
      throw new PricingFailure({ code: 'no-rate', factor: name, level: levels[codes[f]!]! })
    }
    const amount = row.exposure * rate
    exposure += row.exposure
    cost += amount
    // d cost / d log base and d log relativity.
    slope[0] = slope[0]! + amount
    codes.forEach((code, f) => {
      const at = starts[f]! + code
      slope[at] = slope[at]! + amount
    })
    if (process !== null) chance += row.exposure * process.dispersion * pow(rate, process.power)
    return rate
  })
  if (!(exposure > 0)) throw new PricingFailure({ code: 'nothing-to-fit', what: 'exposure in the census' })
  const manual = cost / exposure
  const manualVariance =
    rating.covariance === null ? NaN : quadratic(rating.covariance, slope, size) / (exposure * exposure)
  const factor = own === null ? 0 : own.factor
  const blended = own === null ? manual : factor * own.rate + (1 - factor) * manual
  // A group without a claim has its chance too: that of the manual rate.
  const ownVariance =
    own === null
      ? 0
      : process === null
        ? NaN
        : (process.dispersion * pow(own.rate > 0 ? own.rate : manual, process.power)) / own.memberYears
  const pureVariance =
    (1 - factor) * (1 - factor) * manualVariance + (factor === 0 ? 0 : factor * factor * ownVariance)
  const up = buildUp(blended, basis.steps)
  const tail = 1 - (1 - level) / 2
  const quantile = rating.freedom === Infinity ? normalQuantile(tail) : studentTQuantile(tail, rating.freedom)
  // On the scale of the logarithm, so that no limit is below nothing; a rate of nothing has none.
  const logVariance = blended > 0 ? pureVariance / (blended * blended) : NaN
  const reach = exp(quantile * Math.sqrt(logVariance + up.logVariance))
  const total = blended * exposure
  const spread = exp(quantile * Math.sqrt(logVariance + up.logVariance + chance / (total * total)))
  const carried = total * factorsOf(up)
  const scale = census.map(({ exposure: e }, i) => (e * rates[i]!) / cost)
  return {
    exposure,
    manual,
    blended,
    buildUp: up,
    gross: up.gross,
    grossTotal: up.gross * exposure,
    interval: {
      lower: (up.multiplier * blended) / reach + up.constant,
      upper: up.multiplier * blended * reach + up.constant,
    },
    cost: process === null || !(blended > 0) ? null : { lower: carried / spread, upper: carried * spread },
    rows: rates.map((rate, i) => ({
      rate,
      // The blend moves every row alike: a group's experience says nothing of its age bands.
      premium: up.multiplier * rate * (blended / manual) + up.constant,
      share: scale[i]!,
    })),
  }
}

/** What a cost of the experience is times, wherever among the steps its factors stand. */
const factorsOf = ({ lines }: BuildUp): number =>
  lines.reduce((product, { kind, value }) => (kind === 'factor' ? product * value : product), 1)

function codesAt(rating: Rating, row: CensusRow, index: number): number[] {
  try {
    return codesOf(rating.factors, row.levels)
  } catch (error) {
    if (error instanceof PricingFailure && error.detail.code === 'unknown-level')
      throw new PricingFailure({ ...error.detail, row: index }, { cause: error })
    throw error
  }
}

function quadratic(matrix: Float64Array, x: Float64Array, size: number): number {
  let sum = 0
  for (let i = 0; i < size; i++) {
    if (x[i] === 0) continue
    let row = 0
    for (let j = 0; j < size; j++) row += matrix[i * size + j]! * x[j]!
    sum += x[i]! * row
  }
  return sum
}
