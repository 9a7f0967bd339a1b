/**
 * Civil dates as integer days since 1970-01-01 (proleptic Gregorian), instants with their offset, and the years of the
 * Republic (112 = 2023). No Date: it knows time zones of the machine, accepts the 30th of February and rounds.
 */

export interface CivilDate {
  readonly year: number
  readonly month: number
  readonly day: number
}

/** Days since 1970-01-01 of a date that exists. Algorithm: Hinnant, days_from_civil. */
export function dayOfCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146097 + dayOfEra - 719468
}

export function civilOfDay(day: number): CivilDate {
  const z = day + 719468
  const era = Math.floor(z / 146097)
  const dayOfEra = z - era * 146097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) /
      365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shifted = Math.floor((5 * dayOfYear + 2) / 153)
  const month = shifted < 10 ? shifted + 3 : shifted - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1,
  }
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** `YYYY-MM-DD` of a day number; years 0000 to 9999. */
export function formatDay(day: number): string {
  const civil = civilOfDay(day)
  return `${pad(civil.year, 4)}-${pad(civil.month, 2)}-${pad(civil.day, 2)}`
}

/** `YYYY-MM-DD` of a date that exists, else null. */
export function parseDay(text: string): number | null {
  if (text.length !== 10 || text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45) return null
  const year = digits(text, 0, 4)
  const month = digits(text, 5, 7)
  const day = digits(text, 8, 10)
  if (year < 0 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null
  return dayOfCivil(year, month, day)
}

export type DatePrecision = 'year' | 'month' | 'day'

export interface DateSpan {
  readonly precision: DatePrecision
  /** First and last day that the text may mean. */
  readonly first: number
  readonly last: number
}

/** `YYYY`, `YYYY-MM` or `YYYY-MM-DD` that exists, else null. */
export function parsePartialDate(text: string): DateSpan | null {
  if (/^[0-9]{4}$/.test(text)) {
    const year = Number(text)
    return { precision: 'year', first: dayOfCivil(year, 1, 1), last: dayOfCivil(year, 12, 31) }
  }
  if (/^[0-9]{4}-[0-9]{2}$/.test(text)) {
    const year = Number(text.slice(0, 4))
    const month = Number(text.slice(5))
    if (month < 1 || month > 12) return null
    const first = dayOfCivil(year, month, 1)
    return { precision: 'month', first, last: first + daysInMonth(year, month) - 1 }
  }
  const day = parseDay(text)
  return day === null ? null : { precision: 'day', first: day, last: day }
}

export interface Instant {
  /** Civil day where the text was written, that is in its own offset. */
  readonly day: number
  /** Minutes after midnight of that day, fractions for seconds; 0 for a date alone. */
  readonly minutes: number
  /** Minutes east of Greenwich; null for a date alone. */
  readonly offsetMinutes: number | null
  /** Milliseconds since 1970-01-01T00:00Z, whole; a date alone counts as midnight at offset 0. */
  readonly epochMs: number
}

const INSTANT =
  /^([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:[0-9]{2}))?$/

/** RFC 3339 with offset, seconds optional, or a date alone; null for anything else and for dates that do not exist. */
export function parseInstant(text: string): Instant | null {
  const match = INSTANT.exec(text)
  if (match === null) return null
  const day = parseDay(match[1]!)
  if (day === null) return null
  const zone = match[6]
  if (zone === undefined) return { day, minutes: 0, offsetMinutes: null, epochMs: day * 86_400_000 }
  const hour = Number(match[2])
  const minute = Number(match[3])
  const second = match[4] === undefined ? 0 : Number(match[4])
  if (hour > 23 || minute > 59 || second > 60) return null
  let offsetMinutes = 0
  if (zone !== 'Z') {
    const zoneHours = digits(zone, 1, 3)
    const zoneMinutes = digits(zone, 4, 6)
    if (zoneHours > 14 || zoneMinutes > 59) return null
    offsetMinutes = (zone.charCodeAt(0) === 45 ? -1 : 1) * (zoneHours * 60 + zoneMinutes)
  }
  const fraction = match[5] === undefined ? 0 : Math.floor(Number(`0${match[5]}`) * 1000)
  const minuteOfDay = hour * 60 + minute
  return {
    day,
    minutes: minuteOfDay + second / 60,
    offsetMinutes,
    epochMs: day * 86_400_000 + (minuteOfDay - offsetMinutes) * 60_000 + second * 1000 + fraction,
  }
}

/** First and last day that an instant or a partial date may mean; null when it does not exist. */
export function parseWhen(text: string): DateSpan | null {
  if (text.length <= 10) return parsePartialDate(text)
  const instant = parseInstant(text)
  return instant === null ? null : { precision: 'day', first: instant.day, last: instant.day }
}

/** Years completed between two days, as people count birthdays. */
export function ageInYears(birthDay: number, onDay: number): number {
  const birth = civilOfDay(birthDay)
  const now = civilOfDay(onDay)
  const hadBirthday = now.month > birth.month || (now.month === birth.month && now.day >= birth.day)
  return now.year - birth.year - (hadBirthday ? 0 : 1)
}

/** Day and month exchanged (`2023-05-03` → `2023-03-05`), when that is another date that exists. */
export function swapDayAndMonth(text: string): string | null {
  const match = /^([0-9]{4})-([0-9]{2})-([0-9]{2})(.*)$/.exec(text)
  if (match === null || match[2] === match[3]) return null
  const swapped = `${match[1]}-${match[3]}-${match[2]}`
  return parseDay(swapped) === null ? null : swapped + match[4]!
}

/** Year of the Republic of China: 112 for 2023; 0 and less before 1912. */
export function rocYear(year: number): number {
  return year - 1911
}

/** `112/05/03` of a day, as Taiwanese forms show it; before 1912 the Gregorian date. */
export function formatRocDay(day: number): string {
  const civil = civilOfDay(day)
  const year = rocYear(civil.year)
  return year < 1 ? formatDay(day) : `${year}/${pad(civil.month, 2)}/${pad(civil.day, 2)}`
}

const ROC_PATTERNS = [
  /^(?:民國|中華民國)?\s*([0-9]{1,3})\s*[/.\-年]\s*([0-9]{1,2})\s*[/.\-月]\s*([0-9]{1,2})\s*日?$/,
  /^([0-9]{3})([0-9]{2})([0-9]{2})$/,
]

/** A Republican date: `112/05/03`, `112.5.3`, `1120503`, `民國112年5月3日`. Years 1 to 200. */
export function parseRocDay(text: string): number | null {
  const folded = text.normalize('NFKC').trim()
  for (const pattern of ROC_PATTERNS) {
    const match = pattern.exec(folded)
    if (match === null) continue
    const year = Number(match[1])
    return year >= 1 && year <= 200 ? existingDay(year + 1911, Number(match[2]), Number(match[3])) : null
  }
  return null
}

/**
 * What a clerk types for a date: `t` today, `t-3` or `-3` days ago, `t+2`, `0503` this year (last year when that would
 * be more than a month ahead), `20230503`, `2023/5/3`, `112/05/03`, `1120503`. Null when it is none of these.
 */
export function parseTypedDay(text: string, today: number): number | null {
  const folded = text.normalize('NFKC').trim().toLowerCase()
  if (folded === 't' || folded === '今天' || folded === '今日') return today
  const relative = /^t?\s*([+-][0-9]{1,4})$/.exec(folded)
  if (relative !== null) return today + Number(relative[1])
  if (/^[0-9]{4}$/.test(folded)) {
    const year = civilOfDay(today).year
    const month = Number(folded.slice(0, 2))
    const day = Number(folded.slice(2))
    const thisYear = existingDay(year, month, day)
    if (thisYear !== null && thisYear <= today + 31) return thisYear
    return existingDay(year - 1, month, day) ?? thisYear
  }
  if (/^[0-9]{8}$/.test(folded)) {
    return existingDay(Number(folded.slice(0, 4)), Number(folded.slice(4, 6)), Number(folded.slice(6)))
  }
  const western = /^([0-9]{4})\s*[/.\-年]\s*([0-9]{1,2})\s*[/.\-月]\s*([0-9]{1,2})\s*日?$/.exec(folded)
  if (western !== null) return existingDay(Number(western[1]), Number(western[2]), Number(western[3]))
  return parseRocDay(folded)
}

function existingDay(year: number, month: number, day: number): number | null {
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null
  return dayOfCivil(year, month, day)
}

function digits(text: string, from: number, to: number): number {
  let value = 0
  for (let i = from; i < to; i++) {
    const digit = text.charCodeAt(i) - 48
    if (!(digit >= 0 && digit <= 9)) return -1
    value = value * 10 + digit
  }
  return value
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0')
}
