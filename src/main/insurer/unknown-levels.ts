/**
 * What a released monitoring table says of levels that are not known, which the page of one table leaves out: nothing of the insurer's file stands beside
 * them. Cells are named by the labels of the request, so that those of two tables can be told from each other. Pure.
 */
import { levelCount, type Axis } from '../privacy/request/axis.ts'
import type { MonitorOutput } from '../privacy/request/monitor-output.ts'
import { varianceOf, type PartName } from '../privacy/request/part.ts'
import { planOf } from '../privacy/request/plan.ts'
import { levelsOf } from './monitor-tables.ts'

export const UNKNOWN_OF = ['group', 'plan', 'age', 'sex', 'charlson', 'delay'] as const
export type UnknownOf = (typeof UNKNOWN_OF)[number]

/** Which table has the axis, with persons in its cells (of a delay: claims). */
const PLACE: Readonly<Record<UnknownOf, { readonly part: PartName; readonly variable: string }>> = {
  group: { part: 'count', variable: 'watched-group' },
  plan: { part: 'plan-count', variable: 'watched-plan' },
  age: { part: 'count', variable: 'age-years' },
  sex: { part: 'count', variable: 'sex' },
  charlson: { part: 'charlson', variable: 'charlson' },
  // Of a delay the last level is also what came later than the last of them.
  delay: { part: 'reporting', variable: 'watched-delay' },
}

export interface LevelCells {
  /** By its levels: numbers of the cells that are shown. */
  readonly shown: ReadonlyMap<string, { readonly value: number; readonly isUnknown: boolean }>
  /** σ² of each. */
  readonly variance: number
}

/** Null where the request has no such table. */
export function levelCells(
  of: UnknownOf,
  output: MonitorOutput,
  microRho: number,
  released: readonly (readonly (number | null)[])[],
): LevelCells | null {
  const { part: name, variable } = PLACE[of]
  const parts = planOf({ output, microRho })
  const at = parts.findIndex((part) => part.name === name)
  const part = parts[at]
  const cells = released[at]
  if (part === undefined || cells === undefined) return null
  const along = part.axes.findIndex((axis) => axis.variable === variable)
  if (along < 0) return null
  const sizes = part.axes.map(levelCount)
  const shown = new Map<string, { value: number; isUnknown: boolean }>()
  cells.forEach((value, i) => {
    if (value === null) return
    const levels = levelsOf(i, sizes)
    const isUnknown = levels[along] === sizes[along]! - 1
    shown.set(JSON.stringify(part.axes.map((axis, a) => levelName(axis, levels[a]!))), { value, isUnknown })
  })
  const { numerator, denominator } = varianceOf(part)
  return { shown, variance: Number(numerator) / Number(denominator) }
}

/** The request's own word for a level where it has one; ages by where they begin, delays and months by their place. */
function levelName({ variable, edges, labels }: Axis, level: number): string {
  if (variable === 'watched-month') return String(level)
  if (labels !== undefined) return labels[level] ?? 'unknown'
  if (edges.length > 0) return level > edges.length ? 'unknown' : String(edges[level - 1] ?? 0)
  return String(level)
}
