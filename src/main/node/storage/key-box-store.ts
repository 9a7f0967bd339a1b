/** The key box in the store: rows apart from the bodies, so that one can be deleted and the chain stays whole. */
import type { Bytes } from '../../../shared/std/bytes.ts'
import { rangeOf, rowKey } from './buckets.ts'
import { tellDamage } from './damage.ts'
import { del, put, type ReadableStore, type Write } from './store.ts'
import { checkedValue, readCheckedValue } from './value.ts'

export function rowWrite(root: Bytes, scope: number, epoch: number, row: Bytes): Write {
  const key = rowKey(root, scope, epoch)
  return put(key, checkedValue(key, row))
}

export type StoredRow = { kind: 'ok'; row: Bytes } | { kind: 'damaged' }

/** The rows of one version, in order of scope and epoch. */
export async function readRows(store: ReadableStore, root: Bytes): Promise<StoredRow[]> {
  const rows: StoredRow[] = []
  for await (const { key, value } of store.scan(rangeOf('k', root))) {
    const read = readCheckedValue(key, value)
    if (read.kind !== 'ok') tellDamage(store, { kind: 'row', root })
    rows.push(read.kind === 'ok' ? { kind: 'ok', row: read.content } : { kind: 'damaged' })
  }
  return rows
}

/** One row of many versions at once; null where there is none. */
export async function readRowsOf(
  store: ReadableStore,
  roots: readonly Bytes[],
  scope: number,
  epoch: number,
): Promise<(StoredRow | null)[]> {
  const keys = roots.map((root) => rowKey(root, scope, epoch))
  return (await store.getMany(keys)).map((value, i) => {
    if (value === null) return null
    const read = readCheckedValue(keys[i]!, value)
    if (read.kind !== 'ok') tellDamage(store, { kind: 'row', root: roots[i]! })
    return read.kind === 'ok' ? { kind: 'ok', row: read.content } : { kind: 'damaged' }
  })
}

/** Destroys every key of a version: after this nobody on this machine opens it. */
export async function rowDeletes(store: ReadableStore, root: Bytes): Promise<Write[]> {
  const writes: Write[] = []
  for await (const { key } of store.scan(rangeOf('k', root))) writes.push(del(key))
  return writes
}
