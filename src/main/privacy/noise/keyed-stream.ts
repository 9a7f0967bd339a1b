/**
 * The dice of a release: a stream that the gateways' key, the chain, the request and the number of the drawn table determine, and
 * that nothing of the data enters (docs/spec/privacy.md N2). Whoever lacks the key cannot tell it from chance.
 */
import { concatBytes } from '../../../shared/std/bytes.ts'
import type { Crypto, Random } from '../../node/crypto/crypto.ts'
import { hmacSha256 } from '../../node/crypto/hkdf.ts'
import { labelHash } from '../../node/crypto/labels.ts'

/** One piece of the stream; how long it is belongs to the format, since each begins with a key of its own. */
const PIECE_BYTES = 1_024

/**
 * Piece i is the AES-256-CTR keystream under HMAC(seed, u32 i), the seed HMAC(noise key, hash of request and table). The stream has no
 * end: rejection asks for as much as it needs.
 */
export function keyedStream(
  crypto: Crypto,
  noiseKey: Uint8Array,
  chainId: Uint8Array,
  requestHash: Uint8Array,
  tableIndex: number,
): Random {
  const name = labelHash(crypto, 'consilium/noise/1', chainId, concatBytes(requestHash, uint32(tableIndex)))
  const seed = hmacSha256(crypto, noiseKey, name)
  let piece = new Uint8Array(0)
  let offset = 0
  let pieceCount = 0
  return (byteCount) => {
    const out = new Uint8Array(byteCount)
    for (let filled = 0; filled < byteCount;) {
      if (offset === piece.length) {
        const key = hmacSha256(crypto, seed, uint32(pieceCount++))
        piece = crypto.keystream(key, PIECE_BYTES).slice()
        offset = 0
      }
      const part = piece.subarray(offset, offset + byteCount - filled)
      out.set(part, filled)
      filled += part.length
      offset += part.length
    }
    return out
  }
}

function uint32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff)
}
