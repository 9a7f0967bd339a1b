/** R7: survival curves by rule. Steps stand for eleven events or more, the curve ends where few are at risk, and marks nobody. */
import type { Decimal } from '../answers/release.ts'
import type { RulePolicy } from './rule-policy.ts'
import { roundCount, roundToStep, stepOfShare } from './rounding.ts'

/**
 * Exact, by the ends of the registered grid (months or quarters): who had the event since the last one, who was at risk at its beginning, and
 * survival at its end.
 */
export type ExactCurve = readonly {
  readonly day: number
  readonly events: number
  readonly atRisk: number
  readonly survival: number
}[]

export type RoundedStep = { readonly untilDay: number; readonly survival: Decimal; readonly atRisk: number }

export function roundCurve(curve: ExactCurve, policy: RulePolicy): readonly RoundedStep[] {
  const steps: { untilDay: number; survival: number; atRisk: number }[] = []
  let events = 0
  let atRisk = curve[0]?.atRisk ?? 0
  for (const point of curve) {
    if (point.atRisk < policy.atRiskLeast) break
    if (events === 0) atRisk = point.atRisk
    events += point.events
    if (events < policy.smallestCount) continue
    steps.push({
      untilDay: point.day,
      survival: point.survival,
      atRisk: roundCount(atRisk, policy.roundTo),
    })
    events = 0
  }
  // By the first number that is shown: an exact one, or one that is not shown, would say on which side of 500 it is.
  const step = stepOfShare(steps[0]?.atRisk ?? 0, policy)
  return steps.map(({ survival, ...shown }) => ({ ...shown, survival: roundToStep(survival, step) }))
}
