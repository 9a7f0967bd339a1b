/** What the other voters have said since this node started, and what follows from it for its own seat (R27, R29). Pure. */
import { keyOf, type MemberId } from '../../chain/ids.ts'
import { voteSignBytes, type Vote, type VoteType } from '../../chain/vote.ts'
import { quorumOf } from '../../chain/voters.ts'
import { proposerSeat } from '../core/proposer.ts'
import type { HeldVotes } from '../core/relay.ts'
import type { Status } from './messages.ts'
import type { SigningGuard } from './signing-guard.ts'
import { needsEveryVoter } from './standing.ts'
import type { HeightContext } from './world.ts'

export interface Place {
  readonly context: HeightContext
  readonly memberId: MemberId
  readonly seat: number
  /** What this node knows to have signed at this height. */
  readonly guard: SigningGuard
  /** Below it this node knows that it may have signed what it forgot. */
  readonly firstRound: number
}

/** The last status of each voter since the start, by name. */
export type Told = ReadonlyMap<string, Status>

/**
 * R27: whether enough others have said where they are, are not further, and hold nothing of this seat that it does not know.
 * Looked at from the height where this node is: at one that it had not reached, their votes said nothing yet.
 */
export function hasMetEnough(told: Told, place: Place): boolean {
  const { voters, height } = place.context
  const met = voters.filter(({ memberId }) => {
    const said = told.get(keyOf(memberId))
    return said !== undefined && said.height <= height && !showsUnknown(said, place)
  })
  return met.length >= quorumOf(voters.length) - 1
}

/** R29 where every voter is needed: the rounds of all others; null as long as one has not said to be at this height. */
export function roundsOfOthers(told: Told, { context, memberId }: Place): readonly number[] | null {
  const { voters, height } = context
  if (!needsEveryVoter(voters.length)) return null
  const rounds: number[] = []
  for (const voter of voters) {
    if (keyOf(voter.memberId) === keyOf(memberId)) continue
    const said = told.get(keyOf(voter.memberId))
    if (said?.height !== height) return null
    rounds.push(said.round)
  }
  return rounds
}

/** Whether a peer says that it holds something of this seat that it does not know. It can show it, and will. */
function showsUnknown({ height, rounds }: Status, place: Place): boolean {
  const { context, memberId, seat, guard, firstRound } = place
  const { chainId, epoch, protocolVersion, voters } = context
  if (height !== context.height) return false
  const isUnknown = (type: VoteType, round: number, held: HeldVotes): boolean => {
    if (((held.seats[seat >> 3] ?? 0) & (1 << (seat & 7))) === 0) return false
    const { segmentId } = held
    const vote: Vote = { type, protocolVersion, epoch, height, round, segmentId, memberId }
    return !guard.knows(round, type, voteSignBytes(chainId, vote))
  }
  return rounds.some(({ round, hasProposal, prevotes, precommits }) => {
    if (round < firstRound) return false
    const isOurs = hasProposal && proposerSeat(height, round, voters.length) === seat
    return (
      (isOurs && !guard.has(round, 'proposal')) ||
      prevotes.some((held) => isUnknown('prevote', round, held)) ||
      precommits.some((held) => isUnknown('precommit', round, held))
    )
  })
}
