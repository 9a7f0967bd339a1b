/**
 * Items: what the consortium decides besides visits (record-format.md section 9). They travel in segments and are no
 * blocks. Here: their bytes and what can be checked without the state; `apply-item.ts` has the rest.
 */
import { compareBytes } from '../../../shared/std/bytes.ts'
import { assert } from '../../../shared/std/assert.ts'
import { unreachable } from '../../../shared/std/unreachable.ts'
import { KEY_BYTES, NONCE_BYTES, TAG_BYTES, type Crypto, type Random } from '../crypto/crypto.ts'
import { hkdfSha256 } from '../crypto/hkdf.ts'
import { ascii, labelHash, signatureInput } from '../crypto/labels.ts'
import { encode, tryDecode, type Cbor } from './codec.ts'
import {
  asArray,
  asList,
  isBytes,
  isCount,
  isText,
  MEMBER_ID_BYTES,
  type ChainId,
  type ItemHash,
  type MemberId,
  type SegmentId,
} from './ids.ts'
import { ATTESTATIONS_MAX, ITEM_BYTES_MAX, ITEM_SEALED_STEP_BYTES, POLICY_NAME_MAX } from './limits.ts'
import { memberFromCbor, memberToCbor, type Member } from './members.ts'
import { isPolicyEntry } from './policy.ts'
import { isSortedById, signaturesFromCbor, signaturesToCbor, type MemberSignature } from './signature-list.ts'
import {
  aboutStudyFromCbor,
  aboutStudyToCbor,
  attestedFromCbor,
  attestedToCbor,
  isEngine,
  outcomeFromCbor,
  outcomeToCbor,
  STUDY_ITEM_NUMBER,
  type AboutStudy,
  type Attested,
  type Word,
} from './study-items.ts'
import { signedVoteFromCbor, signedVoteToCbor, type SignedVote } from './vote.ts'

/** A gateway's sealed part of a snapshot's noise key, signed by it. */
export type Contribution = {
  readonly memberId: MemberId
  readonly sealed: Uint8Array
  readonly signature: Uint8Array
}

export type MembershipItem = {
  readonly kind: 'membership'
  /** Replace: other keys, name or vote under the same root key. Remove: the member as it stands. */
  readonly change: 'add' | 'remove' | 'replace'
  readonly member: Member
  readonly approvals: readonly MemberSignature[]
}
export type PolicyItem = {
  readonly kind: 'policy'
  readonly name: string
  readonly value: number
  readonly approvals: readonly MemberSignature[]
}
/** A protocol version or a network key generation that starts at a height. */
export type ActivationItem = {
  readonly kind: 'protocol' | 'network'
  readonly number: number
  readonly height: number
  readonly approvals: readonly MemberSignature[]
}
/** What quorum of voters must approve. */
export type DecisionItem = MembershipItem | PolicyItem | ActivationItem

export type SnapshotItem = {
  readonly kind: 'snapshot'
  readonly height: number
  readonly segmentId: SegmentId
  readonly headsRoot: Uint8Array
  readonly segmentsRoot: Uint8Array
  readonly policyHash: Uint8Array
  readonly contributions: readonly Contribution[]
}
export type AnchorItem = { readonly kind: 'anchor'; readonly auditRoot: Uint8Array; readonly count: number }
export type EvidenceItem = {
  readonly kind: 'evidence'
  readonly first: SignedVote
  readonly second: SignedVote
}
/**
 * A gateway's own signed word beside what nearly all others attested of the same study: it proves itself, and whoever hands it in adds
 * nothing to it.
 */
export type SuspensionItem = {
  readonly kind: 'suspension'
  readonly memberId: MemberId
  /** A code, e.g. `deviating-result`. */
  readonly reason: string
  readonly studyHash: ItemHash
  /** Where both words were found. */
  readonly studyHeight: number
  readonly erasureHeight: number
  readonly agreed: Omit<Word, 'studyHash'>
  readonly said: Omit<Word, 'studyHash'> & { readonly engine: string; readonly signature: Uint8Array }
  /** Of the agreed word. */
  readonly attestations: readonly Attested[]
}
export type SealedItem = { readonly kind: 'sealed' }
/**
 * A hospital agrees to an erasure: which one is in the sealed part. Everybody sees that there is one, because the chain takes no word that was found
 * before it.
 */
export type ErasureItem = { readonly kind: 'erasure' }

export type ItemClear =
  | DecisionItem
  | SnapshotItem
  | AboutStudy
  | AnchorItem
  | EvidenceItem
  | SuspensionItem
  | SealedItem
  | ErasureItem
export type ItemKind = ItemClear['kind']

/** For hospitals: padded and encrypted under the gateway epoch key. `box` is nonce, ciphertext and tag. */
export type SealedPart = { readonly epoch: number; readonly box: Uint8Array }

export type Item = {
  readonly clear: ItemClear
  readonly sealed: SealedPart | null
  readonly author: MemberId
  /** Greater than in every earlier item of the author. */
  readonly sequence: number
  readonly notAfterHeight: number
}
export type SignedItem = { readonly item: Item; readonly signature: Uint8Array }

export const ITEM_KIND_NUMBER: Readonly<Record<ItemKind, number>> = {
  membership: 1,
  policy: 2,
  protocol: 3,
  network: 4,
  snapshot: 5,
  ...STUDY_ITEM_NUMBER,
  anchor: 8,
  evidence: 9,
  suspension: 10,
  sealed: 11,
  erasure: 15,
}
const CHANGES = [undefined, 'add', 'remove', 'replace'] as const
const CHANGE_NUMBER = { add: 1, remove: 2, replace: 3 } as const
/** A code of a suspension. */
export const SUSPENSION_REASON = /^[a-z][a-z0-9-]{0,63}$/
const SEAL_INFO = ascii('consilium/item-seal/1')
const CONTRIBUTION_BYTES_MAX = 4_096

/** Signs an item by the author's author key: its bytes, ready to travel. */
export function signItem(crypto: Crypto, chainId: ChainId, item: Item, authorSecret: Uint8Array): Uint8Array {
  const input = signatureInput('consilium/item/1', chainId, encode(itemToCbor(item)))
  return encodeSignedItem({ item, signature: crypto.ed25519Sign(authorSecret, input) })
}

export function verifyItemSignature(
  crypto: Crypto,
  chainId: ChainId,
  signed: SignedItem,
  authorKey: Uint8Array,
): boolean {
  const input = signatureInput('consilium/item/1', chainId, encode(itemToCbor(signed.item)))
  return crypto.ed25519Verify(authorKey, input, signed.signature)
}

export function encodeSignedItem(signed: SignedItem): Uint8Array {
  return encode([itemToCbor(signed.item), signed.signature])
}

/** The item of the bytes, iff they are the one encoding of one whose clear part has the form of its kind. */
export function decodeSignedItem(crypto: Crypto, bytes: Uint8Array): SignedItem | null {
  if (bytes.length > ITEM_BYTES_MAX) return null
  const slots = asArray(tryDecode(bytes), 2)
  const item = slots && itemFromCbor(crypto, slots[0])
  return slots && item && isBytes(slots[1], 64) ? { item, signature: slots[1] } : null
}

export function itemHashOf(crypto: Crypto, chainId: ChainId, itemBytes: Uint8Array): ItemHash {
  return labelHash(crypto, 'consilium/item/1', chainId, itemBytes) as ItemHash
}

/**
 * What a voter's root key signs to approve a decision: the kind, the clear part without approvals, the author with the
 * sequence, and the last height. So an approval serves one item once.
 */
export function approvalSignBytes(
  chainId: ChainId,
  decision: DecisionItem,
  author: MemberId,
  sequence: number,
  notAfterHeight: number,
): Uint8Array {
  const clear = clearToCbor({ ...decision, approvals: [] })
  return signatureInput(
    'consilium/approval/1',
    chainId,
    encode([ITEM_KIND_NUMBER[decision.kind], clear, author, sequence, notAfterHeight]),
  )
}

/** What a gateway's author key signs with its contribution to a snapshot. */
export function contributionSignBytes(
  chainId: ChainId,
  snapshot: { height: number; segmentId: SegmentId },
  memberId: MemberId,
  sealed: Uint8Array,
): Uint8Array {
  const encoded = encode([snapshot.height, snapshot.segmentId, memberId, sealed])
  return signatureInput('consilium/contribution/1', chainId, encoded)
}

/** A contribution's part: 32 bytes under a key of the gateways' epoch. */
export const CONTRIBUTION_PART_BYTES = 32

/** The epoch of `[epoch, nonce ‖ ciphertext ‖ tag]`; null for what has not the form of a sealed contribution. */
export function contributionEpochOf(sealed: Uint8Array): number | null {
  const slots = asArray(tryDecode(sealed), 2)
  if (slots === null || !isCount(slots[0]) || slots[0] > 0xffffffff) return null
  return isBytes(slots[1], NONCE_BYTES + CONTRIBUTION_PART_BYTES + TAG_BYTES) ? slots[0] : null
}

/** Seals what only hospitals may read. The key is one of its own: a sequence serves one item. */
export function sealItemPart(
  crypto: Crypto,
  random: Random,
  chainId: ChainId,
  item: { kind: ItemKind; author: MemberId; sequence: number },
  epoch: number,
  epochKey: Uint8Array,
  content: Uint8Array,
): SealedPart {
  const padded = new Uint8Array(
    Math.ceil((4 + content.length) / ITEM_SEALED_STEP_BYTES) * ITEM_SEALED_STEP_BYTES,
  )
  for (let i = 0; i < 4; i++) padded[i] = (content.length >>> (24 - 8 * i)) & 0xff
  padded.set(content, 4)
  const nonce = random(NONCE_BYTES)
  const key = itemKey(crypto, item, epoch, epochKey)
  const sealed = crypto.sealGcm(key, nonce, itemAad(chainId, item, epoch), padded)
  const box = new Uint8Array(NONCE_BYTES + sealed.length)
  box.set(nonce)
  box.set(sealed, NONCE_BYTES)
  return { epoch, box }
}

/** The content of a sealed part, or null where the key or the bytes are others. */
export function openItemPart(
  crypto: Crypto,
  chainId: ChainId,
  item: { kind: ItemKind; author: MemberId; sequence: number },
  part: SealedPart,
  epochKey: Uint8Array,
): Uint8Array | null {
  const key = itemKey(crypto, item, part.epoch, epochKey)
  const aad = itemAad(chainId, item, part.epoch)
  const padded = crypto.openGcm(key, part.box.subarray(0, NONCE_BYTES), aad, part.box.subarray(NONCE_BYTES))
  if (padded === null || padded.length < 4) return null
  const length = padded[0]! * 0x1000000 + ((padded[1]! << 16) | (padded[2]! << 8) | padded[3]!)
  if (length > padded.length - 4) return null
  for (let i = 4 + length; i < padded.length; i++) if (padded[i] !== 0) return null
  return padded.slice(4, 4 + length)
}

export function itemToCbor(item: Item): Cbor {
  const { clear, sealed, author, sequence, notAfterHeight } = item
  return [
    ITEM_KIND_NUMBER[clear.kind],
    clearToCbor(clear),
    sealed === null ? null : [sealed.epoch, sealed.box],
    author,
    sequence,
    notAfterHeight,
  ]
}

function clearToCbor(clear: ItemClear): Cbor {
  switch (clear.kind) {
    case 'membership':
      return [CHANGE_NUMBER[clear.change], memberToCbor(clear.member), signaturesToCbor(clear.approvals)]
    case 'policy':
      return [clear.name, clear.value, signaturesToCbor(clear.approvals)]
    case 'protocol':
    case 'network':
      return [clear.number, clear.height, signaturesToCbor(clear.approvals)]
    case 'snapshot':
      return [
        clear.height,
        clear.segmentId,
        clear.headsRoot,
        clear.segmentsRoot,
        clear.policyHash,
        [...clear.contributions]
          .sort((a, b) => compareBytes(a.memberId, b.memberId))
          .map(({ memberId, sealed, signature }) => [memberId, sealed, signature]),
      ]
    case 'study':
    case 'result':
    case 'check':
    case 'review':
    case 'registration':
      return aboutStudyToCbor(clear)
    case 'anchor':
      return [clear.auditRoot, clear.count]
    case 'evidence':
      return [signedVoteToCbor(clear.first), signedVoteToCbor(clear.second)]
    case 'suspension':
      return [
        clear.memberId,
        clear.reason,
        clear.studyHash,
        clear.studyHeight,
        clear.erasureHeight,
        [outcomeToCbor(clear.agreed.outcome), clear.agreed.resultHash],
        [outcomeToCbor(clear.said.outcome), clear.said.resultHash, clear.said.engine, clear.said.signature],
        attestedToCbor(clear.attestations),
      ]
    case 'sealed':
    case 'erasure':
      return []
    default:
      return unreachable(clear)
  }
}

/** The item of a decoded value, iff its clear part has the form of its kind. */
export function itemFromCbor(crypto: Crypto, value: Cbor | undefined): Item | null {
  const slots = asArray(value, 6)
  if (slots === null) return null
  const [kindNumber, clearValue, sealedValue, author, sequence, notAfterHeight] = slots
  if (!isBytes(author, MEMBER_ID_BYTES) || !isCount(sequence) || !isCount(notAfterHeight)) return null
  const clear = clearFromCbor(crypto, kindNumber, clearValue)
  if (clear === null) return null
  const sealed = sealedValue === null ? null : sealedFromCbor(sealedValue!)
  const isSaidSealed = clear.kind === 'sealed' || clear.kind === 'erasure'
  if (sealed === undefined || (isSaidSealed && sealed === null)) return null
  return { clear, sealed, author: author as MemberId, sequence, notAfterHeight }
}

function clearFromCbor(crypto: Crypto, kind: Cbor | undefined, value: Cbor | undefined): ItemClear | null {
  switch (kind) {
    case ITEM_KIND_NUMBER.membership: {
      const slots = asArray(value, 3)
      const change = slots && typeof slots[0] === 'number' ? CHANGES[slots[0]] : undefined
      const member = slots && memberFromCbor(crypto, slots[1])
      const approvals = slots && signaturesFromCbor(slots[2])
      return change && member && approvals ? { kind: 'membership', change, member, approvals } : null
    }
    case ITEM_KIND_NUMBER.policy: {
      const slots = asArray(value, 3)
      const approvals = slots && signaturesFromCbor(slots[2])
      if (!slots || !approvals || !isText(slots[0], POLICY_NAME_MAX) || !isPolicyEntry(slots[0], slots[1]))
        return null
      return { kind: 'policy', name: slots[0], value: slots[1] as number, approvals }
    }
    case ITEM_KIND_NUMBER.protocol:
    case ITEM_KIND_NUMBER.network: {
      const slots = asArray(value, 3)
      const approvals = slots && signaturesFromCbor(slots[2])
      if (!slots || !approvals || !isCount(slots[0]) || !isCount(slots[1])) return null
      const name = kind === ITEM_KIND_NUMBER.protocol ? 'protocol' : 'network'
      return { kind: name, number: slots[0], height: slots[1], approvals }
    }
    case ITEM_KIND_NUMBER.snapshot:
      return snapshotFromCbor(value)
    case ITEM_KIND_NUMBER.study:
    case ITEM_KIND_NUMBER.result:
    case ITEM_KIND_NUMBER.check:
    case ITEM_KIND_NUMBER.review:
    case ITEM_KIND_NUMBER.registration:
      return aboutStudyFromCbor(kind, value)
    case ITEM_KIND_NUMBER.anchor: {
      const slots = asArray(value, 2)
      if (slots === null || !isBytes(slots[0], 32) || !isCount(slots[1])) return null
      return { kind: 'anchor', auditRoot: slots[0], count: slots[1] }
    }
    case ITEM_KIND_NUMBER.evidence: {
      const slots = asArray(value, 2)
      const first = slots && signedVoteFromCbor(slots[0])
      const second = slots && signedVoteFromCbor(slots[1])
      return first && second ? { kind: 'evidence', first, second } : null
    }
    case ITEM_KIND_NUMBER.suspension:
      return suspensionFromCbor(value)
    case ITEM_KIND_NUMBER.sealed:
      return asArray(value, 0) && { kind: 'sealed' }
    case ITEM_KIND_NUMBER.erasure:
      return asArray(value, 0) && { kind: 'erasure' }
    default:
      return null
  }
}

function suspensionFromCbor(value: Cbor | undefined): SuspensionItem | null {
  const slots = asArray(value, 8)
  if (slots === null) return null
  const [memberId, reason, studyHash, studyHeight, erasureHeight] = slots
  const agreed = asArray(slots[5], 2)
  const said = asArray(slots[6], 4)
  const attestations = attestedFromCbor(slots[7])
  if (!agreed || !said || !attestations || !isBytes(memberId, MEMBER_ID_BYTES)) return null
  if (typeof reason !== 'string' || !SUSPENSION_REASON.test(reason)) return null
  if (!isBytes(studyHash, 32) || !isCount(studyHeight) || !isCount(erasureHeight)) return null
  const agreedOutcome = outcomeFromCbor(agreed[0])
  const saidOutcome = outcomeFromCbor(said[0])
  if (agreedOutcome === null || saidOutcome === null) return null
  if (!isBytes(agreed[1], 32) || !isBytes(said[1], 32) || !isEngine(said[2])) return null
  if (!isBytes(said[3], 64)) return null
  return {
    kind: 'suspension',
    memberId: memberId as MemberId,
    reason,
    studyHash: studyHash as ItemHash,
    studyHeight,
    erasureHeight,
    agreed: { outcome: agreedOutcome, resultHash: agreed[1] },
    said: { outcome: saidOutcome, resultHash: said[1], engine: said[2], signature: said[3] },
    attestations,
  }
}

function snapshotFromCbor(value: Cbor | undefined): SnapshotItem | null {
  const slots = asArray(value, 6)
  const list = slots && asList(slots[5], ATTESTATIONS_MAX)
  if (slots === null || list === null) return null
  const [height, segmentId, headsRoot, segmentsRoot, policyHash] = slots
  if (!isCount(height) || !isBytes(segmentId, 32) || !isBytes(headsRoot, 32)) return null
  if (!isBytes(segmentsRoot, 32) || !isBytes(policyHash, 32)) return null
  const contributions: Contribution[] = []
  for (const entry of list) {
    const parts = asArray(entry, 3)
    if (parts === null || !isBytes(parts[0], MEMBER_ID_BYTES) || !isBytes(parts[2], 64)) return null
    const sealed = parts[1]
    if (!(sealed instanceof Uint8Array) || sealed.length > CONTRIBUTION_BYTES_MAX) return null
    contributions.push({ memberId: parts[0] as MemberId, sealed, signature: parts[2] })
  }
  if (!isSortedById(contributions)) return null
  return {
    kind: 'snapshot',
    height,
    segmentId: segmentId as SegmentId,
    headsRoot,
    segmentsRoot,
    policyHash,
    contributions,
  }
}

function sealedFromCbor(value: Cbor): SealedPart | undefined {
  const slots = asArray(value, 2)
  if (slots === null || !isCount(slots[0]) || slots[0] > 0xffffffff || !(slots[1] instanceof Uint8Array))
    return undefined
  const paddedBytes = slots[1].length - NONCE_BYTES - TAG_BYTES
  if (paddedBytes < ITEM_SEALED_STEP_BYTES || paddedBytes % ITEM_SEALED_STEP_BYTES !== 0) return undefined
  return { epoch: slots[0], box: slots[1] }
}

function itemKey(
  crypto: Crypto,
  item: { author: MemberId; sequence: number },
  epoch: number,
  epochKey: Uint8Array,
): Uint8Array {
  assert(Number.isInteger(epoch) && epoch >= 0 && epoch <= 0xffffffff, 'an epoch fits 32 bits')
  const info = new Uint8Array(SEAL_INFO.length + 4)
  info.set(SEAL_INFO)
  for (let i = 0; i < 4; i++) info[SEAL_INFO.length + i] = (epoch >>> (24 - 8 * i)) & 0xff
  return hkdfSha256(crypto, epochKey, encode([item.author, item.sequence]), info, KEY_BYTES)
}

function itemAad(
  chainId: ChainId,
  item: { kind: ItemKind; author: MemberId; sequence: number },
  epoch: number,
): Uint8Array {
  return encode([chainId, ITEM_KIND_NUMBER[item.kind], item.author, item.sequence, epoch])
}
