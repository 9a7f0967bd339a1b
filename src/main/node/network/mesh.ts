/**
 * The transport over connections: who is a member now, who is connected, who is dialled again, what waits for whom.
 * `wire.ts` brings the connections, `peers/session.ts` runs one of them; here is what outlives a connection.
 */
import { assert } from '../../../shared/std/assert.ts'
import { parseAddress } from '../../../shared/domain/address.ts'
import { equalBytes, toHex, type Bytes } from '../../../shared/std/bytes.ts'
import type { Crypto, Random } from '../crypto/crypto.ts'
import type { Clock } from './clock.ts'
import { systemClock } from './clock.ts'
import { messageFrame, type Frame } from './frames.ts'
import { LANE_LIMITS, NETWORK_LIMITS, REQUEST_BYTES_MAX, type NetworkLimits } from './limits.ts'
import { createAddressBook } from './peers/address-book.ts'
import { createCallBackAsker, type CallBackAnswer } from './peers/ask-call-back.ts'
import { createCallBacks, isLocalHost, type CallOutcome } from './peers/call-back.ts'
import { createDialler } from './peers/dialler.ts'
import { createOtherSelf } from './peers/other-self.ts'
import { describePeer, newPeerRecord, peerOf, type PeerRecord } from './peers/peer-record.ts'
import { REFUSED_BY_FAILURE } from './peers/requests.ts'
import {
  startSession,
  type OwnIdentity,
  type Position,
  type Session,
  type SessionHost,
} from './peers/session.ts'
import { signAddressRecord, type AddressRecord, type Restart, type Signing } from './protocols/hello.ts'
import {
  areNeighbours,
  lanesBetween,
  NetworkFailure,
  peerName,
  type Lane,
  type MemberEntry,
  type MessageHandler,
  type PeerEvent,
  type PeerName,
  type PeerProblem,
  type RequestHandler,
  type RequestOptions,
  type SendVerdict,
  type Transport,
} from './transport.ts'
import type { Address, Wire, Wires } from './wire.ts'

export type MeshOptions = {
  readonly identity: OwnIdentity
  readonly wires: Wires
  readonly crypto: Crypto
  readonly random: Random
  readonly members: readonly MemberEntry[]
  /** What this node has certified; told in the hello. */
  readonly position: () => Position
  /** Where others can reach this node; the listening addresses where left out. */
  readonly announce?: readonly Address[]
  /** Known beforehand: from an invitation, the settings or the last run. */
  readonly addresses?: readonly { readonly peer: PeerName; readonly addresses: readonly Address[] }[]
  readonly records?: readonly AddressRecord[]
  /** Wall clock in milliseconds, for the sequence of this node's address record. */
  readonly wallClock?: () => number
  /** Called when a member's record was learnt, to be saved for the next start. */
  readonly onRecord?: (record: AddressRecord) => void
  /** Another process lives in this network with this member's keys (N11). Told again as long as it does. */
  readonly onKeysElsewhere?: () => void
  /** A member said whether it signs, and what it said is news. */
  readonly onSigning?: () => void
  readonly clock?: Clock
  readonly limits?: Partial<NetworkLimits>
}

export interface Mesh extends Transport {
  /** By hand or from an invitation; dialled at once. */
  addAddresses(peer: PeerName, addresses: readonly Address[]): void
  /**
   * Has another member dial this node at what it announces. Null where no member is up. That it was reached counts only
   * where its call was seen here: nobody's word is taken for it.
   */
  askCallBack(): Promise<CallBackAnswer | null>
  /**
   * Members that are connected by this generation of the pre-shared key or a newer one, or can be dialled by it now. Takes
   * up to `dialMs` for each address where nobody answers; `signal` ends the dialling, and who was not reached by then is
   * left out.
   */
  reachedBy(generation: number, signal: AbortSignal): Promise<ReadonlySet<PeerName>>
  /** After the listening addresses changed: a generation of the pre-shared key came or went. */
  announce(addresses?: readonly Address[]): void
  /** Tells everybody what becomes of this node's vote when its machine starts anew. */
  sayRestart(restart: Restart): void
  /** Tells everybody whether this node signs votes. */
  saySigning(signing: Signing): void
  /** From now on this node says hello with these keys; what is connected under the old ones ends. */
  takeKeys(networkKey: Bytes, memberSecret: Bytes): void
}

export function createMesh(options: MeshOptions): Mesh {
  const { wires, crypto, random } = options
  let { identity } = options
  const clock = options.clock ?? systemClock
  const limits = { ...NETWORK_LIMITS, ...options.limits }
  const self = peerName(identity.memberId)
  const book = createAddressBook(crypto, identity.chainId)
  const peers = new Map<PeerName, PeerRecord>()
  const byNetworkKey = new Map<string, PeerRecord>()
  const messageHandlers = new Map<Lane, MessageHandler>()
  const requestHandlers = new Map<Lane, RequestHandler>()
  const listeners = new Set<(event: PeerEvent) => void>()
  let own: MemberEntry | null = null
  let state: 'new' | 'running' | 'stopped' = 'new'
  let announced: readonly Address[] | null = options.announce ?? null
  let ownRecord: AddressRecord | null = null
  /** Of what this member said last, by what was kept: a clock that went back must not make it say something older. */
  let keptSequence = 0
  let ownRestart: Restart | null = null
  let ownSigning: Signing | null = null

  const isLocal = (): boolean =>
    ownRecord !== null &&
    ownRecord.addresses.length > 0 &&
    ownRecord.addresses.every(({ address }) => isLocalHost(parseAddress(address)?.host ?? ''))
  const callBacks = createCallBacks({ clock, wires, isLocal })
  const callBackAsker = createCallBackAsker(clock, random)

  const dialler = createDialler({
    wires,
    clock,
    random,
    limits,
    addressesOf: (name) => book.addressesOf(name),
    isRunning: () => state === 'running',
    isWanted: (record) => peers.get(record.peer.name) === record && isNeighbour(record),
    isTheirs: ({ peer, entry }) => (own?.isVoter === true && !entry.isVoter) || self > peer.name,
  })

  const otherSelf = createOtherSelf({
    crypto,
    clock,
    answerEveryMs: limits.otherSelfMs,
    identity: () => identity,
    own: () => (state === 'running' ? ownRecord : null),
    announce: () => mesh.announce(),
    onFound: () => options.onKeysElsewhere?.(),
  })

  for (const { peer, addresses } of options.addresses ?? []) book.add(peer, addresses)

  const host: SessionHost = {
    get identity() {
      return identity
    },
    crypto,
    random,
    clock,
    limits,
    position: options.position,
    mayUse: (session, lane) => {
      const record = recordOf(session)
      return record !== null && mayUse(record, lane)
    },
    ready,
    attach(session, lane, stream) {
      const record = recordOf(session)
      if (record?.session === session) record.queues.get(lane)?.attach(stream)
    },
    drained(session, lane) {
      const record = recordOf(session)
      if (record?.session === session) record.queues.get(lane)?.pump()
    },
    frame,
    addresses: learnAddresses,
    callMe,
    called,
    restart(session, restart) {
      const record = recordOf(session)
      if (record !== null) record.restart = restart
    },
    signing(session, signing) {
      const record = recordOf(session)
      if (record === null || record.signing === signing) return
      record.signing = signing
      options.onSigning?.()
    },
    closed,
  }

  const mesh: Mesh = {
    self,
    onMessage(lane, handler) {
      messageHandlers.set(lane, handler)
    },
    onRequest(lane, handler) {
      requestHandlers.set(lane, handler)
    },
    onPeer(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },

    async start() {
      assert(state === 'new', 'a mesh starts once')
      await wires.start({ wire: takeWire, admits })
      state = 'running'
      mesh.announce(announced ?? undefined)
      for (const record of peers.values()) dialler.first(record)
    },

    async stop() {
      if (state === 'stopped') return
      const wasRunning = state === 'running'
      state = 'stopped'
      otherSelf.close()
      for (const record of peers.values()) disconnect(record, null)
      callBackAsker.close()
      if (wasRunning) await wires.stop()
    },

    setMembers(members) {
      own = members.find((entry) => peerName(entry.memberId) === self) ?? null
      const names = new Set<PeerName>()
      byNetworkKey.clear()
      for (const entry of members) {
        const name = peerName(entry.memberId)
        if (name === self) continue
        names.add(name)
        const known = peers.get(name)
        if (known === undefined) addPeer(name, entry)
        else changePeer(known, entry)
        byNetworkKey.set(toHex(entry.networkKey), peers.get(name)!)
        if (entry.next !== undefined) byNetworkKey.set(toHex(entry.next.networkKey), peers.get(name)!)
      }
      for (const [name, record] of peers) {
        if (names.has(name)) continue
        disconnect(record, null)
        peers.delete(name)
      }
      names.add(self)
      book.keepOnly(names)
    },

    peers: () =>
      [...peers.values()].map((record) =>
        describePeer(
          record,
          clock.now(),
          book.addressesOf(record.peer.name).map(({ address }) => address),
        ),
      ),
    isUp: (name) => peers.get(name)?.session != null,

    send(to, lane, message) {
      const record = peers.get(to)
      if (record?.session == null) return 'unreachable'
      if (!mayUse(record, lane)) return 'not-permitted'
      checkSize(lane, message)
      return enqueue(record, lane, messageFrame(message))
    },

    broadcast(lane, message, to) {
      checkSize(lane, message)
      const encoded = messageFrame(message)
      let count = 0
      for (const record of peers.values())
        if (record.session !== null && mayUse(record, lane) && (to === undefined || to(record.peer)))
          if (enqueue(record, lane, encoded) === 'queued') count++
      return count
    },

    async writable(to, lane) {
      const record = peers.get(to)
      if (record?.session != null) await record.queues.get(lane)!.room()
    },

    request,

    penalise(name, problem) {
      const record = peers.get(name)
      if (record !== undefined) punish(record, problem)
    },

    addAddresses(name, addresses) {
      book.add(name, addresses)
      const record = peers.get(name)
      if (record !== undefined) dialler.anew(record)
    },

    askCallBack: () =>
      callBackAsker.ask(
        [...peers.values()].filter(({ session, entry }) => session !== null && entry.isGuest !== true),
      ),

    async reachedBy(generation, signal) {
      const reached = new Set<PeerName>()
      await Promise.all(
        [...peers.values()].map(async (record) => {
          if (await isReachedBy(record, generation, signal)) reached.add(record.peer.name)
        }),
      )
      return reached
    },

    announce(addresses) {
      announced = addresses ?? announced
      if (state !== 'running') return
      const now = Math.floor((options.wallClock ?? Date.now)())
      const sequence = Math.max(now, (ownRecord?.sequence ?? 0) + 1, otherSelf.sequence + 1, keptSequence + 1)
      const list = (announced ?? wires.addresses()).slice(0, limits.addressesMax)
      const claim = { memberId: identity.memberId, sequence, addresses: list }
      ownRecord = signAddressRecord(crypto, identity.chainId, claim, identity.memberSecret)
      options.onRecord?.(ownRecord)
      for (const { session } of peers.values())
        session?.sendControl({ kind: 'addresses', records: [ownRecord] })
    },

    sayRestart(restart) {
      if (ownRestart === restart) return
      ownRestart = restart
      for (const { session } of peers.values()) session?.sendControl({ kind: 'restart', restart })
    },

    saySigning(signing) {
      if (ownSigning === signing) return
      ownSigning = signing
      for (const { session } of peers.values()) session?.sendControl({ kind: 'signing', signing })
    },

    takeKeys(networkKey, memberSecret) {
      identity = { ...identity, networkKey, memberSecret }
      ownRecord = null
      for (const record of peers.values()) {
        disconnect(record, null)
        record.attempt = 0
        dialler.first(record)
      }
    },
  }

  mesh.setMembers(options.members)
  for (const record of options.records ?? []) {
    if (peerName(record.memberId) === self) keptSequence = record.sequence
    const entry = peers.get(peerName(record.memberId))?.entry
    if (entry !== undefined) book.take(record, entry)
  }
  return mesh

  // ── members ───────────────────────────────────────────────────────────────────────────────────────────────────────

  function addPeer(name: PeerName, entry: MemberEntry): void {
    const record = newPeerRecord(name, entry, clock, limits)
    peers.set(name, record)
    dialler.first(record)
  }

  function changePeer(record: PeerRecord, entry: MemberEntry): void {
    const before = own === null ? [] : lanesBetween(own, record.entry)
    record.entry = entry
    record.peer = peerOf(record.peer.name, entry)
    const now = own === null ? [] : lanesBetween(own, entry)
    // A lane that is gone ends with its connection; the next connection has the right ones.
    if (!isNeighbour(record) || before.some((lane) => !now.includes(lane))) disconnect(record, null)
    else {
      // A connection under a key that is over ends at once; one under the key that was to come goes on.
      for (const session of [...record.sessions]) if (!isKnownBy(entry, session)) session.close(null)
      record.session?.openLanes(now)
    }
    if (record.session === null) dialler.first(record)
  }

  /** The keys by which a connection with this network key is checked: on their way to effect both sets are good (M10). */
  function entryBehind(entry: MemberEntry, networkKey: Bytes): MemberEntry {
    const { next, ...now } = entry
    return next !== undefined && equalBytes(next.networkKey, networkKey) ? { ...now, ...next } : entry
  }

  function isKnownBy(entry: MemberEntry, { wire, member }: Session): boolean {
    const { networkKey, memberKey } = entryBehind(entry, wire.remoteKey)
    return equalBytes(networkKey, wire.remoteKey) && equalBytes(memberKey, member.memberKey)
  }

  function isNeighbour(record: PeerRecord): boolean {
    return own !== null && areNeighbours(own, record.entry)
  }

  function mayUse(record: PeerRecord, lane: Lane): boolean {
    return own !== null && lanesBetween(own, record.entry).includes(lane)
  }

  function admits(networkKey: Bytes): boolean {
    const record = byNetworkKey.get(toHex(networkKey))
    return (
      state !== 'stopped' && record !== undefined && isNeighbour(record) && record.banUntil <= clock.now()
    )
  }

  // ── connections ───────────────────────────────────────────────────────────────────────────────────────────────────

  function takeWire(wire: Wire): void {
    const record = admits(wire.remoteKey) ? byNetworkKey.get(toHex(wire.remoteKey)) : undefined
    if (record === undefined || record.sessions.size >= SESSIONS_MAX) {
      wire.abort()
      return
    }
    if (wire.direction === 'inbound') record.calledAt = clock.now()
    record.sessions.add(startSession(wire, entryBehind(record.entry, wire.remoteKey), host))
  }

  function ready(session: Session): void {
    const record = recordOf(session)
    if (record === null || !admits(session.wire.remoteKey)) {
      session.close(null)
      return
    }
    let current = record.session
    if (current !== null && !replaces(session, current)) {
      // Perhaps it is another process than the one in use: what that one says of itself tells it (N11).
      const said = book.records().filter((each) => equalBytes(each.memberId, record.entry.memberId))
      tellRecords(session, said)
      session.retire()
      return
    }
    if (current !== null && isLostThere(session, current)) {
      // With it the other side has given up what was asked and answered on it: in the new one it would be nothing that was asked.
      current.close(null)
      current = null
    }
    if (current !== null) {
      for (const [lane, stream] of current.streams) record.queues.get(lane)?.detach(stream)
      record.bytesInBefore += current.bytesIn
      current.retire()
    }
    record.session = session
    record.lastHeight = session.remote?.height ?? record.lastHeight
    record.dialling?.abort()
    dialler.cancel(record)
    record.problem = null
    if (own !== null) session.openLanes(lanesBetween(own, record.entry))
    // Its own too: it sees whether somebody else speaks in its name (N11).
    const records = [...book.records()]
    if (ownRecord !== null) records.push(ownRecord)
    tellRecords(session, records)
    if (ownRestart !== null) session.sendControl({ kind: 'restart', restart: ownRestart })
    if (ownSigning !== null) session.sendControl({ kind: 'signing', signing: ownSigning })
    if (current !== null) return
    record.since = clock.now()
    tell({ kind: 'up', peer: record.peer })
  }

  /**
   * Both sides may have dialled at the same time, and both must keep the same connection: the one that the lesser id
   * dialled. Where the other side has lost the one in use the new one counts.
   */
  function replaces(next: Session, current: Session): boolean {
    if (isLostThere(next, current)) return true
    if (next.wire.generation !== current.wire.generation)
      return next.wire.generation > current.wire.generation
    const isOursPreferred = self < peerName(next.member.memberId)
    return (next.wire.direction === 'outbound') === isOursPreferred
  }

  /** Nobody dials who is connected: it was lost there when the new one is of the same side, or comes later than any dial can take. */
  function isLostThere({ wire }: Session, current: Session): boolean {
    if (clock.now() - current.readyAt > 2 * limits.dialMs) return true
    return wire.generation === current.wire.generation && wire.direction === current.wire.direction
  }

  function closed(session: Session, problem: PeerProblem | null): void {
    const record = recordOf(session)
    if (record === null) return
    record.sessions.delete(session)
    // What became of a doubled connection says nothing about a peer that is up.
    if (problem !== null && (record.session === null || record.session === session)) record.problem = problem
    if (record.session !== session) {
      if (record.session === null && state === 'running') {
        if (problem === 'flooding' || problem === 'violation') punish(record, problem)
        else if (record.sessions.size === 0) dialler.retry(record)
      }
      return
    }
    const now = clock.now()
    const wasLong = now - session.readyAt > STEADY_MS
    // Who behaved for as long as the longest ban begins anew.
    if (now - session.readyAt > limits.banMaxMs) record.strikes = 0
    record.session = null
    record.signing = null
    record.since = now
    record.bytesInBefore += session.bytesIn
    for (const [lane, stream] of session.streams) record.queues.get(lane)?.detach(stream)
    for (const queue of record.queues.values()) queue.clear()
    for (const requests of record.requests.values()) requests.drop()
    tell({ kind: 'down', peer: record.peer, problem })
    if (state !== 'running') return
    if (problem === 'flooding' || problem === 'violation' || problem === 'forged') punish(record, problem)
    else if (hasLeftGeneration(record, session.wire.generation)) {
      record.attempt = 0
      dialler.first(record)
    } else {
      if (wasLong) record.attempt = 0
      dialler.retry(record)
    }
  }

  /**
   * An old pre-shared key has closed, on either side: no failure, and nothing to back off from. That it has is seen by what
   * is announced, so a line that fails is not taken for it; once for each generation, whatever a peer announces.
   */
  function hasLeftGeneration(record: PeerRecord, generation: number): boolean {
    const newest = book.addressesOf(record.peer.name)[0]?.generation ?? generation
    if (generation >= newest || generation <= record.leftGeneration) return false
    const isOurs = ownRecord?.addresses.some((each) => each.generation === generation) === true
    if (isOurs && book.isAnnounced(record.peer.name, generation)) return false
    record.leftGeneration = generation
    return true
  }

  function disconnect(record: PeerRecord, problem: PeerProblem | null): void {
    dialler.cancel(record)
    record.dialling?.abort()
    for (const session of [...record.sessions]) session.close(problem)
  }

  function punish(record: PeerRecord, problem: PeerProblem): void {
    const now = clock.now()
    if (record.banUntil > now) return
    record.banUntil = now + Math.min(limits.banFirstMs * 2 ** record.strikes, limits.banMaxMs)
    record.strikes++
    record.problem = problem
    disconnect(record, problem)
    record.problem = problem
    dialler.after(record, record.banUntil - now)
  }

  function recordOf(session: Session): PeerRecord | null {
    return peers.get(peerName(session.member.memberId)) ?? null
  }

  // ── addresses ─────────────────────────────────────────────────────────────────────────────────────────────────────

  function callMe(session: Session, id: number): void {
    const record = recordOf(session)
    if (record === null || record.session !== session) return
    const addresses = book.addressesOf(record.peer.name)
    void callBacks.call(record.peer.name, session.wire.remoteKey, addresses).then(({ outcome, address }) =>
      // Whatever connection there is by now: the call itself may have taken a while.
      record.session?.sendControl({ kind: 'called', id, outcome, address }),
    )
  }

  async function isReachedBy(record: PeerRecord, generation: number, signal: AbortSignal): Promise<boolean> {
    if (record.session !== null && record.session.wire.generation >= generation) return true
    for (const address of book.addressesOf(record.peer.name)) {
      if (address.generation !== generation) continue
      if (signal.aborted) return false
      const aborter = new AbortController()
      const cancel = clock.after(limits.dialMs, () => aborter.abort())
      const how = { signal: AbortSignal.any([signal, aborter.signal]), isLocalAllowed: isLocal() }
      const outcome = await wires.probe(record.entry.networkKey, address, how)
      cancel()
      if (outcome === 'reached') return true
    }
    return false
  }

  function called(session: Session, answer: { id: number; outcome: CallOutcome; address: string }): void {
    callBackAsker.answered(recordOf(session), answer.id, answer)
  }

  /** In frames that hold the longest records that there are. */
  function tellRecords(session: Session, records: readonly AddressRecord[]): void {
    for (let from = 0; from < records.length; from += RECORDS_PER_FRAME)
      session.sendControl({ kind: 'addresses', records: records.slice(from, from + RECORDS_PER_FRAME) })
  }

  function learnAddresses(session: Session, records: readonly AddressRecord[]): void {
    const news: AddressRecord[] = []
    for (const each of records) {
      if (equalBytes(each.memberId, identity.memberId)) {
        otherSelf.hear(each)
        continue
      }
      const about = peers.get(peerName(each.memberId))
      if (about === undefined || !book.take(each, about.entry)) continue
      news.push(each)
      options.onRecord?.(each)
      dialler.anew(about)
    }
    if (news.length === 0) return
    for (const other of peers.values())
      if (other.session !== null && other.session !== session) tellRecords(other.session, news)
  }

  // ── messages ──────────────────────────────────────────────────────────────────────────────────────────────────────

  function checkSize(lane: Lane, message: Bytes): void {
    if (message.length > LANE_LIMITS[lane].frameBytesMax)
      throw new NetworkFailure({ code: 'message-too-large', lane, byteCount: message.length })
  }

  function enqueue(record: PeerRecord, lane: Lane, encoded: Bytes): SendVerdict {
    if (record.queues.get(lane)!.push(encoded)) return 'queued'
    // Votes are never dropped from the middle: who does not read them loses the connection and gets them anew (N2).
    if (lane === 'consensus') record.session?.close('not-reading')
    return 'full'
  }

  function frame(session: Session, lane: Lane, received: Frame): void | Promise<void> {
    const record = recordOf(session)
    if (record === null || !record.sessions.has(session)) return
    const requests = record.requests.get(lane)!
    switch (received.kind) {
      case 'message':
        return messageHandlers.get(lane)?.(record.peer, received.payload)
      case 'request': {
        const { id, payload } = received
        const handler = requestHandlers.get(lane)
        const answer = handler === undefined ? () => REFUSED_BY_FAILURE : () => handler(record.peer, payload)
        if (!requests.takeRequest(id, payload, answer)) session.close('violation')
        return
      }
      case 'response':
      case 'refusal':
        if (!requests.takeAnswer(received)) session.close('violation')
        return
    }
  }

  async function request(
    to: PeerName,
    lane: Lane,
    question: Bytes,
    requestOptions: RequestOptions = {},
  ): Promise<Bytes> {
    const record = peers.get(to)
    if (record?.session == null || !mayUse(record, lane))
      throw new NetworkFailure({ code: 'peer-unreachable', peer: to })
    if (question.length > REQUEST_BYTES_MAX)
      throw new NetworkFailure({ code: 'message-too-large', lane, byteCount: question.length })
    if (requestOptions.signal?.aborted) throw new NetworkFailure({ code: 'request-aborted', peer: to })
    const timeoutMs = requestOptions.timeoutMs ?? limits.requestMs
    return record.requests.get(lane)!.ask(question, timeoutMs, requestOptions)
  }

  function tell(event: PeerEvent): void {
    for (const listener of [...listeners]) listener(event)
  }
}

/** One in use, one coming, one going; more is somebody else's fault. */
const SESSIONS_MAX = 4
/** Of eight addresses of 260 characters each one has two KiB, and a frame of the control lane 64. */
const RECORDS_PER_FRAME = 24
/** A connection that lasted this long was no failure: the next dial starts the back-off anew. */
const STEADY_MS = 5_000
