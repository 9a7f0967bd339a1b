/** The tables that a request makes: what is counted in one, how much one patient can move it, and how much noise it gets (docs/spec/privacy.md Q3). */
import { rational, type Rational } from '../noise/rational.ts'
import type { Axis } from './axis.ts'

/** What a row adds to its cell. */
export type Measure =
  | { readonly kind: 'one' }
  | { readonly kind: 'sum'; readonly variable: string; readonly most: number }
  /** Twice the distance from the middle of the range, so that it is whole: half the noise of a plain sum. */
  | { readonly kind: 'centred'; readonly variable: string; readonly least: number; readonly greatest: number }
  | {
      readonly kind: 'centred-square'
      readonly variable: string
      readonly least: number
      readonly greatest: number
    }

export type PartName =
  | 'count'
  | 'visits'
  | 'sum'
  | 'squares'
  | 'exposure'
  | 'claims'
  | 'cost'
  | 'charlson'
  | 'conditions'
  | 'patients-by-month'
  | 'claims-by-month'
  | 'reporting'
  | 'expected'
  | 'market-persons'
  | 'market-claims'
  | 'market-months'
  | 'market-claims-by-month'
  | 'plan-count'
  | 'plan-charlson'
  | 'plan-conditions'
  | 'plan-visits'
  | 'plan-claims'
  | 'plan-cost'
  | 'plan-patients-by-month'
  | 'plan-claims-by-month'
  | 'tested'
  | 'written'
  | 'cleaned'
  | 'units'
  | 'seen'
  | 'known'
  | 'reasons'
  | 'transitions'
  | 'waits'

/** One table of numbers that gets noise: a number for each cell of the axes. */
export type Part = {
  readonly name: PartName
  readonly axes: readonly Axis[]
  readonly measure: Measure
  /** Patients count with their first row, or with all of them; rows that lack one of `needs` are passed over. */
  readonly rows: 'first' | 'all'
  readonly needs: readonly string[]
  /** One patient touches at most so many cells (L0) … */
  readonly cellsMost: number
  /** … and moves each by at most so much (L-infinity). */
  readonly perCellMost: bigint
  readonly microRho: number
}

/** A table before it has its price: it gets so much of the request's as its weight is of all weights. */
export type Share = { readonly weight: number; readonly part: Omit<Part, 'microRho'> }

const MICRO = 1_000_000n

/** The square of the Euclidean distance by which one patient, added or taken away, moves the table. */
export function sensitivitySquared({ cellsMost, perCellMost }: Part): bigint {
  return BigInt(cellsMost) * perCellMost * perCellMost
}

/** σ² = D²/2ρ, as a fraction. */
export function varianceOf(part: Part): Rational {
  return rational(sensitivitySquared(part) * MICRO, 2n * BigInt(part.microRho))
}
