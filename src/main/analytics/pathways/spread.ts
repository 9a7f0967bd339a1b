/** How values of persons are spread: quantiles as they may be said. Pure. */
import { quantile } from '../persons/quantile.ts'
import { SMALL } from './protect.ts'

/** As many persons lie beyond the tenth and ninetieth hundredth of these as beyond the quartiles of 11. */
export const TAILS_LEAST = 28

export interface Spread {
  /** Hundredths 10 and 90 in the order of the values; null where too few persons lie beyond. */
  readonly p10: number | null
  readonly q1: number
  readonly median: number
  readonly q3: number
  readonly p90: number | null
}

/** Null of fewer than 11. `say` rounds: the last digits of a value may be those of one person. */
export function spreadOf(values: readonly number[], say: (value: number) => number): Spread | null {
  if (values.length < SMALL) return null
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number): number => say(quantile(sorted, share))
  const hasTails = sorted.length >= TAILS_LEAST
  return {
    p10: hasTails ? at(0.1) : null,
    q1: at(0.25),
    median: at(0.5),
    q3: at(0.75),
    p90: hasTails ? at(0.9) : null,
  }
}

export const wholeDays = (value: number): number => Math.round(value)

/** Three significant digits, as decimal text has them. */
export const threeDigits = (value: number): number => Number(value.toPrecision(3))
