/**
 * The node of one institution: what it has accepted, what the chain has decided, the engine between the two, and the
 * other members. With one voter the engine takes the same path that four take.
 *
 * Start order: layout's number, genesis, applied state, outbox, keys, what waits, engine, network. Stop order: network,
 * engine, checker; the store belongs to whoever opened it.
 */
import type { NodeStatus } from '../../shared/contract/node.ts'
import { equalBytes } from '../../shared/std/bytes.ts'
import { Failure } from '../../shared/std/failure.ts'
import { createAccuser } from './accuse.ts'
import { answerPeers } from './answer-peers.ts'
import { openAddresses } from './addresses.ts'
import type { ItemHash, MemberId } from './chain/ids.ts'
import { findMember, type Member } from './chain/members.ts'
import { policyValue } from './chain/policy.ts'
import { membersOf, type ConsortiumState } from './chain/state.ts'
import { quorumOf } from './chain/voters.ts'
import { notingChecker, type OpeningKeys } from './check-records.ts'
import { createCheckedOutbox, type CheckedOutbox } from './checked-outbox.ts'
import type { Evidence } from './consensus/engine/world.ts'
import { NodeFailure, type ChainNode, type NodeAlert, type NodeOptions } from './chain-node.ts'
import { openConsensus, type Consensus } from './consensus-world.ts'
import { openContradictions } from './contradiction.ts'
import { openDiskWatch } from './disk-watch.ts'
import type { FinalSegment } from './final-segment.ts'
import { startFollowing, type Follower } from './follow.ts'
import { openAccesses, type AccessesOfNode } from './access/accesses.ts'
import { openErasures, type Erasures } from './erasures.ts'
import { openFinalItems, type FinalItem, type FinalItems } from './final-items.ts'
import { openGatewayRotation, type GatewayRotation } from './gateway-rotation.ts'
import { startKeyExchange, type KeyExchange } from './key-exchange.ts'
import { createHalting } from './halting.ts'
import { createItemKeys } from './item-keys.ts'
import { openHospitalStatements, type HospitalStatements } from './hospital-statements.ts'
import { openNetworkGenerations } from './network-generations.ts'
import { openKeyBoxRows, type KeyBoxRows } from './key-box-rows.ts'
import { openLedger } from './ledger.ts'
import { createListeners } from './listeners.ts'
import { mendHeights, type Mended } from './mend.ts'
import { systemClock } from './network/clock.ts'
import { memberEntries, type NodeNetwork } from './network/node-network.ts'
import { peerName, type MemberEntry } from './network/transport.ts'
import { startRepairs, type Repairs } from './repairs.ts'
import { createSaySealed } from './say-sealed.ts'
import { createSelfReport } from './self-report.ts'
import { createSignInName, type SignInName } from './sign-in-name.ts'
import { openStudies, type StudiesOfNode } from './studies/studies.ts'
import { openOutbox } from './outbox/outbox.ts'
import { createOutboxRoom } from './outbox/room.ts'
import { createOwnKeys } from './own-keys.ts'
import { createPeerClock } from './peer-clock.ts'
import { openSharedKeys, type SharedKeys } from './shared-keys.ts'
import { factRunKey, rangeOf } from './storage/buckets.ts'
import { del, StorageFailure, type ReadableStore } from './storage/store.ts'
import { newestEpoch } from './vault/institution-keys.ts'
import { patientKey } from './vault/linkage.ts'
import { createAsker, nobody } from './waiting/ask.ts'
import { openWaitingItems, type WaitingItems } from './waiting/items.ts'
import { createProposalLane } from './waiting/proposals.ts'
import { startSpread, type Spread } from './waiting/spread.ts'
import { openWaitingVisits, type WaitingVisits } from './waiting/visits.ts'

export type { FinalSegment } from './final-segment.ts'
export type { AnalysisKeys, ChainNode, NodeAlert, NodeFailureDetail, NodeOptions } from './chain-node.ts'
export { NodeFailure } from './chain-node.ts'

/**
 * Starts the node on an open store.
 * @throws {StorageFailure} `newer-format`, `corrupt`, `missing`; {NetworkFailure} `address-in-use`, `bad-address`
 */
export async function startNode(options: NodeOptions): Promise<ChainNode> {
  const { store, storePath, keys, memberId, crypto, random, limits } = options
  const ledger = await openLedger(crypto, store, storePath)
  const { chainId } = ledger
  const outbox = await openOutbox(store)
  await outbox.dropFinal()
  const shared: SharedKeys = await openSharedKeys({ store, crypto, random, chainId, keys })
  const ownKeys = createOwnKeys({
    crypto,
    memberId,
    keys,
    consortium: () => ledger.state.consortium,
    shared: () => shared,
    saveKeys: options.saveKeys,
    onFailure: failed,
  })
  const addresses = await openAddresses(store, (writes) => commit(() => store.commit(writes)))
  const finals = createListeners<FinalSegment>()
  const statuses = createListeners<NodeStatus>()
  const finalOnes = createListeners<FinalItem>()
  const alerts = createListeners<NodeAlert>()
  const room = createOutboxRoom(outbox, limits, options.now, expectWritable)
  const peerClock = createPeerClock(options.now, () => performance.now())
  let guests: readonly MemberEntry[] = []
  let draftCount = await countDrafts(store)
  let lastFinalAt: number | null = null
  const contradictions = await openContradictions({ store, crypto, ledger, now: options.now })
  let isClosed = false
  const halting = createHalting({
    contradictions,
    ledger,
    transport: () => transport,
    isClosed: () => isClosed,
    onContradiction: () => void consensus.hold('contradiction'),
    onHalted() {
      room.wake()
      tellStatus()
    },
    onKept: tellStatus,
  })
  const disk = await openDiskWatch({
    freeBytes: options.freeBytes,
    now: options.now,
    limits,
    onChanged() {
      tellStatus()
      if (!disk.isFull) accuseAgain()
    },
    onHold(isHeld) {
      if (isHeld) void consensus.hold('disk-full')
      else {
        consensus.release('disk-full')
        follower?.nudge()
      }
      tellStatus()
    },
  })
  /** What of the consortium's state the node acts on, to see when it has changed. */
  let actedOn = ledger.state.consortium

  const generations = await openNetworkGenerations({
    store,
    random,
    memberId,
    shared,
    consortium: () => ledger.state.consortium,
    now: options.now,
    chainTime: () => ledger.state.lastTime,
    isClockRight: () => peerClock.state !== 'wrong',
    mayAct: () => halting.reason === null,
    // Never whoever happens to be there: a node without a line would close its only way back.
    async isEnough(by, generation, signal) {
      const reached = await by.reachedBy(generation, signal)
      const { voters } = ledger.state
      const isThere = ({ memberId: of }: { memberId: MemberId }): boolean =>
        equalBytes(of, memberId) || reached.has(peerName(of))
      return voters.filter(isThere).length >= quorumOf(voters.length)
    },
    overlapMs: limits.networkOverlapMs,
    lookMs: limits.networkLookMs,
    after: systemClock.after,
    onRefused: (generation) => alert({ kind: 'network-key-refused', generation }),
    onUnreached: (generation) => alert({ kind: 'network-key-unreached', generation }),
    onFailure: failed,
  })
  const network: NodeNetwork | null =
    (await options.openNetwork?.({
      chainId,
      memberId,
      networkSecret: ownKeys.identity().network,
      memberSecret: ownKeys.identity().author,
      members: networkMembers(),
      generations: generations.open(),
      position: () => ({ epoch: ledger.state.consortium.epoch, height: ledger.state.height }),
      addresses: addresses.byHand,
      records: addresses.records,
      onRecord: (record) => void unlessClosing(addresses.saveRecord(record)),
      onKeysElsewhere() {
        if (isClosed) return
        consensus.keysElsewhere()
        alert({ kind: 'keys-elsewhere' })
      },
      onSigning: tellStatus,
    })) ?? null
  const transport = network?.transport ?? null
  const asker = transport === null ? nobody : createAsker(transport)
  const proposals = createProposalLane(transport, options.now)

  const ownMember = (): Member | null => findMember(membersOf(ledger.state.consortium), memberId)
  /** Whether this member holds keys that open records; a hospital that joins has them a moment after. */
  const isHospital = (): boolean => ownMember()?.kind === 'hospital' && shared.gateway().length > 0
  const isVoter = (): boolean => ledger.state.voters.some((voter) => equalBytes(voter.memberId, memberId))

  /** Members, invited guests, and as long as this node is no member yet, itself as a guest. */
  function networkMembers(): MemberEntry[] {
    const entries = [...memberEntries(ledger.state.consortium), ...guests]
    if (!entries.some((entry) => equalBytes(entry.memberId, memberId)))
      entries.push({
        memberId,
        kind: 'hospital',
        isVoter: false,
        isGuest: true,
        networkKey: crypto.ed25519PublicKey(ownKeys.held.keys.network),
        memberKey: crypto.ed25519PublicKey(ownKeys.held.keys.author),
      })
    return entries
  }

  const gatewayKeys = (): OpeningKeys => ({
    chainId,
    scope: 'gateway',
    epochs: shared.gateway(),
    authorKeys: ledger.authorKeys(),
  })

  const report = createSelfReport({
    ledger,
    outbox,
    ownKeys,
    disk,
    peerClock,
    transport,
    follower: () => follower,
    standing: () => consensus.view().standing,
    isVoter,
    halted: () => halting.reason,
    isClosed: () => isClosed,
    draftCount: () => draftCount,
    lastFinalAt: () => lastFinalAt,
  })
  function tellStatus(): void {
    if (!isReady) return
    network?.saySigning(report.signing())
    statuses.tell(report.status())
  }
  function alert(what: NodeAlert): void {
    alerts.tell(what)
  }
  function failed(error: unknown): void {
    halting.failed(error)
  }

  /** @throws {NodeFailure} when nothing may be written now */
  async function expectWritable(): Promise<void> {
    if (isClosed) throw new NodeFailure({ code: 'closed' })
    halting.expectNone()
    const freeBytes = await disk.look()
    if (disk.isFull) throw new NodeFailure({ code: 'disk-full', path: storePath, freeBytes })
  }

  /** Of what comes from others in bulk: whether there is space for more of it, by a look that is a second old at most. */
  async function lookMayWrite(): Promise<boolean> {
    await disk.look()
    return halting.reason === null && !disk.isHeld
  }

  async function commit<T>(writes: () => Promise<T>): Promise<T> {
    try {
      return await writes()
    } catch (error) {
      // A failed write is final for the store (see `Store`): nothing may be signed after it.
      if (error instanceof StorageFailure) failed(error)
      throw error
    }
  }

  /** A node that is closing has no use for what it can no longer save. */
  async function unlessClosing(saved: Promise<void>): Promise<void> {
    await saved.catch((error: unknown) => {
      if (!isClosed && !(error instanceof StorageFailure)) throw error
    })
  }

  /** The chain has grown. */
  function grown(segment: FinalSegment): void {
    lastFinalAt = options.now()
    const { consortium } = ledger.state
    if (consortium !== actedOn) takeConsortium()
    room.wake()
    // There may be room for an item again, also where none of this node's own left.
    void items.refresh().then(accuseAgain, failed)
    finalItems.nudge()
    accesses.nudge()
    finals.tell(segment)
    tellStatus()
  }

  /** Members, keys or policy may be others now. */
  function takeConsortium(): void {
    const before = actedOn
    actedOn = ledger.state.consortium
    const areOthers = before.members !== actedOn.members
    // Also what is decided only: members are known by their next keys from then on.
    if (areOthers || before.pending !== actedOn.pending) transport?.setMembers(networkMembers())
    if (areOthers) takeOwnKeys(before)
    if (before.networkGeneration !== actedOn.networkGeneration || before.pending !== actedOn.pending) {
      exchange?.nudge()
      generations.nudge()
    }
    if (areOthers || before.policy !== actedOn.policy) visits.refresh()
    if (areOthers) checked.again()
  }

  /** This member's keys may be others from this height on. */
  function takeOwnKeys(before: ConsortiumState): void {
    const earlier = findMember(membersOf(before), memberId)
    const now = ownMember()
    if (earlier !== null && now !== null && !equalBytes(earlier.authorKey, now.authorKey)) checked.startOver()
    holdForKeys()
    ownKeys.consider()
  }
  /** A voter without the key of its seat takes the chain from others and signs nothing. */
  function holdForKeys(): void {
    if (isVoter() && ownKeys.isReplaced) void consensus.hold('keys-replaced')
    else consensus.release('keys-replaced')
  }

  function authorCount(): number {
    return membersOf(ledger.state.consortium).filter(({ kind }) => kind === 'hospital').length
  }

  async function record(evidence: Evidence): Promise<void> {
    alert({ kind: 'evidence', evidence })
    // Two proposals have no item of their own; two votes name the voter for everybody.
    if (evidence.kind !== 'votes' || ownMember() === null) return
    await accuser.accuse({ kind: 'evidence', first: evidence.first, second: evidence.second })
  }
  const accuser = createAccuser({
    consortium: () => ledger.state.consortium,
    propose: (evidence) => propose(evidence, null, ledger.state.height + EVIDENCE_HEIGHTS),
    isWaiting,
  })

  function accuseAgain(): void {
    if (!isReady || isClosed || halting.reason !== null) return
    void accuser.again().catch(ignoreRefusal)
  }

  const inName = createSignInName({
    crypto,
    random,
    chainId,
    memberId,
    ownKeys,
    openingKeys: gatewayKeys,
    gateway: () => shared.gateway(),
    items: () => items,
    expectWritable,
    commit,
  })
  async function isWaiting(itemHash: ItemHash): Promise<boolean> {
    return (await items.fateOf(itemHash)).kind === 'waiting'
  }
  async function propose(...item: Parameters<SignInName['submit']>): Promise<ItemHash> {
    return (await inName.submit(...item)).hash
  }

  async function mend(fromHeight: number, toHeight: number): Promise<Mended> {
    await expectWritable()
    const about = { store, crypto, ledger, transport, isClosed: () => isClosed }
    const last = Math.min(toHeight, ledger.state.height)
    return commit(() => mendHeights(about, Math.max(1, fromHeight), last))
  }

  /** A final item, in order; maybe again after a crash. */
  async function takeFinal(item: FinalItem): Promise<void> {
    await rotation.take(item)
    await generations.take(item)
    await statements.take(item)
    await erasures.take(item)
    await accesses.take(item)
    await studies.take(item)
    if (item.signed.item.clear.kind === 'network') keysChanged()
    finalOnes.tell(item)
  }
  /** Keys of others came, or it became known that one is missing. */
  function keysChanged(): void {
    if (halting.reason?.code === 'two-certificates') return
    finalItems.nudge()
    exchange?.nudge()
    itemKeys.came()
    void items.refresh().catch(failed)
    checked.again()
    rows.nudge()
    accesses.nudge()
    erasures.nudge()
    generations.nudge()
    tellStatus()
  }

  // What follows refers to each other; nothing of it runs before all of it is there.
  let isReady = false
  let follower: Follower | null = null
  let spread: Spread | null = null
  let exchange: KeyExchange | null = null
  let repairs: Repairs | null = null

  const checker = notingChecker(options.checker, (root, said) => accesses.finder.note(root, said))
  const checked: CheckedOutbox = createCheckedOutbox({
    store,
    outbox,
    checker,
    keys: gatewayKeys,
    signAgain: async (records) => inName.visitsAgain(records, await ledger.authorKeysEver()),
    onReady(ready) {
      visits.takeOwn(ready)
      spread?.visits(ready)
    },
    onFailure: failed,
  })
  const work = (): void => {
    if (isReady && !isClosed) consensus.work()
  }
  const visits: WaitingVisits = await openWaitingVisits({
    store,
    crypto,
    chainId,
    memberId,
    outbox,
    checked,
    checker,
    keys: gatewayKeys,
    asker,
    now: options.now,
    facts: () => ({
      authorQuotaPerHour: policyValue(ledger.state.consortium.policy, 'authorQuotaPerHour'),
      authorCount: authorCount(),
    }),
    mayWrite: (author) => findMember(membersOf(ledger.state.consortium), author)?.kind === 'hospital',
    onReady: work,
    onUnknownEpoch: () => exchange?.nudge(),
    onForged(from) {
      transport?.penalise(peerName(from), 'forged')
      alert({ kind: 'forged-record', memberId: from })
    },
  })
  const itemKeys = createItemKeys({
    crypto,
    isHospital: () => ownMember()?.kind === 'hospital',
    hasKey: (epoch) => shared.has('gateway', epoch),
    onMissing: () => exchange?.nudge(),
  })
  const items: WaitingItems = await openWaitingItems({
    store,
    crypto,
    ledger,
    now: options.now,
    isMine: (author) => equalBytes(author, memberId),
    signAgain: inName.itemAgain,
    hasKeyOf: itemKeys.has,
    onReady() {
      spread?.items()
      work()
    },
  })
  const rows: KeyBoxRows = await openKeyBoxRows({
    store,
    crypto,
    chainId,
    isHospital,
    mayWrite: lookMayWrite,
    blockCount: () => ledger.state.blockCount,
    gatewayEpochs: () => shared.gateway(),
    hospitals: () =>
      (transport?.peers() ?? [])
        .filter(({ state, kind, isGuest }) => state === 'up' && kind === 'hospital' && !isGuest)
        .map((peer) => peer.memberId),
    asker,
    onUnknownEpoch: () => exchange?.nudge(),
    onFailure: failed,
  })
  const rotation: GatewayRotation = await openGatewayRotation({
    store,
    crypto,
    random,
    chainId,
    memberId,
    gatewaySecrets: ownKeys.gateways,
    shared,
    founding: { members: ledger.genesis.members, time: ledger.genesis.createdAt },
    consortium: () => ledger.state.consortium,
    height: () => ledger.state.height,
    chainTime: () => ledger.state.lastTime,
    now: options.now,
    isUpToDate: () => isReady && !isClosed && isHospital() && finalItems.readUpTo === ledger.state.height,
    propose,
    isWaiting,
    onKeys: keysChanged,
    onFailure: ignoreRefusal,
  })
  const saySealed = createSaySealed({
    crypto,
    random,
    chainId,
    memberId,
    gateway: () => shared.gateway(),
    height: () => ledger.state.height,
    submit: inName.submit,
  })
  const statements: HospitalStatements = openHospitalStatements({
    store,
    crypto,
    chainId,
    gateway: () => shared.gateway(),
    hasEpoch: rotation.hasEpoch,
    waiting: () => items.submittedHere(),
    say: saySealed,
  })
  const erasures: Erasures = await openErasures({
    store,
    crypto,
    random,
    chainId,
    memberId,
    now: options.now,
    statements,
    isHospital,
    founding: ledger.genesis.members,
    consortium: () => ledger.state.consortium,
    openingKeys: async () => ({ ...gatewayKeys(), authorKeysEver: await ledger.authorKeysEver() }),
    alongWith: async (root, index) => [
      ...(await accesses.forgetting(root, index)),
      ...(index === null ? [] : [del(factRunKey(index))]),
    ],
    onFailure: ignoreRefusal,
  })
  const accesses: AccessesOfNode = await openAccesses({
    store,
    crypto,
    random,
    chainId,
    memberId,
    ledger,
    now: options.now,
    elapsedMs: () => performance.now(),
    isHospital,
    gatewayEpochs: () => shared.gateway(),
    linkageEpochs: () => shared.linkage(),
    rowsHeldUpTo: () => rows.heldUpTo,
    transport,
    say: async (content) => (await saySealed(content))?.bytes ?? null,
    waitsForGuard: options.answersWaitForGuard === true,
    keepItem: (from, item) => (isVoter() ? items.takeIn(from, [item]) : Promise.resolve()),
    onFailure: ignoreRefusal,
  })
  const finalItems: FinalItems = await openFinalItems({
    store,
    crypto,
    chainId,
    height: () => ledger.state.height,
    isMember: () => ownMember() !== null,
    isHospital: () => ownMember()?.kind === 'hospital',
    hasEpoch: rotation.hasEpoch,
    gatewayKey: (epoch) => shared.gateway().find((each) => each.epoch === epoch)?.key ?? null,
    onUnknownEpoch: () => exchange?.nudge(),
    take: takeFinal,
    onRead: () => studies.nudge(),
    onFailure: failed,
  })
  const studies: StudiesOfNode = await openStudies({
    store,
    crypto,
    random,
    chainId,
    memberId,
    ledger,
    now: options.now,
    transport,
    shared,
    authorSecret: () => ownKeys.author(),
    gatewaySecrets: ownKeys.gateways,
    submittedHere: () => items.submittedHere(),
    currentOf: (itemHash) => items.currentOf(itemHash),
    propose,
    items: {
      height: () => finalItems.readUpTo,
      isMember: () => ownMember() !== null,
      isHospital: () => ownMember()?.kind === 'hospital',
      hasEpoch: rotation.hasEpoch,
      gatewayKey: (epoch) => shared.gateway().find((each) => each.epoch === epoch)?.key ?? null,
      onUnknownEpoch: () => exchange?.nudge(),
    },
    settled: () => finalItems.settled(),
    isHalted: () => halting.reason !== null,
    onFailure: (error) => {
      if (!isClosed) failed(error)
    },
  })
  const consensus: Consensus & { start(): void } = await openConsensus({
    ledger,
    outbox,
    visits,
    items,
    itemKeys,
    store,
    crypto,
    consensusSecretOf: ownKeys.consensusOf,
    memberId,
    transport,
    now: options.now,
    isClockRight: () => peerClock.state !== 'wrong',
    writesWith: (firstIndex, count) => rows.decided(firstIndex, count),
    onFinal(segment) {
      follower?.grown()
      grown(segment)
    },
    onHalt: halting.halt,
    onFork: halting.forked,
    onStanding: tellStatus,
    onEvidence: (evidence) => void record(evidence).catch(ignoreRefusal),
    onBehind: (peer, height) => follower?.behind(peer, height),
    onTime(peer, localTime) {
      const before = peerClock.state
      const rtt = transport?.peers().find(({ name }) => name === peerName(peer))?.rttMs ?? 0
      peerClock.heard(peer, localTime, (rtt ?? 0) / 2)
      if (peerClock.state !== before) {
        tellStatus()
        work()
      }
    },
    onDamaged: (height) => repairs?.found({ kind: 'segment', height }),
    onChanged: () => {},
  })

  if (transport !== null) {
    answerPeers({
      transport,
      proposals,
      visits,
      items,
      shared,
      accesses,
      exchange: () => exchange!,
      isCollecting: () => isVoter() && !disk.isFull && halting.reason === null,
      isHalted: () => halting.reason !== null,
      onFailure(error) {
        // A node that ends takes its checking thread with it.
        if (!isClosed) failed(error)
      },
    })
    transport.onPeer(() => {
      tellStatus()
      if (halting.reason !== null) return
      rows.nudge()
      exchange?.nudge()
    })
    exchange = startKeyExchange({
      transport,
      shared,
      crypto,
      random,
      chainId,
      memberId,
      gatewaySecrets: ownKeys.gateways,
      consortium: () => ledger.state.consortium,
      missingGateway: () => rotation.missing(),
      commitmentOf: rotation.commitmentOf,
      missingNetwork: () => generations.missing(),
      onKeys: keysChanged,
      onFailure: failed,
    })
    spread = startSpread({
      transport,
      store,
      outbox,
      checked,
      items,
      gatewayEpochs: () => shared.gateway(),
      now: options.now,
      onFailure: failed,
    })
    follower = startFollowing({
      transport,
      store,
      ledger,
      crypto,
      consensus,
      outbox,
      checked,
      visits,
      openThread: () => options.openRangeThread(ledger),
      // One that may not sign follows like any other member.
      isVoter: () => isVoter() && !ownKeys.isReplaced,
      mayWrite: () => halting.reason === null && !disk.isHeld,
      lookMayWrite,
      now: options.now,
      onFinal(segment) {
        grown(segment)
        rows.nudge()
        accesses.nudge()
      },
      onOutcome(outcome) {
        if (outcome.kind === 'fork') {
          halting.halt({ code: 'two-certificates', height: Math.max(1, outcome.height - 1) })
          void halting.fetchFork(outcome.peer)
        }
        if (outcome.kind === 'failed') failed(outcome.failure)
        alert({ kind: 'catch-up', outcome })
        tellStatus()
      },
      onOffence: (offence) => alert({ kind: 'offence', offence }),
      onProgress: tellStatus,
    })
  }

  const repairing = startRepairs({
    store,
    crypto,
    ledger,
    transport,
    rows,
    mayWrite: () => halting.reason === null && !disk.isHeld && !isClosed && isReady,
    isIdle: () => outbox.count === 0 && follower?.isCatchingUp !== true,
    onReport(report) {
      alert({ kind: 'repair', report })
      // What could not be read when it was to be destroyed may be readable now.
      erasures.nudge()
    },
    // A read that fails is what this is about, and no reason to stop.
    onFailure: (error) => {
      if (!(error instanceof StorageFailure) || error.detail.code !== 'corrupt') failed(error)
    },
    ...(options.repairLimits === undefined ? {} : { limits: options.repairLimits }),
  })
  repairs = repairing

  isReady = true
  disk.start()
  holdForKeys()
  if (halting.reason?.code === 'two-certificates') void consensus.hold('contradiction')
  consensus.start()
  tellStatus()
  if (halting.reason === null) {
    checked.nudge()
    rows.nudge()
    finalItems.nudge()
    accesses.nudge()
    erasures.nudge()
    accuseAgain()
  }
  try {
    await transport?.start()
  } catch (error) {
    await close()
    throw error
  }
  if (network !== null) generations.start(network)
  ownKeys.start(network)

  function canProgress(): boolean {
    return (
      consensus.canDecideAlone ||
      (transport !== null && report.votersReachable() >= quorumOf(ledger.state.voters.length))
    )
  }

  async function close(): Promise<void> {
    if (isClosed) return
    disk.close()
    await generations.close()
    await ownKeys.close()
    await transport?.stop()
    await follower?.close()
    await consensus.close()
    await repairing.close()
    isClosed = true
    visits.close()
    exchange?.close()
    rotation.close()
    await spread?.close()
    await finalItems.close()
    await erasures.close()
    await accesses.close()
    await studies.close()
    await rows.close()
    await checked.close()
    await checker.close()
    shared.forget()
    room.wake()
    tellStatus()
  }

  return {
    memberId,
    ledger,
    outbox,
    store,
    get status() {
      return report.status()
    },
    items,
    proposals,
    statements,
    erasures,
    accesses,
    studies,
    propose,
    get member() {
      return ownMember()
    },
    ownKeys,
    takeNextKeys(next) {
      ownKeys.hold(next)
      holdForKeys()
      checked.again()
      tellStatus()
    },
    shared,
    auditKeys: { list: () => shared.audit(), add: (key) => commit(() => shared.add('audit', [key])) },
    placeKeys: { list: () => shared.places(), add: (key) => commit(() => shared.add('places', [key])) },
    // Newer than the height of the hello, which is as old as the connection.
    peers: () =>
      (transport?.peers() ?? []).map((peer) => ({
        ...peer,
        height: follower?.heightOf(peer.name) ?? peer.height,
      })),
    get contradiction() {
      return contradictions.kept
    },
    addresses: () => network?.addresses() ?? [],
    askCallBack: async () => (await network?.askCallBack()) ?? null,
    sayRestart: (restart) => network?.sayRestart(restart),
    async addAddresses(of, list) {
      await unlessClosing(addresses.saveByHand(of, list))
      network?.addAddresses(peerName(of), list)
    },
    setGuests(list) {
      guests = list
      transport?.setMembers(networkMembers())
    },
    get signing() {
      return report.signing()
    },
    consensusView: () => consensus.view(),
    mend,
    repairs: repairing,
    confirmVoting: () => consensus.confirmVoting(),
    get itemsReadUpTo() {
      return finalItems.readUpTo
    },
    get rowsHeldUpTo() {
      return rows.heldUpTo
    },
    get holdsRecords() {
      return isHospital()
    },
    analysisKeys: async () => ({
      gateway: shared.gateway(),
      linkage: shared.linkage(),
      authorKeys: ledger.authorKeys(),
      authorKeysEver: await ledger.authorKeysEver(),
    }),
    gatewayKeys,
    sealingKeys: (custodian) => ({
      chainId,
      memberId,
      author: ownKeys.author(),
      custodian,
      gateway: newestEpoch(shared.gateway()),
    }),
    patientKey(keySource) {
      const { epoch, key } = newestEpoch(shared.linkage())
      return { key: patientKey(key, keySource), epoch }
    },
    patientKeyAt(keySource, epoch) {
      const key = shared.linkage().find((each) => each.epoch === epoch)?.key
      return key === undefined ? null : patientKey(key, keySource)
    },
    reserve: (count) => outbox.reserve(count),
    waitForRoom: (signal) => room.wait(signal),
    async submit(sealed, first, others) {
      await expectWritable()
      if (!isHospital()) throw new NodeFailure({ code: 'not-a-hospital' })
      await commit(() => outbox.add(sealed, first, options.now(), others))
      checked.nudge()
      tellStatus()
    },
    async write(writes) {
      await expectWritable()
      await commit(() => store.commit(writes))
    },
    onFinal: finals.add,
    onStatus: statuses.add,
    onItem: finalOnes.add,
    onAlert: alerts.add,
    countDrafts(change) {
      draftCount += change
      tellStatus()
    },
    drain: (timeoutMs) =>
      room.drain(
        timeoutMs,
        () => checked.refused.size,
        () => halting.reason !== null || isClosed || !canProgress(),
      ),
    close,
  }
}

/** Within this many heights evidence has to be decided; a faulty voter cannot wait it out while the others go on. */
const EVIDENCE_HEIGHTS = 100_000
/** Somebody else's evidence was first, or the node is closing. */
function ignoreRefusal(error: unknown): void {
  if (!(error instanceof Failure)) throw error
}

async function countDrafts(store: ReadableStore): Promise<number> {
  let count = 0
  for await (const _ of store.scan(rangeOf('d'))) count++
  return count
}
