import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concatBytes, equalBytes, fromHex, toHex } from '../../../shared/std/bytes.ts'
import { createNodeCrypto } from '../crypto-node.ts'
import {
  emptyRoot,
  merklePath,
  merklePathLength,
  merkleRootInPlace,
  merkleTree,
  rootFromPath,
  rootOverHashes,
  treeRoot,
} from './merkle.ts'

const crypto = createNodeCrypto()
const leafOf = (data: Uint8Array) => crypto.sha256(concatBytes(Uint8Array.of(0), data))

/** The recursive definition of RFC 6962 section 2.1, word for word. */
function definition(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return crypto.sha256(new Uint8Array(0))
  if (leaves.length === 1) return leaves[0]!
  let split = 1
  while (split * 2 < leaves.length) split *= 2
  return crypto.sha256(
    concatBytes(Uint8Array.of(1), definition(leaves.slice(0, split)), definition(leaves.slice(split))),
  )
}

/** Inputs and roots of the reference tests of Certificate Transparency. */
const INPUTS = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
]
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]

describe('Merkle trees', () => {
  it('have the roots of the reference vectors of RFC 6962', () => {
    expect(toHex(emptyRoot(crypto))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    const leaves = INPUTS.map((input) => leafOf(fromHex(input)))
    for (let size = 1; size <= leaves.length; size++)
      expect(toHex(merkleRootInPlace(crypto, concatBytes(...leaves.slice(0, size))))).toBe(ROOTS[size - 1])
  })

  it('have the paths of the reference vectors of RFC 6962', () => {
    const tree = merkleTree(crypto, concatBytes(...INPUTS.map((input) => leafOf(fromHex(input)))))
    expect(merklePath(tree, 0).map(toHex)).toEqual([
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ])
    expect(merklePath(tree, 5).map(toHex)).toEqual([
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ])
  })

  it('follow the recursive definition for every size up to 70', () => {
    const hashes = Array.from({ length: 70 }, (_, i) => crypto.sha256(Uint8Array.of(i)))
    for (let size = 0; size <= 70; size++) {
      const part = hashes.slice(0, size)
      const root = toHex(definition(part.map(leafOf)))
      expect(toHex(rootOverHashes(crypto, part))).toBe(root)
      if (size > 0) expect(toHex(treeRoot(merkleTree(crypto, concatBytes(...part.map(leafOf)))))).toBe(root)
    }
  })

  it('prove each leaf by a path of the one right length, and nothing else', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.nat(), fc.nat(), (size, choice, flip) => {
        const index = choice % size
        const leaves = Array.from({ length: size }, (_, i) => crypto.sha256(Uint8Array.of(i & 255, i >> 8)))
        const tree = merkleTree(crypto, concatBytes(...leaves))
        const root = treeRoot(tree)
        const path = merklePath(tree, index)
        const leaf = leaves[index]!
        expect(path.length).toBe(merklePathLength(index, size))
        expect(toHex(rootFromPath(crypto, leaf, index, size, path)!)).toBe(toHex(root))

        const isProven = (hash: Uint8Array, at: number, of: number, nodes: Uint8Array[]) => {
          const found = rootFromPath(crypto, hash, at, of, nodes)
          return found !== null && equalBytes(found, root)
        }
        expect(isProven(crypto.sha256(leaf), index, size, path)).toBe(false)
        expect(isProven(leaf, index, size, [...path, root])).toBe(false)
        if (path.length > 0) expect(isProven(leaf, index, size, path.slice(1))).toBe(false)
        if (size > 1) expect(isProven(leaf, (index + 1) % size, size, path)).toBe(false)
        if (path.length > 0) {
          const forged = path.map((node) => node.slice())
          forged[flip % path.length]![flip % 32]! ^= 1
          expect(isProven(leaf, index, size, forged)).toBe(false)
        }
      }),
      { numRuns: 100 },
    )
  })

  it('refuse indices and nodes that cannot be', () => {
    const leaf = crypto.sha256(Uint8Array.of(1))
    for (const [index, size] of [
      [-1, 4],
      [4, 4],
      [0, 0],
      [0.5, 4],
    ] as const)
      expect(rootFromPath(crypto, leaf, index, size, [leaf, leaf])).toBeNull()
    expect(rootFromPath(crypto, leaf, 0, 4, [leaf.subarray(1), leaf])).toBeNull()
    expect(rootFromPath(crypto, leaf, 0, 4, [leaf])).toBeNull()
    expect(rootFromPath(crypto, leaf, 0, 4, [leaf, leaf, leaf])).toBeNull()
  })
})
