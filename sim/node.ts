/**
 * A simulated hospital: the product's engine, log, mempool, chain rules and store port over a simulated clock, disk and
 * network. What later parts of the node do (sealing, opening, transport) is stood in for by the simplest thing that can
 * fail in the same ways.
 */
import { equalBytes, toHex } from '../src/shared/std/bytes.ts'
import { createAccuser, type Accuser } from '../src/main/node/accuse.ts'
import { applySegment } from '../src/main/node/chain/apply-segment.ts'
import { decodeHead } from '../src/main/node/chain/block.ts'
import { buildSegment } from '../src/main/node/chain/build-segment.ts'
import {
  derivedOf,
  decodeChainState,
  encodeChainState,
  type ChainState,
} from '../src/main/node/chain/chain-state.ts'
import { encode, tryDecode } from '../src/main/node/chain/codec.ts'
import type { Genesis } from '../src/main/node/chain/genesis.ts'
import { keyOf, type ChainId, type ItemHash, type MemberId } from '../src/main/node/chain/ids.ts'
import {
  decodeSignedItem,
  itemHashOf,
  signItem,
  type ItemClear,
  type SealedPart,
  type SignedItem,
} from '../src/main/node/chain/item.ts'
import { membersOf } from '../src/main/node/chain/state.ts'
import { DAY_MS, ITEM_SEALED_STEP_BYTES } from '../src/main/node/chain/limits.ts'
import { policyValue } from '../src/main/node/chain/policy.ts'
import { isChangeWaiting } from '../src/main/node/chain/apply-item.ts'
import type { Plant } from '../src/main/node/consensus/core/plant.ts'
import { DEAD_LINK_MS } from '../src/main/node/consensus/core/timeouts.ts'
import type { Verdict } from '../src/main/node/consensus/core/height.ts'
import type { Engine, EngineView } from '../src/main/node/consensus/engine/engine.ts'
import { heightContextOf, judgeSegment } from '../src/main/node/consensus/engine/judge-segment.ts'
import { lastLogHeight, logRemoval, logWrites, readLog } from '../src/main/node/consensus/engine/log-store.ts'
import { bundleFromCbor, bundleToCbor } from '../src/main/node/consensus/engine/messages.ts'
import { createPlantedEngine } from '../src/main/node/consensus/engine/planted.ts'
import type {
  Decision,
  DurableBatch,
  Evidence,
  HaltReason,
  HeightContext,
  Value,
  World,
} from '../src/main/node/consensus/engine/world.ts'
import type { Crypto } from '../src/main/node/crypto/crypto.ts'
import { pickVisits } from '../src/main/node/mempool/cut.ts'
import {
  admit,
  createPool,
  poolSize,
  removeExpired,
  removeFinal,
  withLimits,
  type Pool,
} from '../src/main/node/mempool/pool.ts'
import { keyIn, keyTail, metaKey, rangeOf, segmentKey } from '../src/main/node/storage/buckets.ts'
import { put, type Store, type Write } from '../src/main/node/storage/store.ts'
import { inItemOrder, isFarAhead, isOwed, mayWait } from '../src/main/node/waiting/may-wait.ts'
import type { Clock } from './clock.ts'
import type { SimDisk } from './disk.ts'
import { startOf } from './founding.ts'
import type { Dice } from './random.ts'
import { plantedCrypto, plantedStudies, plantedView } from './studies.ts'
import { doesOpen, type SimVisit } from './visits.ts'

/** What travels between simulated nodes; consensus messages are the product's bytes. */
export type Packet =
  | { readonly kind: 'consensus'; readonly bytes: Uint8Array; digest?: number }
  | { readonly kind: 'visits'; readonly visits: readonly SimVisit[] }
  | { readonly kind: 'want'; readonly names: readonly string[] }
  | { readonly kind: 'items'; readonly items: readonly Uint8Array[] }

export interface NodeIdentity {
  readonly memberId: MemberId
  readonly consensusSecret: Uint8Array
  /** Used from the height on at which its row says so. */
  readonly nextConsensusSecret: Uint8Array
  readonly rootSecret: Uint8Array
  readonly authorSecret: Uint8Array
}

/** What the run wants to know about. */
export interface Watcher {
  decided(node: number, decision: Decision, state: ChainState): void
  /** A decision that the chain's own rules refuse. */
  refused(node: number, decision: Decision, reason: string): void
  persisted(node: number, batch: DurableBatch): void
  evidence(node: number, evidence: Evidence): void
  halted(node: number, reason: HaltReason): void
  note(node: number, text: string): void
  /** What a node made of its disk, before it does anything. */
  recovered?(node: number, recovered: Recovered): void
  /** The visits that a proposer picked, while `waiting` are the authors that had some. */
  picked?(node: number, authors: readonly MemberId[], waiting: readonly MemberId[]): void
}

export interface Recovered {
  readonly state: ChainState
  readonly view: EngineView
  /** Visits of its own that it still has, by name. */
  readonly own: ReadonlySet<string>
}

export interface NodeSetting {
  readonly index: number
  readonly identity: NodeIdentity
  readonly crypto: Crypto
  readonly chainId: ChainId
  readonly genesis: Genesis
  readonly clock: Clock
  readonly dice: Dice
  readonly disk: SimDisk
  readonly plant: Plant | null
  /** A bug of the chain's own rules, which all nodes have alike; where it is not named, `plant`. */
  readonly chainPlant?: Plant | null
  /** Milliseconds since 1970 on this node's clock. */
  readonly localTime: () => number
  readonly send: (to: number, packet: Packet) => void
  readonly broadcast: (packet: Packet) => void
  readonly memberAt: (node: number) => MemberId
  readonly indexOf: (member: MemberId) => number
  readonly downForMs: (peer: number) => number
  readonly poolShareBytes?: number
  /** Whether evidence becomes an item, as in the product. Schedules leave it with who saw it. */
  readonly isAccusing?: boolean
  readonly watcher: Watcher
}

export interface SimNode {
  readonly index: number
  readonly isUp: boolean
  readonly state: ChainState
  readonly engine: Engine | null
  readonly pool: Pool
  /** Opens the disk and starts. `isRestoredData`: what is there is an old copy. */
  start(isRestoredData?: boolean): void
  /** The process or the machine dies. */
  crash(how: 'kill' | 'power-cut'): void
  deliver(from: number, packet: Packet): void
  /** A clerk's visit: resolves once it is durable here. */
  submit(visit: SimVisit): Promise<void>
  offerAgain(): void
  /** An item that is handed in here; durable at once. */
  addItem(item: Uint8Array): void
  /** An item of its own: what the chain refuses for good leaves. */
  say(clear: ItemClear): void
  holdsBody(name: string): boolean
  bodyOf(name: string): SimVisit | undefined
}

const visitKey = (name: Uint8Array) => keyIn('o', name)
/** Little enough that a flood meets it, far more than the visits that clients hand in. */
const QUOTA_PER_HOUR = 400
const WANT_AGAIN_MS = 100
const ITEM_HEIGHTS = 100_000
/** What nobody here opens. */
const SEALED: SealedPart = { epoch: 0, box: new Uint8Array(12 + ITEM_SEALED_STEP_BYTES + 16) }

type WaitingItem = {
  readonly bytes: Uint8Array
  readonly hash: ItemHash
  readonly signed: SignedItem
  /** Handed in here: stays over a restart, and is offered until it is final. */
  readonly isOwn: boolean
  isReady: boolean
}

const RESTART_AFTER_FAILURE_MS = 1_500

export function createSimNode(setting: NodeSetting): SimNode {
  const { index, identity, crypto, chainId, genesis, clock, disk, watcher } = setting
  const members = new Set(genesis.members.map(({ memberId }) => keyOf(memberId)))
  /** What the chain's own step checks signatures with. */
  const chainPlant = setting.chainPlant === undefined ? setting.plant : setting.chainPlant
  const chainCrypto = plantedCrypto(chainPlant, crypto, () => state.consortium)
  let generation = 0
  let isUp = false
  /** An old copy is known as one (by its instance id) until what the engine makes of it is on disk. */
  let isOldCopy = false
  let engine: Engine | null = null
  let store: Store | null = null
  let state: ChainState = startOf(crypto, chainId, genesis)
  let pool = newPool()
  let visits = new Map<string, SimVisit>()
  let durableVisits = new Set<string>()
  let ownVisits = new Set<string>()
  let finalNames = new Set<string>()
  let items = new Map<string, WaitingItem>()
  /** Items that left since this node started. */
  let fates = new Set<string>()
  let accuser: Accuser = newAccuser(0)
  /** Own items that were said again, and as which. */
  let saidAs = new Map<string, string>()
  let waiters = new Set<() => void>()

  function newPool(): Pool {
    const authorCount = genesis.members.length
    const byteMax = authorCount * (setting.poolShareBytes ?? 1_024 * 1_024)
    return createPool({ authorCount, byteMax, authorQuotaPerHour: QUOTA_PER_HOUR })
  }

  function newAccuser(own: number): Accuser {
    return createAccuser({
      consortium: () => state.consortium,
      async propose(evidence) {
        if (own !== generation) return new Promise(() => undefined)
        return say(evidence)
      },
      async isWaiting(hash) {
        let name = toHex(hash)
        for (let next = saidAs.get(name); next !== undefined; next = saidAs.get(name)) name = next
        return items.has(name)
      },
    })
  }

  /** An item of this member, handed in here and told to the others. */
  function say(clear: ItemClear): ItemHash {
    const bytes = signed(clear)
    const hash = takeItem(bytes, true)!
    setting.broadcast({ kind: 'items', items: [bytes] })
    return hash
  }

  function signed(clear: ItemClear): Uint8Array {
    const author = identity.memberId
    const inChain = state.consortium.sequences.find(([memberId]) => equalBytes(memberId, author))
    const own = [...items.values()].filter((each) => equalBytes(each.signed.item.author, author))
    const sequence = Math.max(inChain?.[1] ?? 0, ...own.map((each) => each.signed.item.sequence)) + 1
    const notAfterHeight = state.height + ITEM_HEIGHTS
    return signItem(
      crypto,
      chainId,
      { clear, sealed: clear.kind === 'erasure' ? SEALED : null, author, sequence, notAfterHeight },
      identity.authorSecret,
    )
  }

  /** Null for what is no item. */
  function takeItem(bytes: Uint8Array, isOwn: boolean): ItemHash | null {
    const signed = decodeSignedItem(crypto, bytes)
    if (signed === null) return null
    const hash = itemHashOf(crypto, chainId, bytes)
    const name = toHex(hash)
    if (items.has(name)) return hash
    if (!isOwn && (fates.has(name) || isFarAhead(signed.item, state.height))) return hash
    items.set(name, { bytes, hash, signed, isOwn, isReady: false })
    judgeItems()
    if (items.get(name)?.isReady === true) engine?.workArrived()
    return hash
  }

  /** What can never stand leaves and does not come back, by the code that builds a segment. */
  function judgeItems(): void {
    if (items.size === 0) return
    const list = inItemOrder(items.values())
    const waiting = { candidates: [], items: list.map(({ bytes }) => bytes) }
    const { refusedItems } = buildSegment(chainCrypto, viewed(), waiting, setting.localTime())
    for (const item of list) item.isReady = true
    const owed: WaitingItem[] = []
    for (const { position, reason } of refusedItems) {
      const item = list[position]!
      item.isReady = false
      if (mayWait(reason, item.signed.item, state)) continue
      leave(toHex(item.hash))
      const isMine = item.isOwn && equalBytes(item.signed.item.author, identity.memberId)
      if (isMine && isOwed(reason, item.signed.item, state)) owed.push(item)
    }
    for (const item of owed) sayAgain(item)
    if (owed.length > 0) judgeItems()
  }

  /** Own accusations that were overtaken, also what an earlier start had submitted (R13): at once, as the product does in one write. */
  function sayAgain(item: WaitingItem): void {
    const bytes = signed(item.signed.item.clear)
    const hash = itemHashOf(crypto, chainId, bytes)
    saidAs.set(toHex(item.hash), toHex(hash))
    items.set(toHex(hash), {
      bytes,
      hash,
      signed: decodeSignedItem(crypto, bytes)!,
      isOwn: true,
      isReady: false,
    })
  }

  function leave(name: string): void {
    items.delete(name)
    fates.add(name)
  }

  async function open(own: number): Promise<void> {
    const opened = disk.open()
    store = opened
    state = startOf(crypto, chainId, genesis)
    pool = newPool()
    visits = new Map()
    durableVisits = new Set()
    ownVisits = new Set()
    finalNames = new Set()
    waiters = new Set()
    items = new Map([...items].filter(([, { isOwn }]) => isOwn))
    fates = new Set()
    accuser = newAccuser(own)
    saidAs = new Map()
    const stored = await opened.get(metaKey('state'))
    if (stored !== null) {
      const decoded = decodeChainState(crypto, stored)
      if (decoded === null) throw new Error('the simulated state is damaged')
      state = decoded
    }
    for await (const { key } of opened.scan(rangeOf('b'))) finalNames.add(toHex(keyTail('b', key)))
    for await (const { value } of opened.scan(rangeOf('o'))) {
      const visit = decodeVisit(value)
      visits.set(visit.name, visit)
      durableVisits.add(visit.name)
      if (keyOf(visit.author) === keyOf(identity.memberId)) ownVisits.add(visit.name)
    }
    const context = heightContextOf(state)
    const log = await readLog(opened, context.height)
    const isAhead = (await lastLogHeight(opened)) > context.height
    const standing = await opened.get(metaKey('standing'))
    if (own !== generation) return
    judgeItems()
    for (const visit of visits.values()) if (!finalNames.has(visit.name)) take(visit)
    engine = createPlantedEngine(
      worldOf(own, opened),
      { crypto, memberId: identity.memberId },
      {
        context,
        entries: log.kind === 'whole' ? log.entries : null,
        standing,
        isRestoredData: isOldCopy || isAhead,
      },
      setting.plant,
    )
    watcher.recovered?.(index, { state, view: engine.view(), own: ownVisits })
    engine.start()
    // The operator says at once that there is no second machine.
    engine.confirmVoting()
    void accuser.again()
  }

  function take(visit: SimVisit): void {
    visits.set(visit.name, visit)
    const admission = admit(
      pool,
      {
        candidate: visit.candidate,
        author: visit.author,
        receivedAt: setting.localTime(),
        expiresAt: visit.expiresAt,
      },
      setting.localTime(),
      {
        mayWrite: (author) => membersOf(state.consortium).some((m) => keyOf(m.memberId) === keyOf(author)),
        isFinal: () => finalNames.has(visit.name),
      },
    )
    if (admission.kind === 'admitted') engine?.workArrived()
  }

  function worldOf(own: number, opened: Store): World {
    const isCurrent = () => own === generation
    return {
      now: setting.localTime,
      startTimer(ms, fire) {
        const jitter = Math.floor((ms * setting.dice.below(50)) / 1000)
        return clock.after(ms + jitter, () => {
          if (isCurrent()) fire()
        })
      },
      // The row of the height under way says with which key (M9).
      sign: (message) => crypto.ed25519Sign(secretInEffect(), message),
      async persist(batch) {
        const writes: Write[] = logWrites(batch)
        const names: string[] = []
        for (const value of batch.values)
          for (const headBytes of value.bundle.heads) {
            const name = keyOf(decodeHead(headBytes)!.merkleRoot)
            const visit = visits.get(name)
            if (visit === undefined || durableVisits.has(name)) continue
            writes.push(put(visitKey(visit.candidate.merkleRoot), encodeVisit(visit)))
            names.push(name)
          }
        if (batch.standing !== null) writes.push(put(metaKey('standing'), batch.standing))
        await opened.commit(writes)
        if (!isCurrent()) return new Promise(() => undefined)
        for (const name of names) durableVisits.add(name)
        if (batch.standing !== null) isOldCopy = false
        watcher.persisted(index, batch)
      },
      broadcast: (bytes) => isCurrent() && setting.broadcast({ kind: 'consensus', bytes }),
      send: (to, bytes) => isCurrent() && setting.send(setting.indexOf(to), { kind: 'consensus', bytes }),
      isReachable: (member) => setting.downForMs(setting.indexOf(member)) < DEAD_LINK_MS,
      async candidate() {
        removeExpired(pool, setting.localTime())
        return candidateOf()
      },
      hasWork: () =>
        poolSize(pool).visitCount > 0 ||
        [...items.values()].some(({ isReady }) => isReady) ||
        isChangeWaiting(state.consortium),
      check: (context, value, signal) => check(own, context, value, signal),
      decide: (decision) => decide(own, opened, decision),
      async decided(height) {
        const bytes = await opened.get(segmentKey(height))
        return bytes === null ? null : decodeDecided(bytes)
      },
      equivocation(evidence) {
        watcher.evidence(index, evidence)
        if (evidence.kind !== 'votes' || setting.isAccusing !== true || !isCurrent()) return
        void accuser.accuse({ kind: 'evidence', first: evidence.first, second: evidence.second })
      },
      behind: () => undefined,
      standingChanged: (standing) =>
        watcher.note(index, standing.kind === 'voting' ? 'votes again' : `observes: ${standing.reason}`),
      halted(reason) {
        if (!isCurrent()) return
        watcher.halted(index, reason)
        engine = null
        isUp = false
        // A failed write ends the process; whoever looks after it starts it again.
        if (reason.code === 'world-failed') restartLater()
      },
    }
  }

  function secretInEffect(): Uint8Array {
    const { consensusSecret, nextConsensusSecret } = identity
    const seat = state.voters.find(({ memberId }) => equalBytes(memberId, identity.memberId))
    const isNext =
      seat !== undefined && equalBytes(seat.consensusKey, crypto.ed25519PublicKey(nextConsensusSecret))
    return isNext ? nextConsensusSecret : consensusSecret
  }

  function restartLater(): void {
    node.crash('kill')
    clock.after(RESTART_AFTER_FAILURE_MS, () => {
      if (!isUp) node.start()
    })
  }

  function candidateOf(): Value | null {
    const { policy } = state.consortium
    const room = {
      visitsMax: policyValue(policy, 'segmentVisitsMax'),
      bytesMax: policyValue(policy, 'segmentBytesMax'),
    }
    const now = setting.localTime()
    const picked = pickVisits(pool, room, now)
    if (watcher.picked) {
      const waiting = [...pool.queues.values()].filter((queue) => queue.visits.length > 0)
      watcher.picked(
        index,
        picked.map((visit) => visit.author),
        waiting.map((queue) => queue.author),
      )
    }
    const candidates = picked.map((visit) => visit.candidate)
    const waiting = { candidates, items: inItemOrder(items.values()).map(({ bytes }) => bytes) }
    const built = buildSegment(chainCrypto, viewed(), waiting, now)
    return built.kind === 'built' ? { id: built.segmentId, bundle: built.bundle } : null
  }

  async function check(
    own: number,
    _context: HeightContext,
    value: Value,
    signal: AbortSignal,
  ): Promise<Verdict | 'unbound'> {
    const judgement = judgeSegment(chainCrypto, viewed(), value.bundle, {
      isKnownRecord: (root) => finalNames.has(keyOf(root)),
    })
    if (judgement.kind !== 'valid') return judgement.kind
    const wanted = judgement.checked.heads.map((head) => ({ name: keyOf(head.merkleRoot), head }))
    let askAgainAt = 0
    for (;;) {
      const missing = wanted.filter(({ name, head }) => {
        const visit = visits.get(name)
        return visit === undefined || keyOf(visit.candidate.bodyHash) !== keyOf(head.bodyHash)
      })
      if (missing.length === 0) break
      // One at a time: whoever proposed it has it, and so do most others.
      const names = missing.map(({ name }) => name)
      // What came may be another body than the one that is missing: asking at once again would go round for ever.
      if (clock.now() >= askAgainAt) {
        setting.send(setting.dice.below(genesis.members.length), { kind: 'want', names })
        askAgainAt = clock.now() + WANT_AGAIN_MS
      }
      await new Promise<void>((resolve) => {
        waiters.add(resolve)
        clock.after(WANT_AGAIN_MS, resolve)
      })
      if (own !== generation || signal.aborted) return new Promise(() => undefined)
    }
    const opened = wanted.map(({ name }) => visits.get(name)!)
    const isAuthor = (author: MemberId) => members.has(keyOf(author))
    if (!opened.every((visit) => doesOpen(visit.body) && isAuthor(visit.author))) return 'invalid'
    return opened.every((visit) => visit.expiresAt > setting.localTime()) ? 'valid' : 'unwelcome'
  }

  async function decide(own: number, opened: Store, decision: Decision): Promise<HeightContext> {
    const { value, certificateBytes, height } = decision
    const bundle = { ...value.bundle, certificate: certificateBytes }
    const result = applySegment(chainCrypto, viewed(), bundle, {
      isKnownRecord: (root) => finalNames.has(keyOf(root)),
    })
    if (result.kind === 'rejected') {
      watcher.refused(index, decision, result.reason)
      return new Promise(() => undefined)
    }
    const writes: Write[] = [
      put(segmentKey(height), encode([certificateBytes, ...bundleToCbor(value.bundle)])),
      put(metaKey('state'), encodeChainState(planted(result.state))),
      ...(await logRemoval(opened, height)),
    ]
    for (const head of result.heads) {
      const name = keyOf(head.merkleRoot)
      writes.push(put(keyIn('b', head.merkleRoot), new Uint8Array(0)))
      if (!durableVisits.has(name))
        writes.push(put(visitKey(head.merkleRoot), encodeVisit(visits.get(name)!)))
    }
    await opened.commitUnsynced(writes)
    if (own !== generation) return new Promise(() => undefined)
    state = planted(result.state)
    for (const head of result.heads) {
      finalNames.add(keyOf(head.merkleRoot))
      durableVisits.add(keyOf(head.merkleRoot))
    }
    removeFinal(
      pool,
      result.heads.map((head) => head.merkleRoot),
    )
    withLimits(pool, { authorCount: membersOf(state.consortium).length })
    for (const item of value.bundle.items) leave(toHex(itemHashOf(crypto, chainId, item)))
    judgeItems()
    void accuser.again()
    watcher.decided(index, decision, state)
    return heightContextOf(state)
  }

  /** With a planted bug: what the chain's own step is given. */
  function viewed(): ChainState {
    const consortium = plantedView(chainPlant, state.consortium)
    return consortium === state.consortium ? state : { ...state, consortium }
  }

  /** With a planted bug: what the chain's own step should have kept of members and studies. */
  function planted(after: ChainState): ChainState {
    const day = Math.floor(after.lastTime / DAY_MS)
    const consortium =
      chainPlant === null ? null : plantedStudies(chainPlant, state.consortium, after.consortium, day)
    if (consortium !== null) return { ...after, ...derivedOf(crypto, chainId, consortium) }
    if (chainPlant !== 'replacement-ignored') return after
    // The same members with the keys that they had at the founding.
    const members = after.consortium.members.map((row) => {
      const before = genesis.members.find(({ memberId }) => equalBytes(memberId, row.member.memberId))
      const consensusKey = before?.consensusKey ?? row.member.consensusKey
      return { ...row, member: { ...row.member, consensusKey } }
    })
    return { ...after, consortium: { ...after.consortium, members } }
  }

  const node: SimNode = {
    index,
    get isUp() {
      return isUp
    },
    get state() {
      return state
    },
    get engine() {
      return engine
    },
    get pool() {
      return pool
    },
    start(isRestoredData = false) {
      isUp = true
      isOldCopy ||= isRestoredData
      const own = ++generation
      open(own).catch((error: unknown) => {
        if (own === generation) watcher.halted(index, { code: 'bug', error })
      })
    },
    crash(how) {
      isUp = false
      generation++
      engine?.close().catch(() => undefined)
      engine = null
      if (how === 'kill') disk.kill()
      else disk.powerCut()
    },
    deliver(from, packet) {
      switch (packet.kind) {
        case 'consensus':
          engine?.receive(setting.memberAt(from), packet.bytes)
          return
        case 'visits':
          // A hospital opens what it takes in; what does not open never waits, and stays only to be judged.
          for (const visit of packet.visits) {
            if (doesOpen(visit.body)) take(visit)
            else visits.set(visit.name, visit)
          }
          for (const waiter of waiters) waiter()
          waiters.clear()
          return
        case 'items':
          for (const bytes of packet.items) takeItem(bytes, false)
          return
        case 'want': {
          const held = packet.names.map((name) => visits.get(name)).filter((visit) => visit !== undefined)
          if (held.length > 0) setting.send(from, { kind: 'visits', visits: held })
          return
        }
      }
    },
    async submit(visit) {
      const own = generation
      if (store === null || engine === null) return new Promise(() => undefined)
      try {
        await store.commit([put(visitKey(visit.candidate.merkleRoot), encodeVisit(visit))])
      } catch {
        // Whoever writes: after a failed write the store is closed for all, and the process begins anew.
        if (own === generation) restartLater()
        return new Promise(() => undefined)
      }
      if (own !== generation) return new Promise(() => undefined)
      durableVisits.add(visit.name)
      ownVisits.add(visit.name)
      take(visit)
      setting.broadcast({ kind: 'visits', visits: [visit] })
    },
    offerAgain() {
      const own = isUp ? [...items.values()].filter(({ isOwn }) => isOwn) : []
      if (own.length > 0) setting.broadcast({ kind: 'items', items: own.map(({ bytes }) => bytes) })
      const waiting = [...ownVisits].filter((name) => !finalNames.has(name)).map((name) => visits.get(name)!)
      if (!isUp || waiting.length === 0) return
      for (const visit of waiting) take(visit)
      setting.broadcast({ kind: 'visits', visits: waiting })
    },
    addItem(item) {
      takeItem(item, true)
    },
    say(clear) {
      if (isUp && engine !== null) say(clear)
    },
    holdsBody: (name) => visits.has(name),
    bodyOf: (name) => visits.get(name),
  }
  return node
}

/** Every node stores the same visit: its bytes are made once. */
const encodedVisits = new WeakMap<SimVisit, Uint8Array>()

function encodeVisit(visit: SimVisit): Uint8Array {
  let bytes = encodedVisits.get(visit)
  if (bytes === undefined) {
    const { merkleRoot, bodyHash } = visit.candidate
    bytes = encode([visit.name, merkleRoot, bodyHash, visit.body, visit.author, visit.expiresAt])
    encodedVisits.set(visit, bytes)
  }
  return bytes
}

function decodeVisit(bytes: Uint8Array): SimVisit {
  const [name, merkleRoot, bodyHash, body, author, expiresAt] = tryDecode(bytes) as [
    string,
    SimVisit['candidate']['merkleRoot'],
    Uint8Array,
    Uint8Array,
    MemberId,
    number,
  ]
  const candidate = { merkleRoot, keyCommitment: merkleRoot, sizeClass: 0 as const, bodyHash }
  return { name, candidate, body, author, expiresAt }
}

function decodeDecided(bytes: Uint8Array) {
  const [certificate, ...rest] = tryDecode(bytes) as [Uint8Array, ...Uint8Array[]]
  return { certificate, bundle: bundleFromCbor(rest)! }
}
