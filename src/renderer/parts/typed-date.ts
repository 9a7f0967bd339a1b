/** Dates as clerks type them, in their plain form. Pure: today is an argument. */
import { formatDay, parseTypedDay } from '../../shared/domain/dates.ts'

/** A typed date as YYYY-MM-DD; '' for nothing; null where it is not understood. */
export function readDay(text: string, today: number): string | null {
  if (text.trim() === '') return ''
  const day = parseTypedDay(text, today)
  return day === null ? null : formatDay(day)
}

/** A typed day, or a year or month alone where no more is known, as of a birth or of the beginning of an illness. */
export function readPartialDay(text: string, today: number): string | null {
  const folded = text.normalize('NFKC').trim()
  if (folded === '') return ''
  if (/^(18|19|20)[0-9]{2}(-(0[1-9]|1[0-2]))?$/.test(folded)) return folded
  return readDay(folded, today)
}
