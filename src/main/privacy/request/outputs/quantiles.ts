/** Quantiles of a variable over patients, read between its bins. */
import type { Axis } from '../axis.ts'
import { variableOf } from '../dictionary.ts'
import { AS_TABLE, type OutputForm, type RequestProblem } from '../output-form.ts'
import { personsShare } from '../shares.ts'
import { axisFromCbor, axisToCbor, integersFromCbor } from '../slots.ts'

type QuantilesOutput = {
  readonly kind: 'quantiles'
  readonly axis: Axis
  readonly perMille: readonly number[]
}

export const quantiles: OutputForm<QuantilesOutput> = {
  kind: 'quantiles',
  charged: AS_TABLE,
  levels: 'dictionary',
  peopleIn: ['count'],
  axesOf: ({ axis }) => [axis],
  sumsOf: () => [],
  problemsOf: ({ axis, perMille }) => {
    const problems: RequestProblem[] = []
    if (variableOf(axis.variable)?.kind === 'label') problems.push('no-number')
    if (perMille.length < 1 || perMille.some((each) => each < 50 || each > 950)) problems.push('quantiles')
    return problems
  },
  canonical: (output) => ({ ...output, perMille: [...new Set(output.perMille)].sort((a, b) => a - b) }),
  toCbor: ({ axis, perMille }) => [axisToCbor(axis), perMille],
  fromCbor: (slots) => {
    const axis = axisFromCbor(slots[0])
    const perMille = integersFromCbor(slots[1])
    return axis && perMille && { kind: 'quantiles', axis, perMille }
  },
  sharesOf: ({ axis }) => [personsShare(1, [axis])],
}
