/**
 * What the chain says of this institution's audit: anchors, each with a number of entries and the hash of the last of them.
 * Always read from the segments, never from a table of ours, since whoever edits the audit could edit that too.
 */
import { equalBytes, type Bytes } from '../../shared/std/bytes.ts'
import type { MemberId } from '../node/chain/ids.ts'
import { decodeSignedItem } from '../node/chain/item.ts'
import { decodeSegment } from '../node/chain/segment.ts'
import type { Crypto } from '../node/crypto/crypto.ts'
import { keyTail, readU64, segmentKey } from '../node/storage/buckets.ts'
import { readSegmentValue } from '../node/storage/chain-store.ts'
import type { ReadableStore } from '../node/storage/store.ts'

export interface Anchor {
  readonly height: number
  /** Birth time of the segment. */
  readonly time: number
  readonly count: number
  readonly hash: Bytes
}

export interface Anchors {
  /** In the order of the chain, up to the height that was last read. */
  readonly known: readonly Anchor[]
  /** Reads what the chain has since. @param signal stops between segments */
  readUpTo(height: number): Promise<readonly Anchor[]>
}

/** Segments that are read between two breaths of the event loop. */
const PER_BREATH = 200

export function createAnchors(store: ReadableStore, crypto: Crypto, memberId: MemberId): Anchors {
  const known: Anchor[] = []
  let readTo = 0
  let turn: Promise<unknown> = Promise.resolve()

  async function read(height: number): Promise<readonly Anchor[]> {
    if (height <= readTo) return known
    let seen = 0
    for await (const { key, value } of store.scan({
      from: segmentKey(readTo + 1),
      to: segmentKey(height + 1),
    })) {
      if (++seen % PER_BREATH === 0) await new Promise((resolve) => setImmediate(resolve))
      const at = readU64(keyTail('s', key))
      const stored = readSegmentValue(value)
      readTo = at
      if (stored.kind !== 'ok' || stored.value.items.length === 0) continue
      for (const bytes of stored.value.items) {
        const item = decodeSignedItem(crypto, bytes)?.item
        if (item?.clear.kind !== 'anchor' || !equalBytes(item.author, memberId)) continue
        const time = decodeSegment(stored.value.segment)?.time ?? 0
        known.push({ height: at, time, count: item.clear.count, hash: item.clear.auditRoot })
      }
    }
    return known
  }

  return {
    known,
    readUpTo(height) {
      const mine = turn.then(() => read(height))
      turn = mine.catch(() => {})
      return mine
    },
  }
}
