/** Whether a visit like this one is there already: the same patient, department and day, give or take one. Pure. */
import { parseWhen } from '../../../../shared/domain/dates.ts'
import type { VisitRecord } from '../../../../shared/domain/visit.ts'

export interface EarlierVisit {
  readonly record: VisitRecord
  readonly merkleRoot: string
  readonly isSuperseded: boolean
}

/** Versions that count: neither replaced nor taken back, and not the visit that is being corrected. */
export const currentOf = (
  earlier: readonly EarlierVisit[],
  exceptVisitId: string | undefined,
): readonly EarlierVisit[] =>
  earlier.filter(
    ({ record, isSuperseded }) =>
      !isSuperseded && record.envelope.op !== 'retract' && record.envelope.visitId !== exceptVisitId,
  )

const DAYS_APART_MAX = 1

export function sameVisits(
  current: readonly EarlierVisit[],
  admissionDay: number | null,
  department: string | undefined,
): readonly EarlierVisit[] {
  if (admissionDay === null || department === undefined) return []
  return current.filter(({ record }) => {
    const day = parseWhen(record.encounter.admission.at)?.first
    return (
      day !== undefined &&
      Math.abs(day - admissionDay) <= DAYS_APART_MAX &&
      record.encounter.department?.code === department
    )
  })
}
