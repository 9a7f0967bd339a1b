/** What the disk gives without us: raw classic-level, same options, synced batches, in the same run as what is compared. */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { u64 } from '../src/main/node/storage/buckets.ts'
import { openLevelStore } from '../src/main/node/storage/level.ts'
import { put } from '../src/main/node/storage/store.ts'

const VALUE_BYTES = 4_400
const BATCH = 250

export interface Ceiling {
  readonly writesPerSecond: number
  readonly readsPerSecond: number
}

/** One value of a visit's size for each key, `count` in all, in synced batches of 250; then a scan over all. */
export async function levelCeiling(count: number): Promise<Ceiling> {
  const folder = await mkdtemp(join(tmpdir(), 'consilium-ceiling-'))
  const store = await openLevelStore(join(folder, 'db'))
  const values = Array.from({ length: 64 }, () => new Uint8Array(randomBytes(VALUE_BYTES)))
  const start = performance.now()
  for (let first = 0; first < count; first += BATCH)
    await store.commit(
      Array.from({ length: BATCH }, (_, i) => put(u64(first + i), values[i % values.length]!)),
    )
  const written = performance.now()
  let read = 0
  for await (const _ of store.scan({ from: new Uint8Array(0) })) read++
  const end = performance.now()
  await store.close()
  await rm(folder, { recursive: true, force: true })
  return {
    writesPerSecond: Math.round((count / (written - start)) * 1000),
    readsPerSecond: Math.round((read / (end - written)) * 1000),
  }
}
