/**
 * Initials of Chinese names, so that `tnb` and ㄊㄋㄅ find 糖尿病. The table of readings is loaded with the first list that
 * needs it, in the thread that searches.
 */

/** Initials of the readings of a name's characters; anything else in it becomes a gap that no search crosses. */
export type InitialsOf = (name: string) => string

/** Each zhuyin sign as the first Latin letter of the same sound; a syllable's later signs add nothing. */
const ZHUYIN: Readonly<Record<string, string>> = {
  ...{ ㄅ: 'b', ㄆ: 'p', ㄇ: 'm', ㄈ: 'f', ㄉ: 'd', ㄊ: 't', ㄋ: 'n', ㄌ: 'l', ㄍ: 'g', ㄎ: 'k', ㄏ: 'h' },
  ...{
    ㄐ: 'j',
    ㄑ: 'q',
    ㄒ: 'x',
    ㄓ: 'z',
    ㄔ: 'c',
    ㄕ: 's',
    ㄖ: 'r',
    ㄗ: 'z',
    ㄘ: 'c',
    ㄙ: 's',
    ㄧ: 'y',
    ㄨ: 'w',
  },
  ...{
    ㄩ: 'y',
    ㄚ: 'a',
    ㄛ: 'o',
    ㄜ: 'e',
    ㄞ: 'a',
    ㄟ: 'e',
    ㄠ: 'a',
    ㄡ: 'o',
    ㄢ: 'a',
    ㄣ: 'e',
    ㄤ: 'a',
    ㄦ: 'e',
  },
}
const LENGTH_MAX = 16
/** Above this the readings of single characters do: names are many then, and most of them are never typed. */
const NAMES_READ_WHOLE_MAX = 10_000

/** What was typed as initials, or null where it can be none. */
export function readInitials(typed: string): string | null {
  const plain = typed.normalize('NFKC').toLowerCase().replace(/[\s']/g, '')
  if ([...plain].length < 2 || plain.length > LENGTH_MAX) return null
  if (/^[a-z]+$/.test(plain)) return plain
  let letters = ''
  for (const sign of plain) {
    const letter = ZHUYIN[sign]
    if (letter === undefined) return null
    letters += letter
  }
  return letters
}

/** @param nameCount how many names will be asked for */
export async function loadInitials(nameCount: number): Promise<InitialsOf> {
  const { pinyin } = await import('pinyin-pro')
  const first = (text: string) =>
    pinyin(text, { pattern: 'first', toneType: 'none', type: 'array', nonZh: 'spaced' })
  if (nameCount <= NAMES_READ_WHOLE_MAX)
    return (name) =>
      first(name)
        .map((each) => (/^[a-z]$/.test(each) ? each : ' '))
        .join('')
  const known = new Map<string, string>()
  return (name) => {
    let initials = ''
    for (const character of name) {
      let letter = known.get(character)
      if (letter === undefined) {
        const reading = /\p{Script=Han}/u.test(character) ? first(character)[0] : undefined
        letter = reading !== undefined && /^[a-z]$/.test(reading) ? reading : ' '
        known.set(character, letter)
      }
      initials += letter
    }
    return initials
  }
}
