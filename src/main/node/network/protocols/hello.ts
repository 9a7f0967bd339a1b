/**
 * The first words on a connection (docs/spec/network.md section 4). Noise has proven both network keys; here each side
 * proves that it acts for its member, on this chain, in a protocol version that both speak. The signatures cover both
 * network keys and both nonces, so they mean nothing on any other connection.
 */
import { ADDRESS_TEXT_MAX, isAddress } from '../../../../shared/domain/address.ts'
import type { Bytes } from '../../../../shared/std/bytes.ts'
import { encode, tryDecode, type Cbor } from '../../chain/codec.ts'
import {
  asArray,
  asList,
  isBytes,
  isCount,
  isText,
  MEMBER_ID_BYTES,
  type ChainId,
  type MemberId,
} from '../../chain/ids.ts'
import type { Crypto } from '../../crypto/crypto.ts'
import { signatureInput } from '../../crypto/labels.ts'
import { NETWORK_LIMITS } from '../limits.ts'
import { CALL_OUTCOMES, type CallOutcome } from '../peers/call-back.ts'
import type { Address } from '../wire.ts'

/** Where a member says it can be reached. The newest word counts. */
export type AddressRecord = {
  readonly memberId: MemberId
  /** Greater for a newer record; the time of signing in milliseconds serves. */
  readonly sequence: number
  readonly addresses: readonly Address[]
  readonly signature: Bytes
}

export type ControlFrame =
  | {
      readonly kind: 'hello'
      readonly chainId: ChainId
      readonly versionMin: number
      readonly versionMax: number
      readonly nonce: Bytes
    }
  | {
      readonly kind: 'answer'
      readonly version: number
      /** The newest that the responder speaks. */
      readonly versionMax: number
      readonly nonce: Bytes
      readonly memberId: MemberId
      readonly epoch: number
      readonly height: number
      readonly signature: Bytes
    }
  | {
      readonly kind: 'proof'
      readonly memberId: MemberId
      readonly epoch: number
      readonly height: number
      readonly signature: Bytes
    }
  | { readonly kind: 'welcome' }
  | { readonly kind: 'refused'; readonly reason: HelloRefusal }
  | { readonly kind: 'ping' | 'pong'; readonly id: number }
  | { readonly kind: 'addresses'; readonly records: readonly AddressRecord[] }
  /** Dial me at what I announce, and say what came of it. */
  | { readonly kind: 'call-me'; readonly id: number }
  | {
      readonly kind: 'called'
      readonly id: number
      readonly outcome: CallOutcome
      /** The last that was dialled; empty where none was. */
      readonly address: string
    }
  /** What happens to its vote when its machine starts anew. */
  | { readonly kind: 'restart'; readonly restart: Restart }
  /** Whether it signs votes now, or would with a vote. */
  | { readonly kind: 'signing'; readonly signing: Signing }

/** After a restart of its machine a node goes on `alone`, or waits for a `person` who types the passphrase. */
export const RESTARTS = ['alone', 'person'] as const
export type Restart = (typeof RESTARTS)[number]

/** `signs`, or why not. Others need it for the arithmetic only: no decision rests on anybody's word. */
export const SIGNINGS = [
  'signs',
  /** After a restore, a copy or damage, until it is safe (R29). */
  'observing',
  'keys-replaced',
  'disk-full',
  'clock-wrong',
  /** Stopped by itself: a contradiction, an invalid decision, a failed write. */
  'halted',
  /** A protocol is in effect that its program does not speak. */
  'outdated',
  /** Far behind, and fetching ranges. */
  'catching-up',
] as const
export type Signing = (typeof SIGNINGS)[number]

export type HelloRefusal = 'other-chain' | 'no-common-version' | 'bad-signature'

const REFUSAL_NUMBER: Readonly<Record<HelloRefusal, number>> = {
  'other-chain': 1,
  'no-common-version': 2,
  'bad-signature': 3,
}
const REFUSALS: readonly (HelloRefusal | undefined)[] = [
  undefined,
  'other-chain',
  'no-common-version',
  'bad-signature',
]

export const HELLO_NONCE_BYTES = 32
const RECORDS_MAX = 256

export function encodeControl(frame: ControlFrame): Bytes {
  switch (frame.kind) {
    case 'refused':
      return encode([0, REFUSAL_NUMBER[frame.reason]])
    case 'hello':
      return encode([1, frame.chainId, frame.versionMin, frame.versionMax, frame.nonce])
    case 'answer':
      return encode([
        2,
        frame.version,
        frame.versionMax,
        frame.nonce,
        frame.memberId,
        frame.epoch,
        frame.height,
        frame.signature,
      ])
    case 'proof':
      return encode([3, frame.memberId, frame.epoch, frame.height, frame.signature])
    case 'welcome':
      return encode([4])
    case 'ping':
      return encode([5, frame.id])
    case 'pong':
      return encode([6, frame.id])
    case 'addresses':
      return encode([7, frame.records.map(recordToCbor)])
    case 'call-me':
      return encode([8, frame.id])
    case 'called':
      return encode([
        9,
        frame.id,
        1 + CALL_OUTCOMES.indexOf(frame.outcome),
        frame.address === '' ? null : frame.address,
      ])
    case 'restart':
      return encode([10, 1 + RESTARTS.indexOf(frame.restart)])
    case 'signing':
      return encode([11, 1 + SIGNINGS.indexOf(frame.signing)])
  }
}

/** The frame of the bytes, or null for anything that is not exactly one. */
export function decodeControl(bytes: Bytes): ControlFrame | null {
  const value = tryDecode(bytes)
  if (!Array.isArray(value)) return null
  const slots = value as readonly Cbor[]
  switch (slots[0]) {
    case 0: {
      const reason = slots.length === 2 && typeof slots[1] === 'number' ? REFUSALS[slots[1]] : undefined
      return reason === undefined ? null : { kind: 'refused', reason }
    }
    case 1: {
      const [, chainId, versionMin, versionMax, nonce] = slots
      if (slots.length !== 5 || !isBytes(chainId, 32) || !isCount(versionMin) || !isCount(versionMax))
        return null
      if (!isBytes(nonce, HELLO_NONCE_BYTES)) return null
      return { kind: 'hello', chainId: chainId as ChainId, versionMin, versionMax, nonce }
    }
    case 2: {
      const [, version, versionMax, nonce, memberId, epoch, height, signature] = slots
      if (slots.length !== 8 || !isCount(version) || !isCount(versionMax)) return null
      if (!isBytes(nonce, HELLO_NONCE_BYTES)) return null
      if (!isBytes(memberId, MEMBER_ID_BYTES) || !isCount(epoch) || !isCount(height)) return null
      if (!isBytes(signature, 64)) return null
      return {
        kind: 'answer',
        version,
        versionMax,
        nonce,
        memberId: memberId as MemberId,
        epoch,
        height,
        signature,
      }
    }
    case 3: {
      const [, memberId, epoch, height, signature] = slots
      if (slots.length !== 5 || !isBytes(memberId, MEMBER_ID_BYTES)) return null
      if (!isCount(epoch) || !isCount(height) || !isBytes(signature, 64)) return null
      return { kind: 'proof', memberId: memberId as MemberId, epoch, height, signature }
    }
    case 4:
      return slots.length === 1 ? { kind: 'welcome' } : null
    case 5:
    case 6:
      if (slots.length !== 2 || !isCount(slots[1])) return null
      return { kind: slots[0] === 5 ? 'ping' : 'pong', id: slots[1] }
    case 7: {
      const list = slots.length === 2 ? asList(slots[1], RECORDS_MAX) : null
      if (list === null) return null
      const records: AddressRecord[] = []
      for (const each of list) {
        const record = recordFromCbor(each)
        if (record === null) return null
        records.push(record)
      }
      return { kind: 'addresses', records }
    }
    case 8:
      return slots.length === 2 && isCount(slots[1]) ? { kind: 'call-me', id: slots[1] } : null
    case 9: {
      const [, id, number, text] = slots
      const outcome = typeof number === 'number' ? CALL_OUTCOMES[number - 1] : undefined
      if (slots.length !== 4 || !isCount(id) || outcome === undefined) return null
      if (text !== null && (!isText(text, ADDRESS_TEXT_MAX) || !isAddress(text))) return null
      return { kind: 'called', id, outcome, address: text ?? '' }
    }
    case 10: {
      const restart = typeof slots[1] === 'number' ? RESTARTS[slots[1] - 1] : undefined
      return slots.length !== 2 || restart === undefined ? null : { kind: 'restart', restart }
    }
    case 11: {
      const signing = typeof slots[1] === 'number' ? SIGNINGS[slots[1] - 1] : undefined
      return slots.length !== 2 || signing === undefined ? null : { kind: 'signing', signing }
    }
    default:
      return null
  }
}

/** Everything both sides know of the connection when they sign. */
export type HelloTranscript = {
  readonly chainId: ChainId
  readonly version: number
  readonly dialler: { readonly networkKey: Bytes; readonly nonce: Bytes }
  readonly responder: { readonly networkKey: Bytes; readonly nonce: Bytes }
}

/** The bytes that a member's author key signs, as dialler or as responder. */
export function helloSignBytes(
  transcript: HelloTranscript,
  role: 'dialler' | 'responder',
  claim: { readonly memberId: MemberId; readonly epoch: number; readonly height: number },
): Bytes {
  const { chainId, version, dialler, responder } = transcript
  return signatureInput(
    'consilium/hello/1',
    chainId,
    encode([
      role === 'dialler' ? 1 : 2,
      version,
      dialler.networkKey,
      responder.networkKey,
      dialler.nonce,
      responder.nonce,
      claim.memberId,
      claim.epoch,
      claim.height,
    ]),
  )
}

/** The highest version that both speak, or null. */
export function commonVersion(
  ours: { readonly min: number; readonly max: number },
  theirs: { readonly min: number; readonly max: number },
): number | null {
  const version = Math.min(ours.max, theirs.max)
  return version >= ours.min && version >= theirs.min ? version : null
}

export function signAddressRecord(
  crypto: Crypto,
  chainId: ChainId,
  record: Omit<AddressRecord, 'signature'>,
  memberSecret: Bytes,
): AddressRecord {
  return { ...record, signature: crypto.ed25519Sign(memberSecret, addressSignBytes(chainId, record)) }
}

export function verifyAddressRecord(
  crypto: Crypto,
  chainId: ChainId,
  record: AddressRecord,
  memberKey: Bytes,
): boolean {
  return crypto.ed25519Verify(memberKey, addressSignBytes(chainId, record), record.signature)
}

export function encodeAddressRecord(record: AddressRecord): Bytes {
  return encode(recordToCbor(record))
}

export function decodeAddressRecord(bytes: Bytes): AddressRecord | null {
  return recordFromCbor(tryDecode(bytes))
}

function addressSignBytes(chainId: ChainId, record: Omit<AddressRecord, 'signature'>): Bytes {
  return signatureInput('consilium/addresses/1', chainId, encode(claimToCbor(record)))
}

function claimToCbor(record: Omit<AddressRecord, 'signature'>): Cbor {
  return [
    record.memberId,
    record.sequence,
    record.addresses.map(({ generation, address }) => [generation, address]),
  ]
}

function recordToCbor(record: AddressRecord): Cbor {
  return [claimToCbor(record), record.signature]
}

function recordFromCbor(value: Cbor | undefined): AddressRecord | null {
  const slots = asArray(value, 2)
  const claim = slots && asArray(slots[0], 3)
  if (slots === null || claim === null || !isBytes(slots[1], 64)) return null
  const [memberId, sequence, list] = claim
  if (!isBytes(memberId, MEMBER_ID_BYTES) || !isCount(sequence)) return null
  const entries = asList(list, NETWORK_LIMITS.addressesMax)
  if (entries === null) return null
  const addresses: Address[] = []
  for (const entry of entries) {
    const pair = asArray(entry, 2)
    if (pair === null || !isCount(pair[0]) || !isText(pair[1], ADDRESS_TEXT_MAX) || !isAddress(pair[1]))
      return null
    addresses.push({ generation: pair[0], address: pair[1] })
  }
  return { memberId: memberId as MemberId, sequence, addresses, signature: slots[1] }
}
