/** FHIR Patient → who it is (for the hospital's own table) and the patient section of a visit. */
import { visitPatient } from '../../../shared/domain/visit.ts'
import { normaliseNationalId } from '../../../shared/domain/national-id.ts'
import type { SourceIdentifier, SourcePatient, VisitDraft } from '../../../shared/domain/source.ts'
import type { VisitPatient } from '../../../shared/domain/visit.ts'
import { toNormalC } from '../../node/chain/normal-form.ts'
import type { JsonObject } from './json.ts'
import { cut, goodWhen, objectAt, objectsAt, textAt } from './reading.ts'
import type { Issues } from './reading.ts'

/** System of the identifier that carries a patient key of a consortium, `<epoch>:<64 hex digits>`. */
export const PATIENT_KEY_SYSTEM = 'urn:consilium:patient-key'

/** Identifier types and systems that are national. The first that a patient has is taken. */
const NATIONAL_SYSTEMS = [
  'http://www.moi.gov.tw',
  'http://hl7.org/fhir/sid/us-ssn',
  'http://ns.electronichealth.net.au/id/hi/ihi/1.0',
  'https://fhir.nhs.uk/Id/nhs-number',
]
const NATIONAL_TYPES = ['NI', 'NNTWN', 'NNxxx', 'SS', 'NH', 'IHI']

export interface ReadPatient {
  source: SourcePatient
  section: VisitDraft['patient']
}

export interface PatientDefaults {
  /** What the hospital may do with records whose source says nothing about consent. */
  consentScope: VisitPatient['consent']['scope']
}

export const draftPatient = visitPatient.omit({ key: true, keyEpoch: true })

/** `key` names the resource within one reading. */
export function readPatient(
  resource: JsonObject,
  key: string,
  defaults: PatientDefaults,
  issues: Issues,
): ReadPatient {
  const identifiers: SourceIdentifier[] = []
  for (const each of objectsAt(resource['identifier'])) {
    const value = textAt(each['value'], 200, issues)
    if (value === undefined) continue
    const system = textAt(each['system'], 200, issues) ?? ''
    const type = objectsAt(objectAt(each['type'])?.['coding'])[0]?.['code']
    identifiers.push(typeof type === 'string' ? { system, value, type } : { system, value })
  }
  const national = nationalOf(identifiers)
  const record = identifiers.find((each) => each.type === 'MR')
  const section = sectionOf(resource, defaults, issues)
  const { name, latinName } = namesOf(resource)
  const source: SourcePatient = {
    sourceKey: key,
    identity: identityOf(identifiers, national, resource, key),
    sex: section.sex,
    identifiers: identifiers.filter((each) => each.system !== PATIENT_KEY_SYSTEM),
  }
  // Under which a file without the national id means the same person. Numbers in our own exports are of many hospitals.
  const other = firstOf(
    identifiers.filter((each) => each !== national && !each.system.startsWith('urn:consilium:')),
  )
  if (other !== undefined && source.identity.kind === 'national-id')
    source.alsoKnownAs = [{ system: other.system, value: other.value }]
  if (name !== undefined) source.name = name
  if (latinName !== undefined) source.latinName = latinName
  if (national !== undefined) source.nationalId = normaliseNationalId(national.value)
  if (record !== undefined) source.medicalRecordNumber = record.value
  if (section.birthDate !== undefined) source.birthDate = section.birthDate
  const phone = objectsAt(resource['telecom']).find((each) => each['system'] === 'phone')?.['value']
  if (typeof phone === 'string' && phone !== '') source.phone = cut(phone, 64)
  return { source, section }
}

function nationalOf(identifiers: readonly SourceIdentifier[]): SourceIdentifier | undefined {
  for (const system of NATIONAL_SYSTEMS) {
    const found = identifiers.find((each) => each.system === system)
    if (found !== undefined) return found
  }
  for (const type of NATIONAL_TYPES) {
    const found = identifiers.find((each) => each.type === type)
    if (found !== undefined) return found
  }
  return undefined
}

/** Our own key, else the national id, else the first id of the source, else the resource's own id. */
function identityOf(
  identifiers: readonly SourceIdentifier[],
  national: SourceIdentifier | undefined,
  resource: JsonObject,
  key: string,
): SourcePatient['identity'] {
  const own = identifiers.find(
    (each) => each.system === PATIENT_KEY_SYSTEM && /^[0-9]{1,7}:[0-9a-f]{64}$/.test(each.value),
  )
  if (own !== undefined) return { kind: 'consortium', system: own.system, value: own.value }
  if (national !== undefined) {
    return { kind: 'national-id', system: national.system, value: normaliseNationalId(national.value) }
  }
  const first = firstOf(identifiers)
  if (first !== undefined) return { kind: 'source-id', system: first.system, value: first.value }
  const id = resource['id']
  return { kind: 'source-id', system: 'fhir', value: typeof id === 'string' && id !== '' ? id : key }
}

const firstOf = (identifiers: readonly SourceIdentifier[]): SourceIdentifier | undefined =>
  identifiers.find((each) => each.system !== '' && each.system !== PATIENT_KEY_SYSTEM)

/** The part of the patient that a record holds: nothing that names a person. */
function sectionOf(resource: JsonObject, defaults: PatientDefaults, issues: Issues): VisitDraft['patient'] {
  const gender = resource['gender']
  const section: VisitDraft['patient'] = {
    sex: gender === 'male' || gender === 'female' || gender === 'other' ? gender : 'unknown',
    consent: { scope: defaults.consentScope },
    linkTokens: [],
  }
  if (section.sex === 'unknown' && gender !== 'unknown') issues.warn('no-sex')
  const birthDate = goodWhen(resource['birthDate'], 'birthDate', issues)
  if (birthDate !== undefined) section.birthDate = birthDate.slice(0, 10)
  else {
    section.birthDateAbsentReason = resource['birthDate'] === undefined ? 'not-given' : 'date-does-not-exist'
    issues.warn('no-birth-date')
  }
  const died = goodWhen(resource['deceasedDateTime'], 'deceasedDateTime', issues)
  if (died !== undefined) {
    section.deceased = true
    section.deathDate = died.slice(0, 10)
  } else if (typeof resource['deceasedBoolean'] === 'boolean') section.deceased = resource['deceasedBoolean']
  const address = objectsAt(resource['address'])[0]
  // Coarse on purpose: a street or a full postal code would name a household.
  const state = textAt(address?.['state'], 64, issues)
  const postal = textAt(address?.['postalCode'], 20, issues)?.slice(0, 3)
  const region = state ?? postal
  if (region !== undefined) section.residenceRegion = region
  return section
}

const hasHan = (text: string) => /[\u3400-\u9fff\uf900-\ufaff]|[\ud840-\ud87f]/.test(text)

/** The official name, family first in Chinese; a second name in Latin letters beside it. */
function namesOf(resource: JsonObject): { name: string | undefined; latinName: string | undefined } {
  const names = objectsAt(resource['name']).filter(
    (each) => each['use'] !== 'old' && each['use'] !== 'maiden',
  )
  const written = (names.length > 0 ? names : objectsAt(resource['name']))
    .map(nameText)
    .filter((text) => text !== '')
  const official = names.findIndex((each) => each['use'] === 'official')
  const first = written[official >= 0 && written[official] !== undefined ? official : 0]
  const chinese = written.find(hasHan)
  const name = chinese ?? first
  const latinName = chinese === undefined ? undefined : written.find((text) => !hasHan(text))
  return { name: name === undefined ? undefined : cut(name, 200), latinName }
}

function nameText(name: JsonObject): string {
  const text = name['text']
  if (typeof text === 'string' && text !== '') return toNormalC(text)
  const given = (Array.isArray(name['given']) ? name['given'] : []).filter(
    (each): each is string => typeof each === 'string' && each !== '',
  )
  const family = typeof name['family'] === 'string' ? name['family'] : ''
  if (hasHan(family + given.join(''))) return toNormalC(family + given.join(''))
  return toNormalC([...given, family].filter((each) => each !== '').join(' '))
}
