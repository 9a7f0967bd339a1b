/** Distinct words and units of a trial of tables that are asked about. */
export const UNKNOWN_MAX = 200
