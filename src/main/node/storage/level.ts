/** The store on disk: classic-level, one folder, one process. Options: see `openLevelStore`. */
import { statfs } from 'node:fs/promises'
import { ClassicLevel } from 'classic-level'
import type { Bytes } from '../../../shared/std/bytes.ts'
import { del, put, StorageFailure, type Entry, type KeyRange, type Store, type Write } from './store.ts'

export interface LevelOptions {
  /** Fails with `missing` instead of making a store. */
  mustExist?: boolean
  /** Lets worker threads of this process open the same folder for reading. */
  sharedBetweenThreads?: boolean
}

type Database = ClassicLevel<Uint8Array, Uint8Array>
const VIEWS = { keyEncoding: 'view', valueEncoding: 'view' } as const
/** After every key that a bucket makes. */
const END = Uint8Array.of(0xff)
const SCAN_ENTRIES = 256
const SCAN_BYTES = 1024 * 1024

/**
 * Opens the store in `path`, making it when absent.
 *
 * Bodies are ciphertext, so compression would only cost; large files keep their number low (2 MB files would be
 * 117,000 of them at 235 GB); a large write buffer makes the sorted runs of a segment's bodies move without rewriting.
 *
 * @throws {StorageFailure} `locked`, `corrupt`, `missing`, `disk-full`, `not-writable`
 */
export async function openLevelStore(path: string, options: LevelOptions = {}): Promise<Store> {
  const database: Database = new ClassicLevel(path, {
    ...VIEWS,
    createIfMissing: options.mustExist !== true,
    multithreading: options.sharedBetweenThreads === true,
    compression: false,
    maxFileSize: 64 * 1024 * 1024,
    writeBufferSize: 32 * 1024 * 1024,
    cacheSize: 32 * 1024 * 1024,
    blockSize: 16 * 1024,
  })
  try {
    await database.open()
  } catch (error) {
    throw await asFailure(error, path)
  }
  return createLevelStore(database, path)
}

function createLevelStore(database: Database, path: string): Store {
  let hasFailed = false
  const failIfBroken = (): void => {
    if (hasFailed || database.status !== 'open') throw new StorageFailure({ code: 'closed', path })
  }
  const read = async <T>(work: () => Promise<T>): Promise<T> => {
    if (database.status !== 'open') throw new StorageFailure({ code: 'closed', path })
    try {
      return await work()
    } catch (error) {
      throw await asFailure(error, path)
    }
  }
  const write = async (writes: readonly Write[], sync: boolean): Promise<void> => {
    failIfBroken()
    try {
      // Five times cheaper for the main thread than a batch given as an array.
      const batch = database.batch()
      for (const each of writes)
        if (each.kind === 'put') batch.put(each.key, each.value)
        else batch.del(each.key)
      await batch.write({ sync })
    } catch (error) {
      hasFailed = true
      throw await asFailure(error, path)
    }
  }
  return {
    get: (key) => read(async () => asPlain(await database.get(key))),
    getMany: (keys) => read(async () => (await database.getMany(keys as Bytes[])).map(asPlain)),
    scan: (range) => scan(database, range, path),
    commit: (writes) => write(writes, true),
    commitUnsynced: (writes) => write(writes, false),
    async purge({ from, to }) {
      const end = to ?? END
      const ends = [from, lastBefore(end)]
      // What is still in memory goes to a file, which may be put into the lowest level at once. A compaction leaves that
      // level as it is; two marks at both ends of the range make a file above it, and merging that one down rewrites
      // everything between.
      await read(() => database.compactRange(from, end, VIEWS))
      const values = await read(async () => (await database.getMany(ends)).map(asPlain))
      const marks = ends.map((key, i) => (values[i] == null ? del(key) : put(key, values[i])))
      await write(marks, false)
      await read(() => database.compactRange(from, end, VIEWS))
    },
    close: () => read(() => database.close()).catch(ignoreClosed),
  }
}

/** A key after all that are stored before `end`. */
function lastBefore(end: Bytes): Bytes {
  const key = new Uint8Array(end.length + 64).fill(0xff)
  key.set(end)
  let last = end.length - 1
  // A zero byte has nothing before it but its own absence.
  while (last > 0 && key[last] === 0) key.set([0xff], last--)
  key[last]!--
  return key
}

async function* scan(database: Database, range: KeyRange, path: string): AsyncIterable<Entry> {
  if (database.status !== 'open') throw new StorageFailure({ code: 'closed', path })
  // The snapshot is taken here, not at the first `nextv`.
  const iterator = database.iterator({
    gte: range.from,
    ...(range.to === undefined ? {} : { lt: range.to }),
    reverse: range.reverse === true,
    limit: range.limit ?? -1,
    highWaterMarkBytes: SCAN_BYTES,
    // A scan over bodies must not push out of memory what the node reads all the time.
    fillCache: false,
  })
  try {
    for (;;) {
      const entries = await iterator.nextv(SCAN_ENTRIES)
      if (entries.length === 0) return
      for (const [key, value] of entries) yield { key: asPlain(key)!, value: asPlain(value)! }
    }
  } catch (error) {
    throw await asFailure(error, path)
  } finally {
    await iterator.close()
  }
}

/** The binding makes Buffers, whose `slice` shares memory where that of a Uint8Array copies. */
function asPlain(value: Uint8Array | undefined): Bytes | null {
  return value === undefined ? null : new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
}

function ignoreClosed(error: unknown): void {
  if (error instanceof StorageFailure && error.detail.code === 'closed') return
  throw error
}

interface LevelError {
  code?: unknown
  message?: unknown
  cause?: { code?: unknown; message?: unknown }
}

/** LevelDB says what happened in codes and, for the disk, only in the text of its message. */
async function asFailure(error: unknown, path: string): Promise<unknown> {
  if (error instanceof StorageFailure || typeof error !== 'object' || error === null) return error
  const { code, message, cause } = error as LevelError
  const codes = [code, cause?.code]
  const text = `${String(message ?? '')} ${String(cause?.message ?? '')}`
  const options = { cause: error }
  if (codes.includes('LEVEL_LOCKED')) return new StorageFailure({ code: 'locked', path }, options)
  if (/no space left|ENOSPC|disk quota/i.test(text))
    return new StorageFailure({ code: 'disk-full', path, freeBytes: await freeBytes(path) }, options)
  if (/does not exist \(create_if_missing/i.test(text))
    return new StorageFailure({ code: 'missing', path }, options)
  if (/permission denied|EACCES|EROFS|read-only file system/i.test(text))
    return new StorageFailure({ code: 'not-writable', path }, options)
  if (
    codes.includes('LEVEL_CORRUPTION') ||
    codes.includes('LEVEL_IO_ERROR') ||
    /corrupt|missing files/i.test(text)
  )
    return new StorageFailure({ code: 'corrupt', path }, options)
  if (codes.includes('LEVEL_DATABASE_NOT_OPEN') || codes.includes('LEVEL_ITERATOR_NOT_OPEN'))
    return new StorageFailure({ code: 'closed', path }, options)
  return error
}

/** Bytes that this user can still write on the volume of `path`, or null where the system does not say. */
export async function freeBytes(path: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(path)
    return bavail * bsize
  } catch {
    return null
  }
}
