/** The naive gate, kept so that every attack has something to succeed against: exact figures from eleven patients on, else a refusal. */
export const NAIVE_SMALLEST = 11

export function naiveCount(exact: number): number | null {
  return exact >= NAIVE_SMALLEST ? exact : null
}
