/**
 * HMAC (RFC 2104) and HKDF (RFC 5869) with SHA-256, over the one hash function that `Crypto` has: two short hashes
 * cost a quarter of what a call to the library's HMAC costs.
 */
import { assert } from '../../../shared/std/assert.ts'
import type { Crypto } from './crypto.ts'

const BLOCK_BYTES = 64
const HASH_BYTES = 32

/** 32 bytes. Any key length. */
export function hmacSha256(crypto: Crypto, key: Uint8Array, message: Uint8Array): Uint8Array {
  const blockKey = key.length > BLOCK_BYTES ? crypto.sha256(key) : key
  const inner = new Uint8Array(BLOCK_BYTES + message.length)
  const outer = new Uint8Array(BLOCK_BYTES + HASH_BYTES)
  for (let i = 0; i < BLOCK_BYTES; i++) {
    const byte = blockKey[i] ?? 0
    inner[i] = byte ^ 0x36
    outer[i] = byte ^ 0x5c
  }
  inner.set(message, BLOCK_BYTES)
  crypto.sha256Into(inner, outer, BLOCK_BYTES)
  const mac = crypto.sha256(outer)
  inner.fill(0, 0, BLOCK_BYTES)
  outer.fill(0)
  return mac
}

/** Extract and expand; an empty salt means 32 zero bytes. At most 8,160 bytes. */
export function hkdfSha256(
  crypto: Crypto,
  key: Uint8Array,
  salt: Uint8Array,
  info: Uint8Array,
  byteCount: number,
): Uint8Array {
  return hkdfExpand(crypto, hkdfExtract(crypto, salt, key), info, byteCount)
}

/** RFC 5869 section 2.2. */
export function hkdfExtract(crypto: Crypto, salt: Uint8Array, key: Uint8Array): Uint8Array {
  return hmacSha256(crypto, salt, key)
}

/** RFC 5869 section 2.3. */
export function hkdfExpand(
  crypto: Crypto,
  pseudoRandomKey: Uint8Array,
  info: Uint8Array,
  byteCount: number,
): Uint8Array {
  assert(byteCount <= 255 * HASH_BYTES, 'HKDF gives at most 8,160 bytes')
  const output = new Uint8Array(byteCount)
  let previous: Uint8Array = new Uint8Array(0)
  for (let counter = 1, offset = 0; offset < byteCount; counter++, offset += HASH_BYTES) {
    const message = new Uint8Array(previous.length + info.length + 1)
    message.set(previous)
    message.set(info, previous.length)
    message[message.length - 1] = counter
    previous = hmacSha256(crypto, pseudoRandomKey, message)
    output.set(previous.subarray(0, Math.min(HASH_BYTES, byteCount - offset)), offset)
  }
  return output
}
