/**
 * The lines of a file as they stand there, by the places that lists of an import name: a line of NDJSON, a row of a table, a
 * message or a segment of HL7 v2. For whoever corrects them at their source; only of a file that is still what was read.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import Papa from 'papaparse'
import type { TableMapping } from '../../shared/domain/table-mapping.ts'
import { charsetOf, createMessageSplitter } from './hl7v2/split.ts'
import { MESSAGE_BYTES_MAX } from './read-hl7v2.ts'
import { inspectTable, isWorkbook, openTables, RowSplitter, type TextForm } from './table-file.ts'

/** What a cell of a spreadsheet holds: a longer line is cut there, and ends with `…`. */
export const LINE_CHARACTERS_MAX = 32_000

export interface LineQuestion {
  readonly file: string
  readonly path: string
}

type Place =
  | { readonly kind: 'line' | 'row'; readonly number: number; readonly sheet: string | null }
  | { readonly kind: 'message'; readonly number: number; readonly segment: number | null }

/** Where in a file a list means; null for places that are no lines, as the entries of a bundle. */
export function placeOf(path: string): Place | null {
  const message = /^message (\d+)(?:, segment (\d+))?/.exec(path)
  if (message !== null)
    return {
      kind: 'message',
      number: Number(message[1]),
      segment: message[2] === undefined ? null : Number(message[2]),
    }
  const row = /^(?:(.+), )?row (\d+)$/.exec(path)
  if (row !== null) return { kind: 'row', number: Number(row[2]), sheet: row[1] ?? null }
  const line = /^line (\d+)(?![0-9])/.exec(path)
  return line === null ? null : { kind: 'line', number: Number(line[1]), sheet: null }
}

/**
 * A line for each question, or null: no line is meant, the file cannot be read or has changed since (its hash is not among
 * `hashes`, in hex), or the answers are `charactersMax` together.
 */
export async function originalLines(
  questions: readonly LineQuestion[],
  mapping: TableMapping | null,
  hashes: ReadonlySet<string>,
  charactersMax = 32_000_000,
): Promise<(string | null)[]> {
  const answers: (string | null)[] = questions.map(() => null)
  const byFile = new Map<string, { at: number; place: Place }[]>()
  for (const [at, { file, path }] of questions.entries()) {
    const place = placeOf(path)
    if (place === null) continue
    const list = byFile.get(file)
    if (list === undefined) byFile.set(file, [{ at, place }])
    else list.push({ at, place })
  }
  let left = charactersMax
  for (const [file, wanted] of byFile) {
    const kinds = new Set(wanted.map(({ place }) => place.kind))
    const found = new Map<string, string>()
    const wants = new Set(wanted.map(({ place }) => nameOf(place)))
    const keep = (name: string, text: string): void => {
      if (!wants.has(name)) return
      found.set(name, text.length > LINE_CHARACTERS_MAX ? `${text.slice(0, LINE_CHARACTERS_MAX)}…` : text)
    }
    let hash: string | null = null
    try {
      if (kinds.has('row')) hash = await readRows(file, mapping, keep)
      else if (kinds.has('message'))
        hash = await readMessages(
          file,
          wanted.map(({ place }) => place),
          keep,
        )
      else hash = await readLines(file, keep)
    } catch (error) {
      // A file that went away leaves its column empty.
      if (typeof (error as NodeJS.ErrnoException).code !== 'string') throw error
    }
    if (hash === null || !hashes.has(hash)) continue
    for (const { at, place } of wanted) {
      const text = found.get(nameOf(place))
      if (text === undefined || text.length > left) continue
      left -= text.length
      answers[at] = text
    }
  }
  return answers
}

const nameOf = (place: Place): string =>
  place.kind === 'message' ? `${place.number}/${place.segment ?? ''}` : `${place.sheet ?? ''}/${place.number}`

/** Each reader answers the hash of the file. */
type Keep = (name: string, text: string) => void

async function readLines(file: string, keep: Keep): Promise<string> {
  const sum = createHash('sha256')
  let number = 1
  let parts: Buffer[] = []
  let bytes = 0
  const take = (): void => {
    keep(`/${number++}`, new TextDecoder().decode(Buffer.concat(parts)).replace(/\r$/, ''))
    parts = []
    bytes = 0
  }
  for await (const chunk of chunksOf(file)) {
    sum.update(chunk)
    let from = 0
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      parts.push(chunk.subarray(from, end))
      take()
      from = end + 1
    }
    // Of a line beyond what is shown the rest is only counted: four bytes a character at most.
    if (bytes <= 4 * LINE_CHARACTERS_MAX + 4) parts.push(chunk.subarray(from))
    bytes += chunk.length - from
  }
  take()
  return sum.digest('hex')
}

async function readRows(file: string, mapping: TableMapping | null, keep: Keep): Promise<string | null> {
  const looked = await inspectTable(file, {
    ...(mapping?.encoding == null ? {} : { encoding: mapping.encoding }),
    ...(mapping?.delimiter == null ? {} : { delimiter: mapping.delimiter }),
  })
  if (looked.kind === 'refused') return null
  if (isWorkbook(file)) return readSheets(file, keep)
  const [certain] = looked.guess?.isCertain === true ? looked.guess.possible : []
  const form: TextForm = looked.form ?? { encoding: 'utf-8', delimiter: ',' }
  const decoder = new TextDecoder(certain ?? form.encoding)
  const splitter = new RowSplitter(form.delimiter)
  const sum = createHash('sha256')
  let number = 1
  const take = (text: string): void => {
    let from = 0
    if (text === '') return
    Papa.parse<string[]>(text, {
      delimiter: form.delimiter,
      step: ({ meta }) => {
        keep(`/${number++}`, text.slice(from, meta.cursor).replace(/\r?\n$|\r$/, ''))
        from = meta.cursor
      },
    })
    // A text that ends with a line end has an empty last row for the parser.
    if (/[\r\n]$/.test(text)) number--
  }
  for await (const chunk of chunksOf(file)) {
    sum.update(chunk)
    take(splitter.add(decoder.decode(chunk, { stream: true })))
  }
  take(splitter.add(decoder.decode()) + splitter.rest())
  return sum.digest('hex')
}

/** A workbook has no lines: its cells, as a table of text would have them. */
async function readSheets(file: string, keep: Keep): Promise<string | null> {
  const tables = await openTables(file, null)
  if (typeof tables === 'string') return null
  let hash: string | null = null
  for (const table of tables) {
    for await (const { rows } of table.batches())
      for (const { row, cells } of rows) keep(`${table.sheet ?? ''}/${row}`, Papa.unparse([[...cells]]))
    hash = table.hash() ?? hash
  }
  return hash
}

async function readMessages(file: string, places: readonly Place[], keep: Keep): Promise<string> {
  const sum = createHash('sha256')
  const splitter = createMessageSplitter(MESSAGE_BYTES_MAX)
  const wanted = new Set(places.map(({ number }) => number))
  let number = 0
  const take = (messages: ReturnType<typeof splitter.push>): void => {
    for (const { kind, byteText } of messages) {
      if (kind !== 'MSH') continue
      number++
      if (!wanted.has(number)) continue
      const { label } = charsetOf(byteText)
      const text = new TextDecoder(label ?? 'iso-8859-1').decode(Buffer.from(byteText, 'latin1'))
      keep(`${number}/`, text)
      // Segments are counted as the reader of messages does: without empty lines.
      const segments = text.split(/\r\n|\r|\n/).filter((segment) => segment.trim() !== '')
      for (const [i, segment] of segments.entries()) keep(`${number}/${i + 1}`, segment)
    }
  }
  for await (const chunk of chunksOf(file)) {
    sum.update(chunk)
    take(splitter.push(chunk.toString('latin1')))
  }
  take(splitter.end())
  return sum.digest('hex')
}

const chunksOf = (file: string): AsyncIterable<Buffer> =>
  createReadStream(file, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>
