import { describe, expect, it } from 'vitest'
import { assert } from '../../../shared/std/assert.ts'
import { toHex } from '../../../shared/std/bytes.ts'
import {
  createInstitution,
  crypto,
  finalise,
  flipped,
  foundConsortium,
  makeItem,
} from '../chain/consortium.test-kit.ts'
import { encode, tryDecode, type Cbor } from '../chain/codec.ts'
import { decodeSignedItem } from '../chain/item.ts'
import { membersOf } from '../chain/state.ts'
import { PROPOSAL_VALID_MS } from './limits.ts'
import { NOW, proposed } from './membership.test-kit.ts'
import {
  approveProposal,
  decodeProposal,
  encodeProposal,
  encodeProposalFile,
  itemsOfProposal,
  makeProposal,
  mergeProposals,
  openProposalFile,
  positionInProposal,
  rejectProposal,
  saysMore,
  standingOf,
  withdrawProposal,
  type Proposal,
} from './proposal.ts'

const consortium = foundConsortium({ seed: 'proposal', voters: 4, hospitals: 1, others: ['university'] })
const [north, east, south, west, clinic, university] = consortium.institutions as [
  (typeof consortium.institutions)[0],
  (typeof consortium.institutions)[0],
  (typeof consortium.institutions)[0],
  (typeof consortium.institutions)[0],
  (typeof consortium.institutions)[0],
  (typeof consortium.institutions)[0],
]
const { chainId, start } = consortium
const members = membersOf(start.consortium)
const plan = { kind: 'policy', name: 'smallestCount', value: 20 } as const
const standing = (proposal: Proposal, state = start, now = NOW, isDecided = false) =>
  standingOf(proposal, state.consortium, state.height, now, isDecided)
const approve = (proposal: Proposal, { member, rootSecret }: typeof north) =>
  approveProposal(crypto, chainId, proposal, member.memberId, rootSecret)
const reject = (proposal: Proposal, { member, authorSecret }: typeof north) =>
  rejectProposal(crypto, chainId, proposal, member.memberId, authorSecret)
const reopened = (proposal: Proposal) => {
  const opened = openProposalFile(crypto, chainId, members, encodeProposalFile(crypto, proposal))
  assert(opened.kind === 'opened', `the proposal of a test opens: ${JSON.stringify(opened)}`)
  return opened.proposal
}

describe('a proposal', () => {
  it('collects approvals from copies in any order, and its items are what the chain takes', () => {
    const draft = proposed(consortium, start, north, plan, [])
    expect(standing(draft)).toBe('open')
    const copies = [north, east, south].map((each) => approve(reopened(draft), each))
    const two = mergeProposals(reopened(copies[2]!), reopened(copies[0]!))
    expect(standing(two)).toBe('open')
    const three = mergeProposals(two, copies[1]!)
    expect(standing(three)).toBe('approved')
    const items = itemsOfProposal(crypto, chainId, three, start.consortium, north.authorSecret)
    const { state } = finalise(consortium, start, { items })
    expect(state.consortium.pending).toMatchObject([{ effectHeight: 3, change: { value: 20 } }])
  })

  it('says whether a copy brings anything new', () => {
    const draft = proposed(consortium, start, north, plan, [])
    expect(saysMore(draft, approve(draft, east))).toBe(true)
    expect(saysMore(approve(draft, east), draft)).toBe(false)
    expect(saysMore(draft, reject(draft, east))).toBe(true)
  })

  it('counts approvals of voters only: a clinic and a university may speak and do not decide', () => {
    const draft = proposed(consortium, start, north, plan, [north, east, clinic, university])
    expect(standing(draft)).toBe('open')
    const items = itemsOfProposal(
      crypto,
      chainId,
      approve(draft, south),
      start.consortium,
      north.authorSecret,
    )
    const signed = decodeSignedItem(crypto, items[0]!)
    expect(signed?.item.clear).toMatchObject({ kind: 'policy' })
    expect(finalise(consortium, start, { items }).state.height).toBe(1)
  })

  it('is rejected when no quorum is left, and a change of mind counts', () => {
    let proposal = reject(proposed(consortium, start, north, plan, [north]), east)
    expect(standing(proposal)).toBe('open')
    proposal = reject(proposal, south)
    expect(standing(reopened(proposal))).toBe('rejected')
    proposal = approve(proposal, south)
    expect(proposal.rejections).toHaveLength(1)
    expect(standing(reopened(proposal))).toBe('open')
    expect(standing(approve(proposal, west))).toBe('approved')
  })

  it('is over when withdrawn, expired, decided, or overtaken by another decision of its author', () => {
    const proposal = proposed(consortium, start, north, plan, [north, east, south])
    expect(standing(reopened(withdrawProposal(crypto, chainId, proposal, north.authorSecret)))).toBe(
      'withdrawn',
    )
    expect(standing(proposal, start, NOW + PROPOSAL_VALID_MS + 1)).toBe('expired')
    const items = itemsOfProposal(crypto, chainId, proposal, start.consortium, north.authorSecret)
    const { state } = finalise(consortium, start, { items })
    expect(standing(proposal, state, NOW, true)).toBe('decided')
    expect(standing(proposal, state)).toBe('overtaken')
    const other = proposed(consortium, start, north, { ...plan, value: 30 }, [north, east, south])
    expect(standing(other, state)).toBe('overtaken')
  })

  it('is void once its author has left or has other keys, and only whoever took it before still reads it', () => {
    const proposal = reject(proposed(consortium, start, north, plan, [north, east]), south)
    const bytes = encodeProposal(proposal)
    const thief = createInstitution(consortium.random, 'Thief').member.authorKey
    const withKey = (of: typeof north) =>
      start.consortium.members.map((entry) =>
        toHex(entry.member.memberId) === toHex(of.member.memberId)
          ? { ...entry, member: { ...entry.member, authorKey: thief } }
          : entry,
      )
    const rekeyed = { ...start, consortium: { ...start.consortium, members: withKey(north) } }
    const others = start.consortium.members.filter(
      ({ member }) => toHex(member.memberId) !== toHex(north.member.memberId),
    )
    const left = { ...start, consortium: { ...start.consortium, members: others } }
    const keysEver = new Map([[toHex(north.member.memberId), [north.member.authorKey, thief]]])
    for (const [state, reason] of [
      [rekeyed, 'forged'],
      [left, 'unknown-author'],
    ] as const) {
      expect(standing(proposal, state)).toBe('author-changed')
      const known = membersOf(state.consortium)
      expect(decodeProposal(crypto, chainId, known, bytes, { keysEver })).toEqual({ kind: 'refused', reason })
      const kept = decodeProposal(crypto, chainId, known, bytes, { keysEver, isKept: true })
      expect(kept.kind === 'opened' && standing(kept.proposal, state)).toBe('author-changed')
    }
    const silent = decodeProposal(
      crypto,
      chainId,
      membersOf({ ...start.consortium, members: withKey(south) }),
      bytes,
      { keysEver: new Map([[toHex(south.member.memberId), [south.member.authorKey, thief]]]) },
    )
    expect(silent.kind === 'opened' && silent.proposal.rejections).toEqual([])
  })

  it('is not overtaken by what the node of its author submits by itself meanwhile', () => {
    const proposal = proposed(consortium, start, north, plan, [north, east, south])
    const anchor = { kind: 'anchor', auditRoot: new Uint8Array(32), count: 1 } as const
    const { state } = finalise(consortium, start, { items: [makeItem(consortium, north, anchor, 1)] })
    expect(standing(proposal, state)).toBe('approved')
    const items = itemsOfProposal(crypto, chainId, proposal, state.consortium, north.authorSecret)
    expect(finalise(consortium, state, { items }).state.consortium.pending).toHaveLength(1)
  })

  it('is found again among the items of the chain, and another one of the same author is not it', () => {
    const proposal = proposed(consortium, start, north, plan, [north, east, south])
    const other = proposed(consortium, start, north, { ...plan, value: 30 }, [north, east, south])
    const [item] = itemsOfProposal(crypto, chainId, proposal, start.consortium, north.authorSecret)
    const signed = decodeSignedItem(crypto, item!)!
    expect(positionInProposal(proposal, signed)).toBe(0)
    expect(positionInProposal(other, signed)).toBeNull()
  })

  it('is refused with a changed byte anywhere, and a forged approval, rejection or withdrawal', () => {
    const proposal = reject(proposed(consortium, start, north, plan, [north, east]), south)
    const bytes = encodeProposal(proposal)
    for (let position = 0; position < bytes.length; position += 7) {
      const opened = decodeProposal(crypto, chainId, members, flipped(bytes, position))
      // A changed name is that of nobody: its approval is left out, and nothing else is different.
      if (opened.kind === 'opened') {
        const { approvals, rejections } = opened.proposal
        expect(approvals.length + rejections.length, `byte ${position}`).toBe(2)
        expect(toHex(opened.proposal.draftBytes)).toBe(toHex(proposal.draftBytes))
      }
    }
    const file = encodeProposalFile(crypto, proposal)
    expect(openProposalFile(crypto, chainId, members, flipped(file, 400))).toEqual({
      kind: 'refused',
      reason: 'damaged',
    })
    const approvedByThief = approveProposal(crypto, chainId, proposal, west.member.memberId, south.rootSecret)
    const rejectedByThief = rejectProposal(
      crypto,
      chainId,
      proposal,
      west.member.memberId,
      south.authorSecret,
    )
    const withdrawnByThief = withdrawProposal(crypto, chainId, proposal, south.authorSecret)
    for (const forged of [approvedByThief, rejectedByThief, withdrawnByThief])
      expect(decodeProposal(crypto, chainId, members, encodeProposal(forged))).toEqual({
        kind: 'refused',
        reason: 'forged',
      })
  })

  it('means nothing on another chain, and is refused from a stranger', () => {
    const proposal = proposed(consortium, start, north, plan, [north])
    const other = foundConsortium({ seed: 'other', voters: 1 }).chainId
    expect(decodeProposal(crypto, other, members, encodeProposal(proposal))).toMatchObject({
      reason: 'forged',
    })
    const stranger = createInstitution(consortium.random, 'Stranger')
    const foreign = makeProposal(
      crypto,
      chainId,
      start.consortium,
      0,
      {
        author: stranger.member.memberId,
        decisions: proposal.draft.decisions,
        createdAt: NOW,
        note: 'hello',
        proofs: [],
      },
      stranger.authorSecret,
    )
    expect(decodeProposal(crypto, chainId, members, encodeProposal(foreign))).toMatchObject({
      reason: 'unknown-author',
    })
  })

  it('drops the approval of a member that has left since', () => {
    const proposal = proposed(consortium, start, north, plan, [north, university])
    const left = members.filter(({ name }) => name !== university.member.name)
    const opened = decodeProposal(crypto, chainId, left, encodeProposal(proposal))
    expect(opened.kind === 'opened' && opened.proposal.approvals).toHaveLength(1)
  })

  it('is refused with decisions out of sequence or with approvals inside', () => {
    const proposal = proposed(
      consortium,
      start,
      north,
      { kind: 'give-vote', memberIds: [clinic.member.memberId] },
      [],
    )
    const slots = tryDecode(proposal.draftBytes) as Cbor[]
    const items = slots[4] as Cbor[]
    const twice = encode([...slots.slice(0, 4), [...items, ...items], ...slots.slice(5)])
    const bytes = encode([twice, proposal.authorSignature, [], [], null])
    expect(decodeProposal(crypto, chainId, members, bytes)).toMatchObject({ reason: 'malformed' })
  })
})
