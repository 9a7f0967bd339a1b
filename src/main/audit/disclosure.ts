/**
 * Who opened, exported or changed what of one patient, and why: what a hospital owes to a patient who asks. What a page
 * asks for in one go is one line.
 */
import type { AuditContent } from './audit-entry.ts'
import type { AuditLog } from './audit-log.ts'
import { allOf, patientsIn } from './read-log.ts'

export interface DisclosureLine {
  /** Of the first and the last entry that it stands for. */
  readonly from: number
  readonly to: number
  readonly person: string | null
  readonly roles: readonly string[]
  readonly act: string
  readonly outcome: string
  readonly code: string | null
  readonly operations: readonly string[]
  readonly entryCount: number
  readonly basis: { readonly kind: string; readonly reason: string | null; readonly isErased: boolean } | null
  /** An export of all patients, which this one was among. */
  readonly isOfAll: boolean
}

/** What one person does with one patient within this time is one line. */
const TOGETHER_MS = 5 * 60_000
const LINES_MAX = 2_000
const ACTS: ReadonlySet<string> = new Set(['opening', 'export', 'change'])
/** Of imports: what they brought, went on with and took back, of every patient who came with them. */
const OF_IMPORTS: ReadonlySet<string> = new Set(['node.imported', 'imports.resumeBatch', 'imports.undoBatch'])
/** Exports that take every patient where none is named. */
const OF_ALL: ReadonlySet<string> = new Set(['imports.startExport'])

export interface Disclosure {
  /** Oldest first. */
  readonly lines: readonly DisclosureLine[]
  readonly isCut: boolean
}

type Line = { -readonly [K in keyof DisclosureLine]: DisclosureLine[K] } & { operations: string[] }

/**
 * @param since when the patient was registered: exports of all patients count from then on
 * @param batchIds imports that brought visits of the patient
 */
export async function disclosureOf(
  log: AuditLog,
  patientIds: readonly string[],
  since: number | undefined,
  batchIds: ReadonlySet<string> = new Set(),
): Promise<Disclosure> {
  const lines: Line[] = []
  const latest = new Map<string, Line>()
  for await (const { sequence, content } of allOf(log, { from: since })) {
    if (content === null) continue
    const isOfImport = OF_IMPORTS.has(content.operation) && batchIds.has(batchOf(content))
    if (!isOfImport && !ACTS.has(content.act)) continue
    const isOfAll = OF_ALL.has(content.operation) && patientsIn(content).length === 0
    if (!isOfAll && !isOfImport && !patientsIn(content).some((id) => patientIds.includes(id))) continue
    const key = `${whoseAct(content)} ${content.act} ${content.outcome} ${isOfAll} ${content.basis?.kind}`
    const before = latest.get(key)
    if (before !== undefined && content.basis?.reasonHash == null && content.at - before.from < TOGETHER_MS) {
      before.to = content.at
      before.entryCount++
      const operation = operationOf(content)
      if (!before.operations.includes(operation)) before.operations.push(operation)
      continue
    }
    if (lines.length >= LINES_MAX) return { lines, isCut: true }
    const line = await lineOf(log, sequence, content, isOfAll)
    lines.push(line)
    latest.set(key, line)
  }
  return { lines, isCut: false }
}

/** Saving a visit and correcting one are one call; to the patient they are not one thing: `records.submit.amend`. */
function operationOf({ operation, subject }: AuditContent): string {
  const change = new Map(subject).get('change')
  return operation === 'records.submit' && typeof change === 'string' ? `${operation}.${change}` : operation
}

function batchOf({ subject }: AuditContent): string {
  return String(new Map(subject).get('batchId') ?? '')
}

/** A person here, or the hospital that was handed visits, by its id. */
function whoseAct({ person, operation, subject }: AuditContent): string | null {
  const reader = new Map(subject).get('memberId')
  return person ?? (operation === 'access.answered' && typeof reader === 'string' ? reader : null)
}

async function lineOf(
  log: AuditLog,
  sequence: number,
  content: AuditContent,
  isOfAll: boolean,
): Promise<Line> {
  const { at, roles, act, outcome, code, basis } = content
  const reason = basis?.reasonHash == null ? null : await log.reasonOf(sequence, basis.reasonHash)
  return {
    from: at,
    to: at,
    person: whoseAct(content),
    roles,
    act,
    outcome,
    code,
    operations: [operationOf(content)],
    entryCount: 1,
    basis:
      basis === null
        ? null
        : {
            kind: basis.kind,
            reason: reason?.kind === 'text' ? reason.text : null,
            isErased: reason?.kind === 'erased',
          },
    isOfAll,
  }
}
