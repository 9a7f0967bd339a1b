/** Pieces of which the bytes of several kinds of output are made (docs/spec/privacy.md Q1); null for what is no such piece. */
import type { Cbor } from '../../node/chain/codec.ts'
import { asArray, asList } from '../../node/chain/ids.ts'
import { CELLS_MAX, EDGES_MAX, type Axis } from './axis.ts'
import type { Counted } from './counted.ts'
import type { Bounded } from './shares.ts'

export const axisToCbor = ({ variable, edges }: Axis): Cbor => [variable, edges]
export const boundedToCbor = ({ variable, most }: Bounded): Cbor => [variable, most]
export const countedToCbor = (counted: Counted): Cbor =>
  counted.unit === 'patients' ? null : [counted.cellsMost, counted.perCellMost]

export function axisFromCbor(value: Cbor | undefined): Axis | null {
  const slots = asArray(value, 2)
  const edges = integersFromCbor(slots?.[1])
  const variable = slots?.[0]
  return edges === null || typeof variable !== 'string' ? null : { variable, edges }
}

export function axesFromCbor(value: Cbor | undefined): readonly Axis[] | null {
  const axes = asList(value, CELLS_MAX)?.map(axisFromCbor) ?? null
  return axes !== null && axes.every((axis) => axis !== null) ? axes : null
}

export function boundedFromCbor(value: Cbor | undefined): Bounded | null {
  const [variable, most] = asArray(value, 2) ?? []
  return typeof variable === 'string' && typeof most === 'number' ? { variable, most } : null
}

export function countedFromCbor(value: Cbor | undefined): Counted | null {
  if (value === null) return { unit: 'patients' }
  const [cellsMost, perCellMost] = asArray(value, 2) ?? []
  if (typeof cellsMost !== 'number' || typeof perCellMost !== 'number') return null
  return { unit: 'visits', cellsMost, perCellMost }
}

export function textsFromCbor(value: Cbor | undefined, most: number): readonly string[] | null {
  const list = asList(value, most)
  return list !== null && list.every((each) => typeof each === 'string') ? list : null
}

export function integersFromCbor(value: Cbor | undefined): readonly number[] | null {
  const list = asList(value, EDGES_MAX)
  return list !== null && list.every((each) => typeof each === 'number') ? list : null
}
