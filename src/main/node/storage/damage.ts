/**
 * Whoever reads what lies on the disk and finds that it is not what was written says so here, once for all readers: what
 * is to be done about it is the node's business (`repairs.ts`), and the reader goes on as it must without it.
 */
import type { Bytes } from '../../../shared/std/bytes.ts'
import type { ReadableStore } from './store.ts'

export type Damage =
  | { readonly kind: 'block'; readonly index: number }
  | { readonly kind: 'segment'; readonly height: number }
  /** A row of the key box of this version. */
  | { readonly kind: 'row'; readonly root: Bytes }

const listeners = new WeakMap<ReadableStore, (damage: Damage) => void>()

/** One listener for each store; returns how to stop. It is called within reads and must not wait. */
export function listenForDamage(store: ReadableStore, listener: (damage: Damage) => void): () => void {
  listeners.set(store, listener)
  return () => {
    if (listeners.get(store) === listener) listeners.delete(store)
  }
}

/** May also be about what was never written, beyond the end of the chain: who listens knows where that is. */
export function tellDamage(store: ReadableStore, damage: Damage): void {
  listeners.get(store)?.(damage)
}
