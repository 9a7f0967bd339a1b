import { StatsFailure } from '../failure.ts'

/**
 * Columns of a comma-separated file (RFC 4180, UTF-8): read from its bytes in one pass, keeping only the columns that a
 * model names.
 */
export interface CsvColumns {
  rowCount: number
  header: readonly string[]
  columns: ReadonlyMap<string, CsvColumn>
}

/** A column as read: numbers where the text is one, and the text of the others. */
export interface CsvColumn {
  /** NaN where missing or not a number. */
  numbers: Float64Array
  /** 0: number, 1: missing (empty, NA), 2: text, 3: not finite (NaN, Inf). */
  kinds: Uint8Array
  /** Text of rows that are not plain numbers; shared strings. */
  texts: ReadonlyMap<number, string>
}

const QUOTE = 34
const COMMA = 44
const NEWLINE = 10
const RETURN = 13

/**
 * @param bytes the file
 * @param wanted names of the columns to keep, or all
 * @param isLabel columns whose text is kept as it stands: a group `007` is no number, and one called `NA` is not missing
 * @throws {StatsFailure} `unknown-column`, `bad-table` (a row with another number of fields, an open quote, no header)
 */
export function readCsvColumns(
  bytes: Uint8Array,
  wanted: readonly string[] | 'all',
  isLabel: (name: string) => boolean = () => false,
): CsvColumns {
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  const end = bytes.length
  const header: string[] = []
  let isLast = false
  // Header.
  while (!isLast) {
    const field = readField(bytes, at, end, 0)
    header.push(field.text.trim())
    at = field.next
    isLast = field.isLineEnd
  }
  if (header.length === 1 && header[0] === '')
    throw new StatsFailure({ code: 'bad-table', row: 0, reason: 'empty-file' })
  const seen = new Set<string>()
  for (const name of header) {
    if (seen.has(name))
      throw new StatsFailure({ code: 'bad-table', row: 0, reason: `duplicate-column ${name}` })
    seen.add(name)
  }
  const isWanted = (name: string): boolean => wanted === 'all' || wanted.includes(name)
  for (const name of wanted === 'all' ? [] : wanted) {
    if (!seen.has(name)) throw new StatsFailure({ code: 'unknown-column', column: name })
  }
  // Lines bound the number of rows.
  let capacity = 1
  for (let i = at; i < end; i++) if (bytes[i] === NEWLINE) capacity++
  const builders = header.map((name) =>
    isWanted(name)
      ? {
          numbers: new Float64Array(capacity),
          kinds: new Uint8Array(capacity),
          texts: new Map<number, string>(),
          isLabel: isLabel(name),
        }
      : null,
  )
  const shared = new Map<string, string>()
  let row = 0
  while (at < end) {
    // A blank line at the end of the file is not a row.
    if (bytes[at] === NEWLINE || (bytes[at] === RETURN && bytes[at + 1] === NEWLINE)) {
      if (header.length > 1 || at + 2 >= end) {
        at += bytes[at] === RETURN ? 2 : 1
        continue
      }
    }
    isLast = false
    let column = 0
    while (!isLast) {
      if (column >= header.length)
        throw new StatsFailure({ code: 'bad-table', row: row + 1, reason: 'too-many-fields' })
      const builder = builders[column]!
      const fast = builder?.isLabel === false ? plainNumber(bytes, at, end) : -1
      if (builder && fast >= 0) {
        builder.numbers[row] = NUMBER
        at = fast
        isLast = at >= end || bytes[at] !== COMMA
        at = skipSeparator(bytes, at, end)
      } else {
        const field = readField(bytes, at, end, row + 1)
        if (builder?.isLabel === true) storeText(builder, row, field.text, shared)
        else if (builder) store(builder, row, field.text, shared)
        at = field.next
        isLast = field.isLineEnd
      }
      column++
    }
    if (column < header.length)
      throw new StatsFailure({ code: 'bad-table', row: row + 1, reason: 'too-few-fields' })
    row++
  }
  const columns = new Map<string, CsvColumn>()
  header.forEach((name, i) => {
    const b = builders[i]
    if (b)
      columns.set(name, {
        numbers: b.numbers.subarray(0, row),
        kinds: b.kinds.subarray(0, row),
        texts: b.texts,
      })
  })
  return { rowCount: row, header, columns }
}

let NUMBER = 0

/** Powers of ten that are exact. */
const TENS = Float64Array.from({ length: 23 }, (_, k) => Number(`1e${k}`))

/**
 * Reads a plain decimal of at most 15 digits, exact by one division; -1 for anything else. Returns where it ends and
 * leaves the value in NUMBER.
 */
function plainNumber(bytes: Uint8Array, from: number, end: number): number {
  let at = from
  let sign = 1
  if (bytes[at] === 45) {
    sign = -1
    at++
  }
  let value = 0
  let digits = 0
  let decimals = -1
  for (; at < end; at++) {
    const c = bytes[at]!
    if (c >= 48 && c <= 57) {
      value = value * 10 + (c - 48)
      digits++
      if (decimals >= 0) decimals++
    } else if (c === 46 && decimals < 0) {
      decimals = 0
    } else {
      break
    }
  }
  if (digits === 0 || digits > 15) return -1
  if (at < end && bytes[at] !== COMMA && bytes[at] !== NEWLINE && bytes[at] !== RETURN) return -1
  NUMBER = sign * (decimals > 0 ? value / TENS[decimals]! : value)
  return at
}

function skipSeparator(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return end
  if (bytes[at] === COMMA || bytes[at] === NEWLINE) return at + 1
  return bytes[at + 1] === NEWLINE ? at + 2 : at + 1
}

function readField(
  bytes: Uint8Array,
  from: number,
  end: number,
  row: number,
): { text: string; next: number; isLineEnd: boolean } {
  let at = from
  if (bytes[at] === QUOTE) {
    const parts: string[] = []
    let begin = ++at
    for (;;) {
      if (at >= end) throw new StatsFailure({ code: 'bad-table', row, reason: 'open-quote' })
      if (bytes[at] === QUOTE) {
        parts.push(decode(bytes, begin, at))
        if (bytes[at + 1] !== QUOTE) break
        parts.push('"')
        at += 2
        begin = at
      } else {
        at++
      }
    }
    at++
    if (at < end && bytes[at] !== COMMA && bytes[at] !== NEWLINE && bytes[at] !== RETURN) {
      throw new StatsFailure({ code: 'bad-table', row, reason: 'text-after-quote' })
    }
    return {
      text: parts.join(''),
      next: skipSeparator(bytes, at, end),
      isLineEnd: at >= end || bytes[at] !== COMMA,
    }
  }
  while (at < end && bytes[at] !== COMMA && bytes[at] !== NEWLINE && bytes[at] !== RETURN) at++
  return {
    text: decode(bytes, from, at),
    next: skipSeparator(bytes, at, end),
    isLineEnd: at >= end || bytes[at] !== COMMA,
  }
}

function decode(bytes: Uint8Array, from: number, to: number): string {
  let out = ''
  for (let i = from; i < to;) {
    const a = bytes[i]!
    if (a < 0x80) {
      out += String.fromCharCode(a)
      i++
      continue
    }
    const length = a >= 0xf0 ? 4 : a >= 0xe0 ? 3 : 2
    let point = a & (0xff >> (length + 1))
    for (let k = 1; k < length; k++) point = (point << 6) | (bytes[i + k]! & 0x3f)
    out += point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd'
    i += length
  }
  return out
}

interface Builder {
  numbers: Float64Array
  kinds: Uint8Array
  texts: Map<number, string>
}

const NUMERIC = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/
const NOT_FINITE = /^[+-]?(nan|inf|infinity)$/i

function storeText(builder: Builder, row: number, raw: string, shared: Map<string, string>): void {
  const text = raw.trim()
  builder.numbers[row] = NaN
  builder.kinds[row] = text === '' ? 1 : 2
  if (text === '') return
  const same = shared.get(text) ?? text
  shared.set(same, same)
  builder.texts.set(row, same)
}

function store(builder: Builder, row: number, raw: string, shared: Map<string, string>): void {
  const text = raw.trim()
  if (text === '' || text === 'NA') {
    builder.numbers[row] = NaN
    builder.kinds[row] = 1
    return
  }
  if (NUMERIC.test(text)) {
    const value = Number(text)
    builder.numbers[row] = value
    if (value - value !== 0) {
      builder.kinds[row] = 3
      builder.texts.set(row, text)
    }
    return
  }
  builder.numbers[row] = NaN
  builder.kinds[row] = NOT_FINITE.test(text) ? 3 : 2
  let same = shared.get(text)
  if (same === undefined) {
    same = text
    shared.set(text, text)
  }
  builder.texts.set(row, same)
}
