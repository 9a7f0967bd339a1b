/**
 * The rules of a good visit: hard limits refuse, soft limits are confirmed once and stored with the record, and each
 * finding brings a better value where one is obvious (a shifted decimal point, another unit, day and month exchanged).
 * They bind the form and warn in an import; they never decide a vote, since they may differ between versions.
 *
 * Every rule is one of `VISIT_RULES`, which message catalogues cover one by one.
 */
import type { Finding } from '../contract/records.ts'
import { ageInYears, formatDay, parsePartialDate, parseWhen, swapDayAndMonth } from './dates.ts'
import type { DateSpan } from './dates.ts'
import { labTestOf } from './lab-tests.ts'
import type { LabTest, Limits } from './lab-tests.ts'
import { canonicalValue, decimalTextOf, estimatedFiltration, unitRuleOf } from './units.ts'
import type { Encounter, Envelope, Observation, VisitRecord } from './visit.ts'

export const VISIT_RULES = [
  'required',
  'date-does-not-exist',
  'before-birth',
  'in-future',
  'after-death',
  'age-over-limit',
  'discharge-before-admission',
  'stay-over-one-year',
  'stay-over-ten-years',
  'above-hard-limit',
  'below-hard-limit',
  'above-soft-limit',
  'below-soft-limit',
  'unknown-unit',
  'range-reversed',
  'specimen-outside-stay',
  'result-before-specimen',
  'result-late',
  'diastolic-not-below-systolic',
  'pulse-pressure-unusual',
  'body-mass-index-differs',
  'cholesterol-parts-exceed-total',
  'filtration-differs',
  'weight-jump',
  'height-jump',
  'unusual-for-sex',
  'one-principal-diagnosis',
  'rank-repeated',
  'code-malformed',
  'code-unlisted',
  'diagnosis-repeated',
  'abatement-before-onset',
  'outside-stay',
  'end-before-start',
  'supply-does-not-match-end',
  'supply-over-one-year',
  'refills-over-twelve',
  'negative-amount',
  'reversal-not-negative',
  'allowed-exceeds-billed',
  'paid-exceeds-allowed',
  'payments-differ-from-allowed',
  'lines-differ-from-billed',
  'currency-unusual',
  'line-points-nowhere',
  'days-exceed-stay',
  'death-and-disposition-differ',
  'consent-end-before-start',
] as const
export type VisitRule = (typeof VISIT_RULES)[number]

/** A visit as the form or an importer has it: the record without what the node adds. */
export interface CheckedVisit {
  encounter: Omit<Encounter, 'facility' | 'day'>
  observations: VisitRecord['observations']
  diagnoses: VisitRecord['diagnoses']
  procedures: VisitRecord['procedures']
  prescriptions: VisitRecord['prescriptions']
  outcome?: VisitRecord['outcome']
  claims: VisitRecord['claims']
  consent?: VisitRecord['patient']['consent']
}

export interface CheckContext {
  /** `form`: required fields refuse. `import`: they are not looked at, a source may lack them. */
  mode: 'form' | 'import'
  patient: {
    sex: VisitRecord['patient']['sex']
    birthDate?: string
    deathDate?: string
  }
  /** Today at the facility, days since 1970-01-01. */
  today: number
  /** The facility's usual currency, ISO 4217. */
  currency?: string
  /** Last known body measures of the patient, for jumps. */
  previous?: { weightKg?: { value: number; day: number }; heightCm?: { value: number; day: number } }
  /** Whether a code is on a list that this hospital has; without it no code is called unlisted. */
  isListed?: (system: string, code: string) => boolean
}

/** Every rule that the visit breaks, in the order of the form. */
export function checkVisit(visit: CheckedVisit, context: CheckContext): Finding[] {
  const found: Finding[] = []
  const add: Add = (path, rule, severity, params, suggestion) => {
    found.push(
      suggestion === undefined
        ? { path, rule, severity, params }
        : { path, rule, severity, params, suggestion },
    )
  }
  const stay = checkEncounter(visit, context, add)
  checkObservations(visit, context, stay, add)
  checkDiagnoses(visit, context, stay, add)
  checkProcedures(visit, stay, add)
  checkPrescriptions(visit, context, add)
  checkOutcome(visit, stay, add)
  checkClaims(visit, context, add)
  return found
}

/** Whether a person has already seen this finding with this value. Refusals cannot be confirmed. */
export function isConfirmed(finding: Finding, confirmations: Envelope['confirmations']): boolean {
  if (finding.severity !== 'confirm') return false
  const value = finding.params['value'] ?? ''
  return confirmations.some(
    (each) => each.path === finding.path && each.rule === finding.rule && each.value === value,
  )
}

/** What still stops the save. */
export function openFindings(
  findings: readonly Finding[],
  confirmations: Envelope['confirmations'],
): Finding[] {
  return findings.filter((each) => !isConfirmed(each, confirmations))
}

/** A value of one test, judged alone: for the field under the cursor. `unit` as typed. */
export function checkValue(
  test: LabTest,
  valueText: string,
  unit: string | undefined,
  path: string,
): Finding[] {
  const found: Finding[] = []
  checkNumber(test, valueText, unit, path, (at, rule, severity, params, suggestion) => {
    found.push(
      suggestion === undefined
        ? { path: at, rule, severity, params }
        : { path: at, rule, severity, params, suggestion },
    )
  })
  return found
}

type Severity = Finding['severity']
type Add = (
  path: string,
  rule: VisitRule,
  severity: Severity,
  params: Record<string, string>,
  suggestion?: string,
) => void

interface Stay {
  admission: DateSpan | null
  discharge: DateSpan | null
  birth: DateSpan | null
  /** Days between admission and discharge, or null while unknown. */
  nights: number | null
}

/* Encounter */

const OLDEST_BIRTH_YEAR = '1880-01-01'
const AGE_LIMIT = 125

function checkEncounter(visit: CheckedVisit, context: CheckContext, add: Add): Stay {
  const { encounter } = visit
  const isForm = context.mode === 'form'
  const admission = parseWhen(encounter.admission.at)
  const discharge = encounter.discharge === undefined ? null : parseWhen(encounter.discharge.at)
  const birth = context.patient.birthDate === undefined ? null : parsePartialDate(context.patient.birthDate)
  const death = context.patient.deathDate === undefined ? null : parsePartialDate(context.patient.deathDate)

  if (context.patient.birthDate !== undefined) {
    const value = context.patient.birthDate
    if (birth === null) add('patient.birthDate', 'date-does-not-exist', 'refuse', { value })
    else if (birth.last < parsePartialDate(OLDEST_BIRTH_YEAR)!.first) {
      add('patient.birthDate', 'age-over-limit', 'refuse', { value, limit: OLDEST_BIRTH_YEAR })
    }
  }
  if (admission === null) {
    add('encounter.admission', 'date-does-not-exist', 'refuse', { value: encounter.admission.at })
  } else {
    const value = encounter.admission.at
    const swapped = swapInto(value, birth?.first ?? null, context.today + 1)
    if (admission.first > context.today + 1) {
      add('encounter.admission', 'in-future', 'refuse', { value, limit: formatDay(context.today) }, swapped)
    }
    if (birth !== null && admission.last < birth.first) {
      const limit = context.patient.birthDate!
      add('encounter.admission', 'before-birth', 'refuse', { value, limit }, swapped)
    } else if (birth !== null && ageInYears(birth.first, admission.first) > AGE_LIMIT) {
      add('encounter.admission', 'age-over-limit', 'refuse', { value, limit: String(AGE_LIMIT) })
    }
    if (death !== null && admission.first > death.last) {
      add('encounter.admission', 'after-death', 'confirm', { value, limit: context.patient.deathDate! })
    }
  }
  let nights: number | null = null
  if (encounter.discharge !== undefined) {
    const value = encounter.discharge.at
    if (discharge === null) add('encounter.discharge', 'date-does-not-exist', 'refuse', { value })
    else if (admission !== null) {
      nights = discharge.last - admission.first
      const params = { value, limit: encounter.admission.at }
      if (nights < 0 || comesBefore(value, encounter.admission.at)) {
        const latest = Math.min(admission.first + 365, context.today + 1)
        const swapped = swapInto(value, admission.first, latest)
        add('encounter.discharge', 'discharge-before-admission', 'refuse', params, swapped)
      } else if (nights > 3650) add('encounter.discharge', 'stay-over-ten-years', 'refuse', params)
      else if (nights > 365) add('encounter.discharge', 'stay-over-one-year', 'confirm', params)
      if (discharge.first > context.today + 1) {
        add('encounter.discharge', 'in-future', 'refuse', { value, limit: formatDay(context.today) })
      }
    }
  } else if (isForm && encounter.class === 'IMP' && encounter.status === 'finished') {
    add('encounter.discharge', 'required', 'refuse', { field: 'discharge' })
  }
  if (isForm) {
    if (encounter.department === undefined)
      add('encounter.department', 'required', 'refuse', { field: 'department' })
    if (
      encounter.class === 'IMP' &&
      encounter.status === 'finished' &&
      encounter.dischargeDisposition === undefined
    ) {
      add('encounter.dischargeDisposition', 'required', 'refuse', { field: 'dischargeDisposition' })
    }
  }
  const consent = visit.consent
  if (consent?.from !== undefined && consent.to !== undefined) {
    const from = parsePartialDate(consent.from)
    const to = parsePartialDate(consent.to)
    if (from !== null && to !== null && to.last < from.first) {
      add('consent.to', 'consent-end-before-start', 'refuse', { value: consent.to, limit: consent.from })
    }
  }
  return { admission, discharge, birth, nights }
}

/** Day and month exchanged, when that lands between the two days. */
function swapInto(text: string, earliest: number | null, latest: number): string | undefined {
  const swapped = swapDayAndMonth(text)
  const span = swapped === null ? null : parseWhen(swapped)
  if (span === null || span.first > latest || (earliest !== null && span.last < earliest)) return undefined
  return swapped!
}

/** Both times of one day, when both texts have one; days alone are compared by the caller. */
function comesBefore(a: string, b: string): boolean {
  return a.length > 10 && b.length > 10 && a.slice(19) === b.slice(19) && a.slice(0, 19) < b.slice(0, 19)
}

/* Observations */

function checkObservations(visit: CheckedVisit, context: CheckContext, stay: Stay, add: Add): void {
  const isForm = context.mode === 'form'
  visit.observations.forEach((observation, index) => {
    const path = `observations.${index}`
    const { value } = observation
    if (value.type === 'decimal') {
      const test = labTestOf(observation.code)
      if (isForm && value.unit === undefined) add(`${path}.unit`, 'required', 'refuse', { field: 'unit' })
      // A comparator says that the device stopped at its own limit, so the number is no measurement to judge.
      if (test !== null && value.unit !== undefined && value.comparator === undefined) {
        checkNumber(test, value.value, value.unit, `${path}.value`, add)
      }
    }
    checkSexOfTest(observation, context, path, add)
    checkResultDates(observation, context, stay, path, add)
    if (observation.refLow !== undefined && observation.refHigh !== undefined) {
      if (Number(observation.refLow) > Number(observation.refHigh)) {
        const params = { value: observation.refLow, limit: observation.refHigh }
        add(`${path}.refLow`, 'range-reversed', 'refuse', params)
      }
    }
  })
  checkBetweenObservations(visit, context, stay, add)
}

function checkNumber(test: LabTest, text: string, unit: string | undefined, path: string, add: Add): void {
  const value = Number(text)
  if (!Number.isFinite(value)) return
  const usedUnit = unit ?? test.unit
  const canonical = canonicalValue(test, value, usedUnit)
  const names = { value: text, unit: usedUnit, name: test.en, nameZh: test.zh }
  if (canonical.kind === 'unknown-unit') {
    const better = test.unit === '' ? undefined : test.unit
    add(path.replace(/\.value$/, '.unit'), 'unknown-unit', 'confirm', { ...names, limit: test.unit }, better)
    return
  }
  const hard = outside(canonical.value, test.hard)
  const soft = hard === null ? outside(canonical.value, test.soft) : null
  if (hard === null && soft === null) return
  const side = (hard ?? soft)!
  const limits = hard !== null ? test.hard : test.soft
  const limit = String(side === 'above' ? limits![1] : limits![0])
  const rule: VisitRule = `${side}-${hard !== null ? 'hard' : 'soft'}-limit`
  const severity = hard !== null ? 'refuse' : 'confirm'
  add(
    path,
    rule,
    severity,
    { ...names, limit, limitUnit: test.unit },
    betterValue(test, value, usedUnit, side),
  )
}

function outside(value: number, limits: Limits | null): 'above' | 'below' | null {
  if (limits === null) return null
  if (limits[1] !== null && value > limits[1]) return 'above'
  if (limits[0] !== null && value < limits[0]) return 'below'
  return null
}

/**
 * The value that was probably meant, in the unit that stands beside the field: the number read in another unit of the
 * test, else its decimal point moved. Only what lies within the soft limits is offered.
 */
function betterValue(
  test: LabTest,
  value: number,
  unit: string,
  side: 'above' | 'below',
): string | undefined {
  const rule = unitRuleOf(test, unit)!
  const inFieldUnit = (canonical: number) => (canonical - rule.offset) / rule.factor
  const decimals = Math.max(test.decimals, rule.factor > 5 ? 2 : 0)
  for (const other of test.otherUnits) {
    if (other.factor === rule.factor && other.offset === rule.offset) continue
    const canonical = value * other.factor + other.offset
    if (outside(canonical, test.soft) === null && canonical !== value) {
      return decimalTextOf(inFieldUnit(canonical), decimals)
    }
  }
  if (rule.factor !== 1 && outside(value, test.soft) === null)
    return decimalTextOf(inFieldUnit(value), decimals)
  for (const factor of side === 'above' ? [0.1, 0.01] : [10, 100]) {
    const shifted = value * factor
    const canonical = shifted * rule.factor + rule.offset
    if (outside(canonical, test.soft) === null)
      return decimalTextOf(shifted, Math.max(decimals, 1)).replace(/\.0+$/, '')
  }
  return undefined
}

const MALE_TESTS = new Set(['2857-1'])

function checkSexOfTest(observation: Observation, context: CheckContext, path: string, add: Add): void {
  if (context.patient.sex !== 'female' || labTestOf(observation.code) === null) return
  if (MALE_TESTS.has(observation.code.code)) {
    add(`${path}.code`, 'unusual-for-sex', 'confirm', { value: observation.code.code, sex: 'female' })
  }
}

function checkResultDates(
  observation: Observation,
  context: CheckContext,
  stay: Stay,
  path: string,
  add: Add,
): void {
  const isForm = context.mode === 'form'
  const dates = [
    ['specimenCollected', observation.specimenCollected],
    ['resultDate', observation.resultDate],
    ['effective', observation.effective],
  ] as const
  for (const [field, text] of dates) {
    if (text === undefined) {
      const isNeeded =
        observation.kind === 'lab' && field !== 'effective' && observation.value.type !== 'absent' && isForm
      if (isNeeded) add(`${path}.${field}`, 'required', 'refuse', { field })
      continue
    }
    const span = parseWhen(text)
    if (span === null) add(`${path}.${field}`, 'date-does-not-exist', 'refuse', { value: text })
    else if (span.first > context.today + 1) {
      const params = { value: text, limit: formatDay(context.today) }
      add(
        `${path}.${field}`,
        'in-future',
        'refuse',
        params,
        swapInto(text, stay.birth?.first ?? null, context.today + 1),
      )
    } else if (stay.birth !== null && span.last < stay.birth.first) {
      add(`${path}.${field}`, 'before-birth', 'refuse', { value: text, limit: context.patient.birthDate! })
    }
  }
  const specimen =
    observation.specimenCollected === undefined ? null : parseWhen(observation.specimenCollected)
  const result = observation.resultDate === undefined ? null : parseWhen(observation.resultDate)
  if (specimen !== null && result !== null) {
    const params = { value: observation.resultDate!, limit: observation.specimenCollected! }
    if (
      result.last < specimen.first ||
      comesBefore(observation.resultDate!, observation.specimenCollected!)
    ) {
      add(`${path}.resultDate`, 'result-before-specimen', 'refuse', params)
    } else if (result.first - specimen.last > 60) add(`${path}.resultDate`, 'result-late', 'confirm', params)
  }
  if (specimen !== null && stay.admission !== null) {
    const last = (stay.discharge ?? stay.admission).last + 1
    if (specimen.last < stay.admission.first - 30 || (stay.discharge !== null && specimen.first > last)) {
      const params = { value: observation.specimenCollected!, limit: formatDay(stay.admission.first) }
      add(`${path}.specimenCollected`, 'specimen-outside-stay', 'confirm', params)
    }
  }
}

interface Measured {
  index: number
  value: number
}

function checkBetweenObservations(visit: CheckedVisit, context: CheckContext, stay: Stay, add: Add): void {
  const measured = new Map<string, Measured[]>()
  visit.observations.forEach((observation, index) => {
    const { value } = observation
    if (value.type !== 'decimal' || value.comparator !== undefined) return
    if (observation.status === 'entered-in-error' || observation.status === 'cancelled') return
    const test = labTestOf(observation.code)
    if (test === null) return
    const canonical = canonicalValue(test, Number(value.value), value.unit ?? '')
    if (canonical.kind === 'unknown-unit' || outside(canonical.value, test.hard) !== null) return
    const list = measured.get(test.key)
    if (list === undefined) measured.set(test.key, [{ index, value: canonical.value }])
    else list.push({ index, value: canonical.value })
  })
  const only = (key: string): Measured | null => measured.get(key)?.[0] ?? null
  const text = (value: number, decimals = 1) => decimalTextOf(value, decimals)

  // Pressures pair in the order of entry: the first systolic with the first diastolic, and so on.
  const systolics = measured.get('sbp') ?? []
  ;(measured.get('dbp') ?? []).forEach((diastolic, pair) => {
    const systolic = systolics[pair]
    if (systolic === undefined) return
    const path = `observations.${diastolic.index}.value`
    const params = { value: text(diastolic.value, 0), limit: text(systolic.value, 0) }
    const pulse = systolic.value - diastolic.value
    if (pulse <= 0) add(path, 'diastolic-not-below-systolic', 'refuse', params)
    else if (pulse < 15 || pulse > 150) add(path, 'pulse-pressure-unusual', 'confirm', params)
  })

  const height = only('height')
  const weight = only('weight')
  const bodyMass = only('bmi')
  if (height !== null && weight !== null && bodyMass !== null) {
    const metres = height.value / 100
    const expected = weight.value / (metres * metres)
    if (Math.abs(expected - bodyMass.value) > 1) {
      const params = { value: text(bodyMass.value), limit: text(expected) }
      add(
        `observations.${bodyMass.index}.value`,
        'body-mass-index-differs',
        'confirm',
        params,
        text(expected),
      )
    }
  }
  const total = only('chol')
  const high = only('hdl')
  const low = only('ldl') ?? only('ldlD')
  if (total !== null && high !== null && low !== null && high.value + low.value > 1.1 * total.value) {
    const params = { value: text(high.value + low.value, 0), limit: text(total.value, 0) }
    add(`observations.${total.index}.value`, 'cholesterol-parts-exceed-total', 'confirm', params)
  }
  const creatinine = only('creat')
  const filtration = only('egfr')
  const { sex } = context.patient
  if (creatinine !== null && filtration !== null && stay.birth !== null && stay.admission !== null) {
    const age = ageInYears(stay.birth.first, stay.admission.first)
    if (age >= 18 && (sex === 'male' || sex === 'female')) {
      const expected = estimatedFiltration(creatinine.value, age, sex === 'female')
      if (Math.abs(expected - filtration.value) > 15) {
        const params = { value: text(filtration.value, 0), limit: text(expected, 0) }
        add(`observations.${filtration.index}.value`, 'filtration-differs', 'confirm', params)
      }
    }
  }
  const { previous } = context
  if (stay.admission === null || previous === undefined) return
  if (weight !== null && previous.weightKg !== undefined) {
    const days = Math.abs(stay.admission.first - previous.weightKg.day)
    const change = Math.abs(weight.value / previous.weightKg.value - 1)
    if (days <= 90 && change > 0.2) {
      const params = { value: text(weight.value), limit: text(previous.weightKg.value) }
      add(`observations.${weight.index}.value`, 'weight-jump', 'confirm', params)
    }
  }
  if (height !== null && previous.heightCm !== undefined && stay.birth !== null) {
    const wasAdult = ageInYears(stay.birth.first, previous.heightCm.day) >= 20
    if (wasAdult && Math.abs(height.value - previous.heightCm.value) > 3) {
      const params = { value: text(height.value), limit: text(previous.heightCm.value) }
      add(`observations.${height.index}.value`, 'height-jump', 'confirm', params)
    }
  }
}

/* Diagnoses */

export const ICD10_SYSTEMS: readonly string[] = [
  'http://hl7.org/fhir/sid/icd-10-cm',
  'http://hl7.org/fhir/sid/icd-10',
]
// No code has the letters I or O among its first three characters: they are mistyped digits.
const ICD10_CODE = /^[A-Z][0-9][0-9A-HJ-NP-Z](\.?[0-9A-Z]{1,4})?$/

const ICD10_PROCEDURE_SYSTEMS = [
  'http://www.cms.gov/Medicare/Coding/ICD10',
  'http://hl7.org/fhir/sid/icd-10-pcs',
]

export function isIcd10Code(code: string): boolean {
  return ICD10_CODE.test(code)
}

/** Stored form: upper case, no dot. */
export function normaliseIcd10(code: string): string {
  return code.normalize('NFKC').trim().toUpperCase().replace(/\./g, '')
}

/** Shown form: a dot after the third character. */
export function showIcd10(code: string): string {
  return code.length > 3 && !code.includes('.') ? `${code.slice(0, 3)}.${code.slice(3)}` : code
}

/** A code with the letter O for a zero, a stray blank, lower case… mended, or null. */
export function repairIcd10(code: string): string | null {
  const plain = normaliseIcd10(code).replace(/\s/g, '')
  if (isIcd10Code(plain)) return plain
  const mended =
    plain.slice(0, 1) + plain.slice(1, 3).replace(/O/g, '0').replace(/[IL]/g, '1') + plain.slice(3)
  return isIcd10Code(mended) ? mended : null
}

const FEMALE_DIAGNOSIS = /^(O|C5[1-8]|D06|D2[5-8]|N7[0-7]|N8[0-9]|N9[0-8]|Z3[2-9])/
const MALE_DIAGNOSIS = /^(C6[0-3]|D29|D40|N4[0-9]|N5[0-3])/
// Contraception and reproduction concern both sexes, hypertrophy of the breast too.
const NOT_FEMALE_ONLY = /^(Z3[0-1]|N6|Z38)/

function checkDiagnoses(visit: CheckedVisit, context: CheckContext, stay: Stay, add: Add): void {
  const isForm = context.mode === 'form'
  const { encounter, diagnoses } = visit
  const principals = diagnoses.filter((each) => each.role === 'principal' && each.verification !== 'refuted')
  if (isForm && encounter.status === 'finished' && principals.length !== 1) {
    add('diagnoses', 'one-principal-diagnosis', 'refuse', { value: String(principals.length) })
  }
  const ranks = new Set<number>()
  const codes = new Set<string>()
  diagnoses.forEach((diagnosis, index) => {
    const path = `diagnoses.${index}`
    const { code } = diagnosis
    if (ranks.has(diagnosis.rank))
      add(`${path}.rank`, 'rank-repeated', 'refuse', { value: String(diagnosis.rank) })
    ranks.add(diagnosis.rank)
    const name = `${code.system}|${code.code}`
    if (codes.has(name)) add(`${path}.code`, 'diagnosis-repeated', 'confirm', { value: code.code })
    codes.add(name)
    if (ICD10_SYSTEMS.includes(code.system)) {
      if (!isIcd10Code(code.code)) {
        const better = repairIcd10(code.code)
        add(`${path}.code`, 'code-malformed', 'refuse', { value: code.code }, better ?? undefined)
      } else {
        const plain = normaliseIcd10(code.code)
        if (
          context.isListed !== undefined &&
          diagnosis.unlisted !== true &&
          !context.isListed(code.system, plain)
        ) {
          add(`${path}.code`, 'code-unlisted', 'confirm', { value: code.code })
        }
        const { sex } = context.patient
        const isOdd =
          (sex === 'male' && FEMALE_DIAGNOSIS.test(plain) && !NOT_FEMALE_ONLY.test(plain)) ||
          (sex === 'female' && MALE_DIAGNOSIS.test(plain))
        if (isOdd) add(`${path}.code`, 'unusual-for-sex', 'confirm', { value: code.code, sex })
      }
    }
    const onset = checkDate(diagnosis.onset, `${path}.onset`, context, stay, add)
    const abatement = checkDate(diagnosis.abatement, `${path}.abatement`, context, stay, add)
    if (onset !== null && abatement !== null && abatement.last < onset.first) {
      const params = { value: diagnosis.abatement!, limit: diagnosis.onset! }
      add(
        `${path}.abatement`,
        'abatement-before-onset',
        'refuse',
        params,
        swapInto(diagnosis.abatement!, onset.first, context.today + 1),
      )
    }
    if (isForm && encounter.class === 'IMP' && diagnosis.presentOnAdmission === undefined) {
      add(`${path}.presentOnAdmission`, 'required', 'confirm', { field: 'presentOnAdmission', value: '' })
    }
  })
}

/** Existence, birth and future of an optional date; the span when it is a date at all. */
function checkDate(
  text: string | undefined,
  path: string,
  context: CheckContext,
  stay: Stay,
  add: Add,
): DateSpan | null {
  if (text === undefined) return null
  const span = parseWhen(text)
  if (span === null) {
    add(path, 'date-does-not-exist', 'refuse', { value: text })
    return null
  }
  if (stay.birth !== null && span.last < stay.birth.first) {
    add(
      path,
      'before-birth',
      'refuse',
      { value: text, limit: context.patient.birthDate! },
      swapInto(text, stay.birth?.first ?? null, context.today + 1),
    )
  } else if (span.first > context.today + 1) {
    const params = { value: text, limit: formatDay(context.today) }
    add(path, 'in-future', 'refuse', params, swapInto(text, stay.birth?.first ?? null, context.today + 1))
  }
  return span
}

/* Procedures */

function checkProcedures(visit: CheckedVisit, stay: Stay, add: Add): void {
  visit.procedures.forEach((procedure, index) => {
    const path = `procedures.${index}`
    const { code } = procedure
    if (ICD10_PROCEDURE_SYSTEMS.includes(code.system) && !/^[0-9A-HJ-NP-Z]{7}$/.test(code.code)) {
      const better = code.code.toUpperCase().replace(/O/g, '0').replace(/I/g, '1').replace(/[.\s]/g, '')
      const isBetter = /^[0-9A-HJ-NP-Z]{7}$/.test(better)
      add(`${path}.code`, 'code-malformed', 'refuse', { value: code.code }, isBetter ? better : undefined)
    }
    const start = procedure.performed === undefined ? null : parseWhen(procedure.performed)
    const end = procedure.performedEnd === undefined ? null : parseWhen(procedure.performedEnd)
    if (procedure.performed !== undefined && start === null) {
      add(`${path}.performed`, 'date-does-not-exist', 'refuse', { value: procedure.performed })
    }
    if (procedure.performedEnd !== undefined && end === null) {
      add(`${path}.performedEnd`, 'date-does-not-exist', 'refuse', { value: procedure.performedEnd })
    }
    if (start !== null && end !== null && end.last < start.first) {
      const params = { value: procedure.performedEnd!, limit: procedure.performed! }
      add(`${path}.performedEnd`, 'end-before-start', 'refuse', params)
    }
    if (start !== null && stay.admission !== null) {
      const last = (stay.discharge ?? (visit.encounter.class === 'IMP' ? null : stay.admission))?.last
      const isOutside =
        start.last < stay.admission.first - 1 || (last !== undefined && start.first > last + 1)
      if (isOutside) {
        const params = { value: procedure.performed!, limit: formatDay(stay.admission.first) }
        add(
          `${path}.performed`,
          'outside-stay',
          'confirm',
          params,
          swapInto(procedure.performed!, stay.admission.first - 1, (last ?? stay.admission.first + 365) + 1),
        )
      }
    }
  })
}

/* Prescriptions */

const ATC_SUBSTANCE = /^[A-Z][0-9]{2}[A-Z]{2}[0-9]{2}$/

function checkPrescriptions(visit: CheckedVisit, context: CheckContext, add: Add): void {
  const isForm = context.mode === 'form'
  visit.prescriptions.forEach((prescription, index) => {
    const path = `prescriptions.${index}`
    if (prescription.ingredientAtc !== undefined && !ATC_SUBSTANCE.test(prescription.ingredientAtc)) {
      add(`${path}.ingredientAtc`, 'code-malformed', 'refuse', { value: prescription.ingredientAtc })
    }
    if (isForm) {
      if (prescription.start === undefined) add(`${path}.start`, 'required', 'refuse', { field: 'start' })
      if (prescription.end === undefined && prescription.daysSupply === undefined) {
        add(`${path}.daysSupply`, 'required', 'refuse', { field: 'daysSupply' })
      }
      if (prescription.asNeeded !== true) {
        if (prescription.dose === undefined) add(`${path}.dose`, 'required', 'refuse', { field: 'dose' })
        if (prescription.perDay === undefined && prescription.frequency === undefined) {
          add(`${path}.frequency`, 'required', 'refuse', { field: 'frequency' })
        }
      }
    }
    const start = prescription.start === undefined ? null : parseWhen(prescription.start)
    const end = prescription.end === undefined ? null : parseWhen(prescription.end)
    if (prescription.start !== undefined && start === null) {
      add(`${path}.start`, 'date-does-not-exist', 'refuse', { value: prescription.start })
    }
    if (prescription.end !== undefined && end === null) {
      add(`${path}.end`, 'date-does-not-exist', 'refuse', { value: prescription.end })
    }
    const days = prescription.daysSupply
    if (start !== null && end !== null) {
      const params = { value: prescription.end!, limit: prescription.start! }
      if (end.last < start.first) add(`${path}.end`, 'end-before-start', 'refuse', params)
      else if (days !== undefined && start.precision === 'day' && end.first !== start.first + days - 1) {
        const expected = formatDay(start.first + days - 1)
        add(
          `${path}.end`,
          'supply-does-not-match-end',
          'confirm',
          { value: prescription.end!, limit: expected },
          expected,
        )
      }
    }
    if (days !== undefined && days > 365) {
      add(`${path}.daysSupply`, 'supply-over-one-year', 'confirm', { value: String(days), limit: '365' })
    }
    if (prescription.refills !== undefined && prescription.refills > 12) {
      add(`${path}.refills`, 'refills-over-twelve', 'confirm', {
        value: String(prescription.refills),
        limit: '12',
      })
    }
  })
}

/* Outcome and claims */

function checkOutcome(visit: CheckedVisit, stay: Stay, add: Add): void {
  const { outcome, encounter } = visit
  const isExpired = encounter.dischargeDisposition === 'exp'
  if (
    (outcome?.deathInHospital === true && !isExpired && encounter.dischargeDisposition !== undefined) ||
    (isExpired && outcome?.deathInHospital === false)
  ) {
    const params = { value: encounter.dischargeDisposition ?? '' }
    add('outcome.deathInHospital', 'death-and-disposition-differ', 'confirm', params)
  }
  if (outcome === undefined || stay.nights === null || stay.nights < 0) return
  for (const field of ['icuDays', 'ventilatorDays'] as const) {
    const days = outcome[field]
    if (days !== undefined && days > stay.nights + 1) {
      add(`outcome.${field}`, 'days-exceed-stay', 'confirm', {
        value: String(days),
        limit: String(stay.nights + 1),
      })
    }
  }
}

function checkClaims(visit: CheckedVisit, context: CheckContext, add: Add): void {
  const ranks = new Set(visit.diagnoses.map((each) => each.rank))
  visit.claims.forEach((claim, index) => {
    const path = `claims.${index}`
    const isReversal = claim.reverses !== undefined
    const amounts = [
      'billedMinor',
      'allowedMinor',
      'paidByPayerMinor',
      'paidByPatientMinor',
      'copayMinor',
      'deductibleMinor',
    ] as const
    for (const field of amounts) {
      const value = claim[field]
      if (value === undefined) continue
      if (!isReversal && value < 0)
        add(`${path}.${field}`, 'negative-amount', 'refuse', { value: String(value) })
      if (isReversal && value > 0)
        add(`${path}.${field}`, 'reversal-not-negative', 'refuse', { value: String(value) })
    }
    // A reversal mirrors its claim, so its sizes are compared without the sign.
    const size = (value: number | undefined) => (value === undefined ? undefined : Math.abs(value))
    const billed = size(claim.billedMinor)
    const allowed = size(claim.allowedMinor)
    const byPayer = size(claim.paidByPayerMinor)
    const byPatient = size(claim.paidByPatientMinor)
    const warn = (field: string, rule: VisitRule, value: number, limit: number) =>
      add(`${path}.${field}`, rule, 'confirm', { value: String(value), limit: String(limit) })
    if (allowed !== undefined && billed !== undefined && allowed > billed) {
      warn('allowedMinor', 'allowed-exceeds-billed', allowed, billed)
    }
    if (byPayer !== undefined && allowed !== undefined && byPayer > allowed) {
      warn('paidByPayerMinor', 'paid-exceeds-allowed', byPayer, allowed)
    } else if (byPayer !== undefined && byPatient !== undefined && allowed !== undefined) {
      if (byPayer + byPatient !== allowed) {
        warn('paidByPatientMinor', 'payments-differ-from-allowed', byPayer + byPatient, allowed)
      }
    }
    const nets = claim.lines.map((line) => line.netMinor).filter((net) => net !== undefined)
    if (nets.length > 0 && nets.length === claim.lines.length && claim.billedMinor !== undefined) {
      const sum = nets.reduce((total, net) => total + net, 0)
      if (Math.abs(sum - claim.billedMinor) > 1)
        warn('lines', 'lines-differ-from-billed', sum, claim.billedMinor)
    }
    if (context.currency !== undefined && claim.currency !== context.currency) {
      add(
        `${path}.currency`,
        'currency-unusual',
        'confirm',
        { value: claim.currency, limit: context.currency },
        context.currency,
      )
    }
    claim.lines.forEach((line, lineIndex) => {
      for (const rank of line.diagnosisRanks) {
        if (!ranks.has(rank)) {
          add(`${path}.lines.${lineIndex}.diagnosisRanks`, 'line-points-nowhere', 'refuse', {
            value: String(rank),
          })
        }
      }
    })
  })
}
