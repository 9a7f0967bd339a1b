/** What a trial found, as a file that a spreadsheet opens: with a byte order mark, since it holds the hospital's own words. */
import type { ReasonSentences } from '../../shared/contract/batches.ts'
import type { TrialIssue } from '../../shared/contract/tables.ts'
import { csvLine } from './rejects-file.ts'

export type IssueSentences = { readonly [severity in TrialIssue['severity']]?: ReasonSentences }

const HEADER = 'file,row,column,value,rule,severity,suggestion,detail,test,unit,limit,explanation,line'

/** @param sentences of whoever saves it, by severity and reason; the column is empty without them */
export function issuesAsCsv(issues: readonly TrialIssue[], sentences: IssueSentences = {}): string {
  const lines = [
    HEADER.split(','),
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
      sentences[each.severity]?.[each.reason] ?? '',
      each.line ?? '',
    ]),
  ]
  return `\ufeff${lines.map(csvLine).join('')}`
}
