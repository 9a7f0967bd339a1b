/** A consortium grows, shrinks and changes on an idle chain, with the product's own state functions (A2, A3, A5, A12, A14). */
import { describe, expect, it } from 'vitest'
import { toHex } from '../../../shared/std/bytes.ts'
import { applySegment } from '../chain/apply-segment.ts'
import { buildSegment } from '../chain/build-segment.ts'
import {
  certify,
  createInstitution,
  crypto,
  finalise,
  foundConsortium,
  type Institution,
} from '../chain/consortium.test-kit.ts'
import type { ChainState } from '../chain/chain-state.ts'
import { policyValue } from '../chain/policy.ts'
import { membersOf, type ConsortiumState } from '../chain/state.ts'
import { decide, everybody, proposed } from './membership.test-kit.ts'
import { itemsOfProposal } from './proposal.ts'

const known = { isKnownRecord: () => false }
const voterNames = (state: { consortium: ConsortiumState }) =>
  membersOf(state.consortium)
    .filter((member) => member.isVoter)
    .map(({ name }) => name)
    .toSorted()

/** Why a proposer leaves these items out. */
const refusals = (state: ChainState, items: readonly Uint8Array[]) =>
  buildSegment(crypto, state, { candidates: [], items }, state.lastTime + 60_000).refusedItems.map(
    ({ reason }) => reason,
  )

function growing(policy: Record<string, number> = {}) {
  const consortium = foundConsortium({ seed: 'growing', voters: 1, policy })
  const north = consortium.institutions[0]!
  const newcomers = ['East', 'South', 'West'].map((name) =>
    createInstitution(consortium.random, name, 'hospital', false),
  ) as [Institution, Institution, Institution]
  return { consortium, north, newcomers, all: [north, ...newcomers] }
}

describe('from one member to four on an idle chain', () => {
  it('admits three without a vote, then gives all three the vote in one decision', () => {
    const { consortium, north, newcomers, all } = growing()
    let state = consortium.start
    const sizes = [membersOf(state.consortium).length]
    for (const { member } of newcomers) {
      state = decide(consortium, state, north, { kind: 'admit', member }, [north])
      sizes.push(membersOf(state.consortium).length)
      expect(voterNames(state)).toEqual(['Hospital 1'])
    }
    expect(sizes).toEqual([1, 2, 3, 4])
    const memberIds = newcomers.map(({ member }) => member.memberId)
    state = decide(consortium, state, north, { kind: 'give-vote', memberIds }, [north])
    expect(voterNames(state)).toEqual(['East', 'Hospital 1', 'South', 'West'])
    expect(state.consortium.epoch).toBe(1)
    expect(state.blockCount).toBe(0)
    // Now three of four decide, and one alone does not.
    state = decide(
      consortium,
      state,
      north,
      { kind: 'policy', name: 'smallestCount', value: 20 },
      all.slice(1),
    )
    expect(policyValue(state.consortium.policy, 'smallestCount')).toBe(20)
  })

  it('takes effect two heights after the segment that holds it, by empty segments that stop by themselves', () => {
    const { consortium, north, newcomers } = growing()
    const plan = { kind: 'admit', member: newcomers[0].member } as const
    const proposal = proposed(consortium, consortium.start, north, plan, [north])
    const items = itemsOfProposal(
      crypto,
      consortium.chainId,
      proposal,
      consortium.start.consortium,
      north.authorSecret,
    )
    const first = finalise(consortium, consortium.start, { items }).state
    expect(membersOf(first.consortium)).toHaveLength(1)
    const second = finalise(consortium, first, {}).state
    expect(second.height).toBe(2)
    // In effect at height 3: the state after height 2 says so.
    expect(membersOf(second.consortium)).toHaveLength(2)
    const nothing = buildSegment(crypto, second, { candidates: [], items: [] }, second.lastTime + 60_000)
    expect(nothing.kind).toBe('nothing')
  })

  it('goes by way of two and three where policy says that no failure is tolerated, each by all voters', () => {
    const { consortium, north, newcomers, all } = growing({ votersBelowFourAllowed: 1 })
    let state = consortium.start
    for (const { member } of newcomers)
      state = decide(consortium, state, north, { kind: 'admit', member }, [north])
    for (const [i, { member }] of newcomers.entries()) {
      const voters = all.slice(0, i + 1)
      const plan = { kind: 'give-vote', memberIds: [member.memberId] } as const
      if (voters.length > 1) {
        const short = proposed(consortium, state, north, plan, voters.slice(1))
        const items = itemsOfProposal(crypto, consortium.chainId, short, state.consortium, north.authorSecret)
        expect(refusals(state, items)).toEqual(['item-approvals'])
      }
      state = decide(consortium, state, north, plan, voters)
      expect(voterNames(state)).toHaveLength(i + 2)
    }
    expect(state.consortium.epoch).toBe(3)
  })

  it('does not take a part of the step from one to four', () => {
    const { consortium, north, newcomers } = growing()
    let state = consortium.start
    for (const { member } of newcomers)
      state = decide(consortium, state, north, { kind: 'admit', member }, [north])
    const memberIds = newcomers.map(({ member }) => member.memberId)
    const proposal = proposed(consortium, state, north, { kind: 'give-vote', memberIds }, [north])
    const items = itemsOfProposal(crypto, consortium.chainId, proposal, state.consortium, north.authorSecret)
    expect(refusals(state, items.slice(0, 2))).toEqual(['voters-rule', 'voters-rule'])
  })
})

describe('a member leaves (A3)', () => {
  const consortium = foundConsortium({ seed: 'leaving', voters: 5, others: ['insurer'] })
  const [a, b, c, d, e] = consortium.institutions as [
    Institution,
    Institution,
    Institution,
    Institution,
    Institution,
  ]
  const after = decide(
    consortium,
    consortium.start,
    a,
    { kind: 'remove', memberId: e.member.memberId, successor: null },
    [a, b, c, d],
  )

  it('has no vote from the height on: its signature counts for nothing in a certificate', () => {
    expect(voterNames(after)).toHaveLength(4)
    const plan = { kind: 'policy', name: 'smallestCount', value: 12 } as const
    const proposal = proposed(consortium, after, a, plan, [a, b, c])
    const items = itemsOfProposal(crypto, consortium.chainId, proposal, after.consortium, a.authorSecret)
    const built = buildSegment(crypto, after, { candidates: [], items }, after.lastTime + 60_000)
    if (built.kind !== 'built') throw new Error('there is something to decide')
    // Two of the four and the one that left: no quorum.
    const before = { ...after, voters: consortium.start.voters }
    const certificate = certify(consortium, before, built.segment.height, built.segmentId, [a, b, e])
    const applied = applySegment(crypto, after, { ...built.bundle, certificate }, known)
    expect(applied.kind).toBe('rejected')
    const good = certify(consortium, after, built.segment.height, built.segmentId, [a, b, c])
    expect(applySegment(crypto, after, { ...built.bundle, certificate: good }, known).kind).toBe('applied')
  })

  it('cannot approve nor propose any more', () => {
    const plan = { kind: 'policy', name: 'smallestCount', value: 12 } as const
    const proposal = proposed(consortium, after, a, plan, [a, b, e])
    const items = itemsOfProposal(crypto, consortium.chainId, proposal, after.consortium, a.authorSecret)
    expect(refusals(after, items)).toEqual(['item-approvals'])
    const own = proposed(consortium, after, e, plan, [a, b, c])
    const ownItems = itemsOfProposal(crypto, consortium.chainId, own, after.consortium, e.authorSecret)
    expect(refusals(after, ownItems)).toEqual(['item-author-unknown'])
  })

  it('leaves what it signed before valid', () => {
    const again = decide(
      consortium,
      consortium.start,
      a,
      { kind: 'remove', memberId: e.member.memberId, successor: null },
      [b, c, d, e],
    )
    expect(voterNames(again)).toHaveLength(4)
  })
})

describe('keys change (A5)', () => {
  it('counts the old key up to the height and the new one from it on', () => {
    const consortium = foundConsortium({ seed: 'rotation', voters: 4 })
    const [a, b, c, d] = consortium.institutions as [Institution, Institution, Institution, Institution]
    const fresh = createInstitution(consortium.random, 'fresh')
    const renewed: Institution = {
      ...a,
      member: {
        ...a.member,
        consensusKey: fresh.member.consensusKey,
        authorKey: fresh.member.authorKey,
        networkKey: fresh.member.networkKey,
        custodianKey: fresh.member.custodianKey,
        gatewayKey: fresh.member.gatewayKey,
      },
      consensusSecret: fresh.consensusSecret,
      authorSecret: fresh.authorSecret,
    }
    const plan = { kind: 'new-keys', member: renewed.member } as const
    // Proposed by another: a compromised author key need not be used once more.
    const proposal = proposed(consortium, consortium.start, b, plan, [b, c, d])
    const items = itemsOfProposal(
      crypto,
      consortium.chainId,
      proposal,
      consortium.start.consortium,
      b.authorSecret,
    )
    const first = finalise(consortium, consortium.start, { items }, known, [a, b, c]).state
    // The old key still counts at the next height.
    const second = finalise(consortium, first, {}, known, [a, b, c]).state
    expect(second.consortium.epoch).toBe(1)
    const next = proposed(consortium, second, b, { kind: 'policy', name: 'smallestCount', value: 12 }, [
      b,
      c,
      a,
    ])
    const nextItems = itemsOfProposal(crypto, consortium.chainId, next, second.consortium, b.authorSecret)
    expect(() => finalise(consortium, second, { items: nextItems }, known, [a, b, c])).toThrow('certificate')
    const third = finalise(consortium, second, { items: nextItems }, known, [renewed, b, c]).state
    expect(third.height).toBe(3)
    // Nor does the old author key sign items: root key and id are the same.
    const stolen = proposed(consortium, third, a, { kind: 'policy', name: 'smallestCount', value: 13 }, [
      b,
      c,
      d,
    ])
    const stolenItems = itemsOfProposal(crypto, consortium.chainId, stolen, third.consortium, a.authorSecret)
    expect(refusals(third, stolenItems)).toEqual(['item-signature'])
  })
})

describe('rules and versions change', () => {
  const consortium = foundConsortium({ seed: 'rules', voters: 4, hospitals: 3 })
  const [a, b, c, d] = consortium.institutions as [Institution, Institution, Institution, Institution]

  it('changes a policy from a height on (A14)', () => {
    const plan = { kind: 'policy', name: 'smallestCount', value: 20 } as const
    const proposal = proposed(consortium, consortium.start, a, plan, [a, b, c])
    const items = itemsOfProposal(
      crypto,
      consortium.chainId,
      proposal,
      consortium.start.consortium,
      a.authorSecret,
    )
    const first = finalise(consortium, consortium.start, { items }).state
    expect(policyValue(first.consortium.policy, 'smallestCount')).toBe(11)
    const second = finalise(consortium, first, {}).state
    expect(policyValue(second.consortium.policy, 'smallestCount')).toBe(20)
  })

  it('starts a generation of the network at its height, on an idle chain', () => {
    const plan = { kind: 'network', height: 6 } as const
    const state = decide(consortium, consortium.start, a, plan, [a, b, c])
    expect(state.height).toBe(5)
    expect(state.consortium.networkGeneration).toBe(2)
  })

  it('starts a protocol version at its height and applies nothing more with this one (A12)', () => {
    const world = { ...everybody, versionOf: () => 2 }
    const plan = { kind: 'protocol', height: 5 } as const
    const state = decide(consortium, consortium.start, a, plan, [b, c, d], [a, b, c], world)
    expect(state.consortium.protocolVersion).toBe(2)
    const next = proposed(consortium, state, a, { kind: 'policy', name: 'smallestCount', value: 20 }, [
      a,
      b,
      c,
    ])
    const items = itemsOfProposal(crypto, consortium.chainId, next, state.consortium, a.authorSecret)
    expect(() => finalise(consortium, state, { items })).toThrow('protocol-unsupported')
  })

  it('grows from four to seven, a seat at a time', () => {
    let state = consortium.start
    const voters: Institution[] = [a, b, c, d]
    for (const newcomer of consortium.institutions.slice(4)) {
      const plan = { kind: 'give-vote', memberIds: [newcomer.member.memberId] } as const
      state = decide(consortium, state, a, plan, voters, voters)
      voters.push(newcomer)
    }
    expect(voterNames(state)).toHaveLength(7)
    expect(state.consortium.epoch).toBe(3)
    expect(toHex(state.tip)).toBe(toHex(consortium.chainId))
  })
})
