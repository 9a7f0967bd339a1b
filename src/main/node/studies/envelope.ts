/**
 * The sealed document beside a study's commitment (docs/spec/gateways.md section 2): for the gateways and its author, under a key of
 * its own that is sealed to each of them.
 */
import { compareBytes, concatBytes, equalBytes, type Bytes } from '../../../shared/std/bytes.ts'
import { encode, tryDecode, type Cbor } from '../chain/codec.ts'
import { asArray, isBytes, listOf, MEMBER_ID_BYTES, type ChainId, type MemberId } from '../chain/ids.ts'
import { isSortedById } from '../chain/signature-list.ts'
import { commitmentOf } from '../chain/study-items.ts'
import { KEY_BYTES, NONCE_BYTES, TAG_BYTES, type Crypto, type Random } from '../crypto/crypto.ts'
import { hpkeOpen, hpkeSeal, HPKE_OVERHEAD_BYTES } from '../crypto/hpke.ts'
import { ascii, labelHash } from '../crypto/labels.ts'

/** Nobody signs it: the commitment binds author and document, and whoever hands it over is known by the connection. */
export interface Envelope {
  readonly commitment: Bytes
  readonly author: MemberId
  /** Sorted by member: the key of the document, sealed to each. */
  readonly keys: readonly { readonly memberId: MemberId; readonly sealed: Bytes }[]
  /** Nonce, ciphertext and tag of the padded document. */
  readonly box: Bytes
}

/** X25519 public key of whoever may open it. */
export interface Recipient {
  readonly memberId: MemberId
  readonly key: Bytes
}

export const DOCUMENT_BYTES_MAX = 180 * 1024
const PAD_BYTES = 4_096
const RECIPIENTS_MAX = 512
/** A frame of a request has room for it. */
export const ENVELOPE_BYTES_MAX = 250 * 1024
const KEY_INFO = ascii('consilium/study-key/1')

/** Hash of an answer, as result items name it. */
export function resultHashOf(crypto: Crypto, chainId: ChainId, answer: Bytes): Bytes {
  return labelHash(crypto, 'consilium/result/1', chainId, answer)
}

/** A recipient whose key is no usable one is left out. @param document at most `DOCUMENT_BYTES_MAX` */
export function sealEnvelope(
  crypto: Crypto,
  random: Random,
  chainId: ChainId,
  { commitment, author }: { readonly commitment: Bytes; readonly author: MemberId },
  recipients: readonly Recipient[],
  document: Bytes,
): Envelope {
  const documentKey = random(KEY_BYTES)
  const padded = new Uint8Array(Math.ceil((4 + document.length) / PAD_BYTES) * PAD_BYTES)
  new DataView(padded.buffer).setUint32(0, document.length)
  padded.set(document, 4)
  const nonce = random(NONCE_BYTES)
  const aad = encode([chainId, commitment, author])
  const box = concatBytes(nonce, crypto.sealGcm(documentKey, nonce, aad, padded))
  const keys = recipients
    .flatMap(({ memberId, key }) => {
      const sealed = hpkeSeal(
        crypto,
        random,
        key,
        KEY_INFO,
        keyAad(chainId, commitment, memberId),
        documentKey,
      )
      return sealed === null ? [] : [{ memberId, sealed }]
    })
    .sort((a, b) => compareBytes(a.memberId, b.memberId))
  crypto.forget(documentKey)
  return { commitment, author, keys, box }
}

/**
 * The document, or null: not sealed to this member under one of these secrets, damaged, or not the one that its author committed to.
 * @param secrets X25519, of the gateway; of the custodian at the author's
 */
export function openEnvelope(
  crypto: Crypto,
  chainId: ChainId,
  envelope: Envelope,
  memberId: MemberId,
  secrets: readonly Bytes[],
): Bytes | null {
  const { commitment, author, box } = envelope
  const entry = envelope.keys.find((each) => equalBytes(each.memberId, memberId))
  if (entry === undefined) return null
  for (const secret of secrets) {
    const publicKey = crypto.x25519PublicKey(secret)
    const aad = keyAad(chainId, commitment, memberId)
    const documentKey = hpkeOpen(crypto, secret, publicKey, KEY_INFO, aad, entry.sealed)
    if (documentKey === null || documentKey.length !== KEY_BYTES) continue
    const nonce = box.subarray(0, NONCE_BYTES)
    const sealed = box.subarray(NONCE_BYTES)
    const padded = crypto.openGcm(documentKey, nonce, encode([chainId, commitment, author]), sealed)
    crypto.forget(documentKey)
    const document = padded === null ? null : unpadded(padded)
    if (document === null) continue
    return equalBytes(commitmentOf(crypto, chainId, author, document), commitment) ? document : null
  }
  return null
}

export function encodeEnvelope(envelope: Envelope): Bytes {
  const { commitment, author, keys, box } = envelope
  return encode([2, commitment, author, keys.map(({ memberId, sealed }) => [memberId, sealed]), box])
}

export function decodeEnvelope(bytes: Bytes): Envelope | null {
  if (bytes.length > ENVELOPE_BYTES_MAX) return null
  const slots = asArray(tryDecode(bytes), 5)
  if (slots === null || slots[0] !== 2) return null
  const [, commitment, author, keyList, box] = slots
  const keys = listOf(keyList, RECIPIENTS_MAX, keyFromCbor)
  if (!keys || !isSortedById(keys) || !isBytes(commitment, 32) || !isBytes(author, MEMBER_ID_BYTES))
    return null
  if (!(box instanceof Uint8Array)) return null
  const paddedBytes = box.length - NONCE_BYTES - TAG_BYTES
  if (paddedBytes < PAD_BYTES || paddedBytes % PAD_BYTES !== 0) return null
  return { commitment, author: author as MemberId, keys, box }
}

function unpadded(padded: Bytes): Bytes | null {
  if (padded.length < 4) return null
  const length = new DataView(padded.buffer, padded.byteOffset).getUint32(0)
  if (length > padded.length - 4 || length > DOCUMENT_BYTES_MAX) return null
  for (let i = 4 + length; i < padded.length; i++) if (padded[i] !== 0) return null
  return padded.slice(4, 4 + length)
}

function keyFromCbor(value: Cbor): { memberId: MemberId; sealed: Bytes } | null {
  const slots = asArray(value, 2)
  if (slots === null || !isBytes(slots[0], MEMBER_ID_BYTES)) return null
  return isBytes(slots[1], HPKE_OVERHEAD_BYTES + KEY_BYTES)
    ? { memberId: slots[0] as MemberId, sealed: slots[1] }
    : null
}

function keyAad(chainId: ChainId, commitment: Bytes, memberId: MemberId): Bytes {
  return encode([chainId, commitment, memberId])
}
