/** Finding a person among a hundred thousand while the clerk types: a plain scan over prepared text, pure. */
import type { PatientRow } from './patient-row.ts'
import { normaliseId } from './patient-row.ts'

/** What is compared for one row; made once. */
export interface SearchKey {
  /** Names in small letters, without accents, words apart by single spaces, with a space before the first. */
  readonly names: string
  readonly ids: readonly string[]
  readonly birthDate: string
}

export function searchKeyOf(row: PatientRow): SearchKey {
  const names = [row.name, row.latinName ?? ''].map(foldName).filter((name) => name !== '')
  return {
    names: names.map((name) => ` ${name}`).join(''),
    ids: [row.nationalId, row.medicalRecordNumber, row.phone]
      .filter((id) => id !== undefined && id !== '')
      .map((id) => normaliseId(id!)),
    birthDate: row.birthDate ?? '',
  }
}

export interface PreparedQuery {
  readonly words: readonly string[]
  /** The whole text as an id. */
  readonly id: string
  /** Dates that the text may mean: YYYY-MM-DD, YYYYMMDD, YYYY/MM/DD, and years of the Republic (75/3/2). */
  readonly dates: readonly string[]
}

export function prepareQuery(text: string): PreparedQuery {
  const trimmed = text.trim()
  return {
    words: foldName(trimmed)
      .split(' ')
      .filter((word) => word !== ''),
    id: normaliseId(trimmed),
    dates: datesIn(trimmed),
  }
}

/** How well the row fits: 0 not at all, more is better. */
export function scoreOf(query: PreparedQuery, key: SearchKey): number {
  let best = 0
  for (const id of key.ids) {
    if (id === query.id) return 100
    if (query.id.length >= 2 && id.startsWith(query.id)) best = Math.max(best, 80)
    else if (query.id.length >= 4 && id.endsWith(query.id)) best = Math.max(best, 60)
  }
  for (const date of query.dates)
    if (key.birthDate !== '' && key.birthDate.startsWith(date)) best = Math.max(best, 70)
  // Words may mix names, ids and a birth date: "wang 1975".
  let sum = 0
  for (const word of query.words) {
    const score = wordScore(word, key)
    if (score === 0) return best
    sum += score
  }
  return query.words.length === 0 ? best : Math.max(best, sum / query.words.length)
}

function wordScore(word: string, { names, ids, birthDate }: SearchKey): number {
  const at = names.indexOf(` ${word}`)
  if (at >= 0) {
    const end = names[at + 1 + word.length]
    return end === undefined || end === ' ' ? 90 : 75
  }
  // Chinese and Japanese names have no spaces: a given name stands inside.
  if (names.includes(word)) return isIdeographic(word) ? 65 : word.length >= 3 ? 40 : 0
  if (/^\d/.test(word)) {
    if (birthDate.startsWith(word.replace(/\//g, '-'))) return 60
    if (ids.some((id) => id.startsWith(normaliseId(word)))) return 70
  } else if (ids.some((id) => id.startsWith(normaliseId(word)))) return 70
  return 0
}

/** Small letters, no accents, no punctuation: `D'Ångelo, José` → `dangelo jose`. */
export function foldName(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/['’`.\-]/g, '')
    .replace(/[\s,;·・]+/g, ' ')
    .trim()
}

function isIdeographic(word: string): boolean {
  return /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}/u.test(word)
}

function datesIn(text: string): string[] {
  const compact = /^(\d{4})(\d{2})(\d{2})$/.exec(text)
  if (compact) return [`${compact[1]}-${compact[2]}-${compact[3]}`]
  const parts = /^(\d{2,4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?$/.exec(text)
  if (!parts) return /^\d{4}$/.test(text) ? [text] : []
  const [, year, month, day] = parts
  const rest = `-${month!.padStart(2, '0')}${day === undefined ? '' : `-${day.padStart(2, '0')}`}`
  // The Republic's year 1 was 1912.
  return year!.length === 4 ? [year + rest] : [`${Number(year) + 1911}${rest}`]
}
