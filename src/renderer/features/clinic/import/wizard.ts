/** What the wizard decides, without a screen: the mapping that its answers make, and what is still missing. */
import type { SeenTable } from '../../../../shared/contract/tables.ts'
import { LAB_TESTS, LOINC_SYSTEM, labTestOf } from '../../../../shared/domain/lab-tests.ts'
import {
  isDateField,
  type TableColumn,
  type TableDelimiter,
  type TableEncoding,
  type TableField,
  type TableLayout,
  type TableMapping,
} from '../../../../shared/domain/table-mapping.ts'
import type { Code } from '../../../../shared/domain/visit.ts'

export type MappingAnswer = Omit<TableMapping, 'id' | 'savedAt' | 'format'> & { id?: string }

export interface Answers {
  readonly id?: string
  readonly name: string
  readonly source: string
  readonly encoding: TableEncoding | null
  readonly delimiter: TableDelimiter | null
  readonly layouts: readonly TableLayout[]
  /** By the hospital's own code or name. */
  readonly tests: ReadonlyMap<string, { readonly to: Code | null; readonly unit: string }>
  readonly values: TableMapping['values']
  readonly units: TableMapping['units']
  readonly diagnoses: TableMapping['diagnoses']
  readonly currency: string
}

/** The same headers in several files are one table. */
export function mappingOf(answers: Answers): MappingAnswer {
  const { id, name, source, encoding, delimiter, layouts, tests, values, units, diagnoses, currency } =
    answers
  const seen = new Set<string>()
  const tables = layouts.filter(({ fingerprint }) => !seen.has(fingerprint) && seen.add(fingerprint))
  return {
    ...(id === undefined ? {} : { id }),
    name: name.trim(),
    source: source.trim(),
    encoding,
    delimiter,
    tables: tables.map((each) => ({ ...each, columns: each.columns.map((column) => ({ ...column })) })),
    tests: [...tests].map(([from, { to, unit }]) => ({ from, to, ...(unit === '' ? {} : { unit }) })),
    units: [...units],
    values: [...values],
    diagnoses,
    currency,
  }
}

/** Tests that the files name, with what is certain of them filled in and what was answered before kept. */
export function testAnswers(tables: readonly SeenTable[], before: Answers['tests']): Answers['tests'] {
  const result = new Map(before)
  for (const { tests } of tables)
    for (const { from, proposed } of tests)
      if (!result.has(from)) result.set(from, { to: proposed, unit: '' })
  return result
}

/** A column with another meaning: what belonged to the old one is gone. */
export function withField(
  column: TableColumn,
  field: TableField,
  proposed: TableColumn | undefined,
): TableColumn {
  const { header, nth } = column
  const same = proposed?.field === field ? proposed : undefined
  if (field === 'test')
    return { header, nth, field, ...(same?.test === undefined ? {} : { test: same.test }) }
  if (isDateField(field)) {
    const date = column.date ?? proposed?.date
    return { header, nth, field, ...(date === undefined ? {} : { date }) }
  }
  return { header, nth, field }
}

/** Columns of one test that have no unit and no column of units behind them. */
export function columnsWithoutUnit(layout: TableLayout): number[] {
  return layout.columns.flatMap(({ field, test }, at) => {
    if (field !== 'test' || test === undefined || test.unit !== undefined) return []
    const rest = layout.columns.slice(at + 1)
    const next = rest.findIndex((each) => each.field === 'test')
    const hasUnitColumn = rest
      .slice(0, next < 0 ? undefined : next)
      .some((each) => each.field === 'test.unit')
    return hasUnitColumn || (labTestOf(test.code)?.unit ?? '') === '' ? [] : [at]
  })
}

export function withUsualUnits(layout: TableLayout): TableLayout {
  const bare = new Set(columnsWithoutUnit(layout))
  return {
    ...layout,
    columns: layout.columns.map((column, at) =>
      bare.has(at) && column.test !== undefined
        ? { ...column, test: { ...column.test, unit: labTestOf(column.test.code)!.unit } }
        : column,
    ),
  }
}

/** Tests that a column or a code may be, by their names in both languages. */
export const testChoices = (locale: 'en' | 'zh-Hant'): { value: string; label: string }[] =>
  LAB_TESTS.map(({ loinc, en, zh }) => ({ value: loinc, label: locale === 'en' ? en : `${zh} ${en}` }))

export function codeOfLoinc(loinc: string): Code | null {
  const test = LAB_TESTS.find((each) => each.loinc === loinc)
  return test === undefined ? null : { system: LOINC_SYSTEM, code: test.loinc, display: test.en }
}

export const fileNameOf = (path: string): string => path.split(/[\\/]/).pop() ?? path

export const tableName = ({ path, sheet }: Pick<SeenTable, 'path' | 'sheet'>): string =>
  sheet === null ? fileNameOf(path) : `${fileNameOf(path)}: ${sheet}`

/** First values of a column that say something. */
export function examplesOf(table: SeenTable, at: number): string {
  const found: string[] = []
  for (const row of table.rows.slice(table.proposed.headerRow)) {
    const cell = (row[at] ?? '').trim()
    if (cell !== '' && !found.includes(cell)) found.push(cell)
    if (found.length === 3) break
  }
  return found.join(' · ')
}
