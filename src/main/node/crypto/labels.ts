/**
 * Domain separation: a hash or a signature made for one purpose and one chain means nothing for another
 * (docs/spec/record-format.md section 1).
 */
import { assert } from '../../../shared/std/assert.ts'
import type { Crypto } from './crypto.ts'

/** Every label that enters a hash or a signature. Frozen: a new meaning gets a new name or number. */
export type Label = `consilium/${string}/${number}`

/** Genesis documents are hashed and signed before there is a chain id. */
export const NO_CHAIN: Uint8Array = new Uint8Array(32)

const CHAIN_ID_BYTES = 32
const prefixes = new Map<Label, Uint8Array>()
const SIGNATURE_DOMAIN = ascii('CONSILIUM-SIGNATURE\0')

/** Reused between calls: nothing here is asynchronous, and no view of it leaves this module. */
let scratch = new Uint8Array(512)

/** `SHA-256(u8 length of label ‖ label ‖ chainId ‖ bytes)`. */
export function labelHash(crypto: Crypto, label: Label, chainId: Uint8Array, bytes: Uint8Array): Uint8Array {
  assert(chainId.length === CHAIN_ID_BYTES, 'a chain id has 32 bytes')
  const prefix = labelPrefix(label)
  const byteCount = prefix.length + CHAIN_ID_BYTES + bytes.length
  if (byteCount > scratch.length) scratch = new Uint8Array(2 * byteCount)
  scratch.set(prefix)
  scratch.set(chainId, prefix.length)
  scratch.set(bytes, prefix.length + CHAIN_ID_BYTES)
  return crypto.sha256(scratch.subarray(0, byteCount))
}

/** What Ed25519 signs: `"CONSILIUM-SIGNATURE" ‖ 0x00 ‖ u8 length ‖ label ‖ chainId ‖ encoded`. */
export function signatureInput(label: Label, chainId: Uint8Array, encoded: Uint8Array): Uint8Array {
  assert(chainId.length === CHAIN_ID_BYTES, 'a chain id has 32 bytes')
  const prefix = labelPrefix(label)
  const input = new Uint8Array(SIGNATURE_DOMAIN.length + prefix.length + CHAIN_ID_BYTES + encoded.length)
  input.set(SIGNATURE_DOMAIN)
  input.set(prefix, SIGNATURE_DOMAIN.length)
  input.set(chainId, SIGNATURE_DOMAIN.length + prefix.length)
  input.set(encoded, SIGNATURE_DOMAIN.length + prefix.length + CHAIN_ID_BYTES)
  return input
}

/** ASCII text as bytes; for labels and infos only. */
export function ascii(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) {
    assert(text.charCodeAt(i) < 128, 'a label is ASCII')
    bytes[i] = text.charCodeAt(i)
  }
  return bytes
}

function labelPrefix(label: Label): Uint8Array {
  const known = prefixes.get(label)
  if (known !== undefined) return known
  assert(label.length < 256, 'a label has at most 255 characters')
  const prefix = new Uint8Array(1 + label.length)
  prefix[0] = label.length
  prefix.set(ascii(label), 1)
  prefixes.set(label, prefix)
  return prefix
}
