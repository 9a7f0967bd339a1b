/**
 * One connection to one member: the hello, the lanes, reading within bounds. What it reads it hands to its host; what is
 * sent is the business of the mesh's queues.
 */
import type { Bytes } from '../../../../shared/std/bytes.ts'
import { equalBytes } from '../../../../shared/std/bytes.ts'
import type { ChainId, MemberId } from '../../chain/ids.ts'
import type { Crypto, Random } from '../../crypto/crypto.ts'
import type { Clock } from '../clock.ts'
import { createFrameReader, messageFrame, type Frame } from '../frames.ts'
import { LANE_LIMITS, type NetworkLimits } from '../limits.ts'
import {
  commonVersion,
  decodeControl,
  encodeControl,
  helloSignBytes,
  HELLO_NONCE_BYTES,
  type AddressRecord,
  type ControlFrame,
  type HelloRefusal,
  type HelloTranscript,
  type Restart,
  type Signing,
} from '../protocols/hello.ts'
import { createTokenBucket } from '../token-bucket.ts'
import type { Lane, MemberEntry, PeerProblem } from '../transport.ts'
import type { LaneStream, Wire } from '../wire.ts'

export type Position = { readonly epoch: number; readonly height: number }

/** This node, as it says hello. */
export type OwnIdentity = {
  readonly chainId: ChainId
  readonly memberId: MemberId
  readonly networkKey: Bytes
  /** Seed of the member's author key. */
  readonly memberSecret: Bytes
  readonly versions: { readonly min: number; readonly max: number }
}

export type SessionHost = {
  readonly identity: OwnIdentity
  readonly crypto: Crypto
  readonly random: Random
  readonly clock: Clock
  readonly limits: NetworkLimits
  position(): Position
  mayUse(session: Session, lane: Lane): boolean
  /** The hello is done. The dialler now opens the lanes. */
  ready(session: Session): void
  attach(session: Session, lane: Lane, stream: LaneStream): void
  drained(session: Session, lane: Lane): void
  /** Bytes stay in hand until a returned promise settles. */
  frame(session: Session, lane: Lane, frame: Frame): void | Promise<void>
  addresses(session: Session, records: readonly AddressRecord[]): void
  /** The other side wants to be called at its address. */
  callMe(session: Session, id: number): void
  called(session: Session, answer: ControlFrame & { kind: 'called' }): void
  restart(session: Session, restart: Restart): void
  signing(session: Session, signing: Signing): void
  /** Once, for whatever reason; null when the other side or the mesh itself simply ended it. */
  closed(session: Session, problem: PeerProblem | null): void
}

export interface Session {
  readonly wire: Wire
  readonly member: MemberEntry
  readonly isReady: boolean
  readonly version: number | null
  /** The newest version that the other side speaks. */
  readonly versionMax: number | null
  readonly remote: Position | null
  readonly rttMs: number | null
  readonly bytesIn: number
  readonly readyAt: number
  readonly streams: ReadonlyMap<Lane, LaneStream>
  /** Opens what is permitted and missing (dialler), takes what was held back (responder). */
  openLanes(lanes: readonly Lane[]): void
  sendControl(frame: ControlFrame): void
  close(problem: PeerProblem | null): void
  /** Ends in a while; what is under way still arrives. */
  retire(): void
}

export function startSession(wire: Wire, member: MemberEntry, host: SessionHost): Session {
  const { identity, crypto, clock, limits } = host
  const isDialler = wire.direction === 'outbound'
  const streams = new Map<Lane, LaneStream>()
  /** Lanes that the other side believes to be permitted and we do not (yet): nothing is read from them. */
  const parked = new Map<Lane, LaneStream>()
  const opening = new Set<Lane>()
  const aborter = new AbortController()
  let isClosed = false
  let isRetired = false
  let isReady = false
  let readyAt = 0
  let version: number | null = null
  let versionMax: number | null = null
  let remote: Position | null = null
  let rttMs: number | null = null
  let bytesIn = 0
  let hasHeard = true
  let quietMs = 0
  let beatAt = clock.now()
  let pingId = 0
  let pingSentAt: number | null = null
  /** Sent on the control lane since its stream was full, and not drained yet. */
  let controlUnread = 0
  let cancelTimer = clock.after(limits.helloMs, () => close('handshake'))
  // The hello is a short conversation: one awaited frame at a time.
  let expected: ((frame: ControlFrame) => void) | null = null
  let onHello: ControlFrame[] = []
  /** Its last word of the hello is in hand: what follows is said by a side that is ready, and waits until this one is. */
  let hasSaidHello = false

  const session: Session = {
    wire,
    member,
    get isReady() {
      return isReady
    },
    get version() {
      return version
    },
    get versionMax() {
      return versionMax
    },
    get remote() {
      return remote
    },
    get rttMs() {
      return rttMs
    },
    get bytesIn() {
      return bytesIn
    },
    get readyAt() {
      return readyAt
    },
    streams,
    openLanes,
    sendControl,
    close,
    retire() {
      if (isClosed || isRetired) return
      isRetired = true
      cancelTimer()
      cancelTimer = clock.after(limits.retireMs, () => close(null))
    },
  }

  wire.listen({
    lane(lane, stream) {
      if (isClosed || isDialler || streams.has(lane) || parked.has(lane)) {
        stream.abort()
        if (!isClosed) close('violation')
      } else if (lane === 'control') {
        takeLane(lane, stream)
        void sayHello(answerHello)
      } else if (!isReady) {
        stream.abort()
        close('violation')
      } else if (host.mayUse(session, lane)) takeLane(lane, stream)
      else park(lane, stream)
    },
    closed: () => close(isReady ? null : 'handshake'),
  })
  if (isDialler) void sayHello(openHello)
  return session

  function close(problem: PeerProblem | null): void {
    if (isClosed) return
    isClosed = true
    cancelTimer()
    aborter.abort()
    wire.abort()
    host.closed(session, isRetired ? null : problem)
  }

  // ── hello ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  async function sayHello(conversation: () => Promise<HelloRefusal | 'odd' | null>): Promise<void> {
    let outcome: HelloRefusal | 'odd' | null
    try {
      outcome = await conversation()
    } catch {
      // Only opening the stream can fail here: the connection is gone.
      close('handshake')
      return
    }
    if (isClosed) return
    if (outcome !== null) {
      close(outcome === 'odd' ? 'violation' : outcome)
      return
    }
    isReady = true
    readyAt = clock.now()
    beatAt = readyAt
    cancelTimer()
    cancelTimer = clock.after(limits.pingEveryMs, beat)
    host.ready(session)
    const early = onHello
    onHello = []
    for (const frame of early) if (!isClosed) onControl(frame)
  }

  async function openHello(): Promise<HelloRefusal | 'odd' | null> {
    takeLane('control', await wire.openLane('control', aborter.signal))
    const nonce = host.random(HELLO_NONCE_BYTES)
    const { min, max } = identity.versions
    sendControl({ kind: 'hello', chainId: identity.chainId, versionMin: min, versionMax: max, nonce })
    const answer = await nextControl()
    if (answer.kind === 'refused') return answer.reason
    if (answer.kind !== 'answer') return 'odd'
    if (commonVersion(identity.versions, { min: answer.version, max: answer.version }) === null) return 'odd'
    const transcript: HelloTranscript = {
      chainId: identity.chainId,
      version: answer.version,
      dialler: { networkKey: identity.networkKey, nonce },
      responder: { networkKey: wire.remoteKey, nonce: answer.nonce },
    }
    if (!verifyClaim(transcript, 'responder', answer)) return 'bad-signature'
    version = answer.version
    versionMax = answer.versionMax
    remote = { epoch: answer.epoch, height: answer.height }
    const claim = { memberId: identity.memberId, ...host.position() }
    sendControl({ kind: 'proof', ...claim, signature: sign(transcript, 'dialler', claim) })
    const welcome = await nextControl()
    if (welcome.kind === 'refused') return welcome.reason
    return welcome.kind === 'welcome' ? null : 'odd'
  }

  async function answerHello(): Promise<HelloRefusal | 'odd' | null> {
    const hello = await nextControl()
    if (hello.kind !== 'hello') return 'odd'
    if (!equalBytes(hello.chainId, identity.chainId)) return refuse('other-chain')
    const chosen = commonVersion(identity.versions, { min: hello.versionMin, max: hello.versionMax })
    if (chosen === null) return refuse('no-common-version')
    const nonce = host.random(HELLO_NONCE_BYTES)
    const transcript: HelloTranscript = {
      chainId: identity.chainId,
      version: chosen,
      dialler: { networkKey: wire.remoteKey, nonce: hello.nonce },
      responder: { networkKey: identity.networkKey, nonce },
    }
    const claim = { memberId: identity.memberId, ...host.position() }
    const signature = sign(transcript, 'responder', claim)
    sendControl({
      kind: 'answer',
      version: chosen,
      versionMax: identity.versions.max,
      nonce,
      ...claim,
      signature,
    })
    const proof = await nextControl()
    if (proof.kind !== 'proof') return 'odd'
    if (!verifyClaim(transcript, 'dialler', proof)) return refuse('bad-signature')
    version = chosen
    versionMax = hello.versionMax
    remote = { epoch: proof.epoch, height: proof.height }
    sendControl({ kind: 'welcome' })
    return null
  }

  function refuse(reason: HelloRefusal): HelloRefusal {
    sendControl({ kind: 'refused', reason })
    return reason
  }

  function sign(
    transcript: HelloTranscript,
    role: 'dialler' | 'responder',
    claim: { memberId: MemberId } & Position,
  ): Bytes {
    return crypto.ed25519Sign(identity.memberSecret, helloSignBytes(transcript, role, claim))
  }

  function verifyClaim(
    transcript: HelloTranscript,
    role: 'dialler' | 'responder',
    claim: { memberId: MemberId; signature: Bytes } & Position,
  ): boolean {
    if (!equalBytes(claim.memberId, member.memberId)) return false
    return crypto.ed25519Verify(member.memberKey, helloSignBytes(transcript, role, claim), claim.signature)
  }

  function nextControl(): Promise<ControlFrame> {
    const waiting = onHello.shift()
    if (waiting !== undefined) return Promise.resolve(waiting)
    return new Promise((resolve) => {
      expected = resolve
    })
  }

  // ── control ───────────────────────────────────────────────────────────────────────────────────────────────────────

  function sendControl(frame: ControlFrame): void {
    const stream = streams.get('control')
    if (isClosed || stream === undefined) return
    const bytes = messageFrame(encodeControl(frame))
    if (stream.send(bytes)) return
    // A peer that reads none of it may still ping, and what others tell of themselves is passed on to it.
    controlUnread += bytes.length
    if (controlUnread > LANE_LIMITS.control.queueBytesMax) close('not-reading')
  }

  function onControl(frame: ControlFrame): void {
    switch (frame.kind) {
      case 'ping':
        sendControl({ kind: 'pong', id: frame.id })
        return
      case 'pong':
        if (frame.id === pingId && pingSentAt !== null) rttMs = clock.now() - pingSentAt
        return
      case 'addresses':
        host.addresses(session, frame.records)
        return
      case 'call-me':
        host.callMe(session, frame.id)
        return
      case 'called':
        host.called(session, frame)
        return
      case 'restart':
        host.restart(session, frame.restart)
        return
      case 'signing':
        host.signing(session, frame.signing)
        return
      case 'hello':
      case 'answer':
      case 'proof':
      case 'welcome':
      case 'refused':
        close('violation')
        return
    }
  }

  function beat(): void {
    const now = clock.now()
    // A beat that comes late says that this process stood still: what came meanwhile is not read yet, and is no silence.
    quietMs = hasHeard ? 0 : quietMs + Math.min(now - beatAt, BEAT_LATE * limits.pingEveryMs)
    hasHeard = false
    beatAt = now
    if (quietMs >= limits.silenceMs) {
      close('silent')
      return
    }
    pingId++
    pingSentAt = now
    sendControl({ kind: 'ping', id: pingId })
    cancelTimer = clock.after(limits.pingEveryMs, beat)
  }

  // ── lanes ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  function openLanes(lanes: readonly Lane[]): void {
    if (!isReady || isClosed || isRetired) return
    for (const lane of lanes) {
      if (streams.has(lane) || opening.has(lane)) continue
      if (isDialler) void openLane(lane)
      const stream = parked.get(lane)
      if (stream === undefined) continue
      parked.delete(lane)
      takeLane(lane, stream)
      stream.resume()
    }
  }

  async function openLane(lane: Lane): Promise<void> {
    opening.add(lane)
    try {
      const stream = await wire.openLane(lane, aborter.signal)
      if (isClosed) stream.abort()
      else takeLane(lane, stream)
    } catch {
      // The connection is gone, this process was too slow, or the other side does not know the lane at all: none of it proves ill will.
      close(null)
    } finally {
      opening.delete(lane)
    }
  }

  function park(lane: Lane, stream: LaneStream): void {
    parked.set(lane, stream)
    stream.pause()
  }

  function takeLane(lane: Lane, stream: LaneStream): void {
    streams.set(lane, stream)
    readLane(lane, stream)
    if (lane !== 'control') host.attach(session, lane, stream)
  }

  function readLane(lane: Lane, stream: LaneStream): void {
    const { frameBytesMax, inHandBytesMax, perSecond, burst } = LANE_LIMITS[lane]
    const reader = createFrameReader(frameBytesMax)
    const bucket = createTokenBucket(perSecond, burst, clock.now())
    let inHandBytes = 0
    let isThrottled = false
    /** Of questions alone it is none: how many may be open bounds them, and who asks faster waits. */
    let hasFlooded = false
    let isPaused = false
    let floodWindowFrom = clock.now()
    let throttledMs = 0

    const applyPause = (): void => {
      const shouldPause = isThrottled || inHandBytes > inHandBytesMax
      if (shouldPause === isPaused || isClosed) return
      isPaused = shouldPause
      if (shouldPause) stream.pause()
      else stream.resume()
    }

    const throttle = (waitMs: number): void => {
      isThrottled = true
      applyPause()
      clock.after(Math.min(waitMs, 1_000), () => {
        if (isClosed) return
        const now = clock.now()
        if (now - floodWindowFrom > limits.floodWindowMs) {
          floodWindowFrom = now
          throttledMs = 0
        }
        if (hasFlooded) throttledMs += Math.min(waitMs, 1_000)
        if (throttledMs > limits.floodMs) {
          close('flooding')
          return
        }
        const left = bucket.take(0, now)
        if (left > 0) throttle(left)
        else {
          isThrottled = false
          hasFlooded = false
          applyPause()
        }
      })
    }

    const onFrame = (frame: Frame, byteCount: number): void => {
      if (isClosed) return
      if (frame.kind === 'message' || frame.kind === 'request') {
        const waitMs = bucket.take(1, clock.now())
        if (waitMs > 0 && frame.kind === 'message') hasFlooded = true
        if (waitMs > 0 && !isThrottled) throttle(waitMs)
      }
      if (lane === 'control') {
        const control = frame.kind === 'message' ? decodeControl(frame.payload) : null
        if (control === null) close('violation')
        else if (isReady) onControl(control)
        else if (expected !== null) {
          const take = expected
          expected = null
          hasSaidHello = control.kind === (isDialler ? 'welcome' : 'proof')
          take(control)
        } else if (hasSaidHello || onHello.length < HELLO_FRAMES_MAX) onHello.push(control)
        else close('violation')
        return
      }
      const done = host.frame(session, lane, frame)
      if (done === undefined) return
      inHandBytes += byteCount
      applyPause()
      void done.finally(() => {
        inHandBytes -= byteCount
        applyPause()
      })
    }

    stream.listen({
      data(piece) {
        if (isClosed) return
        hasHeard = true
        bytesIn += piece.length
        if (reader.push(piece, onFrame) !== null) close('violation')
      },
      drain() {
        if (lane === 'control') controlUnread = 0
        host.drained(session, lane)
      },
      closed: () => close(isReady ? null : 'handshake'),
    })
  }
}

/** How much of the time since the last beat counts as silence, in beats. */
const BEAT_LATE = 1.25
/**
 * The hello itself never has more than one frame waiting. After it the other side may already ping and tell addresses, as often as it did while
 * this process stood still: that waits for the end of the turn in which it came, and no turn brings more than the stream's window.
 */
const HELLO_FRAMES_MAX = 4
