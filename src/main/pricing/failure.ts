import { Failure } from '../../shared/std/failure.ts'

/**
 * What can be wrong with what an analyst hands to pricing: plain data for the window's message. `row` is 0-based in the order of
 * the input.
 */
export type PricingFailureDetail =
  | { code: 'unknown-factor'; factor: string; known: readonly string[] }
  | { code: 'unknown-level'; factor: string; level: string; row: number; known: readonly string[] }
  | { code: 'bad-number'; what: string; row: number; value: string; allowed: string }
  | { code: 'bad-option'; option: string; value: string; allowed: string }
  | { code: 'too-many'; what: string; count: number; most: number }
  | { code: 'double-name'; what: string; name: string }
  | { code: 'nothing-to-fit'; what: string }
  | { code: 'no-rate'; factor: string; level: string }
  | { code: 'tables-differ'; what: string }

/** The input cannot give an honest number. */
export class PricingFailure extends Failure<PricingFailureDetail> {}

/** A number that must be finite and at least `least`. */
export function checkNumber(what: string, row: number, value: number, least: number): void {
  if (!(value >= least) || value === Infinity) {
    throw new PricingFailure({
      code: 'bad-number',
      what,
      row,
      value: String(value),
      allowed: least === -Infinity ? 'finite' : `>= ${least}`,
    })
  }
}
