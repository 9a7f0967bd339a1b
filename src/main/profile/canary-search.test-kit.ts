/**
 * Looks for values in bytes, however they were written down there: in one pass, whatever the number of values. For tests
 * that say what a disk does not hold.
 */
import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { toHex, utf8Encode, type Bytes } from '../../shared/std/bytes.ts'
import type { ReadableStore } from '../node/storage/store.ts'

export const ENCODINGS = [
  'utf8',
  'hex',
  'HEX',
  'base64+0',
  'base64+1',
  'base64+2',
  'utf16le',
  'utf16be',
] as const
/** `base64+1`: the value begins with the second byte of three. */
export type CanaryEncoding = (typeof ENCODINGS)[number]

export interface CanarySearch {
  /** The next bytes of a file or value. */
  read(bytes: Bytes): void
  /** What follows is another file or value. */
  end(): void
  /** Values that were found, each with the ways in which it was written. */
  readonly found: ReadonlyMap<string, ReadonlySet<CanaryEncoding>>
  readonly byteCount: number
}

type Pattern = { readonly value: string; readonly encoding: CanaryEncoding; readonly bytes: Bytes }

/** All patterns begin with as many bytes as this; values are therefore not short. */
const PREFIX_BYTES = 4
const VALUE_BYTES_MIN = 8
const TABLE_BITS = 20

export function createCanarySearch(values: readonly string[]): CanarySearch {
  const byPrefix = new Map<number, Pattern[]>()
  // Whether anything begins like this, by a hash: nearly every place of a file is passed by with one look.
  const mayBegin = new Uint8Array(1 << TABLE_BITS)
  let longest = 0
  for (const value of values)
    for (const encoding of ENCODINGS) {
      const bytes = canaryBytes(value, encoding)
      const prefix = prefixAt(bytes, 0)
      const same = byPrefix.get(prefix)
      const pattern = { value, encoding, bytes }
      if (same === undefined) byPrefix.set(prefix, [pattern])
      else same.push(pattern)
      mayBegin[slotOf(prefix)] = 1
      longest = Math.max(longest, bytes.length)
    }

  const found = new Map<string, Set<CanaryEncoding>>()
  let byteCount = 0
  /** The end of what was read: a value may lie across two pieces. */
  let rest: Bytes = new Uint8Array(0)

  function look(bytes: Bytes): void {
    for (let at = 0; at + PREFIX_BYTES <= bytes.length; at++) {
      const prefix = prefixAt(bytes, at)
      if (mayBegin[slotOf(prefix)] === 0) continue
      for (const { value, encoding, bytes: pattern } of byPrefix.get(prefix) ?? [])
        if (isAt(bytes, at, pattern)) {
          const ways = found.get(value)
          if (ways === undefined) found.set(value, new Set([encoding]))
          else ways.add(encoding)
        }
    }
  }

  return {
    read(bytes) {
      byteCount += bytes.length
      const joined = new Uint8Array(rest.length + bytes.length)
      joined.set(rest)
      joined.set(bytes, rest.length)
      look(joined)
      rest = joined.slice(Math.max(0, joined.length - (longest - 1)))
    },
    end() {
      rest = new Uint8Array(0)
    },
    found,
    get byteCount() {
      return byteCount
    },
  }
}

/** The bytes of `value` that are the same wherever it stands in a text of this encoding. */
export function canaryBytes(value: string, encoding: CanaryEncoding): Bytes {
  const plain = utf8Encode(value)
  if (plain.length < VALUE_BYTES_MIN) throw new Error('so short a value is found by chance')
  switch (encoding) {
    case 'utf8':
      return plain
    case 'hex':
      return utf8Encode(toHex(plain))
    case 'HEX':
      return utf8Encode(toHex(plain).toUpperCase())
    case 'base64+0':
      return base64Within(plain, 0)
    case 'base64+1':
      return base64Within(plain, 1)
    case 'base64+2':
      return base64Within(plain, 2)
    case 'utf16le':
      return new Uint8Array(Buffer.from(value, 'utf16le'))
    case 'utf16be':
      return new Uint8Array(Buffer.from(value, 'utf16le').swap16())
  }
}

/** Without the digits that the bytes before and after have a share in. */
function base64Within(plain: Bytes, offset: number): Bytes {
  const text = Buffer.concat([new Uint8Array(offset), plain]).toString('base64')
  return utf8Encode(text.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + plain.length) * 8) / 6)))
}

function prefixAt(bytes: Bytes, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
}

function slotOf(prefix: number): number {
  return Math.imul(prefix, 0x9e3779b1) >>> (32 - TABLE_BITS)
}

function isAt(bytes: Bytes, at: number, pattern: Bytes): boolean {
  if (at + pattern.length > bytes.length) return false
  for (let i = PREFIX_BYTES; i < pattern.length; i++) if (bytes[at + i] !== pattern[i]) return false
  return true
}

/** Every byte of every file below a folder; gives the number of files. */
export async function searchFolder(search: CanarySearch, folder: string): Promise<number> {
  let fileCount = 0
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue
    fileCount++
    search.read(utf8Encode(entry.name))
    search.end()
    for await (const chunk of createReadStream(join(entry.parentPath, entry.name)))
      search.read(new Uint8Array(chunk as Buffer))
    search.end()
  }
  return fileCount
}

/** Every key and every value as the store gives them: on the disk they may be cut, shortened or compressed. */
export async function searchStore(search: CanarySearch, store: ReadableStore): Promise<number> {
  let entryCount = 0
  for await (const { key, value } of store.scan({ from: new Uint8Array(0) })) {
    entryCount++
    for (const bytes of [key, value]) {
      search.read(bytes)
      search.end()
    }
  }
  return entryCount
}
