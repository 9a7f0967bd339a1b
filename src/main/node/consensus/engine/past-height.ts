/**
 * The height before the one under way (R35, R33): contradictions that come to light after the decision are still
 * contradictions. And the last vote that was heard of each voter, in case that it forgets it (R27).
 */
import { equalBytes } from '../../../../shared/std/bytes.ts'
import { checkCertificate, decodeCertificate } from '../../chain/certificate.ts'
import { isSameBytes, keyOf, type MemberId, type SegmentId } from '../../chain/ids.ts'
import { segmentIdOf } from '../../chain/segment.ts'
import { verifyVote, type SignedVote } from '../../chain/vote.ts'
import type { Crypto } from '../../crypto/crypto.ts'
import type { Seat, SeatVote } from '../core/height.ts'
import { encodeMessage, type Message } from './messages.ts'
import type { HeightContext, World } from './world.ts'

export interface PastHeight {
  /** A height was decided here. `seat` is this node's own, null where it had none. */
  over(height: DecidedHeight, seat: Seat | null, heard: readonly SeatVote[]): void
  /** The chain went on by other ways: of the height before nothing was heard. */
  forget(): void
  /** Votes that may be about it; what contradicts is reported, once for each voter. */
  take(votes: readonly SignedVote[]): void
  /** Whether this is another decision of it that holds: then two certificates exist. */
  isFork(message: Message & { kind: 'decided' }): boolean
  readonly height: number | null
  /** The last vote that was heard of a voter, at any height. */
  lastVoteOf(memberId: MemberId): SignedVote | null
}

export interface DecidedHeight {
  readonly context: HeightContext
  readonly segmentId: SegmentId
  readonly seatByMember: ReadonlyMap<string, Seat>
}

/** Later rounds of a past height are not looked at. */
const PAST_ROUNDS_MAX = 64

export function createPastHeight(
  world: Pick<World, 'send' | 'equivocation'>,
  crypto: Crypto,
  memberId: MemberId,
): PastHeight {
  let last: DecidedHeight | null = null
  /** By type, round and seat: what each voter said. */
  const votes = new Map<string, SignedVote>()
  const named = new Set<Seat>()
  const lastVotes = new Map<string, SignedVote>()

  function begin(height: DecidedHeight | null): void {
    last = height
    votes.clear()
    named.clear()
  }

  function note(signed: SignedVote, seat: Seat): void {
    const { type, round, memberId: voter } = signed.vote
    votes.set(`${type}/${round}/${seat}`, signed)
    lastVotes.set(keyOf(voter), signed)
  }

  /** What was heard of the height that is over goes to one voter, another each time, who may have heard otherwise. */
  function tell({ context }: DecidedHeight, ownSeat: Seat | null, heard: readonly SeatVote[]): void {
    const { voters, height } = context
    if (ownSeat === null || voters.length < 2) return
    const step = 1 + (height % (voters.length - 1))
    const to = voters[(ownSeat + step) % voters.length]!
    const others = heard.filter(({ seat }) => seat !== ownSeat).map(({ signed }) => signed)
    if (others.length > 0) world.send(to.memberId, encodeMessage({ kind: 'votes', votes: others }))
  }

  return {
    over(height, seat, heard) {
      begin(height)
      for (const vote of heard) note(vote.signed, vote.seat)
      tell(height, seat, heard)
    },
    forget: () => begin(null),
    take(list) {
      if (last === null) return
      const { context, seatByMember } = last
      for (const signed of list) {
        const { vote } = signed
        const seat = seatByMember.get(keyOf(vote.memberId))
        if (vote.height !== context.height || vote.epoch !== context.epoch || seat === undefined) return
        if (vote.protocolVersion !== context.protocolVersion || vote.round > PAST_ROUNDS_MAX) return
        const known = votes.get(`${vote.type}/${vote.round}/${seat}`)
        if (known !== undefined && isSameBytes(known.vote.segmentId, vote.segmentId)) continue
        if (named.has(seat)) continue
        if (verifyVote(crypto, context.chainId, signed, context.voters[seat]!.consensusKey) === null) return
        if (known === undefined) note(signed, seat)
        else if (!equalBytes(vote.memberId, memberId)) {
          named.add(seat)
          world.equivocation({ kind: 'votes', first: known, second: signed })
        }
      }
    },
    isFork({ certificate: bytes, bundle }) {
      if (last === null) return false
      const { context, segmentId: decided } = last
      const certificate = decodeCertificate(bytes)
      const segmentId = segmentIdOf(crypto, context.chainId, bundle.segment)
      if (certificate?.height !== context.height || equalBytes(segmentId, decided)) return false
      return checkCertificate(crypto, context, certificate, context.height, segmentId) === null
    },
    get height() {
      return last?.context.height ?? null
    },
    lastVoteOf: (voter) => lastVotes.get(keyOf(voter)) ?? null,
  }
}
