/**
 * Undoing an import. Every visit whose newest version is still the one that the import brought is retracted; one that the
 * import only changed becomes again what it was before. What anybody changed since stays, and is listed. Versions have ids
 * that follow from what they undo, so that a process that was killed goes on and nothing is done twice.
 */
import type { Consent } from '../../shared/domain/consent.ts'
import type { VisitRecord } from '../../shared/domain/visit.ts'
import { assert } from '../../shared/std/assert.ts'
import { fromHex, toHex } from '../../shared/std/bytes.ts'
import type { BatchUndo } from '../../shared/contract/batches.ts'
import { contentHashOf } from '../node/chain/content-hash.ts'
import { fieldsOfVisit } from '../node/chain/visit-fields.ts'
import { importedRecordId } from '../node/chain/visit-ids.ts'
import type { Crypto, Random } from '../node/crypto/crypto.ts'
import type { ChainNode } from '../node/node.ts'
import { sealVisits } from '../node/seal-visits.ts'
import type { Write } from '../node/storage/store.ts'
import { newestEpoch } from '../node/vault/institution-keys.ts'
import { awaitedIn } from '../patients/awaited.ts'
import { OWN_SYSTEM } from '../patients/own-system.ts'
import { currentVersions, lastVisitOf, ownVisitWrites, type OwnVisit } from '../patients/own-visits.ts'
import type { PatientSession } from '../profile/keyring.ts'
import { consentLeft } from '../services/consent-left.ts'
import { openingDesk, openOwnRecord } from '../services/open-own-record.ts'
import { awaitedWrites, touchedByImport } from '../services/submit-versions.ts'
import { versionsOf } from './batches.ts'

export interface UndoOptions {
  readonly batchId: string
  readonly node: ChainNode
  readonly session: PatientSession
  readonly crypto: Crypto
  readonly random: Random
  readonly now: () => number
  /** RFC 3339. */
  readonly recordedAt: string
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>
  readonly signal: AbortSignal
  readonly onProgress: (done: number, total: number) => void
}

/** Visits that are written in one atomic batch. Small: they are opened and sealed between other work of the node. */
const VISITS_PER_WRITE = 25
const STAYED_SHOWN_MAX = 100
const UNDO_SYSTEM = 'urn:consilium:undo'

/** One visit of the batch: its last version in it, and what it was before, null for one that began with it. */
interface Brought {
  readonly last: OwnVisit
  readonly before: string | null
}

type Outcome = 'retracted' | 'reverted' | 'changed-since' | 'unreadable'

/** @throws {NodeFailure | StorageFailure} */
export async function undoBatch(options: UndoOptions): Promise<Omit<BatchUndo, 'at' | 'by' | 'linksKept'>> {
  const { node, session, batchId, signal } = options
  const names = await session.names
  const brought = new Map<string, Brought>()
  for await (const version of versionsOf(node.store, session.keys.patientIndex, batchId)) {
    const before = brought.get(version.visitId)?.before
    brought.set(version.visitId, {
      last: version,
      before: before === undefined ? version.supersedes : before,
    })
  }
  const undo = { retracted: 0, reverted: 0, stayed: [] as BatchUndo['stayed'], stayedCount: 0 }
  const visits = [...brought.values()]
  for (let at = 0; at < visits.length && !signal.aborted; at += VISITS_PER_WRITE) {
    options.onProgress(at, visits.length)
    const some = visits.slice(at, at + VISITS_PER_WRITE)
    // Outside the turn: clerks go on while this waits for what is not final yet.
    await node.waitForRoom(signal)
    if (signal.aborted) break
    const outcomes = await options.inTurn(() => undoSome(options, some))
    for (const [i, outcome] of outcomes.entries()) {
      const { last } = some[i]!
      if (outcome === 'retracted' || outcome === 'reverted') undo[outcome]++
      else {
        undo.stayedCount++
        if (undo.stayed.length < STAYED_SHOWN_MAX)
          undo.stayed.push({
            merkleRoot: last.merkleRoot,
            patientName: names.get(last.patientId)?.name ?? '',
            admission: last.admission,
            reason: outcome,
          })
      }
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
  if (!signal.aborted) options.onProgress(visits.length, visits.length)
  return undo
}

async function undoSome(options: UndoOptions, some: readonly Brought[]): Promise<Outcome[]> {
  const { node, session, crypto, random } = options
  const { keys } = session
  const heads = await currentVersions(
    node.store,
    some.map(({ last }) => last.visitId),
  )
  const outcomes: Outcome[] = []
  const records: { record: VisitRecord; last: OwnVisit; isRetracted: boolean }[] = []
  for (const [i, each] of some.entries()) {
    const { last, before } = each
    const head = heads[i]
    const recordId = undoneId(options, last)
    const outcome = before === null ? 'retracted' : 'reverted'
    if (head?.recordId === recordId)
      outcomes.push(outcome) // by this undo, before it was stopped
    else if (head?.merkleRoot !== last.merkleRoot) outcomes.push('changed-since')
    else {
      const record = await undoneRecord(options, each, recordId)
      if (record === null) outcomes.push('unreadable')
      else {
        outcomes.push(record.envelope.op === 'retract' ? 'retracted' : outcome)
        records.push({ record, last, isRetracted: record.envelope.op === 'retract' })
      }
    }
  }
  if (records.length === 0) return outcomes
  const fields = records.map(({ record }) => {
    const read = fieldsOfVisit(record)
    assert(read.kind === 'fields', 'what was a record is one again')
    return read.fields
  })
  const sealed = sealVisits(crypto, random, node.sealingKeys(newestEpoch(keys.custodianEpochs)), fields).map(
    (each) => {
      assert(each.kind === 'sealed', 'what fitted into a block fits again')
      return each.visit
    },
  )
  const names = await session.names
  const staged = names.stage()
  const at = options.now()
  const first = node.reserve(records.length)
  const others: Write[] = []
  const gone = new Set(records.filter((each) => each.isRetracted).map(({ last }) => last.visitId))
  const written = new Map<string, Consent>()
  for (const { record, last, isRetracted } of records)
    if (!isRetracted) written.set(last.visitId, record.patient.consent)
  for (const [i, { record, last, isRetracted }] of records.entries()) {
    const { visitId, recordId, op } = record.envelope
    const own: OwnVisit = {
      sequence: first + i,
      visitId,
      recordId,
      merkleRoot: toHex(sealed[i]!.merkleRoot),
      patientId: last.patientId,
      admission: record.encounter.admission.at,
      encounterClass: record.encounter.class,
      op,
      supersedes: last.merkleRoot,
      submittedAt: at,
    }
    const hash = contentHashOf(crypto, fields[i]!)
    const ownRecordId = importedRecordId(crypto, keys.importSecret, OWN_SYSTEM, visitId, hash)
    others.push(
      ...ownVisitWrites(keys.patientIndex, own, ownRecordId, { undo: isRetracted ? 'undone' : 'reverted' }),
    )
    others.push(...(await awaitedWrites(node.store, own, awaitedIn(record).length > 0)))
    const row = staged.get(last.patientId)
    if (row === null) continue
    const left = await lastVisitOf(node.store, keys.patientIndex, own.patientId, gone)
    const desk = openingDesk(node, crypto, keys)
    const consentSaid = await consentLeft(desk, row.consentSaid, left, written)
    const lastVisit = isRetracted ? (left?.admission ?? null) : null
    staged.change({ ...touchedByImport(row, own, lastVisit), consentSaid })
  }
  others.push(...staged.writes())
  await node.submit(sealed, first, others)
  staged.apply()
  return outcomes
}

/** The id of the version that undoes this one: the same whoever asks, however often. */
function undoneId({ session, crypto }: UndoOptions, { visitId, merkleRoot }: OwnVisit): string {
  return importedRecordId(crypto, session.keys.importSecret, UNDO_SYSTEM, visitId, fromHex(merkleRoot))
}

/** Null where a version cannot be opened any more. */
async function undoneRecord(
  options: UndoOptions,
  { last, before }: Brought,
  recordId: string,
): Promise<VisitRecord | null> {
  const { node, session, crypto } = options
  const desk = openingDesk(node, crypto, session.keys)
  const wanted = await openOwnRecord(desk, fromHex(before ?? last.merkleRoot))
  if (wanted.kind !== 'record') return null
  const { record } = wanted
  // What was retracted before the import brought it back is retracted again.
  const isRetracted = before === null || record.envelope.op === 'retract'
  return {
    ...record,
    envelope: {
      schema: 'visit/1',
      recordId,
      visitId: last.visitId,
      op: isRetracted ? 'retract' : 'amend',
      supersedes: last.merkleRoot,
      reason: { code: 'entered-in-error' },
      recordedAt: options.recordedAt,
      recorder: { userKeyId: session.keys.person.userKeyId, role: 'importer' },
      origin: record.envelope.origin,
      confirmations: record.envelope.confirmations,
    },
  }
}
