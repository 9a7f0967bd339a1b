/**
 * How long it takes from one event to the next: Kaplan-Meier, with those who were not seen long enough as far as they were seen. A curve
 * is said where at least 11 events lie between two of its points and 11 persons are still there, so that no step is one person's. Pure.
 */
import { curveQuantile } from '../../stats/survival/confidence.ts'
import { kaplanMeier, type SurvivalCurve } from '../../stats/survival/kaplan-meier.ts'
import { cellOf, SMALL, type Cell, type Line } from './protect.ts'
import type { Watch } from './watch.ts'

export interface WaitPoint {
  readonly day: number
  /** Shares who had the event by that day, to hundredths; limits at 95 %. */
  readonly had: number
  readonly lower: number
  readonly upper: number
  /** Persons still waiting, to tens. */
  readonly waiting: number
}

export interface WaitQuantile {
  readonly days: number
  readonly lower: number | null
  readonly upper: number | null
}

export interface WaitTable {
  /** Persons with the first event, and those without, who are in nothing else here. */
  readonly persons: Cell
  readonly without: Cell
  readonly events: Cell
  /** Waited until death, or until nobody looked any more. */
  readonly died: Cell
  readonly unseen: Cell
  /** The first event was on the last day of the watch. */
  readonly atEnd: Cell
  /** Null where fewer than 11 events lie at or before it, or fewer than 11 persons still wait. */
  readonly quartiles: { readonly [Share in 'q1' | 'median' | 'q3']: WaitQuantile | null }
  readonly points: readonly WaitPoint[]
  readonly lines: readonly Line[]
}

export interface WaitBuilder {
  /** `from`: days of the first class in order, null where waiting begins on the index day. */
  add(from: readonly number[] | null, to: readonly number[], watch: Watch): void
  finish(total: Cell): WaitTable
}

const LEVEL = 0.95

export function createWaits(): WaitBuilder {
  const stop: number[] = []
  const event: number[] = []
  const count = { persons: 0, without: 0, died: 0, unseen: 0, atEnd: 0 }
  return {
    add(from, to, watch) {
      const start = from === null ? watch.from : from.find((day) => day >= watch.from && day <= watch.to)
      if (start === undefined) {
        count.without++
        return
      }
      count.persons++
      // Of two on one day nobody knows which came first: the next one is of a later day.
      const next = to.find((day) => day > start && day <= watch.to)
      if (next === undefined && watch.to === start) {
        count.atEnd++
        return
      }
      if (next === undefined) count[watch.isDeath ? 'died' : 'unseen']++
      stop.push((next ?? watch.to) - start)
      event.push(next === undefined ? 0 : 1)
    },
    finish(total) {
      const events = event.reduce((sum, each) => sum + each, 0)
      const cells = {
        persons: count.without === 0 ? total : cellOf(count.persons),
        without: cellOf(count.without),
        events: cellOf(events),
        died: cellOf(count.died),
        unseen: cellOf(count.unseen),
        atEnd: cellOf(count.atEnd),
      }
      const lines: Line[] = [
        { whole: cells.persons, parts: [cells.events, cells.died, cells.unseen, cells.atEnd] },
      ]
      if (cells.persons !== total) lines.push({ whole: total, parts: [cells.persons, cells.without] })
      const curve = stop.length < SMALL || events < SMALL ? null : curveOf(stop, event)
      return {
        ...cells,
        quartiles: {
          q1: quantileOf(curve, 0.25),
          median: quantileOf(curve, 0.5),
          q3: quantileOf(curve, 0.75),
        },
        points: curve === null ? [] : pointsOf(curve),
        lines,
      }
    },
  }
}

function curveOf(stop: readonly number[], event: readonly number[]): SurvivalCurve {
  const { curves } = kaplanMeier(
    { start: null, stop: Float64Array.from(stop), event: Uint8Array.from(event) },
    { confidence: 'log-log', level: LEVEL },
  )
  return curves[0]!
}

function quantileOf(curve: SurvivalCurve | null, share: number): WaitQuantile | null {
  if (curve === null) return null
  const { time, survival, lower, upper, events, atRisk } = curve
  const days = curveQuantile(time, survival, share)
  if (days !== days) return null
  let had = 0
  let waiting = 0
  for (let k = 0; k < time.length; k++) {
    if (time[k]! <= days) had += events[k]!
    if (time[k]! >= days) waiting = Math.max(waiting, atRisk[k]!)
  }
  if (had < SMALL || waiting < SMALL) return null
  const limit = (of: Float64Array): number | null => {
    const day = curveQuantile(time, of, share)
    return day === day ? Math.round(day) : null
  }
  // The lower limit of the curve reaches the share first.
  return { days: Math.round(days), lower: limit(lower), upper: limit(upper) }
}

function pointsOf({ time, atRisk, events, censored, survival, lower, upper }: SurvivalCurve): WaitPoint[] {
  const points: WaitPoint[] = []
  let since = 0
  for (let k = 0; k < time.length; k++) {
    since += events[k]!
    const left = atRisk[k]! - events[k]! - censored[k]!
    if (since < SMALL || left < SMALL) continue
    points.push({
      day: time[k]!,
      had: hundredths(1 - survival[k]!),
      lower: hundredths(1 - upper[k]!),
      upper: hundredths(1 - lower[k]!),
      waiting: 10 * Math.round(left / 10),
    })
    since = 0
  }
  return points
}

const hundredths = (share: number): number => Math.round(100 * share) / 100
