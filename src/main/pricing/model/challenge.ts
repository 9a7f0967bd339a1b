/**
 * A model from elsewhere beside the tariff in use, on the same portfolio: which orders the risks better, and whose premiums move (P12, P13).
 * Its rates come from an imported table or from a formula of the portfolio's own factors.
 */
import { exp } from '../../stats/det/exp.ts'
import { compileExpression, type LookupTable } from '../expression/compile.ts'
import { evaluateExpression } from '../expression/evaluate.ts'
import type { ExpressionProblem } from '../expression/syntax.ts'
import { PricingFailure } from '../failure.ts'
import { type ImportError, importRating } from '../tariff/import-rates.ts'
import { uniformOf } from './dice.ts'
import { impactOf, type Impact } from './impact.ts'
import { type Rating, ratesOf } from './rating.ts'
import { levelOf, type TariffTable } from './tariff-table.ts'
import { compareRates, type CostProcess, type Estimate, type SeenBin } from './validate.ts'

export type Challenger =
  | { readonly kind: 'rates'; readonly text: string; readonly format: 'csv' | 'json' }
  | {
      readonly kind: 'formula'
      readonly source: string
      readonly tables: Readonly<Record<string, LookupTable>>
    }

export type ChallengerRates =
  | {
      readonly kind: 'rates'
      /** Pure premium of a member-year in each cell; NaN where it has none. Empty where it was only read. */
      readonly rates: Float64Array
      /** Factors that it reads. */
      readonly factors: readonly string[]
      /** Greatest over least relativity of each; null where a formula hides it. */
      readonly ratios: readonly (number | null)[]
      /** Cells without a value, and why. */
      readonly noValue: readonly {
        readonly reason: string
        readonly line: number
        readonly column: number
        readonly count: number
      }[]
    }
  | { readonly kind: 'refused'; readonly errors: readonly ImportError[]; readonly errorCount: number }
  | { readonly kind: 'problem'; readonly problem: ExpressionProblem }

/**
 * @param isReadOnly what it reads alone: the rules speak before a rate is computed
 * @throws {PricingFailure} `unknown-factor` for a table of a factor that the portfolio lacks
 */
export function challengerRates(
  challenger: Challenger,
  table: TariffTable,
  isReadOnly = false,
): ChallengerRates {
  if (challenger.kind === 'rates') {
    const imported = importRating(challenger.text, challenger.format)
    if (imported.kind === 'refused') return imported
    const { rating } = imported
    return {
      kind: 'rates',
      rates: isReadOnly ? new Float64Array() : ratesOf(rating, table),
      factors: rating.factors.map(({ name }) => name),
      ratios: rating.logRatios.map(ratioOf),
      noValue: [],
    }
  }
  const compiled = compileExpression(challenger.source, {
    columns: table.factors.map(({ name }) => ({ name, kind: 'text' as const })),
    tables: challenger.tables,
  })
  if (compiled.kind === 'problem') return compiled
  const { columns } = compiled.expression
  const read = { kind: 'rates', factors: columns, ratios: columns.map(() => null) } as const
  if (isReadOnly) return { ...read, rates: new Float64Array(), noValue: [] }
  const rows = Array.from(table.exposure, (_, i) => table.factors.map((_factor, f) => levelOf(table, f, i)))
  const { values, noValue } = evaluateExpression(compiled.expression, rows)
  return {
    ...read,
    rates: values,
    noValue: noValue.map(({ reason, line, column, count }) => ({ reason, line, column, count })),
  }
}

export interface Challenged {
  readonly doubleLift: readonly SeenBin[]
  readonly giniDifference: Estimate
  /** Pure premiums of champion and challenger over the portfolio. */
  readonly impact: Impact
  /** What each expects over what was observed, less 1. */
  readonly championGap: number
  readonly challengerGap: number
}

/** @throws {PricingFailure} `nothing-to-fit` where no cell has both rates */
export function challenge(
  champion: Rating,
  challenger: Float64Array,
  table: TariffTable,
  process: CostProcess | null,
): Challenged {
  const rates = ratesOf(champion, table)
  const sums = { observed: 0, champion: 0, challenger: 0 }
  rates.forEach((rate, i) => {
    const other = challenger[i]!
    if (!(rate >= 0) || !(other >= 0)) return
    sums.observed += table.cost[i]!
    sums.champion += table.exposure[i]! * rate
    sums.challenger += table.exposure[i]! * other
  })
  if (!(sums.observed > 0))
    throw new PricingFailure({ code: 'nothing-to-fit', what: 'cells with both rates' })
  return {
    ...compareRates(rates, challenger, table, process, uniformOf(1)),
    impact: impactOf(rates, challenger, table),
    championGap: sums.champion / sums.observed - 1,
    challengerGap: sums.challenger / sums.observed - 1,
  }
}

function ratioOf(logRatios: Float64Array): number {
  const known = [...logRatios].filter((ratio) => ratio === ratio)
  return known.length === 0 ? 1 : exp(Math.max(...known) - Math.min(...known))
}
