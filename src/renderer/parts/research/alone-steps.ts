/** Steps of a cleaning that an automatic answer of all hospitals may use: those that look at one person at a time (docs/spec/privacy.md Q6). Pure. */
import { COMPARING_STEPS, type CleaningStep } from '../../../shared/domain/cleaning.ts'

export const aloneSteps = (steps: readonly CleaningStep[]): CleaningStep[] =>
  steps.filter(({ step }) => !COMPARING_STEPS.includes(step))
