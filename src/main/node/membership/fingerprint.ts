/** Numbers that two people read to each other over the telephone, to know that they hold the same file. */
import type { Crypto } from '../crypto/crypto.ts'
import { encode } from '../chain/codec.ts'

const GROUPS = 5
const GROUP_BYTES = 5
const GROUP_SIZE = 100_000

/**
 * Five groups of five digits over what the file says: digits are read the same in every language. 83 bits; who wants
 * another file with the same digits tries 2^82 times.
 */
export function fingerprintOf(crypto: Crypto, purpose: 'request' | 'chain', content: Uint8Array): string {
  const hash = crypto.sha256(encode([`consilium/fingerprint/1/${purpose}`, content]))
  const groups: string[] = []
  for (let group = 0; group < GROUPS; group++) {
    let value = 0
    // Five bytes are below 2^40: exact in a number.
    for (let i = 0; i < GROUP_BYTES; i++) value = value * 256 + hash[group * GROUP_BYTES + i]!
    groups.push(String(value % GROUP_SIZE).padStart(5, '0'))
  }
  return groups.join(' ')
}
