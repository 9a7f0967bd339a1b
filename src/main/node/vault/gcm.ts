/** AES-256-GCM as the vault's files use it: nonce ‖ ciphertext ‖ tag. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { concatBytes, type Bytes } from '../../../shared/std/bytes.ts'

const NONCE_BYTES = 12
const TAG_BYTES = 16

export function sealGcm(key: Bytes, aad: Bytes, content: Bytes): Bytes {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(aad)
  return concatBytes(nonce, cipher.update(content), cipher.final(), cipher.getAuthTag())
}

/** Null under another key or context, and for what was changed. */
export function openGcm(key: Bytes, aad: Bytes, sealed: Bytes): Bytes | null {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) return null
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES))
  decipher.setAAD(aad)
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES))
  try {
    return concatBytes(decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final())
  } catch {
    return null
  }
}
