/** One patient with all visits as FHIR: a transaction bundle, or resources for NDJSON files. */
import type * as fhir from 'fhir/r4'
import type { SourcePatient, VisitDraft } from '../../../shared/domain/source.ts'
import { writeJson } from './json.ts'
import type { JsonObject } from './json.ts'
import { PATIENT_KEY_SYSTEM, readPatient } from './read-patient.ts'
import type { Issues } from './reading.ts'
import {
  dateTime,
  referInBundle,
  referInFiles,
  RESOURCE_SYSTEM,
  VISIT_SYSTEM,
  writeVisit,
} from './write-visit.ts'
import type { Part, Refer, WritableVisit } from './write-visit.ts'

export interface WritablePatient {
  /** Names and ids, from the hospital's own table; absent when only the key is known. */
  identity?: SourcePatient
  /** Patient key of the consortium, with its epoch; absent for data that never was in a chain. */
  key?: { hex: string; epoch: number }
  /** UUID of the Patient resource, stable from export to export. */
  patientUuid: string
  visits: readonly WritableVisit[]
}

type Resource = fhir.Patient | fhir.Encounter | Part

const TERMINOLOGY = 'http://terminology.hl7.org/CodeSystem/'
const QUIET: Issues = { warn: () => undefined, leave: () => undefined }
/** Any scope: the reader puts it where the file says nothing, and the encounters say it where it differs. */
const CONSENT_BASE = 'treatment-and-research'

/** A transaction: each resource is created once, however often the bundle is sent (`ifNoneExist`). */
export function patientBundle(patient: WritablePatient): fhir.Bundle {
  const entry: fhir.BundleEntry[] = []
  for (const resource of patientResources(patient, referInBundle)) {
    const identifier = identifierOf(resource)
    entry.push({
      fullUrl: `urn:uuid:${resource.id!}`,
      resource,
      request:
        identifier === undefined
          ? // A Provenance has no identifier in R4: it is put under its own id, however often.
            { method: 'PUT', url: `${resource.resourceType}/${resource.id!}` }
          : {
              method: 'POST',
              url: resource.resourceType,
              ifNoneExist: `identifier=${encodeURIComponent(`${identifier.system!}|${identifier.value!}`)}`,
            },
    })
  }
  return { resourceType: 'Bundle', type: 'transaction', entry }
}

/** The bundle's text. One line, so that it may be a line of NDJSON too. */
export function patientBundleText(patient: WritablePatient): string {
  return writeJson(patientBundle(patient))
}

/** Lines by resource type, for bulk files `Patient.ndjson`, `Encounter.ndjson`, … */
export function patientLines(patient: WritablePatient): Map<string, string> {
  const lines = new Map<string, string>()
  for (const resource of patientResources(patient, referInFiles)) {
    const type = resource.resourceType
    lines.set(type, `${lines.get(type) ?? ''}${writeJson(resource)}\n`)
  }
  return lines
}

export function* patientResources(patient: WritablePatient, refer: Refer): Generator<Resource, void, void> {
  const { resource, section } = writePatient(patient)
  yield resource
  const reference = refer('Patient', patient.patientUuid)
  for (const visit of patient.visits) {
    const written = writeVisit(visit, reference, section, refer)
    yield written.encounter
    yield* written.parts
  }
}

/** The Patient resource, by the newest visit, and what a reader will take from it for each visit. */
function writePatient(patient: WritablePatient): { resource: fhir.Patient; section: VisitDraft['patient'] } {
  const newest = newestVisit(patient.visits)?.content.patient
  const { identity } = patient
  const identifier: fhir.Identifier[] = [{ system: RESOURCE_SYSTEM, value: patient.patientUuid }]
  if (patient.key !== undefined) {
    identifier.push({
      use: 'secondary',
      system: PATIENT_KEY_SYSTEM,
      value: `${patient.key.epoch}:${patient.key.hex}`,
    })
  }
  for (const each of identity?.identifiers ?? []) {
    const one: fhir.Identifier = { value: each.value }
    if (each.system !== '') one.system = each.system
    if (each.type !== undefined) one.type = { coding: [{ system: `${TERMINOLOGY}v2-0203`, code: each.type }] }
    identifier.push(one)
  }
  const resource: fhir.Patient = {
    resourceType: 'Patient',
    id: patient.patientUuid,
    identifier,
    gender: newest?.sex ?? identity?.sex ?? 'unknown',
  }
  const names: fhir.HumanName[] = []
  if (identity?.name !== undefined) names.push({ use: 'official', text: identity.name })
  if (identity?.latinName !== undefined) names.push({ use: 'usual', text: identity.latinName })
  if (names.length > 0) resource.name = names
  if (identity?.phone !== undefined) resource.telecom = [{ system: 'phone', value: identity.phone }]
  const birthDate = dateTime(newest?.birthDate ?? identity?.birthDate)
  if (birthDate !== undefined) resource.birthDate = birthDate
  const deathDate = dateTime(newest?.deathDate)
  if (deathDate !== undefined) resource.deceasedDateTime = deathDate
  else if (newest?.deceased !== undefined) resource.deceasedBoolean = newest.deceased
  if (newest?.residenceRegion !== undefined && newest.residenceRegion !== '') {
    resource.address = [{ state: newest.residenceRegion }]
  }
  const read = readPatient(
    resource as unknown as JsonObject,
    patient.patientUuid,
    { consentScope: CONSENT_BASE },
    QUIET,
  )
  // Consent is always said at the visits: what a reader assumes is the reader's affair.
  const section: VisitDraft['patient'] = { ...read.section }
  delete (section as Partial<typeof section>).consent
  return { resource, section }
}

function newestVisit(visits: readonly WritableVisit[]): WritableVisit | undefined {
  let newest: WritableVisit | undefined
  for (const visit of visits) {
    if (newest === undefined || visit.content.encounter.day >= newest.content.encounter.day) newest = visit
  }
  return newest
}

function identifierOf(resource: Resource): fhir.Identifier | undefined {
  if (resource.resourceType === 'Provenance') return undefined
  const list = resource.identifier as fhir.Identifier[] | undefined
  return list?.find((each) => each.system === VISIT_SYSTEM || each.system === RESOURCE_SYSTEM)
}
