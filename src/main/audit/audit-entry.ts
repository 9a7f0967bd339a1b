/**
 * One entry of the audit and its bytes (docs/spec/audit.md): who did what, with ids and codes, never a name, a number or a
 * value. Entries are sealed under a key of the institution that opens no patient, and each hangs on the one before.
 */
import { encode, tryDecode, type Cbor } from '../node/chain/codec.ts'
import { isBytes, isCount, isText, type ChainId, type MemberId } from '../node/chain/ids.ts'
import { NONCE_BYTES, type Crypto, type Random } from '../node/crypto/crypto.ts'
import { labelHash, NO_CHAIN } from '../node/crypto/labels.ts'
import { concatBytes, equalBytes, type Bytes } from '../../shared/std/bytes.ts'
import type { EpochKey } from '../node/vault/institution-keys.ts'

export type AuditOutcome = 'done' | 'refused' | 'failed'
export type SubjectPairs = readonly (readonly [name: string, value: string | number])[]

export interface AuditContent {
  /** Milliseconds since 1970; never before the entry before, unless that was more than a day ahead. */
  readonly at: number
  /** How far the clock stood before the last entry's time: 0 unless somebody turned it back. */
  readonly clockBehindMs: number
  /** Key id of the person; null where nobody had unlocked, and for what the node did by itself. */
  readonly person: string | null
  readonly roles: readonly string[]
  /** `service.method`, or `node.…` and `session.…` for acts that came through no call. */
  readonly operation: string
  readonly act: string
  readonly outcome: AuditOutcome
  readonly code: string | null
  readonly subject: SubjectPairs
  /** Why it was allowed. The reason is free text, so only its commitment is chained: the text can be forgotten. */
  readonly basis: { readonly kind: string; readonly reasonHash: Bytes | null } | null
}

/** As it lies in the store. */
export interface SealedEntry {
  readonly previous: Bytes
  readonly epoch: number
  /** So that no entry opens under two keys: GCM alone does not bind its key. */
  readonly keyCommitment: Bytes
  readonly box: Bytes
}

export interface AuditContext {
  readonly crypto: Crypto
  readonly chainId: ChainId
  readonly memberId: MemberId
}

const VERSION = 1
const OUTCOMES: readonly AuditOutcome[] = ['done', 'refused', 'failed']
/** What the first entry hangs on. */
export const NOTHING_BEFORE: Bytes = new Uint8Array(32)
const TEXT_MAX = 512
const SALT_BYTES = 16

export function sealEntry(
  context: AuditContext,
  random: Random,
  sequence: number,
  previous: Bytes,
  { epoch, key }: EpochKey,
  content: AuditContent,
): SealedEntry {
  const nonce = random(NONCE_BYTES)
  const keyCommitment = commitmentOf(context.crypto, key)
  const aad = aadOf(context, sequence, previous, epoch, keyCommitment)
  const sealed = context.crypto.sealGcm(key, nonce, aad, contentToBytes(content))
  return { previous, epoch, keyCommitment, box: concatBytes(nonce, sealed) }
}

/** Null where the key or any byte is another. */
export function openEntry(
  context: AuditContext,
  sequence: number,
  sealed: SealedEntry,
  keys: readonly EpochKey[],
): AuditContent | null {
  const key = keys.find(({ epoch }) => epoch === sealed.epoch)?.key
  if (key === undefined || !equalBytes(commitmentOf(context.crypto, key), sealed.keyCommitment)) return null
  const { previous, epoch, keyCommitment, box } = sealed
  const aad = aadOf(context, sequence, previous, epoch, keyCommitment)
  const opened = context.crypto.openGcm(key, box.subarray(0, NONCE_BYTES), aad, box.subarray(NONCE_BYTES))
  return opened === null ? null : contentFromBytes(opened)
}

/** What the next entry hangs on, and what the chain anchors. Of the sealed bytes, so nobody needs a key to compute it. */
export function entryHash(
  { crypto, chainId, memberId }: AuditContext,
  sequence: number,
  sealed: SealedEntry,
): Bytes {
  const { previous, epoch, keyCommitment, box } = sealed
  return labelHash(
    crypto,
    'consilium/audit-entry/1',
    chainId,
    encode([memberId, sequence, previous, epoch, keyCommitment, box]),
  )
}

export function sealedToBytes({ previous, epoch, keyCommitment, box }: SealedEntry): Bytes {
  return encode([previous, epoch, keyCommitment, box])
}

export function sealedFromBytes(bytes: Bytes): SealedEntry | null {
  const slots = tryDecode(bytes)
  if (!Array.isArray(slots) || slots.length !== 4) return null
  const [previous, epoch, keyCommitment, box] = slots as Cbor[]
  if (!isBytes(previous, 32) || !isCount(epoch) || !isBytes(keyCommitment, 32)) return null
  if (!(box instanceof Uint8Array) || box.length < NONCE_BYTES) return null
  return { previous, epoch, keyCommitment, box }
}

function contentToBytes(content: AuditContent): Bytes {
  const { at, clockBehindMs, person, roles, operation, act, outcome, code, subject, basis } = content
  return encode([
    VERSION,
    at,
    clockBehindMs,
    person,
    [...roles],
    operation,
    act,
    OUTCOMES.indexOf(outcome),
    code,
    subject.map(([name, value]) => [name, value]),
    basis === null ? null : [basis.kind, basis.reasonHash],
  ])
}

function contentFromBytes(bytes: Bytes): AuditContent | null {
  const slots = tryDecode(bytes)
  if (!Array.isArray(slots) || slots.length !== 11 || slots[0] !== VERSION) return null
  const [, at, clockBehindMs, person, roles, operation, act, outcomeNumber, code, pairs, basis] =
    slots as Cbor[]
  const outcome = typeof outcomeNumber === 'number' ? OUTCOMES[outcomeNumber] : undefined
  if (!isCount(at) || !isCount(clockBehindMs) || outcome === undefined) return null
  if (!isText(operation, TEXT_MAX) || !isText(act, TEXT_MAX)) return null
  if (!(person === null || isText(person, TEXT_MAX)) || !(code === null || isText(code, TEXT_MAX)))
    return null
  if (!Array.isArray(roles) || !roles.every((each) => isText(each, TEXT_MAX))) return null
  if (!Array.isArray(pairs) || !pairs.every(isPair)) return null
  const readBasis = basis === null ? null : basisOf(basis)
  if (readBasis === undefined) return null
  return {
    at,
    clockBehindMs,
    person: person as string | null,
    roles: roles as string[],
    operation,
    act,
    outcome,
    code: code as string | null,
    subject: pairs as unknown as SubjectPairs,
    basis: readBasis,
  }
}

function isPair(value: Cbor): boolean {
  if (!Array.isArray(value) || value.length !== 2) return false
  const [name, content] = value as Cbor[]
  return isText(name, TEXT_MAX) && (typeof content === 'number' || isText(content, TEXT_MAX))
}

function basisOf(value: Cbor | undefined): AuditContent['basis'] | undefined {
  if (!Array.isArray(value) || value.length !== 2) return undefined
  const [kind, reasonHash] = value as Cbor[]
  if (!isText(kind, TEXT_MAX) || !(reasonHash === null || isBytes(reasonHash, 32))) return undefined
  return { kind, reasonHash: reasonHash as Bytes | null }
}

/* ---------- the reason that a person typed ---------- */

export interface SealedReason {
  readonly reasonHash: Bytes
  /** For the row beside the entry, which can be destroyed while the entry stays. */
  readonly bytes: Bytes
}

export function sealReason(
  { crypto, chainId, memberId }: AuditContext,
  random: Random,
  sequence: number,
  { epoch, key }: EpochKey,
  reason: string,
): SealedReason {
  const salt = random(SALT_BYTES)
  const reasonHash = reasonHashOf(crypto, chainId, sequence, salt, reason)
  const nonce = random(NONCE_BYTES)
  const aad = encode([chainId, memberId, sequence, 'reason', epoch])
  const sealed = crypto.sealGcm(key, nonce, aad, encode([salt, reason]))
  return { reasonHash, bytes: encode([epoch, concatBytes(nonce, sealed)]) }
}

/** Null where it is not the text that the entry committed to. */
export function openReason(
  { crypto, chainId, memberId }: AuditContext,
  sequence: number,
  bytes: Bytes,
  keys: readonly EpochKey[],
  reasonHash: Bytes,
): string | null {
  const slots = tryDecode(bytes)
  if (!Array.isArray(slots) || slots.length !== 2) return null
  const [epoch, box] = slots as Cbor[]
  const key = keys.find((each) => each.epoch === epoch)?.key
  if (key === undefined || !isCount(epoch) || !(box instanceof Uint8Array)) return null
  const aad = encode([chainId, memberId, sequence, 'reason', epoch])
  const opened = crypto.openGcm(key, box.subarray(0, NONCE_BYTES), aad, box.subarray(NONCE_BYTES))
  const content = opened === null ? undefined : tryDecode(opened)
  if (!Array.isArray(content) || content.length !== 2) return null
  const [salt, reason] = content as Cbor[]
  if (!isBytes(salt, SALT_BYTES) || typeof reason !== 'string') return null
  return equalBytes(reasonHashOf(crypto, chainId, sequence, salt, reason), reasonHash) ? reason : null
}

function reasonHashOf(
  crypto: Crypto,
  chainId: ChainId,
  sequence: number,
  salt: Bytes,
  reason: string,
): Bytes {
  return labelHash(crypto, 'consilium/audit-reason/1', chainId, encode([sequence, salt, reason]))
}

function aadOf(
  { chainId, memberId }: AuditContext,
  sequence: number,
  previous: Bytes,
  epoch: number,
  keyCommitment: Bytes,
): Bytes {
  return encode([chainId, memberId, sequence, previous, epoch, keyCommitment])
}

/** By key object: a hash for each entry that is opened would be the same one each time. */
const commitments = new WeakMap<Bytes, Bytes>()
function commitmentOf(crypto: Crypto, key: Bytes): Bytes {
  let known = commitments.get(key)
  if (known === undefined) {
    known = labelHash(crypto, 'consilium/audit-key/1', NO_CHAIN, key)
    commitments.set(key, known)
  }
  return known
}
