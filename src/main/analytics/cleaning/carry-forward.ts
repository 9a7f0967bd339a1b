/**
 * Step 9: how long a value may stand for today's. Nothing is filled in here, since what is known at a day depends on the day: the
 * limits are handed on to the intervals, and this step says what they will find at each visit.
 */
import type { StepOf } from '../../../shared/domain/cleaning.ts'
import { labTestByKey, LOINC_SYSTEM } from '../../../shared/domain/lab-tests.ts'
import { keptRows, type CleanPerson } from './cleaned.ts'

export interface CarryFinding {
  readonly test: string
  readonly maxGapDays: number
  /** Visits at which a value was known on the day itself, from an earlier day, from too early a day, or not at all. */
  readonly sameDay: number
  readonly carried: number
  readonly tooOld: number
  readonly never: number
}

export function carryForward(
  persons: readonly CleanPerson[],
  { maxGapDays }: StepOf<'carry-forward'>,
): CarryFinding[] {
  const tests = Object.keys(maxGapDays).sort()
  return tests.map((key): CarryFinding => {
    const test = labTestByKey(key)!
    const gap = maxGapDays[key]!
    const counts = { sameDay: 0, carried: 0, tooOld: 0, never: 0 }
    for (const person of persons) {
      const days = keptRows(person, 'visit')
        .flatMap(({ now }) => (now.day === null ? [] : [now.day]))
        .sort((a, b) => a - b)
      const known = person.observation
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
    return { test: key, maxGapDays: gap, ...counts }
  })
}
