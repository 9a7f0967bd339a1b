/**
 * A rating table or coefficients as a formula of a patient's variables, so that a model from elsewhere runs where a formula runs (docs/spec/pricing.md section
 * 6): one product of choices. A level that the table lacks has no value, and is not taken for the base.
 */
import { exp } from '../../stats/det/exp.ts'
import type { Rating } from './rating.ts'

export interface FormulaVariable {
  /** As the formula names it. */
  readonly name: string
  /** Null for a number, which levels cut into bands: `18-34`, `65+`. */
  readonly levels: readonly string[] | null
}

export type RatingFormula =
  | { readonly kind: 'formula'; readonly text: string }
  /** A factor that is no variable, or a level (then said) that is no level or band of it. */
  | { readonly kind: 'unknown'; readonly factor: string; readonly level: string | null }

/** What has no value in the language. */
const NOTHING = '0 / 0'
/** Other names of a variable: what insurers' tables call it. */
const ALIASES: Readonly<Record<string, string>> = { ageband: 'age_years', age: 'age_years', gender: 'sex' }

/** @param variables that a formula may read, by name */
export function ratingFormula(
  rating: Pick<Rating, 'factors' | 'logBase' | 'logRatios'>,
  variables: readonly FormulaVariable[],
): RatingFormula {
  const parts = [numberText(exp(rating.logBase))]
  for (const [f, { name, levels }] of rating.factors.entries()) {
    const written = name.trim().toLowerCase().replaceAll('-', '_')
    const variable = variables.find((each) => each.name === (ALIASES[written] ?? written))
    if (variable === undefined) return { kind: 'unknown', factor: name, level: null }
    const choices: { readonly test: string; readonly from: number; readonly value: string }[] = []
    for (const [k, level] of levels.entries()) {
      const ratio = rating.logRatios[f]![k]!
      const test = testOf(variable, level.trim())
      if (test === null) return { kind: 'unknown', factor: name, level }
      choices.push({ ...test, value: ratio === ratio ? numberText(exp(ratio)) : NOTHING })
    }
    // Bands from the youngest on; labels as they came.
    choices.sort((a, b) => a.from - b.from)
    parts.push(`(${choices.map(({ test, value }) => `if ${test} then ${value} else `).join('')}${NOTHING})`)
  }
  return { kind: 'formula', text: parts.join(' * ') }
}

function testOf({ name, levels }: FormulaVariable, level: string): { test: string; from: number } | null {
  if (levels !== null) {
    const known = levels.find((each) => each.toLowerCase() === level.toLowerCase())
    return known === undefined ? null : { test: `${name} = "${known}"`, from: 0 }
  }
  const [, from, to] = /^([0-9]{1,6})\s*(?:[-–]\s*([0-9]{1,6})|\+)?$/.exec(level) ?? []
  if (from === undefined) return null
  if (to === undefined && !level.endsWith('+'))
    return { test: `${name} = ${Number(from)}`, from: Number(from) }
  const least = `${name} >= ${Number(from)}`
  // Whole numbers: the band ends before the next one.
  return {
    test: to === undefined ? least : `${least} and ${name} < ${Number(to) + 1}`,
    from: Number(from),
  }
}

/** Shortest text that reads back; nine digits are more than any rate has. */
function numberText(value: number): string {
  return String(Number(value.toPrecision(9)))
}
