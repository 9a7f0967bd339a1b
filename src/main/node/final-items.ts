/**
 * Reads the items of the chain in order, whichever way they came, and opens the sealed parts where this member may. What
 * is told here is told at least once: after a crash the last ones come again.
 */
import type { Bytes } from '../../shared/std/bytes.ts'
import { present } from '../../shared/std/assert.ts'
import type { ChainId, ItemHash } from './chain/ids.ts'
import { decodeSignedItem, itemHashOf, openItemPart, type SignedItem } from './chain/item.ts'
import { decodeSegment } from './chain/segment.ts'
import type { Crypto } from './crypto/crypto.ts'
import { metaKey, readU64, u64 } from './storage/buckets.ts'
import { readSegment } from './storage/chain-store.ts'
import { put, type Store } from './storage/store.ts'
import { checkedValue, readCheckedValue } from './storage/value.ts'

export interface FinalItem {
  readonly signed: SignedItem
  readonly hash: ItemHash
  readonly height: number
  /** Birth time of its segment. */
  readonly time: number
  /** What the sealed part says; null where there is none, or it is not for this member, or nobody can open it. */
  readonly content: Bytes | null
}

export interface FinalItems {
  /** Every item up to this height was told. */
  readonly readUpTo: number
  nudge(): void
  /** Resolves when everything that is final by now was told, or waits for a key. */
  settled(): Promise<void>
  close(): Promise<void>
}

export interface FinalItemsOptions {
  readonly store: Store
  readonly crypto: Crypto
  readonly chainId: ChainId
  readonly height: () => number
  /**
   * Whether this node is a member by now. One that was invited has the chain before it is admitted, and must not pass over
   * what hospitals said: it reads on from there when it is one of them.
   */
  readonly isMember: () => boolean
  /** Whether this member opens sealed parts: hospitals do. */
  readonly isHospital: () => boolean
  /**
   * Whether the chain had announced this epoch before the segment of that height. What is sealed under another one is opened by nobody, then or later:
   * whoever keeps to the rules seals under what the chain has, and who does not must not keep everybody waiting for a key that is none.
   */
  readonly hasEpoch: (epoch: number, height: number) => boolean
  readonly gatewayKey: (epoch: number) => Bytes | null
  readonly onUnknownEpoch: (epoch: number) => void
  readonly take: (item: FinalItem) => Promise<void>
  readonly onFailure: (error: unknown) => void
  /** Every item up to a further height was told. */
  readonly onRead?: () => void
  /** Under which name it keeps how far it is; each reader has its own. */
  readonly mark?: string
}

/** A restart reads at most so many segments again that held no item. */
const SAVE_EVERY = 4_096

export async function openFinalItems(options: FinalItemsOptions): Promise<FinalItems> {
  const { store, crypto, chainId } = options
  const mark = metaKey(options.mark ?? 'items-read')
  const stored = await store.get(mark)
  const read = stored === null ? null : readCheckedValue(mark, stored)
  let readUpTo = read?.kind === 'ok' ? readU64(read.content) : 0
  let savedUpTo = readUpTo
  let running: Promise<void> | null = null
  let isClosed = false

  function nudge(): void {
    if (isClosed || running !== null || readUpTo >= options.height()) return
    running = run()
      .then((isWaiting) => {
        running = null
        if (!isWaiting) nudge()
      })
      .catch((error: unknown) => {
        running = null
        if (!isClosed) options.onFailure(error)
      })
  }

  /** True where it waits for a key. */
  async function run(): Promise<boolean> {
    while (readUpTo < options.height() && !isClosed) {
      const height = readUpTo + 1
      const segment = await readSegment(store, height)
      // Damaged: nothing can be told of it before it was fetched again.
      if (segment.kind !== 'ok') return true
      const { items } = segment.value
      if (items.length > 0) {
        const { time } = present(decodeSegment(segment.value.segment), 'a stored segment decodes')
        for (const bytes of items) if (!(await tell(bytes, height, time))) return true
      }
      readUpTo = height
      if (items.length > 0 || readUpTo - savedUpTo >= SAVE_EVERY) await save()
      options.onRead?.()
    }
    return false
  }

  async function save(): Promise<void> {
    savedUpTo = readUpTo
    await store.commitUnsynced([put(mark, checkedValue(mark, u64(readUpTo)))])
  }

  async function tell(bytes: Bytes, height: number, time: number): Promise<boolean> {
    const signed = present(decodeSignedItem(crypto, bytes), 'a final item decodes')
    const { item } = signed
    if (item.sealed !== null && !options.isMember()) return false
    let content: Bytes | null = null
    if (item.sealed !== null && options.isHospital() && options.hasEpoch(item.sealed.epoch, height)) {
      const key = options.gatewayKey(item.sealed.epoch)
      if (key === null) {
        options.onUnknownEpoch(item.sealed.epoch)
        return false
      }
      const about = { kind: item.clear.kind, author: item.author, sequence: item.sequence }
      content = openItemPart(crypto, chainId, about, item.sealed, key)
    }
    await options.take({ signed, hash: itemHashOf(crypto, chainId, bytes), height, time, content })
    return true
  }

  return {
    get readUpTo() {
      return readUpTo
    },
    nudge,
    async settled() {
      nudge()
      while (running !== null) await running
    },
    async close() {
      isClosed = true
      while (running !== null) await running
    },
  }
}
