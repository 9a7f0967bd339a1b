/**
 * The audit of this institution on its own disk: entries in order, each hanging on the one before, sealed, and nothing is
 * ever taken away or written over. Several that come together share one synced write; whoever notes something is answered
 * when it would survive a power cut.
 */
import { encode, tryDecode, type Cbor } from '../node/chain/codec.ts'
import { isBytes, isCount } from '../node/chain/ids.ts'
import { NONCE_BYTES, type Random } from '../node/crypto/crypto.ts'
import {
  auditEntryKey,
  auditHeadKey,
  auditReasonKey,
  keyTail,
  rangeOf,
  readU64,
} from '../node/storage/buckets.ts'
import { del, put, type Store, type Write } from '../node/storage/store.ts'
import { checkedValue, readCheckedValue } from '../node/storage/value.ts'
import type { EpochKey } from '../node/vault/institution-keys.ts'
import { newestEpoch } from '../node/vault/institution-keys.ts'
import { concatBytes, equalBytes, type Bytes } from '../../shared/std/bytes.ts'
import type { AuditedCall } from '../services/audit-port.ts'
import {
  entryHash,
  NOTHING_BEFORE,
  openEntry,
  openReason,
  sealedFromBytes,
  sealedToBytes,
  sealEntry,
  sealReason,
  type AuditContent,
  type AuditContext,
  type SealedEntry,
} from './audit-entry.ts'

/** How far the audit goes, and what only its own store can say of itself. */
export interface AuditHead {
  readonly count: number
  readonly hash: Bytes
  readonly at: number
  /** Of the store that it was written in: another one is a copy that was restored. */
  readonly instanceId: Bytes
  /** Newest list of people that was seen. */
  readonly peopleRevision: number
  /** How often time began anew because a clock had been days ahead: where it never did, times are in order. */
  readonly clockResets: number
}

export interface StoredEntry {
  readonly sequence: number
  /** Null where the bytes are none of an entry. */
  readonly sealed: SealedEntry | null
  /** Null where it was changed, or the key is not here. */
  readonly content: AuditContent | null
}

export interface AuditLog {
  readonly context: AuditContext
  readonly head: AuditHead
  /** Something was found at the opening that an entry should tell of. */
  readonly foundAtOpening: 'nothing' | 'cut' | 'head-missing'
  /** False once a write failed: nothing can be noted until the store is opened anew. */
  readonly isWriting: boolean
  /** Durable when it resolves. @throws {StorageFailure} */
  append(call: AuditedCall): Promise<void>
  /** Entries that the chain knows of and that are not here: the next one comes behind them. */
  skipTo(count: number): void
  notePeople(revision: number): void
  /** In order, half-open, over one snapshot; backward where asked. */
  scan(from: number, to: number, isReverse?: boolean): AsyncIterable<StoredEntry>
  /** The reason that belongs to an entry; `erased` where its row is gone, `changed` where it is another text. */
  reasonOf(
    sequence: number,
    reasonHash: Bytes,
  ): Promise<{ kind: 'text'; text: string } | { kind: 'erased' | 'changed' }>
  /** Destroys the reasons of these entries; the entries stay. */
  forgetReasons(sequences: readonly number[]): Promise<void>
  close(): Promise<void>
}

export interface AuditLogOptions {
  readonly store: Store
  readonly context: AuditContext
  readonly random: Random
  readonly now: () => number
  readonly keys: () => readonly EpochKey[]
  readonly instanceId: Bytes
}

/** Entries of one synced write. */
const AT_ONCE_MAX = 500
const ID_LIKE = /^[\w.+:-]{1,300}$/
const REASON_MAX = 500
const RESET_MS = 24 * 3_600_000

export async function openAuditLog(options: AuditLogOptions): Promise<AuditLog> {
  const { store, context, random, now, keys } = options
  const saved = await loadHead(options)
  const last = await lastEntry(store)
  let head: AuditHead
  let foundAtOpening: AuditLog['foundAtOpening'] = 'nothing'
  if (saved === null) {
    if (last !== null) foundAtOpening = 'head-missing'
    head = {
      count: last?.sequence ?? 0,
      hash: hashOfLast(context, last),
      at: 0,
      instanceId: options.instanceId,
      peopleRevision: 0,
      // Nobody knows any more.
      clockResets: last === null ? 0 : 1,
    }
  } else {
    if ((last?.sequence ?? 0) < saved.count) foundAtOpening = 'cut'
    head = saved
  }

  interface Waiting {
    readonly call: AuditedCall
    readonly at: number
    resolve(): void
    reject(error: unknown): void
  }
  let waiting: Waiting[] = []
  let running: Promise<void> | null = null
  let failure: { error: unknown } | null = null
  /** What the chain has anchored beyond what is here. */
  let skippedTo = 0

  function nudge(): void {
    running ??= flush().finally(() => {
      running = null
      if (waiting.length > 0) nudge()
    })
  }

  async function flush(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, AT_ONCE_MAX)
      waiting = waiting.slice(AT_ONCE_MAX)
      const writes: Write[] = []
      let next = head
      const key = newestEpoch(keys())
      for (const { call, at } of batch) next = stage(writes, next, key, call, at)
      writes.push(headWrite(options, key, next))
      try {
        if (failure !== null) throw failure.error
        await store.commit(writes)
        head = { ...next, peopleRevision: Math.max(next.peopleRevision, head.peopleRevision) }
        for (const each of batch) each.resolve()
      } catch (error) {
        // A failed write is final for the store, and a gap must never be bridged in silence.
        failure = { error }
        for (const each of [...batch, ...waiting.splice(0)]) each.reject(error)
      }
    }
  }

  function stage(
    writes: Write[],
    before: AuditHead,
    key: EpochKey,
    call: AuditedCall,
    clock: number,
  ): AuditHead {
    const sequence = Math.max(before.count, skippedTo) + 1
    // A clock that was days ahead must not date everything that follows; a step of an hour is bridged.
    const isReset = before.at - clock > RESET_MS
    const at = isReset ? clock : Math.max(clock, before.at)
    const clockResets = before.clockResets + (isReset ? 1 : 0)
    const reason = call.basis?.reason?.normalize('NFC').replaceAll('\0', '').slice(0, REASON_MAX)
    let reasonHash: Bytes | null = null
    if (reason !== undefined && reason !== '') {
      const sealed = sealReason(context, random, sequence, key, reason)
      reasonHash = sealed.reasonHash
      const rowKey = auditReasonKey(sequence)
      writes.push(put(rowKey, checkedValue(rowKey, sealed.bytes)))
    }
    const sealed = sealEntry(context, random, sequence, before.hash, key, {
      at,
      clockBehindMs: Math.max(0, before.at - clock),
      person: call.person?.userKeyId ?? null,
      roles: call.person?.roles ?? [],
      operation: call.operation,
      act: call.act,
      outcome: call.outcome,
      code: call.code,
      subject: Object.entries(call.subject).flatMap(([name, value]) => {
        // Ids and codes only, whoever made the call: no caller writes text of its own into the audit.
        const isPlain = typeof value === 'number' ? Number.isSafeInteger(value) : ID_LIKE.test(value)
        return isPlain ? [[name, value] as const] : []
      }),
      basis: call.basis === undefined ? null : { kind: call.basis.kind, reasonHash },
    })
    const entryKey = auditEntryKey(sequence)
    writes.push(put(entryKey, checkedValue(entryKey, sealedToBytes(sealed))))
    return {
      ...before,
      count: sequence,
      hash: entryHash(context, sequence, sealed),
      at,
      instanceId: options.instanceId,
      clockResets,
    }
  }

  return {
    context,
    get head() {
      return head
    },
    foundAtOpening,
    get isWriting() {
      return failure === null
    },
    append(call) {
      if (failure !== null) return Promise.reject(failure.error as Error)
      return new Promise((resolve, reject) => {
        waiting.push({ call, at: now(), resolve, reject })
        nudge()
      })
    },
    skipTo(count) {
      skippedTo = Math.max(skippedTo, count)
    },
    notePeople(revision) {
      head = { ...head, peopleRevision: Math.max(head.peopleRevision, revision) }
    },
    async *scan(from, to, isReverse = false) {
      const range = { from: auditEntryKey(from), to: auditEntryKey(to), reverse: isReverse }
      for await (const { key, value } of store.scan(range)) {
        const sequence = readU64(keyTail('t/e', key))
        const read = readCheckedValue(key, value)
        const sealed = read.kind === 'ok' ? sealedFromBytes(read.content) : null
        yield { sequence, sealed, content: sealed && openEntry(context, sequence, sealed, keys()) }
      }
    },
    async reasonOf(sequence, reasonHash) {
      const key = auditReasonKey(sequence)
      const value = await store.get(key)
      if (value === null) return { kind: 'erased' }
      const read = readCheckedValue(key, value)
      const text = read.kind === 'ok' ? openReason(context, sequence, read.content, keys(), reasonHash) : null
      return text === null ? { kind: 'changed' } : { kind: 'text', text }
    },
    async forgetReasons(sequences) {
      if (sequences.length === 0) return
      await store.commit(sequences.map((sequence) => del(auditReasonKey(sequence))))
      await store.purge(rangeOf('t/r'))
    },
    async close() {
      while (running !== null) await running
    },
  }
}

/** Of the key that the newest entry was sealed under: 0 where there is none. */
export const newestEpochIn = async (store: Store): Promise<number> =>
  (await lastEntry(store))?.sealed?.epoch ?? 0

async function lastEntry(store: Store): Promise<{ sequence: number; sealed: SealedEntry | null } | null> {
  for await (const { key, value } of store.scan({ ...rangeOf('t/e'), reverse: true, limit: 1 })) {
    const read = readCheckedValue(key, value)
    return {
      sequence: readU64(keyTail('t/e', key)),
      sealed: read.kind === 'ok' ? sealedFromBytes(read.content) : null,
    }
  }
  return null
}

function hashOfLast(context: AuditContext, last: Awaited<ReturnType<typeof lastEntry>>): Bytes {
  return last?.sealed == null ? NOTHING_BEFORE : entryHash(context, last.sequence, last.sealed)
}

/* ---------- the head, sealed so that nobody without the key shortens the audit ---------- */

function headWrite({ context, random }: AuditLogOptions, { epoch, key }: EpochKey, head: AuditHead): Write {
  const { count, hash, at, instanceId, peopleRevision, clockResets } = head
  const nonce = random(NONCE_BYTES)
  const content = encode([count, hash, at, instanceId, peopleRevision, clockResets])
  const sealed = context.crypto.sealGcm(key, nonce, headAad(context, epoch), content)
  const rowKey = auditHeadKey()
  return put(rowKey, checkedValue(rowKey, encode([epoch, concatBytes(nonce, sealed)])))
}

/** Null where there is none, or it is not ours. */
async function loadHead({ store, context, keys }: AuditLogOptions): Promise<AuditHead | null> {
  const rowKey = auditHeadKey()
  const value = await store.get(rowKey)
  const read = value === null ? null : readCheckedValue(rowKey, value)
  const slots = read?.kind === 'ok' ? tryDecode(read.content) : undefined
  if (!Array.isArray(slots) || slots.length !== 2) return null
  const [epoch, box] = slots as Cbor[]
  const key = keys().find((each) => each.epoch === epoch)?.key
  if (key === undefined || !isCount(epoch) || !(box instanceof Uint8Array)) return null
  const nonce = box.subarray(0, NONCE_BYTES)
  const opened = context.crypto.openGcm(key, nonce, headAad(context, epoch), box.subarray(NONCE_BYTES))
  const content = opened === null ? undefined : tryDecode(opened)
  if (!Array.isArray(content) || content.length !== 6) return null
  const [count, hash, at, instanceId, peopleRevision, clockResets] = content as Cbor[]
  if (!isCount(count) || !isBytes(hash, 32) || !isCount(at)) return null
  if (!(instanceId instanceof Uint8Array) || !isCount(peopleRevision)) return null
  if (!isCount(clockResets)) return null
  return { count, hash, at, instanceId, peopleRevision, clockResets }
}

const headAad = ({ chainId, memberId }: AuditContext, epoch: number): Bytes =>
  encode([chainId, memberId, 'head', epoch])

export const isSameStore = (head: AuditHead, instanceId: Bytes): boolean =>
  equalBytes(head.instanceId, instanceId)
