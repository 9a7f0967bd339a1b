/**
 * What this institution has accepted and the chain has not decided yet. A visit is in here, on disk and synced, before
 * its clerk reads "queued"; it leaves in the same atomic write that makes it final. So a crash at any moment leaves it
 * in exactly one of the two places.
 */
import { toHex, type Bytes } from '../../../shared/std/bytes.ts'
import { encode, tryDecode } from '../chain/codec.ts'
import type { MerkleRoot } from '../chain/ids.ts'
import { bodyBytesOf } from '../chain/record.ts'
import type { SizeClass } from '../chain/limits.ts'
import { keyTail, outboxKey, rangeOf, readU64 } from '../storage/buckets.ts'
import { placeWrite, readPlaces } from '../storage/chain-store.ts'
import { rowWrite } from '../storage/key-box-store.ts'
import { del, put, StorageFailure, type Store, type Write } from '../storage/store.ts'
import { checkedValue, expectContent, readCheckedValue } from '../storage/value.ts'

export interface SealedVisit {
  readonly merkleRoot: MerkleRoot
  readonly keyCommitment: Bytes
  readonly bodyHash: Bytes
  readonly sizeClass: SizeClass
  readonly body: Bytes
  /** The rows of the key box that hospitals hold for it, encoded. */
  readonly rows: readonly { readonly scope: number; readonly epoch: number; readonly bytes: Bytes }[]
}

/** What is kept in memory for each waiting visit; the body stays in the store. */
export interface QueuedVisit {
  readonly sequence: number
  readonly merkleRoot: MerkleRoot
  readonly keyCommitment: Bytes
  readonly bodyHash: Bytes
  readonly sizeClass: SizeClass
  /** Milliseconds since 1970. */
  readonly submittedAt: number
}

export interface Outbox {
  readonly count: number
  /** Bytes of the bodies that wait. */
  readonly bodyBytes: number
  has(rootHex: string): boolean
  get(rootHex: string): QueuedVisit | null
  /** Numbers for the next `count` visits: the first of them. Numbers that are not used are lost, which does no harm. */
  reserve(count: number): number
  /** Adds visits `first, first + 1, …` and whatever else belongs to them, in one synced write. */
  add(visits: readonly SealedVisit[], first: number, now: number, others: readonly Write[]): Promise<void>
  /** Puts other bodies of the same records in the place of those that wait, in one synced write. */
  replace(
    visits: readonly { readonly sequence: number; readonly body: Bytes; readonly bodyHash: Bytes }[],
  ): Promise<void>
  /** The oldest visits within the bounds, leaving out those that `isTaken` names. */
  oldest(countMax: number, bytesMax: number, isTaken: (rootHex: string) => boolean): QueuedVisit[]
  /** Bodies in the order of the visits, which must still wait. @throws {StorageFailure} `corrupt` */
  bodies(visits: readonly QueuedVisit[]): Promise<Bytes[]>
  /** As `bodies`, null where a visit became final meanwhile. */
  bodiesIfThere(visits: readonly QueuedVisit[]): Promise<(Bytes | null)[]>
  /** The writes that take a visit out, to be part of what makes it final. */
  removal(rootHex: string): Write[]
  /** To be called when that write is durable. */
  remove(rootHex: string): void
  /** Takes out what a range of the chain made final just before this node ended. */
  dropFinal(): Promise<void>
}

/** Reads what waits. @throws {StorageFailure} `corrupt` */
export async function openOutbox(store: Store): Promise<Outbox> {
  const queue = new Map<string, QueuedVisit>()
  let bodyBytes = 0
  let nextSequence = 0
  for await (const { key, value } of store.scan(rangeOf('o'))) {
    const sequence = readU64(keyTail('o', key))
    const { visit } = readEntry(sequence, key, value)
    queue.set(toHex(visit.merkleRoot), visit)
    bodyBytes += bodyBytesOf(visit.sizeClass)
    nextSequence = sequence + 1
  }
  for await (const { key } of store.scan({ ...rangeOf('v'), reverse: true, limit: 1 }))
    nextSequence = Math.max(nextSequence, readU64(keyTail('v', key)) + 1)

  return {
    get count() {
      return queue.size
    },
    get bodyBytes() {
      return bodyBytes
    },
    has: (rootHex) => queue.has(rootHex),
    get: (rootHex) => queue.get(rootHex) ?? null,
    reserve(count) {
      const first = nextSequence
      nextSequence += count
      return first
    },
    async add(visits, first, now, others) {
      const entries = visits.map(({ merkleRoot, keyCommitment, bodyHash, sizeClass }, i) => ({
        sequence: first + i,
        merkleRoot,
        keyCommitment,
        bodyHash,
        sizeClass,
        submittedAt: now,
      }))
      const writes: Write[] = []
      for (const [i, { body, rows, merkleRoot }] of visits.entries()) {
        const entry = entries[i]!
        const key = outboxKey(entry.sequence)
        writes.push(put(key, checkedValue(key, entryContent(entry, body))))
        for (const { scope, epoch, bytes } of rows) writes.push(rowWrite(merkleRoot, scope, epoch, bytes))
        writes.push(placeWrite(merkleRoot, { sequence: entry.sequence, index: null }))
      }
      writes.push(...others)
      await store.commit(writes)
      for (const entry of entries) {
        queue.set(toHex(entry.merkleRoot), entry)
        bodyBytes += bodyBytesOf(entry.sizeClass)
      }
    },
    async replace(visits) {
      const bySequence = new Map([...queue].map(([root, visit]) => [visit.sequence, root]))
      const replaced = visits.flatMap(({ sequence, body, bodyHash }) => {
        const root = bySequence.get(sequence)
        const visit = root === undefined ? undefined : queue.get(root)
        // It became final meanwhile.
        return root === undefined || visit === undefined
          ? []
          : [{ root, body, visit: { ...visit, bodyHash } }]
      })
      await store.commit(
        replaced.map(({ visit, body }) => {
          const key = outboxKey(visit.sequence)
          return put(key, checkedValue(key, entryContent(visit, body)))
        }),
      )
      for (const { root, visit } of replaced) if (queue.has(root)) queue.set(root, visit)
    },
    oldest(countMax, bytesMax, isTaken) {
      const chosen: QueuedVisit[] = []
      let bytes = 0
      for (const [rootHex, visit] of queue) {
        if (chosen.length >= countMax) break
        if (isTaken(rootHex)) continue
        bytes += bodyBytesOf(visit.sizeClass)
        // One visit always fits, or a bound below its size would keep it here for ever.
        if (bytes > bytesMax && chosen.length > 0) break
        chosen.push(visit)
      }
      return chosen
    },
    async bodies(visits) {
      const keys = visits.map(({ sequence }) => outboxKey(sequence))
      const values = await store.getMany(keys)
      return values.map((value, i) => {
        const key = keys[i]!
        if (value === null)
          throw new StorageFailure({ code: 'corrupt', path: 'outbox', bucket: 'o', key: toHex(key) })
        return readEntry(visits[i]!.sequence, key, value).body
      })
    },
    async bodiesIfThere(visits) {
      const keys = visits.map(({ sequence }) => outboxKey(sequence))
      return (await store.getMany(keys)).map((value, i) =>
        value === null ? null : readEntry(visits[i]!.sequence, keys[i]!, value).body,
      )
    },
    removal(rootHex) {
      const visit = queue.get(rootHex)
      return visit === undefined ? [] : [del(outboxKey(visit.sequence))]
    },
    remove,
    async dropFinal() {
      const visits = [...queue.values()]
      const roots = visits.map(({ merkleRoot }) => merkleRoot)
      const places = await readPlaces(store, roots)
      const final = visits.filter((_, i) => places[i]?.index != null)
      if (final.length === 0) return
      await store.commit(final.map(({ sequence }) => del(outboxKey(sequence))))
      for (const { merkleRoot } of final) remove(toHex(merkleRoot))
    },
  }

  function remove(rootHex: string): void {
    const visit = queue.get(rootHex)
    if (visit === undefined) return
    queue.delete(rootHex)
    bodyBytes -= bodyBytesOf(visit.sizeClass)
  }
}

function entryContent(visit: QueuedVisit, body: Bytes): Bytes {
  const { merkleRoot, keyCommitment, bodyHash, sizeClass, submittedAt } = visit
  return encode([merkleRoot, keyCommitment, bodyHash, sizeClass, submittedAt, body])
}

function readEntry(sequence: number, key: Bytes, value: Bytes): { visit: QueuedVisit; body: Bytes } {
  const slots = tryDecode(expectContent(readCheckedValue(key, value), key))
  if (!Array.isArray(slots) || slots.length !== 6)
    throw new StorageFailure({ code: 'corrupt', path: 'outbox', bucket: 'o', key: toHex(key) })
  const [merkleRoot, keyCommitment, bodyHash, sizeClass, submittedAt, body] = slots as [
    MerkleRoot,
    Bytes,
    Bytes,
    SizeClass,
    number,
    Bytes,
  ]
  return { visit: { sequence, merkleRoot, keyCommitment, bodyHash, sizeClass, submittedAt }, body }
}
