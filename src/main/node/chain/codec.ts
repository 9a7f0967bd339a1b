/**
 * Deterministic CBOR (RFC 8949 section 4.2.1), only what the chain uses: integers |n| < 2^53, byte strings, NFC text,
 * arrays and null (docs/spec/record-format.md section 1). Everything that is hashed or signed passes through here.
 *
 * Written for this subset, so that one pass decides strictness (what decodes, encodes to the same bytes), fields can be
 * hashed where they lie, and no option of a library can loosen it. cborg is the oracle in the tests.
 */
import { assert } from '../../../shared/std/assert.ts'
import { plainBytes, utf8Decode } from '../../../shared/std/bytes.ts'
import { Failure } from '../../../shared/std/failure.ts'
import { isNormalC } from './normal-form.ts'

export type Cbor = number | string | Uint8Array | null | readonly Cbor[]

export type CodecReason =
  | 'truncated'
  | 'trailing-bytes'
  | 'not-shortest'
  | 'type-not-allowed'
  | 'number-too-large'
  | 'text-not-utf8'
  | 'text-not-nfc'
  | 'text-with-nul'
  | 'too-deep'

export type Decoded =
  { kind: 'decoded'; value: Cbor } | { kind: 'refused'; reason: CodecReason; offset: number }

export type CodecFailureDetail = { code: 'text-lone-surrogate' | 'text-with-nul' | 'text-not-nfc' }
/** A text that cannot be encoded. What comes from outside is checked by `textProblem` before it gets here. */
export class CodecFailure extends Failure<CodecFailureDetail> {}

const DEPTH_MAX = 16
const NULL = 0xf6

/**
 * The bytes of a value.
 * @throws {CodecFailure} for a text that is no NFC text, has a lone surrogate or U+0000
 */
export function encode(value: Cbor): Uint8Array {
  const writer = shared ?? new Writer(SHARED_BYTES)
  shared = null
  writer.write(value)
  const bytes = writer.take()
  // What is encoded may be secret: no copy of it stays behind.
  writer.clear()
  if (writer.bytes.length === SHARED_BYTES) shared = writer
  return bytes
}

/** One piece of memory for all small values; away while it is in use, and lost where a text throws. */
let shared: Writer | null = null
const SHARED_BYTES = 8_192

/** The value of the bytes, iff they are its one encoding. Byte strings are copies. */
export function decode(bytes: Uint8Array): Decoded {
  const reader = new Reader(bytes)
  const value = reader.read(0)
  if (reader.reason !== null) return { kind: 'refused', reason: reader.reason, offset: reader.offset }
  if (reader.offset !== bytes.length)
    return { kind: 'refused', reason: 'trailing-bytes', offset: reader.offset }
  return { kind: 'decoded', value }
}

/** The value, or null for anything that is not exactly one canonical encoding (null itself included). */
export function tryDecode(bytes: Uint8Array): Cbor {
  const decoded = decode(bytes)
  return decoded.kind === 'decoded' ? decoded.value : null
}

/** Why a text cannot be part of a record, or null where it can. */
export function textProblem(text: string): CodecFailureDetail['code'] | null {
  let isAscii = true
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit === 0) return 'text-with-nul'
    if (unit < 0x80) continue
    isAscii = false
    if (unit < 0xd800 || unit > 0xdfff) continue
    const next = text.charCodeAt(i + 1)
    if (unit > 0xdbff || !(next >= 0xdc00 && next <= 0xdfff)) return 'text-lone-surrogate'
    i++
  }
  return isAscii || isNormalC(text) ? null : 'text-not-nfc'
}

/**
 * Writes values one after the other. `mark` and `bytes` let a caller hash what it has just written without encoding
 * it again.
 */
export class Writer {
  bytes: Uint8Array
  length = 0

  constructor(capacity = 256) {
    this.bytes = new Uint8Array(capacity)
  }

  /** A copy of what was written. */
  take(): Uint8Array {
    return this.bytes.slice(0, this.length)
  }

  clear(): void {
    this.bytes.fill(0, 0, this.length)
    this.length = 0
  }

  write(value: Cbor): void {
    if (value === null) this.writeByte(NULL)
    else if (typeof value === 'number') this.writeInteger(value)
    else if (typeof value === 'string') this.writeText(value)
    else if (value instanceof Uint8Array) this.writeBytes(value)
    else {
      this.writeArrayHead(value.length)
      for (let i = 0; i < value.length; i++) this.write(value[i]!)
    }
  }

  writeArrayHead(length: number): void {
    this.writeHead(0x80, length)
  }

  writeInteger(value: number): void {
    assert(Number.isSafeInteger(value), 'only integers below 2^53 are encoded')
    if (value >= 0) this.writeHead(0x00, value)
    else this.writeHead(0x20, -1 - value)
  }

  writeBytes(value: Uint8Array): void {
    this.writeHead(0x40, value.length)
    this.reserve(value.length)
    this.bytes.set(value, this.length)
    this.length += value.length
  }

  writeText(text: string): void {
    const units = text.length
    this.reserve(9 + 3 * units)
    // Short ASCII, by far the most: one pass, straight into place.
    if (units < 24) {
      const start = this.length
      const bytes = this.bytes
      let i = 0
      for (; i < units; i++) {
        const unit = text.charCodeAt(i)
        if (unit === 0 || unit > 0x7f) break
        bytes[start + 1 + i] = unit
      }
      if (i === units) {
        bytes[start] = 0x60 | units
        this.length = start + 1 + units
        return
      }
    }
    this.writeHead(0x60, utf8Length(text))
    this.length = writeUtf8(text, this.bytes, this.length)
  }

  private writeByte(byte: number): void {
    this.reserve(1)
    this.bytes[this.length++] = byte
  }

  private writeHead(major: number, argument: number): void {
    this.reserve(9)
    const bytes = this.bytes
    if (argument < 24) bytes[this.length++] = major | argument
    else if (argument < 0x100) {
      bytes[this.length++] = major | 24
      bytes[this.length++] = argument
    } else if (argument < 0x10000) {
      bytes[this.length++] = major | 25
      bytes[this.length++] = argument >> 8
      bytes[this.length++] = argument & 0xff
    } else if (argument < 0x100000000) {
      bytes[this.length++] = major | 26
      this.writeUint32(argument)
    } else {
      bytes[this.length++] = major | 27
      this.writeUint32(Math.floor(argument / 0x100000000))
      this.writeUint32(argument % 0x100000000)
    }
  }

  private writeUint32(value: number): void {
    const bytes = this.bytes
    bytes[this.length++] = (value >>> 24) & 0xff
    bytes[this.length++] = (value >>> 16) & 0xff
    bytes[this.length++] = (value >>> 8) & 0xff
    bytes[this.length++] = value & 0xff
  }

  private reserve(byteCount: number): void {
    if (this.length + byteCount <= this.bytes.length) return
    const larger = new Uint8Array(2 * (this.length + byteCount))
    larger.set(this.bytes.subarray(0, this.length))
    this.bytes = larger
  }
}

/** Bytes of the UTF-8 of a text that has no lone surrogate. @throws {CodecFailure} */
function utf8Length(text: string): number {
  const problem = textProblem(text)
  if (problem !== null) throw new CodecFailure({ code: problem })
  let length = text.length
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) continue
    if (unit < 0x800) length += 1
    else if (unit >= 0xd800 && unit <= 0xdfff) {
      length += 2
      i++
    } else length += 2
  }
  return length
}

/** Returns the offset behind the last byte. The text was checked by `utf8Length`. */
function writeUtf8(text: string, bytes: Uint8Array, start: number): number {
  let offset = start
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) bytes[offset++] = unit
    else if (unit < 0x800) {
      bytes[offset++] = 0xc0 | (unit >> 6)
      bytes[offset++] = 0x80 | (unit & 0x3f)
    } else if (unit >= 0xd800 && unit <= 0xdfff) {
      const point = 0x10000 + ((unit - 0xd800) << 10) + (text.charCodeAt(++i) - 0xdc00)
      bytes[offset++] = 0xf0 | (point >> 18)
      bytes[offset++] = 0x80 | ((point >> 12) & 0x3f)
      bytes[offset++] = 0x80 | ((point >> 6) & 0x3f)
      bytes[offset++] = 0x80 | (point & 0x3f)
    } else {
      bytes[offset++] = 0xe0 | (unit >> 12)
      bytes[offset++] = 0x80 | ((unit >> 6) & 0x3f)
      bytes[offset++] = 0x80 | (unit & 0x3f)
    }
  }
  return offset
}

/**
 * Reads values one after the other. After a refusal `reason` is set, `offset` stays where it happened and every further
 * read gives null, so callers may check once at the end.
 */
export class Reader {
  readonly bytes: Uint8Array
  offset: number
  reason: CodecReason | null = null

  constructor(bytes: Uint8Array, offset = 0) {
    this.bytes = plainBytes(bytes)
    this.offset = offset
  }

  read(depth = 0): Cbor {
    if (this.reason !== null) return null
    const first = this.bytes[this.offset]
    if (first === undefined) return this.refuse('truncated')
    if (first === NULL) {
      this.offset++
      return null
    }
    const major = first >> 5
    if (major > 4) return this.refuse('type-not-allowed')
    const argument = this.readArgument()
    if (argument < 0) return null
    switch (major) {
      case 0:
        return argument
      case 1:
        return argument === Number.MAX_SAFE_INTEGER ? this.refuse('number-too-large') : -1 - argument
      case 2:
        return this.takeBytes(argument)
      case 3:
        return this.takeText(argument)
      default:
        return this.takeArray(argument, depth)
    }
  }

  /** The length of the array that starts here, or -1. */
  readArrayHead(): number {
    if (this.reason !== null) return -1
    const first = this.bytes[this.offset]
    if (first === undefined) return this.fail('truncated')
    if (first >> 5 !== 4) return this.fail('type-not-allowed')
    const length = this.readArgument()
    return length > this.bytes.length - this.offset ? this.fail('truncated') : length
  }

  private takeArray(length: number, depth: number): Cbor {
    if (depth >= DEPTH_MAX) return this.refuse('too-deep')
    // Each element has at least one byte, so a lying length costs no memory.
    if (length > this.bytes.length - this.offset) return this.refuse('truncated')
    const values: Cbor[] = []
    for (let i = 0; i < length; i++) {
      values.push(this.read(depth + 1))
      if (this.reason !== null) return null
    }
    return values
  }

  private takeBytes(length: number): Cbor {
    if (length > this.bytes.length - this.offset) return this.refuse('truncated')
    const value = this.bytes.slice(this.offset, this.offset + length)
    this.offset += length
    return value
  }

  private takeText(length: number): Cbor {
    const bytes = this.bytes
    const start = this.offset
    if (length > bytes.length - start) return this.refuse('truncated')
    let isAscii = true
    for (let i = start; i < start + length; i++) {
      if (bytes[i] === 0) return this.refuse('text-with-nul')
      if (bytes[i]! > 0x7f) {
        isAscii = false
        break
      }
    }
    let text = ''
    if (isAscii && length <= ASCII_LOOP_MAX) {
      for (let i = start; i < start + length; i++) text += String.fromCharCode(bytes[i]!)
    } else {
      try {
        text = utf8Decode(bytes.subarray(start, start + length))
      } catch {
        return this.refuse('text-not-utf8')
      }
      if (!isAscii) {
        // UTF-8 that decodes strictly has no lone surrogates.
        if (text.includes('\0')) return this.refuse('text-with-nul')
        if (!isNormalC(text)) return this.refuse('text-not-nfc')
      }
    }
    this.offset = start + length
    return text
  }

  /** The argument of the head at `offset`, moving behind it; -1 after a refusal. */
  private readArgument(): number {
    const bytes = this.bytes
    const start = this.offset
    const short = bytes[start]! & 0x1f
    if (short < 24) {
      this.offset = start + 1
      return short
    }
    if (short > 27) return this.fail('type-not-allowed')
    const byteCount = 1 << (short - 24)
    if (start + byteCount >= bytes.length) return this.fail('truncated')
    let argument = 0
    for (let i = 1; i <= byteCount; i++) argument = argument * 256 + bytes[start + i]!
    if (argument > Number.MAX_SAFE_INTEGER) return this.fail('number-too-large')
    const least = byteCount === 1 ? 24 : byteCount === 2 ? 0x100 : byteCount === 4 ? 0x10000 : 0x100000000
    if (argument < least) return this.fail('not-shortest')
    this.offset = start + 1 + byteCount
    return argument
  }

  private refuse(reason: CodecReason): null {
    this.reason = reason
    return null
  }

  private fail(reason: CodecReason): -1 {
    this.reason = reason
    return -1
  }
}

/** Above this the decoder of the runtime is faster than adding characters one by one. */
const ASCII_LOOP_MAX = 48
