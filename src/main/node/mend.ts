/**
 * Mends what the disk has damaged: a segment, head or body that does not fit its hash is fetched again from other members.
 * The chain itself says what belongs there: each segment's id is named by the one after it, the last one's by the applied
 * state. So nothing a peer sends is believed, and nothing that is whole is touched.
 */
import { equalBytes, type Bytes } from '../../shared/std/bytes.ts'
import { present } from '../../shared/std/assert.ts'
import { checkCertificate, decodeCertificate } from './chain/certificate.ts'
import { certificateContextOf } from './chain/chain-state.ts'
import { blockHashOf, decodeHead } from './chain/block.ts'
import { itemHashOf } from './chain/item.ts'
import { bodyHashOf } from './chain/record.ts'
import { decodeSegment, segmentIdOf, type SegmentBundle } from './chain/segment.ts'
import type { Crypto } from './crypto/crypto.ts'
import { rootOverHashes } from './crypto/merkle.ts'
import type { DecidedBundle } from './decided-bundle.ts'
import type { Ledger } from './ledger.ts'
import { NetworkFailure, type PeerName, type Transport } from './network/transport.ts'
import { blockHashKey, readU64 } from './storage/buckets.ts'
import { readBlocks, readPlaces, readSegment, segmentWrites, type NewBlock } from './storage/chain-store.ts'
import { StorageFailure, type Store } from './storage/store.ts'
import { readCheckedValue } from './storage/value.ts'
import { decodeSegmentsAnswer, encodeRequest, readAnswerHead } from './sync/messages.ts'

export interface Mended {
  readonly checkedHeights: number
  readonly damagedHeights: number
  /** Fewer than the damaged where no member that is up has what is missing: to be tried again. */
  readonly mendedHeights: number
}

export interface MendOptions {
  readonly store: Store
  readonly crypto: Crypto
  readonly ledger: Ledger
  readonly transport: Transport | null
  readonly isClosed: () => boolean
}

const ASK_MS = 30_000
const BYTE_BUDGET = 2 * 1024 * 1024

/** What became of one height. */
export type Looked =
  /** Nothing was wrong. */
  | { readonly kind: 'whole'; readonly byteCount: number }
  /** Segment and blocks are right, and their index was made again from them. */
  | { readonly kind: 'indexed'; readonly firstIndex: number; readonly count: number }
  /** `indexes` were not what the chain says; empty where it was the segment itself. */
  | { readonly kind: 'fetched'; readonly from: PeerName; readonly indexes: readonly number[] }
  /** No member that is up has it. */
  | { readonly kind: 'nowhere' }
  /** The segment after it is damaged, so nothing says what belongs here: that one comes first. */
  | { readonly kind: 'unknown' }

export interface Mender {
  look(height: number): Promise<Looked>
}

export function createMender(options: MendOptions): Mender {
  return { look: async (height) => (await lookAt(options, height)).looked }
}

/** Looks at every height from `to` down to `from`; both are in the chain. */
export async function mendHeights(options: MendOptions, from: number, to: number): Promise<Mended> {
  let checkedHeights = 0
  let damagedHeights = 0
  let mendedHeights = 0
  let expected: Bytes | null = null
  for (let height = to; height >= from && !options.isClosed(); height--) {
    checkedHeights++
    const { looked, before } = await lookAt(options, height, height === to ? undefined : expected)
    if (looked.kind !== 'whole') damagedHeights++
    if (looked.kind === 'fetched' || looked.kind === 'indexed') mendedHeights++
    // Below a hole nothing says any more what belongs there, until the hole is mended.
    expected = before
  }
  return { checkedHeights, damagedHeights, mendedHeights }
}

/** @param given the id that belongs there, where the caller knows it; null where nobody does */
async function lookAt(
  options: MendOptions,
  height: number,
  given?: Bytes | null,
): Promise<{ readonly looked: Looked; readonly before: Bytes | null }> {
  const { store, crypto, ledger } = options
  const { chainId } = ledger
  const expected = given === undefined ? await idAfter(height) : given
  const found = await stored(height)
  const previousOf = (bundle: SegmentBundle): Bytes =>
    present(decodeSegment(bundle.segment)).previousSegmentId
  // Where nobody says what belongs here, what hangs together is taken for right.
  if (found !== null && isRight(found, height, expected ?? ownIdOf(found))) {
    const { firstIndex, count } = present(decodeSegment(found.segment))
    const before = previousOf(found)
    if (await isIndexed(found, firstIndex))
      return { looked: { kind: 'whole', byteCount: byteCountOf(found) }, before }
    await write(found, height)
    return { looked: { kind: 'indexed', firstIndex, count }, before }
  }
  if (expected === null) return { looked: { kind: 'unknown' }, before: null }
  const fetched = await fetchRight(height, expected)
  if (fetched === null) return { looked: { kind: 'nowhere' }, before: null }
  const indexes = await damagedIndexes(fetched.bundle)
  await write(fetched.bundle, height)
  return {
    looked: { kind: 'fetched', from: fetched.from, indexes },
    before: previousOf(fetched.bundle),
  }

  function ownIdOf(bundle: SegmentBundle): Bytes {
    return segmentIdOf(crypto, chainId, bundle.segment)
  }

  /** Which of these blocks are not here as they should be. */
  async function damagedIndexes({ segment, heads, bodies }: SegmentBundle): Promise<number[]> {
    const { firstIndex, count } = present(decodeSegment(segment))
    const blocks = await readBlocks(store, firstIndex, count)
    return blocks.flatMap((block, i) =>
      block.kind === 'ok' &&
      block.value.height === height &&
      equalBytes(block.value.head, heads[i]!) &&
      equalBytes(block.value.body, bodies![i]!)
        ? []
        : [firstIndex + i],
    )
  }

  /** Whether every block is found by its hash and its root. */
  async function isIndexed({ heads }: SegmentBundle, firstIndex: number): Promise<boolean> {
    if (heads.length === 0) return true
    const hashKeys = heads.map((bytes) => blockHashKey(blockHashOf(crypto, chainId, bytes)))
    const byHash = await store.getMany(hashKeys)
    const isFound = byHash.every((value, i) => {
      const read = value && readCheckedValue(hashKeys[i]!, value)
      return read?.kind === 'ok' && readU64(read.content) === firstIndex + i
    })
    if (!isFound) return false
    try {
      const places = await readPlaces(
        store,
        heads.map((bytes) => present(decodeHead(bytes)).merkleRoot),
      )
      return places.every((place, i) => place?.index === firstIndex + i)
    } catch (error) {
      if (error instanceof StorageFailure && error.detail.code === 'corrupt') return false
      throw error
    }
  }

  /** Id of the segment at a height, as the chain after it says. */
  async function idAfter(height: number): Promise<Bytes | null> {
    const { state } = ledger
    if (height === state.height) return state.lastSegmentId
    const next = await readSegment(store, height + 1)
    const segment = next.kind === 'ok' ? decodeSegment(next.value.segment) : null
    const certificate = next.kind === 'ok' ? decodeCertificate(next.value.certificate) : null
    if (next.kind !== 'ok' || segment === null || certificate === null) return null
    // Its own bytes may be damaged too, and still have a form.
    const isItself = equalBytes(certificate.segmentId, segmentIdOf(crypto, chainId, next.value.segment))
    return isItself ? segment.previousSegmentId : null
  }

  async function stored(height: number): Promise<SegmentBundle | null> {
    const found = await readSegment(store, height)
    if (found.kind !== 'ok') return null
    const segment = decodeSegment(found.value.segment)
    if (segment === null) return null
    const heads: Bytes[] = []
    const bodies: Bytes[] = []
    // A changed count would lead to blocks of others; the id is looked at first by whoever asked for more.
    if (segment.firstIndex + segment.count > ledger.state.blockCount) return null
    for (const block of await readBlocks(store, segment.firstIndex, segment.count)) {
      if (block.kind !== 'ok' || block.value.height !== height) return null
      heads.push(block.value.head)
      bodies.push(block.value.body)
    }
    return { ...found.value, heads, bodies }
  }

  function isRight(bundle: SegmentBundle, height: number, id: Bytes): boolean {
    const segment = decodeSegment(bundle.segment)
    if (segment === null || segment.height !== height) return false
    if (!equalBytes(segmentIdOf(crypto, chainId, bundle.segment), id)) return false
    if (bundle.heads.length !== segment.count || bundle.bodies?.length !== segment.count) return false
    let previous: Bytes | null = null
    for (const [i, bytes] of bundle.heads.entries()) {
      const head = decodeHead(bytes)
      if (head === null || (previous !== null && !equalBytes(head.previousHash, previous))) return false
      const body = bundle.bodies[i]
      if (body == null || !equalBytes(bodyHashOf(crypto, chainId, body), head.bodyHash)) return false
      previous = blockHashOf(crypto, chainId, bytes)
    }
    if (previous !== null && !equalBytes(previous, segment.tip)) return false
    const itemHashes = bundle.items.map((item) => itemHashOf(crypto, chainId, item))
    if (!equalBytes(rootOverHashes(crypto, itemHashes), segment.itemsRoot)) return false
    return isCertified(bundle, segment.epoch, height, id)
  }

  /** Of earlier epochs the voters are not at hand: there the certificate must be of this segment, and `verify` says the rest. */
  function isCertified(bundle: SegmentBundle, epoch: number, height: number, id: Bytes): boolean {
    const certificate = bundle.certificate && decodeCertificate(bundle.certificate)
    if (!certificate || certificate.height !== height || !equalBytes(certificate.segmentId, id)) return false
    const context = certificateContextOf(ledger.state)
    if (context.epoch !== epoch) return true
    return checkCertificate(crypto, context, certificate, height, certificate.segmentId) === null
  }

  async function fetchRight(
    height: number,
    id: Bytes,
  ): Promise<{ readonly bundle: SegmentBundle; readonly from: PeerName } | null> {
    for (const peer of options.transport?.peers() ?? []) {
      if (peer.state !== 'up' || peer.isGuest) continue
      const bundle = await fetchBundle(options.transport!, peer.name, height, options.isClosed)
      if (bundle === null || !isRight(bundle, height, id)) continue
      return { bundle, from: peer.name }
    }
    return null
  }

  async function write(bundle: SegmentBundle, height: number): Promise<void> {
    const { firstIndex } = present(decodeSegment(bundle.segment))
    const heads = bundle.heads.map((bytes) => present(decodeHead(bytes)))
    const blocks: NewBlock[] = []
    for (const [i, head] of heads.entries())
      blocks.push({
        index: firstIndex + i,
        hash: blockHashOf(crypto, chainId, bundle.heads[i]!),
        root: head.merkleRoot,
        head: bundle.heads[i]!,
        body: bundle.bodies![i]!,
        sequence: await sequenceOf(head.merkleRoot),
      })
    const parts = { segment: bundle.segment, certificate: bundle.certificate!, items: bundle.items }
    const itemHashes = bundle.items.map((item) => itemHashOf(crypto, chainId, item))
    await store.commit(segmentWrites(height, parts, blocks, itemHashes))
  }

  /** The own number of a visit; lost where its index row is damaged too, which costs only a place in the own list. */
  async function sequenceOf(root: Bytes): Promise<number | null> {
    try {
      return (await readPlaces(store, [root]))[0]?.sequence ?? null
    } catch (error) {
      if (error instanceof StorageFailure && error.detail.code === 'corrupt') return null
      throw error
    }
  }
}

function byteCountOf({ segment, heads, items, bodies }: SegmentBundle): number {
  let byteCount = segment.length
  for (const list of [heads, items, bodies ?? []]) for (const each of list) byteCount += each?.length ?? 0
  return byteCount
}

/** One segment with its bodies, whatever a peer says that it is; null where it has none. */
async function fetchBundle(
  transport: Transport,
  peer: PeerName,
  height: number,
  isClosed: () => boolean,
): Promise<SegmentBundle | null> {
  try {
    const ask = (request: Parameters<typeof encodeRequest>[0]): Promise<Bytes> =>
      transport.request(peer, 'sync', encodeRequest(request), { timeoutMs: ASK_MS })
    const byteBudget = BYTE_BUDGET
    const answer = await ask({ kind: 'segments', from: height, to: height, byteBudget })
    const head = readAnswerHead(answer)
    if (head === null || head.count !== 1) return null
    const later: Bytes[] = []
    let { missingFrom: firstIndex, missingCount: count } = head
    while (count > 0 && !isClosed()) {
      later.push(await ask({ kind: 'bodies', firstIndex, count, byteBudget }))
      const [bundle] = decodeSegmentsAnswer(answer, later) ?? []
      if (bundle === undefined) return null
      const missing = bundle.heads.length - bundle.bodies!.length
      // It goes on only while it brings something.
      if (missing < 0 || missing >= count) return null
      firstIndex += count - missing
      count = missing
    }
    return decodeSegmentsAnswer(answer, later)?.[0] ?? null
  } catch (error) {
    if (error instanceof NetworkFailure) return null
    throw error
  }
}

/** What a peer has decided at a height, without bodies: nothing of it is believed yet. */
export async function fetchDecided(
  transport: Transport,
  peer: PeerName,
  height: number,
  isClosed: () => boolean,
): Promise<DecidedBundle | null> {
  const bundle = await fetchBundle(transport, peer, height, isClosed)
  if (bundle?.certificate == null) return null
  return { certificate: bundle.certificate, bundle: { ...bundle, certificate: null, bodies: [] } }
}
