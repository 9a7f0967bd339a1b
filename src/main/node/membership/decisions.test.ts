import { describe, expect, it } from 'vitest'
import {
  createInstitution,
  foundConsortium,
  makeItem,
  finalise,
  crypto,
} from '../chain/consortium.test-kit.ts'
import type { MemberId } from '../chain/ids.ts'
import { keyOf } from '../chain/ids.ts'
import { takeEffect } from '../chain/state.ts'
import { decide, everybody, judge } from './membership.test-kit.ts'

const alone = foundConsortium({ seed: 'alone', voters: 1, hospitals: 3, others: ['university'] })
const four = foundConsortium({ seed: 'four', voters: 4, hospitals: 1, others: ['insurer'] })
const seven = foundConsortium({ seed: 'seven', voters: 7, hospitals: 4 })
const idOf = (consortium: typeof four, position: number) => consortium.institutions[position]!.member.memberId
const ids = (consortium: typeof four, ...positions: number[]) => positions.map((i) => idOf(consortium, i))
const without = (...away: MemberId[]) => ({
  ...everybody,
  isSigning: () => true,
  isReachable: (memberId: MemberId) => !away.some((each) => keyOf(each) === keyOf(memberId)),
})

describe('the arithmetic of a change of voters', () => {
  it('says voters, quorum and failures tolerated before and after', () => {
    const judged = judge(alone.start, { kind: 'give-vote', memberIds: ids(alone, 1, 2, 3) })
    expect(judged).toMatchObject({
      kind: 'possible',
      effectHeight: 3,
      arithmetic: {
        before: { voters: 1, quorum: 1, faultsTolerated: 0, reachable: 1, silent: 0, spare: 0 },
        after: { voters: 4, quorum: 3, faultsTolerated: 1, reachable: 4, silent: 0, spare: 1 },
        seatsChanged: 3,
        seatsAllowed: null,
      },
    })
  })

  it('refuses two and three voters, and allows them where policy says that no failure is tolerated', () => {
    for (const memberIds of [ids(alone, 1), ids(alone, 1, 2)])
      expect(judge(alone.start, { kind: 'give-vote', memberIds })).toMatchObject({
        kind: 'refused',
        reason: 'voter-count',
        arithmetic: { after: { voters: 1 + memberIds.length, faultsTolerated: 0 } },
      })
    const few = foundConsortium({
      seed: 'few',
      voters: 1,
      hospitals: 3,
      policy: { votersBelowFourAllowed: 1 },
    })
    expect(judge(few.start, { kind: 'give-vote', memberIds: ids(few, 1) })).toMatchObject({
      kind: 'possible',
      arithmetic: { after: { voters: 2, quorum: 2, spare: 0 } },
    })
  })

  it('refuses to take the policy back while two or three vote', () => {
    const few = foundConsortium({ seed: 'few', voters: 3, policy: { votersBelowFourAllowed: 1 } })
    expect(judge(few.start, { kind: 'policy', name: 'votersBelowFourAllowed', value: 0 })).toMatchObject({
      kind: 'refused',
      reason: 'voter-count',
    })
  })

  it('refuses to go from four to three (A4), and says how four stay four', () => {
    const memberId = idOf(four, 3)
    for (const kind of ['remove', 'take-vote'] as const) {
      expect(judge(four.start, { kind, memberId, successor: null })).toMatchObject({
        kind: 'refused',
        reason: 'voter-count',
        arithmetic: { before: { voters: 4, quorum: 3 }, after: { voters: 3, quorum: 3, faultsTolerated: 0 } },
      })
      expect(judge(four.start, { kind, memberId, successor: idOf(four, 4) })).toMatchObject({
        kind: 'possible',
        arithmetic: { after: { voters: 4, quorum: 3 }, seatsChanged: 1, seatsAllowed: 1 },
      })
    }
  })

  it('refuses four to three with one down even where three are allowed: nobody could decide any more', () => {
    const few = foundConsortium({ seed: 'few', voters: 4, policy: { votersBelowFourAllowed: 1 } })
    const plan = { kind: 'remove', memberId: idOf(few, 3), successor: null } as const
    expect(judge(few.start, plan)).toMatchObject({ kind: 'possible' })
    expect(judge(few.start, plan, without(idOf(few, 1)))).toMatchObject({
      kind: 'refused',
      reason: 'would-stop',
      arithmetic: { before: { reachable: 3, spare: 0 }, after: { quorum: 3, reachable: 2, spare: -1 } },
    })
    // One who is connected and does not sign is no help.
    const silent = { ...everybody, isSigning: (id: MemberId) => keyOf(id) !== keyOf(idOf(few, 1)) }
    expect(judge(few.start, plan, silent)).toMatchObject({
      kind: 'refused',
      reason: 'would-stop',
      arithmetic: { before: { reachable: 3, silent: 1 }, after: { reachable: 2, silent: 1, spare: -1 } },
    })
    // The one who is down may be the one that leaves.
    expect(judge(few.start, plan, without(idOf(few, 3)))).toMatchObject({ kind: 'possible' })
  })

  it('refuses a vote for somebody who cannot be reached where the others are just enough', () => {
    const plan = { kind: 'give-vote', memberIds: ids(four, 4) } as const
    expect(judge(four.start, plan, without(idOf(four, 4), idOf(four, 0)))).toMatchObject({
      kind: 'refused',
      reason: 'would-stop',
      arithmetic: { before: { reachable: 3, quorum: 3 }, after: { voters: 5, quorum: 4, reachable: 3 } },
    })
  })

  it('lets a seat in four and two seats in seven change in one epoch, and no more', () => {
    expect(judge(seven.start, { kind: 'give-vote', memberIds: ids(seven, 7, 8) })).toMatchObject({
      kind: 'possible',
      arithmetic: { seatsChanged: 2, seatsAllowed: 2 },
    })
    expect(judge(seven.start, { kind: 'give-vote', memberIds: ids(seven, 7, 8, 9) })).toMatchObject({
      kind: 'refused',
      reason: 'too-many-seats',
      arithmetic: { seatsChanged: 3, seatsAllowed: 2 },
    })
  })

  it('agrees with the chain: what is possible here is taken there, and what is refused there is refused here', () => {
    // Three more of seven, built by hand and approved by all, must not get into a segment.
    const items = [7, 8, 9].map((position, i) =>
      makeItem(
        seven,
        seven.institutions[0]!,
        {
          kind: 'membership',
          change: 'replace',
          member: { ...seven.institutions[position]!.member, isVoter: true },
          approvals: [],
        },
        i + 1,
      ),
    )
    expect(() => finalise(seven, seven.start, { items })).toThrow('voters-rule')
    expect(finalise(seven, seven.start, { items: items.slice(0, 2) }).state.height).toBe(1)
  })
})

describe('what cannot be proposed', () => {
  const stranger = createInstitution(four.random, 'Stranger')
  const { memberId: strangerId } = stranger.member
  const refusal = (plan: Parameters<typeof judge>[1], world = everybody) => {
    const judged = judge(four.start, plan, world)
    return judged.kind === 'refused' ? judged.reason : 'possible'
  }

  it('names the reason for each', () => {
    const insurer = idOf(four, 5)
    expect(refusal({ kind: 'admit', member: four.institutions[0]!.member })).toBe('already-a-member')
    const thief = { ...stranger.member, networkKey: four.institutions[0]!.member.networkKey }
    expect(refusal({ kind: 'admit', member: thief })).toBe('key-in-use')
    expect(refusal({ kind: 'give-vote', memberIds: [strangerId] })).toBe('unknown-member')
    expect(refusal({ kind: 'give-vote', memberIds: [insurer] })).toBe('not-a-hospital')
    expect(refusal({ kind: 'give-vote', memberIds: ids(four, 0) })).toBe('has-a-vote')
    expect(refusal({ kind: 'take-vote', memberId: idOf(four, 4), successor: null })).toBe('has-no-vote')
    expect(refusal({ kind: 'remove', memberId: strangerId, successor: null })).toBe('unknown-member')
    expect(refusal({ kind: 'remove', memberId: idOf(four, 3), successor: insurer })).toBe('not-a-hospital')
    expect(refusal({ kind: 'new-keys', member: stranger.member })).toBe('unknown-member')
    expect(refusal({ kind: 'new-keys', member: four.institutions[0]!.member })).toBe('same-keys')
    expect(refusal({ kind: 'lift-suspension', memberId: idOf(four, 0) })).toBe('not-suspended')
    expect(refusal({ kind: 'policy', name: 'smallestCoumt', value: 5 })).toBe('policy-unknown')
    expect(refusal({ kind: 'policy', name: 'smallestCount', value: 0 })).toBe('policy-out-of-bounds')
    expect(refusal({ kind: 'policy', name: 'smallestCount', value: 7.5 })).toBe('policy-out-of-bounds')
    expect(refusal({ kind: 'policy', name: 'smallestCount', value: 11 })).toBe('policy-unchanged')
    expect(refusal({ kind: 'network', height: 3 })).toBe('height-too-early')
    expect(refusal({ kind: 'protocol', height: 100 })).toBe('not-ready')
    expect(refusal({ kind: 'protocol', height: 100 }, { ...everybody, versionOf: () => 2 })).toBe('possible')
    expect(refusal({ kind: 'remove', memberId: insurer, successor: null })).toBe('possible')
  })

  it('does not take the last vote', () => {
    const plan = { kind: 'take-vote', memberId: idOf(alone, 0), successor: null } as const
    expect(judge(alone.start, plan)).toMatchObject({ kind: 'refused', reason: 'last-voter' })
    expect(judge(alone.start, { ...plan, kind: 'remove' })).toMatchObject({ reason: 'last-voter' })
  })

  it('judges against what is decided and not in effect yet', () => {
    const author = four.institutions[0]!
    const item = makeItem(
      four,
      author,
      { kind: 'membership', change: 'remove', member: four.institutions[5]!.member, approvals: [] },
      1,
    )
    const { state } = finalise(four, four.start, { items: [item] })
    expect(state.consortium.pending).toHaveLength(1)
    expect(judge(state, { kind: 'remove', memberId: idOf(four, 5), successor: null })).toMatchObject({
      reason: 'unknown-member',
    })
  })

  it('decides no key of the network while the one before it is not in effect', () => {
    const height = four.start.height + 1
    const author = four.institutions[0]!
    const decision = { kind: 'network', number: 2, height: height + 2, approvals: [] } as const
    const { state } = finalise(four, four.start, { items: [makeItem(four, author, decision, 1)] })
    const plan = { kind: 'network', height: height + 100 } as const
    expect(judge(four.start, plan)).toMatchObject({ kind: 'possible' })
    expect(judge(state, plan)).toMatchObject({ kind: 'refused', reason: 'rotation-under-way' })
    const consortium = takeEffect(state.consortium, height + 2)
    expect(consortium.networkGeneration).toBe(2)
    expect(judge({ ...state, consortium, height: height + 1 }, plan)).toMatchObject({ kind: 'possible' })
  })

  it('keeps name and vote when keys change: those are decisions of their own', () => {
    const old = four.institutions[0]!.member
    const member = {
      ...old,
      name: 'Another name',
      isVoter: false,
      consensusKey: stranger.member.consensusKey,
    }
    const judged = judge(four.start, { kind: 'new-keys', member })
    expect(judged.kind === 'possible' && judged.decisions[0]).toMatchObject({
      change: 'replace',
      member: { name: old.name, isVoter: true, consensusKey: member.consensusKey },
    })
    const approvers = four.institutions.slice(0, 4)
    const renewed = { ...four.institutions[0]!, consensusSecret: stranger.consensusSecret }
    const after = decide(four, four.start, four.institutions[1]!, { kind: 'new-keys', member }, approvers)
    expect(after.consortium.epoch).toBe(1)
    expect(crypto.ed25519PublicKey(renewed.consensusSecret)).toEqual(member.consensusKey)
  })
})
