/**
 * The operating system's store of secrets, as far as this program may rely on it: a second factor beside the passphrase, and
 * what lets a node start while nobody is there. Where nothing protects what such a store keeps, it counts as none: Chromium then
 * seals under a password that stands in its own source, which would be a lock with the key in it.
 */
import type { Bytes } from '../../shared/std/bytes.ts'
import { Failure } from '../../shared/std/failure.ts'

export type SecretStoreStanding =
  | { readonly kind: 'real'; readonly name: 'keychain' | 'dpapi' | 'libsecret' | 'kwallet' }
  | {
      readonly kind: 'none'
      readonly because:
        /** Linux without a keyring that answers. */
        | 'basic-text'
        /** A backend that we do not know, so nothing is known of what it does. */
        | 'unknown'
        /** The system says that it cannot seal now. */
        | 'unavailable'
        /** The command line and servers: there is no desktop to ask. */
        | 'no-desktop'
    }

export interface SecretStore {
  standing(): Promise<SecretStoreStanding>
  /** @throws {SecretStoreFailure} `not-real`: nothing is ever written under a store that protects nothing */
  seal(secret: Bytes): Promise<Bytes>
  /** Null for what this store did not seal, on this machine and for this user of it; and where it is not real. */
  open(sealed: Bytes): Promise<Bytes | null>
}

export class SecretStoreFailure extends Failure<{ code: 'not-real' }> {}

/** Where there is no desktop. */
export const noSecretStore: SecretStore = {
  standing: () => Promise.resolve({ kind: 'none', because: 'no-desktop' }),
  seal: () => Promise.reject(new SecretStoreFailure({ code: 'not-real' })),
  open: () => Promise.resolve(null),
}

/** @param backend what Electron names as the selected one, on Linux only */
export function judgeSecretStore(
  platform: string,
  isAvailable: boolean,
  backend: string | null,
): SecretStoreStanding {
  switch (platform) {
    case 'darwin':
      return isAvailable ? { kind: 'real', name: 'keychain' } : { kind: 'none', because: 'unavailable' }
    case 'win32':
      return isAvailable ? { kind: 'real', name: 'dpapi' } : { kind: 'none', because: 'unavailable' }
    default:
      if (backend === 'basic_text') return { kind: 'none', because: 'basic-text' }
      if (backend !== 'gnome_libsecret' && !/^kwallet\d*$/.test(backend ?? ''))
        return { kind: 'none', because: 'unknown' }
      if (!isAvailable) return { kind: 'none', because: 'unavailable' }
      return { kind: 'real', name: backend === 'gnome_libsecret' ? 'libsecret' : 'kwallet' }
  }
}
