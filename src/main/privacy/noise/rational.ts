/**
 * Fractions of whole numbers without a limit: what noise is made of must be exact, and a double is not (docs/spec/privacy.md N1).
 */
import { assert } from '../../../shared/std/assert.ts'

/** Not reduced; the denominator is positive. */
export type Rational = { readonly numerator: bigint; readonly denominator: bigint }

export function rational(numerator: bigint, denominator = 1n): Rational {
  assert(denominator > 0n, 'a denominator is positive')
  return { numerator, denominator }
}

/** The greatest whole number whose square is at most `value`, which is not negative (Newton's method from above). */
export function floorRoot(value: bigint): bigint {
  assert(value >= 0n, 'only what is not negative has a root')
  if (value < 2n) return value
  let root = 1n << BigInt((value.toString(16).length * 4 + 1) >> 1)
  for (;;) {
    const next = (root + value / root) >> 1n
    if (next >= root) return root
    root = next
  }
}

/** The least whole number whose square is at least the fraction, which is not negative. */
export function ceilingRoot(fraction: Rational): bigint {
  const whole = (fraction.numerator + fraction.denominator - 1n) / fraction.denominator
  const root = floorRoot(whole)
  return root * root === whole ? root : root + 1n
}
