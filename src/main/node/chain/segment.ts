/** A segment: what consensus decides at one height (record-format.md section 10). */
import type { Crypto } from '../crypto/crypto.ts'
import { labelHash } from '../crypto/labels.ts'
import { encode, tryDecode } from './codec.ts'
import { asArray, isBytes, isCount, type ChainId, type SegmentId } from './ids.ts'
import { SEGMENT_VISITS_MAX } from './limits.ts'

export type Segment = {
  readonly chainId: ChainId
  /** Decisions counted from 1. */
  readonly height: number
  readonly epoch: number
  /** The chain id at height 1. */
  readonly previousSegmentId: Uint8Array
  /** Index of the first block in it, or of the next one where it has none. */
  readonly firstIndex: number
  /** How many blocks. */
  readonly count: number
  /** Hash of the last block so far; the chain id before the first. */
  readonly tip: Uint8Array
  /** Root over all block hashes up to and with this segment. */
  readonly headsRoot: Uint8Array
  /** Root over the ids of all segments before this one. */
  readonly segmentsRoot: Uint8Array
  /** Root over the hashes of this segment's items. */
  readonly itemsRoot: Uint8Array
  /** The state after this segment's items. */
  readonly stateHash: Uint8Array
  /** The voters of the next height. */
  readonly nextVotersRoot: Uint8Array
  /** Birth time, truncated as in heads. */
  readonly time: number
}

/** A segment as it travels and is checked: every part is its bytes. `certificate` is absent in a proposal. */
export type SegmentBundle = {
  readonly segment: Uint8Array
  readonly certificate: Uint8Array | null
  readonly heads: readonly Uint8Array[]
  readonly items: readonly Uint8Array[]
  /** One for each head; left out where only heads are verified, null for a body that was erased or is not here. */
  readonly bodies?: readonly (Uint8Array | null)[]
}

export function encodeSegment(segment: Segment): Uint8Array {
  return encode([
    1,
    segment.chainId,
    segment.height,
    segment.epoch,
    segment.previousSegmentId,
    segment.firstIndex,
    segment.count,
    segment.tip,
    segment.headsRoot,
    segment.segmentsRoot,
    segment.itemsRoot,
    segment.stateHash,
    segment.nextVotersRoot,
    segment.time,
  ])
}

/** The segment of the bytes, iff they are the one encoding of one. */
export function decodeSegment(bytes: Uint8Array): Segment | null {
  const slots = asArray(tryDecode(bytes), 14)
  if (slots === null) return null
  const [version, chainId, height, epoch, previousSegmentId, firstIndex, count, tip] = slots
  const [headsRoot, segmentsRoot, itemsRoot, stateHash, nextVotersRoot, time] = slots.slice(8)
  if (version !== 1 || !isBytes(chainId, 32) || !isCount(height) || height === 0 || !isCount(epoch))
    return null
  if (!isBytes(previousSegmentId, 32) || !isCount(firstIndex) || !isCount(count)) return null
  if (count > SEGMENT_VISITS_MAX || !isBytes(tip, 32) || !isBytes(headsRoot, 32)) return null
  if (!isBytes(segmentsRoot, 32) || !isBytes(itemsRoot, 32) || !isBytes(stateHash, 32)) return null
  if (!isBytes(nextVotersRoot, 32) || !isCount(time)) return null
  return {
    chainId: chainId as ChainId,
    height,
    epoch,
    previousSegmentId,
    firstIndex,
    count,
    tip,
    headsRoot,
    segmentsRoot,
    itemsRoot,
    stateHash,
    nextVotersRoot,
    time,
  }
}

export function segmentIdOf(crypto: Crypto, chainId: ChainId, segmentBytes: Uint8Array): SegmentId {
  return labelHash(crypto, 'consilium/segment/1', chainId, segmentBytes) as SegmentId
}
