/**
 * The monitoring table that the product asks for: made from the insurer's own exposure file and its name on the chain, so that nobody chooses
 * whom to look at (docs/spec/pricing.md M12). Small groups go under one label by exposure alone. Pure.
 */
import {
  canonicalMonitor,
  monitorAxes,
  MONITOR_GROUPS_MAX,
  MONITOR_MONTHS_LEAST,
  MONITOR_MONTHS_MAX,
  monthsUpTo,
  type MonitorGroup,
  type MonitorOutput,
} from '../privacy/request/monitor-output.ts'
import { cellCountOf, CELLS_MAX } from '../privacy/request/release-request.ts'
import type { ExposureRow } from '../pricing/monitor/cells.ts'
import { GROUP_LIVES_LEAST, mergeGroups, OTHER } from '../pricing/monitor/merge-groups.ts'
import { ageBandsOf } from './age-bands.ts'

/** What of one patient's cost in the months counts: so many yearly premiums of a member, the pooling point of large losses. */
const PREMIUMS_MOST = 5
const COST_LEAST = 1_000
const COST_MOST = 100_000_000

export type MonitorPlan =
  | {
      readonly kind: 'plan'
      readonly output: MonitorOutput
      /** Groups under one label, and average lives of each label. */
      readonly merged: readonly string[]
      readonly lives: ReadonlyMap<string, number>
    }
  /** Not six months of exposure that the snapshot has; all groups together too small; age bands that no request can have; too many cells. */
  | { readonly kind: 'too-few-months'; readonly months: number }
  | { readonly kind: 'all-too-small' }
  | { readonly kind: 'unclear-bands'; readonly labels: readonly string[] }
  | { readonly kind: 'too-many-bands' }

/**
 * @param lastWhole `YYYY-MM`: the last month that is over in the snapshot
 * @param leastLives of a group with these age bands, below which the price's noise would withhold it for certain
 */
export function planMonitor(
  rows: readonly ExposureRow[],
  organisation: string,
  lastWhole: string,
  leastLives: (output: MonitorOutput) => number = () => GROUP_LIVES_LEAST,
): MonitorPlan {
  const known = [...new Set(rows.map(({ key }) => key.month))].filter((month) => month <= lastWhole).sort()
  const lastMonth = known.at(-1)
  if (lastMonth === undefined) return { kind: 'too-few-months', months: 0 }
  const isKnown = new Set(known)
  const back = monthsUpTo(lastMonth, MONITOR_MONTHS_MAX).toReversed()
  const gap = back.findIndex((month) => !isKnown.has(month))
  const months = gap < 0 ? MONITOR_MONTHS_MAX : gap
  if (months < MONITOR_MONTHS_LEAST) return { kind: 'too-few-months', months }
  const window = new Set(back.slice(0, months))
  const inWindow = rows.filter(({ key }) => window.has(key.month))
  const bands = ageBandsOf([...new Set(inWindow.map(({ key }) => key.ageBand))])
  if (bands.kind === 'unclear') return { kind: 'unclear-bands', labels: bands.labels }
  const costMost = costMostOf(inWindow)
  const tableOf = (groups: readonly MonitorGroup[]): MonitorOutput =>
    canonicalMonitor({
      kind: 'monitor',
      organisation,
      groups,
      ageEdges: bands.edges,
      lastMonth,
      months,
      costMost,
    })
  const any = tableOf([{ label: OTHER, codes: [OTHER] }])
  const merge = mergeGroups(inWindow, Math.max(GROUP_LIVES_LEAST, leastLives(any)))
  if (merge.isAllHidden) return { kind: 'all-too-small' }
  const most = groupsThatFit(bands.edges)
  if (most < 1) return { kind: 'too-many-bands' }
  const bySize = merge.shown
    .filter((name) => name !== OTHER)
    .toSorted((a, b) => merge.lives.get(b)! - merge.lives.get(a)! || (a < b ? -1 : 1))
  // One place is kept for the rest, where there is any.
  const isWhole = merge.merged.length === 0 && merge.shown.length === bySize.length && bySize.length <= most
  const shown = isWhole ? bySize : bySize.slice(0, most - 1)
  const rest = [...merge.lives.keys()].filter((name) => !shown.includes(name)).sort()
  const groups: MonitorGroup[] = [
    ...shown.map((name) => ({ label: name, codes: [name] })),
    ...(rest.length === 0 ? [] : [{ label: OTHER, codes: rest }]),
  ]
  const output = tableOf(groups)
  return { kind: 'plan', output, merged: rest, lives: livesOf(inWindow, output, months) }
}

/** By the file alone, so that no claim decides: 1, 2 or 5 times a power of ten. */
function costMostOf(rows: readonly ExposureRow[]): number {
  let premium = 0
  let years = 0
  for (const { memberMonths, premiumMinor } of rows) {
    premium += premiumMinor
    years += memberMonths / 12
  }
  const wished = years > 0 ? (PREMIUMS_MOST * premium) / years : COST_LEAST
  let most = COST_LEAST
  for (let power = COST_LEAST; power < COST_MOST; power *= 10)
    for (const step of [1, 2, 5]) if (step * power <= wished) most = step * power
  return most
}

/** Average lives of each label over the months of the table. */
export function livesOf(
  rows: readonly ExposureRow[],
  { groups, lastMonth, months: count }: Pick<MonitorOutput, 'groups' | 'lastMonth' | 'months'>,
  months: number = count,
): ReadonlyMap<string, number> {
  const window = new Set(monthsUpTo(lastMonth, months))
  const labelOf = new Map(groups.flatMap(({ label, codes }) => codes.map((code) => [code, label])))
  const lives = new Map<string, number>()
  for (const { key, memberMonths } of rows) {
    const label = labelOf.get(key.group)
    if (label !== undefined && window.has(key.month))
      lives.set(label, (lives.get(label) ?? 0) + memberMonths / months)
  }
  return lives
}

function groupsThatFit(ageEdges: readonly number[]): number {
  const cells = (count: number): number => {
    const { group, age, sex } = monitorAxes({
      kind: 'monitor',
      organisation: '-',
      groups: Array.from({ length: count }, (_, i) => ({ label: String(i), codes: [String(i)] })),
      ageEdges,
      lastMonth: '2000-01',
      months: MONITOR_MONTHS_MAX,
      costMost: COST_LEAST,
    })
    return cellCountOf([group, age, sex])
  }
  let most = 0
  while (most < MONITOR_GROUPS_MAX && cells(most + 1) <= CELLS_MAX) most++
  return most
}
