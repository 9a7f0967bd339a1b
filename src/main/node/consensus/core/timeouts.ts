/** How long a validator waits in each phase (R10). Local: no other node's safety depends on them. */

export type TimerName = 'propose' | 'prevote' | 'precommit'

/** Milliseconds: of round 0, added for each further round, and never more than `maxMs`. */
export type Timeouts = {
  readonly proposeMs: number
  readonly proposeStepMs: number
  readonly voteMs: number
  readonly voteStepMs: number
  readonly maxMs: number
}

/** docs/spec/consensus.md, R10. */
export const DEFAULT_TIMEOUTS: Timeouts = {
  proposeMs: 1_000,
  proposeStepMs: 500,
  voteMs: 500,
  voteStepMs: 250,
  maxMs: 20_000,
}

/** A proposer whose link has been down for this long is not waited for (R11). */
export const DEAD_LINK_MS = 2_000
export const DEAD_PROPOSER_TIMEOUT_MS = 100

export function timeoutMs(timeouts: Timeouts, timer: TimerName, round: number): number {
  const isPropose = timer === 'propose'
  const first = isPropose ? timeouts.proposeMs : timeouts.voteMs
  const added = isPropose ? timeouts.proposeStepMs : timeouts.voteStepMs
  return Math.min(first + added * round, timeouts.maxMs)
}
