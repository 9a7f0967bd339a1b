/**
 * A hospital's own tables, by its mapping → visits. Rows are put together by patient (in memory, or sealed on disk where
 * they are many), since one visit may stand in several rows, files and sheets.
 */
import { normaliseNationalId } from '../../shared/domain/national-id.ts'
import {
  fingerprintOf,
  normaliseHeader,
  type TableLayout,
  type TableMapping,
} from '../../shared/domain/table-mapping.ts'
import type { VisitPatient } from '../../shared/domain/visit.ts'
import { cut } from './fhir/reading.ts'
import type { FoundFile } from './find-files.ts'
import { Gathering } from './gather.ts'
import type { SourceEvent } from './import.ts'
import { inspectTable, openTables, type ReadTable, type TextForm } from './table-file.ts'
import { buildVisits, type PatientRow } from './tables/build-visits.ts'
import { folded, isNothing } from './tables/cells.ts'
import { placeLayout, type PlacedLayout } from './tables/layout.ts'
import { hasBrokenText, rowReader, type RowReader } from './tables/row-reader.ts'
import type { AtFacility, CellIssue } from './tables/row.ts'

export interface HospitalOptions {
  readonly mapping: TableMapping
  readonly at: AtFacility
  readonly consentScope: VisitPatient['consent']['scope']
  readonly signal?: AbortSignal
  readonly gatheredBytesMax?: number
}

/** One table of a file, with the layout that its headers have in the mapping. */
interface OpenTable {
  readonly file: string
  readonly bytes: number
  readonly table: ReadTable
  readonly placed: PlacedLayout
  readonly reader: RowReader
}

/** A row on its way: which table, which row, its cells. */
interface Line {
  readonly key: string
  readonly t: number
  readonly r: number
  readonly c: readonly string[]
}

const LINE_FORM = {
  write: (line: Line): string => JSON.stringify([line.key, line.t, line.r, line.c]),
  read(text: string): Line {
    const [key, t, r, c] = JSON.parse(text) as [string, number, number, string[]]
    return { key, t, r, c }
  },
}

/** Persons and visits that may be remembered to find whose row it is. */
const NAMES_MAX = 5_000_000

/** Bytes of `progress` count from 0. */
export async function* readHospitalTables(
  files: readonly FoundFile[],
  options: HospitalOptions,
): AsyncGenerator<SourceEvent, void, void> {
  const totalBytes = files.reduce((sum, { bytes }) => sum + bytes, 0)
  const tables: OpenTable[] = []
  for (const { file, bytes } of files) {
    const opened = await openFile(file, bytes, options)
    if (typeof opened === 'string') {
      yield { kind: 'reject', file, path: '', reason: opened }
      yield { kind: 'progress', bytes: 0, totalBytes, file }
    } else tables.push(...opened)
  }
  // Who a patient is and whose a visit is, before the rows that only name them.
  const order = ['patients', 'visits', 'results']
  tables.sort((a, b) => order.indexOf(a.placed.layout.kind) - order.indexOf(b.placed.layout.kind))
  const gathering = new Gathering<Line>(LINE_FORM, options.gatheredBytesMax)
  const names: Names = { patientOfNationalId: new Map(), patientOfVisit: new Map() }
  let done = 0
  try {
    for (const [t, open] of tables.entries()) {
      for await (const event of gatherTable(open, t, gathering, names)) {
        if (options.signal?.aborted === true) return
        yield event.kind === 'progress' ? { ...event, bytes: done + event.bytes, totalBytes } : event
      }
      done += open.bytes
    }
    for await (const group of gathering.groups()) {
      const byPatient = new Map<string, PatientRow[]>()
      for (const { key, t, r, c } of group) {
        const { file, reader, placed } = tables[t]!
        const row: PatientRow = {
          file: fileName(tables[t]!, file),
          row: r,
          cells: c,
          kind: placed.layout.kind,
          reader,
        }
        const list = byPatient.get(key)
        if (list === undefined) byPatient.set(key, [row])
        else list.push(row)
      }
      for (const rows of byPatient.values()) {
        if (options.signal?.aborted === true) return
        yield* visitsOf(rows, tables, options)
      }
    }
  } finally {
    await gathering.remove()
  }
}

/** Whose rows are whose, where a table says it by another name. */
interface Names {
  readonly patientOfNationalId: Map<string, string>
  readonly patientOfVisit: Map<string, string>
}

/** Sheets of a workbook are named beside the file. */
const fileName = ({ table }: OpenTable, file: string): string =>
  table.sheet === null ? file : `${file}\u0001${table.sheet}`

/** Tables of one file that the mapping knows, or the reason for which none can be read. */
async function openFile(
  file: string,
  bytes: number,
  options: HospitalOptions,
): Promise<OpenTable[] | string> {
  const { mapping, at } = options
  const looked = await inspectTable(file, {
    ...(mapping.encoding === null ? {} : { encoding: mapping.encoding }),
    ...(mapping.delimiter === null ? {} : { delimiter: mapping.delimiter }),
  })
  if (looked.kind === 'refused') return looked.reason
  let form: TextForm | null = looked.form
  // What a byte order mark or UTF-8 itself says is surer than what the mapping remembers.
  const [certain] = looked.guess?.isCertain === true ? looked.guess.possible : []
  if (form !== null && certain !== undefined && certain !== form.encoding)
    form = { ...form, encoding: certain }
  const opened = await openTables(file, form)
  if (typeof opened === 'string') return opened
  const found: OpenTable[] = []
  for (const table of opened) {
    const sample = looked.sheets.find((each) => each.sheet === table.sheet)
    const match = sample === undefined ? null : layoutFor(mapping.tables, sample.rows)
    if (match === null) continue
    const placed = placeLayout(match.layout, match.headers)
    found.push({
      file,
      bytes: Math.round(bytes / opened.length),
      table,
      placed,
      reader: rowReader(placed, { mapping, at }),
    })
  }
  return found.length === 0 ? 'table-not-in-mapping' : found
}

/** By all headers; else a layout of which every column that it uses is there, as when a column was added. */
export function layoutFor(
  layouts: readonly TableLayout[],
  rows: readonly (readonly string[])[],
): { layout: TableLayout; headers: readonly string[] } | null {
  for (const layout of layouts) {
    const headers = rows[layout.headerRow - 1]
    if (headers !== undefined && fingerprintOf(headers) === layout.fingerprint) return { layout, headers }
  }
  for (const layout of layouts) {
    const headers = rows[layout.headerRow - 1]
    if (headers === undefined) continue
    const known = new Set(headers.map(normaliseHeader))
    const used = layout.columns.filter(({ field }) => field !== 'ignore')
    if (used.length > 0 && used.every(({ header }) => known.has(normaliseHeader(header))))
      return { layout, headers }
  }
  return null
}

async function* gatherTable(
  open: OpenTable,
  t: number,
  gathering: Gathering<Line>,
  names: Names,
): AsyncGenerator<SourceEvent, void, void> {
  const { file, table, placed } = open
  const width = placed.headers.length
  const idAt = placed.one('patient.id')?.at
  const nationalAt = placed.one('patient.nationalId')?.at
  const visitAt = placed.one('visit.id')?.at
  const cellAt = (cells: readonly string[], at: number | undefined): string => {
    const cell = at === undefined ? '' : folded(cells[at] ?? '')
    return isNothing(cell) ? '' : cell
  }
  try {
    for await (const { rows, bytes } of table.batches()) {
      for (const { row, cells } of rows) {
        if (row <= placed.layout.headerRow) continue
        const path = rowPath(table.sheet, row)
        if (hasBrokenText(cells)) {
          yield { kind: 'reject', file, path, reason: 'text-not-readable' }
          continue
        }
        if (cells.length > width && cells.slice(width).some((cell) => cell.trim() !== '')) {
          yield { kind: 'reject', file, path, reason: 'columns-shifted' }
          continue
        }
        const id = cellAt(cells, idAt)
        const national = normaliseNationalId(cellAt(cells, nationalAt))
        const visit = cellAt(cells, visitAt)
        let key = id !== '' ? `id|${id}` : national !== '' ? `nid|${national}` : ''
        if (id !== '' && national !== '' && names.patientOfNationalId.size < NAMES_MAX)
          names.patientOfNationalId.set(national, key)
        if (id === '' && national !== '') key = names.patientOfNationalId.get(national) ?? key
        if (key === '' && visit !== '') key = names.patientOfVisit.get(visit) ?? ''
        else if (visit !== '' && names.patientOfVisit.size < NAMES_MAX) names.patientOfVisit.set(visit, key)
        if (key === '') {
          yield {
            kind: 'reject',
            file,
            path,
            reason: visit === '' ? 'no-patient' : 'unresolved-reference',
            detail: visit,
          }
          for (const issue of faultsIn(open.reader, cells))
            yield { kind: 'reject', file, path, reason: issue.reason, ...cellOf(issue) }
          continue
        }
        let size = 100
        for (const cell of cells) size += cell.length + 8
        await gathering.add(key, { key, t, r: row, c: cells }, size)
      }
      yield { kind: 'progress', bytes, totalBytes: 0, file }
    }
  } catch (error) {
    if ((error as Error).message !== 'file-not-readable') throw error
    yield { kind: 'reject', file, path: '', reason: 'file-not-readable' }
  }
}

/** What else is wrong with a row of which nothing is taken, so that whoever corrects it does so once. */
function faultsIn(reader: RowReader, cells: readonly string[]): CellIssue[] {
  const faults: CellIssue[] = []
  const note = (issue: CellIssue): void => void faults.push(issue)
  const issues = { leave: note, warn: note }
  reader.patient(cells, issues)
  reader.parts(cells, reader.visit(cells, issues), issues)
  return faults
}

const rowPath = (sheet: string | null, row: number): string =>
  sheet === null ? `row ${row}` : `${sheet}, row ${row}`

/** The file and the place of a row whose file may carry the name of its sheet. */
function placeOf(file: string, row: number): { file: string; path: string } {
  const mark = file.indexOf('\u0001')
  return mark < 0
    ? { file, path: rowPath(null, row) }
    : { file: file.slice(0, mark), path: rowPath(file.slice(mark + 1), row) }
}

function* visitsOf(
  rows: readonly PatientRow[],
  tables: readonly OpenTable[],
  { mapping, at, consentScope }: HospitalOptions,
): Generator<SourceEvent, void, void> {
  const events: SourceEvent[] = []
  const system = cut(`csv:${mapping.source}`, 200)
  buildVisits(
    rows,
    { source: mapping.source, consentScope, at },
    {
      visit(built) {
        const { file, path } = placeOf(built.file, built.row)
        const fileHash = tables.find((each) => each.file === file)?.table.hash()
        const places = new Map(
          [...built.places].map(([name, { file: from, row, column }]) => [
            name,
            { ...placeOf(from, row), column },
          ]),
        )
        events.push({
          kind: 'visit',
          file,
          fileHash,
          visit: {
            patient: built.patient,
            content: built.content,
            ...(built.memberNumber === null ? {} : { memberNumber: built.memberNumber }),
            ...(built.isConsentAssumed ? { isConsentAssumed: true } : {}),
            origin: {
              kind: 'csv',
              system,
              ...(built.visitNumber === '' ? {} : { sourceId: built.visitNumber }),
              ...(fileHash === undefined ? {} : { fileHash }),
              path: cut(path, 200),
            },
            resourceCount: built.rowCount,
            observationResourceCount: built.content.observations.length,
          },
          sourceName: built.sourceName,
          places,
        })
      },
      reject(from, row, reason, issue) {
        events.push({ kind: 'reject', ...placeOf(from, row), reason, ...cellOf(issue) })
      },
      warn(from, row, issue) {
        const { file, path } = placeOf(from, row)
        events.push({ kind: 'warning', file, reason: issue.reason, count: 1, at: { path, ...cellOf(issue) } })
      },
    },
  )
  yield* events
}

function cellOf(issue: { column?: string; value?: string; suggestion?: string } | undefined) {
  return {
    ...(issue?.column ? { column: issue.column } : {}),
    ...(issue?.value ? { value: cut(issue.value, 200) } : {}),
    ...(issue?.suggestion ? { suggestion: issue.suggestion } : {}),
  }
}
