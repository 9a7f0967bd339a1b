/**
 * The hands of consensus: takes what peers, timers and the mempool bring, asks the core, and does what it says, in order.
 *
 * All inputs that wait are decided first, then everything to be logged goes to disk in one synced batch, then messages
 * leave, then the decision is stored. So a send always follows the durability of all that was decided before it (R20),
 * and a busy validator pays one fsync for many messages.
 */
import { assert } from '../../../../shared/std/assert.ts'
import { equalBytes } from '../../../../shared/std/bytes.ts'
import { Failure } from '../../../../shared/std/failure.ts'
import { isFreshTime, decodeHead } from '../../chain/block.ts'
import {
  decodeCertificate,
  encodeCertificate,
  makeCertificate,
  type Certificate,
} from '../../chain/certificate.ts'
import { keyOf, type MemberId, type SegmentId } from '../../chain/ids.ts'
import { isSpoken } from '../../chain/protocol.ts'
import { decodeSegment, segmentIdOf, type SegmentBundle } from '../../chain/segment.ts'
import {
  proposalSignBytes,
  verifyProposal,
  verifyVote,
  voteSignBytes,
  type Proposal,
  type SignedVote,
  type Vote,
  type VoteType,
} from '../../chain/vote.ts'
import type { Crypto } from '../../crypto/crypto.ts'
import type { Effect, HeightState, Input, ValueId } from '../core/height.ts'
import type { Plant } from '../core/plant.ts'
import { votesHeld } from '../core/relay.ts'
import { proposerSeat } from '../core/proposer.ts'
import { restoreHeight, withSeat } from '../core/restore.ts'
import { awaitsProposal, bookOf, step } from '../core/step.ts'
import { DEAD_PROPOSER_TIMEOUT_MS, DEFAULT_TIMEOUTS, type Timeouts } from '../core/timeouts.ts'
import { cancelTimers, closeDesk, layDesk, seatOf, type Desk } from './desk.ts'
import { holdsNothing, lackedBy, statusOf } from './held.ts'
import { hasMetEnough, roundsOfOthers, type Place } from './meeting.ts'
import {
  decodeMessage,
  encodeMessage,
  heightOf,
  type MemberSignature,
  type Message,
  type Status,
} from './messages.ts'
import { broadcast, emptyOutbox, isOver, send, type Outbox } from './outbox.ts'
import { readOwnLog } from './own-log.ts'
import { createOwnWords } from './own-words.ts'
import { createPastHeight } from './past-height.ts'
import { seatProposal } from './seats.ts'
import type { SignedKind } from './signing-guard.ts'
import {
  atHeight,
  comingBack,
  decodeStanding,
  encodeStanding,
  firstRoundAt,
  observe,
  reportersNeeded,
  VOTING,
  withConfirmation,
  withHeightSeen,
  withKeysElsewhere,
  type Standing,
} from './standing.ts'
import { createVoteVerifier } from './verify-votes.ts'
import { createEarlyMessages, createLoads, putDown, takeOn, type Load } from './waiting-messages.ts'
import type { Decision, HaltReason, HeightContext, Value, World } from './world.ts'

export interface EngineConfig {
  readonly crypto: Crypto
  /** This node. It votes at the heights at which it is among the voters. */
  readonly memberId: MemberId
  readonly timeouts?: Timeouts
  /** How often a node says what it holds, while a round runs and while none does. */
  readonly statusActiveMs?: number
  readonly statusIdleMs?: number
}

/** What the node found on its disk. */
export interface Restored {
  readonly context: HeightContext
  /** `readLog` of `context.height`; null when it is damaged. */
  readonly entries: readonly Uint8Array[] | null
  /** The last `DurableBatch.standing`; null when there was none. */
  readonly standing: Uint8Array | null
  /**
   * The store was repaired, restored from a backup or cloned: observe until it is safe (R29). To be said at every start
   * until a batch with a `standing` was written: a second death must not make the node forget that it has forgotten.
   */
  readonly isRestoredData?: boolean
}

/** What an operator's screen shows. */
export interface EngineView {
  readonly height: number
  readonly round: number
  readonly phase: HeightState['phase']
  readonly proposer: MemberId | null
  readonly prevoted: readonly MemberId[]
  readonly precommitted: readonly MemberId[]
  readonly standing: Standing
  readonly isHalted: boolean
  /** Messages that wait to be read, and values that are held: what others can make this node keep (R14). */
  readonly waitingMessageCount: number
  readonly heldValueCount: number
}

export interface Engine {
  /** Begins: resumes the height from the log, says hello, and works if there is work. Call once. */
  start(): void
  /** A message of a member, who was authenticated by the transport. Never throws; what is wrong is dropped. */
  receive(from: MemberId, message: Uint8Array): void
  /** Something waits to be decided. Call whenever something was added; cheap. */
  workArrived(): void
  /** A link to a member is up: tells it where we are. */
  connected(peer: MemberId): void
  /** Sync has stored heights up to `context.height - 1`. Ignored unless it is ahead. */
  advanceTo(context: HeightContext): void
  /**
   * From now until `resume` somebody else appends, or nobody may: nothing is taken and nothing signed. Resolves when
   * nothing is under way. What peers say meanwhile is lost; they say it again (R30).
   */
  pause(): Promise<void>
  /** Goes on at `context` where it is ahead, or where it was. */
  resume(context: HeightContext): void
  /**
   * Certificates of heights that somebody else appended during a pause, and that hold: a signature of our own in them that
   * we do not know means that we have lost our memory (R29).
   */
  fetched(certificates: readonly Certificate[]): Promise<void>
  /** A person confirms that no other machine runs with these keys (R29). */
  confirmVoting(): void
  /** The network has found that one does: nothing is signed until a person has looked (R29). */
  keysElsewhere(): void
  view(): EngineView
  /** Resolves when everything that was handed in has been dealt with; for tests and for an orderly end. */
  settled(): Promise<void>
  /** Stops timers and takes nothing more. What is being written is finished. */
  close(): Promise<void>
}

const STATUS_ACTIVE_MS = 1_000
const STATUS_IDLE_MS = 10_000
/** A peer's status is answered at most this often, so that it cannot be used to make a node shout. */
const ANSWER_MS = 100
/** How long a node that sees messages of a later height waits before it asks for what it missed. */
const BEHIND_MS = 250
/** After a log that cannot be read: whoever reads both together finds a hole, and not a mixture of two pasts. */
const SEQUENCE_BEHIND_DAMAGE = 2 ** 20
/** Inputs that are decided before their log is written. */
const INPUTS_PER_BATCH = 256

export function createEngine(world: World, config: EngineConfig, restored: Restored): Engine {
  return buildEngine(world, config, restored, null)
}

type Event =
  | {
      readonly kind: 'message'
      readonly from: MemberId
      readonly bytes: Uint8Array
      /** What of its sender waits to be read; null once it has been. */
      readonly load: Load | null
    }
  | { readonly kind: 'input'; readonly height: number; readonly input: Input }
  | {
      readonly kind: 'candidate'
      readonly height: number
      readonly round: number
      readonly value: Value | null
    }
  | { readonly kind: 'work' }
  | { readonly kind: 'connected'; readonly peer: MemberId }
  | { readonly kind: 'status-timer' }
  /** Still behind a peer after a while. */
  | { readonly kind: 'ask'; readonly height: number; readonly peer: MemberId }
  | { readonly kind: 'advance'; readonly context: HeightContext }
  | { readonly kind: 'confirm' }
  | { readonly kind: 'keys-elsewhere' }

/** For the simulator; the node uses `createEngine`. */
export function buildEngine(
  world: World,
  config: EngineConfig,
  restored: Restored,
  plant: Plant | null,
): Engine {
  const { crypto, memberId } = config
  const timeouts = config.timeouts ?? DEFAULT_TIMEOUTS
  let standing = standingOf(restored, plant)
  let isStandingDirty = false
  /** R27: whether this node knows where the others are, and may sign. Once is enough for a process. */
  let hasMet = plant === 'unsafe-start' || plant === 'meeting-skipped'
  /** By voter: what it has said since this node started. */
  const told = new Map<string, Status>()
  /** The greatest height at which this node knows to have signed, or to have had the chance to. */
  let signedUpTo = Math.max(
    restored.context.height - (restored.entries?.length === 0 ? 1 : 0),
    standing.from === null ? 0 : standing.from.height + 1,
  )
  const past = createPastHeight(world, crypto, memberId)
  const words = createOwnWords(world, memberId, (height) => (signedUpTo = height), plant)
  const verifier = createVoteVerifier({
    crypto,
    memberId,
    firstVoters: restored.context.voters,
    ownSeen: (vote) => lookForDouble(vote, vote.type, voteSignBytes(desk.context.chainId, vote)),
    plant,
  })
  let desk = openDesk(restored.context)
  let isHalted = false
  let isPaused = false
  let isWorkWaiting = false
  let running: Promise<void> | null = null
  let cancelStatus: (() => void) | null = null
  const early = createEarlyMessages()
  const answeredAt = new Map<string, { at: number; height: number }>()
  const loads = createLoads()
  const events: Event[] = []
  /** Who gave us the last segment: it may have the next. */
  let guide: MemberId | null = null

  let ownEntries = restored.entries
  if (restored.entries !== null && plant !== 'log-not-read') restoreDesk(restored.entries)

  function openDesk(context: HeightContext): Desk {
    const { voters, height } = context
    setStanding(atHeight(standing, height, voters.length))
    // There is nobody to wait for.
    if (voters.length === 1 && equalBytes(voters[0]!.memberId, memberId)) hasMet = true
    return layDesk({ memberId, timeouts, plant }, context, standing, hasMet)
  }

  // ---- the loop ---------------------------------------------------------------------------------------------------

  function put(event: Event): void {
    if (isHalted || (isPaused && event.kind === 'message')) return
    const isBounded = plant !== 'everything-kept'
    if (event.kind === 'message' && event.load !== null && !takeOn(event.load, event.bytes.length, isBounded))
      return
    events.push(event)
    if (!isPaused) running ??= run()
  }

  async function run(): Promise<void> {
    // Not within the caller's call: `receive` and `workArrived` return at once.
    await Promise.resolve()
    try {
      while (events.length > 0 && !isHalted && !isPaused) await runBatch()
    } catch (error) {
      stopAt(error)
    }
    running = null
  }

  async function runBatch(): Promise<void> {
    const out = emptyOutbox()
    for (let i = 0; i < INPUTS_PER_BATCH && events.length > 0 && !isOver(out); i++) take(events.shift()!, out)
    if (isStandingDirty) {
      out.standing = encodeStanding(standing)
      isStandingDirty = false
    }
    if (out.halt !== null) return halt(out.halt)
    const written = makeDurable(out)
    if (plant !== 'log-not-synced') await written
    if (isHalted) return
    for (const { to, message } of out.sends) {
      if (to === null) world.broadcast(message)
      else world.send(to, message)
    }
    if (out.decision !== null) await moveOn(out.decision)
    else if (out.advance !== null) jump(out.advance)
  }

  async function makeDurable(out: Outbox): Promise<void> {
    if (out.entries.length === 0 && out.standing === null) return
    const firstSequence = desk.sequence
    desk.sequence += out.entries.length
    const { height } = desk.context
    try {
      const values = plant === 'bodies-not-durable' ? [] : out.values
      await world.persist({ height, firstSequence, entries: out.entries, values, standing: out.standing })
    } catch (error) {
      stopAt(error)
    }
  }

  async function moveOn(decision: Decision): Promise<void> {
    const { context, state, seatByMember } = desk
    closeDesk(desk)
    const next = await world.decide(decision)
    if (isHalted) return
    past.over({ context, segmentId: decision.value.id, seatByMember }, state.seat, votesHeld(state))
    assert(next.height === context.height + 1, 'heights follow each other')
    beginNext(next)
  }

  function jump(context: HeightContext): void {
    const isSameHeight = context.height === desk.context.height
    closeDesk(desk)
    past.forget()
    beginNext(context)
    if (!isSameHeight) return
    // What this node signed at this height it must still know.
    if (ownEntries === null) desk.sequence = SEQUENCE_BEHIND_DAMAGE
    else restoreDesk(ownEntries)
    events.unshift(...takeSeat())
  }

  function beginNext(context: HeightContext): void {
    desk = openDesk(context)
    meet()
    for (const message of early.takeAll()) events.push({ kind: 'message', ...message, load: null })
    if (world.hasWork()) events.push({ kind: 'work' })
    if (guide !== null) events.push({ kind: 'connected', peer: guide })
    guide = null
    world.changed?.()
    restartStatusTimer()
  }

  function ownPlace(): Place | null {
    const { context, guard, state } = desk
    const seat = seatOf(desk, memberId)
    return seat === undefined ? null : { context, memberId, seat, guard, firstRound: state.firstRound }
  }

  /**
   * R27. Of an old copy of its data, put back by somebody who told it nothing, this node knows as little as of any other
   * start. So it first hears where the others are, and comes there; what it signed on the way they can show it.
   */
  function meet(): void {
    // A height without a seat proves nothing: one later may have one.
    const place = hasMet ? null : ownPlace()
    if (place === null || !hasMetEnough(told, place)) return
    hasMet = true
    sitDown()
  }

  /** R29, where the height cannot end without this node: it signs again as soon as all others have said where they are. */
  function comeBack(): void {
    if (standing.kind !== 'observing' || !standing.isConfirmed) return
    const place = ownPlace()
    const rounds = place && roundsOfOthers(told, place)
    if (rounds === null) return
    const { height } = desk.context
    setStanding(plant === 'first-round-forgotten' ? VOTING : comingBack(standing, height, rounds))
    signedUpTo = Math.max(signedUpTo, height + 1)
    if (ownEntries === null && height === restored.context.height) desk.sequence = SEQUENCE_BEHIND_DAMAGE
    desk.state = { ...desk.state, firstRound: firstRoundAt(standing, height) }
    hasMet = true
    sitDown()
  }

  function sitDown(): void {
    events.push(...takeSeat())
    if (world.hasWork()) events.push({ kind: 'work' })
  }

  /** Signs at this height from now on; gives what is to be done first (R28). */
  function takeSeat(): Event[] {
    const { height, protocolVersion } = desk.context
    const seat = seatOf(desk, memberId)
    if (seat === undefined || !hasMet || standing.kind !== 'voting' || !isSpoken(protocolVersion)) return []
    desk.state = withSeat(desk.state, seat)
    const inputs: Input[] = [
      { kind: 'resume' },
      ...[...desk.values.keys()].map((value): Input => ({ kind: 'value', value })),
    ]
    return inputs.map((input): Event => ({ kind: 'input', height, input }))
  }

  function halt(reason: HaltReason): void {
    if (isHalted) return
    isHalted = true
    closeDesk(desk)
    cancelStatus?.()
    events.length = 0
    world.halted(reason)
  }

  /** The disk failed, or we did. Both end the engine; only the first may be tried again, from the disk. */
  function stopAt(error: unknown): void {
    halt({ code: error instanceof Failure ? 'world-failed' : 'bug', error })
  }

  // ---- events -----------------------------------------------------------------------------------------------------

  function take(event: Event, out: Outbox): void {
    switch (event.kind) {
      case 'message':
        if (event.load !== null) putDown(event.load, event.bytes.length)
        // Of a protocol that this program does not speak it can judge nothing: it stands still before this height.
        if (!isSpoken(desk.context.protocolVersion)) return
        return takeMessage(event, out)
      case 'input':
        if (event.height === desk.context.height) feed(event.input, out)
        return
      case 'candidate':
        if (event.height !== desk.context.height) return
        if (event.value !== null) desk.values.set(keyOf(event.value.id), event.value)
        return feed(
          { kind: 'candidate', round: event.round, value: event.value && keyOf(event.value.id) },
          out,
        )
      case 'work':
        isWorkWaiting = false
        // What it was about may have been decided since: a round that begins without anything to propose has no end (R1).
        return world.hasWork() ? feed({ kind: 'work' }, out) : undefined
      case 'connected':
        // Before the status: whoever counts this one has been shown what it signed last (R27).
        sendLastVote(event.peer, out)
        return sendStatus(event.peer, true, out)
      case 'status-timer':
        sendStatus(null, true, out)
        restartStatusTimer()
        return
      case 'ask':
        desk.timers.delete('behind')
        if (event.height === desk.context.height) sendStatus(event.peer, true, out)
        return
      case 'advance':
        if (event.context.height > desk.context.height) out.advance = event.context
        return
      case 'confirm':
        setStanding(withConfirmation(standing))
        // Alone there is no next height to wait for: without this vote it never begins.
        if (standing.kind === 'observing' && desk.context.voters.length === 1) out.advance = desk.context
        comeBack()
        return
      case 'keys-elsewhere':
        if (plant === 'unsafe-start') return
        setStanding(withKeysElsewhere(standing, desk.context.height))
        desk.state = { ...desk.state, seat: null }
        return
    }
  }

  /** The core's answer to an input, done in order. Own signatures go back into the core at once. */
  function feed(input: Input, out: Outbox): void {
    const { next, effects } = step(desk.state, input)
    const isMoved = next.phase !== desk.state.phase || next.round !== desk.state.round
    desk.state = next
    if (isMoved) {
      world.changed?.()
      if (next.phase === 'idle') cancelTimers(desk)
      if (next.phase === 'propose' || next.phase === 'idle') restartStatusTimer()
    }
    for (const effect of effects) {
      perform(effect, out)
      if (isOver(out)) return
    }
  }

  function perform(effect: Effect, out: Outbox): void {
    const { height } = desk.context
    switch (effect.kind) {
      case 'want-candidate': {
        const { round } = effect
        void world
          .candidate(desk.context)
          .then((value) => put({ kind: 'candidate', height, round, value }), stopAt)
        return
      }
      case 'check':
        return check(effect.value)
      case 'want-value':
        // Peers answer a status with what it lacks.
        return sendStatus(null, true, out)
      case 'cast-proposal':
        return feed({ kind: 'proposal', proposal: words.propose(desk, effect, out) }, out)
      case 'cast-vote':
        return feed({ kind: 'vote', vote: words.vote(desk, effect, out) }, out)
      case 'start-timer': {
        const name = `${effect.timer}/${effect.round}`
        const ms = effect.timer === 'propose' ? proposeTimeoutMs(effect.round, effect.ms) : effect.ms
        const input: Input = { kind: 'timeout', timer: effect.timer, round: effect.round }
        desk.timers.get(name)?.()
        desk.timers.set(
          name,
          world.startTimer(ms, () => put({ kind: 'input', height, input })),
        )
        return
      }
      case 'decide': {
        const value = desk.values.get(effect.value)
        assert(value !== undefined, 'what is decided is held')
        const certificate = makeCertificate(effect.precommits.map((vote) => vote.signed))
        out.decision = { height, value, certificate, certificateBytes: encodeCertificate(certificate) }
        return
      }
      case 'equivocation':
        return world.equivocation({ kind: 'votes', first: effect.first.signed, second: effect.second.signed })
      case 'double-proposal':
        return world.equivocation({
          kind: 'proposals',
          first: effect.first.signed,
          second: effect.second.signed,
        })
      case 'halt':
        out.halt = { code: effect.reason, height }
        return
    }
  }

  function check(name: ValueId): void {
    const own = desk
    const { context } = own
    const value = own.values.get(name)
    assert(value !== undefined, 'what is checked is held')
    const abort = (own.abort ??= new AbortController())
    own.checkCount++
    world.check(context, value, abort.signal).then(
      (verdict) => {
        own.checkCount--
        if (verdict === 'unbound' && desk.context === context && desk.values.get(name) === value)
          desk.values.delete(name)
        put({ kind: 'input', height: context.height, input: { kind: 'checked', value: name, verdict } })
      },
      (error: unknown) => {
        own.checkCount--
        if (!abort.signal.aborted) stopAt(error)
      },
    )
  }

  /** A proposer whose link is down is not waited for (R11). Local: no other node depends on it. */
  function proposeTimeoutMs(round: number, ms: number): number {
    const { voters, height } = desk.context
    const proposer = voters[proposerSeat(height, round, voters.length)]!
    const isOwn = equalBytes(proposer.memberId, memberId)
    return isOwn || world.isReachable(proposer.memberId) ? ms : Math.min(ms, DEAD_PROPOSER_TIMEOUT_MS)
  }

  // ---- messages ---------------------------------------------------------------------------------------------------

  function takeMessage(event: Event & { kind: 'message' }, out: Outbox): void {
    const message = decodeMessage(event.bytes)
    if (message === null) return
    const height = heightOf(message)
    if (height !== null && height !== desk.context.height) {
      if (height === desk.context.height + 1) early.keep(event.from, event.bytes)
      // R33.
      if (message.kind === 'decided' && past.isFork(message))
        halt({ code: 'two-certificates', height: past.height! })
      if (message.kind === 'votes') lookForForgotten(message.votes)
      if (message.kind === 'votes' && height < desk.context.height) past.take(message.votes)
      if (height > desk.context.height) noteBehind(event.from, height)
      if (!(plant === 'height-not-checked' && message.kind === 'votes')) return
    }
    switch (message.kind) {
      case 'proposal':
        return takeProposal(message, out)
      case 'votes':
        for (const signed of message.votes) {
          const vote = verifier.vote(desk, signed)
          if (vote !== null) feed({ kind: 'vote', vote }, out)
          if (isOver(out)) return
        }
        return
      case 'certificate': {
        const { type, round, segmentId, signatures } = message.certificate
        return takeCertificate(type, round, segmentId, signatures, out)
      }
      case 'status':
        return takeStatus(event.from, message.status, out)
      case 'decided':
        return takeDecided(event.from, message, out)
    }
  }

  /** Usually the rest of this height is on its way; if it does not come, ask. */
  function noteBehind(peer: MemberId, peerHeight: number): void {
    const { height } = desk.context
    world.behind(peer, peerHeight)
    if (!desk.timers.has('behind'))
      desk.timers.set(
        'behind',
        world.startTimer(BEHIND_MS, () => put({ kind: 'ask', height, peer })),
      )
  }

  function takeProposal(message: Message & { kind: 'proposal' }, out: Outbox): void {
    const { chainId, voters, epoch, protocolVersion } = desk.context
    const { signed, bundle, proof } = message
    const { proposal } = signed
    // Of another epoch or by other rules: it does not count, and says nothing against who signed it (R15).
    if (proposal.epoch !== epoch || proposal.protocolVersion !== protocolVersion) return
    const seat = seatOf(desk, proposal.memberId)
    if (seat === undefined || seat !== proposerSeat(proposal.height, proposal.round, voters.length)) return
    const name = keyOf(proposal.segmentId)
    const held = bookOf(desk.state, proposal.round).proposal
    const isHeld = held !== null && held.value === name && equalBytes(held.signed.signature, signed.signature)
    if (isHeld && desk.state.verdicts[name] !== undefined) return
    const segmentId = segmentIdOf(crypto, chainId, bundle.segment)
    if (!equalBytes(segmentId, proposal.segmentId)) return
    const verified = isHeld
      ? held.signed
      : verifyProposal(crypto, chainId, signed, voters[seat]!.consensusKey)
    if (verified === null) return
    if (equalBytes(proposal.memberId, memberId))
      lookForDouble(proposal, 'proposal', proposalSignBytes(chainId, proposal))
    if (proposal.validRound >= 0)
      takeCertificate('prevote', proposal.validRound, proposal.segmentId, proof, out)
    if (isOver(out)) return
    // Only what is going to be looked at is kept: a proposer can sign as many proposals as it likes (R14).
    const isWanted = desk.state.wanted.includes(name)
    const isAwaited =
      isHeld || isWanted || awaitsProposal(desk.state, proposal.round) || plant === 'everything-kept'
    if (isAwaited && desk.state.verdicts[name] === undefined) desk.values.set(name, { id: segmentId, bundle })
    if (!isHeld) feed({ kind: 'proposal', proposal: seatProposal(verified, seat, isTimely(bundle)) }, out)
    if (isOver(out)) return
    // Held, with heads that did not fit before; or a quorum's, where this node was shown another one first.
    if (isHeld || isWanted) feed({ kind: 'value', value: name }, out)
  }

  /** R8: the birth times of a fresh proposal lie near the local clock, from the first head's to the segment's. */
  function isTimely(bundle: SegmentBundle): boolean {
    const { timestampGranularityMs } = desk.context
    const segment = decodeSegment(bundle.segment)
    const first = bundle.heads[0]
    const firstHead = first === undefined ? null : decodeHead(first)
    const times = [segment?.time ?? 0, firstHead?.timestamp ?? segment?.time ?? 0]
    return times.every((time) => isFreshTime(time, world.now(), timestampGranularityMs))
  }

  function takeCertificate(
    type: VoteType,
    round: number,
    segmentId: SegmentId | null,
    signatures: readonly MemberSignature[],
    out: Outbox,
  ): void {
    const votes = verifier.certificate(desk, type, round, segmentId, signatures)
    if (votes !== null) feed({ kind: 'certificate', votes }, out)
  }

  /**
   * Our own signature that our log does not know: somebody else has our key, or we have lost our memory (R29). It counts
   * like anybody's: it was signed, and others have it.
   */
  function lookForDouble(signed: Vote | Proposal, kind: SignedKind, signBytes: Uint8Array): void {
    const { round, height } = signed
    // Of rounds below the first it is known that they were forgotten.
    if (standing.kind === 'voting' && round < desk.state.firstRound) return
    if (!desk.guard.knows(round, kind, signBytes)) noteUnknown(height)
  }

  function noteUnknown(height: number): void {
    if (plant === 'unsafe-start') return
    if (standing.kind === 'observing') return setStanding(withHeightSeen(standing, height, null, 0))
    setStanding(observe('unknown-own-signature', height, standing.from))
    desk.state = { ...desk.state, seat: null }
  }

  /** Votes of another height: one of our own above all that we know to have signed was signed before we forgot it. */
  function lookForForgotten(votes: readonly SignedVote[]): void {
    const { chainId, voters } = desk.context
    for (const signed of votes) {
      if (!equalBytes(signed.vote.memberId, memberId) || signed.vote.height <= signedUpTo) continue
      const seat = seatOf(desk, memberId)
      if (seat === undefined) return
      if (verifyVote(crypto, chainId, signed, voters[seat]!.consensusKey) !== null)
        noteUnknown(signed.vote.height)
    }
  }

  /** At the height of the desk the log says what we signed; above it we have signed nothing. */
  function lookForOwn({ height, round, segmentId, signatures }: Certificate): void {
    const { chainId, epoch, protocolVersion, height: ownHeight } = desk.context
    if (height < ownHeight || !signatures.some((signature) => equalBytes(signature.memberId, memberId)))
      return
    const vote: Vote = { type: 'precommit', protocolVersion, epoch, height, round, segmentId, memberId }
    if (height === ownHeight) lookForDouble(vote, 'precommit', voteSignBytes(chainId, vote))
    else noteUnknown(height)
  }

  function takeStatus(from: MemberId, status: Status, out: Outbox): void {
    const { height, voters } = desk.context
    world.heardTime?.(from, status.localTime)
    if (desk.seatByMember.has(keyOf(from)) && !equalBytes(from, memberId)) {
      setStanding(withHeightSeen(standing, status.height, from, reportersNeeded(voters.length)))
      told.set(keyOf(from), status)
      meet()
      comeBack()
    }
    if (status.height > height) noteBehind(from, status.height)
    const isFresh = status.isQuestion && holdsNothing(status)
    const now = world.now()
    const answered = answeredAt.get(keyOf(from))
    const isTooSoon = answered !== undefined && now - answered.at < ANSWER_MS && now >= answered.at
    // Whoever catches up asks for the next height at once; whoever names lower ones again and again can wait.
    if (isTooSoon && status.height <= answered.height) return
    answeredAt.set(keyOf(from), { at: now, height: status.height })
    // It may have just started: what it signed last it should know (R27).
    if (isFresh) sendLastVote(from, out)
    if (status.height < height) return void sendDecided(from, status.height)
    if (status.height > height) {
      if (status.isQuestion) sendStatus(from, false, out)
      return
    }
    // The same height after another segment: one of the two certificates must not exist.
    if (!equalBytes(status.previousSegmentId, desk.context.previousSegmentId) && height > 1)
      void sendDecided(from, height - 1)
    if (isFresh) sendStatus(from, false, out)
    for (const message of lackedBy(desk, status)) send(out, from, message)
    // What we lack of what it holds we ask for by our own status, a moment later.
  }

  function takeDecided(from: MemberId, message: Message & { kind: 'decided' }, out: Outbox): void {
    const { chainId } = desk.context
    const certificate = decodeCertificate(message.certificate)
    if (certificate === null || certificate.height !== desk.context.height) return
    const segmentId = segmentIdOf(crypto, chainId, message.bundle.segment)
    if (!equalBytes(segmentId, certificate.segmentId)) return
    // The certificate first: without it anybody could make this node keep and check whatever it sends (R14).
    const { round, signatures } = certificate
    const votes = verifier.certificate(desk, 'precommit', round, segmentId, signatures)
    if (votes === null) return
    const name = keyOf(segmentId)
    if (desk.state.verdicts[name] === undefined)
      desk.values.set(name, { id: segmentId, bundle: message.bundle })
    feed({ kind: 'value', value: name }, out)
    feed({ kind: 'certificate', votes }, out)
    guide = from
  }

  async function sendDecided(to: MemberId, height: number): Promise<void> {
    try {
      const found = await world.decided(height)
      if (found === null || isHalted) return
      const { certificate, bundle } = found
      world.send(
        to,
        encodeMessage({ kind: 'decided', certificate, bundle: { ...bundle, certificate: null } }),
      )
    } catch {
      // Reading for others must not stop us; it asks again.
    }
  }

  function sendStatus(to: MemberId | null, isQuestion: boolean, out: Outbox): void {
    const message: Message = { kind: 'status', status: statusOf(desk, world.now(), isQuestion) }
    if (to === null) broadcast(out, message)
    else send(out, to, message)
  }

  function sendLastVote(to: MemberId, out: Outbox): void {
    const lastVote = past.lastVoteOf(to)
    if (lastVote !== null) send(out, to, { kind: 'votes', votes: [lastVote] })
  }

  function restartStatusTimer(): void {
    cancelStatus?.()
    if (isHalted) return
    const ms =
      desk.state.phase === 'idle' && (hasMet || !desk.seatByMember.has(keyOf(memberId)))
        ? (config.statusIdleMs ?? STATUS_IDLE_MS)
        : (config.statusActiveMs ?? STATUS_ACTIVE_MS)
    cancelStatus = world.startTimer(ms, () => put({ kind: 'status-timer' }))
  }

  // ---- restart ----------------------------------------------------------------------------------------------------

  /** Replays the own log; anything odd in it means that we may have signed what we do not know (R28, R29). */
  function restoreDesk(entries: readonly Uint8Array[]): void {
    const { context, seatByMember, guard } = desk
    const log = readOwnLog({ crypto, context, seatByMember, memberId, guard }, entries)
    if (log === 'damaged') {
      desk = openDesk(context)
      ownEntries = null
      setStanding(observe('log-damaged', context.height, standing.from))
      desk.state = { ...desk.state, seat: null }
      return
    }
    for (const [name, value] of log.values) {
      desk.values.set(name, value)
      desk.logged.add(name)
    }
    desk.sequence = entries.length
    // Signed by whoever has a seat, which comes later (R27).
    if (standing.kind === 'voting') desk.state = restoreHeight(desk.state, log.records)
  }

  function setStanding(next: Standing): void {
    if (next === standing) return
    const isChange = next.kind !== standing.kind || reasonOf(next) !== reasonOf(standing)
    standing = next
    isStandingDirty = true
    if (isChange) world.standingChanged(next)
  }

  return {
    start() {
      put({ kind: 'status-timer' })
      for (const event of takeSeat()) put(event)
      if (world.hasWork()) put({ kind: 'work' })
    },
    receive: (from, bytes) => put({ kind: 'message', from, bytes, load: loads.of(from) }),
    workArrived() {
      // Thousands of visits may come while the disk is slow: they are one piece of news.
      if (isWorkWaiting) return
      isWorkWaiting = true
      put({ kind: 'work' })
    },
    connected: (peer) => put({ kind: 'connected', peer }),
    advanceTo: (context) => put({ kind: 'advance', context }),
    async pause() {
      isPaused = true
      while (running !== null) await running
    },
    resume(context) {
      if (!isPaused || isHalted) return
      isPaused = false
      // Before what waited: that was about a height which may be decided by now.
      events.unshift({ kind: 'advance', context })
      put({ kind: 'status-timer' })
    },
    async fetched(certificates) {
      certificates.forEach(lookForOwn)
      if (!isStandingDirty) return
      // The ranges are on the disk by now and are not looked at again: neither may this be forgotten (R29).
      isStandingDirty = false
      const { height } = desk.context
      const batch = { height, firstSequence: desk.sequence, entries: [], values: [] }
      await world.persist({ ...batch, standing: encodeStanding(standing) })
    },
    confirmVoting: () => put({ kind: 'confirm' }),
    keysElsewhere: () => put({ kind: 'keys-elsewhere' }),
    view() {
      const { voters, height } = desk.context
      const { round, phase } = desk.state
      const book = bookOf(desk.state, round)
      const members = (counts: readonly number[]) =>
        voters.filter((_, seat) => counts[seat]! > 0).map((v) => v.memberId)
      return {
        height,
        round,
        phase,
        proposer: voters[proposerSeat(height, round, voters.length)]?.memberId ?? null,
        prevoted: members(book.prevotes.countBySeat),
        precommitted: members(book.precommits.countBySeat),
        standing,
        isHalted,
        waitingMessageCount: events.reduce((count, event) => count + (event.kind === 'message' ? 1 : 0), 0),
        heldValueCount: desk.values.size,
      }
    },
    async settled() {
      while (running !== null) await running
    },
    async close() {
      isHalted = true
      closeDesk(desk)
      cancelStatus?.()
      events.length = 0
      if (running !== null) await running
    },
  }
}

function standingOf(restored: Restored, plant: Plant | null): Standing {
  if (plant === 'unsafe-start') return VOTING
  const stored = restored.standing === null ? VOTING : decodeStanding(restored.standing)
  const { height } = restored.context
  if (restored.isRestoredData === true) return observe('data-restored', height, stored?.from)
  if (stored === null || restored.entries === null) return observe('log-damaged', height, stored?.from)
  return stored
}

const reasonOf = (standing: Standing) => (standing.kind === 'observing' ? standing.reason : null)
