/** Which levels of which variables a model has, and which columns a cell of the table is in. */
import { levelCount, type Axis } from '../request/axis.ts'

export type Design = {
  /** For each axis its levels that are shown, the first of them the one that others are held against. */
  readonly levels: readonly (readonly number[])[]
  readonly columnCount: number
  /** Of the joint cell's levels: the columns that are 1, or null where a level is not in the model. */
  columnsOf(levels: readonly number[]): readonly number[] | null
  /** Variable and level of each column, from `first` on. */
  readonly effects: readonly { readonly axis: number; readonly level: number; readonly column: number }[]
}

/** `isShown` says of a level of an axis whether it has enough; what is not known never is in a model. */
export function designOf(
  axes: readonly Axis[],
  first: number,
  isShown: (axis: number, level: number) => boolean,
): Design | null {
  const levels = axes.map((each, axis) =>
    Array.from({ length: levelCount(each) - 1 }, (_, level) => level).filter((level) => isShown(axis, level)),
  )
  if (levels.some((shown) => shown.length === 0)) return null
  const effects: { axis: number; level: number; column: number }[] = []
  for (const [axis, shown] of levels.entries())
    for (const level of shown.slice(1)) effects.push({ axis, level, column: first + effects.length })
  if (effects.length === 0) return null
  const columns = new Map(effects.map(({ axis, level, column }) => [`${axis}/${level}`, column]))
  return {
    levels,
    columnCount: first + effects.length,
    effects,
    columnsOf: (cellLevels) => {
      if (cellLevels.some((level, axis) => !levels[axis]!.includes(level))) return null
      return cellLevels.flatMap((level, axis) => columns.get(`${axis}/${level}`) ?? [])
    },
  }
}

/** The levels of a joint cell, the last axis running fastest. */
export function levelsOfCell(axes: readonly Axis[], cell: number): readonly number[] {
  const levels: number[] = []
  let rest = cell
  for (const axis of [...axes].reverse()) {
    const count = levelCount(axis)
    levels.unshift(rest % count)
    rest = (rest - (rest % count)) / count
  }
  return levels
}
