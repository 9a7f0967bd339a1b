/**
 * Which Ed25519 keys and signatures are let through to the library, so that every library gives the same answer: a
 * certificate must be valid for all or for none (consensus R: strict verification, RFC 8032 section 5.1.7).
 */
import { plainBytes } from '../../../shared/std/bytes.ts'

/** The order L of the base point, little-endian. */
const ORDER = fromHexLiteral('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010')
/** The prime p = 2^255 - 19, little-endian. */
const PRIME = fromHexLiteral('edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f')
/** y coordinates of the points of order 1, 2, 4 and 8, little-endian, without the sign bit. */
const SMALL_ORDER_Y = [
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '0000000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
].map(fromHexLiteral)

/** Canonical encoding of y, and not a point of small order. Whether y is on the curve is the library's to say. */
export function isAcceptablePublicKey(key: Uint8Array): boolean {
  if (key.length !== 32) return false
  const y = plainBytes(key).slice()
  y[31]! &= 0x7f
  return isBelow(y, PRIME) && !SMALL_ORDER_Y.some((point) => isEqual(y, point))
}

/** 64 bytes with S below the order: a second S for the same signature is refused. */
export function isAcceptableSignature(signature: Uint8Array): boolean {
  return signature.length === 64 && isBelow(signature.subarray(32), ORDER)
}

function isBelow(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 31; i >= 0; i--) if (a[i] !== b[i]) return a[i]! < b[i]!
  return false
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < 32; i++) if (a[i] !== b[i]) return false
  return true
}

function fromHexLiteral(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length / 2)
  for (let i = 0; i < bytes.length; i++) bytes[i] = parseInt(text.slice(2 * i, 2 * i + 2), 16)
  return bytes
}
