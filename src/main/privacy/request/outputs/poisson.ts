/** Claims per day of exposure; a patient is in at most `cellsMost` tariff cells. */
import { inOrder, type Axis } from '../axis.ts'
import { AS_MODEL, type OutputForm } from '../output-form.ts'
import { problemsOfFactors } from '../relativity.ts'
import { personsShare, sumShare, type Bounded } from '../shares.ts'
import { axesFromCbor, axisToCbor, boundedFromCbor, boundedToCbor } from '../slots.ts'

type PoissonOutput = {
  readonly kind: 'poisson'
  readonly exposure: Bounded
  readonly claims: Bounded
  readonly factors: readonly Axis[]
  readonly cellsMost: number
}

export const poisson: OutputForm<PoissonOutput> = {
  kind: 'poisson',
  charged: AS_MODEL,
  levels: 'dictionary',
  peopleIn: ['count'],
  axesOf: ({ factors }) => factors,
  sumsOf: ({ exposure, claims }) => [exposure, claims],
  problemsOf: ({ factors, cellsMost }) => problemsOfFactors(factors, cellsMost),
  canonical: (output) => ({ ...output, factors: inOrder(output.factors) }),
  toCbor: ({ exposure, claims, factors, cellsMost }) => [
    boundedToCbor(exposure),
    boundedToCbor(claims),
    factors.map(axisToCbor),
    cellsMost,
  ],
  fromCbor: (slots) => {
    const exposure = boundedFromCbor(slots[0])
    const claims = boundedFromCbor(slots[1])
    const factors = axesFromCbor(slots[2])
    const cellsMost = slots[3]
    if (exposure === null || claims === null || factors === null || typeof cellsMost !== 'number') return null
    return { kind: 'poisson', exposure, claims, factors, cellsMost }
  },
  sharesOf: ({ exposure, claims, factors, cellsMost }) => {
    const needs = [exposure.variable, claims.variable]
    return [
      personsShare(1, factors, needs, cellsMost),
      sumShare('exposure', 2, factors, exposure, needs, cellsMost),
      sumShare('claims', 2, factors, claims, needs, cellsMost),
    ]
  },
}
