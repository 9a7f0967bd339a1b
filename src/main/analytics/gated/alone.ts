/**
 * Which cleaning an automatic answer may use: steps that look at one person at a time. A step that compares people with each other lets one
 * patient change what is said of another, and the noise is measured for what a patient changes alone (docs/spec/privacy.md Q4). Pure.
 */
import type { CleaningPipeline, CleaningStepName } from '../../../shared/domain/cleaning.ts'

const COMPARES_PERSONS: ReadonlySet<CleaningStepName> = new Set(['link-persons', 'outlier'])

/** Steps of the pipeline that need other people, in their order; empty where it may be used. */
export function stepsThatCompare({ steps }: Pick<CleaningPipeline, 'steps'>): readonly CleaningStepName[] {
  return steps.map(({ step }) => step).filter((step) => COMPARES_PERSONS.has(step))
}
