/** Civil times of a facility's zone as instants with their offset. The only place of the window that knows zones. */
import { dayOfCivil, parseDay, parseInstant } from '../../shared/domain/dates.ts'

const formats = new Map<string, Intl.DateTimeFormat>()
function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
    })
    formats.set(zone, format)
  }
  return format
}

interface Civil {
  /** Days since 1970-01-01. */
  readonly day: number
  readonly minutes: number
}

/** What clocks in the zone show at an instant. */
export function civilInZone(epochMs: number, zone: string): Civil {
  const parts: Record<string, number> = {}
  for (const part of formatOf(zone).formatToParts(epochMs)) parts[part.type] = Number(part.value)
  const { year = 1970, month = 1, day = 1, hour = 0, minute = 0 } = parts
  return { day: dayOfCivil(year, month, day), minutes: hour * 60 + minute }
}

/** HH:MM */
export const clockOf = ({ minutes }: Civil): string => {
  const two = (value: number) => String(value).padStart(2, '0')
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

/** `+08:00` of minutes east of Greenwich. */
function offsetText(offset: number): string {
  const two = (value: number) => String(value).padStart(2, '0')
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`
}

/**
 * What tells a time of this zone from one of another: `UTC+08:00`. Null where both clocks show the same at this instant.
 * @param other the machine's own zone
 */
export function zoneNote(
  zone: string,
  epochMs: number,
  other = Intl.DateTimeFormat().resolvedOptions().timeZone,
): string | null {
  const here = offsetAt(civilInZone(epochMs, zone), zone)
  return here === offsetAt(civilInZone(epochMs, other), other) ? null : `UTC${offsetText(here)}`
}

/** The same of an instant as it was recorded, `2026-11-29T22:41:00+08:00`; null where it says no time or no offset. */
export function recordedZoneNote(
  at: string,
  other = Intl.DateTimeFormat().resolvedOptions().timeZone,
): string | null {
  const instant = parseInstant(at)
  if (instant === null || instant.offsetMinutes === null) return null
  const { epochMs, offsetMinutes } = instant
  return offsetMinutes === offsetAt(civilInZone(epochMs, other), other)
    ? null
    : `UTC${offsetText(offsetMinutes)}`
}

const epochOf = (civil: Civil): number => civil.day * 86_400_000 + civil.minutes * 60_000

/** Minutes east of Greenwich that hold at a civil time in the zone; in a gap or overlap of summer time, the later offset. */
export function offsetAt(civil: Civil, zone: string): number {
  let guess = epochOf(civil)
  for (let i = 0; i < 3; i++) guess = epochOf(civil) - (epochOf(civilInZone(guess, zone)) - guess)
  return Math.round((epochOf(civilInZone(guess, zone)) - guess) / 60_000)
}

/**
 * RFC 3339 with offset of a civil date and time in a zone; the date alone where no time is known.
 * @param day YYYY-MM-DD that exists
 * @param time HH:MM or ''
 */
export function instantText(day: string, time: string, zone: string): string {
  const number = parseDay(day)
  if (time === '' || number === null) return day
  const minutes = Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))
  const offset = offsetAt({ day: number, minutes }, zone)
  return `${day}T${time}:00${offsetText(offset)}`
}
