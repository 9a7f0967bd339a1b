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
import type { BuildUp, BuildUpStep } from './build-up.ts'
import { credibleRates, type Credibilities } from './credibility.ts'
import { uniformOf } from './dice.ts'
import { orNull } from './or-null.ts'
import { fitFrequency, fitPurePremium, fitSeverity, type RateModel } from './fit-rates.ts'
import { type Fold, foldsOf } from './fold-levels.ts'
import { importedRating } from './imported-rates.ts'
import { priceGroup } from './price-group.ts'
import { productOf, type Rating, ratesOf } from './rating.ts'
import { reconcile, type Reconciliation } from './reconcile.ts'
import type { RecordedResult } from './recorded-table.ts'
import { type Measure, relativityTable, type RelativityFactor } from './relativities.ts'
import { levelOf, type TariffTable } from './tariff-table.ts'
import {
  actualToExpected,
  type ActualToExpected,
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
  readonly trend: CarriedTrend | null
  readonly development: LateClaims | null
  /** Claims per member-year of the groups, or of the plans where those are priced. */
  readonly credibility: Credibilities | null
  readonly validation: OutOfTime | null
}

export interface OutOfTime extends Validation {
  readonly lift: readonly SeenBin[]
  readonly byFactor: readonly { readonly factor: string; readonly levels: readonly ActualToExpected[] }[]
}

/** Where no power is asked for: between Poisson and gamma. */
const POWER = 1.5

/**
 * @param holdout cells of another period or other members, with the same factors; null: no validation
 * @throws {PricingFailure} {StatsFailure} where the cells give no honest number
 */
export function priceProduct(
  recipe: ProductRecipe,
  table: TariffTable,
  result: RecordedResult,
  exposure: readonly ExposureRow[],
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
  const adjusted = adjust(estimated, table, 'pure-premium', recipe.adjustments)
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
    average: averageOf(adjusted.rating, table, recipe.steps),
    trend: orNull(() => trendOf(result, exposure, recipe.ratingFrom)),
    development: orNull(() => developmentOf(result, exposure, table, recipe.expectedLossRatio)),
    credibility: orNull(() => credibilityOf(result, exposure)),
    validation: holdout === null ? null : outOfTime(adjusted.rating, frequency.rating, pure, holdout),
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

function outOfTime(rating: Rating, frequency: Rating, pure: RateModel, holdout: TariffTable): OutOfTime {
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
