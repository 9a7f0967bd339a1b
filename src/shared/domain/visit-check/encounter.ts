/** Rules of the encounter: when, how long, what a finished stay needs. */
import { ageInYears, formatDay, parsePartialDate, parseWhen } from '../dates.ts'
import { comesBefore, swapInto, type Add, type CheckContext, type CheckedVisit, type Stay } from './rules.ts'

const OLDEST_BIRTH_YEAR = '1880-01-01'
const AGE_LIMIT = 125

export function checkEncounter(visit: CheckedVisit, context: CheckContext, add: Add): Stay {
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
  // Of a form the hospital's own table says the death, and looked at it there.
  if (death !== null && !isForm) {
    const value = context.patient.deathDate!
    if (birth !== null && death.last < birth.first)
      add('patient.deathDate', 'before-birth', 'refuse', { value, limit: context.patient.birthDate! })
    else if (death.first > context.today + 1)
      add('patient.deathDate', 'in-future', 'refuse', { value, limit: formatDay(context.today) })
  }
  const { sex, earlierSex } = context.patient
  if (earlierSex !== undefined && earlierSex !== sex && sex !== 'unknown' && earlierSex !== 'unknown')
    add('patient.sex', 'sex-differs', 'confirm', { value: sex, limit: earlierSex })
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
  const { type, organisation, plan, memberToken } = encounter.payer
  if (type === 'SELF' && [organisation, plan, memberToken, visit.memberNumber].some(Boolean))
    add('encounter.payer', 'insurer-of-self-payer', 'confirm', { value: organisation ?? plan ?? '' })
  checkConsent(visit.consent, context, add)
  return { admission, discharge, birth, nights }
}

function checkConsent(consent: CheckedVisit['consent'], { mode, today }: CheckContext, add: Add): void {
  if (consent === undefined) return
  const spanOf = (key: 'from' | 'to') => {
    const value = consent[key]
    const span = value === undefined ? null : parsePartialDate(value)
    if (value !== undefined && span === null)
      add(`consent.${key}`, 'date-does-not-exist', 'refuse', { value })
    return span
  }
  const [from, to] = [spanOf('from'), spanOf('to')]
  if (to === null) return
  const value = consent.to!
  if (from !== null && to.last < from.first)
    add('consent.to', 'consent-end-before-start', 'refuse', { value, limit: consent.from! })
  // Older visits come with consents that have ended since.
  else if (mode === 'form' && to.last < today)
    add('consent.to', 'consent-ended', 'confirm', { value, limit: formatDay(today) })
}
