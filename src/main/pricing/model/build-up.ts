/** From the pure premium to the gross one in ordered steps, each of which an auditor can add up again (P10). */
import { PricingFailure } from '../failure.ts'
import { BUILD_UP_STEPS_MAX } from '../limits.ts'

export type BuildUpStep = (
  | /** Trend, development, benefit, area, network: times a factor. */
    { readonly kind: 'factor'; readonly name: string; readonly factor: number; readonly logVariance?: number }
    /** Pool for large claims, fixed expense: an amount for each member-year. */
  | { readonly kind: 'add'; readonly name: string; readonly perMemberYear: number }
  /** Variable expense, profit and tax are shares of the gross premium: divided by what they leave. Several such steps share one division. */
  | { readonly kind: 'share'; readonly name: string; readonly share: number }
) & {
  /** Who put it there, when and why: said with it, and nothing is computed of it. */
  readonly note?: { readonly by: string; readonly day: string; readonly reason: string } | undefined
}

export interface BuildUpLine {
  readonly name: string
  readonly kind: 'pure-premium' | BuildUpStep['kind']
  /** Factor, amount or share. */
  readonly value: number
  /** What the step adds to the premium of one member-year. */
  readonly amount: number
  /** Premium after it. */
  readonly after: number
}

export interface BuildUp {
  readonly lines: readonly BuildUpLine[]
  readonly pure: number
  readonly gross: number
  /** Variance of the log of what is in factors; fixed amounts have none. */
  readonly logVariance: number
  /** Gross premium is `multiplier · pure + constant`: what an interval of the pure premium becomes. */
  readonly multiplier: number
  readonly constant: number
}

/**
 * Steps in order; shares come last, since they are of the gross premium.
 *
 * @throws {PricingFailure} `bad-option`: a factor not above 0, an amount that is no number, shares of 1 or more together, or a step after a share
 */
export function buildUp(pure: number, steps: readonly BuildUpStep[]): BuildUp {
  if (!(pure >= 0) || pure === Infinity) throw badStep('pure premium', pure, '>= 0')
  if (steps.length > BUILD_UP_STEPS_MAX)
    throw new PricingFailure({
      code: 'too-many',
      what: 'steps',
      count: steps.length,
      most: BUILD_UP_STEPS_MAX,
    })
  const lines: BuildUpLine[] = [
    { name: 'pure premium', kind: 'pure-premium', value: pure, amount: pure, after: pure },
  ]
  let multiplier = 1
  let constant = 0
  let logVariance = 0
  const shares: Extract<BuildUpStep, { kind: 'share' }>[] = []
  for (const step of steps) {
    if (step.kind !== 'share' && shares.length > 0)
      throw badStep(step.name, NaN, 'before the shares of the gross premium')
    const before = multiplier * pure + constant
    if (step.kind === 'factor') {
      if (!(step.factor > 0) || step.factor === Infinity) throw badStep(step.name, step.factor, '> 0')
      multiplier *= step.factor
      constant *= step.factor
      logVariance += step.logVariance ?? 0
    } else if (step.kind === 'add') {
      if (!(step.perMemberYear - step.perMemberYear === 0))
        throw badStep(step.name, step.perMemberYear, 'finite')
      constant += step.perMemberYear
    } else {
      if (!(step.share >= 0 && step.share < 1)) throw badStep(step.name, step.share, '0 <= share < 1')
      shares.push(step)
      continue
    }
    const after = multiplier * pure + constant
    lines.push({
      name: step.name,
      kind: step.kind,
      value: step.kind === 'factor' ? step.factor : step.perMemberYear,
      amount: after - before,
      after,
    })
  }
  const taken = shares.reduce((sum, { share }) => sum + share, 0)
  if (!(taken < 1)) throw badStep('shares of the gross premium', taken, '< 1 together')
  let after = multiplier * pure + constant
  multiplier /= 1 - taken
  constant /= 1 - taken
  const gross = multiplier * pure + constant
  for (const { name, share } of shares) {
    after += share * gross
    lines.push({ name, kind: 'share', value: share, amount: share * gross, after })
  }
  return { lines, pure, gross, logVariance, multiplier, constant }
}

/**
 * Indicated change of the premium level: (trended and developed loss ratio + fixed expense ratio) / (1 - variable expense - profit and
 * tax) - 1 (statistics.md 5.1).
 */
export function indicatedChange(lossRatio: number, fixedRatio: number, shares: number): number {
  if (!(shares >= 0 && shares < 1)) throw badStep('shares', shares, '0 <= shares < 1')
  return (lossRatio + fixedRatio) / (1 - shares) - 1
}

function badStep(option: string, value: number, allowed: string): PricingFailure {
  return new PricingFailure({ code: 'bad-option', option, value: String(value), allowed })
}
