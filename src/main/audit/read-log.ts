/** Looking things up in the audit: newest first, page by page, without reading what comes before or behind. */
import type { AuditContent } from './audit-entry.ts'
import type { AuditLog, StoredEntry } from './audit-log.ts'

export interface AuditFilter {
  /** Half-open, milliseconds since 1970. */
  readonly from?: number | undefined
  readonly to?: number | undefined
  readonly person?: string | undefined
  /** What an operation begins with, or all of it. */
  readonly operation?: string | undefined
  readonly act?: string | undefined
  readonly outcome?: string | undefined
  readonly patientIds?: readonly string[] | undefined
}

export interface AuditPage {
  /** Newest first; `content` null where the entry was changed. */
  readonly entries: readonly { readonly sequence: number; readonly content: AuditContent | null }[]
  /** To be asked for next; null where nothing older can fit. */
  readonly before: number | null
}

/** Entries that one question looks at: an answer comes soon, and says where to go on. */
const LOOKED_AT_MAX = 20_000
const PER_BREATH = 200
/** Names under which calls speak of patients; the last by what hospitals call them among each other. */
export const PATIENT_NAMES: ReadonlySet<string> = new Set([
  'patientId',
  'otherId',
  'toPatientId',
  'linked',
  'pseudonyms',
])

/** @param before entries below this number; null for the newest */
export async function pageOf(
  log: AuditLog,
  filter: AuditFilter,
  before: number | null,
  limit: number,
): Promise<AuditPage> {
  const range = await rangeOfTimes(log, filter)
  const first = range.from
  const end = Math.min(before ?? Number.MAX_SAFE_INTEGER, range.to)
  const entries: AuditPage['entries'][number][] = []
  let looked = 0
  if (end <= first) return { entries, before: null }
  for await (const { sequence, content } of log.scan(first, end, true)) {
    if (content === null ? isOpen(filter) : fits(content, filter)) entries.push({ sequence, content })
    looked++
    if (entries.length >= limit || looked >= LOOKED_AT_MAX)
      return { entries, before: sequence > first ? sequence : null }
    if (looked % PER_BREATH === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  return { entries, before: null }
}

/** Oldest first, everything that fits. */
export async function* allOf(
  log: AuditLog,
  filter: AuditFilter,
  signal?: AbortSignal,
): AsyncGenerator<StoredEntry> {
  const { from, to } = await rangeOfTimes(log, filter)
  let looked = 0
  for await (const entry of log.scan(from, Math.max(from, to))) {
    if (signal?.aborted === true) return
    if (++looked % PER_BREATH === 0) await new Promise((resolve) => setImmediate(resolve))
    if (entry.content === null ? isOpen(filter) : fits(entry.content, filter)) yield entry
  }
}

/** A changed entry has lost what a filter could ask for, so only one that asks for nothing shows it. */
const isOpen = ({ person, operation, act, outcome, patientIds }: AuditFilter): boolean =>
  person === undefined &&
  operation === undefined &&
  act === undefined &&
  outcome === undefined &&
  patientIds === undefined

export function fits(content: AuditContent, filter: AuditFilter): boolean {
  const { from, to, person, operation, act, outcome, patientIds } = filter
  if (from !== undefined && content.at < from) return false
  if (to !== undefined && content.at >= to) return false
  if (person !== undefined && content.person !== person) return false
  if (operation !== undefined && !content.operation.startsWith(operation)) return false
  if (act !== undefined && content.act !== act) return false
  if (outcome !== undefined && content.outcome !== outcome) return false
  return patientIds === undefined || patientsIn(content).some((id) => patientIds.includes(id))
}

/** Ids of patients that an entry is about. */
export function patientsIn({ subject }: AuditContent): string[] {
  return subject.flatMap(([name, value]) =>
    PATIENT_NAMES.has(name) && typeof value === 'string' ? value.split('+') : [],
  )
}

/** Numbers between which entries of these times lie; all of them where times are not in order. */
async function rangeOfTimes(log: AuditLog, { from, to }: AuditFilter): Promise<{ from: number; to: number }> {
  const isInOrder = log.head.clockResets === 0
  return {
    from: from === undefined || !isInOrder ? 1 : await firstAt(log, from),
    to: to === undefined || !isInOrder ? Number.MAX_SAFE_INTEGER : await firstAt(log, to),
  }
}

/**
 * Number of the first entry at or after this moment. Halving finds it, since times are in order; entries
 * that were changed or are missing have no time, and the next one that has answers for them.
 */
async function firstAt(log: AuditLog, at: number): Promise<number> {
  let low = 1
  let high = log.head.count + 1
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const found = await timeFrom(log, middle, high)
    if (found === null || found.at >= at) high = middle
    else low = found.sequence + 1
  }
  return low
}

async function timeFrom(
  log: AuditLog,
  from: number,
  to: number,
): Promise<{ sequence: number; at: number } | null> {
  for await (const { sequence, content } of log.scan(from, to))
    if (content !== null) return { sequence, at: content.at }
  return null
}
