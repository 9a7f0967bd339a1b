/** What is known of a patient's results before a visit: the newest value of each test, for comparison. Pure. */
import { parseWhen } from '../dates.ts'
import { labTestOf } from '../lab-tests.ts'
import { canonicalValue } from '../units.ts'
import type { VisitRecord } from '../visit.ts'
import { outside } from './limits.ts'
import type { PreviousMeasure, PreviousMeasures } from './rules.ts'

/** Records of one patient that are neither superseded nor retracted; those of `visitId` and later than `day` do not count. */
export function previousMeasures(
  records: readonly Pick<VisitRecord, 'envelope' | 'encounter' | 'observations'>[],
  before: { readonly visitId?: string | undefined; readonly day: number },
): PreviousMeasures {
  const newest: Record<string, PreviousMeasure> = {}
  for (const { envelope, encounter, observations } of records) {
    if (envelope.visitId === before.visitId || envelope.op === 'retract') continue
    const day = parseWhen(encounter.admission.at)?.first
    if (day === undefined || day > before.day) continue
    for (const { code, status, value } of observations) {
      if (value.type !== 'decimal' || value.comparator !== undefined) continue
      if (status === 'entered-in-error' || status === 'cancelled') continue
      const test = labTestOf(code)
      if (test === null) continue
      const canonical = canonicalValue(test, Number(value.value), value.unit ?? '')
      if (canonical.kind === 'unknown-unit' || outside(canonical.value, test.hard) !== null) continue
      const known = newest[test.key]
      if (known === undefined || day >= known.day) newest[test.key] = { value: canonical.value, day }
    }
  }
  return newest
}

/** What the newest other visit that counts says of the patient's sex; undefined where there is none. */
export function earlierSexOf(
  records: readonly Pick<VisitRecord, 'envelope' | 'encounter' | 'patient'>[],
  visitId: string | undefined,
): VisitRecord['patient']['sex'] | undefined {
  let newest: { readonly day: number; readonly sex: VisitRecord['patient']['sex'] } | undefined
  for (const { envelope, encounter, patient } of records) {
    if (envelope.visitId === visitId || envelope.op === 'retract') continue
    const day = parseWhen(encounter.admission.at)?.first
    if (day !== undefined && (newest === undefined || day > newest.day)) newest = { day, sex: patient.sex }
  }
  return newest?.sex
}
