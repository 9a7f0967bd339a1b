/**
 * The manifest of an import: which files came in, when and by whom, how many visits, and the root over their versions,
 * signed by the institution's author key (docs/spec/import-manifest.md). Names of patients are not in it.
 */
import { equalBytes, fromHex, toHex } from '../../shared/std/bytes.ts'
import { encode, tryDecode, type Cbor } from '../node/chain/codec.ts'
import { asArray, asList, isBytes, isCount, isText, type ChainId } from '../node/chain/ids.ts'
import type { Crypto } from '../node/crypto/crypto.ts'
import { signatureInput } from '../node/crypto/labels.ts'
import { encodeFile, readFile, type FileRefusal } from '../node/membership/file.ts'
import type { SourceFile } from './intake.ts'

export interface Manifest {
  readonly chainId: ChainId
  /** Of the institution, hex. */
  readonly memberId: string
  readonly institution: string
  readonly authorKey: Uint8Array
  readonly batchId: string
  readonly startedAt: number
  readonly endedAt: number
  readonly person: { readonly name: string; readonly userKeyId: string }
  /** At most `FILES_MAX`; `filesRoot` is over all of them. */
  readonly files: readonly SourceFile[]
  readonly fileCount: number
  /** Merkle root over the files' hashes, in their order, hex. */
  readonly filesRoot: string
  readonly patients: number
  readonly visits: number
  readonly duplicates: number
  readonly rejectedCount: number
  /** Merkle root over the Merkle roots of the versions, in the order in which they were taken in, hex. */
  readonly versionsRoot: string
}

export type OpenedManifest =
  | { readonly kind: 'opened'; readonly manifest: Manifest }
  | { readonly kind: 'refused'; readonly reason: FileRefusal | 'malformed' | 'forged' }

/** Files that a manifest lists by name; what comes in more pieces has their root all the same. */
export const FILES_MAX = 10_000
const NAME_MAX = 255

export function makeManifest(crypto: Crypto, manifest: Manifest, authorSecret: Uint8Array): Uint8Array {
  const value = toCbor(manifest)
  const input = signatureInput('consilium/import-manifest/1', manifest.chainId, encode(value))
  return encodeFile(crypto, 'manifest', encode([value, crypto.ed25519Sign(authorSecret, input)]))
}

/** That the key is the institution's is for whoever knows its chain. */
export function openManifest(crypto: Crypto, fileBytes: Uint8Array): OpenedManifest {
  const file = readFile(crypto, fileBytes, 'manifest')
  if (file.kind === 'refused') return { kind: 'refused', reason: file.reason }
  const slots = asArray(tryDecode(file.payload), 2)
  const manifest = slots === null ? null : fromCbor(slots[0])
  if (slots === null || manifest === null || !isBytes(slots[1], 64))
    return { kind: 'refused', reason: 'malformed' }
  const input = signatureInput('consilium/import-manifest/1', manifest.chainId, encode(slots[0]!))
  return crypto.ed25519Verify(manifest.authorKey, input, slots[1])
    ? { kind: 'opened', manifest }
    : { kind: 'refused', reason: 'forged' }
}

/** Whether the chain knows the key as one of that member, now or earlier: a manifest outlives a change of keys. */
export function isSignedByMember(
  manifest: Manifest,
  chainId: Uint8Array,
  authorKeysEver: ReadonlyMap<string, readonly Uint8Array[]>,
): boolean {
  const keys = authorKeysEver.get(manifest.memberId) ?? []
  return equalBytes(manifest.chainId, chainId) && keys.some((key) => equalBytes(key, manifest.authorKey))
}

function toCbor(m: Manifest): Cbor {
  return [
    1,
    m.chainId,
    fromHex(m.memberId),
    m.institution.normalize('NFC'),
    m.authorKey,
    fromHex(m.batchId),
    m.startedAt,
    m.endedAt,
    [m.person.name.normalize('NFC'), m.person.userKeyId],
    m.files
      .slice(0, FILES_MAX)
      .map(({ name, bytes, hash }) => [name.normalize('NFC').slice(0, NAME_MAX), bytes, fromHex(hash)]),
    m.fileCount,
    fromHex(m.filesRoot),
    [m.patients, m.visits, m.duplicates, m.rejectedCount],
    fromHex(m.versionsRoot),
  ]
}

function fromCbor(value: Cbor | undefined): Manifest | null {
  const slots = asArray(value, 14)
  if (slots === null || slots[0] !== 1) return null
  const [, chainId, memberId, institution, authorKey, batchId, startedAt, endedAt] = slots
  const person = asArray(slots[8], 2)
  const files = asList(slots[9], FILES_MAX)?.map(fileFromCbor)
  const [fileCount, filesRoot] = slots.slice(10, 12)
  const counts = asArray(slots[12], 4)
  const versionsRoot = slots[13]
  if (!isBytes(chainId, 32) || !isBytes(memberId, 16) || !isBytes(authorKey, 32)) return null
  if (!isText(institution, 200) || !isBytes(batchId, 16) || !isCount(startedAt) || !isCount(endedAt))
    return null
  if (person === null || !isText(person[0], 200) || !isText(person[1], 64)) return null
  if (files === undefined || !files.every((each) => each !== null) || !isCount(fileCount)) return null
  if (!isBytes(filesRoot, 32) || !isBytes(versionsRoot, 32)) return null
  if (counts === null || !counts.every((each) => isCount(each))) return null
  const [patients, visits, duplicates, rejectedCount] = counts as number[]
  return {
    chainId: chainId as ChainId,
    memberId: toHex(memberId),
    institution,
    authorKey,
    batchId: toHex(batchId),
    startedAt,
    endedAt,
    person: { name: person[0], userKeyId: person[1] },
    files,
    fileCount,
    filesRoot: toHex(filesRoot),
    patients: patients!,
    visits: visits!,
    duplicates: duplicates!,
    rejectedCount: rejectedCount!,
    versionsRoot: toHex(versionsRoot),
  }
}

function fileFromCbor(value: Cbor): SourceFile | null {
  const slots = asArray(value, 3)
  if (slots === null) return null
  const [name, bytes, hash] = slots
  return isText(name, NAME_MAX) && isCount(bytes) && isBytes(hash, 32)
    ? { name, bytes, hash: toHex(hash) }
    : null
}
