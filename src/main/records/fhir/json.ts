/**
 * JSON without loss: numbers keep the text of their source (`7.0` stays `7.0`), texts that a record must not hold are
 * found with their place, and nothing grows without a bound. Our own reader, since `JSON.parse` destroys numbers and
 * the lossless-json package reads a fifth as fast (bench in the test file's header of `json.test.ts`).
 */

/** A number as it was written; JSON's grammar. */
export class Decimal {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

export type Json = null | boolean | string | Decimal | Json[] | JsonObject
export interface JsonObject {
  [key: string]: Json | undefined
}

export type JsonRefusal = 'not-json' | 'too-deep'
export type JsonResult =
  | { kind: 'json'; value: Json; hasBadText: boolean }
  | { kind: 'refused'; reason: JsonRefusal; line: number; column: number }

/** FHIR nests some fifteen levels; extensions of extensions a few more. */
export const JSON_DEPTH_MAX = 64

/**
 * Reads one JSON text. `hasBadText` says that some text somewhere holds a lone surrogate or U+0000, or that an object
 * names a key twice: then `badTextIn` finds the place.
 */
export function readJson(text: string, depthMax = JSON_DEPTH_MAX): JsonResult {
  const reader = new Reader(text, depthMax)
  try {
    return { kind: 'json', value: reader.document(), hasBadText: reader.hasBadText }
  } catch (error) {
    if (!(error instanceof Stop)) throw error
    const before = text.slice(0, reader.at)
    const line = before.split('\n').length
    return { kind: 'refused', reason: error.reason, line, column: reader.at - before.lastIndexOf('\n') }
  }
}

class Stop extends Error {
  readonly reason: JsonRefusal
  constructor(reason: JsonRefusal) {
    super(reason)
    this.reason = reason
  }
}

const QUOTE = 34
const BACKSLASH = 92
const COMMA = 44
const COLON = 58
const OPEN_BRACE = 123
const CLOSE_BRACE = 125
const OPEN_BRACKET = 91
const CLOSE_BRACKET = 93
const DUPLICATE = Symbol('a key was named twice')

class Reader {
  at = 0
  hasBadText = false
  private depth = 0
  private readonly text: string
  private readonly depthMax: number

  constructor(text: string, depthMax: number) {
    this.text = text
    this.depthMax = depthMax
  }

  document(): Json {
    if (this.text.charCodeAt(0) === 0xfeff) this.at = 1
    const value = this.value()
    this.blank()
    if (this.at !== this.text.length) throw new Stop('not-json')
    return value
  }

  /** The next character that is no blank, without taking it; NaN at the end. */
  private blank(): number {
    const { text } = this
    let at = this.at
    let code = text.charCodeAt(at)
    while (code === 32 || code === 10 || code === 13 || code === 9) code = text.charCodeAt(++at)
    this.at = at
    return code
  }

  private value(): Json {
    const code = this.blank()
    if (code === QUOTE) return this.string()
    if (code === OPEN_BRACE) return this.object()
    if (code === OPEN_BRACKET) return this.array()
    if (code === 45 || (code >= 48 && code <= 57)) return this.number()
    if (code === 116) return this.word('true', true)
    if (code === 102) return this.word('false', false)
    if (code === 110) return this.word('null', null)
    throw new Stop('not-json')
  }

  private word<T>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) throw new Stop('not-json')
    this.at += word.length
    return value
  }

  private object(): JsonObject {
    if (++this.depth > this.depthMax) throw new Stop('too-deep')
    const result: JsonObject = {}
    this.at++
    let code = this.blank()
    if (code === CLOSE_BRACE) {
      this.at++
      this.depth--
      return result
    }
    for (;;) {
      if (code !== QUOTE) throw new Stop('not-json')
      const key = this.string()
      if (this.blank() !== COLON) throw new Stop('not-json')
      this.at++
      const value = this.value()
      if (key === '__proto__' || (result[key] !== undefined && Object.hasOwn(result, key))) {
        this.hasBadText = true
        ;(result as Record<symbol, unknown>)[DUPLICATE] = true
      } else result[key] = value
      code = this.blank()
      this.at++
      if (code === CLOSE_BRACE) break
      if (code !== COMMA) {
        this.at--
        throw new Stop('not-json')
      }
      code = this.blank()
    }
    this.depth--
    return result
  }

  private array(): Json[] {
    if (++this.depth > this.depthMax) throw new Stop('too-deep')
    const result: Json[] = []
    this.at++
    if (this.blank() === CLOSE_BRACKET) {
      this.at++
      this.depth--
      return result
    }
    for (;;) {
      result.push(this.value())
      const code = this.blank()
      this.at++
      if (code === CLOSE_BRACKET) break
      if (code !== COMMA) {
        this.at--
        throw new Stop('not-json')
      }
    }
    this.depth--
    return result
  }

  private number(): Decimal {
    const { text } = this
    const start = this.at
    let at = start
    let code = text.charCodeAt(at)
    if (code === 45) code = text.charCodeAt(++at)
    if (code === 48) code = text.charCodeAt(++at)
    else if (code >= 49 && code <= 57) {
      do code = text.charCodeAt(++at)
      while (code >= 48 && code <= 57)
    } else throw new Stop('not-json')
    if (code === 46) {
      code = text.charCodeAt(++at)
      if (!(code >= 48 && code <= 57)) throw new Stop('not-json')
      do code = text.charCodeAt(++at)
      while (code >= 48 && code <= 57)
    }
    if (code === 101 || code === 69) {
      code = text.charCodeAt(++at)
      if (code === 43 || code === 45) code = text.charCodeAt(++at)
      if (!(code >= 48 && code <= 57)) throw new Stop('not-json')
      do code = text.charCodeAt(++at)
      while (code >= 48 && code <= 57)
    }
    this.at = at
    return new Decimal(text.slice(start, at))
  }

  private string(): string {
    const { text } = this
    const start = ++this.at
    let at = start
    for (;;) {
      const code = text.charCodeAt(at)
      if (code === QUOTE) {
        this.at = at + 1
        return text.slice(start, at)
      }
      if (code === BACKSLASH) return this.escaped(start, at)
      // Control characters and, as NaN, the end of the text.
      if (!(code >= 32)) {
        this.at = at
        throw new Stop('not-json')
      }
      if (code >= 0xd800 && code <= 0xdfff) this.checkSurrogates(at)
      at++
    }
  }

  /** The slow way, from the first backslash on. */
  private escaped(start: number, first: number): string {
    const { text } = this
    let result = text.slice(start, first)
    let at = first
    let from = first
    for (;;) {
      const code = text.charCodeAt(at)
      if (code === QUOTE) {
        result += text.slice(from, at)
        this.at = at + 1
        if (!isCleanText(result)) this.hasBadText = true
        return result
      }
      if (!(code >= 32)) {
        this.at = at
        throw new Stop('not-json')
      }
      if (code !== BACKSLASH) {
        at++
        continue
      }
      result += text.slice(from, at)
      const next = text[at + 1]
      const plain = next === undefined ? undefined : ESCAPES[next]
      if (plain !== undefined) {
        result += plain
        at += 2
      } else {
        const hex = text.slice(at + 2, at + 6)
        if (next !== 'u' || !/^[0-9a-fA-F]{4}$/.test(hex)) {
          this.at = at
          throw new Stop('not-json')
        }
        result += String.fromCharCode(parseInt(hex, 16))
        at += 6
      }
      from = at
    }
  }

  /** Raw surrogates come in pairs when the bytes were UTF-8; a text from elsewhere may differ. */
  private checkSurrogates(at: number): void {
    const code = this.text.charCodeAt(at)
    const isHigh = code < 0xdc00
    const other = this.text.charCodeAt(isHigh ? at + 1 : at - 1)
    const isPaired = isHigh ? other >= 0xdc00 && other <= 0xdfff : other >= 0xd800 && other <= 0xdbff
    if (!isPaired) this.hasBadText = true
  }
}

const ESCAPES: Record<string, string | undefined> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}

/** Neither U+0000 nor half a surrogate pair. */
export function isCleanText(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit === 0) return false
    if (unit < 0xd800 || unit > 0xdfff) continue
    const next = text.charCodeAt(i + 1)
    if (unit > 0xdbff || !(next >= 0xdc00 && next <= 0xdfff)) return false
    i++
  }
  return true
}

export type BadText = { path: string; reason: 'text-nul' | 'text-lone-surrogate' | 'duplicate-key' }

/** The first text or key that a record must not hold, with its path below `path`. */
export function badTextIn(value: Json | undefined, path: string): BadText | null {
  if (typeof value === 'string') {
    if (isCleanText(value)) return null
    return { path, reason: value.includes('\u0000') ? 'text-nul' : 'text-lone-surrogate' }
  }
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const found = badTextIn(value[i], `${path}[${i}]`)
      if (found !== null) return found
    }
    return null
  }
  if (value === null || typeof value !== 'object' || value instanceof Decimal) return null
  if ((value as unknown as Record<symbol, unknown>)[DUPLICATE] === true)
    return { path, reason: 'duplicate-key' }
  for (const key of Object.keys(value)) {
    if (!isCleanText(key))
      return { path, reason: key.includes('\u0000') ? 'text-nul' : 'text-lone-surrogate' }
    const found = badTextIn(value[key], `${path}.${key}`)
    if (found !== null) return found
  }
  return null
}

/** JSON text on one line, `Decimal`s as the numbers they are; undefined fields are left out. */
export function writeJson(value: unknown): string {
  if (typeof value === 'string') return writeText(value)
  if (typeof value === 'object' && value !== null) {
    if (value instanceof Decimal) return value.text
    if (Array.isArray(value)) {
      let text = '['
      for (let i = 0; i < value.length; i++) text += i === 0 ? writeJson(value[i]) : `,${writeJson(value[i])}`
      return `${text}]`
    }
    let text = '{'
    const fields = value as Record<string, unknown>
    for (const key of Object.keys(fields)) {
      const field = fields[key]
      if (field === undefined) continue
      if (text.length > 1) text += ','
      text += `${writeText(key)}:${writeJson(field)}`
    }
    return `${text}}`
  }
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  return typeof value === 'number' ? JSON.stringify(value) : 'null'
}

function writeText(text: string): string {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    // Quotation mark, backslash, control characters and surrogates need a closer look.
    if (code === QUOTE || code === BACKSLASH || code < 32 || (code >= 0xd800 && code <= 0xdfff))
      return JSON.stringify(text)
  }
  return `"${text}"`
}
