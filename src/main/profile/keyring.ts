/**
 * The session keys of the person, held only while somebody needs them: the window's session, a command over the local
 * socket, an import that is still running. A lock takes the window's lease away at once; the keys are zeroed when the
 * last lease ends, so that an import that the person started is not cut in half by an idle screen.
 */
import { assert } from '../../shared/std/assert.ts'
import { loadNamesTable, type NamesTable } from '../patients/names-table.ts'
import type { ReadableStore } from '../node/storage/store.ts'
import { forgetSessionKeys, type SessionKeys } from '../node/vault/institution-keys.ts'

/** What a person at the desk, or a command with the passphrase, may use. Gone when the last lease ends. */
export interface PersonSession {
  readonly keys: SessionKeys
  /** Read from the store when the session begins; resolves when every row was opened. */
  readonly names: Promise<NamesTable>
}

export interface Lease {
  readonly session: PersonSession
  readonly isReleased: boolean
  /** Another lease on the same session, for work that outlives this one. */
  share(): Lease
  release(): void
}

export interface Keyring {
  /** A lease from keys that were just unsealed. While a session is open the given keys are zeroed and that one is used. */
  begin(keys: SessionKeys): Lease
  /** Leases that are not released. */
  readonly leaseCount: number
}

export function createKeyring(store: ReadableStore, forget: (secret: Uint8Array) => void): Keyring {
  let open: PersonSession | null = null
  let leaseCount = 0

  function lease(): Lease {
    assert(open !== null, 'a lease needs an open session')
    const session = open
    let isReleased = false
    leaseCount++
    return {
      session,
      get isReleased() {
        return isReleased
      },
      share() {
        assert(!isReleased, 'a released lease cannot be shared')
        return lease()
      },
      release() {
        if (isReleased) return
        isReleased = true
        leaseCount--
        if (leaseCount > 0) return
        open = null
        zero(session.keys, forget)
        void session.names.then(
          (names) => names.forget(),
          () => {}, // it never was read
        )
      },
    }
  }

  return {
    begin(keys) {
      if (open === null) {
        const names = loadNamesTable(store, keys.names)
        names.then((table) => table.prepareSimilar()).catch(() => {}) // whoever uses the names hears of it
        open = { keys, names }
      } else forgetSessionKeys(keys)
      return lease()
    },
    get leaseCount() {
      return leaseCount
    },
  }
}

/** Overwrites the keys and drops what a cryptographic library remembered of them. */
function zero(keys: SessionKeys, forget: (secret: Uint8Array) => void): void {
  for (const secret of [
    keys.custodian,
    keys.names,
    keys.patientIndex,
    keys.drafts,
    keys.importSecret,
    keys.user,
  ])
    forget(secret)
  for (const { key } of keys.custodianEpochs) forget(key)
  forgetSessionKeys(keys)
}
