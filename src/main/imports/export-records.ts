/** Every record of this hospital that it can open, newest version of each visit, patient by patient, to files. */
import type { VisitRecord } from '../../shared/domain/visit.ts'
import { fromHex, toHex } from '../../shared/std/bytes.ts'
import { Failure } from '../../shared/std/failure.ts'
import { authorToCbor, createBatchCache, type Author } from '../node/chain/author.ts'
import { decodeHead } from '../node/chain/block.ts'
import { encode } from '../node/chain/codec.ts'
import { decodeKeyRow } from '../node/chain/key-box.ts'
import { visitOfFields } from '../node/chain/visit-fields.ts'
import { openRecord, type OpeningKeys } from '../node/check-records.ts'
import type { Crypto } from '../node/crypto/crypto.ts'
import { readBlock, readPlace } from '../node/storage/chain-store.ts'
import { readRows } from '../node/storage/key-box-store.ts'
import type { ReadableStore } from '../node/storage/store.ts'
import { loadNamesTable } from '../patients/names-table.ts'
import { allOwnVisits, visitsOfPatient, type OwnVisit } from '../patients/own-visits.ts'
import { openRecordWriter, type ExportedRecord } from './record-writer.ts'
import type { ExportInput, ExportReport } from './run-export.ts'

export type ExportFailureDetail = { code: 'record-unreadable'; merkleRoot: string }
export class ExportFailure extends Failure<ExportFailureDetail> {}

export interface ExportControl {
  isCancelled(): boolean
  onProgress(done: number, total: number): void
}

/**
 * Final visits only: what waits in the outbox is exported when it is in the chain. Visits that were retracted are left
 * out, as are those whose keys were destroyed.
 * @throws {ExportFailure} naming the version that should open and does not
 */
export async function exportRecords(
  crypto: Crypto,
  store: ReadableStore,
  input: ExportInput,
  control: ExportControl,
): Promise<ExportReport> {
  const names = await loadNamesTable(store, input.keys.names)
  const { byPatient, total } = await currentByPatient(store, input)
  const opening: OpeningKeys = {
    chainId: input.chainId,
    scope: 'custodian',
    epochs: input.keys.custodianEpochs,
    authorKeys: input.authorKeys,
    authorKeysEver: input.authorKeysEver,
  }
  const cache = createBatchCache()
  const writer = await openRecordWriter(input.format, input.folder)
  let visits = 0
  let patients = 0
  let done = 0
  for (const [patientId, versions] of byPatient) {
    if (control.isCancelled()) break
    const records: ExportedRecord[] = []
    for (const version of versions) {
      const record = await readRecord(crypto, store, opening, version, cache)
      if (record !== null && record.record.envelope.op !== 'retract')
        records.push({
          record: record.record,
          recorded: {
            envelope: record.record.envelope,
            facility: toHex(record.author.memberId),
            software: input.software,
            block: { chainId: toHex(input.chainId), merkleRoot: version.merkleRoot },
            signature: Buffer.from(encode(authorToCbor(record.author))).toString('base64'),
          },
        })
      control.onProgress(++done, total)
    }
    const row = names.get(patientId)
    if (records.length === 0 || row === null) continue
    await writer.write(row, records)
    patients++
    visits += records.length
  }
  const files = await writer.close()
  return { files, patients, visits, folder: input.folder }
}

/** The newest own version of each visit, by patient, in order of first submission. */
async function currentByPatient(
  store: ReadableStore,
  { keys, patientIds }: ExportInput,
): Promise<{ byPatient: Map<string, OwnVisit[]>; total: number }> {
  const newest = new Map<string, OwnVisit>()
  if (patientIds === undefined)
    for await (const visit of allOwnVisits(store, keys.patientIndex)) newest.set(visit.visitId, visit)
  else
    for (const patientId of patientIds)
      for (const visit of await visitsOfPatient(store, keys.patientIndex, patientId))
        newest.set(visit.visitId, visit)
  const byPatient = new Map<string, OwnVisit[]>()
  for (const visit of newest.values()) {
    const list = byPatient.get(visit.patientId)
    if (list === undefined) byPatient.set(visit.patientId, [visit])
    else list.push(visit)
  }
  return { byPatient, total: newest.size }
}

async function readRecord(
  crypto: Crypto,
  store: ReadableStore,
  opening: OpeningKeys,
  { merkleRoot }: OwnVisit,
  cache: ReturnType<typeof createBatchCache>,
): Promise<{ record: VisitRecord; author: Author } | null> {
  const unreadable = () => new ExportFailure({ code: 'record-unreadable', merkleRoot })
  const root = fromHex(merkleRoot)
  const place = await readPlace(store, root)
  if (place === null || place.index === null) return null
  const block = await readBlock(store, place.index)
  const head = block.kind === 'ok' ? decodeHead(block.value.head) : null
  if (block.kind !== 'ok' || head === null) throw unreadable()
  const rows = await readRows(store, root)
  if (rows.length === 0) return null // destroyed on purpose
  const row = rows.find((each) => each.kind === 'ok' && decodeKeyRow(each.row)?.scope === 'custodian')
  if (row?.kind !== 'ok') throw unreadable()
  const opened = openRecord(crypto, opening, { ...head, body: block.value.body, row: row.row }, cache)
  if (opened.kind === 'refused') throw unreadable()
  crypto.forget(opened.dataKey)
  const visit = visitOfFields(opened.fields)
  if (visit.kind === 'refused') throw unreadable()
  return { record: visit.record, author: opened.author }
}
