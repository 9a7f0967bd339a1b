/**
 * Items that wait to be decided: own ones are durable here until they are final or can never be, others' are held for the
 * next segment. Which of them may stand now is judged by the same code that builds a segment.
 */
import { equalBytes, toHex, type Bytes } from '../../../shared/std/bytes.ts'
import { Failure } from '../../../shared/std/failure.ts'
import { buildSegment } from '../chain/build-segment.ts'
import { encode, tryDecode } from '../chain/codec.ts'
import type { ItemHash, MemberId } from '../chain/ids.ts'
import {
  decodeSignedItem,
  itemHashOf,
  verifyItemSignature,
  type Item,
  type SignedItem,
} from '../chain/item.ts'
import { findMember } from '../chain/members.ts'
import { membersOf } from '../chain/state.ts'
import type { Crypto } from '../crypto/crypto.ts'
import type { Ledger } from '../ledger.ts'
import { rangeOf, waitingItemKey } from '../storage/buckets.ts'
import { readItemHeight } from '../storage/chain-store.ts'
import { del, put, type Store, type Write } from '../storage/store.ts'
import { checkedValue, readCheckedValue } from '../storage/value.ts'
import { inItemOrder, isFarAhead, mayWait, type ItemReason } from './may-wait.ts'

export type ItemFate =
  /** `reason`: why it may not stand in the next segment; null when it may. */
  | { readonly kind: 'waiting'; readonly reason: ItemReason | null }
  | { readonly kind: 'final'; readonly height: number }
  /** It can never stand any more. */
  | { readonly kind: 'dropped'; readonly reason: ItemReason }
  /** Not known since this node started, and not in the chain. */
  | { readonly kind: 'unknown' }

/** `item-malformed`: no item of this chain's form; `item-refused`: it can never stand; `too-many-items`: see `ITEMS_MAX`. */
export class ItemFailure extends Failure<
  { code: 'item-malformed' } | { code: 'item-refused'; reason: ItemReason } | { code: 'too-many-items' }
> {}

export interface WaitingItems {
  /** How many may stand in the next segment. */
  readonly readyCount: number
  /**
   * Takes an item of a member, usually this one. When it resolves, it is durable here.
   * @throws {ItemFailure}; {StorageFailure}
   */
  submit(bytes: Bytes): Promise<ItemHash>
  /** Makes an item with the author's next sequence and submits it. @throws as `submit` */
  submitNext(author: MemberId, make: (sequence: number) => Bytes): Promise<ItemHash>
  /** Items that a member sent, its own or another's. */
  takeIn(from: MemberId, items: readonly Bytes[]): Promise<void>
  /** In the order in which they should stand. */
  candidates(): readonly Bytes[]
  /** Those that were submitted here: to be offered to voters until they are final. */
  submittedHere(): readonly Bytes[]
  /** Greater than every sequence of this author that is in the chain or waits. */
  nextSequence(author: MemberId): number
  /** The chain has grown: what is final or impossible leaves. */
  refresh(): Promise<void>
  fateOf(itemHash: Bytes): Promise<ItemFate>
}

export interface WaitingItemsOptions {
  readonly store: Store
  readonly crypto: Crypto
  readonly ledger: Ledger
  readonly now: () => number
  /** An own item under the author key in effect; null where that key is not here or the item is another's. */
  readonly signAgain: (item: Item) => Bytes | null
  /** Something may be proposed now. */
  readonly onReady: () => void
  /** An item that was submitted here can never stand any more; also while opening. */
  readonly onOwnDropped: (item: Item) => void
}

type Waiting = {
  readonly bytes: Bytes
  readonly hash: ItemHash
  readonly signed: SignedItem
  readonly isOwn: boolean
  reason: ItemReason | null
}

export const ITEMS_MAX = 1_024
/** Of one author, so that nobody fills the list. */
const ITEMS_PER_AUTHOR_MAX = 128
const FATES_MAX = 1_024

/** Reads what was submitted before this node ended. */
export async function openWaitingItems(options: WaitingItemsOptions): Promise<WaitingItems> {
  const { store, crypto, ledger } = options
  const { chainId } = ledger
  const waiting = new Map<string, Waiting>()
  const fates = new Map<string, ItemFate>()
  /** One after the other, so that two looks at the list do not cross. */
  let turn: Promise<unknown> = Promise.resolve()
  let judgedAt: { readonly height: number; readonly count: number } | null = null

  for await (const { key, value } of store.scan(rangeOf('i'))) {
    const read = readCheckedValue(key, value)
    const slots = read.kind === 'ok' ? tryDecode(read.content) : null
    const bytes = Array.isArray(slots) && slots[0] instanceof Uint8Array ? slots[0] : null
    const signed = bytes && decodeSignedItem(crypto, bytes)
    if (bytes && signed) add(bytes, signed, true)
  }
  await refresh()

  function add(bytes: Bytes, signed: SignedItem, isOwn: boolean): Waiting {
    const hash = itemHashOf(crypto, chainId, bytes)
    const entry = { bytes, hash, signed, isOwn, reason: null }
    waiting.set(toHex(hash), entry)
    return entry
  }

  async function judge(): Promise<void> {
    const { state } = ledger
    judgedAt = { height: state.height, count: waiting.size }
    if (waiting.size === 0) return
    const list = inItemOrder(waiting.values())
    const items = list.map(({ bytes }) => bytes)
    const earlierAt = await ledger.earlierFor(items)
    const built = buildSegment(crypto, state, { candidates: [], items }, options.now(), earlierAt)
    for (const entry of list) entry.reason = null
    for (const { position, reason } of built.refusedItems) list[position]!.reason = reason
  }

  /** Resolves with what left. */
  async function settle(): Promise<void> {
    await judge()
    if (await signAnew()) await judge()
    const gone: { readonly entry: Waiting; readonly fate: ItemFate }[] = []
    for (const entry of waiting.values()) {
      const { reason, signed } = entry
      if (reason === null || mayWait(reason, signed.item, ledger.state)) continue
      const height = await readItemHeight(store, entry.hash)
      gone.push({ entry, fate: height === null ? { kind: 'dropped', reason } : { kind: 'final', height } })
    }
    const writes = gone.filter(({ entry }) => entry.isOwn).map(({ entry }) => del(waitingItemKey(entry.hash)))
    if (writes.length > 0) await store.commit(writes)
    for (const { entry, fate } of gone) {
      waiting.delete(toHex(entry.hash))
      remember(entry.hash, fate)
      if (entry.isOwn && fate.kind === 'dropped') options.onOwnDropped(entry.signed.item)
    }
  }

  /** What was submitted before a change of keys and is decided after it. True where something was signed anew. */
  async function signAnew(): Promise<boolean> {
    const over = [...waiting.values()].filter(({ isOwn, reason }) => isOwn && reason === 'item-signature')
    const writes: Write[] = []
    for (const entry of over) {
      const bytes = options.signAgain(entry.signed.item)
      const signed = bytes && decodeSignedItem(crypto, bytes)
      if (bytes === null || signed === null) continue
      waiting.delete(toHex(entry.hash))
      const { hash } = add(bytes, signed, true)
      const key = waitingItemKey(hash)
      writes.push(put(key, checkedValue(key, encode([bytes, Math.floor(options.now())]))))
      if (!equalBytes(hash, entry.hash)) writes.push(del(waitingItemKey(entry.hash)))
    }
    if (writes.length > 0) await store.commit(writes)
    return writes.length > 0
  }

  function remember(hash: ItemHash, fate: ItemFate): void {
    if (fates.size >= FATES_MAX) fates.delete(fates.keys().next().value!)
    fates.set(toHex(hash), fate)
  }

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = turn.then(work, work)
    turn = mine.catch(() => {})
    return mine
  }

  async function refresh(): Promise<void> {
    if (waiting.size === 0 && judgedAt !== null) return
    await inTurn(settle)
    if (readyCount() > 0) options.onReady()
  }

  function readyCount(): number {
    let count = 0
    for (const { reason } of waiting.values()) if (reason === null) count++
    return count
  }

  function isRoomFor(author: MemberId): boolean {
    if (waiting.size >= ITEMS_MAX) return false
    let count = 0
    for (const { signed } of waiting.values()) if (equalBytes(signed.item.author, author)) count++
    return count < ITEMS_PER_AUTHOR_MAX
  }

  async function take(bytes: Bytes): Promise<ItemHash> {
    const signed = decodeSignedItem(crypto, bytes)
    if (signed === null) throw new ItemFailure({ code: 'item-malformed' })
    const hash = itemHashOf(crypto, chainId, bytes)
    const known = waiting.get(toHex(hash))
    if (known?.isOwn === true || (await readItemHeight(store, hash)) !== null) return hash
    if (!isRoomFor(signed.item.author)) throw new ItemFailure({ code: 'too-many-items' })
    const key = waitingItemKey(hash)
    const entry = add(bytes, signed, true)
    await judge()
    if (entry.reason !== null && !mayWait(entry.reason, signed.item, ledger.state)) {
      waiting.delete(toHex(hash))
      throw new ItemFailure({ code: 'item-refused', reason: entry.reason })
    }
    await store.commit([put(key, checkedValue(key, encode([bytes, Math.floor(options.now())])))])
    return hash
  }

  async function submitted(taken: Promise<ItemHash>): Promise<ItemHash> {
    const hash = await taken
    options.onReady()
    return hash
  }

  function nextSequence(author: MemberId): number {
    const last = ledger.state.consortium.sequences.find(([memberId]) => equalBytes(memberId, author))
    let sequence = last?.[1] ?? 0
    for (const { signed } of waiting.values())
      if (equalBytes(signed.item.author, author)) sequence = Math.max(sequence, signed.item.sequence)
    return sequence + 1
  }

  return {
    get readyCount() {
      return readyCount()
    },
    submit: (bytes) => submitted(inTurn(() => take(bytes))),
    submitNext: (author, make) => submitted(inTurn(() => take(make(nextSequence(author))))),
    async takeIn(_from, items) {
      await inTurn(async () => {
        let isNew = false
        for (const bytes of items) {
          const signed = decodeSignedItem(crypto, bytes)
          // Not remembered: it is offered again, and by then this node may have come near.
          if (signed === null || isFarAhead(signed.item, ledger.state.height)) continue
          const name = toHex(itemHashOf(crypto, chainId, bytes))
          const author = findMember(membersOf(ledger.state.consortium), signed.item.author)
          if (waiting.has(name) || fates.has(name) || author === null || !isRoomFor(author.memberId)) continue
          // Before it takes room: anybody could fill another's.
          if (!verifyItemSignature(crypto, chainId, signed, author.authorKey)) continue
          add(bytes, signed, false)
          isNew = true
        }
        if (isNew) await settle()
      })
      if (readyCount() > 0) options.onReady()
    },
    candidates: () => inItemOrder(waiting.values()).map(({ bytes }) => bytes),
    submittedHere: () =>
      inItemOrder(waiting.values())
        .filter(({ isOwn }) => isOwn)
        .map(({ bytes }) => bytes),
    nextSequence,
    refresh,
    async fateOf(itemHash) {
      const entry = waiting.get(toHex(itemHash))
      if (entry !== undefined) return { kind: 'waiting', reason: entry.reason }
      const height = await readItemHeight(store, itemHash)
      if (height !== null) return { kind: 'final', height }
      return fates.get(toHex(itemHash)) ?? { kind: 'unknown' }
    },
  }
}
