import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createMemoryStore } from '../node/storage/memory.ts'
import type { SessionKeys } from '../node/vault/institution-keys.ts'
import { createKeyring } from './keyring.ts'

const key = () => new Uint8Array(randomBytes(32))
const sessionKeys = (): SessionKeys => ({
  custodian: key(),
  custodianEpochs: [{ epoch: 0, key: key() }],
  names: key(),
  patientIndex: key(),
  drafts: key(),
  importSecret: key(),
  user: key(),
  person: { name: 'Lin', userKeyId: 'u1', roles: ['clerk'] },
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
    const keys = sessionKeys()
    const window = keyring.begin(keys)
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
    const first = sessionKeys()
    const second = sessionKeys()
    const one = keyring.begin(first)
    const other = keyring.begin(second)
    expect(other.session).toBe(one.session)
    expect(areZero(second)).toBe(true)
    one.release()
    expect(areZero(first)).toBe(false)
    other.release()
    expect(areZero(first)).toBe(true)
  })
})
