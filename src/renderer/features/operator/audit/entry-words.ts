/** An entry and a verdict as sentences. */
import type { AuditEntryView, AuditFinding, AuditVerdict } from '../../../../shared/contract/audit.ts'
import type { Locale } from '../../../../shared/contract/app.ts'
import { unreachable } from '../../../../shared/std/unreachable.ts'
import { formatNumber } from '../../../lib/format.ts'
import { decisionOf, reasonOf } from '../../../parts/audit-words.ts'
import type { Words } from '../../../words/catalogue.ts'

type AuditWords = Words['audit']

/** An operation that this version has no words for is shown as it is named. */
export function whatOf({ operation, subject }: AuditEntryView, words: Words): string {
  const t = words.audit
  const decision = subject.find(({ name }) => name === 'decision')?.value
  const change = subject.find(({ name }) => name === 'change')?.value
  const what = t.disclosure.operations[`${operation}.${change}`] ?? t.operations[operation] ?? operation
  return decision === undefined ? what : `${what}${t.disclosure.colon}${decisionOf(decision, words)}`
}

export function whoOf(
  { person, personName, act }: Pick<AuditEntryView, 'person' | 'personName' | 'act'>,
  t: AuditWords,
): string {
  if (person === null) return act === 'node' ? t.node : t.nobody
  return personName ?? t.gone(person)
}

export function outcomeOf({ outcome, code }: Pick<AuditEntryView, 'outcome' | 'code'>, words: Words): string {
  const t = words.audit
  const reason = code === null || code === outcome ? null : reasonOf(code, words)
  if (outcome === 'done') return reason ?? t.outcomes.done
  return reason === null ? t.outcomes[outcome] : `${t.outcomes[outcome]}${t.disclosure.colon}${reason}`
}

export const patientOf = ({ subject }: AuditEntryView): string | null =>
  subject.find(({ name }) => name === 'patientId')?.value ?? null

/** @param countNow entries that there are by now */
export function verdictOf(verdict: AuditVerdict, countNow: number, t: AuditWords, locale: Locale): string {
  const { count, anchorCount, agreeCount } = verdict
  const whole = t.whole(formatNumber(count, locale), anchorCount, formatNumber(agreeCount, locale))
  const since = countNow - count
  return since > 0 ? `${whole} ${t.since(since, formatNumber(since, locale))}` : whole
}

export function findingOf(finding: AuditFinding, t: AuditWords, locale: Locale): string {
  const n = (value: number) => formatNumber(value, locale)
  switch (finding.kind) {
    case 'changed':
    case 'reason-changed':
    case 'reason-missing':
      return t.finding[finding.kind](n(finding.sequence))
    case 'missing':
      return t.finding.missing(n(finding.from), n(finding.to))
    case 'rewritten':
      return t.finding.rewritten(n(finding.from), n(finding.to), n(finding.height))
    case 'ends-early': {
      const height = finding.height === null ? null : n(finding.height)
      return t.finding.endsEarly(n(finding.count), n(finding.expected), height)
    }
    default:
      return unreachable(finding)
  }
}
