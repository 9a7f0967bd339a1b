/**
 * Backups of an institution's folder. A backup is such a folder itself, made from one snapshot of the store while the node
 * goes on, with `backup.json` that says what is in it. Its store says that it was restored: whoever opens it, or a copy of
 * it, observes until a person has said that the old machine is gone and nothing signed is unknown (consensus R29).
 *
 * What it holds is what the folder holds: the sealed keys, and nothing in plain that is not plain there.
 */
import { createHash } from 'node:crypto'
import { copyFile, mkdir, readdir, readFile, rename, rm, stat, chmod } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { z } from 'zod'
import { equalBytes, toHex } from '../../shared/std/bytes.ts'
import { Failure } from '../../shared/std/failure.ts'
import { encodeStanding, observe } from '../node/consensus/engine/standing.ts'
import { openLedger } from '../node/ledger.ts'
import { metaKey } from '../node/storage/buckets.ts'
import { instanceWrite, readStanding, standingWrite } from '../node/storage/chain-store.ts'
import { put, StorageFailure, type ReadableStore, type Write } from '../node/storage/store.ts'
import { errorCode, readTextFile, syncFolder, writeFileAtomic } from './atomic-file.ts'
import { CODES_FOLDER } from './code-lists-folder.ts'
import { MAPPINGS_FOLDER } from './table-mappings.ts'
import type { OpenProfile, ProfileWorld } from './open-profile.ts'
import { loadFacts, saveFacts, STORE_FOLDER } from './profile-folder.ts'
import { isProfileInUse } from './profile-lock.ts'

export type BackupFailureDetail =
  /** Free bytes are too few, or ran out; nothing was left behind. */
  | { code: 'disk-full'; path: string; freeBytes: number | null; neededBytes: number | null }
  | { code: 'folder-not-empty'; path: string }
  | { code: 'folder-not-writable'; path: string }
  /** The disk, the network share or the system said no; `detail` is its word for it. */
  | { code: 'folder-failed'; path: string; detail: string }
  /** A backup inside the folder that it is of would be lost with it. */
  | { code: 'inside-profile'; path: string }
  | { code: 'not-a-backup'; path: string }
  | { code: 'backup-newer'; path: string }
  /** What lies there is not what was written: damaged, or opened and used since. */
  | { code: 'backup-changed'; path: string; detail: string }
  | { code: 'profile-in-use'; path: string }
  | { code: 'other-institution'; path: string }
  | { code: 'cancelled' }
export class BackupFailure extends Failure<BackupFailureDetail> {}

const FORMAT = 1
export const BACKUP_FILE = 'backup.json'
const PART_END = '.part'
const MEMBERSHIP = 'membership'
/** Copied as they are; what belongs to a running process or to this machine's attempts is not. */
const FILES = ['keys.json', 'network.json']
const FOLDERS = [MEMBERSHIP, CODES_FOLDER, MAPPINGS_FOLDER]

const FILE_NAME = /^([a-z]+\/)?[A-Za-z0-9][A-Za-z0-9._-]*$/
const count = z.number().int().nonnegative()
const hash = z.string().regex(/^[0-9a-f]{64}$/)
const manifest = z.object({
  format: z.literal(FORMAT),
  institutionName: z.string(),
  memberId: z.string(),
  chainId: z.string(),
  /** Milliseconds since 1970. */
  madeAt: count,
  height: count,
  blockCount: count,
  tip: hash,
  entryCount: count,
  /** Keys and values of the store. */
  byteCount: count,
  /** SHA-256 over every entry in order: length and bytes of key and value. */
  entriesHash: hash,
  files: z.array(z.object({ name: z.string().regex(FILE_NAME), sha256: hash })),
})
export type Manifest = z.infer<typeof manifest>

export interface BackupControl {
  readonly signal: AbortSignal
  readonly progress: (doneBytes: number, totalBytes: number | null) => void
}
export const UNWATCHED: BackupControl = { signal: new AbortController().signal, progress: () => {} }

/** Written at once; small enough that a full disk is noticed soon, large enough to be quick. */
const BATCH_BYTES = 4 * 1024 * 1024
const LOOK_AT_SPACE_BYTES = 64 * 1024 * 1024
/** What a volume that the node does not live on keeps. */
const MARGIN_BYTES = 64 * 1024 * 1024

type BackupWorld = Pick<ProfileWorld, 'crypto' | 'random' | 'now' | 'openStore' | 'freeBytes' | 'limits'>

/**
 * Writes a backup to `out`, which is not there yet or is an empty folder. It appears under its name when all of it is on the
 * disk; whatever fails before that leaves nothing behind.
 * @throws {BackupFailure}
 */
export async function makeBackup(
  world: BackupWorld,
  profile: Pick<OpenProfile, 'folder' | 'facts' | 'store' | 'ledger'>,
  out: string,
  control: BackupControl = UNWATCHED,
): Promise<Manifest> {
  const target = resolve(out)
  if (isInside(target, profile.folder)) throw new BackupFailure({ code: 'inside-profile', path: target })
  return building(target, async (part) => {
    const total = await sizeOf(join(profile.folder, STORE_FOLDER))
    const room = await roomOn(world, part, profile.folder)
    await room.expect(total)
    const store = await copyStore(world, profile.store, join(part, STORE_FOLDER), total, room, control)
    const names = await copyFiles(profile.folder, part)
    await saveFacts(part, { ...profile.facts, isRestored: true })
    const files = await Promise.all(
      [...names, 'profile.json']
        .sort()
        .map(async (name) => ({ name, sha256: await hashOf(join(part, name)) })),
    )
    const { institutionName, memberId, chainId } = profile.facts
    const made: Manifest = {
      format: FORMAT,
      institutionName,
      memberId,
      chainId,
      madeAt: Math.floor(world.now()),
      ...store,
      files,
    }
    await writeFileAtomic(join(part, BACKUP_FILE), `${JSON.stringify(made, null, 2)}\n`)
    return made
  })
}

/** What a backup says of itself. @throws {BackupFailure} `not-a-backup`, `backup-newer` */
export async function readManifest(folder: string): Promise<Manifest> {
  const path = resolve(folder)
  let json: { format?: unknown } | null
  try {
    json = JSON.parse((await readTextFile(join(path, BACKUP_FILE))) ?? 'null') as { format?: unknown } | null
  } catch {
    json = null
  }
  if (typeof json?.format === 'number' && json.format > FORMAT)
    throw new BackupFailure({ code: 'backup-newer', path })
  const parsed = manifest.safeParse(json)
  if (!parsed.success) throw new BackupFailure({ code: 'not-a-backup', path })
  return parsed.data
}

/**
 * Makes an institution's folder of a backup and compares every byte with what the backup says. The folder that comes of it
 * observes first, like every restored one.
 * @param beside the folder whose volume must stay usable, where there is one
 * @throws {BackupFailure}
 */
export async function restoreBackup(
  world: BackupWorld,
  from: string,
  to: string,
  control: BackupControl = UNWATCHED,
  beside: string | null = null,
): Promise<Manifest> {
  const source = resolve(from)
  const said = await readManifest(source)
  // A process that has it open writes to it: what would be copied is neither the old nor the new.
  if (await isProfileInUse(source)) throw new BackupFailure({ code: 'profile-in-use', path: source })
  return building(resolve(to), async (part) => {
    const changed = (detail: string): BackupFailure =>
      new BackupFailure({ code: 'backup-changed', path: source, detail })
    const total = await sizeOf(join(source, STORE_FOLDER))
    const room = await roomOn(world, part, beside)
    await room.expect(total)
    for (const { name, sha256 } of said.files) {
      await mkdir(dirname(join(part, name)), { recursive: true, mode: 0o700 })
      await copyPrivate(join(source, name), join(part, name)).catch((error: unknown) => {
        throw errorCode(error) === 'ENOENT' ? changed(name) : error
      })
      if ((await hashOf(join(part, name))) !== sha256) throw changed(name)
    }
    const storePath = join(part, STORE_FOLDER)
    await mkdir(storePath, { recursive: true, mode: 0o700 })
    let done = 0
    for (const name of await filesIn(join(source, STORE_FOLDER))) {
      if (control.signal.aborted) throw new BackupFailure({ code: 'cancelled' })
      // The lock is of whoever opens a store.
      if (name === 'LOCK') continue
      await copyPrivate(join(source, STORE_FOLDER, name), join(storePath, name))
      done += (await stat(join(storePath, name))).size
      control.progress(done, total)
    }
    let found: Awaited<ReturnType<typeof factsOfStore>>
    try {
      const store = await world.openStore(storePath, true)
      try {
        const standing = await readStanding(store)
        const isObserving =
          standing.kind === 'ok' && equalBytes(standing.value, encodeStanding(OBSERVING(said.height)))
        if (!isObserving) throw changed('standing')
        found = await factsOfStore(world, store, storePath, control.signal)
      } finally {
        await store.close()
      }
    } catch (error) {
      if (error instanceof StorageFailure && ['corrupt', 'missing'].includes(error.detail.code))
        throw changed(STORE_FOLDER)
      throw error
    }
    if (found.entriesHash !== said.entriesHash || found.tip !== said.tip || found.height !== said.height)
      throw changed(STORE_FOLDER)
    const facts = await loadFacts(part)
    if (facts.memberId !== said.memberId || facts.chainId !== said.chainId) throw changed('profile.json')
    return said
  })
}

/** What a restored store says of itself: somebody else may have signed with these keys since. */
const OBSERVING = (height: number) => observe('data-restored', height)

/* ---------- the store ---------- */

type StoreFacts = Pick<Manifest, 'height' | 'blockCount' | 'tip' | 'entryCount' | 'byteCount' | 'entriesHash'>

/** One snapshot, entry by entry, into a new store; what says that a node may sign is replaced. */
async function copyStore(
  world: BackupWorld,
  from: ReadableStore,
  path: string,
  total: number,
  room: Room,
  control: BackupControl,
): Promise<StoreFacts> {
  await mkdir(path, { recursive: true, mode: 0o700 })
  const store = await world.openStore(path, false)
  try {
    const replaced = [metaKey('standing'), metaKey('instance')].map(toHex)
    // A copy that must not pass for the original.
    let batch: Write[] = [instanceWrite(world.random(16))]
    let batchBytes = 0
    let done = 0
    let lookAt = LOOK_AT_SPACE_BYTES
    for await (const { key, value } of from.scan({ from: new Uint8Array(0) })) {
      if (replaced.includes(toHex(key))) continue
      batch.push(put(key, value))
      batchBytes += key.length + value.length
      if (batchBytes < BATCH_BYTES) continue
      if (control.signal.aborted) throw new BackupFailure({ code: 'cancelled' })
      await store.commitUnsynced(batch)
      done += batchBytes
      batch = []
      batchBytes = 0
      control.progress(done, Math.max(done, total))
      if (done < lookAt) continue
      lookAt = done + LOOK_AT_SPACE_BYTES
      await room.expect(LOOK_AT_SPACE_BYTES)
    }
    if (control.signal.aborted) throw new BackupFailure({ code: 'cancelled' })
    await store.commitUnsynced(batch)
    const { state } = await openLedger(world.crypto, store, path)
    // Synced, and with it everything before.
    await store.commit([standingWrite(encodeStanding(OBSERVING(state.height)))])
    return await factsOfStore(world, store, path, control.signal)
  } finally {
    await store.close()
  }
}

async function factsOfStore(
  world: Pick<BackupWorld, 'crypto'>,
  store: ReadableStore & Parameters<typeof openLedger>[1],
  path: string,
  signal: AbortSignal,
): Promise<StoreFacts> {
  const { state } = await openLedger(world.crypto, store, path)
  const digest = createHash('sha256')
  const lengths = new DataView(new ArrayBuffer(8))
  let entryCount = 0
  let byteCount = 0
  for await (const { key, value } of store.scan({ from: new Uint8Array(0) })) {
    if (signal.aborted) throw new BackupFailure({ code: 'cancelled' })
    lengths.setUint32(0, key.length)
    lengths.setUint32(4, value.length)
    digest.update(new Uint8Array(lengths.buffer)).update(key).update(value)
    entryCount++
    byteCount += key.length + value.length
  }
  const { height, blockCount, tip } = state
  const entriesHash = toHex(new Uint8Array(digest.digest()))
  return { height, blockCount, tip: toHex(tip), entryCount, byteCount, entriesHash }
}

/* ---------- files ---------- */

/** Builds beside the target and renames at the end; removes what it built when anything fails. */
async function building<T>(target: string, work: (part: string) => Promise<T>): Promise<T> {
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

/** @returns the names of what was copied */
async function copyFiles(from: string, to: string): Promise<string[]> {
  const names = [...FILES]
  for (const folder of FOLDERS)
    for (const name of await filesIn(join(from, folder)))
      // What a file manager or a person left there is not ours, and no manifest could name it.
      if (!name.endsWith('.new') && FILE_NAME.test(`${folder}/${name}`)) names.push(`${folder}/${name}`)
  const copied: string[] = []
  for (const name of names) {
    await mkdir(dirname(join(to, name)), { recursive: true, mode: 0o700 })
    try {
      await copyPrivate(join(from, name), join(to, name))
      copied.push(name)
    } catch (error) {
      // Not every folder has every file, and a proposal may just have been forgotten.
      if (errorCode(error) !== 'ENOENT') throw error
    }
  }
  return copied
}

async function copyPrivate(from: string, to: string): Promise<void> {
  await copyFile(from, to)
  await chmod(to, 0o600)
}

async function filesIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return []
    throw error
  }
}

async function hashOf(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex')
}

async function sizeOf(folder: string): Promise<number> {
  let bytes = 0
  for (const name of await filesIn(folder))
    bytes += await stat(join(folder, name)).then(
      ({ size }) => size,
      () => 0, // a compaction has just taken it away
    )
  return bytes
}

interface Room {
  /** @throws {BackupFailure} `disk-full` where so many bytes more would leave too little */
  expect(bytes: number): Promise<void>
}

/** A volume that a node lives on keeps what the node needs; another keeps a margin. */
async function roomOn(world: BackupWorld, path: string, beside: string | null): Promise<Room> {
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

function asBackupFailure(error: unknown, path: string): unknown {
  if (error instanceof BackupFailure) return error
  const options = { cause: error }
  if (error instanceof StorageFailure) {
    const { detail } = error
    if (detail.code === 'disk-full')
      return new BackupFailure(
        { code: 'disk-full', path, freeBytes: detail.freeBytes, neededBytes: null },
        options,
      )
    if (detail.code === 'not-writable')
      return new BackupFailure({ code: 'folder-not-writable', path }, options)
  }
  switch (errorCode(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new BackupFailure({ code: 'disk-full', path, freeBytes: null, neededBytes: null }, options)
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new BackupFailure({ code: 'folder-not-writable', path }, options)
    default:
      break
  }
  const code = errorCode(error)
  // Our own mistakes have no such code, and are not to be taken for the disk's.
  return code === null ? error : new BackupFailure({ code: 'folder-failed', path, detail: code }, options)
}

function isInside(path: string, folder: string): boolean {
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
