/**
 * The one place that decides whether a segment continues the chain. Pure: the state that is passed in is never changed,
 * so a rejected segment leaves no trace. One voter or thirty take the same path.
 */
import { equalBytes } from '../../../shared/std/bytes.ts'
import type { Crypto } from '../crypto/crypto.ts'
import { rootOverHashes } from '../crypto/merkle.ts'
import { accumulatorRoot, appendWithNodes, type Accumulator, type TreeNode } from './accumulator.ts'
import {
  applyItem,
  isChangeWaiting,
  type EarlierAt,
  type ItemContext,
  type ItemRefusal,
} from './apply-item.ts'
import { withoutExpired } from './apply-study.ts'
import { blockHashOf, decodeHead, type Head } from './block.ts'
import {
  checkCertificate,
  decodeCertificate,
  type Certificate,
  type CertificateRefusal,
} from './certificate.ts'
import { certificateContextOf, derivedOf, type ChainState } from './chain-state.ts'
import { keyOf, type BlockHash, type ItemHash, type MerkleRoot, type SegmentId } from './ids.ts'
import { decodeSignedItem, itemHashOf, type SignedItem } from './item.ts'
import { EFFECT_DELAY_HEIGHTS, SEGMENT_ITEMS_MAX } from './limits.ts'
import { policyValue } from './policy.ts'
import { isSpoken } from './protocol.ts'
import { bodyBytesOf, bodyHashOf } from './record.ts'
import { decodeSegment, segmentIdOf, type Segment, type SegmentBundle } from './segment.ts'
import { membersOf, takeEffect, type ConsortiumState } from './state.ts'
import { isVoterChangeAllowed, votersOf } from './voters.ts'

export type SegmentRefusal =
  | 'segment-malformed'
  | 'other-chain'
  | 'protocol-unsupported'
  | 'height'
  | 'epoch'
  | 'previous-segment'
  | 'first-index'
  | 'count'
  | 'too-many-visits'
  | 'too-many-bytes'
  | 'too-many-items'
  | 'nothing-to-decide'
  | 'time-granularity'
  | 'time-before-previous'
  | 'head-malformed'
  | 'head-index'
  | 'previous-hash'
  | 'timestamp-granularity'
  | 'timestamp-before-previous'
  | 'timestamp-after-segment'
  | 'duplicate-record'
  | 'body-count'
  | 'body-length'
  | 'body-hash'
  | 'tip'
  | 'heads-root'
  | 'segments-root'
  | 'items-root'
  | 'state-hash'
  | 'voters-rule'
  | 'next-voters-root'
  | 'certificate-missing'
  | CertificateRefusal
  | ItemRefusal

export type Rejected = {
  readonly kind: 'rejected'
  readonly reason: SegmentRefusal
  /** Of the block in question. */
  readonly index?: number
  /** Of the item in question within the segment. */
  readonly item?: number
}

/** Everything that was found out on the way, so that nobody parses twice. */
export type CheckedSegment = {
  readonly segment: Segment
  readonly segmentId: SegmentId
  readonly heads: readonly Head[]
  readonly blockHashes: readonly BlockHash[]
  readonly items: readonly { readonly signed: SignedItem; readonly hash: ItemHash }[]
  /** Nodes of the two trees that became complete, for proofs. */
  readonly headNodes: readonly TreeNode[]
  readonly segmentNodes: readonly TreeNode[]
  /** The state after this segment. */
  readonly state: ChainState
}

export type CheckResult = ({ readonly kind: 'valid' } & CheckedSegment) | Rejected
export type ApplyResult =
  ({ readonly kind: 'applied'; readonly certificate: Certificate } & CheckedSegment) | Rejected

export type ApplyOptions = {
  /** Whether a record is in the chain already; a version has one block. */
  readonly isKnownRecord: (merkleRoot: MerkleRoot) => boolean
  /** The segments at the heights that `heightsNamed` gives; needed where it gives any. */
  readonly earlierAt?: EarlierAt
}

/** A final segment: all checks of `checkSegment`, and the certificate. */
export function applySegment(
  crypto: Crypto,
  state: ChainState,
  bundle: SegmentBundle,
  options: ApplyOptions,
): ApplyResult {
  if (bundle.certificate === null) return { kind: 'rejected', reason: 'certificate-missing' }
  const certificate = decodeCertificate(bundle.certificate)
  if (certificate === null) return { kind: 'rejected', reason: 'certificate-malformed' }
  const checked = checkSegment(crypto, state, bundle, options)
  if (checked.kind === 'rejected') return checked
  const { segment, segmentId } = checked
  const refusal = checkCertificate(
    crypto,
    certificateContextOf(state),
    certificate,
    segment.height,
    segmentId,
  )
  if (refusal !== null) return { kind: 'rejected', reason: refusal }
  return { ...checked, kind: 'applied', certificate }
}

/**
 * A proposed segment: everything but the certificate. Whether a fresh proposal's time is near the local clock is
 * `isFreshTime`; whether its bodies open is `openBody`.
 */
export function checkSegment(
  crypto: Crypto,
  state: ChainState,
  bundle: SegmentBundle,
  options: ApplyOptions,
): CheckResult {
  const segment = decodeSegment(bundle.segment)
  if (segment === null) return rejected('segment-malformed')
  const position = checkPosition(state, segment, bundle)
  if (position !== null) return rejected(position)

  const heads = checkHeads(crypto, state, segment, bundle, options.isKnownRecord)
  if (heads.kind === 'rejected') return heads
  if (!equalBytes(segment.tip, heads.tip)) return rejected('tip')

  const headNodes: TreeNode[] = []
  const headTree = appendWithNodes(crypto, state.heads, heads.blockHashes, headNodes)
  if (!equalBytes(segment.headsRoot, accumulatorRoot(crypto, headTree))) return rejected('heads-root')
  if (!equalBytes(segment.segmentsRoot, accumulatorRoot(crypto, state.segments)))
    return rejected('segments-root')

  const context = {
    chainId: state.chainId,
    height: segment.height,
    time: segment.time,
    earlierAt: options.earlierAt ?? nothingEarlier,
  }
  const items = checkItems(crypto, state.consortium, bundle.items, context)
  if (items.kind === 'rejected') return items
  const itemHashes = items.items.map((item) => item.hash)
  if (!equalBytes(segment.itemsRoot, rootOverHashes(crypto, itemHashes))) return rejected('items-root')

  if (!areVotersAllowed(items.consortium, segment.height)) return rejected('voters-rule')
  const derived = nextConsortium(crypto, state, items.consortium, segment.height)
  if (!equalBytes(segment.stateHash, derived.stateHash)) return rejected('state-hash')
  if (!equalBytes(segment.nextVotersRoot, derived.votersRoot)) return rejected('next-voters-root')

  const segmentId = segmentIdOf(crypto, state.chainId, bundle.segment)
  return {
    kind: 'valid',
    segment,
    segmentId,
    heads: heads.heads,
    blockHashes: heads.blockHashes,
    items: items.items,
    ...advance(crypto, state, segment, segmentId, headTree, heads.lastTimestamp, derived),
    headNodes,
  }
}

/** The state after the items of `height`, in effect at the height after it. */
export function nextConsortium(
  crypto: Crypto,
  state: ChainState,
  afterItems: ConsortiumState,
  height: number,
): Pick<ChainState, 'consortium' | 'stateHash' | 'voters' | 'votersRoot'> {
  const next = takeEffect(afterItems, height + 1)
  if (next !== state.consortium) return derivedOf(crypto, state.chainId, next)
  const { consortium, stateHash, voters, votersRoot } = state
  return { consortium, stateHash, voters, votersRoot }
}

/** Whether the step from the voters of height + 1 to those of height + 2 is one that an epoch may take. */
export function areVotersAllowed(afterItems: ConsortiumState, height: number): boolean {
  if (!isChangeWaiting(afterItems)) return true
  const next = takeEffect(afterItems, height + EFFECT_DELAY_HEIGHTS - 1)
  const afterNext = takeEffect(next, height + EFFECT_DELAY_HEIGHTS)
  if (afterNext === next) return true
  const areFewAllowed = policyValue(afterNext.policy, 'votersBelowFourAllowed') === 1
  return isVoterChangeAllowed(votersOf(membersOf(next)), votersOf(membersOf(afterNext)), areFewAllowed)
}

/** The chain state behind a segment. */
export function advance(
  crypto: Crypto,
  state: ChainState,
  segment: Segment,
  segmentId: SegmentId,
  headTree: Accumulator,
  lastTimestamp: number,
  derived: Pick<ChainState, 'consortium' | 'stateHash' | 'voters' | 'votersRoot'>,
): { state: ChainState; segmentNodes: TreeNode[] } {
  const segmentNodes: TreeNode[] = []
  const segments = appendWithNodes(crypto, state.segments, [segmentId], segmentNodes)
  return {
    segmentNodes,
    state: {
      chainId: state.chainId,
      height: segment.height,
      lastSegmentId: segmentId,
      blockCount: state.blockCount + segment.count,
      tip: segment.tip,
      lastTimestamp,
      lastTime: segment.time,
      heads: headTree,
      segments,
      ...derived,
    },
  }
}

export const nothingEarlier: EarlierAt = () => null

/** What the segment says about where and when it stands. */
function checkPosition(state: ChainState, segment: Segment, bundle: SegmentBundle): SegmentRefusal | null {
  const { policy, protocolVersion, epoch } = state.consortium
  if (!equalBytes(segment.chainId, state.chainId)) return 'other-chain'
  if (!isSpoken(protocolVersion)) return 'protocol-unsupported'
  if (segment.height !== state.height + 1) return 'height'
  if (segment.epoch !== epoch) return 'epoch'
  if (!equalBytes(segment.previousSegmentId, state.lastSegmentId)) return 'previous-segment'
  if (segment.firstIndex !== state.blockCount) return 'first-index'
  if (segment.count !== bundle.heads.length) return 'count'
  if (segment.count > policyValue(policy, 'segmentVisitsMax')) return 'too-many-visits'
  if (bundle.items.length > SEGMENT_ITEMS_MAX) return 'too-many-items'
  if (bundle.bodies !== undefined && bundle.bodies.length !== bundle.heads.length) return 'body-count'
  const isEmpty = segment.count === 0 && bundle.items.length === 0
  if (isEmpty && !isChangeWaiting(state.consortium)) return 'nothing-to-decide'
  if (segment.time % policyValue(policy, 'timestampGranularityMs') !== 0) return 'time-granularity'
  if (segment.time < state.lastTime || segment.time < state.lastTimestamp) return 'time-before-previous'
  return null
}

function checkHeads(
  crypto: Crypto,
  state: ChainState,
  segment: Segment,
  bundle: SegmentBundle,
  isKnownRecord: (merkleRoot: MerkleRoot) => boolean,
):
  | { kind: 'valid'; heads: Head[]; blockHashes: BlockHash[]; tip: Uint8Array; lastTimestamp: number }
  | Rejected {
  const { chainId } = state
  const granularityMs = policyValue(state.consortium.policy, 'timestampGranularityMs')
  const bytesMax = policyValue(state.consortium.policy, 'segmentBytesMax')
  const heads: Head[] = []
  const blockHashes: BlockHash[] = []
  const roots = new Set<string>()
  let tip = state.tip
  let lastTimestamp = state.lastTimestamp
  let bodyBytes = 0
  for (let i = 0; i < bundle.heads.length; i++) {
    const index = segment.firstIndex + i
    const headBytes = bundle.heads[i]!
    const head = decodeHead(headBytes)
    if (head === null) return rejected('head-malformed', index)
    if (!equalBytes(head.chainId, chainId)) return rejected('other-chain', index)
    if (head.index !== index) return rejected('head-index', index)
    if (!equalBytes(head.previousHash, tip)) return rejected('previous-hash', index)
    if (head.timestamp % granularityMs !== 0) return rejected('timestamp-granularity', index)
    if (head.timestamp < lastTimestamp) return rejected('timestamp-before-previous', index)
    if (head.timestamp > segment.time) return rejected('timestamp-after-segment', index)
    const root = keyOf(head.merkleRoot)
    if (roots.has(root) || isKnownRecord(head.merkleRoot)) return rejected('duplicate-record', index)
    roots.add(root)
    bodyBytes += bodyBytesOf(head.sizeClass)
    const body = bundle.bodies?.[i] ?? null
    if (body !== null) {
      if (body.length !== bodyBytesOf(head.sizeClass)) return rejected('body-length', index)
      if (!equalBytes(bodyHashOf(crypto, chainId, body), head.bodyHash)) return rejected('body-hash', index)
    }
    tip = blockHashOf(crypto, chainId, headBytes)
    lastTimestamp = head.timestamp
    heads.push(head)
    blockHashes.push(tip as BlockHash)
  }
  if (bodyBytes > bytesMax) return rejected('too-many-bytes')
  return { kind: 'valid', heads, blockHashes, tip, lastTimestamp }
}

function checkItems(
  crypto: Crypto,
  before: ConsortiumState,
  itemBytes: readonly Uint8Array[],
  context: ItemContext,
):
  { kind: 'valid'; items: { signed: SignedItem; hash: ItemHash }[]; consortium: ConsortiumState } | Rejected {
  const items: { signed: SignedItem; hash: ItemHash }[] = []
  let consortium = withoutExpired(before, context.time)
  for (const [position, bytes] of itemBytes.entries()) {
    const signed = decodeSignedItem(crypto, bytes)
    if (signed === null) return { kind: 'rejected', reason: 'item-malformed', item: position }
    const hash = itemHashOf(crypto, context.chainId, bytes)
    const result = applyItem(crypto, consortium, signed, hash, context)
    if (result.kind === 'refused') return { kind: 'rejected', reason: result.reason, item: position }
    consortium = result.state
    items.push({ signed, hash })
  }
  return { kind: 'valid', items, consortium }
}

function rejected(reason: SegmentRefusal, index?: number): Rejected {
  return index === undefined ? { kind: 'rejected', reason } : { kind: 'rejected', reason, index }
}
