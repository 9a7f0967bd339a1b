/**
 * Times of HL7 v2 (`YYYYMMDDHHMMSS.S+ZZZZ`, each part after the year may be missing) → the texts of a record. A time
 * without an offset is one of the message's own offset (MSH-7), else of the hospital's zone, where that is known.
 */
import { parseInstant, parsePartialDate } from '../../../shared/domain/dates.ts'

export type ReadWhen =
  | { readonly kind: 'when'; readonly text: string; readonly isOffsetAssumed: boolean }
  | { readonly kind: 'bad'; readonly reason: 'date-does-not-exist' | 'date-malformed' }

/** The offset of a civil time of the hospital (`YYYY-MM-DDTHH:MM:SS` → `+08:00`); null where its zone is not known. */
export type OffsetAt = (civil: string) => string | null

const SHAPE =
  /^([0-9]{4})([0-9]{2})?([0-9]{2})?([0-9]{2})?([0-9]{2})?([0-9]{2})?(\.[0-9]{1,9})?([+-][0-9]{4})?$/

/** Undefined for an empty text. A day alone stays a day, a month a month. */
export function readWhen(
  text: string | undefined,
  ofMessage: string | null,
  offsetAt: OffsetAt,
): ReadWhen | undefined {
  if (text === undefined || text === '') return undefined
  const match = SHAPE.exec(text)
  if (match === null) return { kind: 'bad', reason: 'date-malformed' }
  const [, year, month, day, hour, minute, second, fraction, offset] = match
  const date = [year, month, day].filter((each) => each !== undefined).join('-')
  if (parsePartialDate(date) === null) return { kind: 'bad', reason: 'date-does-not-exist' }
  // Some systems fill a day up with zeros where they know no time; a midnight that is meant has an offset or minutes.
  if (hour === undefined) return { kind: 'when', text: date, isOffsetAssumed: false }
  const civil = `${date}T${hour}:${minute ?? '00'}:${second ?? '00'}`
  const said = offset === undefined ? ofMessage : `${offset.slice(0, 3)}:${offset.slice(3)}`
  const meant = said ?? offsetAt(civil)
  if (meant === null) return { kind: 'when', text: date, isOffsetAssumed: true }
  const instant = `${civil}${fraction ?? ''}${meant}`
  if (parseInstant(instant) === null) return { kind: 'bad', reason: 'date-does-not-exist' }
  return { kind: 'when', text: instant, isOffsetAssumed: said === null }
}

/** The offset that the message's own time names: it holds for all its times (chapter 2.A.22). */
export function offsetOfMessage(time: string | undefined): string | null {
  const offset = /[+-][0-9]{4}$/.exec(time ?? '')?.[0]
  return offset === undefined ? null : `${offset.slice(0, 3)}:${offset.slice(3)}`
}
