/**
 * A proposal: decisions that belong together, while members approve them. Each approval is the root key's signature that
 * the chain asks for (record-format.md section 9), so nothing is decided here: with a quorum of approvals the author signs
 * the items and submits them. Proposals travel between members as messages or as files; copies are merged.
 */
import { compareBytes, equalBytes, toHex } from '../../../shared/std/bytes.ts'
import { assert } from '../../../shared/std/assert.ts'
import { encode, tryDecode, type Cbor } from '../chain/codec.ts'
import {
  asArray,
  asList,
  isBytes,
  isCount,
  MEMBER_ID_BYTES,
  type ChainId,
  type MemberId,
} from '../chain/ids.ts'
import {
  approvalSignBytes,
  itemFromCbor,
  itemToCbor,
  signItem,
  type DecisionItem,
  type Item,
  type ItemClear,
  type SignedItem,
} from '../chain/item.ts'
import { MEMBERS_MAX } from '../chain/limits.ts'
import { findMember, type Member } from '../chain/members.ts'
import { membersOf, type ConsortiumState } from '../chain/state.ts'
import { quorumOf } from '../chain/voters.ts'
import type { Crypto } from '../crypto/crypto.ts'
import { labelHash, signatureInput } from '../crypto/labels.ts'
import { encodeFile, readFile, type FileRefusal } from './file.ts'
import {
  NOTE_TEXT_MAX,
  PROPOSAL_DECISIONS_MAX,
  PROPOSAL_VALID_HEIGHTS,
  PROPOSAL_VALID_MS,
  SEQUENCES_LEFT_FREE,
} from './limits.ts'

export type ProposalDraft = {
  readonly author: MemberId
  readonly decisions: readonly DecisionItem[]
  /** Of the first decision; the others follow it one by one. */
  readonly firstSequence: number
  readonly notAfterHeight: number
  /** The chain's height when it was drawn up: nobody need look for it before. */
  readonly height: number
  /** Milliseconds since 1970. */
  readonly createdAt: number
  /** What the author says about it, for people. May be empty. */
  readonly note: string
  /** Signed proofs of sync of those who would get a vote. */
  readonly proofs: readonly Uint8Array[]
}

export type Approval = {
  readonly memberId: MemberId
  /** One for each decision. */
  readonly signatures: readonly Uint8Array[]
}
export type Voice = { readonly memberId: MemberId; readonly signature: Uint8Array }

export type Proposal = {
  /** 32 bytes: names the draft. */
  readonly proposalId: Uint8Array
  readonly draft: ProposalDraft
  readonly draftBytes: Uint8Array
  readonly authorSignature: Uint8Array
  /** The author's key that signed it: with another one in effect nobody takes it any more. */
  readonly authorKey: Uint8Array
  readonly approvals: readonly Approval[]
  /** Who said no. It binds nobody: the others see it. */
  readonly rejections: readonly Voice[]
  /** The author's, or null. */
  readonly withdrawal: Voice | null
}

export type ProposalRefusal =
  | FileRefusal
  | 'malformed'
  /** The author is no member (any more). */
  | 'unknown-author'
  | 'forged'

export type OpenedProposal =
  | { readonly kind: 'opened'; readonly proposal: Proposal }
  | { readonly kind: 'refused'; readonly reason: ProposalRefusal }

export type ProposalStanding =
  /** Waits for approvals. */
  | 'open'
  /** A quorum has approved: the author's node signs and submits it. */
  | 'approved'
  /** So many said no that no quorum is left. */
  | 'rejected'
  | 'withdrawn'
  | 'expired'
  /** Another decision of the same author came first; it has to be proposed anew. */
  | 'overtaken'
  /** Its author has left, or has other keys since (M13); it has to be proposed anew. */
  | 'author-changed'
  | 'decided'

/**
 * Draws a proposal up. `state` and `height` are those of the author's chain.
 * @param nextSequence greater than every sequence of the author that is in the chain or waits
 */
export function makeProposal(
  crypto: Crypto,
  chainId: ChainId,
  state: ConsortiumState,
  height: number,
  input: Pick<ProposalDraft, 'author' | 'decisions' | 'createdAt' | 'note' | 'proofs'>,
  authorSecret: Uint8Array,
  nextSequence = lastSequenceOf(state, input.author) + 1,
): Proposal {
  assert(input.decisions.length > 0 && input.decisions.length <= PROPOSAL_DECISIONS_MAX)
  const draft: ProposalDraft = {
    ...input,
    note: input.note.normalize('NFC').slice(0, NOTE_TEXT_MAX),
    firstSequence: nextSequence + SEQUENCES_LEFT_FREE,
    notAfterHeight: height + PROPOSAL_VALID_HEIGHTS,
    height,
  }
  const draftBytes = encode(draftToCbor(draft))
  return {
    proposalId: proposalIdOf(crypto, chainId, draftBytes),
    draft,
    draftBytes,
    authorSignature: crypto.ed25519Sign(authorSecret, draftInput(chainId, draftBytes)),
    authorKey: crypto.ed25519PublicKey(authorSecret),
    approvals: [],
    rejections: [],
    withdrawal: null,
  }
}

/** Adds the approval of a voter, by its root key. A rejection that it gave before does not count any more. */
export function approveProposal(
  crypto: Crypto,
  chainId: ChainId,
  proposal: Proposal,
  memberId: MemberId,
  rootSecret: Uint8Array,
): Proposal {
  const signatures = proposal.draft.decisions.map((decision, i) =>
    crypto.ed25519Sign(rootSecret, approvalInput(chainId, proposal.draft, decision, i)),
  )
  return {
    ...proposal,
    approvals: [...without(proposal.approvals, memberId), { memberId, signatures }],
    rejections: without(proposal.rejections, memberId),
  }
}

export function rejectProposal(
  crypto: Crypto,
  chainId: ChainId,
  proposal: Proposal,
  memberId: MemberId,
  authorSecret: Uint8Array,
): Proposal {
  const signature = crypto.ed25519Sign(authorSecret, voiceInput(chainId, proposal.proposalId, REJECT))
  return {
    ...proposal,
    rejections: [...without(proposal.rejections, memberId), { memberId, signature }],
  }
}

/** By its author only. */
export function withdrawProposal(
  crypto: Crypto,
  chainId: ChainId,
  proposal: Proposal,
  authorSecret: Uint8Array,
): Proposal {
  const signature = crypto.ed25519Sign(authorSecret, voiceInput(chainId, proposal.proposalId, WITHDRAW))
  return { ...proposal, withdrawal: { memberId: proposal.draft.author, signature } }
}

/** All that two copies of one draft say. An approval weighs more than a rejection of the same member. */
export function mergeProposals(a: Proposal, b: Proposal): Proposal {
  assert(equalBytes(a.proposalId, b.proposalId), 'copies of one draft are merged')
  const approvals = [...a.approvals, ...b.approvals.filter(({ memberId }) => !isIn(a.approvals, memberId))]
  const rejections = [
    ...a.rejections,
    ...b.rejections.filter(({ memberId }) => !isIn(a.rejections, memberId)),
  ].filter(({ memberId }) => !isIn(approvals, memberId))
  return { ...a, approvals, rejections, withdrawal: a.withdrawal ?? b.withdrawal }
}

/** What `b` says and `a` does not: whether a copy is worth sending on. */
export function saysMore(a: Proposal, b: Proposal): boolean {
  return !equalBytes(encodeProposal(mergeProposals(a, b)), encodeProposal(a))
}

/**
 * How a proposal stands. `isDecided` is what the node found in the chain: the sequence alone does not tell a decided
 * proposal from an overtaken one.
 */
export function standingOf(
  proposal: Proposal,
  state: ConsortiumState,
  height: number,
  now: number,
  isDecided: boolean,
): ProposalStanding {
  const { draft } = proposal
  if (isDecided) return 'decided'
  if (proposal.withdrawal !== null) return 'withdrawn'
  if (lastSequenceOf(state, draft.author) >= draft.firstSequence) return 'overtaken'
  if (height >= draft.notAfterHeight || now > draft.createdAt + PROPOSAL_VALID_MS) return 'expired'
  const author = findMember(membersOf(state), draft.author)
  if (author === null || !equalBytes(author.authorKey, proposal.authorKey)) return 'author-changed'
  const voters = membersOf(state).filter((member) => member.isVoter)
  const quorum = quorumOf(voters.length)
  if (votersAmong(voters, proposal.approvals).length >= quorum) return 'approved'
  return voters.length - votersAmong(voters, proposal.rejections).length < quorum ? 'rejected' : 'open'
}

/**
 * The items of an approved proposal, signed by their author, ready to travel: approvals of voters in effect only, since the
 * chain refuses an item with any other. They belong into one segment.
 */
export function itemsOfProposal(
  crypto: Crypto,
  chainId: ChainId,
  proposal: Proposal,
  state: ConsortiumState,
  authorSecret: Uint8Array,
): Uint8Array[] {
  const voters = membersOf(state).filter((member) => member.isVoter)
  const approvals = votersAmong(voters, proposal.approvals)
  const { draft } = proposal
  return draft.decisions.map((decision, i) => {
    const signed = approvals.map(({ memberId, signatures }) => ({ memberId, signature: signatures[i]! }))
    const item = itemOf(draft, { ...decision, approvals: signed }, i)
    return signItem(crypto, chainId, item, authorSecret)
  })
}

/** Whether an item of the chain is a decision of this proposal; its position there, or null. */
export function positionInProposal({ draft }: Proposal, { item }: SignedItem): number | null {
  if (!equalBytes(item.author, draft.author) || !isDecision(item.clear)) return null
  const position = item.sequence - draft.firstSequence
  const decision = draft.decisions[position]
  if (decision === undefined) return null
  const ours = encode(itemToCbor(itemOf(draft, decision, position)))
  return equalBytes(ours, encode(itemToCbor({ ...item, clear: { ...item.clear, approvals: [] } })))
    ? position
    : null
}

/** The bytes that travel between members. */
export function encodeProposal(proposal: Proposal): Uint8Array {
  const { draftBytes, authorSignature, approvals, rejections, withdrawal } = proposal
  return encode([
    draftBytes,
    authorSignature,
    sorted(approvals).map(({ memberId, signatures }) => [memberId, signatures]),
    sorted(rejections).map(({ memberId, signature }) => [memberId, signature]),
    withdrawal === null ? null : withdrawal.signature,
  ])
}

export function encodeProposalFile(crypto: Crypto, proposal: Proposal): Uint8Array {
  return encodeFile(crypto, 'proposal', encodeProposal(proposal))
}

export function openProposalFile(
  crypto: Crypto,
  chainId: ChainId,
  members: readonly Member[],
  fileBytes: Uint8Array,
  options: DecodeOptions = {},
): OpenedProposal {
  const file = readFile(crypto, fileBytes, 'proposal')
  return file.kind === 'read' ? decodeProposal(crypto, chainId, members, file.payload, options) : file
}

/** Which draft a copy is of and whose it says to be, before any signature is checked; null where it is no proposal. */
export function nameOfProposal(
  crypto: Crypto,
  chainId: ChainId,
  bytes: Uint8Array,
): { readonly proposalId: Uint8Array; readonly author: MemberId } | null {
  const slots = asArray(tryDecode(bytes), 5)
  if (slots === null || !(slots[0] instanceof Uint8Array)) return null
  const draft = draftFromCbor(crypto, tryDecode(slots[0]))
  return draft && { proposalId: proposalIdOf(crypto, chainId, slots[0]), author: draft.author }
}

export type DecodeOptions = {
  /** A copy of the same draft that was opened before: what it holds already is not checked once more. */
  readonly known?: Proposal | null
  /** Every author key that a member ever had, by member id in hex. */
  readonly keysEver?: ReadonlyMap<string, readonly Uint8Array[]>
  /** It was taken here before: its author may have left since, or have other keys. */
  readonly isKept?: boolean
}

/**
 * Every signature is checked: what is inside a `Proposal` holds. Approvals of institutions that are gone are dropped, and
 * rejections under a key that is over.
 */
export function decodeProposal(
  crypto: Crypto,
  chainId: ChainId,
  members: readonly Member[],
  bytes: Uint8Array,
  { known = null, keysEver = new Map(), isKept = false }: DecodeOptions = {},
): OpenedProposal {
  const slots = asArray(tryDecode(bytes), 5)
  if (slots === null || !(slots[0] instanceof Uint8Array) || !isBytes(slots[1], 64))
    return refused('malformed')
  const [draftBytes, authorSignature] = [slots[0], slots[1]]
  const draft = draftFromCbor(crypto, tryDecode(draftBytes))
  const approvalList = asList(slots[2], MEMBERS_MAX)
  const rejectionList = asList(slots[3], MEMBERS_MAX)
  if (draft === null || approvalList === null || rejectionList === null) return refused('malformed')
  const author = findMember(members, draft.author)
  const earlierKeysOf = (memberId: MemberId) => keysEver.get(toHex(memberId)) ?? []
  const authorKeys = [
    ...(author === null ? [] : [author.authorKey]),
    ...(isKept ? earlierKeysOf(draft.author) : []),
  ]
  if (authorKeys.length === 0) return refused('unknown-author')
  const signedDraft = draftInput(chainId, draftBytes)
  const authorKey = authorKeys.find((key) => crypto.ed25519Verify(key, signedDraft, authorSignature))
  if (authorKey === undefined) return refused('forged')
  const proposalId = proposalIdOf(crypto, chainId, draftBytes)

  const approvals: Approval[] = []
  for (const entry of approvalList) {
    const pair = asArray(entry, 2)
    const signatures = pair && asArray(pair[1], draft.decisions.length)
    if (!pair || !signatures || !isBytes(pair[0], MEMBER_ID_BYTES)) return refused('malformed')
    if (isIn(approvals, pair[0])) return refused('malformed')
    const member = findMember(members, pair[0])
    if (member === null) continue
    const held = known?.approvals.find(({ memberId }) => equalBytes(memberId, member.memberId))
    const holds = draft.decisions.every((decision, i) => {
      const signature = signatures[i]
      if (!isBytes(signature, 64)) return false
      return (
        (held !== undefined && equalBytes(held.signatures[i]!, signature)) ||
        crypto.ed25519Verify(member.rootKey, approvalInput(chainId, draft, decision, i), signature)
      )
    })
    if (!holds) return refused('forged')
    approvals.push({ memberId: member.memberId, signatures: signatures as readonly Uint8Array[] })
  }
  const rejections: Voice[] = []
  for (const entry of rejectionList) {
    const pair = asArray(entry, 2)
    if (pair === null || !isBytes(pair[0], MEMBER_ID_BYTES) || !isBytes(pair[1], 64))
      return refused('malformed')
    if (isIn(rejections, pair[0])) return refused('malformed')
    const member = findMember(members, pair[0])
    if (member === null) continue
    const [signed, signature] = [voiceInput(chainId, proposalId, REJECT), pair[1]]
    if (crypto.ed25519Verify(member.authorKey, signed, signature))
      rejections.push({ memberId: member.memberId, signature })
    else if (!earlierKeysOf(member.memberId).some((key) => crypto.ed25519Verify(key, signed, signature)))
      return refused('forged')
  }
  let withdrawal: Voice | null = null
  if (slots[4] !== null) {
    if (!isBytes(slots[4], 64)) return refused('malformed')
    if (!crypto.ed25519Verify(authorKey, voiceInput(chainId, proposalId, WITHDRAW), slots[4]))
      return refused('forged')
    withdrawal = { memberId: draft.author, signature: slots[4] }
  }
  return {
    kind: 'opened',
    proposal: {
      proposalId,
      draft,
      draftBytes,
      authorSignature,
      authorKey,
      approvals,
      rejections,
      withdrawal,
    },
  }
}

/** Sequence of the member's last item; 0 where there is none, so that the first is 1. */
export function lastSequenceOf(state: ConsortiumState, memberId: MemberId): number {
  return state.sequences.find(([each]) => equalBytes(each, memberId))?.[1] ?? 0
}

/** Those of the voters that are named, by the order of the voters. */
function votersAmong<T extends { readonly memberId: MemberId }>(
  voters: readonly Member[],
  named: readonly T[],
): T[] {
  return voters.flatMap((voter) => named.filter(({ memberId }) => equalBytes(memberId, voter.memberId)))
}

const REJECT = 2
const WITHDRAW = 3

function itemOf(draft: ProposalDraft, clear: DecisionItem, position: number): Item {
  const { author, firstSequence, notAfterHeight } = draft
  return { clear, sealed: null, author, sequence: firstSequence + position, notAfterHeight }
}

function approvalInput(
  chainId: ChainId,
  draft: ProposalDraft,
  decision: DecisionItem,
  position: number,
): Uint8Array {
  const { author, firstSequence, notAfterHeight } = draft
  return approvalSignBytes(chainId, decision, author, firstSequence + position, notAfterHeight)
}

function proposalIdOf(crypto: Crypto, chainId: ChainId, draftBytes: Uint8Array): Uint8Array {
  return labelHash(crypto, 'consilium/proposal-draft/1', chainId, draftBytes)
}

function draftInput(chainId: ChainId, draftBytes: Uint8Array): Uint8Array {
  return signatureInput('consilium/proposal-draft/1', chainId, draftBytes)
}

function voiceInput(chainId: ChainId, proposalId: Uint8Array, choice: number): Uint8Array {
  return signatureInput('consilium/proposal-voice/1', chainId, encode([proposalId, choice]))
}

function draftToCbor(draft: ProposalDraft): Cbor {
  return [
    1,
    draft.height,
    draft.createdAt,
    draft.note,
    draft.decisions.map((decision, i) => itemToCbor(itemOf(draft, { ...decision, approvals: [] }, i))),
    draft.proofs,
  ]
}

function draftFromCbor(crypto: Crypto, value: Cbor | undefined): ProposalDraft | null {
  const slots = asArray(value, 6)
  if (slots === null || slots[0] !== 1) return null
  const [, height, createdAt, note, itemValues, proofValues] = slots
  const itemList = asList(itemValues, PROPOSAL_DECISIONS_MAX)
  const proofs = asList(proofValues, PROPOSAL_DECISIONS_MAX)
  if (!isCount(height) || !isCount(createdAt) || typeof note !== 'string' || note.length > NOTE_TEXT_MAX)
    return null
  if (itemList === null || itemList.length === 0 || proofs === null) return null
  const decisions: DecisionItem[] = []
  let first: Item | null = null
  for (const each of itemList) {
    const item = itemFromCbor(crypto, each)
    if (item === null || item.sealed !== null || !isDecision(item.clear)) return null
    if (item.clear.approvals.length > 0) return null
    first ??= item
    const isNext =
      equalBytes(item.author, first.author) &&
      item.sequence === first.sequence + decisions.length &&
      item.notAfterHeight === first.notAfterHeight
    if (!isNext) return null
    decisions.push(item.clear)
  }
  if (first === null || !proofs.every((proof) => proof instanceof Uint8Array)) return null
  const { author, sequence, notAfterHeight } = first
  return {
    author,
    decisions,
    firstSequence: sequence,
    notAfterHeight,
    height,
    createdAt,
    note,
    proofs,
  }
}

function isDecision(clear: ItemClear): clear is DecisionItem {
  return (
    clear.kind === 'membership' ||
    clear.kind === 'policy' ||
    clear.kind === 'protocol' ||
    clear.kind === 'network'
  )
}

function isIn(entries: readonly { readonly memberId: MemberId }[], memberId: Uint8Array): boolean {
  return entries.some((entry) => equalBytes(entry.memberId, memberId))
}

function without<T extends { readonly memberId: MemberId }>(entries: readonly T[], memberId: MemberId): T[] {
  return entries.filter((entry) => !equalBytes(entry.memberId, memberId))
}

function sorted<T extends { readonly memberId: MemberId }>(entries: readonly T[]): T[] {
  return [...entries].sort((a, b) => compareBytes(a.memberId, b.memberId))
}

function refused(reason: ProposalRefusal): OpenedProposal {
  return { kind: 'refused', reason }
}
