/** Who is followed after the cleaning, and from which day on. Pure. */
import { present } from '../../../shared/std/assert.ts'
import type { IndexedPerson } from '../intervals/build-intervals.ts'
import type { PersonFacts } from '../persons/person-facts.ts'
import type { CohortMember } from '../warehouse/persons-out.ts'

/** Entries that were found to be one person keep the number of the first, and the earliest index day of all of them. */
export function indexedPeople(
  members: readonly CohortMember[],
  cleaned: readonly PersonFacts[],
): IndexedPerson[] {
  const indexOf = new Map(
    members.flatMap(({ index, facts }) => facts.patients.map((patient) => [patient, index] as const)),
  )
  return cleaned.map((facts) => ({
    facts,
    index: Math.min(...facts.patients.map((patient) => present(indexOf.get(patient)))),
  }))
}
