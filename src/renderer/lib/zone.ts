/** Civil times of a facility's zone as instants with their offset. The only place of the window that knows zones. */
import { dayOfCivil, parseDay } from '../../shared/domain/dates.ts'

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
  const sign = offset < 0 ? '-' : '+'
  const pad = (value: number) => String(value).padStart(2, '0')
  return `${day}T${time}:00${sign}${pad(Math.floor(Math.abs(offset) / 60))}:${pad(Math.abs(offset) % 60)}`
}
