/**
 * The chain as this node has applied it: one state in memory, one atomic write for each segment, and everything that
 * others ask of it.
 */
import { equalBytes, toHex, type Bytes } from '../../shared/std/bytes.ts'
import { assert, present } from '../../shared/std/assert.ts'
import { heightsNamed, type EarlierAt, type EarlierSegment } from './chain/apply-item.ts'
import { applySegment, type CheckedSegment, type SegmentRefusal } from './chain/apply-segment.ts'
import { decodeHead } from './chain/block.ts'
import {
  chainStateOfGenesis,
  decodeChainState,
  encodeChainState,
  recordAuthorsOf,
  type ChainState,
} from './chain/chain-state.ts'
import { verifyGenesis, type Genesis } from './chain/genesis.ts'
import type { ChainId } from './chain/ids.ts'
import { decodeSignedItem } from './chain/item.ts'
import { findMember } from './chain/members.ts'
import { membersOf } from './chain/state.ts'
import { decodeSegment, segmentIdOf, type SegmentBundle } from './chain/segment.ts'
import type { Crypto } from './crypto/crypto.ts'
import {
  loadChainMeta,
  readBlocks,
  readPlaces,
  readSegment,
  segmentWrites,
  stateWrite,
  type NewBlock,
  type Stored,
} from './storage/chain-store.ts'
import { authorKeysEver, authorKeyWrites, readAuthorKeys } from './storage/author-keys.ts'
import { StorageFailure, type Store, type Write } from './storage/store.ts'

export interface Ledger {
  readonly chainId: ChainId
  readonly genesis: Genesis
  readonly instanceId: Bytes
  /** After the last segment that is durable. */
  readonly state: ChainState
  /** Author key of each hospital in effect, by member id in hex. */
  authorKeys(): Map<string, Bytes>
  /** Every author key that a member had, by member id in hex: for records that are final already. */
  authorKeysEver(): Promise<ReadonlyMap<string, readonly Bytes[]>>
  /** Since when a member's author key is in effect: birth time of the chain there, or of the founding. */
  authorKeySince(memberId: Bytes): Promise<number | null>
  /** The segments that these items name, for whoever judges them. */
  earlierFor(items: readonly Bytes[]): Promise<EarlierAt>
  /** Which of the roots of these heads are in the chain already, as hex. */
  knownRoots(heads: readonly Bytes[]): Promise<Set<string>>
  /**
   * Checks a final segment once more and writes it with `others` in one synced batch.
   * @param sequenceOf the own number of a visit, by root in hex, or null for another's
   */
  append(
    bundle: SegmentBundle,
    bodies: readonly Bytes[],
    sequenceOf: (rootHex: string) => number | null,
    others: readonly Write[],
  ): Promise<{ kind: 'appended'; checked: CheckedSegment } | { kind: 'rejected'; reason: SegmentRefusal }>
  /** Takes over the state that the sync thread wrote, with its segments, to the store while nobody else appended. */
  adopt(stateBytes: Bytes): void
  /** A final segment as it travels, with bodies; null when it is not here. */
  bundleAt(height: number): Promise<{ bundle: SegmentBundle; certificate: Bytes } | null>
}

/**
 * Reads where the chain stands. A damaged applied state is recomputed from the segments.
 * @throws {StorageFailure} `newer-format`, `missing`, `corrupt`
 */
export async function openLedger(crypto: Crypto, store: Store, path: string): Promise<Ledger> {
  const meta = await loadChainMeta(store, path)
  const check = verifyGenesis(crypto, meta.genesis)
  if (check.kind !== 'valid') throw new StorageFailure({ code: 'corrupt', path, bucket: 'm', key: 'genesis' })
  const { chainId, genesis } = check
  const first = chainStateOfGenesis(crypto, chainId, genesis)
  let state = await appliedState(crypto, store, first, meta.state, path)
  let ever: { readonly members: unknown; readonly keys: Promise<Map<string, Bytes[]>> } | null = null
  /** What was found last: a segment is checked and then appended, and nothing becomes known in between. */
  let lastKnown: { heads: readonly Bytes[]; state: ChainState; roots: Set<string> } | null = null
  async function known(heads: readonly Bytes[]): Promise<Set<string>> {
    if (lastKnown?.heads === heads && lastKnown.state === state) return lastKnown.roots
    const before = state
    const roots = await knownRoots(store, heads)
    if (state === before) lastKnown = { heads, state, roots }
    return roots
  }
  /** Those of the founding, and those in effect: whatever else there was is noted with its change. */
  const founders = () => [...genesis.members, ...membersOf(state.consortium)]

  return {
    chainId,
    genesis,
    instanceId: meta.instanceId,
    get state() {
      return state
    },
    authorKeys() {
      const keys = new Map<string, Bytes>()
      const authorKeyOf = recordAuthorsOf(state)
      for (const { memberId } of membersOf(state.consortium)) {
        const authorKey = authorKeyOf(memberId)
        if (authorKey !== null) keys.set(toHex(memberId), authorKey)
      }
      return keys
    },
    async authorKeysEver() {
      const { members } = state.consortium
      if (ever?.members !== members)
        ever = {
          members,
          keys: readAuthorKeys(store).then((changes) => authorKeysEver(founders(), changes)),
        }
      return ever.keys
    },
    async authorKeySince(memberId) {
      const entry = state.consortium.members.find(({ member }) => equalBytes(member.memberId, memberId))
      if (entry === undefined) return null
      const { authorKey } = entry.member
      const founder = findMember(genesis.members, memberId)
      if (founder !== null && equalBytes(founder.authorKey, authorKey)) return genesis.createdAt
      const found = (await readAuthorKeys(store)).findLast(
        (each) => equalBytes(each.memberId, memberId) && equalBytes(each.authorKey, authorKey),
      )
      if (found !== undefined) return found.sinceTime
      // It came before this was noted down: its entry is no older than its key.
      const stored = await readSegment(store, Math.max(1, entry.sinceHeight - 1))
      return stored.kind === 'ok' ? (decodeSegment(stored.value.segment)?.time ?? null) : null
    },
    earlierFor: (items) => earlierFor(crypto, store, chainId, items),
    knownRoots: known,
    async append(bundle, bodies, sequenceOf, others) {
      const knownNow = await known(bundle.heads)
      const applied = applySegment(
        crypto,
        state,
        { ...bundle, bodies },
        {
          isKnownRecord: (root) => knownNow.has(toHex(root)),
          earlierAt: await earlierFor(crypto, store, chainId, bundle.items),
        },
      )
      if (applied.kind === 'rejected') return applied
      const { segment, heads, blockHashes } = applied
      const blocks = heads.map((head, i): NewBlock => ({
        index: head.index,
        hash: blockHashes[i]!,
        root: head.merkleRoot,
        head: bundle.heads[i]!,
        body: bodies[i]!,
        sequence: sequenceOf(toHex(head.merkleRoot)),
      }))
      const parts = { segment: bundle.segment, certificate: bundle.certificate!, items: bundle.items }
      await store.commit([
        ...segmentWrites(
          segment.height,
          parts,
          blocks,
          applied.items.map(({ hash }) => hash),
        ),
        stateWrite(encodeChainState(applied.state)),
        ...authorKeyWrites(
          state.consortium,
          applied.state.consortium,
          segment.height,
          applied.state.lastTime,
        ),
        ...others,
      ])
      state = applied.state
      return { kind: 'appended', checked: applied }
    },
    adopt(stateBytes) {
      const next = present(decodeChainState(crypto, stateBytes), 'the sync thread hands over a state')
      assert(equalBytes(next.chainId, chainId) && next.height >= state.height, 'the chain only grows')
      state = next
    },
    bundleAt: (height) => bundleAt(store, height),
  }
}

async function appliedState(
  crypto: Crypto,
  store: Store,
  first: ChainState,
  stored: Stored<Bytes>,
  path: string,
): Promise<ChainState> {
  switch (stored.kind) {
    case 'missing':
      return first
    case 'newer':
      throw new StorageFailure({ code: 'newer-format', path, found: 0, known: 0 })
    case 'ok': {
      const saved = decodeChainState(crypto, stored.value)
      if (saved !== null && equalBytes(saved.chainId, first.chainId)) return saved
      return replay(crypto, store, first, path)
    }
    case 'damaged':
      return replay(crypto, store, first, path)
  }
}

async function earlierFor(
  crypto: Crypto,
  store: Store,
  chainId: ChainId,
  items: readonly Bytes[],
): Promise<EarlierAt> {
  const signed = items.map((bytes) => decodeSignedItem(crypto, bytes)).filter((item) => item !== null)
  const earlier = new Map<number, EarlierSegment>()
  for (const height of heightsNamed(signed)) {
    const stored = await readSegment(store, height)
    const segment = stored.kind === 'ok' ? decodeSegment(stored.value.segment) : null
    if (stored.kind !== 'ok' || segment === null) continue
    const { headsRoot, segmentsRoot } = segment
    const segmentId = segmentIdOf(crypto, chainId, stored.value.segment)
    earlier.set(height, { segmentId, headsRoot, segmentsRoot })
  }
  return (height) => earlier.get(height) ?? null
}

async function knownRoots(store: Store, heads: readonly Bytes[]): Promise<Set<string>> {
  const roots: Bytes[] = []
  for (const bytes of heads) {
    const head = decodeHead(bytes)
    if (head !== null) roots.push(head.merkleRoot)
  }
  const places = await readPlaces(store, roots)
  const known = new Set<string>()
  for (const [i, place] of places.entries())
    if (place !== null && place.index !== null) known.add(toHex(roots[i]!))
  return known
}

async function bundleAt(
  store: Store,
  height: number,
): Promise<{ bundle: SegmentBundle; certificate: Bytes } | null> {
  const stored = await readSegment(store, height)
  if (stored.kind !== 'ok') return null
  const { segment, certificate, items } = stored.value
  const decoded = decodeSegment(segment)
  if (decoded === null) return null
  const blocks = await readBlocks(store, decoded.firstIndex, decoded.count)
  const heads: Bytes[] = []
  const bodies: Bytes[] = []
  for (const block of blocks) {
    if (block.kind !== 'ok') return null
    heads.push(block.value.head)
    bodies.push(block.value.body)
  }
  return { bundle: { segment, certificate, heads, items, bodies }, certificate }
}

/** Applies every stored segment again, from the founding on. */
async function replay(crypto: Crypto, store: Store, first: ChainState, path: string): Promise<ChainState> {
  let state = first
  for (;;) {
    const next = await bundleAt(store, state.height + 1)
    if (next === null) {
      const isEnd = (await readSegment(store, state.height + 1)).kind === 'missing'
      if (!isEnd) throw new StorageFailure({ code: 'corrupt', path, bucket: 's' })
      return state
    }
    // The store's own index says "known" of each: duplicates are looked for by the verifier, not here.
    const applied = applySegment(crypto, state, next.bundle, {
      isKnownRecord: () => false,
      earlierAt: await earlierFor(crypto, store, first.chainId, next.bundle.items),
    })
    if (applied.kind === 'rejected') throw new StorageFailure({ code: 'corrupt', path, bucket: 's' })
    assert(applied.state.height === state.height + 1, 'a segment adds one to the height')
    state = applied.state
  }
}
