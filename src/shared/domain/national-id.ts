/**
 * The check digit of Taiwanese national ids and of the newer residence certificates (a letter, then 8 or 9 instead of
 * 1 or 2). Other countries' ids are legal input, so a failure is a question to the clerk and never a refusal.
 */

// A…Z as the register numbers them; I, O, W and Z were added late, hence the order.
const LETTER_CODES = [
  10, 11, 12, 13, 14, 15, 16, 17, 34, 18, 19, 20, 21, 22, 35, 23, 24, 25, 26, 27, 28, 29, 32, 30, 31, 33,
]

/** Form in which ids are compared and keyed: half-width, upper case, without blanks and separators. */
export function normaliseNationalId(text: string): string {
  return text
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\-‐-―._/]/g, '')
}

export type NationalIdVerdict = 'valid' | 'wrong-check-digit' | 'other-form'

/** Judges a Taiwanese id; `other-form` for everything that is not shaped like one. */
export function checkNationalId(text: string): NationalIdVerdict {
  const id = normaliseNationalId(text)
  if (!/^[A-Z][1289A-D][0-9]{8}$/.test(id)) return 'other-form'
  const letter = LETTER_CODES[id.charCodeAt(0) - 65]!
  let sum = Math.floor(letter / 10) + (letter % 10) * 9
  // Residence certificates before 2021 have a second letter A to D, of which the last digit of its code counts.
  const second = id.charCodeAt(1)
  sum += (second >= 65 ? LETTER_CODES[second - 65]! % 10 : second - 48) * 8
  for (let i = 2; i < 9; i++) sum += (id.charCodeAt(i) - 48) * (9 - i)
  sum += id.charCodeAt(9) - 48
  return sum % 10 === 0 ? 'valid' : 'wrong-check-digit'
}

/** The digit that completes the first nine characters of an id, or null when they are not shaped like one. */
export function nationalIdCheckDigit(firstNine: string): string | null {
  for (let digit = 0; digit < 10; digit++)
    if (checkNationalId(`${firstNine}${digit}`) === 'valid') return String(digit)
  return null
}
