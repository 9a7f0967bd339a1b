/**
 * This hospital's own visits: which patient, when, which version. Summaries lie sealed under the session's key, so
 * that lists need not open whole records, and whoever takes the disk learns neither who nor when.
 */
import { createHmac } from 'node:crypto'
import { z } from 'zod'
import { submittedVisit } from '../../shared/contract/records.ts'
import { parseInstant } from '../../shared/domain/dates.ts'
import { assert } from '../../shared/std/assert.ts'
import { concatBytes, fromHex, toHex, utf8Encode, type Bytes } from '../../shared/std/bytes.ts'
import {
  keyTail,
  ownVisitKey,
  patientVisitKey,
  personVisitKey,
  rangeOf,
  readU64,
  recordKey,
  visitKey,
} from '../node/storage/buckets.ts'
import { put, StorageFailure, type ReadableStore, type Write } from '../node/storage/store.ts'
import { checkedValue, expectContent, readCheckedValue } from '../node/storage/value.ts'
import { openRow, sealRow } from './patient-row.ts'

export const ownVisit = submittedVisit
  .pick({
    visitId: true,
    recordId: true,
    merkleRoot: true,
    admission: true,
    encounterClass: true,
    op: true,
    submittedAt: true,
  })
  .extend({
    sequence: z.number().int(),
    patientId: z.string(),
    /** Merkle root of the version that this one replaces. */
    supersedes: z.string().nullable(),
  })
export type OwnVisit = z.infer<typeof ownVisit>

/**
 * All that a new version of a visit adds besides its body and rows.
 * @param ownRecordId the record id that an export of this version would have here (`importedRecordId` with `OWN_SYSTEM`)
 */
export function ownVisitWrites(
  patientIndexKey: Bytes,
  visit: OwnVisit,
  ownRecordId: string,
  further: FurtherOfVersion = {},
): Write[] {
  const at = ownVisitKey(visit.sequence)
  const { merkleRoot, sequence, ...rest } = visit
  const root = fromHex(merkleRoot)
  const sealed = sealRow(patientIndexKey, at, rest)
  const byPatient = patientVisitKey(patientTag(patientIndexKey, visit.patientId), sequence)
  const byVisit = visitKey(fromHex(visit.visitId))
  const byRecord = recordKey(fromHex(visit.recordId))
  const byOwnExport = recordKey(fromHex(ownRecordId))
  const state = further.undo ?? visit.op
  const byPerson =
    further.enteredBy === undefined
      ? []
      : [personVisitKey(personTag(patientIndexKey, further.enteredBy), sequence)]
  const parts = (further.partRecordIds ?? []).map((id) => recordKey(fromHex(id)))
  return [
    put(at, checkedValue(at, concatBytes(root, sealed))),
    put(byPatient, checkedValue(byPatient, new Uint8Array(0))),
    put(
      byVisit,
      checkedValue(
        byVisit,
        concatBytes(root, fromHex(visit.recordId), Uint8Array.of(HEAD_STATES.indexOf(state))),
      ),
    ),
    put(byRecord, checkedValue(byRecord, root)),
    put(byOwnExport, checkedValue(byOwnExport, root)),
    ...byPerson.map((key) => put(key, checkedValue(key, new Uint8Array(0)))),
    ...parts.map((key) => put(key, checkedValue(key, root))),
  ]
}

/**
 * What the newest version of a visit is. `undone` and `reverted` undid an import, which may bring its version back: a
 * retraction, and what the visit said before.
 */
const HEAD_STATES = ['create', 'amend', 'retract', 'restore', 'undone', 'reverted'] as const

export interface FurtherOfVersion {
  /** Ids of parts that were joined into this version: the same part again is known by them. */
  readonly partRecordIds?: readonly string[]
  /** Set for a version that undoes an import. */
  readonly undo?: 'undone' | 'reverted'
  /** Key id of the person who entered it by hand; not set for what an import or a work list brought. */
  readonly enteredBy?: string
}

/** Newest first. */
export async function recentVisits(
  store: ReadableStore,
  patientIndexKey: Bytes,
  limit: number,
): Promise<OwnVisit[]> {
  const visits: OwnVisit[] = []
  for await (const { key, value } of store.scan({ ...rangeOf('v'), reverse: true, limit }))
    visits.push(openOwnVisit(patientIndexKey, key, value))
  return visits
}

/**
 * What a person entered by hand, newest first. It has an index of its own: the night's import before it may be of any size.
 * Every format of the store that was ever released has it, so no visit is missing from it.
 * @param userKeyIds the person's key, and those of before a reset
 */
export async function visitsEnteredBy(
  store: ReadableStore,
  patientIndexKey: Bytes,
  userKeyIds: readonly string[],
  limit: number,
): Promise<OwnVisit[]> {
  const sequences: number[] = []
  for (const userKeyId of userKeyIds) {
    const tag = personTag(patientIndexKey, userKeyId)
    for await (const { key } of store.scan({ ...rangeOf('x/p', tag), reverse: true, limit }))
      sequences.push(readU64(keyTail('x/p', key), tag.length))
  }
  const keys = sequences.sort((a, b) => b - a).map(ownVisitKey)
  const values = await store.getMany(keys.slice(0, limit))
  // An erasure took the row and knew nothing of who had entered it.
  return values.flatMap((value, i) =>
    value === null ? [] : [openOwnVisit(patientIndexKey, keys[i]!, value)],
  )
}

/** Every version of every visit of a patient, in the order in which they were submitted. */
export async function visitsOfPatient(
  store: ReadableStore,
  patientIndexKey: Bytes,
  patientId: string,
): Promise<OwnVisit[]> {
  const tag = patientTag(patientIndexKey, patientId)
  const keys: Bytes[] = []
  for await (const { key } of store.scan(rangeOf('p', tag)))
    keys.push(ownVisitKey(readU64(keyTail('p', key), tag.length)))
  const values = await store.getMany(keys)
  return values.map((value, i) => {
    if (value === null)
      throw new StorageFailure({ code: 'corrupt', path: 'visits', bucket: 'v', key: toHex(keys[i]!) })
    return openOwnVisit(patientIndexKey, keys[i]!, value)
  })
}

/**
 * Where a patient was last, of visits that were not taken back; null where none is left.
 * @param gone ids of visits that are taken back in the same write
 */
export async function lastVisitOf(
  store: ReadableStore,
  patientIndexKey: Bytes,
  patientId: string,
  gone: ReadonlySet<string>,
): Promise<OwnVisit | null> {
  const newest = new Map<string, OwnVisit>()
  for (const version of await visitsOfPatient(store, patientIndexKey, patientId))
    newest.set(version.visitId, version)
  const left = [...newest.values()].filter(({ op, visitId }) => op !== 'retract' && !gone.has(visitId))
  const at = (visit: OwnVisit): number => parseInstant(visit.admission)?.epochMs ?? 0
  return left.sort((a, b) => at(a) - at(b)).at(-1) ?? null
}

/** Every own version in order of submission, for exports. */
export async function* allOwnVisits(store: ReadableStore, patientIndexKey: Bytes): AsyncIterable<OwnVisit> {
  for await (const { key, value } of store.scan(rangeOf('v'))) yield openOwnVisit(patientIndexKey, key, value)
}

export async function ownVisitBySequence(
  store: ReadableStore,
  patientIndexKey: Bytes,
  sequence: number,
): Promise<OwnVisit | null> {
  const key = ownVisitKey(sequence)
  const value = await store.get(key)
  return value === null ? null : openOwnVisit(patientIndexKey, key, value)
}

/** Merkle roots of `count` own versions from sequence `first` on, without opening their rows. */
export async function* ownRoots(store: ReadableStore, first: number, count: number): AsyncIterable<Bytes> {
  const range = { from: ownVisitKey(first), to: ownVisitKey(first + count) }
  for await (const { key, value } of store.scan(range))
    yield expectContent(readCheckedValue(key, value), key).slice(0, 32)
}

export interface CurrentVersion {
  readonly merkleRoot: string
  readonly recordId: string
  /** Null where a version before this field wrote it: some that is not retracted, as far as one can know. */
  readonly state: (typeof HEAD_STATES)[number] | null
}

/** The newest own version of each visit, null for a visit that is not ours; by visit id, hex. */
export async function currentVersions(
  store: ReadableStore,
  visitIds: readonly string[],
): Promise<(CurrentVersion | null)[]> {
  const keys = visitIds.map((visitId) => visitKey(fromHex(visitId)))
  return (await store.getMany(keys)).map((value, i) => {
    if (value === null) return null
    const content = expectContent(readCheckedValue(keys[i]!, value), keys[i]!)
    return {
      merkleRoot: toHex(content.subarray(0, 32)),
      recordId: toHex(content.subarray(32, 48)),
      state: HEAD_STATES[content[48] ?? -1] ?? null,
    }
  })
}

/** The Merkle root under which each version is known here, or null; by record id, hex. */
export async function knownRecords(
  store: ReadableStore,
  recordIds: readonly string[],
): Promise<(string | null)[]> {
  const keys = recordIds.map((recordId) => recordKey(fromHex(recordId)))
  return (await store.getMany(keys)).map((value, i) =>
    value === null ? null : toHex(expectContent(readCheckedValue(keys[i]!, value), keys[i]!)),
  )
}

function openOwnVisit(patientIndexKey: Bytes, key: Bytes, value: Bytes): OwnVisit {
  const content = expectContent(readCheckedValue(key, value), key)
  const rest = openRow(patientIndexKey, key, content.subarray(32))
  const sequence = readU64(keyTail('v', key))
  assert(rest !== null, 'a whole row opens under the session key')
  return ownVisit.parse({ ...(rest as object), sequence, merkleRoot: toHex(content.subarray(0, 32)) })
}

/** What stands for a patient in the store's keys: means nothing without the session's key. */
export function patientTag(patientIndexKey: Bytes, patientId: string): Bytes {
  return tagOf(patientIndexKey, `patient|${patientId}`)
}

const personTag = (patientIndexKey: Bytes, userKeyId: string): Bytes =>
  tagOf(patientIndexKey, `person|${userKeyId}`)

function tagOf(patientIndexKey: Bytes, text: string): Bytes {
  const digest = createHmac('sha256', patientIndexKey).update(utf8Encode(text)).digest()
  return new Uint8Array(digest.subarray(0, 16))
}
