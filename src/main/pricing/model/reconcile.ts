/** Frequency times severity beside Tweedie: two ways to the same pure premium should agree, and the analyst sees where they do not (P5). */
import { exp } from '../../stats/det/exp.ts'
import { logRateOf, productOf, type Rating, ratesOf } from './rating.ts'
import type { RateModel } from './fit-rates.ts'
import type { TariffTable } from './tariff-table.ts'

export interface Reconciliation {
  readonly observed: number
  readonly product: number
  readonly direct: number
  /** Product and direct over observed, less 1. */
  readonly productGap: number
  readonly directGap: number
  /** Both gaps, and that between the two, within the tolerance. */
  readonly agrees: boolean
  /** Levels whose two relativities differ, the largest difference first. */
  readonly levels: readonly {
    readonly factor: string
    readonly level: string
    readonly product: number
    readonly direct: number
    /** Product over direct, less 1. */
    readonly gap: number
  }[]
}

/** @param tolerance of totals, 1 % by default (statistics.md 5.1) */
export function reconcile(
  table: TariffTable,
  frequency: RateModel,
  severity: RateModel,
  pure: RateModel,
  tolerance = 0.01,
): Reconciliation {
  const product = productOf(frequency.rating, severity.rating)
  const direct = pure.rating
  const productRates = ratesOf(product, table)
  const directRates = ratesOf(direct, table)
  const sums = { observed: 0, product: 0, direct: 0 }
  for (let i = 0; i < table.exposure.length; i++) {
    const a = productRates[i]!
    const b = directRates[i]!
    // A level that one of the two cannot price is in neither total.
    if (a !== a || b !== b) continue
    sums.observed += table.cost[i]!
    sums.product += table.exposure[i]! * a
    sums.direct += table.exposure[i]! * b
  }
  const productGap = sums.product / sums.observed - 1
  const directGap = sums.direct / sums.observed - 1
  const between = sums.product / sums.direct - 1
  return {
    ...sums,
    productGap,
    directGap,
    agrees: [productGap, directGap, between].every((gap) => Math.abs(gap) <= tolerance),
    levels: levelGaps(product, direct),
  }
}

function levelGaps(product: Rating, direct: Rating): Reconciliation['levels'] {
  const base = product.factors.map((_, f) => direct.logRatios[f]!.indexOf(0))
  const rows = product.factors.flatMap(({ name, levels }, f) =>
    levels.flatMap((level, k) => {
      const at = base.slice()
      at[f] = k
      // Against the same base cell, whatever base level each model has.
      const a = exp(logRateOf(product, at) - logRateOf(product, base))
      const b = exp(logRateOf(direct, at) - logRateOf(direct, base))
      return a === a && b === b && k !== base[f]
        ? [{ factor: name, level, product: a, direct: b, gap: a / b - 1 }]
        : []
    }),
  )
  return rows.sort((a, b) => Math.abs(b.gap) - Math.abs(a.gap))
}
