/** The numbers behind a change of voters, as data: the screens put them into sentences. */
import type { MemberId } from '../chain/ids.ts'
import { faultsTolerated, quorumOf, seatsChanged, type Voter } from '../chain/voters.ts'

export type Strength = {
  readonly voters: number
  /** Votes that decide. */
  readonly quorum: number
  /** Voters that may be wrong or lie without harm: floor((n-1)/3). */
  readonly faultsTolerated: number
  /** Voters that this node reaches and that sign, itself included. */
  readonly reachable: number
  /** Voters that are connected, or this node, and do not sign now. */
  readonly silent: number
  /** How many more may become unreachable before visits wait; negative when they wait already. */
  readonly spare: number
}

export type Arithmetic = {
  readonly before: Strength
  readonly after: Strength
  readonly seatsChanged: number
  /** From four voters on an epoch changes at most this many; null below, where the step is one decision. */
  readonly seatsAllowed: number | null
}

/** Who is connected and whose signature can be counted on, as far as this node knows. */
export type Presence = {
  readonly isReachable: (memberId: MemberId) => boolean
  readonly isSigning: (memberId: MemberId) => boolean
}

export function strengthOf(voters: readonly Voter[], { isReachable, isSigning }: Presence): Strength {
  const connected = voters.filter(({ memberId }) => isReachable(memberId))
  const reachable = connected.filter(({ memberId }) => isSigning(memberId)).length
  const quorum = quorumOf(voters.length)
  return {
    voters: voters.length,
    quorum,
    faultsTolerated: faultsTolerated(voters.length),
    reachable,
    silent: connected.length - reachable,
    spare: reachable - quorum,
  }
}

export function arithmeticOf(
  before: readonly Voter[],
  after: readonly Voter[],
  presence: Presence,
): Arithmetic {
  return {
    before: strengthOf(before, presence),
    after: strengthOf(after, presence),
    seatsChanged: seatsChanged(before, after),
    seatsAllowed: before.length < 4 ? null : Math.max(1, faultsTolerated(before.length)),
  }
}
