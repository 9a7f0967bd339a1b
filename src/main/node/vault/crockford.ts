/** Base 32 of Douglas Crockford: read aloud, typed and printed without I, L, O or U; case and look-alikes forgiven. */
import type { Bytes } from '../../../shared/std/bytes.ts'

const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** Most significant bits first; the last digit is filled with zero bits. */
export function encodeCrockford(bytes: Bytes): string {
  let text = ''
  let bits = 0
  let value = 0
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xfff
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += DIGITS[(value >> bits) & 31]
    }
  }
  if (bits > 0) text += DIGITS[(value << (5 - bits)) & 31]
  return text
}

/** Spaces and dashes do not count; O is 0, I and L are 1. Null for any other character or filled bits that are not 0. */
export function decodeCrockford(text: string): Bytes | null {
  const bytes: number[] = []
  let bits = 0
  let value = 0
  for (const letter of text.toUpperCase()) {
    if (letter === ' ' || letter === '-') continue
    const digit = DIGITS.indexOf(letter === 'O' ? '0' : letter === 'I' || letter === 'L' ? '1' : letter)
    if (digit < 0) return null
    value = ((value << 5) | digit) & 0xfff
    bits += 5
    if (bits >= 8) {
      bits -= 8
      bytes.push((value >> bits) & 255)
    }
  }
  return (value & ((1 << bits) - 1)) === 0 ? Uint8Array.from(bytes) : null
}
