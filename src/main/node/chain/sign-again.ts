/**
 * A record that waited while its member changed its author key: the same record under the new one (M11). The batch that it came
 * with keeps its shape, so the author part keeps its length, and with it class, Merkle root, data key and rows stay; only
 * the body is another one.
 */
import { assert } from '../../../shared/std/assert.ts'
import type { Crypto, Random } from '../crypto/crypto.ts'
import { hashLeaf, rootFromPath } from '../crypto/merkle.ts'
import { batchSignBytes, type Author } from './author.ts'
import type { ChainId } from './ids.ts'
import {
  encodeFields,
  sealBody,
  type OpenedBody,
  type RecordCommitments,
  type SealedRecord,
} from './record.ts'

export function signAgain(
  crypto: Crypto,
  random: Random,
  chainId: ChainId,
  record: RecordCommitments & Pick<OpenedBody, 'fields' | 'author'>,
  dataKey: Uint8Array,
  authorSecret: Uint8Array,
): SealedRecord {
  const { fields, sizeClass, merkleRoot, author } = record
  assert(author.certificate === null, 'a certificate of the key before has to be issued anew')
  const { memberId, index, size, path } = author
  const batchRoot = rootFromPath(crypto, hashLeaf(crypto, merkleRoot), index, size, path)
  assert(batchRoot !== null, 'a record that was opened has its path')
  const signature = crypto.ed25519Sign(authorSecret, batchSignBytes(chainId, memberId, batchRoot, size))
  const anew: Author = { ...author, key: crypto.ed25519PublicKey(authorSecret), signature }
  return sealBody(
    crypto,
    random,
    chainId,
    { fields: encodeFields(fields), sizeClass, dataKey, merkleRoot },
    anew,
  )
}
