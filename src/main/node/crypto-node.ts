/**
 * `Crypto` over node:crypto: OpenSSL under Node, BoringSSL under Electron. Only what both have (no ChaCha20, no Argon2).
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hash,
  randomFillSync,
  scryptSync,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto'
import { assert } from '../../shared/std/assert.ts'
import { NONCE_BYTES, TAG_BYTES, type Crypto, type Random } from './crypto/crypto.ts'
import { isAcceptablePublicKey, isAcceptableSignature } from './crypto/ed25519-points.ts'

/** The adapter. Each one remembers its own imported keys; one for the whole process is enough. */
export function createNodeCrypto(): Crypto {
  const publicKeys = new Map<string, KeyObject>()
  // By the array's identity: a secret that is dropped or forgotten leaves nothing behind.
  const secretKeys = new WeakMap<Uint8Array, KeyObject>()

  function importedPublicKey(prefix: string, key: Uint8Array): KeyObject {
    const name = prefix + view(key).toString('latin1')
    const known = publicKeys.get(name)
    if (known !== undefined) return known
    const imported = createPublicKey({
      key: Buffer.concat([Buffer.from(prefix, 'hex'), key]),
      format: 'der',
      type: 'spki',
    })
    if (publicKeys.size >= PUBLIC_KEYS_MAX) publicKeys.clear()
    publicKeys.set(name, imported)
    return imported
  }

  function importedSecret(prefix: string, secret: Uint8Array): KeyObject {
    assert(secret.length === 32, 'a secret key has 32 bytes')
    const known = secretKeys.get(secret)
    if (known !== undefined) return known
    const der = Buffer.concat([Buffer.from(prefix, 'hex'), secret])
    const imported = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
    der.fill(0)
    secretKeys.set(secret, imported)
    return imported
  }

  return {
    sha256: (bytes) => {
      const out = new Uint8Array(32)
      sha256Into(bytes, out, 0)
      return out
    },
    sha256Into,

    keystream(key, byteCount) {
      const cipher = createCipheriv('aes-256-ctr', key, ZERO_BLOCK)
      return plain(cipher.update(zeros(byteCount)))
    },

    sealGcm(key, nonce, aad, plaintext) {
      assert(nonce.length === NONCE_BYTES, 'a nonce has 12 bytes')
      const cipher = createCipheriv('aes-256-gcm', key, nonce)
      cipher.setAAD(aad)
      const sealed = new Uint8Array(plaintext.length + TAG_BYTES)
      sealed.set(cipher.update(plaintext))
      cipher.final()
      sealed.set(cipher.getAuthTag(), plaintext.length)
      return sealed
    },

    openGcm(key, nonce, aad, sealed) {
      if (sealed.length < TAG_BYTES || key.length !== 32 || nonce.length !== NONCE_BYTES) return null
      const textBytes = sealed.length - TAG_BYTES
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
      decipher.setAAD(aad)
      decipher.setAuthTag(sealed.subarray(textBytes))
      const plaintext = decipher.update(sealed.subarray(0, textBytes))
      try {
        decipher.final()
      } catch {
        // The library's only answer here is that the tag does not fit; nothing unauthenticated leaves.
        plaintext.fill(0)
        return null
      }
      return plain(plaintext)
    },

    ed25519PublicKey: (seed) => rawPublicKey(importedSecret(ED25519_PKCS8, seed)),

    ed25519Sign: (seed, message) => plain(sign(null, message, importedSecret(ED25519_PKCS8, seed))),

    ed25519Verify(publicKey, message, signature) {
      if (!isAcceptablePublicKey(publicKey) || !isAcceptableSignature(signature)) return false
      let key: KeyObject
      try {
        key = importedPublicKey(ED25519_SPKI, publicKey)
      } catch {
        return false
      }
      try {
        return verify(null, message, key, signature)
      } catch {
        // A y that is on no curve is found by some libraries only here.
        return false
      }
    },

    x25519PublicKey: (secret) => rawPublicKey(importedSecret(X25519_PKCS8, secret)),

    x25519(secret, publicKey) {
      if (publicKey.length !== 32) return null
      try {
        const shared = diffieHellman({
          privateKey: importedSecret(X25519_PKCS8, secret),
          publicKey: importedPublicKey(X25519_SPKI, publicKey),
        })
        return shared.every((byte) => byte === 0) ? null : plain(shared)
      } catch {
        // OpenSSL and BoringSSL refuse an all-zero secret by throwing.
        return null
      }
    },

    scrypt(passphrase, salt, cost, byteCount) {
      const maxmem = 128 * cost.n * cost.r + 128 * cost.r * cost.p + 1024 * 1024
      return plain(scryptSync(passphrase, salt, byteCount, { N: cost.n, r: cost.r, p: cost.p, maxmem }))
    },

    forget(secret) {
      secretKeys.delete(secret)
      secret.fill(0)
    },
  }
}

/** Random bytes from the operating system, drawn a page at a time: one call for each key would cost more than the key. */
export function createNodeRandom(): Random {
  const pool = new Uint8Array(RANDOM_POOL_BYTES)
  let used = pool.length
  return (byteCount) => {
    if (byteCount > pool.length) return randomFillSync(new Uint8Array(byteCount))
    if (used + byteCount > pool.length) {
      randomFillSync(pool)
      used = 0
    }
    const bytes = pool.slice(used, used + byteCount)
    // What was given out must not stay where a later bug could read it.
    pool.fill(0, used, used + byteCount)
    used += byteCount
    return bytes
  }
}

const PUBLIC_KEYS_MAX = 4_096
const RANDOM_POOL_BYTES = 4_096
// DER headers of RFC 8410 in front of the 32 raw bytes.
const ED25519_PKCS8 = '302e020100300506032b657004220420'
const ED25519_SPKI = '302a300506032b6570032100'
const X25519_PKCS8 = '302e020100300506032b656e04220420'
const X25519_SPKI = '302a300506032b656e032100'
const ZERO_BLOCK = new Uint8Array(16)

let zeroBytes = new Uint8Array(2_048)
function zeros(byteCount: number): Uint8Array {
  if (byteCount > zeroBytes.length) zeroBytes = new Uint8Array(byteCount)
  return zeroBytes.subarray(0, byteCount)
}

function rawPublicKey(secret: KeyObject): Uint8Array {
  const der = createPublicKey(secret).export({ format: 'der', type: 'spki' })
  return plain(der.subarray(der.length - 32))
}

/** A view with node's own methods on the same bytes. */
function view(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Pure code sees Uint8Array only: Buffer's `slice` shares memory and its `toString` is another one. */
function plain(bytes: Buffer): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/**
 * The one-shot hash gives its digest fastest as a string of 32 characters (Node 20.12 on); older runtimes build a Hash.
 */
const sha256Into: Crypto['sha256Into'] =
  typeof hash === 'function'
    ? (bytes, out, offset) => {
        const digest = hash('sha256', bytes, 'binary')
        for (let i = 0; i < 32; i++) out[offset + i] = digest.charCodeAt(i)
      }
    : (bytes, out, offset) => {
        out.set(createHash('sha256').update(bytes).digest(), offset)
      }
