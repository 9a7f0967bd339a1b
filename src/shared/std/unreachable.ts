import { InvariantViolation } from './assert.ts'

/** Ends a switch over a union: a case that was forgotten does not compile. */
export function unreachable(value: never): never {
  throw new InvariantViolation(`unexpected case: ${describe(value)}`)
}

/** Only the tag is shown, since the value may hold a patient's data. */
function describe(value: unknown): string {
  if (typeof value !== 'object' || value === null) return typeof value
  const { kind, code } = value as { kind?: unknown; code?: unknown }
  return typeof kind === 'string' ? kind : typeof code === 'string' ? code : 'object'
}
