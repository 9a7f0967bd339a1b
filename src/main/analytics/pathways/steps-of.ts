/** The steps of one person: on which days which classes of events happened, one after the other. Pure. */
import type { PathwaysDefinition } from '../../../shared/domain/pathways.ts'
import type { Watch } from './watch.ts'

export interface Step {
  readonly day: number
  /** Classes of that day as bits: what happens on one day has no order. */
  readonly classes: number
}

/** `days`: of each class, in order, each once. No more than `stepsMost` steps. */
export function stepsOf(
  days: readonly (readonly number[])[],
  { from, to }: Watch,
  { which, collapseDays, stepsMost }: PathwaysDefinition['sequence'],
): Step[] {
  const byDay = new Map<number, number>()
  for (const [place, all] of days.entries()) {
    let before: number | null = null
    for (const day of all) {
      if (day < from || day > to) continue
      const isFirst = before === null
      // A chain of repeats is one occurrence, however long it gets.
      const isRepeat = before !== null && day - before <= collapseDays
      before = day
      if (isRepeat || (which === 'first' && !isFirst)) continue
      byDay.set(day, (byDay.get(day) ?? 0) | (1 << place))
    }
  }
  return [...byDay]
    .sort(([a], [b]) => a - b)
    .slice(0, stepsMost)
    .map(([day, classes]) => ({ day, classes }))
}
