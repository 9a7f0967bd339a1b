/** How long a wrong passphrase makes the next attempt wait: 1, 2, 4 … 300 seconds (security-privacy 2.3). */

export interface Failures {
  readonly count: number
  /** Milliseconds since 1970 of the last failure. */
  readonly lastAt: number
}
export const NO_FAILURES: Failures = { count: 0, lastAt: 0 }
const LONGEST_MS = 300_000

/** Milliseconds until the next attempt may be made; 0 when it may be made now. */
export function waitMs(failures: Failures, now: number): number {
  if (failures.count === 0) return 0
  const pauseMs = Math.min(LONGEST_MS, 1000 * 2 ** Math.min(failures.count - 1, 20))
  // A clock that was set back must not lock the person out for longer than the pause itself.
  return Math.min(pauseMs, Math.max(0, failures.lastAt + pauseMs - now))
}

export function afterFailure(failures: Failures, now: number): Failures {
  return { count: failures.count + 1, lastAt: now }
}
