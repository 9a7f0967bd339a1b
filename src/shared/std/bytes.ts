/**
 * Bytes, without Buffer: the same code runs in the node, in the window and in the offline verifier.
 */
import { Failure } from './failure.ts'

export type Bytes = Uint8Array

export type BytesFailureDetail = { code: 'bad-hex' } | { code: 'bad-utf8' }
export class BytesFailure extends Failure<BytesFailureDetail> {}

// Known to every runtime we use, but to no library of the pure folders.
declare const TextEncoder: { new (): { encode(text: string): Uint8Array<ArrayBuffer> } }
declare const TextDecoder: {
  new (label: string, options: { fatal: boolean; ignoreBOM: boolean }): { decode(bytes: Uint8Array): string }
}
const encoder = new TextEncoder()
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Codes of the two digits of each byte, one after the other. */
const HEX_CODES = /* @__PURE__ */ (() => {
  const codes = new Uint8Array(512)
  for (let byte = 0; byte < 256; byte++) {
    const digits = byte.toString(16).padStart(2, '0')
    codes[2 * byte] = digits.charCodeAt(0)
    codes[2 * byte + 1] = digits.charCodeAt(1)
  }
  return codes
})()
/** Arguments of one call; far below what any runtime takes. */
const HEX_BYTES_AT_ONCE = 1_024
const NOT_HEX = 255
const NIBBLE_OF_CODE = /* @__PURE__ */ (() => {
  const table = new Uint8Array(128).fill(NOT_HEX)
  for (let nibble = 0; nibble < 16; nibble++) {
    const digit = nibble.toString(16)
    table[digit.charCodeAt(0)] = nibble
    table[digit.toUpperCase().charCodeAt(0)] = nibble
  }
  return table
})()

/** Lower-case hexadecimal. */
export function toHex(bytes: Uint8Array): string {
  if (bytes.length <= HEX_BYTES_AT_ONCE) return hexOf(bytes, 0, bytes.length)
  let text = ''
  for (let start = 0; start < bytes.length; start += HEX_BYTES_AT_ONCE)
    text += hexOf(bytes, start, Math.min(start + HEX_BYTES_AT_ONCE, bytes.length))
  return text
}

/** One flat text: adding digit to digit makes a chain of pieces, which every map that it is a key of must join first. */
function hexOf(bytes: Uint8Array, start: number, end: number): string {
  const codes = new Array<number>(2 * (end - start))
  for (let i = start, at = 0; i < end; i++) {
    const byte = 2 * bytes[i]!
    codes[at++] = HEX_CODES[byte]!
    codes[at++] = HEX_CODES[byte + 1]!
  }
  return String.fromCharCode.apply(null, codes)
}

/**
 * Either case, an even number of digits and nothing else.
 * @throws {BytesFailure} `bad-hex`
 */
export function fromHex(text: string): Uint8Array<ArrayBuffer> {
  const bytes = tryFromHex(text)
  if (bytes === null) throw new BytesFailure({ code: 'bad-hex' })
  return bytes
}

/** As `fromHex`, with null for text that is no hexadecimal. */
export function tryFromHex(text: string): Uint8Array<ArrayBuffer> | null {
  if (text.length % 2 !== 0) return null
  const bytes = new Uint8Array(text.length / 2)
  for (let i = 0; i < bytes.length; i++) {
    const high = NIBBLE_OF_CODE[text.charCodeAt(2 * i)] ?? NOT_HEX
    const low = NIBBLE_OF_CODE[text.charCodeAt(2 * i + 1)] ?? NOT_HEX
    if (high === NOT_HEX || low === NOT_HEX) return null
    bytes[i] = high * 16 + low
  }
  return bytes
}

/** Compares public values; its time depends on where they differ, so never use it on secrets. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** Order of the bytes, a prefix first: negative, zero or positive. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = a.length < b.length ? a.length : b.length
  for (let i = 0; i < shared; i++) {
    const difference = a[i]! - b[i]!
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let byteCount = 0
  for (const part of parts) byteCount += part.length
  const whole = new Uint8Array(byteCount)
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

/** UTF-8. A lone surrogate becomes U+FFFD: check `isWellFormedText` first where the text is hashed. */
export function utf8Encode(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text)
}

/**
 * The same memory as a Uint8Array of its own kind. Node's Buffer is one too, but its `slice` shares memory where everybody
 * else's copies: what comes from sockets, files and bindings passes here once.
 */
export function plainBytes(bytes: Uint8Array): Bytes {
  return bytes.constructor === Uint8Array
    ? (bytes as Bytes)
    : new Uint8Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength)
}

/**
 * Strict: refuses overlong forms, surrogates and truncated sequences, and keeps a byte order mark.
 * @throws {BytesFailure} `bad-utf8`
 */
export function utf8Decode(bytes: Uint8Array): string {
  try {
    return strictDecoder.decode(bytes)
  } catch (cause) {
    throw new BytesFailure({ code: 'bad-utf8' }, { cause })
  }
}

/** Whether the text has no lone surrogate, so that its UTF-8 decodes to the same text. */
export function isWellFormedText(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0xd800 || unit > 0xdfff) continue
    if (unit > 0xdbff) return false
    const next = text.charCodeAt(i + 1) // NaN at the end: not a low surrogate
    if (!(next >= 0xdc00 && next <= 0xdfff)) return false
    i++
  }
  return true
}
