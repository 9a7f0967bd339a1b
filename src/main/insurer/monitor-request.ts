/**
 * The monitoring table that the product asks for: made from the insurer's own exposure file and its name on the chain, so that nobody chooses
 * whom to look at (docs/spec/pricing.md M12). Small groups and plans go under one label by exposure alone, and the smallest out of the table where their names
 * alone would make the request longer than gateways take. Pure.
 */
import {
  canonicalMonitor,
  isLabel,
  monitorAxes,
  MONITOR_CODES_MAX,
  MONITOR_GROUPS_MAX,
  MONITOR_MONTHS_LEAST,
  MONITOR_MONTHS_MAX,
  MONITOR_PLANS_MAX,
  monthsUpTo,
  PLAN_CELLS_MAX,
  planCellCount,
  type MonitorGroup,
  type MonitorOutput,
} from '../privacy/request/monitor-output.ts'
import { cellCountOf, CELLS_MAX } from '../privacy/request/axis.ts'
import { encodeRequest } from '../privacy/request/request-bytes.ts'
import { REQUEST_BYTES_MAX } from '../privacy/request/study-document.ts'
import type { ExposureRow } from '../pricing/monitor/cells.ts'
import { GROUP_LIVES_LEAST, mergeGroups, OTHER, type GroupMerge } from '../pricing/monitor/merge-groups.ts'
import type { WatchLevel } from '../../shared/domain/group-alert.ts'
import { utf8Encode } from '../../shared/std/bytes.ts'
import { ageBandsOf } from './age-bands.ts'

/** What of one patient's cost in the months counts: so many yearly premiums of a member, the pooling point of large losses. */
const PREMIUMS_MOST = 5
const COST_LEAST = 1_000
const COST_MOST = 100_000_000
/** Of a request's bytes, for names of plans: the rest is for groups, of which there are more. */
const PLAN_NAMES_BYTES_MAX = 4_096

export type MonitorPlan =
  | {
      readonly kind: 'plan'
      readonly output: MonitorOutput
      /** Groups under one label, and average lives of each label. */
      readonly merged: readonly string[]
      /** Groups whose names do not fit into a request: they are in no group's number, and with those that are in none in the whole's. */
      readonly leftOut: readonly string[]
      readonly leftOutLives: number
      readonly lives: ReadonlyMap<string, number>
      /** Of each label of a plan; empty without plans. And plans whose names do not fit. */
      readonly planLives: ReadonlyMap<string, number>
      readonly plansLeftOut: readonly string[]
    }
  /** Not six months of exposure that the snapshot has; all groups together too small; age bands that no request can have; too many cells. */
  | { readonly kind: 'too-few-months'; readonly months: number }
  | { readonly kind: 'all-too-small' }
  | { readonly kind: 'unclear-bands'; readonly labels: readonly string[] }
  | { readonly kind: 'too-many-bands' }

export interface MonitorPlanOptions {
  /** Of a group with these age bands, below which the price's noise would withhold it for certain. */
  readonly leastLives?: (output: MonitorOutput, of: WatchLevel) => number
  /** The consortium's insurers, for a benchmark; null: fewer than three. */
  readonly insurers?: readonly string[] | null
}

/** @param lastWhole `YYYY-MM`: the last month that is over in the snapshot */
export function planMonitor(
  rows: readonly ExposureRow[],
  organisation: string,
  lastWhole: string,
  { leastLives = () => GROUP_LIVES_LEAST, insurers = null }: MonitorPlanOptions = {},
): MonitorPlan {
  const window = monthsOf(rows, lastWhole)
  if (window.kind !== 'months') return window
  const { lastMonth, months } = window
  const names = new Set(monthsUpTo(lastMonth, months))
  const inWindow = rows.filter(({ key }) => names.has(key.month))
  const bands = ageBandsOf([...new Set(inWindow.map(({ key }) => key.ageBand))])
  if (bands.kind === 'unclear') return { kind: 'unclear-bands', labels: bands.labels }
  const costMost = costMostOf(inWindow)
  const tableOf = (groups: readonly MonitorGroup[], plans: readonly MonitorGroup[] | null): MonitorOutput =>
    canonicalMonitor({
      kind: 'monitor',
      organisation,
      groups,
      plans,
      ageEdges: bands.edges,
      lastMonth,
      months,
      costMost,
      insurers,
    })
  const any = [{ label: OTHER, codes: [OTHER] }]
  const leastOf = (plans: readonly MonitorGroup[] | null, of: WatchLevel): number =>
    Math.max(GROUP_LIVES_LEAST, leastLives(tableOf(any, plans), of))
  const plans = plansOf(
    inWindow,
    leastOf(any, 'plan'),
    (count) => planCellCount(tableOf(any, namesOf(count))) <= PLAN_CELLS_MAX,
  )
  const least = leastOf(plans, 'group')
  const merge = mergeGroups(inWindow, least)
  if (merge.isAllHidden) return { kind: 'all-too-small' }
  const most = groupsThatFit(bands.edges)
  if (most < 1) return { kind: 'too-many-bands' }
  const { own, all, isEnough } = candidatesOf(merge, least, most)
  const groups = groupsWithin(own, all, (made) => isWithinBytes(tableOf(made, plans)), isEnough)
  if (groups === null) return { kind: 'all-too-small' }
  const output = tableOf(groups, plans)
  const leftOut = namesNotIn(groups, inWindow)
  return {
    kind: 'plan',
    output,
    merged: groups.find(({ label, codes }) => label === OTHER && codes.length > 0)?.codes ?? [],
    leftOut,
    leftOutLives: leftOut.reduce((sum, name) => sum + merge.lives.get(name)!, 0),
    lives: livesOf(inWindow, output, months),
    planLives: plans === null ? new Map() : livesOf(byPlan(inWindow), { ...output, groups: plans }, months),
    plansLeftOut: plans === null ? [] : namesNotIn(plans, byPlan(inWindow)),
  }
}

/** The file with a row's plan in the place of its group: plans are watched as groups are. */
export const byPlan = (rows: readonly ExposureRow[]): ExposureRow[] =>
  rows.map((row) => ({ ...row, key: { ...row.key, group: row.key.plan } }))

/**
 * Plans as groups are named: small ones under one label, by exposure alone. Null where the file has one plan alone, or nothing stands beside what is
 * left: a plan without another is the portfolio.
 */
function plansOf(
  rows: readonly ExposureRow[],
  least: number,
  isWithinCells: (count: number) => boolean,
): readonly MonitorGroup[] | null {
  const merge = mergeGroups(byPlan(rows), least)
  let most = 0
  while (most < MONITOR_PLANS_MAX && isWithinCells(most + 1)) most++
  if (merge.lives.size < 2 || merge.isAllHidden || most < 2) return null
  const { own, all, isEnough } = candidatesOf(merge, least, most)
  const isCarried = (made: readonly MonitorGroup[]): boolean => {
    const names = made.flatMap(({ label, codes }) => [label, ...codes])
    return names.reduce((sum, name) => sum + utf8Encode(name).length + 2, 0) <= PLAN_NAMES_BYTES_MAX
  }
  const plans = groupsWithin(own, all, isCarried, isEnough)
  return plans === null || plans.length < 2 ? null : plans
}

/** Largest first: who may stand under its own name, one place being kept for the rest where there is any, and who can be named at all. */
function candidatesOf({ lives, shown }: GroupMerge, least: number, most: number) {
  const size = (name: string): number => lives.get(name)!
  const bySize = (a: string, b: string): number => size(b) - size(a) || (a < b ? -1 : 1)
  const named = shown.filter((name) => name !== OTHER && isLabel(name)).toSorted(bySize)
  const isWhole = named.length === lives.size && named.length <= most
  return {
    own: isWhole ? named : named.slice(0, most - 1),
    all: [...lives.keys()].filter(isLabel).toSorted(bySize),
    isEnough: (codes: readonly string[]) => codes.reduce((sum, name) => sum + size(name), 0) >= least,
  }
}

const namesOf = (count: number): readonly MonitorGroup[] =>
  Array.from({ length: count }, (_, i) => ({ label: String(i), codes: [String(i)] }))

function namesNotIn(groups: readonly MonitorGroup[], rows: readonly ExposureRow[]): string[] {
  const carried = new Set(groups.flatMap(({ codes }) => codes))
  return [...new Set(rows.map(({ key }) => key.group))].filter((name) => !carried.has(name)).sort()
}

type Months =
  | { readonly kind: 'months'; readonly lastMonth: string; readonly months: number }
  | Extract<MonitorPlan, { kind: 'too-few-months' }>

/** The newest months of the file without a gap, as many as a table has. */
function monthsOf(rows: readonly ExposureRow[], lastWhole: string): Months {
  const known = new Set(rows.map(({ key }) => key.month).filter((month) => month <= lastWhole))
  const lastMonth = [...known].sort().at(-1)
  if (lastMonth === undefined) return { kind: 'too-few-months', months: 0 }
  const gap = monthsUpTo(lastMonth, MONITOR_MONTHS_MAX)
    .toReversed()
    .findIndex((month) => !known.has(month))
  const months = gap < 0 ? MONITOR_MONTHS_MAX : gap
  return months < MONITOR_MONTHS_LEAST
    ? { kind: 'too-few-months', months }
    : { kind: 'months', lastMonth, months }
}

/**
 * Shown groups under their names and all others under one, as many of the largest as a request carries. Where what is left of the others is too small to be
 * shown, the next smallest joins them.
 * @param shown largest first
 * @param all that a request can name, largest first
 */
function groupsWithin(
  shown: readonly string[],
  all: readonly string[],
  isCarried: (groups: readonly MonitorGroup[]) => boolean,
  isEnough: (codes: readonly string[]) => boolean,
): readonly MonitorGroup[] | null {
  for (let count = shown.length; count >= 0; count--) {
    const own = shown.slice(0, count)
    const others = all.filter((name) => !own.includes(name))
    const made = (kept: number): readonly MonitorGroup[] => [
      ...own.map((name) => ({ label: name, codes: [name] })),
      ...(kept === 0 ? [] : [{ label: OTHER, codes: others.slice(0, kept).sort() }]),
    ]
    // How many of the others fit: a longer list is a longer request.
    let [fits, tooMany] = [0, others.length + 1]
    while (tooMany - fits > 1) {
      const middle = Math.floor((fits + tooMany) / 2)
      if (isCarried(made(middle))) fits = middle
      else tooMany = middle
    }
    if (others.length === 0 || isEnough(others.slice(0, fits))) return made(fits)
  }
  return null
}

/** As gateways take it; hashes and price are as long as any. */
function isWithinBytes(output: MonitorOutput): boolean {
  if (output.groups.reduce((sum, { codes }) => sum + codes.length, 0) > MONITOR_CODES_MAX) return false
  const hash = new Uint8Array(32)
  const request = {
    snapshot: hash,
    cohort: hash,
    cleaning: null,
    followUp: null,
    output,
    microRho: 1_000_000,
  }
  return encodeRequest(request).length <= REQUEST_BYTES_MAX
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
      groups: namesOf(count),
      plans: null,
      ageEdges,
      lastMonth: '2000-01',
      months: MONITOR_MONTHS_MAX,
      costMost: COST_LEAST,
      insurers: null,
    })
    return cellCountOf([group, age, sex])
  }
  let most = 0
  while (most < MONITOR_GROUPS_MAX && cells(most + 1) <= CELLS_MAX) most++
  return most
}
