/**
 * Proof of sync: before an institution gets a vote, it says, signed, up to where it holds the chain and the keys of the
 * records. A voter that had nothing would stop the chain with its silence. Every voter compares the claim with its own
 * chain before it approves (M5).
 */
import { equalBytes } from '../../../shared/std/bytes.ts'
import { encode, tryDecode, type Cbor } from '../chain/codec.ts'
import { asArray, isBytes, isCount, MEMBER_ID_BYTES, type ChainId, type MemberId } from '../chain/ids.ts'
import type { Member } from '../chain/members.ts'
import type { Crypto } from '../crypto/crypto.ts'
import { signatureInput } from '../crypto/labels.ts'
import { encodeFile, readFile, type FileRefusal } from './file.ts'
import { PROOF_VALID_MS } from './limits.ts'

export type SyncProof = {
  readonly memberId: MemberId
  readonly height: number
  /** Hash of the last block at that height. */
  readonly tip: Uint8Array
  readonly headsRoot: Uint8Array
  readonly blockCount: number
  /** Blocks whose record it can open for the check before a vote, or whose erasure it has. */
  readonly openableCount: number
  /** Milliseconds since 1970. */
  readonly createdAt: number
  /** SHA-256 of the token of the invitation with which it came in; null where it founded. */
  readonly tokenHash: Uint8Array | null
}

export type ProofVerdict =
  | 'holds'
  | 'malformed'
  | 'other-member'
  | 'forged'
  /** It names a height that this node has not reached: judge it later. */
  | 'ahead-of-us'
  /** Its chain is another one at that height. */
  | 'other-chain'
  /** It has the chain and lacks keys of records. */
  | 'incomplete'
  | 'too-old'

/** What a node's own chain says of a height. */
export type ChainPoint = {
  readonly tip: Uint8Array
  readonly headsRoot: Uint8Array
  readonly blockCount: number
}

/** The signed proof. `chainId` is under the signature: the proof means nothing on another chain. */
export function signProof(
  crypto: Crypto,
  chainId: ChainId,
  proof: SyncProof,
  authorSecret: Uint8Array,
): Uint8Array {
  const value = proofToCbor(proof)
  return encode([value, crypto.ed25519Sign(authorSecret, proofInput(chainId, value))])
}

export function decodeProof(signed: Uint8Array): SyncProof | null {
  return proofFromCbor(asArray(tryDecode(signed), 2)?.[0])
}

/** @param ownAt this node's chain at a height, null where it has not got there */
export function checkProof(
  crypto: Crypto,
  chainId: ChainId,
  signed: Uint8Array,
  member: Member,
  ownAt: (height: number) => ChainPoint | null,
  now: number,
): ProofVerdict {
  const slots = asArray(tryDecode(signed), 2)
  const proof = proofFromCbor(slots?.[0])
  if (slots === null || proof === null || !isBytes(slots[1], 64)) return 'malformed'
  if (!equalBytes(proof.memberId, member.memberId)) return 'other-member'
  if (!crypto.ed25519Verify(member.authorKey, proofInput(chainId, slots[0]!), slots[1])) return 'forged'
  if (now - proof.createdAt > PROOF_VALID_MS) return 'too-old'
  const own = ownAt(proof.height)
  if (own === null) return 'ahead-of-us'
  const isSame =
    equalBytes(own.tip, proof.tip) &&
    equalBytes(own.headsRoot, proof.headsRoot) &&
    own.blockCount === proof.blockCount
  if (!isSame) return 'other-chain'
  return proof.openableCount === proof.blockCount ? 'holds' : 'incomplete'
}

export function encodeProofFile(crypto: Crypto, signed: Uint8Array): Uint8Array {
  return encodeFile(crypto, 'proof', signed)
}

export function openProofFile(
  crypto: Crypto,
  fileBytes: Uint8Array,
):
  | { kind: 'opened'; signed: Uint8Array; proof: SyncProof }
  | { kind: 'refused'; reason: FileRefusal | 'malformed' } {
  const file = readFile(crypto, fileBytes, 'proof')
  if (file.kind === 'refused') return file
  const proof = decodeProof(file.payload)
  return proof === null
    ? { kind: 'refused', reason: 'malformed' }
    : { kind: 'opened', signed: file.payload, proof }
}

function proofInput(chainId: ChainId, value: Cbor): Uint8Array {
  return signatureInput('consilium/sync-proof/1', chainId, encode(value))
}

function proofToCbor(proof: SyncProof): Cbor {
  const { memberId, height, tip, headsRoot, blockCount, openableCount, createdAt, tokenHash } = proof
  return [1, memberId, height, tip, headsRoot, blockCount, openableCount, createdAt, tokenHash]
}

function proofFromCbor(value: Cbor | undefined): SyncProof | null {
  const slots = asArray(value, 9)
  if (slots === null || slots[0] !== 1) return null
  const [, memberId, height, tip, headsRoot, blockCount, openableCount, createdAt, tokenHash] = slots
  if (!isBytes(memberId, MEMBER_ID_BYTES) || !isCount(height) || !isBytes(tip, 32)) return null
  if (!isBytes(headsRoot, 32) || !isCount(blockCount) || !isCount(openableCount)) return null
  if (!isCount(createdAt) || (tokenHash !== null && !isBytes(tokenHash, 32))) return null
  return {
    memberId: memberId as MemberId,
    height,
    tip,
    headsRoot,
    blockCount,
    openableCount,
    createdAt,
    tokenHash: tokenHash ?? null,
  }
}
