/** A visit of all that was gathered for it: diagnoses in their ranks, claims, insurance, consent, and what our own export says better. */
import type { VisitDraft } from '../../../shared/domain/source.ts'
import { visitRecord, type Envelope, type VisitPatient } from '../../../shared/domain/visit.ts'
import { claimDiagnoses, type ClaimDiagnoses } from './claim-diagnoses.ts'
import { itemOf } from './claim-pairs.ts'
import { insuranceOn, readCoverage } from './coverage.ts'
import type { JsonObject } from './json.ts'
import type { MapOptions, Report, SourceVisit } from './mapped.ts'
import { inOrder, ownPartOf } from './own-extension.ts'
import { readClaim, readInsurance, type Insurance } from './read-claim.ts'
import { readCondition, type Read } from './read-clinical.ts'
import { consentFor, type ReadConsent } from './read-consent.ts'
import { draftEncounter, encounterDiagnoses } from './read-encounter.ts'
import { draftPatient, type ReadPatient } from './read-patient.ts'
import { cut, objectAt, objectsAt, pieces } from './reading.ts'
import type { References } from './references.ts'
import { unknownEncounter, type Bucket } from './visit-buckets.ts'

export interface VisitContext {
  readonly references: References
  readonly report: Report
  readonly options: MapOptions
  readonly consentsOf: (patient: ReadPatient) => ReadConsent[]
  readonly coveragesOf: (patient: ReadPatient) => JsonObject[]
}

const LONG = 2000
const NOTES_MAX = 50
const LIMITS = { observations: 2000, diagnoses: 200, procedures: 500, prescriptions: 500, claims: 200 }
const draftSchema = visitRecord
  .omit({ envelope: true, patient: true, encounter: true })
  .extend({ patient: draftPatient, encounter: draftEncounter })
/** What the extension at the encounter can change: the whole is looked at once, at its end. */
const ownSections = visitRecord
  .pick({ outcome: true, notes: true })
  .extend({ patient: draftPatient, encounter: draftEncounter })

/** Null after the visit was refused. */
export function finishVisit(bucket: Bucket, context: VisitContext): SourceVisit | null {
  const { report, options } = context
  const encounter = bucket.encounter ?? unknownEncounter(bucket.sourceId.slice(-10))
  const own = bucket.resource === undefined ? undefined : ownPartOf(bucket.resource).fields
  const ofClaims = claimDiagnosesOf(bucket, context)
  const diagnoses = diagnosesOf(bucket, ofClaims, context)
  const rankOf = (entry: JsonObject) => {
    const found = ofClaims.conditionOf(entry)
    return found === undefined ? undefined : diagnoses.rankOf.get(found)
  }
  const claims = bucket.claims.map((pair) =>
    readClaim(pair.claim?.resource, pair.benefit?.resource, { rankOf }, report.issuesAt(itemOf(pair).path)),
  )
  const insurance = insuranceOf(bucket, encounter.day, context)
  if (insurance !== undefined) encounter.payer = insurance.payer
  const patient = { ...bucket.patient.section }
  const consent = consentOf(bucket, encounter.day, context)
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
      report.reject(bucket.path, 'too-many-in-one-visit', `${name}: ${content[name].length}`)
      content[name].length = limit
    }
  }
  if (content.notes.length > NOTES_MAX) {
    report.reject(bucket.path, 'too-many-in-one-visit', `notes: ${content.notes.length}`)
    content.notes.length = NOTES_MAX
  }
  const whole = own === undefined ? content : withOwnSections(content, own)
  const parsed = draftSchema.safeParse(whole)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    report.reject(
      bucket.path,
      'visit-not-mappable',
      issue === undefined ? undefined : `${issue.path.join('.')}: ${issue.code}`,
    )
    return null
  }
  const origin: Envelope['origin'] = {
    kind: options.origin?.kind ?? 'fhir',
    system: bucket.system === 'fhir' ? (options.origin?.system ?? 'fhir') : bucket.system,
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
  return visit
}

function claimDiagnosesOf(bucket: Bucket, { references, report }: VisitContext): ClaimDiagnoses {
  const claims = bucket.claims.flatMap(({ claim, benefit }) =>
    [claim, benefit].filter((each) => each !== undefined),
  )
  const said = claimDiagnoses(claims, bucket.conditions, (value, from) => references.follow(value, from))
  for (const item of said.added) {
    bucket.conditions.push(item)
    report.warn('diagnosis-from-claim')
  }
  return said
}

function diagnosesOf(
  bucket: Bucket,
  ofClaims: ClaimDiagnoses,
  { references, report }: VisitContext,
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
      const found = references.resolve(link.reference, bucket.resource)
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
    const read = readCondition(item.resource, link, rank, report.issuesAt(item.path))
    if (read === undefined) {
      report.reject(item.path, 'no-code')
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

function consentOf(
  bucket: Bucket,
  day: string,
  { references, options, consentsOf }: VisitContext,
): VisitPatient['consent'] | null {
  const isEncounter = (reference: JsonObject) =>
    bucket.resource !== undefined && references.follow(reference) === bucket.resource
  return consentFor(consentsOf(bucket.patient), day, isEncounter, options.consentScope)
}

function insuranceOf(
  bucket: Bucket,
  day: string,
  { references, report, coveragesOf }: VisitContext,
): Insurance | undefined {
  const follow = (value: JsonObject | undefined, from: JsonObject) => references.follow(value, from)
  let best: Insurance | undefined
  for (const { claim, benefit } of bucket.claims) {
    for (const item of [benefit, claim]) {
      if (item === undefined) continue
      const insurance = objectsAt(item.resource['insurance'])[0]
      const link = objectAt(insurance?.['coverage'])
      if (link === undefined) continue
      const coverage = references.follow(link, item.resource)
      const issues = report.issuesAt(item.path)
      const display = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)
      const words = [display(link['display']), display(objectAt(item.resource['insurer'])?.['display'])]
      const read =
        coverage === undefined
          ? readInsurance(undefined, words, issues)
          : readCoverage(coverage, follow, words, issues)
      if (best === undefined || (best.payer.type === 'UNKNOWN' && read.payer.type !== 'UNKNOWN')) best = read
    }
  }
  if (best !== undefined && best.payer.type !== 'UNKNOWN') return best
  const issues = report.issuesAt(bucket.path)
  const read = (coverage: JsonObject) => readCoverage(coverage, follow, [], issues)
  const own = objectsAt(bucket.resource?.['contained']).find((each) => each['resourceType'] === 'Coverage')
  if (own !== undefined) return read(own)
  return insuranceOn(day, coveragesOf(bucket.patient), read, issues) ?? best
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
