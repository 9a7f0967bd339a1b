/** Steps of a premium in the order in which they are taken. Pure. */
import type { PricingWork } from '../../../../shared/domain/pricing-work.ts'

export type Step = PricingWork['steps'][number]

/** Shares of the gross premium come last: they are of it. */
export const inOrder = (steps: readonly Step[]): Step[] => [
  ...steps.filter(({ kind }) => kind !== 'share'),
  ...steps.filter(({ kind }) => kind === 'share'),
]
