/**
 * What a vote means (DESIGN 3): every record was opened through the gateway scope and its structure checked. The pure
 * part; `workers/check.worker.ts` runs it beside the main thread.
 */
import { equalBytes, toHex, type Bytes } from '../../shared/std/bytes.ts'
import { saidIn, type Said } from './access/said.ts'
import type { AuthorKeyOf, AuthorRefusal, BatchCache } from './chain/author.ts'
import type { ChainId, MemberId } from './chain/ids.ts'
import { decodeKeyRow, unwrapRow } from './chain/key-box.ts'
import {
  openBody,
  type OpenedBody,
  type OpenRefusal,
  type OpenResult,
  type RecordCommitments,
} from './chain/record.ts'
import { visitOfFields, type VisitRefusal } from './chain/visit-fields.ts'
import type { Crypto } from './crypto/crypto.ts'
import type { EpochKey } from './vault/institution-keys.ts'

export interface RecordToCheck extends RecordCommitments {
  readonly body: Bytes
  /** The encoded row of the gateway scope, or null when there is none. */
  readonly row: Bytes | null
}

export type RecordRefusal =
  | 'row-missing'
  | 'row-malformed'
  | 'row-other-record'
  | 'row-unknown-epoch'
  | 'row-other-suite'
  | 'row-tag'
  | 'row-commitment'
  /** It names another hospital as the one that keeps it than the one that signed. */
  | 'facility'
  | OpenRefusal
  | AuthorRefusal
  | VisitRefusal

export type RecordVerdict =
  /** `author`: the member that wrote it. `said`: for the index of patients, which need not open it again. */
  { kind: 'opened'; author: MemberId; said?: Said | null } | { kind: 'refused'; reason: RecordRefusal }

/**
 * Whether a refusal is about the row that came with a body, not about the record: nothing binds a row to a block, so
 * another member may hold a right one.
 */
export function isAboutRow(reason: RecordRefusal): boolean {
  return reason.startsWith('row-')
}

/** Keys that open rows, and who may have written a record. */
export interface OpeningKeys {
  readonly chainId: ChainId
  readonly scope: 'custodian' | 'gateway'
  readonly epochs: readonly EpochKey[]
  /** Author key of each hospital, by member id in hex. */
  readonly authorKeys: ReadonlyMap<string, Bytes>
  /**
   * For records that are final: who signed them was judged when they were decided, under the keys of that height. Every
   * key that a member ever had, by member id in hex.
   */
  readonly authorKeysEver?: ReadonlyMap<string, readonly Bytes[]>
}

export type OpenedRecord = (OpenedBody & { dataKey: Bytes }) | { kind: 'refused'; reason: RecordRefusal }

/** Opens one record by its row. The data key in the answer must be forgotten by whoever asked. */
export function openRecord(
  crypto: Crypto,
  keys: OpeningKeys,
  record: RecordToCheck,
  cache: BatchCache | null,
): OpenedRecord {
  if (record.row === null) return { kind: 'refused', reason: 'row-missing' }
  const row = decodeKeyRow(record.row)
  if (row === null) return { kind: 'refused', reason: 'row-malformed' }
  if (!equalBytes(row.merkleRoot, record.merkleRoot) || row.scope !== keys.scope)
    return { kind: 'refused', reason: 'row-other-record' }
  const epochKey = keys.epochs.find(({ epoch }) => epoch === row.epoch)?.key
  if (epochKey === undefined) return { kind: 'refused', reason: 'row-unknown-epoch' }
  const unwrapped = unwrapRow(crypto, keys.chainId, row, { suite: 1, epochKey }, record.keyCommitment)
  if (unwrapped.kind === 'refused') return unwrapped
  return openWithKey(crypto, keys, record, unwrapped.dataKey, cache)
}

/** Opens one record by its data key, which is forgotten where that is refused, and belongs to whoever asked otherwise. */
export function openWithKey(
  crypto: Crypto,
  keys: Pick<OpeningKeys, 'chainId' | 'authorKeys' | 'authorKeysEver'>,
  record: RecordCommitments & { readonly body: Bytes },
  dataKey: Bytes,
  cache: BatchCache | null,
): OpenedRecord {
  const open = (authorKeyOf: AuthorKeyOf) =>
    openBody(crypto, keys.chainId, record, record.body, dataKey, authorKeyOf, cache)
  let opened = open((memberId) => keys.authorKeys.get(toHex(memberId)) ?? null)
  // One after the other, as long as it is the author that does not fit: members change their keys seldom.
  for (let earlier = 0; isAboutAuthor(opened) && earlier < mostKeys(keys); earlier++)
    opened = open((memberId) => keys.authorKeysEver?.get(toHex(memberId))?.at(-1 - earlier) ?? null)
  if (opened.kind === 'refused') {
    crypto.forget(dataKey)
    return opened
  }
  return { ...opened, dataKey }
}

function isAboutAuthor(opened: OpenResult): boolean {
  return opened.kind === 'refused' && opened.reason.startsWith('author-')
}

function mostKeys({ authorKeysEver }: Pick<OpeningKeys, 'authorKeysEver'>): number {
  return Math.max(0, ...[...(authorKeysEver?.values() ?? [])].map((keys) => keys.length))
}

/** The whole check of one record before a vote. */
export function checkRecord(
  crypto: Crypto,
  keys: OpeningKeys,
  record: RecordToCheck,
  cache: BatchCache | null,
): RecordVerdict {
  const opened = openRecord(crypto, keys, record, cache)
  if (opened.kind === 'refused') return opened
  crypto.forget(opened.dataKey)
  const visit = visitOfFields(opened.fields)
  if (visit.kind === 'refused') return { kind: 'refused', reason: visit.reason }
  const { memberId } = opened.author
  return visit.record.encounter.facility === toHex(memberId)
    ? { kind: 'opened', author: memberId, said: saidIn(opened.fields, memberId) }
    : { kind: 'refused', reason: 'facility' }
}

/** How the node asks for the check, wherever it runs. */
export interface RecordChecker {
  /** Verdicts in the order of the records. */
  check(keys: OpeningKeys, records: readonly RecordToCheck[]): Promise<RecordVerdict[]>
  close(): Promise<void>
}

/** The same check, which tells `note` what was said in records that are good. */
export function notingChecker(
  checker: RecordChecker,
  note: (merkleRoot: Bytes, said: Said) => void,
): RecordChecker {
  return {
    async check(keys, records) {
      const verdicts = await checker.check(keys, records)
      for (const [i, verdict] of verdicts.entries())
        if (verdict.kind === 'opened' && verdict.said != null) note(records[i]!.merkleRoot, verdict.said)
      return verdicts
    },
    close: () => checker.close(),
  }
}
