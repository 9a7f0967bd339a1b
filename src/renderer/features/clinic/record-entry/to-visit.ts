/**
 * The form as a visit: what is understood goes into the record's shape, what is not becomes a problem of its field. Pure:
 * today, zone and ids are arguments. Each path of the record leads back to the field it came from.
 */
import type { Finding, VisitInput } from '../../../../shared/contract/records.ts'
import { labTestByKey, LOINC_SYSTEM, type LabTest } from '../../../../shared/domain/lab-tests.ts'
import { labTestOf } from '../../../../shared/domain/lab-tests.ts'
import { isIcd10Code, normaliseIcd10 } from '../../../../shared/domain/visit-check.ts'
import type {
  Claim,
  Code,
  Diagnosis,
  Observation,
  Prescription,
  Procedure,
} from '../../../../shared/domain/visit.ts'
import type { LocalRule } from '../../../words/findings.ts'
import { isBlankRow, type Picked, VITALS, type VisitForm } from './form.ts'
import { isStillToCome, fold, parseTypedNumber, readAmount, readTime, unitMeant } from './typed.ts'
import { readDay } from '../../../parts/typed-date.ts'

export interface FormContext {
  readonly patientId: string
  /** Days since 1970-01-01 at the facility. */
  readonly today: number
  readonly zone: string
  instantText(day: string, time: string, zone: string): string
  readonly confirmations: VisitInput['confirmations']
}

/** A finding with the field of the form where it is mended. */
export interface Problem extends Finding {
  readonly field: string
}

export interface ReadVisit {
  readonly visit: VisitInput
  /** What the form itself could not understand. */
  readonly problems: readonly Problem[]
  /** The field of the form for a path of the record. */
  fieldOf(path: string): string
}

const SNOMED = 'http://snomed.info/sct'
const ICD10 = 'http://hl7.org/fhir/sid/icd-10'
const NOTE_LIMIT = 2000
/** Results of tests that are no numbers. */
export const QUALITATIVE: Readonly<Record<'negative' | 'positive', Code>> = {
  negative: { system: SNOMED, code: '260385009', display: 'Negative' },
  positive: { system: SNOMED, code: '10828004', display: 'Positive' },
}

/** Currencies of the form with their number of decimals (ISO 4217); the dollar of Taiwan is written without. */
export const CURRENCIES: Readonly<Record<string, number>> = { TWD: 0, USD: 2, EUR: 2, JPY: 0, CNY: 2, HKD: 2 }

export function readForm(form: VisitForm, context: FormContext): ReadVisit {
  const problems: Problem[] = []
  const fields = new Map<string, string>()
  const problem = (field: string, rule: LocalRule | 'required', params: Record<string, string>) =>
    void problems.push({ field, path: field, rule, severity: 'refuse', params })

  const day = (field: string, text: string): string => {
    const read = readDay(text, context.today)
    if (read === null) problem(field, 'date-not-understood', { value: text })
    return read ?? ''
  }
  const time = (field: string, text: string): string => {
    const read = readTime(text)
    if (read === null) problem(field, 'time-not-understood', { value: text })
    return read ?? ''
  }
  const limited = (field: string, text: string, limit: number): string | undefined => {
    const trimmed = text.trim()
    if (trimmed.length > limit) problem(field, 'text-too-long', { limit: String(limit) })
    return trimmed === '' ? undefined : trimmed.slice(0, limit)
  }
  const whole = (field: string, text: string): number | undefined => {
    const folded = fold(text)
    if (folded === '') return undefined
    if (/^[0-9]{1,4}$/.test(folded)) return Number(folded)
    problem(field, 'not-a-whole-number', { value: text })
    return undefined
  }

  /* Encounter */
  const { encounter } = form
  const admissionDay = day('encounter.day', encounter.day)
  if (admissionDay === '' && encounter.day.trim() === '')
    problem('encounter.day', 'date-not-understood', { value: '' })
  const admissionTime = time('encounter.time', encounter.time)
  const at = (civilDay: string, clock: string) => ({
    at: context.instantText(civilDay, clock, context.zone),
    zone: context.zone,
  })
  const dischargeDay = day('encounter.dischargeDay', encounter.dischargeDay)
  const dischargeTime = time('encounter.dischargeTime', encounter.dischargeTime)
  const department = readPicked(encounter.department, 'urn:consilium:department')
  const reason = limited('encounter.reason', encounter.reason, 200)
  const group = limited('encounter.payerGroup', encounter.payerGroup, 64)
  const attender = limited('encounter.attender', encounter.attender, 64)
  const visitEncounter: VisitInput['encounter'] = {
    class: encounter.class,
    status: encounter.status,
    // A date that could not be read is refused above; the schema still needs one that exists.
    admission: at(admissionDay === '' ? '1970-01-01' : admissionDay, admissionTime),
    ...(dischargeDay === '' ? {} : { discharge: at(dischargeDay, dischargeTime) }),
    ...(department === null ? {} : { department }),
    ...(attender === undefined ? {} : { attender }),
    payer: { type: encounter.payer, ...(group === undefined ? {} : { group }) },
    ...(encounter.admitSource === '' ? {} : { admitSource: encounter.admitSource }),
    ...(encounter.disposition === '' ? {} : { dischargeDisposition: encounter.disposition }),
    ...(reason === undefined ? {} : { reason: { text: reason } }),
  }
  const admissionAt = visitEncounter.admission.at

  /* Observations */
  const observations: Observation[] = []
  const observe = (field: string, observation: Observation) => {
    fields.set(`observations.${observations.length}`, field)
    observations.push(observation)
  }
  for (const key of VITALS) {
    const typed = form.vitals[key]
    const test = labTestByKey(key)
    if (typed.trim() === '' || test === null) continue
    const value = readResult(`vitals.${key}`, typed, test, test.unit)
    if (value) observe(`vitals.${key}`, { ...observed(test, value), effective: admissionAt })
  }
  if (form.smoking !== '') {
    const test = labTestByKey('smoking')
    if (test)
      observe('smoking', {
        ...observed(test, { type: 'code', value: { system: SNOMED, code: form.smoking } }),
        effective: admissionAt,
      })
  }
  for (const row of form.labs) {
    if (isBlankRow.labs(row)) continue
    const field = `labs.${row.id}`
    const test = row.test.code === null ? null : labTestOf(row.test.code)
    if (test === null) {
      problem(`${field}.test`, row.test.text.trim() === '' ? 'test-missing' : 'test-unknown', {
        value: row.test.text,
      })
      continue
    }
    if (isStillToCome(row.value)) {
      const drawn = day(`${field}.collected`, row.collected) || admissionDay
      observe(field, {
        ...observed(test, { type: 'absent', reason: 'pending' }),
        status: 'registered',
        ...(drawn === '' ? {} : { specimenCollected: drawn }),
      })
      continue
    }
    if (row.value.trim() === '') {
      problem(`${field}.value`, 'value-missing', { name: test.en, nameZh: test.zh })
      continue
    }
    const value =
      test.unit === '' ? readQualitative(row.value) : readResult(`${field}.value`, row.value, test, row.unit)
    if (!value) continue
    const collected = day(`${field}.collected`, row.collected) || admissionDay
    const resulted = day(`${field}.resulted`, row.resulted) || collected
    const [low, high] = test.reference ?? [null, null]
    const flag = value.type === 'decimal' ? flagOf(test, value.value, value.unit ?? test.unit) : undefined
    observe(field, {
      ...observed(test, value),
      ...(collected === '' ? {} : { specimenCollected: collected }),
      ...(resulted === '' ? {} : { resultDate: resulted }),
      // The default range is in the test's own unit; a range in another unit would mislead.
      ...(value.type === 'decimal' && value.unit === test.unit && low !== null
        ? { refLow: String(low) }
        : {}),
      ...(value.type === 'decimal' && value.unit === test.unit && high !== null
        ? { refHigh: String(high) }
        : {}),
      ...(flag === undefined ? {} : { flag }),
    })
  }
  function readResult(
    field: string,
    typed: string,
    test: LabTest,
    unit: string,
  ): Observation['value'] | null {
    const number = parseTypedNumber(typed)
    if (!number) {
      problem(field, 'not-a-number', { value: typed })
      return null
    }
    const meant = number.unitTyped === undefined ? undefined : unitMeant(test, number.unitTyped)
    const used = meant ?? number.unitTyped ?? unit
    return {
      type: 'decimal',
      value: number.value,
      ...(number.comparator === undefined ? {} : { comparator: number.comparator }),
      unit: used.slice(0, 64),
      ...(number.unitTyped !== undefined && number.unitTyped !== used
        ? { unitSource: number.unitTyped.slice(0, 64) }
        : {}),
    }
  }

  /* Diagnoses */
  const diagnoses: Diagnosis[] = []
  for (const row of form.diagnoses) {
    if (isBlankRow.diagnoses(row)) continue
    const field = `diagnoses.${row.id}`
    const text = limited(`${field}.text`, row.text, 2000)
    const code = readDiagnosisCode(row.code, text ?? '')
    fields.set(`diagnoses.${diagnoses.length}`, field)
    const onset = day(`${field}.onset`, row.onset)
    diagnoses.push({
      code: code.code,
      sourceCodings: [],
      role: row.role,
      rank: diagnoses.length + 1,
      verification: row.verification,
      ...(onset === '' ? {} : { onset }),
      ...(row.poa === '' ? {} : { presentOnAdmission: row.poa }),
      ...(row.isChronic ? { chronic: true } : {}),
      ...(code.isListed ? {} : { unlisted: true }),
      ...(text !== undefined
        ? { text }
        : code.isListed || row.code.text.trim() === ''
          ? {}
          : { text: row.code.text.trim().slice(0, 2000) }),
    })
  }

  /* Procedures */
  const procedures: Procedure[] = []
  for (const row of form.procedures) {
    if (isBlankRow.procedures(row)) continue
    const field = `procedures.${row.id}`
    const text = limited(`${field}.text`, row.text, 2000)
    const performed = day(`${field}.performed`, row.performed) || admissionDay
    fields.set(`procedures.${procedures.length}`, field)
    procedures.push({
      code: readPicked(row.code, 'local') ?? {
        system: 'local',
        code: 'text',
        display: (text ?? '').slice(0, 500),
      },
      sourceCodings: [],
      status: 'completed',
      ...(performed === '' ? {} : { performed }),
      ...(row.laterality === '' ? {} : { laterality: row.laterality }),
      ...(text === undefined ? {} : { text }),
    })
  }

  /* Medicines */
  const prescriptions: Prescription[] = []
  for (const row of form.medicines) {
    if (isBlankRow.medicines(row)) continue
    const field = `medicines.${row.id}`
    const code = readPicked(row.code, 'local')
    if (code === null) {
      problem(`${field}.code`, 'medicine-missing', {})
      continue
    }
    const dose = row.dose.trim() === '' ? null : parseTypedNumber(row.dose)
    if (row.dose.trim() !== '' && dose === null) problem(`${field}.dose`, 'not-a-number', { value: row.dose })
    const text = limited(`${field}.text`, row.text, 2000)
    const start = day(`${field}.start`, row.start) || admissionDay
    const daysSupply = whole(`${field}.days`, row.days)
    const unit = (dose?.unitTyped ?? row.unit).trim().slice(0, 64)
    fields.set(`prescriptions.${prescriptions.length}`, field)
    prescriptions.push({
      code,
      sourceCodings: [],
      ...(/^[A-Z][0-9]{2}[A-Z]{2}[0-9]{2}$/.test(code.code) ? { ingredientAtc: code.code } : {}),
      ...(dose ? { dose: { value: dose.value, ...(unit === '' ? {} : { unit }) } } : {}),
      ...(row.frequency === 'prn' ? { asNeeded: true } : {}),
      ...(row.frequency === '' ? {} : { frequency: row.frequency }),
      ...(row.route === '' ? {} : { route: row.route }),
      ...(start === '' ? {} : { start }),
      ...(daysSupply === undefined || daysSupply < 1 ? {} : { daysSupply: Math.min(daysSupply, 3650) }),
      status: row.status,
      intent: 'order',
      ...(text === undefined ? {} : { text }),
    })
  }

  /* Outcome, claims, notes */
  const icuDays = whole('icuDays', form.icuDays)
  const ventilatorDays = whole('ventilatorDays', form.ventilatorDays)
  const adverseEvents = form.adverse
    .split('\n')
    .map((line) => limited('adverse', line, 200))
    .filter((line) => line !== undefined)
    .slice(0, 50)
  const hasOutcome =
    form.died || icuDays !== undefined || ventilatorDays !== undefined || adverseEvents.length > 0
  const claims: Claim[] = []
  const exponent = CURRENCIES[form.currency] ?? 2
  for (const row of form.claims) {
    if (isBlankRow.claims(row)) continue
    const field = `claims.${row.id}`
    const amount = (name: 'billed' | 'allowed' | 'paidByPayer' | 'paidByPatient') => {
      const typed = row[name].trim()
      if (typed === '') return undefined
      const minor = readAmount(typed, exponent)
      if (minor === null)
        problem(`${field}.${name}`, /^-?[0-9,]+\.[0-9]+$/.test(typed) ? 'too-precise' : 'not-a-number', {
          value: typed,
        })
      return minor ?? undefined
    }
    const [billedMinor, allowedMinor, paidByPayerMinor, paidByPatientMinor] = [
      amount('billed'),
      amount('allowed'),
      amount('paidByPayer'),
      amount('paidByPatient'),
    ]
    fields.set(`claims.${claims.length}`, field)
    claims.push({
      claimId: row.id,
      type: row.type,
      status: 'submitted',
      currency: form.currency,
      currencyExponent: exponent,
      ...(billedMinor === undefined ? {} : { billedMinor }),
      ...(allowedMinor === undefined ? {} : { allowedMinor }),
      ...(paidByPayerMinor === undefined ? {} : { paidByPayerMinor }),
      ...(paidByPatientMinor === undefined ? {} : { paidByPatientMinor }),
      lines: [],
    })
  }

  const firstDiagnosis = form.diagnoses[0]?.id ?? ''
  return {
    problems,
    visit: {
      patientId: context.patientId,
      encounter: visitEncounter,
      observations,
      diagnoses,
      procedures,
      prescriptions,
      ...(hasOutcome
        ? {
            outcome: {
              ...(form.died ? { deathInHospital: true } : {}),
              ...(icuDays === undefined ? {} : { icuDays: Math.min(icuDays, 3650) }),
              ...(ventilatorDays === undefined ? {} : { ventilatorDays: Math.min(ventilatorDays, 3650) }),
              adverseEvents,
            },
          }
        : {}),
      claims,
      notes: readNotes(form.notes),
      consent: { scope: encounter.consent },
      confirmations: [...context.confirmations],
    },
    fieldOf: (path) => fieldOfPath(path, fields, firstDiagnosis),
  }
}

const observed = (test: LabTest, value: Observation['value']): Observation => ({
  code: { system: LOINC_SYSTEM, code: test.loinc, display: test.en },
  kind: test.kind,
  status: 'final',
  value,
  sourceCodings: [],
})

function readQualitative(typed: string): Observation['value'] {
  const code = typed === 'negative' || typed === 'positive' ? QUALITATIVE[typed] : undefined
  return code ? { type: 'code', value: code } : { type: 'text', value: typed.trim().slice(0, 2000) }
}

/** High or low against the default range, in whatever unit was typed; undefined inside of it. */
export function flagOf(test: LabTest, value: string, unit: string): 'H' | 'L' | undefined {
  if (!test.reference) return undefined
  const rule = [{ unit: test.unit, factor: 1, offset: 0 }, ...test.otherUnits].find(
    (each) => each.unit === unit,
  )
  if (!rule) return undefined
  const canonical = Number(value) * rule.factor + rule.offset
  const [low, high] = test.reference
  if (high !== null && canonical > high) return 'H'
  if (low !== null && canonical < low) return 'L'
  return undefined
}

function readPicked(picked: Picked, freeSystem: string): Code | null {
  if (picked.code) return { ...picked.code }
  const text = picked.text.trim()
  return text === '' ? null : { system: freeSystem, code: 'text', display: text.slice(0, 500) }
}

/** A chosen code; else a typed ICD-10 code that is on no list here; else words alone. */
function readDiagnosisCode(picked: Picked, text: string): { code: Code; isListed: boolean } {
  if (picked.code) return { code: { ...picked.code }, isListed: true }
  const typed = fold(picked.text)
  const plain = normaliseIcd10(typed)
  if (isIcd10Code(plain)) return { code: { system: ICD10, code: plain }, isListed: false }
  return { code: { system: 'local', code: 'text', display: (typed || text).slice(0, 500) }, isListed: false }
}

/** Paragraphs are notes of their own; one that is too long for a field goes on in the next. */
export function readNotes(text: string): string[] {
  const notes: string[] = []
  for (const paragraph of text.split(/\n{2,}/)) {
    let rest = paragraph.trim()
    while (rest.length > 0 && notes.length < 50) {
      let cut = Math.min(rest.length, NOTE_LIMIT)
      // Never between the halves of one character.
      if (cut < rest.length && /[\ud800-\udbff]/.test(rest.charAt(cut - 1))) cut--
      notes.push(rest.slice(0, cut))
      rest = rest.slice(cut).trimStart()
    }
  }
  return notes
}

const ENCOUNTER_FIELDS: Readonly<Record<string, string>> = {
  'encounter.admission': 'encounter.day',
  'encounter.discharge': 'encounter.dischargeDay',
  'encounter.department': 'encounter.department',
  'encounter.dischargeDisposition': 'encounter.disposition',
  'encounter.class': 'encounter.class',
  'encounter.status': 'encounter.status',
  'consent.to': 'encounter.consent',
  'outcome.icuDays': 'icuDays',
  'outcome.ventilatorDays': 'ventilatorDays',
  'outcome.deathInHospital': 'died',
  'patient.birthDate': 'encounter.day',
}
/** Last part of a path of the record to the last part of the field, by list. */
const ROW_FIELDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  labs: {
    code: 'test',
    value: 'value',
    unit: 'value',
    specimenCollected: 'collected',
    resultDate: 'resulted',
  },
  diagnoses: { code: 'code', rank: 'code', presentOnAdmission: 'poa', onset: 'onset', role: 'role' },
  procedures: { code: 'code', performed: 'performed', performedEnd: 'performed' },
  medicines: {
    code: 'code',
    ingredientAtc: 'code',
    dose: 'dose',
    frequency: 'frequency',
    start: 'start',
    daysSupply: 'days',
    end: 'days',
  },
  claims: {
    billedMinor: 'billed',
    allowedMinor: 'allowed',
    paidByPayerMinor: 'paidByPayer',
    paidByPatientMinor: 'paidByPatient',
  },
}
const FIRST_FIELD: Readonly<Record<string, string>> = {
  labs: 'value',
  diagnoses: 'code',
  procedures: 'code',
  medicines: 'code',
  claims: 'billed',
}

function fieldOfPath(path: string, fields: ReadonlyMap<string, string>, firstDiagnosis: string): string {
  const known = ENCOUNTER_FIELDS[path]
  if (known !== undefined) return known
  if (path === 'diagnoses') return `diagnoses.${firstDiagnosis}.code`
  const [list = '', index = '', part = ''] = path.split('.')
  const row = fields.get(`${list}.${index}`)
  if (row === undefined) return path
  const section = row.split('.')[0] ?? ''
  if (section === 'vitals' || section === 'smoking') return row
  return `${row}.${ROW_FIELDS[section]?.[part] ?? FIRST_FIELD[section] ?? part}`
}
