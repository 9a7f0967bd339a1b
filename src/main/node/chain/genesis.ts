/** The founding document: signed by every member, and the chain's id is its hash (record-format.md section 2). */
import { compareBytes } from '../../../shared/std/bytes.ts'
import type { Crypto } from '../crypto/crypto.ts'
import { labelHash, NO_CHAIN, signatureInput } from '../crypto/labels.ts'
import { encode, tryDecode, type Cbor } from './codec.ts'
import {
  asArray,
  asList,
  isBytes,
  isCount,
  isText,
  MEMBER_ID_BYTES,
  type ChainId,
  type MemberId,
} from './ids.ts'
import { MEMBERS_MAX, NAME_TEXT_MAX } from './limits.ts'
import { areDistinctMembers, memberFromCbor, memberToCbor, sortedMembers, type Member } from './members.ts'
import { policyFromCbor, policyValue, type Policy } from './policy.ts'
import { isVoterCountAllowed, votersOf } from './voters.ts'

export type Genesis = {
  readonly name: string
  /** Milliseconds; no block is born earlier. */
  readonly createdAt: number
  /** 16 random bytes, so that two consortia of the same members have different chains. */
  readonly nonce: Uint8Array
  /** Sorted by id. */
  readonly members: readonly Member[]
  readonly policy: Policy
  readonly networkGeneration: number
}

export type GenesisSignature = { readonly memberId: MemberId; readonly signature: Uint8Array }

export type GenesisCheck =
  | { kind: 'valid'; chainId: ChainId; genesis: Genesis }
  | { kind: 'refused'; reason: 'not-canonical' | 'malformed' | 'members' | 'voter-count' | 'signatures' }

/** The bytes that are hashed and signed. Sorts the members. */
export function encodeGenesis(genesis: Genesis): Uint8Array {
  return encode(genesisToCbor(genesis))
}

export function chainIdOf(crypto: Crypto, genesisBytes: Uint8Array): ChainId {
  return labelHash(crypto, 'consilium/genesis/1', NO_CHAIN, genesisBytes) as ChainId
}

/** One member's signature by its root key. */
export function signGenesis(
  crypto: Crypto,
  genesisBytes: Uint8Array,
  memberId: MemberId,
  rootSecret: Uint8Array,
): GenesisSignature {
  const input = signatureInput('consilium/genesis/1', NO_CHAIN, genesisBytes)
  return { memberId, signature: crypto.ed25519Sign(rootSecret, input) }
}

/** Whether a member's signature under the founding document holds. */
export function verifyGenesisSignature(
  crypto: Crypto,
  genesisBytes: Uint8Array,
  member: Member,
  signature: Uint8Array,
): boolean {
  const input = signatureInput('consilium/genesis/1', NO_CHAIN, genesisBytes)
  return crypto.ed25519Verify(member.rootKey, input, signature)
}

/**
 * A document that is still being signed: everything of `verifyGenesis` but the signatures, or null. What is refused later
 * must not be sent round first.
 */
export function genesisOfBytes(crypto: Crypto, genesisBytes: Uint8Array): Genesis | null {
  const genesis = genesisFromCbor(crypto, tryDecode(genesisBytes))
  if (genesis === null || !areDistinctMembers(genesis.members)) return null
  const areFewAllowed = policyValue(genesis.policy, 'votersBelowFourAllowed') === 1
  return isVoterCountAllowed(votersOf(genesis.members).length, areFewAllowed) ? genesis : null
}

/** The document as it is stored and sent: the genesis with the signatures of all its members. */
export function encodeSignedGenesis(genesis: Genesis, signatures: readonly GenesisSignature[]): Uint8Array {
  const sorted = [...signatures].sort((a, b) => compareBytes(a.memberId, b.memberId))
  return encode([genesisToCbor(genesis), sorted.map(({ memberId, signature }) => [memberId, signature])])
}

/** Every check of a founding document, from its bytes. */
export function verifyGenesis(crypto: Crypto, signedBytes: Uint8Array): GenesisCheck {
  const decoded = tryDecode(signedBytes)
  if (decoded === null) return { kind: 'refused', reason: 'not-canonical' }
  const slots = asArray(decoded, 2)
  const genesis = slots && genesisFromCbor(crypto, slots[0])
  const signatures = slots && asList(slots[1], MEMBERS_MAX)
  if (!genesis || !signatures) return { kind: 'refused', reason: 'malformed' }
  if (!areDistinctMembers(genesis.members)) return { kind: 'refused', reason: 'members' }
  const areFewAllowed = policyValue(genesis.policy, 'votersBelowFourAllowed') === 1
  if (!isVoterCountAllowed(votersOf(genesis.members).length, areFewAllowed))
    return { kind: 'refused', reason: 'voter-count' }
  const genesisBytes = encodeGenesis(genesis)
  const input = signatureInput('consilium/genesis/1', NO_CHAIN, genesisBytes)
  if (signatures.length !== genesis.members.length) return { kind: 'refused', reason: 'signatures' }
  for (const [position, member] of genesis.members.entries()) {
    const entry = asArray(signatures[position], 2)
    const isSigned =
      entry !== null &&
      isBytes(entry[0], MEMBER_ID_BYTES) &&
      isBytes(entry[1], 64) &&
      compareBytes(entry[0], member.memberId) === 0 &&
      crypto.ed25519Verify(member.rootKey, input, entry[1])
    if (!isSigned) return { kind: 'refused', reason: 'signatures' }
  }
  return { kind: 'valid', chainId: chainIdOf(crypto, genesisBytes), genesis }
}

function genesisToCbor(genesis: Genesis): Cbor {
  return [
    1,
    genesis.name,
    genesis.createdAt,
    genesis.nonce,
    sortedMembers(genesis.members).map(memberToCbor),
    genesis.policy,
    genesis.networkGeneration,
  ]
}

function genesisFromCbor(crypto: Crypto, value: Cbor | undefined): Genesis | null {
  const slots = asArray(value, 7)
  if (slots === null) return null
  const [version, name, createdAt, nonce, memberValues, policyValues, networkGeneration] = slots
  if (version !== 1 || !isText(name, NAME_TEXT_MAX) || !isCount(createdAt) || !isBytes(nonce, 16)) return null
  const memberList = asList(memberValues, MEMBERS_MAX)
  const policy = policyFromCbor(policyValues)
  if (memberList === null || policy === null || !isCount(networkGeneration)) return null
  const members: Member[] = []
  for (const memberValue of memberList) {
    const member = memberFromCbor(crypto, memberValue)
    if (member === null) return null
    members.push(member)
  }
  return { name, createdAt, nonce, members, policy, networkGeneration }
}
