/**
 * Ctrl+D: the field under the cursor again as it was at the last visit. In a blank row it brings the next test, diagnosis
 * or medicine of that visit that this one does not have yet. Pure.
 */
import { visitInputOf } from '../../../../shared/domain/visit-input.ts'
import type { VisitRecord } from '../../../../shared/domain/visit.ts'
import { type EncounterForm, patchRow, type VisitForm, type VitalKey } from './form.ts'
import { consentFormOf } from './consent.ts'
import { payerFormOf } from './payer.ts'
import { copiedDiagnosis, copiedMedicine, lastVitalOf, rawFormOf } from './from-record.ts'
import { patchSet } from './vital-sets.ts'

const ENCOUNTER: readonly (keyof EncounterForm)[] = [
  'class',
  'department',
  'attender',
  'reason',
  'payer',
  'payerGroup',
  'payerOrganisation',
  'payerPlan',
  'admitSource',
  'disposition',
  'consent',
  'consentFrom',
  'consentTo',
  'consentRef',
]
/** What may be tinted: fields that are copied and lie in no row. */
export const COPIED_SINGLES = ['vitals.height', 'smoking'] as const

/** Null where the last visit has nothing for this field. */
export function repeatField(
  form: VisitForm,
  last: VisitRecord,
  field: string,
  rowId: () => string,
): VisitForm | null {
  const source = visitInputOf(last, '')
  const before = rawFormOf(source, rowId)
  const [place = '', id = '', part = ''] = field.split('.')
  switch (place) {
    case 'encounter': {
      const key = ENCOUNTER.find((each) => each === id)
      if (key === undefined || isEmpty(before.encounter[key])) return null
      // One insurer is one thing: with its kind or its name come its plan and the member's number, unseen.
      if (key === 'payer' || key === 'payerOrganisation')
        return {
          ...form,
          encounter: { ...form.encounter, ...payerFormOf(last.encounter.payer), memberNumber: '' },
        }
      if (key === 'consent')
        return { ...form, encounter: { ...form.encounter, ...consentFormOf(last.patient.consent) } }
      return { ...form, encounter: { ...form.encounter, [key]: before.encounter[key] } }
    }
    case 'vitals': {
      const value = before.vitals[id as VitalKey]
      return value === '' ? null : { ...form, vitals: { ...form.vitals, [id]: value } }
    }
    case 'furtherVitals': {
      const value = part === 'at' ? '' : lastVitalOf(source, part as VitalKey)
      return value === '' ? null : patchSet(form, id, { [part]: value })
    }
    case 'smoking':
      return before.smoking === '' ? null : { ...form, smoking: before.smoking }
    case 'labs': {
      const row = form.labs.find((each) => each.id === id)
      if (!row) return null
      const have = new Set(form.labs.map((each) => each.test.code?.code))
      const code = row.test.code?.code
      const found = before.labs.find((each) =>
        code === undefined
          ? each.test.code !== null && !have.has(each.test.code.code)
          : each.test.code?.code === code,
      )
      if (!found?.test.code) return null
      // A test comes without its old value: that is asked for by another Ctrl+D, in the field of the value.
      const patch =
        part === 'value' && code !== undefined
          ? { value: found.value, unit: found.unit }
          : { test: found.test, unit: found.unit }
      return patchRow(form, 'labs', id, { ...datesOf(form, row), ...patch }, rowId)
    }
    case 'diagnoses': {
      const row = form.diagnoses.find((each) => each.id === id)
      const have = new Set(form.diagnoses.map((each) => each.code.code?.code))
      const code = row?.code.code?.code
      const found = last.diagnoses.find((each) =>
        code === undefined ? !have.has(each.code.code) : each.code.code === code,
      )
      if (!row || !found) return null
      const { id: _id, role: _role, ...rest } = copiedDiagnosis(found, id)
      return patchRow(form, 'diagnoses', id, rest, rowId)
    }
    case 'medicines': {
      const row = form.medicines.find((each) => each.id === id)
      const have = new Set(form.medicines.map((each) => each.code.code?.code))
      const code = row?.code.code?.code
      const found = last.prescriptions.find((each) =>
        code === undefined ? !have.has(each.code.code) : each.code.code === code,
      )
      if (!row || !found) return null
      const { id: _id, ...rest } = copiedMedicine(found, id)
      return patchRow(form, 'medicines', id, rest, rowId)
    }
    default:
      return null
  }
}

const isEmpty = (value: unknown): boolean =>
  value === '' || (typeof value === 'object' && value !== null && (value as { text?: string }).text === '')

const datesOf = (form: VisitForm, row: { collected: string; resulted: string }) => ({
  collected: row.collected || form.encounter.day,
  resulted: row.resulted || form.encounter.day,
})
