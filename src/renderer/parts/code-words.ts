/** Which words of a code a reader is shown. Pure. */
import type { CodeHit } from '../../shared/contract/codes.ts'
import type { Locale } from '../../shared/contract/app.ts'

const isChinese = (text: string): boolean => /\p{Script=Han}/u.test(text)

/** Whether these are words in this language. */
export const saysIn = (display: string | undefined, locale: Locale): boolean =>
  display !== undefined && display.trim() !== '' && isChinese(display) === (locale === 'zh-Hant')

/**
 * The record's own words where they are in the language of the window; else those of the list; else whatever there are.
 * @param hit what the lists say of this code; undefined or null where they do not know it
 */
export function codeWords(
  display: string | undefined,
  hit: Pick<CodeHit, 'en' | 'zh'> | null | undefined,
  locale: Locale,
): string | undefined {
  if (saysIn(display, locale)) return display
  const listed = locale === 'zh-Hant' ? hit?.zh || hit?.en : hit?.en || hit?.zh
  return listed || display?.trim() || undefined
}
