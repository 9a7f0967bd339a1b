/** Visits in which an event happened, by the rules of cohorts and intervals: what a step gains or loses of it. Pure. */
import type { CohortDefinition, EventFilter } from '../../../shared/domain/cohort.ts'
import { happeningsOfEvent } from '../persons/event-days.ts'
import { cleanedFacts, type CleanPerson } from './cleaned.ts'

export interface CountedEvent {
  readonly event: EventFilter
  readonly codeSets: CohortDefinition['codeSets']
}

/** Visits in which it happened; a visit that was written down twice counts twice. */
export function eventCounter({ event, codeSets }: CountedEvent): (person: CleanPerson) => number {
  const happeningsOf = happeningsOfEvent(event, codeSets)
  return (person) =>
    cleanedFacts([person]).reduce(
      (count, facts) => count + new Set(happeningsOf(facts).map(({ block }) => block)).size,
      0,
    )
}
