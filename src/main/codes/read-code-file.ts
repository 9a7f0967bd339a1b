/**
 * A file with codes as a table: CSV and TSV (also packed with gzip; UTF-8, UTF-16 or Big5), XLSX, and a FHIR CodeSystem.
 * What its columns mean is decided in `code-rows.ts`.
 */
import { readFile, stat } from 'node:fs/promises'
import { gunzip } from 'node:zlib'
import { promisify } from 'node:util'
import type { CodeFileRefusal, ColumnMap } from '../../shared/contract/codes.ts'
import { codeSystemTable } from './code-system-table.ts'
import { rowsOf, separatorOf, type Row } from './separated-rows.ts'

export interface CodeTable {
  readonly format: 'csv' | 'tsv' | 'xlsx' | 'fhir'
  readonly encoding: string
  readonly rows: readonly Row[]
  /** What a FHIR CodeSystem says of itself. */
  readonly edition?: string
  readonly system?: string
  readonly columns?: ColumnMap
}

export type ReadCodeFile =
  | { readonly kind: 'read'; readonly table: CodeTable }
  | { readonly kind: 'refused'; readonly reason: CodeFileRefusal }

/** A full ICD-10-CM with names in two languages is 15 MB. */
export const CODE_FILE_BYTES_MAX = 64 * 1024 * 1024
const UNPACKED_BYTES_MAX = 192 * 1024 * 1024

export async function readCodeFile(path: string): Promise<ReadCodeFile> {
  let bytes: Uint8Array
  try {
    if ((await stat(path)).size > CODE_FILE_BYTES_MAX) return refused('too-large')
    bytes = await readFile(path)
  } catch {
    return refused('unreadable')
  }
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    try {
      bytes = await promisify(gunzip)(bytes, { maxOutputLength: UNPACKED_BYTES_MAX })
    } catch (error) {
      return refused(
        (error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE' ? 'too-large' : 'unreadable',
      )
    }
  }
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return readWorkbook(bytes)
  const decoded = decode(bytes)
  if (decoded === null) return refused('unreadable')
  const { text, encoding } = decoded
  if (/^\s*\{/.test(text.slice(0, 200))) {
    const table = codeSystemTable(text)
    return table === null
      ? refused('unreadable')
      : { kind: 'read', table: { ...table, format: 'fhir', encoding } }
  }
  const separator = separatorOf(text)
  const rows = rowsOf(text, separator)
  return { kind: 'read', table: { format: separator === '\t' ? 'tsv' : 'csv', encoding, rows } }
}

async function readWorkbook(bytes: Uint8Array): Promise<ReadCodeFile> {
  const { default: readExcel } = await import('read-excel-file/node')
  try {
    const sheets = await readExcel(Buffer.from(bytes))
    const rows = (sheets[0]?.data ?? []).map((cells, i) => ({ cells: cells.map(cellText), line: i + 1 }))
    return { kind: 'read', table: { format: 'xlsx', encoding: '', rows } }
  } catch {
    return refused('unreadable')
  }
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (value instanceof Date) return value.toISOString().slice(0, 10)
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : ''
}

/** A file with a mark says what it is; else UTF-8 if it is that without a fault, else the Big5 of Taiwan's systems. */
function decode(bytes: Uint8Array): { text: string; encoding: string } | null {
  const marked =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? 'utf-16le'
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : null
  for (const encoding of marked === null ? ['utf-8', 'big5'] : [marked]) {
    try {
      const text = new TextDecoder(encoding, { fatal: true }).decode(bytes)
      // Bytes that are no text at all pass for Big5 now and then; a table never has these.
      if (/[\0\x01-\x08\x0e-\x1f]/.test(text.slice(0, 100_000))) return null
      return { text, encoding }
    } catch {
      continue
    }
  }
  return null
}

function refused(reason: CodeFileRefusal): ReadCodeFile {
  return { kind: 'refused', reason }
}
