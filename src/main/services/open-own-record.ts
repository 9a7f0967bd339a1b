/** Opening a record for the person at the desk: by the custodian scope, with keys of the session only. */
import type { VisitRecord } from '../../shared/domain/visit.ts'
import { fromHex, toHex, type Bytes } from '../../shared/std/bytes.ts'
import { createBatchCache } from '../node/chain/author.ts'
import { decodeHead } from '../node/chain/block.ts'
import type { MemberId } from '../node/chain/ids.ts'
import { decodeKeyRow } from '../node/chain/key-box.ts'
import type { Field, RecordCommitments } from '../node/chain/record.ts'
import { visitOfFields } from '../node/chain/visit-fields.ts'
import { openRecord, type OpeningKeys } from '../node/check-records.ts'
import type { ChainNode } from '../node/node.ts'
import { erasedKey } from '../node/storage/buckets.ts'
import { readBlock, readPlace, type Place } from '../node/storage/chain-store.ts'
import { tellDamage } from '../node/storage/damage.ts'
import { readRows } from '../node/storage/key-box-store.ts'
import type { Crypto } from '../node/crypto/crypto.ts'
import type { Ledger } from '../node/ledger.ts'
import type { Outbox } from '../node/outbox/outbox.ts'
import type { ReadableStore } from '../node/storage/store.ts'
import type { SessionKeys } from '../node/vault/institution-keys.ts'
import { ownVisitBySequence } from '../patients/own-visits.ts'
import { nameSubject } from './audit-subject.ts'

export interface OwnRecord {
  readonly kind: 'record'
  readonly record: VisitRecord
  readonly fields: readonly Field[]
  readonly authorId: MemberId
  readonly place: Place
  readonly commitments: RecordCommitments
  /** To be forgotten by whoever asked to keep it; zeroed otherwise. */
  readonly dataKey: Bytes | null
}

export type OpenedOwnRecord =
  OwnRecord | { kind: 'sealed'; reason: 'no-key' | 'erased' | 'locked' | 'unknown' | 'damaged' }

export interface OpeningDesk {
  readonly store: ReadableStore
  readonly ledger: Ledger
  readonly outbox: Outbox | null
  readonly crypto: Crypto
  /** Null while the session is locked. */
  readonly keys: SessionKeys | null
}

// A batch of a thousand visits has one signature: once found good it need not be checked a thousand times.
const cache = createBatchCache()

/** @param isKeyKept gives the data key too, for Merkle paths */
export async function openOwnRecord(
  desk: OpeningDesk,
  root: Bytes,
  isKeyKept = false,
): Promise<OpenedOwnRecord> {
  const place = await readPlace(desk.store, root)
  if (place === null) return { kind: 'sealed', reason: 'unknown' }
  if (desk.keys === null) return { kind: 'sealed', reason: 'locked' }
  const found = await bodyAt(desk, root, place)
  if (found === null) return { kind: 'sealed', reason: 'damaged' }
  const damaged = (): OpenedOwnRecord => {
    const { index } = found.place
    if (index !== null) tellDamage(desk.store, { kind: 'block', index })
    return { kind: 'sealed', reason: 'damaged' }
  }
  const rows = await readRows(desk.store, root)
  if (rows.length === 0) {
    const isErased = (await desk.store.get(erasedKey(root))) !== null
    return { kind: 'sealed', reason: isErased ? 'erased' : 'no-key' }
  }
  const row = rows.find((each) => each.kind === 'ok' && decodeKeyRow(each.row)?.scope === 'custodian')
  if (row?.kind !== 'ok') return { kind: 'sealed', reason: 'no-key' }
  const opening: OpeningKeys = {
    chainId: desk.ledger.chainId,
    scope: 'custodian',
    epochs: desk.keys.custodianEpochs,
    authorKeys: desk.ledger.authorKeys(),
    authorKeysEver: await desk.ledger.authorKeysEver(),
  }
  const opened = openRecord(
    desk.crypto,
    opening,
    { ...found.commitments, body: found.body, row: row.row },
    cache,
  )
  if (opened.kind === 'refused')
    return opened.reason === 'row-unknown-epoch' ? { kind: 'sealed', reason: 'no-key' } : damaged()
  const visit = visitOfFields(opened.fields)
  if (!isKeyKept) desk.crypto.forget(opened.dataKey)
  if (visit.kind === 'refused') return { kind: 'sealed', reason: 'damaged' }
  return {
    kind: 'record',
    record: visit.record,
    fields: opened.fields,
    authorId: opened.author.memberId,
    place: found.place,
    commitments: found.commitments,
    dataKey: isKeyKept ? opened.dataKey : null,
  }
}

interface FoundBody {
  readonly commitments: RecordCommitments
  readonly body: Bytes
  readonly place: Place
}

async function bodyAt({ store, outbox }: OpeningDesk, root: Bytes, place: Place): Promise<FoundBody | null> {
  if (place.index !== null) return bodyInChain(store, place)
  const queued = outbox?.get(toHex(root)) ?? null
  const body = queued === null ? null : ((await outbox!.bodiesIfThere([queued]))[0] ?? null)
  if (queued !== null && body !== null) return { commitments: queued, body, place }
  // It became final between the looks: the write that takes a visit out of the outbox puts it into the chain.
  const now = await readPlace(store, root)
  return now === null || now.index === null ? null : bodyInChain(store, now)
}

async function bodyInChain(store: ReadableStore, place: Place): Promise<FoundBody | null> {
  const block = await readBlock(store, place.index!)
  const head = block.kind === 'ok' ? decodeHead(block.value.head) : null
  return head === null || block.kind !== 'ok' ? null : { commitments: head, body: block.value.body, place }
}

/** Tells the audit whose record it was: other hospitals' patients have no entry here. */
export async function namePatientOf(
  store: ReadableStore,
  keys: SessionKeys | null,
  { place }: OwnRecord,
): Promise<void> {
  if (keys !== null && place.sequence !== null) await namePatientAt(store, keys, place.sequence)
}

export async function namePatientAt(
  store: ReadableStore,
  keys: SessionKeys,
  sequence: number,
): Promise<void> {
  const own = await ownVisitBySequence(store, keys.patientIndex, sequence)
  if (own !== null) nameSubject({ patientId: own.patientId })
}

export function openingDesk(node: ChainNode, crypto: Crypto, keys: SessionKeys | null): OpeningDesk {
  return { store: node.store, ledger: node.ledger, outbox: node.outbox, crypto, keys }
}

export const rootOf = (merkleRoot: string): Bytes | null =>
  /^[0-9a-f]{64}$/.test(merkleRoot) ? fromHex(merkleRoot) : null
