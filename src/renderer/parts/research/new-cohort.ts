/** The question that nobody has changed yet: everybody with a visit. Pure. */
import type { CohortDefinition } from '../../../shared/domain/cohort.ts'

export const newCohort = (title: string): CohortDefinition => ({
  schema: 'cohort/1',
  title,
  codeSets: {},
  entry: { event: { kind: 'visit' }, priorDays: 0, which: 'first' },
  steps: [],
})
