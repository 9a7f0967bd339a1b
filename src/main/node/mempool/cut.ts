/** When a segment is cut, and which visits go into it (R40-R42). */
import { bodyBytesOf } from '../chain/record.ts'
import type { Pool, WaitingVisit } from './pool.ts'

export type SegmentRoom = {
  /** Policy `segmentVisitsMax` and `segmentBytesMax`. */
  readonly visitsMax: number
  readonly bytesMax: number
}

/** What is on its way into the pool: bodies announced or being opened. Waiting a little for them makes segments fuller. */
export type CutFacts = {
  readonly visitCount: number
  readonly byteCount: number
  readonly oldestAgeMs: number
  readonly underWayCount: number
}

export type CutDecision =
  { readonly kind: 'cut' } | { readonly kind: 'wait'; readonly ms: number } | { readonly kind: 'empty' }

/** No visit waits longer than this for company. */
export const CUT_AGE_MS = 20

/** At once when it is full or when nothing else is under way; otherwise when the oldest visit has waited long enough. */
export function cutDecision(facts: CutFacts, room: SegmentRoom): CutDecision {
  if (facts.visitCount === 0) return { kind: 'empty' }
  const isFull = facts.visitCount >= room.visitsMax || facts.byteCount >= room.bytesMax
  if (isFull || facts.underWayCount === 0 || facts.oldestAgeMs >= CUT_AGE_MS) return { kind: 'cut' }
  return { kind: 'wait', ms: CUT_AGE_MS - Math.max(0, facts.oldestAgeMs) }
}

/** What each turn gives an author: a few visits of a common size, so that nobody's turn is long. */
const TURN_BYTES = 16 * 1024

/**
 * The visits for one segment, by deficit round robin over authors, first come first served within each. They stay in the
 * pool until they are final: another proposer's segment may be decided instead.
 */
export function pickVisits(pool: Pool, room: SegmentRoom, now: number): WaitingVisit[] {
  const names = [...pool.queues.keys()].sort((a, b) => (a < b ? -1 : 1))
  const after = names.findIndex((name) => name > pool.lastServed)
  const order = after < 0 ? names : [...names.slice(after), ...names.slice(0, after)]
  const taken: WaitingVisit[] = []
  const nextOf = new Map(order.map((name) => [name, 0]))
  let byteCount = 0
  let active = order
  while (active.length > 0) {
    const still: string[] = []
    for (const name of active) {
      const queue = pool.queues.get(name)!
      queue.deficit += TURN_BYTES
      let next = nextOf.get(name)!
      for (; next < queue.visits.length; next++) {
        const visit = queue.visits[next]!
        if (visit.expiresAt <= now) continue
        const size = bodyBytesOf(visit.candidate.sizeClass)
        if (size > queue.deficit) break
        if (taken.length >= room.visitsMax || byteCount + size > room.bytesMax) return taken
        taken.push(visit)
        byteCount += size
        queue.deficit -= size
        pool.lastServed = name
      }
      nextOf.set(name, next)
      if (next < queue.visits.length) still.push(name)
      // An empty queue saves nothing up for later.
      else queue.deficit = 0
    }
    active = still
  }
  return taken
}
