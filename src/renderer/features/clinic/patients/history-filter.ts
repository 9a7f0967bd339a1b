/** Which visits of a history are shown, and in which order. Pure. */
import type { VersionOfVisit } from '../../../../shared/contract/records.ts'
import type { Code } from '../../../../shared/domain/visit.ts'

export interface HistoryFilter {
  /** Class of encounter; empty: every one. */
  readonly kind: string
  /** Member id of the hospital, `own` for this one; empty: every one. */
  readonly hospital: string
  /** Code of the department; empty: every one. */
  readonly department: string
  /** Part of a code or of a name. */
  readonly text: string
  /** YYYY-MM-DD; empty: open. */
  readonly from: string
  readonly to: string
}
export const NO_FILTER: HistoryFilter = {
  kind: '',
  hospital: '',
  department: '',
  text: '',
  from: '',
  to: '',
}

/** One visit: the version that counts, and the others, newest first. */
export interface VisitGroup {
  readonly visitId: string
  readonly current: VersionOfVisit
  readonly others: readonly VersionOfVisit[]
}

export function groupsOf(versions: readonly VersionOfVisit[]): VisitGroup[] {
  const byVisit = new Map<string, VersionOfVisit[]>()
  for (const version of versions) {
    const { envelope, encounter } = version.record
    // An id names a visit of its hospital (ADR 0019).
    const name = `${encounter.facility}/${envelope.visitId}`
    byVisit.set(name, [...(byVisit.get(name) ?? []), version])
  }
  return [...byVisit.values()].map((group) => {
    // What is not yet in the chain is newer than what is.
    const inOrder = [...group].sort(
      (a, b) =>
        rank(a) - rank(b) || (b.index ?? Number.MAX_SAFE_INTEGER) - (a.index ?? Number.MAX_SAFE_INTEGER),
    )
    const current = inOrder[0]!
    return { visitId: current.record.envelope.visitId, current, others: inOrder.slice(1) }
  })
}

const rank = ({ isSuperseded, isConflict }: VersionOfVisit): number => (isConflict ? 2 : isSuperseded ? 1 : 0)

/** What this version corrected; null for what is no correction, and where that cannot be opened. */
export function versionBefore(
  { record: { envelope } }: VersionOfVisit,
  { current, others }: VisitGroup,
): VersionOfVisit | null {
  if (envelope.op !== 'amend') return null
  return [current, ...others].find(({ merkleRoot }) => merkleRoot === envelope.supersedes) ?? null
}

/** In the order of admission. */
export function inChronology(groups: readonly VisitGroup[], isNewestFirst: boolean): VisitGroup[] {
  const at = ({ current }: VisitGroup): string => current.record.encounter.admission.at
  const sign = isNewestFirst ? -1 : 1
  return [...groups].sort((a, b) => (at(a) < at(b) ? -sign : at(a) > at(b) ? sign : 0))
}

/** How the filter calls this hospital, whose visits carry no name of one. */
export const OWN_HOSPITAL = 'own'
const hospitalOf = ({ hospital }: Pick<VersionOfVisit, 'hospital'>): string =>
  hospital?.memberId ?? OWN_HOSPITAL

export function fits(
  version: Pick<VersionOfVisit, 'record' | 'hospital'>,
  filter: HistoryFilter,
  nameOf: (code: Code) => string | undefined,
): boolean {
  const { record } = version
  const { encounter } = record
  const day = encounter.admission.at.slice(0, 10)
  if (filter.kind !== '' && encounter.class !== filter.kind) return false
  if (filter.hospital !== '' && hospitalOf(version) !== filter.hospital) return false
  if (filter.department !== '' && encounter.department?.code !== filter.department) return false
  if (filter.from !== '' && day < filter.from) return false
  if (filter.to !== '' && day > filter.to) return false
  const wanted = filter.text.normalize('NFKC').trim().toLowerCase()
  if (wanted === '') return true
  const plain = wanted.replace('.', '')
  const isIn = (code: Code, text?: string): boolean =>
    code.code.toLowerCase().startsWith(plain) ||
    `${nameOf(code) ?? ''} ${code.display ?? ''}`.toLowerCase().includes(wanted) ||
    (text ?? '').toLowerCase().includes(wanted)
  return (
    record.diagnoses.some((each) => isIn(each.code, each.text)) ||
    record.observations.some((each) => isIn(each.code)) ||
    record.procedures.some((each) => isIn(each.code, each.text)) ||
    record.prescriptions.some(
      (each) => isIn(each.code, each.text) || each.ingredientAtc?.toLowerCase().startsWith(plain),
    ) ||
    record.notes.some((each) => each.toLowerCase().includes(wanted)) ||
    (encounter.reason?.text ?? '').toLowerCase().includes(wanted)
  )
}

/** The departments that occur, each once. */
export function departmentsIn(groups: readonly VisitGroup[]): Code[] {
  const departments = new Map<string, Code>()
  for (const { current } of groups) {
    const { department } = current.record.encounter
    if (department) departments.set(department.code, department)
  }
  return [...departments.values()]
}

/** The other hospitals whose visits stand among ours, each once, by their names. */
export function hospitalsIn(groups: readonly VisitGroup[]): { memberId: string; name: string }[] {
  const hospitals = new Map<string, string>()
  for (const { current } of groups)
    if (current.hospital) hospitals.set(current.hospital.memberId, current.hospital.name)
  return [...hospitals]
    .map(([memberId, name]) => ({ memberId, name }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}
