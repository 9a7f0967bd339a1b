/** The store in memory, for tests and the simulator: the same promises, without a disk. */
import { compareBytes, toHex, type Bytes } from '../../../shared/std/bytes.ts'
import { StorageFailure, type Entry, type KeyRange, type Store, type Write } from './store.ts'

export interface MemoryStore extends Store {
  /** What a power cut would leave: the store as of the last synced commit. */
  afterPowerCut(): MemoryStore
  /** What a killed process leaves: every commit, the machine's own memory of the unsynced ones included. */
  afterKill(): MemoryStore
  /** Makes the next writes fail as a full disk does. */
  fillDisk(isFull: boolean): void
  readonly size: number
}

export function createMemoryStore(initial: Iterable<Entry> = []): MemoryStore {
  // Hex keys keep the order of bytes, so a sorted list of them is the order of the store.
  let entries = new Map<string, Entry>()
  for (const entry of initial) entries.set(toHex(entry.key), entry)
  let durable = new Map(entries)
  let order: string[] | null = null
  let isClosed = false
  let isFull = false

  const failIfClosed = (): void => {
    if (isClosed) throw new StorageFailure({ code: 'closed', path: 'memory' })
  }
  const write = (writes: readonly Write[]): void => {
    failIfClosed()
    if (isFull) {
      isClosed = true
      throw new StorageFailure({ code: 'disk-full', path: 'memory', freeBytes: 0 })
    }
    // Copied, so that a snapshot that is being scanned keeps what it saw.
    const next = new Map(entries)
    for (const each of writes) {
      const name = toHex(each.key)
      if (each.kind === 'put') next.set(name, { key: each.key.slice(), value: each.value.slice() })
      else next.delete(name)
    }
    entries = next
    order = null
  }
  const sorted = (): string[] => (order ??= [...entries.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)))

  return {
    get size() {
      return entries.size
    },
    async get(key) {
      failIfClosed()
      return entries.get(toHex(key))?.value.slice() ?? null
    },
    async getMany(keys) {
      failIfClosed()
      return keys.map((key) => entries.get(toHex(key))?.value.slice() ?? null)
    },
    async *scan(range: KeyRange) {
      failIfClosed()
      const snapshot = entries
      const names = sorted().slice()
      if (range.reverse) names.reverse()
      let left = range.limit ?? Infinity
      for (const name of names) {
        if (left <= 0) return
        const entry = snapshot.get(name)
        if (entry === undefined || !isInside(entry.key, range)) continue
        left--
        yield { key: entry.key.slice(), value: entry.value.slice() }
        failIfClosed()
      }
    },
    async commit(writes) {
      write(writes)
      durable = entries
    },
    async commitUnsynced(writes) {
      write(writes)
    },
    async purge() {
      failIfClosed()
    },
    async close() {
      isClosed = true
    },
    afterKill: () => createMemoryStore(entries.values()),
    afterPowerCut: () => createMemoryStore(durable.values()),
    fillDisk(full) {
      isFull = full
    },
  }
}

function isInside(key: Bytes, range: KeyRange): boolean {
  return compareBytes(key, range.from) >= 0 && (range.to === undefined || compareBytes(key, range.to) < 0)
}
