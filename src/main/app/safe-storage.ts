/** Electron's `safeStorage` as a store of secrets. Only its asynchronous calls: the others end with Electron 46. */
import type { SafeStorage } from 'electron'
import { fromHex, toHex } from '../../shared/std/bytes.ts'
import { judgeSecretStore, SecretStoreFailure, type SecretStore } from '../profile/secret-store.ts'

export type UsedSafeStorage = Pick<
  SafeStorage,
  'isAsyncEncryptionAvailable' | 'encryptStringAsync' | 'decryptStringAsync'
> & { getSelectedStorageBackend(): string }

/** After the application is ready; before, Linux names no backend. */
export function createSafeStorageStore(
  safeStorage: UsedSafeStorage,
  platform: string = process.platform,
): SecretStore {
  const standing = async () => {
    const backend = platform === 'linux' ? safeStorage.getSelectedStorageBackend() : null
    // A backend that protects nothing is not asked whether it works: it would say yes.
    const refused = judgeSecretStore(platform, true, backend)
    if (refused.kind === 'none') return refused
    const isAvailable = await safeStorage.isAsyncEncryptionAvailable().catch(() => false)
    return judgeSecretStore(platform, isAvailable, backend)
  }
  return {
    standing,
    async seal(secret) {
      if ((await standing()).kind !== 'real') throw new SecretStoreFailure({ code: 'not-real' })
      // Electron takes text only, so the secret is text for a moment.
      return new Uint8Array(await safeStorage.encryptStringAsync(toHex(secret)))
    },
    async open(sealed) {
      if (sealed.length === 0 || (await standing()).kind !== 'real') return null
      try {
        const { result } = await safeStorage.decryptStringAsync(Buffer.from(sealed))
        return /^([0-9a-f]{2})+$/.test(result) ? fromHex(result) : null
      } catch {
        // Sealed by another user or machine, or for a keyring that is gone.
        return null
      }
    },
  }
}
