/**
 * Append-only trees of RFC 9162 section 2.1, kept as the roots of their complete subtrees ("peaks"), so that a node that
 * knows 20 hashes can append the next block's hash and knows the root over all of them. Proofs read the complete nodes
 * that the store kept.
 */
import { assert } from '../../../shared/std/assert.ts'
import { equalBytes } from '../../../shared/std/bytes.ts'
import type { Crypto } from '../crypto/crypto.ts'
import { emptyRoot, hashLeaf, nodeHash, rootFromPath } from '../crypto/merkle.ts'
import type { Cbor } from './codec.ts'
import { asArray, asList, isBytes, isCount } from './ids.ts'

/** Plain data. `peaks` go from the largest subtree to the smallest: one for each bit of `size` that is set. */
export type Accumulator = { readonly size: number; readonly peaks: readonly Uint8Array[] }

/** Hash of a complete subtree: `level` 0 are the leaf hashes, node `position` covers leaves from `position * 2^level`. */
export type TreeNode = { readonly level: number; readonly position: number; readonly hash: Uint8Array }

/** Hash of a complete node. Asked only for nodes that are complete in the tree whose size was given. */
export type NodeReader = (level: number, position: number) => Uint8Array

export const EMPTY_ACCUMULATOR: Accumulator = { size: 0, peaks: [] }

/** Appends hashes; each becomes a leaf `SHA-256(0x00 ‖ hash)`. */
export function append(crypto: Crypto, accumulator: Accumulator, hashes: readonly Uint8Array[]): Accumulator {
  return appendWithNodes(crypto, accumulator, hashes, null)
}

/** As `append`, and pushes every node that became complete, leaves first, for a store that answers proofs. */
export function appendWithNodes(
  crypto: Crypto,
  accumulator: Accumulator,
  hashes: readonly Uint8Array[],
  nodes: TreeNode[] | null,
): Accumulator {
  let size = accumulator.size
  const peaks = [...accumulator.peaks]
  for (const hash of hashes) {
    let node = hashLeaf(crypto, hash)
    let level = 0
    let position = size
    nodes?.push({ level, position, hash: node })
    // Like adding one to a binary number: every set bit at the end is a peak that joins.
    for (; position % 2 === 1; position = (position - 1) / 2) {
      node = nodeHash(crypto, peaks.pop()!, node)
      level++
      nodes?.push({ level, position: (position - 1) / 2, hash: node })
    }
    peaks.push(node)
    size++
  }
  return { size, peaks }
}

/** The root over everything that was appended. */
export function accumulatorRoot(crypto: Crypto, accumulator: Accumulator): Uint8Array {
  const { peaks } = accumulator
  if (peaks.length === 0) return emptyRoot(crypto)
  let root = peaks[peaks.length - 1]!
  for (let i = peaks.length - 2; i >= 0; i--) root = nodeHash(crypto, peaks[i]!, root)
  return root
}

/** The path from leaf `index` to the root of the first `size` leaves (RFC 9162 section 2.1.3.1), from the leaf up. */
export function inclusionProof(
  crypto: Crypto,
  size: number,
  index: number,
  nodeAt: NodeReader,
): Uint8Array[] {
  assert(index >= 0 && index < size, 'a proof needs a leaf of the tree')
  const path: Uint8Array[] = []
  let first = 0
  let count = size
  while (count > 1) {
    const left = largestPowerBelow(count)
    if (index - first < left) {
      path.push(rangeHash(crypto, first + left, count - left, nodeAt))
      count = left
    } else {
      path.push(rangeHash(crypto, first, left, nodeAt))
      first += left
      count -= left
    }
  }
  return path.reverse()
}

/** That `hash` was appended as number `index` to the tree of this size and root. */
export function verifyInclusion(
  crypto: Crypto,
  root: Uint8Array,
  size: number,
  index: number,
  hash: Uint8Array,
  path: readonly Uint8Array[],
): boolean {
  if (hash.length !== 32) return false
  const computed = rootFromPath(crypto, hashLeaf(crypto, hash), index, size, path)
  return computed !== null && equalBytes(computed, root)
}

/** That the tree of `oldSize` is the beginning of the tree of `newSize` (RFC 9162 section 2.1.4.1). */
export function consistencyProof(
  crypto: Crypto,
  oldSize: number,
  newSize: number,
  nodeAt: NodeReader,
): Uint8Array[] {
  assert(oldSize >= 0 && oldSize <= newSize, 'a tree can only be consistent with a later one')
  if (oldSize === 0 || oldSize === newSize) return []
  const path: Uint8Array[] = []
  let first = 0
  let count = newSize
  let old = oldSize
  let isWhole = true
  while (old !== count) {
    const left = largestPowerBelow(count)
    if (old <= left) {
      path.push(rangeHash(crypto, first + left, count - left, nodeAt))
      count = left
    } else {
      path.push(rangeHash(crypto, first, left, nodeAt))
      first += left
      count -= left
      old -= left
      isWhole = false
    }
  }
  if (!isWhole) path.push(rangeHash(crypto, first, count, nodeAt))
  return path.reverse()
}

/** RFC 9162 section 2.1.4.2. */
export function verifyConsistency(
  crypto: Crypto,
  oldSize: number,
  oldRoot: Uint8Array,
  newSize: number,
  newRoot: Uint8Array,
  path: readonly Uint8Array[],
): boolean {
  if (!isCount(oldSize) || !isCount(newSize) || oldSize > newSize) return false
  if (oldSize === newSize) return path.length === 0 && equalBytes(oldRoot, newRoot)
  if (oldSize === 0) return path.length === 0 && equalBytes(oldRoot, emptyRoot(crypto))
  const nodes = isPowerOfTwo(oldSize) ? [oldRoot, ...path] : [...path]
  if (nodes.length === 0 || nodes.some((node) => node.length !== 32)) return false
  let position = oldSize - 1
  let last = newSize - 1
  while (position % 2 === 1) {
    position = half(position)
    last = half(last)
  }
  let oldHash = nodes[0]!
  let newHash = nodes[0]!
  for (const node of nodes.slice(1)) {
    if (last === 0) return false
    if (position % 2 === 1 || position === last) {
      oldHash = nodeHash(crypto, node, oldHash)
      newHash = nodeHash(crypto, node, newHash)
      while (position % 2 === 0 && position !== 0) {
        position = half(position)
        last = half(last)
      }
    } else {
      newHash = nodeHash(crypto, newHash, node)
    }
    position = half(position)
    last = half(last)
  }
  return last === 0 && equalBytes(oldHash, oldRoot) && equalBytes(newHash, newRoot)
}

/** Reads nodes from all leaves' hashes, computing what is missing: for tests, small trees and the offline verifier. */
export function nodeReaderOver(crypto: Crypto, hashes: readonly Uint8Array[]): NodeReader {
  const levels: Uint8Array[][] = [hashes.map((hash) => hashLeaf(crypto, hash))]
  for (let below = levels[0]!; below.length > 1; below = levels[levels.length - 1]!) {
    const level: Uint8Array[] = []
    for (let i = 0; i + 1 < below.length; i += 2) level.push(nodeHash(crypto, below[i]!, below[i + 1]!))
    levels.push(level)
  }
  return (level, position) => {
    const node = levels[level]?.[position]
    assert(node !== undefined, 'only complete nodes are read')
    return node
  }
}

export function accumulatorToCbor(accumulator: Accumulator): Cbor {
  return [accumulator.size, accumulator.peaks]
}

export function accumulatorFromCbor(value: Cbor | undefined): Accumulator | null {
  const slots = asArray(value, 2)
  if (slots === null || !isCount(slots[0])) return null
  const peaks = asList(slots[1], 64)
  if (peaks === null || peaks.length !== bitsSet(slots[0])) return null
  return peaks.every((peak) => isBytes(peak, 32)) ? { size: slots[0], peaks: peaks as Uint8Array[] } : null
}

/** The hash over `count` leaves from `first` on, out of complete nodes. */
function rangeHash(crypto: Crypto, first: number, count: number, nodeAt: NodeReader): Uint8Array {
  if (isPowerOfTwo(count)) return nodeAt(exponentOf(count), first / count)
  const left = largestPowerBelow(count)
  return nodeHash(
    crypto,
    rangeHash(crypto, first, left, nodeAt),
    rangeHash(crypto, first + left, count - left, nodeAt),
  )
}

function largestPowerBelow(count: number): number {
  let power = 1
  while (power * 2 < count) power *= 2
  return power
}

function isPowerOfTwo(count: number): boolean {
  return count >= 1 && largestPowerBelow(count + 1) === count
}

function exponentOf(power: number): number {
  let exponent = 0
  for (let rest = power; rest > 1; rest /= 2) exponent++
  return exponent
}

function bitsSet(value: number): number {
  let bits = 0
  for (let rest = value; rest > 0; rest = half(rest)) bits += rest % 2
  return bits
}

function half(value: number): number {
  return Math.floor(value / 2)
}
