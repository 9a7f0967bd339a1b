/** Ids of visits that come from another system: importing again gives the same ids (record-format.md section 12). */
import { toHex } from '../../../shared/std/bytes.ts'
import type { Crypto } from '../crypto/crypto.ts'
import { hmacSha256 } from '../crypto/hkdf.ts'
import { encode } from './codec.ts'

const ID_BYTES = 16

/** The stable id of an imported visit, hex. `importSecret` is the institution's own, so ids tell nothing to others. */
export function importedVisitId(
  crypto: Crypto,
  importSecret: Uint8Array,
  sourceSystem: string,
  sourceId: string,
): string {
  return idOf(crypto, importSecret, encode([sourceSystem, sourceId]))
}

/** The id of one version of it, hex: other content is another version. */
export function importedRecordId(
  crypto: Crypto,
  importSecret: Uint8Array,
  sourceSystem: string,
  sourceId: string,
  contentHash: Uint8Array,
): string {
  return idOf(crypto, importSecret, encode([sourceSystem, sourceId, contentHash]))
}

function idOf(crypto: Crypto, importSecret: Uint8Array, encoded: Uint8Array): string {
  return toHex(hmacSha256(crypto, importSecret, encoded).subarray(0, ID_BYTES))
}
