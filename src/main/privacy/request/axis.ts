/** A variable cut into levels, and the cells of a table of several (docs/spec/privacy.md section 3). */
import { variableOf } from './dictionary.ts'

/**
 * A variable cut into levels; `edges` are the lower ends of the second and later bins, and empty for labels. `labels`: of a variable whose
 * levels the request itself names.
 */
export type Axis = {
  readonly variable: string
  readonly edges: readonly number[]
  readonly labels?: readonly string[]
}

/** Of one table. */
export const CELLS_MAX = 500
/** Of one axis. */
export const EDGES_MAX = 100

/** Levels of an axis; the last one is "not known". */
export function levelCount({ variable, edges, labels }: Axis): number {
  if (labels !== undefined) return labels.length + 1
  const entry = variableOf(variable)
  return (entry?.kind === 'label' ? entry.levels.length : edges.length + 1) + 1
}

export function cellCountOf(axes: readonly Axis[]): number {
  return axes.reduce((product, axis) => product * levelCount(axis), 1)
}

/** By the names of the variables: a request names them in one order. */
export function inOrder(axes: readonly Axis[]): readonly Axis[] {
  return [...axes].sort((a, b) => (a.variable < b.variable ? -1 : a.variable > b.variable ? 1 : 0))
}

/** Until when somebody was followed, and whether the event ended it. */
export function timeAxes(edges: readonly number[]): readonly Axis[] {
  return [
    { variable: 'follow-up-days', edges },
    { variable: 'follow-up-event', edges: [] },
  ]
}
