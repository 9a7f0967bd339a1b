/** The institutions of the consortium: their keys and whether they vote (docs/spec/record-format.md section 2). */
import { compareBytes, concatBytes, equalBytes } from '../../../shared/std/bytes.ts'
import type { Crypto } from '../crypto/crypto.ts'
import { isAcceptablePublicKey } from '../crypto/ed25519-points.ts'
import { ascii } from '../crypto/labels.ts'
import type { Cbor } from './codec.ts'
import { asArray, isBytes, isText, keyOf, MEMBER_ID_BYTES, type MemberId } from './ids.ts'
import { MEMBERS_MAX, NAME_TEXT_MAX } from './limits.ts'

export type MemberKind = 'hospital' | 'university' | 'insurer'

export type Member = {
  readonly memberId: MemberId
  readonly kind: MemberKind
  readonly name: string
  /** Ed25519, offline: approves decisions about members, policy and protocol. */
  readonly rootKey: Uint8Array
  /** Ed25519: votes. */
  readonly consensusKey: Uint8Array
  /** Ed25519: signs submission batches, items and authors' certificates. */
  readonly authorKey: Uint8Array
  /** Ed25519: the identity on the network. */
  readonly networkKey: Uint8Array
  /** X25519: what is sealed to this institution. */
  readonly custodianKey: Uint8Array
  /** X25519 of the hospital's analysis gateway; only hospitals have one. */
  readonly gatewayKey: Uint8Array | null
  readonly isVoter: boolean
}

export const MEMBER_KIND_NUMBER: Readonly<Record<MemberKind, number>> = {
  hospital: 1,
  university: 2,
  insurer: 3,
}
const KIND_OF_NUMBER: readonly (MemberKind | undefined)[] = [undefined, 'hospital', 'university', 'insurer']
const ID_LABEL = ascii('consilium/member/1')

/** The first 16 bytes of `SHA-256("consilium/member/1" ‖ rootKey)`: a member cannot choose another's id. */
export function memberIdOf(crypto: Crypto, rootKey: Uint8Array): MemberId {
  return crypto.sha256(concatBytes(ID_LABEL, rootKey)).slice(0, MEMBER_ID_BYTES) as MemberId
}

export function memberToCbor(member: Member): Cbor {
  return [
    member.memberId,
    MEMBER_KIND_NUMBER[member.kind],
    member.name,
    member.rootKey,
    member.consensusKey,
    member.authorKey,
    member.networkKey,
    member.custodianKey,
    member.gatewayKey,
    member.isVoter ? 1 : 0,
  ]
}

/** A member whose parts fit each other, or null: id of its key, only hospitals vote or are gateways, usable keys. */
export function memberFromCbor(crypto: Crypto, value: Cbor | undefined): Member | null {
  const slots = asArray(value, 10)
  if (slots === null) return null
  const [memberId, kindNumber, name, rootKey, consensusKey, authorKey, networkKey, custodianKey, gatewayKey] =
    slots
  const isVoter = slots[9]
  const kind = typeof kindNumber === 'number' ? KIND_OF_NUMBER[kindNumber] : undefined
  if (kind === undefined || !isText(name, NAME_TEXT_MAX) || (isVoter !== 0 && isVoter !== 1)) return null
  if (!isBytes(rootKey, 32) || !isBytes(consensusKey, 32) || !isBytes(authorKey, 32)) return null
  if (!isBytes(networkKey, 32) || !isBytes(custodianKey, 32)) return null
  if (gatewayKey !== null && !isBytes(gatewayKey, 32)) return null
  if (![rootKey, consensusKey, authorKey, networkKey].every(isAcceptablePublicKey)) return null
  if (!isBytes(memberId, MEMBER_ID_BYTES) || !equalBytes(memberId, memberIdOf(crypto, rootKey))) return null
  if (kind !== 'hospital' && (isVoter === 1 || gatewayKey !== null)) return null
  if (isVoter === 1 && gatewayKey === null) return null
  return {
    memberId: memberId as MemberId,
    kind,
    name,
    rootKey,
    consensusKey,
    authorKey,
    networkKey,
    custodianKey,
    gatewayKey,
    isVoter: isVoter === 1,
  }
}

/** Sorted by id, each once, and no key of one member used by another for the same purpose. */
export function areDistinctMembers(members: readonly Member[]): boolean {
  if (members.length === 0 || members.length > MEMBERS_MAX) return false
  for (let i = 1; i < members.length; i++)
    if (compareBytes(members[i - 1]!.memberId, members[i]!.memberId) >= 0) return false
  for (const purpose of ['consensusKey', 'authorKey', 'networkKey', 'custodianKey', 'gatewayKey'] as const) {
    const keys = members.map((member) => member[purpose]).filter((key) => key !== null)
    if (new Set(keys.map(keyOf)).size !== keys.length) return false
  }
  return true
}

export function sortedMembers(members: readonly Member[]): Member[] {
  return [...members].sort((a, b) => compareBytes(a.memberId, b.memberId))
}

export function findMember(members: readonly Member[], memberId: Uint8Array): Member | null {
  return members.find((member) => equalBytes(member.memberId, memberId)) ?? null
}

/** Hospitals with a gateway key: they compute and attest results. */
export function gatewaysOf(members: readonly Member[]): Member[] {
  return members.filter((member) => member.gatewayKey !== null)
}
