/**
 * Whoever opens the own house's patients in bulk: weighed at the door, told to administrators and auditors, noted in the audit
 * as an act of its own. What was opened before a restart is read from the audit, so nothing of it lies anywhere else.
 */
import type { AuditedCall, OpeningsPort } from '../services/audit-port.ts'
import { DAY_MS } from '../node/access/opening-rates.ts'
import type { AuditContent } from './audit-entry.ts'
import type { AuditHome } from './audit-home.ts'
import { createOpeningMeter, HOUSE_ALARMS, type HouseAlarm, type OpeningMeter } from './opening-meter.ts'
import { allOf } from './read-log.ts'

type Person = NonNullable<AuditedCall['person']>

export interface HouseOpenings extends OpeningsPort {
  /** The passphrase was given. Null where nothing is closed for this person. */
  goOn(person: Person): Promise<HouseAlarm | null>
  /** Records of all patients are about to be exported. */
  exportedAll(person: Person): Promise<void>
  /** Of the last 30 days, newest first. */
  alarms(): Promise<readonly HouseAlarm[]>
}

export interface HouseOpeningsOptions {
  readonly audit: Pick<AuditHome, 'log' | 'say'>
  readonly now: () => number
  /** Somebody is to be told at once. */
  readonly onAlarm: (alarm: HouseAlarm) => void
}

export const BULK_OPERATION = 'node.bulkOpening'
/** Who looked at whom opens no record. */
const NO_RECORDS = /^audit\./
/** An emergency is counted and told, and never closed. */
const EMERGENCY = 'access.breakGlass'
const PRUNE_EVERY = 1_000
const ALARMS_KEPT_MS = 30 * DAY_MS

export function createHouseOpenings({ audit, now, onAlarm }: HouseOpeningsOptions): HouseOpenings {
  const meter = createOpeningMeter()
  /** What the audit had when this process began; later entries are of what is in memory. */
  const countBefore = audit.log.head.count
  let ready: Promise<void> | null = null
  let before: Promise<readonly HouseAlarm[]> | null = null
  /** Told since. */
  const told: HouseAlarm[] = []
  let weighedCount = 0

  function untilReady(): Promise<void> {
    ready ??= replay(meter, entriesBefore(now() - DAY_MS)).catch((error: unknown) => {
      // The next call tries again.
      ready = null
      throw error
    })
    return ready
  }

  async function* entriesBefore(from: number, operation?: string): AsyncGenerator<AuditContent> {
    for await (const { sequence, content } of allOf(audit.log, { from, operation })) {
      if (sequence > countBefore) return
      if (content !== null) yield content
    }
  }

  async function alarmsBefore(): Promise<readonly HouseAlarm[]> {
    const found: HouseAlarm[] = []
    for await (const content of entriesBefore(now() - ALARMS_KEPT_MS, BULK_OPERATION)) {
      const alarm = alarmOf(content)
      if (alarm !== null) found.push(alarm)
    }
    return found
  }

  /** Shown and announced is what the audit has; what it could not take is due again. */
  async function tell(alarm: HouseAlarm, { roles }: Person): Promise<void> {
    const { kind, person, patientCount } = alarm
    try {
      await audit.say(BULK_OPERATION, {
        person: { userKeyId: person, roles },
        outcome: kind.startsWith('closed') ? 'refused' : 'done',
        code: kind,
        subject: { patientCount },
      })
    } catch (error) {
      meter.untell(alarm)
      throw error
    }
    told.push(alarm)
    onAlarm(alarm)
  }

  async function tellAll(alarms: readonly HouseAlarm[], person: Person): Promise<void> {
    for (const [i, alarm] of alarms.entries())
      try {
        await tell(alarm, person)
      } catch (error) {
        for (const later of alarms.slice(i + 1)) meter.untell(later)
        throw error
      }
  }

  return {
    async weigh({ operation, person, subject }, isOpened) {
      const people = peopleIn(Object.entries(subject))
      if (person === null || people.length === 0 || NO_RECORDS.test(operation)) return true
      await untilReady()
      if (++weighedCount % PRUNE_EVERY === 0) meter.prune(now())
      const mayRefuse = operation !== EMERGENCY
      // One answer: with whom the bound is reached, all of it stays closed.
      for (const entries of people) {
        const opening = { person: person.userKeyId, entries, at: now(), isOpened }
        const { isRefused, alarms } = meter.weigh({ ...opening, mayRefuse })
        try {
          await tellAll(alarms, person)
        } catch (error) {
          // Counted as seen, it would be handed out next time without the alarm.
          if (isOpened) meter.takeBack(opening)
          throw error
        }
        if (isRefused) return false
      }
      return true
    },
    async goOn(person) {
      await untilReady()
      const alarm = meter.goOn(person.userKeyId, now())
      if (alarm !== null) await tell(alarm, person)
      return alarm
    },
    exportedAll: (person) =>
      tell({ at: now(), person: person.userKeyId, kind: 'exported-all', patientCount: 0 }, person),
    async alarms() {
      before ??= alarmsBefore().catch((error: unknown) => {
        before = null
        throw error
      })
      const from = now() - ALARMS_KEPT_MS
      return [...(await before), ...told].filter(({ at }) => at >= from).reverse()
    },
  }
}

/** What was opened and told since then, as if it happened now again. */
async function replay(meter: OpeningMeter, contents: AsyncIterable<AuditContent>): Promise<void> {
  for await (const content of contents) {
    if (content.person === null) continue
    const alarm = alarmOf(content)
    if (alarm !== null) {
      meter.remember(alarm)
      continue
    }
    const { act, outcome, code, operation, person, at } = content
    const people = peopleIn(content.subject)
    const isOpening = (act === 'opening' || act === 'export') && outcome === 'done' && code === null
    if (!isOpening || NO_RECORDS.test(operation)) continue
    for (const entries of people) meter.weigh({ person, entries, at, isOpened: true, mayRefuse: false })
  }
}

function alarmOf({ operation, person, code, at, subject }: AuditContent): HouseAlarm | null {
  const kind = HOUSE_ALARMS.find((each) => each === code)
  if (operation !== BULK_OPERATION || person === null || kind === undefined) return null
  const patientCount = subject.find(([name]) => name === 'patientCount')?.[1]
  return { at, person, kind, patientCount: typeof patientCount === 'number' ? patientCount : 0 }
}

/** Entries of each patient whom a call is about: of one with what links join, or of several by their pseudonyms. */
function peopleIn(subject: readonly (readonly [string, AuditedCall['subject'][string]])[]): string[][] {
  const of = (wanted: string): string[] =>
    subject.flatMap(([name, value]) =>
      name === wanted && typeof value === 'string' && value !== '' ? value.split('+') : [],
    )
  const [patientId] = of('patientId')
  if (patientId !== undefined) return [[patientId, ...of('linked')]]
  // Beside an access they are the names of one patient, whom the hospital that was asked counts.
  return of('accessId').length > 0 ? [] : of('pseudonyms').map((pseudonym) => [pseudonym])
}
