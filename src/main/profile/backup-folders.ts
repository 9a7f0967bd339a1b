/** Folders in which backups and restored institutions are built: beside their place, with room to spare, whole or not at all. */
import { chmod, copyFile, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { createHash } from 'node:crypto'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { errorCode, syncFolder } from './atomic-file.ts'
import { asBackupFailure, BackupFailure } from './backup-failure.ts'
import type { ProfileWorld } from './open-profile.ts'

const PART_END = '.part'
/** What a volume that the node does not live on keeps. */
const MARGIN_BYTES = 64 * 1024 * 1024

/** Builds beside the target and renames at the end; removes what it built when anything fails. */
export async function building<T>(target: string, work: (part: string) => Promise<T>): Promise<T> {
  const part = `${target}${PART_END}`
  try {
    await expectFree(target)
    await mkdir(dirname(target), { recursive: true })
    // What an earlier attempt left when its process was killed.
    await rm(part, { recursive: true, force: true })
    await mkdir(part, { mode: 0o700 })
    const made = await work(part)
    await syncFolder(part)
    // An empty folder that the person made makes room.
    if (process.platform === 'win32') await rm(target, { recursive: true, force: true })
    await rename(part, target)
    await syncFolder(dirname(target))
    return made
  } catch (error) {
    await rm(part, { recursive: true, force: true, maxRetries: 3 }).catch(() => {})
    throw asBackupFailure(error, target)
  }
}

async function expectFree(target: string): Promise<void> {
  const names = await readdir(target).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return []
    if (errorCode(error) === 'ENOTDIR') return ['a file']
    throw error
  })
  if (names.length > 0) throw new BackupFailure({ code: 'folder-not-empty', path: target })
}

export async function copyPrivate(from: string, to: string): Promise<void> {
  await copyFile(from, to)
  await chmod(to, 0o600)
}

export async function filesIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return []
    throw error
  }
}

export async function hashOf(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex')
}

export async function sizeOf(folder: string): Promise<number> {
  let bytes = 0
  for (const name of await filesIn(folder))
    bytes += await stat(join(folder, name)).then(
      ({ size }) => size,
      () => 0, // a compaction has just taken it away
    )
  return bytes
}

export interface Room {
  /** @throws {BackupFailure} `disk-full` where so many bytes more would leave too little */
  expect(bytes: number): Promise<void>
}

/** A volume that a node lives on keeps what the node needs; another keeps a margin. */
export async function roomOn(
  world: Pick<ProfileWorld, 'freeBytes' | 'limits'>,
  path: string,
  beside: string | null,
): Promise<Room> {
  const volume = (at: string) =>
    stat(at).then(
      ({ dev }) => dev,
      () => null,
    )
  const isSame = beside !== null && (await volume(path)) === (await volume(beside))
  const kept = isSame ? world.limits.admitFreeBytes + MARGIN_BYTES : MARGIN_BYTES
  return {
    async expect(bytes) {
      const freeBytes = await world.freeBytes(path)
      if (freeBytes === null || freeBytes >= bytes + kept) return
      throw new BackupFailure({ code: 'disk-full', path, freeBytes, neededBytes: bytes + kept })
    },
  }
}

export function isInside(path: string, folder: string): boolean {
  const way = relative(resolve(folder), path)
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !/^([A-Za-z]:|\\\\|\/)/.test(way))
}

/** A name that says whose backup it is and of when, and sorts by time. */
export function backupFolderName(institution: string, civilDate: string, at: number): string {
  const plain = institution
    .normalize('NFC')
    .replace(/[\p{C}\s/\\:*?"<>|.]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
  const time = new Date(at).toISOString().slice(11, 19).replaceAll(':', '')
  return basename(`consilium-backup-${plain === '' ? 'institution' : plain}-${civilDate}-${time}Z`)
}
