/**
 * Merkle trees of RFC 6962 section 2.1 (unchanged in RFC 9162): leaf `SHA-256(0x00 ‖ data)`, node
 * `SHA-256(0x01 ‖ left ‖ right)`, split at the largest power of two below the size. Hashes of leaves lie one after the
 * other in one array, so that a tree of a thousand leaves needs one allocation.
 */
import { assert } from '../../../shared/std/assert.ts'
import { HASH_BYTES, type Crypto } from './crypto.ts'

const LEAF = 0x00
const NODE = 0x01

// Reused between calls; nothing here is asynchronous, and no view of them leaves this module.
const nodeInput = new Uint8Array(1 + 2 * HASH_BYTES)
nodeInput[0] = NODE
const hashLeafInput = new Uint8Array(1 + HASH_BYTES)
hashLeafInput[0] = LEAF

/** The root of the empty tree: SHA-256 of nothing. */
export function emptyRoot(crypto: Crypto): Uint8Array {
  return crypto.sha256(new Uint8Array(0))
}

/** `SHA-256(0x00 ‖ hash)`: the leaf of a tree over hashes. */
export function hashLeaf(crypto: Crypto, hash: Uint8Array): Uint8Array {
  const leaf = new Uint8Array(HASH_BYTES)
  hashLeafInto(crypto, hash, leaf, 0)
  return leaf
}

/** As `hashLeaf`, written to `out` at `offset`. */
export function hashLeafInto(crypto: Crypto, hash: Uint8Array, out: Uint8Array, offset: number): void {
  assert(hash.length === HASH_BYTES, 'a leaf over a hash takes 32 bytes')
  hashLeafInput.set(hash, 1)
  crypto.sha256Into(hashLeafInput, out, offset)
}

/** `SHA-256(0x01 ‖ left ‖ right)`. */
export function nodeHash(crypto: Crypto, left: Uint8Array, right: Uint8Array): Uint8Array {
  nodeInput.set(left, 1)
  nodeInput.set(right, 1 + HASH_BYTES)
  return crypto.sha256(nodeInput)
}

/**
 * The root over leaf hashes that lie one after the other, 32 bytes each. Overwrites `hashes`.
 *
 * Level by level: a node without a sibling moves up unchanged, which gives the tree of RFC 6962 for every size.
 */
export function merkleRootInPlace(crypto: Crypto, hashes: Uint8Array): Uint8Array {
  let count = hashes.length / HASH_BYTES
  assert(Number.isInteger(count), 'leaf hashes have 32 bytes each')
  if (count === 0) return emptyRoot(crypto)
  while (count > 1) count = hashLevel(crypto, hashes, count, hashes)
  return hashes.slice(0, HASH_BYTES)
}

/** The root over hashes (each becomes a leaf by `hashLeaf`), e.g. over item hashes or Merkle roots of a batch. */
export function rootOverHashes(crypto: Crypto, hashes: readonly Uint8Array[]): Uint8Array {
  return merkleRootInPlace(crypto, leavesOverHashes(crypto, hashes))
}

/** Leaf hashes over hashes, one after the other. */
export function leavesOverHashes(crypto: Crypto, hashes: readonly Uint8Array[]): Uint8Array {
  const leaves = new Uint8Array(hashes.length * HASH_BYTES)
  for (let i = 0; i < hashes.length; i++) hashLeafInto(crypto, hashes[i]!, leaves, i * HASH_BYTES)
  return leaves
}

/** A tree with all its levels, for many paths: `levels[0]` are the leaf hashes. */
export type MerkleTree = { readonly size: number; readonly levels: readonly Uint8Array[] }

/** Builds all levels over leaf hashes that lie one after the other. Keeps `leaves` without copying it. */
export function merkleTree(crypto: Crypto, leaves: Uint8Array): MerkleTree {
  const size = leaves.length / HASH_BYTES
  assert(Number.isInteger(size) && size > 0, 'a tree has at least one leaf of 32 bytes')
  const levels = [leaves]
  let level = leaves
  for (let count = size; count > 1;) {
    const above = new Uint8Array(Math.ceil(count / 2) * HASH_BYTES)
    count = hashLevel(crypto, level, count, above)
    levels.push(above)
    level = above
  }
  return { size, levels }
}

export function treeRoot(tree: MerkleTree): Uint8Array {
  return tree.levels[tree.levels.length - 1]!.slice(0, HASH_BYTES)
}

/** The audit path of a leaf, from the leaf up (RFC 6962 section 2.1.1). */
export function merklePath(tree: MerkleTree, index: number): Uint8Array[] {
  assert(index >= 0 && index < tree.size, 'a path needs a leaf of the tree')
  const path: Uint8Array[] = []
  let position = index
  for (let depth = 0; depth < tree.levels.length - 1; depth++) {
    const level = tree.levels[depth]!
    const sibling = position ^ 1
    if (sibling * HASH_BYTES < level.length)
      path.push(level.slice(sibling * HASH_BYTES, (sibling + 1) * HASH_BYTES))
    position >>= 1
  }
  return path
}

/** How many nodes a path has: the same for prover and verifier, so that a path can be neither short nor long. */
export function merklePathLength(index: number, size: number): number {
  let length = 0
  for (let position = index, last = size - 1; last > 0; position = half(position), last = half(last))
    if (position % 2 === 1 || position < last) length++
  return length
}

/**
 * The root that a leaf hash and its path lead to (RFC 9162 section 2.1.3.2), or null where the path cannot belong to a
 * tree of that size. The caller compares the root.
 */
export function rootFromPath(
  crypto: Crypto,
  leafHash: Uint8Array,
  index: number,
  size: number,
  path: readonly Uint8Array[],
): Uint8Array | null {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return null
  let position = index
  let last = size - 1
  let hash = leafHash
  for (const node of path) {
    if (last === 0 || node.length !== HASH_BYTES) return null
    if (position % 2 === 1 || position === last) {
      hash = nodeHash(crypto, node, hash)
      while (position % 2 === 0 && position !== 0) {
        position = half(position)
        last = half(last)
      }
    } else {
      hash = nodeHash(crypto, hash, node)
    }
    position = half(position)
    last = half(last)
  }
  return last === 0 ? hash : null
}

/** Hashes pairs of one level into `above`, which may be the level itself. Returns how many nodes lie above. */
function hashLevel(crypto: Crypto, level: Uint8Array, count: number, above: Uint8Array): number {
  const pairs = count >> 1
  for (let pair = 0; pair < pairs; pair++) {
    const from = pair * 2 * HASH_BYTES
    for (let i = 0; i < 2 * HASH_BYTES; i++) nodeInput[1 + i] = level[from + i]!
    crypto.sha256Into(nodeInput, above, pair * HASH_BYTES)
  }
  if (count % 2 === 1) {
    const from = (count - 1) * HASH_BYTES
    const to = pairs * HASH_BYTES
    for (let i = 0; i < HASH_BYTES; i++) above[to + i] = level[from + i]!
  }
  return pairs + (count % 2)
}

/** Sizes of accumulators may pass 2^31, so no shifts. */
function half(value: number): number {
  return Math.floor(value / 2)
}
