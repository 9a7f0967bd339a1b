/** PID, PV1, PV2, IN1, DG1 and PR1 → who it is, the encounter, diagnoses and procedures. */
import { normaliseNationalId } from '../../../shared/domain/national-id.ts'
import type { SourceIdentifier, SourcePatient, VisitDraft } from '../../../shared/domain/source.ts'
import { ICD10_SYSTEMS, isIcd10Code, normaliseIcd10 } from '../../../shared/domain/visit-check.ts'
import type { Code, Diagnosis, Encounter, Procedure } from '../../../shared/domain/visit.ts'
import type { PatientDefaults } from '../fhir/read-patient.ts'
import { cut } from '../fhir/reading.ts'
import { clean, type Reading } from './reading.ts'
import type { FieldReader } from './message.ts'
import type { EncounterPart } from './part.ts'

/** Types of identifiers that are national (table 0203). */
const NATIONAL_TYPES = new Set(['NI', 'NNTWN', 'NNxxx', 'NNXXX', 'SS', 'NH', 'IHI'])
const SEX: Readonly<Record<string, SourcePatient['sex'] | undefined>> = {
  M: 'male',
  F: 'female',
  O: 'other',
  A: 'other',
  U: 'unknown',
  N: 'unknown',
}

/** Null where the segment has no number of the patient. `facility` stands for a number that names no authority. */
export function readPatient(
  pid: FieldReader,
  facility: string,
  defaults: PatientDefaults,
  reading: Reading,
): { source: SourcePatient; section: VisitDraft['patient'] } | null {
  const identifiers = identifiersIn(pid, 3, facility)
  const first = identifiers[0]
  if (first === undefined) return null
  const national = identifiers.find(({ type }) => type !== undefined && NATIONAL_TYPES.has(type))
  const record = identifiers.find(({ type }) => type === 'MR') ?? (national === undefined ? first : undefined)
  const others = identifiers.filter((each) => each !== national)
  const known = record ?? first

  const section: VisitDraft['patient'] = {
    sex: SEX[(pid.text(8) ?? '').toUpperCase()] ?? 'unknown',
    consent: { scope: defaults.consentScope },
    linkTokens: [],
  }
  if (section.sex === 'unknown' && !['U', 'N'].includes(pid.text(8) ?? '')) reading.warn('no-sex')
  const birth = reading.when(pid, 7)
  if (birth !== undefined) section.birthDate = birth.slice(0, 10)
  else {
    section.birthDateAbsentReason = pid.isEmpty(7) || pid.isNothing(7) ? 'not-given' : 'date-does-not-exist'
    reading.warn('no-birth-date')
  }
  const died = reading.when(pid, 29)
  if (died !== undefined) {
    section.deceased = true
    section.deathDate = died.slice(0, 10)
  } else if (pid.text(30) === 'Y') section.deceased = true
  else if (pid.text(30) === 'N') section.deceased = false
  // Coarse on purpose: a street or a full postal code would name a household.
  const address = pid.repetitions(11)[0]
  const region = clean(address?.[3], 64) ?? address?.[4]?.slice(0, 3)
  if (region !== undefined) section.residenceRegion = region

  const { name, latinName } = namesOf(pid)
  const phone = pid.repetitions(13)[0]
  const source: SourcePatient = {
    sourceKey: `${known.system}|${known.value}`,
    identity:
      national === undefined
        ? { kind: 'source-id', system: known.system, value: known.value }
        : { kind: 'national-id', system: national.system, value: normaliseNationalId(national.value) },
    alsoKnownAs: others.map(({ system, value }) => ({ system, value })),
    sex: section.sex,
    identifiers,
  }
  if (name !== undefined) source.name = name
  if (latinName !== undefined) source.latinName = latinName
  if (national !== undefined) source.nationalId = normaliseNationalId(national.value)
  if (record !== undefined) source.medicalRecordNumber = record.value
  if (section.birthDate !== undefined) source.birthDate = section.birthDate
  const number = phone?.[0] ?? phone?.[11] ?? phone?.[6]
  if (number !== undefined) source.phone = cut(number, 64)
  return { source, section }
}

/** MRG-1: the numbers of the entry that is one with another; null where it has none. */
export function readPrior(mrg: FieldReader, facility: string): SourcePatient | null {
  const identifiers = identifiersIn(mrg, 1, facility)
  const first = identifiers[0]
  if (first === undefined) return null
  const national = identifiers.find(({ type }) => type !== undefined && NATIONAL_TYPES.has(type))
  const known = identifiers.find((each) => each !== national) ?? first
  return {
    sourceKey: `${known.system}|${known.value}`,
    // By the hospital's own number: one national id may be what made two entries look like one.
    identity:
      known === national
        ? { kind: 'national-id', system: known.system, value: normaliseNationalId(known.value) }
        : { kind: 'source-id', system: known.system, value: known.value },
    alsoKnownAs: identifiers
      .filter((each) => each !== national)
      .map(({ system, value }) => ({ system, value })),
    sex: 'unknown',
    identifiers,
  }
}

function identifiersIn(reader: FieldReader, field: number, facility: string): SourceIdentifier[] {
  const identifiers: SourceIdentifier[] = []
  for (const [value, , , authority, type] of reader.repetitions(field)) {
    if (value === undefined) continue
    const system = cut(`hl7v2:${authority ?? facility}`, 200)
    identifiers.push({ system, value: cut(value, 200), ...(type === undefined ? {} : { type }) })
  }
  return identifiers
}

const hasHan = (text: string) => /[\u3400-\u9fff\uf900-\ufaff]|[\ud840-\ud87f]/.test(text)

/** The legal name, family first in Chinese; a name in Latin letters beside it. */
function namesOf(pid: FieldReader): { name: string | undefined; latinName: string | undefined } {
  const names = pid.repetitions(5).map(([family = '', given = '', further = '']) => {
    const words = [family, given, further].filter((each) => each !== '')
    if (hasHan(words.join(''))) return clean(words.join(''), 200)
    return clean([given, further, family].filter((each) => each !== '').join(' '), 200)
  })
  const written = names.filter((each) => each !== undefined)
  const chinese = written.find(hasHan)
  return {
    name: chinese ?? written[0],
    latinName: chinese === undefined ? undefined : written.find((each) => !hasHan(each)),
  }
}

/* The encounter */

const CLASS: Readonly<Record<string, Encounter['class'] | undefined>> = {
  I: 'IMP',
  B: 'IMP', // obstetrics
  E: 'EMER',
  O: 'AMB',
  R: 'AMB', // recurring
  P: 'AMB', // before an admission
  N: 'UNK',
  U: 'UNK',
}
/** Table 0112, as UB-04 has it, in the words of FHIR's discharge dispositions; others stay as they are. */
const DISPOSITION: Readonly<Record<string, string | undefined>> = {
  '01': 'home',
  '02': 'hosp',
  '03': 'snf',
  '05': 'other-hcf',
  '06': 'home',
  '07': 'aadvice',
  '20': 'exp',
  '62': 'rehab',
  '65': 'psy',
}

/** `course` is what the event of the message makes of the visit. */
export function readEncounter(
  pv1: FieldReader,
  course: EncounterPart['course'],
  reading: Reading,
): EncounterPart {
  const word = (pv1.text(2) ?? '').toUpperCase()
  const part: { -readonly [K in keyof EncounterPart]: EncounterPart[K] } = { course }
  if (word !== '') {
    const found = CLASS[word]
    if (found === undefined) reading.warn('encounter-class-not-known')
    part.class = found ?? 'UNK'
  }
  const admission = reading.when(pv1, 44)
  if (admission !== undefined) part.admission = { at: wholeDay(admission, reading) }
  const discharge = reading.when(pv1, 45)
  if (discharge !== undefined) part.discharge = { at: wholeDay(discharge, reading) }
  const department = clean(pv1.text(10) ?? pv1.text(3), 64)
  if (department !== undefined) part.department = { system: 'local', code: department }
  const attender = clean(pv1.text(7), 64)
  if (attender !== undefined) part.attender = attender
  const admitSource = clean(pv1.text(14), 64)
  if (admitSource !== undefined) part.admitSource = admitSource
  const disposition = clean(pv1.text(36), 64)
  if (disposition !== undefined) part.dischargeDisposition = DISPOSITION[disposition] ?? disposition
  return part
}

/** Of a month or a year the first day is taken, and counted. */
export function wholeDay(text: string, reading: Reading): string {
  if (text.length >= 10) return text
  reading.warn('partial-date-completed')
  return text.length === 4 ? `${text}-01-01` : `${text}-01`
}

/** PV2-3: why the patient came. */
export function readReason(pv2: FieldReader, reading: Reading): Encounter['reason'] | undefined {
  const coded = codeOf(pv2, 3, reading)
  if (coded === undefined) return undefined
  const { code } = coded
  if (coded.isTextAlone) return { text: cut(code.display ?? code.code, 200) }
  return { code }
}

const PAYER_TYPE: Readonly<Record<string, Encounter['payer']['type'] | undefined>> = {
  NHI: 'NHI',
  PRIVATE: 'PRIVATE',
  SELF: 'SELF',
}

/** The first insurance: IN1-3 company, IN1-4 its name, IN1-2 plan, IN1-8 group, IN1-15 type, IN1-36 policy. */
export function readPayer(in1: FieldReader): { payer: Encounter['payer']; memberNumber: string | null } {
  const organisation = clean(in1.text(4) ?? in1.text(3), 200)
  const plan = clean(in1.text(2), 200)
  const group = clean(in1.text(8), 64)
  return {
    payer: {
      type: PAYER_TYPE[(in1.text(15) ?? '').toUpperCase()] ?? 'OTHER',
      ...(organisation === undefined ? {} : { organisation }),
      ...(plan === undefined ? {} : { plan }),
      ...(group === undefined ? {} : { group }),
    },
    memberNumber: in1.text(36) ?? null,
  }
}

/* Codes */

const LOINC = 'http://loinc.org'
const SYSTEMS: Readonly<Record<string, string | undefined>> = {
  LN: LOINC,
  LNC: LOINC,
  SCT: 'http://snomed.info/sct',
  SNM: 'http://snomed.info/sct',
  UCUM: 'http://unitsofmeasure.org',
  I10: 'http://hl7.org/fhir/sid/icd-10',
  I10C: 'http://hl7.org/fhir/sid/icd-10-cm',
  I10P: 'http://www.cms.gov/Medicare/Coding/ICD10',
  I9C: 'http://hl7.org/fhir/sid/icd-9-cm',
  ATC: 'http://www.whocc.no/atc',
  RXNORM: 'http://www.nlm.nih.gov/research/umls/rxnorm',
}

/** Systems that a hospital makes itself are `local`; what table 0396 names and we do not know keeps its name. */
function systemOf(named: string | undefined): string {
  const word = (named ?? '').toUpperCase()
  const known = SYSTEMS[word]
  if (known !== undefined) return known
  return word === '' || word === 'L' || word.startsWith('99') ? 'local' : cut(`urn:hl7v2:${named}`, 200)
}

export interface ReadCode {
  code: Code
  others: Code[]
  /** The field had words and no code. */
  isTextAlone: boolean
}

/** A coded field (CE, CWE): code, text and system, and a second coding in components 4 to 6. */
export function codeOf(
  reader: FieldReader,
  field: number,
  reading: Reading,
  prefers: (system: string) => boolean = () => false,
): ReadCode | undefined {
  return codeOfComponents(reader.repetitions(field)[0] ?? [], reading, prefers)
}

export function codeOfComponents(
  components: readonly (string | undefined)[],
  reading: Reading,
  prefers: (system: string) => boolean = () => false,
): ReadCode | undefined {
  const codes: Code[] = []
  for (const at of [0, 3]) {
    const code = reading.text(components[at], 64)
    if (code === undefined) continue
    const display = reading.text(components[at + 1], 500)
    codes.push({
      system: systemOf(components[at + 2]),
      code,
      ...(display === undefined ? {} : { display }),
    })
  }
  const text = components[1] ?? components[4] ?? components[8]
  if (codes.length === 0) {
    const words = reading.text(text, 500)
    return words === undefined
      ? undefined
      : {
          code: { system: 'local', code: cut(words, 64), display: words },
          others: [],
          isTextAlone: true,
        }
  }
  const found = Math.max(
    0,
    codes.findIndex(({ system }) => prefers(system)),
  )
  return { code: codes[found]!, others: codes.filter((_, i) => i !== found), isTextAlone: false }
}

/* Diagnoses and procedures */

const isIcd10 = (system: string) => ICD10_SYSTEMS.includes(system)

/** Undefined for a segment without a diagnosis. The role of `principal` is given where all of a visit are known. */
export function readDiagnosis(dg1: FieldReader, rank: number, reading: Reading): Diagnosis | undefined {
  const read = codeOf(dg1, 3, reading, isIcd10)
  const words = reading.text(dg1.text(4), 2000)
  if (read === undefined && words === undefined) return undefined
  const coded = read ?? {
    code: { system: 'local', code: cut(words!, 64), display: cut(words!, 500) },
    others: [],
    isTextAlone: true,
  }
  const stored = isIcd10(coded.code.system) ? normaliseIcd10(coded.code.code) : ''
  const isListed = isIcd10Code(stored)
  const isTyped = isListed && stored !== coded.code.code.replace('.', '')
  const type = (dg1.text(6) ?? '').toUpperCase()
  const value: Diagnosis = {
    code: isListed ? { ...coded.code, code: stored } : coded.code,
    sourceCodings: isTyped ? [coded.code, ...coded.others] : coded.others,
    role: type === 'A' ? 'admitting' : dg1.text(15) === '1' ? 'principal' : 'secondary',
    rank,
    verification: type === 'F' ? 'confirmed' : type === 'W' || type === 'A' ? 'provisional' : 'unknown',
  }
  if (!isListed) value.unlisted = true
  const onset = reading.when(dg1, 5)
  if (onset !== undefined) value.onset = onset
  const present = (dg1.text(26) ?? '').toUpperCase()
  if (['Y', 'N', 'U', 'W', '1'].includes(present))
    value.presentOnAdmission = present as NonNullable<Diagnosis['presentOnAdmission']>
  if (words !== undefined && words !== coded.code.display && read !== undefined) value.text = words
  return value
}

export function readProcedure(pr1: FieldReader, reading: Reading): Procedure | undefined {
  const read = codeOf(pr1, 3, reading, (system) => system.includes('ICD10'))
  const words = reading.text(pr1.text(4), 2000)
  if (read === undefined && words === undefined) return undefined
  const value: Procedure = {
    code: read?.code ?? { system: 'local', code: cut(words!, 64), display: cut(words!, 500) },
    sourceCodings: read?.others ?? [],
    status: 'completed',
  }
  const performed = reading.when(pr1, 5)
  if (performed !== undefined) value.performed = performed
  if (words !== undefined && read !== undefined && words !== read.code.display) value.text = words
  return value
}
