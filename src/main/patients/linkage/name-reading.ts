/**
 * How a name sounds in Latin letters: pinyin without tones, the surname as surnames are read, and the other spellings of
 * the surname. What search and the duplicate candidates compare. Pure.
 */
import { pinyin } from 'pinyin-pro'
import { surnameOf, surnamesSpelt } from './surnames.ts'

export interface NameReading {
  /** `chen`; empty where the name is not Chinese. */
  readonly surname: string
  /** `dawen` */
  readonly given: string
  /** First letters: `cdw`. */
  readonly initials: string
  /** Other ways to write the surname: `chan`, `tan`. */
  readonly spellings: readonly string[]
}

const HAN = /^\p{Script=Han}/u
const ONLY_COMMON_HAN = /^[\u4e00-\u9fff]+$/
const readings = new Map<string, string>()
/** One character has one reading here, so a table of names is read at the price of its characters, not of its names. */
const READINGS_MAX = 30_000

/** Null for a name that does not begin with a Chinese character. */
export function readingOf(name: string): NameReading | null {
  if (!HAN.test(name)) return null
  const characters = ONLY_COMMON_HAN.test(name) ? [...name] : [...name].filter((each) => HAN.test(each))
  const plain = characters.join('')
  const known = surnameOf(plain)
  const length = known?.length ?? 1
  const surname = known?.pinyin ?? readCharacter(characters[0]!)
  const given = characters.slice(length).map(readCharacter)
  return {
    surname,
    given: given.join(''),
    initials: [surname, ...given].map((each) => each.slice(0, 1)).join(''),
    spellings: known?.spellings.filter((each) => each !== surname) ?? [],
  }
}

/**
 * What a name may be filed under, whichever way it was written: pinyin of the surname, or for names in Latin letters of
 * every surname that one of its words may spell; the word itself where it spells none.
 */
export function surnameKeys(...names: readonly (string | undefined)[]): string[] {
  const keys = new Set<string>()
  for (const name of names) {
    if (name === undefined || name === '') continue
    const reading = readingOf(name)
    if (reading !== null) keys.add(reading.surname)
    else
      for (const word of name.toLowerCase().split(/[^\p{L}]+/u)) {
        const spelt = surnamesSpelt(word)
        if (spelt.length > 0) for (const each of spelt) keys.add(each)
        else if (word.length >= 2) keys.add(word)
      }
  }
  return [...keys]
}

function readCharacter(character: string): string {
  let reading = readings.get(character)
  if (reading === undefined) {
    const read = pinyin(character, { toneType: 'none', v: true })
    // A character without a reading stands for itself.
    reading = /^[a-z]+$/.test(read) ? read : character
    if (readings.size < READINGS_MAX) readings.set(character, reading)
  }
  return reading
}
