/** What is known of a person: values that stay, and dated records of values that change (docs/spec/intervals.md section 3). Pure. */
import type { DayWindow } from '../../../shared/domain/cohort.ts'
import { changesWithTime, type Covariate, type IntervalDefinition } from '../../../shared/domain/intervals.ts'
import { unreachable } from '../../../shared/std/unreachable.ts'
import type { MergeKind } from '../../stats/survival/intervals.ts'
import { daysOfEvent, resultsOfTest } from '../persons/event-days.ts'
import type { PersonFacts } from '../persons/person-facts.ts'
import { birthOf, hospitalOn, sexOf } from '../persons/person-says.ts'

/** Missing: null. A text is a label. */
export interface FixedCovariate {
  readonly name: string
  readonly isLabel: boolean
  valueOf(facts: PersonFacts, index: number): number | string | null
}

export interface DatedValue {
  readonly day: number
  readonly value: number
}
export interface ChangingCovariate {
  readonly name: string
  readonly how: MergeKind
  /** Days from which a value acts: on the days after them. */
  recordsOf(facts: PersonFacts): readonly DatedValue[]
}

const DAYS_PER_YEAR = 365.25

export function fixedCovariates({ covariates, codeSets }: IntervalDefinition): FixedCovariate[] {
  return covariates.flatMap((each) =>
    changesWithTime(each)
      ? []
      : [
          {
            name: each.name,
            isLabel: each.kind === 'sex' || each.kind === 'hospital',
            valueOf: fixedValue(each, codeSets),
          },
        ],
  )
}

/** `oldestDays`: by test, for results whose covariate names no age of its own. */
export function changingCovariates(
  { covariates, codeSets }: IntervalDefinition,
  oldestDays: Readonly<Record<string, number>>,
): ChangingCovariate[] {
  return covariates.flatMap((each): ChangingCovariate[] => {
    switch (each.kind) {
      case 'result': {
        const resultsOf = resultsOfTest(each.test)
        const oldest = each.oldestDays ?? oldestDays[each.test] ?? null
        // A limit that is handed on may be over before the value begins to act: then nothing is ever known.
        const isNever = oldest !== null && oldest <= each.delayDays
        const maxAge = oldest === null ? null : oldest - each.delayDays
        return [
          {
            name: each.name,
            how: { kind: 'tdc', maxAge },
            recordsOf: (facts) =>
              isNever ? [] : resultsOf(facts).map(({ day, value }) => ({ day: day + each.delayDays, value })),
          },
        ]
      }
      case 'since': {
        const daysOf = daysOfEvent(each.event, codeSets)
        return [
          {
            name: each.name,
            how: { kind: 'tdc', initial: 0 },
            recordsOf: (facts) =>
              daysOf(facts)
                .slice(0, 1)
                .map((day) => ({ day: day + each.delayDays, value: 1 })),
          },
        ]
      }
      case 'times': {
        const daysOf = daysOfEvent(each.event, codeSets)
        return [
          {
            name: each.name,
            how: { kind: 'cumtdc', initial: 0 },
            recordsOf: (facts) => daysOf(facts).map((day) => ({ day: day + each.delayDays, value: 1 })),
          },
        ]
      }
      default:
        return []
    }
  })
}

function fixedValue(
  covariate: Covariate,
  codeSets: IntervalDefinition['codeSets'],
): FixedCovariate['valueOf'] {
  switch (covariate.kind) {
    case 'age':
      return (facts, index) => {
        const birth = birthOf(facts)
        return birth === null ? null : (index - birth) / DAYS_PER_YEAR
      }
    case 'sex':
      return (facts) => sexOf(facts)
    case 'hospital':
      return hospitalOn
    case 'before': {
      const daysOf = daysOfEvent(covariate.event, codeSets)
      return (facts, index) => {
        const count = daysOf(facts).filter((day) => isInside(day - index, covariate.window)).length
        return covariate.as === 'any' ? Number(count > 0) : count
      }
    }
    case 'result-before': {
      const resultsOf = resultsOfTest(covariate.test)
      return (facts, index) => {
        const values = resultsOf(facts).flatMap(({ day, value }) =>
          isInside(day - index, covariate.window) ? [value] : [],
        )
        return values.length === 0 ? null : summary(values, covariate.as)
      }
    }
    case 'result':
    case 'since':
    case 'times':
      return () => null
    default:
      return unreachable(covariate)
  }
}

function summary(values: readonly number[], as: 'last' | 'mean' | 'least' | 'most'): number {
  switch (as) {
    case 'last':
      return values[values.length - 1]!
    case 'mean': {
      let sum = 0
      for (const value of values) sum += value
      return sum / values.length
    }
    case 'least':
      return Math.min(...values)
    case 'most':
      return Math.max(...values)
    default:
      return unreachable(as)
  }
}

function isInside(days: number, { from, to }: DayWindow): boolean {
  return (from === null || days >= from) && (to === null || days <= to)
}
