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
  /** The comparisons of the numbers that the value was made of: those of the same model, whatever else stands in the list. */
  readonly madeOf: readonly RuleCheck[]
}

export function atLeast(
  policy: RulePolicy,
  rule: RuleName,
  what: string,
  value: number,
  limit: number,
  madeOf: readonly RuleCheck[] = [],
): RuleCheck {
  // What is no number meets nothing.
  const isMet = value >= limit
  const isNear = value < limit * (1 + policy.nearPercent / 100)
  return {
    rule,
    what,
    value,
    limit,
    verdict: isMet ? (isNear ? 'near' : 'met') : 'broken',
    bound: 'least',
    madeOf,
  }
}

export function atMost(
  policy: RulePolicy,
  rule: RuleName,
  what: string,
  value: number,
  limit: number,
  madeOf: readonly RuleCheck[] = [],
): RuleCheck {
  const isMet = value <= limit
  const isNear = value > limit * (1 - policy.nearPercent / 100)
  return {
    rule,
    what,
    value,
    limit,
    verdict: isMet ? (isNear ? 'near' : 'met') : 'broken',
    bound: 'most',
    madeOf,
  }
}

/** What either is or is not. */
export function must(rule: RuleName, what: string, isSo: boolean): RuleCheck {
  return {
    rule,
    what,
    value: isSo ? 1 : 0,
    limit: 1,
    verdict: isSo ? 'met' : 'broken',
    bound: 'must',
    madeOf: [],
  }
}

/** Each comparison once: most are of the study and stand beside every finding of it. */
export function eachOnce(judged: readonly (readonly RuleCheck[])[]): readonly RuleCheck[] {
  const seen = new Map<string, RuleCheck>()
  for (const check of judged.flat()) {
    // Nothing was compared where nothing was there to compare, e.g. the levels of a model without labels.
    if (check.verdict !== 'broken' && !Number.isFinite(check.value)) continue
    seen.set(
      JSON.stringify(check, (_, each: unknown) => (typeof each === 'number' ? String(each) : each)),
      check,
    )
  }
  return [...seen.values()]
}

export function isBroken(checks: readonly RuleCheck[]): boolean {
  return checks.some(({ verdict }) => verdict === 'broken')
}
