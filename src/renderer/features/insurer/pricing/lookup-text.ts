/** Tables of look-up of a formula, as people paste them: a name and two columns, an entry a line. Pure. */
import type { challengerInput } from '../../../../shared/contract/pricing.ts'
import type { z } from 'zod'

export interface LookupText {
  readonly name: string
  readonly key: 'text' | 'number'
  readonly rows: string
}

export type LookupTable = Extract<z.infer<typeof challengerInput>, { kind: 'formula' }>['tables'][number]

export type LookupError =
  | { readonly kind: 'name' | 'double-name' | 'empty' | 'too-many' }
  | {
      readonly kind: 'cells' | 'key' | 'double-key' | 'number-key' | 'value'
      readonly line: number
      readonly found: string
    }

export type ReadLookups =
  | { readonly kind: 'read'; readonly tables: LookupTable[] }
  | {
      readonly kind: 'wrong'
      readonly table: number
      readonly errors: readonly LookupError[]
      readonly errorCount: number
    }

export const LOOKUPS_MOST = 50
const ROWS_MOST = 10_000
const KEY_LENGTH_MOST = 200
/** As many as a person mends at once. */
const ERRORS_SHOWN = 10
/** As the language names things, and none of its own words. */
const NAME = /^(?!(?:let|in|if|then|else|and|or|not|lookup)$)[A-Za-z_][A-Za-z0-9_]{0,79}$/

/** The first table with errors, or all of them; a table of which nothing was typed is none. */
export function readLookups(texts: readonly LookupText[]): ReadLookups {
  const tables: LookupTable[] = []
  for (const [table, text] of texts.entries()) {
    if (text.name.trim() === '' && text.rows.trim() === '') continue
    const { rows, errors } = readRows(text)
    const name = text.name.trim()
    if (tables.some((each) => each.name === name)) errors.unshift({ kind: 'double-name' })
    if (!NAME.test(name)) errors.unshift({ kind: 'name' })
    if (errors.length > 0)
      return { kind: 'wrong', table, errors: errors.slice(0, ERRORS_SHOWN), errorCount: errors.length }
    tables.push({ name, key: text.key, rows })
  }
  return { kind: 'read', tables }
}

function readRows({ rows: text, key }: LookupText): { rows: LookupTable['rows']; errors: LookupError[] } {
  const rows: LookupTable['rows'] = []
  const errors: LookupError[] = []
  const seen = new Set<string | number>()
  let isFirst = true
  for (const [i, content] of text.split(/\r\n|\r|\n/).entries()) {
    if (content.trim() === '') continue
    const cells = cellsOf(content)
    const isHeading = isFirst && cells.length === 2 && !/[0-9]/.test(cells[1]!)
    isFirst = false
    // Columns copied with their heading, which no number is in.
    if (isHeading) continue
    const read = rowOf(cells, key)
    const line = i + 1
    if (read.kind === 'wrong') errors.push({ kind: read.what, line, found: read.found })
    else if (seen.has(read.key)) errors.push({ kind: 'double-key', line, found: String(read.key) })
    else {
      seen.add(read.key)
      rows.push({ key: read.key, value: read.value })
    }
  }
  if (rows.length > ROWS_MOST) errors.push({ kind: 'too-many' })
  if (rows.length === 0 && errors.length === 0) errors.push({ kind: 'empty' })
  return { rows, errors }
}

/** A spreadsheet copies tabs; a value of a key that has commas is parted by a semicolon. */
function cellsOf(line: string): string[] {
  const mark = ['\t', ';'].find((each) => line.includes(each)) ?? ','
  return line.split(mark).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'))
}

type ReadRow =
  | { readonly kind: 'row'; readonly key: string | number; readonly value: number }
  | {
      readonly kind: 'wrong'
      readonly what: 'cells' | 'key' | 'number-key' | 'value'
      readonly found: string
    }

function rowOf(cells: readonly string[], kind: LookupText['key']): ReadRow {
  if (cells.length !== 2) return { kind: 'wrong', what: 'cells', found: cells.join(', ').slice(0, 60) }
  const [key, text] = cells as [string, string]
  if (key === '' || key.length > KEY_LENGTH_MOST)
    return { kind: 'wrong', what: 'key', found: key.slice(0, 60) }
  const value = numberOf(text)
  if (value === null) return { kind: 'wrong', what: 'value', found: text.slice(0, 60) }
  if (kind === 'text') return { kind: 'row', key, value }
  const number = numberOf(key)
  return number === null
    ? { kind: 'wrong', what: 'number-key', found: key.slice(0, 60) }
    : { kind: 'row', key: number, value }
}

/** With a point; null for anything else. */
function numberOf(text: string): number | null {
  if (!/^[-+−]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$/.test(text)) return null
  const value = Number(text.replace('−', '-'))
  // One zero: a table has no two keys that compare equal.
  return Number.isFinite(value) ? value + 0 : null
}
