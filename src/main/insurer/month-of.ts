/** The month of an instant, as monitoring tables name months: `YYYY-MM`, UTC. */
import { civilOfDay } from '../../shared/domain/dates.ts'
import { monthName } from '../pricing/monitor/reporting-triangle.ts'

export function monthOf(epochMs: number): string {
  const { year, month } = civilOfDay(Math.floor(epochMs / 86_400_000))
  return monthName(year * 12 + month - 1)
}
