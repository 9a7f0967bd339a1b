/**
 * Who wrote a record: one signature for a whole submission batch, carried with its path inside each sealed body
 * (record-format.md section 5).
 */
import { assert } from '../../../shared/std/assert.ts'
import { equalBytes } from '../../../shared/std/bytes.ts'
import type { Crypto } from '../crypto/crypto.ts'
import { signatureInput } from '../crypto/labels.ts'
import {
  hashLeaf,
  leavesOverHashes,
  merklePath,
  merklePathLength,
  merkleTree,
  rootFromPath,
  treeRoot,
} from '../crypto/merkle.ts'
import { encode, type Cbor } from './codec.ts'
import {
  asArray,
  asList,
  isBytes,
  isCount,
  isText,
  keyOf,
  MEMBER_ID_BYTES,
  type ChainId,
  type MemberId,
  type MerkleRoot,
} from './ids.ts'
import { BATCH_RECORDS_MAX, ROLE_TEXT_MAX } from './limits.ts'

/** A member's word that a person's or device's key may sign records for it. Times in milliseconds. */
export type AuthorCertificate = {
  readonly key: Uint8Array
  readonly role: string
  readonly notBefore: number
  readonly notAfter: number
  readonly signature: Uint8Array
}

/** What lies in a body. */
export type Author = {
  readonly memberId: MemberId
  readonly key: Uint8Array
  readonly certificate: AuthorCertificate | null
  readonly signature: Uint8Array
  readonly index: number
  readonly size: number
  readonly path: readonly Uint8Array[]
}

/** Who signs: the secret of `key`, which is the member's author key unless a certificate says otherwise. */
export type AuthorSigner = {
  readonly memberId: MemberId
  readonly key: Uint8Array
  readonly secret: Uint8Array
  readonly certificate: AuthorCertificate | null
}

export type AuthorRefusal =
  'author-unknown' | 'author-path' | 'author-key' | 'author-certificate' | 'author-signature'

/** The author key of a member that may write records, or null. */
export type AuthorKeyOf = (memberId: MemberId) => Uint8Array | null

/**
 * Remembers batches whose signature was found good, so that a batch of a thousand costs one check. Names the whole
 * statement, so a hit is as good as a check.
 */
export type BatchCache = { has(name: string): boolean; add(name: string): void }

const LABEL = 'consilium/author/1'
const CERTIFICATE_LABEL = 'consilium/author-certificate/1'

/** Issues a certificate by the member's author key. */
export function issueAuthorCertificate(
  crypto: Crypto,
  chainId: ChainId,
  memberId: MemberId,
  authorSecret: Uint8Array,
  subject: { key: Uint8Array; role: string; notBefore: number; notAfter: number },
): AuthorCertificate {
  assert(isText(subject.role, ROLE_TEXT_MAX), 'a role is a text of at most 64 characters')
  const input = signatureInput(CERTIFICATE_LABEL, chainId, certificateStatement(memberId, subject))
  return { ...subject, signature: crypto.ed25519Sign(authorSecret, input) }
}

/** Signs a batch of 1 … 4,096 Merkle roots in order of submission; gives each record its author part. */
export function signBatch(
  crypto: Crypto,
  chainId: ChainId,
  signer: AuthorSigner,
  roots: readonly MerkleRoot[],
): Author[] {
  assert(roots.length >= 1 && roots.length <= BATCH_RECORDS_MAX, 'a batch has 1 … 4,096 records')
  const tree = merkleTree(crypto, leavesOverHashes(crypto, roots))
  const input = batchSignBytes(chainId, signer.memberId, treeRoot(tree), roots.length)
  const signature = crypto.ed25519Sign(signer.secret, input)
  return roots.map((_, index) => ({
    memberId: signer.memberId,
    key: signer.key,
    certificate: signer.certificate,
    signature,
    index,
    size: roots.length,
    path: merklePath(tree, index),
  }))
}

/**
 * Null where the author part names a member that may write, whose key signed a batch that holds this root.
 *
 * Whether a certificate's period holds is judged by the member's own node when it takes a submission in, never here: a
 * body that waited in an outbox stays valid.
 */
export function checkAuthor(
  crypto: Crypto,
  chainId: ChainId,
  merkleRoot: Uint8Array,
  author: Author,
  authorKeyOf: AuthorKeyOf,
  cache: BatchCache | null = null,
): AuthorRefusal | null {
  const memberKey = authorKeyOf(author.memberId)
  if (memberKey === null) return 'author-unknown'
  if (author.path.length !== merklePathLength(author.index, author.size)) return 'author-path'
  const batchRoot = rootFromPath(crypto, hashLeaf(crypto, merkleRoot), author.index, author.size, author.path)
  if (batchRoot === null) return 'author-path'
  const { certificate } = author
  if (certificate === null && !equalBytes(author.key, memberKey)) return 'author-key'
  if (certificate !== null && !equalBytes(author.key, certificate.key)) return 'author-key'
  const name = cache && batchName(chainId, author, memberKey, batchRoot)
  if (cache !== null && name !== null && cache.has(name)) return null
  if (certificate !== null) {
    const input = signatureInput(
      CERTIFICATE_LABEL,
      chainId,
      certificateStatement(author.memberId, certificate),
    )
    if (certificate.notBefore > certificate.notAfter) return 'author-certificate'
    if (!crypto.ed25519Verify(memberKey, input, certificate.signature)) return 'author-certificate'
  }
  const input = batchSignBytes(chainId, author.memberId, batchRoot, author.size)
  if (!crypto.ed25519Verify(author.key, input, author.signature)) return 'author-signature'
  if (cache !== null && name !== null) cache.add(name)
  return null
}

/** A cache of at most `entryMax` batches; empties itself when full. */
export function createBatchCache(entryMax = 4_096): BatchCache {
  const names = new Set<string>()
  return {
    has: (name) => names.has(name),
    add(name) {
      if (names.size >= entryMax) names.clear()
      names.add(name)
    },
  }
}

/** `[memberId, key, certificate | null, signature, index, size, path]`. */
export function authorToCbor(author: Author): Cbor {
  const { certificate } = author
  return [
    author.memberId,
    author.key,
    certificate === null
      ? null
      : [
          certificate.key,
          certificate.role,
          certificate.notBefore,
          certificate.notAfter,
          certificate.signature,
        ],
    author.signature,
    author.index,
    author.size,
    author.path,
  ]
}

export function authorFromCbor(value: Cbor | undefined): Author | null {
  const slots = asArray(value, 7)
  if (slots === null) return null
  const [memberId, key, certificateValue, signature, index, size, pathValue] = slots
  if (!isBytes(memberId, MEMBER_ID_BYTES) || !isBytes(key, 32) || !isBytes(signature, 64)) return null
  if (!isCount(index) || !isCount(size) || size < 1 || size > BATCH_RECORDS_MAX || index >= size) return null
  const path = asList(pathValue, 16)
  if (path === null || !path.every((node) => isBytes(node, 32))) return null
  const certificate = certificateValue === null ? null : certificateFromCbor(certificateValue)
  if (certificate === undefined) return null
  return {
    memberId: memberId as MemberId,
    key,
    certificate,
    signature,
    index,
    size,
    path: path as Uint8Array[],
  }
}

function certificateFromCbor(value: Cbor | undefined): AuthorCertificate | undefined {
  const slots = asArray(value, 5)
  if (slots === null) return undefined
  const [key, role, notBefore, notAfter, signature] = slots
  if (!isBytes(key, 32) || !isText(role, ROLE_TEXT_MAX) || !isCount(notBefore) || !isCount(notAfter))
    return undefined
  return isBytes(signature, 64) ? { key, role, notBefore, notAfter, signature } : undefined
}

export function batchSignBytes(
  chainId: ChainId,
  memberId: MemberId,
  batchRoot: Uint8Array,
  size: number,
): Uint8Array {
  return signatureInput(LABEL, chainId, encode([memberId, batchRoot, size]))
}

/** The member id is part of it, so that a certificate cannot be carried to a member with the same author key. */
function certificateStatement(
  memberId: MemberId,
  subject: { key: Uint8Array; role: string; notBefore: number; notAfter: number },
): Uint8Array {
  return encode([memberId, subject.key, subject.role, subject.notBefore, subject.notAfter])
}

function batchName(chainId: ChainId, author: Author, memberKey: Uint8Array, batchRoot: Uint8Array): string {
  const { certificate } = author
  const chain =
    keyOf(chainId) + keyOf(memberKey) + keyOf(batchRoot) + keyOf(author.signature) + keyOf(author.memberId)
  if (certificate === null) return `${chain}/${author.size}`
  const { key, role, notBefore, notAfter, signature } = certificate
  return `${chain}/${author.size}/${keyOf(key)}/${notBefore}/${notAfter}/${keyOf(signature)}/${role}`
}
