/** Groups in order of what their own claims and costs are worth: ratios drawn towards all groups by credibility (docs/spec/pricing.md M20). Pure. */
import type { MonitorGroupView, MonitorUnits } from '../../shared/contract/monitor.ts'
import { sumCells, type WatchedTable } from '../pricing/monitor/cells.ts'
import { maturityOf, type ReportingTriangle } from '../pricing/monitor/reporting-triangle.ts'
import { type MeasuredRatio, shrinkToMiddle, shrinkToOne } from '../pricing/monitor/shrinkage.ts'
import type { LevelSpread } from './risk-spread.ts'

interface Ranked {
  readonly groups: readonly MonitorGroupView[]
  readonly claims: WatchedTable
  readonly cost: WatchedTable
  readonly triangle: ReportingTriangle | null
  readonly spread: LevelSpread
  /** Coefficient of variation of one claim's amount. */
  readonly amountVariation: number
}

export function shrunkView({ groups, spread, ...of }: Ranked): MonitorUnits['shrunk'] {
  const ratios = shrinkToOne(groups.flatMap((group) => ratioOf(group, spread)))
  const losses = shrinkToMiddle(lossRatiosOf({ groups, spread, ...of }))
  return {
    ratios: ratios.groups.map((each) => ({ ...each })),
    lossRatios: losses.groups.map((each) => ({ ...each })),
    lossMiddle: losses.groups.length > 0 ? losses.middle : null,
  }
}

function ratioOf(
  { label, actualToExpected, months }: MonitorGroupView,
  spread: LevelSpread,
): MeasuredRatio[] {
  if (label === null || actualToExpected === null) return []
  const { ratio, expected, noise } = actualToExpected
  const { dispersion, relativeError } = spread.of(months)
  const variance = (dispersion * expected + noise) / (expected * expected) + relativeError * relativeError
  return [{ label, ratio, weight: expected, variance }]
}

/**
 * One period alone: the chance of a group's costs is that of the costs it would have at the ratio of all, since a group that was lucky would seem surer otherwise.
 * Claims that come together are in it.
 */
function lossRatiosOf(input: Ranked): MeasuredRatio[] {
  const { groups, claims, cost, triangle, spread, amountVariation } = input
  const measured = groups.flatMap((group) => {
    const { label, months } = group
    const sum = sumCells(cost, ({ key }) => key.group === label)
    if (label === null || sum.cells === 0 || sum.premium === null || !(sum.premium > 0)) return []
    const premium = sum.premium * maturityOf(months, triangle).completion
    return [{ label, cost: sum.value, noise: sum.noise, premium, error: spread.of(months).relativeError }]
  })
  const total = (of: (group: (typeof measured)[number]) => number) =>
    measured.reduce((sum, each) => sum + of(each), 0)
  const [whole, premiums] = [total((each) => each.cost), total(({ premium }) => premium)]
  const counted = sumCells(claims, ({ key }) => measured.some(({ label }) => label === key.group)).value
  // Noise alone has no ratio.
  if (!(whole > 0) || !(counted > 0)) return []
  const [middle, severity] = [whole / premiums, whole / counted]
  const ofAmount = severity * (spread.dispersion + amountVariation * amountVariation)
  return measured.map(({ label, cost: own, noise, premium, error }) => ({
    label,
    ratio: own / premium,
    weight: premium,
    variance: (middle * premium * ofAmount + noise) / (premium * premium) + (middle * error) ** 2,
  }))
}
