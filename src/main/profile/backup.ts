/**
 * Backups of an institution's folder, made from one snapshot of the store while the node goes on: `backup.json`, which says
 * what is in it, and `backup.sealed`, in which all of it lies under a key of the month that is destroyed after ninety days
 * (`backup-keys.ts`, ADR 0016). What is restored says so: whoever opens it observes until a person has said that the old
 * machine is gone and nothing signed is unknown (consensus R29).
 */
import { createHash, hkdfSync } from 'node:crypto'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { z } from 'zod'
import { assert } from '../../shared/std/assert.ts'
import { equalBytes, fromHex, toHex, utf8Encode, type Bytes } from '../../shared/std/bytes.ts'
import { encodeStanding, observe } from '../node/consensus/engine/standing.ts'
import type { ChainState } from '../node/chain/chain-state.ts'
import { openLedger } from '../node/ledger.ts'
import { rangeOf } from '../node/storage/buckets.ts'
import { instanceWrite, readStanding, standingWrite } from '../node/storage/chain-store.ts'
import { put, StorageFailure, type Entry, type Store, type Write } from '../node/storage/store.ts'
import { errorCode, readTextFile, writeFileAtomic } from './atomic-file.ts'
import { createEntryCount, factsOfStore, type StoreFacts } from './backup-facts.ts'
import { BackupFailure } from './backup-failure.ts'
import { building, filesIn, isInside, roomOn, sizeOf, type Room } from './backup-folders.ts'
import { carryKeys, destroyBy, findBackupKey, keyForBackup, type BackupGeneration } from './backup-keys.ts'
import { createStreamWriter, readStream, type StreamWriter } from './backup-stream.ts'
import { CODES_FOLDER } from './code-lists-folder.ts'
import { copyOlder } from './older-backup.ts'
import type { OpenProfile, ProfileWorld } from './open-profile.ts'
import { factsText, loadFacts, loadKeysText, STORE_FOLDER } from './profile-folder.ts'
import { isProfileInUse } from './profile-lock.ts'
import { MAPPINGS_FOLDER } from './table-mappings.ts'

export { BackupFailure, type BackupFailureDetail } from './backup-failure.ts'
export { backupFolderName } from './backup-folders.ts'

const FORMAT = 2
const OLDER_FORMAT = 1
export const BACKUP_FILE = 'backup.json'
const SEALED_FILE = 'backup.sealed'
const MEMBERSHIP = 'membership'
/** Taken as they are; what belongs to a running process or to this machine is not. */
const FILES = ['network.json']
const FOLDERS = [MEMBERSHIP, CODES_FOLDER, MAPPINGS_FOLDER]

const FILE_NAME = /^([a-z]+\/)?[A-Za-z0-9][A-Za-z0-9._-]*$/
const count = z.number().int().nonnegative()
const hash = z.string().regex(/^[0-9a-f]{64}$/)
const said = {
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
}
const manifest = z.discriminatedUnion('format', [
  z.object({ format: z.literal(OLDER_FORMAT), ...said }),
  z.object({
    format: z.literal(FORMAT),
    ...said,
    /** Salt of its own key. */
    backupId: z.string().regex(/^[0-9a-f]{32}$/),
    /** The key of the month that it lies under, and when that is destroyed. */
    generationId: z.string().regex(/^[0-9a-f]{16}$/),
    destroyBy: count,
  }),
])
export type Manifest = z.infer<typeof manifest>

export interface BackupControl {
  readonly signal: AbortSignal
  readonly progress: (doneBytes: number, totalBytes: number | null) => void
}
export const UNWATCHED: BackupControl = { signal: new AbortController().signal, progress: () => {} }

/** Written to a restored store at once. */
const BATCH_BYTES = 4 * 1024 * 1024
const LOOK_AT_SPACE_BYTES = 64 * 1024 * 1024

export type BackupWorld = Pick<
  ProfileWorld,
  'crypto' | 'random' | 'now' | 'openStore' | 'freeBytes' | 'limits'
>

/**
 * Writes a backup to `out`, which is not there yet or is an empty folder. It appears under its name when all of it is on the
 * disk; whatever fails before that leaves nothing behind. The key goes to `keysPlace`, or beside the backup.
 * @throws {BackupFailure}
 */
export async function makeBackup(
  world: BackupWorld,
  profile: Pick<OpenProfile, 'folder' | 'facts' | 'store' | 'ledger'>,
  out: string,
  control: BackupControl = UNWATCHED,
  keysPlace: string = dirname(resolve(out)),
): Promise<Extract<Manifest, { format: 2 }>> {
  const target = resolve(out)
  const { folder, facts } = profile
  for (const place of [target, resolve(keysPlace)])
    if (isInside(place, folder)) throw new BackupFailure({ code: 'inside-profile', path: place })
  return building(target, async (part) => {
    const madeAt = Math.floor(world.now())
    const total = await sizeOf(join(folder, STORE_FOLDER))
    const room = await roomOn(world, part, folder)
    await room.expect(total)
    const generation = await keyForBackup(folder, { random: world.random, now: madeAt })
    const backupId = toHex(world.random(16))
    const writer = await createStreamWriter(join(part, SEALED_FILE), keyOf(generation.key, backupId))
    try {
      const files = await addFiles(writer, profile)
      const store = await addStore(world, profile.store, writer, total, room, control)
      if (control.signal.aborted) throw new BackupFailure({ code: 'cancelled' })
      await writer.end()
      const { institutionName, memberId, chainId } = facts
      const made = {
        format: FORMAT,
        institutionName,
        memberId,
        chainId,
        madeAt,
        ...store,
        files,
        backupId,
        generationId: generation.id,
        destroyBy: destroyBy(generation),
      } as const
      await writeFileAtomic(join(part, BACKUP_FILE), `${JSON.stringify(made, null, 2)}\n`)
      await carryKeys(folder, memberId, keysPlace, madeAt)
      return made
    } catch (error) {
      await writer.close()
      throw error
    }
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

export interface RestoreOptions {
  readonly control?: BackupControl
  /** The folder whose volume must stay usable, where there is one; keys are looked for in it too. */
  readonly beside?: string
  /** The file with the key, or the folder that it lies in; beside the backup it is found by itself. */
  readonly keys?: string
}

/**
 * Makes an institution's folder of a backup and compares every byte with what the backup says. The folder that comes of it
 * observes first, like every restored one, and carries out what was erased since when it hears of it.
 * @throws {BackupFailure}
 */
export async function restoreBackup(
  world: BackupWorld,
  from: string,
  to: string,
  { control = UNWATCHED, beside, keys }: RestoreOptions = {},
): Promise<Manifest> {
  const source = resolve(from)
  const about = await readManifest(source)
  // A process that has it open writes to it: what would be copied is neither the old nor the new.
  if (await isProfileInUse(source)) throw new BackupFailure({ code: 'profile-in-use', path: source })
  const places = [
    ...(keys === undefined ? [] : [resolve(keys)]),
    ...(beside === undefined ? [] : [beside]),
    dirname(source),
  ]
  const key = about.format === FORMAT ? await keyToRestore(world, source, about, places) : null
  return building(resolve(to), async (part) => {
    const room = await roomOn(world, part, beside ?? null)
    if (about.format === OLDER_FORMAT) await copyOlder(source, about, part, room, control)
    else {
      assert(key !== null, 'a sealed backup is opened by a key')
      await unpack(world, source, about, key, part, room, control)
    }
    await checkRestored(world, source, about, part, control.signal)
    return about
  })
}

/** @throws {BackupFailure} `backup-expired`, `backup-key-missing` */
async function keyToRestore(
  { now }: Pick<BackupWorld, 'now'>,
  source: string,
  about: Extract<Manifest, { format: 2 }>,
  places: readonly string[],
): Promise<Bytes> {
  const found = await findBackupKey(about.generationId, about.memberId, places)
  if (found !== null) return keyOf(found, about.backupId)
  throw now() >= about.destroyBy
    ? new BackupFailure({ code: 'backup-expired', path: source, destroyBy: about.destroyBy })
    : new BackupFailure({ code: 'backup-key-missing', path: source })
}

const keyOf = (generationKey: BackupGeneration['key'], backupId: string): Bytes =>
  new Uint8Array(hkdfSync('sha256', fromHex(generationKey), fromHex(backupId), 'consilium/backup/2', 32))

/** What a restored store says of itself: somebody else may have signed with these keys since. */
const OBSERVING = (height: number) => encodeStanding(observe('data-restored', height))

/* ---------- making ---------- */

async function addFiles(
  writer: StreamWriter,
  { folder, facts }: Pick<OpenProfile, 'folder' | 'facts'>,
): Promise<Manifest['files']> {
  const names = [...FILES]
  for (const each of FOLDERS)
    for (const name of await filesIn(join(folder, each)))
      // What a file manager or a person left there is not ours, and no manifest could name it.
      if (!name.endsWith('.new') && FILE_NAME.test(`${each}/${name}`)) names.push(`${each}/${name}`)
  const files: { name: string; sha256: string }[] = []
  const add = async (name: string, bytes: Bytes): Promise<void> => {
    await writer.add({ kind: 'file', name, bytes })
    files.push({ name, sha256: sha256(bytes) })
  }
  // Without what this machine laid over it: elsewhere nothing would lift it.
  await add('keys.json', utf8Encode(await loadKeysText(folder)))
  await add('profile.json', utf8Encode(factsText({ ...facts, isRestored: true })))
  for (const name of names.sort()) {
    const bytes = await readFile(join(folder, name)).catch((error: unknown) => {
      // Not every folder has every file, and a proposal may just have been forgotten.
      if (errorCode(error) === 'ENOENT') return null
      throw error
    })
    if (bytes !== null) await add(name, new Uint8Array(bytes))
  }
  return files
}

/** One snapshot, entry by entry; what says that a node may sign is replaced. */
async function addStore(
  world: BackupWorld,
  from: Store,
  writer: StreamWriter,
  total: number,
  room: Room,
  control: BackupControl,
): Promise<StoreFacts> {
  const entries = createEntryCount()
  const meta = rangeOf('m')
  let state: ChainState | null = null
  let metaEntries: Entry[] = []
  let lookAt = LOOK_AT_SPACE_BYTES
  const add = async (entry: Entry): Promise<void> => {
    await writer.add({ kind: 'entry', ...entry })
    entries.add(entry)
  }
  // Where the chain stands is known when all of this bucket was read, and what is replaced stands in the middle of it.
  const addMeta = async (): Promise<ChainState> => {
    const known = new Map(metaEntries.map(({ key, value }) => [toHex(key), value]))
    const atThisMoment: Store = {
      ...from,
      get: async (key) => (isWithin(meta, key) ? (known.get(toHex(key)) ?? null) : from.get(key)),
    }
    const ledger = await openLedger(world.crypto, atThisMoment, '')
    // A copy that must not pass for the original.
    for (const write of [instanceWrite(world.random(16)), standingWrite(OBSERVING(ledger.state.height))]) {
      assert(write.kind === 'put', 'both are values')
      known.set(toHex(write.key), write.value)
    }
    metaEntries = []
    for (const key of [...known.keys()].sort()) await add({ key: fromHex(key), value: known.get(key)! })
    return ledger.state
  }
  for await (const entry of from.scan({ from: new Uint8Array(0) })) {
    if (control.signal.aborted) throw new BackupFailure({ code: 'cancelled' })
    if (isWithin(meta, entry.key)) {
      metaEntries.push(entry)
      continue
    }
    if (metaEntries.length > 0) state = await addMeta()
    await add(entry)
    if (entries.byteCount < lookAt) continue
    control.progress(entries.byteCount, Math.max(entries.byteCount, total))
    lookAt = entries.byteCount + LOOK_AT_SPACE_BYTES
    await room.expect(LOOK_AT_SPACE_BYTES)
  }
  if (metaEntries.length > 0) state = await addMeta()
  assert(state !== null, 'a store of ours says what it is')
  const { height, blockCount, tip } = state
  return { height, blockCount, tip: toHex(tip), ...entries.end() }
}

const isWithin = ({ from, to }: ReturnType<typeof rangeOf>, key: Bytes): boolean =>
  Buffer.compare(key, from) >= 0 && (to === undefined || Buffer.compare(key, to) < 0)

const sha256 = (bytes: Bytes): string => createHash('sha256').update(bytes).digest('hex')

/* ---------- restoring ---------- */

async function unpack(
  world: BackupWorld,
  source: string,
  about: Manifest,
  key: Bytes,
  part: string,
  room: Room,
  control: BackupControl,
): Promise<void> {
  const changed = (detail: string): BackupFailure =>
    new BackupFailure({ code: 'backup-changed', path: source, detail })
  const sealedPath = join(source, SEALED_FILE)
  const total = await stat(sealedPath).then(
    ({ size }) => size,
    () => {
      throw changed(SEALED_FILE)
    },
  )
  await room.expect(total)
  const expected = new Map(about.files.map(({ name, sha256: digest }) => [name, digest]))
  await mkdir(join(part, STORE_FOLDER), { recursive: true, mode: 0o700 })
  const store = await world.openStore(join(part, STORE_FOLDER), false)
  try {
    let batch: Write[] = []
    let batchBytes = 0
    for await (const each of readStream(sealedPath, key)) {
      if (control.signal.aborted) throw new BackupFailure({ code: 'cancelled' })
      if (each.kind === 'file') {
        if (expected.get(each.name) !== sha256(each.bytes)) throw changed(each.name)
        expected.delete(each.name)
        await mkdir(dirname(join(part, each.name)), { recursive: true, mode: 0o700 })
        await writeFile(join(part, each.name), each.bytes, { mode: 0o600, flag: 'wx', flush: true })
        continue
      }
      batch.push(put(each.key, each.value))
      batchBytes += each.key.length + each.value.length
      if (batchBytes < BATCH_BYTES) continue
      await store.commitUnsynced(batch)
      batch = []
      batchBytes = 0
      control.progress(each.at, total)
    }
    // Synced, and with it everything before.
    await store.commit(batch)
    const [missing] = expected.keys()
    if (missing !== undefined) throw changed(missing)
  } finally {
    await store.close()
  }
}

async function checkRestored(
  world: BackupWorld,
  source: string,
  about: Manifest,
  part: string,
  signal: AbortSignal,
): Promise<void> {
  const changed = (detail: string): BackupFailure =>
    new BackupFailure({ code: 'backup-changed', path: source, detail })
  const storePath = join(part, STORE_FOLDER)
  let found: StoreFacts
  try {
    const store = await world.openStore(storePath, true)
    try {
      const standing = await readStanding(store)
      if (standing.kind !== 'ok' || !equalBytes(standing.value, OBSERVING(about.height)))
        throw changed('standing')
      found = await factsOfStore(world, store, storePath, signal)
    } finally {
      await store.close()
    }
  } catch (error) {
    if (error instanceof StorageFailure && ['corrupt', 'missing'].includes(error.detail.code))
      throw changed(STORE_FOLDER)
    throw error
  }
  if (found.entriesHash !== about.entriesHash || found.tip !== about.tip || found.height !== about.height)
    throw changed(STORE_FOLDER)
  const facts = await loadFacts(part)
  if (facts.memberId !== about.memberId || facts.chainId !== about.chainId) throw changed('profile.json')
}
