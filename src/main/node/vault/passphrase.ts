/** What a passphrase must be, and how its text becomes bytes. */
import { utf8Encode, type Bytes } from '../../../shared/std/bytes.ts'

/** Shortest accepted passphrase in characters, counted as people count them. */
export const PASSPHRASE_MIN_CHARACTERS = 12
const DISTINCT_MIN = 5

export type PassphraseVerdict =
  { kind: 'ok' } | { kind: 'weak'; reason: 'too-short' | 'too-uniform' | 'too-guessable' }

// Beginnings of what every guesser tries first; with scrypt behind it, length does the rest.
const GUESSABLE = [
  'password',
  'passw0rd',
  '12345678',
  'qwertyui',
  'consilium',
  'letmein',
  'iloveyou',
  'abcdefgh',
]

/**
 * Length first (NIST SP 800-63B): at least 12 characters, of which 5 differ, and more than a well-known beginning
 * with a short tail. No rule about digits and signs: they make passphrases worse, not better.
 */
export function checkPassphrase(passphrase: string): PassphraseVerdict {
  const characters = [...normalise(passphrase)]
  if (characters.length < PASSPHRASE_MIN_CHARACTERS) return { kind: 'weak', reason: 'too-short' }
  if (new Set(characters).size < DISTINCT_MIN) return { kind: 'weak', reason: 'too-uniform' }
  const lower = characters.join('').toLowerCase()
  const start = GUESSABLE.find((known) => lower.startsWith(known))
  if (start !== undefined && characters.length - start.length < 6)
    return { kind: 'weak', reason: 'too-guessable' }
  return { kind: 'ok' }
}

/** The same passphrase typed on another keyboard or system gives the same bytes (NFKC). */
export function passphraseBytes(passphrase: string): Bytes {
  return utf8Encode(normalise(passphrase))
}

function normalise(passphrase: string): string {
  return passphrase.normalize('NFKC')
}
