/** The cells of one row by the field that they stand for: text, codes, dates and words, each refused by name where it cannot be read. */
import type { TableField, WordField } from '../../../shared/domain/table-mapping.ts'
import { toNormalC } from '../../node/chain/normal-form.ts'
import { cut } from '../fhir/reading.ts'
import { folded, isMangledCode, isNothing, readDate, readTime } from './cells.ts'
import type { PlacedColumn, PlacedLayout } from './layout.ts'
import type { RowContext, RowIssues } from './row.ts'
import { wordMeaning } from './synonyms.ts'

export type RowCells = ReturnType<typeof rowCells>

export function rowCells(placed: PlacedLayout, { mapping, at }: RowContext) {
  const words = new Map(mapping.values.map((rule) => [`${rule.field}|${normaliseName(rule.from)}`, rule.to]))

  const raw = (cells: readonly string[], column: PlacedColumn | null): string =>
    column === null ? '' : (cells[column.at] ?? '')
  const textOf = (cells: readonly string[], field: TableField, max = 200): string => {
    const cell = raw(cells, placed.one(field))
    return isNothing(cell) ? '' : cut(toNormalC(cell.trim()), max)
  }
  /** Ids and codes: full-width digits folded. */
  const codeText = (cells: readonly string[], field: TableField, issues: RowIssues, max = 64): string => {
    const column = placed.one(field)
    const cell = folded(raw(cells, column))
    if (isNothing(cell)) return ''
    if (isMangledCode(cell)) {
      issues.leave({ reason: 'code-turned-into-number', column: column!.column.header, value: cell })
      return ''
    }
    return cut(toNormalC(cell), max)
  }

  function dateOf(
    cells: readonly string[],
    column: PlacedColumn | null,
    timeField: TableField | null,
    issues: RowIssues,
  ): { day: string; time: string | null } | null {
    const cell = raw(cells, column)
    if (column === null || isNothing(cell)) return null
    const read = readDate(cell, column.column.date ?? 'ymd')
    if (read.kind !== 'date') {
      issues.leave({
        reason: read.kind === 'bad' ? read.reason : 'date-malformed',
        column: column.column.header,
        value: cell,
        ...(read.kind === 'bad' && read.suggestion !== undefined ? { suggestion: read.suggestion } : {}),
      })
      return null
    }
    const timeColumn = timeField === null ? null : placed.one(timeField)
    const timeCell = raw(cells, timeColumn)
    if (timeColumn === null || isNothing(timeCell)) return read
    const time = readTime(timeCell)
    if (time === null)
      issues.leave({ reason: 'time-malformed', column: timeColumn.column.header, value: timeCell })
    return { day: read.day, time: time ?? read.time }
  }

  const whenText = (date: { day: string; time: string | null } | null): string | undefined =>
    date === null ? undefined : date.time === null ? date.day : at(date.day, date.time)

  function wordOf<T extends string>(cells: readonly string[], field: WordField, issues: RowIssues): T | null {
    const column = placed.one(field)
    const cell = raw(cells, column).trim()
    const rule = words.get(`${field}|${normaliseName(isNothing(cell) ? '' : cell)}`)
    if (rule !== undefined) return rule as T
    if (column === null || isNothing(cell)) return null
    const known = wordMeaning(field, cell)
    if (known === null && field !== 'visit.payer')
      issues.leave({ reason: 'word-not-known', column: column.column.header, value: cell })
    return known as T | null
  }

  return { placed, raw, textOf, codeText, dateOf, whenText, wordOf }
}

/** Names of tests and words as they are compared. */
export const normaliseName = (text: string): string => text.normalize('NFKC').trim().toLowerCase()
