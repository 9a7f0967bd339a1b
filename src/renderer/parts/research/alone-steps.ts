/** Steps of a cleaning that an automatic answer of all hospitals may use: those that look at one person at a time (docs/spec/privacy.md Q6). Pure. */
import type { CleaningStep, CleaningStepName } from '../../../shared/domain/cleaning.ts'

/** As the gateways have it (`analytics/gated/alone.ts`); a test holds the two together. */
export const COMPARING_STEPS: readonly CleaningStepName[] = ['link-persons', 'outlier']

export const aloneSteps = (steps: readonly CleaningStep[]): CleaningStep[] =>
  steps.filter(({ step }) => !COMPARING_STEPS.includes(step))
