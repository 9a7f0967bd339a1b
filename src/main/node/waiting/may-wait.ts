/**
 * Which items wait, and in what order they stand. The simulator asks the same, so that what it finds of items is true of
 * the product.
 */
import { compareBytes, equalBytes } from '../../../shared/std/bytes.ts'
import type { BuiltSegment } from '../chain/build-segment.ts'
import type { ChainState } from '../chain/chain-state.ts'
import type { MemberId } from '../chain/ids.ts'
import type { Item, ItemClear, SignedItem } from '../chain/item.ts'
import { isNamed, isOverFor } from '../chain/state.ts'

export type ItemReason =
  | BuiltSegment['refusedItems'][number]['reason']
  /** It, or one of its author's before it, is sealed under a key that is not here. */
  | 'item-unknown-epoch'

/** How far above the next height may lie what another's item is about, votes or an erasure: one that is further up is offered again. */
export const AHEAD_MAX = 64

/** What may pass with time: everything else is for good. */
const PASSING: ReadonlySet<ItemReason> = new Set<ItemReason>([
  'voters-rule',
  'item-too-many-open',
  'item-unknown-snapshot',
  'item-unknown-study',
  'item-snapshot-segment',
  'item-member',
  'item-author-unknown',
  'item-evidence-ahead',
  'item-result-ahead',
  'item-erasures-today',
  'item-unknown-epoch',
])

/** @param reason why it may not stand in the segment after `state`, behind the others that wait; null when it may */
export function mayWait(reason: ItemReason | null, item: Item, state: ChainState): boolean {
  return reason === null || (isPassing(reason, item, state) && item.notAfterHeight > state.height)
}

function isPassing(reason: ItemReason, { clear }: Item, { consortium }: ChainState): boolean {
  // Who is to be named by an item that only waits may never be: that one can be overtaken, or be its author's to withdraw.
  const accused =
    reason === 'item-evidence-again' || reason === 'item-suspension-again' ? accusedBy(clear) : null
  return accused === null ? PASSING.has(reason) : !isNamed(consortium, accused.memberId)
}

/** Whom an item names, for what was done at which height; null for an item that names nobody. */
function accusedBy(clear: ItemClear): { readonly memberId: MemberId; readonly height: number } | null {
  if (clear.kind === 'evidence') return clear.first.vote
  return clear.kind === 'suspension' ? { memberId: clear.memberId, height: clear.studyHeight } : null
}

/**
 * Whether what an own item says has still to be said: it named somebody whom nobody has named since, and was only overtaken by another item of its
 * author, or waited for too long.
 */
export function isOwed(reason: ItemReason, { clear }: Item, { consortium }: ChainState): boolean {
  if (reason !== 'item-sequence' && reason !== 'item-expired') return false
  const accused = accusedBy(clear)
  if (accused === null || isNamed(consortium, accused.memberId)) return false
  const row = consortium.members.find(({ member }) => equalBytes(member.memberId, accused.memberId))
  return row !== undefined && !isOverFor(row, accused.height)
}

/**
 * What stands for what a person or a service of this node has said once, and is not said anew by anybody: decisions of members are drafts that say themselves that
 * they were overtaken, and results and snapshots are handed in again by their services.
 */
const SAID_ONCE: ReadonlySet<ItemClear['kind']> = new Set<ItemClear['kind']>([
  'study',
  'check',
  'review',
  'registration',
  'anchor',
  'sealed',
  'erasure',
])

/** Whether an own item that is not in the chain was only overtaken by a later one of its author: its number can never stand any more, what it says can. */
export function isOvertaken(
  reason: ItemReason,
  { clear, notAfterHeight }: Item,
  { height }: ChainState,
): boolean {
  return reason === 'item-sequence' && SAID_ONCE.has(clear.kind) && notAfterHeight > height
}

/** About a height that this node, at `height`, is too far from to hold it for another. */
export function isFarAhead({ clear }: Item, height: number): boolean {
  const about =
    clear.kind === 'evidence' ? clear.first.vote.height : clear.kind === 'result' ? clear.erasureHeight : 0
  return about > height + 1 + AHEAD_MAX
}

export function inItemOrder<T extends { readonly signed: SignedItem }>(waiting: Iterable<T>): T[] {
  return [...waiting].sort(
    ({ signed: a }, { signed: b }) =>
      compareBytes(a.item.author, b.item.author) || a.item.sequence - b.item.sequence,
  )
}
