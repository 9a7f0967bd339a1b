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
  /** Changes a stored byte behind everybody's back. */
  damage(prefix: string): boolean
  /** Everything as it is now, and back to that: a backup that is restored. */
  snapshot(): ReadonlyMap<string, Entry>
  restore(snapshot: ReadonlyMap<string, Entry>): void
}

type Batch = { readonly writes: readonly Write[]; readonly isSynced: boolean }

export function createDisk(clock: Clock, dice: Dice): SimDisk {
  // What is in the files, and how much of it was synced.
  let files = new Map<string, Entry>()
  let synced = new Map<string, Entry>()
  let unsynced: Batch[] = []
  let inFlight: Batch[] = []
  let generation = 0
  let least = 0
  let most = 2
  let failing: 'disk-full' | 'corrupt' | null = null

  const apply = (to: Map<string, Entry>, writes: readonly Write[]): void => {
    for (const each of writes) {
      if (each.kind === 'put') to.set(toHex(each.key), { key: each.key, value: each.value })
      else to.delete(toHex(each.key))
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
          return files.get(toHex(key))?.value ?? null
        },
        async getMany(keys) {
          failIfClosed()
          return keys.map((key) => files.get(toHex(key))?.value ?? null)
        },
        async *scan(range: KeyRange) {
          failIfClosed()
          const found = [...files.values()].filter(({ key }) => isInside(key, range))
          found.sort((a, b) => compareBytes(a.key, b.key) * (range.reverse === true ? -1 : 1))
          for (const entry of found.slice(0, range.limit ?? found.length)) {
            yield entry
            failIfClosed()
          }
        },
        commit: (writes) => write(writes, true),
        commitUnsynced: (writes) => write(writes, false),
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
      files = new Map(synced)
    },
    setLatency(newLeast, newMost) {
      least = newLeast
      most = newMost
    },
    setFailing(code) {
      failing = code
    },
    durable: (key) => synced.get(toHex(key))?.value ?? null,
    damage(prefix) {
      const names = [...files.keys()].filter((name) => name.startsWith(prefix))
      if (names.length === 0) return false
      const name = dice.pick(names)
      const { key, value } = files.get(name)!
      const damaged = value.slice()
      damaged[dice.below(damaged.length)]! ^= 1 << dice.below(8)
      files.set(name, { key, value: damaged })
      synced.set(name, { key, value: damaged })
      return true
    },
    snapshot: () => new Map(files),
    restore(snapshot) {
      generation++
      inFlight = []
      unsynced = []
      files = new Map(snapshot)
      synced = new Map(snapshot)
    },
  }
}

function isInside(key: Uint8Array, range: KeyRange): boolean {
  return compareBytes(key, range.from) >= 0 && (range.to === undefined || compareBytes(key, range.to) < 0)
}
