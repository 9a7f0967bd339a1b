/**
 * The whole of what an analyst looks at before a tariff is made: both ways to the pure premium beside each other, relativities before and
 * after changes by hand, the premium built up, and what the answer's other tables say of trend, late reports and groups. Pure.
 */
import { pricedBy } from '../../../shared/domain/group-alert.ts'
import { exp } from '../../stats/det/exp.ts'
import { PricingFailure } from '../failure.ts'
import { type ExposureRow, labelsOf, sumCells, watch } from '../monitor/cells.ts'
import type { ModelRecipe } from '../tariff/make-tariff.ts'
import { byMonthOf, type CarriedTrend, developmentOf, type LateClaims, trendOf } from './by-month.ts'
import { adjust, type Adjustment, type AuditEntry } from './adjust.ts'
import { type BuildUp, type BuildUpStep, indicatedChange } from './build-up.ts'
import { credibleRates, type Credibilities } from './credibility.ts'
import { uniformOf } from './dice.ts'
import { orNull } from './or-null.ts'
import { equalise, type Equalisation } from './equalisation.ts'
import { fitFrequency, fitPurePremium, fitSeverity, type RateModel } from './fit-rates.ts'
import { type Fold, foldsOf } from './fold-levels.ts'
import { importedRating } from './imported-rates.ts'
import { priceGroup } from './price-group.ts'
import { productOf, type Rating, ratesOf } from './rating.ts'
import { reconcile, type Reconciliation } from './reconcile.ts'
import type { RecordedResult } from './recorded-table.ts'
import { type Measure, relativityTable, type RelativityFactor } from './relativities.ts'
import { type FactorStability, refitted, relativityStability } from './stability.ts'
import { levelOf, type TariffTable, total } from './tariff-table.ts'
import {
  actualToExpected,
  type ActualToExpected,
  type Estimate,
  type SeenBin,
  validate,
  type Validation,
} from './validate.ts'

export interface ProductRecipe {
  readonly model: ModelRecipe
  readonly adjustments: readonly Adjustment[]
  readonly steps: readonly BuildUpStep[]
  /** Of the premium of the exposure file, before any claim is known: what the youngest months are expected to come to. Null: chain ladder alone. */
  readonly expectedLossRatio: number | null
  /** Steps of community rating, after all others. Null: by risk. */
  readonly community: readonly Adjustment[] | null
  /** The first of twelve months of cover, `YYYY-MM`. Null: from the first January after the months that are priced. */
  readonly ratingFrom: string | null
}

export interface FittedRates {
  readonly measure: Measure
  readonly model: Omit<RateModel, 'rating' | 'baseLevels'>
  /** Rate of the base levels. */
  readonly base: number
  readonly factors: readonly RelativityFactor[]
}

export interface PricedProduct {
  /** Levels that share a relativity, since noise leaves nothing to read of them alone. */
  readonly folds: readonly Fold[]
  /** Frequency and severity, where the model is their product; Tweedie always, beside it or as the model itself. */
  readonly rates: readonly FittedRates[]
  /** What the tariff would charge: after changes by hand, balanced. */
  readonly tariff: {
    readonly base: number
    readonly factors: readonly RelativityFactor[]
    readonly offBalance: number
    readonly audit: readonly AuditEntry[]
  }
  /** Null where one of the two ways could not be gone. */
  readonly reconciliation: Reconciliation | null
  /** Of the average member-year of the portfolio, with the limits that the errors of the relativities give. */
  readonly average: { readonly buildUp: BuildUp; readonly lower: number; readonly upper: number }
  /** Null where the exposure file has no premium in these cells. */
  readonly indication: Indication | null
  readonly trend: CarriedTrend | null
  readonly development: LateClaims | null
  /** Claims per member-year of the groups, or of the plans where those are priced. */
  readonly credibility: Credibilities | null
  readonly validation: OutOfTime | null
  /** Under community rating: what groups, or plans, pay for each other. */
  readonly equalisation: Equalisation | null
}

/** What is charged today beside what the build-up comes to: shares of the premium that was earned in the priced cells. */
export interface Indication {
  readonly premium: number
  /** Claims, with the factors of the build-up. */
  readonly claims: number
  /** Amounts that the build-up adds: a pool, fixed expense. */
  readonly added: number
  /** What claims and added amounts may take together: what the shares of the gross premium leave. */
  readonly target: number
  /** Of the premium level, less 1; limits are those of the average premium. */
  readonly change: Estimate
}

export interface OutOfTime extends Validation {
  readonly lift: readonly SeenBin[]
  readonly byFactor: readonly { readonly factor: string; readonly levels: readonly ActualToExpected[] }[]
  /** Each relativity beside that of the same recipe fitted to the later cells; null of rates from elsewhere, or where those give none. */
  readonly stability: readonly FactorStability[] | null
}

/** Where no power is asked for: between Poisson and gamma. */
const POWER = 1.5

/**
 * @param premium earned in the cells of the table, minor units
 * @param holdout cells of another period or other members, with the same factors; null: no validation
 * @throws {PricingFailure} {StatsFailure} where the cells give no honest number
 */
export function priceProduct(
  recipe: ProductRecipe,
  table: TariffTable,
  result: RecordedResult,
  exposure: readonly ExposureRow[],
  premium: number,
  holdout: TariffTable | null,
): PricedProduct {
  const { model } = recipe
  const options = { factors: model.factors }
  const pure = fitPurePremium(table, model.kind === 'pure-premium' ? model.power : POWER, options)
  const frequency = fitFrequency(
    table,
    model.kind === 'frequency-severity' ? model.frequency : 'quasipoisson',
    options,
  )
  const severity = orNull(() => fitSeverity(table, options))
  if (model.kind === 'frequency-severity' && severity === null)
    throw new PricingFailure({ code: 'nothing-to-fit', what: 'costs of claims' })
  const estimated =
    model.kind === 'imported'
      ? importedRating(model)
      : model.kind === 'pure-premium'
        ? pure.rating
        : productOf(frequency.rating, severity!.rating)
  const byRisk = adjust(estimated, table, 'pure-premium', recipe.adjustments)
  const { community } = recipe
  const adjusted =
    community === null
      ? byRisk
      : adjust(estimated, table, 'pure-premium', [...recipe.adjustments, ...community])
  const average = averageOf(adjusted.rating, table, recipe.steps)
  const fitted = (measure: Measure, fit: RateModel): FittedRates => {
    const { rating, baseLevels: _, ...rest } = fit
    return {
      measure,
      model: rest,
      base: exp(rating.logBase),
      factors: relativityTable(rating, table, measure),
    }
  }
  return {
    folds: model.kind === 'imported' ? [] : foldsOf(table, model.factors),
    rates: [
      fitted('frequency', frequency),
      ...(severity === null ? [] : [fitted('severity', severity)]),
      fitted('pure-premium', pure),
    ],
    tariff: {
      base: exp(adjusted.rating.logBase),
      factors: relativityTable(adjusted.rating, table, 'pure-premium'),
      offBalance: adjusted.offBalance,
      audit: adjusted.audit,
    },
    reconciliation: severity === null ? null : reconcile(table, frequency, severity, pure),
    average,
    indication: indicationOf(average, recipe.steps, premium / total(table.exposure), premium),
    trend: orNull(() => trendOf(result, exposure, recipe.ratingFrom)),
    development: orNull(() => developmentOf(result, exposure, table, recipe.expectedLossRatio)),
    credibility: orNull(() => credibilityOf(result, exposure)),
    equalisation:
      community === null ? null : equalise(byRisk.rating, adjusted.rating, table, pricedBy(model.factors)),
    validation:
      holdout === null
        ? null
        : {
            ...outOfTime(adjusted.rating, frequency.rating, pure, holdout),
            stability: orNull(() => {
              const later = refitted(model, holdout)
              return later && relativityStability(estimated, table, later, holdout)
            }),
          },
  }
}

/** Of the portfolio as a census of its own cells. */
function averageOf(
  rating: Rating,
  table: TariffTable,
  steps: readonly BuildUpStep[],
): PricedProduct['average'] {
  const rates = ratesOf(rating, table)
  const census = Array.from(table.exposure, (exposure, i) => ({
    levels: Object.fromEntries(table.factors.map(({ name }, f) => [name, levelOf(table, f, i)])),
    exposure: rates[i]! >= 0 ? Math.max(0, exposure) : 0,
  })).filter(({ exposure }) => exposure > 0)
  const { buildUp, interval } = priceGroup(census, { rating, steps, process: null, own: null })
  return { buildUp, ...interval }
}

/** @param charged premium of a member-year today */
function indicationOf(
  { buildUp: up, lower, upper }: PricedProduct['average'],
  steps: readonly BuildUpStep[],
  charged: number,
  premium: number,
): Indication | null {
  if (!(charged > 0)) return null
  const shares = steps.reduce((sum, step) => sum + (step.kind === 'share' ? step.share : 0), 0)
  const factor = steps.reduce((product, step) => product * (step.kind === 'factor' ? step.factor : 1), 1)
  const claims = (up.pure * factor) / charged
  const added = (up.constant * (1 - shares)) / charged
  return {
    premium,
    claims,
    added,
    target: 1 - shares,
    change: {
      value: indicatedChange(claims, added, shares),
      lower: lower / charged - 1,
      upper: upper / charged - 1,
    },
  }
}

function credibilityOf(result: RecordedResult, exposure: readonly ExposureRow[]): Credibilities | null {
  const source = byMonthOf(result)
  if (source === undefined) return null
  const watched = watch(source, exposure)
  const months = labelsOf(watched, 'month')
  const unit = pricedBy(source.axes)
  return credibleRates(
    labelsOf(watched, unit).map((group) => {
      const periods = months.map((month) =>
        sumCells(watched, ({ key }) => key[unit] === group && key.month === month),
      )
      return {
        group,
        exposure: periods.map((each) => each.exposure ?? 0),
        cost: periods.map(({ value }) => value),
        costNoise: periods.map(({ noise }) => noise),
      }
    }),
  )
}

function outOfTime(
  rating: Rating,
  frequency: Rating,
  pure: RateModel,
  holdout: TariffTable,
): Omit<OutOfTime, 'stability'> {
  // The level of another period is another question than the order of its risks: actual to expected says the one, lift and Gini the other.
  const process = { dispersion: pure.dispersion, power: pure.parameter ?? POWER }
  const names = rating.factors.map(({ name }) => name)
  return {
    ...validate(rating, holdout, process, uniformOf(1)),
    byFactor: names.map((factor) => ({
      factor,
      levels: actualToExpected(frequency, rating, holdout, factor, process),
    })),
  }
}
