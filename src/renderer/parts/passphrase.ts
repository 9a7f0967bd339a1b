/** A rough, offline estimate of how hard a passphrase is to guess, in words. The node's own rule decides. */
export type Strength = 'empty' | 'weak' | 'fair' | 'good' | 'strong'

const COMMON = /password|passw0rd|qwerty|123456|abc123|letmein|hospital|consilium|醫院|密碼/gi

/** Bits of a guess over the characters that are really different, with common words and repetitions taken away. */
export function estimateBits(passphrase: string): number {
  const text = passphrase
    .normalize('NFC')
    .replace(COMMON, '*')
    .replace(/(.)\1{2,}/gu, '$1$1')
  const characters = [...text]
  if (characters.length === 0) return 0
  const words = text.split(/[\s\-_.,;:!?]+/u).filter((word) => word.length >= 2)
  // Several words are guessed word by word; a single word or mixture character by character.
  const alphabet =
    (/[a-z]/.test(text) ? 26 : 0) +
    (/[A-Z]/.test(text) ? 26 : 0) +
    (/[0-9]/.test(text) ? 10 : 0) +
    (/[^a-zA-Z0-9\u3400-\u9fff]/u.test(text) ? 20 : 0) +
    (/[\u3400-\u9fff]/u.test(text) ? 2000 : 0)
  const distinct = new Set(characters).size
  const perCharacter = Math.log2(Math.max(2, Math.min(alphabet, distinct * 4)))
  const byCharacter = perCharacter * Math.min(characters.length, distinct * 2)
  const byWord = words.length >= 3 ? words.length * 14 : Number.POSITIVE_INFINITY
  return Math.min(byCharacter, Math.max(byWord, 0))
}

export function strengthOf(passphrase: string): Strength {
  if (passphrase === '') return 'empty'
  const bits = estimateBits(passphrase)
  if ([...passphrase].length < 12 || bits < 40) return 'weak'
  if (bits < 52) return 'fair'
  if (bits < 70) return 'good'
  return 'strong'
}
