/** The versions of a patient's visits in the order in which people read them. Pure. */
import type { VisitState } from '../../../../shared/contract/records.ts'
import type { Code, VisitRecord } from '../../../../shared/domain/visit.ts'

export interface VersionRow {
  readonly record: VisitRecord
  readonly merkleRoot: string
  readonly state: VisitState
  readonly index: number | null
  readonly isSuperseded: boolean
  /** Only the newest version of a visit can be corrected, retracted or restored. */
  readonly mayChange: boolean
}

type Version = Omit<VersionRow, 'mayChange'>

/** Newest admission first; the versions of one visit stay together, the current one on top. */
export function versionsInOrder(versions: readonly Version[]): VersionRow[] {
  const byVisit = new Map<string, Version[]>()
  for (const version of versions) {
    const { visitId } = version.record.envelope
    byVisit.set(visitId, [...(byVisit.get(visitId) ?? []), version])
  }
  const groups = [...byVisit.values()].map((group) =>
    // What is not yet in the chain is newer than what is.
    [...group].sort(
      (a, b) =>
        Number(a.isSuperseded) - Number(b.isSuperseded) ||
        (b.index ?? Number.MAX_SAFE_INTEGER) - (a.index ?? Number.MAX_SAFE_INTEGER),
    ),
  )
  const admission = (group: readonly Version[]) => group[0]?.record.encounter.admission.at ?? ''
  return groups
    .sort((a, b) => (admission(a) < admission(b) ? 1 : admission(a) > admission(b) ? -1 : 0))
    .flatMap((group) =>
      group.map((version, i) => ({ ...version, mayChange: i === 0 && !version.isSuperseded })),
    )
}

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
