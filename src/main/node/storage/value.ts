/**
 * How a value lies in the store (record-format.md 13): a format number first; where no hash or signature of the chain
 * covers the rest, the first 8 bytes of SHA-256 over key and value behind it, so that a damaged byte, and a value under
 * a wrong key, are found without any secret.
 */
import { concatBytes, equalBytes, toHex, type Bytes } from '../../../shared/std/bytes.ts'
import { createNodeCrypto } from '../crypto-node.ts'
import { StorageFailure } from './store.ts'

export const VALUE_FORMAT = 1
const CHECK_BYTES = 8
const FORMAT_BYTE = Uint8Array.of(VALUE_FORMAT)

export type ReadValue =
  { kind: 'ok'; content: Bytes } | { kind: 'damaged' } | { kind: 'newer'; format: number }

export function checkedValue(key: Bytes, content: Bytes): Bytes {
  // The key stands before the value in the same memory, so that both are hashed where they lie.
  const start = key.length
  const end = start + 1 + content.length
  const whole = new Uint8Array(end + CHECK_BYTES)
  whole.set(key)
  whole[start] = VALUE_FORMAT
  whole.set(content, start + 1)
  whole.set(sha256(whole.subarray(0, end)).subarray(0, CHECK_BYTES), end)
  return whole.subarray(start)
}

export function readCheckedValue(key: Bytes, value: Bytes): ReadValue {
  if (value.length < 1 + CHECK_BYTES) return { kind: 'damaged' }
  const end = value.length - CHECK_BYTES
  // The check comes first: a flipped bit in the format number is damage, not a newer version.
  if (!equalBytes(checkOf(key, value.subarray(0, end)), value.subarray(end))) return { kind: 'damaged' }
  return value[0] === VALUE_FORMAT
    ? { kind: 'ok', content: value.subarray(1, end) }
    : { kind: 'newer', format: value[0]! }
}

/** The parts one after the other, where hashes or signatures of the chain cover them. */
export function plainValue(...parts: readonly Bytes[]): Bytes {
  return concatBytes(FORMAT_BYTE, ...parts)
}

export function readPlainValue(value: Bytes): ReadValue {
  if (value[0] !== VALUE_FORMAT)
    return value.length === 0 ? { kind: 'damaged' } : { kind: 'newer', format: value[0]! }
  return { kind: 'ok', content: value.subarray(1) }
}

/** The content, for readers that cannot go on without it. @throws {StorageFailure} `corrupt`, `newer-format` */
export function expectContent(read: ReadValue, key: Bytes, path = 'store'): Bytes {
  switch (read.kind) {
    case 'ok':
      return read.content
    case 'damaged':
      throw new StorageFailure({
        code: 'corrupt',
        path,
        bucket: String.fromCharCode(key[0] ?? 63),
        key: toHex(key),
      })
    case 'newer':
      throw new StorageFailure({ code: 'newer-format', path, found: read.format, known: VALUE_FORMAT })
  }
}

/** Reused between calls: nothing here is asynchronous, and no view of it leaves this module. */
let scratch = new Uint8Array(8_192)

/** One hash over one piece of memory: an object for each hash would cost more than the hash. */
function checkOf(key: Bytes, bytes: Bytes): Bytes {
  const byteCount = key.length + bytes.length
  if (byteCount > scratch.length) scratch = new Uint8Array(2 * byteCount)
  scratch.set(key)
  scratch.set(bytes, key.length)
  return sha256(scratch.subarray(0, byteCount)).subarray(0, CHECK_BYTES)
}

const { sha256 } = createNodeCrypto()
