/** What needs a person: what is so now, from the node's state, and what happened and stays until it is old. Pure. */
import type { AlertView, MemberView, Overview, ProposalView } from '../../shared/contract/governance.ts'
import type { NodeStatus } from '../../shared/contract/node.ts'
import type { Stall } from './consensus-watch.ts'

export interface HappenedAlert {
  readonly kind:
    | 'evidence'
    | 'offence'
    | 'forged-record'
    | 'other-chain'
    | 'keys-elsewhere'
    | 'network-key-refused'
    | 'network-key-unreached'
    | 'repaired'
    | 'reindexed'
    | 'beyond-repair'
  readonly at: number
  readonly memberName: string | null
  readonly detail: string | null
  /** The height that it is about, where it is about one. */
  readonly amount?: number
}

/** A study in which this hospital's own gateway found something else than the others agreed on. */
export interface Deviation {
  /** Hex. */
  readonly studyHash: string
  /** Milliseconds since 1970. */
  readonly at: number
}

/** Heights; a member that says less is about to catch up by itself. */
const LAG_WORTH_SAYING = 50
const CLOCK_WORTH_SAYING_MS = 2_000
/** Keys are changed about once a year; nothing stops where they are not. */
const KEYS_OLD_MS = 365 * 86_400_000
const INVITATION_SOON_MS = 12 * 3_600_000

export function alertsOf(
  view: Pick<Overview, 'strength' | 'members' | 'consensus' | 'pending' | 'newestProtocol' | 'ownKeys'>,
  status: NodeStatus,
  proposals: readonly ProposalView[],
  happened: readonly HappenedAlert[],
  clockOffsetMs: number | null,
  now: number,
  stall: Stall | null = null,
  deviations: readonly Deviation[] = [],
): AlertView[] {
  const alerts: AlertView[] = []
  const say = (
    kind: AlertView['kind'],
    tone: AlertView['tone'],
    more: Partial<Pick<AlertView, 'at' | 'memberName' | 'memberId' | 'amount' | 'detail'>> & {
      readonly id?: string
    } = {},
  ) =>
    alerts.push({
      alertId: more.id ?? kind,
      kind,
      tone,
      at: more.at ?? null,
      memberName: more.memberName ?? null,
      ...(more.memberId === undefined ? {} : { memberId: more.memberId }),
      amount: more.amount ?? null,
      detail: more.detail ?? null,
    })
  const { strength } = view
  if (status.haltedReason !== null) say('halted', 'bad', { detail: status.haltedReason })
  if (status.state === 'outdated') say('outdated', 'bad')
  for (const { effectHeight, change } of view.pending)
    if (change.kind === 'protocol' && change.number > view.newestProtocol)
      say('version-ahead', 'warn', { id: `version ${change.number}`, amount: effectHeight })
  if (status.state === 'disk-full') say('disk', 'bad', { amount: status.diskFreeBytes })
  if (clockOffsetMs !== null && Math.abs(clockOffsetMs) >= CLOCK_WORTH_SAYING_MS)
    say('clock', status.state === 'clock-wrong' ? 'bad' : 'warn', { amount: clockOffsetMs })
  if (strength.spare < 0) say('below-quorum', 'bad', { amount: -strength.spare })
  else if (strength.spare === 0 && strength.voters > 1) say('no-spare', 'warn')
  if (stall !== null) say('no-decision', 'bad', { amount: stall.rounds, detail: `${stall.minutes}` })
  const { ownKeys } = view
  if (ownKeys.isReplaced) say('keys-replaced', 'bad')
  else if (ownKeys.isRefused) say('keys-refused', 'bad')
  const isChanging = ownKeys.madeAt !== null && now - ownKeys.madeAt < KEYS_OLD_MS
  if (
    ownKeys.sinceTime !== null &&
    now - ownKeys.sinceTime >= KEYS_OLD_MS &&
    !ownKeys.isReplaced &&
    !isChanging
  )
    say('keys-old', 'plain', { amount: Math.floor((now - ownKeys.sinceTime) / KEYS_OLD_MS) })
  if (view.consensus?.standing === 'observing' && !ownKeys.isReplaced) {
    const { observingReason } = view.consensus
    say('observing', isTwofold(observingReason) ? 'bad' : 'warn', { detail: observingReason })
  }
  for (const member of view.members) {
    const of = { memberName: member.name, id: member.memberId }
    const { state, lag } = member.connection
    if (member.suspension)
      say('named', 'bad', {
        ...of,
        id: `named ${member.memberId}`,
        memberId: member.memberId,
        amount: member.suspension.height,
        detail: member.suspension.reason,
      })
    if (isAway(member) && member.isVoter)
      say('member-away', 'warn', {
        ...of,
        id: `away ${member.memberId}`,
        amount: member.connection.height,
        // How many voters are missing, of how many, and how many may be.
        detail: `${strength.voters - strength.reachable}/${strength.voters}/${strength.voters - strength.quorum}`,
      })
    else if (member.isVoter && state === 'up' && member.connection.signing !== 'signs')
      say('member-silent', 'warn', {
        ...of,
        id: `silent ${member.memberId}`,
        detail: member.connection.signing,
      })
    else if (state === 'up' && lag !== null && lag >= LAG_WORTH_SAYING)
      say('member-behind', 'plain', { ...of, id: `behind ${member.memberId}`, amount: lag })
    const { invitation } = member
    if (invitation && !invitation.isUsed && invitation.expiresAt - now < INVITATION_SOON_MS && isAway(member))
      say('invitation-expires', 'plain', {
        ...of,
        id: `invitation ${member.memberId}`,
        at: invitation.expiresAt,
      })
  }
  for (const proposal of proposals)
    if (proposal.standing === 'open' && proposal.mayApprove && !proposal.hasOwnRejection)
      say('proposal-waits', 'plain', {
        id: `proposal ${proposal.proposalId}`,
        memberName: proposal.authorName,
        at: proposal.createdAt,
        detail: proposal.proposalId,
      })
  const [newest] = deviations
  if (newest !== undefined)
    say('gateway-deviates', 'bad', {
      at: newest.at,
      amount: deviations.length,
      detail: newest.studyHash.slice(0, 8),
    })
  // A node with a vote observes because of it, which says so, until a person has looked.
  const hasVote = view.consensus !== null && view.consensus.standing !== 'no-vote'
  for (const [position, { kind, at, memberName, detail, amount }] of happened.entries()) {
    if (kind === 'keys-elsewhere' && hasVote) continue
    const tone = kind === 'repaired' || kind === 'reindexed' ? 'warn' : 'bad'
    say(kind, tone, { id: `${kind} ${at} ${position}`, at, memberName, detail, amount: amount ?? null })
  }
  return alerts
}

/** What an old copy of the data, or a second machine, looks like: somebody has to find out which, and stop it. */
function isTwofold(reason: string | null): boolean {
  return reason === 'unknown-own-signature' || reason === 'keys-elsewhere'
}

function isAway({ connection }: MemberView): boolean {
  return connection.state === 'away' || connection.state === 'left-out'
}
