/**
 * What the pure node needs of a cryptographic library. `crypto-node.ts` puts node:crypto behind it; tests compare with
 * noble. Everything is synchronous and deterministic: randomness is another argument, so a simulated node has the same
 * keys in every run.
 */

/** Fresh bytes that nobody can guess; in tests and the simulator a seeded stream. */
export type Random = (byteCount: number) => Uint8Array

export type Crypto = {
  /** SHA-256 (FIPS 180-4), 32 bytes. */
  sha256(bytes: Uint8Array): Uint8Array
  /** SHA-256 written to `out` at `offset`: no allocation, for trees. `bytes` may overlap `out`. */
  sha256Into(bytes: Uint8Array, out: Uint8Array, offset: number): void
  /** The first bytes of the AES-256-CTR keystream with a counter block of zeros (SP 800-38A). */
  keystream(key: Uint8Array, byteCount: number): Uint8Array
  /** AES-256-GCM (SP 800-38D), 12-byte nonce: ciphertext followed by the 16-byte tag. */
  sealGcm(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Uint8Array
  /** The plaintext, or null when the tag does not fit. */
  openGcm(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Uint8Array | null
  /** The public key of a 32-byte Ed25519 seed (RFC 8032). */
  ed25519PublicKey(seed: Uint8Array): Uint8Array
  /** Ed25519, 64 bytes. The imported key is remembered with the array object until `forget`. */
  ed25519Sign(seed: Uint8Array, message: Uint8Array): Uint8Array
  /** Strict and the same everywhere: canonical S and key, no key of small order; false for anything malformed. */
  ed25519Verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean
  /** The public key of a 32-byte X25519 secret (RFC 7748). */
  x25519PublicKey(secret: Uint8Array): Uint8Array
  /** The shared secret, or null where it is all zero (RFC 7748 section 6.1) or the key is malformed. */
  x25519(secret: Uint8Array, publicKey: Uint8Array): Uint8Array | null
  /** scrypt (RFC 7914); `cost` is N, a power of two. Blocks for as long as it takes. */
  scrypt(passphrase: Uint8Array, salt: Uint8Array, cost: ScryptCost, byteCount: number): Uint8Array
  /** Drops what was remembered of a secret and overwrites the array with zeros. */
  forget(secret: Uint8Array): void
}

export type ScryptCost = { n: number; r: number; p: number }

export const HASH_BYTES = 32
export const KEY_BYTES = 32
export const NONCE_BYTES = 12
export const TAG_BYTES = 16
export const SIGNATURE_BYTES = 64
