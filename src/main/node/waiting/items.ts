/**
 * Items that wait to be decided: own ones are durable here until they are final or can never be, others' are held for the
 * next segment. Which of them may stand now is judged by the same code that builds a segment.
 */
import { equalBytes, fromHex, toHex, type Bytes } from '../../../shared/std/bytes.ts'
import { Failure } from '../../../shared/std/failure.ts'
import { isAllowedAuthor } from '../chain/apply-item.ts'
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
import { metaKey, rangeOf, waitingItemKey } from '../storage/buckets.ts'
import { readItemHeight } from '../storage/chain-store.ts'
import { del, put, type Store, type Write } from '../storage/store.ts'
import { checkedValue, readCheckedValue } from '../storage/value.ts'
import { inItemOrder, isFarAhead, isOvertaken, isOwed, mayWait, type ItemReason } from './may-wait.ts'

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
  /**
   * How many may stand in the next segment. What was not looked at since the chain grew does not count: most of it has just become final, and
   * a voter that takes it for work begins a round in which nobody has anything to propose.
   */
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
  /** As what an own item is said now, where it was signed anew or overtaken; itself for every other one. */
  currentOf(itemHash: Bytes): Promise<ItemHash>
}

export interface WaitingItemsOptions {
  readonly store: Store
  readonly crypto: Crypto
  readonly ledger: Ledger
  readonly now: () => number
  /** Whether this member is its author: nobody else can say an item again. */
  readonly isMine: (author: MemberId) => boolean
  /**
   * An own item under the author key in effect, with another number where one is said; null where that key, or the key of what is sealed in it, is not here or the
   * item is another's.
   */
  readonly signAgain: (item: Item, as?: Pick<Item, 'sequence' | 'notAfterHeight'>) => Bytes | null
  /** Whether the key is here under which it is sealed: others are not asked to vote for what they cannot open either. */
  readonly hasKeyOf: (item: Item) => boolean
  /** Something may be proposed now. */
  readonly onReady: () => void
}

type Waiting = {
  readonly bytes: Bytes
  readonly hash: ItemHash
  readonly signed: SignedItem
  readonly isOwn: boolean
  reason: ItemReason | null
  /** Height of the state under which that was found; null before the first look. */
  judgedAt: number | null
}

/** Of those that others sent, and as many of those that were submitted here. */
export const ITEMS_MAX = 1_024
/** Of one author, so that nobody fills the list. */
const ITEMS_PER_AUTHOR_MAX = 128
const FATES_MAX = 1_024
const saidAsKey = (itemHash: ItemHash): Bytes => metaKey(`said-as/${toHex(itemHash)}`)
/** So long what is said again may wait: what it says does not grow old. */
const AGAIN_HEIGHTS = 100_000

/** Reads what was submitted before this node ended. */
export async function openWaitingItems(options: WaitingItemsOptions): Promise<WaitingItems> {
  const { store, crypto, ledger } = options
  const { chainId } = ledger
  const waiting = new Map<string, Waiting>()
  const fates = new Map<string, ItemFate>()
  /** Items that were signed anew or said again, and as which. */
  const saidAs = new Map<string, string>()
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
    const entry = { bytes, hash, signed, isOwn, reason: null, judgedAt: null }
    waiting.set(toHex(hash), entry)
    return entry
  }

  /** Of this member, and submitted here: one that is another's may be submitted here too. */
  function isMine({ isOwn, signed }: Waiting): boolean {
    return isOwn && options.isMine(signed.item.author)
  }

  async function judge(): Promise<void> {
    const { state } = ledger
    judgedAt = { height: state.height, count: waiting.size }
    if (waiting.size === 0) return
    const all = inItemOrder(waiting.values())
    const list = openable(all)
    const items = list.map(({ bytes }) => bytes)
    const earlierAt = await ledger.earlierFor(items)
    const built = buildSegment(crypto, state, { candidates: [], items }, options.now(), earlierAt)
    for (const entry of all) {
      const { author, sequence } = entry.signed.item
      // Final, or overtaken, whoever could open it.
      entry.reason = sequence <= lastSequence(author) ? 'item-sequence' : 'item-unknown-epoch'
      entry.judgedAt = state.height
    }
    for (const entry of list) entry.reason = null
    for (const { position, reason } of built.refusedItems) list[position]!.reason = reason
  }

  /**
   * In order. What comes after an item of the same author that cannot be opened here waits behind it: it would overtake it. Not so behind one that
   * the chain has, or that is over.
   */
  function openable(inOrder: readonly Waiting[]): Waiting[] {
    const held = new Set<string>()
    return inOrder.filter(({ signed: { item } }) => {
      const author = toHex(item.author)
      const isOver = item.sequence <= lastSequence(item.author) || item.notAfterHeight <= ledger.state.height
      if (!options.hasKeyOf(item) && !isOver) held.add(author)
      return !held.has(author)
    })
  }

  /** Resolves with what left. */
  async function settle(): Promise<void> {
    await judge()
    if (await signAnew()) await judge()
    if (await sayAgain()) await judge()
    const gone: { readonly entry: Waiting; readonly fate: ItemFate }[] = []
    for (const entry of waiting.values()) {
      const { reason, signed } = entry
      if (reason === null || mayWait(reason, signed.item, ledger.state)) continue
      // It could not be said again now: the author's key is on its way.
      if (isMine(entry) && isOwed(reason, signed.item, ledger.state)) continue
      const height = await readItemHeight(store, entry.hash)
      if (height === null && isMine(entry) && isOvertaken(reason, signed.item, ledger.state)) continue
      gone.push({ entry, fate: height === null ? { kind: 'dropped', reason } : { kind: 'final', height } })
    }
    const writes = gone.filter(({ entry }) => entry.isOwn).map(({ entry }) => del(waitingItemKey(entry.hash)))
    if (writes.length > 0) await store.commit(writes)
    for (const { entry, fate } of gone) {
      waiting.delete(toHex(entry.hash))
      remember(entry.hash, fate)
    }
  }

  /** What was submitted before a change of keys and is decided after it. True where something was signed anew. */
  async function signAnew(): Promise<boolean> {
    const over = [...waiting.values()].filter(({ isOwn, reason }) => isOwn && reason === 'item-signature')
    return replace(over, ({ item: { sequence, notAfterHeight } }) => ({ sequence, notAfterHeight }))
  }

  /**
   * What another own item overtook and still has to be said: accusations, and whatever a person has said once. In the write in which the old one goes: between two of them a power cut would
   * leave nobody who says it.
   */
  async function sayAgain(): Promise<boolean> {
    const { state } = ledger
    const owed: Waiting[] = []
    for (const entry of waiting.values()) {
      const { reason, signed } = entry
      if (!isMine(entry) || reason === null) continue
      if (!isOwed(reason, signed.item, state) && !isOvertaken(reason, signed.item, state)) continue
      if ((await readItemHeight(store, entry.hash)) === null) owed.push(entry)
    }
    // In the order in which they were said.
    return replace(inItemOrder(owed), ({ item, reason }) => ({
      sequence: nextSequence(item.author),
      notAfterHeight: isOwed(reason, item, state) ? state.height + AGAIN_HEIGHTS : item.notAfterHeight,
    }))
  }

  /** Each under a new signature, all in one write. True where there was one whose author's key is here. */
  async function replace(
    old: readonly Waiting[],
    as: (entry: { item: Item; reason: ItemReason }) => Pick<Item, 'sequence' | 'notAfterHeight'>,
  ): Promise<boolean> {
    const writes: Write[] = []
    for (const entry of old) {
      const { item } = entry.signed
      const bytes = options.signAgain(item, as({ item, reason: entry.reason! }))
      const signed = bytes && decodeSignedItem(crypto, bytes)
      if (bytes === null || signed === null) continue
      waiting.delete(toHex(entry.hash))
      const { hash } = add(bytes, signed, true)
      const key = waitingItemKey(hash)
      writes.push(put(key, checkedValue(key, encode([bytes, Math.floor(options.now())]))))
      if (equalBytes(hash, entry.hash)) continue
      writes.push(del(waitingItemKey(entry.hash)))
      if (saidAs.size >= FATES_MAX) saidAs.delete(saidAs.keys().next().value!)
      saidAs.set(toHex(entry.hash), toHex(hash))
      // Whoever keeps the first name, a program its study's, finds what became of it after a restart too.
      writes.push(put(saidAsKey(entry.hash), checkedValue(saidAsKey(entry.hash), hash)))
    }
    if (writes.length > 0) await store.commit(writes)
    return writes.length > 0
  }

  async function currentOf(itemHash: Bytes): Promise<ItemHash> {
    let current = itemHash as ItemHash
    for (;;) {
      const said = saidAs.get(toHex(current))
      const next = said === undefined ? await readSaidAs(current) : (fromHex(said) as ItemHash)
      if (next === null) return current
      current = next
    }
  }

  async function readSaidAs(itemHash: ItemHash): Promise<ItemHash | null> {
    const key = saidAsKey(itemHash)
    const value = await store.get(key)
    const read = value === null ? null : readCheckedValue(key, value)
    return read?.kind === 'ok' ? (read.content as ItemHash) : null
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
    for (const { reason, judgedAt: at } of waiting.values())
      if (reason === null && at === ledger.state.height) count++
    return count
  }

  /** What is submitted here has its own room: what others send cannot fill it. */
  function isRoomFor(author: MemberId, isOwn: boolean): boolean {
    let [count, ofAuthor] = [0, 0]
    for (const each of waiting.values()) {
      if (each.isOwn === isOwn) count++
      if (equalBytes(each.signed.item.author, author)) ofAuthor++
    }
    return count < ITEMS_MAX && ofAuthor < ITEMS_PER_AUTHOR_MAX
  }

  async function take(bytes: Bytes): Promise<ItemHash> {
    const signed = decodeSignedItem(crypto, bytes)
    if (signed === null) throw new ItemFailure({ code: 'item-malformed' })
    const hash = itemHashOf(crypto, chainId, bytes)
    const known = waiting.get(toHex(hash))
    if (known?.isOwn === true || (await readItemHeight(store, hash)) !== null) return hash
    if (!isRoomFor(signed.item.author, true)) throw new ItemFailure({ code: 'too-many-items' })
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

  /** That the chain has. */
  function lastSequence(author: MemberId): number {
    const last = ledger.state.consortium.sequences.find(([memberId]) => equalBytes(memberId, author))
    return last?.[1] ?? 0
  }

  function nextSequence(author: MemberId): number {
    let sequence = lastSequence(author)
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
          if (saidAs.has(name)) continue
          const author = findMember(membersOf(ledger.state.consortium), signed.item.author)
          if (waiting.has(name) || fates.has(name) || author === null) continue
          // What its author may never say would wait as long as its key is not here.
          if (!isAllowedAuthor(author, signed.item.clear) || !isRoomFor(author.memberId, false)) continue
          // Before it takes room: anybody could fill another's.
          if (!verifyItemSignature(crypto, chainId, signed, author.authorKey)) continue
          add(bytes, signed, false)
          isNew = true
        }
        if (isNew) await settle()
      })
      if (readyCount() > 0) options.onReady()
    },
    candidates: () => openable(inItemOrder(waiting.values())).map(({ bytes }) => bytes),
    submittedHere: () =>
      inItemOrder(waiting.values())
        .filter(({ isOwn }) => isOwn)
        .map(({ bytes }) => bytes),
    nextSequence,
    refresh,
    currentOf,
    async fateOf(asked) {
      const itemHash = await currentOf(asked)
      const entry = waiting.get(toHex(itemHash))
      if (entry !== undefined) return { kind: 'waiting', reason: entry.reason }
      const height = await readItemHeight(store, itemHash)
      if (height !== null) return { kind: 'final', height }
      return fates.get(toHex(itemHash)) ?? { kind: 'unknown' }
    },
  }
}
