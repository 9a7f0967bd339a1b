/** Two people, field by field: at which level they agree, or null where one of them lacks the field. Pure. */
import { swapDayAndMonth } from '../../../shared/domain/dates.ts'
import { nameSimilarity } from './fold.ts'
import type { Person } from './person.ts'

/** The levels of each field, best first; the last one is "differs". */
export const LEVELS = {
  birthDate: ['same', 'swapped', 'near', 'differs'],
  name: ['same', 'close', 'similar', 'differs'],
  reading: ['same', 'surname', 'differs'],
  sex: ['same', 'differs'],
  mobile: ['same', 'differs'],
  region: ['same', 'differs'],
  recordNumber: ['same', 'differs'],
  nationalId: ['near', 'differs'],
} as const
export type LinkField = keyof typeof LEVELS
export const FIELDS = Object.keys(LEVELS) as LinkField[]

/** Index into the field's levels; null: cannot be compared, and says nothing. */
export type Pattern = Readonly<Record<LinkField, number | null>>

export function comparePeople(a: Person, b: Person): Pattern {
  const name = nameLevel(a, b)
  return {
    birthDate: birthLevel(a.birthDate, b.birthDate),
    name,
    // Of names that are written alike the reading tells nothing more.
    reading: name === 0 ? null : readingLevel(a, b),
    sex: a.sex === 'unknown' || b.sex === 'unknown' ? null : a.sex === b.sex ? 0 : 1,
    mobile: equalOrNot(a.mobileTail, b.mobileTail),
    region: equalOrNot(a.region, b.region),
    recordNumber: equalOrNot(a.recordNumber, b.recordNumber),
    nationalId: nationalIdLevel(a.nationalId, b.nationalId),
  }
}

function birthLevel(a: string, b: string): number | null {
  if (a === '' || b === '') return null
  if (a === b) return a.length === 10 ? 0 : 2
  if (a.length < 10 || b.length < 10) return a.startsWith(b) || b.startsWith(a) ? 2 : 3
  if (swapDayAndMonth(a) === b) return 1
  const isYearBeside =
    a.slice(4) === b.slice(4) && Math.abs(Number(a.slice(0, 4)) - Number(b.slice(0, 4))) === 1
  return isYearBeside || differingPlaces(a, b) === 1 ? 2 : 3
}

/** Levels of Jaro-Winkler {1, 0.92, 0.85}; names in different scripts are compared by their reading alone. */
function nameLevel(a: Person, b: Person): number | null {
  let best: number | null = null
  for (const one of a.names)
    for (const other of b.names) {
      if (isIdeographic(one) !== isIdeographic(other)) continue
      best = Math.max(best ?? 0, nameSimilarity(one, other))
    }
  if (best === null) return null
  return best >= 0.9999 ? 0 : best >= 0.92 ? 1 : best >= 0.85 ? 2 : 3
}

function readingLevel(a: Person, b: Person): number | null {
  if (a.surnames.length === 0 || b.surnames.length === 0) return null
  if (!a.surnames.some((surname) => b.surnames.includes(surname))) return 2
  if (a.reading !== null && b.reading !== null)
    return a.reading.surname === b.reading.surname && a.reading.given === b.reading.given ? 0 : 1
  const [read, other] = a.reading !== null ? [a.reading, b] : [b.reading, a]
  if (read === null) return 1
  // `Chen Da-Wen` beside 陳大文: the letters of the given name stand among the words.
  return other.names.some((name) => read.given !== '' && name.replace(/ /g, '').includes(read.given)) ? 0 : 1
}

function equalOrNot(a: string, b: string): number | null {
  return a === '' || b === '' ? null : a === b ? 0 : 1
}

function nationalIdLevel(a: string, b: string): number | null {
  if (a === '' || b === '') return null
  return a === b || isOneDigitOff(a, b) ? 0 : 1
}

function isOneDigitOff(a: string, b: string): boolean {
  return a.length === b.length && (differingPlaces(a, b) === 1 || isTransposition(a, b))
}

function differingPlaces(a: string, b: string): number {
  let count = 0
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) count++
  return count
}

function isTransposition(a: string, b: string): boolean {
  const at = [...a].findIndex((letter, i) => letter !== b[i])
  return at >= 0 && a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2)
}

export function isIdeographic(word: string): boolean {
  return /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}/u.test(word)
}
