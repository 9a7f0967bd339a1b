/**
 * Several institutions found a consortium together: one of them draws the founding document up from everybody's request
 * files, the file goes round, each signs it. Nobody starts before all have signed the same bytes (M2, scenario A1), and whoever
 * merges two files with different documents is told so.
 */
import { equalBytes } from '../../../shared/std/bytes.ts'
import { assert, present } from '../../../shared/std/assert.ts'
import { truncateTime } from '../chain/block.ts'
import { encode, tryDecode, type Cbor } from '../chain/codec.ts'
import {
  chainIdOf,
  encodeGenesis,
  encodeSignedGenesis,
  genesisOfBytes,
  signGenesis,
  verifyGenesis,
  verifyGenesisSignature,
  type Genesis,
  type GenesisSignature,
} from '../chain/genesis.ts'
import { asArray, asList, isBytes, MEMBER_ID_BYTES, type ChainId, type MemberId } from '../chain/ids.ts'
import { MEMBERS_MAX } from '../chain/limits.ts'
import { areDistinctMembers, findMember, sortedMembers, type Member } from '../chain/members.ts'
import { policyValue, type Policy } from '../chain/policy.ts'
import { isVoterCountAllowed, votersOf } from '../chain/voters.ts'
import { HPKE_OVERHEAD_BYTES } from '../crypto/hpke.ts'
import { NO_CHAIN, signatureInput } from '../crypto/labels.ts'
import type { Crypto, Random } from '../crypto/crypto.ts'
import { encodeFile, readFile, type FileRefusal } from './file.ts'
import { fingerprintOf } from './fingerprint.ts'
import { hasSameKeys, openSignedRequest, type MembershipRequest } from './request.ts'
import {
  decodeSecrets,
  openSealed,
  sealTo,
  secretsFor,
  secretsToCbor,
  type SharedSecrets,
} from './shared-secrets.ts'

export type FoundingRound = {
  /** Everything but the signatures of the members: what all must have the same of. */
  readonly draftBytes: Uint8Array
  readonly genesisBytes: Uint8Array
  readonly genesis: Genesis
  readonly chainId: ChainId
  /** To compare over the telephone; over the whole draft, shared keys included. */
  readonly fingerprint: string
  readonly drafter: MemberId
  readonly requests: readonly MembershipRequest[]
  /** Of each request, in the order of members: to compare with the file that its institution sent. */
  readonly requestFingerprints: readonly string[]
  readonly sealed: readonly { readonly memberId: MemberId; readonly box: Uint8Array }[]
  readonly signatures: readonly GenesisSignature[]
  /** The drafter's, over the draft: nobody can put other keys into the round. */
  readonly drafterSignature: Uint8Array
}

export type DraftRefusal =
  /** Alone there is nothing to go round. */
  | 'too-few'
  | 'not-to-take-part'
  /** The same institution twice, or two that share a key. */
  | 'same-institution'
  | 'drafter-missing'
  /** Only a hospital has the keys that hospitals share. */
  | 'drafter-not-a-hospital'
  /** One voter, or four and more. */
  | 'voter-count'
  | 'unusable-key'

export type RoundRefusal = FileRefusal | 'malformed' | 'forged' | 'other-keys'

export type DraftInput = {
  /** As `openRequest` gave them, the drafter's own among them. */
  readonly requests: readonly { readonly request: MembershipRequest; readonly signed: Uint8Array }[]
  readonly drafter: MemberId
  readonly name: string
  readonly policy: Policy
  /** Who votes from the first block on; null: every hospital that wishes to. */
  readonly voters: readonly MemberId[] | null
  /** Milliseconds since 1970. */
  readonly now: number
  readonly secrets: SharedSecrets
}

/** Draws the document up. The drafter's root key signs the draft; its signature as a member is given like everybody's. */
export function draftRound(
  crypto: Crypto,
  random: Random,
  input: DraftInput,
  drafterRootSecret: Uint8Array,
):
  { kind: 'drafted'; round: FoundingRound } | { kind: 'refused'; reason: DraftRefusal; voterCount?: number } {
  const { requests } = input
  if (requests.length < 2) return { kind: 'refused', reason: 'too-few' }
  if (requests.some(({ request }) => request.purpose !== 'take-part'))
    return { kind: 'refused', reason: 'not-to-take-part' }
  const members = sortedMembers(
    requests.map(({ request: { member } }) => ({
      ...member,
      isVoter: member.isVoter && (input.voters === null || isNamed(input.voters, member)),
    })),
  )
  if (!areDistinctMembers(members)) return { kind: 'refused', reason: 'same-institution' }
  const drafter = findMember(members, input.drafter)
  if (drafter === null) return { kind: 'refused', reason: 'drafter-missing' }
  if (drafter.kind !== 'hospital') return { kind: 'refused', reason: 'drafter-not-a-hospital' }
  const voterCount = votersOf(members).length
  const areFewAllowed = policyValue(input.policy, 'votersBelowFourAllowed') === 1
  if (!isVoterCountAllowed(voterCount, areFewAllowed))
    return { kind: 'refused', reason: 'voter-count', voterCount }

  const genesis: Genesis = {
    name: input.name.normalize('NFC'),
    createdAt: truncateTime(input.now, policyValue(input.policy, 'timestampGranularityMs')),
    nonce: random(16),
    members,
    policy: input.policy,
    networkGeneration: input.secrets.networkGenerations[0]!.epoch,
  }
  const genesisBytes = encodeGenesis(genesis)
  const chainId = chainIdOf(crypto, genesisBytes)
  const sealed: Cbor[] = []
  for (const member of members) {
    const content = encode(secretsToCbor(secretsFor(member, input.secrets)))
    const box = sealTo(crypto, random, 'founding', chainId, member, content)
    content.fill(0)
    if (box === null) return { kind: 'refused', reason: 'unusable-key' }
    sealed.push([member.memberId, box])
  }
  const signedOf = ({ memberId }: Member) =>
    present(requests.find(({ request }) => equalBytes(request.member.memberId, memberId))).signed
  const draft: Cbor = [1, genesisBytes, members.map(signedOf), sealed, input.drafter]
  const draftBytes = encode(draft)
  const drafterSignature = crypto.ed25519Sign(drafterRootSecret, draftInput(draftBytes))
  const opened = openRoundPayload(crypto, encode([draftBytes, drafterSignature, []]))
  assert(opened.kind === 'opened', 'what was drafted can be opened')
  return { kind: 'drafted', round: opened.round }
}

/** Adds a member's signature by its root key; the same round where it has signed already. */
export function signRound(
  crypto: Crypto,
  round: FoundingRound,
  memberId: MemberId,
  rootSecret: Uint8Array,
): FoundingRound {
  assert(findMember(round.genesis.members, memberId) !== null, 'only a member signs the founding')
  if (hasSigned(round, memberId)) return round
  const signature = signGenesis(crypto, round.genesisBytes, memberId, rootSecret)
  return { ...round, signatures: [...round.signatures, signature] }
}

/** The signatures of both, where both carry the same document. */
export function mergeRounds(
  a: FoundingRound,
  b: FoundingRound,
): { kind: 'merged'; round: FoundingRound } | { kind: 'refused'; reason: 'other-document' } {
  if (!equalBytes(a.draftBytes, b.draftBytes)) return { kind: 'refused', reason: 'other-document' }
  const added = b.signatures.filter(({ memberId }) => !hasSigned(a, memberId))
  return { kind: 'merged', round: { ...a, signatures: [...a.signatures, ...added] } }
}

/** The signed founding document, once everybody has signed. */
export function foundingOf(
  crypto: Crypto,
  round: FoundingRound,
): { kind: 'founded'; signedGenesis: Uint8Array } | { kind: 'waiting'; missing: readonly Member[] } {
  const missing = round.genesis.members.filter(({ memberId }) => !hasSigned(round, memberId))
  if (missing.length > 0) return { kind: 'waiting', missing }
  const signedGenesis = encodeSignedGenesis(round.genesis, round.signatures)
  assert(verifyGenesis(crypto, signedGenesis).kind === 'valid', 'a round that was opened founds a chain')
  return { kind: 'founded', signedGenesis }
}

/** The shared keys, for the member whose custodian secret this is; null for anybody else. */
export function secretsOfRound(
  crypto: Crypto,
  round: FoundingRound,
  memberId: MemberId,
  custodianSecret: Uint8Array,
): SharedSecrets | null {
  const mine = round.sealed.find((entry) => equalBytes(entry.memberId, memberId))
  if (mine === undefined) return null
  const content = openSealed(crypto, 'founding', round.chainId, memberId, custodianSecret, mine.box)
  const secrets = content && decodeSecrets(content)
  content?.fill(0)
  return secrets
}

export function encodeRound(crypto: Crypto, round: FoundingRound): Uint8Array {
  const signatures = round.signatures.map(({ memberId, signature }) => [memberId, signature])
  return encodeFile(crypto, 'founding', encode([round.draftBytes, round.drafterSignature, signatures]))
}

/** Every check of a round: requests, document, the drafter's signature and those that were collected. */
export function openRound(
  crypto: Crypto,
  fileBytes: Uint8Array,
): { kind: 'opened'; round: FoundingRound } | { kind: 'refused'; reason: RoundRefusal } {
  const file = readFile(crypto, fileBytes, 'founding')
  return file.kind === 'read' ? openRoundPayload(crypto, file.payload) : file
}

function openRoundPayload(
  crypto: Crypto,
  payload: Uint8Array,
): { kind: 'opened'; round: FoundingRound } | { kind: 'refused'; reason: RoundRefusal } {
  const malformed = { kind: 'refused', reason: 'malformed' } as const
  const slots = asArray(tryDecode(payload), 3)
  if (slots === null || !(slots[0] instanceof Uint8Array) || !isBytes(slots[1], 64)) return malformed
  const [draftBytes, drafterSignature] = [slots[0], slots[1]]
  const draft = asArray(tryDecode(draftBytes), 5)
  if (draft === null || draft[0] !== 1 || !(draft[1] instanceof Uint8Array)) return malformed
  const genesisBytes = draft[1]
  const genesis = genesisOfBytes(crypto, genesisBytes)
  const requestList = asList(draft[2], MEMBERS_MAX)
  const sealedList = asList(draft[3], MEMBERS_MAX)
  const drafter = draft[4]
  const signatureList = asList(slots[2], MEMBERS_MAX)
  if (genesis === null || requestList === null || sealedList === null || signatureList === null)
    return malformed
  if (!isBytes(drafter, MEMBER_ID_BYTES)) return malformed
  const { members } = genesis
  const drafting = findMember(members, drafter)
  if (drafting === null || requestList.length !== members.length || sealedList.length !== members.length)
    return malformed
  if (!crypto.ed25519Verify(drafting.rootKey, draftInput(draftBytes), drafterSignature))
    return { kind: 'refused', reason: 'forged' }

  const requests: MembershipRequest[] = []
  const requestFingerprints: string[] = []
  const sealed: { memberId: MemberId; box: Uint8Array }[] = []
  for (const [position, member] of members.entries()) {
    const signed = requestList[position]
    if (!(signed instanceof Uint8Array)) return malformed
    const opened = openSignedRequest(crypto, signed)
    if (opened.kind === 'refused')
      return { kind: 'refused', reason: opened.reason === 'forged' ? 'forged' : 'malformed' }
    // Nobody is founded into a vote that it did not wish for, nor under keys or a name that it did not give.
    const asked = opened.request.member
    if (!hasSameKeys(asked, member) || asked.name !== member.name || (member.isVoter && !asked.isVoter))
      return { kind: 'refused', reason: 'other-keys' }
    requests.push(opened.request)
    requestFingerprints.push(opened.fingerprint)
    const pair = asArray(sealedList[position], 2)
    if (pair === null || !isBytes(pair[0], MEMBER_ID_BYTES) || !equalBytes(pair[0], member.memberId))
      return malformed
    if (!(pair[1] instanceof Uint8Array) || pair[1].length < HPKE_OVERHEAD_BYTES) return malformed
    sealed.push({ memberId: member.memberId, box: pair[1] })
  }
  const signatures: GenesisSignature[] = []
  for (const entry of signatureList) {
    const pair = asArray(entry, 2)
    const member = pair !== null && isBytes(pair[0], MEMBER_ID_BYTES) ? findMember(members, pair[0]) : null
    if (pair === null || member === null || !isBytes(pair[1], 64)) return malformed
    const signature = { memberId: member.memberId, signature: pair[1] }
    if (signatures.some(({ memberId }) => equalBytes(memberId, member.memberId))) return malformed
    if (!verifyGenesisSignature(crypto, genesisBytes, member, signature.signature))
      return { kind: 'refused', reason: 'forged' }
    signatures.push(signature)
  }
  return {
    kind: 'opened',
    round: {
      draftBytes,
      genesisBytes,
      genesis,
      chainId: chainIdOf(crypto, genesisBytes),
      fingerprint: fingerprintOf(crypto, 'chain', draftBytes),
      drafter: drafting.memberId,
      requests,
      requestFingerprints,
      sealed,
      signatures,
      drafterSignature,
    },
  }
}

function hasSigned(round: FoundingRound, memberId: MemberId): boolean {
  return round.signatures.some((entry) => equalBytes(entry.memberId, memberId))
}

function isNamed(names: readonly MemberId[], { memberId }: Member): boolean {
  return names.some((name) => equalBytes(name, memberId))
}

function draftInput(draftBytes: Uint8Array): Uint8Array {
  return signatureInput('consilium/founding/1', NO_CHAIN, draftBytes)
}
