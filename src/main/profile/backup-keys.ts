/**
 * The keys of backups. Each lies under a key of the month in which it was made, and ninety days after that month began its key is
 * destroyed: what was erased since is then in no backup that anybody can open. The keys lie in the institution's folder and,
 * so that a backup can be opened when that burnt, in one small file beside the backups or at a place of its own, which is
 * written anew with every backup and at every look. They protect nothing from a thief, which the passphrase does: they are there
 * to be destroyed.
 */
import { access, open, rename, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { z } from 'zod'
import { toHex } from '../../shared/std/bytes.ts'
import type { Random } from '../node/crypto/crypto.ts'
import { readTextFile, syncFolder, writeFileAtomic } from './atomic-file.ts'
import { inKeysTurn } from './profile-folder.ts'

const DAY_MS = 86_400_000
/** A key seals the backups of so long. */
export const GENERATION_MS = 30 * DAY_MS
/** And is destroyed so long after it was made: a backup can be opened for sixty to ninety days. */
export const KEY_LIVES_MS = 90 * DAY_MS
/**
 * A clock that was set ahead must not destroy keys whose time has not come: this machine's counts no further than so far
 * behind the newest segment of the chain.
 */
const CLOCK_AHEAD_MS = 30 * DAY_MS

const HOME = 'backup-keys.json'
const generation = z.object({
  id: z.string().regex(/^[0-9a-f]{16}$/),
  /** Milliseconds since 1970. */
  from: z.number().int().nonnegative(),
  key: z.string().regex(/^[0-9a-f]{64}$/),
})
export type BackupGeneration = z.infer<typeof generation>
const homeFile = z.object({
  format: z.literal(1),
  generations: z.array(generation).max(100),
  /** Folders that hold the file for whoever restores. */
  places: z.array(z.string()).max(100),
  /** Where a file may hold keys whose time is over, because its disk is not there or may not be written. */
  left: z.array(z.object({ place: z.string(), dueSince: z.number() })).max(100),
})
type Home = Omit<z.infer<typeof homeFile>, 'format'>
export type LeftKeys = Home['left'][number]

export const destroyBy = ({ from }: Pick<BackupGeneration, 'from'>): number => from + KEY_LIVES_MS
export const keysFileName = (memberId: string): string =>
  `consilium-backup-keys-${memberId.slice(0, 12)}.json`

/** What time it is for destroying keys. @param chainTime of the newest segment, or of the founding */
export const timeToDestroy = (now: number, chainTime: number): number =>
  Math.min(now, chainTime + CLOCK_AHEAD_MS)

/** The key for a backup that is made now. @throws what keeps the file from being written */
export function keyForBackup(
  folder: string,
  { random, now }: { readonly random: Random; readonly now: number },
): Promise<BackupGeneration> {
  return inKeysTurn(folder, async () => {
    const home = await load(folder)
    const newest = home.generations.at(-1)
    // One of the future was made by a clock that was ahead: it would live too long.
    if (newest !== undefined && newest.from <= now && now < newest.from + GENERATION_MS) return newest
    const fresh = { id: toHex(random(8)), from: Math.floor(now), key: toHex(random(32)) }
    await save(folder, { ...home, generations: [...home.generations, fresh] })
    return fresh
  })
}

/** Writes the keys to a folder, where whoever restores finds them. @throws what keeps the file from being written */
export function carryKeys(folder: string, memberId: string, place: string, time: number): Promise<void> {
  return inKeysTurn(folder, async () => {
    const home = await load(folder)
    const at = resolve(place)
    // First that it is there: a file that nobody knows of would never be looked at again.
    await save(folder, { ...home, places: [...new Set([...home.places, at])] })
    await carry(join(at, keysFileName(memberId)), memberId, home.generations, time)
  })
}

/**
 * Destroys every key whose time is over, here and at every place that can be reached.
 * @param time see `timeToDestroy`
 */
export function destroyOldKeys(
  folder: string,
  memberId: string,
  time: number,
): Promise<{ readonly destroyedCount: number; readonly left: readonly LeftKeys[] }> {
  return inKeysTurn(folder, async () => {
    const home = await load(folder)
    const kept = home.generations.filter((each) => destroyBy(each) > time)
    const due = home.generations.map(destroyBy).filter((each) => each <= time)
    const left: LeftKeys[] = []
    for (const place of home.places) {
      const before = home.left.find((each) => each.place === place)?.dueSince
      const dueSince = Math.min(...due, before ?? Infinity)
      // Every time: a file there may have keys that this folder, restored since, does not know.
      const isDestroyed = await isDestroyedAt(place, memberId, kept, time)
      if (!isDestroyed && dueSince < Infinity) left.push({ place, dueSince })
    }
    const destroyedCount = home.generations.length - kept.length
    if (destroyedCount > 0 || JSON.stringify(left) !== JSON.stringify(home.left))
      await save(folder, { ...home, generations: kept, left })
    return { destroyedCount, left }
  })
}

/** A person says that what held the keys there is gone, or was overwritten. */
export function forgetPlace(folder: string, place: string): Promise<void> {
  return inKeysTurn(folder, async () => {
    const home = await load(folder)
    const places = home.places.filter((each) => each !== place)
    await save(folder, { ...home, places, left: home.left.filter((each) => each.place !== place) })
  })
}

export const placesOfKeys = async (folder: string): Promise<Pick<Home, 'places' | 'left'>> => load(folder)

/** The key that this backup lies under, out of the first place that has it; null where none has. */
export async function findBackupKey(
  generationId: string,
  memberId: string,
  places: readonly string[],
): Promise<string | null> {
  for (const place of places) {
    const isFolder = await stat(place).then(
      (found) => found.isDirectory(),
      () => null,
    )
    if (isFolder === null) continue
    const files = isFolder ? [join(place, keysFileName(memberId)), join(place, HOME)] : [place]
    for (const file of files) {
      const found = (await generationsIn(file)).find(({ id }) => id === generationId)
      if (found !== undefined) return found.key
    }
  }
  return null
}

/** A folder without the file holds no key: somebody took it away, and what they did with it nobody here knows. */
async function isDestroyedAt(
  place: string,
  memberId: string,
  kept: readonly BackupGeneration[],
  time: number,
): Promise<boolean> {
  const path = join(place, keysFileName(memberId))
  try {
    await access(dirname(path))
    if ((await readJson(path)) !== null) await carry(path, memberId, kept, time)
    return true
  } catch {
    return false
  }
}

/** What lies at the place, apart from what is over, and ours. Written only where it changes. */
async function carry(
  path: string,
  memberId: string,
  ours: readonly BackupGeneration[],
  time: number,
): Promise<void> {
  const there = (await generationsIn(path)).filter((each) => destroyBy(each) > time)
  const all = [...there.filter(({ id }) => ours.every((each) => each.id !== id)), ...ours].sort(
    (a, b) => a.from - b.from,
  )
  const text = `${JSON.stringify(
    {
      format: 1,
      what: 'Keys of backups made by Consilium. Without this file a backup cannot be opened; with this file and the passphrase it can. Each key is destroyed when its time is over: make no copies.',
      memberId,
      generations: all.map((each) => ({ ...each, destroyBy: destroyBy(each) })),
    },
    null,
    2,
  )}\n`
  if ((await readTextFile(path)) !== text) await replaceForGood(path, text)
}

async function generationsIn(path: string): Promise<readonly BackupGeneration[]> {
  const parsed = z.object({ generations: z.array(generation) }).safeParse(await readJson(path))
  return parsed.success ? parsed.data.generations : []
}

async function load(folder: string): Promise<Home> {
  const parsed = homeFile.safeParse(await readJson(join(folder, HOME)))
  // Of no use: the next backup makes a new key, and the place beside the backups still has the old ones.
  return parsed.success ? parsed.data : { generations: [], places: [], left: [] }
}

/** Whatever changes: a copy of the file that was only renamed over would keep the keys in free blocks. */
async function save(folder: string, home: Home): Promise<void> {
  await replaceForGood(join(folder, HOME), `${JSON.stringify({ format: 1, ...home }, null, 2)}\n`)
}

const NEXT = '.next'

/**
 * Overwrites the old bytes where they lie before the new file takes their place. A file system that copies on write keeps
 * them for a while all the same, as does a disk that spares worn blocks.
 */
async function replaceForGood(path: string, text: string): Promise<void> {
  const before = await readTextFile(path)
  await writeFileAtomic(path + NEXT, text)
  if (before !== null) {
    const file = await open(path, 'r+')
    try {
      await file.write(new Uint8Array(Buffer.byteLength(before)), 0, null, 0)
      await file.sync()
    } finally {
      await file.close()
    }
  }
  await rename(path + NEXT, path)
  await syncFolder(dirname(path))
}

/** After a crash between the overwriting and the renaming, the new file still bears its other name. */
async function readJson(path: string): Promise<unknown> {
  for (const each of [path, path + NEXT]) {
    const text = await readTextFile(each).catch(() => null)
    try {
      if (text !== null) return JSON.parse(text)
    } catch {
      // Overwritten, or of no use.
    }
  }
  return null
}
