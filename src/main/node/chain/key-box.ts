/**
 * Rows of the key box: the data key of one version, wrapped for one scope (record-format.md section 8). They are not in
 * the chain, so that a key can be destroyed while the chain stays whole.
 */
import { assert } from '../../../shared/std/assert.ts'
import { concatBytes, equalBytes } from '../../../shared/std/bytes.ts'
import { KEY_BYTES, NONCE_BYTES, TAG_BYTES, type Crypto, type Random } from '../crypto/crypto.ts'
import { hkdfSha256 } from '../crypto/hkdf.ts'
import { hpkeOpen, hpkeSeal, HPKE_OVERHEAD_BYTES } from '../crypto/hpke.ts'
import { ascii } from '../crypto/labels.ts'
import { encode, tryDecode } from './codec.ts'
import {
  asArray,
  isBytes,
  isCount,
  MEMBER_ID_BYTES,
  type ChainId,
  type MemberId,
  type MerkleRoot,
} from './ids.ts'
import { keyCommitmentOf } from './record.ts'

export type Scope = 'custodian' | 'grant' | 'gateway'

/** 1: under an epoch key; 2: HPKE to a recipient's X25519 key. 3 is reserved for a post-quantum hybrid. */
export type WrapSuite = 1 | 2

export type KeyRow = {
  readonly merkleRoot: MerkleRoot
  readonly scope: Scope
  readonly epoch: number
  readonly suite: WrapSuite
  readonly wrap: Uint8Array
}

/** What opens a row: the epoch's key for suite 1, the recipient's pair for suite 2. */
export type RowKey =
  | { readonly suite: 1; readonly epochKey: Uint8Array }
  | { readonly suite: 2; readonly secret: Uint8Array; readonly publicKey: Uint8Array }

export type RowResult =
  | { kind: 'unwrapped'; dataKey: Uint8Array }
  | { kind: 'refused'; reason: 'row-other-suite' | 'row-tag' | 'row-commitment' }

/** An epoch key on its way to a member. */
export type SealedEpochKey = {
  readonly scope: Scope
  readonly epoch: number
  readonly memberId: MemberId
  readonly sealed: Uint8Array
}

const SCOPE_NUMBER: Readonly<Record<Scope, number>> = { custodian: 1, grant: 2, gateway: 3 }
const SCOPES: readonly (Scope | undefined)[] = [undefined, 'custodian', 'grant', 'gateway']
const WRAP_INFO = ascii('consilium/wrap/1')
const EPOCH_KEY_INFO = ascii('consilium/epoch-key/1')
const EPOCH_KEY_SUITE = 2
const EPOCH_WRAP_BYTES = NONCE_BYTES + KEY_BYTES + TAG_BYTES
const EPOCH_MAX = 0xffffffff

/** Wraps a data key under the key of an epoch: custodian rows under the hospital's own, gateway rows under the shared. */
export function wrapUnderEpoch(
  crypto: Crypto,
  random: Random,
  chainId: ChainId,
  row: { merkleRoot: MerkleRoot; scope: Scope; epoch: number },
  epochKey: Uint8Array,
  dataKey: Uint8Array,
): KeyRow {
  const key = wrapKey(crypto, row, epochKey)
  const nonce = random(NONCE_BYTES)
  const sealed = crypto.sealGcm(key, nonce, rowAad(chainId, { ...row, suite: 1 }), dataKey)
  key.fill(0)
  return { ...row, suite: 1, wrap: concatBytes(nonce, sealed) }
}

/** Wraps a data key to one recipient, e.g. for a grant. Null where the recipient's key is unusable. */
export function wrapToRecipient(
  crypto: Crypto,
  random: Random,
  chainId: ChainId,
  row: { merkleRoot: MerkleRoot; scope: Scope; epoch: number },
  recipientKey: Uint8Array,
  dataKey: Uint8Array,
): KeyRow | null {
  assert(row.epoch <= EPOCH_MAX, 'an epoch fits 32 bits')
  const aad = rowAad(chainId, { ...row, suite: 2 })
  const wrap = hpkeSeal(crypto, random, recipientKey, WRAP_INFO, aad, dataKey)
  return wrap && { ...row, suite: 2, wrap }
}

/** The data key of a row, checked against the commitment in the block's head. */
export function unwrapRow(
  crypto: Crypto,
  chainId: ChainId,
  row: KeyRow,
  key: RowKey,
  keyCommitment: Uint8Array,
): RowResult {
  if (row.suite !== key.suite) return { kind: 'refused', reason: 'row-other-suite' }
  const dataKey =
    key.suite === 1
      ? openEpochWrap(crypto, chainId, row, key.epochKey)
      : hpkeOpen(crypto, key.secret, key.publicKey, WRAP_INFO, rowAad(chainId, row), row.wrap)
  if (dataKey === null || dataKey.length !== KEY_BYTES) return { kind: 'refused', reason: 'row-tag' }
  if (!equalBytes(keyCommitmentOf(crypto, chainId, dataKey), keyCommitment))
    return { kind: 'refused', reason: 'row-commitment' }
  return { kind: 'unwrapped', dataKey }
}

export function encodeKeyRow(row: KeyRow): Uint8Array {
  return encode([row.merkleRoot, SCOPE_NUMBER[row.scope], row.epoch, row.suite, row.wrap])
}

/** The row of the bytes, or null for anything else; a suite of a later profile is null as well. */
export function decodeKeyRow(bytes: Uint8Array): KeyRow | null {
  const slots = asArray(tryDecode(bytes), 5)
  if (slots === null) return null
  const [merkleRoot, scopeNumber, epoch, suite, wrap] = slots
  const scope = scopeFromNumber(scopeNumber)
  if (!isBytes(merkleRoot, 32) || scope === null || !isCount(epoch) || epoch > EPOCH_MAX) return null
  if (suite !== 1 && suite !== 2) return null
  if (!isBytes(wrap, suite === 1 ? EPOCH_WRAP_BYTES : KEY_BYTES + HPKE_OVERHEAD_BYTES)) return null
  return { merkleRoot: merkleRoot as MerkleRoot, scope, epoch, suite, wrap }
}

export function scopeNumberOf(scope: Scope): number {
  return SCOPE_NUMBER[scope]
}

/** Seals an epoch key to a member's custodian or gateway key. Null where that key is unusable. */
export function sealEpochKey(
  crypto: Crypto,
  random: Random,
  chainId: ChainId,
  to: { scope: Scope; epoch: number; memberId: MemberId },
  recipientKey: Uint8Array,
  epochKey: Uint8Array,
): SealedEpochKey | null {
  assert(epochKey.length === KEY_BYTES, 'an epoch key has 32 bytes')
  const sealed = hpkeSeal(crypto, random, recipientKey, EPOCH_KEY_INFO, epochKeyAad(chainId, to), epochKey)
  return sealed && { ...to, sealed }
}

export function openEpochKey(
  crypto: Crypto,
  chainId: ChainId,
  sealed: SealedEpochKey,
  secret: Uint8Array,
  publicKey: Uint8Array,
): Uint8Array | null {
  const aad = epochKeyAad(chainId, sealed)
  const epochKey = hpkeOpen(crypto, secret, publicKey, EPOCH_KEY_INFO, aad, sealed.sealed)
  return epochKey !== null && epochKey.length === KEY_BYTES ? epochKey : null
}

export function encodeSealedEpochKey({ scope, epoch, memberId, sealed }: SealedEpochKey): Uint8Array {
  return encode([SCOPE_NUMBER[scope], epoch, memberId, EPOCH_KEY_SUITE, sealed])
}

export function decodeSealedEpochKey(bytes: Uint8Array): SealedEpochKey | null {
  const slots = asArray(tryDecode(bytes), 5)
  if (slots === null) return null
  const [scopeNumber, epoch, memberId, suite, sealed] = slots
  const scope = scopeFromNumber(scopeNumber)
  if (scope === null || !isCount(epoch) || epoch > EPOCH_MAX || suite !== EPOCH_KEY_SUITE) return null
  if (!isBytes(memberId, MEMBER_ID_BYTES) || !isBytes(sealed, KEY_BYTES + HPKE_OVERHEAD_BYTES)) return null
  return { scope, epoch, memberId: memberId as MemberId, sealed }
}

function openEpochWrap(
  crypto: Crypto,
  chainId: ChainId,
  row: KeyRow,
  epochKey: Uint8Array,
): Uint8Array | null {
  const key = wrapKey(crypto, row, epochKey)
  const nonce = row.wrap.subarray(0, NONCE_BYTES)
  const dataKey = crypto.openGcm(key, nonce, rowAad(chainId, row), row.wrap.subarray(NONCE_BYTES))
  key.fill(0)
  return dataKey
}

/** A key of its own for each row, so that the number of wraps under one epoch key needs no bound from GCM's nonce. */
function wrapKey(
  crypto: Crypto,
  row: { merkleRoot: MerkleRoot; scope: Scope; epoch: number },
  epochKey: Uint8Array,
): Uint8Array {
  const { epoch } = row
  assert(Number.isInteger(epoch) && epoch >= 0 && epoch <= EPOCH_MAX, 'an epoch fits 32 bits')
  const info = new Uint8Array(WRAP_INFO.length + 5)
  info.set(WRAP_INFO)
  info[WRAP_INFO.length] = SCOPE_NUMBER[row.scope]
  for (let i = 0; i < 4; i++) info[WRAP_INFO.length + 1 + i] = (epoch >>> (24 - 8 * i)) & 0xff
  return hkdfSha256(crypto, epochKey, row.merkleRoot, info, KEY_BYTES)
}

function rowAad(
  chainId: ChainId,
  row: { merkleRoot: MerkleRoot; scope: Scope; epoch: number; suite: WrapSuite },
): Uint8Array {
  return encode([chainId, row.merkleRoot, SCOPE_NUMBER[row.scope], row.epoch, row.suite])
}

function epochKeyAad(chainId: ChainId, to: { scope: Scope; epoch: number; memberId: MemberId }): Uint8Array {
  return encode([chainId, SCOPE_NUMBER[to.scope], to.epoch, to.memberId, EPOCH_KEY_SUITE])
}

function scopeFromNumber(value: unknown): Scope | null {
  return (typeof value === 'number' ? SCOPES[value] : undefined) ?? null
}
