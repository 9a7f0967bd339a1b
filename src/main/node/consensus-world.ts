/** The world of the consensus engine in the product: this node's store, clock, network, and what waits to be decided. */
import { setMaxListeners } from 'node:events'
import { toHex, type Bytes } from '../../shared/std/bytes.ts'
import { assert, present } from '../../shared/std/assert.ts'
import { decodeHead, type Head } from './chain/block.ts'
import { buildSegment } from './chain/build-segment.ts'
import type { Certificate } from './chain/certificate.ts'
import { keyOf, type MemberId } from './chain/ids.ts'
import { policyValue } from './chain/policy.ts'
import { isChangeWaiting } from './chain/apply-item.ts'
import type { Verdict } from './consensus/core/height.ts'
import { proposerSeat } from './consensus/core/proposer.ts'
import { DEAD_LINK_MS } from './consensus/core/timeouts.ts'
import { certificateContextOf } from './chain/chain-state.ts'
import type { SegmentBundle } from './chain/segment.ts'
import { heightContextOf, judgeSegment } from './consensus/engine/judge-segment.ts'
import { createEngine, type EngineView } from './consensus/engine/engine.ts'
import { lastLogHeight, logRemoval, logWrites, readLog } from './consensus/engine/log-store.ts'
import type { Standing } from './consensus/engine/standing.ts'
import type { Decision, Evidence, HaltReason, HeightContext, Value, World } from './consensus/engine/world.ts'
import type { Crypto } from './crypto/crypto.ts'
import type { SegmentRoom } from './mempool/cut.ts'
import { createForkWatch, type FoundFork, type ForkWatch } from './fork-watch.ts'
import type { ItemKeys } from './item-keys.ts'
import type { Ledger } from './ledger.ts'
import { peerName, type Transport } from './network/transport.ts'
import type { Outbox } from './outbox/outbox.ts'
import type { FinalSegment } from './final-segment.ts'
import { readStanding, standingWrite } from './storage/chain-store.ts'
import type { Store, Write } from './storage/store.ts'
import type { WaitingItems } from './waiting/items.ts'
import type { WaitingVisits } from './waiting/visits.ts'

export interface ConsensusOptions {
  readonly ledger: Ledger
  readonly outbox: Outbox
  readonly visits: WaitingVisits
  readonly items: WaitingItems
  readonly itemKeys: Pick<ItemKeys, 'until'>
  readonly store: Store
  readonly crypto: Crypto
  /** The Ed25519 seed of a voter's key; null where it is not here: then the engine has to be held. */
  readonly consensusSecretOf: (publicKey: Bytes) => Bytes | null
  readonly memberId: MemberId
  /** Null for a node without a network. */
  readonly transport: Transport | null
  readonly now: () => number
  /** False while this node may neither propose nor judge a fresh proposal: its clock is wrong. */
  readonly isClockRight: () => boolean
  /** What belongs into the write that makes these blocks final. */
  readonly writesWith: (firstIndex: number, count: number) => Write[]
  readonly onFinal: (segment: FinalSegment) => void
  readonly onHalt: (reason: HaltReason) => void
  /** Two certificates for one height, and what they are. Comes with the halt, or alone: the engine sees less. */
  readonly onFork: (fork: FoundFork) => void
  readonly onStanding: (standing: Standing) => void
  readonly onEvidence: (evidence: Evidence) => void
  readonly onBehind: (peer: MemberId, height: number) => void
  readonly onTime: (peer: MemberId, localTime: number) => void
  /** A segment that should be here is not, or is not whole. */
  readonly onDamaged: (height: number) => void
  readonly onChanged: () => void
}

/** Why the engine is held. */
export type HoldReason =
  | 'catching-up'
  | 'disk-full'
  /** The chain knows this voter by a key that is not here. */
  | 'keys-replaced'
  /** Two certificates for one height were found, now or before. Never released (R33). */
  | 'contradiction'

export interface Consensus {
  /** There may be something to decide. */
  work(): void
  /** Nothing is taken or signed until every reason is released. Resolves when nothing is under way. */
  hold(reason: HoldReason): Promise<void>
  release(reason: HoldReason): void
  /** Certificates of what was appended while it was held. */
  fetched(certificates: readonly Certificate[]): Promise<void>
  view(): EngineView
  confirmVoting(): void
  /** Another process uses this member's keys. */
  keysElsewhere(): void
  /** Whether this node decides without anybody else. */
  readonly canDecideAlone: boolean
  close(): Promise<void>
}

/** Restores the height that was under way from the log. `work`, `hold` and messages count from `start` on. */
export async function openConsensus(options: ConsensusOptions): Promise<Consensus & { start(): void }> {
  const { ledger, store, crypto, memberId, transport } = options
  const context = heightContextOf(ledger.state)
  const log = await readLog(store, context.height)
  // A log ahead of the chain: the chain was put back from a copy, the signatures were not.
  const isRestoredData = (await lastLogHeight(store)) > context.height
  const standing = await readStanding(store)
  const watch = createForkWatch({ crypto, store, ledger, onFork: options.onFork })
  const engine = createEngine(
    createWorld(options, watch, () => engine.view().round),
    { crypto, memberId },
    {
      context,
      entries: log.kind === 'whole' ? log.entries : null,
      standing: standing.kind === 'ok' ? standing.value : null,
      isRestoredData: isRestoredData || standing.kind === 'damaged',
    },
  )
  const holds = new Set<HoldReason>()
  transport?.onMessage('consensus', (from, message) => {
    watch.hear(from.memberId, message)
    engine.receive(from.memberId, message)
  })
  const stopListening = transport?.onPeer(({ kind, peer }) => {
    if (kind === 'up' && peer.isVoter) engine.connected(peer.memberId)
  })
  return {
    start: () => engine.start(),
    work: () => engine.workArrived(),
    async hold(reason) {
      holds.add(reason)
      await engine.pause()
    },
    release(reason) {
      if (!holds.delete(reason) || holds.size > 0) return
      engine.resume(heightContextOf(ledger.state))
      engine.workArrived()
    },
    fetched: (certificates) => engine.fetched(certificates),
    view: () => engine.view(),
    confirmVoting: () => engine.confirmVoting(),
    keysElsewhere: () => engine.keysElsewhere(),
    get canDecideAlone() {
      const { voters } = ledger.state
      return (
        voters.length === 1 &&
        keyOf(voters[0]!.memberId) === keyOf(memberId) &&
        engine.view().standing.kind === 'voting'
      )
    },
    async close() {
      stopListening?.()
      await engine.close()
    },
  }
}

/** What the engine asks of this node about values: candidates, checks, decisions. */
function createWorld(options: ConsensusOptions, watch: ForkWatch, round: () => number): World {
  const { ledger, outbox, visits, items, store, crypto, transport } = options
  const self = keyOf(options.memberId)
  const startedAt = performance.now()
  const downSince = new Map<string, number>()
  transport?.onPeer(({ kind, peer }) => {
    if (kind === 'up') downSince.delete(peer.name)
    else downSince.set(peer.name, performance.now())
  })

  async function candidate(context: HeightContext): Promise<Value | null> {
    if (!options.isClockRight()) return null
    const { policy } = ledger.state.consortium
    const room: SegmentRoom = {
      visitsMax: policyValue(policy, 'segmentVisitsMax'),
      bytesMax: policyValue(policy, 'segmentBytesMax'),
    }
    for (;;) {
      const cut = visits.cut(room, options.now())
      if (cut.kind !== 'wait') break
      await visits.changed(cut.ms)
    }
    const waitingItems = items.candidates()
    const earlierAt = await ledger.earlierFor(waitingItems)
    const { state } = ledger
    // Decided or caught up meanwhile: the answer is of no use, and is dropped by its height.
    if (state.height + 1 !== context.height) return null
    const candidates = visits.pick(room, options.now())
    const built = buildSegment(crypto, state, { candidates, items: waitingItems }, options.now(), earlierAt)
    return built.kind === 'built' ? { id: built.segmentId, bundle: built.bundle } : null
  }

  async function check(
    context: HeightContext,
    value: Value,
    signal: AbortSignal,
  ): Promise<Verdict | 'unbound'> {
    // A height of many rounds has many values that are checked, and each of them several questions open.
    setMaxListeners(0, signal)
    const known = await ledger.knownRoots(value.bundle.heads)
    const earlierAt = await ledger.earlierFor(value.bundle.items)
    const { state } = ledger
    // Decided or caught up meanwhile: nobody waits for the answer any more.
    if (state.height + 1 !== context.height) return untilAborted(signal)
    const judgement = judgeSegment(crypto, state, value.bundle, {
      isKnownRecord: (root) => known.has(toHex(root)),
      earlierAt,
    })
    if (judgement.kind !== 'valid') return judgement.kind
    decodedHeads.set(value.bundle, judgement.checked.heads)
    await options.itemKeys.until(value.bundle.items, signal)
    if (signal.aborted) return untilAborted(signal)
    const verdict = await visits.open(judgement.checked.heads, whomToAsk(context), signal)
    if (signal.aborted) return untilAborted(signal)
    return verdict === 'valid' && !options.isClockRight() ? 'unwelcome' : verdict
  }

  /** Whoever proposed it has it, and so do most others. */
  function whomToAsk({ height, voters }: HeightContext): MemberId[] {
    const first = proposerSeat(height, round(), voters.length)
    const order = [...voters.slice(first), ...voters.slice(0, first)].map((voter) => voter.memberId)
    return order.filter((member) => keyOf(member) !== self && transport?.isUp(peerName(member)) === true)
  }

  async function decide({ height, value, certificateBytes }: Decision): Promise<HeightContext> {
    const heads = headsOf(value)
    watch.deciding(certificateContextOf(ledger.state), height)
    const bodies = await visits.bodiesOf(heads)
    const own = heads.map(({ merkleRoot }) => outbox.get(toHex(merkleRoot)))
    const bundle = { ...value.bundle, certificate: certificateBytes }
    const finished = visits.finish(heads)
    const appended = await ledger.append(bundle, bodies, (root) => outbox.get(root)?.sequence ?? null, [
      ...finished.writes,
      ...options.writesWith(ledger.state.blockCount, heads.length),
      ...(await logRemoval(store, height)),
    ])
    assert(appended.kind === 'appended', 'a quorum decides only what follows from the chain')
    finished.done()
    const { firstIndex, count } = appended.checked.segment
    options.onFinal({
      fromHeight: height,
      height,
      firstIndex,
      count,
      own: own.flatMap((queued, i) =>
        queued === null
          ? []
          : [{ root: toHex(queued.merkleRoot), index: firstIndex + i, sequence: queued.sequence }],
      ),
    })
    return heightContextOf(ledger.state)
  }

  return {
    now: options.now,
    startTimer(ms, fire) {
      // Up to 5 % more, so that validators do not move in step.
      const timer = setTimeout(fire, ms * (1 + Math.random() * 0.05))
      return () => clearTimeout(timer)
    },
    sign(message) {
      // The voters of the height under way say which key: so two keys never sign at one height (M9).
      const voter = ledger.state.voters.find((each) => keyOf(each.memberId) === self)
      const secret = voter && options.consensusSecretOf(voter.consensusKey)
      return crypto.ed25519Sign(present(secret, 'who signs has a seat and its key'), message)
    },
    async persist(batch) {
      const unsaved = visits.unsaved(batch.values.flatMap(headsOf))
      await store.commit([
        ...unsaved.writes,
        ...logWrites(batch),
        ...(batch.standing === null ? [] : [standingWrite(batch.standing)]),
      ])
      unsaved.done()
    },
    broadcast: (message) => void transport?.broadcast('consensus', message),
    send: (to, message) => void transport?.send(peerName(to), 'consensus', message),
    isReachable(member) {
      const name = peerName(member)
      if (transport === null) return false
      if (transport.isUp(name)) return true
      return performance.now() - (downSince.get(name) ?? startedAt) < DEAD_LINK_MS
    },
    candidate,
    hasWork: () =>
      options.isClockRight() &&
      (visits.readyCount > 0 || items.readyCount > 0 || isChangeWaiting(ledger.state.consortium)),
    check,
    decide,
    async decided(height) {
      const found = await ledger.bundleAt(height)
      if (found === null && height <= ledger.state.height) options.onDamaged(height)
      return found
    },
    equivocation: options.onEvidence,
    behind: options.onBehind,
    heardTime: options.onTime,
    standingChanged: options.onStanding,
    halted(reason) {
      options.onHalt(reason)
      if (reason.code === 'two-certificates') watch.again()
    },
    changed: options.onChanged,
  }
}

/** Decoded once for a value, which is checked, voted for and decided under the same bytes. */
const decodedHeads = new WeakMap<SegmentBundle, readonly Head[]>()

function headsOf({ bundle }: Value): readonly Head[] {
  let heads = decodedHeads.get(bundle)
  if (heads === undefined) {
    heads = bundle.heads.map((bytes) => present(decodeHead(bytes), 'a value that is voted for has heads'))
    decodedHeads.set(bundle, heads)
  }
  return heads
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = (): void => reject(new Error('nobody waits for this check any more'))
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })
}
