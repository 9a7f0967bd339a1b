/** Where the write-ahead log lies in the store: `w/ height8 sequence4`, checked values. */
import type { Bytes } from '../../../../shared/std/bytes.ts'
import { keyIn, keyTail, rangeOf, readU64, u32, u64 } from '../../storage/buckets.ts'
import { del, put, type ReadableStore, type Write } from '../../storage/store.ts'
import { checkedValue, readCheckedValue } from '../../storage/value.ts'
import type { DurableBatch } from './world.ts'

const logKey = (height: number, sequence: number): Bytes => keyIn('w', u64(height), u32(sequence))

/** The writes of a batch's entries; the caller adds bodies, rows and standing and commits all of it at once. */
export function logWrites(batch: DurableBatch): Write[] {
  return batch.entries.map((entry, i) => {
    const key = logKey(batch.height, batch.firstSequence + i)
    return put(key, checkedValue(key, entry))
  })
}

export type ReadLog =
  | { readonly kind: 'whole'; readonly entries: readonly Bytes[] }
  /** An entry is missing or changed: the node may have signed what it does not know (R29). */
  | { readonly kind: 'damaged' }

/** The entries of one height, in order. */
export async function readLog(store: ReadableStore, height: number): Promise<ReadLog> {
  const entries: Bytes[] = []
  for await (const { key, value } of store.scan(rangeOf('w', u64(height)))) {
    const read = readCheckedValue(key, value)
    const tail = keyTail('w', key)
    const sequence = new DataView(tail.buffer, tail.byteOffset).getUint32(8)
    if (read.kind !== 'ok' || sequence !== entries.length) return { kind: 'damaged' }
    entries.push(read.content)
  }
  return { kind: 'whole', entries }
}

/** The greatest height that has entries, or 0: a log that is ahead of the chain says that the chain was put back. */
export async function lastLogHeight(store: ReadableStore): Promise<number> {
  for await (const { key } of store.scan({ ...rangeOf('w'), reverse: true, limit: 1 }))
    return readU64(keyTail('w', key))
  return 0
}

/** Deletes all entries up to and with `height`; belongs into the batch that stores its decision. */
export async function logRemoval(store: ReadableStore, height: number): Promise<Write[]> {
  const writes: Write[] = []
  for await (const { key } of store.scan({ from: rangeOf('w').from, to: keyIn('w', u64(height + 1)) }))
    writes.push(del(key))
  return writes
}
