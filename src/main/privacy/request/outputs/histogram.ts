/** Patients or visits by one variable. */
import type { Axis } from '../axis.ts'
import { canonicalCounted, problemsOfCounted, sharesOfCounted, type Counted } from '../counted.ts'
import { AS_TABLE, type OutputForm } from '../output-form.ts'
import { axisFromCbor, axisToCbor, countedFromCbor, countedToCbor } from '../slots.ts'

type HistogramOutput = { readonly kind: 'histogram'; readonly axis: Axis; readonly counted: Counted }

export const histogram: OutputForm<HistogramOutput> = {
  kind: 'histogram',
  charged: AS_TABLE,
  levels: 'dictionary',
  peopleIn: ['count'],
  axesOf: ({ axis }) => [axis],
  sumsOf: () => [],
  problemsOf: ({ counted }) => problemsOfCounted(counted),
  canonical: (output) => ({ ...output, counted: canonicalCounted(output.counted) }),
  toCbor: ({ axis, counted }) => [axisToCbor(axis), countedToCbor(counted)],
  fromCbor: (slots) => {
    const axis = axisFromCbor(slots[0])
    const counted = countedFromCbor(slots[1])
    return axis && counted && { kind: 'histogram', axis, counted }
  },
  sharesOf: ({ axis, counted }) => sharesOfCounted([axis], counted),
}
