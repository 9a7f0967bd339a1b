/** What is counted, and what one patient adds to it at most. */
import type { Axis } from './axis.ts'
import type { RequestProblem } from './output-form.ts'
import type { Share } from './part.ts'
import { personsShare } from './shares.ts'

/** Patients count once; of visits, one patient touches at most so many cells, each at most so often. */
export type Counted =
  | { readonly unit: 'patients' }
  | { readonly unit: 'visits'; readonly cellsMost: number; readonly perCellMost: number }

const CONTRIBUTION_MAX = 100

/** Whether it may bound what one patient adds. */
export function isContribution(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1 && value <= CONTRIBUTION_MAX
}

export function problemsOfCounted(counted: Counted): readonly RequestProblem[] {
  if (counted.unit === 'patients') return []
  return isContribution(counted.cellsMost) && isContribution(counted.perCellMost) ? [] : ['bounds']
}

export function canonicalCounted(counted: Counted): Counted {
  return counted.unit === 'patients' ? { unit: 'patients' } : counted
}

export function sharesOfCounted(axes: readonly Axis[], counted: Counted): readonly Share[] {
  if (counted.unit === 'patients') return [personsShare(1, axes)]
  // Visits are shown where enough patients had them, so these are counted too.
  const { cellsMost, perCellMost } = counted
  const { part } = personsShare(1, axes, [], cellsMost)
  const patients = { ...part, rows: 'all' as const }
  return [
    { weight: 1, part: patients },
    { weight: 2, part: { ...patients, name: 'visits', perCellMost: BigInt(perCellMost) } },
  ]
}
