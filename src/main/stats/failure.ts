import { Failure } from '../../shared/std/failure.ts'

/**
 * What can be wrong with the data or the model that somebody hands to the engine. `subject` is the label of the
 * person (or, without one, the 0-based row), `column` the name of the column: plain data for the window's message.
 */
export type StatsFailureDetail =
  | { code: 'shape-mismatch'; what: string; expected: number; found: number }
  | { code: 'no-rows' }
  | { code: 'no-events'; column?: string }
  | { code: 'stop-not-after-start'; row: number; subject: string | null; count: number }
  | { code: 'interval-collapsed'; row: number; subject: string | null }
  | { code: 'overlapping-intervals'; row: number; subject: string; count: number }
  | { code: 'unknown-column'; column: string }
  | { code: 'text-in-number'; column: string; row: number; text: string }
  | { code: 'not-finite'; column: string; row: number; value: string }
  | { code: 'bad-event'; column: string; row: number; value: string }
  | { code: 'bad-weight'; column: string; row: number; value: string }
  | { code: 'bad-response'; column: string; row: number; value: string; family: string }
  | { code: 'constant-covariate'; column: string }
  /** Too few different values for so many knots. */
  | { code: 'knots-coincide'; column: string; knots: number }
  /** A spline or an interaction of a column with gaps: what fills them in knows of neither, and would draw both towards none. */
  | { code: 'imputed-term'; column: string; term: 'spline' | 'interaction' }
  /** Known in no row that ends with the event: how the two hang together, nobody has seen. */
  | { code: 'imputed-without-events'; column: string }
  | { code: 'more-covariates-than-events'; covariates: number; events: number }
  | { code: 'all-covariates-aliased' }
  | { code: 'bad-option'; option: string; value: string; allowed: string }
  | { code: 'not-supported'; what: string }
  /** More than the memory of a computer holds: the expansion of a Fine-Gray model. */
  | { code: 'too-many-rows'; rows: number; rowsMost: number }
  | { code: 'bad-table'; row: number; reason: string }
  | { code: 'numeric-overflow'; where: string }
  | { code: 'cancelled' }

/** The data or the model cannot give an honest number. */
export class StatsFailure extends Failure<StatsFailureDetail> {}

/** Something the reader of a result must know: never dropped on the way to the screen. */
export type StatsWarning =
  | { code: 'not-converged'; iterations: number }
  | { code: 'infinite-coefficient'; column: string; index: number }
  | { code: 'suspect-coefficient'; column: string; index: number; reason: 'large-effect' | 'large-error' }
  | { code: 'aliased-coefficient'; column: string; index: number }
  | { code: 'constant-covariate'; column: string; index: number }
  | { code: 'more-covariates-than-events'; covariates: number; events: number }
  | { code: 'rows-dropped'; count: number; subjects: number | null }
  | { code: 'overlapping-intervals'; subject: string; row: number; count: number }
  | { code: 'gaps-in-intervals'; count: number }
  | { code: 'risk-set-emptied'; time: number; stratum: number }
  | { code: 'separation'; column: string | null; fitted: number }
  | { code: 'cluster-ignored' }
  /** More sets of imputed values are called for: at least one for each per cent of missing information. */
  | { code: 'few-imputed-sets'; sets: number; needed: number }
  | { code: 'zero-weight-rows'; count: number }
  | { code: 'non-integer-counts'; column: string; row: number }
  | { code: 'theta-not-converged' }
  | { code: 'offset-ignored'; reason: string }
  | { code: 'one-cluster' }
  | { code: 'few-clusters'; clusters: number }
  | { code: 'robust-rank'; clusters: number; coefficients: number }
