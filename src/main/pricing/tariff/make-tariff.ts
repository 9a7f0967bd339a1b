/**
 * A tariff from recorded results and a recipe, and the same once more for whoever holds both: identical, or the places that differ (T4).
 * Everything between is deterministic arithmetic, so a second institution gets the same bytes.
 */
import type { CanonicalValue } from '../../../shared/std/canonical-json.ts'
import type { Crypto } from '../../node/crypto/crypto.ts'
import { adjust, type Adjustment, type Change } from '../model/adjust.ts'
import type { BuildUpStep } from '../model/build-up.ts'
import { fitFrequency, fitPurePremium, fitSeverity, type FrequencyFamily } from '../model/fit-rates.ts'
import { productOf } from '../model/rating.ts'
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

export interface TariffRecipe {
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
  const estimated =
    model.kind === 'pure-premium'
      ? fitPurePremium(results, model.power, options).rating
      : productOf(
          fitFrequency(results, model.frequency, options).rating,
          fitSeverity(results, options).rating,
        )
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
      factors: hashOf(
        crypto,
        results.factors.map(({ name, levels }) => ({ name, levels: [...levels] })),
      ),
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

export type Replay =
  | { readonly kind: 'identical' }
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

function recipeValue({ model, adjustments, steps, withProcess }: TariffRecipe): CanonicalValue {
  return {
    model:
      model.kind === 'pure-premium'
        ? {
            kind: model.kind,
            factors: [...model.factors],
            power: model.power === null ? null : decimalOf(model.power),
          }
        : { kind: model.kind, factors: [...model.factors], frequency: model.frequency },
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
