/** A proposer's next segment out of what waits: visits, items and the time. Pure, like the check that judges it. */
import { assert } from '../../../shared/std/assert.ts'
import type { Crypto } from '../crypto/crypto.ts'
import { rootOverHashes } from '../crypto/merkle.ts'
import { accumulatorRoot, append } from './accumulator.ts'
import {
  applyItem,
  isChangeWaiting,
  type EarlierAt,
  type ItemContext,
  type ItemRefusal,
} from './apply-item.ts'
import { areVotersAllowed, nextConsortium, nothingEarlier } from './apply-segment.ts'
import { withoutExpired } from './apply-study.ts'
import { birthTime, blockHashOf, encodeHead } from './block.ts'
import type { ChainState } from './chain-state.ts'
import type { BlockHash, ItemHash, SegmentId } from './ids.ts'
import { decodeSignedItem, itemHashOf } from './item.ts'
import { SEGMENT_ITEMS_MAX } from './limits.ts'
import { policyValue } from './policy.ts'
import { bodyBytesOf, type RecordCommitments } from './record.ts'
import { encodeSegment, segmentIdOf, type Segment, type SegmentBundle } from './segment.ts'
import type { ConsortiumState } from './state.ts'

/** A sealed record that waits: what its head will say. */
export type Candidate = RecordCommitments & { readonly bodyHash: Uint8Array }

export type BuiltSegment = {
  readonly kind: 'built'
  readonly segment: Segment
  readonly segmentId: SegmentId
  /** Without certificate and bodies. */
  readonly bundle: SegmentBundle
  /** How many candidates were taken: always the first ones. The rest waits for the next segment. */
  readonly candidateCount: number
  /** Positions of the items that were taken, in order. */
  readonly itemPositions: readonly number[]
  /** Items that may not stand in this segment, and why. Those that a full segment left out are not listed. */
  readonly refusedItems: readonly {
    readonly position: number
    readonly reason: ItemRefusal | 'voters-rule'
  }[]
}

/**
 * The candidates are new to the chain and differ from each other; they keep their order. `nothing` where there is
 * nothing to decide and no change waits.
 */
export function buildSegment(
  crypto: Crypto,
  state: ChainState,
  waiting: { candidates: readonly Candidate[]; items: readonly Uint8Array[] },
  localTime: number,
  earlierAt: EarlierAt = nothingEarlier,
): BuiltSegment | { kind: 'nothing'; refusedItems: BuiltSegment['refusedItems'] } {
  const { chainId } = state
  const { policy, epoch } = state.consortium
  const height = state.height + 1
  const granularityMs = policyValue(policy, 'timestampGranularityMs')
  const time = birthTime(localTime, Math.max(state.lastTime, state.lastTimestamp), granularityMs)

  const taken = takeItems(crypto, state, waiting.items, { chainId, height, time, earlierAt })
  const candidates = takeCandidates(waiting.candidates, policy)
  const isEmpty = candidates.length === 0 && taken.positions.length === 0
  if (isEmpty && !isChangeWaiting(state.consortium)) return { kind: 'nothing', refusedItems: taken.refused }

  const heads: Uint8Array[] = []
  const blockHashes: BlockHash[] = []
  let tip = state.tip
  for (const [i, { merkleRoot, bodyHash, keyCommitment, sizeClass }] of candidates.entries()) {
    const head = encodeHead({
      chainId,
      index: state.blockCount + i,
      previousHash: tip,
      timestamp: time,
      merkleRoot,
      bodyHash,
      keyCommitment,
      sizeClass,
    })
    const hash = blockHashOf(crypto, chainId, head)
    heads.push(head)
    blockHashes.push(hash)
    tip = hash
  }
  const derived = nextConsortium(crypto, state, taken.consortium, height)
  const segment: Segment = {
    chainId,
    height,
    epoch,
    previousSegmentId: state.lastSegmentId,
    firstIndex: state.blockCount,
    count: candidates.length,
    tip,
    headsRoot: accumulatorRoot(crypto, append(crypto, state.heads, blockHashes)),
    segmentsRoot: accumulatorRoot(crypto, state.segments),
    itemsRoot: rootOverHashes(crypto, taken.hashes),
    stateHash: derived.stateHash,
    nextVotersRoot: derived.votersRoot,
    time,
  }
  const segmentBytes = encodeSegment(segment)
  return {
    kind: 'built',
    segment,
    segmentId: segmentIdOf(crypto, chainId, segmentBytes),
    bundle: {
      segment: segmentBytes,
      certificate: null,
      heads,
      items: taken.positions.map((position) => waiting.items[position]!),
    },
    candidateCount: candidates.length,
    itemPositions: taken.positions,
    refusedItems: taken.refused,
  }
}

/** The first candidates that a segment of this policy may hold. */
function takeCandidates(
  candidates: readonly Candidate[],
  policy: ConsortiumState['policy'],
): readonly Candidate[] {
  const visitsMax = policyValue(policy, 'segmentVisitsMax')
  const bytesMax = policyValue(policy, 'segmentBytesMax')
  let bodyBytes = 0
  let count = 0
  while (count < candidates.length && count < visitsMax) {
    bodyBytes += bodyBytesOf(candidates[count]!.sizeClass)
    if (bodyBytes > bytesMax) break
    count++
  }
  assert(count > 0 || candidates.length === 0, 'every policy lets the largest body into a segment')
  return candidates.slice(0, count)
}

type TakenItems = {
  consortium: ConsortiumState
  positions: number[]
  hashes: ItemHash[]
  refused: { position: number; reason: ItemRefusal | 'voters-rule' }[]
}

/**
 * All items that may stand. Seats are judged together, because the step from one voter to four is one decision: where
 * all membership items together break the rule of seats, the longest beginning of them that keeps it is taken.
 */
function takeItems(
  crypto: Crypto,
  state: ChainState,
  items: readonly Uint8Array[],
  context: ItemContext,
): TakenItems {
  const decoded = items.map((bytes) => ({ bytes, signed: decodeSignedItem(crypto, bytes) }))
  const isSeat = (position: number) => {
    const kind = decoded[position]?.signed?.item.clear.kind
    return kind === 'membership' || kind === 'policy'
  }
  const before = withoutExpired(state.consortium, context.time)
  for (let seatsMax = items.length; ; seatsMax--) {
    const taken: TakenItems = { consortium: before, positions: [], hashes: [], refused: [] }
    let seats = 0
    for (const [position, { bytes, signed }] of decoded.entries()) {
      if (taken.positions.length >= SEGMENT_ITEMS_MAX) break
      if (signed === null) {
        taken.refused.push({ position, reason: 'item-malformed' })
        continue
      }
      if (isSeat(position) && seats >= seatsMax) {
        taken.refused.push({ position, reason: 'voters-rule' })
        continue
      }
      const hash = itemHashOf(crypto, context.chainId, bytes)
      const result = applyItem(crypto, taken.consortium, signed, hash, context)
      if (result.kind === 'refused') {
        taken.refused.push({ position, reason: result.reason })
        continue
      }
      if (isSeat(position)) seats++
      taken.consortium = result.state
      taken.positions.push(position)
      taken.hashes.push(hash)
    }
    if (areVotersAllowed(taken.consortium, context.height)) return taken
    assert(seats > 0, 'without a change of seats the voters stay as they are')
    // The next try has one seat item less than this one took.
    seatsMax = Math.min(seatsMax, seats)
  }
}
