/** Parts of a study's result as the engine writes them and the rooms read them (docs/spec/study.md section 3). */

export interface NumberFacts {
  readonly missing: number
  /** Null where nobody, or of a standard deviation only one, has a value. */
  readonly mean: number | null
  readonly sd: number | null
  readonly q1: number | null
  readonly median: number | null
  readonly q3: number | null
}

interface LabelFacts {
  readonly missing: number
  /** Persons with each of the column's labels. */
  readonly counts: readonly number[]
}

export type BaselineColumn =
  | { readonly kind: 'number'; readonly name: string; readonly groups: readonly NumberFacts[] }
  | {
      readonly kind: 'label'
      readonly name: string
      readonly labels: readonly string[]
      readonly groups: readonly LabelFacts[]
    }

export interface Baseline {
  /** Null where there is one group only. */
  readonly by: string | null
  /** The first is everybody; `label` null: without a value of `by`. */
  readonly groups: readonly {
    readonly kind: 'all' | 'group'
    readonly label: string | null
    readonly persons: number
    readonly events: number
    readonly personDays: number
  }[]
  readonly columns: readonly BaselineColumn[]
}

export interface Readiness {
  /** Of rows in which the model's columns all say something. */
  readonly rows: number
  readonly persons: number
  readonly events: number
  /** Deaths that end a person's time: events of their own where they compete. */
  readonly deaths: number
  /** The same of what competes by the definition; of results of an older engine it is not there. */
  readonly competing?: number
  readonly parameters: number
  readonly findings: readonly ReadinessFinding[]
}

export type ReadinessFinding =
  /** Fewer than ten events for each parameter: estimates are unstable. */
  | { readonly kind: 'few-events'; readonly events: number; readonly parameters: number }
  | { readonly kind: 'rows-without-values'; readonly rows: number; readonly events: number }
  /** Likewise, where the model fills them in: they are in all numbers of it. */
  | { readonly kind: 'rows-filled-in'; readonly rows: number; readonly events: number }
  /** Pieces of unequal length, which a pooled model leaves out, with the events in them. */
  | { readonly kind: 'pieces-cut-short'; readonly rows: number; readonly events: number }
  /** To so many persons it had happened before the start: prevalent users. */
  | { readonly kind: 'already'; readonly name: string; readonly persons: number }
  | { readonly kind: 'earlier-events'; readonly persons: number }
  /** What competes had happened to them before the start, and they are followed all the same. */
  | { readonly kind: 'earlier-competing'; readonly persons: number }
  /** To so many it happens after they had left, died or been followed for as long as it takes: it is not counted. */
  | { readonly kind: 'later-events'; readonly persons: number }
  | { readonly kind: 'visits-after-death'; readonly persons: number }
  | { readonly kind: 'overlap'; readonly rows: number }
  /** Says the same in all rows. */
  | { readonly kind: 'constant'; readonly name: string }
