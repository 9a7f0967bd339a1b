/** The head of a block: what outsiders to care see of a visit (record-format.md section 7). */
import type { Crypto } from '../crypto/crypto.ts'
import { labelHash } from '../crypto/labels.ts'
import { encode, tryDecode } from './codec.ts'
import { asArray, isBytes, isCount, type BlockHash, type ChainId, type MerkleRoot } from './ids.ts'
import { CLASS_BYTES, FRESH_AHEAD_MS, FRESH_BEHIND_MS, type SizeClass } from './limits.ts'

export type Head = {
  readonly chainId: ChainId
  /** Visits counted from 0. */
  readonly index: number
  /** Hash of the block before; the chain id for block 0. */
  readonly previousHash: Uint8Array
  /** Birth time in milliseconds, a multiple of the consortium's granularity. */
  readonly timestamp: number
  readonly merkleRoot: MerkleRoot
  readonly bodyHash: Uint8Array
  readonly keyCommitment: Uint8Array
  readonly sizeClass: SizeClass
}

export function encodeHead(head: Head): Uint8Array {
  return encode([
    1,
    head.chainId,
    head.index,
    head.previousHash,
    head.timestamp,
    head.merkleRoot,
    head.bodyHash,
    head.keyCommitment,
    head.sizeClass,
  ])
}

/** The head of the bytes, iff they are the one encoding of one. */
export function decodeHead(bytes: Uint8Array): Head | null {
  const slots = asArray(tryDecode(bytes), 9)
  if (slots === null) return null
  const [version, chainId, index, previousHash, timestamp, merkleRoot, bodyHash, keyCommitment, sizeClass] =
    slots
  if (version !== 1 || !isBytes(chainId, 32) || !isCount(index) || !isBytes(previousHash, 32)) return null
  if (!isCount(timestamp) || !isBytes(merkleRoot, 32) || !isBytes(bodyHash, 32)) return null
  if (!isBytes(keyCommitment, 32) || !isCount(sizeClass) || sizeClass >= CLASS_BYTES.length) return null
  return {
    chainId: chainId as ChainId,
    index,
    previousHash,
    timestamp,
    merkleRoot: merkleRoot as MerkleRoot,
    bodyHash,
    keyCommitment,
    sizeClass: sizeClass as SizeClass,
  }
}

/** A block's own hash: over all fields of its head. */
export function blockHashOf(crypto: Crypto, chainId: ChainId, headBytes: Uint8Array): BlockHash {
  return labelHash(crypto, 'consilium/block/1', chainId, headBytes) as BlockHash
}

/** The time cut to the consortium's granularity. */
export function truncateTime(time: number, granularityMs: number): number {
  return Math.floor(time / granularityMs) * granularityMs
}

/**
 * Whether a fresh proposal's time is near the local clock: `trunc(local - 60 s) <= t <= trunc(local + 5 s)`.
 * Judged once, before the first vote; a re-proposal that carries a proof of lock is not judged again.
 */
export function isFreshTime(time: number, localTime: number, granularityMs: number): boolean {
  return (
    time >= truncateTime(localTime - FRESH_BEHIND_MS, granularityMs) &&
    time <= truncateTime(localTime + FRESH_AHEAD_MS, granularityMs)
  )
}

/** The birth time that a proposer gives: now, and never before what is in the chain already. */
export function birthTime(localTime: number, previousTime: number, granularityMs: number): number {
  const now = truncateTime(localTime, granularityMs)
  if (now >= previousTime) return now
  // The granularity may have changed since: the next multiple, not the time itself.
  return Math.ceil(previousTime / granularityMs) * granularityMs
}
