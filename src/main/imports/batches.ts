/**
 * The list of imports that a hospital keeps: a head for each, sealed under the session's key, what it did not take in
 * pages, and which own versions came with it. The last is written in the same atomic batch as the visits, so that after a
 * crash the list says exactly what came in.
 */
import { z } from 'zod'
import type { ImportReject } from '../../shared/contract/imports.ts'
import { importReject, insurerShares } from '../../shared/contract/imports.ts'
import { POPULATIONS } from '../../shared/domain/populations.ts'
import { batchUndo } from '../../shared/contract/batches.ts'
import { tableMapping } from '../../shared/domain/table-mapping.ts'
import { fromHex, toHex, type Bytes } from '../../shared/std/bytes.ts'
import { accumulatorRoot, append, EMPTY_ACCUMULATOR } from '../node/chain/accumulator.ts'
import type { Crypto } from '../node/crypto/crypto.ts'
import {
  batchKey,
  batchRejectsKey,
  batchVisitsKey,
  keyTail,
  manifestKey,
  rangeOf,
  readU64,
  u32,
} from '../node/storage/buckets.ts'
import { put, StorageFailure, type ReadableStore, type Write } from '../node/storage/store.ts'
import { checkedValue, expectContent, readCheckedValue } from '../node/storage/value.ts'
import { openRow, sealRow } from '../patients/patient-row.ts'
import { ownRoots, ownVisitBySequence, type OwnVisit } from '../patients/own-visits.ts'

const sourceFile = z.object({ name: z.string(), bytes: z.number(), hash: z.string() })
const importSource = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('files'),
    paths: z.array(z.string()),
    zone: z.string().optional(),
    /** Whole, as it was: going on must read as the beginning did, also when the saved one was changed or deleted. */
    mapping: tableMapping.nullable().optional(),
  }),
  z.object({
    kind: z.literal('generated'),
    patients: z.number(),
    seed: z.string(),
    share: z.object({ part: z.number(), of: z.number() }).optional(),
    population: z.enum(POPULATIONS).optional(),
    insurers: insurerShares.optional(),
  }),
])

export const batchHead = z.object({
  startedAt: z.number(),
  /** Null while it runs, and for ever after a crash until somebody goes on. */
  endedAt: z.number().nullable(),
  outcome: z.enum(['done', 'cancelled', 'failed']).nullable(),
  by: z.object({ name: z.string(), userKeyId: z.string() }),
  startedBy: z.enum(['person', 'folder']),
  source: importSource,
  files: z.array(sourceFile),
  fileCount: z.number().int(),
  patients: z.number().int(),
  visits: z.number().int(),
  duplicates: z.number().int(),
  observations: z.number().int(),
  rejectedCount: z.number().int(),
  rejectPages: z.number().int(),
  warnings: z.array(z.object({ reason: z.string(), count: z.number().int() })),
  unusualCount: z.number().int().default(0),
  unusualPages: z.number().int().default(0),
  versionsRoot: z.string().nullable(),
  undo: batchUndo.nullable(),
})
export type BatchHead = z.infer<typeof batchHead>
export interface Batch extends BatchHead {
  readonly batchId: string
}

/** Rejects of one page; pages beyond the bound are counted and not kept. */
export const REJECTS_PER_PAGE = 1000
export const REJECT_PAGES_MAX = 1000
/** What is unusual of what was taken lies behind the last page that rejects can have. */
export const UNUSUAL_PAGES_FROM = REJECT_PAGES_MAX
export const UNUSUAL_PAGES_MAX = 100

export function headWrite(key: Bytes, batchId: string, head: BatchHead): Write {
  const at = batchKey(fromHex(batchId))
  return put(at, checkedValue(at, sealRow(key, at, head)))
}

/** Newest first. */
export async function loadBatches(store: ReadableStore, key: Bytes): Promise<Batch[]> {
  const batches: Batch[] = []
  for await (const { key: at, value } of store.scan(rangeOf('g/h'))) batches.push(openHead(key, at, value))
  return batches.sort((a, b) => b.startedAt - a.startedAt)
}

export async function loadBatch(store: ReadableStore, key: Bytes, batchId: string): Promise<Batch | null> {
  const at = batchKey(fromHex(batchId))
  const value = await store.get(at)
  return value === null ? null : openHead(key, at, value)
}

function openHead(key: Bytes, at: Bytes, value: Bytes): Batch {
  const parsed = batchHead.safeParse(openRow(key, at, expectContent(readCheckedValue(at, value), at)))
  if (!parsed.success)
    throw new StorageFailure({ code: 'corrupt', path: 'imports', bucket: 'g', key: toHex(at) })
  return { ...parsed.data, batchId: toHex(keyTail('g/h', at)) }
}

/* Versions that came with a batch */

/** `count` own visits from sequence `first` on: goes with them in one write. */
export function chunkWrite(batchId: string, first: number, count: number): Write {
  const at = batchVisitsKey(fromHex(batchId), first)
  return put(at, checkedValue(at, u32(count)))
}

/** In the order in which they were taken in. */
export async function* versionsOf(
  store: ReadableStore,
  patientIndexKey: Bytes,
  batchId: string,
): AsyncIterable<OwnVisit> {
  for await (const { first, count } of chunksOf(store, batchId)) {
    for (let sequence = first; sequence < first + count; sequence++) {
      const visit = await ownVisitBySequence(store, patientIndexKey, sequence)
      if (visit === null)
        throw new StorageFailure({ code: 'corrupt', path: 'imports', bucket: 'v', key: String(sequence) })
      yield visit
    }
  }
}

/** The root over the versions' Merkle roots, and how many they are. */
export async function versionsRootOf(
  crypto: Crypto,
  store: ReadableStore,
  batchId: string,
): Promise<{ root: string; count: number }> {
  let accumulator = EMPTY_ACCUMULATOR
  for await (const { first, count } of chunksOf(store, batchId))
    for await (const root of ownRoots(store, first, count)) accumulator = append(crypto, accumulator, [root])
  return { root: toHex(accumulatorRoot(crypto, accumulator)), count: accumulator.size }
}

/** Imports that brought at least one of these own versions. */
export async function batchesWith(store: ReadableStore, sequences: readonly number[]): Promise<Set<string>> {
  const batches = new Set<string>()
  if (sequences.length === 0) return batches
  for await (const { key, value } of store.scan(rangeOf('g/v'))) {
    const { first, count } = chunkOf(key, value)
    if (sequences.some((each) => each >= first && each < first + count))
      batches.add(toHex(keyTail('g/v', key).subarray(0, BATCH_ID_BYTES)))
  }
  return batches
}

const BATCH_ID_BYTES = 16

function chunkOf(key: Bytes, value: Bytes): { first: number; count: number } {
  const content = expectContent(readCheckedValue(key, value), key)
  const count = new DataView(content.buffer, content.byteOffset, 4).getUint32(0)
  return { first: readU64(keyTail('g/v', key), BATCH_ID_BYTES), count }
}

async function* chunksOf(
  store: ReadableStore,
  batchId: string,
): AsyncIterable<{ first: number; count: number }> {
  for await (const { key, value } of store.scan(rangeOf('g/v', fromHex(batchId)))) yield chunkOf(key, value)
}

/* What it did not take */

/** @param from number of the first page; whoever calls keeps to the bound of its list */
export function rejectWrites(
  key: Bytes,
  batchId: string,
  rejects: readonly ImportReject[],
  from: number,
): Write[] {
  const writes: Write[] = []
  for (let page = 0; page * REJECTS_PER_PAGE < rejects.length; page++) {
    const at = batchRejectsKey(fromHex(batchId), from + page)
    const rows = rejects.slice(page * REJECTS_PER_PAGE, (page + 1) * REJECTS_PER_PAGE)
    writes.push(put(at, checkedValue(at, sealRow(key, at, rows))))
  }
  return writes
}

export async function loadRejects(
  store: ReadableStore,
  key: Bytes,
  batchId: string,
  pages: number,
  from = 0,
): Promise<ImportReject[]> {
  const rejects: ImportReject[] = []
  for (let page = from; page < from + pages; page++) {
    const at = batchRejectsKey(fromHex(batchId), page)
    const value = await store.get(at)
    if (value === null) break
    const parsed = z
      .array(importReject)
      .safeParse(openRow(key, at, expectContent(readCheckedValue(at, value), at)))
    if (!parsed.success)
      throw new StorageFailure({ code: 'corrupt', path: 'imports', bucket: 'g', key: toHex(at) })
    for (const reject of parsed.data) rejects.push(reject)
  }
  return rejects
}

/* Its manifest */

/** Sealed: names of files say whose they are as often as not. */
export function manifestWrite(key: Bytes, batchId: string, bytes: Bytes): Write {
  const at = manifestKey(fromHex(batchId))
  return put(at, checkedValue(at, sealRow(key, at, toHex(bytes))))
}

export async function loadManifest(store: ReadableStore, key: Bytes, batchId: string): Promise<Bytes | null> {
  const at = manifestKey(fromHex(batchId))
  const value = await store.get(at)
  if (value === null) return null
  const parsed = z.string().safeParse(openRow(key, at, expectContent(readCheckedValue(at, value), at)))
  if (!parsed.success)
    throw new StorageFailure({ code: 'corrupt', path: 'imports', bucket: 'g', key: toHex(at) })
  return fromHex(parsed.data)
}
