/**
 * Who may be in a cohort once the records are cleaned: persons of whom the entry event stands in the records in whatever form the steps
 * may repair. Only their records are read, since those of everybody would not fit. Pure.
 */
import { derivedTest } from '../../../shared/domain/asked-tests.ts'
import type { CleaningPipeline } from '../../../shared/domain/cleaning.ts'
import type { CodeSet } from '../../../shared/domain/code-set.ts'
import type { CohortDefinition, EventFilter } from '../../../shared/domain/cohort.ts'
import type { StudyDocument } from '../../../shared/domain/study.ts'
import { unreachable } from '../../../shared/std/unreachable.ts'

/** Whose records are read: who is in as the records were written, or, judged after the cleaning, whoever may be in after it. */
export function cohortToRead(
  cohort: CohortDefinition,
  { cohortOn, cleaning }: Pick<StudyDocument, 'cohortOn' | 'cleaning'>,
): CohortDefinition {
  return cohortOn === 'cleaned' && cleaning !== null ? candidatesOf(cohort, cleaning) : cohort
}

/** A cohort of more: its entry event without what the steps decide, and no condition beside it. */
export function candidatesOf(
  { schema, title, codeSets, entry }: CohortDefinition,
  { steps }: Pick<CleaningPipeline, 'steps'>,
): CohortDefinition {
  const areCodesRepaired = steps.some((step) => step.step === 'normalise-text' && step.isLetterORepaired)
  const { event } = entry
  const widened =
    event.kind === 'diagnosis' && codeSets[event.codes] !== undefined
      ? { ...codeSets, [event.codes]: widerCodes(codeSets[event.codes]!, areCodesRepaired) }
      : codeSets
  return {
    schema,
    title,
    codeSets: widened,
    entry: { event: widerEvent(event), priorDays: 0, which: 'first' },
    steps: [],
  }
}

/** Without values, which units and limits decide, and without the kind of visit: what only a copy has moves to the visit that stays. */
function widerEvent(event: EventFilter): EventFilter {
  switch (event.kind) {
    case 'result':
      // Of a derived one whoever has what it follows from: steps decide sex and birth, too.
      return { kind: 'result', test: derivedTest(event.test)?.from ?? event.test }
    case 'diagnosis':
      return { kind: 'diagnosis', codes: event.codes }
    case 'visit':
    // A step that leaves out what reverses a claim lets the claim stand.
    case 'claim':
      return { kind: 'visit' }
    // No step makes another code of one.
    case 'coded-result':
    case 'prescription':
    case 'procedure':
    case 'death':
      return event
    default:
      return unreachable(event)
  }
}

/** A code that is left out as it is written may be another one after the repair; zeros may stand there as the letter O. */
function widerCodes(set: CodeSet, areRepaired: boolean): CodeSet {
  const include = areRepaired ? [...new Set(set.include.flatMap(withLetterO))] : set.include
  return { ...set, include, exclude: [] }
}

/** `I10` → `I10`, `I1O`: each zero behind the first place as it is, or as the letter. */
function withLetterO(pattern: string): string[] {
  let forms = [pattern.slice(0, 1)]
  for (const sign of pattern.slice(1))
    forms = forms.flatMap((form) => (sign === '0' ? [`${form}0`, `${form}O`] : [`${form}${sign}`]))
  return forms
}
