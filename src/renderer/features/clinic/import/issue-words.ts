/** What a place of a file is, or was not taken, for: a reason of the reader, or a rule of a good visit. Pure. */
import type { TrialIssue } from '../../../../shared/contract/tables.ts'
import { findingSentence } from '../../../parts/finding-sentence.ts'
import type { Words } from '../../../words/catalogue.ts'

/** Without the values of one place: for counts. */
export function reasonName(reason: string, severity: TrialIssue['severity'], words: Words): string {
  const { reasons, warnings, reasonUnknown } = words.imports
  // What is unusual in a row that is not taken goes with it.
  const known = (severity === 'left-out' ? reasons : warnings)[reason] ?? reasons[reason] ?? warnings[reason]
  return known ?? (words.ruleNames as Record<string, string>)[reason] ?? reasonUnknown(reason)
}

/** Of one place, with its values where its rule says them. */
export function issueSentence(
  { reason, severity, params }: Pick<TrialIssue, 'reason' | 'severity' | 'params'>,
  words: Words,
): string {
  return params === undefined || words.imports.warnings[reason] !== undefined || !(reason in words.ruleNames)
    ? reasonName(reason, severity, words)
    : findingSentence({ rule: reason, params }, words)
}
