/** How much privacy may be lost, as numbers that the members decide (docs/spec/privacy.md L2). Millionths of rho. */

/** Who asks: the kind of the member; `published` are tables that hospitals release for everybody. */
export type RequesterClass = 'hospital' | 'university' | 'insurer' | 'published'

/** How dear a request may be at most. */
export type ChargeKind = 'count' | 'table' | 'model' | 'registered-model'

export type BudgetPolicy = {
  /** Of all charges of the last 365 days, whoever asked and whichever snapshot. */
  readonly yearMicroRho: number
  /** Of all charges ever. */
  readonly lifetimeMicroRho: number
  /** Of all charges on one snapshot. */
  readonly snapshotMicroRho: number
  /** Of the charges of one study. */
  readonly studyMicroRho: number
  /** Exploratory counts of one study. */
  readonly studyCountsMax: number
  /** Shares of the year: hospitals and universities have one together. */
  readonly poolMicroRho: Readonly<Record<Pool, number>>
  /** Of one requester's charges of the last 365 days. */
  readonly requesterMicroRho: Readonly<Record<RequesterClass, number>>
  /** Of one charge. */
  readonly chargeMicroRho: Readonly<Record<ChargeKind, number>>
}

type Pool = 'research' | 'insurance' | 'published'

export const POOL_OF: Readonly<Record<RequesterClass, Pool>> = {
  hospital: 'research',
  university: 'research',
  insurer: 'insurance',
  published: 'published',
}

export const BUDGET_DEFAULTS: BudgetPolicy = {
  yearMicroRho: 500_000,
  lifetimeMicroRho: 2_000_000,
  snapshotMicroRho: 500_000,
  studyMicroRho: 125_000,
  studyCountsMax: 25,
  poolMicroRho: { research: 300_000, insurance: 125_000, published: 75_000 },
  requesterMicroRho: { hospital: 150_000, university: 150_000, insurer: 50_000, published: 75_000 },
  chargeMicroRho: { count: 2_000, table: 20_000, model: 50_000, 'registered-model': 125_000 },
}
