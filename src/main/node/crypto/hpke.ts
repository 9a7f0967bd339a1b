/**
 * HPKE (RFC 9180), base mode, one message: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.
 *
 * Written over `Crypto` rather than taken from the `hpke` package, because that works on WebCrypto and is asynchronous:
 * the key box is pure and a simulated node replays byte for byte. The package and the vectors of RFC 9180 are the
 * oracles of the tests.
 */
import { assert } from '../../../shared/std/assert.ts'
import { concatBytes } from '../../../shared/std/bytes.ts'
import type { Crypto, Random } from './crypto.ts'
import { hkdfExpand, hkdfExtract } from './hkdf.ts'
import { ascii } from './labels.ts'

const KEM_ID = 0x0020
const KDF_ID = 0x0001
const MODE_BASE = 0x00
const SECRET_BYTES = 32
const NONCE_BYTES = 12
/** The vectors of RFC 9180 use AES-128-GCM with this KEM, so the key schedule takes its AEAD as an argument. */
export type HpkeAead = { readonly id: number; readonly keyBytes: number }
const AES_256_GCM: HpkeAead = { id: 0x0002, keyBytes: 32 }

const VERSION = ascii('HPKE-v1')
const KEM_SUITE = concatBytes(ascii('KEM'), uint16(KEM_ID))
const NOTHING = new Uint8Array(0)

/** 32 bytes of encapsulated key, then ciphertext and tag. */
export const HPKE_OVERHEAD_BYTES = 32 + 16

/**
 * Seals to a recipient's X25519 key: `enc (32) ‖ ciphertext ‖ tag (16)`. Draws 32 random bytes.
 * Null where the recipient's key is no usable key.
 */
export function hpkeSeal(
  crypto: Crypto,
  random: Random,
  recipientKey: Uint8Array,
  info: Uint8Array,
  aad: Uint8Array,
  plaintext: Uint8Array,
): Uint8Array | null {
  const ephemeral = deriveKeyPair(crypto, random(SECRET_BYTES))
  const shared = crypto.x25519(ephemeral.secret, recipientKey)
  const secret = shared && kemSecret(crypto, shared, ephemeral.publicKey, recipientKey)
  crypto.forget(ephemeral.secret)
  if (secret === null) return null
  const { key, nonce } = keySchedule(crypto, secret, info)
  return concatBytes(ephemeral.publicKey, crypto.sealGcm(key, nonce, aad, plaintext))
}

/** Opens `enc ‖ ciphertext ‖ tag` with the recipient's secret, or null. `recipientKey` is its public key. */
export function hpkeOpen(
  crypto: Crypto,
  recipientSecret: Uint8Array,
  recipientKey: Uint8Array,
  info: Uint8Array,
  aad: Uint8Array,
  sealed: Uint8Array,
): Uint8Array | null {
  if (sealed.length < HPKE_OVERHEAD_BYTES) return null
  const enc = sealed.subarray(0, 32)
  const shared = crypto.x25519(recipientSecret, enc)
  if (shared === null) return null
  const { key, nonce } = keySchedule(crypto, kemSecret(crypto, shared, enc, recipientKey), info)
  return crypto.openGcm(key, nonce, aad, sealed.subarray(32))
}

/** RFC 9180 section 7.1.3. */
export function deriveKeyPair(
  crypto: Crypto,
  keyMaterial: Uint8Array,
): { secret: Uint8Array; publicKey: Uint8Array } {
  const prk = labeledExtract(crypto, KEM_SUITE, NOTHING, 'dkp_prk', keyMaterial)
  const secret = labeledExpand(crypto, KEM_SUITE, prk, 'sk', NOTHING, SECRET_BYTES)
  return { secret, publicKey: crypto.x25519PublicKey(secret) }
}

/** ExtractAndExpand of RFC 9180 section 4.1. */
export function kemSecret(
  crypto: Crypto,
  shared: Uint8Array,
  enc: Uint8Array,
  recipientKey: Uint8Array,
): Uint8Array {
  const prk = labeledExtract(crypto, KEM_SUITE, NOTHING, 'eae_prk', shared)
  return labeledExpand(crypto, KEM_SUITE, prk, 'shared_secret', concatBytes(enc, recipientKey), SECRET_BYTES)
}

/** RFC 9180 section 5.1, base mode; the first nonce is the base nonce, and one message is all there is. */
export function keySchedule(
  crypto: Crypto,
  secret: Uint8Array,
  info: Uint8Array,
  aead: HpkeAead = AES_256_GCM,
): { key: Uint8Array; nonce: Uint8Array } {
  const suite = concatBytes(ascii('HPKE'), uint16(KEM_ID), uint16(KDF_ID), uint16(aead.id))
  const context = concatBytes(
    Uint8Array.of(MODE_BASE),
    labeledExtract(crypto, suite, NOTHING, 'psk_id_hash', NOTHING),
    labeledExtract(crypto, suite, NOTHING, 'info_hash', info),
  )
  const prk = labeledExtract(crypto, suite, secret, 'secret', NOTHING)
  return {
    key: labeledExpand(crypto, suite, prk, 'key', context, aead.keyBytes),
    nonce: labeledExpand(crypto, suite, prk, 'base_nonce', context, NONCE_BYTES),
  }
}

function labeledExtract(
  crypto: Crypto,
  suite: Uint8Array,
  salt: Uint8Array,
  label: string,
  keyMaterial: Uint8Array,
): Uint8Array {
  return hkdfExtract(crypto, salt, concatBytes(VERSION, suite, ascii(label), keyMaterial))
}

function labeledExpand(
  crypto: Crypto,
  suite: Uint8Array,
  prk: Uint8Array,
  label: string,
  info: Uint8Array,
  byteCount: number,
): Uint8Array {
  return hkdfExpand(
    crypto,
    prk,
    concatBytes(uint16(byteCount), VERSION, suite, ascii(label), info),
    byteCount,
  )
}

function uint16(value: number): Uint8Array {
  assert(value >= 0 && value < 0x10000)
  return Uint8Array.of(value >> 8, value & 0xff)
}
