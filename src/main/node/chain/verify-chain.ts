/**
 * A chain checked from its genesis on, with nothing but what is passed in: heads, certificates, items, bodies and, where
 * the caller has keys, key-box rows. It is fed segment by segment, so a chain of any length needs the memory of its
 * record names only.
 */
import type { Crypto } from '../crypto/crypto.ts'
import { equalBytes } from '../../../shared/std/bytes.ts'
import type { EarlierSegment } from './apply-item.ts'
import { applySegment, type CheckedSegment, type SegmentRefusal } from './apply-segment.ts'
import { createBatchCache, type BatchCache } from './author.ts'
import type { Head } from './block.ts'
import { chainStateOfGenesis, recordAuthorsOf, type ChainState } from './chain-state.ts'
import { verifyGenesis } from './genesis.ts'
import type { ChainId, MerkleRoot, SegmentId } from './ids.ts'
import { decodeKeyRow, unwrapRow, type KeyRow, type RowKey, type Scope } from './key-box.ts'
import { openBody, type OpenRefusal } from './record.ts'
import { RootSet } from './root-set.ts'
import type { Segment, SegmentBundle } from './segment.ts'
import { visitOfFields } from './visit-fields.ts'

export type VerifyRefusal =
  | SegmentRefusal
  | OpenRefusal
  | 'genesis'
  | 'other-chain-id'
  | 'body-missing'
  | 'row-missing'
  | 'row-malformed'
  | 'row-other-record'
  | 'row-other-suite'
  | 'row-tag'
  | 'row-commitment'
  | 'record-fields'

/** Where the chain breaks. `index` is the block's; null where a segment as a whole is wrong. */
export type Broken = {
  readonly kind: 'broken'
  readonly height: number
  readonly index: number | null
  readonly reason: VerifyRefusal
}

export type VerifyOptions = {
  /** The chain that the caller expects; any chain where absent. */
  readonly chainId?: ChainId
  /** Bodies must be there, unless erased. Off: only heads, certificates and items are verified. */
  readonly areBodiesNeeded: boolean
  /** Present where the key box is verified too. */
  readonly rows?: RowOptions
  /** Records whose keys and bodies were destroyed by decision. */
  readonly isErased?: (merkleRoot: MerkleRoot) => boolean
  /** About how many blocks will come: saves memory growth. */
  readonly expectedCount?: number
}

export type RowOptions = {
  /** The stored bytes of all rows of a record. */
  readonly rowsOf: (merkleRoot: MerkleRoot) => readonly Uint8Array[]
  /** What opens a row, or null where this caller holds no key for it: then only its form is checked. */
  readonly keyOf: (row: KeyRow) => RowKey | null
  /**
   * Every record must have a row of this scope that opens, unless erased. Without it a row whose scope or epoch was
   * changed passes for one that this caller has no key for.
   */
  readonly neededScope?: Scope
}

export type Verifier = {
  /** The next segment, in order. After the first break every answer is that break. */
  next(bundle: SegmentBundle): { kind: 'verified'; checked: CheckedSegment } | Broken
  readonly state: ChainState
}

/** Checks the genesis and gives a verifier for what follows. */
export function startVerification(
  crypto: Crypto,
  signedGenesis: Uint8Array,
  options: VerifyOptions,
): { kind: 'started'; verifier: Verifier } | Broken {
  const genesis = verifyGenesis(crypto, signedGenesis)
  if (genesis.kind === 'refused') return { kind: 'broken', height: 0, index: null, reason: 'genesis' }
  const { chainId } = genesis
  if (options.chainId !== undefined && !equalBytes(options.chainId, chainId))
    return { kind: 'broken', height: 0, index: null, reason: 'other-chain-id' }
  const state = chainStateOfGenesis(crypto, chainId, genesis.genesis)
  return { kind: 'started', verifier: createVerifier(crypto, state, options) }
}

function createVerifier(crypto: Crypto, start: ChainState, options: VerifyOptions): Verifier {
  const known = new RootSet(options.expectedCount)
  const earlier = new EarlierSegments()
  const cache = createBatchCache()
  let state = start
  let broken: Broken | null = null

  function verify(bundle: SegmentBundle): { kind: 'verified'; checked: CheckedSegment } | Broken {
    const height = state.height + 1
    const applied = applySegment(crypto, state, bundle, {
      isKnownRecord: (merkleRoot) => known.has(merkleRoot),
      earlierAt: (at) => earlier.at(at),
    })
    if (applied.kind === 'rejected')
      return { kind: 'broken', height, index: applied.index ?? null, reason: applied.reason }
    const authorKeyOf = recordAuthorsOf(state)
    for (const [i, head] of applied.heads.entries()) {
      const body = bundle.bodies?.[i] ?? null
      const reason = checkRecord(crypto, head, body, authorKeyOf, options, cache)
      if (reason !== null) return { kind: 'broken', height, index: head.index, reason }
    }
    for (const head of applied.heads) known.add(head.merkleRoot)
    earlier.push({ segmentId: applied.segmentId, ...rootsOf(applied.segment) })
    state = applied.state
    return { kind: 'verified', checked: applied }
  }

  return {
    next(bundle) {
      if (broken !== null) return broken
      const result = verify(bundle)
      if (result.kind === 'broken') broken = result
      return result
    },
    get state() {
      return state
    },
  }
}

/** What a head promises about body and rows; the body's length and hash were checked with the segment. */
function checkRecord(
  crypto: Crypto,
  head: Head,
  body: Uint8Array | null,
  authorKeyOf: ReturnType<typeof recordAuthorsOf>,
  options: VerifyOptions,
  cache: BatchCache,
): VerifyRefusal | null {
  const isErased = options.isErased?.(head.merkleRoot) ?? false
  if (body === null && options.areBodiesNeeded && !isErased) return 'body-missing'
  if (options.rows === undefined) return null
  const rows = options.rows.rowsOf(head.merkleRoot)
  if (rows.length === 0 && !isErased) return 'row-missing'
  let dataKey: Uint8Array | null = null
  let isNeededOpen = false
  for (const bytes of rows) {
    const row = decodeKeyRow(bytes)
    if (row === null) return 'row-malformed'
    if (!equalBytes(row.merkleRoot, head.merkleRoot)) return 'row-other-record'
    const key = options.rows.keyOf(row)
    if (key === null) continue
    const unwrapped = unwrapRow(crypto, head.chainId, row, key, head.keyCommitment)
    if (unwrapped.kind === 'refused') return unwrapped.reason
    dataKey = unwrapped.dataKey
    isNeededOpen ||= row.scope === options.rows.neededScope
  }
  if (options.rows.neededScope !== undefined && !isNeededOpen && !isErased) return 'row-missing'
  if (dataKey === null || body === null) return null
  const opened = openBody(crypto, head.chainId, head, body, dataKey, authorKeyOf, cache)
  crypto.forget(dataKey)
  if (opened.kind === 'refused') return opened.reason
  return visitOfFields(opened.fields).kind === 'visit' ? null : 'record-fields'
}

function rootsOf({ headsRoot, segmentsRoot }: Segment): Omit<EarlierSegment, 'segmentId'> {
  return { headsRoot, segmentsRoot }
}

const EARLIER_BYTES = 3 * 32

/** What snapshots may name, 96 bytes for each height from 1 on. */
class EarlierSegments {
  private bytes = new Uint8Array(1_024 * EARLIER_BYTES)
  private count = 0

  push({ segmentId, headsRoot, segmentsRoot }: EarlierSegment): void {
    const from = this.count * EARLIER_BYTES
    if (from + EARLIER_BYTES > this.bytes.length) {
      const larger = new Uint8Array(2 * this.bytes.length)
      larger.set(this.bytes)
      this.bytes = larger
    }
    this.bytes.set(segmentId, from)
    this.bytes.set(headsRoot, from + 32)
    this.bytes.set(segmentsRoot, from + 64)
    this.count++
  }

  at(height: number): EarlierSegment | null {
    if (height < 1 || height > this.count) return null
    const from = (height - 1) * EARLIER_BYTES
    return {
      segmentId: this.bytes.slice(from, from + 32) as SegmentId,
      headsRoot: this.bytes.slice(from + 32, from + 64),
      segmentsRoot: this.bytes.slice(from + 64, from + 96),
    }
  }
}
