/**
 * A tariff from recorded results and a recipe, and the same once more for whoever holds both: identical, or the places that differ (T4).
 * Everything between is deterministic arithmetic, so a second institution gets the same bytes.
 */
import type { CanonicalValue } from '../../../shared/std/canonical-json.ts'
import type { Crypto } from '../../node/crypto/crypto.ts'
import { adjust, type Adjustment, type Change } from '../model/adjust.ts'
import type { BuildUpStep } from '../model/build-up.ts'
import { fitFrequency, fitPurePremium, fitSeverity, type FrequencyFamily } from '../model/fit-rates.ts'
import { importedRating, type ImportedRates } from '../model/imported-rates.ts'
import { productOf, type Rating } from '../model/rating.ts'
import type { TariffTable } from '../model/tariff-table.ts'
import { decimalOf, exactText } from './decimal.ts'
import {
  encodeRating,
  encodeSteps,
  hashOf,
  TARIFF_FORMAT,
  type TariffDocument,
  tariffText,
} from './document.ts'

export interface TariffHeader {
  readonly name: string
  readonly version: number
  readonly product: string
  readonly jurisdiction: string
  readonly currency: string
  readonly validFrom: string
  readonly previous: string | null
  /** Item hash of the snapshot and hash of the cohort that the results are of. */
  readonly snapshot: string
  readonly cohort: string
}

export type ModelRecipe =
  | {
      readonly kind: 'frequency-severity'
      readonly frequency: FrequencyFamily
      readonly factors: readonly string[]
    }
  | { readonly kind: 'pure-premium'; readonly power: number | null; readonly factors: readonly string[] }
  /** Rates from elsewhere, as they came. */
  | ImportedRates

/**
 * Which arithmetic makes rates of results. It goes up by one with every change of the fits after which the same recipe and results give other rates: 2 has
 * levels that share a relativity, a start at the mean and the power's fallback (P16). A recipe that names none is of the first.
 */
export const FIT_EDITION = 2

export interface TariffRecipe {
  readonly edition: number
  readonly model: ModelRecipe
  readonly adjustments: readonly Adjustment[]
  readonly steps: readonly BuildUpStep[]
  /** Dispersion and power of a member-year's cost, from `fitPurePremium`: taken from the results where true. */
  readonly withProcess: boolean
}

type Sha256 = Pick<Crypto, 'sha256'>

/** @throws {PricingFailure} and {StatsFailure} for results that the recipe cannot be cooked from */
export function makeTariff(
  crypto: Sha256,
  header: TariffHeader,
  recipe: TariffRecipe,
  results: TariffTable,
): TariffDocument {
  const { snapshot, cohort, ...named } = header
  const { model } = recipe
  const options = { factors: model.factors }
  const estimated = ratingOf(model, results)
  const adjusted = adjust(estimated, results, 'pure-premium', recipe.adjustments)
  const power = model.kind === 'pure-premium' ? model.power : 1.5
  const process = recipe.withProcess ? fitPurePremium(results, power, options) : null
  return {
    format: TARIFF_FORMAT,
    ...named,
    binds: {
      snapshot,
      cohort,
      model: hashOf(crypto, recipeValue(recipe)),
      factors: factorsHash(crypto, results),
      results: resultsHash(crypto, results),
    },
    rating: encodeRating(adjusted.rating),
    steps: encodeSteps(recipe.steps),
    process:
      process === null
        ? null
        : { dispersion: decimalOf(process.dispersion), power: decimalOf(process.parameter ?? 1.5) },
    offBalance: decimalOf(adjusted.offBalance),
    audit: adjusted.audit.map(({ before, after, ...entry }) => ({
      ...entry,
      before: before === before ? decimalOf(before) : null,
      after: after === after ? decimalOf(after) : null,
    })),
  }
}

function ratingOf(model: ModelRecipe, results: TariffTable): Rating {
  const options = { factors: model.factors }
  switch (model.kind) {
    case 'pure-premium':
      return fitPurePremium(results, model.power, options).rating
    case 'frequency-severity':
      return productOf(
        fitFrequency(results, model.frequency, options).rating,
        fitSeverity(results, options).rating,
      )
    case 'imported':
      return importedRating(model)
  }
}

export type Replay =
  | { readonly kind: 'identical' }
  /** All that it is bound to is the same, and its rates are those of another arithmetic than this one: nothing is known of them, neither way. */
  | { readonly kind: 'other-edition'; readonly edition: number; readonly current: number }
  | {
      readonly kind: 'different'
      /** Which of what the tariff is bound to is another one here: `results`, `model`, `factors`. */
      readonly binds: readonly (keyof TariffDocument['binds'])[]
      /** Places of the document that came out otherwise, at most 50. */
      readonly paths: readonly string[]
    }

/** Makes the tariff again from its own header and compares every character. */
export function replayTariff(
  crypto: Sha256,
  document: TariffDocument,
  recipe: TariffRecipe,
  results: TariffTable,
): Replay {
  const { name, version, product, jurisdiction, currency, validFrom, previous, binds } = document
  // The edition is bound with the recipe: whoever changes it in a file to be excused is found by the hash.
  const isBound =
    binds.model === hashOf(crypto, recipeValue(recipe)) &&
    binds.factors === factorsHash(crypto, results) &&
    binds.results === resultsHash(crypto, results)
  if (isBound && recipe.edition !== FIT_EDITION)
    return { kind: 'other-edition', edition: recipe.edition, current: FIT_EDITION }
  const again = makeTariff(
    crypto,
    {
      name,
      version,
      product,
      jurisdiction,
      currency,
      validFrom,
      previous,
      snapshot: binds.snapshot,
      cohort: binds.cohort,
    },
    recipe,
    results,
  )
  if (tariffText(again) === tariffText(document)) return { kind: 'identical' }
  return {
    kind: 'different',
    binds: (['results', 'model', 'factors'] as const).filter((key) => again.binds[key] !== binds[key]),
    paths: differences(document, again),
  }
}

/** Places where two values differ, `rating.factors.0.levels.2.relativity`. */
export function differences(
  a: CanonicalValue | undefined,
  b: CanonicalValue | undefined,
  most = 50,
): string[] {
  const paths: string[] = []
  const walk = (left: CanonicalValue | undefined, right: CanonicalValue | undefined, path: string): void => {
    if (paths.length >= most || left === right) return
    if (typeof left === 'object' && left !== null && typeof right === 'object' && right !== null) {
      const x = left as Readonly<Record<string, CanonicalValue | undefined>>
      const y = right as Readonly<Record<string, CanonicalValue | undefined>>
      const keys = new Set([...Object.keys(x), ...Object.keys(y)])
      for (const key of [...keys].sort()) walk(x[key], y[key], path === '' ? key : `${path}.${key}`)
      return
    }
    paths.push(path)
  }
  walk(a, b, '')
  return paths
}

const factorsHash = (crypto: Sha256, { factors }: TariffTable): string =>
  hashOf(
    crypto,
    factors.map(({ name, levels }) => ({ name, levels: [...levels] })),
  )

/** SHA-256 of all that the recorded results say: what a tariff is bound to. */
export const resultsHash = (crypto: Sha256, table: TariffTable): string => hashOf(crypto, resultsValue(table))

/** All that the recorded results say, to the last bit. */
function resultsValue(table: TariffTable): CanonicalValue {
  const texts = (values: Float64Array): string[] => Array.from(values, exactText)
  return {
    codes: table.codes.map((codes) => Array.from(codes)),
    exposure: texts(table.exposure),
    claims: texts(table.claims),
    cost: texts(table.cost),
    noise:
      table.noise === null
        ? null
        : {
            exposure: texts(table.noise.exposure),
            claims: texts(table.noise.claims),
            cost: texts(table.noise.cost),
          },
  }
}

function recipeValue({ edition, model, adjustments, steps, withProcess }: TariffRecipe): CanonicalValue {
  return {
    // Documents of the first have the bytes that they had.
    ...(edition === 1 ? {} : { edition }),
    model: modelValue(model),
    adjustments: adjustments.map(({ change, by, day, reason }) => ({
      change: changeValue(change),
      by,
      day,
      reason,
    })),
    steps: encodeSteps(steps),
    withProcess,
  }
}

function modelValue(model: ModelRecipe): CanonicalValue {
  const named = { kind: model.kind, factors: [...model.factors] }
  switch (model.kind) {
    case 'pure-premium':
      return { ...named, power: model.power === null ? null : decimalOf(model.power) }
    case 'frequency-severity':
      return { ...named, frequency: model.frequency }
    case 'imported':
      return { ...named, format: model.format, text: model.text }
  }
}

function changeValue(change: Change): CanonicalValue {
  switch (change.kind) {
    case 'smooth':
      return { ...change, middles: change.middles.map(exactText) }
    case 'monotone':
      return { ...change }
    case 'cap':
      return { ...change, least: exactText(change.least), most: exactText(change.most) }
    case 'ratio':
      return { ...change, most: exactText(change.most) }
    case 'set':
      return { ...change, relativity: exactText(change.relativity) }
  }
}
