/** From what a person said to versions of visits that will become final: made, sealed as one batch, written in one go. */
import { randomBytes } from 'node:crypto'
import type { Finding, SubmittedVisit, VisitInput, VisitState } from '../../shared/contract/records.ts'
import { parseInstant } from '../../shared/domain/dates.ts'
import { isSameConsent } from '../../shared/domain/consent.ts'
import type { VisitRecord } from '../../shared/domain/visit.ts'
import { assert } from '../../shared/std/assert.ts'
import { fromHex, toHex } from '../../shared/std/bytes.ts'
import { contentHashOf } from '../node/chain/content-hash.ts'
import type { Field } from '../node/chain/record.ts'
import { fieldsOfVisit } from '../node/chain/visit-fields.ts'
import { importedRecordId } from '../node/chain/visit-ids.ts'
import type { Crypto } from '../node/crypto/crypto.ts'
import { sealVisits } from '../node/seal-visits.ts'
import { awaitedKey } from '../node/storage/buckets.ts'
import { readPlace } from '../node/storage/chain-store.ts'
import { del, put, type Write } from '../node/storage/store.ts'
import { checkedValue } from '../node/storage/value.ts'
import { newestEpoch, type SessionKeys } from '../node/vault/institution-keys.ts'
import { awaitedIn } from '../patients/awaited.ts'
import { memberTokenOf } from '../patients/member-token.ts'
import { OWN_SYSTEM } from '../patients/own-system.ts'
import { lastVisitOf, ownVisitWrites, type OwnVisit } from '../patients/own-visits.ts'
import { isDeathDecided } from '../patients/person-changes.ts'
import type { PatientRow } from '../patients/patient-row.ts'
import type { ProfileWorld } from '../profile/open-profile.ts'
import { consentLeft } from './consent-left.ts'
import type { Desk } from './context.ts'
import { clinicalDay, instantIn } from './facility-time.ts'
import { openingDesk } from './open-own-record.ts'

export interface VersionChange {
  readonly op: 'amend' | 'retract' | 'restore'
  readonly visitId: string
  readonly supersedes: string
  readonly reason: VisitRecord['envelope']['reason']
}

/**
 * The record of a new version: what the person said, with what main adds.
 * @param before the version that it replaces: what that says of the person and no form asks for stays; null for a new
 * visit, and where it cannot be opened
 */
export function newVersion(
  { profile, node, keys }: Desk,
  visit: VisitInput,
  row: PatientRow,
  change: VersionChange | null,
  now: number,
  before: VisitRecord | null,
): VisitRecord {
  const { zone, memberId } = profile.facts
  const patientKey = node.patientKey(row.keySource)
  const said = visit.encounter.admission
  const was = before?.encounter
  const isUnmoved = was?.admission.at === said.at && was.admission.zone === said.zone
  // An import may name no zone: a correction of something else does not add one.
  const admission = isUnmoved ? was.admission : { zone, ...said }
  const day = isUnmoved ? was.day : clinicalDay(admission.zone ?? zone, said.at)
  assert(day !== null, 'the checks refuse an admission that is no instant')
  const { birthDate, deceased, deathDate, causeOfDeath, residenceRegion } = {
    ...before?.patient,
    ...tableSays(row),
  }
  return {
    envelope: {
      schema: 'visit/1',
      recordId: randomBytes(16).toString('hex'),
      visitId: change?.visitId ?? randomBytes(16).toString('hex'),
      op: change?.op ?? 'create',
      ...(change === null ? {} : { supersedes: change.supersedes, reason: change.reason }),
      recordedAt: instantIn(zone, now),
      recorder: { userKeyId: keys.person.userKeyId, role: 'clerk' },
      // Where a visit came from stays with it through changes by hand.
      origin: before?.envelope.origin ?? { kind: 'form' },
      confirmations: visit.confirmations,
    },
    patient: {
      key: patientKey.key,
      keyEpoch: patientKey.epoch,
      sex: row.sex,
      ...(birthDate === undefined ? { birthDateAbsentReason: 'unknown' } : { birthDate }),
      ...(deceased === undefined ? {} : { deceased }),
      ...(deathDate === undefined ? {} : { deathDate }),
      ...(causeOfDeath === undefined ? {} : { causeOfDeath }),
      ...(residenceRegion === undefined ? {} : { residenceRegion }),
      consent: visit.consent,
      linkTokens: before?.patient.linkTokens ?? [],
    },
    encounter: {
      ...visit.encounter,
      admission,
      day,
      facility: memberId,
      payer: payerOf(visit, node),
    },
    observations: visit.observations,
    diagnoses: visit.diagnoses,
    procedures: visit.procedures,
    prescriptions: visit.prescriptions,
    ...(visit.outcome === undefined ? {} : { outcome: visit.outcome }),
    claims: visit.claims,
    notes: visit.notes,
  }
}

/** The payer with the number that was typed as a token: that of an import of the same number (`imports/intake-desk.ts`). */
function payerOf(
  { encounter: { payer }, memberNumber }: VisitInput,
  node: Desk['node'],
): VisitRecord['encounter']['payer'] {
  return memberNumber === undefined ? payer : { ...payer, memberToken: memberTokenOf(node, memberNumber) }
}

/** What the hospital's own table says of a person besides the sex. */
function tableSays(row: PatientRow) {
  const { birthDate, deceased, deathDate, causeOfDeath, residenceRegion } = row
  return {
    ...(birthDate === undefined ? {} : { birthDate }),
    // A death that a person took back here is none, whatever the version before says.
    ...(isDeathDecided(row)
      ? { deceased, deathDate, causeOfDeath }
      : {
          ...(deceased === undefined ? {} : { deceased }),
          ...(deathDate === undefined ? {} : { deathDate }),
          ...(causeOfDeath === undefined ? {} : { causeOfDeath }),
        }),
    ...(residenceRegion === undefined ? {} : { residenceRegion }),
  }
}

export type SubmitAnswer =
  | { kind: 'queued'; visits: SubmittedVisit[] }
  | { kind: 'findings'; findings: Finding[] }
  | { kind: 'refused'; reason: 'record-too-large' }

interface SubmittedVersion {
  readonly record: VisitRecord
  readonly row: PatientRow
  /** The version that it replaces; null for a new visit, and where it cannot be opened. */
  readonly before: VisitRecord | null
}

/**
 * All of them or none: one batch of the author, one synced write.
 * @param follow told of each before the write and after it
 * @param isByHand the person entered it, one after the other: it belongs among this person's last visits
 */
export async function submitVersions(
  world: Pick<ProfileWorld, 'crypto' | 'random' | 'now'>,
  { node, keys, names, profile }: Desk,
  versions: readonly SubmittedVersion[],
  others: readonly Write[],
  follow: (visit: SubmittedVisit, isWritten: boolean) => void,
  isByHand = true,
): Promise<SubmitAnswer> {
  const { crypto, random } = world
  const now = world.now()
  const fields: (readonly Field[])[] = []
  for (const { record } of versions) {
    const made = fieldsOfVisit(record)
    if (made.kind === 'refused') {
      const params = { field: made.field }
      const finding = { path: made.field, rule: made.reason, severity: 'refuse' as const, params }
      return { kind: 'findings', findings: [finding] }
    }
    fields.push(made.fields)
  }
  const sealed = sealVisits(crypto, random, node.sealingKeys(newestEpoch(keys.custodianEpochs)), fields).map(
    (each) => (each.kind === 'sealed' ? each.visit : null),
  )
  const whole = sealed.filter((each) => each !== null)
  if (whole.length < versions.length) return { kind: 'refused', reason: 'record-too-large' }
  const first = node.reserve(versions.length)
  const staged = names.stage()
  const writes: Write[] = [...others]
  const submitted: SubmittedVisit[] = []
  const gone = new Set<string>()
  for (const [i, { record, row, before }] of versions.entries()) {
    const { envelope } = record
    const own: OwnVisit = {
      sequence: first + i,
      visitId: envelope.visitId,
      recordId: envelope.recordId,
      merkleRoot: toHex(whole[i]!.merkleRoot),
      patientId: row.patientId,
      admission: record.encounter.admission.at,
      encounterClass: record.encounter.class,
      op: envelope.op,
      supersedes: envelope.supersedes ?? null,
      submittedAt: now,
    }
    // The caller's row may know more than the table: what the visit says of the person is written with it. It was read in
    // the same turn (`OpenProfile.inTurn`): what an import or a correction has written since the form was opened is in it.
    const isFirst = versions.findIndex((each) => each.row.patientId === row.patientId) === i
    if (own.op === 'retract') gone.add(own.visitId)
    const last =
      own.op === 'retract' ? await lastVisitOf(node.store, keys.patientIndex, own.patientId, gone) : null
    const known = isFirst ? row : (staged.get(row.patientId) ?? row)
    const person = touched(known, own, now, last?.admission ?? null)
    const { consent } = record.patient
    const { consentSaid } = known
    if (own.op === 'retract') {
      // What is taken back says nothing any more.
      const isOfThis = consentSaid !== undefined && isSameConsent(consentSaid, consent)
      const left = isOfThis
        ? await consentLeft(openingDesk(node, crypto, keys), consentSaid, last)
        : consentSaid
      staged.change({ ...person, consentSaid: left })
    } else {
      // A version that changes something else says an old visit's consent once more, not that of today.
      const isSaid =
        own.op === 'create' || (before !== null && !isSameConsent(before.patient.consent, consent))
      staged.change(isSaid ? { ...person, consentSaid: consent } : person)
    }
    writes.push(
      ...ownVisitWrites(
        keys.patientIndex,
        own,
        ownRecordId(crypto, keys, own.visitId, fields[i]!),
        isByHand ? { enteredBy: keys.person.userKeyId } : {},
      ),
      ...(await awaitedWrites(node.store, own, awaitedIn(record).length > 0)),
    )
    submitted.push(toSubmitted(own, row.name, 'queued', null))
  }
  // Before the write: a segment may be final before `submit` resolves.
  for (const visit of submitted) follow(visit, false)
  await node.submit(whole, first, [...writes, ...staged.writes()])
  staged.apply()
  assert(profile.node === node, 'the profile stays open while a visit is submitted')
  for (const visit of submitted) follow(visit, true)
  return { kind: 'queued', visits: submitted }
}

/** The list of visits that wait for results follows the newest version. */
export async function awaitedWrites(
  store: Desk['node']['store'],
  own: Pick<OwnVisit, 'op' | 'supersedes' | 'sequence'>,
  isAwaiting: boolean,
): Promise<Write[]> {
  const writes: Write[] = []
  if (own.supersedes !== null) {
    const before = await readPlace(store, fromHex(own.supersedes))
    if (before?.sequence != null) writes.push(del(awaitedKey(before.sequence)))
  }
  if (own.op !== 'retract' && isAwaiting) {
    const at = awaitedKey(own.sequence)
    writes.push(put(at, checkedValue(at, new Uint8Array(0))))
  }
  return writes
}

function ownRecordId(
  crypto: Crypto,
  { importSecret }: SessionKeys,
  visitId: string,
  fields: readonly Field[],
): string {
  return importedRecordId(crypto, importSecret, OWN_SYSTEM, visitId, contentHashOf(crypto, fields))
}

/**
 * The patient's row after another version of a visit: count and last visit are kept there, so that lists need no scan. What
 * was taken back counts as none.
 * @param last of a visit that is taken back: when the patient was here last without it (`lastVisitOf`)
 */
export function touched(
  row: PatientRow,
  visit: Pick<OwnVisit, 'op' | 'admission'>,
  now: number,
  last: string | null,
): PatientRow {
  if (visit.op === 'retract')
    return { ...row, visitCount: Math.max(0, row.visitCount - 1), lastVisit: last, usedAt: now }
  const isLater =
    row.lastVisit === null ||
    (parseInstant(visit.admission)?.epochMs ?? 0) > (parseInstant(row.lastVisit)?.epochMs ?? 0)
  return {
    ...row,
    visitCount: row.visitCount + (visit.op === 'amend' ? 0 : 1),
    lastVisit: isLater ? visit.admission : row.lastVisit,
    usedAt: now,
  }
}

/** Nobody used the patient: those whom people opened stay above them in the list. */
export const touchedByImport = (
  row: PatientRow,
  visit: Pick<OwnVisit, 'op' | 'admission'>,
  last: string | null,
): PatientRow => touched(row, visit, row.usedAt, last)

export function toSubmitted(
  own: OwnVisit,
  patientName: string,
  state: VisitState,
  index: number | null,
): SubmittedVisit {
  const { sequence: _sequence, supersedes: _supersedes, ...rest } = own
  return { ...rest, patientName, state, index }
}
