/** The version of a visit that a later part is joined with: found by its id, or by patient and time. */
import { formatDay, parseDay } from '../../shared/domain/dates.ts'
import type { VisitDraft } from '../../shared/domain/source.ts'
import type { VisitRecord } from '../../shared/domain/visit.ts'
import { fromHex } from '../../shared/std/bytes.ts'
import type { Crypto } from '../node/crypto/crypto.ts'
import type { ChainNode } from '../node/node.ts'
import type { SessionKeys } from '../node/vault/institution-keys.ts'
import { currentVersions, visitsOfPatient, type CurrentVersion } from '../patients/own-visits.ts'
import { isOpenAt } from '../records/hl7v2/compose.ts'
import { openingDesk, openOwnRecord } from '../services/open-own-record.ts'
import type { CurrentVisit } from './intake.ts'

export interface CurrentDesk {
  readonly node: ChainNode
  readonly crypto: Crypto
  readonly keys: SessionKeys
  /** Null for a person who is new here. */
  readonly patientId: string | null
}

/** Versions of one patient that are opened to find the one that was open at a time. */
const OPENED_MAX = 20

/**
 * Null where nothing is there to be joined with: a new visit, or one whose import was undone.
 * @param head the newest version under the visit's own id
 * @param when set where no number names the visit
 */
export async function currentOf(
  desk: CurrentDesk,
  head: CurrentVersion | null,
  visitId: string,
  keySource: string,
  when: string | null,
): Promise<CurrentVisit | null> {
  if (head !== null) {
    // Retracted by a person: `decide` says so. Undone: the part is all there is.
    if (head.state === 'retract' || head.state === 'undone') return null
    const record = await open(desk, head.merkleRoot)
    if (record === null) return { kind: 'unreadable' }
    // Under the linkage key of its own time: a newer one makes other keys of the same people.
    if (desk.node.patientKeyAt(keySource, record.patient.keyEpoch) !== record.patient.key)
      return { kind: 'other-patient' }
    return { kind: 'current', visitId, merkleRoot: head.merkleRoot, content: draftOf(record) }
  }
  return when === null || desk.patientId === null ? null : openThen(desk, desk.patientId, when)
}

async function openThen(desk: CurrentDesk, patientId: string, when: string): Promise<CurrentVisit | null> {
  const { node, keys } = desk
  // A day's slack for offsets; the record itself decides.
  const last = formatDay((parseDay(when.slice(0, 10)) ?? 0) + 1)
  const visitIds = new Map<string, string>()
  for (const { visitId, admission } of await visitsOfPatient(node.store, keys.patientIndex, patientId))
    if (admission.slice(0, 10) <= last) visitIds.set(visitId, admission)
  const latestFirst = [...visitIds].sort(([, a], [, b]) => (a < b ? 1 : -1)).slice(0, OPENED_MAX)
  const heads = await currentVersions(
    node.store,
    latestFirst.map(([visitId]) => visitId),
  )
  for (const [i, [visitId]] of latestFirst.entries()) {
    const head = heads[i]
    if (head === null || head === undefined || head.state === 'retract' || head.state === 'undone') continue
    const record = await open(desk, head.merkleRoot)
    if (record === null) continue
    const { admission, discharge, status } = record.encounter
    if (status === 'entered-in-error' || status === 'cancelled') continue
    if (isOpenAt(admission.at, discharge?.at, when))
      return { kind: 'current', visitId, merkleRoot: head.merkleRoot, content: draftOf(record) }
  }
  return null
}

async function open({ node, crypto, keys }: CurrentDesk, merkleRoot: string): Promise<VisitRecord | null> {
  const opened = await openOwnRecord(openingDesk(node, crypto, keys), fromHex(merkleRoot))
  return opened.kind === 'record' ? opened.record : null
}

/** A record without what the node adds. */
export function draftOf({ envelope: _envelope, patient, encounter, ...rest }: VisitRecord): VisitDraft {
  const { key: _key, keyEpoch: _epoch, ...section } = patient
  const { facility: _facility, ...kept } = encounter
  return { ...rest, patient: section, encounter: kept }
}
