/** Own templates over the contract: kept sealed, changed, deleted, and given to another hospital as a file. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { OpenProfile } from '../profile/open-profile.ts'
import type { ServiceContext } from './context.ts'
import { createTemplatesService } from './templates-service.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-templates-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** A hospital's desk with its own folder and key; its dialogs answer with one path. */
function deskIn(name: string, chosen: () => string | null) {
  const keys = { patientIndex: new Uint8Array(32).fill(name.charCodeAt(0)) }
  const profile = { folder: join(folder, name), node: {}, inTurn: <T>(work: () => Promise<T>) => work() }
  const lease = {
    isReleased: false,
    session: { keys, names: Promise.resolve({}) },
    share: () => lease,
    release: () => undefined,
  }
  return createTemplatesService({
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
}

describe('a hospital’s own templates', () => {
  it('are kept sealed, counted in versions, and deleted', async () => {
    const north = deskIn('north', () => null)
    expect(await north.list()).toEqual([])
    expect(await north.save(clinic)).toMatchObject({ kind: 'saved', templates: [{ version: 1 }] })
    await north.save({ ...clinic, en: 'Foot and ankle' })
    expect(await north.list()).toEqual([{ ...clinic, en: 'Foot and ankle', version: 2 }])
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
    expect(await south.importFile()).toMatchObject({ kind: 'saved', id: 'own-1' })
    const again = await south.importFile()
    if (again.kind !== 'saved') throw new Error(again.kind)
    expect(again.id).not.toBe('own-1')
    expect(again.templates).toHaveLength(2)
    await writeFile(path, '{"format":"consilium-template/1","template":{"id":"x"}}')
    expect(await south.importFile()).toEqual({ kind: 'not-a-template' })
    expect(await south.list()).toHaveLength(2)
  })
})
