/**
 * A record back in the form: to correct it, or to copy what lasts. A correction is offered only where the form can hold
 * the whole record, because a new version replaces the old one whole and nothing may be lost on the way. Pure.
 */
import { STILL_TO_COME } from './typed.ts'
import { visitInputOf } from '../../../../shared/domain/visit-input.ts'
import { ageInYears, parsePartialDate, parseWhen } from '../../../../shared/domain/dates.ts'
import { labTestOf } from '../../../../shared/domain/lab-tests.ts'
import type {
  Code,
  Diagnosis,
  Observation,
  Prescription,
  VisitRecord,
} from '../../../../shared/domain/visit.ts'
import {
  type DiagnosisRow,
  emptyForm,
  emptyRow,
  type LabRow,
  type MedicineRow,
  type Picked,
  VITALS,
  type VisitForm,
  type VitalKey,
} from './form.ts'
import { type FormContext, readForm } from './to-visit.ts'

const pick = (code: Code): Picked =>
  code.code === 'text'
    ? { text: code.display ?? '', code: null }
    : {
        text: code.display === undefined ? code.code : `${code.code} ${code.display}`,
        code: { system: code.system, code: code.code, display: code.display ?? '' },
      }

const datePart = (at: string | undefined): string => at?.slice(0, 10) ?? ''
const timePart = (at: string | undefined): string =>
  at !== undefined && at.length > 10 ? at.slice(11, 16) : ''

function typedValue(value: Observation['value']): string {
  switch (value.type) {
    case 'decimal':
      return `${value.comparator ?? ''}${value.value}`
    case 'code':
      return value.value.code === '260385009' ? 'negative' : value.value.code === '10828004' ? 'positive' : ''
    case 'text':
      return value.value
    case 'absent':
      return value.reason === 'pending' ? STILL_TO_COME : ''
    default:
      return ''
  }
}

/** Every field of the form from a record; what the form has no field for is left out (see `formOfRecord`). */
export function rawFormOf(record: VisitRecord, rowId: () => string): VisitForm {
  const { encounter } = record
  const start = emptyForm({
    day: datePart(encounter.admission.at),
    time: timePart(encounter.admission.at),
    rowId,
  })
  const vitals: Record<VitalKey, string> = { ...start.vitals }
  let smoking = ''
  const labs: LabRow[] = []
  for (const observation of record.observations) {
    const test = labTestOf(observation.code)
    if (test === null) continue
    if (test.key === 'smoking')
      smoking = observation.value.type === 'code' ? observation.value.value.code : ''
    else if ((VITALS as readonly string[]).includes(test.key)) {
      const { value } = observation
      const unit =
        value.type === 'decimal' && value.unit !== test.unit ? (value.unitSource ?? value.unit ?? '') : ''
      vitals[test.key as VitalKey] = typedValue(value) + unit
    } else
      labs.push({
        ...emptyRow.labs(rowId()),
        test: pick(observation.code),
        value: typedValue(observation.value),
        unit: observation.value.type === 'decimal' ? (observation.value.unit ?? test.unit) : test.unit,
        collected: observation.specimenCollected ?? '',
        resulted: observation.resultDate ?? '',
      })
  }
  return {
    ...start,
    encounter: {
      ...start.encounter,
      class: encounter.class,
      status: encounter.status,
      dischargeDay: datePart(encounter.discharge?.at),
      dischargeTime: timePart(encounter.discharge?.at),
      department: encounter.department ? pick(encounter.department) : start.encounter.department,
      attender: encounter.attender ?? '',
      reason: encounter.reason?.text ?? '',
      payer: encounter.payer.type,
      payerGroup: encounter.payer.group ?? '',
      admitSource: encounter.admitSource ?? '',
      disposition: encounter.dischargeDisposition ?? '',
      consent: record.patient.consent.scope,
    },
    vitals,
    smoking,
    labs: [...labs, emptyRow.labs(rowId())],
    diagnoses: [...record.diagnoses.map((each) => diagnosisRow(each, rowId())), emptyRow.diagnoses(rowId())],
    procedures: [
      ...record.procedures.map((each) => ({
        ...emptyRow.procedures(rowId()),
        code: pick(each.code),
        text: each.text ?? '',
        performed: each.performed ?? '',
        laterality: each.laterality ?? ('' as const),
      })),
      emptyRow.procedures(rowId()),
    ],
    medicines: [
      ...record.prescriptions.map((each) => medicineRow(each, rowId())),
      emptyRow.medicines(rowId()),
    ],
    died: record.outcome?.deathInHospital ?? false,
    icuDays: record.outcome?.icuDays?.toString() ?? '',
    ventilatorDays: record.outcome?.ventilatorDays?.toString() ?? '',
    adverse: record.outcome?.adverseEvents.join('\n') ?? '',
    currency: record.claims[0]?.currency ?? start.currency,
    claims: [
      ...record.claims.map((each) => {
        const amount = (minor: number | undefined) =>
          minor === undefined ? '' : (minor / 10 ** each.currencyExponent).toFixed(each.currencyExponent)
        return {
          id: each.claimId,
          type: each.type,
          billed: amount(each.billedMinor),
          allowed: amount(each.allowedMinor),
          paidByPayer: amount(each.paidByPayerMinor),
          paidByPatient: amount(each.paidByPatientMinor),
        }
      }),
      emptyRow.claims(rowId()),
    ],
    notes: record.notes.join('\n\n'),
  }
}

/**
 * The form that holds exactly this record, or null when the form cannot hold all of it (imports with results, codings or
 * claim lines that have no field here).
 */
export function formOfRecord(
  record: VisitRecord,
  context: FormContext,
  rowId: () => string,
): VisitForm | null {
  const form = rawFormOf(record, rowId)
  const { problems, visit } = readForm(form, { ...context, confirmations: record.envelope.confirmations })
  if (problems.length > 0) return null
  return sameValue(visit, visitInputOf(record, context.patientId)) ? form : null
}

/** Equal as data, whatever the order of keys; an absent key equals an undefined one. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b))
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((each, i) => sameValue(each, b[i]))
    )
  const one = a as Record<string, unknown>
  const two = b as Record<string, unknown>
  return [...new Set([...Object.keys(one), ...Object.keys(two)])].every((key) =>
    sameValue(one[key], two[key]),
  )
}

function diagnosisRow(diagnosis: Diagnosis, id: string): DiagnosisRow {
  return {
    ...emptyRow.diagnoses(id),
    code: pick(diagnosis.code),
    text: diagnosis.text ?? '',
    role: diagnosis.role,
    verification: diagnosis.verification,
    poa: diagnosis.presentOnAdmission ?? '',
    isChronic: diagnosis.chronic === true,
    onset: diagnosis.onset ?? '',
  }
}

function medicineRow(prescription: Prescription, id: string): MedicineRow {
  return {
    ...emptyRow.medicines(id),
    code: pick(prescription.code),
    dose: prescription.dose?.value ?? '',
    unit: prescription.dose?.unit ?? '',
    frequency: prescription.frequency ?? (prescription.asNeeded ? 'prn' : ''),
    route: prescription.route ?? '',
    days: prescription.daysSupply?.toString() ?? '',
    start: prescription.start ?? '',
    text: prescription.text ?? '',
    status: prescription.status,
  }
}

/** A diagnosis of an earlier visit for this one: tinted until somebody looked at it. */
export const copiedDiagnosis = (diagnosis: Diagnosis, id: string): DiagnosisRow => ({
  ...diagnosisRow(diagnosis, id),
  role: 'secondary',
  poa: '',
  isCopied: true,
})

/** A medicine that goes on: the same dose, from this visit on. */
export const copiedMedicine = (prescription: Prescription, id: string): MedicineRow => ({
  ...medicineRow(prescription, id),
  start: '',
  status: 'active',
  isCopied: true,
})

/** Diagnoses that last, newest mention of each code first; refuted and ended ones are left out. */
export function chronicOf(records: readonly VisitRecord[]): Diagnosis[] {
  const seen = new Set<string>()
  const found: Diagnosis[] = []
  for (const record of records)
    for (const diagnosis of record.diagnoses) {
      const key = `${diagnosis.code.system}|${diagnosis.code.code}`
      if (seen.has(key)) continue
      seen.add(key)
      if (
        diagnosis.chronic === true &&
        diagnosis.verification !== 'refuted' &&
        diagnosis.abatement === undefined
      )
        found.push(diagnosis)
    }
  return found
}

/** Medicines of the newest visit that has any, as far as they are in use. */
export function currentMedicinesOf(records: readonly VisitRecord[]): Prescription[] {
  const newest = records.find((record) => record.prescriptions.length > 0)
  return (newest?.prescriptions ?? []).filter((each) => each.status === 'active' && each.intent !== 'plan')
}

/** Height of a grown person and smoking, as last written: they seldom change. Newest record first. */
export function lastingOf(records: readonly VisitRecord[]): { height: string; smoking: string } {
  let [height, smoking] = ['', '']
  for (const record of records) {
    const form = rawFormOf(record, () => '')
    if (height === '' && isGrown(record)) height = form.vitals.height
    if (smoking === '') smoking = form.smoking
  }
  return { height, smoking }
}

const GROWN_YEARS = 20

function isGrown({ patient, encounter }: VisitRecord): boolean {
  const birth = patient.birthDate === undefined ? null : parsePartialDate(patient.birthDate)
  const admission = parseWhen(encounter.admission.at)
  return birth !== null && admission !== null && ageInYears(birth.last, admission.first) >= GROWN_YEARS
}
