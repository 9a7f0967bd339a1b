/**
 * Invented persons: where a researcher wants to see a way through time, and has no right to a real one. Each step, wait, age and value is
 * drawn from a table of the cohort as it is said, each from at least 11 persons; no record of anybody is an argument here, so none can be
 * copied. Pure: the same tables and seed give the same persons.
 */
import type { PathwaysDefinition, TrajectoryClock } from '../../../shared/domain/pathways.ts'
import { streamOf, type Stream } from '../../generator/random.ts'
import type { Spread } from './spread.ts'
import type { SaidCount, SaidPeople, SaidSequences, SaidTrajectory } from './traverse.ts'

export interface Exemplar {
  readonly number: number
  /** Null where no table says it. */
  readonly sex: string | null
  readonly age: number | null
  /** Days from the index day; `classes` null: one of the rarer kinds. */
  readonly steps: readonly { readonly day: number; readonly classes: number | null }[]
  /** `unsupported`: what comes next happened to fewer than 11 persons each, so nothing is invented. `steps`: as many as are asked for. */
  readonly end: { readonly kind: 'none' | 'death' | 'unsupported' | 'steps'; readonly day: number }
  readonly values: readonly { readonly day: number; readonly value: number }[]
}

interface Tables {
  readonly people: SaidPeople
  readonly sequences: SaidSequences
  readonly trajectory: SaidTrajectory | null
}

const DAYS_PER_YEAR = 365.25
/** Persons keep their place among others, more or less. */
const PLACE_JITTER = 0.1

export function sampleExemplars(
  tables: Tables,
  clock: TrajectoryClock | null,
  { count, seed }: PathwaysDefinition['exemplars'],
): Exemplar[] {
  return Array.from({ length: count }, (_, i) => {
    const number = i + 1
    const { sexes, ages } = tables.people
    const sex = drawn(sexes, streamOf(seed, number, 'sex'))?.sex ?? null
    const age = ages === null ? null : Math.round(within(ages, streamOf(seed, number, 'age').uniform()))
    const { steps, end } = wayOf(tables.sequences, streamOf(seed, number, 'way'))
    const values = valuesOf(tables.trajectory, clock, age, end.day, streamOf(seed, number, 'values'))
    return { number, sex, age, steps, end, values }
  })
}

function wayOf({ nodes, links }: SaidSequences, stream: Stream): Pick<Exemplar, 'steps' | 'end'> {
  const steps: { day: number; classes: number | null }[] = []
  let at: number | null = null
  let day = 0
  for (;;) {
    const next = links.filter(({ from }) => from === at)
    if (next.length === 0) return { steps, end: { kind: 'steps', day } }
    const link = drawn(
      next.filter(({ days }) => days !== null),
      stream,
    )
    if (link === null) return { steps, end: { kind: 'unsupported', day } }
    // Two steps are two days, also where both quartiles round to the same.
    day += Math.max(at === null ? 0 : 1, Math.round(within(link.days!, stream.uniform())))
    const { what } = nodes[link.to]!
    if (what.kind === 'none' || what.kind === 'death') return { steps, end: { kind: what.kind, day } }
    steps.push({ day, classes: what.kind === 'classes' ? what.classes : null })
    at = link.to
  }
}

function valuesOf(
  trajectory: SaidTrajectory | null,
  clock: TrajectoryClock | null,
  age: number | null,
  lastDay: number,
  stream: Stream,
): Exemplar['values'] {
  // A calendar year is no place on an invented person's time.
  if (trajectory === null || clock === null || clock.kind === 'calendar') return []
  const place = stream.uniform()
  return trajectory.bins.flatMap(({ from, to, values }) => {
    if (values === null) return []
    const shift = PLACE_JITTER * (2 * stream.uniform() - 1)
    const middle = (from + to + (clock.kind === 'age' ? 1 : 0)) / 2
    if (clock.kind === 'age' && age === null) return []
    const day = Math.round(clock.kind === 'index' ? middle : (middle - age! - 0.5) * DAYS_PER_YEAR)
    if (day > lastDay) return []
    const share = Math.min(1, Math.max(0, place + shift))
    return [{ day, value: Number(within(values, share).toPrecision(3)) }]
  })
}

/** In proportion to counts that are said exactly, all of them 11 or more; null where none is. */
function drawn<T extends { readonly persons: SaidCount }>(rows: readonly T[], stream: Stream): T | null {
  const supported = rows.flatMap((row) =>
    row.persons.said === 'exact' && row.persons.count > 0 ? [{ row, count: row.persons.count }] : [],
  )
  if (supported.length === 0) return null
  return supported[stream.pick(supported.map(({ count }) => count))]!.row
}

/** A value between the outermost quantiles that are said, straight between one and the next. */
function within({ p10, q1, median, q3, p90 }: Spread, share: number): number {
  const knots: readonly (readonly [number, number])[] =
    p10 === null || p90 === null
      ? [
          [0, q1],
          [0.5, median],
          [1, q3],
        ]
      : [
          [0, p10],
          [0.1875, q1],
          [0.5, median],
          [0.8125, q3],
          [1, p90],
        ]
  const above = Math.max(
    1,
    knots.findIndex(([at]) => at >= share),
  )
  const [lowAt, low] = knots[above - 1]!
  const [highAt, high] = knots[above]!
  return low + ((share - lowAt) / (highAt - lowAt)) * (high - low)
}
