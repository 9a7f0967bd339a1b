/**
 * Membership as an institution works on it: proposals that it made or took, what became of them in the chain, proofs and
 * invitations. It decides nothing: the chain does, over items that a quorum approved.
 */
import { equalBytes, toHex } from '../../shared/std/bytes.ts'
import { accumulatorRoot, EMPTY_ACCUMULATOR } from '../node/chain/accumulator.ts'
import { PROTOCOLS } from '../node/chain/protocol.ts'
import { keyOf, type MemberId } from '../node/chain/ids.ts'
import { decodeSignedItem } from '../node/chain/item.ts'
import { findMember, type Member } from '../node/chain/members.ts'
import { decodeSegment } from '../node/chain/segment.ts'
import { membersOf, scheduledState } from '../node/chain/state.ts'
import type { Crypto } from '../node/crypto/crypto.ts'
import { strengthOf, type Strength } from '../node/membership/arithmetic.ts'
import {
  candidatesOf,
  judgeDecisions,
  planDecisions,
  replacementsOf,
  type Judgement,
  type Plan,
  type PlanWorld,
  type Replacement,
} from '../node/membership/decisions.ts'
import { OPEN_PER_AUTHOR_MAX, PROPOSAL_AHEAD_MAX_MS, PROPOSAL_VALID_MS } from '../node/membership/limits.ts'
import {
  approveProposal,
  decodeProposal,
  encodeProposal,
  encodeProposalFile,
  itemsOfProposal,
  makeProposal,
  mergeProposals,
  nameOfProposal,
  openProposalFile,
  positionInProposal,
  rejectProposal,
  saysMore,
  standingOf,
  withdrawProposal,
  type Proposal,
  type ProposalRefusal,
  type ProposalStanding,
} from '../node/membership/proposal.ts'
import {
  checkProof,
  decodeProof,
  signProof,
  type ChainPoint,
  type ProofVerdict,
  type SyncProof,
} from '../node/membership/sync-proof.ts'
import { readSegment } from '../node/storage/chain-store.ts'
import { createTokenBucket, type TokenBucket } from '../node/network/token-bucket.ts'
import { ItemFailure } from '../node/waiting/items.ts'
import type { GivenInvitation, KeptFiles } from './kept-files.ts'
import type { GovernanceNode } from './node-port.ts'

export interface GovernanceOptions {
  readonly crypto: Crypto
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly node: GovernanceNode
  readonly kept: KeptFiles
  /** Ed25519 seed of the author key in effect: a node key, it outlives a lock, and members can change it. */
  readonly authorSecret: () => Uint8Array
  /** Hash of the token of the invitation with which this institution came in, or null. */
  readonly tokenHash: Uint8Array | null
  readonly onChanged: () => void
}

export interface CheckedProof {
  readonly member: Member
  readonly proof: SyncProof
  readonly verdict: ProofVerdict
}

export interface ProposalNow {
  readonly proposal: Proposal
  /** What each decision that replaces an entry of the table meant when it was proposed; null for the others. */
  readonly replacements: readonly (Replacement | null)[]
  readonly standing: ProposalStanding
  readonly decidedHeight: number | null
  /** Judged now; null where it is over. */
  readonly judgement: Judgement | null
  readonly proofs: readonly CheckedProof[]
  /** Why this institution should not approve it yet although it is possible. */
  readonly proofRefusal: 'proof-missing' | 'proof-does-not-hold' | null
}

export type ProposeResult =
  | { readonly kind: 'proposed'; readonly now: ProposalNow }
  | Extract<Judgement, { kind: 'refused' }>
  | { readonly kind: 'refused'; readonly reason: 'proposal-open' | ProofRefusal; readonly arithmetic: null }

type ProofRefusal = 'proof-missing' | 'proof-does-not-hold'
export type VoiceResult =
  | { readonly kind: 'done'; readonly now: ProposalNow }
  | {
      readonly kind: 'refused'
      readonly reason: 'proposal-over' | 'no-vote' | 'not-the-author' | ProofRefusal
      readonly arithmetic: null
    }
  | Extract<Judgement, { kind: 'refused' }>

/** What became of a copy that came over the network. */
export type TakenOffer =
  /** `isFirst`: nobody here knew of this proposal before. */
  | { readonly kind: 'news'; readonly now: ProposalNow; readonly isFirst: boolean }
  /** All that it says is known here, or the proposal is over. */
  | { readonly kind: 'nothing-new' }
  /** Not now: its author is not known yet, has too much open, or the copy does not hold. */
  | { readonly kind: 'let-be' }

/** Opened for one signature; the caller forgets it. */
export interface PersonKeys {
  readonly root: Uint8Array
}

export interface Governance {
  /** Who votes and who of them is reachable, now. */
  strength(): Strength
  isReachable(memberId: MemberId): boolean
  /** Connected, and as it says itself it signs votes, or would with a vote. */
  isSigning(memberId: MemberId): boolean
  weigh(plan: Plan): Judgement
  /** With keys, this institution approves at once. */
  propose(plan: Plan, note: string, keys: PersonKeys | null): Promise<ProposeResult>
  proposals(): Promise<ProposalNow[]>
  approve(proposalId: Uint8Array, keys: PersonKeys): Promise<VoiceResult>
  reject(proposalId: Uint8Array): Promise<VoiceResult>
  withdraw(proposalId: Uint8Array): Promise<VoiceResult>
  /** Bytes of a proposal's file, or null where it is not known. */
  fileOf(proposalId: Uint8Array): Uint8Array | null
  takeFile(
    bytes: Uint8Array,
  ): Promise<
    { kind: 'taken'; now: ProposalNow; isNews: boolean } | { kind: 'refused'; reason: ProposalRefusal }
  >
  /** Takes a copy that a member offered over the network: less than a file may bring, since nobody chose it. */
  takeOffer(bytes: Uint8Array): Promise<TakenOffer>
  /** Copies that a member which was away may lack: what is not over, and what members' words have ended. */
  offers(): Promise<Uint8Array[]>
  /** A proposal says more than before, by somebody here or elsewhere. Returns how to stop. */
  onMore(listener: (copy: Uint8Array) => void): () => void
  /** A signed proof of this institution, and whether it is complete. */
  ownProof(): { signed: Uint8Array; proof: SyncProof; isComplete: boolean }
  /** Keeps the proof of a member; null where it is of nobody here. */
  takeProof(signed: Uint8Array): Promise<CheckedProof | null>
  proofOf(member: Member): Promise<CheckedProof | null>
  invitations(): readonly GivenInvitation[]
  rememberInvitation(given: GivenInvitation): Promise<void>
  /** The chain has grown: finds decisions, submits what became ready. */
  chainGrew(): Promise<void>
  close(): Promise<void>
}

/** Proposals that are over are forgotten after this many others came, and of one author after so many of its own. */
const OVER_KEPT_MAX = 100
const OVER_KEPT_PER_AUTHOR_MAX = 20
/** What comes to a member that was away; the bound of what the others let in from one peer is above it. */
const OFFERS_MAX = 64
/** New proposals of one author that are taken from the network: people make fewer. */
const NEW_PER_AUTHOR_BURST = 32
const NEW_PER_AUTHOR_PER_SECOND = 1 / 60

const LET_BE: TakenOffer = { kind: 'let-be' }
const NOTHING_NEW: TakenOffer = { kind: 'nothing-new' }
const OFFERED: ReadonlySet<ProposalStanding> = new Set(['open', 'approved', 'withdrawn', 'rejected'])

interface Held {
  proposal: Proposal
  /** As of when it was first seen: once in effect, the entry that it replaced is gone. */
  replacements: readonly (Replacement | null)[]
  searchedTo: number
  decidedHeight: number | null
}

export async function openGovernance(options: GovernanceOptions): Promise<Governance> {
  const { crypto, now, node, kept, authorSecret } = options
  const { chainId } = node.ledger
  const held = new Map<string, Held>()
  const proofs = await kept.proofs()
  /** Epoch in which a proposal's items were handed in: in another one its approvals may be others'. */
  const submittedIn = new Map<string, number>()
  const moreListeners = new Set<(copy: Uint8Array) => void>()
  const newOf = new Map<string, TokenBucket>()
  let invitations = await kept.invitations()
  let isClosed = false

  const state = () => node.ledger.state.consortium
  const members = () => membersOf(state())
  const scheduledMembers = () => membersOf(scheduledState(state()))

  for (const { bytes, replacements, searchedTo, decidedHeight } of await kept.proposals()) {
    // The author may have left since, or have other keys: it stays in the list, which says so.
    const opened = decodeProposal(crypto, chainId, scheduledMembers(), bytes, {
      keysEver: await node.ledger.authorKeysEver(),
      isKept: true,
    })
    if (opened.kind !== 'opened') continue
    const { proposal } = opened
    held.set(toHex(proposal.proposalId), {
      proposal,
      replacements: replacements ?? replacementsOf(state(), proposal.draft.decisions),
      searchedTo,
      decidedHeight,
    })
  }

  // One change at a time: an approval must not cross the search that submits.
  let turn: Promise<unknown> = Promise.resolve()
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = turn.then(work, work)
    turn = mine.catch(() => {})
    return mine
  }

  function isReachable(memberId: MemberId): boolean {
    if (equalBytes(memberId, node.memberId)) return true
    return node.peers().some((peer) => peer.state === 'up' && equalBytes(peer.memberId, memberId))
  }
  function isSigning(memberId: MemberId): boolean {
    if (equalBytes(memberId, node.memberId)) return node.signing === 'signs'
    return node
      .peers()
      .some((peer) => peer.state === 'up' && peer.signing === 'signs' && equalBytes(peer.memberId, memberId))
  }
  const world: PlanWorld = {
    isReachable,
    isSigning,
    // Of one that is not reachable nobody knows what it speaks.
    versionOf: (memberId) =>
      equalBytes(memberId, node.memberId)
        ? PROTOCOLS.max
        : (node.peers().find((peer) => equalBytes(peer.memberId, memberId))?.newestProtocol ?? 0),
  }

  async function pointAt(height: number): Promise<ChainPoint | null> {
    const { ledger } = node
    if (height > ledger.state.height) return null
    if (height === 0)
      return { tip: chainId, headsRoot: accumulatorRoot(crypto, EMPTY_ACCUMULATOR), blockCount: 0 }
    const stored = await readSegment(node.store, height)
    const segment = stored.kind === 'ok' ? decodeSegment(stored.value.segment) : null
    if (segment === null) return null
    return {
      tip: segment.tip,
      headsRoot: segment.headsRoot,
      blockCount: segment.firstIndex + segment.count,
    }
  }

  async function checked(member: Member, signed: Uint8Array): Promise<CheckedProof | null> {
    const proof = decodeProof(signed)
    if (proof === null) return null
    const point = await pointAt(proof.height)
    return { member, proof, verdict: checkProof(crypto, chainId, signed, member, () => point, now()) }
  }

  async function viewOf({ proposal, replacements, decidedHeight }: Held): Promise<ProposalNow> {
    const { height } = node.ledger.state
    const standing = standingOf(proposal, state(), height, now(), decidedHeight !== null)
    const isOver = standing !== 'open' && standing !== 'approved'
    const judgement = isOver ? null : judgeDecisions(state(), height + 1, proposal.draft.decisions, world)
    const checkedProofs: CheckedProof[] = []
    let proofRefusal: ProofRefusal | null = null
    for (const member of isOver ? [] : candidatesOf(state(), proposal.draft.decisions)) {
      const found = (
        await Promise.all(proposal.draft.proofs.map((signed) => checked(member, signed)))
      ).filter((each) => each !== null && equalBytes(each.proof.memberId, member.memberId))
      const best = found.find((each) => each?.verdict === 'holds') ?? found[0] ?? null
      if (best === null) proofRefusal = 'proof-missing'
      else {
        checkedProofs.push(best)
        if (best.verdict !== 'holds') proofRefusal ??= 'proof-does-not-hold'
      }
    }
    return { proposal, replacements, standing, decidedHeight, judgement, proofs: checkedProofs, proofRefusal }
  }

  async function keep(entry: Held): Promise<void> {
    const { proposal, replacements, searchedTo, decidedHeight } = entry
    const name = toHex(proposal.proposalId)
    const before = held.get(name)?.proposal
    const bytes = encodeProposal(proposal)
    // Kept first: what others were told is not forgotten here by a crash, and what cannot be kept is not known.
    await kept.saveProposal({
      proposalId: proposal.proposalId,
      bytes,
      replacements,
      searchedTo,
      decidedHeight,
    })
    held.set(name, entry)
    if (before === undefined || saysMore(before, proposal))
      for (const listener of moreListeners) listener(bytes)
    options.onChanged()
  }

  /** Signs and submits the items of own proposals that have a quorum and may stand now. */
  async function submitReady(): Promise<void> {
    for (const entry of held.values()) {
      const { proposal } = entry
      if (!equalBytes(proposal.draft.author, node.memberId)) continue
      const name = toHex(proposal.proposalId)
      const { epoch } = state()
      if (submittedIn.get(name) === epoch) continue
      const view = await viewOf(entry)
      if (view.standing !== 'approved' || view.judgement?.kind !== 'possible') continue
      try {
        for (const item of itemsOfProposal(crypto, chainId, proposal, state(), authorSecret()))
          await node.submitItem(item)
        submittedIn.set(name, epoch)
      } catch (error) {
        // It may not stand now: the state after the next segment says whether it ever may.
        if (!(error instanceof ItemFailure)) throw error
      }
    }
  }

  /** Looks for decisions in the segments that came since, and forgets old proposals. */
  async function search(): Promise<void> {
    const { height } = node.ledger.state
    for (const entry of held.values()) {
      if (entry.decidedHeight !== null || entry.searchedTo >= height) continue
      const last = entry.proposal.draft.decisions.length - 1
      let decidedHeight: number | null = null
      for (let at = entry.searchedTo + 1; at <= height && decidedHeight === null; at++) {
        const stored = await readSegment(node.store, at)
        if (stored.kind !== 'ok') continue
        for (const bytes of stored.value.items) {
          const signed = decodeSignedItem(crypto, bytes)
          if (signed !== null && positionInProposal(entry.proposal, signed) === last) decidedHeight = at
        }
      }
      entry.searchedTo = height
      if (decidedHeight !== null) {
        entry.decidedHeight = decidedHeight
        await keep(entry)
      }
    }
    await forgetOld()
  }

  function standingNow({ proposal, decidedHeight }: Held): ProposalStanding {
    return standingOf(proposal, state(), node.ledger.state.height, now(), decidedHeight !== null)
  }
  function isOngoing(entry: Held): boolean {
    const standing = standingNow(entry)
    return standing === 'open' || standing === 'approved'
  }

  /** Newest first they stay; what one author has too many of goes before anything of another. */
  async function forgetOld(): Promise<void> {
    if (held.size <= OVER_KEPT_PER_AUTHOR_MAX) return
    const over = [...held.values()].filter((entry) => !isOngoing(entry))
    over.sort((a, b) => b.proposal.draft.createdAt - a.proposal.draft.createdAt)
    const countOf = new Map<string, number>()
    let keptCount = 0
    for (const { proposal } of over) {
      const author = keyOf(proposal.draft.author)
      const count = (countOf.get(author) ?? 0) + 1
      countOf.set(author, count)
      if (count <= OVER_KEPT_PER_AUTHOR_MAX && ++keptCount <= OVER_KEPT_MAX) continue
      held.delete(toHex(proposal.proposalId))
      await kept.dropProposal(proposal.proposalId)
    }
  }

  /** Whether one more proposal of this author is let in from the network. `take` counts it. */
  function isRoomFor(author: MemberId, take: boolean): boolean {
    let openCount = 0
    for (const entry of held.values())
      if (equalBytes(entry.proposal.draft.author, author) && isOngoing(entry)) openCount++
    if (openCount >= OPEN_PER_AUTHOR_MAX) return false
    const name = keyOf(author)
    let bucket = newOf.get(name)
    if (bucket === undefined) {
      bucket = createTokenBucket(NEW_PER_AUTHOR_PER_SECOND, NEW_PER_AUTHOR_BURST, now())
      newOf.set(name, bucket)
    }
    return bucket.take(take ? 1 : 0, now()) === 0
  }

  async function takeOffer(bytes: Uint8Array): Promise<TakenOffer> {
    if (isClosed) return LET_BE
    const named = nameOfProposal(crypto, chainId, bytes)
    if (named === null) return LET_BE
    const name = toHex(named.proposalId)
    const known = held.get(name)
    if (known !== undefined && !isOngoing(known) && standingNow(known) !== 'rejected') return NOTHING_NEW
    if (known === undefined && !isRoomFor(named.author, false)) return LET_BE
    // Only of members in effect.
    const opened = decodeProposal(crypto, chainId, members(), bytes, {
      known: known?.proposal ?? null,
      keysEver: await node.ledger.authorKeysEver(),
    })
    if (opened.kind === 'refused') return LET_BE
    let entry: Held
    if (known === undefined) {
      // It is not in the chain up to here: else its author's sequences would have passed it.
      const replacements = replacementsOf(state(), opened.proposal.draft.decisions)
      const searchedTo = node.ledger.state.height
      entry = { proposal: opened.proposal, replacements, searchedTo, decidedHeight: null }
      if (!isOngoing(entry)) return NOTHING_NEW
      if (opened.proposal.draft.createdAt > now() + PROPOSAL_AHEAD_MAX_MS) return LET_BE
      if (!isRoomFor(named.author, true)) return LET_BE
    } else {
      if (!saysMore(known.proposal, opened.proposal)) return NOTHING_NEW
      entry = { ...known, proposal: mergeProposals(known.proposal, opened.proposal) }
    }
    await keep(entry)
    await search()
    await submitReady()
    return { kind: 'news', now: await viewOf(held.get(name) ?? entry), isFirst: known === undefined }
  }

  function withApproval(proposal: Proposal, keys: PersonKeys): Proposal {
    return approveProposal(crypto, chainId, proposal, node.memberId, keys.root)
  }

  const governance: Governance = {
    // Who is here and signs nothing decides nothing: what is said of visits must not count on it, whoever it is.
    strength: () => strengthOf(node.ledger.state.voters, world),
    isReachable,
    isSigning,
    weigh: (plan) => planDecisions(state(), node.ledger.state.height + 1, plan, world),

    propose: (plan, note, keys) =>
      inTurn(async () => {
        await search()
        const { height } = node.ledger.state
        const judged = planDecisions(state(), height + 1, plan, world)
        if (judged.kind === 'refused') return judged
        for (const entry of held.values()) {
          const isOwn = equalBytes(entry.proposal.draft.author, node.memberId)
          const { standing } = await viewOf(entry)
          // Items of one author have an order: a second proposal would be overtaken by the first.
          if (isOwn && (standing === 'open' || standing === 'approved'))
            return { kind: 'refused', reason: 'proposal-open', arithmetic: null }
        }
        const candidates = candidatesOf(state(), judged.decisions)
        const needed: Uint8Array[] = []
        for (const member of candidates) {
          const signed = proofs.get(keyOf(member.memberId))
          if (signed === undefined) return { kind: 'refused', reason: 'proof-missing', arithmetic: null }
          const proof = await checked(member, signed)
          if (proof?.verdict !== 'holds')
            return { kind: 'refused', reason: 'proof-does-not-hold', arithmetic: null }
          needed.push(signed)
        }
        let proposal = makeProposal(
          crypto,
          chainId,
          state(),
          height,
          {
            author: node.memberId,
            decisions: judged.decisions,
            createdAt: now(),
            note,
            proofs: needed,
          },
          authorSecret(),
          node.nextSequence(),
        )
        if (keys !== null && isVoter()) proposal = withApproval(proposal, keys)
        const replacements = replacementsOf(state(), proposal.draft.decisions)
        const entry: Held = { proposal, replacements, searchedTo: height, decidedHeight: null }
        await keep(entry)
        await submitReady()
        return { kind: 'proposed', now: await viewOf(entry) }
      }),

    proposals: async () => {
      // A segment may have come since the last look: nothing that is decided is shown as overtaken.
      await inTurn(search)
      const views = await Promise.all([...held.values()].map(viewOf))
      return views.sort((a, b) => b.proposal.draft.createdAt - a.proposal.draft.createdAt)
    },

    approve: (proposalId, keys) =>
      inTurn(async () => {
        const entry = held.get(toHex(proposalId))
        if (entry === undefined) return over()
        const view = await viewOf(entry)
        if (view.judgement === null) return over()
        if (!isVoter()) return { kind: 'refused', reason: 'no-vote', arithmetic: null }
        if (view.judgement.kind === 'refused') return view.judgement
        if (view.proofRefusal !== null)
          return { kind: 'refused', reason: view.proofRefusal, arithmetic: null }
        await keep({ ...entry, proposal: withApproval(entry.proposal, keys) })
        await submitReady()
        return { kind: 'done', now: await viewOf(held.get(toHex(proposalId))!) }
      }),

    reject: (proposalId) =>
      inTurn(async () => {
        const entry = held.get(toHex(proposalId))
        if (entry === undefined || (await viewOf(entry)).judgement === null) return over()
        if (!isVoter()) return { kind: 'refused', reason: 'no-vote', arithmetic: null }
        const proposal = rejectProposal(crypto, chainId, entry.proposal, node.memberId, authorSecret())
        await keep({ ...entry, proposal })
        return { kind: 'done', now: await viewOf(held.get(toHex(proposalId))!) }
      }),

    withdraw: (proposalId) =>
      inTurn(async () => {
        const entry = held.get(toHex(proposalId))
        if (entry === undefined || (await viewOf(entry)).judgement === null) return over()
        if (!equalBytes(entry.proposal.draft.author, node.memberId))
          return { kind: 'refused', reason: 'not-the-author', arithmetic: null }
        const proposal = withdrawProposal(crypto, chainId, entry.proposal, authorSecret())
        await keep({ ...entry, proposal })
        return { kind: 'done', now: await viewOf(held.get(toHex(proposalId))!) }
      }),

    fileOf(proposalId) {
      const entry = held.get(toHex(proposalId))
      return entry === undefined ? null : encodeProposalFile(crypto, entry.proposal)
    },

    takeFile: (bytes) =>
      inTurn(async () => {
        const keysEver = await node.ledger.authorKeysEver()
        const opened = openProposalFile(crypto, chainId, scheduledMembers(), bytes, { keysEver })
        if (opened.kind === 'refused') return opened
        const name = toHex(opened.proposal.proposalId)
        const known = held.get(name)
        const isNews = known === undefined || saysMore(known.proposal, opened.proposal)
        if (isNews) {
          const proposal = known ? mergeProposals(known.proposal, opened.proposal) : opened.proposal
          // A vote is given over proofs that came with the proposal; they are worth keeping by themselves.
          await keep({
            proposal,
            replacements: known?.replacements ?? replacementsOf(state(), proposal.draft.decisions),
            searchedTo: known?.searchedTo ?? Math.min(proposal.draft.height, node.ledger.state.height),
            decidedHeight: known?.decidedHeight ?? null,
          })
          await search()
          await submitReady()
        }
        return { kind: 'taken', now: await viewOf(held.get(name)!), isNews }
      }),

    takeOffer: (bytes) => inTurn(() => takeOffer(bytes)),
    offers: () =>
      inTurn(async () => {
        await search()
        const worth = [...held.values()].filter((entry) => OFFERED.has(standingNow(entry)))
        // A word that ended a proposal is told as long as the proposal could have lasted.
        worth.sort((a, b) => b.proposal.draft.createdAt - a.proposal.draft.createdAt)
        return worth
          .filter(({ proposal }) => now() <= proposal.draft.createdAt + PROPOSAL_VALID_MS)
          .slice(0, OFFERS_MAX)
          .map(({ proposal }) => encodeProposal(proposal))
      }),
    onMore(listener) {
      moreListeners.add(listener)
      return () => moreListeners.delete(listener)
    },

    ownProof() {
      const { ledger } = node
      const { height, tip, heads, blockCount } = ledger.state
      const openableCount = Math.min(node.rowsHeldUpTo, blockCount)
      const proof: SyncProof = {
        memberId: node.memberId,
        height,
        tip,
        headsRoot: accumulatorRoot(crypto, heads),
        blockCount,
        openableCount,
        createdAt: now(),
        tokenHash: options.tokenHash,
      }
      const signed = signProof(crypto, chainId, proof, authorSecret())
      return { signed, proof, isComplete: openableCount === blockCount }
    },

    async takeProof(signed) {
      const proof = decodeProof(signed)
      const member = proof && findMember(scheduledMembers(), proof.memberId)
      const result = member && (await checked(member, signed))
      if (result === null) return null
      // A claim that somebody else signed is not worth a place on the disk.
      if (result.verdict !== 'forged' && result.verdict !== 'malformed') {
        proofs.set(keyOf(result.member.memberId), signed)
        await kept.saveProof(result.member.memberId, signed)
        options.onChanged()
      }
      return result
    },

    async proofOf(member) {
      const signed = proofs.get(keyOf(member.memberId))
      return signed === undefined ? null : checked(member, signed)
    },

    invitations: () => invitations,
    async rememberInvitation(given) {
      invitations = [...invitations.filter((each) => !equalBytes(each.memberId, given.memberId)), given]
      await kept.saveInvitations(invitations)
      options.onChanged()
    },

    chainGrew: () =>
      inTurn(async () => {
        if (isClosed) return
        await search()
        await submitReady()
        options.onChanged()
      }),

    async close() {
      isClosed = true
      await turn.catch(() => {})
    },
  }

  function isVoter(): boolean {
    return findMember(members(), node.memberId)?.isVoter === true
  }
  function over(): VoiceResult {
    return { kind: 'refused', reason: 'proposal-over', arithmetic: null }
  }

  // A crash may have come between the last approval and the items; on an idle chain nothing else would submit them.
  await inTurn(async () => {
    await search()
    await submitReady()
  })
  return governance
}
