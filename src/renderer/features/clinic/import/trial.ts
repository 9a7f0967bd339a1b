/** What a trial says may be taken in. */
import type { TrialReport } from '../../../../shared/contract/tables.ts'

/** Messages may speak of people alone: their data, and who is one with whom. */
export const hasAny = ({ visits, people }: Pick<TrialReport, 'visits' | 'people'>): boolean =>
  visits > 0 || people > 0
