/** Which rows count, and what signs mean, for the queries of a cohort and for the facts of one person alike (docs/spec/cohort.md section 1). Pure. */
import { factCode } from './fact-tables.ts'

/** Results that somebody stands for. */
export const USABLE = (['final', 'amended', 'corrected'] as const).map((word) =>
  factCode('observationStatus', word),
)
/** Prescriptions that were meant and not taken back. */
export const GIVEN = (['active', 'completed', 'stopped', 'on-hold', 'unknown'] as const).map((word) =>
  factCode('prescriptionStatus', word),
)
export const [LESS, AT_MOST, MORE, AT_LEAST] = (['<', '<=', '>', '>='] as const).map((word) =>
  factCode('comparator', word),
)
