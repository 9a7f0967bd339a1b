/**
 * The visits that wait to be decided: who may add one, who goes next, what has to leave. All decisions, no I/O: time is
 * an argument. A pool belongs to its node and is changed in place, because it may hold tens of thousands of visits.
 *
 * Fairness is between hospitals: one hospital's import of a million visits must not keep another's single visit waiting.
 */
import { assert } from '../../../shared/std/assert.ts'
import { keyOf, type MemberId } from '../chain/ids.ts'
import type { Candidate } from '../chain/build-segment.ts'
import { bodyBytesOf } from '../chain/record.ts'

export type WaitingVisit = {
  readonly candidate: Candidate
  readonly author: MemberId
  /** Milliseconds since 1970: when it came, and until when it may be proposed. */
  readonly receivedAt: number
  readonly expiresAt: number
}

export type PoolLimits = {
  /** Bodies that wait, all authors together. */
  readonly byteMax: number
  /** Policy `authorQuotaPerHour`: visits that one author may add per hour, with bursts of up to one hour's. */
  readonly authorQuotaPerHour: number
  /** Hospitals that may author visits; each may fill at most this fraction of the pool. */
  readonly authorCount: number
  readonly seenMax: number
}

export const POOL_BYTES_MAX = 64 * 1024 * 1024
export const EXPIRY_AHEAD_MAX_MS = 24 * 3_600_000
export const SEEN_MAX = 200_000

export type AdmissionRefusal =
  | 'author-unknown'
  | 'expired'
  | 'expiry-too-far'
  | 'already-final'
  | 'already-waiting'
  | 'already-seen'
  | 'author-quota'
  | 'author-share'
  | 'pool-full'

export type Admission =
  | { readonly kind: 'admitted'; readonly evicted: readonly WaitingVisit[] }
  | { readonly kind: 'refused'; readonly reason: AdmissionRefusal }

/** What the chain says about a visit that wants to come in. */
export type ChainFacts = {
  /** Whether a member is a hospital that may write now. */
  readonly mayWrite: (author: MemberId) => boolean
  readonly isFinal: (merkleRoot: Uint8Array) => boolean
}

type Queue = {
  readonly author: MemberId
  readonly visits: WaitingVisit[]
  byteCount: number
  /** Tokens of the quota, and when they were counted. */
  tokens: number
  tokensAt: number
  /** Bytes that its turns have given it and it has not used (deficit round robin). */
  deficit: number
}

export type Pool = {
  limits: PoolLimits
  readonly queues: Map<string, Queue>
  /** Root → visit. */
  readonly waiting: Map<string, WaitingVisit>
  /** Roots that were here before; two generations, so that the oldest half can be forgotten at once. */
  seen: Set<string>
  seenBefore: Set<string>
  byteCount: number
  /** Whose turn was last, by place in the order of author keys. */
  lastServed: string
}

export function createPool(limits: Partial<PoolLimits> = {}): Pool {
  const all: PoolLimits = {
    byteMax: POOL_BYTES_MAX,
    authorQuotaPerHour: 100_000,
    authorCount: 1,
    seenMax: SEEN_MAX,
    ...limits,
  }
  return {
    limits: all,
    queues: new Map(),
    waiting: new Map(),
    seen: new Set(),
    seenBefore: new Set(),
    byteCount: 0,
    lastServed: '',
  }
}

/**
 * Takes a visit in, or says why not. `evicted` had to leave for it: they belong to the author that holds most of the
 * pool, whose node has them in its outbox and will offer them again.
 */
export function admit(pool: Pool, visit: WaitingVisit, now: number, chain: ChainFacts): Admission {
  const { candidate, author } = visit
  const root = keyOf(candidate.merkleRoot)
  const byteCount = bodyBytesOf(candidate.sizeClass)
  if (!chain.mayWrite(author)) return refused('author-unknown')
  if (visit.expiresAt <= now) return refused('expired')
  if (visit.expiresAt > now + EXPIRY_AHEAD_MAX_MS) return refused('expiry-too-far')
  if (chain.isFinal(candidate.merkleRoot)) return refused('already-final')
  if (pool.waiting.has(root)) return refused('already-waiting')
  if (pool.seen.has(root) || pool.seenBefore.has(root)) return refused('already-seen')
  const queue = queueOf(pool, author, now)
  refill(queue, pool.limits, now)
  if (queue.tokens < 1) return refused('author-quota')
  if (queue.byteCount + byteCount > shareOf(pool.limits)) return refused('author-share')
  const evicted = makeRoom(pool, queue, byteCount)
  if (evicted === null) return refused('pool-full')
  queue.tokens -= 1
  queue.visits.push(visit)
  queue.byteCount += byteCount
  pool.byteCount += byteCount
  pool.waiting.set(root, visit)
  return { kind: 'admitted', evicted }
}

/** What `admit` would answer to a visit of this size that is not here yet, before it was opened at a cost. */
export function isWelcome(pool: Pool, author: MemberId, now: number): boolean {
  const queue = queueOf(pool, author, now)
  refill(queue, pool.limits, now)
  return queue.tokens >= 1
}

/**
 * Counts visits of an author that came with a proposal and not by admission (R17). False, and nothing counted, where
 * they are more than its tokens.
 */
export function spendTokens(pool: Pool, author: MemberId, count: number, now: number): boolean {
  const queue = queueOf(pool, author, now)
  refill(queue, pool.limits, now)
  if (queue.tokens < count) return false
  queue.tokens -= count
  return true
}

/** Whether it waits here, or was here and became final not long ago. */
export function knowsVisit(pool: Pool, merkleRoot: Uint8Array): boolean {
  const root = keyOf(merkleRoot)
  return pool.waiting.has(root) || pool.seen.has(root) || pool.seenBefore.has(root)
}

/** Takes out visits that may not be proposed any more, whatever their time. */
export function removeWaiting(pool: Pool, merkleRoots: readonly Uint8Array[]): void {
  for (const merkleRoot of merkleRoots) remove(pool, keyOf(merkleRoot))
}

/** Takes out what has become final, and remembers it for a while so that it is not taken in again. */
export function removeFinal(pool: Pool, merkleRoots: readonly Uint8Array[]): void {
  for (const merkleRoot of merkleRoots) {
    const root = keyOf(merkleRoot)
    remember(pool, root)
    remove(pool, root)
  }
}

/** Takes out what may not be proposed any more; their authors submit them again in a new envelope. */
export function removeExpired(pool: Pool, now: number): WaitingVisit[] {
  const expired = [...pool.waiting.values()].filter((visit) => visit.expiresAt <= now)
  for (const visit of expired) remove(pool, keyOf(visit.candidate.merkleRoot))
  return expired
}

/** The policy or the members have changed. */
export function withLimits(pool: Pool, limits: Partial<PoolLimits>): void {
  pool.limits = { ...pool.limits, ...limits }
}

export function poolSize(pool: Pool): { visitCount: number; byteCount: number; oldestAt: number | null } {
  let oldestAt: number | null = null
  for (const { visits } of pool.queues.values()) {
    const first = visits[0]
    if (first !== undefined && (oldestAt === null || first.receivedAt < oldestAt)) oldestAt = first.receivedAt
  }
  return { visitCount: pool.waiting.size, byteCount: pool.byteCount, oldestAt }
}

function shareOf(limits: PoolLimits): number {
  return Math.floor(limits.byteMax / Math.max(1, limits.authorCount))
}

/** The visits that must go so that `byteCount` more fit; null where the newcomer's own author is the largest. */
function makeRoom(pool: Pool, queue: Queue, byteCount: number): WaitingVisit[] | null {
  const evicted: WaitingVisit[] = []
  while (pool.byteCount + byteCount > pool.limits.byteMax) {
    const largest = largestQueue(pool)
    if (largest === null || largest === queue || largest.byteCount <= queue.byteCount + byteCount) {
      // Nothing was taken from others for a visit that does not come in.
      for (const visit of evicted.reverse()) putBack(pool, visit)
      return null
    }
    // Its newest: the oldest have waited longest.
    const visit = largest.visits[largest.visits.length - 1]!
    remove(pool, keyOf(visit.candidate.merkleRoot))
    evicted.push(visit)
  }
  return evicted
}

function putBack(pool: Pool, visit: WaitingVisit): void {
  const queue = pool.queues.get(keyOf(visit.author))
  assert(queue !== undefined, 'an author keeps its queue')
  const byteCount = bodyBytesOf(visit.candidate.sizeClass)
  queue.visits.push(visit)
  queue.byteCount += byteCount
  pool.byteCount += byteCount
  pool.waiting.set(keyOf(visit.candidate.merkleRoot), visit)
}

function remove(pool: Pool, root: string): void {
  const visit = pool.waiting.get(root)
  if (visit === undefined) return
  pool.waiting.delete(root)
  const queue = pool.queues.get(keyOf(visit.author))!
  const byteCount = bodyBytesOf(visit.candidate.sizeClass)
  queue.byteCount -= byteCount
  pool.byteCount -= byteCount
  // Usually the first: what becomes final was at the head of its queue.
  const at = queue.visits.indexOf(visit)
  queue.visits.splice(at, 1)
}

function remember(pool: Pool, root: string): void {
  if (pool.seen.size >= pool.limits.seenMax) {
    pool.seenBefore = pool.seen
    pool.seen = new Set()
  }
  pool.seen.add(root)
}

function queueOf(pool: Pool, author: MemberId, now: number): Queue {
  const name = keyOf(author)
  let queue = pool.queues.get(name)
  if (queue === undefined) {
    const tokens = pool.limits.authorQuotaPerHour
    queue = { author, visits: [], byteCount: 0, tokens, tokensAt: now, deficit: 0 }
    pool.queues.set(name, queue)
  }
  return queue
}

/** Token bucket. A clock that jumps back gives nothing. */
function refill(queue: Queue, limits: PoolLimits, now: number): void {
  const gained = (Math.max(0, now - queue.tokensAt) * limits.authorQuotaPerHour) / 3_600_000
  queue.tokens = Math.min(limits.authorQuotaPerHour, queue.tokens + gained)
  queue.tokensAt = now
}

function largestQueue(pool: Pool): Queue | null {
  let largest: Queue | null = null
  for (const queue of pool.queues.values())
    if (queue.visits.length > 0 && (largest === null || queue.byteCount > largest.byteCount)) largest = queue
  return largest
}

function refused(reason: AdmissionRefusal): Admission {
  return { kind: 'refused', reason }
}
