/** What a fitted model looks like beside its own data, as the engine writes it and the rooms read it (docs/spec/statistics.md S11). */

type Numbers = readonly (number | null)[]

/** No number is of fewer subjects than eleven. */
export interface Diagnostics {
  readonly level: number
  readonly of: 'subject' | 'row'
  /** Of Cox models; null where events are too few. */
  readonly proportional?: { readonly transform: string; readonly terms: readonly ProportionalTerm[] } | null
  readonly influence?: {
    readonly count: number
    readonly threshold: number
    readonly terms: readonly InfluenceTerm[]
  } | null
  readonly calibration: { readonly groups: readonly CalibrationGroup[] } | null
}

export interface ProportionalTerm {
  readonly name: string
  /** What the smooth would be if hazards were proportional: the coefficient, or 1 for the weight of a term of several columns. */
  readonly fitted: number | null
  /** Whether `estimate` is a coefficient, or the weight of the whole term. */
  readonly isWeight: boolean
  /** Transformed time, the time there, and the smooth with its limits. */
  readonly at: readonly number[]
  readonly time: readonly number[]
  readonly estimate: Numbers
  readonly lower: Numbers
  readonly upper: Numbers
  /** Events of eleven subjects or more, in order of time: means of transformed time, time and scaled residual; the smooth at the first. */
  readonly bins: {
    readonly events: readonly number[]
    readonly at: readonly number[]
    readonly time: readonly number[]
    readonly mean: Numbers
    readonly estimate: Numbers
    readonly lower: Numbers
    readonly upper: Numbers
  }
}

export interface InfluenceTerm {
  readonly name: string
  /** Subjects by |dfbetas|; `to` null: and above. */
  readonly bins: readonly { readonly from: number; readonly to: number | null; readonly subjects: number }[]
  /** Of the eleven subjects with the largest |dfbetas|; null where one or two of them are nearly all of it. */
  readonly largestMean: number | null
  /** The coefficient, to first order, without the eleven that pull it up most, and without those that pull it down most. */
  readonly withoutUpper: number | null
  readonly withoutLower: number | null
}

export interface CalibrationGroup {
  readonly subjects: number
  /** Trials, of probabilities. */
  readonly rows: number
  readonly observed: number
  readonly expected: number
  readonly ratio: number
  readonly lower: number
  readonly upper: number
}
