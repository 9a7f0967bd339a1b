/** Two versions of a tariff side by side (T5). */
import { impactOf, type Impact } from '../model/impact.ts'
import type { TariffTable } from '../model/tariff-table.ts'
import { ratesOf } from '../model/rating.ts'
import { buildUp } from '../model/build-up.ts'
import { decodeRating, decodeSteps, type TariffDocument } from './document.ts'
import { differences } from './make-tariff.ts'

export interface RelativityChange {
  readonly factor: string
  readonly level: string
  /** Null where the version has no such level, or no relativity for it. */
  readonly before: number | null
  readonly after: number | null
}

export interface TariffComparison {
  /** Of what the versions are bound to, what differs. */
  readonly binds: readonly string[]
  readonly factorsAdded: readonly string[]
  readonly factorsRemoved: readonly string[]
  /** Null where a version is a formula. */
  readonly base: { readonly before: number; readonly after: number } | null
  readonly relativities: readonly RelativityChange[]
  readonly stepsChanged: boolean
  /** All places that differ, at most 50. */
  readonly paths: readonly string[]
  /** Gross premiums of a portfolio; null without one, or where a version is a formula. */
  readonly impact: Impact | null
}

/** @param portfolio exposure by the factors of both versions */
export function compareTariffs(
  before: TariffDocument,
  after: TariffDocument,
  portfolio: TariffTable | null,
): TariffComparison {
  const names = (document: TariffDocument): string[] =>
    document.rating.kind === 'table'
      ? document.rating.factors.map(({ name }) => name)
      : document.rating.columns.map(({ name }) => name)
  const old = names(before)
  const now = names(after)
  const a = before.rating
  const b = after.rating
  const areTables = a.kind === 'table' && b.kind === 'table'
  return {
    binds: differences(before.binds, after.binds),
    factorsAdded: now.filter((name) => !old.includes(name)),
    factorsRemoved: old.filter((name) => !now.includes(name)),
    base: areTables ? { before: Number(a.base), after: Number(b.base) } : null,
    relativities: areTables ? changesOf(a.factors, b.factors) : [],
    stepsChanged: differences(charged(before), charged(after)).length > 0,
    paths: differences(before, after),
    impact:
      areTables && portfolio !== null
        ? impactOf(grossRates(before, portfolio), grossRates(after, portfolio), portfolio)
        : null,
  }
}

type Factors = Extract<TariffDocument['rating'], { kind: 'table' }>['factors']

function changesOf(before: Factors, after: Factors): RelativityChange[] {
  const valueOf = (factors: Factors, name: string, level: string): string | null => {
    const factor = factors.find((each) => each.name === name)
    return factor?.levels.find((each) => each.level === level)?.relativity ?? null
  }
  const numberOf = (text: string | null): number | null => (text === null ? null : Number(text))
  const names = [...new Set([...before, ...after].map(({ name }) => name))]
  return names.flatMap((name) => {
    const levels = new Set(
      [...before, ...after].flatMap((each) =>
        each.name === name ? each.levels.map(({ level }) => level) : [],
      ),
    )
    return [...levels].flatMap((level): RelativityChange[] => {
      const left = valueOf(before, name, level)
      const right = valueOf(after, name, level)
      return left === right ? [] : [{ factor: name, level, before: numberOf(left), after: numberOf(right) }]
    })
  })
}

/** Gross premium of a member-year in each cell. */
function grossRates(document: TariffDocument, portfolio: TariffTable): Float64Array {
  const { rating, steps } = document
  if (rating.kind !== 'table') return new Float64Array(portfolio.exposure.length).fill(NaN)
  const { multiplier, constant } = buildUp(0, decodeSteps(steps))
  return ratesOf(decodeRating(rating), portfolio).map((rate) => multiplier * rate + constant)
}

/** Steps without who and why: another reason for the same step charges nobody otherwise. */
const charged = ({ steps }: TariffDocument): TariffDocument['steps'] =>
  steps.map(({ note: _, ...step }) => step)
