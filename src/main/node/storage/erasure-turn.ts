/**
 * Whoever writes keys of a version, and whoever destroys them by decision, take turns: what was looked up before an
 * erasure must not be written after it, since nothing would destroy it again.
 */
import type { Bytes } from '../../../shared/std/bytes.ts'
import { erasedKey } from './buckets.ts'
import type { ReadableStore } from './store.ts'

const turns = new WeakMap<ReadableStore, Promise<unknown>>()

/** One after the other for each store. Nothing in it may wait for another turn. */
export function inErasureTurn<T>(store: ReadableStore, work: () => Promise<T>): Promise<T> {
  const before = turns.get(store) ?? Promise.resolve()
  const mine = before.then(work, work)
  turns.set(
    store,
    mine.catch(() => {}),
  )
  return mine
}

/** Those of a list whose version was not erased here; to be asked within the turn of the write. */
export async function notErased<T>(
  store: ReadableStore,
  list: readonly T[],
  rootOf: (each: T) => Bytes,
): Promise<T[]> {
  const marks = await store.getMany(list.map((each) => erasedKey(rootOf(each))))
  return list.filter((_, i) => marks[i] === null)
}
