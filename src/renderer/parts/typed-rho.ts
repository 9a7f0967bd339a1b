/** A price of privacy as it is typed, in ρ, in the whole millionths in which it is kept. Pure. */

/** Null for what is no such number yet, or less than `least`: somebody is still typing. */
export function microOfTyped(typed: string | number, least: number): number | null {
  if (typeof typed === 'string' && typed.trim() === '') return null
  const micro = Math.round(Number(typed) * 1e6)
  return Number.isSafeInteger(micro) && micro >= least ? micro : null
}
