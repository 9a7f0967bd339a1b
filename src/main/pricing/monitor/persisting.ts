/**
 * A group that stays above what is expected of it table after table (docs/spec/pricing.md M24, I11): A/E above 1.1 in three tables one after another, and
 * more than chance and noise explain over all their months, each of which counts once. Pure.
 */
import { normalQuantile } from '../../stats/det/distributions.ts'
import { orthant } from './orthant.ts'
import type { RatioBand } from './ratio.ts'
import { PERSISTING_TABLES } from '../../../shared/domain/group-alert.ts'
import { monthIndex } from './reporting-triangle.ts'
import { ratioWithSpread } from './spread.ts'

/** A/E above it in every table. */
export const PERSISTING_RATIO = 1.1
/** Of the limits over all months. */
const LEVEL = 0.95

/** What one table says of one label; its months are those of which claims are shown and something is expected. */
export interface WatchedEpoch {
  /** `YYYY-MM`: later than that of the table before it. */
  readonly lastMonth: string
  /** Null where it cannot be read. */
  readonly ratio: number | null
  /** Stands for other groups than in the table before. */
  readonly isAnother: boolean
  readonly months: readonly EpochMonth[]
}
export interface EpochMonth {
  readonly month: string
  readonly observed: number
  readonly expected: number
  /** Variance of the noise in `observed`. */
  readonly noise: number
  /** Variance of a count over its mean, at least 1 (M16). */
  readonly dispersion: number
}

export interface Persisting {
  /** Places of the first and the last table of the run. */
  readonly from: number
  readonly to: number
  readonly since: string
  readonly month: string
  /** Over all months of the run, each as the newest table has it. */
  readonly total: RatioBand & { readonly observed: number; readonly expected: number; readonly noise: number }
  readonly falseAlarmsPerYear: number
}

/** Runs of three tables and more, oldest first. */
export function persistingRuns(epochs: readonly WatchedEpoch[]): Persisting[] {
  const found: Persisting[] = []
  let from = 0
  for (let at = 0; at <= epochs.length; at++) {
    const goesOn = at < epochs.length && isAbove(epochs[at]!) && (at === from || !epochs[at]!.isAnother)
    if (goesOn) continue
    if (at - from >= PERSISTING_TABLES) {
      const run = epochs.slice(from, at)
      const months = eachOnce(run)
      const total = totalOf(months)
      if (total !== null && total.lower > 1)
        found.push({
          from,
          to: at - 1,
          since: months[0]!.month,
          month: run.at(-1)!.lastMonth,
          total,
          falseAlarmsPerYear: falseAlarmsPerYear(run),
        })
    }
    // A label of other groups begins anew with this very table.
    from = at < epochs.length && isAbove(epochs[at]!) ? at : at + 1
  }
  return found
}

const isAbove = ({ ratio }: WatchedEpoch): boolean => ratio !== null && ratio > PERSISTING_RATIO

interface PlacedMonth extends EpochMonth {
  /** Of which table of the run. */
  readonly epoch: number
}

/** Tables overlap, and what both have is no second witness: a month counts as the newest table has it. */
function eachOnce(run: readonly Pick<WatchedEpoch, 'months'>[]): PlacedMonth[] {
  const months = new Map<string, PlacedMonth>()
  run.forEach(({ months: own }, epoch) => {
    for (const each of own) months.set(each.month, { ...each, epoch })
  })
  return [...months.values()].sort((a, b) => (a.month < b.month ? -1 : 1))
}

function totalOf(months: readonly EpochMonth[]): Persisting['total'] | null {
  const sum = (of: (month: EpochMonth) => number) => months.reduce((total, each) => total + of(each), 0)
  const count = {
    observed: sum(({ observed }) => observed),
    expected: sum(({ expected }) => expected),
    noise: sum(({ noise }) => noise),
  }
  if (!(count.expected > 0)) return null
  const observed = count.noise > 0 ? count.observed : Math.max(0, count.observed)
  const dispersion = sum((each) => each.expected * each.dispersion) / count.expected
  return { ...count, ...ratioWithSpread({ ...count, observed }, { dispersion, relativeError: 0 }, LEVEL) }
}

/**
 * Alarms of this rule in a year if the label never differed: the chance that its newest three tables meet the rule by counts as far apart as claims that
 * come together make them (M16), taken as normal, and noise; times the tables a year. Counts of a month that two tables have are one and the same, so overlapping tables go together; their noise does not. An
 * alarm that goes on is counted with every table, so it is rather too many.
 */
export function falseAlarmsPerYear(epochs: readonly Pick<WatchedEpoch, 'lastMonth' | 'months'>[]): number {
  const run = epochs.slice(-PERSISTING_TABLES)
  if (run.length < PERSISTING_TABLES) return 0
  const apart = (monthIndex(run.at(-1)!.lastMonth) - monthIndex(run[0]!.lastMonth)) / (run.length - 1)
  if (!(apart > 0)) return 0
  return (12 / apart) * falseAlarmChance(run)
}

/** Of the last three tables together, without any difference. */
export function falseAlarmChance(run: readonly Pick<WatchedEpoch, 'months'>[]): number {
  const total = eachOnce(run)
  // Sums over months with what chance and noise of each they hold: those of the tables, and the one over all months.
  const sums: readonly (readonly PlacedMonth[])[] = [
    ...run.map(({ months }, epoch) => months.map((each) => ({ ...each, epoch }))),
    total,
  ]
  if (sums.some((months) => !(months.reduce((sum, { expected }) => sum + expected, 0) > 0))) return 0
  const covariance = sums.map((a) => sums.map((b) => sharedVariance(a, b)))
  const reach = normalQuantile(1 - (1 - LEVEL) / 2)
  const thresholds = sums.map((months, i) => {
    const expected = months.reduce((sum, each) => sum + each.expected, 0)
    return i < run.length ? (PERSISTING_RATIO - 1) * expected : reach * Math.sqrt(covariance[i]![i]!)
  })
  return orthant(covariance, thresholds)
}

function sharedVariance(a: readonly PlacedMonth[], b: readonly PlacedMonth[]): number {
  const ofB = new Map(b.map((each) => [each.month, each]))
  return a.reduce((sum, each) => {
    const other = ofB.get(each.month)
    if (other === undefined) return sum
    const chance = Math.sqrt(each.expected * each.dispersion * other.expected * other.dispersion)
    return sum + chance + (each.epoch === other.epoch ? each.noise : 0)
  }, 0)
}
