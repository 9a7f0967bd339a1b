/**
 * A disk that behaves as LevelDB on a real one may: batches are whole or absent and keep their order; what was not synced
 * is lost by a power cut, from some batch on; what was being written when the power went is there or not; writes take
 * time and can fail, and after a failed write the store must be opened anew.
 */
import { compareBytes, toHex } from '../src/shared/std/bytes.ts'
import {
  StorageFailure,
  type Entry,
  type KeyRange,
  type Store,
  type Write,
} from '../src/main/node/storage/store.ts'
import type { Clock } from './clock.ts'
import type { Dice } from './random.ts'

export interface SimDisk {
  /** Opens the store over what is on the disk now. The one that was open before is dead. */
  open(): Store
  /** The process dies; what it has written stays, what is being written may. */
  kill(): void
  /** The machine dies: some of the writes since the last sync are gone. */
  powerCut(): void
  /** Milliseconds that a sync takes, from `least` to `most`. */
  setLatency(least: number, most: number): void
  /** Makes writes fail until it is lifted. */
  setFailing(code: 'disk-full' | 'corrupt' | null): void
  /** What would survive a power cut now at the least. */
  durable(key: Uint8Array): Uint8Array | null
  /** What is in the files now. */
  stored(key: Uint8Array): Uint8Array | null
  /** Changes a stored byte of a bucket behind everybody's back. */
  damage(bucket: string): boolean
  /** Everything as it is now, and back to that: a backup that is restored. */
  snapshot(): Files
  restore(snapshot: Files): void
}

/** By the letter of the bucket, then by key: a scan looks at one bucket only. */
export type Files = Map<number, Map<string, Entry>>

type Batch = { readonly writes: readonly Write[]; readonly isSynced: boolean }

export function createDisk(clock: Clock, dice: Dice): SimDisk {
  // What is in the files, and how much of it was synced.
  let files: Files = new Map()
  let synced: Files = new Map()
  let unsynced: Batch[] = []
  let inFlight: Batch[] = []
  let generation = 0
  let least = 0
  let most = 2
  let failing: 'disk-full' | 'corrupt' | null = null

  const apply = (to: Files, writes: readonly Write[]): void => {
    for (const each of writes) {
      const bucket = bucketOf(to, each.key)
      if (each.kind === 'put') bucket.set(toHex(each.key), each)
      else bucket.delete(toHex(each.key))
    }
  }
  const land = (batch: Batch): void => {
    apply(files, batch.writes)
    unsynced.push(batch)
    if (!batch.isSynced) return
    for (const earlier of unsynced) apply(synced, earlier.writes)
    unsynced = []
  }
  const landSome = (): void => {
    // In order: a later batch cannot be there without the earlier one.
    while (inFlight.length > 0 && dice.chance(0.5)) land(inFlight.shift()!)
    inFlight = []
  }

  return {
    open() {
      const own = ++generation
      let isClosed = false
      let lastEnd = 0
      const failIfClosed = (): void => {
        if (isClosed) throw new StorageFailure({ code: 'closed', path: 'sim' })
      }
      const write = (writes: readonly Write[], isSynced: boolean): Promise<void> => {
        if (own !== generation) return new Promise(() => undefined)
        failIfClosed()
        if (failing !== null) {
          isClosed = true
          const path = 'sim'
          return Promise.reject(
            new StorageFailure(
              failing === 'disk-full' ? { code: failing, path, freeBytes: 0 } : { code: failing, path },
            ),
          )
        }
        const batch: Batch = { writes, isSynced }
        inFlight.push(batch)
        lastEnd = Math.max(lastEnd, clock.now() + (isSynced ? dice.between(least, most) : 0))
        return new Promise((resolve) => {
          clock.after(lastEnd - clock.now(), () => {
            if (own !== generation) return
            inFlight.splice(inFlight.indexOf(batch), 1)
            land(batch)
            resolve()
          })
        })
      }
      return {
        async get(key) {
          failIfClosed()
          return valueIn(files, key)
        },
        async getMany(keys) {
          failIfClosed()
          return keys.map((key) => valueIn(files, key))
        },
        async *scan(range: KeyRange) {
          failIfClosed()
          // Every range of the product lies in one bucket.
          const found: Entry[] = []
          for (const entry of files.get(range.from[0]!)?.values() ?? [])
            if (isInside(entry.key, range)) found.push(entry)
          found.sort((a, b) => compareBytes(a.key, b.key) * (range.reverse === true ? -1 : 1))
          for (const entry of found.slice(0, range.limit ?? found.length)) {
            yield entry
            failIfClosed()
          }
        },
        commit: (writes) => write(writes, true),
        commitUnsynced: (writes) => write(writes, false),
        async purge() {
          failIfClosed()
        },
        async close() {
          isClosed = true
        },
      }
    },
    kill() {
      generation++
      landSome()
    },
    powerCut() {
      generation++
      landSome()
      // The log is written in order: some first part of what was not synced may have reached the disk.
      const kept = unsynced.slice(0, dice.between(0, unsynced.length))
      for (const batch of kept) apply(synced, batch.writes)
      unsynced = []
      files = copyOf(synced)
    },
    setLatency(newLeast, newMost) {
      least = newLeast
      most = newMost
    },
    setFailing(code) {
      failing = code
    },
    durable: (key) => valueIn(synced, key),
    stored: (key) => valueIn(files, key),
    damage(bucket) {
      const entries = [...(files.get(bucket.charCodeAt(0))?.values() ?? [])]
      if (entries.length === 0) return false
      const { key, value } = dice.pick(entries)
      const damaged = value.slice()
      damaged[dice.below(damaged.length)]! ^= 1 << dice.below(8)
      for (const each of [files, synced]) bucketOf(each, key).set(toHex(key), { key, value: damaged })
      return true
    },
    snapshot: () => copyOf(files),
    restore(snapshot) {
      generation++
      inFlight = []
      unsynced = []
      files = copyOf(snapshot)
      synced = copyOf(snapshot)
    },
  }
}

function bucketOf(files: Files, key: Uint8Array): Map<string, Entry> {
  let bucket = files.get(key[0]!)
  if (bucket === undefined) files.set(key[0]!, (bucket = new Map<string, Entry>()))
  return bucket
}

function valueIn(files: Files, key: Uint8Array): Uint8Array | null {
  return files.get(key[0]!)?.get(toHex(key))?.value ?? null
}

function copyOf(files: Files): Files {
  return new Map([...files].map(([letter, bucket]) => [letter, new Map(bucket)]))
}

function isInside(key: Uint8Array, range: KeyRange): boolean {
  return compareBytes(key, range.from) >= 0 && (range.to === undefined || compareBytes(key, range.to) < 0)
}
