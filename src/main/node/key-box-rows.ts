/**
 * Rows of the key box for blocks that came by catching up. Rows of visits that this node voted for were written with the
 * vote; the others are asked of other hospitals, each proven by the commitment in its block's head.
 */
import { equalBytes, type Bytes } from '../../shared/std/bytes.ts'
import { decodeHead, type Head } from './chain/block.ts'
import type { ChainId, MemberId } from './chain/ids.ts'
import { encodeKeyRow, scopeNumberOf, unwrapRow } from './chain/key-box.ts'
import type { Crypto } from './crypto/crypto.ts'
import { erasedKey, keyTail, metaKey, rangeOf, readU64, u64 } from './storage/buckets.ts'
import { inErasureTurn, notErased } from './storage/erasure-turn.ts'
import { readBlocks } from './storage/chain-store.ts'
import { readRowsOf, rowWrite } from './storage/key-box-store.ts'
import { del, put, type ReadableStore, type Store, type Write } from './storage/store.ts'
import { checkedValue, readCheckedValue } from './storage/value.ts'
import type { EpochKey } from './vault/institution-keys.ts'
import type { Asker } from './waiting/ask.ts'

export interface KeyBoxRows {
  /** Every block before this one has its row here. */
  readonly heldUpTo: number
  /** Blocks were decided here, so their rows are here: what belongs into that write. */
  decided(firstIndex: number, count: number): Write[]
  /**
   * Looks whether the rows of these blocks are here and whole, wherever the count stands, and asks others for what is not.
   * `lost`: blocks with a row that nobody gave; also where it is a row of the custodian's, which nobody else has.
   */
  mend(first: number, count: number): Promise<MendedRows>
  /** Looks for rows that are missing, and goes on by itself until there are none. */
  nudge(): void
  close(): Promise<void>
}

export interface MendedRows {
  readonly fetched: readonly { readonly index: number; readonly from: MemberId }[]
  readonly lost: readonly number[]
}

export interface KeyBoxRowsOptions {
  readonly store: Store
  readonly crypto: Crypto
  readonly chainId: ChainId
  /** Others hold no row: nothing is asked for then. */
  readonly isHospital: () => boolean
  /** Looks whether there is space for more; asked before each batch. What is missing waits until there is. */
  readonly mayWrite: () => Promise<boolean>
  readonly blockCount: () => number
  readonly gatewayEpochs: () => readonly EpochKey[]
  /** Hospitals that are connected. */
  readonly hospitals: () => readonly MemberId[]
  readonly asker: Asker
  /** Rows are of epochs whose keys are not here. */
  readonly onUnknownEpoch: () => void
  readonly onFailure: (error: unknown) => void
}

const BLOCKS_AT_ONCE = 512
const AGAIN_MS = 2_000
/** Decided blocks are in the store within a few writes. */
const SOON_MS = 100
const GATEWAY = scopeNumberOf('gateway')
const HELD = metaKey('rows')

/** Every block before this one has its row in this store, as was counted last; null where the count is damaged. */
export async function readRowCount(store: ReadableStore): Promise<number | null> {
  const stored = await store.get(HELD)
  if (stored === null) return 0
  const read = readCheckedValue(HELD, stored)
  return read.kind === 'ok' ? readU64(read.content) : null
}

export async function openKeyBoxRows(options: KeyBoxRowsOptions): Promise<KeyBoxRows> {
  const { store, crypto, chainId } = options
  // Damaged: counted from the start, which finds what is there.
  let heldUpTo = (await readRowCount(store)) ?? 0
  let running: Promise<void> | null = null
  let timer: ReturnType<typeof setTimeout> | null = null
  let isClosed = false

  const heldWrite = (count: number): Write => put(HELD, checkedValue(HELD, u64(count)))

  function nudge(): void {
    if (isClosed || running !== null || !options.isHospital()) return
    running = run()
      .catch((error: unknown) => {
        if (!isClosed) options.onFailure(error)
      })
      .finally(() => {
        running = null
        if (heldUpTo < options.blockCount()) later()
      })
  }

  function later(afterMs = AGAIN_MS): void {
    if (isClosed || timer !== null || !options.isHospital()) return
    timer = setTimeout(() => {
      timer = null
      nudge()
    }, afterMs)
    timer.unref()
  }

  async function run(): Promise<void> {
    let isGapless = true
    // The chain may grow meanwhile, so the next look begins where this one ended and nowhere further.
    let count = 0
    for (let at = heldUpTo; at < options.blockCount() && !isClosed; at += count) {
      // A full disk is looked at before each batch (N12).
      if (!(await options.mayWrite())) return
      count = Math.min(BLOCKS_AT_ONCE, options.blockCount() - at)
      const missing = await fill(at, count)
      isGapless &&= missing === 0
      if (isGapless && at + count > heldUpTo) {
        heldUpTo = at + count
        await store.commit([heldWrite(heldUpTo)])
      }
    }
  }

  /** How many rows of these blocks are still missing. */
  async function fill(
    first: number,
    count: number,
    onFetched: (head: Head, from: MemberId) => void = () => {},
  ): Promise<number> {
    let missing: Head[] = []
    let damagedCount = 0
    for (const block of await readBlocks(store, first, count)) {
      const head = block.kind === 'ok' ? decodeHead(block.value.head) : null
      if (head !== null) missing.push(head)
      else damagedCount++
    }
    missing = await withoutRow(missing)
    for (const peer of options.hospitals()) {
      if (missing.length === 0 || isClosed) break
      const rows = await options.asker.rows(
        peer,
        missing.map(({ merkleRoot }) => merkleRoot),
      )
      const fetched: { head: Head; write: Write }[] = []
      for (const row of rows) {
        const head = missing.find(({ merkleRoot }) => equalBytes(merkleRoot, row.merkleRoot))
        const epochKey = options.gatewayEpochs().find(({ epoch }) => epoch === row.epoch)?.key
        if (row.scope !== 'gateway' || head === undefined) continue
        if (epochKey === undefined) {
          options.onUnknownEpoch()
          continue
        }
        const unwrapped = unwrapRow(crypto, chainId, row, { suite: 1, epochKey }, head.keyCommitment)
        if (unwrapped.kind === 'refused') continue
        crypto.forget(unwrapped.dataKey)
        fetched.push({ head, write: rowWrite(row.merkleRoot, GATEWAY, row.epoch, encodeKeyRow(row)) })
      }
      await inErasureTurn(store, async () => {
        const kept = await notErased(store, fetched, ({ head }) => head.merkleRoot)
        if (kept.length === 0) return
        await store.commit(kept.map(({ write }) => write))
        for (const { head } of kept) onFetched(head, peer)
      })
      // What was erased meanwhile is missing no more than what came.
      missing = missing.filter((head) => !fetched.some((each) => each.head === head))
    }
    return missing.length + damagedCount
  }

  async function mend(first: number, count: number): Promise<MendedRows> {
    const fetched: { index: number; from: MemberId }[] = []
    const lost: number[] = []
    if (!options.isHospital()) return { fetched, lost }
    // One that is damaged counts as missing, also where another epoch's is whole: it is of no use to anybody.
    for (const block of await readBlocks(store, first, count)) {
      const head = block.kind === 'ok' ? decodeHead(block.value.head) : null
      if (head === null || isClosed) continue
      const damaged = await damagedRowKeys(head)
      const gateway = damaged.filter(({ scope }) => scope === GATEWAY)
      if (gateway.length > 0) await store.commit(gateway.map(({ key }) => del(key)))
      if (damaged.length > gateway.length) lost.push(head.index)
    }
    // Without the key of its epoch a row cannot be told from any other: that key is asked for first.
    if (options.gatewayEpochs().length === 0) return { fetched, lost }
    const missingCount = await fill(first, count, (head, from) => fetched.push({ index: head.index, from }))
    if (missingCount > 0)
      for (const block of await readBlocks(store, first, count)) {
        const head = block.kind === 'ok' ? decodeHead(block.value.head) : null
        if (head !== null && !lost.includes(head.index) && (await withoutRow([head])).length > 0)
          lost.push(head.index)
      }
    return { fetched, lost }
  }

  async function damagedRowKeys({ merkleRoot }: Head): Promise<{ key: Bytes; scope: number }[]> {
    const damaged: { key: Bytes; scope: number }[] = []
    for await (const { key, value } of store.scan(rangeOf('k', merkleRoot)))
      if (readCheckedValue(key, value).kind !== 'ok')
        damaged.push({ key, scope: keyTail('k', key)[merkleRoot.length]! })
    return damaged
  }

  async function withoutRow(heads: readonly Head[]): Promise<Head[]> {
    const roots = heads.map(({ merkleRoot }) => merkleRoot)
    const has = new Set<number>()
    for (const { epoch } of options.gatewayEpochs())
      for (const [i, row] of (await readRowsOf(store, roots, GATEWAY, epoch)).entries())
        if (row?.kind === 'ok') has.add(i)
    // What was destroyed by decision is missing for good, and no hospital is asked for it.
    for (const [i, mark] of (await store.getMany(roots.map(erasedKey))).entries())
      if (mark !== null) has.add(i)
    return heads.filter((_, i) => !has.has(i))
  }

  return {
    get heldUpTo() {
      return heldUpTo
    },
    decided(firstIndex, count) {
      if (count === 0) return []
      if (firstIndex !== heldUpTo) {
        // Counted by looking, once the blocks are written: a look that is under way may end before they are.
        later(SOON_MS)
        return []
      }
      heldUpTo = firstIndex + count
      return [heldWrite(heldUpTo)]
    },
    mend,
    nudge,
    async close() {
      isClosed = true
      if (timer !== null) clearTimeout(timer)
      await running
    },
  }
}
