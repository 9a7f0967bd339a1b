/**
 * The keys of people, held only while somebody needs them: the window's session, a command over the local socket, an
 * import that is still running. A lock takes the window's lease away at once; a person's keys are zeroed when their last
 * lease ends, and what opens patients when the last lease of anybody who works with patients ends, so that an import
 * that somebody started is not cut in half by an idle screen.
 */
import { assert } from '../../shared/std/assert.ts'
import type { Bytes } from '../../shared/std/bytes.ts'
import { loadNamesTable, type NamesTable } from '../patients/names-table.ts'
import type { ReadableStore } from '../node/storage/store.ts'
import { secretsOfPatients, type PatientKeys, type SessionKeys } from '../node/vault/institution-keys.ts'
import type { OpenedPerson } from './unseal.ts'

/** What a person at the desk, or a command with the passphrase, may use. Gone when the last lease ends. */
export interface PersonSession {
  readonly person: OpenedPerson['identity']
  /** Ed25519 seed of the person: what they sign as themselves. */
  readonly user: Bytes
  /** Null for whoever has nothing to do with patients. */
  readonly keys: SessionKeys | null
  /** Read from the store when the first such session begins; resolves when every row was opened. */
  readonly names: Promise<NamesTable> | null
}

/** Of somebody who works with patients. */
export interface PatientSession extends PersonSession {
  readonly keys: SessionKeys
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
  /** A lease from keys that were just unsealed. Of what is open already the given copy is zeroed and that one is used. */
  begin(opened: OpenedPerson): Lease
  /** Leases that are not released. */
  readonly leaseCount: number
}

interface OpenPatients {
  readonly keys: PatientKeys
  readonly names: Promise<NamesTable>
  sessionCount: number
}

interface OpenSession extends PersonSession {
  leaseCount: number
}

/** @param forgetKey drops what a cryptographic library remembered of a secret */
export function createKeyring(store: ReadableStore, forgetKey: (secret: Uint8Array) => void): Keyring {
  const forget = (secret: Bytes): void => {
    forgetKey(secret)
    secret.fill(0)
  }
  const open = new Map<string, OpenSession>()
  let patients: OpenPatients | null = null
  let leaseCount = 0

  function takePatients(given: PatientKeys): OpenPatients {
    if (patients === null) {
      const names = loadNamesTable(store, given.names)
      names.then((table) => table.prepareSimilar()).catch(() => {}) // whoever uses the names hears of it
      patients = { keys: given, names, sessionCount: 0 }
    } else for (const secret of secretsOfPatients(given)) secret.fill(0)
    patients.sessionCount++
    return patients
  }

  function end(session: OpenSession): void {
    open.delete(session.person.userKeyId)
    forget(session.user)
    if (session.keys === null) return
    assert(patients !== null, 'a session with patients holds their keys')
    patients.sessionCount--
    if (patients.sessionCount > 0) return
    for (const secret of secretsOfPatients(patients.keys)) forget(secret)
    void patients.names.then(
      (names) => names.forget(),
      () => {}, // it never was read
    )
    patients = null
  }

  function lease(session: OpenSession): Lease {
    let isReleased = false
    leaseCount++
    session.leaseCount++
    return {
      session,
      get isReleased() {
        return isReleased
      },
      share() {
        assert(!isReleased, 'a released lease cannot be shared')
        return lease(session)
      },
      release() {
        if (isReleased) return
        isReleased = true
        leaseCount--
        session.leaseCount--
        if (session.leaseCount === 0) end(session)
      },
    }
  }

  return {
    begin({ identity, user, patients: given }) {
      const before = open.get(identity.userKeyId)
      if (before !== undefined) {
        user.fill(0)
        for (const secret of given === null ? [] : secretsOfPatients(given)) secret.fill(0)
        return lease(before)
      }
      const held = given === null ? null : takePatients(given)
      const session: OpenSession = {
        person: identity,
        user,
        keys: held === null ? null : { ...held.keys, user, person: identity },
        names: held?.names ?? null,
        leaseCount: 0,
      }
      open.set(identity.userKeyId, session)
      return lease(session)
    },
    get leaseCount() {
      return leaseCount
    },
  }
}
