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

/** Of each reason that a list can have: why, what came of it, and what to do next. For the file of the list. */
export function sentencesOf(severity: TrialIssue['severity'], words: Words): Record<string, string> {
  const { effects, usual, next } = words.importSteps
  const { reasons, warnings } = words.imports
  const known = new Set([...Object.keys(reasons), ...Object.keys(warnings), ...Object.keys(words.ruleNames)])
  return Object.fromEntries(
    [...known].map((reason) => {
      const why = reasonName(reason, severity, words)
      const parts = [/[.。?？!！]$/.test(why) ? why : `${why}${words.importSteps.stop}`, effects[severity]]
      return [reason, [...parts, next[reason] ?? usual[severity]].join(words.importSteps.between)]
    }),
  )
}

interface Counted {
  readonly reason: string
  readonly count: number
}

/** What somebody may want to look at, and what came as it was agreed: the hospital's own map says which code becomes which. */
export function splitWarnings(warnings: readonly Counted[]): {
  readonly unusual: readonly Counted[]
  readonly unusualCount: number
  readonly mappedCount: number
} {
  const unusual = warnings.filter(({ reason }) => reason !== 'code-mapped')
  const sum = (those: readonly Counted[]) => those.reduce((total, { count }) => total + count, 0)
  return { unusual, unusualCount: sum(unusual), mappedCount: sum(warnings) - sum(unusual) }
}
