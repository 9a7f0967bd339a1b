/** Own templates over the contract: kept sealed, changed, deleted, and given to another hospital as a file. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { OpenProfile } from '../profile/open-profile.ts'
import type { ServiceContext } from './context.ts'
import { utf8Encode } from '../../shared/std/bytes.ts'
import { createNodeCrypto } from '../node/crypto-node.ts'
import { userKeyIdOf } from '../node/vault/people.ts'
import { createTemplatesService } from './templates-service.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-templates-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const crypto = createNodeCrypto()
const signKeyOf = (personId: string) => utf8Encode(personId.padEnd(32))
const keyIdOf = (personId: string) => userKeyIdOf(crypto, signKeyOf(personId))

/** A hospital's desk with its own folder and key; its dialogs answer with one path. */
function deskIn(
  name: string,
  chosen: () => string | null,
  {
    personId = 'ada',
    roles = ['clerk', 'administrator'],
    formerKeyIds = [] as string[],
    left = [] as readonly string[],
  } = {},
) {
  const person = { personId, userKeyId: keyIdOf(personId), formerKeyIds }
  const keys = { patientIndex: new Uint8Array(32).fill(name.charCodeAt(0)), person }
  const others = ['ada', 'ben', 'cara'].filter(
    (each) => each !== personId && !formerKeyIds.includes(keyIdOf(each)),
  )
  const roster = {
    people: [
      { personId, roles, isActive: true, signKey: signKeyOf(personId), formerKeyIds },
      ...others.map((each) => ({
        personId: each,
        roles: ['clerk'],
        isActive: !left.includes(each),
        signKey: signKeyOf(each),
        formerKeyIds: [],
      })),
    ],
  }
  const profile = {
    folder: join(folder, name),
    node: {},
    roster,
    inTurn: <T>(work: () => Promise<T>) => work(),
  }
  const lease = {
    isReleased: false,
    session: { keys, names: Promise.resolve({}), person },
    share: () => lease,
    release: () => undefined,
  }
  return createTemplatesService({
    world: { crypto },
    profile: () => profile as unknown as OpenProfile,
    lease: () => lease,
    desktop: {
      chooseSavePath: () => Promise.resolve(chosen()),
      chooseFiles: () => Promise.resolve([chosen()].filter((path) => path !== null)),
    },
  } as unknown as ServiceContext)
}

const clinic = {
  id: 'own-1',
  en: 'Foot clinic',
  zh: '足部門診',
  departments: ['2B'],
  sections: [3, 4, 5, 6, 7, 8],
  vitals: ['sbp'],
  panels: [{ en: 'Feet', zh: '足', tests: ['hba1c'] }],
  diagnoses: ['E119'],
  expected: [],
  required: ['vitals.sbp'],
  isOwn: false,
}
const { isOwn: _isOwn, ...content } = clinic

describe('a hospital’s own templates', () => {
  it('are kept sealed, counted in versions, and deleted', async () => {
    const north = deskIn('north', () => null)
    expect(await north.list()).toEqual([])
    expect(await north.save(clinic)).toMatchObject({ kind: 'saved', templates: [{ version: 1 }] })
    await north.save({ ...clinic, en: 'Foot and ankle' })
    expect(await north.list()).toEqual([{ ...content, en: 'Foot and ankle', version: 2, owner: null }])
    const bytes = await readFile(join(folder, 'north', 'codes', 'templates.sealed'))
    expect(bytes.toString('latin1')).not.toContain('Foot')
    expect(await north.remove({ id: 'own-1' })).toEqual([])
  })

  it('go to another hospital as a file, beside what that has under the same id; another file changes nothing', async () => {
    const path = join(folder, 'foot.json')
    const north = deskIn('north', () => path)
    const south = deskIn('south', () => path)
    await north.save(clinic)
    expect(await north.exportFile({ id: 'own-1' })).toEqual({ path })
    expect(await south.importFile({ isOwn: false })).toMatchObject({ kind: 'saved', id: 'own-1' })
    const again = await south.importFile({ isOwn: true })
    if (again.kind !== 'saved') throw new Error(again.kind)
    expect(again.id).not.toBe('own-1')
    expect(again.templates).toHaveLength(2)
    await writeFile(path, '{"format":"consilium-template/1","template":{"id":"x"}}')
    expect(await south.importFile({ isOwn: false })).toEqual({ kind: 'not-a-template' })
    expect(await south.list()).toHaveLength(2)
    // Whose a template is stays in the house.
    await north.save({ ...clinic, id: 'mine', isOwn: true })
    await north.exportFile({ id: 'mine' })
    expect(await readFile(path, 'utf8')).not.toContain(keyIdOf('ada'))
  })

  it('of the hospital are written by administrators only, and those of a clerk are seen by nobody else', async () => {
    const path = join(folder, 'foot.json')
    const chief = deskIn('north', () => path)
    const clerk = deskIn('north', () => path, { personId: 'ben', roles: ['clerk'] })
    const other = deskIn('north', () => path, { personId: 'cara', roles: ['clerk'] })
    const refused = { detail: { code: 'not-permitted' } }
    await chief.save(clinic)
    await clerk.save({ ...clinic, id: 'bens', isOwn: true })
    const ids = async (desk: typeof chief) => (await desk.list()).map(({ id }) => id)
    expect([await ids(chief), await ids(clerk), await ids(other)]).toEqual([
      ['own-1'],
      ['own-1', 'bens'],
      ['own-1'],
    ])
    // Neither changed, nor taken over, nor made the hospital's, nor removed.
    for (const isOwn of [false, true])
      await expect(clerk.save({ ...clinic, isOwn })).rejects.toMatchObject(refused)
    await expect(clerk.save({ ...clinic, id: 'bens', isOwn: false })).rejects.toMatchObject(refused)
    await expect(other.save({ ...clinic, id: 'bens', isOwn: true })).rejects.toMatchObject(refused)
    await expect(clerk.remove({ id: 'own-1' })).rejects.toMatchObject(refused)
    await expect(chief.remove({ id: 'bens' })).rejects.toMatchObject(refused)
    await chief.exportFile({ id: 'own-1' })
    await expect(clerk.importFile({ isOwn: false })).rejects.toMatchObject(refused)
    expect(await other.exportFile({ id: 'bens' })).toEqual({ path: null })
    expect([await ids(chief), await ids(other)]).toEqual([['own-1'], ['own-1']])
    // After a reset of the passphrase the keys are others, and the person is the same.
    const again = deskIn('north', () => path, {
      personId: 'ben2',
      roles: ['clerk'],
      formerKeyIds: [keyIdOf('ben')],
    })
    expect(await ids(again)).toEqual(['own-1', 'bens'])
    expect(await clerk.remove({ id: 'bens' })).toMatchObject([{ id: 'own-1', version: 1 }])
  })

  it('are bounded for each person, so that nobody uses up what others may keep', async () => {
    const clerk = deskIn('north', () => null, { personId: 'ben', roles: ['clerk'] })
    const chief = deskIn('north', () => null)
    const own = (id: string) => ({ ...clinic, id, isOwn: true })
    for (let i = 0; i < 50; i++) expect((await clerk.save(own(`ben-${i}`))).kind).toBe('saved')
    expect(await clerk.save(own('one more'))).toEqual({ kind: 'too-many' })
    expect((await clerk.save({ ...own('ben-7'), en: 'Changed' })).kind).toBe('saved')
    expect((await chief.save(own('ada-1'))).kind).toBe('saved')
    expect((await chief.save(clinic)).kind).toBe('saved')
  })

  it('of somebody who has left are removed by administrators, and nothing else is done with them', async () => {
    const path = join(folder, 'foot.json')
    const left = ['ben']
    await deskIn('north', () => path, { personId: 'ben' }).save({ ...clinic, id: 'bens', isOwn: true })
    const here = deskIn('north', () => path)
    const chief = deskIn('north', () => path, { left })
    const clerk = deskIn('north', () => path, { personId: 'cara', roles: ['clerk'], left })
    const refused = { detail: { code: 'not-permitted' } }
    expect([await here.list(), await clerk.list()]).toEqual([[], []])
    expect(await chief.list()).toMatchObject([{ id: 'bens', isLeft: true }])
    await expect(clerk.remove({ id: 'bens' })).rejects.toMatchObject(refused)
    await expect(here.remove({ id: 'bens' })).rejects.toMatchObject(refused)
    await expect(chief.save({ ...clinic, id: 'bens' })).rejects.toMatchObject(refused)
    expect(await chief.exportFile({ id: 'bens' })).toEqual({ path: null })
    expect(await chief.remove({ id: 'bens' })).toEqual([])
  })

  it('that an earlier version kept are the hospital’s and require nothing', async () => {
    const path = join(folder, 'foot.json')
    const { required: _required, ...earlier } = content
    const template = { ...earlier, version: 3 }
    await writeFile(path, JSON.stringify({ format: 'consilium-template/1', template }))
    const desk = deskIn('north', () => path)
    await desk.importFile({ isOwn: false })
    expect(await desk.list()).toEqual([{ ...content, required: [], owner: null, version: 1 }])
  })
})
