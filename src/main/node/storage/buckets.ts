/**
 * The one table of key spaces. A key is the letter, a slash and fixed-width bytes, numbers big-endian, so that what
 * grows is appended in order and compaction only moves files. Letters are never given to another meaning.
 *
 *     b/ index8                    → head and body of a block                     hashes of the chain cover it
 *     h/ first 16 of block hash    → index8                                       checksum
 *     r/ merkle root 32            → where this version is: own sequence, index   checksum
 *     s/ height8                   → segment, certificate, items                  signatures cover it
 *     k/ root32 scope1 epoch4      → key-box row; apart from the bodies, deletable   checksum
 *     o/ sequence8                 → outbox: a sealed visit that is not final     checksum
 *     v/ sequence8                 → own visit: root, sealed summary              checksum
 *     p/ tag16 sequence8           → visits of a patient (tag = HMAC of the local id)   checksum
 *     x/v/ visit id16              → newest version of a visit                    checksum
 *     x/r/ record id16             → this version is known (imports are idempotent)   checksum
 *     x/p/ tag16 sequence8         → visits that a person entered by hand (tag = HMAC of the key id)   checksum
 *     x/c/ first8                  → sealed: facts of a run of blocks, by columns  GCM tag
 *     x/s/ hash of the person 32   → sealed: the study that this person works on   GCM tag
 *     x/o/ hash of a protocol 32   → sealed: the protocol that was registered      GCM tag
 *     x/t/ height8 item hash 32    → a study: what was asked and what became of it   checksum
 *     x/u/ member16 height8 item hash 32   → a study of this author                checksum
 *     x/w/ item hash 32 height8 item hash 32   → the second is a repeat or a recomputation of the first   checksum
 *     x/n/ hash of the person 32   → sealed: the cohorts and code sets that this person keeps   GCM tag
 *     x/b/ hash of the person 32   → sealed: the reviews that this person signed   GCM tag
 *     x/e/ [hash of a file 32]     → sealed: the insurer's exposure file of that hash; the list of them   GCM tag
 *     x/k/ member16 commitment 32  → item hash of this author's final study         checksum
 *     x/m/ height8 item hash 32    → a registration of a protocol                  checksum
 *     x/a/ member16 height8 item hash 32   → a registration of this author         checksum
 *     x/h/ hash of a protocol 32 height8 item hash 32   → a registration of it     checksum
 *     x/d/ height8                 → members decided on a member or a number of the policy in this segment   checksum
 *     x/y/ kind1 hash32            → sealed: a tariff, a list of permitted factors, a change by hand, an alert of a group, an opened table   GCM tag
 *     g/h/ batch id16              → sealed head of an import                      GCM tag
 *     g/v/ batch id16 sequence8    → so many own visits from here on came with it  checksum
 *     g/r/ batch id16 page4        → sealed page of what it did not take           GCM tag
 *     g/m/ batch id16              → its signed manifest                           checksum
 *     g/w/ watch id16              → sealed row of a watched folder                 GCM tag
 *     g/f/ watch id16 hash32       → this content was taken from it                checksum
 *     n/ patient id16              → sealed row of the table of names             GCM tag
 *     d/ tag16                     → sealed draft                                 GCM tag
 *     w/ …                         → write-ahead log of the consensus engine      checksum
 *     f/ body hash 32              → another hospital's visit that we voted for and that is not final   checksum
 *     i/ item hash 32              → item submitted here that is not final        checksum
 *     j/ item hash 32              → height of the segment that holds it          checksum
 *     l/ height8 item hash 32      → this item says something of a patient or a visit   checksum
 *     u/ sequence8                 → own visit that waits for results             checksum
 *     q/ code 10                   → sealed: a summary that was printed here      GCM tag
 *     y/e/ merkle root 32          → this version's keys were destroyed by decision  checksum
 *     y/d/ erasure id 16           → what else goes with it here, as keys of this store  checksum
 *     y/p/ hash of a patient id 16 → this entry of the table of names was erased      checksum
 *     t/e/ sequence8               → sealed entry of the audit                     GCM tag, chained hashes
 *     t/r/ sequence8               → sealed reason of an entry; apart from it, deletable   GCM tag
 *     t/h/                         → sealed: how far the audit goes                GCM tag
 *     z/f/ name 16                 → sealed: where one visit of a patient is, by whom         GCM tag
 *     z/i/ index8                  → sealed: the row of z/f/ that says so of this block       GCM tag
 *     z/g/ merkle root 32 access16 → sealed: another hospital's visit that may be read here   GCM tag
 *     z/a/ time8 access id 16      → sealed: who reads whose visits, on which basis, until when   GCM tag
 *     z/n/ time8 access id 16      → sealed: what was answered to other hospitals             GCM tag
 *     z/s/ commitment 32           → sealed: envelope and document of a study      GCM tag
 *     z/p/ commitment 32           → whose it is and since when, until its study is final and it is delivered   checksum
 *     z/k/ commitment 32 member16  → this gateway acknowledged that it holds it      checksum
 *     z/t/ study hash 32 member16  → what a gateway attests of a study without a result   checksum
 *     z/l/ study hash 32 member16  → what a gateway attests of a study beside its result   checksum
 *     z/q/ study hash 32           → sealed: the answer                            GCM tag
 *     z/w/ kind1 hash32 [hash32]   → sealed: what a gateway keeps of a study, or of a cohort at a snapshot   GCM tag
 *     e/ kind1 epoch4              → shared key of an epoch, sealed to this node  checksum
 *     a/ member id 16              → where a member can be reached                checksum
 *     c/ member id16 height8       → author key of a member from this height on, and the one before   checksum
 *     m/ name                      → genesis, formats, applied state              checksum
 */
import { concatBytes, utf8Encode, type Bytes } from '../../../shared/std/bytes.ts'
import type { KeyRange } from './store.ts'

export const BUCKETS = [
  'b',
  'h',
  'r',
  's',
  'k',
  'o',
  'v',
  'p',
  'x/v',
  'x/r',
  'x/p',
  'x/c',
  'x/s',
  'x/e',
  'x/o',
  'x/t',
  'x/u',
  'x/w',
  'x/n',
  'x/b',
  'x/m',
  'x/a',
  'x/h',
  'x/k',
  'x/d',
  'x/y',
  'g/h',
  'g/v',
  'g/r',
  'g/m',
  'g/w',
  'g/f',
  'n',
  'd',
  'w',
  'f',
  'i',
  'j',
  'l',
  'u',
  'q',
  'y/e',
  'y/d',
  'y/p',
  't/e',
  't/r',
  't/h',
  'z/f',
  'z/i',
  'z/g',
  'z/a',
  'z/n',
  'z/s',
  'z/p',
  'z/k',
  'z/t',
  'z/l',
  'z/q',
  'z/w',
  'e',
  'a',
  'c',
  'm',
] as const
export type Bucket = (typeof BUCKETS)[number]

/** Blocks of a kept run of facts: few enough to open again at a start, enough for columns to be worth it. */
export const FACT_RUN_BLOCKS = 512

/** Format of the whole layout. A store with a higher number is refused untouched. */
export const STORE_FORMAT = 1

const prefixes = new Map<Bucket, Bytes>()
const SHORT_HASH_BYTES = 16

export function keyIn(bucket: Bucket, ...parts: readonly Bytes[]): Bytes {
  return concatBytes(prefixOf(bucket), ...parts)
}

/** Everything in a bucket, or what in it begins with `start`. */
export function rangeOf(bucket: Bucket, start: Bytes = new Uint8Array(0)): KeyRange {
  const from = keyIn(bucket, start)
  return { from, to: successor(from) }
}

export function isIn(bucket: Bucket, key: Bytes): boolean {
  return prefixOf(bucket).every((byte, i) => key[i] === byte)
}

/** What comes after a key without its bucket's letter. */
export function keyTail(bucket: Bucket, key: Bytes): Bytes {
  return key.subarray(prefixOf(bucket).length)
}

export const blockKey = (index: number): Bytes => keyIn('b', u64(index))
export const blockHashKey = (hash: Bytes): Bytes => keyIn('h', hash.subarray(0, SHORT_HASH_BYTES))
export const rootKey = (root: Bytes): Bytes => keyIn('r', root)
export const segmentKey = (height: number): Bytes => keyIn('s', u64(height))
export const rowKey = (root: Bytes, scope: number, epoch: number): Bytes =>
  keyIn('k', root, Uint8Array.of(scope), u32(epoch))
export const outboxKey = (sequence: number): Bytes => keyIn('o', u64(sequence))
export const ownVisitKey = (sequence: number): Bytes => keyIn('v', u64(sequence))
export const patientVisitKey = (tag: Bytes, sequence: number): Bytes => keyIn('p', tag, u64(sequence))
export const personVisitKey = (tag: Bytes, sequence: number): Bytes => keyIn('x/p', tag, u64(sequence))
/** The run of facts that a block belongs to. */
export const factRunKey = (index: number): Bytes => keyIn('x/c', u64(index - (index % FACT_RUN_BLOCKS)))
export const keptStudyKey = (person: Bytes): Bytes => keyIn('x/s', person)
export const keptProtocolKey = (protocolHash: Bytes): Bytes => keyIn('x/o', protocolHash)
/** `kind` 0: where a study stands, 1: its answer here, 2: its checks, 3: a cohort at a snapshot. */
export const gatewayKey = (kind: number, hash: Bytes, second: Bytes = new Uint8Array(0)): Bytes =>
  keyIn('z/w', Uint8Array.of(kind), hash, second)
/** `kind` 0: a tariff, 1: a list of permitted factors, 2: a change by hand, 3: an alert of a group that was shown, 4: that a monitoring table was opened. */
export const tariffBookKey = (kind: number, hash: Bytes): Bytes => keyIn('x/y', Uint8Array.of(kind), hash)
export const ALERT_OF_BOOK = 3
export const OPENED_OF_BOOK = 4
export const exposureListKey = (): Bytes => keyIn('x/e')
export const exposureFileKey = (fileHash: Bytes): Bytes => keyIn('x/e', fileHash)
export const keptShelfKey = (person: Bytes): Bytes => keyIn('x/n', person)
export const keptReviewsKey = (person: Bytes): Bytes => keyIn('x/b', person)
export const visitKey = (visitId: Bytes): Bytes => keyIn('x/v', visitId)
export const recordKey = (recordId: Bytes): Bytes => keyIn('x/r', recordId)
export const batchKey = (batchId: Bytes): Bytes => keyIn('g/h', batchId)
export const batchVisitsKey = (batchId: Bytes, first: number): Bytes => keyIn('g/v', batchId, u64(first))
export const batchRejectsKey = (batchId: Bytes, page: number): Bytes => keyIn('g/r', batchId, u32(page))
export const manifestKey = (batchId: Bytes): Bytes => keyIn('g/m', batchId)
export const watchKey = (watchId: Bytes): Bytes => keyIn('g/w', watchId)
export const watchedContentKey = (watchId: Bytes, hash: Bytes): Bytes => keyIn('g/f', watchId, hash)
export const nameKey = (patientId: Bytes): Bytes => keyIn('n', patientId)
export const draftKey = (tag: Bytes): Bytes => keyIn('d', tag)
export const foreignKey = (bodyHash: Bytes): Bytes => keyIn('f', bodyHash)
export const waitingItemKey = (itemHash: Bytes): Bytes => keyIn('i', itemHash)
export const finalItemKey = (itemHash: Bytes): Bytes => keyIn('j', itemHash)
export const statementKey = (height: number, itemHash: Bytes): Bytes => keyIn('l', u64(height), itemHash)
export const awaitedKey = (sequence: number): Bytes => keyIn('u', u64(sequence))
export const summaryKey = (code: Bytes): Bytes => keyIn('q', code)
export const erasedKey = (root: Bytes): Bytes => keyIn('y/e', root)
export const erasedWithKey = (erasureId: Bytes): Bytes => keyIn('y/d', erasureId)
export const forgottenKey = (hash: Bytes): Bytes => keyIn('y/p', hash)
export const auditEntryKey = (sequence: number): Bytes => keyIn('t/e', u64(sequence))
export const auditReasonKey = (sequence: number): Bytes => keyIn('t/r', u64(sequence))
export const auditHeadKey = (): Bytes => keyIn('t/h')
export const findKey = (name: Bytes): Bytes => keyIn('z/f', name)
export const findIndexKey = (index: number): Bytes => keyIn('z/i', u64(index))
export const grantKey = (root: Bytes, accessId: Bytes): Bytes => keyIn('z/g', root, accessId)
export const accessKey = (at: number, accessId: Bytes): Bytes => keyIn('z/a', u64(at), accessId)
export const answeredKey = (at: number, accessId: Bytes): Bytes => keyIn('z/n', u64(at), accessId)
export const studyRowKey = (height: number, studyHash: Bytes): Bytes => keyIn('x/t', u64(height), studyHash)
export const authorStudyKey = (author: Bytes, height: number, studyHash: Bytes): Bytes =>
  keyIn('x/u', author, u64(height), studyHash)
export const studyAgainKey = (of: Bytes, height: number, studyHash: Bytes): Bytes =>
  keyIn('x/w', of, u64(height), studyHash)
export const registrationKey = (height: number, itemHash: Bytes): Bytes => keyIn('x/m', u64(height), itemHash)
export const authorRegistrationKey = (author: Bytes, height: number, itemHash: Bytes): Bytes =>
  keyIn('x/a', author, u64(height), itemHash)
export const protocolRegistrationKey = (protocolHash: Bytes, height: number, itemHash: Bytes): Bytes =>
  keyIn('x/h', protocolHash, u64(height), itemHash)
export const decisionKey = (height: number): Bytes => keyIn('x/d', u64(height))
export const commitmentKey = (author: Bytes, commitment: Bytes): Bytes => keyIn('x/k', author, commitment)
export const envelopeKey = (commitment: Bytes): Bytes => keyIn('z/s', commitment)
export const pendingEnvelopeKey = (commitment: Bytes): Bytes => keyIn('z/p', commitment)
export const heldByKey = (commitment: Bytes, memberId: Bytes): Bytes => keyIn('z/k', commitment, memberId)
export const attestationKey = (studyHash: Bytes, memberId: Bytes): Bytes => keyIn('z/t', studyHash, memberId)
export const lateWordKey = (studyHash: Bytes, memberId: Bytes): Bytes => keyIn('z/l', studyHash, memberId)
export const answerKey = (studyHash: Bytes): Bytes => keyIn('z/q', studyHash)
export const sharedKeyKey = (kind: number, epoch: number): Bytes =>
  keyIn('e', Uint8Array.of(kind), u32(epoch))
export const addressKey = (memberId: Bytes): Bytes => keyIn('a', memberId)
export const authorKeyKey = (memberId: Bytes, height: number): Bytes => keyIn('c', memberId, u64(height))
export const metaKey = (name: string): Bytes => keyIn('m', utf8Encode(name))

/** Big-endian; exact up to 2^53. */
export function u64(value: number): Bytes {
  const bytes = new Uint8Array(8)
  putU32(bytes, 0, Math.floor(value / 2 ** 32))
  putU32(bytes, 4, value >>> 0)
  return bytes
}

export function readU64(bytes: Bytes, offset = 0): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, 8)
  return view.getUint32(0) * 2 ** 32 + view.getUint32(4)
}

export function u32(value: number): Bytes {
  const bytes = new Uint8Array(4)
  putU32(bytes, 0, value)
  return bytes
}

export function readU32(bytes: Bytes, offset = 0): number {
  return new DataView(bytes.buffer, bytes.byteOffset + offset, 4).getUint32(0)
}

/** Keys are made by the million: a view for each would cost more than the key. */
function putU32(bytes: Bytes, offset: number, value: number): void {
  bytes[offset] = value >>> 24
  bytes[offset + 1] = value >>> 16
  bytes[offset + 2] = value >>> 8
  bytes[offset + 3] = value
}

function prefixOf(bucket: Bucket): Bytes {
  let prefix = prefixes.get(bucket)
  if (prefix === undefined) {
    prefix = utf8Encode(`${bucket}/`)
    prefixes.set(bucket, prefix)
  }
  return prefix
}

/** The first key after all that begin with `prefix`; a bucket's prefix never is all 0xff. */
function successor(prefix: Bytes): Bytes | undefined {
  let length = prefix.length
  while (length > 0 && prefix[length - 1] === 255) length--
  if (length === 0) return undefined
  const next = prefix.slice(0, length)
  next[length - 1]!++
  return next
}
