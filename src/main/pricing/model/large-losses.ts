/** Losses above a threshold are taken out of severity and spread again, so that one intensive-care stay does not price an age band (P6). */
import { checkNumber, PricingFailure } from '../failure.ts'
import { total, type TariffTable } from './tariff-table.ts'

export interface CappedLosses {
  /** Each amount, at most the threshold. */
  readonly capped: Float64Array
  readonly cappedTotal: number
  /** What lies above; its largest part is not said, since it is one person's. */
  readonly excessTotal: number
  readonly excessCount: number
}

/** @param amounts of single claims, where the node may see them; gateways cap before they add up */
export function capLosses(amounts: Float64Array, threshold: number): CappedLosses {
  checkNumber('threshold', 0, threshold, 0)
  const capped = new Float64Array(amounts.length)
  let cappedTotal = 0
  let excessTotal = 0
  let excessCount = 0
  amounts.forEach((amount, i) => {
    checkNumber('amount', i, amount, 0)
    const kept = Math.min(amount, threshold)
    capped[i] = kept
    cappedTotal += kept
    if (amount > threshold) {
      excessTotal += amount - threshold
      excessCount++
    }
  })
  return { capped, cappedTotal, excessTotal, excessCount }
}

export type LargeLossLoad =
  /** The same amount for every member-year. */
  | { readonly kind: 'flat'; readonly perMemberYear: number }
  /** The same share of every capped pure premium. */
  | { readonly kind: 'proportional'; readonly factor: number }

/**
 * The pooled excess spread over a portfolio, flat or in proportion to its capped cost. The excess is that of everybody, so that withheld
 * cells bear their part: of cost by their exposure.
 *
 * @param years exposure of everybody, withheld cells included
 * @throws {PricingFailure} `nothing-to-fit` where there is no exposure, or no cost above what noise takes away
 */
export function largeLossLoad(
  table: TariffTable,
  years: number,
  excessTotal: number,
  kind: LargeLossLoad['kind'],
): LargeLossLoad {
  checkNumber('excess', 0, excessTotal, 0)
  const below = kind === 'flat' ? years : (total(table.cost) * years) / total(table.exposure)
  if (!(below > 0))
    throw new PricingFailure({ code: 'nothing-to-fit', what: kind === 'flat' ? 'exposure' : 'cost' })
  return kind === 'flat'
    ? { kind, perMemberYear: excessTotal / below }
    : { kind, factor: 1 + excessTotal / below }
}
