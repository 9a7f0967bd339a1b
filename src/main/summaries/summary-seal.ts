/**
 * What makes a printed summary checkable (docs/spec/summary.md): the hospital signs a digest of the document and the blocks
 * that it quotes. The whole seal is in the QR code and in the file; sixteen letters of its hash are for people. Pure.
 */
import type { Crypto } from '../node/crypto/crypto.ts'
import { labelHash, signatureInput } from '../node/crypto/labels.ts'
import { encode, tryDecode } from '../node/chain/codec.ts'
import {
  asArray,
  asList,
  isBytes,
  isCount,
  MEMBER_ID_BYTES,
  type ChainId,
  type MemberId,
} from '../node/chain/ids.ts'
import { utf8Encode } from '../../shared/std/bytes.ts'

/** A block as the seal names it: its number and the beginning of its hash. */
export interface QuotedBlock {
  readonly index: number
  /** First 16 bytes of the block's hash. */
  readonly hashStart: Uint8Array
}

export interface Seal {
  readonly memberId: MemberId
  /** Milliseconds since 1970. */
  readonly madeAt: number
  /** SHA-256 of the document's text. */
  readonly digest: Uint8Array
  readonly blocks: readonly QuotedBlock[]
  readonly signature: Uint8Array
}

const LABEL = 'consilium/summary/1'
const PDF_LABEL = 'consilium/summary-pdf/1'
const PREFIX = 'consilium-summary:'
export const HASH_START_BYTES = 16
export const CODE_BYTES = 10
export const QUOTED_MAX = 1_000
const SEAL_TEXT_MAX = 64 * 1024

const statementOf = ({ memberId, madeAt, digest, blocks }: Omit<Seal, 'signature'>): Uint8Array =>
  encode([1, memberId, madeAt, digest, blocks.map(({ index, hashStart }) => [index, hashStart])])

export function signSeal(
  crypto: Crypto,
  chainId: ChainId,
  secret: Uint8Array,
  statement: Omit<Seal, 'signature'>,
): Seal {
  const input = signatureInput(LABEL, chainId, statementOf(statement))
  return { ...statement, signature: crypto.ed25519Sign(secret, input) }
}

/** @param authorKey the hospital's author key, null where it is no member */
export function verifySeal(
  crypto: Crypto,
  chainId: ChainId,
  authorKey: Uint8Array | null,
  seal: Seal,
): boolean {
  const input = signatureInput(LABEL, chainId, statementOf(seal))
  return authorKey !== null && crypto.ed25519Verify(authorKey, input, seal.signature)
}

/** Ten bytes that stand for the seal where a person has to type. */
export function codeOf(crypto: Crypto, chainId: ChainId, seal: Seal): Uint8Array {
  return labelHash(crypto, LABEL, chainId, statementOf(seal)).slice(0, CODE_BYTES)
}

export function digestOf(crypto: Crypto, documentText: string): Uint8Array {
  return crypto.sha256(utf8Encode(documentText))
}

/** As it stands in the QR code and in files. */
export function sealToText(seal: Seal): string {
  const { memberId, madeAt, digest, blocks, signature } = seal
  const bytes = encode([
    1,
    memberId,
    madeAt,
    digest,
    blocks.map(({ index, hashStart }) => [index, hashStart]),
    signature,
  ])
  return PREFIX + toBase64Url(bytes)
}

/** Null for anything that is not exactly a seal of this form. */
export function sealFromText(text: string): Seal | null {
  const trimmed = text.replace(/\s/g, '')
  if (!trimmed.startsWith(PREFIX) || trimmed.length > SEAL_TEXT_MAX) return null
  const bytes = fromBase64Url(trimmed.slice(PREFIX.length))
  const slots = bytes === null ? null : asArray(tryDecode(bytes), 6)
  if (slots === null || slots[0] !== 1) return null
  const [, memberId, madeAt, digest, entries, signature] = slots
  const list = asList(entries, QUOTED_MAX)
  if (!isBytes(memberId, MEMBER_ID_BYTES) || !isCount(madeAt) || !isBytes(digest, 32) || list === null)
    return null
  if (!isBytes(signature, 64)) return null
  const blocks: QuotedBlock[] = []
  for (const entry of list) {
    const parts = asArray(entry, 2)
    if (parts === null || !isCount(parts[0]) || !isBytes(parts[1], HASH_START_BYTES)) return null
    blocks.push({ index: parts[0], hashStart: parts[1] })
  }
  return { memberId: memberId as MemberId, madeAt, digest, blocks, signature }
}

/** What the hospital signs of a PDF: which summary it shows, and all of its bytes. */
export function pdfSignatureInput(
  crypto: Crypto,
  chainId: ChainId,
  code: Uint8Array,
  pdf: Uint8Array,
): Uint8Array {
  return signatureInput(PDF_LABEL, chainId, encode([1, code, crypto.sha256(pdf)]))
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

export function toBase64Url(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i
    const group = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0)
    text += ALPHABET[(group >> 18) & 63]! + ALPHABET[(group >> 12) & 63]!
    if (left > 1) text += ALPHABET[(group >> 6) & 63]!
    if (left > 2) text += ALPHABET[group & 63]!
  }
  return text
}

export function fromBase64Url(text: string): Uint8Array | null {
  if (text.length % 4 === 1) return null
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4))
  let at = 0
  let value = 0
  let bits = 0
  for (const letter of text) {
    const digit = ALPHABET.indexOf(letter)
    if (digit < 0) return null
    value = ((value << 6) | digit) & 0xffff
    bits += 6
    if (bits < 8) continue
    bits -= 8
    bytes[at++] = (value >> bits) & 255
  }
  // What is left over must be zero, or two texts would be one seal.
  return (value & ((1 << bits) - 1)) === 0 ? bytes : null
}
