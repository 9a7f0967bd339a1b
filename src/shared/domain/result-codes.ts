/**
 * Results that are codes and not numbers: which codes a test is usually answered with, so that a form can name them. A question may name any other code,
 * too; what a code means is said by the words of the screen. SNOMED CT identifiers.
 */
import { z } from 'zod'

/** The label of every code that the question does not name: what was written there may be anything, and is never shown. */
export const OTHER_RESULT = 'other'

/** A code as records have it: compared as it is, since codes of results have no spelling of their own. */
export const resultCode = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/)

/**
 * The label of a code among those that a question names: its place, then the code. Labels stand in the order of places, so that the first one is what a
 * factor's levels are held against.
 */
export function resultLabel(categories: readonly string[], code: string): string {
  const place = categories.indexOf(code)
  return place < 0 ? OTHER_RESULT : `${String(place + 1).padStart(2, '0')}-${code}`
}

/** The code of a label, or null where it stands for all others. */
export function codeOfResultLabel(label: string): string | null {
  return label === OTHER_RESULT ? null : label.slice(3)
}

/** Negative and positive, not detected and detected, not reactive and reactive. */
const QUALITATIVE = ['260385009', '10828004', '260415000', '260373001', '131194007', '11214006'] as const

export const RESULT_CODES: Readonly<Record<string, readonly string[]>> = {
  /** Never, former and current smoker. */
  smoking: ['266919005', '8517006', '77176002'],
  hbsag: QUALITATIVE,
  hcvab: QUALITATIVE,
}

/** Codes in one order, each once: the order in which they are named means nothing. */
export function resultCodesInOrder(codes: readonly string[]): string[] {
  return [...new Set(codes)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
}
