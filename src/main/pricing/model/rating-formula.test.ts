import { describe, expect, it } from 'vitest'
import { compileExpression } from '../expression/compile.ts'
import { evaluateRow } from '../expression/evaluate.ts'
import { importRating } from '../tariff/import-rates.ts'
import { ratingFormula, type FormulaVariable } from './rating-formula.ts'

const VARIABLES: readonly FormulaVariable[] = [
  { name: 'age_years', levels: null },
  { name: 'sex', levels: ['female', 'male'] },
]
const CSV = `term,level,relativity
base,,0.4
ageBand,18-34,1
ageBand,65+,2.5
ageBand,35-64,1.5
sex,Female,1
sex,male,1.2
`

function formulaOf(csv: string) {
  const imported = importRating(csv, 'csv')
  if (imported.kind === 'refused') throw new Error(JSON.stringify(imported.errors))
  return ratingFormula(imported.rating, VARIABLES)
}

function valueAt(text: string, age: number, sex: string): number | string {
  const compiled = compileExpression(text, {
    columns: [
      { name: 'age_years', kind: 'number' },
      { name: 'sex', kind: 'text' },
    ],
    tables: {},
  })
  if (compiled.kind === 'problem') throw new Error(JSON.stringify(compiled.problem))
  const result = evaluateRow(compiled.expression, [age, sex])
  return result.kind === 'value' ? result.value : result.reason
}

describe('ratingFormula', () => {
  it('gives each patient the product of the table’s relativities', () => {
    const made = formulaOf(CSV)
    if (made.kind !== 'formula') throw new Error(made.kind)
    for (const [age, sex, rate] of [
      [18, 'female', 0.4],
      [34, 'male', 0.48],
      [35, 'female', 0.6],
      [64, 'male', 0.72],
      [65, 'female', 1],
      [99, 'male', 1.2],
    ] as const)
      expect(valueAt(made.text, age, sex), `${age} ${sex}`).toBeCloseTo(rate, 8)
  })
  it('has no value for whom the table has no level, and does not take them for the base', () => {
    const made = formulaOf(CSV)
    if (made.kind !== 'formula') throw new Error(made.kind)
    expect(valueAt(made.text, 17, 'male')).toBe('division-by-zero')
    expect(valueAt(made.text, 40, 'other')).toBe('division-by-zero')
  })
  it('names the factor or the level that is no variable of records', () => {
    expect(formulaOf('term,level,relativity\nbase,,1\nincome,high,2\n')).toEqual({
      kind: 'unknown',
      factor: 'income',
      level: null,
    })
    expect(formulaOf('term,level,relativity\nbase,,1\nsex,both,2\n')).toEqual({
      kind: 'unknown',
      factor: 'sex',
      level: 'both',
    })
  })
})
