/** What a cleaning profile is asked of: tests of the question, its steps that look at one person at a time, and the years before the snapshot. Pure. */
import type { Asked } from '../../../../shared/contract/requests.ts'
import { derivedTest } from '../../../../shared/domain/asked-tests.ts'
import {
  canonicalCleaning,
  type CleaningPipeline,
  type CleaningStep,
} from '../../../../shared/domain/cleaning.ts'
import {
  PROFILE_TESTS,
  PROFILE_TESTS_MAX,
  reasonsOfSteps,
  unitsOfTest,
} from '../../../../shared/domain/cleaning-profile.ts'
import type { CohortDefinition } from '../../../../shared/domain/cohort.ts'
import type { CleaningProfileAsked } from '../../../../shared/domain/request-output.ts'
import type { StudyDocument } from '../../../../shared/domain/study.ts'
import { aloneSteps } from '../../../parts/research/alone-steps.ts'

/** Up to the year of the snapshot. */
const YEARS = 10

/** Tests that the question names: in who is in, in what is waited for and what is known, then in its cleaning. Those without a number are none. */
export function testsOfQuestion({ cohort, intervals, cleaning }: StudyDocument): {
  readonly named: readonly string[]
  readonly cleaned: readonly string[]
} {
  const numbers = (keys: readonly string[]): string[] => [
    ...new Set(keys.map((key) => derivedTest(key)?.from ?? key).filter((key) => PROFILE_TESTS.includes(key))),
  ]
  const named = numbers([...testsIn(cohort), ...testsIn(intervals)])
  const ofSteps = (cleaning?.steps ?? []).flatMap((step) =>
    step.step === 'missingness'
      ? step.tests
      : step.step === 'carry-forward'
        ? Object.keys(step.maxGapDays)
        : [],
  )
  return { named, cleaned: numbers(ofSteps).filter((key) => !named.includes(key)) }
}

/** What is asked about unless a person chooses otherwise. */
export function firstTests(study: StudyDocument): readonly string[] {
  const { named, cleaned } = testsOfQuestion(study)
  return (named.length > 0 ? named : cleaned).slice(0, PROFILE_TESTS_MAX)
}

/** Wherever a definition names one, however deep. */
function testsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(testsIn)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, each]) =>
    key === 'test' && typeof each === 'string' ? [each] : testsIn(each),
  )
}

export function profileOf(
  tests: readonly string[],
  steps: readonly CleaningStep[],
  lastYear: number,
): CleaningProfileAsked {
  return {
    tests: tests.map((test) => ({ test, units: [...(unitsOfTest(test) ?? [])] })),
    reasons: [...reasonsOfSteps(steps)],
    lastYear,
    years: YEARS,
  }
}

/** Null: nothing is cleaned. */
export function alonePipelineOf(steps: readonly CleaningStep[], title: string): CleaningPipeline | null {
  const alone = aloneSteps(steps)
  return alone.length === 0 ? null : { schema: 'cleaning/1', title, steps: alone }
}

export const profileAsked = (
  snapshot: string,
  microRho: number,
  cohort: CohortDefinition,
  cleaning: CleaningPipeline | null,
  profile: CleaningProfileAsked,
): Asked => ({
  lane: 'noise',
  snapshot,
  cohort,
  cleaning,
  followUp: null,
  output: { kind: 'cleaning-profile', ...profile },
  microRho,
  registration: null,
  isPublished: false,
})

/** One text for one cleaning, also for none. */
export const cleaningText = (cleaning: CleaningPipeline | null): string =>
  cleaning === null ? '' : canonicalCleaning(cleaning)
