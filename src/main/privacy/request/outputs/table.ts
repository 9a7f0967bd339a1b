/** Patients or visits by several variables. */
import { inOrder, type Axis } from '../axis.ts'
import { canonicalCounted, problemsOfCounted, sharesOfCounted, type Counted } from '../counted.ts'
import { AS_TABLE, type OutputForm } from '../output-form.ts'
import { axesFromCbor, axisToCbor, countedFromCbor, countedToCbor } from '../slots.ts'

type TableOutput = { readonly kind: 'table'; readonly axes: readonly Axis[]; readonly counted: Counted }

export const table: OutputForm<TableOutput> = {
  kind: 'table',
  charged: AS_TABLE,
  levels: 'dictionary',
  peopleIn: ['count'],
  axesOf: ({ axes }) => axes,
  sumsOf: () => [],
  problemsOf: ({ axes, counted }) => [
    ...problemsOfCounted(counted),
    ...(axes.length < 2 ? ['axes' as const] : []),
  ],
  canonical: (output) => ({
    ...output,
    axes: inOrder(output.axes),
    counted: canonicalCounted(output.counted),
  }),
  toCbor: ({ axes, counted }) => [axes.map(axisToCbor), countedToCbor(counted)],
  fromCbor: (slots) => {
    const axes = axesFromCbor(slots[0])
    const counted = countedFromCbor(slots[1])
    return axes && counted && { kind: 'table', axes, counted }
  },
  sharesOf: ({ axes, counted }) => sharesOfCounted(axes, counted),
}
