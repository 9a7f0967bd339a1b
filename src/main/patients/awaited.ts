/** Results that a visit still waits for. Pure. */
import type { Observation, VisitRecord } from '../../shared/domain/visit.ts'

/** Why a value is absent, where it will come: FHIR's data-absent-reason `temp-unknown`, or as the form says it. */
const COMING: ReadonlySet<string> = new Set(['pending', 'temp-unknown', 'not-yet-resulted'])

export interface Awaited {
  /** Place in the record's list of observations. */
  readonly place: number
  readonly observation: Observation
}

export function awaitedIn({ observations }: Pick<VisitRecord, 'observations'>): Awaited[] {
  return observations.flatMap((observation, place) =>
    observation.value.type === 'absent' &&
    (COMING.has(observation.value.reason) || observation.status === 'registered')
      ? [{ place, observation }]
      : [],
  )
}
