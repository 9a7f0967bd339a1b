/** Finding a person among a hundred thousand while the clerk types: a plain scan over prepared text, pure. */
import { formatDay, parseRocDay, parseTypedDay } from '../../shared/domain/dates.ts'
import { isIdeographic } from './linkage/compare.ts'
import { foldName } from './linkage/fold.ts'
import { readingOf } from './linkage/name-reading.ts'
import type { PatientRow } from './patient-row.ts'
import { normaliseId } from './patient-row.ts'

/** What is compared for one row; made once. */
export interface SearchKey {
  /** Everything that a word can be found in: one look tells whether the row is worth the rest. */
  readonly all: string
  /** Names in small letters, without accents, words apart by single spaces, with a space before the first. */
  readonly names: string
  /** How a Chinese name reads: ` chen dawen chendawen cdw`, and the other spellings of the surname. */
  readonly readings: string
  readonly ids: readonly string[]
  readonly birthDate: string
}

export function searchKeyOf(row: PatientRow): SearchKey {
  const names = [row.name, row.latinName ?? '']
    .map(foldName)
    .filter((name) => name !== '')
    .map((name) => ` ${name}`)
    .join('')
  const reading = readingOf(row.name)
  const readings =
    reading === null
      ? ''
      : ` ${[
          reading.surname,
          reading.given,
          reading.surname + reading.given,
          reading.initials,
          ...reading.spellings,
        ].join(' ')}`
  const ids = [row.nationalId, row.medicalRecordNumber, row.phone]
    .filter((id) => id !== undefined && id !== '')
    .map((id) => normaliseId(id!))
  const birthDate = row.birthDate ?? ''
  return {
    all: `${names}|${readings}|${ids.join('|').toLowerCase()}|${birthDate}`,
    names,
    readings,
    ids,
    birthDate,
  }
}

export interface PreparedQuery {
  readonly words: readonly QueryWord[]
  /** The whole text as an id. */
  readonly id: string
  readonly idLower: string
  /** Beginnings of birth dates that the text may mean. */
  readonly dates: readonly string[]
}
interface QueryWord {
  readonly text: string
  readonly id: string
  readonly idLower: string
  readonly dates: readonly string[]
  readonly isIdeographic: boolean
  readonly isDigits: boolean
}

export function prepareQuery(text: string): PreparedQuery {
  const trimmed = text.normalize('NFKC').trim()
  const raw = trimmed.split(/\s+/).filter((word) => word !== '')
  const words = raw.flatMap((each) => {
    const dates = datesIn(each)
    return foldName(each)
      .split(' ')
      .filter((word) => word !== '')
      .map((word): QueryWord => {
        const id = normaliseId(word)
        return {
          text: word,
          id,
          idLower: id.toLowerCase(),
          dates,
          isIdeographic: isIdeographic(word),
          isDigits: /^\d/.test(word),
        }
      })
  })
  const id = normaliseId(trimmed)
  return { words, id, idLower: id.toLowerCase(), dates: datesIn(trimmed) }
}

/** Texts of which a row that fits contains at least one; what else it needs, `scoreOf` says. */
export function needlesOf({ words, id, idLower, dates }: PreparedQuery): string[] {
  // Every word has to fit, so the longest alone tells where to look.
  const [first] = [...words].sort((a, b) => b.text.length - a.text.length)
  const needles = [...dates.map((date) => `|${date}`)]
  if (id.length >= 2) needles.push(idLower)
  if (first !== undefined) needles.push(first.text, first.idLower, ...first.dates.map((date) => `|${date}`))
  return [...new Set(needles)].filter((needle) => needle !== '')
}

/** How well the row fits: 0 not at all, more is better. */
export function scoreOf(query: PreparedQuery, key: SearchKey): number {
  const { all } = key
  let best = 0
  if (query.id.length >= 2 && all.includes(query.idLower)) {
    for (const id of key.ids) {
      if (id === query.id) return 100
      if (id.startsWith(query.id)) best = Math.max(best, 80)
      else if (query.id.length >= 4 && id.endsWith(query.id)) best = Math.max(best, 60)
    }
  }
  for (const date of query.dates)
    if (key.birthDate.startsWith(date)) best = Math.max(best, date.length === 10 ? 75 : 65)
  // Words may mix names, ids and a birth date: "wang 1975".
  let sum = 0
  for (const word of query.words) {
    const score = wordScore(word, key)
    if (score === 0) return best
    sum += score
  }
  return query.words.length === 0 ? best : Math.max(best, sum / query.words.length)
}

function wordScore(word: QueryWord, { all, names, readings, ids, birthDate }: SearchKey): number {
  if (birthDate !== '') for (const date of word.dates) if (birthDate.startsWith(date)) return 60
  if (!all.includes(word.text) && !all.includes(word.idLower)) return 0
  const at = names.indexOf(` ${word.text}`)
  if (at >= 0) {
    const end = names[at + 1 + word.text.length]
    return end === undefined || end === ' ' ? 90 : 75
  }
  // Chinese and Japanese names have no spaces: a given name stands inside.
  if (names.includes(word.text)) {
    if (word.isIdeographic) return 65
    if (word.text.length >= 3) return 40
  }
  if (!word.isDigits && word.text.length >= 2) {
    const read = readings.indexOf(` ${word.text}`)
    if (read >= 0) {
      const end = readings[read + 1 + word.text.length]
      return end === undefined || end === ' ' ? 70 : 55
    }
  }
  return word.id.length >= 2 && ids.some((id) => id.startsWith(word.id)) ? 70 : 0
}

/** A day that `0503` or `t-3` might mean is no birth date that a clerk would look for. */
const NO_TODAY = -1_000_000

/**
 * Beginnings of birth dates that a typed text may mean: every form that the form's date fields take (`1957-03-02`,
 * `19570302`, `1957/3/2`, `46/03/02`, `0460302`, `民國46年3月2日`), a year, a year and month, and six digits of the Republic.
 */
export function datesIn(text: string): string[] {
  const folded = text.normalize('NFKC').trim()
  const dates = new Set<string>()
  if (/^(18|19|20)\d{2}$/.test(folded)) return [folded]
  if (/^\d{4}$/.test(folded) || /^[t+-]/.test(folded)) return []
  const day = parseTypedDay(folded, NO_TODAY)
  if (day !== null) dates.add(formatDay(day))
  const short = /^(\d{2})(\d{2})(\d{2})$/.exec(folded)
  const republican = short === null ? null : parseRocDay(`${short[1]}/${short[2]}/${short[3]}`)
  if (republican !== null) dates.add(formatDay(republican))
  const month = /^(\d{2,4})[-/.年](\d{1,2})月?$/.exec(folded)
  if (month !== null && Number(month[2]) >= 1 && Number(month[2]) <= 12) {
    // The Republic's year 1 was 1912.
    const year = month[1]!.length === 4 ? month[1]! : String(Number(month[1]) + 1911)
    dates.add(`${year}-${month[2]!.padStart(2, '0')}`)
  }
  return [...dates]
}
