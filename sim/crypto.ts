/**
 * Real SHA-256 and cheap signatures: a signature is a hash over public key and message, and not even a cryptographic one.
 * Whoever knows the public key could forge it, so it is only for simulated nodes, where liars lie by our script. Encodings
 * stay real.
 */
import { concatBytes } from '../src/shared/std/bytes.ts'
import { createNodeCrypto } from '../src/main/node/crypto-node.ts'
import type { Crypto } from '../src/main/node/crypto/crypto.ts'
import { mixBytes } from './random.ts'

const PUBLIC = new TextEncoder().encode('sim-public-key')
const SIGNATURE_BYTES = 64

export function createSimCrypto(): Crypto {
  const real = createNodeCrypto()
  const publicKeys = new WeakMap<Uint8Array, Uint8Array>()
  const publicKeyOf = (seed: Uint8Array): Uint8Array => {
    let key = publicKeys.get(seed)
    if (key === undefined) {
      key = real.sha256(concatBytes(PUBLIC, seed))
      publicKeys.set(seed, key)
    }
    return key
  }
  return {
    ...real,
    ed25519PublicKey: publicKeyOf,
    ed25519Sign(seed, message) {
      const signature = new Uint8Array(SIGNATURE_BYTES)
      fill(signature, publicKeyOf(seed), message)
      return signature
    },
    ed25519Verify(publicKey, message, signature) {
      if (signature.length !== SIGNATURE_BYTES) return false
      fill(expected, publicKey, message)
      for (let i = 0; i < SIGNATURE_BYTES; i++) if (signature[i] !== expected[i]) return false
      return true
    },
  }
}

const expected = new Uint8Array(SIGNATURE_BYTES)

/** Two hashes of 32 bits from different starts, over and over: every byte of a signature can be wrong. */
function fill(signature: Uint8Array, publicKey: Uint8Array, message: Uint8Array): void {
  const a = mixBytes(message, mixBytes(publicKey, 0x811c9dc5))
  const b = mixBytes(message, mixBytes(publicKey, 0x9e3779b9))
  for (let i = 0; i < SIGNATURE_BYTES; i += 8) {
    for (let j = 0; j < 4; j++) {
      signature[i + j] = a >>> (8 * j)
      signature[i + 4 + j] = b >>> (8 * j)
    }
  }
}
