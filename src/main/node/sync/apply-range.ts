/**
 * Verifies fetched segments in order and writes what holds. Runs in a worker thread beside the node
 * (`workers/sync.worker.ts`): every check of `applySegment`, so a peer can only delay, never deceive. Each call is one
 * durable write, in order, so a node that is killed goes on where it was. While one range is being written the next one
 * is verified already.
 */
import { toHex, type Bytes } from '../../../shared/std/bytes.ts'
import { heightsNamed, type EarlierSegment } from '../chain/apply-item.ts'
import { applySegment, type SegmentRefusal } from '../chain/apply-segment.ts'
import { checkCertificate, decodeCertificate } from '../chain/certificate.ts'
import { certificateContextOf, encodeChainState, type ChainState } from '../chain/chain-state.ts'
import { decodeHead } from '../chain/block.ts'
import { decodeSignedItem } from '../chain/item.ts'
import {
  decodeSegment,
  encodeSegment,
  segmentIdOf,
  type Segment,
  type SegmentBundle,
} from '../chain/segment.ts'
import type { Crypto } from '../crypto/crypto.ts'
import { authorKeyWrites } from '../storage/author-keys.ts'
import { readPlaces, readSegment, segmentWrites, stateWrite, type NewBlock } from '../storage/chain-store.ts'
import type { Store, Write } from '../storage/store.ts'
import { decodeSegmentsAnswer } from './messages.ts'

/** Visits of this institution that became final. */
export type OwnFinal = { readonly root: Bytes; readonly index: number; readonly sequence: number }

export type RangeRefusal =
  | SegmentRefusal
  | 'answer-malformed'
  | 'body-missing'
  /** The range before it was refused: this one was not looked at. */
  | 'not-next'

export type AppliedRange = {
  /** How many segments were verified and written. */
  readonly count: number
  readonly visitCount: number
  /** The chain's state afterwards, as `decodeChainState` reads it. */
  readonly state: Bytes
  readonly own: readonly OwnFinal[]
  /** Why the next segment of the answer was not taken; null when all were. */
  readonly refused: {
    readonly height: number
    readonly reason: RangeRefusal
    readonly index: number | null
    /** Final by its own certificate, and yet it does not follow from our chain: two chains exist. */
    readonly isFork: boolean
  } | null
}

export interface RangeApplier {
  readonly state: ChainState
  /**
   * `answer` begins with height `from`; `laterBodies` are the answers that complete its last segment. Resolves when what
   * holds is durable. May be called again before that, with the range that follows.
   */
  apply(from: number, answer: Bytes, laterBodies: readonly Bytes[]): Promise<AppliedRange>
}

export function createRangeApplier(crypto: Crypto, store: Store, start: ChainState): RangeApplier {
  let state = start
  /** One range after the other is verified, and one after the other is written. */
  let verifying: Promise<unknown> = Promise.resolve()
  let writing: Promise<void> = Promise.resolve()
  /** Records that are verified and not yet in the store. */
  const unwritten = new Set<string>()

  return {
    get state() {
      return state
    },
    async apply(from, answer, laterBodies) {
      const verified = verifying.then(() => verify(from, answer, laterBodies))
      verifying = verified.catch(() => {})
      const { range, writes, roots } = await verified
      if (writes.length === 0) return range
      // A write that fails is final for the store, and so for every write after it.
      writing = writing.then(() => store.commit(writes))
      await writing
      for (const root of roots) unwritten.delete(root)
      return range
    },
  }

  async function verify(
    from: number,
    answer: Bytes,
    laterBodies: readonly Bytes[],
  ): Promise<{ range: AppliedRange; writes: Write[]; roots: string[] }> {
    const firstHeight = state.height
    const firstCount = state.blockCount
    const writes: Write[] = []
    const own: OwnFinal[] = []
    const roots: string[] = []
    const end = (
      refused: AppliedRange['refused'],
    ): { range: AppliedRange; writes: Write[]; roots: string[] } => {
      const stateBytes = encodeChainState(state)
      if (writes.length > 0) writes.push(stateWrite(stateBytes))
      const counts = { count: state.height - firstHeight, visitCount: state.blockCount - firstCount }
      return { range: { ...counts, state: stateBytes, own, refused }, writes, roots }
    }
    const refuse = (
      reason: RangeRefusal,
      index: number | null = null,
      isFork = false,
    ): ReturnType<typeof end> => end({ height: state.height + 1, reason, index, isFork })

    if (from !== state.height + 1) return refuse('not-next')
    const bundles = decodeSegmentsAnswer(answer, laterBodies)
    if (bundles === null) return refuse('answer-malformed')
    const places = await placesOf(bundles)
    const fresh = new Map<number, Segment>()
    for (const bundle of bundles) {
      if (!isWhole(bundle)) return refuse('body-missing')
      const earlier = await earlierSegments(bundle, fresh)
      const applied = applySegment(crypto, state, bundle, {
        isKnownRecord: (merkleRoot) => {
          const root = toHex(merkleRoot)
          return unwritten.has(root) || places.get(root)?.index != null
        },
        earlierAt: (height) => earlier.get(height) ?? null,
      })
      if (applied.kind === 'rejected') return refuse(applied.reason, applied.index, isForked(bundle))
      const blocks: NewBlock[] = []
      for (const [i, head] of applied.heads.entries()) {
        const root = toHex(head.merkleRoot)
        unwritten.add(root)
        roots.push(root)
        const sequence = places.get(root)?.sequence ?? null
        if (sequence !== null) own.push({ root: head.merkleRoot, index: head.index, sequence })
        blocks.push({
          index: head.index,
          hash: applied.blockHashes[i]!,
          root: head.merkleRoot,
          head: bundle.heads[i]!,
          body: bundle.bodies![i]!,
          sequence,
        })
      }
      const { height } = applied.segment
      const parts = { segment: bundle.segment, certificate: bundle.certificate!, items: bundle.items }
      const itemHashes = applied.items.map(({ hash }) => hash)
      writes.push(...segmentWrites(height, parts, blocks, itemHashes))
      const { lastTime, consortium } = applied.state
      writes.push(...authorKeyWrites(state.consortium, consortium, height, lastTime))
      fresh.set(height, applied.segment)
      state = applied.state
    }
    return end(null)
  }

  /** What the store knows of the records in these segments, by root in hex. */
  async function placesOf(
    bundles: readonly SegmentBundle[],
  ): Promise<Map<string, { sequence: number | null; index: number | null }>> {
    const roots: Bytes[] = []
    for (const { heads } of bundles)
      for (const bytes of heads) {
        const head = decodeHead(bytes)
        if (head !== null) roots.push(head.merkleRoot)
      }
    const found = new Map<string, { sequence: number | null; index: number | null }>()
    for (const [i, place] of (await readPlaces(store, roots)).entries())
      if (place !== null) found.set(toHex(roots[i]!), place)
    return found
  }

  /** The segments that its items name: from this range or the store. */
  async function earlierSegments(
    bundle: SegmentBundle,
    fresh: ReadonlyMap<number, Segment>,
  ): Promise<Map<number, EarlierSegment>> {
    const earlier = new Map<number, EarlierSegment>()
    if (bundle.items.length === 0) return earlier
    const items = bundle.items.map((bytes) => decodeSignedItem(crypto, bytes)).filter((item) => item !== null)
    for (const height of heightsNamed(items)) {
      const known = fresh.get(height)
      if (known !== undefined) earlier.set(height, earlierOf(known))
      else {
        // It may be of the range before, which is still being written.
        await writing
        const stored = await readSegment(store, height)
        const segment = stored.kind === 'ok' ? decodeSegment(stored.value.segment) : null
        if (segment !== null) earlier.set(height, earlierOf(segment))
      }
    }
    return earlier
  }

  function earlierOf(segment: Segment): EarlierSegment {
    const { headsRoot, segmentsRoot } = segment
    // The id covers exactly the bytes that were decoded.
    const segmentId = segmentIdOf(crypto, state.chainId, encodeSegment(segment))
    return { segmentId, headsRoot, segmentsRoot }
  }

  /**
   * A quorum of the voters whom we know certified a segment at the next height that does not follow from ours. That is
   * no lie of the peer that brought it.
   */
  function isForked(bundle: SegmentBundle): boolean {
    const segment = decodeSegment(bundle.segment)
    const certificate = bundle.certificate && decodeCertificate(bundle.certificate)
    if (segment === null || !certificate || segment.height !== state.height + 1) return false
    if (toHex(segment.previousSegmentId) === toHex(state.lastSegmentId)) return false
    const id = segmentIdOf(crypto, state.chainId, bundle.segment)
    return checkCertificate(crypto, certificateContextOf(state), certificate, segment.height, id) === null
  }
}

function isWhole(bundle: SegmentBundle): boolean {
  return bundle.bodies !== undefined && bundle.bodies.length === bundle.heads.length
}
