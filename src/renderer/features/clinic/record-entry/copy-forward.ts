/** What lasts from earlier visits in one move, and what of the medicines stayed behind and why. Pure. */
import { parseDay } from '../../../../shared/domain/dates.ts'
import type { VisitRecord } from '../../../../shared/domain/visit.ts'
import { readDay } from '../../../parts/typed-date.ts'
import { addRows, countRows, type VisitForm } from './form.ts'
import { copiedDiagnosis, copiedMedicine } from './from-record.ts'
import { COPIED_SINGLES } from './repeat-field.ts'
import {
  chronicOf,
  currentMedicinesOf,
  type EndedMedicine,
  endedMedicinesOf,
  lastingOf,
} from './what-lasts.ts'

export interface CopiedForward {
  readonly form: VisitForm
  /** Rows and fields that came. */
  readonly count: number
  readonly left: readonly EndedMedicine[]
}

/** @param records newest first */
export function copyLasting(
  form: VisitForm,
  records: readonly VisitRecord[],
  today: number,
  rowId: () => string,
): CopiedForward {
  const have = new Set([...form.diagnoses, ...form.medicines].map((row) => row.code.code?.code))
  const diagnoses = chronicOf(records)
    .filter((each) => !have.has(each.code.code))
    .map((each) => copiedDiagnosis(each, rowId()))
  const isFirst = countRows(form, 'diagnoses') === 0
  // A visit that is entered later was on its own day all the same.
  const day = parseDay(readDay(form.encounter.day, today) ?? '') ?? today
  const medicines = currentMedicinesOf(records, day)
    .filter((each) => !have.has(each.code.code))
    .map((each) => copiedMedicine(each, rowId()))
  const left = endedMedicinesOf(records, day).filter(({ order }) => !have.has(order.code.code))
  const singles = lastingOf(records)
  const vitals = form.vitals.height === '' && singles.height !== '' ? { height: singles.height } : {}
  const smoking = form.smoking === '' ? singles.smoking : ''
  const copied = COPIED_SINGLES.filter((field) => (field === 'smoking' ? smoking !== '' : 'height' in vitals))
  const count = diagnoses.length + medicines.length + copied.length
  if (count === 0) return { form, count, left }
  // The first of a visit without a diagnosis is the reason why people come again.
  const ranked = diagnoses.map((row, i) =>
    isFirst && i === 0 ? { ...row, role: 'principal' as const } : row,
  )
  return {
    form: {
      ...addRows(addRows(form, 'diagnoses', ranked, rowId), 'medicines', medicines, rowId),
      vitals: { ...form.vitals, ...vitals },
      smoking: smoking || form.smoking,
      copied: [...new Set([...form.copied, ...copied])],
    },
    count,
    left,
  }
}
