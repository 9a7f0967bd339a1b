/** How late claims are reported, of a monitoring table. Pure. */
import {
  reportingTriangle,
  type ReportedCell,
  type ReportingTriangle,
} from '../pricing/monitor/reporting-triangle.ts'
import { PricingFailure } from '../pricing/failure.ts'
import { DELAYS, type MonitorOutput } from '../privacy/request/monitor-output.ts'
import { StatsFailure } from '../stats/failure.ts'

/** @param asOf month in which the snapshot was taken, as `reportingTriangle` has it. @returns null: a column of noise alone has no development */
export function triangleOf(
  { cells, variance }: { readonly cells: readonly ReportedCell[]; readonly variance: number },
  { lastMonth }: Pick<MonitorOutput, 'lastMonth'>,
  asOf: string | null,
): ReportingTriangle | null {
  try {
    return reportingTriangle(cells, lastMonth, DELAYS.length, variance, null, asOf)
  } catch (error) {
    if (error instanceof PricingFailure || error instanceof StatsFailure) return null
    throw error
  }
}
