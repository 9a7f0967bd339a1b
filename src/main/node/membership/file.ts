/**
 * What all files that institutions hand each other have in common: which kind it is, and whether it arrived whole.
 * The checksum tells a damaged file from a forged one; what a file says is protected by signatures inside.
 */
import { concatBytes, equalBytes, utf8Encode } from '../../../shared/std/bytes.ts'
import { encode, tryDecode } from '../chain/codec.ts'
import { asArray, isBytes, isCount } from '../chain/ids.ts'
import type { Crypto } from '../crypto/crypto.ts'
import { FILE_BYTES_MAX } from './limits.ts'

/** request: wants to take part. founding: several found together. invitation: comes in. proposal: is being decided. proof: has everything. manifest: what an import brought in. */
export type FileKind = 'request' | 'founding' | 'invitation' | 'proposal' | 'proof' | 'manifest'

export type FileRefusal =
  /** No file of ours. */
  | 'not-ours'
  /** Ours, and another kind than the one that was asked for. */
  | 'other-kind'
  /** Written by a newer version. */
  | 'newer'
  /** Cut or changed on its way. */
  | 'damaged'

export type ReadFile =
  | { readonly kind: 'read'; readonly payload: Uint8Array }
  | { readonly kind: 'refused'; readonly reason: FileRefusal; readonly found?: FileKind }

const MAGIC = 'consilium'
const FILE_VERSION = 1
const CHECKSUM_BYTES = 8
const KINDS: readonly string[] = ['request', 'founding', 'invitation', 'proposal', 'proof', 'manifest']
/** How every file of ours begins: an array of five and the text of the magic. */
const BEGINNING = encode([MAGIC, 0, 0, 0, 0]).subarray(0, 1 + 1 + MAGIC.length)

/** `cbor(["consilium", kind, version, payload, checksum])` */
export function encodeFile(crypto: Crypto, kind: FileKind, payload: Uint8Array): Uint8Array {
  return encode([MAGIC, kind, FILE_VERSION, payload, checksumOf(crypto, kind, payload)])
}

/** The payload of a whole file of the wanted kind. */
export function readFile(crypto: Crypto, bytes: Uint8Array, wanted: FileKind): ReadFile {
  if (!equalBytes(bytes.subarray(0, BEGINNING.length), BEGINNING)) return refused('not-ours')
  if (bytes.length > FILE_BYTES_MAX) return refused('damaged')
  const slots = asArray(tryDecode(bytes), 5)
  if (slots === null) return refused('damaged')
  const [, kind, version, payload, checksum] = slots
  if (typeof kind !== 'string' || !isCount(version)) return refused('damaged')
  if (version > FILE_VERSION) return refused('newer')
  if (version !== FILE_VERSION) return refused('damaged')
  if (!(payload instanceof Uint8Array) || !isBytes(checksum, CHECKSUM_BYTES)) return refused('damaged')
  if (!equalBytes(checksum, checksumOf(crypto, kind, payload))) return refused('damaged')
  if (!KINDS.includes(kind)) return refused('newer')
  if (kind !== wanted) return { kind: 'refused', reason: 'other-kind', found: kind as FileKind }
  return { kind: 'read', payload }
}

/** Which kind of file these bytes begin to be, or null: to open whatever a person chose. */
export function fileKindOf(bytes: Uint8Array): FileKind | null {
  if (!equalBytes(bytes.subarray(0, BEGINNING.length), BEGINNING)) return null
  const slots = asArray(tryDecode(bytes), 5)
  const kind = slots?.[1]
  return typeof kind === 'string' && KINDS.includes(kind) ? (kind as FileKind) : null
}

function checksumOf(crypto: Crypto, kind: string, payload: Uint8Array): Uint8Array {
  return crypto.sha256(concatBytes(utf8Encode(`consilium/file/1/${kind}/`), payload)).slice(0, CHECKSUM_BYTES)
}

function refused(reason: FileRefusal): ReadFile {
  return { kind: 'refused', reason }
}
