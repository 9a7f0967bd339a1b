/**
 * The insurer's exposure and premium by cell: a CSV with `plan,group,ageBand,sex,month,memberMonths,premium`. Everything wrong is listed
 * with its line; nothing is taken from a file with an error, since half a denominator is worse than none (docs/spec/pricing.md M2).
 */
import { utf8Encode } from '../../../shared/std/bytes.ts'
import { StatsFailure } from '../../stats/failure.ts'
import { type CsvColumn, readCsvColumns } from '../../stats/model/csv-columns.ts'
import { nearest } from '../expression/nearest.ts'
import { IMPORT_BYTES_MAX, IMPORT_ERRORS_MAX, IMPORT_ROWS_MAX } from '../limits.ts'
import { AXES, type Axis, type ExposureRow, nameOf } from './cells.ts'

export interface ExposureError {
  readonly code:
    | 'too-large'
    | 'not-a-table'
    | 'missing-column'
    | 'empty'
    | 'not-a-month'
    | 'not-a-sex'
    /** Ages are no band, begin at no multiple of five, overlap or leave a gap. */
    | 'not-a-band'
    | 'not-a-number'
    | 'below-nothing'
    | 'double-cell'
  /** 1 is the header. */
  readonly line: number
  readonly column: string
  readonly found: string
  /** For a missing column the header that was most likely meant; for a double cell the line of the first. */
  readonly hint: string | null
}

export type ImportedExposure =
  | {
      readonly kind: 'imported'
      readonly rows: readonly ExposureRow[]
      readonly memberMonths: number
      readonly premiumMinor: number
      readonly months: readonly string[]
      readonly groups: readonly string[]
    }
  | { readonly kind: 'refused'; readonly errors: readonly ExposureError[]; readonly errorCount: number }

const NUMBERS = ['memberMonths', 'premium'] as const
export const SEXES = ['female', 'male', 'other', 'unknown'] as const

const isLabel = (header: string): boolean => AXES.some((axis) => axis.toLowerCase() === header.toLowerCase())

export function importExposure(text: string): ImportedExposure {
  if (text.length > IMPORT_BYTES_MAX)
    return refused([{ code: 'too-large', line: 1, column: '', found: String(text.length), hint: null }])
  let table
  try {
    table = readCsvColumns(utf8Encode(text), 'all', isLabel)
  } catch (error) {
    if (!(error instanceof StatsFailure)) throw error
    const { detail } = error
    const isTable = detail.code === 'bad-table'
    const found = isTable ? detail.reason : detail.code
    return refused([
      { code: 'not-a-table', line: isTable ? detail.row + 1 : 1, column: '', found, hint: null },
    ])
  }
  const errors: ExposureError[] = []
  const columns = new Map<string, CsvColumn>()
  for (const name of [...AXES, ...NUMBERS]) {
    const header = table.header.find((each) => each.toLowerCase() === name.toLowerCase())
    if (header === undefined)
      errors.push({
        code: 'missing-column',
        line: 1,
        column: name,
        found: '',
        hint: nearest(name, table.header),
      })
    else columns.set(name, table.columns.get(header)!)
  }
  if (table.rowCount > IMPORT_ROWS_MAX)
    errors.push({ code: 'too-large', line: 1, column: '', found: String(table.rowCount), hint: null })
  if (errors.length > 0) return refused(errors)
  const rows: ExposureRow[] = []
  const lineOf = new Map<string, number>()
  for (let row = 0; row < table.rowCount; row++) {
    const line = row + 2
    const label = (axis: Axis): string => {
      const text = textAt(columns.get(axis)!, row).trim()
      const isWrong =
        axis === 'month'
          ? !/^[0-9]{4}-(0[1-9]|1[0-2])$/.test(text)
          : axis === 'sex' && !(SEXES as readonly string[]).includes(text)
      if (text === '') errors.push({ code: 'empty', line, column: axis, found: '', hint: null })
      else if (isWrong)
        errors.push({
          code: axis === 'month' ? 'not-a-month' : 'not-a-sex',
          line,
          column: axis,
          found: text.slice(0, 40),
          hint: null,
        })
      return text
    }
    const amount = (name: (typeof NUMBERS)[number]): number => {
      const column = columns.get(name)!
      const value = column.kinds[row] === 0 ? column.numbers[row]! : NaN
      // Good numbers are not written out again: there are two of them in each of thousands of lines.
      if (value >= 0) return value
      const code = value < 0 ? 'below-nothing' : 'not-a-number'
      errors.push({ code, line, column: name, found: textAt(column, row).slice(0, 40), hint: null })
      return value
    }
    const key = {
      plan: label('plan'),
      group: label('group'),
      ageBand: label('ageBand'),
      sex: label('sex'),
      month: label('month'),
    }
    const memberMonths = amount('memberMonths')
    const premiumMinor = amount('premium')
    const name = AXES.map((axis) => key[axis]).join('\0')
    const first = lineOf.get(name)
    if (first === undefined) lineOf.set(name, line)
    else {
      const found = nameOf(key, AXES).slice(0, 80)
      errors.push({ code: 'double-cell', line, column: '', found, hint: String(first) })
    }
    rows.push({ key, memberMonths, premiumMinor })
  }
  if (errors.length > 0) return refused(errors)
  return {
    kind: 'imported',
    rows,
    memberMonths: rows.reduce((sum, each) => sum + each.memberMonths, 0),
    premiumMinor: rows.reduce((sum, each) => sum + each.premiumMinor, 0),
    months: [...new Set(rows.map(({ key }) => key.month))].sort(),
    groups: [...new Set(rows.map(({ key }) => key.group))].sort(),
  }
}

function textAt(column: CsvColumn, row: number): string {
  return column.texts.get(row) ?? (column.kinds[row] === 0 ? String(column.numbers[row]!) : '')
}

function refused(errors: readonly ExposureError[]): ImportedExposure {
  return { kind: 'refused', errors: errors.slice(0, IMPORT_ERRORS_MAX), errorCount: errors.length }
}
