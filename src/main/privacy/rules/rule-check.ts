/** One rule held against one number: what the checkers' screen shows (docs/spec/release-rules.md section 1). */
import type { RulePolicy } from './rule-policy.ts'

export type RuleName = 'R1' | 'R2' | 'R3' | 'R4' | 'R5' | 'R6' | 'R7' | 'R8' | 'R9' | 'R10' | 'R11' | 'R12'

export type RuleCheck = {
  readonly rule: RuleName
  /** A word for the screen. */
  readonly what: string
  readonly value: number
  readonly limit: number
  readonly verdict: 'met' | 'near' | 'broken'
  /** Which side of the limit is allowed; `must` of what either is or is not. */
  readonly bound: 'least' | 'most' | 'must'
}

export function atLeast(
  policy: RulePolicy,
  rule: RuleName,
  what: string,
  value: number,
  limit: number,
): RuleCheck {
  // What is no number meets nothing.
  const isMet = value >= limit
  const isNear = value < limit * (1 + policy.nearPercent / 100)
  return { rule, what, value, limit, verdict: isMet ? (isNear ? 'near' : 'met') : 'broken', bound: 'least' }
}

export function atMost(
  policy: RulePolicy,
  rule: RuleName,
  what: string,
  value: number,
  limit: number,
): RuleCheck {
  const isMet = value <= limit
  const isNear = value > limit * (1 - policy.nearPercent / 100)
  return { rule, what, value, limit, verdict: isMet ? (isNear ? 'near' : 'met') : 'broken', bound: 'most' }
}

/** What either is or is not. */
export function must(rule: RuleName, what: string, isSo: boolean): RuleCheck {
  return { rule, what, value: isSo ? 1 : 0, limit: 1, verdict: isSo ? 'met' : 'broken', bound: 'must' }
}

export function isBroken(checks: readonly RuleCheck[]): boolean {
  return checks.some(({ verdict }) => verdict === 'broken')
}
