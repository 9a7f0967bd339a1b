/** Sealed visits that nobody has to open: random bytes of the right length, and whether opening them would fail. */
import { keyOf, type ChainId, type MemberId, type MerkleRoot } from '../src/main/node/chain/ids.ts'
import type { Candidate } from '../src/main/node/chain/build-segment.ts'
import { bodyBytesOf, bodyHashOf } from '../src/main/node/chain/record.ts'
import type { Crypto } from '../src/main/node/crypto/crypto.ts'

export interface SimVisit {
  readonly name: string
  readonly candidate: Candidate
  readonly body: Uint8Array
  readonly author: MemberId
  readonly expiresAt: number
}

const BROKEN = 1

/** Visit number `serial` of an author. A broken one has a body that does not open. */
export function makeVisit(
  crypto: Crypto,
  chainId: ChainId,
  author: MemberId,
  serial: number,
  expiresAt: number,
  isBroken = false,
): SimVisit {
  const body = new Uint8Array(bodyBytesOf(0))
  body.set(author, 1)
  new DataView(body.buffer).setUint32(20, serial)
  body[0] = isBroken ? BROKEN : 0
  const merkleRoot = crypto.sha256(body.subarray(0, 64)) as MerkleRoot
  const bodyHash = bodyHashOf(crypto, chainId, body)
  const candidate: Candidate = { merkleRoot, keyCommitment: merkleRoot, sizeClass: 0, bodyHash }
  return { name: keyOf(merkleRoot), candidate, body, author, expiresAt }
}

export const doesOpen = (body: Uint8Array): boolean => body[0] !== BROKEN
