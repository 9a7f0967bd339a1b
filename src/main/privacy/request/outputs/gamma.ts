/** Cost per claim; a patient is in at most `cellsMost` tariff cells. */
import { inOrder, type Axis } from '../axis.ts'
import { AS_MODEL, type OutputForm } from '../output-form.ts'
import { problemsOfFactors } from '../relativity.ts'
import { personsShare, sumShare, type Bounded } from '../shares.ts'
import { axesFromCbor, axisToCbor, boundedFromCbor, boundedToCbor } from '../slots.ts'

type GammaOutput = {
  readonly kind: 'gamma'
  readonly claims: Bounded
  readonly cost: Bounded
  readonly factors: readonly Axis[]
  readonly cellsMost: number
}

export const gamma: OutputForm<GammaOutput> = {
  kind: 'gamma',
  charged: AS_MODEL,
  levels: 'dictionary',
  peopleIn: ['count'],
  axesOf: ({ factors }) => factors,
  sumsOf: ({ claims, cost }) => [claims, cost],
  problemsOf: ({ factors, cellsMost }) => problemsOfFactors(factors, cellsMost),
  canonical: (output) => ({ ...output, factors: inOrder(output.factors) }),
  toCbor: ({ claims, cost, factors, cellsMost }) => [
    boundedToCbor(claims),
    boundedToCbor(cost),
    factors.map(axisToCbor),
    cellsMost,
  ],
  fromCbor: (slots) => {
    const claims = boundedFromCbor(slots[0])
    const cost = boundedFromCbor(slots[1])
    const factors = axesFromCbor(slots[2])
    const cellsMost = slots[3]
    if (claims === null || cost === null || factors === null || typeof cellsMost !== 'number') return null
    return { kind: 'gamma', claims, cost, factors, cellsMost }
  },
  sharesOf: ({ claims, cost, factors, cellsMost }) => {
    const needs = [claims.variable, cost.variable]
    return [
      personsShare(1, factors, needs, cellsMost),
      sumShare('claims', 2, factors, claims, needs, cellsMost),
      sumShare('cost', 2, factors, cost, needs, cellsMost),
    ]
  },
}
