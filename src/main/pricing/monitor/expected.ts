/** What a group would have if it were like the reference: indirect standardisation by age band and sex, or whatever axes are common (docs/spec/pricing.md M4). */
import { PricingFailure } from '../failure.ts'
import { type Axis, nameOf, type WatchedCell, type WatchedTable } from './cells.ts'
import { observedToExpected, type RatioBand } from './ratio.ts'

/** Rate per member-year of each stratum, and the error that the reference itself has. */
export interface ReferenceRates {
  readonly axes: readonly Axis[]
  readonly rates: ReadonlyMap<string, { readonly rate: number; readonly exposure: number }>
}

/** The portfolio's own rates: value over exposure of each stratum. Cells without exposure say nothing. */
export function referenceRates(table: WatchedTable, axes: readonly Axis[]): ReferenceRates {
  const sums = new Map<string, { value: number; exposure: number }>()
  for (const cell of table.cells) {
    if (cell.exposure === null)
      throw new PricingFailure({ code: 'tables-differ', what: 'no exposure file: claims only' })
    if (!(cell.exposure > 0)) continue
    const name = nameOf(cell.key, axes)
    const known = sums.get(name) ?? { value: 0, exposure: 0 }
    known.value += cell.value
    known.exposure += cell.exposure
    sums.set(name, known)
  }
  return {
    axes,
    rates: new Map(
      [...sums].map(([name, { value, exposure }]) => [
        name,
        { rate: Math.max(0, value) / exposure, exposure },
      ]),
    ),
  }
}

export interface GroupRatio extends RatioBand {
  readonly label: string
  readonly observed: number
  readonly expected: number
  /** Variance of the noise in what was observed. */
  readonly noise: number
  /** E is at least 5, else the ratio is not to be shown (statistics.md 6.3). What was counted decides nothing here: few claims where many are expected are what one looks for. */
  readonly isReadable: boolean
}

export const EXPECTED_LEAST = 5

/**
 * Observed over expected for each label of an axis, exact limits; labels in order.
 *
 * @param completion known share of a month's final value, so that a young month is not taken for a good one
 */
export function standardisedRatios(
  table: WatchedTable,
  reference: ReferenceRates,
  axis: Axis,
  completion: (month: string | undefined) => number = () => 1,
): GroupRatio[] {
  const groups = new Map<string, { observed: number; expected: number; noise: number }>()
  for (const cell of table.cells) {
    const label = cell.key[axis]
    if (label === undefined || cell.exposure === null || !(cell.exposure > 0)) continue
    const known = groups.get(label) ?? { observed: 0, expected: 0, noise: 0 }
    known.observed += cell.value
    known.noise += cell.noise
    known.expected += expectedOf(cell, reference) * completion(cell.key.month)
    groups.set(label, known)
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([label, { observed, expected, noise }]): GroupRatio[] =>
      expected > 0
        ? [
            {
              label,
              observed,
              expected,
              noise,
              isReadable: expected >= EXPECTED_LEAST,
              ...observedToExpected({
                observed: noise > 0 ? observed : Math.max(0, observed),
                expected,
                noise,
              }),
            },
          ]
        : [],
    )
}

/** Exposure times the rate of the cell's stratum; a stratum that the reference lacks expects nothing. */
export function expectedOf(cell: WatchedCell, reference: ReferenceRates): number {
  const rate = reference.rates.get(nameOf(cell.key, reference.axes))?.rate ?? 0
  return (cell.exposure ?? 0) * rate
}
