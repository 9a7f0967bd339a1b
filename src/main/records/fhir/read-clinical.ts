/** FHIR Condition, Procedure, ImagingStudy, Immunization and the medication resources → diagnoses, procedures, prescriptions. */
import { ICD10_SYSTEMS, isIcd10Code, normaliseIcd10 } from '../../../shared/domain/visit-check.ts'
import {
  diagnosis as diagnosisSchema,
  observation as observationSchema,
  prescription as prescriptionSchema,
  procedure as procedureSchema,
} from '../../../shared/domain/visit.ts'
import type { Code, Diagnosis, Observation, Prescription, Procedure } from '../../../shared/domain/visit.ts'
import type { JsonObject } from './json.ts'
import { ownPartOf, withOwnFields } from './own-extension.ts'
import {
  annotationText,
  codeOf,
  conceptOf,
  cut,
  decimalAt,
  goodWhen,
  integerAt,
  mainCode,
  objectAt,
  objectsAt,
  referenceWord,
  textAt,
  wordOf,
} from './reading.ts'
import type { Issues } from './reading.ts'
import { wholeDateOrInstant } from './read-observation.ts'

export interface Read<T> {
  value: T
  order: number | undefined
}

const isIcd10 = (system: string) => ICD10_SYSTEMS.includes(system) || /icd-10/i.test(system)

/* Conditions */

/** Place of a condition in `Encounter.diagnosis`. */
export interface DiagnosisLink {
  rank: number | undefined
  role: Diagnosis['role'] | undefined
}

/** Of these SNOMED findings of life circumstances many exporters make conditions; they are no diagnoses. */
const SOCIAL_FINDINGS = new Set(
  (
    '160903007 160904001 73595000 422650009 423315002 424393004 706893006 741062008 713458007 224299000 224295006 ' +
    '224297003 224355006 105531004 266948004 361055000 105480006 160968000 10939881000119105 5251000175109 ' +
    '473461003 32911000 446654005 302932006 80943009 314529007 183932001 161744009 266934004 423656007 225444004 ' +
    '276091000119101 1149222004 314845004 406506008'
  ).split(' '),
)
const SNOMED = 'http://snomed.info/sct'
const SOCIAL_CATEGORIES = new Set(['sdoh', 'social-history', 'sdoh-category'])

/** A finding about how somebody lives, rather than an illness. */
export function isSocialFinding(resource: JsonObject): boolean {
  for (const coding of objectsAt(objectAt(resource['code'])?.['coding'])) {
    const code = coding['code']
    if (coding['system'] === SNOMED && typeof code === 'string' && SOCIAL_FINDINGS.has(code)) return true
  }
  for (const category of objectsAt(resource['category'])) {
    for (const coding of objectsAt(category['coding'])) {
      const code = coding['code']
      if (typeof code === 'string' && SOCIAL_CATEGORIES.has(code)) return true
    }
  }
  return false
}

/** A social finding as an observation: true from its onset, with its end in the note. */
export function readSocialFinding(resource: JsonObject, issues: Issues): Read<Observation> | undefined {
  const main = mainCode(conceptOf(resource['code'], issues), () => false)
  if (main === undefined) return undefined
  const own = ownPartOf(resource)
  const value: Observation = {
    code: main.code,
    kind: 'social',
    status: 'final',
    value: { type: 'boolean', value: true },
    sourceCodings: main.others,
  }
  const onset = wholeDateOrInstant(
    goodWhen(resource['onsetDateTime'], 'onsetDateTime', issues) ??
      goodWhen(resource['recordedDate'], 'recordedDate', issues),
    issues,
  )
  if (onset !== undefined) value.effective = onset
  const end = goodWhen(resource['abatementDateTime'], 'abatementDateTime', issues)
  if (end !== undefined) value.note = `Until ${end}`
  return { value: withOwnFields(value, own.fields, observationSchema), order: own.order }
}

export function readCondition(
  resource: JsonObject,
  link: DiagnosisLink,
  nextRank: number,
  issues: Issues,
): Read<Diagnosis> | undefined {
  const concept = conceptOf(resource['code'], issues)
  const main = mainCode(concept, isIcd10)
  if (main === undefined) return undefined
  const own = ownPartOf(resource)
  const { code, source, isListed } = diagnosisCode(main.code)
  const value: Diagnosis = {
    code,
    sourceCodings: (source === undefined ? main.others : [source, ...main.others]).slice(0, 16),
    role: link.role ?? 'secondary',
    rank: link.rank ?? nextRank,
    verification: verificationOf(resource),
  }
  if (!isListed) value.unlisted = true
  const onset =
    goodWhen(resource['onsetDateTime'], 'onsetDateTime', issues) ??
    goodWhen(objectAt(resource['onsetPeriod'])?.['start'], 'onsetPeriod', issues)
  const abatement =
    goodWhen(resource['abatementDateTime'], 'abatementDateTime', issues) ??
    goodWhen(objectAt(resource['abatementPeriod'])?.['end'], 'abatementPeriod', issues)
  if (onset !== undefined) value.onset = onset
  if (abatement !== undefined) value.abatement = abatement
  const texts: string[] = []
  const { text } = concept
  if (text !== undefined && text !== main.code.display && concept.codes.length > 0) texts.push(text)
  const note = annotationText(resource['note'])
  if (note !== undefined) texts.push(note)
  for (const name of ['onsetString', 'abatementString'] as const) {
    const words = textAt(resource[name], 500, issues)
    if (words !== undefined) texts.push(words)
  }
  if (texts.length > 0) value.text = shortened(texts.join('\n'), issues)
  return { value: withOwnFields(value, own.fields, diagnosisSchema), order: own.order }
}

/** ICD-10 in stored form; another system's code as it is, on no list of ours. */
function diagnosisCode(code: Code): { code: Code; source: Code | undefined; isListed: boolean } {
  if (!isIcd10(code.system)) return { code, source: undefined, isListed: false }
  const stored = normaliseIcd10(code.code)
  if (!isIcd10Code(stored)) return { code, source: undefined, isListed: false }
  // A missing dot is no other code; a small letter shows what somebody typed, so it is kept beside.
  const source = stored === code.code.replace('.', '') ? undefined : code
  return { code: { ...code, code: stored }, source, isListed: true }
}

function verificationOf(resource: JsonObject): Diagnosis['verification'] {
  const word = objectsAt(objectAt(resource['verificationStatus'])?.['coding'])[0]?.['code']
  switch (word) {
    case 'confirmed':
      return 'confirmed'
    case 'provisional':
    case 'differential':
    case 'unconfirmed':
      return 'provisional'
    case 'refuted':
    case 'entered-in-error':
      return 'refuted'
    default:
      return 'unknown'
  }
}

export const OWN_ROLE_SYSTEM = 'urn:consilium:diagnosis-role'
const ROLES: Record<string, Diagnosis['role'] | undefined> = {
  principal: 'principal',
  secondary: 'secondary',
  admitting: 'admitting',
  comorbidity: 'comorbidity',
  complication: 'complication',
  'external-cause': 'external-cause',
}

/** Role by our own word, else by FHIR's: AD admitting, CM comorbidity, DD of rank 1 principal. */
export function roleOfUse(
  use: JsonObject | undefined,
  rank: number | undefined,
): Diagnosis['role'] | undefined {
  const codings = objectsAt(use?.['coding'])
  for (const coding of codings) {
    const code = coding['code']
    if (coding['system'] === OWN_ROLE_SYSTEM && typeof code === 'string') return ROLES[code]
  }
  for (const coding of codings) {
    const word = coding['code']
    if (word === 'AD') return 'admitting'
    if (word === 'CM') return 'comorbidity'
    if (word === 'DD' || word === 'CC' || word === 'billing') return rank === 1 ? 'principal' : 'secondary'
  }
  return rank === 1 ? 'principal' : undefined
}

/* Procedures */

const PROCEDURE_STATUS: Record<string, Procedure['status'] | undefined> = {
  preparation: 'in-progress',
  'in-progress': 'in-progress',
  'not-done': 'not-done',
  'on-hold': 'in-progress',
  stopped: 'stopped',
  completed: 'completed',
  'entered-in-error': 'entered-in-error',
}

export function readProcedure(resource: JsonObject, issues: Issues): Read<Procedure> | undefined {
  const concept = conceptOf(resource['code'], issues)
  const main = mainCode(concept, (system) => /icd-?10/i.test(system))
  if (main === undefined) return undefined
  const own = ownPartOf(resource)
  const status = resource['status']
  const value: Procedure = {
    code: main.code,
    sourceCodings: main.others,
    status: (typeof status === 'string' ? PROCEDURE_STATUS[status] : undefined) ?? 'unknown',
  }
  const period = objectAt(resource['performedPeriod'])
  const start =
    goodWhen(resource['performedDateTime'], 'performedDateTime', issues) ??
    goodWhen(period?.['start'], 'performedPeriod.start', issues)
  const end = goodWhen(period?.['end'], 'performedPeriod.end', issues)
  if (start !== undefined) value.performed = start
  if (end !== undefined) value.performedEnd = end
  const role = wordOf(objectsAt(resource['performer'])[0]?.['function'], 64, issues)
  if (role !== undefined) value.performerRole = role
  const outcome = wordOf(resource['outcome'], 200, issues)
  if (outcome !== undefined) value.outcome = outcome
  const texts: string[] = []
  if (concept.text !== undefined && concept.text !== main.code.display && concept.codes.length > 0)
    texts.push(concept.text)
  const note = annotationText(resource['note'])
  if (note !== undefined) texts.push(note)
  for (const site of objectsAt(resource['bodySite'])) {
    const name = conceptOf(site, issues)
    const words = name.codes[0]?.display ?? name.text
    if (words !== undefined) texts.push(`Body site: ${cut(words, 300)}`)
  }
  if (texts.length > 0) value.text = shortened(texts.join('\n'), issues)
  return { value: withOwnFields(value, own.fields, procedureSchema), order: own.order }
}

/** An imaging study is a procedure that was done; pictures themselves are not kept. */
export function readImagingStudy(resource: JsonObject, issues: Issues): Read<Procedure> | undefined {
  const concept = conceptOf(objectsAt(resource['procedureCode'])[0], issues)
  const series = objectsAt(resource['series'])
  const modality = objectAt(series[0]?.['modality']) ?? objectsAt(resource['modality'])[0]
  const code =
    mainCode(concept, () => false)?.code ?? (modality === undefined ? undefined : codeOf(modality, issues))
  if (code === undefined) return undefined
  const value: Procedure = { code, sourceCodings: [], status: 'completed' }
  const started = goodWhen(resource['started'], 'started', issues)
  if (started !== undefined) value.performed = started
  const texts: string[] = []
  const description = textAt(resource['description'], 1000, issues)
  if (description !== undefined) texts.push(description)
  for (const each of series.slice(0, 5)) {
    const site = objectAt(each['bodySite'])
    const name =
      site === undefined
        ? undefined
        : (textAt(site['display'], 200, issues) ?? textAt(site['code'], 64, issues))
    if (name !== undefined && !texts.includes(`Body site: ${name}`)) texts.push(`Body site: ${name}`)
  }
  if (texts.length > 0) value.text = shortened(texts.join('\n'), issues)
  return { value, order: undefined }
}

/* Medicines */

const ATC = 'http://www.whocc.no/atc'
const isAtc = (code: Code) => code.system === ATC && /^[A-Z][0-9]{2}[A-Z]{2}[0-9]{2}$/.test(code.code)
const RX_STATUS: Record<string, Prescription['status'] | undefined> = {
  active: 'active',
  'in-progress': 'active',
  preparation: 'draft',
  draft: 'draft',
  completed: 'completed',
  stopped: 'stopped',
  'on-hold': 'on-hold',
  cancelled: 'cancelled',
  declined: 'cancelled',
  'not-done': 'cancelled',
  'not-taken': 'cancelled',
  'entered-in-error': 'entered-in-error',
  intended: 'draft',
}
const INTENT: Record<string, Prescription['intent'] | undefined> = {
  MedicationRequest: 'order',
  MedicationDispense: 'dispense',
  MedicationAdministration: 'administered',
  MedicationStatement: 'reported',
  Immunization: 'administered',
}

/** A medication resource of any kind. `medication` is the Medication that a reference leads to, if the file has it. */
export function readPrescription(
  resource: JsonObject,
  medication: JsonObject | undefined,
  issues: Issues,
): Read<Prescription> | undefined {
  const type = String(resource['resourceType'])
  const direct = resource['vaccineCode'] ?? resource['medicationCodeableConcept'] ?? medication?.['code']
  const concept = conceptOf(direct, issues)
  let main = mainCode(concept, (system) => system === ATC || system.includes('rxnorm'))
  if (main === undefined) {
    const reference = objectAt(resource['medicationReference'])
    const display = textAt(reference?.['display'], 500, issues)
    const word = display ?? referenceWord(reference)
    if (word === undefined) return undefined
    issues.warn('medicine-not-resolved')
    main = { code: { system: 'local', code: cut(word, 64), display: word }, others: [] }
  }
  const own = ownPartOf(resource)
  const status = resource['status']
  const value: Prescription = {
    code: main.code,
    sourceCodings: main.others,
    status: (typeof status === 'string' ? RX_STATUS[status] : undefined) ?? 'unknown',
    intent: intentOf(resource, type),
  }
  const atc = [main.code, ...main.others].find(isAtc)
  if (atc !== undefined) value.ingredientAtc = atc.code
  const dosages = objectsAt(resource['dosageInstruction'] ?? resource['dosage'])
  if (dosages[0] !== undefined) readDosage(dosages[0], value, issues)
  if (dosages.length > 1) issues.warn('further-dosage-instructions')
  const route = wordOf(resource['route'], 64, issues)
  if (route !== undefined && value.route === undefined) value.route = route

  const dispense = objectAt(resource['dispenseRequest'])
  const validity = objectAt(dispense?.['validityPeriod'])
  const effective = objectAt(resource['effectivePeriod'])
  const start =
    goodWhen(validity?.['start'], 'dispenseRequest.validityPeriod.start', issues) ??
    goodWhen(resource['authoredOn'], 'authoredOn', issues) ??
    goodWhen(resource['whenHandedOver'], 'whenHandedOver', issues) ??
    goodWhen(resource['occurrenceDateTime'], 'occurrenceDateTime', issues) ??
    goodWhen(resource['effectiveDateTime'], 'effectiveDateTime', issues) ??
    goodWhen(effective?.['start'], 'effectivePeriod.start', issues) ??
    goodWhen(resource['dateAsserted'], 'dateAsserted', issues)
  if (start !== undefined) value.start = start
  const end =
    goodWhen(validity?.['end'], 'dispenseRequest.validityPeriod.end', issues) ??
    goodWhen(effective?.['end'], 'effectivePeriod.end', issues)
  if (end !== undefined) value.end = end
  const supply = objectAt(dispense?.['expectedSupplyDuration']) ?? objectAt(resource['daysSupply'])
  const days = integerAt(supply?.['value'], 1, 3650)
  if (days !== undefined) value.daysSupply = days
  const quantity = decimalAt(
    (objectAt(dispense?.['quantity']) ?? objectAt(resource['quantity']))?.['value'],
    issues,
  )
  if (quantity !== undefined) value.quantity = quantity
  const refills = integerAt(dispense?.['numberOfRepeatsAllowed'], 0, 99)
  if (refills !== undefined) value.refills = refills
  const texts: string[] = []
  if (concept.text !== undefined && concept.text !== main.code.display && concept.codes.length > 0)
    texts.push(concept.text)
  for (const dosage of dosages) {
    const words = textAt(dosage['text'], 1000, issues)
    if (words !== undefined) texts.push(words)
  }
  const note = annotationText(resource['note'])
  if (note !== undefined) texts.push(note)
  if (texts.length > 0) value.text = shortened(texts.join('\n'), issues)
  return { value: withOwnFields(value, own.fields, prescriptionSchema), order: own.order }
}

function intentOf(resource: JsonObject, type: string): Prescription['intent'] {
  if (type === 'MedicationRequest') {
    const intent = resource['intent']
    return intent === 'proposal' || intent === 'plan' ? 'plan' : 'order'
  }
  return INTENT[type] ?? 'order'
}

const PERIOD_DAYS: Record<string, number | undefined> = { d: 1, h: 1 / 24, wk: 7, min: 1 / 1440 }

function readDosage(dosage: JsonObject, value: Prescription, issues: Issues): void {
  const rate = objectsAt(dosage['doseAndRate'])[0]
  const quantity =
    objectAt(rate?.['doseQuantity']) ?? objectAt(dosage['dose']) ?? objectAt(dosage['doseQuantity'])
  const amount = decimalAt(quantity?.['value'], issues)
  if (amount !== undefined) {
    const unit = textAt(quantity?.['code'], 64, issues) ?? textAt(quantity?.['unit'], 64, issues)
    value.dose = unit === undefined ? { value: amount } : { value: amount, unit }
  }
  if (dosage['asNeededBoolean'] === true || objectAt(dosage['asNeededCodeableConcept']) !== undefined)
    value.asNeeded = true
  else if (dosage['asNeededBoolean'] === false) value.asNeeded = false
  const route = wordOf(dosage['route'], 64, issues)
  if (route !== undefined) value.route = route
  const timing = objectAt(dosage['timing'])
  const word = wordOf(timing?.['code'], 64, issues)
  if (word !== undefined) value.frequency = word
  const repeat = objectAt(timing?.['repeat'])
  const times = integerAt(repeat?.['frequency'], 1, 96)
  const period = decimalAt(repeat?.['period'], issues)
  const unit = repeat?.['periodUnit']
  const days = typeof unit === 'string' ? PERIOD_DAYS[unit] : undefined
  if (times !== undefined && period !== undefined && days !== undefined && Number(period) > 0) {
    const perDay = times / (Number(period) * days)
    const text = String(Math.round(perDay * 10_000) / 10_000)
    if (perDay > 0 && /^[0-9.]+$/.test(text)) value.perDay = text
  }
}

function shortened(text: string, issues: Issues): string {
  if (text.length <= 2000) return text
  issues.warn('text-shortened')
  return cut(text, 2000)
}
