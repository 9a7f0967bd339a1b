/** Watched folders as they lie in the store, sealed under the session's key: paths and names of files say who and when. */
import { z } from 'zod'
import { watchedFile, watchProblem, watchSetting } from '../../shared/contract/watched.ts'
import { fromHex, toHex, type Bytes } from '../../shared/std/bytes.ts'
import { keyTail, rangeOf, watchedContentKey, watchKey } from '../node/storage/buckets.ts'
import { del, put, StorageFailure, type ReadableStore, type Write } from '../node/storage/store.ts'
import { checkedValue, expectContent, readCheckedValue } from '../node/storage/value.ts'
import { openRow, sealRow } from '../patients/patient-row.ts'

const seenFile = z.object({ name: z.string(), bytes: z.number(), changedAt: z.number() })

export const watchRow = z.object({
  setting: watchSetting,
  lastLookAt: z.number().nullable(),
  lastRunDay: z.string().nullable(),
  problem: watchProblem.nullable(),
  /** What is in the folder and was dealt with in this state. */
  dealtWith: z.array(seenFile),
  /** Newest first. */
  files: z.array(watchedFile),
})
export type WatchRow = z.infer<typeof watchRow>
export interface Watch extends WatchRow {
  readonly watchId: string
}

export const FILES_KEPT_MAX = 200

export function watchWrite(key: Bytes, { watchId, ...row }: Watch): Write {
  const at = watchKey(fromHex(watchId))
  return put(at, checkedValue(at, sealRow(key, at, row)))
}

export async function loadWatches(store: ReadableStore, key: Bytes): Promise<Watch[]> {
  const watches: Watch[] = []
  for await (const { key: at, value } of store.scan(rangeOf('g/w'))) {
    const parsed = watchRow.safeParse(openRow(key, at, expectContent(readCheckedValue(at, value), at)))
    if (!parsed.success)
      throw new StorageFailure({ code: 'corrupt', path: 'watched folders', bucket: 'g', key: toHex(at) })
    watches.push({ ...parsed.data, watchId: toHex(keyTail('g/w', at)) })
  }
  return watches
}

/** Everything that is kept of a folder. */
export async function forgetWrites(store: ReadableStore, watchId: string): Promise<Write[]> {
  const id = fromHex(watchId)
  const writes: Write[] = [del(watchKey(id))]
  for await (const { key } of store.scan(rangeOf('g/f', id))) writes.push(del(key))
  return writes
}

/** That a content was taken from this folder: the same bytes under another name are not taken again. */
export function contentWrite(watchId: string, hash: string): Write {
  const at = watchedContentKey(fromHex(watchId), fromHex(hash))
  return put(at, checkedValue(at, new Uint8Array(0)))
}

export async function isContentKnown(store: ReadableStore, watchId: string, hash: string): Promise<boolean> {
  return (await store.get(watchedContentKey(fromHex(watchId), fromHex(hash)))) !== null
}
