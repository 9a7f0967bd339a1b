/**
 * The code that is read out and typed once: 15 signs of 5 bits and one that finds a slip, in groups of four. Without the
 * letters that look like digits; typed in any case, with or without its dashes.
 */
import type { Random } from '../node/crypto/crypto.ts'
import { utf8Encode, type Bytes } from '../../shared/std/bytes.ts'

const SIGNS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const SECRET_SIGNS = 15

/** 75 bits. */
export function makePairingCode(random: Random): string {
  const drawn = [...random(SECRET_SIGNS)].map((byte) => byte & 31)
  const all = [...drawn, checkOf(drawn)].map((value) => SIGNS[value]!).join('')
  return all.match(/.{4}/g)!.join('-')
}

/** What the keys of the pairing are derived from; null for what was mistyped. */
export function readPairingCode(text: string): Bytes | null {
  const plain = text
    .toUpperCase()
    .replace(/[\s-]/g, '')
    .replace(/[IL]/g, '1')
    .replace(/O/g, '0')
    .replace(/U/g, 'V')
  const values = [...plain].map((sign) => SIGNS.indexOf(sign))
  if (values.length !== SECRET_SIGNS + 1 || values.includes(-1)) return null
  return checkOf(values.slice(0, SECRET_SIGNS)) === values[SECRET_SIGNS] ? utf8Encode(plain) : null
}

/** One wrong sign and two swapped neighbours change it; only 0 for Z does not. */
function checkOf(values: readonly number[]): number {
  let sum = 0
  for (const value of values) sum = (sum * 3 + value + 1) % 31
  return sum
}
