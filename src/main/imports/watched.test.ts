import { alwaysConfirmed } from '../services/confirmations.ts'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { watchedMethods, type WatchSetting } from '../../shared/contract/watched.ts'
import { PASSPHRASE, runHere, tinyBundle } from '../cli/cli.test-kit.ts'
import { smallTable } from '../cli/table.test-kit.ts'
import { openHeadless, type Headless } from '../headless.ts'
import { removeMapping, saveMapping } from '../profile/table-mappings.ts'

let scratch: string
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'consilium-watch-'))
})
afterAll(() => rm(scratch, { recursive: true, force: true }))

let count = 0
async function fresh(): Promise<{ profile: string; folder: string }> {
  const profile = join(scratch, `hospital-${count}`)
  const folder = join(scratch, `inbox-${count++}`)
  await mkdir(folder)
  expect(
    (await runHere(['found', '--profile', profile, '--name', 'North', '--zone', 'Asia/Taipei'])).code,
  ).toBe(0)
  return { profile, folder }
}
const opened = (folder: string) => openHeadless({ folder, passphrase: PASSPHRASE })
const setting = (folder: string, over: Partial<WatchSetting> = {}): WatchSetting => ({
  folder,
  format: 'fhir',
  hour: null,
  afterwards: 'stay',
  ...over,
})
/** Two looks: the first sees a file, the second sees that it did not change. */
async function lookTwice({ handlers }: Headless, watchId: string) {
  await handlers.imports.lookNow({ watchId })
  await handlers.imports.lookNow({ watchId })
  return (await handlers.imports.watchedFolders()).find((each) => each.watchId === watchId)!
}

describe('a watched folder', { timeout: 120_000 }, () => {
  it('takes complete files once, remembers it over a restart, and leaves them where they are', async () => {
    const { profile, folder } = await fresh()
    let headless = await opened(profile)
    const { watchId } = await headless.handlers.imports.watchFolder(setting(folder))
    await writeFile(join(folder, 'a.json'), tinyBundle(400, 2))
    await writeFile(join(folder, 'b.json.part'), tinyBundle(401, 2))
    await writeFile(join(folder, 'broken.json'), '{"resourceType":')
    await headless.handlers.imports.lookNow({ watchId })
    expect((await headless.handlers.imports.watchedFolders())[0]).toMatchObject({ writing: 2, files: [] })
    await headless.handlers.imports.lookNow({ watchId })
    const [watch] = await headless.handlers.imports.watchedFolders()
    expect(watch!.files.map(({ name, outcome, rejectedCount }) => [name, outcome, rejectedCount])).toEqual([
      ['broken.json', 'rejected', 1],
      ['a.json', 'taken', 0],
    ])
    const [batch] = await headless.handlers.imports.batches({ limit: 10 })
    expect(batch).toMatchObject({ visits: 2, startedBy: 'folder', batchId: watch!.files[1]!.batchId })
    await headless.close()

    headless = await opened(profile)
    // The same content under another name is known; the name that was half written is a file now.
    await writeFile(join(folder, 'copy.json'), tinyBundle(400, 2))
    await writeFile(join(folder, 'b.json'), tinyBundle(401, 3))
    const after = await lookTwice(headless, watchId)
    expect(
      after.files
        .slice(0, 2)
        .map(({ name, outcome }) => `${name} ${outcome}`)
        .sort(),
    ).toEqual(['b.json taken', 'copy.json known'])
    expect(await headless.handlers.imports.batches({ limit: 10 })).toHaveLength(2)
    await lookTwice(headless, watchId)
    expect(await headless.handlers.imports.batches({ limit: 10 })).toHaveLength(2)
    expect((await readdir(folder)).sort()).toEqual([
      'a.json',
      'b.json',
      'b.json.part',
      'broken.json',
      'copy.json',
    ])
    await headless.close()
  })

  it('moves files when it was asked to, under names that are free', async () => {
    const { profile, folder } = await fresh()
    const headless = await opened(profile)
    const { watchId } = await headless.handlers.imports.watchFolder(setting(folder, { afterwards: 'move' }))
    for (const patient of [410, 411]) {
      await writeFile(join(folder, 'night.json'), tinyBundle(patient, 1))
      await writeFile(join(folder, 'bad.json'), `nothing ${patient}`)
      await lookTwice(headless, watchId)
    }
    expect((await readdir(folder)).sort()).toEqual(['done', 'rejected'])
    expect((await readdir(join(folder, 'done'))).sort()).toEqual(['night-1.json', 'night.json'])
    expect((await readdir(join(folder, 'rejected'))).sort()).toEqual(['bad-1.json', 'bad.json'])
    await headless.close()
  })

  it('keeps a setting that was changed while it took files', async () => {
    const { profile, folder } = await fresh()
    const headless = await opened(profile)
    const { imports } = headless.handlers
    const { watchId } = await imports.watchFolder(setting(folder))
    await writeFile(join(folder, 'a.json'), tinyBundle(420, 1))
    await imports.lookNow({ watchId })
    const looking = imports.lookNow({ watchId })
    while ((await imports.batches({ limit: 1 })).length === 0)
      await new Promise((done) => setTimeout(done, 1))
    await imports.watchFolder(setting(folder, { afterwards: 'move' }))
    await looking
    expect((await imports.watchedFolders())[0]).toMatchObject({
      afterwards: 'move',
      files: [{ outcome: 'taken' }],
    })
    await headless.close()
  })

  it('says that its folder is gone, goes on when it is there, and forgets when it is told', async () => {
    const { profile, folder } = await fresh()
    const headless = await opened(profile)
    const { watchId } = await headless.handlers.imports.watchFolder(setting(join(folder, 'not-there')))
    expect(await lookTwice(headless, watchId)).toMatchObject({ problem: 'folder-missing' })
    await mkdir(join(folder, 'not-there'))
    expect(await lookTwice(headless, watchId)).toMatchObject({ problem: null, state: 'waiting' })
    await headless.handlers.imports.unwatchFolder({ watchId })
    expect(await headless.handlers.imports.watchedFolders()).toEqual([])
    await headless.close()
  })

  it('waits while the session is locked, and goes on after', async () => {
    const { profile, folder } = await fresh()
    const headless = await opened(profile)
    const { watchId } = await headless.handlers.imports.watchFolder(setting(folder))
    await writeFile(join(folder, 'a.json'), tinyBundle(420, 1))
    let isLocked = true
    const held = await headless.institution.profile.unlock(PASSPHRASE)
    const { noDesktop } = await import('../desktop.ts')
    const services = headless.institution.servicesFor(
      () => (isLocked ? null : held),
      noDesktop,
      () => {},
      alwaysConfirmed,
    )
    await services.handlers.imports.lookNow({ watchId })
    await services.handlers.imports.lookNow({ watchId })
    expect((await headless.handlers.imports.watchedFolders())[0]).toMatchObject({
      state: 'locked',
      files: [],
    })
    isLocked = false
    await services.handlers.imports.lookNow({ watchId })
    await services.handlers.imports.lookNow({ watchId })
    expect((await headless.handlers.imports.watchedFolders())[0]).toMatchObject({
      state: 'waiting',
      files: [{ name: 'a.json', outcome: 'taken' }],
    })
    services.forget()
    held.release()
    await headless.close()
  })

  it('reads tables by the mapping that it was given, which cannot be deleted meanwhile', async () => {
    const { profile, folder } = await fresh()
    const headless = await opened(profile)
    const { imports, tables } = headless.handlers
    const { mapping } = await smallTable(folder, 8)
    const { input } = watchedMethods.watchFolder
    expect(input.safeParse(setting(folder, { format: 'table' })).success).toBe(false)
    const { id } = await tables.saveMapping(mapping)
    const { watchId } = await imports.watchFolder(setting(folder, { format: 'table', mappingId: id }))
    expect(await lookTwice(headless, watchId)).toMatchObject({
      mappingId: id,
      problem: null,
      files: [{ name: 'his.csv', outcome: 'taken', rejectedCount: 0 }],
    })
    expect((await imports.batches({ limit: 5 }))[0]).toMatchObject({ visits: 8, startedBy: 'folder' })
    expect(await tables.removeMapping({ id })).toEqual({ kind: 'watched', folder })
    // Gone by another way: nothing is taken and it says why; there again, the file that waited is taken.
    await removeMapping(profile, id)
    await smallTable(folder, 12)
    expect(await lookTwice(headless, watchId)).toMatchObject({ problem: 'mapping-missing' })
    expect(await imports.batches({ limit: 5 })).toHaveLength(1)
    await saveMapping(profile, { ...mapping, id })
    expect(await lookTwice(headless, watchId)).toMatchObject({ problem: null })
    expect((await imports.batches({ limit: 5 }))[0]).toMatchObject({ visits: 4, duplicates: 8 })
    await imports.unwatchFolder({ watchId })
    expect(await tables.removeMapping({ id })).toEqual({ kind: 'removed' })
    expect(await tables.mappings()).toEqual([])
    await headless.close()
  })
})
