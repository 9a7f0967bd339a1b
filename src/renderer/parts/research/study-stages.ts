/** Which parts of a question have changed since an answer was found. Pure. */
import { canonicalCleaning } from '../../../shared/domain/cleaning.ts'
import { canonicalCohort } from '../../../shared/domain/cohort.ts'
import { canonicalIntervals } from '../../../shared/domain/intervals.ts'
import { canonicalStudy, judgedOn, type StudyDocument } from '../../../shared/domain/study.ts'

export const STAGES = ['cohort', 'cleaning', 'intervals', 'models'] as const
export type Stage = (typeof STAGES)[number]

/** `stale`: it, or what comes before it, means something else now. */
export type StageState = 'not-yet' | 'fresh' | 'stale'

/** What each stage asks by itself; titles say nothing. */
function stageTexts(study: StudyDocument): Readonly<Record<Stage, string>> {
  const { cohort, cohortOn, cleaning, intervals, models, baselineBy, snapshot, seed } = study
  const steps = cleaning === null ? '' : canonicalCleaning(cleaning)
  return {
    // Judged after the cleaning, who is in changes with it.
    cohort: JSON.stringify([canonicalCohort(cohort), snapshot, ...(cohortOn === undefined ? [] : [steps])]),
    cleaning: steps,
    intervals: canonicalIntervals(intervals),
    models: JSON.stringify([models.map(({ title: _, ...model }) => model), baselineBy, seed]),
  }
}

export function stageStates(now: StudyDocument, asked: StudyDocument | null): Record<Stage, StageState> {
  const states = {
    cohort: 'not-yet',
    cleaning: 'not-yet',
    intervals: 'not-yet',
    models: 'not-yet',
  } as Record<Stage, StageState>
  if (asked === null) return states
  const [mine, theirs] = [stageTexts(now), stageTexts(asked)]
  let isStale = false
  for (const stage of STAGES) {
    isStale ||= mine[stage] !== theirs[stage]
    states[stage] = isStale ? 'stale' : 'fresh'
  }
  return states
}

/** Whether two studies ask the same, however their records are cleaned and at whatever state. */
export function isSameButCleaning(one: StudyDocument, other: StudyDocument): boolean {
  const bare = (study: StudyDocument): string =>
    canonicalStudy({ ...judgedOn(study, 'written'), cleaning: null, snapshot: null, engine: null })
  return bare(one) === bare(other)
}
