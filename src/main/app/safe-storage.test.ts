/** T29: which stores of secrets count, and that nothing is written under one that protects nothing. */
import { randomBytes } from 'node:crypto'
import { describe, expect, it, vi } from 'vitest'
import { openGcm, sealGcm } from '../node/vault/gcm.ts'
import { secretStoreContract, unrealStoreContract } from '../profile/secret-store.contract.ts'
import { judgeSecretStore, noSecretStore } from '../profile/secret-store.ts'
import { memorySecretStore } from '../profile/secret-store.test-kit.ts'
import { createSafeStorageStore, type UsedSafeStorage } from './safe-storage.ts'

const AAD = new Uint8Array(0)

/** What Electron does over a keyring, without Electron. */
function fakeSafeStorage(backend: string, isAvailable = true): UsedSafeStorage {
  const key = randomBytes(32)
  return {
    getSelectedStorageBackend: () => backend,
    isAsyncEncryptionAvailable: () => Promise.resolve(isAvailable),
    encryptStringAsync: (text) => Promise.resolve(Buffer.from(sealGcm(key, AAD, Buffer.from(text)))),
    decryptStringAsync(sealed) {
      const opened = openGcm(key, AAD, sealed)
      if (opened === null) return Promise.reject(new Error('no'))
      return Promise.resolve({ result: Buffer.from(opened).toString(), shouldReEncrypt: false })
    },
  }
}

secretStoreContract('the memory of a test', async () => ({
  store: memorySecretStore(),
  elsewhere: memorySecretStore(),
}))
secretStoreContract('safeStorage over a keyring', async () => ({
  store: createSafeStorageStore(fakeSafeStorage('gnome_libsecret'), 'linux'),
  elsewhere: createSafeStorageStore(fakeSafeStorage('gnome_libsecret'), 'linux'),
}))
unrealStoreContract(
  'safeStorage without a keyring',
  () => createSafeStorageStore(fakeSafeStorage('basic_text'), 'linux'),
  'basic-text',
)
unrealStoreContract(
  'safeStorage with a keyring that does not answer',
  () => createSafeStorageStore(fakeSafeStorage('kwallet6', false), 'linux'),
  'unavailable',
)
unrealStoreContract('the command line', () => noSecretStore, 'no-desktop')

describe('T29: a store of secrets', () => {
  it('counts where the system protects what it keeps, and nowhere else', () => {
    const kinds = (platform: string, backend: string | null) =>
      [true, false].map((isAvailable) => judgeSecretStore(platform, isAvailable, backend))
    expect(kinds('darwin', null)).toEqual([
      { kind: 'real', name: 'keychain' },
      { kind: 'none', because: 'unavailable' },
    ])
    expect(kinds('win32', null)[0]).toEqual({ kind: 'real', name: 'dpapi' })
    expect(kinds('linux', 'gnome_libsecret')[0]).toEqual({ kind: 'real', name: 'libsecret' })
    for (const backend of ['kwallet', 'kwallet5', 'kwallet6'])
      expect(kinds('linux', backend)[0]).toEqual({ kind: 'real', name: 'kwallet' })
    expect(kinds('linux', 'basic_text')[0]).toEqual({ kind: 'none', because: 'basic-text' })
    for (const backend of ['unknown', 'something new', null])
      expect(kinds('linux', backend)[0]).toEqual({ kind: 'none', because: 'unknown' })
  })

  it('is never asked to seal under basic_text', async () => {
    const storage = fakeSafeStorage('basic_text')
    const seal = vi.spyOn(storage, 'encryptStringAsync')
    await expect(createSafeStorageStore(storage, 'linux').seal(new Uint8Array(32))).rejects.toThrow()
    expect(seal).not.toHaveBeenCalled()
  })
})
