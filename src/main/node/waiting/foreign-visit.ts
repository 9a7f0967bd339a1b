/** Another hospital's visit that waits here, and its bytes in the store once this node voted for it. */
import type { Bytes } from '../../../shared/std/bytes.ts'
import type { Candidate } from '../chain/build-segment.ts'
import { encode, tryDecode } from '../chain/codec.ts'
import { asArray, isBytes, isCount, MEMBER_ID_BYTES, type MemberId, type MerkleRoot } from '../chain/ids.ts'
import { CLASS_BYTES, type SizeClass } from '../chain/limits.ts'

export interface ForeignVisit {
  readonly candidate: Candidate
  readonly author: MemberId
  /** The author key under which it was opened; null in what was saved before keys changed: the one in effect then. */
  readonly openedUnder: Bytes | null
  readonly body: Bytes
  /** The encoded row of the gateway scope that opened it. */
  readonly row: Bytes
  /** Whether body and row are durable here. */
  isSaved: boolean
  /** As its author said when it submitted it; null where only a proposal brought it. In memory, like the next one. */
  expiresAt: number | null
  /** Whether it was counted against its author's quota: once, however often it is proposed (R17). */
  isCounted: boolean
}

export function encodeForeign({ candidate, author, openedUnder, body, row }: ForeignVisit): Bytes {
  const { merkleRoot, keyCommitment, bodyHash, sizeClass } = candidate
  return encode([2, merkleRoot, keyCommitment, bodyHash, sizeClass, author, row, body, openedUnder])
}

/** Null for bytes that this code did not write. */
export function decodeForeign(
  bytes: Bytes,
): Omit<ForeignVisit, 'isSaved' | 'expiresAt' | 'isCounted'> | null {
  const decoded = tryDecode(bytes)
  const slots = asArray(decoded, 9) ?? asArray(decoded, 8)
  if (slots === null || slots[0] !== (slots.length === 9 ? 2 : 1)) return null
  const [, merkleRoot, keyCommitment, bodyHash, sizeClass, author, row, body, key = null] = slots
  if (key !== null && !isBytes(key, 32)) return null
  if (!isBytes(merkleRoot, 32) || !isBytes(keyCommitment, 32) || !isBytes(bodyHash, 32)) return null
  if (!isCount(sizeClass) || sizeClass >= CLASS_BYTES.length || !isBytes(author, MEMBER_ID_BYTES)) return null
  if (!(row instanceof Uint8Array) || !(body instanceof Uint8Array)) return null
  const candidate = {
    merkleRoot: merkleRoot as MerkleRoot,
    keyCommitment,
    bodyHash,
    sizeClass: sizeClass as SizeClass,
  }
  return { candidate, author: author as MemberId, openedUnder: key, row, body }
}
