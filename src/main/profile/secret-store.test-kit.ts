/** A store of secrets that works, in memory: what a keyring does, without one. */
import { randomBytes } from 'node:crypto'
import { openGcm, sealGcm } from '../node/vault/gcm.ts'
import type { SecretStore } from './secret-store.ts'

const AAD = new Uint8Array(0)

/** @param key of the user's keyring on one machine; two stores of the same key are the same keyring after a restart */
export function memorySecretStore(key: Uint8Array = randomBytes(32)): SecretStore {
  return {
    standing: () => Promise.resolve({ kind: 'real', name: 'libsecret' }),
    seal: (secret) => Promise.resolve(sealGcm(key, AAD, secret)),
    open: (sealed) => Promise.resolve(openGcm(key, AAD, sealed)),
  }
}
