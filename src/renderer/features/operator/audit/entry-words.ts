/** An entry and a verdict as sentences. */
import type { AuditEntryView, AuditFinding, AuditVerdict } from '../../../../shared/contract/audit.ts'
import type { Locale } from '../../../../shared/contract/app.ts'
import { unreachable } from '../../../../shared/std/unreachable.ts'
import { formatNumber } from '../../../lib/format.ts'
import type { Words } from '../../../words/catalogue.ts'

type AuditWords = Words['audit']

/** An operation that this version has no words for is shown as it is named. */
export const whatOf = (operation: string, t: AuditWords): string => t.operations[operation] ?? operation

export function whoOf(
  { person, personName, act }: Pick<AuditEntryView, 'person' | 'personName' | 'act'>,
  t: AuditWords,
): string {
  if (person === null) return act === 'node' ? t.node : t.nobody
  return personName ?? t.gone(person)
}

export function outcomeOf(
  { outcome, code }: Pick<AuditEntryView, 'outcome' | 'code'>,
  t: AuditWords,
): string {
  const words = code === null ? null : (t.codes[code] ?? code)
  if (outcome === 'done') return words ?? t.outcomes.done
  return words === null ? t.outcomes[outcome] : `${t.outcomes[outcome]}${t.disclosure.colon}${words}`
}

export const patientOf = ({ subject }: AuditEntryView): string | null =>
  subject.find(({ name }) => name === 'patientId')?.value ?? null

export function verdictOf(verdict: AuditVerdict, t: AuditWords, locale: Locale): string {
  const { count, anchorCount, agreeCount } = verdict
  return t.whole(formatNumber(count, locale), anchorCount, formatNumber(agreeCount, locale))
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
