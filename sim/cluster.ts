/** A whole consortium from one seed: faults for a while, then calm, and what must hold holds at every step. */
import { equalBytes, toHex } from '../src/shared/std/bytes.ts'
import { DECISION_SEQUENCE, signApproved, signEvidence } from './items.ts'
import { keyOf, type MemberId, type SegmentId } from '../src/main/node/chain/ids.ts'
import { findMember, type Member } from '../src/main/node/chain/members.ts'
import { membersOf } from '../src/main/node/chain/state.ts'
import { signVote } from '../src/main/node/chain/vote.ts'
import type { ChainState } from '../src/main/node/chain/chain-state.ts'
import type { Plant } from '../src/main/node/consensus/core/plant.ts'
import { heightContextOf } from '../src/main/node/consensus/engine/judge-segment.ts'
import { decodeMessage, encodeMessage } from '../src/main/node/consensus/engine/messages.ts'
import type { Value } from '../src/main/node/consensus/engine/world.ts'
import { createCheckers, type Violation } from './checkers/checkers.ts'
import { createClock, drain } from './clock.ts'
import { createSimCrypto } from './crypto.ts'
import { createDisk, type SimDisk } from './disk.ts'
import { planFaults, type FaultPlan } from './faults.ts'
import { BEGIN, foundConsortium, startOf } from './founding.ts'
import { createLiar, type Liar } from './liar.ts'
import { CALM, createNetwork } from './network.ts'
import { createSimNode, type Packet, type SimNode } from './node.ts'
import { createDice, hashText, mixBytes, mixNumber } from './random.ts'
import { createStudyTraffic } from './studies.ts'
import { createStudyLies } from './study-lies.ts'
import { makeVisit } from './visits.ts'

export interface RunOptions {
  readonly seed: number
  readonly voters?: number
  readonly plant?: Plant
  /** Changes what the seed says. */
  readonly change?: Partial<FaultPlan>
  readonly trace?: (line: string) => void
}

export interface RunResult {
  readonly seed: number
  readonly violations: readonly Violation[]
  readonly heights: number
  /** Heights decided twice in a run with more liars than are tolerated. */
  readonly forks: number
  readonly messages: number
  readonly events: number
  readonly traceHash: string
  readonly simulatedMs: number
}

const PROGRESS_HEIGHTS = 3
/** After the faults, in simulated time: rounds may have grown to their longest timeouts. */
const CALM_MS_MAX = 300_000
const EVENTS_MAX = 400_000
const STUDY_EVERY_MS = 250
/** After the faults of a run that may fork. */
const FORK_MS = 5_000

export async function runSeed(options: RunOptions): Promise<RunResult> {
  const { seed } = options
  const dice = createDice(seed)
  const plan: FaultPlan = { ...planFaults(dice.fork('plan'), options.voters ?? null), ...options.change }
  const clock = createClock()
  const crypto = sharedCrypto
  const nodeCount = plan.voters + plan.observers
  let traceHash = 0x811c9dc5
  let events = 0
  const trace = options.trace
  const tell = (text: string): void => trace?.(`${String(clock.now()).padStart(7)} ${text}`)
  /** What happened, for whoever reads the trace and for its hash. */
  const note = (text: string): void => {
    traceHash = hashText(text, mixNumber(clock.now(), traceHash))
    tell(text)
  }

  const { identities, members, genesis, chainId } = foundConsortium(
    crypto,
    dice.fork('keys'),
    plan.voters,
    plan.observers,
    plan.segmentVisitsMax,
  )
  const indexByMember = new Map(identities.map(({ memberId }, i) => [keyOf(memberId), i]))
  const indexOf = (member: Uint8Array): number => indexByMember.get(keyOf(member as MemberId)) ?? -1

  const skews = new Array<number>(nodeCount).fill(0)
  // A clock that was ahead may have left its mark.
  let latestSkew = 0
  const states = new Map<number, ChainState>()

  // The first to propose is the worst liar; the others sit anywhere.
  const liarAt = new Map(plan.liars.map((lies, i) => [(1 + i * 3) % plan.voters, lies]))
  const isLiar = (node: number): boolean => liarAt.has(node)
  /** The one that loses a part of its log or is put back, where one does. */
  const hurt = Array.from({ length: plan.voters }, (_, i) => i).findLast((i) => !isLiar(i))
  const checkers = createCheckers({
    crypto,
    now: clock.now,
    isLiar,
    memberIndex: indexOf,
    votersAt: (height) => (states.get(height - 1)?.voters ?? members.filter((m) => m.isVoter)).length,
    latestClock: () => BEGIN + clock.now() + Math.max(latestSkew, ...skews),
    mayFork: plan.isBeyondTolerance,
    members,
  })
  const sharedLies = plan.isBeyondTolerance
    ? { values: new Map<number, Value | null>(), fellows: new Set(liarAt.keys()) }
    : null
  /** Visit → the node that accepted it. */
  const accepted = new Map<string, number>()

  // Of dice of their own, so that whatever is rolled for studies leaves all else of a seed as it is.
  const asking = createDice(hashText('studies', seed))
  const studies = createStudyTraffic(crypto, chainId, identities, asking)

  // ---- nodes ----
  const disks: SimDisk[] = []
  const nodes: SimNode[] = []
  const liars = new Map<number, Liar>()
  const network = createNetwork<Packet>(clock, dice.fork('network'), nodeCount, (from, to, packet) => {
    const node = nodes[to]!
    if (!node.isUp) return
    // Every byte of every message, without a text that nobody reads.
    if (packet.kind === 'consensus') {
      packet.digest ??= mixBytes(packet.bytes, 0)
      traceHash = mixNumber(packet.digest, mixNumber((clock.now() << 8) ^ (from << 4) ^ to, traceHash))
    }
    if (trace) tell(`${from}>${to} ${describe(packet)}`)
    node.deliver(from, packet)
  })
  const setSkew = (i: number, ms: number): void => {
    skews[i] = ms
    latestSkew = Math.max(latestSkew, ms)
  }
  const localTimeOf = (i: number) => () => BEGIN + clock.now() + skews[i]!

  for (let i = 0; i < nodeCount; i++) {
    const peers = Array.from({ length: nodeCount }, (_, j) => j).filter((j) => j !== i)
    const disk = createDisk(clock, dice.fork(`disk ${i}`))
    disks.push(disk)
    const transmit = (to: number | null, packet: Packet): void => {
      if (packet.kind === 'consensus') {
        const liar = liars.get(i)
        if (liar !== undefined) return liar.speak(to, packet.bytes)
        checkers.sent(i, packet.bytes, disk)
      }
      for (const peer of to === null ? peers : [to])
        if (peer >= 0 && peer !== i) network.send(i, peer, packet)
    }
    const node = createSimNode({
      index: i,
      identity: identities[i]!,
      crypto,
      chainId,
      genesis,
      clock,
      dice: dice.fork(`node ${i}`),
      disk,
      plant: isLiar(i) ? 'unsafe-start' : (options.plant ?? null),
      chainPlant: options.plant ?? null,
      localTime: localTimeOf(i),
      send: transmit,
      broadcast: (packet) => transmit(null, packet),
      memberAt: (at) => identities[at]!.memberId,
      indexOf,
      downForMs: (peer) => (peer < 0 ? 0 : Math.max(network.downForMs(i, peer), downFor(peer))),
      poolShareBytes: plan.poolShareBytes,
      isAccusing: true,
      watcher: {
        recovered(at, recovered) {
          const own = [...accepted].filter(([, by]) => by === at).map(([name]) => name)
          checkers.recovered(at, recovered, disk, own)
        },
        picked: checkers.picked,
        decided(at, decision, state) {
          note(
            `${at} decides ${decision.height} = ${toHex(decision.value.id).slice(0, 8)} (${decision.value.bundle.heads.length} visits, round ${decision.certificate.round})`,
          )
          studies.decided(decision.height, decision.value.bundle.items)
          const before = states.get(decision.height - 1) ?? startOf(crypto, chainId, genesis)
          if (!isLiar(at)) {
            checkers.decided(at, decision, before, state)
            if (!states.has(decision.height)) states.set(decision.height, state)
          }
        },
        refused(at, decision, reason) {
          note(`${at} refuses what was decided at ${decision.height}: ${reason}`)
          checkers.refused(at, decision.height, reason)
        },
        persisted: () => undefined,
        evidence(at, evidence) {
          note(`${at} has evidence: two ${evidence.kind}`)
          checkers.evidence(at, evidence)
          // One that is put back to an old copy may forget whom it accused.
          if (plan.damage === 'none' || at !== hurt) checkers.owed(at, evidence)
        },
        halted(at, reason) {
          note(`${at} halts: ${reason.code}`)
          checkers.halted(at, reason)
        },
        note: (at, text) => note(`${at} ${text}`),
      },
    })
    nodes.push(node)
    const lies = liarAt.get(i)
    if (lies !== undefined)
      liars.set(
        i,
        createLiar({
          lies,
          node,
          crypto,
          chainId,
          memberId: identities[i]!.memberId,
          consensusSecret: identities[i]!.consensusSecret,
          authorSecret: identities[i]!.authorSecret,
          dice: dice.fork(`liar ${i}`),
          peers,
          localTime: localTimeOf(i),
          send(to, bytes) {
            checkers.lied(bytes)
            network.send(i, to, { kind: 'consensus', bytes })
          },
          sendVisits: (to, visits) => network.send(i, to, { kind: 'visits', visits }),
          studyLies: createStudyLies({
            crypto,
            chainId,
            node,
            identity: identities[i]!,
            lent: identities[plan.voters] ?? null,
            traffic: studies,
            dice: asking.fork(`lies of ${i}`),
          }),
          sendItem: (to, item) => network.send(i, to, { kind: 'items', items: [item] }),
          shared: sharedLies,
        }),
      )
  }
  const diedAt = new Array<number>(nodeCount).fill(0)
  const downFor = (i: number): number => (nodes[i]!.isUp ? 0 : clock.now() - diedAt[i]!)
  const correct = nodes.filter((node) => !isLiar(node.index))
  const correctVoters = correct.filter((node) => node.index < plan.voters)

  // ---- what happens ----
  const chaos = dice.fork('chaos')
  const theft = dice.fork('theft')
  let isFaulty = true
  let areClientsActive = true
  let serial = 0
  const every = (ms: number, action: () => void, isOn: () => boolean, rolls = chaos): void => {
    if (ms <= 0) return
    const again = (): void => {
      clock.after(rolls.between(Math.ceil(ms / 2), Math.ceil(ms * 1.5)), () => {
        if (!isOn()) return
        action()
        again()
      })
    }
    again()
  }
  const duringFaults = (): boolean => isFaulty

  function crash(i: number, how: 'kill' | 'power-cut', downMs: number): void {
    if (!nodes[i]!.isUp) return
    note(`${i} dies (${how})`)
    nodes[i]!.crash(how)
    diedAt[i] = clock.now()
    clock.after(downMs, () => {
      if (nodes[i]!.isUp) return
      note(`${i} starts`)
      nodes[i]!.start()
      // Sometimes it dies again while it recovers.
      if (isFaulty && chaos.chance(0.15))
        clock.after(chaos.below(20), () => crash(i, how, chaos.between(50, 2_000)))
    })
  }

  function clientVisit(): void {
    const node = chaos.pick(correct)
    if (!node.isUp || node.engine === null) return
    const visit = makeVisit(
      crypto,
      chainId,
      identities[node.index]!.memberId,
      serial++,
      BEGIN + 24 * 3_600_000 - 60_000,
    )
    void node.submit(visit).then(
      () => {
        accepted.set(visit.name, node.index)
        note(`${node.index} accepts visit ${visit.name.slice(0, 6)}`)
      },
      () => undefined,
    )
  }

  for (const node of nodes) node.start()
  if (plan.isDiskSlow) for (const disk of disks) disk.setLatency(0, chaos.pick([5, 30, 200]))
  network.setFaults({
    delayLeastMs: 1,
    delayMostMs: plan.delayMostMs,
    loss: plan.loss,
    duplication: plan.duplication,
  })
  for (let i = 0; i < nodeCount; i++)
    setSkew(i, plan.skewMs === 0 ? 0 : chaos.between(-plan.skewMs, plan.skewMs))
  if (plan.slowNode) network.setSlow(chaos.below(nodeCount), 300)

  const quietFrom = plan.idleMs > 0 ? chaos.below(plan.faultMs) : Infinity
  every(
    plan.visitEveryMs,
    () => {
      const isQuiet = clock.now() >= quietFrom && clock.now() < quietFrom + plan.idleMs
      if (!isQuiet) clientVisit()
    },
    () => areClientsActive,
  )
  every(
    plan.isAsking ? STUDY_EVERY_MS : 0,
    () => {
      const node = asking.pick(correct)
      if (node.isUp && node.engine !== null) studies.act(node)
    },
    () => areClientsActive,
    asking,
  )
  every(
    5_000,
    () => nodes.forEach((node) => node.offerAgain()),
    () => true,
  )
  every(plan.partitionEveryMs, partition, duringFaults)
  every(
    plan.crashEveryMs,
    () => crash(chaos.below(nodeCount), 'kill', chaos.between(50, 6_000)),
    duringFaults,
  )
  every(
    plan.powerCutEveryMs,
    () => crash(chaos.below(nodeCount), 'power-cut', chaos.between(50, 6_000)),
    duringFaults,
  )
  every(
    plan.diskFailEveryMs,
    () => {
      const disk = chaos.pick(disks)
      disk.setFailing(chaos.pick(['disk-full', 'corrupt']))
      clock.after(chaos.between(100, 3_000), () => disk.setFailing(null))
    },
    duringFaults,
  )
  every(
    plan.skewMs > 0 ? 4_000 : 0,
    () => {
      setSkew(chaos.below(nodeCount), chaos.between(-plan.skewMs, plan.skewMs))
    },
    duringFaults,
  )
  every(
    1_000,
    () => nodes.forEach((node) => node.isUp && checkers.measured(node)),
    () => true,
  )
  if (liars.size > 0)
    every(
      400,
      () => liars.forEach((liar) => (isFaulty ? liar.mischief() : liar.goOn())),
      () => areClientsActive,
    )
  if (plan.allDieAtMs > 0)
    clock.after(plan.allDieAtMs, () => {
      if (isFaulty) for (let i = 0; i < nodeCount; i++) crash(i, 'power-cut', chaos.between(50, 3_000))
    })
  if (plan.damage !== 'none') scheduleDamage()
  if (plan.isEpochChanging) clock.after(chaos.below(plan.faultMs), changeEpoch)
  if (plan.isRotatingKeys) clock.after(theft.below(plan.faultMs), rotateKeys)

  function partition(): void {
    network.heal()
    if (chaos.chance(0.3)) return
    const side = nodes.map(() => chaos.chance(0.5))
    for (let i = 0; i < nodeCount; i++)
      for (let j = 0; j < nodeCount; j++)
        if (side[i] !== side[j] && (!plan.oneWay || side[i])) network.cut(i, j)
    note(`the network is cut: ${side.map((is) => (is ? 'a' : 'b')).join('')}`)
  }

  /** The last correct voter loses a part of its log, or is put back to an old copy. */
  function scheduleDamage(): void {
    const victim = hurt!
    const disk = disks[victim]!
    let copy: ReturnType<SimDisk['snapshot']> | null = null
    clock.after(chaos.below(plan.faultMs / 2), () => {
      copy = disk.snapshot()
    })
    clock.after(plan.faultMs / 2 + chaos.below(plan.faultMs / 2), () => {
      if (!nodes[victim]!.isUp) return
      nodes[victim]!.crash('power-cut')
      diedAt[victim] = clock.now()
      const isOld = plan.damage !== 'log' && copy !== null
      if (isOld) {
        disk.restore(copy!)
        // What it accepted since the copy was made is gone with its outbox; no protocol brings that back.
        for (const [name, by] of accepted) if (by === victim) accepted.delete(name)
      }
      const isHurt = isOld || disk.damage('w')
      note(`${victim} dies and its data are ${isOld ? 'an old copy' : isHurt ? 'damaged' : 'whole'}`)
      clock.after(500, () => nodes[victim]!.start(isOld && plan.damage !== 'silent-backup'))
    })
  }

  /** A voter gives up its seat and, where there is a member without one, that takes it. */
  function changeEpoch(): void {
    const state = correct.map((node) => node.state).reduce((a, b) => (a.height >= b.height ? a : b))
    const from = members[plan.voters - 1]!
    // One voter less must still outvote the liars and bear the node that was hurt.
    const faulty = plan.liars.length + (plan.damage === 'none' ? 0 : 1)
    const mayShrink = Math.floor((plan.voters - 2) / 3) >= faulty && plan.voters > 4
    const changes: Member[] = [
      {
        ...from,
        name: 'Moved hospital',
        consensusKey: from.consensusKey,
        isVoter: plan.observers === 0 && !mayShrink,
      },
    ]
    // Whoever votes is a gateway.
    const joining = members[plan.voters]
    if (plan.observers > 0 && joining !== undefined)
      changes.push({ ...joining, gatewayKey: crypto.sha256(joining.custodianKey), isVoter: true })
    const item = changes.map((member, i) =>
      signApproved(
        crypto,
        chainId,
        identities,
        identities[0]!,
        member,
        DECISION_SEQUENCE + i,
        membersOf(state.consortium).filter((m) => m.isVoter),
      ),
    )
    note('an epoch change is handed in')
    for (const node of nodes) for (const each of item) node.addItem(each)
  }

  /** A correct voter takes its next key by its own decision; whoever stole the old one votes with it from then on. */
  function rotateKeys(): void {
    const victims = correctVoters.filter(
      ({ index }) => !plan.isEpochChanging || (index !== plan.voters - 1 && index !== 0),
    )
    if (victims.length === 0) return
    const { index } = theft.pick(victims)
    const owner = identities[index]!
    const state = correct.map((node) => node.state).reduce((a, b) => (a.height >= b.height ? a : b))
    const rows = membersOf(state.consortium)
    const row = findMember(rows, owner.memberId)
    if (row === null) return
    const member = { ...row, consensusKey: crypto.ed25519PublicKey(owner.nextConsensusSecret) }
    const voters = rows.filter((each) => each.isVoter)
    const item = signApproved(crypto, chainId, identities, owner, member, DECISION_SEQUENCE, voters)
    note(`new keys of ${index} are handed in`)
    let accusations = DECISION_SEQUENCE + 1_000
    for (const node of nodes) node.addItem(item)
    const isInEffect = (at: ChainState): boolean =>
      at.voters.some(({ consensusKey }) => equalBytes(consensusKey, member.consensusKey))
    every(
      300,
      () => {
        const to = theft.pick(correct)
        if (!to.isUp || !isInEffect(to.state)) return
        const { epoch, protocolVersion, height: newest } = heightContextOf(to.state)
        const round = to.engine?.view().round ?? 0
        const pairAt = (type: 'prevote' | 'precommit', height: number) => {
          const about = { type, protocolVersion, epoch, height, round, memberId: owner.memberId }
          const value = crypto.sha256(owner.memberId) as SegmentId
          const signed = (segmentId: SegmentId | null) =>
            signVote(crypto, chainId, { ...about, segmentId }, owner.consensusSecret)
          return [signed(null), signed(value)] as const
        }
        const votes = [...pairAt('prevote', newest), ...pairAt('precommit', newest)]
        network.send(index, to.index, { kind: 'consensus', bytes: encodeMessage({ kind: 'votes', votes }) })
        // Some member says of it what it would say of a voter that lies, now or of any height before the change.
        const [first, second] = pairAt('precommit', 1 + theft.below(newest))
        const accusation = { kind: 'evidence', first, second } as const
        const author = identities[theft.pick(correct).index]!
        const bytes = signEvidence(crypto, chainId, author, accusation, accusations++)
        network.send(index, to.index, { kind: 'items', items: [bytes] })
      },
      duringFaults,
      theft,
    )
  }

  // ---- the run ----
  async function until(end: number, isDone: () => boolean): Promise<void> {
    while (checkers.violations.length === 0 && !isDone()) {
      if (events++ > EVENTS_MAX) return checkers.fail('finite-work', `more than ${EVENTS_MAX} events`)
      if (!clock.runNext(end)) return
      await drain()
    }
  }
  await drain()
  await until(plan.faultMs, () => false)

  isFaulty = false
  note('the faults end')
  network.heal()
  network.setFaults(CALM)
  for (let i = 0; i < nodeCount; i++) {
    setSkew(i, 0)
    network.setSlow(i, 0)
    disks[i]!.setFailing(null)
    disks[i]!.setLatency(0, 2)
  }
  if (plan.isBeyondTolerance) {
    // Nothing more is promised: the liars may stop the chain or split it. A little calm lets the others see it.
    await until(plan.faultMs + FORK_MS, () => false)
    checkers.finish()
    return result()
  }
  const target = Math.max(0, ...checkers.heights.keys()) + PROGRESS_HEIGHTS
  const deadline = plan.faultMs + CALM_MS_MAX
  const areAllAt = (): boolean => correct.every((node) => node.isUp && node.state.height >= target)
  await until(deadline, areAllAt)
  if (checkers.violations.length === 0 && !areAllAt())
    checkers.fail(
      'progress-after-faults',
      `${CALM_MS_MAX / 1_000} s after the faults heights are ${correct.map((node) => node.state.height).join(', ')}, not ${target}`,
    )

  areClientsActive = false
  const open = new Set(accepted.keys())
  const isFinalEverywhere = (): boolean => {
    for (const name of open) {
      if (!checkers.isFinal(name)) return false
      open.delete(name)
    }
    return true
  }
  await until(clock.now() + CALM_MS_MAX, isFinalEverywhere)
  if (checkers.violations.length === 0 && !isFinalEverywhere())
    checkers.fail('nothing-accepted-is-lost', 'an accepted visit is not in the chain')

  const unnamed = (): number[] => checkers.unnamed(correct.map((node) => node.state.consortium))
  await until(clock.now() + CALM_MS_MAX, () => unnamed().length === 0)
  if (checkers.violations.length === 0 && unnamed().length > 0)
    checkers.fail('evidence-reaches-the-chain', `who voted twice is not named: ${unnamed().join(', ')}`)
  return result()

  async function result(): Promise<RunResult> {
    for (const node of nodes) node.crash('kill')
    await drain()
    return {
      seed,
      violations: checkers.violations,
      heights: checkers.heights.size,
      forks: checkers.forkCount,
      messages: network.sentCount,
      events,
      traceHash: traceHash.toString(16).padStart(8, '0'),
      simulatedMs: clock.now(),
    }
  }
}

const sharedCrypto = createSimCrypto()

/** For the trace: what a message says, as far as a reader of traces wants to know. */
function describe(packet: Packet): string {
  if (packet.kind === 'visits') return `${packet.visits.length} visits`
  if (packet.kind === 'items') return `${packet.items.length} items`
  if (packet.kind === 'want') return `wants ${packet.names.length} bodies`
  const message = decodeMessage(packet.bytes)
  if (message === null) return 'garbage'
  const id = (bytes: Uint8Array | null): string => (bytes === null ? 'nil' : toHex(bytes).slice(0, 8))
  switch (message.kind) {
    case 'proposal': {
      const { height, round, validRound, segmentId } = message.signed.proposal
      return `proposal ${height}/${round} ${id(segmentId)} valid round ${validRound}`
    }
    case 'votes':
      return message.votes
        .map(
          ({ vote }) =>
            `${vote.type} ${vote.height}/${vote.round} ${id(vote.segmentId)} of ${toHex(vote.memberId).slice(0, 4)}`,
        )
        .join(', ')
    case 'certificate': {
      const { type, height, round, segmentId, signatures } = message.certificate
      return `${signatures.length} ${type}s ${height}/${round} ${id(segmentId)}`
    }
    case 'status':
      return `status ${message.status.height}/${message.status.round}${message.status.isQuestion ? '?' : ''}`
    case 'decided':
      return 'a decided segment'
  }
}
