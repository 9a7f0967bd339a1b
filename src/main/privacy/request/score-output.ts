/**
 * A customised model at the gateways (docs/spec/privacy.md Q9, ADR 0028): a formula that says what is expected of a patient in a year, in the language of
 * docs/spec/pricing.md section 4 over variables that the request lists, evaluated for each stretch of a patient's year. Nothing of it leaves but tables by
 * bands of the score. Pure.
 */
import { compileExpression, type Expression } from '../../pricing/expression/compile.ts'
import { evaluateRow } from '../../pricing/expression/evaluate.ts'
import { printExpression } from '../../pricing/expression/print.ts'
import { variableOf } from './dictionary.ts'
import type { Axis } from './axis.ts'
import type { Bounded } from './shares.ts'

export type ScoreOutput = {
  readonly kind: 'score'
  /** In its one form; names of variables with `_` for `-`. */
  readonly formula: string
  /** Variables that it reads, all and no others, in order. */
  readonly columns: readonly string[]
  /** Lower ends of the second and later bands of the score, in thousandths. */
  readonly edges: readonly number[]
  readonly exposure: Bounded
  /** `claims` or `cost-minor`: what the score expects, for a year. */
  readonly actual: Bounded
  readonly cellsMost: number
}

/**
 * What is known of a patient before a stretch begins. Never what happens in it: no claims, costs, exposure or follow-up, and nothing of the visit that opens it
 * but its payer, under which the stretch is.
 *
 * The policy `formulaColumnsForbidden` has a bit for each: 1 for the first, 2 for the second, 4 for the third … That stands in chains, so this list only grows
 * at its end, in no order of names, and a variable that no formula may read any more keeps its place.
 */
export const SCORE_COLUMN_BITS = [
  'age-years',
  'charlson',
  'diagnosis-chapter',
  'hba1c-tenths',
  'payer',
  'sex',
  'stay-days',
  'visit-class',
  'visits-year',
] as const
export type ScoreColumn = (typeof SCORE_COLUMN_BITS)[number]
/** In order of names, as requests list them. */
export const SCORE_COLUMNS: readonly ScoreColumn[] = [...SCORE_COLUMN_BITS].sort()

export const FORMULA_LENGTH_MAX = 8_000
/** A row takes a step for each node: what thousands of patients take is bounded by this. */
export const FORMULA_STEPS_MAX = 2_000
export const SCORE_BANDS_MAX = 20
/** Greatest score, in thousandths. */
export const SCORE_MOST = 1_000_000_000_000
const ACTUALS: readonly string[] = ['claims', 'cost-minor']
const YEAR_DAYS = 365.25

/** As the formula names a variable. */
export const formulaName = (variable: string): string => variable.replaceAll('-', '_')

export type FormulaRead =
  | {
      readonly kind: 'formula'
      readonly expression: Expression
      readonly text: string
      readonly columns: string[]
    }
  | { readonly kind: 'problem'; readonly code: string; readonly offset: number; readonly found: string }

/** @param columns that it may read */
export function readFormula(source: string, columns: readonly string[] = SCORE_COLUMNS): FormulaRead {
  const compiled = compileExpression(source, {
    columns: columns.map((name) => ({
      name: formulaName(name),
      kind: variableOf(name)?.kind === 'label' ? ('text' as const) : ('number' as const),
    })),
    tables: {},
  })
  if (compiled.kind === 'problem') {
    const { code, offset, found } = compiled.problem
    return { kind: 'problem', code, offset, found }
  }
  const { expression } = compiled
  const read = columns.filter((name) => expression.columns.includes(formulaName(name)))
  return { kind: 'formula', expression, text: printExpression(expression.node), columns: read }
}

/** What the shape cannot say: the formula in its one form, of just the variables that are listed, and bounded. */
export function isScoreInForm(output: ScoreOutput): boolean {
  const { formula, columns, edges, actual, exposure } = output
  if (formula.length > FORMULA_LENGTH_MAX || formula !== formula.normalize('NFC')) return false
  if (!ACTUALS.includes(actual.variable)) return false
  if (exposure.variable !== 'exposure-days') return false
  if (!columns.every((name) => SCORE_COLUMNS.includes(name as ScoreColumn))) return false
  if (edges.length < 1 || edges.length >= SCORE_BANDS_MAX) return false
  if (!edges.every((edge, i) => edge > (edges[i - 1] ?? 0) && edge <= SCORE_MOST)) return false
  const read = readFormula(formula, columns)
  return (
    read.kind === 'formula' &&
    read.text === formula &&
    read.columns.join() === columns.join() &&
    read.expression.stepsMost <= FORMULA_STEPS_MAX
  )
}

export const canonicalScore = (output: ScoreOutput): ScoreOutput => ({
  ...output,
  columns: [...new Set(output.columns)].sort(),
})

export const scoreAxis = ({ edges }: ScoreOutput): Axis => ({ variable: 'score', edges })

/** What is expected is added up in thousandths of a claim, or in minor units. */
export const expectedUnit = ({ actual }: ScoreOutput): number => (actual.variable === 'claims' ? 1_000 : 1)

export interface Scored {
  /** Thousandths; null where the formula has no value. */
  readonly score: number | null
  /** Nothing without a score, so that all tables have the same stretches of a patient, whichever come first. */
  readonly expected: number
}

/** The formula over one stretch; @param valueOf the patient's variables before it begins */
export function scorer(
  output: ScoreOutput,
): (valueOf: (variable: string) => number | string | null, exposureDays: number) => Scored {
  const read = readFormula(output.formula, output.columns)
  const unit = expectedUnit(output)
  return (valueOf, exposureDays) => {
    if (read.kind === 'problem') return { score: null, expected: 0 }
    const result = evaluateRow(read.expression, output.columns.map(valueOf))
    // Nobody is expected to have less than nothing.
    if (result.kind === 'no-value' || result.value < 0) return { score: null, expected: 0 }
    const yearly = Math.min(result.value, SCORE_MOST / 1_000)
    return {
      score: Math.round(1_000 * yearly),
      expected: Math.min(Number.MAX_SAFE_INTEGER, Math.round((unit * yearly * exposureDays) / YEAR_DAYS)),
    }
  }
}
