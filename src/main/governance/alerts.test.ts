import { describe, expect, it } from 'vitest'
import type { ConsensusView, MemberView, OwnKeysView } from '../../shared/contract/governance.ts'
import type { NodeStatus } from '../../shared/contract/node.ts'
import { alertsOf } from './alerts.ts'

const YEAR_MS = 365 * 86_400_000
const now = Date.UTC(2027, 0, 1)
const healthy: OwnKeysView = {
  sinceTime: now - YEAR_MS + 1,
  madeAt: null,
  effectHeight: null,
  isReplaced: false,
  isRefused: false,
}
const status = { state: 'running', haltedReason: null, standing: 'voting', diskFreeBytes: null } as NodeStatus

function kinds(ownKeys: Partial<OwnKeysView>, over: Partial<NodeStatus> = {}) {
  const strength = { voters: 4, quorum: 3, faultsTolerated: 1, reachable: 4, silent: 0, spare: 1 }
  const view = {
    strength,
    members: [],
    consensus: null,
    pending: [],
    newestProtocol: 1,
    ownKeys: { ...healthy, ...ownKeys },
  }
  return alertsOf(view, { ...status, ...over }, [], [], null, now).map(({ kind, tone, amount }) => ({
    kind,
    tone,
    amount,
  }))
}

describe('alerts about own keys (A6)', () => {
  it('says nothing of keys that are younger than a year', () => {
    expect(kinds({})).toEqual([])
    expect(kinds({ sinceTime: null })).toEqual([])
  })

  it('reminds gently of older ones, with their years, while the node runs on', () => {
    expect(kinds({ sinceTime: now - YEAR_MS })).toEqual([{ kind: 'keys-old', tone: 'plain', amount: 1 }])
    expect(kinds({ sinceTime: now - 3 * YEAR_MS })).toEqual([{ kind: 'keys-old', tone: 'plain', amount: 3 }])
  })

  it('reminds of nothing while others are on their way', () => {
    expect(kinds({ sinceTime: now - 2 * YEAR_MS, madeAt: now - 1_000 })).toEqual([])
  })

  it('says that keys were replaced, or that nobody lets the machine in, before anything else about them', () => {
    const old = { sinceTime: now - 2 * YEAR_MS }
    expect(kinds({ ...old, isReplaced: true, isRefused: true }).map(({ kind }) => kind)).toEqual([
      'keys-replaced',
    ])
    expect(kinds({ isRefused: true }).map(({ kind }) => kind)).toEqual(['keys-refused'])
  })
})

describe('alerts about a member that the chain names', () => {
  it('lead to what can be decided about it, as long as it is named', () => {
    const strength = { voters: 4, quorum: 3, faultsTolerated: 1, reachable: 4, silent: 0, spare: 1 }
    const connection = { state: 'up', lag: 0, height: 20, signing: 'signs' }
    const member = {
      memberId: 'b0',
      name: 'East',
      isVoter: true,
      connection,
      invitation: null,
      suspension: null,
    }
    const of = (suspension: MemberView['suspension']) => {
      const members = [{ ...member, suspension } as MemberView]
      const view = { strength, members, consensus: null, pending: [], newestProtocol: 1, ownKeys: healthy }
      return alertsOf(view, status, [], [], null, now)
    }
    expect(of({ height: 12, reason: 'equivocation' })).toMatchObject([
      { kind: 'named', tone: 'bad', memberName: 'East', memberId: 'b0', amount: 12, detail: 'equivocation' },
    ])
    expect(of(null)).toEqual([])
  })
})

describe('alerts about signing', () => {
  it('name a voter that is connected and does not sign, with its reason', () => {
    const strength = { voters: 4, quorum: 3, faultsTolerated: 1, reachable: 4, silent: 0, spare: 1 }
    const of = (signing: string | null, isVoter: boolean) => {
      const connection = { state: 'up', lag: 0, height: 20, signing }
      const member = { memberId: 'b0', name: 'East', isVoter, connection, invitation: null, suspension: null }
      const view = {
        strength,
        members: [member as unknown as MemberView],
        consensus: null,
        pending: [],
        newestProtocol: 1,
        ownKeys: healthy,
      }
      return alertsOf(view, status, [], [], null, now).map(({ kind, detail }) => [kind, detail])
    }
    expect(of('clock-wrong', true)).toEqual([['member-silent', 'clock-wrong']])
    expect(of('signs', true)).toEqual([])
    expect(of('disk-full', false)).toEqual([])
  })

  it('say that keys sign elsewhere more loudly than that data were put back', () => {
    const strength = { voters: 4, quorum: 3, faultsTolerated: 1, reachable: 4, silent: 0, spare: 1 }
    const of = (observingReason: string) => {
      const consensus = { standing: 'observing', observingReason } as ConsensusView
      const view = { strength, members: [], consensus, pending: [], newestProtocol: 1, ownKeys: healthy }
      return alertsOf(view, status, [], [], null, now).map(({ kind, tone, detail }) => [kind, tone, detail])
    }
    expect(of('data-restored')).toEqual([['observing', 'warn', 'data-restored']])
    expect(of('keys-elsewhere')).toEqual([['observing', 'bad', 'keys-elsewhere']])
    expect(of('unknown-own-signature')).toEqual([['observing', 'bad', 'unknown-own-signature']])
    // Whoever has no vote stops nothing; all that is left to say is that it happened.
    const heard = { kind: 'keys-elsewhere', at: now, memberName: null, detail: null } as const
    const kindsOf = (standing: ConsensusView['standing']) => {
      const consensus = { standing, observingReason: 'keys-elsewhere' } as ConsensusView
      const view = { strength, members: [], consensus, pending: [], newestProtocol: 1, ownKeys: healthy }
      return alertsOf(view, status, [], [heard], null, now).map(({ kind }) => kind)
    }
    expect(kindsOf('observing')).toEqual(['observing'])
    expect(kindsOf('voting')).toEqual([])
    expect(kindsOf('no-vote')).toEqual(['keys-elsewhere'])
  })
})

describe('what happened and a person should hear of', () => {
  it('tells damage that was mended more gently than damage that nobody can mend', () => {
    const strength = { voters: 4, quorum: 3, faultsTolerated: 1, reachable: 4, silent: 0, spare: 1 }
    const view = { strength, members: [], consensus: null, pending: [], newestProtocol: 1, ownKeys: healthy }
    const about = { at: now, memberName: 'East', detail: '12' }
    const alerts = alertsOf(
      view,
      status,
      [],
      [
        { kind: 'repaired', amount: 7, ...about },
        { kind: 'beyond-repair', amount: 8, ...about },
      ],
      null,
      now,
    )
    expect(alerts.map(({ kind, tone, amount, detail }) => [kind, tone, amount, detail])).toEqual([
      ['repaired', 'warn', 7, '12'],
      ['beyond-repair', 'bad', 8, '12'],
    ])
  })
})

describe('alerts about rounds', () => {
  it('tell how many went by without a decision, and for how long', () => {
    const strength = { voters: 4, quorum: 3, faultsTolerated: 1, reachable: 4, silent: 0, spare: 1 }
    const view = { strength, members: [], consensus: null, pending: [], newestProtocol: 1, ownKeys: healthy }
    expect(alertsOf(view, status, [], [], null, now, { rounds: 15, minutes: 4 })).toMatchObject([
      { kind: 'no-decision', tone: 'bad', amount: 15, detail: '4' },
    ])
    expect(alertsOf(view, status, [], [], null, now)).toEqual([])
  })
})

describe('an alert about the own gateway', () => {
  it('says in how many studies it found something else than the others, and in which last', () => {
    const strength = { voters: 4, quorum: 3, faultsTolerated: 1, reachable: 4, silent: 0, spare: 1 }
    const view = { strength, members: [], consensus: null, pending: [], newestProtocol: 1, ownKeys: healthy }
    const told = (deviations: Parameters<typeof alertsOf>[7]) =>
      alertsOf(view, status, [], [], null, now, null, deviations)
    expect(told([])).toEqual([])
    expect(
      told([
        { studyHash: 'ab'.repeat(32), at: 2 },
        { studyHash: 'cd'.repeat(32), at: 1 },
      ]),
    ).toMatchObject([{ kind: 'gateway-deviates', tone: 'bad', amount: 2, at: 2, detail: 'abababab' }])
  })
})
