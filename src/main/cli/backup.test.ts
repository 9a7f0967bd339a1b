import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import { present } from '../../shared/std/assert.ts'
import { openHeadless } from '../headless.ts'
import { put, StorageFailure } from '../node/storage/store.ts'
import { BackupFailure, makeBackup, readManifest, restoreBackup, UNWATCHED } from '../profile/backup.ts'
import {
  destroyOldKeys,
  forgetPlace,
  keysFileName,
  placesOfKeys,
  timeToDestroy,
} from '../profile/backup-keys.ts'
import { makeOlderBackup } from '../profile/older-backup.test-kit.ts'
import { openProfile, type ProfileWorld } from '../profile/open-profile.ts'
import { realWorld } from '../world.ts'
import { runCommand } from './commands.ts'
import { runNode } from './run-node.ts'
import { PASSPHRASE, runHere as run, tinyBundle } from './cli.test-kit.ts'

const folders: string[] = []
async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'consilium-backup-'))
  folders.push(folder)
  return folder
}
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

const world: ProfileWorld = { ...realWorld(), scryptCost: 2 ** 10 }

/** A hospital with visits, and a place for its backup. */
async function withVisits(visits = 3) {
  const home = await freshFolder()
  const profile = join(home, 'north')
  expect((await run(['found', '--profile', profile, '--name', '北區醫院'])).code).toBe(0)
  const bundle = join(home, 'a.json')
  await writeFile(bundle, tinyBundle(1, visits))
  expect((await run(['import', '--profile', profile, '--wait', bundle])).code).toBe(0)
  return { home, profile, backup: join(home, 'backup') }
}

async function filesUnder(folder: string, prefix = ''): Promise<string[]> {
  const names: string[] = []
  for (const entry of await readdir(folder, { withFileTypes: true }))
    if (entry.isDirectory())
      names.push(...(await filesUnder(join(folder, entry.name), `${prefix}${entry.name}/`)))
    else names.push(prefix + entry.name)
  return names.sort()
}
const refusalOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof BackupFailure ? error.detail.code : String(error)),
  )
/** What a failed attempt must not leave. */
async function remains(home: string): Promise<string[]> {
  return (await readdir(home)).filter((name) => name.includes('backup') || name.includes('restore'))
}

describe('T35: a backup', { timeout: 300_000 }, () => {
  it('is made, restored to a scratch folder, opened, verified, and leaves no scratch folder', async () => {
    const { home, profile, backup } = await withVisits()
    const made = await run(['backup', '--profile', profile, '--out', backup, '--check'])
    expect(made).toMatchObject({
      code: 0,
      answer: { blockCount: 3, checked: { blockCount: 3, path: backup } },
    })
    const keysFile = present((await readdir(home)).find((name) => name.startsWith('consilium-backup-keys-')))
    expect((await readdir(home)).sort()).toEqual(['a.json', 'backup', keysFile, 'north'])
    expect(await filesUnder(backup)).toEqual(['backup.json', 'backup.sealed'])
    for (const path of [join(home, keysFile), join(backup, 'backup.json'), join(backup, 'backup.sealed')])
      expect((await stat(path)).mode & 0o777).toBe(0o600)
    // The same files as in the profile, byte for byte, or one that names what is in the backup.
    const restored = join(home, 'restored')
    await restoreBackup(world, backup, restored)
    for (const name of (await filesUnder(restored)).filter((each) => !each.startsWith('chain/'))) {
      expect((await stat(join(restored, name))).mode & 0o777).toBe(0o600)
      const [there, here] = await Promise.all(
        [restored, profile].map((folder) => readFile(join(folder, name), 'utf8')),
      )
      if (name === 'profile.json') {
        const facts = (text: string | undefined) => ({ ...JSON.parse(present(text)), checksum: '' }) as object
        expect(facts(there)).toEqual({ ...facts(here), isRestored: true })
      } else expect(there).toBe(here)
    }
    expect(await filesUnder(restored)).toEqual(
      expect.arrayContaining(['keys.json', 'profile.json', 'chain/CURRENT']),
    )
    // No passphrase tried, nobody's lock, no door, and no key of a backup inside a backup.
    expect((await filesUnder(restored)).filter((name) => /lock$|attempts|control|backup/.test(name))).toEqual(
      [],
    )
    // What the institution knows about it stays with the institution.
    const headless = await openHeadless({ folder: profile, passphrase: PASSPHRASE, world })
    const { backup: known } = await headless.handlers.upkeep.checklist()
    expect(known).toMatchObject({ last: { path: backup }, lastCheck: { path: backup, blockCount: 3 } })
    await headless.close()
  })

  it('is of one moment while the node goes on, and the node goes on', async () => {
    const { home, profile, backup } = await withVisits()
    const headless = await openHeadless({ folder: profile, passphrase: PASSPHRASE, world })
    const more = join(home, 'more.json')
    await writeFile(more, tinyBundle(2, 40))
    const [made, imported] = await Promise.all([
      run(['backup', '--profile', profile, '--out', backup, '--check']),
      run(['import', '--profile', profile, '--wait', more]),
    ])
    expect(imported).toMatchObject({ code: 0, answer: { visits: 40 } })
    expect(made.code, JSON.stringify(made.answer)).toBe(0)
    expect((await headless.handlers.node.status()).blockCount).toBe(43)
    await headless.close()
    const { blockCount } = await readManifest(backup)
    expect(blockCount).toBeGreaterThanOrEqual(3)
    const restored = join(home, 'restored')
    expect(await run(['restore', '--backup', backup, '--profile', restored])).toMatchObject({
      code: 0,
      answer: { blockCount, standing: 'observing' },
    })
    expect(await run(['verify', '--profile', restored])).toMatchObject({
      code: 0,
      answer: { blocks: blockCount },
    })
  })

  it('starts as an observer wherever it is opened, and signs when a person has said that the old machine is gone', async () => {
    const { home, profile, backup } = await withVisits()
    expect((await run(['backup', '--profile', profile, '--out', backup])).code).toBe(0)
    const restored = join(home, 'restored')
    await restoreBackup(world, backup, restored)
    const more = join(home, 'more.json')
    await writeFile(more, tinyBundle(2, 2))
    const said: string[] = []
    const ran = await runCommand(runNode, ['--profile', restored, '--until-input-ends', '--quiet'], {
      profileWorld: world,
      env: { CONSILIUM_PASSPHRASE: PASSPHRASE },
      stdin: Readable.from([]) as unknown as NodeJS.ReadStream,
      stderr: process.stderr,
      say: (line) => said.push(line),
    })
    expect(ran).toMatchObject({ exit: 0, answer: { stopped: 'input-ended', blockCount: 3 } })
    expect(said).toEqual([
      expect.stringContaining('does not vote (data-restored): its data come from a backup'),
    ])
    const headless = await openHeadless({ folder: restored, passphrase: PASSPHRASE, world, drainMs: 0 })
    const { node, governance } = headless.handlers
    expect(await node.status()).toMatchObject({ standing: 'observing', observingReason: 'data-restored' })
    await headless.handlers.imports.start({ paths: [more] })
    const queued = async () => (await node.status()).queuedCount
    await expect.poll(queued, { timeout: 60_000 }).toBe(2)
    expect((await node.status()).blockCount).toBe(3)
    expect((await governance.overview()).consensus).toMatchObject({ needsConfirmation: true })
    expect(await governance.confirmVoting({ passphrase: PASSPHRASE })).toEqual({ isConfirmed: true })
    await expect.poll(async () => (await node.status()).blockCount, { timeout: 60_000 }).toBe(5)
    await headless.close()
    // The backup itself is no folder that could be opened in place by mistake.
    await expect(openHeadless({ folder: backup, passphrase: PASSPHRASE, world })).rejects.toMatchObject({
      detail: { code: 'profile-missing' },
    })
  })

  it('is refused without harm: inside the folder, over something, without room, or when the disk fills on the way', async () => {
    const { home, profile: folder, backup } = await withVisits()
    const { profile, lease } = await openProfile(world, folder, PASSPHRASE)
    const before = await filesUnder(folder)
    const attempt = (to: string, over: Partial<ProfileWorld> = {}) =>
      refusalOf(makeBackup({ ...world, ...over }, profile, to))
    expect(await attempt(join(folder, 'backup'))).toBe('inside-profile')
    expect(await attempt(folder)).toBe('inside-profile')
    expect(await attempt(home)).toBe('folder-not-empty')
    expect(await attempt(join(home, 'a.json'))).toBe('folder-not-empty')
    // The volume that the node lives on keeps what the node needs.
    const { admitFreeBytes } = world.limits
    expect(await attempt(backup, { freeBytes: async () => admitFreeBytes })).toBe('disk-full')
    const aborted = AbortSignal.abort()
    expect(await refusalOf(makeBackup(world, profile, backup, { signal: aborted, progress: () => {} }))).toBe(
      'cancelled',
    )
    expect(await remains(home)).toEqual([])
    // The key of the month stays for the next attempt; it is with no backup.
    expect(await filesUnder(folder)).toEqual([...before, 'backup-keys.json'].sort())
    // An empty folder that the person made is filled, and what a killed attempt left is cleared.
    await mkdir(backup)
    await mkdir(`${backup}.part`)
    await writeFile(join(`${backup}.part`, 'keys.json'), 'half')
    expect(await attempt(backup)).toBe('done')
    expect((await remains(home)).map((name) => name.replace(/-[0-9a-f]{12}/, ''))).toEqual([
      'backup',
      'consilium-backup-keys.json',
    ])
    // A disk that fills while a backup is restored leaves nothing either.
    const restoring = (openStore: ProfileWorld['openStore']) =>
      refusalOf(restoreBackup({ ...world, openStore }, backup, join(home, 'restored')))
    const full: ProfileWorld['openStore'] = async (path, mustExist) => {
      const store = await world.openStore(path, mustExist)
      const fail = () => Promise.reject(new StorageFailure({ code: 'disk-full', path, freeBytes: 0 }))
      return { ...store, commit: fail, commitUnsynced: fail }
    }
    expect(await restoring(full)).toBe('disk-full')
    const noSpace = Object.assign(new Error('no space'), { code: 'ENOSPC' })
    expect(await restoring(() => Promise.reject(noSpace))).toBe('disk-full')
    expect((await readdir(home)).filter((name) => name.startsWith('restored'))).toEqual([])
    lease?.release()
    await profile.close()
  })

  it('that was damaged, changed or is of others is refused by name, and no folder comes of it', async () => {
    const { home, profile, backup } = await withVisits()
    expect((await run(['backup', '--profile', profile, '--out', backup])).code).toBe(0)
    const restored = join(home, 'restored')
    const attempt = () => refusalOf(restoreBackup(world, backup, restored))
    const changing = async (name: string, change: (bytes: Buffer) => Buffer | null) => {
      const path = join(backup, name)
      const bytes = await readFile(path)
      const next = change(Buffer.from(bytes))
      if (next === null) await rm(path)
      else await writeFile(path, next)
      const refusal = await attempt()
      await writeFile(path, bytes)
      return refusal
    }
    const flip = (bytes: Buffer) => {
      bytes[Math.floor(bytes.length / 2)]! ^= 1
      return bytes
    }
    expect(await changing('backup.sealed', flip)).toBe('backup-changed')
    expect(await changing('backup.sealed', () => null)).toBe('backup-changed')
    expect(await changing('backup.sealed', (bytes) => bytes.subarray(0, -1))).toBe('backup-changed')
    expect(await changing('backup.sealed', (bytes) => Buffer.concat([bytes, bytes]))).toBe('backup-changed')
    const swap = (from: string, to: string) => (bytes: Buffer) =>
      Buffer.from(bytes.toString().replace(new RegExp(`"${from}": [^,]+`), `"${from}": ${to}`))
    expect(await changing('backup.json', swap('height', '77'))).toBe('backup-changed')
    expect(await changing('backup.json', swap('backupId', `"${'0'.repeat(32)}"`))).toBe('backup-changed')
    expect(await changing('backup.json', swap('generationId', `"${'0'.repeat(16)}"`))).toBe(
      'backup-key-missing',
    )
    expect(await changing('backup.json', () => Buffer.from('{}'))).toBe('not-a-backup')
    expect(
      await changing('backup.json', (bytes) =>
        Buffer.from(bytes.toString().replace('"format": 2', '"format": 3')),
      ),
    ).toBe('backup-newer')
    expect(existsSync(restored)).toBe(false)
    expect(existsSync(`${restored}.part`)).toBe(false)
    expect(await attempt()).toBe('done')

    const wrong = await run(
      ['backup', '--profile', profile, '--out', join(dirname(backup), 'other'), '--check'],
      { CONSILIUM_PASSPHRASE: 'not the passphrase at all' },
    )
    expect(wrong).toMatchObject({ code: 4, answer: { error: { code: 'wrong-passphrase' } } })

    // A trial tells whose it is and whether the passphrase opens it.
    const other = await withVisits(1)
    expect((await run(['backup', '--profile', other.profile, '--out', other.backup])).code).toBe(0)
    const headless = await openHeadless({ folder: profile, passphrase: PASSPHRASE, world })
    const trial = async (path: string, passphrase: string) => {
      const { upkeep, jobs } = headless.handlers
      const started = await upkeep.startRestoreCheck({ path, passphrase })
      if (started.kind !== 'started') return started.kind
      const job = async () => (await jobs.list()).find(({ jobId }) => jobId === started.jobId)
      await expect.poll(async () => (await job())?.state, { timeout: 60_000 }).not.toBe('running')
      return (await job())?.error?.code ?? (await upkeep.restoreReport({ jobId: started.jobId }))?.kind
    }
    expect(await trial(other.backup, PASSPHRASE)).toBe('other-institution')
    expect(await trial(backup, 'another passphrase entirely')).toBe('wrong-passphrase')
    expect(await trial(join(home, 'nowhere'), PASSPHRASE)).toBe('not-a-backup')
    expect((await headless.handlers.upkeep.checklist()).backup.lastCheck).toBeNull()
    expect(await trial(backup, PASSPHRASE)).toBe('ok')
    expect((await headless.handlers.upkeep.checklist()).backup.lastCheck).toMatchObject({ path: backup })
    expect((await readdir(home)).filter((name) => name.startsWith('.'))).toEqual([])
    await headless.close()
  })

  it('of format 1, from before backups had keys, is restored and compared as ever', async () => {
    const { home, profile } = await withVisits()
    const older = join(home, 'older')
    const make = () => makeOlderBackup(world, profile, older)
    await make()
    await restoreBackup(world, older, join(home, 'restored'))
    expect(await run(['verify', '--profile', join(home, 'restored')])).toMatchObject({
      code: 0,
      answer: { blocks: 3 },
    })
    const attempt = () => refusalOf(restoreBackup(world, older, join(home, 'second')))
    // One entry more than was written, in a store that is whole.
    const store = await world.openStore(join(older, 'chain'), true)
    await store.commit([put(Uint8Array.of(0x7a), Uint8Array.of(1))])
    await store.close()
    expect(await attempt()).toBe('backup-changed')
    await make()
    await rm(join(older, 'profile.json'))
    expect(await attempt()).toBe('backup-changed')
    expect((await readdir(home)).filter((name) => name.startsWith('second'))).toEqual([])
  })
})

describe('T10: the key of a backup', { timeout: 300_000 }, () => {
  const DAY = 86_400_000

  it('is destroyed ninety days after it was made, here and beside the backups, and the backup is unreadable', async () => {
    const { home, profile: folder, backup } = await withVisits()
    const { profile, lease } = await openProfile(world, folder, PASSPHRASE)
    const { memberId } = profile.facts
    const start = Date.now()
    const at = (days: number): ProfileWorld => ({ ...world, now: () => start + days * DAY })
    const first = await makeBackup(at(0), profile, backup)
    await makeBackup(at(29), profile, join(home, 'same month'))
    const later = await makeBackup(at(40), profile, join(home, 'later'))
    expect(first.destroyBy).toBe(start + 90 * DAY)
    expect(later.generationId).not.toBe(first.generationId)
    const restoring = (from: string, days: number) =>
      refusalOf(restoreBackup(at(days), from, join(home, `r${days}`), { beside: folder }))
    expect(await restoring(join(home, 'same month'), 89)).toBe('done')
    const keysFile = join(home, keysFileName(memberId))
    const held = async () => {
      const texts = await Promise.all(
        [keysFile, join(folder, 'backup-keys.json')].map((path) => readFile(path, 'utf8')),
      )
      return texts.map((text) => [first, later].map(({ generationId }) => text.includes(generationId)))
    }
    const keyOfFirst = (JSON.parse(await readFile(keysFile, 'utf8')) as KeysFile).generations[0]!.key
    await destroyOldKeys(folder, memberId, start + 89 * DAY)
    expect(await held()).toEqual([
      [true, true],
      [true, true],
    ])
    expect(await destroyOldKeys(folder, memberId, start + 90 * DAY)).toEqual({ destroyedCount: 1, left: [] })
    expect(await held()).toEqual([
      [false, true],
      [false, true],
    ])
    expect(await restoring(backup, 90)).toBe('backup-expired')
    expect(await restoring(join(home, 'same month'), 91)).toBe('backup-expired')
    expect(await restoring(join(home, 'later'), 92)).toBe('done')
    // Nothing in the folder of the backups spells the key any more.
    for (const name of await filesUnder(home)) {
      const bytes = await readFile(join(home, name))
      expect(bytes.includes(keyOfFirst, 0, 'latin1') || bytes.includes(Buffer.from(keyOfFirst, 'hex'))).toBe(
        false,
      )
    }
    lease?.release()
    await profile.close()
  })

  it('is reported where its disk is away when its time is over, until it was destroyed there or somebody says that it is gone', async () => {
    const { home, profile: folder, backup } = await withVisits(1)
    const { profile, lease } = await openProfile(world, folder, PASSPHRASE)
    const { memberId } = profile.facts
    const stick = join(home, 'stick')
    await mkdir(stick)
    const made = await makeBackup(world, profile, backup, UNWATCHED, stick)
    // The key is apart: with the backup alone nobody opens it.
    const restoring = (keys?: string) =>
      refusalOf(restoreBackup(world, backup, join(home, 'restored'), keys === undefined ? {} : { keys }))
    expect(await restoring()).toBe('backup-key-missing')
    expect(await restoring(stick)).toBe('done')
    await rename(stick, `${stick} away`)
    const due = made.destroyBy
    const left = [{ place: stick, dueSince: due }]
    expect(await destroyOldKeys(folder, memberId, due)).toEqual({ destroyedCount: 1, left })
    expect(await destroyOldKeys(folder, memberId, due + DAY)).toEqual({ destroyedCount: 0, left })
    await rename(`${stick} away`, stick)
    expect(await destroyOldKeys(folder, memberId, due + 2 * DAY)).toEqual({ destroyedCount: 0, left: [] })
    expect(await readFile(join(stick, keysFileName(memberId)), 'utf8')).not.toContain(made.generationId)
    expect(await placesOfKeys(folder)).toMatchObject({ places: [stick], left: [] })
    await forgetPlace(folder, stick)
    expect(await placesOfKeys(folder)).toMatchObject({ places: [] })
    lease?.release()
    await profile.close()
  })

  it('is not destroyed early by a clock that stands months ahead of the chain', () => {
    expect(timeToDestroy(1_000 * DAY, 100 * DAY)).toBe(130 * DAY)
    expect(timeToDestroy(101 * DAY, 100 * DAY)).toBe(101 * DAY)
  })
})

interface KeysFile {
  readonly generations: readonly { readonly key: string }[]
}
