/** An audit log in memory, and what an attacker with the disk, with and without its key, does to it. */
import { crypto, seededRandom } from '../node/chain/consortium.test-kit.ts'
import type { ChainId, MemberId } from '../node/chain/ids.ts'
import { auditEntryKey, auditHeadKey, rangeOf } from '../node/storage/buckets.ts'
import { createMemoryStore, type MemoryStore } from '../node/storage/memory.ts'
import { del, put } from '../node/storage/store.ts'
import { checkedValue, readCheckedValue } from '../node/storage/value.ts'
import type { AuditedCall } from '../services/audit-port.ts'
import type { Bytes } from '../../shared/std/bytes.ts'
import type { Anchor } from './anchors.ts'
import { openEntry, sealedFromBytes, sealedToBytes, sealEntry } from './audit-entry.ts'
import { openAuditLog, type AuditLog } from './audit-log.ts'

export const START = Date.UTC(2026, 4, 3, 9, 0)
const random = seededRandom('audit')
const key = { epoch: 1, key: random(32) }
const context = {
  crypto,
  chainId: random(32) as Uint8Array as ChainId,
  memberId: random(16) as Uint8Array as MemberId,
}
const instanceId = random(16)

export const callOf = (patientId: string, over: Partial<AuditedCall> = {}): AuditedCall => ({
  operation: 'patients.get',
  act: 'opening',
  outcome: 'done',
  code: null,
  person: { userKeyId: 'ada', roles: ['clerk'] },
  subject: { patientId },
  ...over,
})

export interface Kit {
  store: MemoryStore
  log: AuditLog
  clock: { now: number }
  /** Appends so many entries, a second apart. */
  fill(count: number): Promise<void>
  /** What the chain would say now. */
  anchor(height: number): Anchor
  /** Another process opens the same store. */
  again(store?: MemoryStore): Promise<Kit>
  /** The value of an entry with its bytes changed, and the checksum of the store made right again. */
  edit(sequence: number, change: (content: Bytes) => Bytes): Promise<void>
  /** Sealed anew in its place, as whoever holds the key can: it opens, and says something else. */
  forge(sequence: number): Promise<void>
  remove(sequence: number): Promise<void>
  swap(a: number, b: number): Promise<void>
  /** The end is cut, and whatever the store itself says of it too. */
  cut(after: number, withHead: boolean): Promise<void>
  rows(): Promise<Bytes[]>
}

export async function auditKit(store = createMemoryStore(), clock = { now: START }): Promise<Kit> {
  const log = await openAuditLog({
    store,
    context,
    random,
    now: () => clock.now,
    keys: () => [key],
    instanceId,
  })
  const contentOf = async (sequence: number): Promise<Bytes> => {
    const at = auditEntryKey(sequence)
    const read = readCheckedValue(at, (await store.get(at))!)
    if (read.kind !== 'ok') throw new Error('not there')
    return read.content.slice()
  }
  const write = (sequence: number, content: Bytes) => {
    const at = auditEntryKey(sequence)
    return store.commit([put(at, checkedValue(at, content))])
  }
  return {
    store,
    log,
    clock,
    async fill(count) {
      for (let i = 0; i < count; i++) {
        clock.now += 1_000
        await log.append(callOf(`p${i % 7}`))
      }
    },
    anchor: (height) => ({ height, time: clock.now, count: log.head.count, hash: log.head.hash }),
    again: (from = store) => auditKit(from, clock),
    edit: async (sequence, change) => write(sequence, change(await contentOf(sequence))),
    async forge(sequence) {
      const sealed = sealedFromBytes(await contentOf(sequence))!
      const content = openEntry(context, sequence, sealed, [key])!
      const other = sealEntry(context, random, sequence, sealed.previous, key, { ...content, person: 'bo' })
      await write(sequence, sealedToBytes(other))
    },
    remove: (sequence) => store.commit([del(auditEntryKey(sequence))]),
    async swap(a, b) {
      const [first, second] = [await contentOf(a), await contentOf(b)]
      await write(a, second)
      await write(b, first)
    },
    async cut(after, withHead) {
      for await (const { key: at } of store.scan({ from: auditEntryKey(after + 1), to: rangeOf('t/e').to! }))
        await store.commit([del(at)])
      if (withHead) await store.commit([del(auditHeadKey())])
    },
    async rows() {
      const rows: Bytes[] = []
      for (const bucket of ['t/e', 't/r', 't/h'] as const)
        for await (const { value } of store.scan(rangeOf(bucket))) rows.push(value)
      return rows
    },
  }
}

/** Flips a bit in the middle. */
export const flipped = (content: Bytes): Bytes => {
  const changed = content.slice()
  changed[content.length >> 1]! ^= 1
  return changed
}
