/** Steps of a premium in the order in which they are taken, and which of them is which while they are altered and moved. */
import type { PricingWork } from '../../../../shared/domain/pricing-work.ts'

export type Step = PricingWork['steps'][number]

const numbers = new WeakMap<Step, number>()
let numbered = 0

/** Its own, wherever it stands: what is typed beside a step stays beside it. */
export function numberOf(step: Step): number {
  const number = numbers.get(step) ?? numbered++
  numbers.set(step, number)
  return number
}

/** The steps with one of them altered, which stays itself; as they are where it is not among them any more. */
export function altered(steps: readonly Step[], before: Step, after: Step): Step[] {
  if (steps.includes(before)) numbers.set(after, numberOf(before))
  return inOrder(steps.map((each) => (each === before ? after : each)))
}

/** Shares of the gross premium come last: they are of it. */
export const inOrder = (steps: readonly Step[]): Step[] => [
  ...steps.filter(({ kind }) => kind !== 'share'),
  ...steps.filter(({ kind }) => kind === 'share'),
]
