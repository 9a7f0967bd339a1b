import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concatBytes, toHex } from '../../../shared/std/bytes.ts'
import { emptyRoot, rootOverHashes } from '../crypto/merkle.ts'
import {
  accumulatorFromCbor,
  accumulatorRoot,
  accumulatorToCbor,
  append,
  appendWithNodes,
  consistencyProof,
  EMPTY_ACCUMULATOR,
  inclusionProof,
  nodeReaderOver,
  verifyConsistency,
  verifyInclusion,
  type TreeNode,
} from './accumulator.ts'
import { crypto } from './consortium.test-kit.ts'

const hashes = Array.from({ length: 260 }, (_, i) => crypto.sha256(Uint8Array.of(i & 255, i >> 8)))
const rootOf = (size: number) => rootOverHashes(crypto, hashes.slice(0, size))
const nodeAt = nodeReaderOver(crypto, hashes)

describe('an accumulator', () => {
  it('has the root of the tree over everything appended, however it was appended', () => {
    expect(toHex(accumulatorRoot(crypto, EMPTY_ACCUMULATOR))).toBe(toHex(emptyRoot(crypto)))
    let one = EMPTY_ACCUMULATOR
    for (let size = 1; size <= 70; size++) {
      one = append(crypto, one, [hashes[size - 1]!])
      expect(toHex(accumulatorRoot(crypto, one))).toBe(toHex(rootOf(size)))
    }
    fc.assert(
      fc.property(fc.nat(130), fc.nat(130), (a, b) => {
        const first = append(crypto, EMPTY_ACCUMULATOR, hashes.slice(0, a))
        const both = append(crypto, first, hashes.slice(a, a + b))
        expect(toHex(accumulatorRoot(crypto, both))).toBe(toHex(rootOf(a + b)))
        expect(accumulatorFromCbor(accumulatorToCbor(both))).toEqual(both)
        expect(toHex(accumulatorRoot(crypto, first))).toBe(toHex(rootOf(a)))
      }),
      { numRuns: 60 },
    )
  })

  it('proves that a hash is in it, and only where it is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.nat(), fc.nat(), (size, choice, flip) => {
        const index = choice % size
        const root = rootOf(size)
        const hash = hashes[index]!
        const path = inclusionProof(crypto, size, index, nodeAt)
        expect(verifyInclusion(crypto, root, size, index, hash, path)).toBe(true)
        expect(verifyInclusion(crypto, root, size, index, hashes[(index + 1) % 260]!, path)).toBe(false)
        expect(verifyInclusion(crypto, rootOf(size + 1), size, index, hash, path)).toBe(false)
        if (size > 1) expect(verifyInclusion(crypto, root, size, (index + 1) % size, hash, path)).toBe(false)
        if (path.length > 0) {
          const forged = path.map((node) => node.slice())
          forged[flip % path.length]![flip % 32]! ^= 1
          expect(verifyInclusion(crypto, root, size, index, hash, forged)).toBe(false)
        }
      }),
      { numRuns: 100 },
    )
  })

  it('proves that an earlier one is its beginning, and that no other is', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.nat(59), fc.nat(), (oldSize, more, flip) => {
        const newSize = oldSize + more
        const [oldRoot, newRoot] = [rootOf(oldSize), rootOf(newSize)]
        const path = consistencyProof(crypto, oldSize, newSize, nodeAt)
        expect(verifyConsistency(crypto, oldSize, oldRoot, newSize, newRoot, path)).toBe(true)
        const other = crypto.sha256(oldRoot)
        expect(verifyConsistency(crypto, oldSize, other, newSize, newRoot, path)).toBe(false)
        if (oldSize > 0) expect(verifyConsistency(crypto, oldSize, oldRoot, newSize, other, path)).toBe(false)
        expect(verifyConsistency(crypto, oldSize, oldRoot, newSize, newRoot, [...path, other])).toBe(false)
        if (path.length > 0) {
          expect(verifyConsistency(crypto, oldSize, oldRoot, newSize, newRoot, path.slice(1))).toBe(false)
          const forged = path.map((node) => node.slice())
          forged[flip % path.length]![flip % 32]! ^= 1
          expect(verifyConsistency(crypto, oldSize, oldRoot, newSize, newRoot, forged)).toBe(false)
        }
      }),
      { numRuns: 150 },
    )
  })

  it('has the consistency proofs of the reference vectors of RFC 6962', () => {
    // The vectors hash data into leaves; an accumulator takes hashes, so the nodes are given as they are.
    const inputs = [
      '',
      '00',
      '10',
      '2021',
      '3031',
      '40414243',
      '5051525354555657',
      '606162636465666768696a6b6c6d6e6f',
    ]
    const levels = [
      inputs.map((hex) => crypto.sha256(concatBytes(Uint8Array.of(0), Buffer.from(hex, 'hex')))),
    ]
    while (levels[0]!.length > 2 ** (levels.length - 1)) {
      const below = levels[levels.length - 1]!
      levels.push(
        Array.from({ length: below.length / 2 }, (_, i) =>
          crypto.sha256(concatBytes(Uint8Array.of(1), below[2 * i]!, below[2 * i + 1]!)),
        ),
      )
      if (below.length === 2) break
    }
    const vectorNode = (level: number, position: number) => levels[level]![position]!
    expect(consistencyProof(crypto, 1, 8, vectorNode).map(toHex)).toEqual([
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ])
    expect(consistencyProof(crypto, 6, 8, vectorNode).map(toHex)).toEqual([
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ])
  })

  it('hands out every node that became complete, enough for all later proofs', () => {
    const nodes: TreeNode[] = []
    let accumulator = EMPTY_ACCUMULATOR
    for (let from = 0; from < 200; from += 37)
      accumulator = appendWithNodes(crypto, accumulator, hashes.slice(from, Math.min(from + 37, 200)), nodes)
    const stored = new Map(nodes.map((node) => [`${node.level}/${node.position}`, node.hash]))
    expect(stored.size).toBe(nodes.length)
    const readStored = (level: number, position: number) => stored.get(`${level}/${position}`)!
    for (const index of [0, 63, 64, 127, 128, 191, 199])
      expect(
        verifyInclusion(
          crypto,
          rootOf(200),
          200,
          index,
          hashes[index]!,
          inclusionProof(crypto, 200, index, readStored),
        ),
      ).toBe(true)
    expect(consistencyProof(crypto, 77, 200, readStored)).toEqual(consistencyProof(crypto, 77, 200, nodeAt))
  })
})
