/** Everything in pricing that can grow has its bound here. */
export const FACTORS_MAX = 20
export const LEVELS_MAX = 500
export const CELLS_MAX = 200_000
/** Lines of a census: age bands by sex. */
export const CENSUS_ROWS_MAX = 2_000
export const ADJUSTMENTS_MAX = 1_000
export const BUILD_UP_STEPS_MAX = 50
/** Lines of a rating table or of an exposure file; of the former no more characters than `RATES_TEXT_MOST`. */
export const IMPORT_ROWS_MAX = 100_000
export const IMPORT_BYTES_MAX = 20_000_000
/** Errors of one file that are listed; the rest is counted. */
export const IMPORT_ERRORS_MAX = 50
