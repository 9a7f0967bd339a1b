/**
 * How many patients another hospital may read here before a person is told, and before the answer is no. Counted are
 * patients, not openings: to look at one history ten times is one patient. Pure.
 *
 * Calibrated on a clerk's day of 120 visits of whom every single one is known here (`opening-rates.test.ts`): a thousand such
 * days raise no alarm, and whoever reads in bulk raises one within its first hour and is refused within the second hundred.
 */

/** What was answered. */
export interface Opening {
  readonly at: number
  /** Key id of the person, as their hospital says it. */
  readonly person: string
  /** What stands for the patient. */
  readonly patient: string
}

export type Watched = 'person-hour' | 'person-day' | 'hospital-hour' | 'hospital-day'

export interface Bound {
  readonly watched: Watched
  readonly windowMs: number
  /** Patients from which on it is told. */
  readonly alarmAt: number
  /** Patients from which on it is refused; a broken glass never is. */
  readonly refuseAt: number
}

const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS

/** A busy consultation sees a patient every two minutes; nobody sees fifty in an hour. */
export const PERSON_HOUR_BOUND = { windowMs: HOUR_MS, alarmAt: 51, refuseAt: 101 }
export const PERSON_DAY_BOUND = { windowMs: DAY_MS, alarmAt: 181, refuseAt: 361 }
/** A hospital that has just joined, of one or two desks. */
const SMALLEST_HOSPITAL_DAY = 240
/** In an hour a hospital sees at most this part of what it sees in a day. */
const HOUR_PART = 0.4

/**
 * @param visitsPerDay what the asking hospital itself records in a day: as many patients may it read here, twice over. So a
 *   large hospital is not stopped by a small one's measure, and names of persons that a hospital makes up help it little.
 */
export function boundsFor(visitsPerDay: number): readonly Bound[] {
  const day = Math.max(SMALLEST_HOSPITAL_DAY, Math.ceil(2 * visitsPerDay))
  const hour = Math.ceil(day * HOUR_PART)
  return [
    { watched: 'person-hour', ...PERSON_HOUR_BOUND },
    { watched: 'person-day', ...PERSON_DAY_BOUND },
    { watched: 'hospital-hour', windowMs: HOUR_MS, alarmAt: hour + 1, refuseAt: 2 * hour + 1 },
    { watched: 'hospital-day', windowMs: DAY_MS, alarmAt: day + 1, refuseAt: 2 * day + 1 },
  ]
}

export interface Weighed {
  /** Bounds that this opening reaches: told once for each window. */
  readonly alarms: readonly { readonly watched: Watched; readonly patientCount: number }[]
  readonly isRefused: boolean
}

/** @param before openings of the same hospital, oldest first; this one is not among them */
export function weighOpening(
  before: readonly Opening[],
  opening: Opening,
  bounds: readonly Bound[],
): Weighed {
  const alarms: { watched: Watched; patientCount: number }[] = []
  let isRefused = false
  for (const { watched, windowMs, alarmAt, refuseAt } of bounds) {
    const isOfPerson = watched.startsWith('person')
    const patients = new Set<string>()
    for (let i = before.length - 1; i >= 0 && before[i]!.at > opening.at - windowMs; i--)
      if (!isOfPerson || before[i]!.person === opening.person) patients.add(before[i]!.patient)
    // Who is being read already may be read on.
    if (patients.has(opening.patient)) continue
    const patientCount = patients.size + 1
    if (patientCount >= alarmAt) alarms.push({ watched, patientCount })
    if (patientCount >= refuseAt) isRefused = true
  }
  return { alarms, isRefused }
}
