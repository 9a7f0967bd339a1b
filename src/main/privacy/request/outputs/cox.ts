/** Ratios of hazards, in intervals of time. */
import { inOrder, timeAxes, type Axis } from '../axis.ts'
import { AS_MODEL, type OutputForm } from '../output-form.ts'
import { personsShare } from '../shares.ts'
import { axesFromCbor, axisToCbor, integersFromCbor } from '../slots.ts'

type CoxOutput = {
  readonly kind: 'cox'
  readonly timeEdges: readonly number[]
  readonly covariates: readonly Axis[]
}

export const cox: OutputForm<CoxOutput> = {
  kind: 'cox',
  charged: AS_MODEL,
  levels: 'dictionary',
  peopleIn: ['count'],
  axesOf,
  sumsOf: () => [],
  problemsOf: ({ covariates }) => (covariates.length < 1 ? ['axes'] : []),
  canonical: (output) => ({ ...output, covariates: inOrder(output.covariates) }),
  toCbor: ({ timeEdges, covariates }) => [timeEdges, covariates.map(axisToCbor)],
  fromCbor: (slots) => {
    const timeEdges = integersFromCbor(slots[0])
    const covariates = axesFromCbor(slots[1])
    return timeEdges && covariates && { kind: 'cox', timeEdges, covariates }
  },
  sharesOf: (output) => [personsShare(1, axesOf(output))],
}

function axesOf({ timeEdges, covariates }: CoxOutput): readonly Axis[] {
  return [...covariates, ...timeAxes(timeEdges)]
}
