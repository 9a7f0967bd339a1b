/** How numbers, times and hashes are written. All through Intl, in the window's language. */
import type { Locale } from '../../shared/contract/app.ts'
import { zoneNote } from './zone.ts'

export type Calendar = 'gregory' | 'roc'

const tag = (locale: Locale): string => (locale === 'zh-Hant' ? 'zh-TW' : 'en-GB')

const made = new Map<string, Intl.DateTimeFormat | Intl.NumberFormat | Intl.RelativeTimeFormat>()
function once<T extends Intl.DateTimeFormat | Intl.NumberFormat | Intl.RelativeTimeFormat>(
  key: string,
  make: () => T,
): T {
  const have = made.get(key)
  if (have) return have as T
  const fresh = make()
  made.set(key, fresh)
  return fresh
}

export const formatNumber = (value: number, locale: Locale, digits = 0): string =>
  once(
    `n${locale}${digits}`,
    () => new Intl.NumberFormat(tag(locale), { maximumFractionDigits: digits }),
  ).format(value)

/** A loss of privacy in ρ, of the whole millionths in which it is kept: exact. */
export const formatRho = (microRho: number, locale: Locale): string => formatNumber(microRho / 1e6, locale, 6)

/** Always so many decimals: for columns whose numbers are compared. */
export const formatFixed = (value: number, locale: Locale, digits: number): string =>
  once(
    `f${locale}${digits}`,
    () =>
      new Intl.NumberFormat(tag(locale), { minimumFractionDigits: digits, maximumFractionDigits: digits }),
  ).format(value)

/** At most so many significant digits; very large and very small numbers as powers of ten. */
export const formatSignificant = (value: number, locale: Locale, digits = 4): string => {
  const size = Math.abs(value)
  const isFar = size !== 0 && (size >= 1e7 || size < 1e-4)
  return once(
    `s${locale}${digits}${isFar}`,
    () =>
      new Intl.NumberFormat(tag(locale), {
        maximumSignificantDigits: digits,
        notation: isFar ? 'scientific' : 'standard',
      }),
  ).format(value)
}

/** A probability of chance: never “0”. */
export const formatP = (p: number, locale: Locale): string =>
  p < 0.0001
    ? `< ${formatNumber(0.0001, locale, 4)}`
    : once(`pv${locale}`, () => new Intl.NumberFormat(tag(locale), { maximumSignificantDigits: 2 })).format(p)

export const formatPercent = (fraction: number, locale: Locale): string =>
  once(
    `p${locale}`,
    () => new Intl.NumberFormat(tag(locale), { style: 'percent', maximumFractionDigits: 0 }),
  ).format(fraction)

/** Names one after the other, as the language joins them. */
export const formatList = (items: readonly string[], locale: Locale): string =>
  items.join(locale === 'zh-Hant' ? '、' : ', ')

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const
export function formatBytes(bytes: number, locale: Locale): string {
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000
    unit++
  }
  const name = UNITS[unit] ?? 'byte'
  const digits = unit > 0 && value < 10 ? 1 : 0
  return once(
    `b${locale}${name}${digits}`,
    () =>
      new Intl.NumberFormat(tag(locale), {
        style: 'unit',
        unit: name,
        unitDisplay: 'short',
        maximumFractionDigits: digits,
      }),
  ).format(value)
}

/** IANA zone of the institution that is open; the machine's own before one is. */
let zone: string | undefined
/** From now on every instant is written as clocks of this zone show it, whatever zone this machine is set to. */
export const writeTimesIn = (next: string | undefined): void => void (zone = next)
/** The zone that instants are written in. */
export const zoneInUse = (): string => zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone

/** `UTC+08:00` where the institution's clock and this machine's differ at that instant; null where nobody need ask. */
export const zoneNoteAt = (milliseconds: number): string | null =>
  zone === undefined ? null : zoneNote(zone, milliseconds)
const withNote = (text: string, milliseconds: number): string => {
  const note = zoneNoteAt(milliseconds)
  return note === null ? text : `${text} ${note}`
}

/** Of `formatInstant`, for columns whose head says the zone. */
export const formatInstantBare = (milliseconds: number): string =>
  once(
    `i${zone}`,
    () =>
      // The one locale whose everyday order is that of the dates in the records.
      new Intl.DateTimeFormat('sv-SE', {
        timeZone: zoneInUse(),
        year: 'numeric',
        month: '2-digit',
        day: '2-digit',
        hour: '2-digit',
        minute: '2-digit',
        second: '2-digit',
      }),
  ).format(milliseconds)

/**
 * Date and time of an instant in milliseconds since 1970 in the institution's zone, which is said where this machine has
 * another: 2026-05-03 09:30:12 in every language.
 */
export const formatInstant = (milliseconds: number): string =>
  withNote(formatInstantBare(milliseconds), milliseconds)

/** The same to the minute: 2026-05-03 09:30. */
export const formatMinute = (milliseconds: number): string =>
  withNote(formatInstantBare(milliseconds).slice(0, 16), milliseconds)

export const formatClock = (milliseconds: number, locale: Locale): string =>
  withNote(
    once(
      `c${locale}${zone}`,
      () =>
        new Intl.DateTimeFormat(tag(locale), {
          timeZone: zoneInUse(),
          hour: '2-digit',
          minute: '2-digit',
          hourCycle: 'h23',
        }),
    ).format(milliseconds),
    milliseconds,
  )

/** The time alone where it was today. */
export const formatSince = (at: number, locale: Locale): string =>
  formatInstantBare(at).slice(0, 10) === formatInstantBare(Date.now()).slice(0, 10)
    ? formatClock(at, locale)
    : formatInstant(at)

/**
 * A civil date as it is stored (YYYY, YYYY-MM, YYYY-MM-DD), written for people. ROC years on request: 民國 115 年 = 2026.
 * Other text comes back as it is, because what a record says is never hidden.
 */
export function formatCivilDate(date: string, calendar: Calendar = 'gregory'): string {
  const match = /^([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?$/.exec(date)
  if (!match?.[1]) return date
  const year = Number(match[1])
  if (calendar === 'gregory' || year < 1912) return date
  return [`民國 ${year - 1911}`, match[2], match[3]].filter((part) => part !== undefined).join('-')
}

/** The local date and time parts of an instant as it was recorded, without moving it to another zone. */
export function formatRecordedInstant(at: string, calendar: Calendar = 'gregory'): string {
  const match = /^([0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?)(?:T([0-9]{2}:[0-9]{2}))?/.exec(at)
  if (!match?.[1]) return at
  const date = formatCivilDate(match[1], calendar)
  return match[2] ? `${date} ${match[2]}` : date
}

/** `9f3a…c41d`; short texts stay whole. */
export const shortHash = (hash: string, each = 6): string =>
  hash.length <= each * 2 + 1 ? hash : `${hash.slice(0, each)}…${hash.slice(-each)}`

/** Whole years between two civil dates; undefined when the birth date has no year or lies after. */
export function ageOn(birthDate: string | undefined, day: string): number | undefined {
  const birth = /^([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?/.exec(birthDate ?? '')
  const then = /^([0-9]{4})-([0-9]{2})-([0-9]{2})/.exec(day)
  if (!birth || !then) return undefined
  const had = (birth[2] ?? '01') + (birth[3] ?? '01') <= (then[2] ?? '') + (then[3] ?? '')
  const age = Number(then[1]) - Number(birth[1]) - (had ? 0 : 1)
  return age >= 0 ? age : undefined
}

/** ICD-10 codes are stored without a dot and shown with one after the third character; other codes stay as they are. */
export const formatCode = (coding: { readonly system: string; readonly code: string }): string =>
  coding.system.includes('icd-10') && /^[A-Z][0-9][0-9A-Z][0-9A-Z]{1,4}$/.test(coding.code)
    ? `${coding.code.slice(0, 3)}.${coding.code.slice(3)}`
    : coding.code

export interface DurationWords {
  seconds(count: number): string
  minutes(count: number): string
  hours(count: number): string
}
/** A rough time left: seconds below a minute, minutes below two hours. */
export function formatDuration(seconds: number, words: DurationWords): string {
  if (seconds < 60) return words.seconds(Math.max(1, Math.round(seconds)))
  if (seconds < 7200) return words.minutes(Math.round(seconds / 60))
  return words.hours(Math.round(seconds / 3600))
}

/** Minor units as an amount of money with its own number of decimals. */
export function formatMoney(minor: number, currency: string, exponent: number, locale: Locale): string {
  const format = once(
    `m${locale}${currency}${exponent}`,
    () =>
      new Intl.NumberFormat(tag(locale), {
        style: 'currency',
        currency,
        currencyDisplay: 'code',
        minimumFractionDigits: exponent,
        maximumFractionDigits: exponent,
      }),
  )
  return format.format(minor / 10 ** exponent)
}

/** A number's text as print has it: files and signed names have a hyphen, which beside a dash reads like one. */
export const withMinus = (text: string): string => text.replace(/(^|[\s(])-(?=\d)/g, '$1−')
