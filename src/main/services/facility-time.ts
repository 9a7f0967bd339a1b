/** Clock texts at the facility: the node's clock in the facility's zone. */
import { parseDay, parseInstant } from '../../shared/domain/dates.ts'
import { present } from '../../shared/std/assert.ts'

const formats = new Map<string, Intl.DateTimeFormat>()

/** Whether the runtime knows the zone. */
export function isKnownZone(zone: string): boolean {
  try {
    formatIn(zone)
    return true
  } catch {
    return false
  }
}

/** The civil date at the facility, YYYY-MM-DD, at an instant in milliseconds. */
export function civilDateIn(zone: string, epochMs: number): string {
  return partsIn(zone, epochMs).date
}

/** The same as days since 1970-01-01. */
export function dayIn(zone: string, epochMs: number): number {
  return present(parseDay(civilDateIn(zone, epochMs)), 'today is a day')
}

/** RFC 3339 with the facility's offset, whole seconds. */
export function instantIn(zone: string, epochMs: number): string {
  const { date, time } = partsIn(zone, epochMs)
  const asUtc = parseInstant(`${date}T${time}Z`)!.epochMs
  const offset = Math.round((asUtc - Math.floor(epochMs / 1000) * 1000) / 60_000)
  const sign = offset < 0 ? '-' : '+'
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
  return `${date}T${time}${sign}${two(Math.abs(offset) / 60)}:${two(Math.abs(offset) % 60)}`
}

/** The offset of the facility at a civil time (`2026-03-01T08:00:00` → `+08:00`); in the hour that comes twice, the first. */
export function offsetAtCivil(zone: string, civil: string): string | null {
  const asUtc = parseInstant(`${civil}Z`)
  if (asUtc === null) return null
  const offsetOf = (epochMs: number): string => instantIn(zone, epochMs).slice(19)
  const minutesOf = (offset: string): number => parseInstant(`1970-01-01T00:00:00${offset}`)!.offsetMinutes!
  // The offset at a moment near it, then at the moment that this offset makes of the civil time.
  const near = offsetOf(asUtc.epochMs - minutesOf(offsetOf(asUtc.epochMs)) * 60_000)
  return offsetOf(asUtc.epochMs - minutesOf(near) * 60_000)
}

/**
 * The clinical day of an admission: the facility's civil date. A text without a time is a day already. Null when the
 * text is no instant.
 */
export function clinicalDay(zone: string, instant: string): string | null {
  const parsed = parseInstant(instant)
  if (parsed === null) return null
  return parsed.offsetMinutes === null ? instant.slice(0, 10) : civilDateIn(zone, parsed.epochMs)
}

function partsIn(zone: string, epochMs: number): { date: string; time: string } {
  const parts: Record<string, string> = {}
  for (const { type, value } of formatIn(zone).formatToParts(epochMs)) parts[type] = value
  const year = parts['year']!.padStart(4, '0')
  return {
    date: `${year}-${parts['month']}-${parts['day']}`,
    time: `${parts['hour']}:${parts['minute']}:${parts['second']}`,
  }
}

function formatIn(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      calendar: 'iso8601',
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
    formats.set(zone, format)
  }
  return format
}
