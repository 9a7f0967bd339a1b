/**
 * Numbers of a manuscript, pasted beside names: the name as it was signed, or as the page shows it, in either language. What no line is
 * called stays as it was written, and is said to be no cell. Pure.
 */
import type { Locale } from '../../../../shared/contract/app.ts'
import { claimsOfText, type PrintedNumber } from '../../../../shared/domain/claims-text.ts'
import { catalogue } from '../../../words/catalogue.ts'
import { cellWords } from './cell-words.ts'

const LOCALES: readonly Locale[] = ['en', 'zh-Hant']

/** @param names of the attested numbers, as they were signed */
export function claimsOfPaste(text: string, names: readonly string[]): PrintedNumber[] {
  const known = signedNames(names)
  const exact = new Set(names)
  // Two signed names may differ in capitals or blanks alone: whoever writes one of them means that one.
  const signedAs = (name: string) => (exact.has(unquoted(name)) ? unquoted(name) : known.get(plain(name)))
  return text.split(/\r?\n/).flatMap((line) => {
    // A shown name may have the commas and semicolons by which cells are divided elsewhere: the number is what follows the last divider.
    const [, shown = '', value = ''] = /^(.*?)\s*[,;\t，；]\s*"?([-−+]?\d+(?:\.\d+)?)"?\s*$/.exec(line) ?? []
    const signed = signedAs(shown)
    if (signed !== undefined) return [{ name: signed, value }]
    return claimsOfText(line).map((claim) => ({ ...claim, name: signedAs(claim.name) ?? claim.name }))
  })
}

/** By every name that a number has; a name that two of them have means neither. */
function signedNames(names: readonly string[]): ReadonlyMap<string, string> {
  const known = new Map<string, string | undefined>()
  const called = (name: string, signed: string) => {
    const key = plain(name)
    known.set(key, known.has(key) && known.get(key) !== signed ? undefined : signed)
  }
  for (const name of names) {
    // What a model attests as a logarithm a paper prints as a ratio.
    const forms = name.startsWith('log ratio; ') ? [name, name.slice('log '.length)] : [name]
    for (const form of forms)
      for (const locale of LOCALES) called(cellWords(form, catalogue[locale], locale), form)
  }
  // What was signed goes before whatever a page calls another number.
  const signed = new Map<string, string | undefined>()
  for (const name of names) signed.set(plain(name), signed.has(plain(name)) ? undefined : name)
  for (const [key, name] of signed) known.set(key, name)
  return new Map(
    [...known].flatMap(([name, signed]) => (signed === undefined ? [] : [[name, signed] as const])),
  )
}

/** Quotes of a spreadsheet, wide signs, blanks and capitals make no other name. */
const plain = (name: string): string => unquoted(name).normalize('NFKC').toLowerCase().replace(/\s+/g, '')

const unquoted = (name: string): string =>
  name
    .trim()
    .replace(/^"(.*)"$/, '$1')
    .replaceAll('""', '"')
