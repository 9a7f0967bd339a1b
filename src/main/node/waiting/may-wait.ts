/**
 * Which items wait, and in what order they stand. The simulator asks the same, so that what it finds of items is true of
 * the product.
 */
import { compareBytes } from '../../../shared/std/bytes.ts'
import type { BuiltSegment } from '../chain/build-segment.ts'
import type { Item, SignedItem } from '../chain/item.ts'

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

export function isPassing(reason: ItemReason): boolean {
  return PASSING.has(reason)
}

/** @param reason why it may not stand in the segment after `height`; null when it may */
export function mayWait(reason: ItemReason | null, item: Item, height: number): boolean {
  return reason === null || (isPassing(reason) && item.notAfterHeight > height)
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
