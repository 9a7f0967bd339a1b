/**
 * A pipeline over the facts of persons: each step on what the one before it left, with what it did, why, and who and what is left.
 * The same facts and the same steps give the same bytes (`cleaning-text.ts`). Pure.
 */
import type { CleaningPipeline, CleaningStep } from '../../../shared/domain/cleaning.ts'
import type { PersonFacts } from '../persons/person-facts.ts'
import type { CarryFinding } from './carry-forward.ts'
import { underCleaning, type CleanPerson } from './cleaned.ts'
import { createCleaningBook } from './cleaning-book.ts'
import type { CountedEvent } from './count-events.ts'
import type { DuplicateFinding } from './deduplicate.ts'
import type { CleaningChange, ReasonCount } from './editor.ts'
import type { GroupFinding, ScoreOnDay } from './group-codes.ts'
import type { LinkFinding } from './link-persons.ts'
import type { MissingFinding } from './missingness.ts'
import type { Profile } from './profile.ts'
import type { Flow } from './step-work.ts'

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
  /** Asked before each step, of some persons at a time; what it throws ends the cleaning. */
  readonly beforeStep?: () => void
}

/** All persons at one time. */
export function clean(
  facts: readonly PersonFacts[],
  { steps }: Pick<CleaningPipeline, 'steps'>,
  options: CleaningOptions = {},
): Cleaning {
  const book = createCleaningBook(steps, options)
  let flow: Flow = { persons: facts.map(underCleaning), places: facts.map((_, i) => i) }
  book.begin(flow)
  for (const step of book.steps) {
    step.look?.add(flow.persons)
    step.look?.end()
    flow = step.take(flow)
    step.end()
  }
  book.finish(flow.persons)
  return { ...book.written(), persons: flow.persons }
}
