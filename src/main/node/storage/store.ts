/**
 * Ordered bytes-to-bytes store: `level.ts` on disk, `memory.ts` in tests and simulation.
 * Both pass `store.contract.ts`, which is the meaning of this interface.
 */
import type { Bytes } from '../../../shared/std/bytes.ts'
import { Failure } from '../../../shared/std/failure.ts'

export interface Entry {
  readonly key: Bytes
  readonly value: Bytes
}

/** Half-open: `from` is in, `to` is out. Without `to` the range ends with the store. */
export interface KeyRange {
  readonly from: Bytes
  readonly to?: Bytes
  readonly reverse?: boolean
  readonly limit?: number
}

export type Write =
  | { readonly kind: 'put'; readonly key: Bytes; readonly value: Bytes }
  | { readonly kind: 'delete'; readonly key: Bytes }

export type StorageFailureDetail =
  /** No byte of the write is in the store; what was there before is whole. */
  | { code: 'disk-full'; path: string; freeBytes: number | null }
  | { code: 'corrupt'; path: string; bucket?: string; key?: string }
  /** Another process (or another store of this process) has the folder open. */
  | { code: 'locked'; path: string }
  | { code: 'missing'; path: string }
  | { code: 'newer-format'; path: string; found: number; known: number }
  | { code: 'not-writable'; path: string }
  /** The store was closed, or a write failed before: after that nothing may be written until it is opened anew. */
  | { code: 'closed'; path: string }

export class StorageFailure extends Failure<StorageFailureDetail> {}

/** What readers get: explorers, analytics and exporters can look but cannot touch. */
export interface ReadableStore {
  /** The value, or `null` when the key was never written. */
  get(key: Bytes): Promise<Bytes | null>
  /** Values in the order of the keys, `null` where there is none. */
  getMany(keys: readonly Bytes[]): Promise<(Bytes | null)[]>
  /** Entries in key order, over one consistent snapshot taken when the iteration starts. */
  scan(range: KeyRange): AsyncIterable<Entry>
}

/**
 * @throws {StorageFailure} `disk-full`, `corrupt` or `closed`; never for a missing key. A failed write is final for
 * this object: a failed fsync must never be tried again on the same handle, because the kernel may have dropped the
 * pages. Close, open anew, and look what is there.
 */
export interface Store extends ReadableStore {
  /** All writes or none, in order. Resolves once they would survive a power cut. */
  commit(writes: readonly Write[]): Promise<void>
  /** All writes or none, for what can be rebuilt from synced data; durable with the next `commit`. */
  commitUnsynced(writes: readonly Write[]): Promise<void>
  /**
   * Rewrites what of the range lies on the disk, so that what was deleted or replaced in it is in no file any more: a delete
   * alone hides the old bytes and keeps them for days.
   */
  purge(range: Pick<KeyRange, 'from' | 'to'>): Promise<void>
  close(): Promise<void>
}

export const put = (key: Bytes, value: Bytes): Write => ({ kind: 'put', key, value })
export const del = (key: Bytes): Write => ({ kind: 'delete', key })
