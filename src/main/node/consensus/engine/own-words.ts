/** What this node itself proposes and votes: signed once, into the log, and to everybody. */
import { assert } from '../../../../shared/std/assert.ts'
import type { MemberId } from '../../chain/ids.ts'
import { proposalSignBytes, voteSignBytes, type Proposal, type Vote } from '../../chain/vote.ts'
import type { Effect, SeatProposal, SeatVote, ValueId } from '../core/height.ts'
import type { Plant } from '../core/plant.ts'
import type { Desk } from './desk.ts'
import { memberSignature } from './held.ts'
import { broadcast, type Outbox } from './outbox.ts'
import { seatProposal, seatVote } from './seats.ts'
import type { SignedKind } from './signing-guard.ts'
import type { World } from './world.ts'
import { encodeLogEntry, type LogEntry } from './write-ahead-log.ts'

/** Each gives its word as the core counts it: back into the core at once. */
export interface OwnWords {
  propose(desk: Desk, effect: Effect & { kind: 'cast-proposal' }, out: Outbox): SeatProposal
  vote(desk: Desk, effect: Effect & { kind: 'cast-vote' }, out: Outbox): SeatVote
}

/** @param signed at this height something was signed that was not before */
export function createOwnWords(
  world: Pick<World, 'sign'>,
  memberId: MemberId,
  signed: (height: number) => void,
  plant: Plant | null,
): OwnWords {
  function signOnce(desk: Desk, round: number, kind: SignedKind, signBytes: Uint8Array): Uint8Array {
    const earlier = desk.guard.earlier(round, kind, signBytes)
    if (earlier !== null) return earlier
    const signature = world.sign(signBytes)
    signed(desk.context.height)
    desk.guard.remember(round, kind, signBytes, signature)
    return signature
  }

  return {
    propose(desk, effect, out) {
      const { chainId, height, epoch, protocolVersion } = desk.context
      const value = desk.values.get(effect.value)
      assert(value !== undefined, 'what is proposed is held')
      const { round, validRound } = effect
      const segmentId = value.id
      const proposal: Proposal = { protocolVersion, epoch, height, round, validRound, segmentId, memberId }
      const signature = signOnce(desk, round, 'proposal', proposalSignBytes(chainId, proposal))
      // Our own key's signature needs no check.
      const own = { proposal, signature } as SeatProposal['signed']
      logValue(desk, effect.value, out)
      log({ kind: 'proposal', signed: own }, out)
      const proof = effect.proof.map(memberSignature)
      broadcast(out, { kind: 'proposal', signed: own, bundle: value.bundle, proof })
      return seatProposal(own, desk.state.seat!, true)
    },
    vote(desk, effect, out) {
      const { chainId, height, epoch, protocolVersion } = desk.context
      const { type, round } = effect
      const value = effect.value === null ? null : desk.values.get(effect.value)
      assert(value !== undefined, 'what is voted for is held')
      const segmentId = value === null ? null : value.id
      const vote: Vote = { type, protocolVersion, epoch, height, round, segmentId, memberId }
      const signature = signOnce(desk, round, type, voteSignBytes(chainId, vote))
      const own = { vote, signature } as SeatVote['signed']
      if (effect.value !== null) logValue(desk, effect.value, out)
      if (value !== null && type === 'precommit' && plant !== 'lock-not-logged') {
        const proof = plant === 'lock-without-proof' ? [] : effect.proof.map(memberSignature)
        log({ kind: 'lock', round, segmentId: value.id, proof }, out)
      }
      log({ kind: 'vote', signed: own }, out)
      broadcast(out, { kind: 'votes', votes: [own] })
      return seatVote(own, desk.state.seat!)
    },
  }
}

function log(entry: LogEntry, out: Outbox): void {
  out.entries.push(encodeLogEntry(entry))
}

/** The value's bytes once, and its bodies with the same write. */
function logValue(desk: Desk, name: ValueId, out: Outbox): void {
  if (desk.logged.has(name)) return
  desk.logged.add(name)
  const value = desk.values.get(name)!
  log({ kind: 'value', bundle: value.bundle }, out)
  out.values.push(value)
}
