/** How many have had no event until when, of everybody or by one variable. */
import { timeAxes, type Axis } from '../axis.ts'
import { AS_TABLE, type OutputForm } from '../output-form.ts'
import { personsShare } from '../shares.ts'
import { axisFromCbor, axisToCbor, integersFromCbor } from '../slots.ts'

type KaplanMeierOutput = {
  readonly kind: 'kaplan-meier'
  readonly timeEdges: readonly number[]
  readonly by: Axis | null
}

export const kaplanMeier: OutputForm<KaplanMeierOutput> = {
  kind: 'kaplan-meier',
  charged: AS_TABLE,
  levels: 'dictionary',
  peopleIn: ['count'],
  axesOf,
  sumsOf: () => [],
  problemsOf: () => [],
  canonical: (output) => output,
  toCbor: ({ timeEdges, by }) => [timeEdges, by === null ? null : axisToCbor(by)],
  fromCbor: (slots) => {
    const timeEdges = integersFromCbor(slots[0])
    const by = slots[1] === null ? null : axisFromCbor(slots[1])
    if (timeEdges === null || (by === null && slots[1] !== null)) return null
    return { kind: 'kaplan-meier', timeEdges, by }
  },
  sharesOf: (output) => [personsShare(1, axesOf(output))],
}

function axesOf({ timeEdges, by }: KaplanMeierOutput): readonly Axis[] {
  return [...(by === null ? [] : [by]), ...timeAxes(timeEdges)]
}
