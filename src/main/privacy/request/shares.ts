/** Tables that several kinds of output make: people, and sums of what they add. */
import type { Axis } from './axis.ts'
import type { PartName, Share } from './part.ts'

/** What is added up, with what one patient adds to one cell at most. */
export type Bounded = { readonly variable: string; readonly most: number }

/** @param needs rows that lack one of them are passed over */
export function personsShare(
  weight: number,
  axes: readonly Axis[],
  needs: readonly string[] = [],
  cellsMost = 1,
): Share {
  return {
    weight,
    part: {
      name: 'count',
      axes,
      measure: { kind: 'one' },
      rows: cellsMost === 1 ? 'first' : 'all',
      needs,
      cellsMost,
      perCellMost: 1n,
    },
  }
}

export function sumShare(
  name: PartName,
  weight: number,
  axes: readonly Axis[],
  { variable, most }: Bounded,
  needs: readonly string[],
  cellsMost: number,
): Share {
  return {
    weight,
    part: {
      name,
      axes,
      measure: { kind: 'sum', variable, most },
      rows: 'all',
      needs,
      cellsMost,
      perCellMost: BigInt(most),
    },
  }
}
