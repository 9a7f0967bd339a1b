/** What intervals of estimates share. */
import type { Rational } from '../noise/rational.ts'

/** The 97.5 % quantile of the normal distribution. */
export const Z_95 = 1.959963984540054

/** For intervals, where a rounded variance does no harm. */
export function numberOfVariance({ numerator, denominator }: Rational): number {
  return Number(numerator) / Number(denominator)
}
