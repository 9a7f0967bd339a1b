/** T09 where nothing of a person is in the chain yet: one hospital decides alone, and the disk forgets it as well. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fromHex } from '../../shared/std/bytes.ts'
import { PASSPHRASE, testWorld } from '../governance/institution.test-kit.ts'
import { foundProfile, openHeadless, type Headless } from '../headless.ts'
import { nameKey } from '../node/storage/buckets.ts'
import { erasedAmong } from '../node/storage/forgotten.ts'
import { dispatch } from './dispatch.ts'

let scratch = ''
let headless: Headless
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'consilium-erasures-'))
  const folder = join(scratch, 'north')
  const world = testWorld()
  await foundProfile(
    {
      folder,
      institutionName: 'North',
      personName: 'Ada',
      passphrase: PASSPHRASE,
      zone: 'Asia/Taipei',
      isSynthetic: false,
    },
    world,
  )
  headless = await openHeadless({ folder, passphrase: PASSPHRASE, world })
})
afterEach(async () => {
  await headless.close()
  await rm(scratch, { recursive: true, force: true, maxRetries: 5 })
})

async function isOnDisk(folder: string, bytes: Uint8Array): Promise<boolean> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  for (const each of entries)
    if (each.isFile() && (await readFile(join(each.parentPath, each.name))).includes(Buffer.from(bytes)))
      return true
  return false
}

describe('T09: an erasure of somebody without a visit', () => {
  it('takes name and drafts out of table and files at once, and the audit says that it was done', async () => {
    const { store, storePath } = headless.institution.profile
    const ask = async <T>(operation: string, input: unknown): Promise<T> => {
      const reply = await dispatch(headless.handlers, headless.caller, operation, input)
      if (!reply.ok) throw new Error(reply.error.code)
      return reply.value as T
    }
    const patient = { name: '王小明', sex: 'male', birthDate: '1975-03-02', nationalId: 'A123456789' }
    const { patient: registered } = await ask<{ patient: { patientId: string } }>('patients.register', {
      patient,
      although: null,
    })
    const { patientId } = registered
    await ask('records.saveDraft', { draftId: 'd1', patientId, title: patient.name, savedAt: 0, form: {} })
    const row = (await store.get(nameKey(fromHex(patientId))))!.slice(-48)
    expect(await isOnDisk(storePath, row)).toBe(true)

    expect(await ask('erasures.request', { patientId, reason: 'patient-request', text: null })).toEqual({
      kind: 'erased-here',
    })
    expect(await ask('patients.search', { text: '王', limit: 5 })).toMatchObject({ total: 0 })
    expect(await ask('records.listDrafts', undefined)).toEqual([])
    expect(await isOnDisk(storePath, row)).toBe(false)
    // Also where the store is restored one day: a draft that comes back then is of nobody who is only unknown.
    expect(await erasedAmong(store, [fromHex(patientId)], true)).toHaveLength(1)
    const { entries } = await ask<{ entries: unknown[] }>('audit.entries', {
      filter: { operation: 'erasures.request' },
      before: null,
      limit: 5,
    })
    expect(entries).toMatchObject([{ outcome: 'done', code: null }])
  })
})
