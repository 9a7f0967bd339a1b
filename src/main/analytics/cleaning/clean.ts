/**
 * A pipeline over the facts of persons: each step on what the one before it left, with what it did, why, and who and what is left.
 * The same facts and the same steps give the same bytes (`cleaning-text.ts`). Pure.
 */
import type { CleaningPipeline, CleaningStep } from '../../../shared/domain/cleaning.ts'
import { unreachable } from '../../../shared/std/unreachable.ts'
import type { PersonFacts } from '../persons/person-facts.ts'
import { carryForward, type CarryFinding } from './carry-forward.ts'
import { hasVisit, rowCountOf, underCleaning, type CleanPerson } from './cleaned.ts'
import { eventCounter, type CountedEvent } from './count-events.ts'
import { dateRules } from './date-rules.ts'
import { deduplicate, type DuplicateFinding } from './deduplicate.ts'
import { createEditor, type CleaningChange, type Editor, type ReasonCount } from './editor.ts'
import { groupCodes, type GroupFinding, type ScoreOnDay } from './group-codes.ts'
import { harmoniseUnits } from './harmonise-units.ts'
import { linkPersons, type LinkFinding } from './link-persons.ts'
import { missingness, type MissingFinding } from './missingness.ts'
import { normaliseText } from './normalise-text.ts'
import { outlier } from './outlier.ts'
import { profileOf, type Profile } from './profile.ts'
import { rangeRule } from './range-rule.ts'
import { selectVersion } from './select-version.ts'

/** What is left: persons with a visit, visits in which the event happened, rows of all tables. */
export interface CleaningCounts {
  readonly persons: number
  readonly events: number
  readonly rows: number
}

/** What a step found out beside what it changed. */
export type StepFinding =
  | { readonly kind: 'none' }
  | { readonly kind: 'links'; readonly links: LinkFinding }
  | { readonly kind: 'duplicates'; readonly duplicates: DuplicateFinding }
  | { readonly kind: 'carry'; readonly carry: readonly CarryFinding[] }
  | { readonly kind: 'missing'; readonly missing: MissingFinding }
  | { readonly kind: 'groups'; readonly groups: readonly GroupFinding[] }

export interface StepReport {
  readonly step: CleaningStep
  readonly rowsIn: number
  readonly rowsOut: number
  /** Rows with a derived value, and rows that were only marked. */
  readonly rowsChanged: number
  readonly rowsFlagged: number
  readonly reasons: readonly ReasonCount[]
  readonly sample: readonly CleaningChange[]
  readonly left: CleaningCounts
  readonly finding: StepFinding
}

/** What the steps decided for whoever makes intervals of the facts. */
export interface HandedOn {
  /** Days after which a value is too old, by test. */
  readonly maxGapDays: Readonly<Record<string, number>>
  readonly scores: Readonly<Partial<Record<GroupFinding['list'], readonly ScoreOnDay[]>>>
}

export interface Cleaning {
  readonly start: CleaningCounts
  readonly steps: readonly StepReport[]
  readonly before: Profile
  readonly after: Profile
  /** Sources beside what was derived; `cleanedFacts` makes facts of them. */
  readonly persons: readonly CleanPerson[]
  readonly handedOn: HandedOn
}

export interface CleaningOptions {
  /** What the attrition counts as events; none where absent. */
  readonly event?: CountedEvent
  /** Asked before each step; what it throws ends the cleaning. */
  readonly beforeStep?: () => void
}

export function clean(
  facts: readonly PersonFacts[],
  { steps }: Pick<CleaningPipeline, 'steps'>,
  options: CleaningOptions = {},
): Cleaning {
  const eventsOf = options.event === undefined ? () => 0 : eventCounter(options.event)
  const counted = (of: readonly CleanPerson[]): CleaningCounts => {
    let persons = 0
    let events = 0
    for (const person of of) {
      if (hasVisit(person)) persons++
      events += eventsOf(person)
    }
    return { persons, events, rows: rowCountOf(of) }
  }
  let persons: readonly CleanPerson[] = facts.map(underCleaning)
  const start = counted(persons)
  const before = profileOf(persons, 'before')
  let handedOn: HandedOn = { maxGapDays: {}, scores: {} }
  let left = start
  const reports = steps.map((step): StepReport => {
    options.beforeStep?.()
    const editor = createEditor(step.step)
    const done = perform(persons, step, editor)
    persons = done.persons
    handedOn = {
      maxGapDays: { ...handedOn.maxGapDays, ...done.handedOn?.maxGapDays },
      scores: { ...handedOn.scores, ...done.handedOn?.scores },
    }
    const rowsIn = left.rows
    left = counted(persons)
    return {
      step,
      rowsIn,
      rowsOut: left.rows,
      ...editor.done(),
      left,
      finding: done.finding ?? { kind: 'none' },
    }
  })
  return { start, steps: reports, before, after: profileOf(persons, 'after'), persons, handedOn }
}

interface Done {
  readonly persons: readonly CleanPerson[]
  readonly finding?: StepFinding
  readonly handedOn?: Partial<HandedOn>
}

function perform(persons: readonly CleanPerson[], step: CleaningStep, editor: Editor): Done {
  switch (step.step) {
    case 'select-version':
      return { persons: selectVersion(persons, step, editor) }
    case 'normalise-text':
      return { persons: normaliseText(persons, step, editor) }
    case 'link-persons': {
      const { persons: linked, finding } = linkPersons(persons, step, editor)
      return { persons: linked, finding: { kind: 'links', links: finding } }
    }
    case 'deduplicate': {
      const { persons: single, finding } = deduplicate(persons, step, editor)
      return { persons: single, finding: { kind: 'duplicates', duplicates: finding } }
    }
    case 'harmonise-units':
      return { persons: harmoniseUnits(persons, step, editor) }
    case 'range-rule':
      return { persons: rangeRule(persons, step, editor) }
    case 'outlier':
      return { persons: outlier(persons, step, editor) }
    case 'date-rules':
      return { persons: dateRules(persons, step, editor) }
    case 'carry-forward':
      return {
        persons,
        finding: { kind: 'carry', carry: carryForward(persons, step) },
        handedOn: { maxGapDays: step.maxGapDays },
      }
    case 'missingness':
      return { persons, finding: { kind: 'missing', missing: missingness(persons, step) } }
    case 'group-codes': {
      const { findings, scores } = groupCodes(persons, step)
      return { persons, finding: { kind: 'groups', groups: findings }, handedOn: { scores } }
    }
    default:
      return unreachable(step)
  }
}
