/** When an automatic answer is shown, as numbers that the members decide (docs/spec/privacy.md G2). */
export type ReleasePolicy = {
  /** A cell, a level, a step of a curve stands for at least so many patients, beyond doubt. */
  readonly smallestCount: number
  readonly cohortLeast: number
  /** Models from noisy tables say little of fewer: those go the other way, by rule and with checkers. */
  readonly modelPatientsLeast: number
  /** At risk where a curve goes on. */
  readonly atRiskLeast: number
  /** Of a level of a relativity. */
  readonly exposureDaysLeast: number
  /** Of a group of insured people, whatever is said of it. */
  readonly groupLeast: number
}

export const RELEASE_DEFAULTS: ReleasePolicy = {
  smallestCount: 11,
  cohortLeast: 100,
  modelPatientsLeast: 1_000,
  atRiskLeast: 20,
  exposureDaysLeast: 1_826,
  groupLeast: 50,
}
