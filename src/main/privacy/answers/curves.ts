/**
 * Kaplan-Meier from a noisy table of time bins and events, by the life table's rule that those who leave in a step were at risk for half of
 * it (docs/spec/privacy.md G5). Steps are joined until they stand for enough events, and the curve ends where few are at risk: no step can
 * be traced to a person.
 */
import { exp } from '../../stats/det/exp.ts'
import { log } from '../../stats/det/log.ts'
import { levelCount } from '../request/axis.ts'
import type { Output } from '../request/outputs.ts'
import { numberOfVariance, Z_95 } from './interval.ts'
import { sumOf, threshold, type NoisyTable } from './noisy-tables.ts'
import type { ReleasePolicy } from './answer-policy.ts'
import { estimateOf, WITHHELD, type CurveStep, type Release } from './release.ts'

export function releaseCurves(
  [table]: readonly NoisyTable[],
  { timeEdges, by }: Output & { kind: 'kaplan-meier' },
  policy: ReleasePolicy,
): Release {
  const { cells, variance } = table!
  if (sumOf(cells) < threshold(policy.cohortLeast, variance, cells.length)) return WITHHELD
  const groupCount = by === null ? 1 : levelCount(by)
  const curves = Array.from({ length: by === null ? 1 : groupCount - 1 }, (_, level) => ({
    level: by === null ? null : level,
    steps: stepsOf(timeBins(table!, timeEdges.length, level), table!, timeEdges, policy),
  })).filter(({ steps }) => steps.length > 0)
  return curves.length === 0 ? WITHHELD : { kind: 'curves', curves }
}

/** Who left in each bin without and with the event; the last bin is what lies behind the last edge. */
export type TimeBins = { readonly censored: readonly bigint[]; readonly events: readonly bigint[] }

const EVENT_LEVELS = 3

export function timeBins({ cells }: NoisyTable, edgeCount: number, group: number): TimeBins {
  // One more for what lies behind the last edge, and one for an unknown time.
  const bins = edgeCount + 1
  const start = group * (bins + 1) * EVENT_LEVELS
  const at = (event: number) =>
    Array.from({ length: bins }, (_, bin) => cells[start + bin * EVENT_LEVELS + event]!)
  return { censored: at(0), events: at(1) }
}

/** What a step adds to the logarithm of survival, and how that moves with the cells it is made of. */
type Term = {
  readonly bins: number
  readonly perEvent: number
  readonly perCensored: number
  readonly perRisk: number
}

function stepsOf(
  { censored, events }: TimeBins,
  { variance }: NoisyTable,
  timeEdges: readonly number[],
  policy: ReleasePolicy,
): readonly CurveStep[] {
  const steps: CurveStep[] = []
  const terms: Term[] = []
  const noise = numberOfVariance(variance)
  const cellCount = 2 * events.length
  let logSurvival = 0
  let chance = 0
  for (let start = 0, end = 1; end <= timeEdges.length; end++) {
    const inStep = sumOf(events.slice(start, end))
    if (inStep < 1n || inStep < threshold(policy.smallestCount, variance, end - start)) continue
    const leftCount = cellCount - 2 * start
    const atRisk = sumOf(events.slice(start)) + sumOf(censored.slice(start))
    if (atRisk < threshold(policy.atRiskLeast, variance, leftCount)) break
    const d = Number(inStep)
    const risk = Number(atRisk) - Number(sumOf(censored.slice(start, end))) / 2
    // Noise can leave fewer at risk than have the event: there the curve says nothing any more.
    if (risk - d < 1) break
    logSurvival += log(1 - d / risk)
    chance += d / (risk * (risk - d))
    const perRisk = 1 / (risk - d) - 1 / risk
    terms.push({ bins: end - start, perEvent: -1 / risk, perCensored: perRisk / 2, perRisk })
    const total = chance + noise * squaredGradient(terms, cellCount - 2 * end)
    steps.push({ untilDay: timeEdges[end - 1]!, survival: survivalOf(logSurvival, total), atRisk })
    start = end
  }
  return steps
}

/** Σ of the squares of ∂ log S / ∂ cell, over all cells of the group. */
function squaredGradient(terms: readonly Term[], laterCells: number): number {
  let earlier = 0
  let sum = 0
  for (const { bins, perEvent, perCensored, perRisk } of terms) {
    sum += bins * ((perEvent + earlier) ** 2 + (perCensored + earlier) ** 2)
    earlier += perRisk
  }
  return sum + laterCells * earlier * earlier
}

/** Limits on the scale of log(-log S), which stay between 0 and 1. */
function survivalOf(logSurvival: number, variance: number): CurveStep['survival'] {
  const ratio = exp((Z_95 * Math.sqrt(variance)) / -logSurvival)
  return estimateOf(exp(logSurvival), exp(logSurvival * ratio), exp(logSurvival / ratio))
}
