/**
 * A first mapping of a table by its headers and the first rows: what a person then only corrects. What cannot be known,
 * such as whether 03/05/2023 is in March or in May, is asked and not guessed.
 */
import { labTestOf, type LabTest } from '../../../shared/domain/lab-tests.ts'
import {
  fingerprintOf,
  isDateField,
  type DateForm,
  type TableColumn,
  type TableField,
  type TableKind,
  type TableLayout,
} from '../../../shared/domain/table-mapping.ts'
import { unitUnderstood } from '../../../shared/domain/units.ts'
import { formsOf, isMangledCode, isNothing, lostZeros, readNumber } from './cells.ts'
import { codeOfTest, fieldOfHeader, headerWithUnit, isUnitOf, testOfName } from './synonyms.ts'

export interface ProposedTable {
  readonly layout: TableLayout
  /** Columns, by place, whose dates may be read in more than one way. */
  readonly ambiguousDates: readonly { at: number; forms: readonly DateForm[] }[]
  readonly hazards: readonly TableHazard[]
}

/** What a spreadsheet has probably done to a column. */
export interface TableHazard {
  readonly at: number
  readonly kind: 'code-turned-into-number' | 'leading-zeros-lost' | 'number-in-code-column'
  readonly example: string
}

export interface TableSample {
  /** Rows of the file from the top; the header may stand below a title. */
  readonly rows: readonly (readonly string[])[]
  /** Of workbooks: cells that are numbers there. */
  readonly isNumber?: readonly (readonly boolean[])[]
}

const HEADER_ROWS_MAX = 20

/** Row of the headers, from 1: the first of which most cells are known words, else the first that is filled. */
export function headerRowOf(rows: TableSample['rows']): number {
  let best = -1
  let bestCount = 0
  for (let i = 0; i < Math.min(rows.length, HEADER_ROWS_MAX); i++) {
    const count = rows[i]!.filter((cell) => meaningOf(cell) !== null).length
    if (count > bestCount) {
      best = i
      bestCount = count
    }
  }
  if (best >= 0) return best + 1
  const first = rows.findIndex((row) => row.filter((cell) => cell.trim() !== '').length > 1)
  return first < 0 ? 1 : first + 1
}

/** @param today days since 1970-01-01: no date of a hospital's table lies far ahead */
export function proposeTable(
  sample: TableSample,
  today: number,
  headerRow = headerRowOf(sample.rows),
): ProposedTable {
  const headers = sample.rows[headerRow - 1] ?? []
  const body = sample.rows.slice(headerRow)
  const columns: TableColumn[] = []
  const ambiguousDates: { at: number; forms: DateForm[] }[] = []
  const seen = new Map<string, number>()
  let lastTest: LabTest | null = null
  for (const [at, header] of headers.entries()) {
    const nth = seen.get(header) ?? 0
    seen.set(header, nth + 1)
    const cells = body.map((row) => row[at] ?? '').filter((cell) => !isNothing(cell))
    const column: TableColumn = { header: header.slice(0, 200), nth, field: 'ignore' }
    const meaning: Meaning = lastTest !== null && isUnitOf(header, lastTest) ? 'test.unit' : meaningOf(header)
    if (meaning === null) {
      columns.push(column)
      continue
    }
    if (typeof meaning === 'string') column.field = meaning
    else {
      lastTest = meaning.test
      column.field = 'test'
      column.test = { code: codeOfTest(meaning.test) }
      const unit = meaning.unit
      if (unit !== undefined) column.test.unit = unit
    }
    columns.push(column)
    if (isDateField(column.field)) {
      const forms = formsOf(cells, today)
      if (forms[0] !== undefined) column.date = forms[0]
      if (forms.length > 1) ambiguousDates.push({ at, forms })
    }
  }
  settle(columns)
  const kind = kindOf(columns)
  return {
    layout: { kind, fingerprint: fingerprintOf(headers), headerRow, columns },
    ambiguousDates,
    hazards: hazardsOf(columns, body, sample.isNumber?.slice(headerRow)),
  }
}

type Meaning = TableField | { test: LabTest; unit?: string } | null

/** What a header says: a field, or a test with the unit that stands behind its name. */
function meaningOf(header: string): Meaning {
  if (header.trim() === '') return null
  const field = fieldOfHeader(header)
  if (field !== null) return field
  const test = testOfName(header)
  if (test !== null) return { test }
  const parts = headerWithUnit(header)
  if (parts === null) return null
  const named = testOfName(parts.name)
  // Brackets may hold a unit or just another name.
  if (named !== null)
    return unitUnderstood(named, parts.unit) === null ? { test: named } : { test: named, unit: parts.unit }
  return fieldOfHeader(parts.name)
}

/** Words that mean one thing in one kind of table and another in another. */
function settle(columns: TableColumn[]): void {
  const has = (field: TableField) => columns.some((each) => each.field === field)
  const isLong = has('result.value') && (has('result.code') || has('result.name'))
  const isMedicine = has('medicine.code') || has('medicine.name')
  for (const column of columns) {
    const { field } = column
    if (!isLong && /^result\.(code|name|value|unit|low|high|range|flag)$/.test(field)) {
      column.field = 'ignore'
      delete column.date
    }
    if (!isMedicine && /^medicine\./.test(field)) column.field = 'ignore'
  }
  // Each of these can be in one column only: the first keeps it.
  const once = new Set<TableField>()
  for (const column of columns) {
    const { field } = column
    if (field === 'ignore' || field === 'test' || field === 'test.unit' || REPEATED.has(field)) continue
    if (once.has(field)) {
      column.field = 'ignore'
      delete column.date
    }
    once.add(field)
  }
}

/** Fields of which a table may have several columns. */
export const REPEATED: ReadonlySet<TableField> = new Set<TableField>([
  'ignore',
  'test',
  'test.unit',
  'diagnosis.code',
  'diagnosis.text',
  'diagnosis.onAdmission',
  'procedure.code',
  'procedure.text',
  'medicine.code',
  'medicine.name',
  'visit.note',
])

function kindOf(columns: readonly TableColumn[]): TableKind {
  const has = (field: TableField) => columns.some((each) => each.field === field)
  if (has('result.value') && (has('result.code') || has('result.name'))) return 'results'
  const isOfVisit = columns.some(({ field }) =>
    /^(visit|diagnosis|procedure|medicine|test|claim|bloodPressure)/.test(field),
  )
  return isOfVisit ? 'visits' : 'patients'
}

const CODE_FIELDS: ReadonlySet<TableField> = new Set<TableField>([
  'patient.id',
  'patient.nationalId',
  'patient.phone',
  'visit.id',
  'diagnosis.code',
  'procedure.code',
  'medicine.code',
  'result.code',
])

function hazardsOf(
  columns: readonly TableColumn[],
  body: TableSample['rows'],
  isNumber: TableSample['isNumber'],
): TableHazard[] {
  const hazards: TableHazard[] = []
  for (const [at, { field }] of columns.entries()) {
    if (!CODE_FIELDS.has(field)) continue
    const cells = body.map((row) => row[at] ?? '')
    const mangled = cells.find(isMangledCode)
    if (mangled !== undefined) hazards.push({ at, kind: 'code-turned-into-number', example: mangled })
    const width = lostZeros(cells)
    const short =
      width === null ? undefined : cells.find((cell) => cell.trim() !== '' && cell.trim().length < width)
    if (short !== undefined) hazards.push({ at, kind: 'leading-zeros-lost', example: short })
    const number =
      field === 'diagnosis.code'
        ? cells.findIndex((cell, i) => cell !== '' && isNumber?.[i]?.[at] === true)
        : -1
    if (number >= 0) hazards.push({ at, kind: 'number-in-code-column', example: cells[number]! })
  }
  return hazards
}

/** What a mapping lacks to give visits; empty when it can be used. */
export type MappingGap =
  | { kind: 'no-patient'; table: number }
  | { kind: 'no-date'; table: number }
  | { kind: 'no-result'; table: number }
  | { kind: 'no-date-form'; table: number; header: string }
  | { kind: 'only-patients' }

export function gapsOf(tables: readonly TableLayout[]): MappingGap[] {
  const gaps: MappingGap[] = []
  const visitColumns = tables.some(
    (each) => hasField(each, 'visit.id') && hasField(each, 'patient.id', 'patient.nationalId'),
  )
  for (const [table, layout] of tables.entries()) {
    const knowsPatient = hasField(layout, 'patient.id', 'patient.nationalId')
    // Results may name their visit alone, when another table says whose visit that is.
    if (!knowsPatient && !(layout.kind !== 'patients' && hasField(layout, 'visit.id') && visitColumns))
      gaps.push({ kind: 'no-patient', table })
    if (
      layout.kind === 'visits' &&
      !hasField(layout, 'visit.admission') &&
      !(hasField(layout, 'visit.id') && tables.length > 1)
    )
      gaps.push({ kind: 'no-date', table })
    if (layout.kind === 'results') {
      if (!hasField(layout, 'visit.admission', 'result.collected', 'result.reported', 'visit.id'))
        gaps.push({ kind: 'no-date', table })
      if (!hasField(layout, 'result.value') || !hasField(layout, 'result.code', 'result.name'))
        gaps.push({ kind: 'no-result', table })
    }
    for (const { field, header, date } of layout.columns)
      if (isDateField(field) && date === undefined) gaps.push({ kind: 'no-date-form', table, header })
  }
  if (tables.every(({ kind }) => kind === 'patients')) gaps.push({ kind: 'only-patients' })
  return gaps
}

function hasField(layout: TableLayout, ...fields: readonly TableField[]): boolean {
  return layout.columns.some(({ field }) => fields.includes(field))
}

/** What stands in a table of results and what we know of it: one line for each code or name, the most frequent first. */
export interface FoundTest {
  readonly from: string
  readonly name: string
  readonly count: number
  readonly units: readonly string[]
  readonly proposed: { system: string; code: string; display: string } | null
}

export function testsIn(
  layout: TableLayout,
  body: TableSample['rows'],
  loincShape: (code: string) => boolean,
): FoundTest[] {
  const at = (field: TableField) => layout.columns.findIndex((each) => each.field === field)
  const [codeAt, nameAt, unitAt] = [at('result.code'), at('result.name'), at('result.unit')]
  const found = new Map<string, { name: string; count: number; units: Set<string> }>()
  for (const row of body) {
    const code = codeAt < 0 ? '' : (row[codeAt] ?? '').trim()
    const name = nameAt < 0 ? '' : (row[nameAt] ?? '').trim()
    const from = code === '' ? name : code
    if (from === '') continue
    const entry = found.get(from) ?? { name, count: 0, units: new Set<string>() }
    entry.count++
    const unit = unitAt < 0 ? '' : (row[unitAt] ?? '').trim()
    if (unit !== '' && entry.units.size < 5) entry.units.add(unit)
    found.set(from, entry)
  }
  return [...found]
    .map(([from, { name, count, units }]) => ({
      from,
      name,
      count,
      units: [...units],
      proposed: proposedCode(from, name, loincShape),
    }))
    .sort((a, b) => b.count - a.count || (a.from < b.from ? -1 : 1))
}

/** Only what is certain: the code is a LOINC code, or code or name is one of the words for a test of our table. */
function proposedCode(
  from: string,
  name: string,
  loincShape: (code: string) => boolean,
): FoundTest['proposed'] {
  const test = testOfName(from) ?? testOfName(name) ?? testOfName(headerWithUnit(name)?.name ?? '')
  if (test !== null) return codeOfTest(test)
  if (!loincShape(from)) return null
  const coded = { system: 'http://loinc.org', code: from }
  return { ...coded, display: labTestOf(coded)?.en ?? name }
}

/** Cells of a column that are numbers, of those that say something: whether a column of unknown name may be a test. */
export function numberShare(cells: readonly string[]): number {
  const given = cells.filter((cell) => !isNothing(cell))
  return given.length === 0 ? 0 : given.filter((cell) => readNumber(cell) !== null).length / given.length
}
