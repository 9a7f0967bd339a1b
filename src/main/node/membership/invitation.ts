/**
 * The invitation: everything that an institution needs to come in, sealed to it and signed by who invites (M3). The institution
 * is on the chain's list of members already when it is made (without a vote), so its network key opens the door and nobody
 * needs a list of guests.
 */
import { equalBytes } from '../../../shared/std/bytes.ts'
import { encode, tryDecode, type Cbor } from '../chain/codec.ts'
import { verifyGenesis } from '../chain/genesis.ts'
import {
  asArray,
  asList,
  isBytes,
  isCount,
  MEMBER_ID_BYTES,
  type ChainId,
  type MemberId,
} from '../chain/ids.ts'
import { MEMBERS_MAX } from '../chain/limits.ts'
import {
  areDistinctMembers,
  findMember,
  memberFromCbor,
  memberToCbor,
  type Member,
} from '../chain/members.ts'
import type { Crypto, Random } from '../crypto/crypto.ts'
import { signatureInput } from '../crypto/labels.ts'
import { encodeFile, readFile, type FileRefusal } from './file.ts'
import { fingerprintOf } from './fingerprint.ts'
import { INVITATION_VALID_MS } from './limits.ts'
import { addressesFromCbor } from './request.ts'
import {
  openSealed,
  sealTo,
  secretsFor,
  secretsFromCbor,
  secretsToCbor,
  type SharedSecrets,
} from './shared-secrets.ts'

export type InvitationMember = { readonly member: Member; readonly addresses: readonly string[] }

export type Invitation = {
  readonly chainId: ChainId
  /** The founding document with all its signatures. */
  readonly signedGenesis: Uint8Array
  /** Where the chain was when the invitation was made. */
  readonly height: number
  readonly epoch: number
  /** The newest segment and its certificate; null where the chain has none yet. The newcomer compares it with what it fetched. */
  readonly newest: { readonly segment: Uint8Array; readonly certificate: Uint8Array } | null
  /** The members at that height and where they can be reached. */
  readonly members: readonly InvitationMember[]
  readonly secrets: SharedSecrets
  readonly inviter: MemberId
  /** 16 random bytes; the proof of sync carries its hash, and each serves once. */
  readonly token: Uint8Array
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

export type InvitationRefusal =
  | FileRefusal
  | 'malformed'
  /** Sealed to somebody else. */
  | 'other-institution'
  | 'expired'
  /** Its founding document or its signature do not hold. */
  | 'forged'
  /** This institution takes part in another chain already. */
  | 'other-chain'
  /** No address of anybody: nobody could be reached. */
  | 'no-address'

export const TOKEN_BYTES = 16

/** The file, and the hash of its token for the inviter to remember. Null where the invitee's key is unusable. */
export function makeInvitation(
  crypto: Crypto,
  random: Random,
  now: number,
  invitee: Member,
  content: Omit<Invitation, 'token' | 'expiresAt'>,
  inviterAuthorSecret: Uint8Array,
): { file: Uint8Array; tokenHash: Uint8Array; expiresAt: number } | null {
  const token = random(TOKEN_BYTES)
  const expiresAt = now + INVITATION_VALID_MS
  const secrets = secretsFor(invitee, content.secrets)
  const value = invitationToCbor({ ...content, secrets, token, expiresAt })
  const input = invitationInput(content.chainId, invitee.memberId, value)
  const plain = encode([value, crypto.ed25519Sign(inviterAuthorSecret, input)])
  const box = sealTo(crypto, random, 'invitation', content.chainId, invitee, plain)
  plain.fill(0)
  if (box === null) return null
  const file = encodeFile(
    crypto,
    'invitation',
    encode([1, content.chainId, invitee.memberId, expiresAt, box]),
  )
  return { file, tokenHash: crypto.sha256(token), expiresAt }
}

export type Invitee = {
  readonly memberId: MemberId
  readonly custodianSecret: Uint8Array
  /** The chain in which it takes part already, or null. */
  readonly chainId: ChainId | null
}

export type OpenedInvitation =
  | {
      readonly kind: 'opened'
      readonly invitation: Invitation
      readonly consortiumName: string
      /** Of the chain: to compare over the telephone with any member. */
      readonly fingerprint: string
      /** As it stands on the chain. */
      readonly self: Member
    }
  | { readonly kind: 'refused'; readonly reason: InvitationRefusal; readonly expiredAt?: number }

export function openInvitation(
  crypto: Crypto,
  fileBytes: Uint8Array,
  invitee: Invitee,
  now: number,
): OpenedInvitation {
  const file = readFile(crypto, fileBytes, 'invitation')
  if (file.kind === 'refused') return file
  const slots = asArray(tryDecode(file.payload), 5)
  if (slots === null || slots[0] !== 1) return refused('malformed')
  const [, chainId, memberId, expiresAt, box] = slots
  if (!isBytes(chainId, 32) || !isBytes(memberId, MEMBER_ID_BYTES) || !isCount(expiresAt))
    return refused('malformed')
  if (!(box instanceof Uint8Array)) return refused('malformed')
  if (!equalBytes(memberId, invitee.memberId)) return refused('other-institution')
  // Said before anything is opened, so that an old file is not taken for a wrong one.
  if (now > expiresAt) return { kind: 'refused', reason: 'expired', expiredAt: expiresAt }
  if (invitee.chainId !== null && !equalBytes(invitee.chainId, chainId)) return refused('other-chain')
  const { custodianSecret } = invitee
  const plain = openSealed(crypto, 'invitation', chainId as ChainId, invitee.memberId, custodianSecret, box)
  // The checksum held and the name is ours: what does not open was sealed to keys that we no longer have, or to none.
  if (plain === null) return refused('other-institution')
  const parts = asArray(tryDecode(plain), 2)
  const invitation = parts && invitationFromCbor(crypto, chainId as ChainId, parts[0])
  if (parts === null || invitation === null || !isBytes(parts[1], 64)) return refused('malformed')
  const genesis = verifyGenesis(crypto, invitation.signedGenesis)
  if (genesis.kind === 'refused' || !equalBytes(genesis.chainId, chainId)) return refused('forged')
  const members = invitation.members.map((entry) => entry.member)
  const inviter = findMember(members, invitation.inviter)
  const self = findMember(members, invitee.memberId)
  if (inviter === null || self === null || invitation.expiresAt !== expiresAt) return refused('forged')
  const input = invitationInput(invitation.chainId, invitee.memberId, parts[0]!)
  if (!crypto.ed25519Verify(inviter.authorKey, input, parts[1])) return refused('forged')
  if (invitation.members.every(({ addresses }) => addresses.length === 0)) return refused('no-address')
  return {
    kind: 'opened',
    invitation,
    consortiumName: genesis.genesis.name,
    fingerprint: chainFingerprint(crypto, invitation.chainId),
    self,
  }
}

/** What members read to a newcomer who asks whether it is the right consortium. */
export function chainFingerprint(crypto: Crypto, chainId: ChainId): string {
  return fingerprintOf(crypto, 'chain', chainId)
}

function invitationToCbor(invitation: Invitation): Cbor {
  const { newest } = invitation
  return [
    invitation.signedGenesis,
    invitation.height,
    invitation.epoch,
    newest === null ? null : [newest.segment, newest.certificate],
    introducedToCbor(invitation.members),
    secretsToCbor(invitation.secrets),
    invitation.inviter,
    invitation.token,
    invitation.expiresAt,
  ]
}

function invitationFromCbor(crypto: Crypto, chainId: ChainId, value: Cbor | undefined): Invitation | null {
  const slots = asArray(value, 9)
  if (slots === null) return null
  const [signedGenesis, height, epoch, newestValue, memberValues, secretValues, inviter, token, expiresAt] =
    slots
  if (!(signedGenesis instanceof Uint8Array) || !isCount(height) || !isCount(epoch)) return null
  if (!isBytes(inviter, MEMBER_ID_BYTES) || !isBytes(token, TOKEN_BYTES) || !isCount(expiresAt)) return null
  const secrets = secretsFromCbor(secretValues)
  const members = introducedFromCbor(crypto, memberValues)
  if (secrets === null || members === null) return null
  let newest: Invitation['newest'] = null
  if (newestValue !== null) {
    const pair = asArray(newestValue, 2)
    if (pair === null || !(pair[0] instanceof Uint8Array) || !(pair[1] instanceof Uint8Array)) return null
    newest = { segment: pair[0], certificate: pair[1] }
  }
  return {
    chainId,
    signedGenesis,
    height,
    epoch,
    newest,
    members,
    secrets,
    inviter: inviter as MemberId,
    token,
    expiresAt,
  }
}

export function introducedToCbor(members: readonly InvitationMember[]): Cbor {
  return members.map(({ member, addresses }) => [memberToCbor(member), addresses])
}

/** Distinct members, sorted, each with addresses that can be dialled; or null. */
export function introducedFromCbor(crypto: Crypto, value: Cbor | undefined): InvitationMember[] | null {
  const list = asList(value, MEMBERS_MAX)
  if (list === null) return null
  const members: InvitationMember[] = []
  for (const each of list) {
    const pair = asArray(each, 2)
    const member = pair && memberFromCbor(crypto, pair[0])
    const addresses = pair && addressesFromCbor(pair[1])
    if (!member || !addresses) return null
    members.push({ member, addresses })
  }
  return areDistinctMembers(members.map(({ member }) => member)) ? members : null
}

/** The invitee's name is under the signature: nobody can pass an invitation on as its own. */
function invitationInput(chainId: ChainId, invitee: MemberId, value: Cbor): Uint8Array {
  return signatureInput('consilium/invitation/1', chainId, encode([invitee, value]))
}

function refused(reason: InvitationRefusal): OpenedInvitation {
  return { kind: 'refused', reason }
}
