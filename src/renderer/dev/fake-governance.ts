/** Four hospitals and a university that do not exist, for work on the room Network in a plain browser. */
import type { AllHandlers } from '../../shared/contract/index.ts'
import type { MemberView, ProposalView } from '../../shared/contract/governance.ts'

export function fakeGovernance(hex: (seed: number, length?: number) => string): AllHandlers['governance'] {
  const member = (seed: number, name: string, changes: Partial<MemberView> = {}): MemberView => ({
    memberId: hex(seed, 32),
    name,
    kind: 'hospital',
    isVoter: true,
    isSelf: false,
    sinceHeight: 0,
    suspension: null,
    keys: {
      root: hex(seed + 1, 16),
      consensus: hex(seed + 2, 16),
      author: hex(seed + 3, 16),
      network: hex(seed + 4, 16),
      custodian: hex(seed + 5, 16),
      gateway: hex(seed + 6, 16),
    },
    connection: {
      state: 'up',
      problem: null,
      rttMs: 12,
      direction: 'outbound',
      height: 1204,
      lag: 0,
      newestProtocol: 1,
      addresses: ['192.0.2.7:4711'],
    },
    proof: null,
    invitation: null,
    ...changes,
  })
  const strength = { voters: 4, quorum: 3, faultsTolerated: 1, reachable: 3, spare: 0 }
  const members = [
    member(10, 'St. Raphael Hospital', { isSelf: true }),
    member(20, 'East Hospital'),
    member(30, 'South Hospital', {
      connection: {
        state: 'away',
        problem: 'silent',
        rttMs: null,
        direction: null,
        height: 1180,
        lag: 24,
        newestProtocol: null,
        addresses: ['192.0.2.9:4711'],
      },
    }),
    member(40, 'West Hospital'),
    member(50, 'University', { kind: 'university', isVoter: false, sinceHeight: 41 }),
  ]
  const proposal: ProposalView = {
    proposalId: hex(77),
    standing: 'open',
    authorName: 'East Hospital',
    isOwn: false,
    createdAt: Date.now() - 3_600_000,
    expiresAt: Date.now() + 86_400_000,
    note: 'The ethics committee asked for it.',
    changes: [{ kind: 'policy', name: 'smallestCount', value: 20, before: 11 }],
    approvals: [{ memberId: hex(20, 32), name: 'East Hospital' }],
    rejections: [],
    silent: members.filter((each) => each.isVoter && each.name !== 'East Hospital'),
    quorum: 3,
    hasOwnApproval: false,
    hasOwnRejection: false,
    mayApprove: true,
    refusal: null,
    arithmetic: { before: strength, after: strength, seatsChanged: 0, seatsAllowed: 1 },
    proofs: [],
    decidedHeight: null,
  }
  const cancelled = async () => ({ kind: 'cancelled' }) as const
  return {
    overview: async () => ({
      consortiumName: 'Island consortium',
      chainId: hex(2),
      chainFingerprint: '12345 67890 13579 24680 11223',
      height: 1204,
      epoch: 1,
      protocolVersion: 1,
      newestProtocol: 1,
      networkGeneration: 0,
      strength,
      members,
      ownAddresses: ['192.0.2.5:4711'],
      isReachedByPeer: true,
      listening: { listen: '0.0.0.0:4711', announce: ['192.0.2.5:4711'] },
      consensus: {
        height: 1205,
        round: 0,
        phase: 'prevote',
        proposerName: 'East Hospital',
        voters: members
          .filter((each) => each.isVoter)
          .map((each, i) => ({
            memberId: each.memberId,
            name: each.name,
            hasPrevoted: i < 2,
            hasPrecommitted: i < 1,
            isReachable: each.connection.state !== 'away',
          })),
        standing: 'voting',
        observingReason: null,
        needsConfirmation: false,
      },
      policy: [{ name: 'smallestCount', value: 11, bounds: { least: 1, greatest: 1_000_000 } }],
      pending: [],
      alerts: [
        {
          alertId: 'a',
          kind: 'member-away',
          tone: 'warn',
          at: null,
          memberName: 'South Hospital',
          amount: null,
          detail: null,
        },
      ],
    }),
    proposals: async () => [proposal],
    weigh: async () => ({
      kind: 'refused',
      reason: 'voter-count',
      arithmetic: {
        before: strength,
        after: { voters: 3, quorum: 3, faultsTolerated: 0, reachable: 2, spare: -1 },
        seatsChanged: 1,
        seatsAllowed: 1,
      },
    }),
    propose: async () => ({ kind: 'proposed', proposal }),
    approve: async () => ({ kind: 'approved', proposal }),
    reject: async () => ({ kind: 'rejected', proposal }),
    withdraw: async () => ({ kind: 'withdrawn', proposal }),
    saveProposal: cancelled,
    openProposal: cancelled,
    openRequest: cancelled,
    invite: cancelled,
    saveProof: cancelled,
    openProof: cancelled,
    saveListening: async () => ({ isSaved: true }),
    confirmVoting: async () => ({ isConfirmed: true }),
  }
}
