/**
 * The data key of one visit on its way to a hospital that may read it (record-format.md section 8): HPKE to the reader's
 * custodian key, which only a person's session there holds. What it is for is bound in: this access, patient, visit, reader
 * and end. So a wrap serves no other access, and one that is put under a later end does not open.
 */
import { equalBytes } from '../../../shared/std/bytes.ts'
import { KEY_BYTES, type Crypto, type Random } from '../crypto/crypto.ts'
import { hpkeOpen, hpkeSeal, HPKE_OVERHEAD_BYTES } from '../crypto/hpke.ts'
import { ascii } from '../crypto/labels.ts'
import { encode } from './codec.ts'
import type { ChainId, MemberId, MerkleRoot } from './ids.ts'
import type { RowResult } from './key-box.ts'
import { keyCommitmentOf } from './record.ts'

/** As in the key box: 2 is HPKE with X25519, 3 is reserved for a post-quantum hybrid. */
export const GRANT_SUITE = 2
export const GRANT_WRAP_BYTES = KEY_BYTES + HPKE_OVERHEAD_BYTES
const INFO = ascii('consilium/grant-wrap/1')

export type GrantAbout = {
  readonly accessId: Uint8Array
  /** The hospital that may read. */
  readonly reader: MemberId
  /** The hospital that wrote the visit. */
  readonly custodian: MemberId
  /** As in the record. */
  readonly patientKey: Uint8Array
  readonly visitId: Uint8Array
  readonly merkleRoot: MerkleRoot
  readonly expiresAt: number
}

/** Null where the reader's key is no usable key. */
export function wrapForAccess(
  crypto: Crypto,
  random: Random,
  chainId: ChainId,
  about: GrantAbout,
  readerKey: Uint8Array,
  dataKey: Uint8Array,
): Uint8Array | null {
  return hpkeSeal(crypto, random, readerKey, INFO, aadOf(chainId, about), dataKey)
}

/** The data key, checked against the commitment in the block's head. */
export function unwrapForAccess(
  crypto: Crypto,
  chainId: ChainId,
  about: GrantAbout,
  wrap: Uint8Array,
  secret: Uint8Array,
  keyCommitment: Uint8Array,
): RowResult {
  const publicKey = crypto.x25519PublicKey(secret)
  const dataKey = hpkeOpen(crypto, secret, publicKey, INFO, aadOf(chainId, about), wrap)
  if (dataKey === null || dataKey.length !== KEY_BYTES) return { kind: 'refused', reason: 'row-tag' }
  if (!equalBytes(keyCommitmentOf(crypto, chainId, dataKey), keyCommitment))
    return { kind: 'refused', reason: 'row-commitment' }
  return { kind: 'unwrapped', dataKey }
}

function aadOf(chainId: ChainId, about: GrantAbout): Uint8Array {
  const { accessId, reader, custodian, patientKey, visitId, merkleRoot, expiresAt } = about
  return encode([
    chainId,
    GRANT_SUITE,
    accessId,
    reader,
    custodian,
    patientKey,
    visitId,
    merkleRoot,
    expiresAt,
  ])
}
