/**
 * A member that lies: the product's engine, with its messages changed on their way out and others made up. It has its own
 * keys and everything that it was told, and not the keys of others.
 */
import { buildSegment } from '../src/main/node/chain/build-segment.ts'
import { makeCertificate, encodeCertificate } from '../src/main/node/chain/certificate.ts'
import { encodeSegment, decodeSegment, segmentIdOf } from '../src/main/node/chain/segment.ts'
import { keyOf, type ChainId, type MemberId, type SegmentId } from '../src/main/node/chain/ids.ts'
import { signItem, type ItemClear } from '../src/main/node/chain/item.ts'
import { signProposal, signVote, type SignedVote, type Vote } from '../src/main/node/chain/vote.ts'
import {
  decodeMessage,
  encodeMessage,
  VOTES_PER_MESSAGE_MAX,
  type Message,
} from '../src/main/node/consensus/engine/messages.ts'
import { heightContextOf } from '../src/main/node/consensus/engine/judge-segment.ts'
import type { Value } from '../src/main/node/consensus/engine/world.ts'
import type { Crypto } from '../src/main/node/crypto/crypto.ts'
import { STUDY_LIES, type Lie } from './faults.ts'
import type { SimNode } from './node.ts'
import type { Dice } from './random.ts'
import type { StudyLies } from './study-lies.ts'
import { makeVisit, type SimVisit } from './visits.ts'

export interface LiarSetting {
  readonly lies: readonly Lie[]
  readonly node: SimNode
  readonly crypto: Crypto
  readonly chainId: ChainId
  readonly memberId: MemberId
  readonly consensusSecret: Uint8Array
  readonly authorSecret: Uint8Array
  readonly dice: Dice
  readonly peers: readonly number[]
  readonly localTime: () => number
  readonly send: (to: number, bytes: Uint8Array) => void
  readonly sendVisits: (to: number, visits: readonly SimVisit[]) => void
  readonly sendItem: (to: number, item: Uint8Array) => void
  readonly studyLies: StudyLies
  /** Where liars are of one mind: the other value that they show, by height, and who they are. */
  readonly shared: {
    readonly values: Map<number, Value | null>
    readonly fellows: ReadonlySet<number>
  } | null
}

const OVERHEARD_MAX = 200

let tooMany: Uint8Array | null = null
/** One vote more than a message may hold; the same bytes for all liars, because they are half a megabyte. */
function tooManyVotes(): Uint8Array {
  if (tooMany === null) {
    const nothing = new Uint8Array(16) as MemberId
    const vote: Vote = {
      type: 'prevote',
      protocolVersion: 1,
      epoch: 1,
      height: 1,
      round: 0,
      segmentId: null,
      memberId: nothing,
    }
    const votes = Array.from({ length: VOTES_PER_MESSAGE_MAX + 1 }, () => ({
      vote,
      signature: new Uint8Array(64),
    }))
    tooMany = encodeMessage({ kind: 'votes', votes })
  }
  return tooMany
}

export interface Liar {
  /** What the engine wants to say; sends what the liar says instead. `to` null: to everybody. */
  speak(to: number | null, bytes: Uint8Array): void
  /** Now and then something that nobody asked for. */
  mischief(): void
  /** What goes on when the faults have ended. */
  goOn(): void
}

export function createLiar(setting: LiarSetting): Liar {
  const { crypto, chainId, memberId, consensusSecret, dice, node, peers } = setting
  const does = (lie: Lie): boolean => setting.lies.includes(lie)
  /** The newest, so that old and new are replayed and accused of. */
  const overheard: Uint8Array[] = []
  let heardCount = 0
  let serial = 1_000_000
  /** Half of the others see the other value; fellow liars see what there is. */
  const isOnOtherSide = (peer: number): boolean =>
    peer % 2 === 0 && setting.shared?.fellows.has(peer) !== true
  let other: { height: number; value: Value | null } | null = null

  /** Another segment that could be decided at this height, known to the liar alone until it shows it. */
  function otherValue(): Value | null {
    const { state } = node
    const height = state.height + 1
    const agreed = setting.shared?.values.get(height)
    if (agreed !== undefined) return agreed
    if (other?.height === height) return other.value
    const visit = makeVisit(
      crypto,
      chainId,
      does('stranger') ? (dice.bytes(memberId.length) as MemberId) : memberId,
      serial++,
      setting.localTime() + 3_600_000,
      does('broken-record'),
    )
    for (const peer of peers) setting.sendVisits(peer, [visit])
    const time = setting.localTime() + (does('wrong-time') ? 3_600_000 : 0)
    // A head over a body that nobody has: all look for it in vain.
    const candidate = does('wrong-body') ? { ...visit.candidate, bodyHash: dice.bytes(32) } : visit.candidate
    const built = buildSegment(crypto, state, { candidates: [candidate], items: [] }, time)
    let value: Value | null = built.kind === 'built' ? { id: built.segmentId, bundle: built.bundle } : null
    if (value !== null && does('wrong-segment') && dice.chance(0.5)) {
      const segment = decodeSegment(value.bundle.segment)!
      const wrong = encodeSegment({ ...segment, stateHash: crypto.sha256(segment.stateHash) })
      value = { id: segmentIdOf(crypto, chainId, wrong), bundle: { ...value.bundle, segment: wrong } }
    }
    other = { height, value }
    setting.shared?.values.set(height, value)
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
        const isChanged = does('amnesia') ? dice.chance(0.3) : isTwo && isOnOtherSide(peer)
        if (!isChanged || signed.vote.height !== node.state.height + 1) return signed
        const value = setting.shared !== null || dice.chance(0.5) ? otherValue() : null
        return voteFor(signed.vote, value === null ? null : value.id)
      })
      return { kind: 'votes', votes }
    }
    if (message.kind !== 'proposal' || keyOf(message.signed.proposal.memberId) !== keyOf(memberId))
      return message
    const isShownOther =
      (does('two-proposals') && isOnOtherSide(peer)) ||
      does('broken-record') ||
      does('wrong-time') ||
      does('wrong-body') ||
      does('stranger')
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

  /** Visits that only this peer gets, as fast as it takes them. */
  function flood(count: number): void {
    const expiresAt = setting.localTime() + 3_600_000
    const visits = Array.from({ length: count }, () =>
      makeVisit(crypto, chainId, memberId, serial++, expiresAt),
    )
    setting.sendVisits(dice.pick(peers), visits)
  }

  /** Signed and well formed, for a round that is ours: each names bytes that are no segment. */
  function proposeALot(round: number, voters: readonly { readonly memberId: MemberId }[]): void {
    const { height, epoch, protocolVersion } = heightContextOf(node.state)
    const seat = voters.findIndex((voter) => keyOf(voter.memberId) === keyOf(memberId))
    const own = [0, 1, 2, 3].map((ahead) => round + ahead)
    const at = own.find((each) => (height + each) % voters.length === seat)
    if (at === undefined) return
    const victim = dice.pick(peers)
    for (let i = 0; i < 25; i++) {
      const segment = dice.bytes(40)
      const segmentId = segmentIdOf(crypto, chainId, segment)
      const proposal = { protocolVersion, epoch, height, round: at, validRound: -1, segmentId, memberId }
      const bundle = { segment, certificate: null, heads: [], items: [] }
      const signed = signProposal(crypto, chainId, proposal, consensusSecret)
      setting.send(victim, encodeMessage({ kind: 'proposal', signed, bundle, proof: [] }))
    }
  }

  /** An item that accuses somebody by votes that contradict nothing: of two rounds, of two kinds, twice one, or forged. */
  function accuseFalsely(): void {
    const votes = overheard
      .map((bytes) => decodeMessage(bytes))
      .flatMap((message) => (message?.kind === 'votes' ? message.votes : []))
      .filter(({ vote }) => keyOf(vote.memberId) !== keyOf(memberId))
    if (votes.length === 0) return
    const first = dice.pick(votes)
    const ofTheSame = votes.filter(({ vote }) => keyOf(vote.memberId) === keyOf(first.vote.memberId))
    const segmentId = dice.bytes(32) as SegmentId
    const second = dice.chance(0.5)
      ? dice.pick(ofTheSame)
      : { vote: { ...first.vote, segmentId }, signature: dice.bytes(64) }
    handIn({ kind: 'evidence', first, second })
  }

  /** An item in its own name, to everybody. */
  function handIn(clear: ItemClear): void {
    const notAfterHeight = node.state.height + 1_000
    const item = { clear, sealed: null, author: memberId, sequence: serial++, notAfterHeight }
    const bytes = signItem(crypto, chainId, item, setting.authorSecret)
    for (const peer of peers) setting.sendItem(peer, bytes)
  }

  return {
    speak(to, bytes) {
      overheard[heardCount++ % OVERHEARD_MAX] = bytes
      if (does('silent')) return
      const message = decodeMessage(bytes)
      if (message === null) return
      if (does('silent-proposer') && message.kind === 'proposal') return
      for (const peer of to === null ? peers : [to]) {
        if (does('withhold') && (peer + node.state.height) % 3 === 0) continue
        setting.send(peer, encodeMessage(twisted(message, peer)))
      }
    },
    goOn() {
      if (does('flood') && node.isUp) flood(12)
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
      if (does('other-chain')) {
        // Good signatures of ours, for what is going on here, made for a chain with another name.
        const elsewhere = crypto.sha256(chainId) as ChainId
        const type = dice.pick(['prevote', 'precommit'] as const)
        const { vote } = anyVote(memberId, type, round, otherValue()?.id ?? null)
        broadcast({ kind: 'votes', votes: [signVote(crypto, elsewhere, vote, consensusSecret)] })
      }
      if (does('oversized') && dice.chance(0.1)) setting.send(dice.pick(peers), tooManyVotes())
      if (does('flood')) flood(12)
      if (does('many-proposals')) proposeALot(round, voters)
      if (does('false-evidence')) accuseFalsely()
      for (const lie of STUDY_LIES) if (does(lie)) setting.studyLies.make(lie).forEach(handIn)
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
