/**
 * A member that lies: the product's engine, with its messages changed on their way out and others made up. It has its own
 * keys and everything that it was told, and not the keys of others.
 */
import { buildSegment } from '../src/main/node/chain/build-segment.ts'
import { makeCertificate, encodeCertificate } from '../src/main/node/chain/certificate.ts'
import { encodeSegment, decodeSegment, segmentIdOf } from '../src/main/node/chain/segment.ts'
import { keyOf, type ChainId, type MemberId, type SegmentId } from '../src/main/node/chain/ids.ts'
import { signProposal, signVote, type SignedVote, type Vote } from '../src/main/node/chain/vote.ts'
import { decodeMessage, encodeMessage, type Message } from '../src/main/node/consensus/engine/messages.ts'
import { heightContextOf } from '../src/main/node/consensus/engine/judge-segment.ts'
import type { Value } from '../src/main/node/consensus/engine/world.ts'
import type { Crypto } from '../src/main/node/crypto/crypto.ts'
import type { Lie } from './faults.ts'
import type { SimNode } from './node.ts'
import type { Dice } from './random.ts'
import { makeVisit, type SimVisit } from './visits.ts'

export interface LiarSetting {
  readonly lies: readonly Lie[]
  readonly node: SimNode
  readonly crypto: Crypto
  readonly chainId: ChainId
  readonly memberId: MemberId
  readonly consensusSecret: Uint8Array
  readonly dice: Dice
  readonly peers: readonly number[]
  readonly localTime: () => number
  readonly send: (to: number, bytes: Uint8Array) => void
  readonly sendVisits: (to: number, visits: readonly SimVisit[]) => void
}

export interface Liar {
  /** What the engine wants to say; sends what the liar says instead. `to` null: to everybody. */
  speak(to: number | null, bytes: Uint8Array): void
  /** Now and then something that nobody asked for. */
  mischief(): void
}

export function createLiar(setting: LiarSetting): Liar {
  const { crypto, chainId, memberId, consensusSecret, dice, node, peers } = setting
  const does = (lie: Lie): boolean => setting.lies.includes(lie)
  const overheard: Uint8Array[] = []
  let serial = 1_000_000
  let other: { height: number; value: Value | null } | null = null

  /** Another segment that could be decided at this height, known to the liar alone until it shows it. */
  function otherValue(): Value | null {
    const { state } = node
    if (other?.height === state.height + 1) return other.value
    const visit = makeVisit(
      crypto,
      chainId,
      memberId,
      serial++,
      setting.localTime() + 3_600_000,
      does('broken-record'),
    )
    for (const peer of peers) setting.sendVisits(peer, [visit])
    const time = setting.localTime() + (does('wrong-time') ? 3_600_000 : 0)
    const built = buildSegment(crypto, state, { candidates: [visit.candidate], items: [] }, time)
    let value: Value | null = built.kind === 'built' ? { id: built.segmentId, bundle: built.bundle } : null
    if (value !== null && does('wrong-segment') && dice.chance(0.5)) {
      const segment = decodeSegment(value.bundle.segment)!
      const wrong = encodeSegment({ ...segment, stateHash: crypto.sha256(segment.stateHash) })
      value = { id: segmentIdOf(crypto, chainId, wrong), bundle: { ...value.bundle, segment: wrong } }
    }
    other = { height: state.height + 1, value }
    return value
  }

  function voteFor(vote: Vote, segmentId: SegmentId | null): SignedVote {
    return signVote(crypto, chainId, { ...vote, segmentId, memberId }, consensusSecret)
  }

  /** The same message as this peer is to see it. */
  function twisted(message: Message, peer: number): Message {
    if (message.kind === 'votes') {
      const votes = message.votes.map((signed) => {
        if (keyOf(signed.vote.memberId) !== keyOf(memberId)) return signed
        const isTwo = signed.vote.type === 'prevote' ? does('two-prevotes') : does('two-precommits')
        const isChanged = does('amnesia') ? dice.chance(0.3) : isTwo && peer % 2 === 0
        if (!isChanged || signed.vote.height !== node.state.height + 1) return signed
        const value = dice.chance(0.5) ? otherValue() : null
        return voteFor(signed.vote, value === null ? null : value.id)
      })
      return { kind: 'votes', votes }
    }
    if (message.kind !== 'proposal' || keyOf(message.signed.proposal.memberId) !== keyOf(memberId))
      return message
    const isShownOther =
      (does('two-proposals') && peer % 2 === 0) || does('broken-record') || does('wrong-time')
    const value = isShownOther || does('wrong-segment') ? otherValue() : null
    if (value !== null && message.signed.proposal.height === node.state.height + 1) {
      const proposal = { ...message.signed.proposal, segmentId: value.id, validRound: -1 }
      return {
        kind: 'proposal',
        signed: signProposal(crypto, chainId, proposal, consensusSecret),
        bundle: value.bundle,
        proof: [],
      }
    }
    if (does('wrong-heads'))
      return {
        ...message,
        bundle: { ...message.bundle, heads: [...message.bundle.heads].reverse().slice(1) },
      }
    if (does('forged-certificate') && message.proof.length > 0) {
      const proof = message.proof.map((entry) => ({ ...entry, signature: dice.bytes(64) }))
      return { ...message, proof }
    }
    return message
  }

  function broadcast(message: Message, isToOne = false): void {
    const bytes = encodeMessage(message)
    const victims = isToOne ? [dice.pick(peers)] : peers
    for (const peer of victims) setting.send(peer, bytes)
  }

  /** A vote of ours, or with a made-up signature of somebody else. */
  function anyVote(
    signer: MemberId,
    type: Vote['type'],
    round: number,
    segmentId: SegmentId | null,
  ): SignedVote {
    const { height, epoch, protocolVersion } = heightContextOf(node.state)
    const vote: Vote = { type, protocolVersion, epoch, height, round, segmentId, memberId: signer }
    if (keyOf(signer) === keyOf(memberId)) return voteFor(vote, segmentId)
    return { vote, signature: dice.bytes(64) }
  }

  return {
    speak(to, bytes) {
      if (overheard.length < 200) overheard.push(bytes)
      if (does('silent')) return
      const message = decodeMessage(bytes)
      if (message === null) return
      if (does('silent-proposer') && message.kind === 'proposal') return
      for (const peer of to === null ? peers : [to]) {
        if (does('withhold') && (peer + node.state.height) % 3 === 0) continue
        setting.send(peer, encodeMessage(twisted(message, peer)))
      }
    },
    mischief() {
      if (!node.isUp || node.engine === null) return
      const { round } = node.engine.view()
      const { height, previousSegmentId, voters } = heightContextOf(node.state)
      if (does('future-rounds')) {
        const far = round + dice.pick([1, 2, 3, 10, 1_000, 1_000_000])
        broadcast({
          kind: 'votes',
          votes: [anyVote(memberId, dice.pick(['prevote', 'precommit']), far, null)],
        })
      }
      if (does('replay') && overheard.length > 0)
        for (let i = 0; i < 3; i++) setting.send(dice.pick(peers), dice.pick(overheard))
      if (does('garbage')) {
        const bytes = dice.bytes(dice.between(0, 60))
        const cut = overheard.length > 0 ? dice.pick(overheard).slice() : bytes
        if (cut.length > 0) cut[dice.below(cut.length)]! ^= 1 << dice.below(8)
        for (const peer of peers) setting.send(peer, dice.chance(0.5) ? bytes : cut)
      }
      if (does('false-status')) {
        const status = {
          height: height + dice.pick([-1, 0, 1, 1_000]),
          previousSegmentId,
          round: dice.below(50),
          localTime: dice.below(1_000_000),
          rounds: [],
          isQuestion: dice.chance(0.5),
        }
        if (status.height > 0) broadcast({ kind: 'status', status })
      }
      const value =
        does('forged-certificate') || does('repeated-signer') || does('forged-votes') ? otherValue() : null
      if (value === null) return
      const signersOf = (isRepeated: boolean) =>
        voters.map((voter) => (isRepeated ? memberId : voter.memberId))
      if (does('forged-certificate') || does('repeated-signer')) {
        const isRepeated = does('repeated-signer') && (!does('forged-certificate') || dice.chance(0.5))
        const votes = signersOf(isRepeated).map((signer) => anyVote(signer, 'precommit', round, value.id))
        const certificate = encodeCertificate(makeCertificate(votes))
        broadcast({ kind: 'decided', certificate, bundle: value.bundle }, true)
        const signatures = votes.map(({ vote, signature }) => ({ memberId: vote.memberId, signature }))
        broadcast(
          {
            kind: 'certificate',
            certificate: {
              type: dice.pick(['prevote', 'precommit']),
              height,
              round,
              segmentId: value.id,
              signatures,
            },
          },
          true,
        )
      }
      if (does('forged-votes')) {
        const victim = dice.pick(peers)
        for (const type of ['prevote', 'precommit'] as const) {
          const votes = voters.map((voter) => anyVote(voter.memberId, type, round, value.id))
          setting.send(victim, encodeMessage({ kind: 'votes', votes }))
        }
      }
    },
  }
}
