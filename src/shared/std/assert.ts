/**
 * We are wrong: a rule of our own code does not hold. Nobody catches this to go on;
 * the node stops before it signs (STYLE.md, three kinds of wrong).
 */
export class InvariantViolation extends Error {
  override name = 'InvariantViolation'
}

/** States what must be true here. The message says the rule; it never holds patient data. */
export function assert(condition: unknown, message = 'an invariant does not hold'): asserts condition {
  if (!condition) throw new InvariantViolation(message)
}

/** The value, which our own logic says is there. */
export function present<T>(value: T | null | undefined, message = 'a value that must exist is missing'): T {
  if (value === null || value === undefined) throw new InvariantViolation(message)
  return value
}
