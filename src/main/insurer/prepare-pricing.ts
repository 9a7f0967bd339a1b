/** From what an analyst asks to cells that can be priced: the answer, the exposure, the noted changes, and whether the factors are permitted. */
import type { PricingProblem } from '../../shared/contract/pricing.ts'
import { pricedBy } from '../../shared/domain/group-alert.ts'
import type {
  NotedChange,
  PricingSource,
  PricingStep,
  PricingWork,
  StepNote,
} from '../../shared/domain/pricing-work.ts'
import { canonicalJson, type CanonicalValue } from '../../shared/std/canonical-json.ts'
import { toHex, utf8Encode } from '../../shared/std/bytes.ts'
import type { Failure } from '../../shared/std/failure.ts'
import type { Crypto } from '../node/crypto/crypto.ts'
import { PricingFailure } from '../pricing/failure.ts'
import { type PricedTable, type RecordedResult, recordedTable } from '../pricing/model/recorded-table.ts'
import type { RelativityFactor } from '../pricing/model/relativities.ts'
import type { TariffTable } from '../pricing/model/tariff-table.ts'
import type { ExposureRow } from '../pricing/monitor/cells.ts'
import {
  checkFactorsUsed,
  type FactorRefusal,
  type FactorRules,
  type ProxyWarning,
  type UsedFactor,
} from '../pricing/tariff/permitted-factors.ts'
import type { PricingSources } from './pricing-sources.ts'
import type { KeptRules, TariffBook } from './tariff-book.ts'

export interface Prepared {
  readonly kind: 'ready'
  readonly result: RecordedResult
  readonly exposure: readonly ExposureRow[]
  readonly cells: PricedTable
  /** Cells of a later answer, with its months. */
  readonly holdout: { readonly table: TariffTable; readonly from: string; readonly to: string } | null
  readonly rules: KeptRules
  /** Steps by which the list folds factors, after those of the work. Null: the product is priced by risk. */
  readonly community: readonly NotedChange[] | null
}

export interface NotPriced {
  readonly kind: 'not-priced'
  readonly problem: PricingProblem
}

const notPriced = (problem: PricingProblem): NotPriced => ({ kind: 'not-priced', problem })

/** @param dayOf the facility's civil day of an instant */
export async function preparePricing(
  book: TariffBook,
  sources: PricingSources,
  crypto: Pick<Crypto, 'sha256'>,
  work: PricingWork,
  dayOf: (at: number) => string,
): Promise<Prepared | NotPriced> {
  for (const [place, change] of work.adjustments.entries())
    if (!(await book.isNoted(changeHash(crypto, change)))) return notPriced({ kind: 'not-noted', place })
  for (const [place, { note, ...step }] of work.steps.entries())
    if (note !== undefined && !(await book.isNoted(stepHash(crypto, step, note))))
      return notPriced({ kind: 'not-noted', place: work.adjustments.length + place })
  const rules = newestRules(await book.rules(), work)
  if (rules === null) return notPriced({ kind: 'no-rules' })
  const refusals = refusalsOf(
    work.model.factors.map((factor) => ({ factor, ratio: 1 })),
    rules,
  )
  if (refusals.length > 0) return notPriced({ kind: 'factors', refusals: [...refusals] })
  const { factors } = work.model
  // No table has both: each patient would have to be counted by group and by plan at once.
  if (factors.includes('group') && factors.includes('plan')) return notPriced({ kind: 'group-and-plan' })
  const own = await cellsOf(sources, work.source, factors)
  if (own.kind === 'not-priced') return own
  const later = work.holdout === null ? null : await cellsOf(sources, work.holdout, factors)
  if (later?.kind === 'not-priced') return later
  // The same claims twice would test a tariff on what it was made of.
  if (later !== null && later.result.from <= own.result.to) return notPriced({ kind: 'not-later' })
  const holdout =
    later === null ? null : { table: later.cells.table, from: later.result.from, to: later.result.to }
  const community = communityStepsOf(rules, factors, dayOf)
  return { ...own, kind: 'ready', holdout, rules, community }
}

/** Every factor but the community's is brought to 1, in the name of whoever kept the list, for the reason that stands in it. */
function communityStepsOf(
  { rules: { communityRating }, by, at }: KeptRules,
  factors: readonly string[],
  dayOf: (at: number) => string,
): readonly NotedChange[] | null {
  if (communityRating === undefined) return null
  return factors
    .filter((factor) => factor !== communityRating.by)
    .map((factor) => ({
      change: { kind: 'cap', factor, least: 1, most: 1 },
      by: by.trim().slice(0, 80) || '–',
      day: dayOf(at),
      reason: communityRating.reason,
    }))
}

export type Cells = Pick<Prepared, 'result' | 'exposure' | 'cells'>

/** @param factors that are priced by: with the plan among them, the cells are those by plan */
export async function cellsOf(
  sources: PricingSources,
  source: PricingSource,
  factors: readonly string[],
): Promise<({ readonly kind: 'cells' } & Cells) | NotPriced> {
  const pair = await sources.pair(source, pricedBy(factors))
  if (pair.kind === 'mismatch') return notPriced({ kind: 'mismatch', what: pair.what })
  if (pair.kind !== 'pair') return notPriced({ kind: pair.kind })
  const { result, exposure } = pair
  try {
    return { kind: 'cells', result, exposure, cells: recordedTable(result, exposure) }
  } catch (error) {
    if (error instanceof PricingFailure) return notPriced(engineProblem(error))
    throw error
  }
}

/** What the engine says of cells or a recipe, as data for the window. */
export function engineProblem(error: Failure<{ code: string }>): PricingProblem {
  const { code, ...detail } = error.detail
  return { kind: 'engine', code, detail: { ...detail } }
}

/** The newest list of a product in a jurisdiction; names are the same whatever their letters' case. */
export function newestRules(
  all: readonly KeptRules[],
  { product, jurisdiction }: Pick<PricingWork, 'product' | 'jurisdiction'>,
): KeptRules | null {
  const named = all.filter(
    ({ rules }) => isSame(rules.product, product) && isSame(rules.jurisdiction, jurisdiction),
  )
  return named.reduce<KeptRules | null>(
    (best, each) => (best === null || each.version > best.version ? each : best),
    null,
  )
}

export const isSame = (a: string, b: string): boolean =>
  a.normalize('NFKC').toLowerCase() === b.normalize('NFKC').toLowerCase()

export const factorRulesOf = ({ rules: { communityRating, ...rules } }: KeptRules): FactorRules => ({
  ...rules,
  ...(communityRating === undefined ? {} : { communityRating }),
  allowed: rules.allowed.map(({ factor, ratioMost }) =>
    ratioMost === null ? { factor } : { factor, ratioMost },
  ),
})

export function refusalsOf(used: readonly UsedFactor[], rules: KeptRules): readonly FactorRefusal[] {
  const verdict = checkFactorsUsed(used, factorRulesOf(rules), null)
  return verdict.kind === 'refused' ? verdict.refusals : []
}

export function warningsOf(
  factors: readonly string[],
  rules: KeptRules,
  portfolio: TariffTable,
): readonly ProxyWarning[] {
  const used = factors.map((factor) => ({ factor, ratio: 1 }))
  return checkFactorsUsed(used, factorRulesOf(rules), portfolio).warnings
}

/** Greatest over least relativity of each factor that the tariff would charge by. */
export const ratiosOf = (factors: readonly RelativityFactor[]): UsedFactor[] =>
  factors.map(({ factor, rows }) => {
    const known = rows.map(({ relativity }) => relativity).filter((ratio) => ratio > 0)
    return { factor, ratio: known.length === 0 ? 1 : Math.max(...known) / Math.min(...known) }
  })

/** What a change by hand is kept under. */
export const changeHash = (crypto: Pick<Crypto, 'sha256'>, change: NotedChange): string =>
  notedHash(crypto, `consilium/noted-change/1`, change)

/** And a step of the build-up with who, when and why. */
export const stepHash = (
  crypto: Pick<Crypto, 'sha256'>,
  { note: _, ...step }: PricingStep,
  note: StepNote,
): string => notedHash(crypto, 'consilium/noted-step/1', { step, ...note })

function notedHash(crypto: Pick<Crypto, 'sha256'>, domain: string, value: unknown): string {
  const texts = JSON.parse(JSON.stringify(value), (_, each: unknown) =>
    typeof each === 'number' ? String(each) : each,
  ) as CanonicalValue
  return toHex(crypto.sha256(utf8Encode(`${domain} ${canonicalJson(texts)}`)))
}

/** Numbers that are none become null, which is what the contract has for them. */
export function plain<T>(value: T): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]))
  return value
}
