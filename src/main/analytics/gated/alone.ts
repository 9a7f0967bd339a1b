/**
 * Which cleaning an automatic answer may use: steps that look at one person at a time. A step that compares people with each other lets one
 * patient change what is said of another, and the noise is measured for what a patient changes alone (docs/spec/privacy.md Q4). Pure.
 */
import {
  COMPARING_STEPS,
  type CleaningPipeline,
  type CleaningStepName,
} from '../../../shared/domain/cleaning.ts'

/** Steps of the pipeline that need other people, in their order; empty where it may be used. */
export function stepsThatCompare({ steps }: Pick<CleaningPipeline, 'steps'>): readonly CleaningStepName[] {
  return steps.map(({ step }) => step).filter((step) => COMPARING_STEPS.includes(step))
}
