/** How many people there are. */
import type { OutputForm } from '../output-form.ts'
import { personsShare } from '../shares.ts'

type CountOutput = { readonly kind: 'count' }

export const count: OutputForm<CountOutput> = {
  kind: 'count',
  charged: { registered: 'count', other: 'count' },
  levels: 'dictionary',
  peopleIn: ['count'],
  axesOf: () => [],
  sumsOf: () => [],
  problemsOf: () => [],
  canonical: (output) => output,
  toCbor: () => [],
  fromCbor: () => ({ kind: 'count' }),
  sharesOf: () => [personsShare(1, [])],
}
