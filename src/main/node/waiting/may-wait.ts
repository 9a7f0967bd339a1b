/**
 * Which items wait, and in what order they stand. The simulator asks the same, so that what it finds of items is true of
 * the product.
 */
import { compareBytes } from '../../../shared/std/bytes.ts'
import type { BuiltSegment } from '../chain/build-segment.ts'
import type { ChainState } from '../chain/chain-state.ts'
import type { Item, SignedItem } from '../chain/item.ts'
import { isNamed } from '../chain/state.ts'

export type ItemReason = BuiltSegment['refusedItems'][number]['reason']

/** How far above the next height votes may lie that another's item accuses of: one that is further up is offered again. */
export const EVIDENCE_AHEAD_MAX = 64

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
])

/** @param reason why it may not stand in the segment after `state`, behind the others that wait; null when it may */
export function mayWait(reason: ItemReason | null, item: Item, state: ChainState): boolean {
  return reason === null || (isPassing(reason, item, state) && item.notAfterHeight > state.height)
}

function isPassing(reason: ItemReason, { clear }: Item, { consortium }: ChainState): boolean {
  // Who is to be named by an item that only waits may never be: that one can be overtaken, or be its author's to withdraw.
  if (reason === 'item-evidence-again' && clear.kind === 'evidence')
    return !isNamed(consortium, clear.first.vote.memberId)
  return PASSING.has(reason)
}

/** Evidence of a height that this node, at `height`, is too far from to hold it for another. */
export function isFarAhead({ clear }: Item, height: number): boolean {
  return clear.kind === 'evidence' && clear.first.vote.height > height + 1 + EVIDENCE_AHEAD_MAX
}

export function inItemOrder<T extends { readonly signed: SignedItem }>(waiting: Iterable<T>): T[] {
  return [...waiting].sort(
    ({ signed: a }, { signed: b }) =>
      compareBytes(a.item.author, b.item.author) || a.item.sequence - b.item.sequence,
  )
}
