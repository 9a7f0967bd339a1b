/**
 * What every attack of the suite is: a program that tries to learn of a patient, once against a naive gate that is kept for the
 * purpose, and once against what the product does (docs/spec/privacy.md section 6). An attack that never succeeds proves nothing.
 */
export const CONTROLS = ['noise', 'threshold', 'budget', 'overlap-audit'] as const
export type Control = (typeof CONTROLS)[number]

type Gate = 'naive' | 'ours'

/** What stands in the way: the naive gate, or ours, of which one control may be switched off by name. */
type Defence = { readonly gate: Gate; readonly without: Control | null }

/** `short` is for the tests of every commit: fewer trials, wider bounds. */
export type Effort = 'full' | 'short'

export type Outcome = {
  /** What the attacker gains, mostly TPR - FPR; each attack says what it counts. */
  readonly advantage: number
  /** The attack has succeeded iff the advantage is above this. */
  readonly bound: number
}

export interface Attack {
  /** As in the list: A1 to A20. */
  readonly name: string
  readonly title: string
  /** Without one of these it succeeds against ours too. */
  readonly stoppedBy: readonly Control[]
  run(defence: Defence, effort: Effort): Outcome
}

export function hasSucceeded({ advantage, bound }: Outcome): boolean {
  return advantage > bound
}
