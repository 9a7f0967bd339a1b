/**
 * The node's half of an import: who a visit is, whether it is known, and the one atomic write that takes a batch in.
 * Ids follow record-format.md 12, so that importing again, or going on after a crash, agrees with what is there.
 */
import { isSameConsent, type Consent } from '../../shared/domain/consent.ts'
import type { SourcePatient } from '../../shared/domain/source.ts'
import { present } from '../../shared/std/assert.ts'
import { fromHex, toHex, type Bytes } from '../../shared/std/bytes.ts'
import { importedRecordId, importedVisitId } from '../node/chain/visit-ids.ts'
import type { Crypto } from '../node/crypto/crypto.ts'
import type { ChainNode } from '../node/node.ts'
import { readPlace } from '../node/storage/chain-store.ts'
import type { Write } from '../node/storage/store.ts'
import type { SessionKeys } from '../node/vault/institution-keys.ts'
import { memberTokenOf } from '../patients/member-token.ts'
import { freshPatientId, type NamesTable } from '../patients/names-table.ts'
import { OWN_SYSTEM } from '../patients/own-system.ts'
import {
  type CurrentVersion,
  currentVersions,
  knownRecords,
  ownVisitBySequence,
  ownVisitWrites,
  type OwnVisit,
} from '../patients/own-visits.ts'
import { changedRow, learnt } from '../patients/person-changes.ts'
import { nationalIdentity, type PatientRow } from '../patients/patient-row.ts'
import { openingDesk, openOwnRecord } from '../services/open-own-record.ts'
import { awaitedWrites, touchedByImport } from '../services/submit-versions.ts'
import { currentOf } from './current-visit.ts'
import type {
  CurrentQuestion,
  CurrentVisit,
  IntakePorts,
  TakenVisit,
  VisitDecision,
  VisitPerson,
  VisitQuestion,
} from './intake.ts'
import type { KnownPerson } from './visit-findings.ts'

export interface IntakeDesk extends Pick<IntakePorts, 'current' | 'consents' | 'decide' | 'take'> {
  readonly counts: { visits: number; duplicates: number; patients: number }
}

export interface IntakeDeskOptions {
  readonly node: ChainNode
  readonly keys: SessionKeys
  readonly names: NamesTable
  readonly crypto: Crypto
  readonly now: () => number
  /** Of whoever started the import and may cancel it. */
  readonly signal: AbortSignal
  /** See `OpenProfile.inTurn`. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>
  /** Written with each chunk of visits: what the import's own list needs (batches.ts). */
  readonly chunkWrite: (first: number, count: number) => Write
}

export function createIntakeDesk(options: IntakeDeskOptions): IntakeDesk {
  const { node, keys, names, crypto, now } = options
  const by = { by: keys.person.userKeyId, byName: keys.person.name, how: 'import' as const }
  const counts = { visits: 0, duplicates: 0, patients: 0 }
  const patientsSeen = new Set<string>()
  /** People of whom was said that a source knows them otherwise: once for each import. */
  const toldToDiffer = new Set<string>()
  /** Who was new here when their first visit was decided, by identity: of what their keys are made. */
  const newPeople = new Map<string, NewPerson>()
  /** Made when the first patient comes by its key: one HMAC for each person of the table. */
  let patientIdOfKey: Map<string, string> | null = null
  /** Visits that were decided and are not written yet, by visit id. */
  const underWay = new Map<
    string,
    { ownRecordId: string; partRecordIds: string[]; written: Promise<void>; done: () => void }
  >()

  async function decide(
    questions: readonly VisitQuestion[],
    patients: readonly SourcePatient[],
  ): Promise<VisitDecision[]> {
    for (const patient of patients) patientsSeen.add(keySourceOf(patient))
    counts.patients = patientsSeen.size
    const ownVisits = await ownVisitIds(questions)
    const recordIdOf = (system: string, sourceId: string, hash: Bytes): string =>
      importedRecordId(crypto, keys.importSecret, system, sourceId, hash)
    const asked = questions.map(({ system, sourceId, contentHash, partHash, ...rest }) => {
      const visitId = visitIdOf(system, sourceId, ownVisits)
      return {
        ...rest,
        visitId,
        recordId: recordIdOf(system, sourceId, contentHash),
        partRecordId: partHash === null ? null : recordIdOf(system, sourceId, partHash),
        ownRecordId: recordIdOf(OWN_SYSTEM, visitId, contentHash),
        patient: patients[rest.patientAt]!,
      }
    })
    // Another version of a visit that is just being written: its root is known only afterwards.
    for (const { visitId } of asked) await underWay.get(visitId)?.written
    const known = await knownRecords(
      node.store,
      asked.map(({ recordId }) => recordId),
    )
    const knownParts = await knownRecords(
      node.store,
      asked.map(({ recordId, partRecordId }) => partRecordId ?? recordId),
    )
    const current = await currentVersions(
      node.store,
      asked.map(({ visitId }) => visitId),
    )
    const takenBack = await Promise.all(current.map((head) => takenBackBy(head)))
    const decisions = asked.map((each, i): VisitDecision => {
      const { visitId, recordId, partRecordId, ownRecordId, patient, memberNumber, joinedWith } = each
      const head = current[i] ?? null
      const isUndone = head?.state === 'undone'
      const knownRoot = known[i] ?? knownParts[i] ?? null
      if (knownRoot !== null && !isUndone && knownRoot !== takenBack[i]) {
        counts.duplicates++
        // A version has more than one name: as it came, as it was recorded, and as our own export says it.
        const isEarlierVersion = known[i] !== null && known[i] !== head?.merkleRoot
        return { kind: 'duplicate', isEarlierVersion, known: knownOf(patient) }
      }
      if (head?.state === 'retract') return { kind: 'retracted' }
      // An export that somebody changed is no correction. A part that came for it has no name of ours.
      if (ownVisits.has(visitId) && joinedWith === null && knownRoot === null) return { kind: 'own-altered' }
      if (joinedWith !== null && joinedWith !== head?.merkleRoot) return { kind: 'changed' }
      let done = (): void => {}
      const written = new Promise<void>((resolve) => (done = resolve))
      const partRecordIds = partRecordId === null ? [] : [partRecordId]
      underWay.set(visitId, { ownRecordId, partRecordIds, written, done })
      const { key, epoch } = keyOf(patient)
      return {
        kind: 'take',
        visitId,
        recordId,
        op: head === null ? 'create' : isUndone ? 'restore' : 'amend',
        supersedes: head?.merkleRoot ?? null,
        patientKey: key,
        keyEpoch: epoch,
        memberToken: memberNumber === null ? null : memberTokenOf(node, memberNumber),
        known: knownOf(patient),
        isPersonOther: isToldToDiffer(patient, each.person),
        isConsentRepeated: false,
      }
    })
    for (const [i, decision] of decisions.entries()) {
      const { consentSaid } = asked[i]!
      if (decision.kind !== 'take' || decision.supersedes === null || consentSaid === null) continue
      const isConsentRepeated = await saysConsentAgain(decision.supersedes, consentSaid)
      decisions[i] = { ...decision, isConsentRepeated }
    }
    return decisions
  }

  /**
   * Whether the version that is replaced says the same consent: then a source that changes something else of an old visit says
   * nothing of today. One that does not open any more cannot be asked, and what the source says counts.
   */
  async function saysConsentAgain(merkleRoot: string, consent: Consent): Promise<boolean> {
    const before = await openOwnRecord(openingDesk(node, crypto, keys), fromHex(merkleRoot))
    return before.kind === 'record' && isSameConsent(before.record.patient.consent, consent)
  }

  function knownOf(patient: SourcePatient): KnownPerson {
    const { sex, deathDate }: KnownPerson = rowOf(patient) ?? patient
    return deathDate === undefined ? { sex } : { sex, deathDate }
  }

  function isToldToDiffer(patient: SourcePatient, person: VisitPerson): boolean {
    const row = rowOf(patient)
    if (row === null || toldToDiffer.has(row.patientId)) return false
    // The sex is warned of by each visit that says another one.
    if (!learnt(row, { ...patient, ...person, sex: row.sex }).differs.length) return false
    toldToDiffer.add(row.patientId)
    return true
  }

  /** The version that an undo put another one in the place of: the same file may bring it again. */
  async function takenBackBy(head: CurrentVersion | null): Promise<string | null> {
    if (head?.state !== 'reverted') return null
    const place = await readPlace(node.store, fromHex(head.merkleRoot))
    if (place?.sequence == null) return null
    return (await ownVisitBySequence(node.store, keys.patientIndex, place.sequence))?.supersedes ?? null
  }

  async function current(
    questions: readonly CurrentQuestion[],
    patients: readonly SourcePatient[],
  ): Promise<(CurrentVisit | null)[]> {
    const named = questions.map(({ system, sourceId }) =>
      importedVisitId(crypto, keys.importSecret, system, sourceId),
    )
    for (const visitId of named) await underWay.get(visitId)?.written
    const heads = await currentVersions(node.store, named)
    const answers: (CurrentVisit | null)[] = []
    for (const [i, { when, patientAt }] of questions.entries()) {
      const patient = patients[patientAt]!
      const desk = { node, crypto, keys, patientId: rowOf(patient)?.patientId ?? null }
      answers.push(await currentOf(desk, heads[i] ?? null, named[i]!, sourceOf(patient), when))
    }
    return answers
  }

  const sourceOf = (patient: SourcePatient): string => rowOf(patient)?.keySource ?? newKeySource(patient)
  const keyOf = (patient: SourcePatient) => node.patientKey(sourceOf(patient))

  /**
   * Of a person who is new here: the same for all of their visits, also where one names fewer of their numbers than the next,
   * and while the first of them is still on its way to the table.
   */
  function newKeySource(patient: SourcePatient): string {
    const identities = identitiesOf(patient)
    const known = personOf(patient, (identity) => newPeople.get(identity) ?? null)
    const person = known ?? { keySource: names.freeKeySource(keySourceOf(patient)) }
    if (patient.nationalId !== undefined && patient.nationalId !== '')
      person.nationalId ??= patient.nationalId
    for (const identity of identities) if (!newPeople.has(identity)) newPeople.set(identity, person)
    return person.keySource
  }

  function visitIdOf(system: string, sourceId: string, ownVisits: ReadonlySet<string>): string {
    return ownVisits.has(sourceId) ? sourceId : importedVisitId(crypto, keys.importSecret, system, sourceId)
  }

  /** Ids of our own visits that come back in a file that we exported. */
  async function ownVisitIds(questions: readonly VisitQuestion[]): Promise<Set<string>> {
    const ids = questions
      .filter(({ system, sourceId }) => system === OWN_SYSTEM && /^[0-9a-f]{32}$/.test(sourceId))
      .map(({ sourceId }) => sourceId)
    if (ids.length === 0) return new Set()
    const current = await currentVersions(node.store, ids)
    return new Set(ids.filter((_, i) => current[i] !== null))
  }

  const rowOf = (patient: SourcePatient): PatientRow | null =>
    rowOfSource(names, patient) ?? rowOfKey(patient)

  /** The person behind a patient key of this consortium: our own export comes back. */
  function rowOfKey({ identity }: SourcePatient): PatientRow | null {
    if (identity.kind !== 'consortium') return null
    if (patientIdOfKey === null) {
      patientIdOfKey = new Map()
      for (const { patientId, keySource } of names.rows()) {
        const { key, epoch } = node.patientKey(keySource)
        patientIdOfKey.set(`${epoch}:${key}`, patientId)
      }
    }
    return names.get(patientIdOfKey.get(identity.value) ?? '')
  }

  async function take(
    visits: readonly TakenVisit[],
    patients: readonly SourcePatient[],
    dropped: readonly string[],
  ): Promise<void> {
    try {
      if (visits.length > 0) {
        // Outside the turn: clerks go on while an import waits for what is not final yet.
        await node.waitForRoom(options.signal)
        // Taken in by a later import, which finds what is missing.
        if (options.signal.aborted) return
        await options.inTurn(() => write(visits, patients))
      }
    } finally {
      for (const visitId of [...visits.map((visit) => visit.visitId), ...dropped]) {
        underWay.get(visitId)?.done()
        underWay.delete(visitId)
      }
    }
  }

  async function write(visits: readonly TakenVisit[], patients: readonly SourcePatient[]): Promise<void> {
    const at = now()
    const staged = names.stage()
    const patientIds = patients.map((patient) => {
      // A number that leads to somebody else stays with them.
      const free = identitiesOf(patient).filter((each) => staged.findByIdentity(each) === null)
      const found = personOf(patient, (identity) => staged.findByIdentity(identity))
      if (found !== null) {
        const added = free.filter((each) => !isOtherNationalId(found, each))
        if (added.length > 0) staged.change({ ...found, identities: [...found.identities, ...added] })
        return found.patientId
      }
      const known = rowOfKey(patient)
      if (known !== null) return known.patientId
      const row = rowFrom(patient, free, newKeySource(patient), at)
      staged.add(row)
      return row.patientId
    })
    const first = node.reserve(visits.length)
    const others: Write[] = []
    for (const [
      i,
      {
        sealed,
        visitId,
        recordId,
        op,
        supersedes,
        patientAt,
        admission,
        encounterClass,
        isAwaiting,
        person,
        consentSaid,
      },
    ] of visits.entries()) {
      const own: OwnVisit = {
        sequence: first + i,
        visitId,
        recordId,
        merkleRoot: toHex(sealed.merkleRoot),
        patientId: patientIds[patientAt]!,
        admission,
        encounterClass,
        op,
        supersedes,
        submittedAt: at,
      }
      const decided = present(underWay.get(visitId), 'a visit is decided before it is taken')
      const { ownRecordId, partRecordIds } = decided
      others.push(...ownVisitWrites(keys.patientIndex, own, ownRecordId, { partRecordIds }))
      others.push(...(await awaitedWrites(node.store, own, isAwaiting)))
      const before = touchedByImport(staged.get(own.patientId)!, own, null)
      const row = consentSaid === null ? before : { ...before, consentSaid }
      const { said } = learnt(row, { ...patients[patientAt]!, ...person })
      // A number that another entry has stays with that one.
      const other = said.nationalId && staged.findByIdentity(nationalIdentity(said.nationalId))
      const { nationalId: _nationalId, ...rest } = said
      const isTaken = other && other.patientId !== row.patientId
      staged.change(changedRow(row, isTaken ? rest : said, { ...by, at }) ?? row)
    }
    others.push(options.chunkWrite(first, visits.length), ...staged.writes())
    await node.submit(
      visits.map(({ sealed }) => sealed),
      first,
      others,
    )
    staged.apply()
    counts.visits += visits.length
  }

  const consents: IntakePorts['consents'] = async (places, patients) =>
    places.map((at) => rowOf(patients[at]!)?.consentSaid ?? null)

  return { current, consents, decide, take, counts }
}

/** What the patient key is computed from. */
function keySourceOf(patient: SourcePatient): string {
  const { kind, system, value } = patient.identity
  // A national id first, wherever it stands: it is what other hospitals compute the key from.
  if (patient.nationalId !== undefined && patient.nationalId !== '')
    return nationalIdentity(patient.nationalId)
  if (kind === 'national-id') return nationalIdentity(value)
  return kind === 'consortium' ? `consortium|${value}` : `source|${system}|${value}`
}

interface NewPerson {
  readonly keySource: string
  nationalId?: string
}

/** By the numbers that the source gives. */
export function rowOfSource(names: NamesTable, patient: SourcePatient): PatientRow | null {
  return personOf(patient, (identity) => names.findByIdentity(identity))
}

/**
 * The national id first. Another number of a source leads to nobody who has another id: two entries of one person can be
 * linked, one entry of two people can hardly be taken apart. Only where messages name people by the hospital's own number
 * does that decide, as an id is corrected there more often than a number.
 */
function personOf<P extends { readonly nationalId?: string | undefined }>(
  patient: SourcePatient,
  find: (identity: string) => P | null,
): P | null {
  const { nationalId, sourceKey } = patient
  for (const identity of identitiesOf(patient)) {
    const person = find(identity)
    if (person === null) continue
    const isOther = nationalId !== undefined && isOtherNationalId(person, nationalIdentity(nationalId))
    if (!isOther || identity === `source-id|${sourceKey}`) return person
  }
  return null
}

/** A national id that this person does not have: it must not lead here. */
function isOtherNationalId(
  { nationalId }: { readonly nationalId?: string | undefined },
  identity: string,
): boolean {
  const isKnown = nationalId !== undefined && nationalId !== ''
  return isKnown && identity.startsWith('national-id|') && identity !== nationalIdentity(nationalId)
}

/** By which a person of a source is known again. */
export function identitiesOf(patient: SourcePatient): string[] {
  const { kind, system, value } = patient.identity
  const own = kind === 'national-id' ? nationalIdentity(value) : `${kind}|${system}|${value}`
  const others = (patient.alsoKnownAs ?? []).map((each) => `source-id|${each.system}|${each.value}`)
  return [...new Set([keySourceOf(patient), own, ...others])]
}

function rowFrom(
  patient: SourcePatient,
  identities: readonly string[],
  keySource: string,
  now: number,
): PatientRow {
  const { name, latinName, nationalId, medicalRecordNumber, sex, birthDate, phone } = patient
  return {
    patientId: freshPatientId(),
    // A source without names still has a person; the clerk sees by what the source knew them.
    name: (name ?? latinName ?? `(${patient.identity.value})`).slice(0, 200),
    ...(latinName === undefined ? {} : { latinName }),
    ...(nationalId === undefined ? {} : { nationalId }),
    ...(medicalRecordNumber === undefined ? {} : { medicalRecordNumber }),
    sex,
    ...(birthDate === undefined ? {} : { birthDate }),
    ...(phone === undefined ? {} : { phone }),
    createdAt: now,
    visitCount: 0,
    lastVisit: null,
    identities: [...identities],
    // Nobody here has opened them yet.
    usedAt: 0,
    keySource,
  }
}
