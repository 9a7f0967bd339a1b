/** How a result of the cohort's persons changes: in each bin of the clock the last value of each person, and how they are spread. Pure. */
import { ageInYears, civilOfDay } from '../../../shared/domain/dates.ts'
import { binCountOf, type TrajectoryClock } from '../../../shared/domain/pathways.ts'
import { unreachable } from '../../../shared/std/unreachable.ts'
import type { KnownResult } from '../persons/event-days.ts'
import { cellOf, type Cell, type Line } from './protect.ts'
import { spreadOf, threeDigits, type Spread } from './spread.ts'

export interface TrajectoryBin {
  /** First and last unit of the clock in it: days, years, or months as year * 12 + month − 1. */
  readonly from: number
  readonly to: number
  readonly persons: Cell
  /** In the test's own unit; null of fewer than 11 persons. */
  readonly values: Spread | null
}

export interface TrajectoryTable {
  readonly bins: readonly TrajectoryBin[]
  /** Persons with a value in any bin. */
  readonly persons: Cell
  readonly lines: readonly Line[]
}

export interface TrajectoryBuilder {
  /** `results` in order of days; of one day in the order of the chain. */
  add(results: readonly KnownResult[], index: number, birth: number | null): void
  finish(total: Cell): TrajectoryTable
}

export function createTrajectories(clock: TrajectoryClock): TrajectoryBuilder {
  const bins = Array.from({ length: binCountOf(clock) }, (): number[] => [])
  let persons = 0
  let all = 0
  return {
    add(results, index, birth) {
      all++
      const last = new Map<number, number>()
      for (const { day, value } of results) {
        const bin = binOf(clock, day, index, birth)
        if (bin !== null) last.set(bin, value)
      }
      if (last.size > 0) persons++
      for (const [bin, value] of last) bins[bin]!.push(value)
    },
    finish(total) {
      const lines: Line[] = []
      // Whoever has no value stands nowhere, and is known by subtraction.
      const among = (count: number): Cell => {
        const cell = cellOf(count)
        lines.push({ whole: total, parts: [cell, cellOf(all - count, 'unseen')] })
        return cell
      }
      return {
        bins: bins.map((values, bin) => ({
          ...edgesOf(clock, bin),
          persons: among(values.length),
          values: spreadOf(values, threeDigits),
        })),
        persons: among(persons),
        lines,
      }
    },
  }
}

/** Null outside of the clock. */
function binOf(clock: TrajectoryClock, day: number, index: number, birth: number | null): number | null {
  const at = unitOf(clock, day, index, birth)
  if (at === null) return null
  const first = clock.kind === 'calendar' ? 12 * clock.from : clock.from
  const last = clock.kind === 'calendar' ? 12 * clock.to + 11 : clock.to
  return at < first || at > last ? null : Math.floor((at - first) / clock.each)
}

function unitOf({ kind }: TrajectoryClock, day: number, index: number, birth: number | null): number | null {
  switch (kind) {
    case 'index':
      return day - index
    case 'age':
      return birth === null || day < birth ? null : ageInYears(birth, day)
    case 'calendar': {
      const { year, month } = civilOfDay(day)
      return 12 * year + month - 1
    }
    default:
      return unreachable(kind)
  }
}

function edgesOf(clock: TrajectoryClock, bin: number): { from: number; to: number } {
  const { kind, each } = clock
  const first = kind === 'calendar' ? 12 * clock.from : clock.from
  const last = kind === 'calendar' ? 12 * clock.to + 11 : clock.to
  const from = first + bin * each
  return { from, to: Math.min(last, from + each - 1) }
}
