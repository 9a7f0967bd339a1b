/**
 * The key-box lane, between hospitals only: rows of the key box and sealed epoch keys (docs/spec/network.md section 8).
 * The lane does not exist for anybody else (`lanesBetween`), so nothing here asks who speaks.
 */
import type { Bytes } from '../../../../shared/std/bytes.ts'
import { encode, tryDecode, type Cbor } from '../../chain/codec.ts'
import { asArray, asList, isCount, type ChainId, type MemberId, type MerkleRoot } from '../../chain/ids.ts'
import {
  decodeKeyRow,
  decodeSealedEpochKey,
  encodeKeyRow,
  encodeSealedEpochKey,
  scopeNumberOf,
  type KeyRow,
  type Scope,
  type SealedEpochKey,
} from '../../chain/key-box.ts'
import { KEY_BYTES, type Crypto, type Random } from '../../crypto/crypto.ts'
import { hpkeOpen, hpkeSeal } from '../../crypto/hpke.ts'
import { ascii } from '../../crypto/labels.ts'
import { ITEM_BYTES_MAX } from '../../chain/limits.ts'
import { ROOTS_PER_REQUEST_MAX, rootsFromCbor } from './bodies.ts'

/** Rows of visits that are on their way; only the gateway scope is shared. */
export type KeyBoxMessage = { readonly rows: readonly KeyRow[] }

export type KeyBoxRequest =
  /** The rows of these records; the answer holds those that are there. */
  | { readonly kind: 'rows'; readonly scope: Scope; readonly roots: readonly MerkleRoot[] }
  /** The key of an epoch, sealed to the one that asks; none where it has no right to it or it is not here. */
  | { readonly kind: 'epoch-keys'; readonly scope: Scope; readonly from: number; readonly to: number }
  /** The keys of linkage, likewise: they make the patient keys, which every hospital must compute alike. */
  | { readonly kind: 'linkage-keys'; readonly from: number; readonly to: number }
  /** The keys of a patient's visits at the asked hospital, by a signed item that says on which basis (docs/spec/access.md). */
  | { readonly kind: 'access'; readonly item: Bytes }

export type SealedLinkageKey = { readonly epoch: number; readonly sealed: Bytes }

const LINKAGE_INFO = ascii('consilium/linkage-key/1')

const ROWS_PER_MESSAGE_MAX = 4_096
const EPOCHS_PER_REQUEST_MAX = 256
const SCOPES: readonly Scope[] = ['custodian', 'grant', 'gateway']

export function encodeKeyBoxMessage({ rows }: KeyBoxMessage): Bytes {
  return encode([1, rows.map(encodeKeyRow)])
}

export function decodeKeyBoxMessage(bytes: Bytes): KeyBoxMessage | null {
  const slots = asArray(tryDecode(bytes), 2)
  const rows = slots?.[0] === 1 ? everyOne(slots[1], ROWS_PER_MESSAGE_MAX, decodeKeyRow) : null
  return rows && { rows }
}

export function encodeKeyBoxRequest(request: KeyBoxRequest): Bytes {
  if (request.kind === 'access') return encode([4, request.item])
  if (request.kind === 'linkage-keys') return encode([3, request.from, request.to, null])
  const scope = scopeNumberOf(request.scope)
  return request.kind === 'rows'
    ? encode([1, scope, request.roots])
    : encode([2, scope, request.from, request.to])
}

export function decodeKeyBoxRequest(bytes: Bytes): KeyBoxRequest | null {
  const value = tryDecode(bytes)
  const rows = asArray(value, 3)
  if (rows !== null && rows[0] === 1) {
    const scope = SCOPES.find((each) => scopeNumberOf(each) === rows[1])
    const roots = rootsFromCbor(rows[2], ROOTS_PER_REQUEST_MAX)
    return scope && roots ? { kind: 'rows', scope, roots } : null
  }
  const access = asArray(value, 2)
  if (access !== null)
    return access[0] === 4 && access[1] instanceof Uint8Array && access[1].length <= ITEM_BYTES_MAX
      ? { kind: 'access', item: access[1] }
      : null
  const epochs = asArray(value, 4)
  if (epochs === null) return null
  if (epochs[0] === 3) {
    const [, from, to, none] = epochs
    return none === null && areEpochs(from, to)
      ? { kind: 'linkage-keys', from: from as number, to: to as number }
      : null
  }
  if (epochs[0] !== 2) return null
  const [, number, from, to] = epochs
  const scope = SCOPES.find((each) => scopeNumberOf(each) === number)
  if (scope === undefined || !areEpochs(from, to)) return null
  return { kind: 'epoch-keys', scope, from: from as number, to: to as number }
}

function areEpochs(from: Cbor | undefined, to: Cbor | undefined): boolean {
  return isCount(from) && isCount(to) && to >= from && to - from < EPOCHS_PER_REQUEST_MAX
}

/** HPKE to the asker's gateway key; null where that is no usable key. */
export function sealLinkageKey(
  crypto: Crypto,
  random: Random,
  chainId: ChainId,
  memberId: MemberId,
  recipientKey: Bytes,
  { epoch, key }: { readonly epoch: number; readonly key: Bytes },
): SealedLinkageKey | null {
  const sealed = hpkeSeal(crypto, random, recipientKey, LINKAGE_INFO, encode([chainId, epoch, memberId]), key)
  return sealed && { epoch, sealed }
}

export function openLinkageKey(
  crypto: Crypto,
  chainId: ChainId,
  memberId: MemberId,
  { epoch, sealed }: SealedLinkageKey,
  secret: Bytes,
): Bytes | null {
  const aad = encode([chainId, epoch, memberId])
  const key = hpkeOpen(crypto, secret, crypto.x25519PublicKey(secret), LINKAGE_INFO, aad, sealed)
  return key !== null && key.length === KEY_BYTES ? key : null
}

export function encodeLinkageAnswer(keys: readonly SealedLinkageKey[]): Bytes {
  return encode(keys.map(({ epoch, sealed }) => [epoch, sealed]))
}

export function decodeLinkageAnswer(bytes: Bytes): SealedLinkageKey[] | null {
  const list = asList(tryDecode(bytes) ?? undefined, EPOCHS_PER_REQUEST_MAX)
  if (list === null) return null
  const keys: SealedLinkageKey[] = []
  for (const each of list) {
    const pair = asArray(each, 2)
    if (pair === null || !isCount(pair[0]) || !(pair[1] instanceof Uint8Array)) return null
    keys.push({ epoch: pair[0], sealed: pair[1] })
  }
  return keys
}

export function encodeRowsAnswer(rows: readonly KeyRow[]): Bytes {
  return encode(rows.map(encodeKeyRow))
}

export function decodeRowsAnswer(bytes: Bytes): KeyRow[] | null {
  return everyOne(tryDecode(bytes), ROWS_PER_MESSAGE_MAX, decodeKeyRow)
}

export function encodeEpochKeysAnswer(keys: readonly SealedEpochKey[]): Bytes {
  return encode(keys.map(encodeSealedEpochKey))
}

export function decodeEpochKeysAnswer(bytes: Bytes): SealedEpochKey[] | null {
  return everyOne(tryDecode(bytes), EPOCHS_PER_REQUEST_MAX, decodeSealedEpochKey)
}

function everyOne<T>(value: unknown, countMax: number, parse: (bytes: Bytes) => T | null): T[] | null {
  const list = asList(value as Parameters<typeof asList>[0], countMax)
  if (list === null) return null
  const all: T[] = []
  for (const each of list) {
    const parsed = each instanceof Uint8Array ? parse(each) : null
    if (parsed === null) return null
    all.push(parsed)
  }
  return all
}
