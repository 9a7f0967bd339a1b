/**
 * The visits that wait to be decided, own and others': opened before they may be proposed, held until they are final.
 * Own bodies lie in the outbox; others' are in memory until this node votes for them, and then on its disk too (R21).
 *
 * Bodies and key-box rows travel on different lanes and nothing binds a row to a block. So a row that does not fit is
 * asked for again, and only a record that its right data key does not open counts against a proposal.
 */
import { assert, present } from '../../../shared/std/assert.ts'
import { equalBytes, toHex, type Bytes } from '../../../shared/std/bytes.ts'
import { decodeHead, type Head } from '../chain/block.ts'
import type { Candidate } from '../chain/build-segment.ts'
import type { ChainId, MemberId, MerkleRoot } from '../chain/ids.ts'
import { decodeKeyRow, encodeKeyRow, scopeNumberOf, type KeyRow } from '../chain/key-box.ts'
import { bodyHashOf } from '../chain/record.ts'
import { isAboutRow, type OpeningKeys, type RecordChecker, type RecordToCheck } from '../check-records.ts'
import type { CheckedOutbox } from '../checked-outbox.ts'
import type { Crypto } from '../crypto/crypto.ts'
import { CHECK_BATCH } from '../limits.ts'
import { cutDecision, pickVisits, type CutDecision, type SegmentRoom } from '../mempool/cut.ts'
import {
  admit,
  createPool,
  isWelcome,
  knowsVisit,
  poolSize,
  removeExpired,
  removeFinal,
  removeWaiting,
  spendTokens,
  withLimits,
  type ChainFacts,
  type Pool,
} from '../mempool/pool.ts'
import type { TravellingVisit } from '../network/protocols/bodies.ts'
import type { Outbox, QueuedVisit } from '../outbox/outbox.ts'
import { foreignKey, rangeOf, rowKey } from '../storage/buckets.ts'
import { readBlocks, readPlaces } from '../storage/chain-store.ts'
import { readRowsOf, rowWrite } from '../storage/key-box-store.ts'
import { del, put, type Store, type Write } from '../storage/store.ts'
import { checkedValue, readCheckedValue } from '../storage/value.ts'
import { decodeForeign, encodeForeign, type ForeignVisit } from './foreign-visit.ts'
import type { Asker } from './ask.ts'

export interface WaitingVisits {
  /** Others' visits and own ones that may be proposed now. */
  readonly readyCount: number
  /** Bodies that are being opened or wait for their row. */
  readonly underWayCount: number
  /** Own visits were opened; they may be proposed. */
  takeOwn(visits: readonly QueuedVisit[]): void
  /** Visits that their author sent. Resolves when they were opened and taken in, or not. */
  takeIn(from: MemberId, expiresAt: number, visits: readonly TravellingVisit[]): Promise<void>
  /** Rows that a hospital sent. */
  takeRows(from: MemberId, rows: readonly KeyRow[]): void
  /** When the next segment should be cut (R41). */
  cut(room: SegmentRoom, now: number): CutDecision
  /** Resolves when something has come in, and after `ms` in any case. */
  changed(ms: number): Promise<void>
  /** What goes into it, in order (R42). */
  pick(room: SegmentRoom, now: number): Candidate[]
  /**
   * The check before a prevote (R17): gets what is missing, opens what was not opened. `order`: whom to ask, first the
   * proposer. Goes on asking until everything is here or `signal` ends.
   */
  open(
    heads: readonly Head[],
    order: readonly MemberId[],
    signal: AbortSignal,
  ): Promise<'valid' | 'invalid' | 'unwelcome'>
  /** Bodies and rows of these records that are not on this disk; `done` when that write is durable. */
  unsaved(heads: readonly Head[]): { writes: Write[]; done: () => void }
  /** In the order of the heads; every one is here. */
  bodiesOf(heads: readonly Head[]): Promise<Bytes[]>
  /** The writes that belong to the segment which makes these final; `done` when it is durable. */
  finish(heads: readonly Head[]): { writes: Write[]; done: () => void }
  /** The chain has grown by other ways: what is final waits no more. */
  dropFinal(): Promise<void>
  /** Authors or policy have changed: records are judged anew where it matters. */
  refresh(): void
  /** For members that lack something: bodies by root, waiting or final. */
  bodiesByRoot(roots: readonly MerkleRoot[], byteMax: number): Promise<TravellingVisit[]>
  /** Rows of the gateway scope. */
  rowsByRoot(roots: readonly MerkleRoot[]): Promise<KeyRow[]>
  close(): void
}

export interface WaitingVisitsOptions {
  readonly store: Store
  readonly crypto: Crypto
  readonly chainId: ChainId
  readonly memberId: MemberId
  readonly outbox: Outbox
  readonly checked: CheckedOutbox
  readonly checker: RecordChecker
  readonly keys: () => OpeningKeys
  readonly asker: Asker
  readonly now: () => number
  readonly facts: () => { readonly authorQuotaPerHour: number; readonly authorCount: number }
  readonly mayWrite: (author: MemberId) => boolean
  /** Something may be proposed now. */
  readonly onReady: () => void
  /** A row is of an epoch whose key is not here. */
  readonly onUnknownEpoch: () => void
  /** A member sent a record whose bytes are not what they say. */
  readonly onForged: (from: MemberId) => void
}

/** Rows of bodies that did not come yet; a hospital that sends rows without bodies fills only this. */
const ROWS_IN_TRANSIT_MAX = 16_384
/** A row follows its body at once; after this it is asked for. */
const ROW_WAIT_MS = 50
const ASK_AGAIN_MS = 200
const GATEWAY = scopeNumberOf('gateway')
/** How long an own submission may be proposed by others: within the 24 hours of R40, whatever the clocks. */
export const SUBMISSION_LIFE_MS = 12 * 3_600_000

/** Reads what this node voted for before it ended. */
export async function openWaitingVisits(options: WaitingVisitsOptions): Promise<WaitingVisits> {
  const { store, crypto, chainId, memberId, outbox, checked, checker, asker } = options
  const pool: Pool = createPool()
  /** Opened and good, by body hash in hex. */
  const foreign = new Map<string, ForeignVisit>()
  const hashByRoot = new Map<string, string>()
  /** Own visits for which the pool had no room. */
  const overflow = new Set<string>()
  const rowsInTransit = new Map<string, KeyRow>()
  const arriving = new Set<string>()
  const waiters = new Set<() => void>()
  let isClosed = false

  /** Of the authors in effect: what was opened under another key is not opened any more. */
  let authorKeys = options.keys().authorKeys

  await restore()
  refreshLimits()

  async function restore(): Promise<void> {
    const stale: Write[] = []
    for await (const { key, value } of store.scan(rangeOf('f'))) {
      const read = readCheckedValue(key, value)
      const visit = read.kind === 'ok' ? decodeForeign(read.content) : null
      const place = visit && (await readPlaces(store, [visit.candidate.merkleRoot]))[0]
      // Damaged: others have it. Final: the block holds it.
      if (visit === null || place?.index != null) stale.push(del(key))
      // It was voted for, so it was welcome.
      else remember({ ...visit, isSaved: true, expiresAt: null, isCounted: true })
    }
    if (stale.length > 0) await store.commit(stale)
  }

  function remember(visit: ForeignVisit): void {
    const hash = toHex(visit.candidate.bodyHash)
    foreign.set(hash, visit)
    hashByRoot.set(toHex(visit.candidate.merkleRoot), hash)
  }

  function forget(visit: ForeignVisit): void {
    const hash = toHex(visit.candidate.bodyHash)
    const root = toHex(visit.candidate.merkleRoot)
    foreign.delete(hash)
    if (hashByRoot.get(root) === hash) hashByRoot.delete(root)
  }

  function isOfKeyInEffect({ author, openedUnder }: ForeignVisit): boolean {
    const key = authorKeys.get(toHex(author))
    return openedUnder === null || (key !== undefined && equalBytes(key, openedUnder))
  }

  function refreshLimits(): void {
    const { authorQuotaPerHour, authorCount } = options.facts()
    // The quota keeps hospitals from one another's way; alone there is nobody to be kept from it.
    withLimits(pool, {
      authorCount,
      authorQuotaPerHour: authorCount <= 1 ? Number.MAX_SAFE_INTEGER : authorQuotaPerHour,
    })
  }

  const chainFacts: ChainFacts = { mayWrite: options.mayWrite, isFinal: () => false }

  function admitOwn(visit: QueuedVisit): boolean {
    const now = options.now()
    const { merkleRoot, keyCommitment, bodyHash, sizeClass } = visit
    const waiting = {
      candidate: { merkleRoot, keyCommitment, bodyHash, sizeClass },
      author: memberId,
      receivedAt: now,
      expiresAt: now + SUBMISSION_LIFE_MS,
    }
    const admission = admit(pool, waiting, now, chainFacts)
    if (admission.kind === 'admitted') {
      dropEvicted(admission.evicted)
      return true
    }
    if (admission.reason !== 'already-waiting') overflow.add(toHex(merkleRoot))
    return false
  }

  function dropEvicted(
    evicted: readonly { readonly candidate: Candidate; readonly author: MemberId }[],
  ): void {
    for (const { candidate, author } of evicted) {
      if (equalBytes(author, memberId)) overflow.add(toHex(candidate.merkleRoot))
      else {
        const visit = foreign.get(toHex(candidate.bodyHash))
        // What this node voted for stays until the height is over.
        if (visit !== undefined && !visit.isSaved) forget(visit)
      }
    }
  }

  /** Own visits that found no room, in order of acceptance. */
  function admitOverflow(): void {
    if (overflow.size === 0) return
    for (const root of [...overflow]) {
      const visit = outbox.get(root)
      if (visit !== null && checked.isReady(root) && !pool.waiting.has(root) && !admitOwn(visit)) return
      overflow.delete(root)
    }
  }

  function tellWaiters(): void {
    for (const wake of [...waiters]) wake()
  }

  function changed(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        waiters.delete(done)
        signal?.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      waiters.add(done)
      signal?.addEventListener('abort', done, { once: true })
    })
  }

  // ---- what comes in ----------------------------------------------------------------------------------------------

  async function takeIn(
    from: MemberId,
    expiresAt: number,
    visits: readonly TravellingVisit[],
  ): Promise<void> {
    const now = options.now()
    if (!options.mayWrite(from) || expiresAt <= now) return
    const fresh = visits.filter(({ merkleRoot }) => {
      const root = toHex(merkleRoot)
      return !knowsVisit(pool, merkleRoot) && !arriving.has(root) && !outbox.has(root)
    })
    const places = await readPlaces(
      store,
      fresh.map(({ merkleRoot }) => merkleRoot),
    )
    const wanted = fresh.filter((_, i) => places[i]?.index == null)
    for (const { merkleRoot } of wanted) arriving.add(toHex(merkleRoot))
    try {
      for (let at = 0; at < wanted.length && !isClosed; at += CHECK_BATCH) {
        if (!isWelcome(pool, from, options.now())) return
        const batch = wanted.slice(at, at + CHECK_BATCH)
        const isAnyReady = await takeBatch(from, expiresAt, batch)
        // Before anybody hears of them: a segment is not to wait for what is already here.
        arrived(batch)
        if (isAnyReady) options.onReady()
      }
    } finally {
      arrived(wanted)
    }
  }

  function arrived(visits: readonly TravellingVisit[]): void {
    for (const { merkleRoot } of visits) arriving.delete(toHex(merkleRoot))
    tellWaiters()
  }

  /** Whether something of it may be proposed. */
  async function takeBatch(
    from: MemberId,
    expiresAt: number,
    visits: readonly TravellingVisit[],
  ): Promise<boolean> {
    const known = visits.filter((visit) => {
      const held = foreign.get(hashByRoot.get(toHex(visit.merkleRoot)) ?? '')
      return held !== undefined && isOfKeyInEffect(held)
    })
    for (const visit of known) await admitKnown(from, expiresAt, visit)
    const rest = visits.filter((visit) => !known.includes(visit))
    const rows = await rowsFor(from, rest)
    const whole = rest.filter((visit) => rows.has(toHex(visit.merkleRoot)))
    const keys = options.keys()
    const verdicts = await check(
      keys,
      whole,
      whole.map((visit) => rows.get(toHex(visit.merkleRoot))!),
    )
    for (const [i, verdict] of verdicts.entries()) {
      const visit = whole[i]!
      if (verdict.kind === 'refused') {
        if (verdict.reason === 'row-unknown-epoch') options.onUnknownEpoch()
        else if (!isAboutRow(verdict.reason) && !verdict.reason.startsWith('author-')) options.onForged(from)
        continue
      }
      // Another's visit under one's own quota would be a way around it.
      if (!equalBytes(verdict.author, from)) continue
      const opened = foreignOf(visit, rows.get(toHex(visit.merkleRoot))!, verdict.author, keys)
      // Its author changed keys while it was being opened.
      if (!isOfKeyInEffect(opened)) continue
      if (!foreign.has(toHex(opened.candidate.bodyHash))) remember(opened)
      admitForeign(opened, expiresAt)
    }
    return verdicts.length > 0 || known.length > 0
  }

  /** It came with a proposal before its author sent it. */
  async function admitKnown(
    from: MemberId,
    expiresAt: number,
    { merkleRoot }: TravellingVisit,
  ): Promise<void> {
    const held = foreign.get(hashByRoot.get(toHex(merkleRoot)) ?? '')
    if (held !== undefined && equalBytes(held.author, from)) admitForeign(held, expiresAt)
  }

  function admitForeign(visit: ForeignVisit, expiresAt: number): void {
    const now = options.now()
    const admission = admit(
      pool,
      { candidate: visit.candidate, author: visit.author, receivedAt: now, expiresAt },
      now,
      chainFacts,
    )
    if (admission.kind === 'admitted') {
      visit.expiresAt = expiresAt
      visit.isCounted = true
      dropEvicted(admission.evicted)
    } else if (admission.reason !== 'already-waiting' && !visit.isSaved) forget(visit)
  }

  /** The rows of visits that a member sent: they come beside the bodies, and are asked for when they do not. */
  async function rowsFor(from: MemberId, visits: readonly TravellingVisit[]): Promise<Map<string, KeyRow>> {
    const rows = new Map<string, KeyRow>()
    const take = (): MerkleRoot[] => {
      const missing: MerkleRoot[] = []
      for (const { merkleRoot } of visits) {
        const root = toHex(merkleRoot)
        const row = rowsInTransit.get(root)
        if (row !== undefined) {
          rows.set(root, row)
          rowsInTransit.delete(root)
        } else if (!rows.has(root)) missing.push(merkleRoot)
      }
      return missing
    }
    const end = performance.now() + ROW_WAIT_MS
    let missing = take()
    while (missing.length > 0 && performance.now() < end) {
      await changed(end - performance.now())
      missing = take()
    }
    if (missing.length > 0)
      for (const row of await asker.rows(from, missing)) rows.set(toHex(row.merkleRoot), row)
    return rows
  }

  async function check(keys: OpeningKeys, visits: readonly TravellingVisit[], rows: readonly KeyRow[]) {
    if (visits.length === 0) return []
    const records: RecordToCheck[] = visits.map(({ merkleRoot, keyCommitment, sizeClass, body }, i) => ({
      merkleRoot,
      keyCommitment,
      sizeClass,
      body,
      row: encodeKeyRow(rows[i]!),
    }))
    return checker.check(keys, records)
  }

  function foreignOf(visit: TravellingVisit, row: KeyRow, author: MemberId, keys: OpeningKeys): ForeignVisit {
    const { merkleRoot, keyCommitment, sizeClass, body } = visit
    const bodyHash = bodyHashOf(crypto, chainId, body)
    return {
      candidate: { merkleRoot, keyCommitment, bodyHash, sizeClass },
      author,
      openedUnder: keys.authorKeys.get(toHex(author)) ?? null,
      body,
      row: encodeKeyRow(row),
      isSaved: false,
      expiresAt: null,
      isCounted: false,
    }
  }

  // ---- the check before a vote ------------------------------------------------------------------------------------

  /** What a head names and this node has opened. */
  function isOpened(head: Head): boolean {
    const held = foreign.get(toHex(head.bodyHash))
    if (held !== undefined) return isSame(held.candidate, head) && isOfKeyInEffect(held)
    const root = toHex(head.merkleRoot)
    const own = outbox.get(root)
    return own !== null && isSame(own, head) && checked.isReady(root)
  }

  async function open(
    heads: readonly Head[],
    order: readonly MemberId[],
    signal: AbortSignal,
  ): Promise<'valid' | 'invalid' | 'unwelcome'> {
    for (let turn = 0; ; turn++) {
      const missing = heads.filter((head) => !isOpened(head))
      if (missing.length === 0) break
      if (signal.aborted) return 'invalid'
      // An own visit that does not open here opens nowhere; one that was not looked at yet will be.
      const own = missing.filter((head) => {
        const queued = outbox.get(toHex(head.merkleRoot))
        return queued !== null && isSame(queued, head)
      })
      if (own.some((head) => checked.refused.has(toHex(head.merkleRoot)))) return 'invalid'
      const others = missing.filter((head) => !own.includes(head))
      const soon = others.filter((head) => arriving.has(toHex(head.merkleRoot)))
      if (own.length > 0 || (soon.length > 0 && turn < 5)) {
        checked.nudge()
        await changed(ROW_WAIT_MS, signal)
        if (others.length === soon.length) continue
      }
      const peer = order.length === 0 ? null : order[turn % order.length]!
      const fetched = peer === null ? 'nothing' : await fetch(others, peer, signal)
      if (fetched === 'invalid') return 'invalid'
      if (fetched === 'nothing' && turn % Math.max(1, order.length) === order.length - 1)
        await changed(ASK_AGAIN_MS, signal)
      if (peer === null) await changed(ASK_AGAIN_MS, signal)
    }
    const now = options.now()
    return heads.some((head) => isExpired(head, now)) || !isWithinQuota(heads, now) ? 'unwelcome' : 'valid'
  }

  /** Also where it has left the pool for that. Of what only a proposal brought nobody has told here when it expires. */
  function isExpired(head: Head, now: number): boolean {
    const held = foreign.get(toHex(head.bodyHash))
    const expiresAt =
      held === undefined ? pool.waiting.get(toHex(head.merkleRoot))?.expiresAt : held.expiresAt
    return expiresAt != null && expiresAt <= now
  }

  /** Counts what came with a proposal and not by admission, so that who proposes it again finds no way around. */
  function isWithinQuota(heads: readonly Head[], now: number): boolean {
    const byAuthor = new Map<string, ForeignVisit[]>()
    for (const head of heads) {
      const held = foreign.get(toHex(head.bodyHash))
      if (held === undefined || held.isCounted) continue
      const author = toHex(held.author)
      byAuthor.set(author, [...(byAuthor.get(author) ?? []), held])
    }
    let isWithin = true
    for (const visits of byAuthor.values())
      if (spendTokens(pool, visits[0]!.author, visits.length, now))
        for (const visit of visits) visit.isCounted = true
      else isWithin = false
    return isWithin
  }

  /** Asks one member for what is missing, opens it, and keeps what is good. */
  async function fetch(
    heads: readonly Head[],
    peer: MemberId,
    signal: AbortSignal,
  ): Promise<'something' | 'nothing' | 'invalid'> {
    let isSomething = false
    for (let at = 0; at < heads.length; at += CHECK_BATCH) {
      const batch = heads.slice(at, at + CHECK_BATCH).filter((head) => !isOpened(head))
      if (batch.length === 0) continue
      const roots = batch.map(({ merkleRoot }) => merkleRoot)
      const [visits, rows] = await Promise.all([
        asker.bodies(peer, roots, signal),
        asker.rows(peer, roots, signal),
      ])
      if (signal.aborted) return 'nothing'
      const rowByRoot = new Map(rows.map((row) => [toHex(row.merkleRoot), row]))
      for (const head of batch) {
        const late = rowsInTransit.get(toHex(head.merkleRoot))
        if (late !== undefined && !rowByRoot.has(toHex(head.merkleRoot)))
          rowByRoot.set(toHex(head.merkleRoot), late)
      }
      const whole = visits.filter((visit) => {
        const head = batch.find(({ merkleRoot }) => equalBytes(merkleRoot, visit.merkleRoot))
        const isBody =
          head !== undefined && isSame({ ...visit, bodyHash: bodyHashOf(crypto, chainId, visit.body) }, head)
        return isBody && rowByRoot.has(toHex(visit.merkleRoot))
      })
      const keys = options.keys()
      const verdicts = await check(
        keys,
        whole,
        whole.map((visit) => rowByRoot.get(toHex(visit.merkleRoot))!),
      )
      for (const [i, verdict] of verdicts.entries()) {
        const visit = whole[i]!
        const root = toHex(visit.merkleRoot)
        if (verdict.kind === 'opened') {
          const opened = foreignOf(visit, rowByRoot.get(root)!, verdict.author, keys)
          const held = foreign.get(toHex(opened.candidate.bodyHash))
          if (held !== undefined && isOfKeyInEffect(held)) continue
          remember({
            ...opened,
            isSaved: held?.isSaved === true,
            expiresAt: held?.expiresAt ?? null,
            isCounted: held?.isCounted ?? pool.waiting.has(root),
          })
          isSomething = true
        } else if (isAboutRow(verdict.reason)) {
          rowsInTransit.delete(root)
          if (verdict.reason === 'row-unknown-epoch') options.onUnknownEpoch()
        } else return 'invalid'
      }
    }
    return isSomething ? 'something' : 'nothing'
  }

  // ---- durability and finality ------------------------------------------------------------------------------------

  function unsaved(heads: readonly Head[]): { writes: Write[]; done: () => void } {
    const writes: Write[] = []
    const saved: ForeignVisit[] = []
    for (const head of heads) {
      const visit = foreign.get(toHex(head.bodyHash))
      if (visit === undefined) {
        assert(outbox.has(toHex(head.merkleRoot)), 'what is voted for is here')
        continue
      }
      if (visit.isSaved || saved.includes(visit)) continue
      const key = foreignKey(head.bodyHash)
      const row = present(decodeKeyRow(visit.row), 'a row that opened decodes')
      writes.push(put(key, checkedValue(key, encodeForeign(visit))))
      writes.push(rowWrite(row.merkleRoot, GATEWAY, row.epoch, visit.row))
      saved.push(visit)
    }
    return {
      writes,
      done() {
        for (const visit of saved) visit.isSaved = true
      },
    }
  }

  async function bodiesOf(heads: readonly Head[]): Promise<Bytes[]> {
    const own = heads.map((head) =>
      foreign.has(toHex(head.bodyHash)) ? null : outbox.get(toHex(head.merkleRoot)),
    )
    const queued = own.filter((visit) => visit !== null)
    const bodies = await outbox.bodies(queued)
    const ownBodies = new Map(queued.map((visit, i) => [visit, bodies[i]!]))
    return heads.map((head, i) => {
      const held = foreign.get(toHex(head.bodyHash))
      return held?.body ?? present(own[i] && ownBodies.get(own[i]), 'a decided body is here')
    })
  }

  function finish(heads: readonly Head[]): { writes: Write[]; done: () => void } {
    const writes: Write[] = []
    const roots = heads.map(({ merkleRoot }) => toHex(merkleRoot))
    for (const [i, head] of heads.entries()) {
      writes.push(...outbox.removal(roots[i]!))
      const visit = foreign.get(toHex(head.bodyHash))
      if (visit === undefined) continue
      // Decided without our vote: its row is written with the block.
      if (visit.isSaved) writes.push(del(foreignKey(head.bodyHash)))
      else writes.push(rowWriteOf(visit))
    }
    const finalHashes = new Set(heads.map(({ bodyHash }) => toHex(bodyHash)))
    // What we voted for at this height and another segment won; it may wait on, in memory.
    const abandoned = [...foreign.values()].filter(
      (visit) => visit.isSaved && !finalHashes.has(toHex(visit.candidate.bodyHash)),
    )
    for (const visit of abandoned) {
      writes.push(del(foreignKey(visit.candidate.bodyHash)))
      if (!pool.waiting.has(toHex(visit.candidate.merkleRoot))) writes.push(rowDelete(visit))
    }
    return {
      writes,
      done() {
        for (const root of roots) {
          outbox.remove(root)
          checked.forget(root)
          overflow.delete(root)
        }
        removeFinal(
          pool,
          heads.map(({ merkleRoot }) => merkleRoot),
        )
        // What is final lies in its block; kept here it would count as abandoned at the next height.
        for (const { bodyHash } of heads) {
          const visit = foreign.get(toHex(bodyHash))
          if (visit !== undefined) forget(visit)
        }
        for (const visit of abandoned) visit.isSaved = false
        prune()
        admitOverflow()
      },
    }
  }

  /** What came only for a proposal that was not decided. */
  function prune(): void {
    for (const visit of [...foreign.values()])
      if (!visit.isSaved && !pool.waiting.has(toHex(visit.candidate.merkleRoot))) forget(visit)
  }

  async function dropFinal(): Promise<void> {
    const roots = [...pool.waiting.values()].map(({ candidate }) => candidate.merkleRoot)
    const places = await readPlaces(store, roots)
    removeFinal(
      pool,
      roots.filter((_, i) => places[i]?.index != null),
    )
    const saved = [...foreign.values()].filter(({ isSaved }) => isSaved)
    const savedPlaces = await readPlaces(
      store,
      saved.map(({ candidate }) => candidate.merkleRoot),
    )
    const writes: Write[] = []
    for (const [i, visit] of saved.entries())
      if (savedPlaces[i]?.index != null) {
        writes.push(del(foreignKey(visit.candidate.bodyHash)))
        forget(visit)
      }
    if (writes.length > 0) await store.commit(writes)
    prune()
    admitOverflow()
  }

  return {
    get readyCount() {
      return poolSize(pool).visitCount
    },
    get underWayCount() {
      return arriving.size
    },
    takeOwn(visits) {
      for (const visit of visits) admitOwn(visit)
      tellWaiters()
      options.onReady()
    },
    takeIn,
    changed,
    takeRows(_, rows) {
      for (const row of rows) {
        if (row.scope !== 'gateway') continue
        const root = toHex(row.merkleRoot)
        if (rowsInTransit.size >= ROWS_IN_TRANSIT_MAX)
          rowsInTransit.delete(rowsInTransit.keys().next().value!)
        if (!hashByRoot.has(root) && !knowsVisit(pool, row.merkleRoot)) rowsInTransit.set(root, row)
      }
      tellWaiters()
    },
    cut(room, now) {
      const { visitCount, byteCount, oldestAt } = poolSize(pool)
      const oldestAgeMs = oldestAt === null ? 0 : now - oldestAt
      return cutDecision({ visitCount, byteCount, oldestAgeMs, underWayCount: arriving.size }, room)
    },
    pick(room, now) {
      for (const { candidate, author } of removeExpired(pool, now))
        // An own submission is renewed: its author is here.
        if (equalBytes(author, memberId)) overflow.add(toHex(candidate.merkleRoot))
      admitOverflow()
      return pickVisits(pool, room, now).map(({ candidate }) => candidate)
    },
    open,
    unsaved,
    bodiesOf,
    finish,
    dropFinal,
    refresh() {
      refreshLimits()
      const before = authorKeys.get(toHex(memberId))
      authorKeys = options.keys().authorKeys
      const now = authorKeys.get(toHex(memberId))
      // Signed with the key that is over: they come again under the new one.
      if (before !== undefined && (now === undefined || !equalBytes(before, now))) {
        overflow.clear()
        const own = [...pool.waiting.values()].filter(({ author }) => equalBytes(author, memberId))
        removeWaiting(
          pool,
          own.map(({ candidate }) => candidate.merkleRoot),
        )
      }
      const left = [...foreign.values()].filter(
        (visit) => !options.mayWrite(visit.author) || !isOfKeyInEffect(visit),
      )
      removeWaiting(
        pool,
        left.map(({ candidate }) => candidate.merkleRoot),
      )
      for (const visit of left) if (!visit.isSaved) forget(visit)
    },
    async bodiesByRoot(roots, byteMax) {
      const visits: TravellingVisit[] = []
      let bytes = 0
      const add = (commitments: Candidate, body: Bytes): boolean => {
        const { merkleRoot, keyCommitment, sizeClass } = commitments
        bytes += body.length + 80
        if (bytes > byteMax && visits.length > 0) return false
        visits.push({ merkleRoot, keyCommitment, sizeClass, body })
        return true
      }
      for (const merkleRoot of roots) {
        const root = toHex(merkleRoot)
        const held = foreign.get(hashByRoot.get(root) ?? '')
        const own = outbox.get(root)
        if (held !== undefined) {
          if (!add(held.candidate, held.body)) break
        } else if (own !== null) {
          if (!add(own, (await outbox.bodies([own]))[0]!)) break
        } else {
          const final = await finalVisit(store, merkleRoot)
          if (final !== null && !add(final.head, final.body)) break
        }
      }
      return visits
    },
    async rowsByRoot(roots) {
      const rows: KeyRow[] = []
      const rest: MerkleRoot[] = []
      for (const merkleRoot of roots) {
        const held = foreign.get(hashByRoot.get(toHex(merkleRoot)) ?? '')
        const row = held === undefined ? null : decodeKeyRow(held.row)
        if (row === null) rest.push(merkleRoot)
        else rows.push(row)
      }
      for (const { epoch } of options.keys().epochs) {
        if (rest.length === 0) break
        for (const found of await readRowsOf(store, rest, GATEWAY, epoch)) {
          const row = found?.kind === 'ok' ? decodeKeyRow(found.row) : null
          if (row !== null) rows.push(row)
        }
      }
      return rows
    },
    close() {
      isClosed = true
      tellWaiters()
    },
  }
}

async function finalVisit(
  store: Store,
  merkleRoot: MerkleRoot,
): Promise<{ head: Candidate; body: Bytes } | null> {
  const place = (await readPlaces(store, [merkleRoot]))[0]
  if (place?.index == null) return null
  const block = (await readBlocks(store, place.index, 1))[0]
  const head = block?.kind === 'ok' ? decodeHead(block.value.head) : null
  return block?.kind === 'ok' && head !== null ? { head, body: block.value.body } : null
}

function rowWriteOf(visit: ForeignVisit): Write {
  const row = present(decodeKeyRow(visit.row), 'a row that opened decodes')
  return rowWrite(row.merkleRoot, GATEWAY, row.epoch, visit.row)
}

function rowDelete(visit: ForeignVisit): Write {
  const row = present(decodeKeyRow(visit.row), 'a row that opened decodes')
  return del(rowKey(row.merkleRoot, GATEWAY, row.epoch))
}

function isSame(a: Candidate, head: Candidate): boolean {
  return (
    equalBytes(a.merkleRoot, head.merkleRoot) &&
    equalBytes(a.bodyHash, head.bodyHash) &&
    equalBytes(a.keyCommitment, head.keyCommitment) &&
    a.sizeClass === head.sizeClass
  )
}
