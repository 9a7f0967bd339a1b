/**
 * The accesses that concern this hospital, in its store: those by which it reads elsewhere, and those by which others read
 * here. What may still matter is in memory too; older ones are read when somebody looks at them.
 */
import { toHex, type Bytes } from '../../../shared/std/bytes.ts'
import { accessKey, rangeOf } from '../storage/buckets.ts'
import { del, put, type Store, type Write } from '../storage/store.ts'
import { decodeEntry, encodeEntry, type AccessEntry } from './access-entry.ts'
import type { NodeSeal } from './node-seal.ts'

export interface AccessBook {
  /** Those that may still open something, or wait for a review. */
  live(): readonly AccessEntry[]
  get(accessId: Bytes): AccessEntry | null
  /** Durable when it resolves. */
  save(entry: AccessEntry): Promise<void>
  /** Durable with the next write that is: for what the chain or another question brings back. */
  keep(entry: AccessEntry): Promise<void>
  drop(entry: AccessEntry): Promise<void>
  /** Newest first, older ones too. */
  list(limit: number): Promise<AccessEntry[]>
  /** Leaves out of memory what is over. */
  letGo(isOver: (entry: AccessEntry) => boolean): void
}

export async function openAccessBook(
  store: Store,
  seal: NodeSeal,
  isOver: (entry: AccessEntry) => boolean,
): Promise<AccessBook> {
  const live = new Map<string, AccessEntry>()
  for await (const { key, value } of store.scan(rangeOf('z/a'))) {
    const entry = read(key, value)
    if (entry !== null && !isOver(entry)) live.set(idOf(entry), entry)
  }

  function read(key: Bytes, value: Bytes): AccessEntry | null {
    const content = seal.open(key, value)
    return content === null ? null : decodeEntry(content)
  }

  function write(entry: AccessEntry): Write {
    const key = keyOfEntry(entry)
    return put(key, seal.seal(key, encodeEntry(entry)))
  }

  return {
    live: () => [...live.values()],
    get: (accessId) => live.get(toHex(accessId)) ?? null,
    async save(entry) {
      await store.commit([write(entry)])
      live.set(idOf(entry), entry)
    },
    async keep(entry) {
      await store.commitUnsynced([write(entry)])
      live.set(idOf(entry), entry)
    },
    async drop(entry) {
      await store.commitUnsynced([del(keyOfEntry(entry))])
      live.delete(idOf(entry))
    },
    async list(limit) {
      const found: AccessEntry[] = []
      for await (const { key, value } of store.scan({ ...rangeOf('z/a'), reverse: true, limit })) {
        const entry = read(key, value)
        if (entry !== null) found.push(live.get(idOf(entry)) ?? entry)
      }
      return found
    },
    letGo(isGone) {
      for (const [id, entry] of live) if (isGone(entry)) live.delete(id)
    },
  }
}

export const idOf = ({ content }: AccessEntry): string => toHex(content.accessId)
const keyOfEntry = ({ content }: AccessEntry): Bytes => accessKey(content.at, content.accessId)
