/** Which models have too few cells for what they estimate. Pure. */
import type { PricedAnswer } from '../../../../shared/contract/pricing.ts'

/** Residual degrees of freedom for each parameter below which errors and dispersion are not to be relied on (docs/spec/pricing.md P2). */
export const FREEDOM_LEAST = 10

export interface ThinModel {
  readonly measure: PricedAnswer['rates'][number]['measure']
  readonly parameters: number
  readonly cells: number
  readonly freedom: number
}

export const thinModels = (rates: readonly PricedAnswer['rates'][number][]): ThinModel[] =>
  rates.flatMap(({ measure, parameters, cellsUsed }) => {
    const freedom = cellsUsed - parameters
    return freedom < FREEDOM_LEAST * parameters ? [{ measure, parameters, cells: cellsUsed, freedom }] : []
  })
