/** What the columns of a file of codes mean, and its rows as codes; rows that cannot be one are named. Pure. */
import type { CodeListName, CodeRowProblem, ColumnMap, ColumnRole } from '../../shared/contract/codes.ts'
import { parseDay } from '../../shared/domain/dates.ts'
import { isIcd10Code } from '../../shared/domain/visit-check.ts'
import { CODE_SYSTEMS } from './code-systems.ts'
import type { Row } from './separated-rows.ts'

export interface ListedCode {
  readonly code: string
  readonly en: string
  readonly zh: string
  readonly hint?: string
  readonly parent?: string
  readonly validFrom?: string
  readonly validTo?: string
  /** False for headings, which cannot be claimed. */
  readonly isBillable?: boolean
}

export interface MalformedRow {
  readonly row: number
  readonly problem: CodeRowProblem
  readonly text: string
}

export interface ReadRows {
  readonly codes: readonly ListedCode[]
  readonly malformed: readonly MalformedRow[]
}

/** Its index is made in a thread of its own, which has room for this many. */
export const CODES_MAX = 300_000
const CODE_TEXT_MAX = 32
const NAME_TEXT_MAX = 500
const SHOWN_TEXT_MAX = 80
const GUESSED_FROM_ROWS = 200
/** A column is what most of its cells are: files have faults. */
const MOST = 0.6

/** What people call these columns, in the order in which a heading is tried; longer words first where one holds another. */
const HEADINGS: readonly (readonly [ColumnRole, RegExp])[] = [
  ['parent', /parent|上層|上階|父/],
  ['validFrom', /valid ?from|effective|start|生效|起日|有效起/],
  ['validTo', /valid ?to|expir|end|失效|迄日|停用|有效迄/],
  ['billable', /billable|selectable|leaf|可申報|可計費/],
  ['hint', /hint|dose|usual|劑量|用法|提示/],
  ['zh', /^zh|chinese|中文|^名稱$|繁體|^科別名稱$/],
  ['en', /^en$|^en[-_]|english|英文|title|^name$|description|display|longname|short ?desc/],
  ['code', /^code$|代碼|編碼|代號|^icd|^atc|code/],
]

/** By the first row's words, else by what the columns hold. */
export function guessColumns(
  rows: readonly Row[],
  list: CodeListName,
): { hasHeader: boolean; columns: ColumnMap } {
  const first =
    rows[0]?.cells.map((cell) =>
      cell
        .replace(/^\uFEFF/, '')
        .normalize('NFKC')
        .trim()
        .toLowerCase(),
    ) ?? []
  const named: ColumnMap = {}
  first.forEach((heading, at) => {
    const role =
      heading.length <= 40
        ? HEADINGS.find(([each, pattern]) => named[each] === undefined && pattern.test(heading))?.[0]
        : undefined
    if (role !== undefined) named[role] = at
  })
  if (named.code !== undefined && (named.en !== undefined || named.zh !== undefined))
    return { hasHeader: true, columns: named }
  // A first row that is no code of this list, over rows that are, names its columns in words that we do not know.
  const body = rows.slice(1, GUESSED_FROM_ROWS)
  const columns = columnsByContent(body.length > 0 ? body : rows, list)
  return { hasHeader: isHeading(rows, columns, list), columns }
}

/** Whether the first row names the columns: it has no code where the others do, or no digit where the others have some. */
export function isHeading(rows: readonly Row[], columns: ColumnMap, list: CodeListName): boolean {
  const [first, ...body] = rows.slice(0, GUESSED_FROM_ROWS)
  if (first === undefined || body.length === 0) return false
  if (columns.code !== undefined)
    return !looksLikeCode((first.cells[columns.code] ?? '').trim().toUpperCase(), list)
  const hasDigit = ({ cells }: Row) => cells.some((cell) => /[0-9]/.test(cell))
  return !hasDigit(first) && body.filter(hasDigit).length > body.length * MOST
}

function columnsByContent(rows: readonly Row[], list: CodeListName): ColumnMap {
  const width = Math.max(0, ...rows.map(({ cells }) => cells.length))
  const share = (at: number, test: (cell: string) => boolean) =>
    rows.filter(({ cells }) => test((cells[at] ?? '').normalize('NFKC').trim())).length /
    Math.max(1, rows.length)
  const columns: ColumnMap = {}
  for (let at = 0; at < width; at++) {
    if (columns.code === undefined && share(at, (cell) => looksLikeCode(cell.toUpperCase(), list)) > MOST)
      columns.code = at
    else if (columns.zh === undefined && share(at, (cell) => /\p{Script=Han}/u.test(cell)) > 0.5)
      columns.zh = at
    else if (columns.en === undefined && share(at, (cell) => /[A-Za-z]{3}/.test(cell)) > 0.5) columns.en = at
  }
  return columns
}

const looksLikeCode = (cell: string, list: CodeListName): boolean =>
  list === 'diagnosis'
    ? isIcd10Code(cell)
    : /^[0-9A-Z][0-9A-Z.\-_]{0,15}$/.test(cell) && (/[0-9]/.test(cell) || cell.length <= 4)

/** URI of the classification that codes of this form belong to; the hospital's own where they have another form. */
export function guessSystem(codes: readonly ListedCode[], list: CodeListName, ownSystem: string): string {
  const form = {
    diagnosis: /^[A-Z][0-9][0-9A-Z]{1,5}$/,
    procedure: /^[0-9A-HJ-NP-Z]{7}$/,
    medicine: /^[A-Z][0-9]{2}[A-Z]{2}[0-9]{2}$/,
    department: /^$/,
  }[list]
  const fits = codes.filter(({ code }) => form.test(code)).length
  return fits * 10 >= codes.length * 9 && codes.length > 0 ? CODE_SYSTEMS[list] : ownSystem
}

export function readRows(
  rows: readonly Row[],
  hasHeader: boolean,
  columns: ColumnMap,
  list: CodeListName,
): ReadRows {
  const codes: ListedCode[] = []
  const malformed: MalformedRow[] = []
  const seen = new Set<string>()
  for (const { cells, line } of hasHeader ? rows.slice(1) : rows) {
    if (cells.every((each) => each.trim() === '')) continue
    const read = readRow(cells, columns, list)
    const problem = typeof read === 'string' ? read : seen.has(read.code) ? 'code-twice' : null
    if (problem !== null)
      malformed.push({ row: line, problem, text: cells.join(' | ').slice(0, SHOWN_TEXT_MAX) })
    else if (typeof read !== 'string') {
      seen.add(read.code)
      codes.push(read)
    }
  }
  return { codes, malformed }
}

function readRow(
  cells: readonly string[],
  columns: ColumnMap,
  list: CodeListName,
): ListedCode | CodeRowProblem {
  const cell = (role: ColumnRole) => {
    const at = columns[role]
    return at === undefined
      ? ''
      : (cells[at] ?? '')
          .replace(/^\uFEFF/, '')
          .normalize('NFC')
          .trim()
  }
  const written = cell('code')
  if (written === '') return 'code-missing'
  const code = storedCode(written, list)
  if (code === null) return 'code-malformed'
  const [en, zh] = [cell('en'), cell('zh')]
  if (en === '' && zh === '') return 'name-missing'
  if (Math.max(en.length, zh.length) > NAME_TEXT_MAX) return 'name-too-long'
  const validFrom = readDate(cell('validFrom'))
  const validTo = readDate(cell('validTo'))
  if (validFrom === null || validTo === null) return 'date-malformed'
  const isBillable = readBoolean(cell('billable'))
  if (isBillable === null) return 'billable-malformed'
  const hint = cell('hint')
  const parent = cell('parent') === '' ? null : storedCode(cell('parent'), list)
  return {
    code,
    // Of the two names one may be missing, and then stands for both.
    en: en === '' ? zh : en,
    zh: zh === '' ? en : zh,
    ...(hint === '' ? {} : { hint: hint.slice(0, 100) }),
    ...(parent === null ? {} : { parent }),
    ...(validFrom === '' ? {} : { validFrom }),
    ...(validTo === '' ? {} : { validTo }),
    ...(isBillable === undefined ? {} : { isBillable }),
  }
}

/** As records keep it: ICD-10 in upper case without its dot, any other code as it is written. */
export function storedCode(written: string, list: CodeListName): string | null {
  if (list === 'diagnosis') {
    const code = written.normalize('NFKC').toUpperCase().replace(/[.\s]/g, '')
    return isIcd10Code(code) ? code : null
  }
  const code = written.normalize('NFKC')
  return code.length <= CODE_TEXT_MAX && !/[\p{C}\s]/u.test(code) ? code : null
}

/** YYYY-MM-DD, YYYYMMDD or a date of the Republic (112/05/03, 1120503); empty for none, null for what is no date. */
function readDate(text: string): string | null {
  const plain = text.normalize('NFKC').replace(/[T ].*$/, '')
  if (plain === '') return ''
  const parts =
    /^(\d{2,4})[-/.](\d{1,2})[-/.](\d{1,2})$/.exec(plain) ?? /^(\d{3,4})(\d{2})(\d{2})$/.exec(plain)
  if (parts === null) return null
  const year = Number(parts[1]) + (parts[1]!.length < 4 ? 1911 : 0)
  const date = `${String(year).padStart(4, '0')}-${parts[2]!.padStart(2, '0')}-${parts[3]!.padStart(2, '0')}`
  return parseDay(date) === null ? null : date
}

function readBoolean(text: string): boolean | undefined | null {
  const plain = text.normalize('NFKC').toLowerCase()
  if (plain === '') return undefined
  if (/^(1|y|yes|true|t|是|可)$/.test(plain)) return true
  return /^(0|n|no|false|f|否|不可)$/.test(plain) ? false : null
}
