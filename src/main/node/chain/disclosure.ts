/**
 * Showing one field of a record and nothing else: the field, its salt and the path to the record's Merkle root
 * (record-format.md section 4).
 */
import { equalBytes } from '../../../shared/std/bytes.ts'
import { HASH_BYTES, type Crypto } from '../crypto/crypto.ts'
import { merklePath, merklePathLength, rootFromPath } from '../crypto/merkle.ts'
import { encode, tryDecode } from './codec.ts'
import { asArray, asList, isBytes, isCount, type ChainId, type MerkleRoot } from './ids.ts'
import { CLASS_LEAVES, type SizeClass } from './limits.ts'
import { fieldLeaf, recordTree, saltStream, type Field, type FieldValue } from './record.ts'

export type Disclosure = {
  readonly leafIndex: number
  readonly leafCount: number
  readonly name: string
  readonly value: FieldValue
  readonly salt: Uint8Array
  readonly path: readonly Uint8Array[]
}

/** Discloses field `leafIndex` of an opened record, or null where there is no such field. */
export function discloseField(
  crypto: Crypto,
  chainId: ChainId,
  dataKey: Uint8Array,
  fields: readonly Field[],
  sizeClass: SizeClass,
  leafIndex: number,
): Disclosure | null {
  const field = fields[leafIndex]
  const tree = recordTree(crypto, chainId, dataKey, fields, sizeClass)
  if (field === undefined || tree === null) return null
  const salts = saltStream(crypto, chainId, dataKey, sizeClass)
  return {
    leafIndex,
    leafCount: CLASS_LEAVES[sizeClass],
    name: field[0],
    value: field[1],
    salt: salts.slice(leafIndex * HASH_BYTES, (leafIndex + 1) * HASH_BYTES),
    path: merklePath(tree, leafIndex),
  }
}

/** Whether the record with this root and size class, both from a head, holds the field. */
export function verifyDisclosure(
  crypto: Crypto,
  merkleRoot: MerkleRoot,
  sizeClass: SizeClass,
  disclosure: Disclosure,
): boolean {
  const { leafIndex, leafCount, name, value, salt, path } = disclosure
  if (leafCount !== CLASS_LEAVES[sizeClass] || salt.length !== HASH_BYTES) return false
  if (!isCount(leafIndex) || leafIndex >= leafCount) return false
  if (path.length !== merklePathLength(leafIndex, leafCount)) return false
  const root = rootFromPath(crypto, fieldLeaf(crypto, [name, value], salt), leafIndex, leafCount, path)
  return root !== null && equalBytes(root, merkleRoot)
}

export function encodeDisclosure(disclosure: Disclosure): Uint8Array {
  const { leafIndex, leafCount, name, value, salt, path } = disclosure
  return encode([leafIndex, leafCount, name, value, salt, path])
}

export function decodeDisclosure(bytes: Uint8Array): Disclosure | null {
  const slots = asArray(tryDecode(bytes), 6)
  if (slots === null) return null
  const [leafIndex, leafCount, name, value, salt, pathValue] = slots
  const path = asList(pathValue, 12)
  if (!isCount(leafIndex) || !isCount(leafCount) || typeof name !== 'string' || !isBytes(salt, 32))
    return null
  if (path === null || !path.every((node) => isBytes(node, 32))) return null
  const isSlots =
    Array.isArray(value) && value.every((slot: unknown) => slot === null || typeof slot === 'string')
  if (typeof value !== 'string' && !isSlots) return null
  return { leafIndex, leafCount, name, value: value as FieldValue, salt, path: path as Uint8Array[] }
}
