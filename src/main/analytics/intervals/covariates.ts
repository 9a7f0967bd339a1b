/** What is known of a person: values that stay, and dated records of values that change (docs/spec/intervals.md section 3). Pure. */
import { derivedTest } from '../../../shared/domain/asked-tests.ts'
import type { DayWindow } from '../../../shared/domain/cohort.ts'
import { changesWithTime, type Covariate, type IntervalDefinition } from '../../../shared/domain/intervals.ts'
import { resultLabel } from '../../../shared/domain/result-codes.ts'
import { unreachable } from '../../../shared/std/unreachable.ts'
import type { MergeKind } from '../../stats/survival/intervals.ts'
import { codesOfTest, daysOfEvent, diagnosesOf, resultsOfTest } from '../persons/event-days.ts'
import { burdenOf } from './burden.ts'
import { slopeOf } from './slope.ts'
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
  /** NaN: nothing is known any more. A text is a label. */
  readonly value: number | string
}
export interface ChangingCovariate {
  readonly name: string
  readonly how: MergeKind
  readonly isLabel: boolean
  /** It says whether something has happened: whoever it had happened to before the start is counted. */
  readonly isHappening: boolean
  /** Days from which a value acts: on the days after them. */
  recordsOf(facts: PersonFacts): readonly DatedValue[]
}

const DAYS_PER_YEAR = 365.25

const NUMBER = { isLabel: false, isHappening: false } as const
const HAPPENING = { isLabel: false, isHappening: true } as const

export function fixedCovariates({ covariates, codeSets }: IntervalDefinition): FixedCovariate[] {
  return covariates.flatMap((each) =>
    changesWithTime(each)
      ? []
      : [
          {
            name: each.name,
            isLabel: each.kind === 'sex' || each.kind === 'hospital' || each.kind === 'coded-before',
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
        return [{ ...NUMBER, ...lastKnown(each, oldestDays, resultsOf) }]
      }
      case 'coded': {
        const labelsOf = labelsOfTest(each)
        return [{ isLabel: true, isHappening: false, ...lastKnown(each, oldestDays, labelsOf) }]
      }
      case 'slope': {
        const resultsOf = resultsOfTest(each.test)
        return [
          {
            ...NUMBER,
            name: each.name,
            how: { kind: 'tdc', keepMissing: true },
            recordsOf: (facts) =>
              changesOf(
                resultsOf(facts),
                { delayDays: each.delayDays, oldestDays: each.overDays },
                (known) => slopeOf(known) ?? NaN,
                NaN,
              ),
          },
        ]
      }
      case 'score':
        return [
          {
            ...NUMBER,
            name: each.name,
            how: { kind: 'tdc', initial: 0 },
            recordsOf: (facts) =>
              changesOf(
                diagnosesOf(facts),
                { delayDays: each.delayDays, oldestDays: each.lookBackDays },
                (known) => burdenOf(known, each.weights),
                0,
              ),
          },
        ]
      case 'since': {
        const daysOf = daysOfEvent(each.event, codeSets)
        return [
          {
            ...HAPPENING,
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
            ...HAPPENING,
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

/** What was known last, while it is not too old. */
function lastKnown(
  each: Extract<Covariate, { kind: 'result' | 'coded' }>,
  oldestDays: Readonly<Record<string, number>>,
  knownOf: (facts: PersonFacts) => readonly DatedValue[],
): Pick<ChangingCovariate, 'name' | 'how' | 'recordsOf'> {
  const from = derivedTest(each.test)?.from ?? each.test
  const oldest = each.oldestDays ?? oldestDays[each.test] ?? oldestDays[from] ?? null
  // A limit that is handed on may be over before the value begins to act: then nothing is ever known.
  const isNever = oldest !== null && oldest <= each.delayDays
  const maxAge = oldest === null ? null : oldest - each.delayDays
  return {
    name: each.name,
    how: { kind: 'tdc', maxAge },
    recordsOf: (facts) =>
      isNever ? [] : knownOf(facts).map(({ day, value }) => ({ day: day + each.delayDays, value })),
  }
}

/**
 * A value that is made of all that is known on a day: from `delayDays` after it was known on, and until it is older than `oldestDays`. One
 * record for each day on which it changes.
 */
function changesOf<Known extends { readonly day: number }>(
  all: readonly Known[],
  { delayDays, oldestDays }: { readonly delayDays: number; readonly oldestDays: number | null },
  valueOf: (known: readonly Known[]) => number,
  initial: number,
): DatedValue[] {
  const days = new Set<number>()
  for (const { day } of all) {
    days.add(day + delayDays)
    if (oldestDays !== null) days.add(day + oldestDays)
  }
  const records: DatedValue[] = []
  let last = initial
  for (const at of [...days].sort((a, b) => a - b)) {
    // It acts on the days after: what was found on the day itself is known then, and what is too old then no more.
    const known = all.filter(
      ({ day }) => day + delayDays <= at && (oldestDays === null || at < day + oldestDays),
    )
    const value = valueOf(known)
    if (!Object.is(value, last)) records.push({ day: at, value })
    last = value
  }
  return records
}

/** Codes that are not named are one label. */
function labelsOfTest({ test, categories }: Extract<Covariate, { kind: 'coded' | 'coded-before' }>) {
  const codesOf = codesOfTest(test)
  return (facts: PersonFacts): { day: number; value: string }[] =>
    codesOf(facts).map(({ day, value }) => ({ day, value: resultLabel(categories, value) }))
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
        const known = resultsOf(facts).filter(({ day }) => isInside(day - index, covariate.window))
        if (covariate.as === 'slope') return slopeOf(known)
        return known.length === 0
          ? null
          : summary(
              known.map(({ value }) => value),
              covariate.as,
            )
      }
    }
    case 'coded-before': {
      const labelsOf = labelsOfTest(covariate)
      return (facts, index) =>
        labelsOf(facts).findLast(({ day }) => isInside(day - index, covariate.window))?.value ?? null
    }
    case 'score-before':
      return (facts, index) =>
        burdenOf(
          diagnosesOf(facts).filter(({ day }) => isInside(day - index, covariate.window)),
          covariate.weights,
        )
    case 'result':
    case 'since':
    case 'times':
    case 'coded':
    case 'score':
    case 'slope':
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
