/** Another hospital's visit that waits here, and its bytes in the store once this node voted for it. */
import type { Bytes } from '../../../shared/std/bytes.ts'
import type { Candidate } from '../chain/build-segment.ts'
import { encode, tryDecode } from '../chain/codec.ts'
import { asArray, isBytes, isCount, MEMBER_ID_BYTES, type MemberId, type MerkleRoot } from '../chain/ids.ts'
import { CLASS_BYTES, type SizeClass } from '../chain/limits.ts'

export interface ForeignVisit {
  readonly candidate: Candidate
  readonly author: MemberId
  readonly body: Bytes
  /** The encoded row of the gateway scope that opened it. */
  readonly row: Bytes
  /** Whether body and row are durable here. */
  isSaved: boolean
}

export function encodeForeign({ candidate, author, body, row }: ForeignVisit): Bytes {
  const { merkleRoot, keyCommitment, bodyHash, sizeClass } = candidate
  return encode([1, merkleRoot, keyCommitment, bodyHash, sizeClass, author, row, body])
}

/** Null for bytes that this code did not write. */
export function decodeForeign(bytes: Bytes): Omit<ForeignVisit, 'isSaved'> | null {
  const slots = asArray(tryDecode(bytes), 8)
  if (slots === null || slots[0] !== 1) return null
  const [, merkleRoot, keyCommitment, bodyHash, sizeClass, author, row, body] = slots
  if (!isBytes(merkleRoot, 32) || !isBytes(keyCommitment, 32) || !isBytes(bodyHash, 32)) return null
  if (!isCount(sizeClass) || sizeClass >= CLASS_BYTES.length || !isBytes(author, MEMBER_ID_BYTES)) return null
  if (!(row instanceof Uint8Array) || !(body instanceof Uint8Array)) return null
  const candidate = {
    merkleRoot: merkleRoot as MerkleRoot,
    keyCommitment,
    bodyHash,
    sizeClass: sizeClass as SizeClass,
  }
  return { candidate, author: author as MemberId, row, body }
}
