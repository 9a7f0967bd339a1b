/**
 * From a Cox model of the first claim, or of the onset of a condition, to yearly rates: the chance of it within each year of those
 * who have not had it, 1 - exp(-ΔΛ) (P14). What enters is what a release gives: a baseline on a grid and log hazard ratios, no time of
 * any person's event.
 */
import { exp, expm1 } from '../../stats/det/exp.ts'
import { normalQuantile } from '../../stats/det/distributions.ts'
import { type CoxModel } from '../../stats/survival/cox.ts'
import { coxCurves, type CurvePoint } from '../../stats/survival/cox-curves.ts'
import { checkNumber, PricingFailure } from '../failure.ts'
import { DAYS_PER_YEAR } from './exposure.ts'

/** A baseline as released: the cumulative hazard of the reference person at the ends of steps. */
export interface BaselineGrid {
  /** Days since the origin, rising, above 0. */
  readonly day: readonly number[]
  readonly cumulativeHazard: readonly number[]
  /** Standard error of the cumulative hazard at each end; null where not released. */
  readonly stdErr: readonly number[] | null
}

export interface CoxEffect {
  readonly name: string
  readonly logRatio: number
  readonly stdErr: number
}

export interface YearlyIncidence {
  /** Years since the origin: from year - 1 to year. */
  readonly year: number
  /** Chance of the event in the year among those without it at its beginning; lower and upper 95 %. */
  readonly rate: number
  readonly lower: number
  readonly upper: number
  /** The grid ends within the year: what is said is of the part that is covered. */
  readonly isPartial: boolean
}

/**
 * Yearly incidence of a person with covariate values (in units of the effects), effects taken as independent of each other
 * and of the baseline: a release has no covariances, so the limits are those of a lower bound on what is known.
 *
 * @throws {PricingFailure} `bad-number`, `unknown-factor` for a value without an effect, `tables-differ`
 */
export function yearlyIncidence(
  baseline: BaselineGrid,
  effects: readonly CoxEffect[],
  values: Readonly<Record<string, number>>,
  level = 0.95,
): YearlyIncidence[] {
  checkGrid(baseline)
  let eta = 0
  let variance = 0
  for (const [name, value] of Object.entries(values)) {
    const effect = effects.find((each) => each.name === name)
    if (effect === undefined)
      throw new PricingFailure({
        code: 'unknown-factor',
        factor: name,
        known: effects.map((each) => each.name),
      })
    eta += effect.logRatio * value
    variance += effect.stdErr * effect.stdErr * value * value
  }
  const { day, cumulativeHazard, stdErr } = baseline
  const risk = exp(eta)
  return yearsOf(
    day,
    (t) => valueAt(day, cumulativeHazard, t) * risk,
    // Increments of a cumulative hazard are nearly independent: their variance is the difference.
    (from, to, increment) => {
      if (stdErr === null) return increment * increment * variance
      const a = valueAt(day, stdErr, from) * risk
      const b = valueAt(day, stdErr, to) * risk
      return Math.max(0, b * b - a * a) + increment * increment * variance
    },
    level,
  )
}

/** The same from a fitted model inside a node that may hold it: the curve of one person with all covariances. */
export function incidenceOfModel(
  model: CoxModel,
  point: CurvePoint,
  stratum = 0,
  level = 0.95,
): YearlyIncidence[] {
  const curve = coxCurves(model, [point])[0]!.find((each) => each.stratum === stratum)
  if (curve === undefined || curve.time.length === 0)
    throw new PricingFailure({ code: 'nothing-to-fit', what: 'stratum' })
  const day = Array.from(curve.time)
  const hazard = Array.from(curve.cumulativeHazard)
  const error = Array.from(curve.stdErr)
  // A fitted curve is a step function: nothing happens between its times.
  const stepAt = (values: readonly number[], t: number): number => {
    let k = -1
    while (k + 1 < day.length && day[k + 1]! <= t) k++
    return k < 0 ? 0 : values[k]!
  }
  return yearsOf(
    day,
    (t) => stepAt(hazard, t),
    (from, to) => {
      const a = stepAt(error, from)
      const b = stepAt(error, to)
      return Math.max(0, b * b - a * a)
    },
    level,
  )
}

function yearsOf(
  day: readonly number[],
  hazardAt: (t: number) => number,
  varianceOf: (from: number, to: number, increment: number) => number,
  level: number,
): YearlyIncidence[] {
  const end = day[day.length - 1]!
  const z = normalQuantile(1 - (1 - level) / 2)
  const years: YearlyIncidence[] = []
  for (let year = 1; (year - 1) * DAYS_PER_YEAR < end; year++) {
    const from = (year - 1) * DAYS_PER_YEAR
    const to = Math.min(year * DAYS_PER_YEAR, end)
    const increment = Math.max(0, hazardAt(to) - hazardAt(from))
    // Limits on the scale of the log hazard, so that none is below nothing.
    const reach = increment > 0 ? exp((z * Math.sqrt(varianceOf(from, to, increment))) / increment) : 1
    years.push({
      year,
      rate: -expm1(-increment),
      lower: -expm1(-increment / reach),
      upper: -expm1(-increment * reach),
      isPartial: to < year * DAYS_PER_YEAR,
    })
  }
  return years
}

/** Straight between the ends of steps: a hazard constant within each. */
function valueAt(day: readonly number[], values: readonly number[], t: number): number {
  let before = 0
  let low = 0
  for (let k = 0; k < day.length; k++) {
    if (t <= day[k]!) return low + ((values[k]! - low) * (t - before)) / (day[k]! - before)
    before = day[k]!
    low = values[k]!
  }
  return low
}

function checkGrid({ day, cumulativeHazard, stdErr }: BaselineGrid): void {
  if (day.length === 0) throw new PricingFailure({ code: 'nothing-to-fit', what: 'steps of the baseline' })
  if (cumulativeHazard.length !== day.length || (stdErr !== null && stdErr.length !== day.length))
    throw new PricingFailure({ code: 'tables-differ', what: 'steps of the baseline' })
  day.forEach((value, row) => {
    checkNumber('day', row, value, row === 0 ? 1 : day[row - 1]! + 1)
    checkNumber('cumulative hazard', row, cumulativeHazard[row]!, row === 0 ? 0 : cumulativeHazard[row - 1]!)
  })
}
