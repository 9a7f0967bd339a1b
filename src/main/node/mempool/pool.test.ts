import { describe, expect, it } from 'vitest'
import type { MemberId, MerkleRoot } from '../chain/ids.ts'
import { cutDecision, pickVisits } from './cut.ts'
import {
  admit,
  createPool,
  poolSize,
  removeExpired,
  removeFinal,
  type Pool,
  type WaitingVisit,
} from './pool.ts'

const NOW = 1_000_000
const HOUR = 3_600_000
const BODY = 1_052

const author = (byte: number) => new Uint8Array(16).fill(byte) as MemberId
const visit = (serial: number, by = 1, change: Partial<WaitingVisit> = {}): WaitingVisit => {
  const root = new Uint8Array(32)
  new DataView(root.buffer).setUint32(0, serial)
  root[31] = by
  const merkleRoot = root as MerkleRoot
  return {
    candidate: { merkleRoot, keyCommitment: root, bodyHash: root, sizeClass: 0 },
    author: author(by),
    receivedAt: NOW,
    expiresAt: NOW + HOUR,
    ...change,
  }
}
const OPEN = { mayWrite: () => true, isFinal: () => false }
const reasonOf = (pool: Pool, each: WaitingVisit, facts = OPEN, now = NOW) => {
  const admission = admit(pool, each, now, facts)
  return admission.kind === 'refused' ? admission.reason : 'admitted'
}
const serials = (visits: readonly WaitingVisit[]) =>
  visits.map((each) => `${each.author[0]}.${new DataView(each.candidate.merkleRoot.buffer).getUint32(0)}`)

describe('admission', () => {
  it('takes a visit once, and not again after it became final', () => {
    const pool = createPool()
    expect(reasonOf(pool, visit(1))).toBe('admitted')
    expect(reasonOf(pool, visit(1))).toBe('already-waiting')
    removeFinal(pool, [visit(1).candidate.merkleRoot])
    expect(poolSize(pool).visitCount).toBe(0)
    expect(reasonOf(pool, visit(1))).toBe('already-seen')
  })

  it('refuses strangers, what is final, what has expired and what would never expire', () => {
    const pool = createPool()
    expect(reasonOf(pool, visit(1), { ...OPEN, mayWrite: () => false })).toBe('author-unknown')
    expect(reasonOf(pool, visit(1), { ...OPEN, isFinal: () => true })).toBe('already-final')
    expect(reasonOf(pool, visit(1, 1, { expiresAt: NOW }))).toBe('expired')
    expect(reasonOf(pool, visit(1, 1, { expiresAt: NOW + 25 * HOUR }))).toBe('expiry-too-far')
  })

  it('gives each author its quota, and the quota back with time', () => {
    const pool = createPool({ authorQuotaPerHour: 2, authorCount: 2 })
    expect([1, 2, 3].map((serial) => reasonOf(pool, visit(serial)))).toEqual([
      'admitted',
      'admitted',
      'author-quota',
    ])
    expect(reasonOf(pool, visit(4, 2))).toBe('admitted')
    const later = NOW + HOUR / 2
    expect(reasonOf(pool, visit(3, 1, { expiresAt: later + HOUR }), OPEN, later)).toBe('admitted')
    // A clock that is set back gives nothing.
    expect(reasonOf(pool, visit(5, 1), OPEN, NOW - HOUR / 2)).toBe('author-quota')
  })

  it('keeps a part of the pool for each hospital', () => {
    const pool = createPool({ byteMax: 8 * BODY, authorCount: 4 })
    expect([1, 2, 3].map((serial) => reasonOf(pool, visit(serial)))).toEqual([
      'admitted',
      'admitted',
      'author-share',
    ])
    for (const by of [2, 3, 4])
      for (const serial of [1, 2]) expect(reasonOf(pool, visit(serial, by))).toBe('admitted')
  })

  it('lets the author that holds most give up its newest, and takes nothing from others for a visit that stays out', () => {
    const pool = createPool({ byteMax: 4 * BODY, authorCount: 1 })
    for (const serial of [1, 2, 3, 4]) admit(pool, visit(serial), NOW, OPEN)
    const admission = admit(pool, visit(1, 2), NOW, OPEN)
    expect(admission).toMatchObject({ kind: 'admitted' })
    expect(serials(admission.kind === 'admitted' ? admission.evicted : [])).toEqual(['1.4'])
    expect(reasonOf(pool, visit(9))).toBe('pool-full')
    admit(pool, visit(2, 2), NOW, OPEN)
    expect(reasonOf(pool, visit(3, 2))).toBe('pool-full')
    expect(poolSize(pool)).toMatchObject({ visitCount: 4, byteCount: 4 * BODY })
  })

  it('forgets what has expired', () => {
    const pool = createPool()
    admit(pool, visit(1), NOW, OPEN)
    expect(removeExpired(pool, NOW + HOUR)).toHaveLength(1)
    expect(poolSize(pool)).toEqual({ visitCount: 0, byteCount: 0, oldestAt: null })
  })
})

describe('what goes into a segment', () => {
  it('is fair: an import of thousands does not keep one visit waiting', () => {
    const pool = createPool()
    for (let serial = 1; serial <= 2_000; serial++) admit(pool, visit(serial, 1), NOW, OPEN)
    admit(pool, visit(1, 2), NOW, OPEN)
    const room = { visitsMax: 100, bytesMax: 1_048_576 }
    const first = serials(pickVisits(pool, room, NOW))
    expect(first).toHaveLength(100)
    expect(first).toContain('2.1')
    expect(first.filter((each) => each.startsWith('1.')).slice(0, 3)).toEqual(['1.1', '1.2', '1.3'])
  })

  it('stays within count and bytes, and leaves everything in the pool until it is final', () => {
    const pool = createPool()
    for (let serial = 1; serial <= 50; serial++) admit(pool, visit(serial, serial % 3), NOW, OPEN)
    expect(pickVisits(pool, { visitsMax: 7, bytesMax: 1e9 }, NOW)).toHaveLength(7)
    expect(pickVisits(pool, { visitsMax: 1e9, bytesMax: 10 * BODY + 1 }, NOW)).toHaveLength(10)
    const all = pickVisits(pool, { visitsMax: 1e9, bytesMax: 1e9 }, NOW)
    expect(new Set(serials(all)).size).toBe(50)
    expect(poolSize(pool).visitCount).toBe(50)
  })

  it('serves hospitals in turn when a segment holds one visit', () => {
    const pool = createPool()
    for (const by of [1, 2, 3]) for (const serial of [1, 2]) admit(pool, visit(serial, by), NOW, OPEN)
    const authors = Array.from({ length: 3 }, () => {
      const [only] = pickVisits(pool, { visitsMax: 1, bytesMax: 1e9 }, NOW)
      removeFinal(pool, [only!.candidate.merkleRoot])
      return only!.author[0]
    })
    expect([...authors].sort((a, b) => a! - b!)).toEqual([1, 2, 3])
  })

  it('is cut at once when nothing else is under way, and waits at most 20 ms for company', () => {
    const room = { visitsMax: 10, bytesMax: 1_000 }
    const facts = { visitCount: 1, byteCount: 10, oldestAgeMs: 5, underWayCount: 3 }
    expect(cutDecision({ ...facts, visitCount: 0 }, room)).toEqual({ kind: 'empty' })
    expect(cutDecision({ ...facts, underWayCount: 0 }, room)).toEqual({ kind: 'cut' })
    expect(cutDecision(facts, room)).toEqual({ kind: 'wait', ms: 15 })
    expect(cutDecision({ ...facts, oldestAgeMs: 20 }, room)).toEqual({ kind: 'cut' })
    expect(cutDecision({ ...facts, visitCount: 10 }, room)).toEqual({ kind: 'cut' })
    expect(cutDecision({ ...facts, byteCount: 1_000 }, room)).toEqual({ kind: 'cut' })
  })
})
