import { describe, expect, it } from 'vitest'
import { createMemoryStore } from '../node/storage/memory.ts'
import { freshSessionKeys } from '../node/vault/institution-keys.test-kit.ts'
import type { SessionKeys } from '../node/vault/institution-keys.ts'
import { createKeyring } from './keyring.ts'
import type { OpenedPerson } from './unseal.ts'

const opened = (keys: SessionKeys, withPatients = true): OpenedPerson => ({
  identity: { ...keys.person, personId: 'p1', account: 'lin', formerKeyIds: [] },
  user: keys.user,
  patients: withPatients ? keys : null,
  roster: { revision: 1, memberId: new Uint8Array(16), people: [] },
})
const secretsOf = (keys: SessionKeys) => [
  keys.custodian,
  keys.custodianEpochs[0]!.key,
  keys.names,
  keys.patientIndex,
  keys.drafts,
  keys.importSecret,
  keys.user,
]
const areZero = (keys: SessionKeys) => secretsOf(keys).every((secret) => secret.every((byte) => byte === 0))

describe('the keyring', () => {
  it('zeroes every session key and forgets the names when the last lease ends, not before', async () => {
    const forgotten: Uint8Array[] = []
    const keyring = createKeyring(createMemoryStore(), (secret) => forgotten.push(secret))
    const keys = freshSessionKeys()
    const window = keyring.begin(opened(keys))
    const job = window.share()
    window.release()
    window.release() // twice is once
    expect(window.isReleased).toBe(true)
    expect(areZero(keys)).toBe(false)
    job.release()
    expect(areZero(keys)).toBe(true)
    expect(keyring.leaseCount).toBe(0)
    for (const secret of secretsOf(keys)) expect(forgotten).toContain(secret)
  })

  it('uses the session that is open and zeroes the keys that were unsealed a second time', () => {
    const keyring = createKeyring(createMemoryStore(), () => {})
    const first = freshSessionKeys()
    const second = freshSessionKeys()
    const one = keyring.begin(opened(first))
    const other = keyring.begin(opened(second))
    expect(other.session).toBe(one.session)
    expect(areZero(second)).toBe(true)
    one.release()
    expect(areZero(first)).toBe(false)
    other.release()
    expect(areZero(first)).toBe(true)
  })

  it('keeps people apart: each has their own key, and what opens patients goes with the last who works with them', () => {
    const keyring = createKeyring(createMemoryStore(), (secret) => secret.fill(0))
    const ada = freshSessionKeys()
    const bo = { ...freshSessionKeys(), person: { name: 'Bo', userKeyId: 'u2', roles: ['clerk'] } }
    const cy = { ...freshSessionKeys(), person: { name: 'Cy', userKeyId: 'u3', roles: ['auditor'] } }
    const first = keyring.begin(opened(ada))
    const second = keyring.begin(opened(bo))
    const third = keyring.begin(opened(cy, false))
    expect(second.session.person.name).toBe('Bo')
    expect(second.session.keys!.user).toBe(bo.user)
    // One table of names for both, so that each sees whom the other registers.
    expect(second.session.names).toBe(first.session.names)
    expect(third.session.keys).toBeNull()
    first.release()
    expect(ada.user.every((byte) => byte === 0)).toBe(true)
    expect(ada.names.some((byte) => byte !== 0)).toBe(true)
    second.release()
    expect(areZero(ada)).toBe(true)
    expect(cy.user.some((byte) => byte !== 0)).toBe(true)
    third.release()
    expect(cy.user.every((byte) => byte === 0)).toBe(true)
  })
})
