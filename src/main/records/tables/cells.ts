/**
 * What a cell of a hospital's table says: dates in the five forms, numbers with their comparators and units, lists of
 * codes, and what spreadsheets do to them. Nothing is guessed here: a cell that does not fit the form of its column comes
 * back as bad, with a better value where one is obvious.
 */
import { civilOfDay, dayOfCivil, daysInMonth, formatDay, parseDay } from '../../../shared/domain/dates.ts'
import type { DateForm } from '../../../shared/domain/table-mapping.ts'

/** Full-width letters and digits as their plain ones, blanks cut. For numbers, dates and codes; never for names. */
export function folded(cell: string): string {
  return cell
    .normalize('NFKC')
    .replace(/\u200b/g, '')
    .trim()
}

/** Words with which systems say that there is nothing. */
const NOTHING = new Set([
  '',
  '-',
  '--',
  '---',
  'na',
  'n/a',
  'null',
  'nil',
  '#n/a',
  '無資料',
  '未驗',
  '未測',
  '未檢',
])

export function isNothing(cell: string): boolean {
  return NOTHING.has(folded(cell).toLowerCase())
}

/* Dates */

export type DateCell =
  | { kind: 'date'; day: string; time: string | null }
  /** Birth dates of which only the year or the month is known. */
  | { kind: 'partial'; text: string }
  | { kind: 'bad'; reason: 'date-does-not-exist' | 'date-malformed'; suggestion?: string }

const TIME = /^(?:(上午|下午|am|pm)\s*)?([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)?(?:\s*(am|pm))?$/i

/** `HH:MM` or `HH:MM:SS`; `0930` too. Null for what is no time. */
export function readTime(cell: string): string | null {
  const text = folded(cell)
  const digits = /^([0-9]{2})([0-9]{2})([0-9]{2})?$/.exec(text)
  const match = TIME.exec(text)
  if (digits === null && match === null) return null
  let hour = Number(match?.[2] ?? digits![1])
  const minute = match?.[3] ?? digits![2]!
  const second = match?.[4] ?? digits?.[3]
  const half = (match?.[1] ?? match?.[5] ?? '').toLowerCase()
  if (half !== '' && (hour > 12 || hour === 0)) return null
  if ((half === 'pm' || half === '下午') && hour < 12) hour += 12
  if ((half === 'am' || half === '上午') && hour === 12) hour = 0
  if (hour > 23 || Number(minute) > 59 || Number(second ?? '0') > 59) return null
  return `${two(hour)}:${minute}${second === undefined ? '' : `:${second}`}`
}

const INSTANT =
  /^([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:\.[0-9]+)?)(Z|[+-][0-9]{2}:?[0-9]{2})?$/

/** One cell in the form of its column. */
export function readDate(cell: string, form: DateForm): DateCell {
  const text = folded(cell)
  const instant = INSTANT.exec(text)
  if (instant !== null) {
    if (parseDay(instant[1]!) === null) return { kind: 'bad', reason: 'date-does-not-exist' }
    return { kind: 'date', day: instant[1]!, time: instant[2]!.slice(0, 8) + zoneText(instant[3]) }
  }
  // A date, and behind a blank perhaps a time.
  const split = /^([^\s]+(?:\s*[年月日]\s*[0-9]*)*)\s+((?:上午|下午)?\s*[0-9]{1,2}:.*)$/.exec(text)
  const time = split === null ? null : readTime(split[2]!)
  if (split !== null && time === null) return { kind: 'bad', reason: 'date-malformed' }
  const read = readDay(split === null ? text : split[1]!.trim(), form)
  return read.kind === 'date' ? { ...read, time } : read
}

function readDay(text: string, form: DateForm): DateCell {
  // Four digits in front are a year, whatever the column is said to be.
  const western = /^([0-9]{4})\s*[/.\-年]\s*([0-9]{1,2})\s*[/.\-月]\s*([0-9]{1,2})\s*日?$/.exec(text)
  if (western !== null) return existing(Number(western[1]), Number(western[2]), Number(western[3]))
  switch (form) {
    case 'ymd': {
      const digits = /^([0-9]{4})([0-9]{2})([0-9]{2})$/.exec(text)
      if (digits !== null) return existing(Number(digits[1]), Number(digits[2]), Number(digits[3]))
      const part = /^([0-9]{4})(?:[-/]([0-9]{1,2}))?$/.exec(text)
      if (part !== null && (part[2] === undefined || (Number(part[2]) >= 1 && Number(part[2]) <= 12)))
        return {
          kind: 'partial',
          text: part[2] === undefined ? part[1]! : `${part[1]!}-${two(Number(part[2]))}`,
        }
      return bad(text)
    }
    case 'roc': {
      const parts =
        /^(?:民國|中華民國)?\s*(前|-)?\s*([0-9]{1,3})\s*[/.\-年]\s*([0-9]{1,2})\s*[/.\-月]\s*([0-9]{1,2})\s*日?$/.exec(
          text,
        ) ?? /^(-)?([0-9]{2,3})([0-9]{2})([0-9]{2})$/.exec(text)
      if (parts === null) return bad(text)
      const year = Number(parts[2])
      // There was no year 0: the year before the first is 民國前 1 年, 1911.
      const western = parts[1] === undefined ? year + 1911 : 1912 - year
      return year < 1 || year > 200 ? bad(text) : existing(western, Number(parts[3]), Number(parts[4]))
    }
    case 'dmy':
    case 'mdy': {
      const parts =
        /^([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})$/.exec(text) ??
        /^([0-9]{2})([0-9]{2})([0-9]{4})$/.exec(text)
      if (parts === null) return bad(text)
      const [first, second, year] = [Number(parts[1]), Number(parts[2]), Number(parts[3])]
      const read = form === 'dmy' ? existing(year, second, first) : existing(year, first, second)
      if (read.kind !== 'bad') return read
      const other = form === 'dmy' ? existing(year, first, second) : existing(year, second, first)
      return other.kind === 'date' ? { ...read, suggestion: other.day } : read
    }
    case 'excel': {
      const serial = /^([0-9]{1,6})(?:\.([0-9]+))?$/.exec(text)
      if (serial === null) return bad(text)
      const day = Number(serial[1])
      if (day < 1 || day > 200_000) return { kind: 'bad', reason: 'date-does-not-exist' }
      // Spreadsheets count a 29 February 1900 that never was.
      return {
        kind: 'date',
        day: formatDay(dayOfCivil(1899, 12, 30) + (day < 60 ? day + 1 : day)),
        time: null,
      }
    }
  }
}

function existing(year: number, month: number, day: number): DateCell {
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month))
    return { kind: 'bad', reason: 'date-does-not-exist' }
  return { kind: 'date', day: formatDay(dayOfCivil(year, month, day)), time: null }
}

/** Suggests the one form in which a bad cell would be a date, when there is just one. */
function bad(text: string): DateCell {
  const found = new Set<string>()
  for (const form of ['ymd', 'roc', 'dmy', 'mdy'] as const) {
    if (!fits(text, form)) continue
    const read = readDay(text, form)
    if (read.kind === 'date') found.add(read.day)
  }
  const [only] = found
  return found.size === 1 && only !== undefined
    ? { kind: 'bad', reason: 'date-malformed', suggestion: only }
    : { kind: 'bad', reason: 'date-malformed' }
}

/** Whether a text has the shape of a form, so that looking for another reading comes to an end. */
function fits(text: string, form: 'ymd' | 'roc' | 'dmy' | 'mdy'): boolean {
  switch (form) {
    case 'ymd':
      return /^[0-9]{8}$/.test(text)
    case 'roc':
      return /^(民國)?[0-9]{2,3}[/.\-年][0-9]{1,2}[/.\-月][0-9]{1,2}日?$|^[0-9]{6,7}$/.test(text)
    case 'dmy':
    case 'mdy':
      return /^[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{4}$/.test(text)
  }
}

const FORMS: readonly DateForm[] = ['ymd', 'roc', 'dmy', 'mdy', 'excel']

/** A column in which fewer cells than this are dates is no column of dates. */
const DATES_LEAST = 0.6

/**
 * The forms in which the most of the cells are dates between 1880 and two years ahead; the likelier first. More than one
 * means that a person must say; none, that the column is no column of dates. A few impossible cells are named later.
 */
export function formsOf(cells: readonly string[], today: number): DateForm[] {
  const given = cells.filter((each) => !isNothing(each))
  const latest = today + 730
  const earliest = dayOfCivil(1880, 1, 1)
  const isLikely = (cell: string, form: DateForm): boolean => {
    const read = readDate(cell, form)
    if (read.kind === 'partial') {
      const year = Number(read.text.slice(0, 4))
      return year >= 1880 && year <= civilOfDay(latest).year
    }
    const day = read.kind === 'date' ? parseDay(read.day) : null
    return day !== null && day >= earliest && day <= latest
  }
  const counts = FORMS.map((form) => ({ form, count: given.filter((cell) => isLikely(cell, form)).length }))
  const most = Math.max(...counts.map(({ count }) => count))
  if (most === 0 || most < given.length * DATES_LEAST) return []
  const all = counts.filter(({ count }) => count === most).map(({ form }) => form)
  // Four digits in front decide it, whatever the other forms would take along.
  if (all.includes('ymd')) return ['ymd']
  // Seven digits are a day of the Republic; five are a serial number.
  if (all.includes('roc') && all.includes('excel')) return all.filter((each) => each !== 'excel')
  return all
}

function zoneText(zone: string | undefined): string {
  if (zone === undefined) return ''
  return zone === 'Z' || zone.includes(':') ? zone : `${zone.slice(0, 3)}:${zone.slice(3)}`
}

/* Numbers */

export interface NumberCell {
  /** Verbatim digits of the cell. */
  value: string
  comparator?: '<' | '<=' | '>' | '>='
  /** A unit that stands behind the number in the same cell. */
  unit?: string
  /** Commas between thousands were left out. */
  hadSeparators?: boolean
}

const NUMBER =
  /^(<=|>=|≤|≥|<|>)?\s*([+-]?)((?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+)((?:[eE][+-]?[0-9]+)?)\s*((?![/\-~–:.,][0-9.])[^0-9\s].*)?$/

/** A number, or null for any other text. */
export function readNumber(cell: string): NumberCell | null {
  const match = NUMBER.exec(folded(cell))
  if (match === null) return null
  const [, comparator, sign, digits, exponent, unit] = match
  const plain = digits!.replace(/,/g, '')
  // `007` is written without its zeros, `.5` with one: the same number in a record's spelling.
  const spelt = plain.replace(/^0+(?=[0-9])/, '').replace(/^\./, '0.')
  const value = `${sign === '-' ? '-' : ''}${spelt}${exponent!}`
  if (value.length > 30) return null
  const result: NumberCell = { value }
  const words: Record<string, NumberCell['comparator']> = { '≤': '<=', '≥': '>=' }
  if (comparator !== undefined) result.comparator = words[comparator] ?? (comparator as '<')
  if (unit !== undefined) result.unit = unit.trim()
  if (plain !== digits) result.hadSeparators = true
  return result
}

/** Several codes in one cell. */
export function codesIn(cell: string): string[] {
  return folded(cell)
    .split(/[;,|、，；\n]+/)
    .map((each) => each.trim())
    .filter((each) => each !== '' && !isNothing(each))
}

/** `1E+10`: a code that a spreadsheet took for a number, and of which nobody can say any more what it was. */
export function isMangledCode(cell: string): boolean {
  return /^[0-9](\.[0-9]+)?E\+?[0-9]+$/i.test(folded(cell)) && !/^[0-9]E[0-9]{1,2}$/.test(folded(cell))
}

/**
 * Whether ids of a column lost zeros in front: nearly all have the same number of digits, and the others are shorter
 * numbers. Gives that number of digits.
 */
export function lostZeros(cells: readonly string[]): number | null {
  const lengths = new Map<number, number>()
  let count = 0
  for (const cell of cells) {
    const text = folded(cell)
    if (text === '') continue
    if (!/^[0-9]+$/.test(text)) return null
    count++
    lengths.set(text.length, (lengths.get(text.length) ?? 0) + 1)
  }
  if (count < 5) return null
  const longest = Math.max(...lengths.keys())
  const full = lengths.get(longest)!
  if (full === count || longest < 4) return null
  // Of ids with random digits, about one in ten begins with a zero.
  return full / count >= 0.6 ? longest : null
}

const two = (value: number): string => String(value).padStart(2, '0')
