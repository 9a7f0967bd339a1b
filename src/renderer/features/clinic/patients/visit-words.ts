/** A visit in one line. Pure. */
import type { Code, VisitRecord } from '../../../../shared/domain/visit.ts'

export const principalOf = (record: VisitRecord) =>
  record.diagnoses.find((each) => each.role === 'principal') ?? record.diagnoses[0]

/** The principal diagnosis, else the first, else the reason. */
export function summaryOf(
  record: VisitRecord,
  showCode: (code: Code) => string,
  nameOf: (code: Code) => string | undefined,
): string {
  const diagnosis = principalOf(record)
  if (!diagnosis) return record.encounter.reason?.text ?? record.encounter.type?.display ?? ''
  const name = diagnosis.text ?? nameOf(diagnosis.code) ?? ''
  return diagnosis.code.code === 'text' ? name : `${showCode(diagnosis.code)} ${name}`.trim()
}
