/** Losses above a threshold are taken out of severity and spread again, so that one intensive-care stay does not price an age band (P6). */
import { tailCheck } from '../../stats/actuarial/validation.ts'
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

/** Fewer losses than this have no tail to speak of, and sums of them say too much of one. */
export const TAIL_LEAST = 5
/** Caps beside the answer's own, as multiples of it: what lies below is not everybody's, since only expensive patients are listed. */
const CAPS = [1, 1.5, 2, 3] as const
/** Twice this is what a second parameter gains by chance at 5 % (chi-squared of one degree); Pareto is its limit, so that this is the strict side. */
const GAIN = 1.92

export interface TailRow {
  readonly cap: number
  readonly count: number
  /** The rest is null where fewer than `TAIL_LEAST` losses lie above. */
  readonly tail: {
    readonly excess: number
    /** What the excess varies by from one such period to another by chance, over itself: compound Poisson, by the losses as they came. */
    readonly variation: number
    /** Of Pareto: at 2 or less the variance has no end, at 1 or less the mean. */
    readonly index: number
    readonly indexError: number
    /** Lognormal only where its second parameter gains more than by chance. */
    readonly shape: 'pareto' | 'lognormal'
  } | null
}

/** What the tail looks like above the answer's cap and above higher ones (statistics.md: Hill's index, Pareto against lognormal). No single amount is in it. */
export function tailRows(amounts: Float64Array, cap: number): TailRow[] {
  checkNumber('cap', 0, cap, Number.MIN_VALUE)
  return CAPS.map((multiple): TailRow => {
    const at = multiple * cap
    let [count, excess, squares] = [0, 0, 0]
    for (const amount of amounts) {
      if (!(amount > at)) continue
      count++
      excess += amount - at
      squares += (amount - at) * (amount - at)
    }
    if (count < TAIL_LEAST) return { cap: at, count, tail: null }
    const { paretoIndex, paretoStdErr, paretoLogLikelihood, lognormalLogLikelihood } = tailCheck(amounts, at)
    return {
      cap: at,
      count,
      tail: {
        excess,
        variation: Math.sqrt(squares) / excess,
        index: paretoIndex,
        indexError: paretoStdErr,
        shape: lognormalLogLikelihood - paretoLogLikelihood > GAIN ? 'lognormal' : 'pareto',
      },
    }
  })
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
