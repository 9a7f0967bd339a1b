/** What a trial found, as a file that a spreadsheet opens: with a byte order mark, since it holds the hospital's own words. */
import type { TrialIssue } from '../../shared/contract/tables.ts'
import { csvLine } from './rejects-file.ts'

export function issuesAsCsv(issues: readonly TrialIssue[]): string {
  const lines = [
    ['file', 'row', 'column', 'value', 'rule', 'severity', 'suggestion', 'detail', 'test', 'unit', 'limit'],
    ...issues.map((each) => [
      each.file,
      each.path,
      each.column ?? '',
      each.value ?? '',
      each.reason,
      each.severity,
      each.suggestion ?? '',
      each.detail ?? '',
      each.params?.['name'] ?? '',
      each.params?.['unit'] ?? '',
      [each.params?.['limit'], each.params?.['limitUnit']].filter(Boolean).join(' '),
    ]),
  ]
  return `\ufeff${lines.map(csvLine).join('')}`
}
