/** What of earlier visits goes on: chronic diagnoses, medicines in use, height, smoking. Records come newest first. Pure. */
import { visitInputOf } from '../../../../shared/domain/visit-input.ts'
import { ageInYears, parsePartialDate, parseWhen } from '../../../../shared/domain/dates.ts'
import type { Diagnosis, Prescription, VisitRecord } from '../../../../shared/domain/visit.ts'
import { lastVitalOf, rawFormOf } from './from-record.ts'

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

/**
 * Medicines in use on this day: of each ingredient the orders of the newest visit that says anything of it, whichever
 * department that was. What was stopped there, or must have been used up, is left out.
 * @param day days since 1970; what is later is not known yet
 */
export const currentMedicinesOf = (records: readonly VisitRecord[], day: number): Prescription[] =>
  newestOrders(records, day).flatMap(({ order, ended }) => (ended === null ? [order] : []))

/** Why an order is not taken to be in use, and until when it was; `until` in days since 1970. */
export interface EndedMedicine {
  readonly order: Prescription
  readonly why: 'used-up' | 'stopped'
  readonly until: number
}
/**
 * Those that the newest visit speaking of them says or lets suppose to be over, each ingredient once: what was still taken
 * within the year before the last visit, however long ago that is.
 */
export function endedMedicinesOf(records: readonly VisitRecord[], day: number): EndedMedicine[] {
  const visits = records.flatMap((each) => parseWhen(each.encounter.admission.at)?.first ?? [])
  const last = Math.max(...visits.filter((each) => each <= day))
  return newestOrders(records, day).flatMap(({ order, ended }) =>
    ended === null || ended.until < last - TOLD_DAYS_MAX ? [] : [{ order, ...ended }],
  )
}
const TOLD_DAYS_MAX = 365

function newestOrders(
  records: readonly VisitRecord[],
  day: number,
): { order: Prescription; ended: Omit<EndedMedicine, 'order'> | null }[] {
  const seen = new Set<string>()
  const found: { order: Prescription; ended: Omit<EndedMedicine, 'order'> | null }[] = []
  for (const record of records) {
    const admission = parseWhen(record.encounter.admission.at)?.first
    if (admission === undefined || admission > day) continue
    const here = record.prescriptions.filter(isOrder)
    // Two orders of one visit, as 500 mg in the morning and 850 mg in the evening, both stand.
    for (const order of here)
      if (!seen.has(ingredientOf(order))) found.push({ order, ended: endOf(order, admission, day) })
    for (const each of here) seen.add(ingredientOf(each))
  }
  return found
}

/** What was planned, given by a nurse, or taken back says nothing of what a patient takes at home. */
const isOrder = ({ status, intent }: Prescription): boolean =>
  intent !== 'plan' &&
  intent !== 'administered' &&
  status !== 'entered-in-error' &&
  status !== 'cancelled' &&
  status !== 'draft'

function ingredientOf({ ingredientAtc, code, text }: Prescription): string {
  if (ingredientAtc !== undefined) return `atc|${ingredientAtc}`
  return code.code === 'text' ? `text|${code.display ?? text ?? ''}` : `${code.system}|${code.code}`
}

/** A supply may last as long again as it was meant to: people come late. A cold's three days are over within the week. */
const LATE_DAYS_MIN = 3
const LATE_DAYS_MAX = 90
/** Of an order that does not say how long it is for. */
const OPEN_DAYS_MAX = 365

/** Null of an order that is in use on this day. */
function endOf(order: Prescription, admission: number, day: number): Omit<EndedMedicine, 'order'> | null {
  // What a pharmacy has handed out is complete for the pharmacy, and is taken from then on.
  const isTaken = order.status === 'active' || (order.status === 'completed' && order.intent === 'dispense')
  const start = (order.start === undefined ? null : parseWhen(order.start))?.first ?? admission
  const end = order.end === undefined ? null : parseWhen(order.end)
  if (!isTaken) return { why: 'stopped', until: end?.last ?? admission }
  const supply = order.daysSupply === undefined ? null : order.daysSupply * (1 + (order.refills ?? 0))
  const last = end?.last ?? (supply === null ? null : start + supply - 1)
  const until = last ?? start + OPEN_DAYS_MAX
  const late = last === null ? 0 : Math.min(LATE_DAYS_MAX, Math.max(LATE_DAYS_MIN, last - start + 1))
  return day <= until + late ? null : { why: 'used-up', until }
}

/** Height of a grown person and smoking, as last written: they seldom change. */
export function lastingOf(records: readonly VisitRecord[]): { height: string; smoking: string } {
  let [height, smoking] = ['', '']
  for (const record of records) {
    const source = visitInputOf(record, '')
    if (height === '' && isGrown(record)) height = lastVitalOf(source, 'height')
    if (smoking === '') smoking = rawFormOf(source, () => '').smoking
  }
  return { height, smoking }
}

const GROWN_YEARS = 20

function isGrown({ patient, encounter }: VisitRecord): boolean {
  const birth = patient.birthDate === undefined ? null : parsePartialDate(patient.birthDate)
  const admission = parseWhen(encounter.admission.at)
  return birth !== null && admission !== null && ageInYears(birth.last, admission.first) >= GROWN_YEARS
}
