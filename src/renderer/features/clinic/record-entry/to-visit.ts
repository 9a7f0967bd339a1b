/**
 * The form as a visit: what is understood goes into the record's shape, what is not becomes a problem of its field. Pure:
 * today, zone and ids are arguments. Each path of the record leads back to the field it came from.
 */
import type { Finding, VisitInput } from '../../../../shared/contract/records.ts'
import { isIcd10Code, normaliseIcd10 } from '../../../../shared/domain/visit-check.ts'
import type { Code, Diagnosis, Observation, Procedure } from '../../../../shared/domain/visit.ts'
import type { LocalRule } from '../../../words/findings.ts'
import { fieldOfPath } from './field-of-path.ts'
import { isBlankRow, type Picked, type VisitForm } from './form.ts'
import { readConsent } from './consent.ts'
import { readPayer } from './payer.ts'
import { readClaims } from './read-claims.ts'
import { readOrders } from './read-orders.ts'
import { readResults } from './read-results.ts'
import { fold, parseTypedNumber, readTime, splitMoment } from './typed.ts'
import { readDay, readPartialDay } from '../../../parts/typed-date.ts'

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

const ICD10 = 'http://hl7.org/fhir/sid/icd-10'
const NOTE_LIMIT = 2000

export interface ReadFields extends ReadVisit {
  /** The row of the form for each row of the record, as `diagnoses.0`. */
  readonly fields: ReadonlyMap<string, string>
}

/** What the fields say, whatever the form is a correction of (see `readForm`). */
export function readFields(form: VisitForm, context: FormContext): ReadFields {
  const problems: Problem[] = []
  const fields = new Map<string, string>()
  const problem = (field: string, rule: LocalRule | 'required', params: Record<string, string>) =>
    void problems.push({ field, path: field, rule, severity: 'refuse', params })

  const day = (field: string, text: string): string => {
    const read = readDay(text, context.today)
    if (read === null) problem(field, 'date-not-understood', { value: text })
    return read ?? ''
  }
  /** A day, or a year or month alone where no more is known. */
  const partialDay = (field: string, text: string): string => {
    const read = readPartialDay(text, context.today)
    if (read === null) problem(field, 'date-not-understood', { value: text })
    return read ?? ''
  }
  const time = (field: string, text: string): string => {
    const read = readTime(text)
    if (read === null) problem(field, 'time-not-understood', { value: text })
    return read ?? ''
  }
  /** `0503 0815`: a day, or a moment of it where the time is said. */
  const moment = (field: string, text: string): string => {
    const [typedDay, clock] = splitMoment(text)
    const read = day(field, typedDay)
    return read === '' ? '' : context.instantText(read, time(field, clock), context.zone)
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

  const plainNumber = (field: string, text: string): string | undefined => {
    if (text.trim() === '') return undefined
    const number = parseTypedNumber(text)
    if (number !== null && number.unitTyped === undefined && number.comparator === undefined)
      return number.value
    problem(field, 'not-a-number', { value: text })
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
  const attender = limited('encounter.attender', encounter.attender, 64)
  const { payer, memberNumber } = readPayer(encounter, limited)
  const visitEncounter: VisitInput['encounter'] = {
    class: encounter.class,
    status: encounter.status,
    // A date that could not be read is refused above; the schema still needs one that exists.
    admission: at(admissionDay === '' ? '1970-01-01' : admissionDay, admissionTime),
    ...(dischargeDay === '' ? {} : { discharge: at(dischargeDay, dischargeTime) }),
    ...(department === null ? {} : { department }),
    ...(attender === undefined ? {} : { attender }),
    payer,
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
  readResults(form, { problem, moment, observe, admissionDay, admissionAt })

  /* Diagnoses */
  const diagnoses: Diagnosis[] = []
  for (const row of form.diagnoses) {
    if (isBlankRow.diagnoses(row)) continue
    const field = `diagnoses.${row.id}`
    const text = limited(`${field}.text`, row.text, 2000)
    const code = readDiagnosisCode(row.code, text ?? '')
    fields.set(`diagnoses.${diagnoses.length}`, field)
    const onset = partialDay(`${field}.onset`, row.onset)
    const abatement = partialDay(`${field}.abatement`, row.abatement)
    diagnoses.push({
      code: code.code,
      sourceCodings: [],
      role: row.role,
      rank: diagnoses.length + 1,
      verification: row.verification,
      ...(onset === '' ? {} : { onset }),
      ...(abatement === '' ? {} : { abatement }),
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

  const prescriptions = readOrders(form, {
    problem,
    question: (field, path, rule, params) =>
      void problems.push({ field, path, rule, severity: 'confirm', params }),
    day,
    whole,
    plainNumber,
    limited,
    code: (row) => readPicked(row.code, 'local'),
    place: (path, field) => void fields.set(path, field),
    admissionDay,
  })

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
  const claims = readClaims(form, {
    problem,
    day,
    whole,
    plainNumber,
    limited,
    place: (path, field) => void fields.set(path, field),
  })

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
      consent: readConsent(encounter, partialDay, limited),
      ...(memberNumber === undefined ? {} : { memberNumber }),
      confirmations: [...context.confirmations],
    },
    fields,
    fieldOf: (path) => fieldOfPath(path, fields, firstDiagnosis),
  }
}

function readPicked(picked: Picked, freeSystem: string): Code | null {
  if (picked.code) return codeOf(picked.code)
  const text = picked.text.trim()
  return text === '' ? null : { system: freeSystem, code: 'text', display: text.slice(0, 500) }
}

/** A code that came without words stays without them: an empty name would keep the list's from being looked up. */
const codeOf = ({ system, code, display }: NonNullable<Picked['code']>): Code => ({
  system,
  code,
  ...(display.trim() === '' ? {} : { display }),
})

/** A chosen code; else a typed ICD-10 code that is on no list here; else words alone. */
function readDiagnosisCode(picked: Picked, text: string): { code: Code; isListed: boolean } {
  if (picked.code) return { code: codeOf(picked.code), isListed: true }
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
