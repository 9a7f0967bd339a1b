/**
 * One version of a visit as it is kept for ever: fields under a salted Merkle root, sealed in a padded body
 * (docs/spec/record-format.md sections 3, 4 and 6).
 */
import { assert } from '../../../shared/std/assert.ts'
import { equalBytes } from '../../../shared/std/bytes.ts'
import { HASH_BYTES, KEY_BYTES, NONCE_BYTES, TAG_BYTES, type Crypto, type Random } from '../crypto/crypto.ts'
import { hkdfSha256 } from '../crypto/hkdf.ts'
import { ascii, labelHash } from '../crypto/labels.ts'
import { merklePathLength, merkleRootInPlace, merkleTree, type MerkleTree } from '../crypto/merkle.ts'
import {
  authorFromCbor,
  authorToCbor,
  checkAuthor,
  signBatch,
  type Author,
  type AuthorKeyOf,
  type AuthorRefusal,
  type AuthorSigner,
  type BatchCache,
} from './author.ts'
import { encode, Reader, Writer } from './codec.ts'
import type { ChainId, MerkleRoot } from './ids.ts'
import {
  AUTHOR_BYTES_MAX,
  BATCH_RECORDS_MAX,
  BODY_OVERHEAD_BYTES,
  CLASS_BYTES,
  CLASS_LEAVES,
  type SizeClass,
} from './limits.ts'

export type FieldValue = string | readonly (string | null)[]
/** A name and a text, or a fixed array of texts with null for an absent slot. All text NFC. */
export type Field = readonly [name: string, value: FieldValue]

/** What the head of a block says about its record. */
export type RecordCommitments = {
  readonly merkleRoot: MerkleRoot
  readonly keyCommitment: Uint8Array
  readonly sizeClass: SizeClass
}

export type SealedRecord = RecordCommitments & {
  readonly kind: 'sealed'
  readonly bodyHash: Uint8Array
  readonly body: Uint8Array
  /** 32 bytes. Wrap it into key-box rows, then drop it by `crypto.forget`. */
  readonly dataKey: Uint8Array
}

export type SealResult = SealedRecord | { kind: 'refused'; reason: 'record-too-large' }

export type OpenRefusal =
  | 'body-length'
  | 'key-commitment'
  | 'body-tag'
  | 'body-padding'
  | 'body-encoding'
  | 'size-class'
  | 'merkle-root'
  | AuthorRefusal

export type OpenedBody = { kind: 'opened'; fields: readonly Field[]; author: Author }
export type OpenResult = OpenedBody | { kind: 'refused'; reason: OpenRefusal }

export const SUITE = 1
const SALT_INFO = ascii('consilium/salt/1')
const LENGTH_BYTES = 4
const LEAF_PREFIX_BYTES = 1 + HASH_BYTES

/**
 * Seals one submission batch. Each record draws 32 random bytes for its key and 12 for its nonce, in order.
 *
 * The answers are in the order of `records`. A record beyond the largest class is refused by name and is not part of the
 * batch; the others are sealed all the same.
 * @throws {CodecFailure} for text that `textProblem` would have refused
 */
export function sealBatch(
  crypto: Crypto,
  random: Random,
  chainId: ChainId,
  signer: AuthorSigner,
  records: readonly (readonly Field[])[],
): SealResult[] {
  const encoded = records.map(encodeFields)
  const kept = encoded.filter(fitsLargestClass)
  assert(kept.length <= BATCH_RECORDS_MAX, 'a batch has at most 4,096 records')
  if (kept.length === 0) return records.map(() => ({ kind: 'refused', reason: 'record-too-large' }))
  const authorBytes = authorLengths(signer, kept.length)
  const keyed = kept.map((fields, index) => {
    const sizeClass = classOf(plaintextBytes(fields, authorBytes(index)), fields.ends.length)
    assert(sizeClass !== null, 'the bound on the author part holds')
    const dataKey = random(KEY_BYTES)
    const leaves = recordLeaves(crypto, chainId, dataKey, fields, sizeClass)
    return { fields, sizeClass, dataKey, merkleRoot: merkleRootInPlace(crypto, leaves) as MerkleRoot }
  })
  const authors = signBatch(
    crypto,
    chainId,
    signer,
    keyed.map((record) => record.merkleRoot),
  )
  let next = 0
  return encoded.map((fields) => {
    if (!fitsLargestClass(fields)) return { kind: 'refused', reason: 'record-too-large' }
    const record = keyed[next]!
    return sealBody(crypto, random, chainId, record, authors[next++]!)
  })
}

/** A batch of one: the form. */
export function sealRecord(
  crypto: Crypto,
  random: Random,
  chainId: ChainId,
  signer: AuthorSigner,
  fields: readonly Field[],
): SealResult {
  return sealBatch(crypto, random, chainId, signer, [fields])[0]!
}

/** Whether a record of these fields can be sealed, whatever its author part. */
export function isSealable(fields: readonly Field[]): boolean {
  return fitsLargestClass(encodeFields(fields))
}

/** Opens a body with its data key. The checks are in the order of section 6, and each failure has its own name. */
export function openBody(
  crypto: Crypto,
  chainId: ChainId,
  commitments: RecordCommitments,
  body: Uint8Array,
  dataKey: Uint8Array,
  authorKeyOf: AuthorKeyOf,
  cache: BatchCache | null = null,
): OpenResult {
  const { sizeClass, merkleRoot } = commitments
  const unsealed = unsealBody(crypto, chainId, commitments, body, dataKey)
  if ('reason' in unsealed) return unsealed
  const { content, contentBytes } = unsealed
  const { fields, encoded, author } = content
  if (classOf(LENGTH_BYTES + contentBytes, fields.length) !== sizeClass) return refused('size-class')
  const leaves = recordLeaves(crypto, chainId, dataKey, encoded, sizeClass)
  if (!equalBytes(merkleRootInPlace(crypto, leaves), merkleRoot)) return refused('merkle-root')
  const refusal = checkAuthor(crypto, chainId, merkleRoot, author, authorKeyOf, cache)
  if (refusal !== null) return refused(refusal)
  return { kind: 'opened', fields, author }
}

/**
 * What a record says that is final, without the Merkle root and the signature, which were checked before it became final:
 * for indexes. Nothing that a person sees or that decides comes by this.
 */
export function peekBody(
  crypto: Crypto,
  chainId: ChainId,
  commitments: RecordCommitments,
  body: Uint8Array,
  dataKey: Uint8Array,
): OpenedBody | null {
  const unsealed = unsealBody(crypto, chainId, commitments, body, dataKey)
  if ('reason' in unsealed) return null
  const { fields, author } = unsealed.content
  return { kind: 'opened', fields, author }
}

function unsealBody(
  crypto: Crypto,
  chainId: ChainId,
  commitments: RecordCommitments,
  body: Uint8Array,
  dataKey: Uint8Array,
):
  | { content: NonNullable<ReturnType<typeof readContent>>; contentBytes: number }
  | Exclude<OpenResult, OpenedBody> {
  const { sizeClass, keyCommitment } = commitments
  if (body.length !== CLASS_BYTES[sizeClass] + BODY_OVERHEAD_BYTES) return refused('body-length')
  if (!equalBytes(keyCommitmentOf(crypto, chainId, dataKey), keyCommitment)) return refused('key-commitment')
  const aad = bodyAad(chainId, commitments)
  const plaintext = crypto.openGcm(dataKey, body.subarray(0, NONCE_BYTES), aad, body.subarray(NONCE_BYTES))
  if (plaintext === null) return refused('body-tag')
  const contentBytes = readUint32(plaintext, 0)
  if (contentBytes > plaintext.length - LENGTH_BYTES) return refused('body-encoding')
  for (let i = LENGTH_BYTES + contentBytes; i < plaintext.length; i++)
    if (plaintext[i] !== 0) return refused('body-padding')
  const content = readContent(plaintext.subarray(LENGTH_BYTES, LENGTH_BYTES + contentBytes))
  return content === null ? refused('body-encoding') : { content, contentBytes }
}

export function keyCommitmentOf(crypto: Crypto, chainId: ChainId, dataKey: Uint8Array): Uint8Array {
  return labelHash(crypto, 'consilium/key-commitment/1', chainId, dataKey)
}

export function bodyHashOf(crypto: Crypto, chainId: ChainId, body: Uint8Array): Uint8Array {
  return labelHash(crypto, 'consilium/body/1', chainId, body)
}

export function bodyBytesOf(sizeClass: SizeClass): number {
  return CLASS_BYTES[sizeClass] + BODY_OVERHEAD_BYTES
}

/** The smallest class that holds this many plaintext bytes and fields, or null beyond the largest. */
export function classOf(plaintextByteCount: number, fieldCount: number): SizeClass | null {
  for (let sizeClass = 0; sizeClass < CLASS_BYTES.length; sizeClass++)
    if (plaintextByteCount <= CLASS_BYTES[sizeClass]! && fieldCount <= CLASS_LEAVES[sizeClass]!)
      return sizeClass as SizeClass
  return null
}

/** The salt of each leaf of the class, 32 bytes each; a padding leaf is its salt. */
export function saltStream(
  crypto: Crypto,
  chainId: ChainId,
  dataKey: Uint8Array,
  sizeClass: SizeClass,
): Uint8Array {
  const saltKey = hkdfSha256(crypto, dataKey, chainId, SALT_INFO, KEY_BYTES)
  const stream = crypto.keystream(saltKey, CLASS_LEAVES[sizeClass] * HASH_BYTES)
  saltKey.fill(0)
  return stream
}

/** The whole tree of a record, for paths and for people who look at it. Null where the fields are beyond the class. */
export function recordTree(
  crypto: Crypto,
  chainId: ChainId,
  dataKey: Uint8Array,
  fields: readonly Field[],
  sizeClass: SizeClass,
): MerkleTree | null {
  if (fields.length > CLASS_LEAVES[sizeClass]) return null
  return merkleTree(crypto, recordLeaves(crypto, chainId, dataKey, encodeFields(fields), sizeClass))
}

/** `SHA-256(0x00 ‖ salt ‖ cbor([name, value]))`. */
export function fieldLeaf(crypto: Crypto, field: Field, salt: Uint8Array): Uint8Array {
  const bytes = encode(field)
  const input = new Uint8Array(LEAF_PREFIX_BYTES + bytes.length)
  input.set(salt, 1)
  input.set(bytes, LEAF_PREFIX_BYTES)
  return crypto.sha256(input)
}

/** Encoded fields one after the other: field i lies before `ends[i]`, and behind `ends[i - 1]`. */
export type EncodedFields = {
  readonly bytes: Uint8Array
  readonly start: number
  readonly ends: readonly number[]
}

export function encodeFields(fields: readonly Field[]): EncodedFields {
  const writer = new Writer(2_048)
  const ends: number[] = []
  for (const [name, value] of fields) {
    writer.writeArrayHead(2)
    writer.writeText(name)
    writer.write(value)
    ends.push(writer.length)
  }
  return { bytes: writer.bytes, start: 0, ends }
}

function fitsLargestClass(fields: EncodedFields): boolean {
  return classOf(plaintextBytes(fields, AUTHOR_BYTES_MAX), fields.ends.length) !== null
}

function plaintextBytes(fields: EncodedFields, authorByteCount: number): number {
  return LENGTH_BYTES + 2 + headBytes(fields.ends.length) + lengthOf(fields) + authorByteCount
}

function lengthOf(fields: EncodedFields): number {
  return fields.ends.length === 0 ? 0 : fields.ends[fields.ends.length - 1]! - fields.start
}

/** Reused between calls; nothing here is asynchronous, and no view of it leaves this module. */
let leafInput = new Uint8Array(4_096)

/** Leaf hashes of the class, one after the other. */
function recordLeaves(
  crypto: Crypto,
  chainId: ChainId,
  dataKey: Uint8Array,
  fields: EncodedFields,
  sizeClass: SizeClass,
): Uint8Array {
  // Padding leaves are the stream itself, so the leaves of fields are written over it.
  const leaves = saltStream(crypto, chainId, dataKey, sizeClass)
  const { bytes, ends } = fields
  let start = fields.start
  for (let i = 0; i < ends.length; i++) {
    const end = ends[i]!
    const inputBytes = LEAF_PREFIX_BYTES + end - start
    if (inputBytes > leafInput.length) leafInput = new Uint8Array(2 * inputBytes)
    const input = leafInput
    input[0] = 0x00
    const saltAt = i * HASH_BYTES
    for (let j = 0; j < HASH_BYTES; j++) input[1 + j] = leaves[saltAt + j]!
    for (let j = start, to = LEAF_PREFIX_BYTES; j < end; j++, to++) input[to] = bytes[j]!
    crypto.sha256Into(input.subarray(0, inputBytes), leaves, saltAt)
    start = end
  }
  return leaves
}

export function sealBody(
  crypto: Crypto,
  random: Random,
  chainId: ChainId,
  record: {
    fields: EncodedFields
    sizeClass: SizeClass
    dataKey: Uint8Array
    merkleRoot: MerkleRoot
  },
  author: Author,
): SealedRecord {
  const { fields, sizeClass, dataKey, merkleRoot } = record
  const authorBytes = encode(authorToCbor(author))
  const plaintext = new Uint8Array(CLASS_BYTES[sizeClass])
  const head = new Writer(16)
  head.writeArrayHead(3)
  head.writeInteger(1)
  head.writeArrayHead(fields.ends.length)
  const fieldBytes = lengthOf(fields)
  let offset = LENGTH_BYTES
  plaintext.set(head.bytes.subarray(0, head.length), offset)
  offset += head.length
  plaintext.set(fields.bytes.subarray(fields.start, fields.start + fieldBytes), offset)
  offset += fieldBytes
  plaintext.set(authorBytes, offset)
  offset += authorBytes.length
  writeUint32(plaintext, 0, offset - LENGTH_BYTES)
  assert(classOf(offset, fields.ends.length) === sizeClass, 'the length of the author part was foreseen')

  const commitments = { merkleRoot, keyCommitment: keyCommitmentOf(crypto, chainId, dataKey), sizeClass }
  const nonce = random(NONCE_BYTES)
  const sealed = crypto.sealGcm(dataKey, nonce, bodyAad(chainId, commitments), plaintext)
  plaintext.fill(0, 0, offset)
  const body = new Uint8Array(NONCE_BYTES + sealed.length)
  body.set(nonce)
  body.set(sealed, NONCE_BYTES)
  assert(sealed.length === CLASS_BYTES[sizeClass] + TAG_BYTES, 'a body has the length of its class')
  return { kind: 'sealed', ...commitments, bodyHash: bodyHashOf(crypto, chainId, body), body, dataKey }
}

function bodyAad(chainId: ChainId, commitments: RecordCommitments): Uint8Array {
  return encode([chainId, SUITE, commitments.merkleRoot, commitments.keyCommitment, commitments.sizeClass])
}

/** The parts of a content, iff the bytes are its one encoding. */
function readContent(
  bytes: Uint8Array,
): { fields: readonly Field[]; encoded: EncodedFields; author: Author } | null {
  const reader = new Reader(bytes)
  if (reader.readArrayHead() !== 3 || reader.read() !== 1) return null
  const fieldCount = reader.readArrayHead()
  if (fieldCount < 0 || fieldCount > CLASS_LEAVES[CLASS_LEAVES.length - 1]!) return null
  const fields: Field[] = []
  const ends: number[] = []
  const start = reader.offset
  for (let i = 0; i < fieldCount; i++) {
    const field = readField(reader)
    if (field === null) return null
    fields.push(field)
    ends.push(reader.offset)
  }
  const author = authorFromCbor(reader.read())
  if (reader.reason !== null || author === null || reader.offset !== bytes.length) return null
  return { fields, encoded: { bytes, start, ends }, author }
}

function readField(reader: Reader): Field | null {
  if (reader.readArrayHead() !== 2) return null
  const name = reader.read()
  const value = reader.read()
  if (reader.reason !== null || typeof name !== 'string') return null
  if (typeof value === 'string') return [name, value]
  if (!Array.isArray(value)) return null
  for (const slot of value) if (slot !== null && typeof slot !== 'string') return null
  return [name, value as (string | null)[]]
}

/** How long the author part of record `index` will be, before there is a signature. */
function authorLengths(signer: AuthorSigner, size: number): (index: number) => number {
  const empty: Author = { ...signer, signature: new Uint8Array(64), index: 0, size: 0, path: [] }
  const base = encode(authorToCbor(empty)).length
  return (index) => {
    const nodes = merklePathLength(index, size)
    return base + headBytes(index) - 1 + headBytes(size) - 1 + headBytes(nodes) - 1 + nodes * (2 + HASH_BYTES)
  }
}

/** Bytes of the CBOR head with this argument. */
function headBytes(argument: number): number {
  return argument < 24 ? 1 : argument < 0x100 ? 2 : argument < 0x10000 ? 3 : 5
}

function readUint32(bytes: Uint8Array, offset: number): number {
  return (
    bytes[offset]! * 0x1000000 + ((bytes[offset + 1]! << 16) | (bytes[offset + 2]! << 8) | bytes[offset + 3]!)
  )
}

function writeUint32(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = (value >>> 24) & 0xff
  bytes[offset + 1] = (value >>> 16) & 0xff
  bytes[offset + 2] = (value >>> 8) & 0xff
  bytes[offset + 3] = value & 0xff
}

function refused(reason: OpenRefusal): Exclude<OpenResult, OpenedBody> {
  return { kind: 'refused', reason }
}
