/** The cohort of all persons with a visit: what a monitoring table is always of. */
import type { CohortDefinition } from './cohort.ts'

export const EVERYBODY: CohortDefinition = {
  schema: 'cohort/1',
  title: 'Everybody with a visit',
  codeSets: {},
  entry: { event: { kind: 'visit' }, priorDays: 0, which: 'first' },
  steps: [],
}
