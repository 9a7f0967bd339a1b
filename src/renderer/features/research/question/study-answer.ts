/** The text of a study's result as the room reads it (docs/spec/study.md section 3). */
import type { CleaningReason } from '../../../../shared/domain/cleaning.ts'
import type { Baseline, Readiness } from '../../../../shared/domain/study-answer.ts'
import type { StudyModel, StudyWarning } from '../../../../shared/domain/study.ts'
import type { FitAnswer } from '../../../parts/research/fit-answer.ts'

type NoAnswer = { readonly noAnswer: { readonly code: string } & Readonly<Record<string, unknown>> }

export interface StudyAnswer {
  readonly schema: 'study-result/1' | 'study-weighed/1'
  readonly snapshot: { readonly upTo: number; readonly visits: number; readonly persons: number }
  readonly cohort: {
    readonly persons: number
    readonly afterWashout: number
    readonly steps: readonly number[]
  }
  readonly cleaning: {
    readonly start: { readonly persons: number; readonly rows: number }
    readonly steps: readonly {
      readonly rowsChanged: number
      readonly reasons: readonly {
        readonly act: 'derived' | 'left-out' | 'flagged'
        readonly reason: CleaningReason
        readonly table: string
        readonly rows: number
      }[]
      readonly left: { readonly persons: number; readonly rows: number }
    }[]
  } | null
  readonly intervals: {
    readonly dataEnd: { readonly day: string; readonly isBeforeUntil: boolean }
    readonly attrition: readonly {
      readonly step: string
      readonly persons: number
      readonly events: number
    }[]
    readonly ends: Readonly<Record<string, number>>
    readonly rows: number
    readonly personDays: number
    /** Where the dated records of the event and of each column that changes fell, relative to the time at risk. */
    readonly counts: readonly {
      readonly name: string
      readonly early: number
      readonly late: number
      readonly gap: number
      readonly within: number
      readonly boundary: number
      readonly leading: number
      readonly trailing: number
      readonly tied: number
    }[]
    readonly missing: readonly { readonly name: string; readonly rows: number }[]
  }
  readonly baseline: Baseline
  readonly warnings: readonly (StudyWarning | { readonly kind: 'entry-gone'; readonly persons: number })[]
  readonly models: readonly {
    readonly before: Readiness
    /** Not there while nothing was fitted. */
    readonly result?: FitAnswer | NoAnswer
  }[]
}

export const parseStudyAnswer = (text: string): StudyAnswer => JSON.parse(text) as StudyAnswer

export const isFit = (result: FitAnswer | NoAnswer | undefined): result is FitAnswer =>
  result !== undefined && !('noAnswer' in result)

/** Harrell's rule of thumb: so many parameters are carried by the events (docs/spec/study.md section 4). */
const EVENTS_PER_PARAMETER = 10
export const carriedBy = (events: number): number => Math.floor(events / EVENTS_PER_PARAMETER)

export const hasTerms = ({ family }: StudyModel): boolean => family !== 'km' && family !== 'aj'
