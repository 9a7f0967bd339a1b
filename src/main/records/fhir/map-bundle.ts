/**
 * FHIR resources → visits: one for each Encounter, with everything that belongs to it. What names no encounter is
 * attached by patient and time, else it makes a visit of class UNK of its own day: nothing clinical is dropped, and
 * every resource that is not taken is named with its place and the reason.
 */
import { parseInstant } from '../../../shared/domain/dates.ts'
import { causeOfDeathIn } from './cause-of-death.ts'
import { bucketOfClaim, itemOf, pairClaims } from './claim-pairs.ts'
import { finishVisit } from './finish-visit.ts'
import { badTextIn } from './json.ts'
import type { JsonObject } from './json.ts'
import { reportInto } from './mapped.ts'
import type { Mapped, MapOptions } from './mapped.ts'
import { ownPartOf } from './own-extension.ts'
import { conceptOf, cut, objectAt, objectsAt, QUIET, referenceText, textAt } from './reading.ts'
import {
  isSocialFinding,
  readImagingStudy,
  readPrescription,
  readProcedure,
  readSocialFinding,
} from './read-clinical.ts'
import { organisationOf, readEncounter } from './read-encounter.ts'
import { readObservation } from './read-observation.ts'
import { readConsent, type ReadConsent } from './read-consent.ts'
import { readPatient } from './read-patient.ts'
import type { ReadPatient } from './read-patient.ts'
import { badDateOf, dateOf } from './resource-dates.ts'
import { indexReferences } from './references.ts'
import type { Item, References } from './references.ts'
import { CONTEXT_TYPES, refusalOfType, VISIT_PARTS } from './resource-types.ts'
import { Buckets, unknownEncounter, visitIdOf } from './visit-buckets.ts'
import type { ClaimPair } from './visit-buckets.ts'
import { BLOCK_SYSTEM } from './write-provenance.ts'

/** `hasBadText`: the reader saw a text that a record must not hold, so each resource is looked through. */
export function mapBundle(items: readonly Item[], options: MapOptions, hasBadText = false): Mapped {
  return new Mapper(items, options, hasBadText).map()
}

const DAY_MS = 86_400_000

class Mapper {
  private readonly items: Item[] = []
  private readonly references: References
  private readonly patients = new Map<JsonObject, ReadPatient>()
  private readonly patientsByName = new Map<string, ReadPatient>()
  private readonly consents = new Map<ReadPatient, ReadConsent[]>()
  private coverages: ReadonlyMap<ReadPatient, JsonObject[]> = new Map()
  private readonly buckets: Buckets
  private readonly result: Mapped = {
    patients: [],
    visits: [],
    rejects: [],
    warnings: new Map(),
    deferred: [],
  }
  private readonly report = reportInto(this.result)
  private readonly paths = new Map<JsonObject, string>()
  private readonly options: MapOptions

  constructor(items: readonly Item[], options: MapOptions, hasBadText: boolean) {
    this.options = options
    for (const item of items) {
      const bad = hasBadText ? badTextIn(item.resource, item.path) : null
      if (bad !== null) {
        this.result.rejects.push(bad)
        continue
      }
      const type = item.resource['resourceType']
      if (typeof type !== 'string' || type === '') {
        this.report.reject(item.path, 'no-resource-type')
        continue
      }
      this.items.push(item)
      this.paths.set(item.resource, item.path)
    }
    this.references = indexReferences(this.items, options.outer)
    this.buckets = new Buckets(this.references, this.report)
  }

  map(): Mapped {
    const { items } = this
    for (const item of items) if (item.resource['resourceType'] === 'Patient') this.patientOf(item.resource)
    for (const item of items) if (item.resource['resourceType'] === 'Encounter') this.addEncounter(item)
    this.coverages = this.ofPatients('Coverage', 'beneficiary')
    for (const item of items) if (item.resource['resourceType'] === 'Consent') this.addConsent(item)
    const money: Item[] = []
    for (const item of items) {
      const type = item.resource['resourceType'] as string
      if (type === 'Patient' || type === 'Encounter' || CONTEXT_TYPES.has(type)) continue
      // Our own export says beside each visit who recorded it: the chain knows, or another hospital says it of its own.
      if (type === 'Provenance' && isOwnProvenance(item.resource)) this.report.warn('provenance-known')
      else if (!VISIT_PARTS.has(type)) this.report.reject(item.path, refusalOfType(type), type)
      else if (type === 'Claim' || type === 'ExplanationOfBenefit') money.push(item)
      else this.addPart(item, type)
    }
    for (const pair of pairClaims(money, this.references)) this.addClaim(pair)
    const context = {
      references: this.references,
      report: this.report,
      options: this.options,
      consentsOf: (patient: ReadPatient) => this.consents.get(patient) ?? [],
      coveragesOf: (patient: ReadPatient) => this.coverages.get(patient) ?? [],
    }
    for (const bucket of this.buckets.all()) {
      const visit = finishVisit(bucket, context)
      if (visit !== null) this.result.visits.push(visit)
    }
    return this.result
  }

  /* Patients */

  private patientOf(resource: JsonObject): ReadPatient {
    const known = this.patients.get(resource)
    if (known !== undefined) return known
    const path = this.paths.get(resource) ?? 'Patient'
    const key = this.references.keyOf(resource) ?? `Patient@${path}`
    const patient = readPatient(resource, key, this.options, this.report.issuesAt(path))
    // The same person twice in one file is one patient; a source's own numbers may repeat, national ones do not.
    const { identity } = patient.source
    const names = [key]
    if (identity.kind !== 'source-id') names.push(`${identity.system}|${identity.value}`)
    for (const name of names) {
      const other = this.patientsByName.get(name)
      if (other === undefined) continue
      this.patients.set(resource, other)
      return other
    }
    for (const name of names) this.patientsByName.set(name, patient)
    this.patients.set(resource, patient)
    this.result.patients.push(patient.source)
    return patient
  }

  /** The patient of a resource; undefined after the resource was refused or put aside. */
  private subjectOf(item: Item): ReadPatient | undefined {
    const { resource } = item
    const value = objectAt(resource['subject']) ?? objectAt(resource['patient'])
    const found = this.references.follow(value, resource)
    if (found !== undefined && found['resourceType'] === 'Patient') return this.patientOf(found)
    if (value === undefined) {
      this.report.reject(item.path, 'no-patient')
      return undefined
    }
    if (this.options.isPatientElsewhere === true) this.result.deferred.push(item)
    else {
      const reference = referenceText(value)
      this.report.reject(
        item.path,
        found === undefined ? 'unresolved-reference' : 'subject-is-no-patient',
        cut(reference ?? '', 200),
      )
    }
    return undefined
  }

  /* Encounters */

  private addEncounter(item: Item): void {
    const patient = this.subjectOf(item)
    if (patient === undefined) return
    const issues = this.report.issuesAt(item.path)
    let read = readEncounter(item.resource, issues)
    // A record of ours says its dates in our extension, whatever FHIR's field could hold.
    if (read.kind === 'refused' && ownPartOf(item.resource).fields['encounter.admission'] !== undefined) {
      read = { kind: 'encounter', value: unknownEncounter('1970-01-01') }
    }
    if (read.kind === 'refused') {
      this.report.reject(`${item.path}.period`, read.reason)
      return
    }
    const { resource } = item
    const [system, sourceId] = visitIdOf(item, patient)
    const bucket = this.buckets.add(patient, item.path, system, sourceId)
    bucket.encounter = read.value
    bucket.resource = resource
    bucket.organisation = organisationOf(
      resource,
      (reference) => this.references.resolve(reference, resource),
      issues,
    )
    const start = parseInstant(read.value.admission.at)
    const end = read.value.discharge === undefined ? null : parseInstant(read.value.discharge.at)
    bucket.start = start?.epochMs ?? 0
    // Without an end a visit lasts to the end of its day; a date alone is that whole day.
    bucket.end =
      end === null ? bucket.start + DAY_MS : end.epochMs + (end.offsetMinutes === null ? DAY_MS : 0)
    bucket.resourceCount = 1
    this.buckets.setEncounter(resource, bucket)
  }

  /* Parts */

  private addPart(item: Item, type: string): void {
    const patient = this.subjectOf(item)
    if (patient === undefined) return
    const { resource } = item
    // What our own extension says better needs no complaint about FHIR's fields.
    const isOwn = ownPartOf(resource).order !== undefined
    const issues = isOwn ? QUIET : this.report.issuesAt(item.path)
    const bad = isOwn ? undefined : badDateOf(resource, type)
    if (bad !== undefined) {
      this.report.reject(`${item.path}.${bad.field}`, bad.reason, bad.text)
      return
    }
    const when = dateOf(resource, type, QUIET)
    switch (type) {
      case 'Observation': {
        const notes: string[] = []
        const specimen = this.references.follow(objectAt(resource['specimen']), resource)
        const read = readObservation(resource, { specimen, addNote: (text) => notes.push(text) }, issues)
        if (read === undefined) return this.report.reject(item.path, 'no-code')
        // Said of the person, so that all visits of the file say it, as they do the date.
        const cause = causeOfDeathIn(resource)
        if (cause !== null && patient.section.deceased !== false) {
          patient.section.deceased = true
          patient.section.causeOfDeath ??= cause
        }
        const bucket = this.buckets.of(item, patient, when)
        if (bucket === undefined) return
        bucket.observations.push(...read)
        bucket.notes.push(...notes)
        bucket.observationResourceCount++
        bucket.resourceCount++
        return
      }
      case 'DiagnosticReport': {
        // A list of results, which come as observations of their own. What only the report says is its conclusion.
        this.report.warn('report-of-results-taken-singly')
        objectsAt(resource['presentedForm']).forEach((_, i) =>
          issues.leave(`presentedForm[${i}]`, 'document-not-kept'),
        )
        const conclusion = textAt(resource['conclusion'], Infinity, issues)
        if (conclusion === undefined) return
        const bucket = this.buckets.of(item, patient, when)
        if (bucket === undefined) return
        const { text, codes } = conceptOf(resource['code'], QUIET)
        const title = text ?? codes[0]?.display
        bucket.notes.push(title === undefined ? conclusion : `${title}: ${conclusion}`)
        bucket.resourceCount++
        return
      }
      case 'Condition': {
        if (isSocialFinding(resource) && !isOwn) {
          const read = readSocialFinding(resource, issues)
          if (read === undefined) return this.report.reject(item.path, 'no-code')
          const bucket = this.buckets.of(item, patient, when)
          if (bucket === undefined) return
          this.report.warn('social-finding-is-no-diagnosis')
          bucket.observations.push(read)
          bucket.resourceCount++
          return
        }
        const concept = objectAt(resource['code'])
        if (concept === undefined) return this.report.reject(item.path, 'no-code')
        const bucket = this.buckets.of(item, patient, when)
        if (bucket === undefined) return
        bucket.conditions.push(item)
        bucket.resourceCount++
        return
      }
      case 'Procedure':
      case 'ImagingStudy': {
        const read =
          type === 'Procedure' ? readProcedure(resource, issues) : readImagingStudy(resource, issues)
        if (read === undefined) return this.report.reject(item.path, 'no-code')
        const bucket = this.buckets.of(item, patient, when)
        if (bucket === undefined) return
        bucket.procedures.push(read)
        bucket.resourceCount++
        return
      }
      default: {
        const medication = this.references.follow(objectAt(resource['medicationReference']), resource)
        const read = readPrescription(resource, medication, issues)
        if (read === undefined) return this.report.reject(item.path, 'no-code')
        const bucket = this.buckets.of(item, patient, when)
        if (bucket === undefined) return
        if (read.value.dose === undefined && type === 'MedicationRequest') this.report.warn('no-dosage')
        bucket.prescriptions.push(read)
        bucket.resourceCount++
      }
    }
  }

  private addClaim(pair: ClaimPair): void {
    const patient = this.subjectOf(itemOf(pair))
    if (patient === undefined) return
    const bucket = bucketOfClaim(pair, patient, this.references, this.buckets)
    if (bucket === undefined) return
    bucket.claims.push(pair)
    bucket.resourceCount += (pair.claim === undefined ? 0 : 1) + (pair.benefit === undefined ? 0 : 1)
  }

  private addConsent(item: Item): void {
    const patient = this.subjectOf(item)
    if (patient === undefined) return
    const read = readConsent(item.resource, this.report.issuesAt(item.path))
    if (read.kind === 'refused') return this.report.reject(item.path, read.reason)
    const list = this.consents.get(patient) ?? []
    list.push(read.value)
    this.consents.set(patient, list)
  }

  /** Resources that are a patient's and no part of a visit, by the field that names the patient. */
  private ofPatients(type: string, field: string): Map<ReadPatient, JsonObject[]> {
    const found = new Map<ReadPatient, JsonObject[]>()
    for (const { resource } of this.items) {
      if (resource['resourceType'] !== type) continue
      const subject = this.references.follow(objectAt(resource[field]), resource)
      if (subject?.['resourceType'] !== 'Patient') continue
      const patient = this.patientOf(subject)
      const list = found.get(patient)
      if (list === undefined) found.set(patient, [resource])
      else list.push(resource)
    }
    return found
  }
}

const isOwnProvenance = (resource: JsonObject): boolean =>
  objectsAt(resource['entity']).some(
    (entity) => objectAt(objectAt(entity['what'])?.['identifier'])?.['system'] === BLOCK_SYSTEM,
  )
