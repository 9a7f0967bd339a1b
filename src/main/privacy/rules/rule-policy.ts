/** The numbers of the rules R1 to R12 (docs/spec/release-rules.md); the members may only tighten them. */
export type RulePolicy = {
  readonly smallestCount: number
  readonly roundTo: number
  readonly cohortLeast: number
  readonly hospitalsLeast: number
  /** Of patients and of events, of one hospital. */
  readonly hospitalShareMost: number
  readonly largestShareMost: number
  readonly largestTwoShareMost: number
  /** What the others beyond the two largest add up to, against the largest. */
  readonly othersPerLargestLeast: number
  readonly eventsLeast: number
  readonly eventsPerParameterLeast: number
  readonly patientsPerParameterLeast: number
  readonly residualFreedomLeast: number
  readonly levelEventsLeast: number
  readonly levelsMost: number
  readonly conditionMost: number
  readonly leverageMost: number
  readonly relatedModelsMost: number
  /** A coefficient is no finer than the standard error over this: at 10 one patient of 500 is told in 42 of 100 cases, at 1.5 in 6 (A7). */
  readonly unitsPerError: number
  readonly significantDigits: number
  readonly atRiskLeast: number
  readonly perMilleLeast: number
  /** Patients in one of two cohorts and not in the other: none is the same question, fewer than this is a person's answer. */
  readonly overlapLeast: number
  readonly lastOwnCohorts: number
  readonly refusalsPerMonth: number
  readonly checkersLeast: number
  readonly leafLeast: number
  readonly attackAreaMost: number
  readonly attackHitsMost: number
  /** A value this close to its limit is shown as near, in per cent of the limit. */
  readonly nearPercent: number
}

export const RULE_DEFAULTS: RulePolicy = {
  smallestCount: 11,
  roundTo: 5,
  cohortLeast: 100,
  hospitalsLeast: 3,
  hospitalShareMost: 0.85,
  largestShareMost: 0.5,
  largestTwoShareMost: 0.8,
  othersPerLargestLeast: 0.1,
  eventsLeast: 20,
  eventsPerParameterLeast: 10,
  patientsPerParameterLeast: 20,
  residualFreedomLeast: 10,
  levelEventsLeast: 5,
  levelsMost: 40,
  conditionMost: 1e6,
  leverageMost: 0.3,
  relatedModelsMost: 20,
  unitsPerError: 1.5,
  significantDigits: 3,
  atRiskLeast: 20,
  perMilleLeast: 50,
  overlapLeast: 11,
  lastOwnCohorts: 50,
  refusalsPerMonth: 5,
  checkersLeast: 2,
  leafLeast: 20,
  attackAreaMost: 0.6,
  attackHitsMost: 0.01,
  nearPercent: 20,
}
