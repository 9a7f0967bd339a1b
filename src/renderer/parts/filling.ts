/** While the demonstration is filled: one bar above every room says how far, of the whole consortium. */
import type { JobProgress } from '../../shared/contract/jobs.ts'

/** The job that fills it, once its nodes run and it is known how many patients come. */
export const fillingOf = (jobs: Iterable<JobProgress>): JobProgress | undefined =>
  [...jobs].find(
    ({ kind, state, unit, total }) =>
      kind === 'demonstration' && state === 'running' && unit === 'patients' && total !== null,
  )

/**
 * Running work that is told where it is; a member's own part of the filling is told by that bar, and would say another number beside it. An
 * import of the visitor's own is of files, and counts bytes.
 */
export function besideFilling(jobs: Iterable<JobProgress>): JobProgress[] {
  const all = [...jobs]
  const isFilling = fillingOf(all) !== undefined
  return all.filter(
    ({ state, kind, unit }) =>
      state === 'running' &&
      kind !== 'demonstration' &&
      !(isFilling && kind === 'import' && unit === 'patients'),
  )
}
