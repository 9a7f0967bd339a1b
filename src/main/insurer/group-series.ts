/**
 * Recorded monitoring tables of one insurer side by side (docs/spec/pricing.md M23): each label through time, as the page of each table has it. Nothing is
 * asked and nothing is computed anew. Pure.
 */
import type {
  MonitorGroupView,
  MonitorSeries,
  MonitorSource,
  MonitorView,
  SeriesPoint,
} from '../../shared/contract/monitor.ts'
import { monthsUpTo } from '../privacy/request/monitor-output.ts'
import type { GroupRisk } from './group-risk.ts'

/** One table with what it says beside a file. */
export interface SaidTable {
  readonly source: MonitorSource
  readonly mismatch: MonitorView['mismatch']
  readonly isWithheld: boolean
  readonly risk: GroupRisk
}

export type GroupSeries = Pick<MonitorSeries, 'tables' | 'groups' | 'plans'>

/** In order of time: by the last month, then by the snapshot, then by the answer, and the same whatever order they come in. */
export function inOrderOfTime<T extends { readonly source: MonitorSource }>(tables: readonly T[]): T[] {
  const keyOf = ({ source }: T): readonly number[] => [source.snapshotHeight ?? 0, source.answeredAt ?? 0]
  return tables.toSorted((a, b) => {
    if (a.source.lastMonth !== b.source.lastMonth) return a.source.lastMonth < b.source.lastMonth ? -1 : 1
    const [ofA, ofB] = [keyOf(a), keyOf(b)]
    return ofA[0]! - ofB[0]! || ofA[1]! - ofB[1]! || (a.source.studyHash < b.source.studyHash ? -1 : 1)
  })
}

/** @param tables in order of time */
export function groupSeries(tables: readonly SaidTable[]): GroupSeries {
  const groups = tables.map(({ risk }) => [risk.portfolio, ...risk.groups])
  const plans = tables.map(({ risk }) => risk.plans?.groups ?? [])
  return {
    tables: tables.map(({ source, mismatch, isWithheld }, i) => ({
      source,
      mismatch,
      isWithheld,
      sharedMonths: i === 0 ? 0 : sharedMonths(tables[i - 1]!.source, source),
    })),
    groups: rowsOf(groups),
    plans: rowsOf(plans),
  }
}

type Period = Pick<MonitorSource, 'lastMonth' | 'months'>

export function sharedMonths(a: Period, b: Period): number {
  const ofA = new Set(monthsUpTo(a.lastMonth, a.months))
  return monthsUpTo(b.lastMonth, b.months).filter((month) => ofA.has(month)).length
}

/** Labels in the order in which the newest table has them, then those that only older ones have. */
function rowsOf(tables: readonly (readonly MonitorGroupView[])[]): GroupSeries['groups'] {
  const labels = new Set(tables.toReversed().flatMap((groups) => groups.map(({ label }) => label)))
  return [...labels].map((label) => {
    let before: string | null = null
    const points = tables.map((groups): SeriesPoint | null => {
      const found = groups.find((each) => each.label === label)
      if (found === undefined) return null
      const codes = JSON.stringify(found.codes.toSorted())
      const hasOtherGroups = before !== null && before !== codes
      before = codes
      return pointOf(found, hasOtherGroups)
    })
    return { label, points }
  })
}

function pointOf(found: MonitorGroupView, hasOtherGroups: boolean): SeriesPoint {
  const { lives, exposure, claims, severity, purePremium, lossRatio, prevalence, caseMix, actualToExpected } =
    found
  return {
    lives,
    exposure,
    claims,
    severity,
    purePremium,
    lossRatio,
    prevalence,
    caseMix,
    actualToExpected,
    hasOtherGroups,
  }
}
