/**
 * Tables on disk: delimited text in the encodings that hospitals use, and workbooks. Rows come in batches with the number
 * that a spreadsheet shows for them; the file is never whole in memory, except a workbook, which is bounded.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, readFile, stat } from 'node:fs/promises'
import Papa from 'papaparse'
import type { TableDelimiter, TableEncoding } from '../../shared/domain/table-mapping.ts'

export const WORKBOOK_BYTES_MAX = 50 * 1024 * 1024
/** What the sheets of a workbook may unpack to: a small file can hold gigabytes of nothing. */
export const UNPACKED_BYTES_MAX = 600 * 1024 * 1024
/** Looked at for encoding, delimiter, headers and proposals. */
const SAMPLE_BYTES = 4 * 1024 * 1024
const SAMPLE_ROWS = 2000
/** A line longer than this is no row of a table. */
const ROW_CHARACTERS_MAX = 8 * 1024 * 1024
const CHUNK_BYTES = 1 << 20

export interface TableRow {
  /** As a spreadsheet numbers it, from 1. */
  readonly row: number
  readonly cells: readonly string[]
}

export interface TextForm {
  readonly encoding: TableEncoding
  readonly delimiter: TableDelimiter
}

export type TableFailure = 'file-not-readable' | 'file-too-large' | 'workbook-not-readable'

export interface TableSheet {
  /** Null of delimited text, which has one table. */
  readonly sheet: string | null
  readonly rows: readonly (readonly string[])[]
  readonly isNumber?: readonly (readonly boolean[])[]
}

export const isTableFile = (path: string): boolean => /\.(csv|tsv|txt|tab|xlsx)$/i.test(path)
export const isWorkbook = (path: string): boolean => /\.xlsx$/i.test(path)

/* What a file is */

export interface EncodingGuess {
  /** Encodings in which the beginning of the file can be read, the likelier first; several means that a person must look. */
  readonly possible: readonly TableEncoding[]
  /** A byte order mark, or UTF-8 that could hardly be anything else. */
  readonly isCertain: boolean
}

export type Inspected =
  | {
      kind: 'table'
      sheets: readonly TableSheet[]
      guess: EncodingGuess | null
      form: TextForm | null
      bytes: number
    }
  | { kind: 'refused'; reason: TableFailure }

/** The first rows of a file. `wanted` overrides what the file seems to be. */
export async function inspectTable(path: string, wanted: Partial<TextForm> = {}): Promise<Inspected> {
  let bytes: number
  try {
    const info = await stat(path)
    if (!info.isFile()) return { kind: 'refused', reason: 'file-not-readable' }
    bytes = info.size
  } catch {
    return { kind: 'refused', reason: 'file-not-readable' }
  }
  if (isWorkbook(path)) {
    const read = await readSheets(path, bytes)
    if (typeof read === 'string') return { kind: 'refused', reason: read }
    const sheets = read.map((each) => ({ ...each, rows: each.rows.slice(0, SAMPLE_ROWS) }))
    return { kind: 'table', sheets, guess: null, form: null, bytes }
  }
  let sample: Uint8Array
  try {
    sample = await readStart(path, SAMPLE_BYTES)
  } catch {
    return { kind: 'refused', reason: 'file-not-readable' }
  }
  const guess = guessEncoding(sample)
  const encoding = wanted.encoding ?? guess.possible[0] ?? 'utf-8'
  const text = new TextDecoder(encoding).decode(sample, { stream: true })
  const delimiter = wanted.delimiter ?? guessDelimiter(text)
  const rows = parse(text, delimiter, SAMPLE_ROWS)
  // The last one may be cut where the sample ends.
  if (bytes > sample.length && rows.length > 1 && rows.length < SAMPLE_ROWS) rows.pop()
  return { kind: 'table', sheets: [{ sheet: null, rows }], guess, form: { encoding, delimiter }, bytes }
}

async function readStart(path: string, length: number): Promise<Uint8Array> {
  const file = await open(path, 'r')
  try {
    const buffer = Buffer.alloc(length)
    let size = 0
    for (;;) {
      const { bytesRead } = await file.read(buffer, size, length - size, size)
      if (bytesRead === 0) break
      size += bytesRead
    }
    return buffer.subarray(0, size)
  } finally {
    await file.close()
  }
}

/** Letters that no text has: what a wrong encoding makes of bytes. */
const STRANGE = /[\ufffd\ue000-\uf8ff\u0080-\u009f\u0000]/g
const HAN = /[\u4e00-\u9fff]/g
/** Of the commonest letters of Chinese, those in both scripts or in traditional script alone. */
const COMMON = /[的一是不年月日人男女生病科診號檢驗血姓名壓院藥門急住身證重高值單位]/g

export function guessEncoding(sample: Uint8Array): EncodingGuess {
  if (sample[0] === 0xef && sample[1] === 0xbb && sample[2] === 0xbf)
    return { possible: ['utf-8'], isCertain: true }
  if (sample[0] === 0xff && sample[1] === 0xfe) return { possible: ['utf-16le'], isCertain: true }
  if (sample[0] === 0xfe && sample[1] === 0xff) return { possible: ['utf-16be'], isCertain: true }
  const zeros = [0, 0]
  const looked = Math.min(sample.length, 4096)
  for (let i = 0; i < looked; i++) if (sample[i] === 0) zeros[i % 2]!++
  // Latin letters in UTF-16 have a zero in every second byte.
  if (zeros[1]! > looked / 8) return { possible: ['utf-16le'], isCertain: false }
  if (zeros[0]! > looked / 8) return { possible: ['utf-16be'], isCertain: false }
  if (isStrictly(sample, 'utf-8')) return { possible: ['utf-8'], isCertain: true }
  const scored = (['big5', 'gb18030'] as const)
    .map((encoding) => ({ encoding, score: plausibility(sample, encoding) }))
    .filter(({ score }) => score !== null)
    .sort((a, b) => b.score! - a.score!)
  return { possible: scored.map(({ encoding }) => encoding), isCertain: false }
}

function isStrictly(sample: Uint8Array, encoding: TableEncoding): boolean {
  try {
    // As a stream: the sample may end within a letter.
    new TextDecoder(encoding, { fatal: true }).decode(sample, { stream: true })
    return true
  } catch {
    return false
  }
}

/** Share of letters that hospital tables use, or null where the bytes are no such text. */
function plausibility(sample: Uint8Array, encoding: TableEncoding): number | null {
  const text = new TextDecoder(encoding).decode(sample, { stream: true })
  // Not the strict decoder: on some runtimes it lets private letters pass.
  if ((text.match(STRANGE)?.length ?? 0) > 0) return null
  const han = text.match(HAN)?.length ?? 0
  return han === 0 ? 0 : (text.match(COMMON)?.length ?? 0) / han
}

const DELIMITERS: readonly TableDelimiter[] = [',', '\t', ';', '|']

/** The one that splits the first rows into the same number of cells, and into most. */
function guessDelimiter(text: string): TableDelimiter {
  let best: TableDelimiter = ','
  let bestScore = 0
  for (const delimiter of DELIMITERS) {
    const counts = parse(text.slice(0, 65_536), delimiter, 30).map((row) => row.length)
    const most = Math.max(0, ...counts)
    if (most < 2) continue
    const same = counts.filter((count) => count === most).length / counts.length
    const score = same * Math.log2(most + 1)
    if (score > bestScore) {
      best = delimiter
      bestScore = score
    }
  }
  return best
}

function parse(text: string, delimiter: TableDelimiter, preview: number): string[][] {
  return Papa.parse<string[]>(text.replace(/^\ufeff/, ''), { delimiter, preview, skipEmptyLines: false }).data
}

/* All rows */

export interface TableBatch {
  readonly rows: readonly TableRow[]
  /** Bytes of the file up to here. */
  readonly bytes: number
}

export interface ReadTable {
  readonly sheet: string | null
  /** @throws {TableReadFailure} */
  batches(): AsyncGenerator<TableBatch, void, void>
  /** SHA-256 of the file, hex; known when it was read to its end. */
  hash(): string | undefined
}

export class TableReadFailure extends Error {}

/** Every table of a file. Empty rows are left out and counted in the numbers. */
export async function openTables(path: string, form: TextForm | null): Promise<ReadTable[] | TableFailure> {
  if (!isWorkbook(path)) return [textTable(path, form ?? { encoding: 'utf-8', delimiter: ',' })]
  let bytes: number
  try {
    bytes = (await stat(path)).size
  } catch {
    return 'file-not-readable'
  }
  const read = await readSheets(path, bytes)
  if (typeof read === 'string') return read
  return read.map(({ sheet, rows, hash }) => ({
    sheet,
    hash: () => hash,
    async *batches() {
      const step = 1000
      for (let from = 0; from < rows.length; from += step) {
        const part = rows.slice(from, from + step).map((cells, i) => ({ row: from + i + 1, cells }))
        const share = Math.min(1, (from + step) / rows.length)
        yield { rows: part.filter(isFilled), bytes: Math.round(bytes * share) }
        // A workbook is in memory: let others have a turn.
        await new Promise((resolve) => setImmediate(resolve))
      }
    },
  }))
}

const isFilled = ({ cells }: TableRow): boolean => cells.some((cell) => cell.trim() !== '')

function textTable(path: string, { encoding, delimiter }: TextForm): ReadTable {
  let hash: string | undefined
  return {
    sheet: null,
    hash: () => hash,
    async *batches() {
      const sum = createHash('sha256')
      const decoder = new TextDecoder(encoding)
      const splitter = new RowSplitter(delimiter)
      let bytes = 0
      let row = 0
      const rowsOf = (text: string): TableRow[] => {
        if (text === '') return []
        const { data } = Papa.parse<string[]>(text, { delimiter, skipEmptyLines: false })
        // A text that ends with a line end has an empty last row.
        if (/[\r\n]$/.test(text) && data.length > 0 && data[data.length - 1]!.join('') === '') data.pop()
        return data.map((cells) => ({ row: ++row, cells })).filter(isFilled)
      }
      try {
        for await (const chunk of createReadStream(path, {
          highWaterMark: CHUNK_BYTES,
        }) as AsyncIterable<Buffer>) {
          sum.update(chunk)
          bytes += chunk.length
          const rows = rowsOf(splitter.add(decoder.decode(chunk, { stream: true })))
          if (rows.length > 0) yield { rows, bytes }
        }
      } catch (error) {
        throw new TableReadFailure('file-not-readable', { cause: error })
      }
      const rows = rowsOf(splitter.add(decoder.decode()) + splitter.rest())
      hash = sum.digest('hex')
      if (rows.length > 0) yield { rows, bytes }
    },
  }
}

/** Cuts text behind rows that are whole: line ends within quotation marks are part of a cell. */
export class RowSplitter {
  private readonly delimiter: number
  private kept = ''
  private scanned = 0
  private isQuoted = false
  private isStart = true

  constructor(delimiter: string) {
    this.delimiter = delimiter.charCodeAt(0)
  }

  /** The whole rows that the text completes. */
  add(text: string): string {
    this.kept += text
    const { kept } = this
    let end = 0
    for (let i = this.scanned; i < kept.length; i++) {
      const code = kept.charCodeAt(i)
      if (this.isQuoted) {
        if (code === 34) {
          // Two marks stand for one; the second opens again what the first closed.
          this.isQuoted = false
          this.isStart = true
        }
        continue
      }
      if (code === 34 && this.isStart) this.isQuoted = true
      else if (code === 10) end = i + 1
      this.isStart = code === this.delimiter || code === 10 || code === 13 || (code === 0xfeff && i === 0)
    }
    this.scanned = kept.length
    // A mark that is never closed must not swallow the file.
    if (end === 0 && kept.length > ROW_CHARACTERS_MAX) {
      end = kept.lastIndexOf('\n') + 1
      this.isQuoted = false
    }
    if (end === 0) return ''
    this.kept = kept.slice(end)
    this.scanned -= end
    return kept.slice(0, end)
  }

  rest(): string {
    const { kept } = this
    this.kept = ''
    return kept
  }
}

/* Workbooks */

interface Sheet {
  sheet: string
  rows: string[][]
  isNumber: boolean[][]
  hash: string
}

/** A number as the workbook writes it: `7.10` stays what it is in the file. */
class WorkbookNumber {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

async function readSheets(path: string, bytes: number): Promise<Sheet[] | TableFailure> {
  if (bytes > WORKBOOK_BYTES_MAX) return 'file-too-large'
  let content: Buffer
  try {
    content = await readFile(path)
  } catch {
    return 'file-not-readable'
  }
  if (unpackedBytes(content) > UNPACKED_BYTES_MAX) return 'file-too-large'
  // With the first workbook: every other import would pay for it at its start.
  const { default: readWorkbook } = await import('read-excel-file/node')
  try {
    const sheets = await readWorkbook<WorkbookNumber>(content, {
      trim: false,
      parseNumber: (text) => new WorkbookNumber(text),
    })
    const hash = createHash('sha256').update(content).digest('hex')
    return sheets.map(({ sheet, data }) => {
      const cells = data as unknown as readonly (readonly unknown[])[]
      return {
        sheet,
        rows: cells.map((row) => row.map(cellText)),
        isNumber: cells.map((row) => row.map((cell) => cell instanceof WorkbookNumber)),
        hash,
      }
    })
  } catch {
    return 'workbook-not-readable'
  }
}

function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return ''
  if (typeof cell === 'string') return cell
  if (cell instanceof WorkbookNumber) return cell.text
  if (typeof cell === 'boolean') return cell ? 'TRUE' : 'FALSE'
  if (cell instanceof Date && !Number.isNaN(cell.getTime())) {
    // The workbook's own civil time, which the reader puts into UTC.
    const text = cell.toISOString()
    return text.slice(11, 19) === '00:00:00'
      ? text.slice(0, 10)
      : `${text.slice(0, 10)} ${text.slice(11, 19)}`
  }
  return ''
}

/** Sum of the sizes that the archive's directory declares. */
function unpackedBytes(archive: Buffer): number {
  let sum = 0
  for (let at = archive.indexOf('PK\u0001\u0002', 0, 'latin1'); at >= 0 && at + 46 <= archive.length;) {
    sum += archive.readUInt32LE(at + 24)
    at = archive.indexOf('PK\u0001\u0002', at + 46, 'latin1')
  }
  return sum
}
