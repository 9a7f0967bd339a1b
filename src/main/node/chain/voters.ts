/** Who votes, how many votes decide, and how fast the set may change (docs/spec/record-format.md section 10). */
import { compareBytes } from '../../../shared/std/bytes.ts'
import type { Crypto } from '../crypto/crypto.ts'
import { labelHash } from '../crypto/labels.ts'
import { encode } from './codec.ts'
import { keyOf, type ChainId, type MemberId } from './ids.ts'
import type { Member } from './members.ts'

export type Voter = { readonly memberId: MemberId; readonly consensusKey: Uint8Array }

/** The voters among members that are sorted by id, in that order: proposers rotate over it. */
export function votersOf(members: readonly Member[]): Voter[] {
  return members
    .filter((member) => member.isVoter)
    .map(({ memberId, consensusKey }) => ({ memberId, consensusKey }))
    .sort((a, b) => compareBytes(a.memberId, b.memberId))
}

/** floor(2n/3) + 1: any two quorums share a correct voter while fewer than a third are faulty. */
export function quorumOf(voterCount: number): number {
  return Math.floor((2 * voterCount) / 3) + 1
}

/** How many voters may be faulty at once: floor((n-1)/3). */
export function faultsTolerated(voterCount: number): number {
  return Math.floor((voterCount - 1) / 3)
}

/** One voter, or four and more; two and three only where the policy says that it tolerates no failure. */
export function isVoterCountAllowed(voterCount: number, areFewAllowed: boolean): boolean {
  return voterCount === 1 || voterCount >= 4 || (areFewAllowed && voterCount >= 1)
}

/**
 * Whether one epoch may follow another. From four voters on at most floor((n-1)/3) seats change, and always one may, so
 * that a node that missed an epoch still knows enough of the next; below four the step is one decision.
 */
export function isVoterChangeAllowed(
  before: readonly Voter[],
  after: readonly Voter[],
  areFewAllowed: boolean,
): boolean {
  if (!isVoterCountAllowed(after.length, areFewAllowed)) return false
  if (before.length < 4) return true
  return seatsChanged(before, after) <= Math.max(1, faultsTolerated(before.length))
}

/** A seat is a member with a key: a new key is a changed seat, and one who follows another changes one seat. */
export function seatsChanged(before: readonly Voter[], after: readonly Voter[]): number {
  const seatName = (voter: Voter) => keyOf(voter.memberId) + keyOf(voter.consensusKey)
  const namesBefore = new Set(before.map(seatName))
  const namesAfter = new Set(after.map(seatName))
  const left = [...namesBefore].filter((name) => !namesAfter.has(name)).length
  const joined = [...namesAfter].filter((name) => !namesBefore.has(name)).length
  return Math.max(left, joined)
}

/** What a segment says about who decides the next: a light client goes from epoch to epoch by it. */
export function votersRoot(
  crypto: Crypto,
  chainId: ChainId,
  epoch: number,
  voters: readonly Voter[],
): Uint8Array {
  const seats = voters.map((voter) => [voter.memberId, voter.consensusKey])
  return labelHash(crypto, 'consilium/voters/1', chainId, encode([epoch, seats]))
}
