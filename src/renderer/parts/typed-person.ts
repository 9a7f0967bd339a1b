/** What was typed into a search, taken apart for a registration: name, birth date, ids, telephone. Pure. */
import { parseDay } from '../../shared/domain/dates.ts'
import { readPartialDay } from './typed-date.ts'

export interface TypedPerson {
  readonly name: string
  readonly latinName: string
  readonly birthDate: string
  readonly nationalId: string
  readonly recordNumber: string
  readonly phone: string
}

const HAN = /\p{Script=Han}/u
/** Taiwan (A123456789, AB12345678), Hong Kong (A123456(3)). */
const NATIONAL_ID = /^([A-Z]{1,2}\d{8,9}|[A-Z]{1,2}\d{6}\(?[0-9A]\)?)$/i
const PHONE = /^(\+?886|0)9?\d[\d-]{6,}$/

/** @param today days since 1970, for dates that lean on it */
export function typedPerson(text: string, today: number): TypedPerson {
  const names: string[] = []
  const found = { birthDate: '', nationalId: '', recordNumber: '', phone: '' }
  for (const word of text
    .normalize('NFC')
    .trim()
    .split(/\s+/)
    .filter((each) => each !== '')) {
    const folded = word.normalize('NFKC')
    if (!/\d/.test(folded)) {
      names.push(word)
      continue
    }
    const date =
      /^\d{4}$|^\d{1,3}$/.test(folded) && !/^(18|19|20)\d{2}$/.test(folded)
        ? null
        : readPartialDay(folded, today)
    // `t-3` and the like are no birth dates, and nobody is born tomorrow.
    const day = date === null || date === '' ? null : date.length < 10 ? 0 : parseDay(date)
    if (found.birthDate === '' && day !== null && day <= today && !/^[t+-]/i.test(folded))
      found.birthDate = date!
    else if (found.nationalId === '' && NATIONAL_ID.test(folded)) found.nationalId = folded.toUpperCase()
    else if (found.phone === '' && PHONE.test(folded)) found.phone = folded
    else if (found.recordNumber === '') found.recordNumber = folded
    else names.push(word)
  }
  const han = names.filter((each) => HAN.test(each))
  const latin = names.filter((each) => !HAN.test(each))
  return han.length > 0
    ? { name: han.join(''), latinName: latin.join(' '), ...found }
    : { name: latin.join(' '), latinName: '', ...found }
}
