/**
 * Step 9: how long a value may stand for today's. Nothing is filled in here, since what is known at a day depends on the day: the
 * limits are handed on to the intervals, and this step says what they will find at each visit.
 */
import type { CleaningPipeline, StepOf } from '../../../shared/domain/cleaning.ts'
import { labTestByKey, LOINC_SYSTEM, type LabTest } from '../../../shared/domain/lab-tests.ts'
import { keptRows, type CleanPerson } from './cleaned.ts'
import { readOnly, type StepWork } from './step-work.ts'

export interface CarryFinding {
  readonly test: string
  readonly maxGapDays: number
  /** Visits at which a value was known on the day itself, from an earlier day, from too early a day, or not at all. */
  readonly sameDay: number
  readonly carried: number
  readonly tooOld: number
  readonly never: number
}

export function carryForward({ maxGapDays }: StepOf<'carry-forward'>): StepWork {
  const tests = Object.keys(maxGapDays)
    .sort()
    .map((key) => ({ key, test: labTestByKey(key)!, gap: maxGapDays[key]! }))
  return readOnly(() => {
    const counts = tests.map(() => ({ sameDay: 0, carried: 0, tooOld: 0, never: 0 }))
    return {
      add(persons) {
        for (const person of persons) {
          const days = keptRows(person, 'visit')
            .flatMap(({ now }) => (now.day === null ? [] : [now.day]))
            .sort((a, b) => a - b)
          for (const [i, { test, gap }] of tests.entries())
            countAges(days, knownDays(person, test), gap, counts[i]!)
        }
      },
      finding: () => ({
        kind: 'carry',
        carry: tests.map(({ key, gap }, i): CarryFinding => ({ test: key, maxGapDays: gap, ...counts[i]! })),
      }),
      handedOn: () => ({ maxGapDays }),
    }
  })
}

function knownDays(person: CleanPerson, test: LabTest): number[] {
  return person.observation
    .flatMap(({ now, isKept }) =>
      isKept &&
      now.system === LOINC_SYSTEM &&
      now.code === test.loinc &&
      now.known !== null &&
      (test.unit === '' ? now.valueCode !== null : now.canonical !== null)
        ? [now.known]
        : [],
    )
    .sort((a, b) => a - b)
}

/** What the steps say of how old a value may be, by test: the last that names one decides. */
export function maxGapDaysOf({ steps }: Pick<CleaningPipeline, 'steps'>): Record<string, number> {
  return Object.assign({}, ...steps.map((step) => (step.step === 'carry-forward' ? step.maxGapDays : {})))
}

type Ages = { -readonly [Key in 'sameDay' | 'carried' | 'tooOld' | 'never']: number }

function countAges(days: readonly number[], known: readonly number[], gap: number, counts: Ages): void {
  let at = 0
  for (const day of days) {
    while (at < known.length && known[at]! <= day) at++
    const age = at === 0 ? null : day - known[at - 1]!
    if (age === null) counts.never++
    else if (age === 0) counts.sameDay++
    else if (age <= gap) counts.carried++
    else counts.tooOld++
  }
}
