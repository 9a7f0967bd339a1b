/**
 * Schedules that people can read: a transcript of what is done to a consortium, and beneath it what happened. Lines with
 * `>` are commands; all others are the answer, which the test compares (`UPDATE=1` writes it anew).
 *
 *     > consortium of 4                 > consortium of 4, 3 lies         (a liar says only what the script says)
 *     > visit at 0                      > run 100 ms
 *     > lose prevote from 1,2 to 0      > lose all from 3 to *            > lose nothing
 *     > kill 1      > power cut at 1    > start 1
 *     > 3 makes b                       > 3 proposes b in round 1 to 0,1 [valid round 0] [with proof]
 *     > 3 prevotes b in round 1 to 0,1  > 3 precommits nil in round 0 to 2
 *
 * Members are called by their seat; height h, round r is proposed by seat (h + r) mod n. Segments are called a, b, c … as
 * they appear. Links take 10 ms, a synced write 1 ms.
 */
import { toHex } from '../src/shared/std/bytes.ts'
import { buildSegment } from '../src/main/node/chain/build-segment.ts'
import type { ChainState } from '../src/main/node/chain/chain-state.ts'
import { keyOf, type SegmentId } from '../src/main/node/chain/ids.ts'
import { signProposal, signVote, type SignedVote, type VoteType } from '../src/main/node/chain/vote.ts'
import type { Plant } from '../src/main/node/consensus/core/plant.ts'
import { heightContextOf } from '../src/main/node/consensus/engine/judge-segment.ts'
import { decodeMessage, encodeMessage, type Message } from '../src/main/node/consensus/engine/messages.ts'
import type { Value } from '../src/main/node/consensus/engine/world.ts'
import { createCheckers, type Violation } from './checkers/checkers.ts'
import { createClock, drain } from './clock.ts'
import { createSimCrypto } from './crypto.ts'
import { createDisk, type SimDisk } from './disk.ts'
import { BEGIN, foundConsortium, startOf, type SimFounding } from './founding.ts'
import { createNetwork } from './network.ts'
import { createSimNode, type Packet, type SimNode } from './node.ts'
import { createDice } from './random.ts'
import { makeVisit } from './visits.ts'

export interface ScenarioResult {
  /** The whole transcript with the answers of this run. */
  readonly transcript: string
  readonly violations: readonly Violation[]
}

/** Members that were just started hear of each other before anything is said (R27); the transcript begins then. */
const MEETING_MS = 50
const LINK = { delayLeastMs: 10, delayMostMs: 10, loss: 0, duplication: 0 }
const crypto = createSimCrypto()

export async function runScenario(text: string, plant: Plant | null = null): Promise<ScenarioResult> {
  const out: string[] = []
  let stage: Stage | null = null
  for (const line of text.split('\n')) {
    if (line.startsWith('#') || line.trim() === '') {
      out.push(line)
      continue
    }
    if (!line.startsWith('>')) continue
    out.push(line)
    const command = line.slice(1).trim()
    if (command.startsWith('consortium')) stage = await raise(command, plant)
    else if (stage === null) throw new Error('a scenario begins with a consortium')
    else await perform(stage, command)
    out.push(...stage.said.splice(0))
  }
  // One blank line between what was answered and what comes next, whatever was there before.
  const transcript = out
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trimEnd()
  return { transcript: `${transcript}\n`, violations: stage?.checkers.violations ?? [] }
}

type Loss = { kinds: readonly string[]; from: readonly number[]; to: readonly number[] }

interface Stage {
  readonly founding: SimFounding
  readonly nodes: readonly SimNode[]
  readonly diedAt: Map<number, number>
  readonly clock: ReturnType<typeof createClock>
  readonly checkers: ReturnType<typeof createCheckers>
  readonly said: string[]
  readonly losses: Loss[]
  readonly liars: ReadonlySet<number>
  /** What liars heard, for proofs. */
  readonly heard: SignedVote[]
  readonly names: Map<string, string>
  readonly values: Map<string, Value>
  readonly transmit: (from: number, to: number, packet: Packet) => void
  serial: number
}

function crash({ nodes, diedAt, clock }: Stage, at: number, how: 'kill' | 'power-cut'): void {
  diedAt.set(at, clock.now())
  nodes[at]!.crash(how)
}

async function raise(command: string, plant: Plant | null): Promise<Stage> {
  const match = /^consortium of (\d+)(?:, ([\d,]+) lies?)?$/.exec(command)
  if (match === null) throw new Error(`not understood: ${command}`)
  const count = Number(match[1])
  const liars = new Set((match[2] ?? '').split(',').filter(Boolean).map(Number))
  const dice = createDice(1)
  const clock = createClock()
  const founding = foundConsortium(crypto, dice.fork('keys'), count, 0)
  const { identities, genesis, chainId } = founding
  const indexOf = (member: Uint8Array): number =>
    identities.findIndex((each) => toHex(each.memberId) === toHex(member))
  const said: string[] = []
  const losses: Loss[] = []
  const heard: SignedVote[] = []
  const names = new Map<string, string>()
  const values = new Map<string, Value>()
  const disks: SimDisk[] = []
  const nodes: SimNode[] = []
  const diedAt = new Map<number, number>()
  const say = (text: string): void =>
    void said.push(`${String(clock.now() - MEETING_MS).padStart(6)} ${text}`)
  const nameOf = (id: Uint8Array | null): string => {
    if (id === null) return 'nil'
    const key = toHex(id)
    if (!names.has(key)) names.set(key, String.fromCharCode(97 + names.size))
    return names.get(key)!
  }
  let states: ChainState[] = [startOf(crypto, chainId, genesis)]
  const checkers = createCheckers({
    crypto,
    now: clock.now,
    isLiar: (node) => liars.has(node),
    memberIndex: indexOf,
    votersAt: () => count,
    latestClock: () => BEGIN + clock.now(),
    members: founding.members,
  })
  const network = createNetwork<Packet>(clock, dice.fork('network'), count, (from, to, packet) => {
    if (packet.kind === 'consensus' && liars.has(to)) {
      const message = decodeMessage(packet.bytes)
      if (message?.kind === 'votes') heard.push(...message.votes)
    }
    void from
    if (nodes[to]!.isUp) nodes[to]!.deliver(from, packet)
  })
  network.setFaults(LINK)
  const transmit = (from: number, to: number, packet: Packet): void => {
    const kinds = kindsOf(packet)
    const isLost = losses.some(
      (loss) =>
        loss.from.includes(from) && loss.to.includes(to) && kinds.some((kind) => loss.kinds.includes(kind)),
    )
    if (!isLost) network.send(from, to, packet)
  }

  for (let i = 0; i < count; i++) {
    const disk = createDisk(clock, dice.fork(`disk ${i}`))
    disk.setLatency(1, 1)
    disks.push(disk)
    const send = (to: number | null, packet: Packet): void => {
      if (packet.kind === 'consensus') {
        checkers.sent(i, packet.bytes, disk)
        narrate(i, packet.bytes)
      }
      for (let peer = 0; peer < count; peer++)
        if (peer !== i && (to === null || to === peer)) transmit(i, peer, packet)
    }
    nodes.push(
      createSimNode({
        index: i,
        identity: identities[i]!,
        crypto,
        chainId,
        genesis,
        clock,
        dice: dice.fork(`node ${i}`),
        disk,
        plant,
        localTime: () => BEGIN + clock.now(),
        send,
        broadcast: (packet) => send(null, packet),
        memberAt: (at) => identities[at]!.memberId,
        indexOf,
        downForMs: (at) => (nodes[at]!.isUp ? 0 : clock.now() - (diedAt.get(at) ?? clock.now())),
        watcher: {
          decided(at, decision, state) {
            say(
              `${at} decides ${decision.height} = ${nameOf(decision.value.id)} (round ${decision.certificate.round})`,
            )
            checkers.decided(at, decision, states[decision.height - 1]!, state)
            states = [...states]
            states[decision.height] ??= state
          },
          refused(at, decision, reason) {
            say(`${at} refuses ${decision.height}: ${reason}`)
            checkers.refused(at, decision.height, reason)
          },
          persisted: () => undefined,
          evidence(at, evidence) {
            const { first } = evidence
            const member = 'vote' in first ? first.vote.memberId : first.proposal.memberId
            say(`${at} has evidence against ${indexOf(member)}: two ${evidence.kind}`)
            checkers.evidence(at, evidence)
          },
          halted(at, reason) {
            say(`${at} halts: ${reason.code}`)
            checkers.halted(at, reason)
          },
          note: (at, what) => say(`${at} ${what}`),
        },
      }),
    )
  }

  const told = new Set<string>()
  /** Own votes and proposals, once each. */
  function narrate(node: number, bytes: Uint8Array): void {
    const message = decodeMessage(bytes)
    if (message === null) return
    const once = (text: string): void => {
      if (!told.has(`${node} ${text}`)) say(`${node} ${text}`)
      told.add(`${node} ${text}`)
    }
    if (message.kind === 'proposal' && indexOf(message.signed.proposal.memberId) === node) {
      const { height, round, validRound, segmentId } = message.signed.proposal
      const again = validRound < 0 ? '' : ` (valid round ${validRound})`
      values.set(nameOf(segmentId), { id: segmentId, bundle: message.bundle })
      once(`proposes ${nameOf(segmentId)} in ${height}/${round}${again}`)
    }
    if (message.kind === 'votes')
      for (const { vote } of message.votes)
        if (indexOf(vote.memberId) === node)
          once(`${vote.type}s ${nameOf(vote.segmentId)} in ${vote.height}/${vote.round}`)
  }

  for (const node of nodes) if (!liars.has(node.index)) node.start()
  await drain()
  await runUntil(clock, MEETING_MS)
  return {
    founding,
    nodes,
    diedAt,
    clock,
    checkers,
    said,
    losses,
    liars,
    heard,
    names,
    values,
    transmit,
    serial: 0,
  }
}

async function runUntil(clock: Stage['clock'], end: number): Promise<void> {
  while (clock.runNext(end)) await drain()
  // So that a run ends when it says, with or without an event.
  clock.after(end - clock.now(), () => undefined)
  clock.runNext(end)
}

async function perform(stage: Stage, command: string): Promise<void> {
  const { nodes, clock, losses, founding, said } = stage
  let match: RegExpExecArray | null
  if ((match = /^run (\d+) (ms|s)$/.exec(command))) {
    await runUntil(clock, clock.now() + Number(match[1]) * (match[2] === 's' ? 1_000 : 1))
    for (const { invariant, text } of stage.checkers.violations) said.push(`VIOLATION ${invariant}: ${text}`)
  } else if ((match = /^visit at (\d)$/.exec(command))) {
    const i = Number(match[1])
    const visit = visitOf(stage, i)
    void nodes[i]!.submit(visit)
    await drain()
  } else if (command === 'lose nothing') losses.length = 0
  else if ((match = /^lose (\S+) from (\S+) to (\S+)$/.exec(command)))
    losses.push({
      kinds: match[1] === 'all' ? ALL_KINDS : match[1]!.split(','),
      from: seats(stage, match[2]!),
      to: seats(stage, match[3]!),
    })
  else if ((match = /^kill (\d)$/.exec(command))) crash(stage, Number(match[1]), 'kill')
  else if ((match = /^power cut at (\S+)$/.exec(command)))
    for (const i of seats(stage, match[1]!)) crash(stage, i, 'power-cut')
  else if ((match = /^start (\S+)$/.exec(command))) {
    for (const i of seats(stage, match[1]!)) nodes[i]!.start()
    await drain()
  } else if ((match = /^(\d) makes (\w)$/.exec(command))) {
    const i = Number(match[1])
    const visit = visitOf(stage, i)
    for (const node of nodes)
      if (node.index !== i) stage.transmit(i, node.index, { kind: 'visits', visits: [visit] })
    const built = buildSegment(
      crypto,
      stateOf(stage),
      { candidates: [visit.candidate], items: [] },
      BEGIN + clock.now(),
    )
    if (built.kind !== 'built') throw new Error('nothing to make')
    stage.names.set(toHex(built.segmentId), match[2]!)
    stage.values.set(match[2]!, { id: built.segmentId, bundle: built.bundle })
  } else if ((match = /^(\d) (prevote|precommit)s (\w+) in round (\d+) to (\S+)$/.exec(command))) {
    const segmentId = match[3] === 'nil' ? null : valueOf(stage, match[3]!).id
    const vote = liarVote(stage, Number(match[1]), match[2] as VoteType, Number(match[4]), segmentId)
    speak(stage, Number(match[1]), match[5]!, { kind: 'votes', votes: [vote] })
  } else if (
    (match = /^(\d) proposes (\w) in round (\d+) to (\S+?)( valid round (\d+))?( with proof)?$/.exec(command))
  ) {
    const i = Number(match[1])
    const value = valueOf(stage, match[2]!)
    const validRound = match[6] === undefined ? -1 : Number(match[6])
    const { height, epoch, protocolVersion, chainId } = heightContextOf(stateOf(stage))
    const { memberId, consensusSecret } = founding.identities[i]!
    const round = Number(match[3])
    const proposal = { protocolVersion, epoch, height, round, validRound, segmentId: value.id, memberId }
    const own = liarVote(stage, i, 'prevote', validRound, value.id)
    const proof = [...stage.heard, own].filter(
      ({ vote }) =>
        vote.type === 'prevote' &&
        vote.round === validRound &&
        vote.height === height &&
        vote.segmentId !== null &&
        toHex(vote.segmentId) === toHex(value.id),
    )
    const signatures = new Map(
      proof.map(({ vote, signature }) => [keyOf(vote.memberId), { memberId: vote.memberId, signature }]),
    )
    speak(stage, i, match[4]!, {
      kind: 'proposal',
      signed: signProposal(crypto, chainId, proposal, consensusSecret),
      bundle: value.bundle,
      proof: match[7] === undefined ? [] : [...signatures.values()],
    })
  } else throw new Error(`not understood: ${command}`)
}

const ALL_KINDS = ['proposal', 'prevote', 'precommit', 'certificate', 'status', 'decided', 'visits', 'want']

function kindsOf(packet: Packet): string[] {
  if (packet.kind !== 'consensus') return [packet.kind]
  const message = decodeMessage(packet.bytes)
  if (message === null) return []
  return message.kind === 'votes' ? [...new Set(message.votes.map(({ vote }) => vote.type))] : [message.kind]
}

function seats(stage: Stage, text: string): number[] {
  return text === '*' ? stage.nodes.map((node) => node.index) : text.split(',').map(Number)
}

function stateOf(stage: Stage): ChainState {
  // Liars go with those that are behind: a height is still open there.
  const honest = stage.nodes.filter((node) => !stage.liars.has(node.index))
  return honest.map((node) => node.state).reduce((a, b) => (a.height <= b.height ? a : b))
}

function valueOf(stage: Stage, name: string): Value {
  const value = stage.values.get(name)
  if (value === undefined) throw new Error(`no segment is called ${name}`)
  return value
}

function visitOf(stage: Stage, i: number) {
  const { chainId, identities } = stage.founding
  return makeVisit(crypto, chainId, identities[i]!.memberId, stage.serial++, BEGIN + 12 * 3_600_000)
}

function liarVote(
  stage: Stage,
  i: number,
  type: VoteType,
  round: number,
  segmentId: SegmentId | null,
): SignedVote {
  const { chainId, identities } = stage.founding
  const { memberId, consensusSecret } = identities[i]!
  const { height, epoch, protocolVersion } = heightContextOf(stateOf(stage))
  const vote = { type, protocolVersion, epoch, height, round: Math.max(round, 0), segmentId, memberId }
  return signVote(crypto, chainId, vote, consensusSecret)
}

function speak(stage: Stage, from: number, to: string, message: Message): void {
  const bytes = encodeMessage(message)
  for (const peer of seats(stage, to))
    if (peer !== from) stage.transmit(from, peer, { kind: 'consensus', bytes })
}
