/**
 * Verifies everything that lies in a store, from the founding on: what the chain's own verifier recomputes, and what
 * only the store knows (index rows, rows of the key box, applied state). Names the first block that does not hold.
 */
import { equalBytes, toHex, type Bytes } from '../../shared/std/bytes.ts'
import { blockHashOf, decodeHead } from './chain/block.ts'
import { decodeCertificate } from './chain/certificate.ts'
import { decodeChainState, encodeChainState } from './chain/chain-state.ts'
import type { ChainId, MerkleRoot } from './chain/ids.ts'
import { decodeKeyRow, scopeNumberOf, type KeyRow, type RowKey, type Scope } from './chain/key-box.ts'
import type { Member } from './chain/members.ts'
import { decodeSegment, segmentIdOf } from './chain/segment.ts'
import { startVerification, type Verifier, type VerifyRefusal } from './chain/verify-chain.ts'
import type { Crypto } from './crypto/crypto.ts'
import { loadErased } from './erasures.ts'
import { blockHashKey, keyTail, rangeOf, readU64, rootKey } from './storage/buckets.ts'
import {
  loadChainMeta,
  readBlocks,
  readPlaces,
  readSegment,
  readState,
  type Stored,
  type StoredBlock,
} from './storage/chain-store.ts'
import { readNewestGatewayEpoch } from './storage/gateway-epoch.ts'
import { readRowsOf } from './storage/key-box-store.ts'
import { StorageFailure, type ReadableStore } from './storage/store.ts'
import { readCheckedValue } from './storage/value.ts'
import type { EpochKey } from './vault/institution-keys.ts'

export interface VerifyStoreOptions {
  readonly chainId: ChainId
  /** Keys by scope; rows of a scope without keys are checked in form and checksum only. */
  readonly epochs: Readonly<Partial<Record<Scope, readonly EpochKey[]>>>
  /** False for a member that opens no record: it holds no row, and must not. */
  readonly areRowsHeld?: boolean
  readonly isCancelled: () => boolean
  readonly onProgress: (blocks: number, total: number) => void
}

export type StoreRefusal =
  | VerifyRefusal
  | 'meta-damaged'
  | 'segment-missing'
  | 'segment-damaged'
  | 'block-missing'
  | 'block-damaged'
  | 'block-height'
  | 'block-hash'
  | 'extra-block'
  | 'hash-index'
  | 'root-index'
  | 'row-damaged'
  | 'row-not-allowed'
  /** Its keys were destroyed by decision, and here one still lies. */
  | 'row-not-erased'
  | 'applied-state'
  | 'newer-format'

export type VerifyStoreResult =
  /** `erased`: records whose text nobody can look at any more, by decision. */
  | { kind: 'ok'; blocks: number; segments: number; tip: string; erased: number }
  | { kind: 'failed'; index: number | null; height: number | null; reason: StoreRefusal }
  | { kind: 'cancelled' }

/**
 * Whether a member has to have a row for every block. Universities and insurers hold none; one that left keeps what it had;
 * one that comes in has none before its admission is in effect here.
 * @param rowCount see `readRowCount`: where it is damaged nobody knows that there are none, and they are looked for
 */
export function areRowsHeldBy(own: Pick<Member, 'kind'> | null, rowCount: number | null): boolean {
  return own === null ? rowCount !== 0 : own.kind === 'hospital'
}

type Failed = Extract<VerifyStoreResult, { kind: 'failed' }>

/** Looks at the chain as it is when it begins; what is decided meanwhile is not part of the answer. */
export async function verifyStore(
  crypto: Crypto,
  store: ReadableStore,
  options: VerifyStoreOptions,
): Promise<VerifyStoreResult> {
  let genesis: Bytes
  let newestEpoch: number
  try {
    genesis = (await loadChainMeta(store, 'store')).genesis
    newestEpoch = await readNewestGatewayEpoch(store)
  } catch (error) {
    if (error instanceof StorageFailure && error.detail.code !== 'closed')
      return failed(null, 0, error.detail.code === 'newer-format' ? 'newer-format' : 'meta-damaged')
    throw error
  }
  const claimed = await readState(store)
  if (claimed.kind === 'damaged' || claimed.kind === 'newer') return failed(null, null, 'applied-state')
  const applied = claimed.kind === 'ok' ? decodeChainState(crypto, claimed.value) : null
  if (claimed.kind === 'ok' && applied === null) return failed(null, null, 'applied-state')
  const end = applied ?? { height: 0, blockCount: 0 }

  const gatewayEpochs = Array.from({ length: newestEpoch + 1 }, (_, epoch) => epoch)
  // Filled before each segment: the verifier asks while it runs and cannot wait.
  let rowsByRoot = new Map<string, readonly Bytes[]>()
  const erased = await loadErased(store)
  const started = startVerification(crypto, genesis, {
    chainId: options.chainId,
    areBodiesNeeded: true,
    isErased: (root) => erased.has(toHex(root)),
    ...(options.areRowsHeld === false
      ? {}
      : {
          rows: {
            rowsOf: (root: MerkleRoot) => rowsByRoot.get(toHex(root)) ?? [],
            keyOf: (row: KeyRow) => rowKeyOf(row, options.epochs),
          },
        }),
    expectedCount: end.blockCount,
  })
  if (started.kind === 'broken') return failed(started.index, started.height, started.reason)
  const { verifier } = started

  while (verifier.state.height < end.height) {
    if (options.isCancelled()) return { kind: 'cancelled' }
    const read = await readWhole(crypto, store, verifier)
    if (read.kind === 'failed') return read
    const indexFailure = await checkIndexRows(crypto, store, options.chainId, read.blocks, verifier)
    const rows = await readKeyRows(store, read.roots, options.epochs, gatewayEpochs)
    const forbidden = options.areRowsHeld === false ? rows.findIndex((found) => found.length > 0) : -1
    if (forbidden >= 0)
      return failed(read.firstIndex + forbidden, verifier.state.height + 1, 'row-not-allowed')
    const kept = rows.findIndex((found, i) => found.length > 0 && erased.has(toHex(read.roots[i]!)))
    if (kept >= 0) return failed(read.firstIndex + kept, verifier.state.height + 1, 'row-not-erased')
    const damagedRow = rows.indexOf('damaged')
    rowsByRoot = new Map(read.roots.map((root, i) => [toHex(root), rows[i] === 'damaged' ? [] : rows[i]!]))
    const verified = verifier.next(read.bundle)
    if (verified.kind === 'broken') {
      // A changed head shows in the link of its follower; that its own hash leads nowhere shows which of the two it is.
      const found = [
        { index: verified.index ?? Infinity, reason: verified.reason as StoreRefusal },
        { index: indexFailure?.index ?? Infinity, reason: 'block-hash' as const },
        { index: damagedRow < 0 ? Infinity : read.firstIndex + damagedRow, reason: 'row-damaged' as const },
      ].sort((one, other) => one.index - other.index)[0]!
      return failed(
        found.index === Infinity ? read.firstIndex : found.index,
        verified.height,
        found.index === Infinity ? verified.reason : found.reason,
      )
    }
    if (damagedRow >= 0) return failed(read.firstIndex + damagedRow, verifier.state.height, 'row-damaged')
    if (indexFailure !== null) return indexFailure
    options.onProgress(verifier.state.blockCount, end.blockCount)
  }

  const { state } = verifier
  const isSame =
    claimed.kind === 'ok' ? equalBytes(encodeChainState(state), claimed.value) : state.height === 0
  if (!isSame) return failed(null, state.height, 'applied-state')
  const beyond = await findBeyond(crypto, store)
  if (beyond !== null) return beyond
  const strayRow = await findDamagedRow(store)
  if (strayRow !== null) return failed(strayRow.index, null, 'row-damaged')
  return {
    kind: 'ok',
    blocks: state.blockCount,
    segments: state.height,
    tip: toHex(state.tip),
    erased: erased.size,
  }
}

/**
 * What lies behind the applied state: that was put back, since a segment and its state are written together. What is
 * decided meanwhile has its state by the time that is read.
 */
async function findBeyond(crypto: Crypto, store: ReadableStore): Promise<Failed | null> {
  const lastOf = async (bucket: 's' | 'b'): Promise<number> => {
    for await (const { key } of store.scan({ ...rangeOf(bucket), reverse: true, limit: 1 }))
      return readU64(keyTail(bucket, key))
    return -1
  }
  const lastHeight = await lastOf('s')
  const lastIndex = await lastOf('b')
  const stored = await readState(store)
  const state = stored.kind === 'ok' ? decodeChainState(crypto, stored.value) : null
  const { height, blockCount } = state ?? { height: 0, blockCount: 0 }
  if (lastHeight <= height && lastIndex < blockCount) return null
  return failed(Math.min(blockCount, lastIndex), height, 'extra-block')
}

/* ---------- one segment ---------- */

interface WholeSegment {
  readonly kind: 'whole'
  readonly firstIndex: number
  readonly blocks: readonly StoredBlock[]
  readonly roots: readonly MerkleRoot[]
  readonly bundle: {
    readonly segment: Bytes
    readonly certificate: Bytes
    readonly items: readonly Bytes[]
    readonly heads: readonly Bytes[]
    readonly bodies: readonly Bytes[]
  }
}

async function readWhole(
  crypto: Crypto,
  store: ReadableStore,
  { state }: Verifier,
): Promise<WholeSegment | Failed> {
  const height = state.height + 1
  const firstIndex = state.blockCount
  const stored = await readSegment(store, height)
  if (stored.kind !== 'ok') return failed(firstIndex, height, segmentReason(stored.kind))
  const segment = decodeSegment(stored.value.segment)
  if (segment === null) return failed(firstIndex, height, 'segment-malformed')
  // Before its count is believed: a changed one would lead the search astray to blocks that are not there.
  const certificate = decodeCertificate(stored.value.certificate)
  if (certificate === null) return failed(firstIndex, height, 'certificate-malformed')
  if (!equalBytes(certificate.segmentId, segmentIdOf(crypto, state.chainId, stored.value.segment)))
    return failed(firstIndex, height, 'certificate-other-segment')
  const read = await readBlocks(store, firstIndex, segment.count)
  const blocks: StoredBlock[] = []
  const roots: MerkleRoot[] = []
  for (const [i, block] of read.entries()) {
    if (block.kind !== 'ok') return failed(firstIndex + i, height, blockReason(block.kind))
    if (block.value.height !== height) return failed(firstIndex + i, height, 'block-height')
    const head = decodeHead(block.value.head)
    if (head === null) return failed(firstIndex + i, height, 'head-malformed')
    blocks.push(block.value)
    roots.push(head.merkleRoot)
  }
  const heads = blocks.map(({ head }) => head)
  const bodies = blocks.map(({ body }) => body)
  return { kind: 'whole', firstIndex, blocks, roots, bundle: { ...stored.value, heads, bodies } }
}

/** That hash and Merkle root lead to the block. */
async function checkIndexRows(
  crypto: Crypto,
  store: ReadableStore,
  chainId: ChainId,
  blocks: readonly StoredBlock[],
  { state }: Verifier,
): Promise<Failed | null> {
  const height = state.height + 1
  const hashKeys = blocks.map(({ head }) => blockHashKey(blockHashOf(crypto, chainId, head)))
  const hashRows = await store.getMany(hashKeys)
  for (const [i, value] of hashRows.entries()) {
    const read = value === null ? null : readCheckedValue(hashKeys[i]!, value)
    if (read?.kind !== 'ok' || readU64(read.content) !== state.blockCount + i)
      return failed(state.blockCount + i, height, 'hash-index')
  }
  const rootKeys = blocks.map(({ head }) => rootKey(decodeHead(head)!.merkleRoot))
  const rootRows = await store.getMany(rootKeys)
  for (const [i, value] of rootRows.entries()) {
    const read = value === null ? null : readCheckedValue(rootKeys[i]!, value)
    if (read?.kind !== 'ok' || readU64(read.content, 8) !== state.blockCount + i)
      return failed(state.blockCount + i, height, 'root-index')
  }
  return null
}

/** The rows of the known scopes and epochs, in the order of the roots. */
async function readKeyRows(
  store: ReadableStore,
  roots: readonly MerkleRoot[],
  epochs: VerifyStoreOptions['epochs'],
  gatewayEpochs: readonly number[],
): Promise<(readonly Bytes[] | 'damaged')[]> {
  const rows: (Bytes[] | 'damaged')[] = roots.map(() => [])
  for (const scope of ['custodian', 'gateway'] as const) {
    // Without keys the custodian's epochs are unknown; the first one is what every hospital begins with.
    const others = scope === 'gateway' ? gatewayEpochs : [0]
    const numbers = epochs[scope]?.map(({ epoch }) => epoch) ?? others
    for (const epoch of numbers) {
      const found = await readRowsOf(store, roots, scopeNumberOf(scope), epoch)
      for (const [i, row] of found.entries()) {
        const list = rows[i]!
        if (row === null || list === 'damaged') continue
        if (row.kind === 'damaged') rows[i] = 'damaged'
        else list.push(row.row)
      }
    }
  }
  return rows
}

function rowKeyOf(row: KeyRow, epochs: VerifyStoreOptions['epochs']): RowKey | null {
  if (row.suite !== 1) return null
  const epochKey = epochs[row.scope]?.find(({ epoch }) => epoch === row.epoch)?.key
  return epochKey === undefined ? null : { suite: 1, epochKey }
}

/** Rows of other scopes and epochs, and of visits that are not final yet. */
async function findDamagedRow(store: ReadableStore): Promise<{ index: number | null } | null> {
  for await (const { key, value } of store.scan(rangeOf('k'))) {
    const read = readCheckedValue(key, value)
    const row = read.kind === 'ok' ? decodeKeyRow(read.content) : null
    if (row !== null) continue
    const root = keyTail('k', key).slice(0, 32)
    const [place] = await readPlaces(store, [root]).catch(() => [null])
    return { index: place?.index ?? null }
  }
  return null
}

function segmentReason(kind: Exclude<Stored<unknown>['kind'], 'ok'>): StoreRefusal {
  return kind === 'missing' ? 'segment-missing' : kind === 'newer' ? 'newer-format' : 'segment-damaged'
}

function blockReason(kind: Exclude<Stored<unknown>['kind'], 'ok'>): StoreRefusal {
  return kind === 'missing' ? 'block-missing' : kind === 'newer' ? 'newer-format' : 'block-damaged'
}

function failed(index: number | null, height: number | null, reason: StoreRefusal): Failed {
  return { kind: 'failed', index, height, reason }
}
