/**
 * What hospitals say to each other in the sealed part of an item (record-format.md section 9): `[type, …]`. Outsiders see
 * only that there is one. A type that this version does not know is left alone.
 */
import type { Crypto } from '../crypto/crypto.ts'
import type { ErasureItem, ItemKind, SealedItem } from './item.ts'
import { labelHash } from '../crypto/labels.ts'
import { encode, tryDecode } from './codec.ts'
import { asArray, asList, isBytes, isCount, MEMBER_ID_BYTES, type ChainId, type MemberId } from './ids.ts'
import { MEMBERS_MAX } from './limits.ts'
import { accessFromCbor, accessToCbor, type AnyAccessContent } from './access.ts'
import { erasureFromCbor, erasureToCbor, type ErasureContent } from './erasure.ts'
import { recoveryFromCbor, recoveryToCbor, type RecoveryContent } from './recovery.ts'
import { statementFromCbor, statementToCbor, type StatementContent } from './sealed-statements.ts'

/** A new key of the gateway scope: its number, a commitment to it, and the key sealed to each hospital. */
export type GatewayEpochContent = {
  readonly kind: 'gateway-epoch'
  readonly epoch: number
  /** So that a hospital which was left out, or was given another key than the rest, knows the right one when it sees it. */
  readonly commitment: Uint8Array
  readonly sealed: readonly SealedForMember[]
}
/** `gatewayKey`: what it is sealed to, so that a later look tells who can hold the key. */
export type SealedForMember = {
  readonly memberId: MemberId
  readonly gatewayKey: Uint8Array
  readonly sealed: Uint8Array
}
export type SealedContent =
  GatewayEpochContent | StatementContent | ErasureContent | AnyAccessContent | RecoveryContent

const GATEWAY_EPOCH = 1

export function encodeSealedContent(content: SealedContent): Uint8Array {
  if (isErasureContent(content)) return encode(erasureToCbor(content))
  if (isAccessContent(content)) return encode(accessToCbor(content))
  if (isRecoveryContent(content)) return encode(recoveryToCbor(content))
  if (content.kind !== 'gateway-epoch') return encode(statementToCbor(content))
  const { epoch, commitment, sealed } = content
  return encode([
    GATEWAY_EPOCH,
    epoch,
    commitment,
    sealed.map((each) => [each.memberId, each.gatewayKey, each.sealed]),
  ])
}

/**
 * What the sealed part of an item of this kind says; null where that is nothing that an item of this kind may say. An agreement to an erasure stands
 * in the kind that everybody sees and nothing else does; what stands in another kind counts nowhere, so that all find the same (ADR 0032).
 */
export function contentOfItem(bytes: Uint8Array, kind: ItemKind): SealedContent | null {
  const content = decodeSealedContent(bytes)
  return content !== null && itemKindOf(content) === kind ? content : null
}

/** Null for anything that is not exactly one of the known contents. */
export function decodeSealedContent(bytes: Uint8Array): SealedContent | null {
  const decoded = tryDecode(bytes)
  const slots = asArray(decoded, 4)
  if (slots === null || slots[0] !== GATEWAY_EPOCH)
    return (
      statementFromCbor(decoded) ??
      erasureFromCbor(decoded) ??
      accessFromCbor(decoded) ??
      recoveryFromCbor(decoded)
    )
  const [, epoch, commitment, entries] = slots
  const list = asList(entries, MEMBERS_MAX)
  if (!isCount(epoch) || !isBytes(commitment, 32) || list === null) return null
  const sealed: SealedForMember[] = []
  for (const entry of list) {
    const parts = asArray(entry, 3)
    if (parts === null || !isBytes(parts[0], MEMBER_ID_BYTES) || !isBytes(parts[1], 32)) return null
    if (!(parts[2] instanceof Uint8Array)) return null
    sealed.push({ memberId: parts[0] as MemberId, gatewayKey: parts[1], sealed: parts[2] })
  }
  return { kind: 'gateway-epoch', epoch, commitment, sealed }
}

export function isErasureContent(content: SealedContent): content is ErasureContent {
  return content.kind.startsWith('erasure-')
}

/** The kind of item that says it, and the only one in which it counts. */
export function itemKindOf(content: SealedContent): (SealedItem | ErasureItem)['kind'] {
  return content.kind === 'erasure-approval' ? 'erasure' : 'sealed'
}

export function isRecoveryContent(content: SealedContent): content is RecoveryContent {
  return content.kind.startsWith('recovery-')
}

export function isAccessContent(content: SealedContent): content is AnyAccessContent {
  return content.kind.startsWith('access')
}

export function epochCommitmentOf(
  crypto: Crypto,
  chainId: ChainId,
  epoch: number,
  epochKey: Uint8Array,
): Uint8Array {
  return labelHash(crypto, 'consilium/epoch-commitment/1', chainId, encode([epoch, epochKey]))
}
