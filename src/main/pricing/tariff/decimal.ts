/** Numbers of documents that are hashed: decimal text of at most nine digits, one text for one number (docs/spec/pricing.md T1). */
import { z } from 'zod'

const DIGITS = 9

export const decimal = z
  .string()
  .max(30)
  .regex(/^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/)
  // Two texts for one number would be two hashes for one tariff.
  .refine((text) => decimalOf(Number(text)) === text)

/** The nearest decimal of nine digits; what the language says of this rounding is exact, so it is the same everywhere. */
export function decimalOf(value: number): string {
  const rounded = Number(value.toPrecision(DIGITS))
  return rounded === 0 ? '0' : String(rounded)
}

/** All digits of a double. */
export function exactText(value: number): string {
  return value === 0 ? '0' : String(value)
}
