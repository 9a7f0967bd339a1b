/**
 * How many patients of the own house a person opens, and when somebody is told of it or the passphrase is asked. Counted are
 * patients where they are first opened within a day, not looks, and persons by their key; what the node does by itself is
 * nobody's and never comes here. Pure.
 *
 * By the bounds that another hospital is held to (`opening-rates.ts`): a day of 120 visits, with 40 patients in its busiest
 * hour and each looked at several times, raises nothing (`opening-meter.test.ts`).
 */
import { PERSON_DAY_BOUND, PERSON_HOUR_BOUND } from '../node/access/opening-rates.ts'

/** What is told, as the audit says it: `person-…` more than a day's work asks for, `closed-…` further ones ask for the passphrase. */
export const HOUSE_ALARMS = [
  'person-hour',
  'person-day',
  'closed-hour',
  'closed-day',
  /** The passphrase was given for more. */
  'went-on',
  /** Records of all patients are being exported. */
  'exported-all',
] as const
export type HouseAlarmKind = (typeof HOUSE_ALARMS)[number]

export interface HouseAlarm {
  readonly at: number
  /** Key id. */
  readonly person: string
  readonly kind: HouseAlarmKind
  /** Patients of the window so far; 0 where it is about all of them. */
  readonly patientCount: number
}

export interface WeighedOpening {
  readonly isRefused: boolean
  /** Newly reached. */
  readonly alarms: readonly HouseAlarm[]
}

export interface HouseOpening {
  readonly person: string
  /** Entries of one patient, as links join them. */
  readonly entries: readonly string[]
  readonly at: number
  /** Otherwise it is only asked whether it may be. */
  readonly isOpened: boolean
  /** False for an emergency, and for what is known to have happened. */
  readonly mayRefuse: boolean
}

export interface OpeningMeter {
  weigh(opening: HouseOpening): WeighedOpening
  /** After the passphrase: so many more may be opened. Null where nothing is closed. */
  goOn(person: string, at: number): HouseAlarm | null
  /** An alarm that was told before a restart, with what it brought about. */
  remember(alarm: HouseAlarm): void
  /** An alarm that could not be told after all: it is due again, and nothing goes on by it. */
  untell(alarm: HouseAlarm): void
  /** What was weighed as opened was not handed out after all. */
  takeBack(opening: Pick<HouseOpening, 'person' | 'entries' | 'at'>): void
  /** Forgets whom no window counts any more. */
  prune(at: number): void
}

/** Patients that one passphrase opens beyond the bound. */
export const WENT_ON_PATIENTS = 25
/** How long it holds. */
export const WENT_ON_MS = PERSON_HOUR_BOUND.windowMs

const BOUNDS = [
  { ...PERSON_HOUR_BOUND, told: 'person-hour', closed: 'closed-hour' },
  { ...PERSON_DAY_BOUND, told: 'person-day', closed: 'closed-day' },
] as const

/** One patient of one person, since its first opening of a day: entries that links join share it. */
interface Seen {
  readonly at: number
}

interface Counted {
  readonly byEntry: Map<string, Seen>
  /** When each kind was told last. */
  readonly told: Map<HouseAlarmKind, number>
  wentOnAt: number
  left: number
}

export function createOpeningMeter(): OpeningMeter {
  const people = new Map<string, Counted>()

  function countedOf(person: string): Counted {
    const known = people.get(person)
    if (known !== undefined) return known
    const fresh: Counted = { byEntry: new Map(), told: new Map(), wentOnAt: 0, left: 0 }
    people.set(person, fresh)
    return fresh
  }

  return {
    weigh({ person, entries, at, isOpened, mayRefuse }) {
      const counted = countedOf(person)
      // Who was opened within a day may be looked at again, and is counted where it began.
      if (isOpen(counted, entries, at)) {
        if (isOpened) note(counted, entries, at)
        return { isRefused: false, alarms: [] }
      }
      const mayGoOn = isGoingOn(counted, at)
      const alarms: HouseAlarm[] = []
      let isClosed = false
      for (const { windowMs, alarmAt, refuseAt, told, closed } of BOUNDS) {
        const patientCount = countWithin(counted, at, windowMs) + 1
        if (patientCount >= refuseAt) isClosed = true
        const kind = patientCount >= refuseAt && mayRefuse && !mayGoOn ? closed : told
        // An opening that is only asked about tells nothing but that it stays closed.
        const isTold = patientCount >= alarmAt && (isOpened || kind === closed)
        if (!isTold || isWithin(counted.told.get(kind), at, windowMs)) continue
        counted.told.set(kind, at)
        alarms.push({ at, person, kind, patientCount: kind === closed ? patientCount - 1 : patientCount })
      }
      if (isClosed && mayRefuse && !mayGoOn) return { isRefused: true, alarms }
      if (isOpened) {
        if (isClosed && mayGoOn) counted.left--
        note(counted, entries, at)
      }
      return { isRefused: false, alarms }
    },
    goOn(person, at) {
      const counted = countedOf(person)
      const reached = BOUNDS.map(({ windowMs, refuseAt }) => {
        const patientCount = countWithin(counted, at, windowMs)
        return { patientCount, isReached: patientCount + 1 >= refuseAt }
      }).find(({ isReached }) => isReached)
      if (reached === undefined || isGoingOn(counted, at)) return null
      counted.wentOnAt = at
      counted.left = WENT_ON_PATIENTS
      return { at, person, kind: 'went-on', patientCount: reached.patientCount }
    },
    remember({ at, person, kind }) {
      const counted = countedOf(person)
      counted.told.set(kind, at)
      if (kind !== 'went-on') return
      counted.wentOnAt = at
      counted.left = WENT_ON_PATIENTS
    },
    untell({ at, person, kind }) {
      const counted = countedOf(person)
      if (counted.told.get(kind) === at) counted.told.delete(kind)
      if (kind !== 'went-on' || counted.wentOnAt !== at) return
      counted.wentOnAt = 0
      counted.left = 0
    },
    takeBack({ person, entries, at }) {
      const { byEntry } = countedOf(person)
      for (const entry of entries) if (byEntry.get(entry)?.at === at) byEntry.delete(entry)
    },
    prune(at) {
      for (const [person, { byEntry, told }] of people) {
        for (const [entry, seen] of byEntry)
          if (!isWithin(seen.at, at, PERSON_DAY_BOUND.windowMs)) byEntry.delete(entry)
        const isTold = [...told.values()].some((each) => isWithin(each, at, PERSON_DAY_BOUND.windowMs))
        if (byEntry.size === 0 && !isTold) people.delete(person)
      }
    },
  }
}

/** Whichever way the clock went: one that was set back makes no window longer. */
const isWithin = (then: number | undefined, at: number, windowMs: number): boolean =>
  then !== undefined && Math.abs(at - then) < windowMs

const isGoingOn = ({ wentOnAt, left }: Counted, at: number): boolean =>
  left > 0 && isWithin(wentOnAt, at, WENT_ON_MS)

function countWithin({ byEntry }: Counted, at: number, windowMs: number): number {
  const seen = new Set<Seen>()
  for (const each of byEntry.values()) if (isWithin(each.at, at, windowMs)) seen.add(each)
  return seen.size
}

function isOpen({ byEntry }: Counted, entries: readonly string[], at: number): boolean {
  return entries.some((entry) => isWithin(byEntry.get(entry)?.at, at, PERSON_DAY_BOUND.windowMs))
}

function note({ byEntry }: Counted, entries: readonly string[], at: number): void {
  const known = entries.flatMap((entry) => byEntry.get(entry) ?? [])
  const seen = known.find((each) => isWithin(each.at, at, PERSON_DAY_BOUND.windowMs)) ?? { at }
  for (const entry of entries) byEntry.set(entry, seen)
}
