/** What is said of a store's content in a backup, and found of it again after a restore. */
import { createHash } from 'node:crypto'
import { toHex } from '../../shared/std/bytes.ts'
import { openLedger } from '../node/ledger.ts'
import type { Entry, Store } from '../node/storage/store.ts'
import { BackupFailure } from './backup-failure.ts'
import type { ProfileWorld } from './open-profile.ts'

export interface StoreFacts {
  readonly height: number
  readonly blockCount: number
  readonly tip: string
  readonly entryCount: number
  /** Keys and values. */
  readonly byteCount: number
  /** SHA-256 over every entry in order: length and bytes of key and value. */
  readonly entriesHash: string
}

/** Entries are added in the order of the store. */
export function createEntryCount() {
  const digest = createHash('sha256')
  const lengths = new DataView(new ArrayBuffer(8))
  let entryCount = 0
  let byteCount = 0
  return {
    add({ key, value }: Entry): void {
      lengths.setUint32(0, key.length)
      lengths.setUint32(4, value.length)
      digest.update(new Uint8Array(lengths.buffer)).update(key).update(value)
      entryCount++
      byteCount += key.length + value.length
    },
    get byteCount() {
      return byteCount
    },
    end: () => ({ entryCount, byteCount, entriesHash: toHex(new Uint8Array(digest.digest())) }),
  }
}

/** @throws {BackupFailure} `cancelled` */
export async function factsOfStore(
  { crypto }: Pick<ProfileWorld, 'crypto'>,
  store: Store,
  path: string,
  signal: AbortSignal,
): Promise<StoreFacts> {
  const { state } = await openLedger(crypto, store, path)
  const entries = createEntryCount()
  for await (const entry of store.scan({ from: new Uint8Array(0) })) {
    if (signal.aborted) throw new BackupFailure({ code: 'cancelled' })
    entries.add(entry)
  }
  const { height, blockCount, tip } = state
  return { height, blockCount, tip: toHex(tip), ...entries.end() }
}
