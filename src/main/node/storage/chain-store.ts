/**
 * The chain in the store: typed ids in, keys and bytes out. What a segment adds is one list of writes, so that head,
 * body, certificate, index rows and applied state are there together or not at all.
 */
import { concatBytes, equalBytes, fromHex, type Bytes } from '../../../shared/std/bytes.ts'
import { assert } from '../../../shared/std/assert.ts'
import { encode, tryDecode } from '../chain/codec.ts'
import { decodeSegment } from '../chain/segment.ts'
import {
  blockHashKey,
  blockKey,
  finalItemKey,
  keyIn,
  metaKey,
  rangeOf,
  readU64,
  rootKey,
  segmentKey,
  STORE_FORMAT,
  u64,
} from './buckets.ts'
import { tellDamage } from './damage.ts'
import { put, StorageFailure, type ReadableStore, type Store, type Write } from './store.ts'
import {
  checkedValue,
  expectContent,
  plainValue,
  readCheckedValue,
  readPlainValue,
  type ReadValue,
} from './value.ts'

export interface StoredBlock {
  readonly height: number
  readonly head: Bytes
  readonly body: Bytes
}

export interface StoredSegment {
  readonly segment: Bytes
  readonly certificate: Bytes
  readonly items: readonly Bytes[]
}

/** Where a version of a record is on this machine. */
export interface Place {
  /** Its number among this institution's own submissions, or null for another's. */
  readonly sequence: number | null
  /** Block number, or null while it is not final. */
  readonly index: number | null
}

export type Stored<T> =
  { kind: 'ok'; value: T } | { kind: 'missing' } | { kind: 'damaged' } | { kind: 'newer' }

const NONE = new Uint8Array(8).fill(255)

/* ---------- layout and applied state ---------- */

export interface ChainMeta {
  readonly genesis: Bytes
  /** The applied state; missing before the first segment. Damaged, it can be recomputed from the segments. */
  readonly state: Stored<Bytes>
  /** Random bytes made with the store: a copy of the folder has the same, a store made anew has not. */
  readonly instanceId: Bytes
}

/** Writes what a new store begins with. */
export async function prepareChainStore(store: Store, genesis: Bytes, instanceId: Bytes): Promise<void> {
  await store.commit([
    meta('format', Uint8Array.of(STORE_FORMAT)),
    meta('genesis', genesis),
    meta('instance', instanceId),
  ])
}

/**
 * Reads the layout's number first; nothing else is looked at, or written, when it is newer.
 * @throws {StorageFailure} `newer-format`, `corrupt`, `missing`
 */
export async function loadChainMeta(store: ReadableStore, path: string): Promise<ChainMeta> {
  const format = await readMeta(store, 'format', path)
  if (format === null) throw new StorageFailure({ code: 'missing', path })
  if (format[0]! > STORE_FORMAT)
    throw new StorageFailure({ code: 'newer-format', path, found: format[0]!, known: STORE_FORMAT })
  const genesis = await readMeta(store, 'genesis', path)
  const instanceId = await readMeta(store, 'instance', path)
  if (genesis === null || instanceId === null)
    throw new StorageFailure({ code: 'corrupt', path, bucket: 'm' })
  return { genesis, instanceId, state: await readState(store) }
}

export function stateWrite(state: Bytes): Write {
  return meta('state', state)
}

/** Whether this node may sign, as `consensus/engine/standing.ts` encodes it. */
export function standingWrite(standing: Bytes): Write {
  return meta('standing', standing)
}

/** Names the store: a new one for a copy that must not pass for the original. */
export function instanceWrite(instanceId: Bytes): Write {
  return meta('instance', instanceId)
}

/** Null when it was never written; damaged reads as damaged. */
export async function readStanding(store: ReadableStore): Promise<Stored<Bytes>> {
  const key = metaKey('standing')
  return stored(
    await store.get(key),
    (value) => readCheckedValue(key, value),
    (content) => content,
  )
}

/** The applied state without its check, for a verifier that wants to know whether it is damaged. */
export async function readState(store: ReadableStore): Promise<Stored<Bytes>> {
  const key = metaKey('state')
  return stored(
    await store.get(key),
    (value) => readCheckedValue(key, value),
    (content) => content,
  )
}

function meta(name: string, content: Bytes): Write {
  const key = metaKey(name)
  return put(key, checkedValue(key, content))
}

async function readMeta(store: ReadableStore, name: string, path: string): Promise<Bytes | null> {
  const key = metaKey(name)
  const value = await store.get(key)
  return value === null ? null : expectContent(readCheckedValue(key, value), key, path)
}

/* ---------- segments and blocks ---------- */

export interface NewBlock {
  readonly index: number
  readonly hash: Bytes
  readonly root: Bytes
  readonly head: Bytes
  readonly body: Bytes
  /** Null for another institution's visit. */
  readonly sequence: number | null
}

export function segmentWrites(
  height: number,
  parts: StoredSegment,
  blocks: readonly NewBlock[],
  itemHashes: readonly Bytes[],
): Write[] {
  const writes: Write[] = [
    put(segmentKey(height), plainValue(encode([parts.segment, parts.certificate, parts.items]))),
  ]
  for (const itemHash of itemHashes) {
    const key = finalItemKey(itemHash)
    writes.push(put(key, checkedValue(key, u64(height))))
  }
  for (const { index, hash, root, head, body, sequence } of blocks) {
    const hashAt = blockHashKey(hash)
    writes.push(
      put(blockKey(index), blockValue(height, head, body)),
      put(hashAt, checkedValue(hashAt, u64(index))),
      placeWrite(root, { sequence, index }),
    )
  }
  return writes
}

export async function readBlock(store: ReadableStore, index: number): Promise<Stored<StoredBlock>> {
  const block = readBlockValue(await store.get(blockKey(index)))
  if (block.kind !== 'ok') tellDamage(store, { kind: 'block', index })
  return block
}

/** Blocks `first … first + count - 1`, fewer at the end of the chain. */
export async function readBlocks(
  store: ReadableStore,
  first: number,
  count: number,
): Promise<Stored<StoredBlock>[]> {
  const keys = Array.from({ length: count }, (_, i) => blockKey(first + i))
  const blocks = (await store.getMany(keys)).map(readBlockValue)
  for (const [i, { kind }] of blocks.entries())
    if (kind !== 'ok') tellDamage(store, { kind: 'block', index: first + i })
  return blocks
}

export function readBlockValue(value: Bytes | null): Stored<StoredBlock> {
  return stored(value, readPlainValue, (content) => {
    if (content.length < 10) return null
    const headBytes = content[8]! * 256 + content[9]!
    if (content.length < 10 + headBytes) return null
    return {
      height: readU64(content),
      head: content.subarray(10, 10 + headBytes),
      body: content.subarray(10 + headBytes),
    }
  })
}

export async function readSegment(store: ReadableStore, height: number): Promise<Stored<StoredSegment>> {
  const segment = readSegmentValue(await store.get(segmentKey(height)))
  if (segment.kind !== 'ok') tellDamage(store, { kind: 'segment', height })
  return segment
}

/** When the state of this height was decided, milliseconds since 1970; null where its segment is not here. */
export async function readSegmentTime(store: ReadableStore, height: number): Promise<number | null> {
  const stored = await readSegment(store, height)
  return stored.kind === 'ok' ? (decodeSegment(stored.value.segment)?.time ?? null) : null
}

export function readSegmentValue(value: Bytes | null): Stored<StoredSegment> {
  return stored(value, readPlainValue, (content) => {
    const slots = tryDecode(content)
    if (!Array.isArray(slots) || slots.length !== 3) return null
    const [segment, certificate, items] = slots as unknown[]
    if (!(segment instanceof Uint8Array) || !(certificate instanceof Uint8Array) || !Array.isArray(items))
      return null
    return items.every((item) => item instanceof Uint8Array) ? { segment, certificate, items } : null
  })
}

/** Height of the segment that holds an item, or null. @throws {StorageFailure} `corrupt` */
export async function readItemHeight(store: ReadableStore, itemHash: Bytes): Promise<number | null> {
  const key = finalItemKey(itemHash)
  const value = await store.get(key)
  return value === null ? null : readU64(expectContent(readCheckedValue(key, value), key))
}

function blockValue(height: number, head: Bytes, body: Bytes): Bytes {
  assert(head.length < 65_536, 'a head is short')
  return plainValue(u64(height), Uint8Array.of(head.length >> 8, head.length & 255), head, body)
}

/* ---------- finding ---------- */

/** Block numbers whose hash begins with these hex digits (at least 6), at most `limit`. */
export async function findByHash(store: ReadableStore, hexStart: string, limit: number): Promise<number[]> {
  const digits = hexStart.slice(0, 32)
  const whole = digits.length - (digits.length % 2)
  const found: number[] = []
  for await (const { key, value } of store.scan(rangeOf('h', fromHex(digits.slice(0, whole))))) {
    // An odd last digit is the upper half of the next byte.
    const next = key[keyIn('h').length + whole / 2]
    if (digits.length > whole && next !== undefined && next >> 4 !== parseInt(digits[whole]!, 16)) continue
    const read = readCheckedValue(key, value)
    if (read.kind === 'ok') found.push(readU64(read.content))
    if (found.length >= limit) break
  }
  return found
}

export function placeWrite(root: Bytes, { sequence, index }: Place): Write {
  const key = rootKey(root)
  return put(key, checkedValue(key, concatBytes(numberOrNone(sequence), numberOrNone(index))))
}

export async function readPlace(store: ReadableStore, root: Bytes): Promise<Place | null> {
  return (await readPlaces(store, [root]))[0]!
}

/** @throws {StorageFailure} `corrupt` */
export async function readPlaces(store: ReadableStore, roots: readonly Bytes[]): Promise<(Place | null)[]> {
  const keys = roots.map(rootKey)
  const values = await store.getMany(keys)
  return values.map((value, i) => {
    if (value === null) return null
    const content = expectContent(readCheckedValue(keys[i]!, value), keys[i]!)
    return { sequence: noneOrNumber(content.subarray(0, 8)), index: noneOrNumber(content.subarray(8, 16)) }
  })
}

function numberOrNone(value: number | null): Bytes {
  return value === null ? NONE : u64(value)
}

function noneOrNumber(bytes: Bytes): number | null {
  return equalBytes(bytes, NONE) ? null : readU64(bytes)
}

function stored<T>(
  value: Bytes | null,
  read: (value: Bytes) => ReadValue,
  parse: (content: Bytes) => T | null,
): Stored<T> {
  if (value === null) return { kind: 'missing' }
  const content = read(value)
  if (content.kind === 'newer') return { kind: 'newer' }
  const parsed = content.kind === 'ok' ? parse(content.content) : null
  return parsed === null ? { kind: 'damaged' } : { kind: 'ok', value: parsed }
}
