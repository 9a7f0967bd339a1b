/** Where the adjusted curves of a Cox model are drawn: at values of one covariate, the others as usual in its rows. Pure. */
import type { StudyModel } from '../../../shared/domain/study.ts'
import { present } from '../../../shared/std/assert.ts'
import type { ModelSpec } from '../../stats/model/model-spec.ts'
import type { IntervalRows, TableColumn } from '../intervals/interval-table.ts'
import { quantile } from '../persons/quantile.ts'

type Points = NonNullable<ModelSpec['at']>
type Value = number | string

/** More levels than that nobody can tell apart in one picture. */
const LEVELS_MAX = 6

/**
 * Numbers at their quartiles, columns of 0 and 1 at both, labels at each level (the most frequent ones). Of the other covariates
 * numbers take their mean over the rows of the model and labels the most frequent one. Null without such a row.
 */
export function curvePoints(rows: IntervalRows, model: StudyModel, curvesOf: string): Points | null {
  const used = [...new Set([...model.covariates, ...model.strata])].map((name) =>
    present(rows.columns.get(name)),
  )
  const complete: number[] = []
  for (let row = 0; row < rows.rowCount; row++)
    if (used.every((column) => valueAt(column, row) !== null)) complete.push(row)
  if (complete.length === 0) return null
  const isLabel = (name: string) =>
    model.factors.includes(name) || present(rows.columns.get(name)).kind === 'label'
  const usual: Record<string, Value> = {}
  for (const name of model.covariates) {
    const column = present(rows.columns.get(name))
    usual[name] = isLabel(name)
      ? byFrequency(column, complete)[0]!
      : complete.reduce((sum, row) => sum + (valueAt(column, row) as number), 0) / complete.length
  }
  const column = present(rows.columns.get(curvesOf))
  const values: Value[] = isLabel(curvesOf)
    ? byFrequency(column, complete).slice(0, LEVELS_MAX).sort(byValue)
    : quartilesOf(complete.map((row) => valueAt(column, row) as number))
  return values.map((value) => ({
    label: `${curvesOf} = ${typeof value === 'number' ? shortNumber(value) : value}`,
    covariates: { ...usual, [curvesOf]: value },
    offset: null,
    path: null,
  }))
}

function quartilesOf(values: readonly number[]): number[] {
  const sorted = values.toSorted((a, b) => a - b)
  if (sorted.every((value) => value === 0 || value === 1)) return [...new Set(sorted)]
  return [...new Set([0.25, 0.5, 0.75].map((share) => quantile(sorted, share)))]
}

/** Levels, the most frequent first; of two as frequent the one that sorts first. */
function byFrequency(column: TableColumn, rows: readonly number[]): Value[] {
  const counts = new Map<Value, number>()
  for (const row of rows) {
    const value = valueAt(column, row)!
    counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  return [...counts].sort((a, b) => b[1] - a[1] || byValue(a[0], b[0])).map(([value]) => value)
}

function byValue(a: Value, b: Value): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function valueAt(column: TableColumn, row: number): Value | null {
  if (column.kind === 'label') return column.labels[column.codes[row]!] ?? null
  const value = column.values[row]!
  return value === value ? value : null
}

/** Of a label: 7.43333 is 7.43. */
function shortNumber(value: number): string {
  return String(Math.round(value * 100) / 100)
}
