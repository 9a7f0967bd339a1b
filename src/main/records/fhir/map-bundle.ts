/**
 * FHIR resources → visits: one for each Encounter, with everything that belongs to it. What names no encounter is
 * attached by patient and time, else it makes a visit of class UNK of its own day: nothing clinical is dropped, and
 * every resource that is not taken is named with its place and the reason.
 */
import { parseInstant } from '../../../shared/domain/dates.ts'
import { visitRecord } from '../../../shared/domain/visit.ts'
import type { Encounter, Envelope, Observation, VisitPatient } from '../../../shared/domain/visit.ts'
import type { SourcePatient, VisitDraft } from '../../../shared/domain/source.ts'
import { claimDiagnoses, type ClaimDiagnoses } from './claim-diagnoses.ts'
import { insuranceOn, readCoverage } from './coverage.ts'
import { badTextIn } from './json.ts'
import type { JsonObject } from './json.ts'
import { inOrder, ownPartOf } from './own-extension.ts'
import {
  conceptOf,
  cut,
  goodWhen,
  objectAt,
  objectsAt,
  pieces,
  QUIET,
  referenceText,
  textAt,
} from './reading.ts'
import type { Issues } from './reading.ts'
import { readClaim, readInsurance } from './read-claim.ts'
import type { Insurance } from './read-claim.ts'
import {
  isSocialFinding,
  readCondition,
  readImagingStudy,
  readPrescription,
  readProcedure,
  readSocialFinding,
} from './read-clinical.ts'
import type { Read } from './read-clinical.ts'
import { draftEncounter, encounterDiagnoses, organisationOf, readEncounter } from './read-encounter.ts'
import { causeOfDeathIn } from './cause-of-death.ts'
import { readObservation } from './read-observation.ts'
import { consentFor, readConsent, type ReadConsent } from './read-consent.ts'
import { draftPatient, readPatient } from './read-patient.ts'
import type { ReadPatient } from './read-patient.ts'
import { indexReferences } from './references.ts'
import type { Item, References } from './references.ts'
import { CONTEXT_TYPES, refusalOfType, VISIT_PARTS } from './resource-types.ts'
import { BLOCK_SYSTEM } from './write-provenance.ts'

export interface MapOptions {
  /** What the hospital may do with records whose source says nothing about consent. */
  consentScope: VisitPatient['consent']['scope']
  /** Resources of other files, for references that lead out of these. */
  outer?: References
  /** Where the resources really come from, when other files stand behind them: rows of tables. */
  origin?: { kind: Envelope['origin']['kind']; system: string }
  /** Give back what names an unknown patient instead of refusing it: another file may bring the patient. */
  isPatientElsewhere?: boolean
}

export const DEFAULT_MAP_OPTIONS: MapOptions = { consentScope: 'treatment-and-research' }

export interface SourceVisit {
  patient: SourcePatient
  content: VisitDraft
  /** Number of the member at the insurer; to be tokenised, never stored. */
  memberNumber?: string
  /** Nothing in the source says it: it is the option's. */
  isConsentAssumed?: boolean
  origin: Envelope['origin']
  /** FHIR resources that this visit was made of. */
  resourceCount: number
  observationResourceCount: number
}

export interface Reject {
  path: string
  reason: string
  detail?: string
}

export interface Mapped {
  patients: SourcePatient[]
  visits: SourceVisit[]
  rejects: Reject[]
  warnings: Map<string, number>
  /** Only with `isPatientElsewhere`. */
  deferred: Item[]
}

/** `hasBadText`: the reader saw a text that a record must not hold, so each resource is looked through. */
export function mapBundle(items: readonly Item[], options: MapOptions, hasBadText = false): Mapped {
  return new Mapper(items, options, hasBadText).map()
}

interface Bucket {
  patient: ReadPatient
  encounter: VisitDraft['encounter'] | undefined
  resource: JsonObject | undefined
  path: string
  sourceId: string
  system: string
  organisation: string | undefined
  start: number
  end: number
  notes: string[]
  observations: Read<Observation>[]
  conditions: Item[]
  procedures: Read<VisitDraft['procedures'][number]>[]
  prescriptions: Read<VisitDraft['prescriptions'][number]>[]
  claims: { claim: Item | undefined; benefit: Item | undefined }[]
  resourceCount: number
  observationResourceCount: number
}

const RECORD_VISIT_SYSTEM = 'urn:consilium:visit'
const LONG = 2000
const NOTES_MAX = 50
const LIMITS = { observations: 2000, diagnoses: 200, procedures: 500, prescriptions: 500, claims: 200 }
const DAY_MS = 86_400_000

class Mapper {
  private readonly items: Item[] = []
  private readonly references: References
  private readonly patients = new Map<JsonObject, ReadPatient>()
  private readonly patientsByName = new Map<string, ReadPatient>()
  private readonly consents = new Map<ReadPatient, ReadConsent[]>()
  private coverages: ReadonlyMap<ReadPatient, JsonObject[]> = new Map()
  private readonly buckets = new Map<JsonObject, Bucket>()
  private readonly ofPatient = new Map<ReadPatient, Bucket[]>()
  private readonly result: Mapped = {
    patients: [],
    visits: [],
    rejects: [],
    warnings: new Map(),
    deferred: [],
  }
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
        this.reject(item.path, 'no-resource-type')
        continue
      }
      this.items.push(item)
      this.paths.set(item.resource, item.path)
    }
    this.references = indexReferences(this.items, options.outer)
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
      if (type === 'Provenance' && isOwnProvenance(item.resource)) this.warn('provenance-known')
      else if (!VISIT_PARTS.has(type)) this.reject(item.path, refusalOfType(type), type)
      else if (type === 'Claim' || type === 'ExplanationOfBenefit') money.push(item)
      else this.addPart(item, type)
    }
    this.addClaims(money)
    for (const list of this.ofPatient.values()) for (const bucket of list) this.finish(bucket)
    return this.result
  }

  private reject(path: string, reason: string, detail?: string): void {
    this.result.rejects.push(detail === undefined ? { path, reason } : { path, reason, detail })
  }

  private warn(reason: string): void {
    this.result.warnings.set(reason, (this.result.warnings.get(reason) ?? 0) + 1)
  }

  private issuesAt(path: string): Issues {
    return {
      warn: (reason) => this.warn(reason),
      leave: (part, reason, detail) => this.reject(`${path}.${part}`, reason, detail),
    }
  }

  /* Patients */

  private patientOf(resource: JsonObject): ReadPatient {
    const known = this.patients.get(resource)
    if (known !== undefined) return known
    const path = this.paths.get(resource) ?? 'Patient'
    const key = this.references.keyOf(resource) ?? `Patient@${path}`
    const patient = readPatient(resource, key, this.options, this.issuesAt(path))
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
      this.reject(item.path, 'no-patient')
      return undefined
    }
    if (this.options.isPatientElsewhere === true) this.result.deferred.push(item)
    else {
      const reference = referenceText(value)
      this.reject(
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
    const issues = this.issuesAt(item.path)
    let read = readEncounter(item.resource, issues)
    // A record of ours says its dates in our extension, whatever FHIR's field could hold.
    if (read.kind === 'refused' && ownPartOf(item.resource).fields['encounter.admission'] !== undefined) {
      read = { kind: 'encounter', value: unknownEncounter('1970-01-01') }
    }
    if (read.kind === 'refused') {
      this.reject(`${item.path}.period`, read.reason)
      return
    }
    const { resource } = item
    const [system, sourceId] = this.sourceIdOf(item, patient)
    const bucket = this.newBucket(patient, item.path, system, sourceId)
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
    this.buckets.set(resource, bucket)
  }

  private newBucket(patient: ReadPatient, path: string, system: string, sourceId: string): Bucket {
    const bucket: Bucket = {
      patient,
      encounter: undefined,
      resource: undefined,
      path,
      sourceId,
      system,
      organisation: undefined,
      start: 0,
      end: 0,
      notes: [],
      observations: [],
      conditions: [],
      procedures: [],
      prescriptions: [],
      claims: [],
      resourceCount: 0,
      observationResourceCount: 0,
    }
    const list = this.ofPatient.get(patient)
    if (list === undefined) this.ofPatient.set(patient, [bucket])
    else list.push(bucket)
    return bucket
  }

  /** System and id that name the visit in its source for ever: our own id, the source's business id, else its resource id. */
  private sourceIdOf(item: Item, patient: ReadPatient): [system: string, sourceId: string] {
    const identifiers = objectsAt(item.resource['identifier'])
    const own = identifiers.find((each) => each['system'] === RECORD_VISIT_SYSTEM)
    if (typeof own?.['value'] === 'string') return [RECORD_VISIT_SYSTEM, cut(own['value'], 200)]
    const named = identifiers.find(
      (each) => typeof each['system'] === 'string' && typeof each['value'] === 'string',
    )
    const id = item.resource['id']
    const isUnique = typeof id === 'string' && UUID.test(id)
    if (named !== undefined && !isUnique)
      return [cut(named['system'] as string, 200), cut(named['value'] as string, 200)]
    const base = /^(https?:\/\/.+)\/Encounter\/[^/]+$/.exec(item.fullUrl ?? '')?.[1]
    const system = base === undefined ? 'fhir' : cut(base, 200)
    const name =
      typeof id === 'string' && id !== '' ? id : (item.fullUrl ?? item.path).replace(/^urn:uuid:/, '')
    // A short id such as `e1` is unique only beside its patient.
    return [system, cut(UUID.test(name) ? name : `${plainKey(patient)}/Encounter/${name}`, 200)]
  }

  /** The visit that a resource belongs to, by reference, else by time, else a day of its own. */
  private bucketOf(item: Item, patient: ReadPatient, when: string | undefined): Bucket | undefined {
    const { resource } = item
    const link = objectAt(resource['encounter']) ?? objectAt(resource['context'])
    const found = this.references.follow(link, resource)
    const direct = found === undefined ? undefined : this.buckets.get(found)
    if (direct !== undefined && direct.patient === patient) return direct
    if (link !== undefined)
      this.warn(direct === undefined ? 'encounter-not-found' : 'encounter-of-another-patient')
    return this.bucketByTime(item, patient, when)
  }

  private bucketByTime(item: Item, patient: ReadPatient, when: string | undefined): Bucket | undefined {
    if (when === undefined) {
      this.reject(item.path, 'no-date')
      return undefined
    }
    const instant = parseInstant(when)
    const list = this.ofPatient.get(patient) ?? []
    if (instant !== null) {
      const isDay = instant.offsetMinutes === null
      let best: Bucket | undefined
      for (const bucket of list) {
        if (bucket.encounter === undefined || bucket.encounter.status === 'entered-in-error') continue
        const isInside = isDay
          ? bucket.encounter.day <= when &&
            when <= (bucket.encounter.discharge?.at ?? bucket.encounter.day).slice(0, 10)
          : bucket.start <= instant.epochMs && instant.epochMs <= bucket.end
        if (isInside && (best === undefined || bucket.start > best.start)) best = bucket
      }
      if (best !== undefined) {
        this.warn('attached-by-time')
        return best
      }
    }
    this.warn('no-encounter')
    const day = when.length >= 10 ? when.slice(0, 10) : when.length === 7 ? `${when}-01` : `${when}-01-01`
    const sourceId = cut(`${plainKey(patient)}/day/${day}`, 200)
    const known = list.find((bucket) => bucket.sourceId === sourceId)
    if (known !== undefined) return known
    return this.newBucket(patient, item.path, 'fhir', sourceId)
  }

  /* Parts */

  private addPart(item: Item, type: string): void {
    const patient = this.subjectOf(item)
    if (patient === undefined) return
    const { resource } = item
    // What our own extension says better needs no complaint about FHIR's fields.
    const isOwn = ownPartOf(resource).order !== undefined
    const issues = isOwn ? QUIET : this.issuesAt(item.path)
    const bad = isOwn ? undefined : badDateOf(resource, type)
    if (bad !== undefined) {
      this.reject(`${item.path}.${bad.field}`, bad.reason, bad.text)
      return
    }
    const when = dateOf(resource, type, QUIET)
    switch (type) {
      case 'Observation': {
        const notes: string[] = []
        const specimen = this.references.follow(objectAt(resource['specimen']), resource)
        const read = readObservation(resource, { specimen, addNote: (text) => notes.push(text) }, issues)
        if (read === undefined) return this.reject(item.path, 'no-code')
        // Said of the person, so that all visits of the file say it, as they do the date.
        const cause = causeOfDeathIn(resource)
        if (cause !== null && patient.section.deceased !== false) {
          patient.section.deceased = true
          patient.section.causeOfDeath ??= cause
        }
        const bucket = this.bucketOf(item, patient, when)
        if (bucket === undefined) return
        bucket.observations.push(...read)
        bucket.notes.push(...notes)
        bucket.observationResourceCount++
        bucket.resourceCount++
        return
      }
      case 'DiagnosticReport': {
        // A list of results, which come as observations of their own. What only the report says is its conclusion.
        this.warn('report-of-results-taken-singly')
        objectsAt(resource['presentedForm']).forEach((_, i) =>
          issues.leave(`presentedForm[${i}]`, 'document-not-kept'),
        )
        const conclusion = textAt(resource['conclusion'], Infinity, issues)
        if (conclusion === undefined) return
        const bucket = this.bucketOf(item, patient, when)
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
          if (read === undefined) return this.reject(item.path, 'no-code')
          const bucket = this.bucketOf(item, patient, when)
          if (bucket === undefined) return
          this.warn('social-finding-is-no-diagnosis')
          bucket.observations.push(read)
          bucket.resourceCount++
          return
        }
        const concept = objectAt(resource['code'])
        if (concept === undefined) return this.reject(item.path, 'no-code')
        const bucket = this.bucketOf(item, patient, when)
        if (bucket === undefined) return
        bucket.conditions.push(item)
        bucket.resourceCount++
        return
      }
      case 'Procedure':
      case 'ImagingStudy': {
        const read =
          type === 'Procedure' ? readProcedure(resource, issues) : readImagingStudy(resource, issues)
        if (read === undefined) return this.reject(item.path, 'no-code')
        const bucket = this.bucketOf(item, patient, when)
        if (bucket === undefined) return
        bucket.procedures.push(read)
        bucket.resourceCount++
        return
      }
      default: {
        const medication = this.references.follow(objectAt(resource['medicationReference']), resource)
        const read = readPrescription(resource, medication, issues)
        if (read === undefined) return this.reject(item.path, 'no-code')
        const bucket = this.bucketOf(item, patient, when)
        if (bucket === undefined) return
        if (read.value.dose === undefined && type === 'MedicationRequest') this.warn('no-dosage')
        bucket.prescriptions.push(read)
        bucket.resourceCount++
      }
    }
  }

  /* Claims */

  /** A benefit belongs to the claim that it names; either may come alone. */
  private addClaims(items: readonly Item[]): void {
    const pairs = new Map<JsonObject, { claim: Item | undefined; benefit: Item | undefined }>()
    const list: { claim: Item | undefined; benefit: Item | undefined }[] = []
    const byId = new Map<string, JsonObject>()
    for (const item of items) {
      if (item.resource['resourceType'] !== 'Claim') continue
      const pair = { claim: item, benefit: undefined }
      pairs.set(item.resource, pair)
      list.push(pair)
      const id = item.resource['id']
      if (typeof id === 'string') byId.set(id, item.resource)
    }
    for (const item of items) {
      if (item.resource['resourceType'] !== 'ExplanationOfBenefit') continue
      const named = this.references.follow(objectAt(item.resource['claim']), item.resource)
      const byNumber = objectsAt(item.resource['identifier'])
        .map((each) => (typeof each['value'] === 'string' ? byId.get(each['value']) : undefined))
        .find((each) => each !== undefined)
      const pair = pairs.get((named ?? byNumber) as JsonObject)
      if (pair !== undefined && pair.benefit === undefined) pair.benefit = item
      else list.push({ claim: undefined, benefit: item })
    }
    for (const pair of list) {
      const item = (pair.claim ?? pair.benefit)!
      const patient = this.subjectOf(item)
      if (patient === undefined) continue
      const bucket = this.claimBucket(pair, item, patient)
      if (bucket === undefined) continue
      bucket.claims.push(pair)
      bucket.resourceCount += (pair.claim === undefined ? 0 : 1) + (pair.benefit === undefined ? 0 : 1)
    }
  }

  private claimBucket(
    pair: { claim: Item | undefined; benefit: Item | undefined },
    item: Item,
    patient: ReadPatient,
  ): Bucket | undefined {
    for (const each of [pair.claim, pair.benefit]) {
      if (each === undefined) continue
      const { resource } = each
      const links = objectsAt(resource['item']).flatMap((line) => objectsAt(line['encounter']))
      const request = this.references.follow(objectAt(resource['prescription']), resource)
      const viaRequest = objectAt(request?.['encounter'])
      for (const link of viaRequest === undefined ? links : [...links, viaRequest]) {
        const found = this.references.follow(link, resource)
        const bucket = found === undefined ? undefined : this.buckets.get(found)
        if (bucket !== undefined && bucket.patient === patient) return bucket
      }
      for (const entry of objectsAt(resource['diagnosis'])) {
        const condition = this.references.follow(objectAt(entry['diagnosisReference']), resource)
        const found = this.references.follow(objectAt(condition?.['encounter']), condition)
        const bucket = found === undefined ? undefined : this.buckets.get(found)
        if (bucket !== undefined && bucket.patient === patient) return bucket
      }
    }
    const period = objectAt(item.resource['billablePeriod'])
    const when =
      goodWhen(period?.['start'], 'billablePeriod', QUIET) ??
      goodWhen(item.resource['created'], 'created', QUIET)
    return this.bucketByTime(item, patient, when)
  }

  /* Visits */

  private finish(bucket: Bucket): void {
    const encounter = bucket.encounter ?? unknownEncounter(bucket.sourceId.slice(-10))
    const own = bucket.resource === undefined ? undefined : ownPartOf(bucket.resource).fields
    const ofClaims = this.claimDiagnosesOf(bucket)
    const diagnoses = this.diagnosesOf(bucket, ofClaims)
    const rankOf = (entry: JsonObject) => {
      const found = ofClaims.conditionOf(entry)
      return found === undefined ? undefined : diagnoses.rankOf.get(found)
    }
    const claims = bucket.claims.map(({ claim, benefit }) =>
      readClaim(claim?.resource, benefit?.resource, { rankOf }, this.issuesAt((claim ?? benefit)!.path)),
    )
    const insurance = this.insuranceOf(bucket, encounter.day)
    if (insurance !== undefined) encounter.payer = insurance.payer
    const patient = { ...bucket.patient.section }
    const consent = this.consentOf(bucket, encounter.day)
    if (consent !== null) patient.consent = consent
    const content: VisitDraft = {
      patient,
      encounter,
      observations: inOrder(bucket.observations),
      diagnoses: inOrder(diagnoses.list),
      procedures: inOrder(bucket.procedures),
      prescriptions: inOrder(bucket.prescriptions),
      claims: inOrder(claims),
      notes: bucket.notes.flatMap((text) => pieces(text, LONG)),
    }
    for (const [name, limit] of Object.entries(LIMITS) as [keyof typeof LIMITS, number][]) {
      if (content[name].length > limit) {
        this.reject(bucket.path, 'too-many-in-one-visit', `${name}: ${content[name].length}`)
        content[name].length = limit
      }
    }
    if (content.notes.length > NOTES_MAX) {
      this.reject(bucket.path, 'too-many-in-one-visit', `notes: ${content.notes.length}`)
      content.notes.length = NOTES_MAX
    }
    const whole = own === undefined ? content : withOwnSections(content, own)
    const parsed = draftSchema.safeParse(whole)
    if (!parsed.success) {
      const issue = parsed.error.issues[0]
      this.reject(
        bucket.path,
        'visit-not-mappable',
        issue === undefined ? undefined : `${issue.path.join('.')}: ${issue.code}`,
      )
      return
    }
    const origin: Envelope['origin'] = {
      kind: this.options.origin?.kind ?? 'fhir',
      system: bucket.system === 'fhir' ? (this.options.origin?.system ?? 'fhir') : bucket.system,
      sourceId: bucket.sourceId,
      path: cut(bucket.path, 200),
    }
    if (bucket.organisation !== undefined) origin.organisation = bucket.organisation
    const visit: SourceVisit = {
      patient: bucket.patient.source,
      content: parsed.data,
      origin,
      resourceCount: bucket.resourceCount,
      observationResourceCount: bucket.observationResourceCount,
    }
    if (consent === null && own?.['patient.consent'] === undefined) visit.isConsentAssumed = true
    if (insurance?.memberNumber !== undefined) visit.memberNumber = insurance.memberNumber
    this.result.visits.push(visit)
  }

  private claimDiagnosesOf(bucket: Bucket): ClaimDiagnoses {
    const claims = bucket.claims.flatMap(({ claim, benefit }) =>
      [claim, benefit].filter((each) => each !== undefined),
    )
    const said = claimDiagnoses(claims, bucket.conditions, this.follow)
    for (const item of said.added) {
      bucket.conditions.push(item)
      this.warn('diagnosis-from-claim')
    }
    return said
  }

  private diagnosesOf(
    bucket: Bucket,
    ofClaims: ClaimDiagnoses,
  ): {
    list: Read<VisitDraft['diagnoses'][number]>[]
    rankOf: Map<JsonObject, number>
  } {
    const links = new Map<
      JsonObject,
      { rank: number | undefined; role: VisitDraft['diagnoses'][number]['role'] | undefined }
    >()
    if (bucket.resource !== undefined) {
      for (const link of encounterDiagnoses(bucket.resource)) {
        const found = this.references.resolve(link.reference, bucket.resource)
        if (found !== undefined) links.set(found, link)
      }
    }
    for (const [condition, role] of ofClaims.roles) {
      const isOneMore = role === 'principal' && [...links.values()].some((each) => each.role === 'principal')
      links.set(condition, { rank: undefined, role: isOneMore ? 'secondary' : role })
    }
    const used = new Set<number>()
    for (const link of links.values()) if (link.rank !== undefined) used.add(link.rank)
    const list: Read<VisitDraft['diagnoses'][number]>[] = []
    const rankOf = new Map<JsonObject, number>()
    let next = 1
    for (const item of bucket.conditions) {
      const link = links.get(item.resource) ?? { rank: undefined, role: undefined }
      while (used.has(next)) next++
      // Beyond the 200 that a visit may have the rest is refused by number anyway.
      const rank = Math.min(next, 200)
      const read = readCondition(item.resource, link, rank, this.issuesAt(item.path))
      if (read === undefined) {
        this.reject(item.path, 'no-code')
        continue
      }
      if (read.value.rank === rank && link.rank === undefined) used.add(rank)
      const present = ofClaims.onAdmission.get(item.resource)
      if (present !== undefined && read.order === undefined)
        read.value = { presentOnAdmission: present, ...read.value }
      list.push(read)
      rankOf.set(item.resource, read.value.rank)
    }
    // A visit with one diagnosis came for that; among several only the source can say.
    const only = list[0]
    if (list.length === 1 && only !== undefined && only.order === undefined && links.size === 0) {
      only.value = { ...only.value, role: 'principal' }
    }
    return { list, rankOf }
  }

  private addConsent(item: Item): void {
    const patient = this.subjectOf(item)
    if (patient === undefined) return
    const read = readConsent(item.resource, this.issuesAt(item.path))
    if (read.kind === 'refused') return this.reject(item.path, read.reason)
    const list = this.consents.get(patient) ?? []
    list.push(read.value)
    this.consents.set(patient, list)
  }

  private consentOf(bucket: Bucket, day: string): VisitPatient['consent'] | null {
    const ofPatient = this.consents.get(bucket.patient) ?? []
    const isEncounter = (reference: JsonObject) =>
      bucket.resource !== undefined && this.references.follow(reference) === bucket.resource
    return consentFor(ofPatient, day, isEncounter, this.options.consentScope)
  }

  private insuranceOf(bucket: Bucket, day: string): Insurance | undefined {
    let best: Insurance | undefined
    for (const { claim, benefit } of bucket.claims) {
      for (const item of [benefit, claim]) {
        if (item === undefined) continue
        const insurance = objectsAt(item.resource['insurance'])[0]
        const link = objectAt(insurance?.['coverage'])
        if (link === undefined) continue
        const coverage = this.references.follow(link, item.resource)
        const issues = this.issuesAt(item.path)
        const display = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)
        const words = [display(link['display']), display(objectAt(item.resource['insurer'])?.['display'])]
        const read =
          coverage === undefined
            ? readInsurance(undefined, words, issues)
            : readCoverage(coverage, this.follow, words, issues)
        if (best === undefined || (best.payer.type === 'UNKNOWN' && read.payer.type !== 'UNKNOWN'))
          best = read
      }
    }
    if (best !== undefined && best.payer.type !== 'UNKNOWN') return best
    const issues = this.issuesAt(bucket.path)
    const read = (coverage: JsonObject) => readCoverage(coverage, this.follow, [], issues)
    const own = objectsAt(bucket.resource?.['contained']).find((each) => each['resourceType'] === 'Coverage')
    if (own !== undefined) return read(own)
    return insuranceOn(day, this.coverages.get(bucket.patient) ?? [], read, issues) ?? best
  }

  private readonly follow = (value: JsonObject | undefined, from: JsonObject) =>
    this.references.follow(value, from)

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

const draftSchema = visitRecord
  .omit({ envelope: true, patient: true, encounter: true })
  .extend({ patient: draftPatient, encounter: draftEncounter })
/** What the extension at the encounter can change: the whole is looked at once, at its end. */
const ownSections = visitRecord
  .pick({ outcome: true, notes: true })
  .extend({ patient: draftPatient, encounter: draftEncounter })

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** The patient's name in this source, without a scheme: `Patient/7`, a UUID. */
function plainKey(patient: ReadPatient): string {
  return patient.source.sourceKey.replace(/^urn:uuid:/, '')
}

/** A visit that nobody described: something was measured or prescribed that day. */
function unknownEncounter(day: string): VisitDraft['encounter'] {
  return {
    class: 'UNK' satisfies Encounter['class'],
    status: 'finished',
    admission: { at: day },
    day,
    payer: { type: 'UNKNOWN' },
  }
}

/** Sections that our own export keeps at the encounter: fields of encounter and patient, outcome, notes. */
function withOwnSections(content: VisitDraft, own: Record<string, unknown>): VisitDraft {
  const patient: Record<string, unknown> = { ...content.patient }
  const encounter: Record<string, unknown> = { ...content.encounter }
  const rest: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(own)) {
    const target = name.startsWith('patient.') ? patient : name.startsWith('encounter.') ? encounter : rest
    const field = name.slice(name.indexOf('.') + 1)
    if (value === null) delete target[field]
    else target[field] = value
  }
  const merged = { ...content, patient, encounter } as VisitDraft
  if (rest['outcome'] !== undefined) merged.outcome = rest['outcome'] as VisitDraft['outcome']
  if (Array.isArray(rest['notes'])) merged.notes = rest['notes'] as string[]
  // A crafted extension must not spoil the visit: what it would break is read without it.
  const { outcome, notes } = merged
  return ownSections.safeParse({ patient, encounter, outcome, notes }).success ? merged : content
}

/** Fields that say when a resource happened, the best first. */
const DATE_FIELDS: Record<string, readonly string[] | undefined> = {
  Observation: ['effectiveDateTime', 'effectiveInstant', 'effectivePeriod', 'issued'],
  Condition: ['recordedDate', 'onsetDateTime', 'onsetPeriod'],
  Procedure: ['performedDateTime', 'performedPeriod'],
  ImagingStudy: ['started'],
  MedicationRequest: ['authoredOn'],
  MedicationDispense: ['whenHandedOver', 'whenPrepared'],
  MedicationAdministration: ['effectiveDateTime', 'effectivePeriod'],
  MedicationStatement: ['effectiveDateTime', 'effectivePeriod', 'dateAsserted'],
  Immunization: ['occurrenceDateTime', 'recorded'],
  DiagnosticReport: ['effectiveDateTime', 'effectivePeriod', 'issued'],
}

function dateOf(resource: JsonObject, type: string, issues: Issues): string | undefined {
  for (const field of DATE_FIELDS[type] ?? []) {
    const value = resource[field]
    const text = goodWhen(objectAt(value)?.['start'] ?? value, field, issues)
    if (text !== undefined) return text
  }
  return undefined
}

/** A resource whose main date is there and impossible is not taken: a wrong day would be invented. */
function badDateOf(
  resource: JsonObject,
  type: string,
): { field: string; reason: string; text: string } | undefined {
  let bad: { field: string; reason: string; text: string } | undefined
  for (const field of DATE_FIELDS[type] ?? []) {
    const value = resource[field]
    const raw = objectAt(value)?.['start'] ?? value
    if (typeof raw !== 'string' || raw === '') continue
    let reason: string | undefined
    const text = goodWhen(raw, field, { warn: () => undefined, leave: (_, why) => (reason = why) })
    if (text !== undefined) return undefined
    if (reason !== undefined && bad === undefined) bad = { field, reason, text: raw.slice(0, 40) }
  }
  return bad
}
