/**
 * Real SHA-256 and cheap signatures: a signature is a hash over public key and message. Whoever knows the public key
 * could forge it, so it is only for simulated nodes, where liars lie by our script. Encodings stay real.
 */
import { concatBytes, equalBytes } from '../src/shared/std/bytes.ts'
import { createNodeCrypto } from '../src/main/node/crypto-node.ts'
import type { Crypto } from '../src/main/node/crypto/crypto.ts'

const PUBLIC = new TextEncoder().encode('sim-public-key')

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
  const tag = (publicKey: Uint8Array, message: Uint8Array): Uint8Array =>
    real.sha256(concatBytes(publicKey, message))
  return {
    ...real,
    ed25519PublicKey: publicKeyOf,
    ed25519Sign(seed, message) {
      const half = tag(publicKeyOf(seed), message)
      return concatBytes(half, half)
    },
    ed25519Verify(publicKey, message, signature) {
      if (signature.length !== 64) return false
      const half = tag(publicKey, message)
      return equalBytes(half, signature.subarray(0, 32)) && equalBytes(half, signature.subarray(32))
    },
  }
}
