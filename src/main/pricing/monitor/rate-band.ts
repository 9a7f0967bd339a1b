/**
 * One band for each rate: chance, the noise of the release and what is not reported yet, together; and what each of them contributes, so
 * that a wide band can be explained (docs/spec/pricing.md M5).
 */
import { normalQuantile } from '../../stats/det/distributions.ts'
import { exp } from '../../stats/det/exp.ts'
import { log } from '../../stats/det/log.ts'
import { checkNumber } from '../failure.ts'
import { observedToExpected } from './ratio.ts'

/** How much of a period's final value is known, and how sure that is; 1 and 0 for a period long past. */
export interface Maturity {
  readonly completion: number
  /** Standard error of the completed value over the completed value. */
  readonly relativeError: number
}
export const MATURE: Maturity = { completion: 1, relativeError: 0 }

export type RateBand =
  | {
      readonly kind: 'rate'
      /** Completed: per member-year, per minor unit of premium, or per person. */
      readonly value: number
      readonly lower: number
      readonly upper: number
      readonly denominator: number
      /** As counted, before completion. */
      readonly counted: number
      readonly completion: number
      /** Shares of the variance: they add up to 1 where there is any. */
      readonly from: { readonly chance: number; readonly noise: number; readonly immaturity: number }
    }
  /** No denominator: the insurer's file is missing, or has nothing there. */
  | { readonly kind: 'claims-only'; readonly counted: number; readonly noise: number }

/** A count over a denominator: claims or visits per member-year. Limits are exact for a Poisson count with noise. */
export function countBand(
  counted: number,
  noise: number,
  denominator: number | null,
  maturity: Maturity = MATURE,
  level = 0.95,
): RateBand {
  if (denominator === null || !(denominator > 0)) return { kind: 'claims-only', counted, noise }
  checkMaturity(maturity)
  const { completion, relativeError } = maturity
  const seen = denominator * completion
  const { ratio, lower, upper } = observedToExpected({ observed: counted, expected: seen, noise }, level)
  return withImmaturity({
    value: Math.max(0, ratio),
    lower,
    upper,
    denominator,
    counted,
    maturity,
    level,
    variances: {
      chance: Math.max(counted, 1),
      noise,
      immaturity: counted * counted * relativeError * relativeError,
    },
  })
}

/**
 * A sum of amounts over a denominator: pure premium, loss ratio. Claims arrive by chance and differ in size: the sum's variance is claims · E X²
 * = cost · severity · (1 + cv²).
 *
 * @param amounts mean and coefficient of variation of one claim's amount
 */
export function costBand(
  cost: number,
  noise: number,
  denominator: number | null,
  amounts: { readonly mean: number; readonly variation: number },
  maturity: Maturity = MATURE,
  level = 0.95,
): RateBand {
  if (denominator === null || !(denominator > 0)) return { kind: 'claims-only', counted: cost, noise }
  checkMaturity(maturity)
  checkNumber('mean amount', 0, amounts.mean, 0)
  const { completion, relativeError } = maturity
  const seen = denominator * completion
  const chance = Math.max(cost, amounts.mean) * amounts.mean * (1 + amounts.variation * amounts.variation)
  const half = normalQuantile(1 - (1 - level) / 2) * Math.sqrt(chance + noise)
  return withImmaturity({
    value: Math.max(0, cost / seen),
    lower: Math.max(0, (cost - half) / seen),
    upper: Math.max(0, cost + half) / seen,
    denominator,
    counted: cost,
    maturity,
    level,
    variances: { chance, noise, immaturity: cost * cost * relativeError * relativeError },
  })
}

/** Share of persons: prevalence of a condition. The denominator counts lives; both may carry noise. */
export function shareBand(
  persons: number,
  noise: number,
  lives: number | null,
  livesNoise = 0,
  level = 0.95,
): RateBand {
  if (lives === null || !(lives > 0)) return { kind: 'claims-only', counted: persons, noise }
  const share = Math.min(1, Math.max(0, persons / lives))
  // Wilson's limits for chance, noise beside it as if it came from fewer lives.
  const chance = Math.max(share * (1 - share), 1 / lives / 4) / lives
  const extra = (noise + share * share * livesNoise) / (lives * lives)
  const worth = lives * (chance / (chance + extra))
  const z = normalQuantile(1 - (1 - level) / 2)
  const square = (z * z) / worth
  const centre = (share + square / 2) / (1 + square)
  const half = (z * Math.sqrt((share * (1 - share)) / worth + square / worth / 4)) / (1 + square)
  return {
    kind: 'rate',
    value: share,
    lower: Math.max(0, centre - half),
    upper: Math.min(1, centre + half),
    denominator: lives,
    counted: persons,
    completion: 1,
    from: sharesOf({ chance, noise: extra, immaturity: 0 }),
  }
}

/** Quotient of two sums of one release, such as cost per claim; limits by the delta method on the logarithm. */
export function quotientBand(
  above: { readonly value: number; readonly chance: number; readonly noise: number },
  below: { readonly value: number; readonly noise: number },
  level = 0.95,
): RateBand {
  if (!(below.value > 0) || !(above.value > 0))
    return { kind: 'claims-only', counted: above.value, noise: above.noise }
  const value = above.value / below.value
  const chance = above.chance / (above.value * above.value)
  const noise = above.noise / (above.value * above.value) + below.noise / (below.value * below.value)
  const reach = exp(normalQuantile(1 - (1 - level) / 2) * Math.sqrt(chance + noise))
  return {
    kind: 'rate',
    value,
    lower: value / reach,
    upper: value * reach,
    denominator: below.value,
    counted: above.value,
    completion: 1,
    from: sharesOf({ chance, noise, immaturity: 0 }),
  }
}

interface Parts {
  readonly chance: number
  readonly noise: number
  readonly immaturity: number
}

/** The limits of chance and noise, and beside them on the scale of the logarithm what is not reported yet. */
function withImmaturity(band: {
  value: number
  lower: number
  upper: number
  denominator: number
  counted: number
  maturity: Maturity
  level: number
  variances: Parts
}): RateBand {
  const { value, lower, upper, denominator, counted, maturity, level, variances } = band
  const reach = normalQuantile(1 - (1 - level) / 2) * maturity.relativeError
  return {
    kind: 'rate',
    value,
    lower: widenedLimit(lower, value, reach),
    upper: widenedLimit(upper, value, reach),
    denominator,
    counted,
    completion: maturity.completion,
    from: sharesOf(variances),
  }
}

/** A limit with another error beside what it has: both add up in squares on the scale of the logarithm. */
export function widenedLimit(limit: number, value: number, reach: number): number {
  if (reach === 0 || !(limit > 0) || !(value > 0)) return limit
  const own = log(limit / value)
  const wide = exp(Math.sqrt(own * own + reach * reach))
  return limit < value ? value / wide : value * wide
}

function sharesOf({ chance, noise, immaturity }: Parts): Parts {
  const sum = chance + noise + immaturity
  return sum > 0
    ? { chance: chance / sum, noise: noise / sum, immaturity: immaturity / sum }
    : { chance: 0, noise: 0, immaturity: 0 }
}

function checkMaturity({ completion, relativeError }: Maturity): void {
  checkNumber('completion', 0, completion, Number.MIN_VALUE)
  checkNumber('error of completion', 0, relativeError, 0)
}
