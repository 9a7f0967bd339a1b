/** A test or a line of a claim under the name that the hospital itself gives it, where no list has it. Pure. */
import type { Code } from '../../shared/domain/visit.ts'

/**
 * Null where nothing was written. The words begin with the code, as importers write it too: two tests without a code of
 * a list stay two tests, and the coding work list finds them by their words.
 */
export function ownCode(text: string): Code | null {
  const words = text.normalize('NFKC').trim().slice(0, 500)
  return words === '' ? null : { system: 'local', code: wholeCharacters(words, 64), display: words }
}

/** Cut never between the halves of one character. */
function wholeCharacters(text: string, limit: number): string {
  const cut = text.slice(0, limit)
  return (/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut).trim()
}
