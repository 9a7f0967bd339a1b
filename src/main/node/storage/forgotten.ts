/**
 * Entries of the table of names that were erased. That a row is missing says nothing after a restore: whoever was registered since
 * the backup has none either. A mark holds a hash of the entry's random id and nothing else, so that the files keep nothing of it.
 */
import { createHash } from 'node:crypto'
import { concatBytes, utf8Encode, type Bytes } from '../../../shared/std/bytes.ts'
import { forgottenKey, nameKey } from './buckets.ts'
import { put, type ReadableStore, type Write } from './store.ts'
import { checkedValue } from './value.ts'

/** To be written with what deletes the entry's row. */
export function forgottenMark(patientId: Bytes): Write {
  const key = markKey(patientId)
  return put(key, checkedValue(key, new Uint8Array(0)))
}

/**
 * Which of these entries of the table of names were erased.
 * @param isRestored whether the store was ever made of a backup; in all others a missing row was erased
 */
export async function erasedAmong(
  store: Pick<ReadableStore, 'getMany'>,
  patientIds: readonly Bytes[],
  isRestored: boolean,
): Promise<Bytes[]> {
  const rows = await store.getMany(patientIds.map(nameKey))
  const missing = patientIds.filter((_, i) => rows[i] === null)
  if (!isRestored) return missing
  const marks = await store.getMany(missing.map(markKey))
  return missing.filter((_, i) => marks[i] !== null)
}

const markKey = (patientId: Bytes): Bytes =>
  forgottenKey(
    new Uint8Array(
      createHash('sha256')
        .update(concatBytes(utf8Encode('consilium/forgotten/1'), patientId))
        .digest()
        .subarray(0, 16),
    ),
  )
