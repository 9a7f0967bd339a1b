/**
 * What must hold whatever happens. Each check looks from outside: at messages, disks and decisions, with code of its own.
 */
import { equalBytes, fromHex, toHex } from '../../src/shared/std/bytes.ts'
import { decodeHead } from '../../src/main/node/chain/block.ts'
import type { ChainState } from '../../src/main/node/chain/chain-state.ts'
import { keyOf, type MemberId } from '../../src/main/node/chain/ids.ts'
import type { Member } from '../../src/main/node/chain/members.ts'
import type { ConsortiumState } from '../../src/main/node/chain/state.ts'
import { FRESH_AHEAD_MS } from '../../src/main/node/chain/limits.ts'
import { decodeSegment } from '../../src/main/node/chain/segment.ts'
import { decodeMessage } from '../../src/main/node/consensus/engine/messages.ts'
import { decodeLogEntry, encodeLogEntry } from '../../src/main/node/consensus/engine/write-ahead-log.ts'
import type { Decision, Evidence, HaltReason } from '../../src/main/node/consensus/engine/world.ts'
import { voteSignBytes, type Vote } from '../../src/main/node/chain/vote.ts'
import type { Crypto } from '../../src/main/node/crypto/crypto.ts'
import { keyIn, u32, u64 } from '../../src/main/node/storage/buckets.ts'
import type { SimDisk } from '../disk.ts'
import type { Recovered, SimNode } from '../node.ts'
import { createAccountability } from './accountability.ts'
import { createStudyBook } from './studies.ts'
import { createTable } from './table.ts'

export type Invariant =
  | 'agreement'
  | 'certificate'
  | 'chain-rules'
  | 'no-double-signature'
  | 'logged-before-sent'
  | 'bodies-before-precommit'
  | 'lock-is-logged'
  | 'proof-is-logged'
  | 'evidence-names-only-liars'
  | 'evidence-reaches-the-chain'
  | 'members-as-decided'
  | 'once-in-the-chain'
  | 'nothing-accepted-is-lost'
  | 'no-correct-node-stops'
  | 'progress-after-faults'
  | 'time-near-clock'
  | 'finite-work'
  | 'recovered-is-what-was-durable'
  | 'queues-have-bounds'
  | 'nobody-is-passed-over'
  | 'forks-name-the-guilty'
  | 'same-seed-same-run'
  | 'studies-by-the-rules'
  | 'results-are-attested'
  | 'checks-by-others'
  | 'suspensions-prove-themselves'
  | 'studies-expire'
  | 'results-after-erasures'
  | 'ledger-as-charged'

export interface Violation {
  readonly invariant: Invariant
  readonly at: number
  readonly text: string
}

export interface Checkers {
  sent(node: number, bytes: Uint8Array, disk: SimDisk): void
  decided(node: number, decision: Decision, before: ChainState, after: ChainState): void
  refused(node: number, height: number, reason: string): void
  evidence(node: number, evidence: Evidence): void
  /** What a correct node has seen that must be in the chain in the end. */
  owed(node: number, evidence: Evidence): void
  /** Members that are owed to be named and are in none of these states, nor cleared since. */
  unnamed(states: readonly ConsortiumState[]): number[]
  halted(node: number, reason: HaltReason): void
  /** A node has read its disk and has not yet done anything. */
  recovered(node: number, recovered: Recovered, disk: SimDisk, accepted: Iterable<string>): void
  /** What a proposer picked, while the authors `waiting` had visits in its pool. */
  picked(node: number, authors: readonly Uint8Array[], waiting: readonly Uint8Array[]): void
  /** Now and then: what a node holds. */
  measured(node: SimNode): void
  /** A liar's message on its way. */
  lied(bytes: Uint8Array): void
  /** When all is over. */
  finish(): void
  /** A height as all see it, when it is first decided. */
  readonly heights: ReadonlyMap<number, { id: string; names: readonly string[] }>
  isFinal(visit: string): boolean
  readonly violations: Violation[]
  /** Heights that were decided twice, where that is no violation. */
  readonly forkCount: number
  fail(invariant: Invariant, text: string): void
}

export interface CheckerSetting {
  readonly crypto: Crypto
  readonly now: () => number
  readonly isLiar: (node: number) => boolean
  readonly memberIndex: (memberId: Uint8Array) => number
  /** How many vote at a height. */
  readonly votersAt: (height: number) => number
  /** Greatest time on any correct node's clock. */
  readonly latestClock: () => number
  /** There are more liars than are tolerated: then a fork is no violation, but not to know who made it is. */
  readonly mayFork?: boolean
  /** As the genesis has them: all who may author visits. */
  readonly members: readonly Member[]
}

/** What a node writes after it found a hole in its log stands far behind the hole. */
const BEHIND_A_HOLE = 2 ** 20

export function createCheckers({
  crypto,
  now,
  isLiar,
  memberIndex,
  votersAt,
  latestClock,
  mayFork = false,
  members,
}: CheckerSetting): Checkers {
  const violations: Violation[] = []
  const heights = new Map<number, { id: string; names: readonly string[] }>()
  const whereFinal = new Map<string, number>()
  /** node/type/height/round → value that it voted for in front of others. */
  const votes = new Map<string, string>()
  /** Records of the values that were proposed, by segment id. */
  const rootsOf = new Map<string, readonly Uint8Array[]>()

  const accountability = mayFork ? createAccountability() : null
  const table = createTable(members)
  const studies = createStudyBook()
  /** Member → the last height at which a correct node saw it vote twice. */
  const owedHeights = new Map<string, number>()
  const forks = new Set<number>()
  /** node/author → how often it was passed over since it last had its turn. */
  const passedOver = new Map<string, number>()

  const fail = (invariant: Invariant, text: string): void => {
    if (violations.length < 20) violations.push({ invariant, at: now(), text })
  }

  function lookAtOwnVote(node: number, vote: Vote, signature: Uint8Array, disk: SimDisk): void {
    const value = vote.segmentId === null ? 'nil' : toHex(vote.segmentId)
    const place = `${node}/${vote.type}/${vote.height}/${vote.round}`
    const earlier = votes.get(place)
    if (earlier === undefined) {
      votes.set(place, value)
      lookAtDisk(node, vote, signature, disk)
    } else if (earlier !== value)
      fail(
        'no-double-signature',
        `node ${node} signed two ${vote.type}s at height ${vote.height}, round ${vote.round}`,
      )
  }

  /** At the moment in which a vote is first seen on the wire: what must be on the disk by then. */
  function lookAtDisk(node: number, vote: Vote, signature: Uint8Array, disk: SimDisk): void {
    // A node that has decided since has rightly removed its log.
    const state = disk.durable(keyIn('s', u64(vote.height)))
    if (state !== null) return
    const entries = logOnDisk(disk, vote.height)
    const logged = encodeLogEntry({ kind: 'vote', signed: { vote, signature } })
    const where = `node ${node}, height ${vote.height}, round ${vote.round}`
    // Format number in front, check behind: storage/value.ts.
    if (!entries.some((entry) => equalBytes(entry.subarray(1, entry.length - 8), logged)))
      fail('logged-before-sent', `${where}: a ${vote.type} left before it was on disk`)
    if (vote.segmentId === null || vote.type !== 'precommit') return
    lookAtLock(where, vote, entries)
    for (const root of rootsOf.get(toHex(vote.segmentId)) ?? []) {
      if (disk.durable(keyIn('o', root)) === null)
        return fail('bodies-before-precommit', `${where}: precommitted without the bodies on disk`)
    }
  }

  function logOnDisk(disk: SimDisk, height: number): Uint8Array[] {
    const entries: Uint8Array[] = []
    for (const first of [0, BEHIND_A_HOLE])
      for (let sequence = first; ; sequence++) {
        const entry = disk.durable(keyIn('w', u64(height), u32(sequence)))
        if (entry === null) break
        entries.push(entry)
      }
    return entries
  }

  /** A precommit for a value is a lock, and the lock must come back after a power cut with what justifies it. */
  function lookAtLock(where: string, vote: Vote, entries: readonly Uint8Array[]): void {
    const locks = entries
      // Format number in front, check behind: storage/value.ts.
      .map((value) => decodeLogEntry(value.subarray(1, value.length - 8)))
      .filter((entry) => entry?.kind === 'lock')
      .filter((lock) => lock.round === vote.round && equalBytes(lock.segmentId, vote.segmentId!))
    if (locks.length === 0) return fail('lock-is-logged', `${where}: precommitted without a lock on disk`)
    const quorum = Math.floor((2 * votersAt(vote.height)) / 3) + 1
    if (locks.every((lock) => lock.proof.length < quorum))
      fail('proof-is-logged', `${where}: the lock on disk lacks the prevotes that justify it`)
  }

  return {
    violations,
    heights,
    isFinal: (visit) => whereFinal.has(visit),
    fail,
    sent(node, bytes, disk) {
      // Only proposals and votes are promises; the second byte is the kind.
      if (isLiar(node) || (bytes[1] !== 1 && bytes[1] !== 2)) return
      const message = decodeMessage(bytes)
      if (message !== null) accountability?.saw(message)
      if (message === null)
        return fail('no-correct-node-stops', `node ${node} sent bytes that are no message`)
      if (message.kind === 'proposal') {
        const { proposal } = message.signed
        const id = toHex(proposal.segmentId)
        if (!rootsOf.has(id))
          rootsOf.set(
            id,
            message.bundle.heads.map((bytes) => decodeHead(bytes)!.merkleRoot),
          )
        if (memberIndex(proposal.memberId) === node) {
          const place = `${node}/proposal/${proposal.height}/${proposal.round}`
          const value = toHex(proposal.segmentId) + proposal.validRound
          const earlier = votes.get(place)
          if (earlier === undefined) votes.set(place, value)
          else if (earlier !== value)
            fail(
              'no-double-signature',
              `node ${node} made two proposals at height ${proposal.height}, round ${proposal.round}`,
            )
        }
      }
      if (message.kind !== 'votes') return
      for (const { vote, signature } of message.votes)
        if (memberIndex(vote.memberId) === node) lookAtOwnVote(node, vote, signature, disk)
    },
    decided(node, decision, before, after) {
      const { height, value, certificate } = decision
      const id = toHex(value.id)
      const known = heights.get(height)
      if (known === undefined) {
        const names = value.bundle.heads.map((bytes) => keyOf(decodeHead(bytes)!.merkleRoot))
        const { time } = decodeSegment(value.bundle.segment)!
        const ahead = time - latestClock()
        if (ahead > FRESH_AHEAD_MS)
          fail('time-near-clock', `the birth time of height ${height} is ${ahead} ms ahead of every clock`)
        heights.set(height, { id, names })
        table.decided(height, value.bundle.items)
        const segment = { height, time, items: value.bundle.items }
        const unlawful = studies.decided(segment, table.membersAt(height), before.chainId)
        if (unlawful !== null && !mayFork) fail(unlawful.invariant, `height ${height}: ${unlawful.text}`)
        for (const name of names) {
          if (whereFinal.has(name) && !mayFork)
            fail('once-in-the-chain', `a visit is in heights ${whereFinal.get(name)} and ${height}`)
          whereFinal.set(name, height)
        }
      } else if (known.id !== id && mayFork) forks.add(height)
      else if (known.id !== id)
        fail(
          'agreement',
          `node ${node} decided ${id.slice(0, 8)} at height ${height}, others ${known.id.slice(0, 8)}`,
        )
      // The certificate, judged by other code than the product's, against the keys that were decided for this height.
      const voterKeys = table.votersAt(height)
      const signers = new Set<string>()
      for (const { memberId, signature } of certificate.signatures) {
        const consensusKey = voterKeys.get(keyOf(memberId))
        const signBytes = voteSignBytes(before.chainId, {
          type: 'precommit',
          protocolVersion: before.consortium.protocolVersion,
          epoch: before.consortium.epoch,
          height,
          round: certificate.round,
          segmentId: value.id,
          memberId,
        })
        if (consensusKey && crypto.ed25519Verify(consensusKey, signBytes, signature))
          signers.add(keyOf(memberId))
      }
      if (3 * signers.size <= 2 * voterKeys.size)
        fail(
          'certificate',
          `node ${node} decided height ${height} with ${signers.size} of ${voterKeys.size} signers`,
        )
      const wrong = table.difference(height + 1, after.consortium)
      if (wrong !== null && !mayFork)
        fail('members-as-decided', `node ${node}, after height ${height}: ${wrong}`)
      const miscounted = studies.difference(height, after.consortium)
      if (miscounted !== null && !mayFork)
        fail(miscounted.invariant, `node ${node}, after height ${height}: ${miscounted.text}`)
      for (const { memberId } of after.consortium.suspensions)
        if (!isLiar(memberIndex(memberId)))
          fail('evidence-names-only-liars', `height ${height} names node ${memberIndex(memberId)}`)
    },
    refused(node, height, reason) {
      if (!isLiar(node) && forks.size === 0)
        fail('chain-rules', `node ${node}: what was decided at height ${height} is refused: ${reason}`)
    },
    evidence(node, { first, second }) {
      const signed = 'vote' in first ? first.vote.memberId : first.proposal.memberId
      const named = memberIndex(signed)
      void second
      if (!isLiar(node) && !isLiar(named))
        fail('evidence-names-only-liars', `node ${node} accuses node ${named}`)
    },
    owed(node, evidence) {
      if (isLiar(node) || evidence.kind !== 'votes') return
      const { memberId, height } = evidence.first.vote
      const name = keyOf(memberId)
      owedHeights.set(name, Math.max(height, owedHeights.get(name) ?? 0))
    },
    unnamed(states) {
      const isSettled = (name: string, height: number): boolean =>
        states.some((state) => {
          const row = state.members.find(({ member }) => keyOf(member.memberId) === name)
          const isNamed = state.suspensions.some(({ memberId }) => keyOf(memberId) === name)
          return isNamed || row === undefined || row.sinceHeight > height
        })
      return [...owedHeights]
        .filter(([name, height]) => !isSettled(name, height))
        .map(([name]) => memberIndex(fromHex(name)))
    },
    halted(node, reason) {
      if (isLiar(node) || reason.code === 'world-failed') return
      // Rightly: it has seen what a third and more of liars can do (R33, R34).
      if (mayFork && reason.code !== 'bug') return
      const cause = 'error' in reason ? `: ${String((reason.error as Error)?.stack ?? reason.error)}` : ''
      fail('no-correct-node-stops', `node ${node} halted: ${reason.code}${cause}`)
    },
    recovered(node, { state, view, own }, disk, accepted) {
      const wrong = (text: string): void =>
        fail('recovered-is-what-was-durable', `node ${node}, height ${state.height}: ${text}`)
      for (const [who] of passedOver) if (who.startsWith(`${node}/`)) passedOver.delete(who)
      if (isLiar(node)) return
      const isStored = (height: number): boolean => disk.stored(keyIn('s', u64(height))) !== null
      if (isStored(state.height + 1) || (state.height > 0 && !isStored(state.height)))
        wrong('its state is not that of its last segment')
      const known = heights.get(state.height)
      if (known !== undefined && known.id !== toHex(state.lastSegmentId) && !mayFork)
        wrong('its last segment is another one than that of all others')
      for (const name of accepted)
        if (!own.has(name) && !whereFinal.has(name)) wrong('a visit that it accepted is gone')
      if (view.standing.kind !== 'voting') return
      const last = lastSigned(logInFiles(disk, state.height + 1))
      if (last.round !== view.round || last.phase !== view.phase)
        wrong(
          `it goes on in ${view.phase} of round ${view.round}, its log ends in ${last.phase} of ${last.round}`,
        )
    },
    picked(node, authors, waiting) {
      const served = new Set(authors.map((author) => keyOf(author as MemberId)))
      // Whose visits are all final was passed over by nobody: another proposer served it.
      const isWaiting = new Set(waiting.map((author) => `${node}/${keyOf(author)}`))
      for (const who of passedOver.keys())
        if (who.startsWith(`${node}/`) && !isWaiting.has(who)) passedOver.delete(who)
      for (const author of waiting) {
        const who = `${node}/${keyOf(author)}`
        const count = served.has(keyOf(author)) ? 0 : (passedOver.get(who) ?? 0) + 1
        passedOver.set(who, count)
        // Between two turns of an author each of the others has one at most, also those that came meanwhile.
        if (count >= members.length && !isLiar(node))
          fail('nobody-is-passed-over', `node ${node} has passed over an author ${count} times`)
      }
    },
    measured({ index, engine, pool }) {
      if (engine === null || isLiar(index)) return
      const { waitingMessageCount, heldValueCount } = engine.view()
      const { byteMax, authorCount } = pool.limits
      const isShareKept = [...pool.queues.values()].every((queue) => queue.byteCount <= byteMax / authorCount)
      if (pool.byteCount > byteMax || !isShareKept)
        fail('queues-have-bounds', `node ${index}: an author has more than its share of the pool`)
      if (waitingMessageCount > WAITING_MOST || heldValueCount > VALUES_MOST)
        fail('queues-have-bounds', `node ${index}: ${waitingMessageCount} messages, ${heldValueCount} values`)
    },
    lied(bytes) {
      if (accountability === null) return
      const message = decodeMessage(bytes)
      if (message !== null) accountability.saw(message)
    },
    finish() {
      for (const height of forks) {
        const voterCount = votersAt(height)
        const guilty = accountability!.guilty(height, Math.floor((2 * voterCount) / 3) + 1)
        const nodes = [...guilty].map((name) => memberIndex(fromHex(name)))
        if (nodes.some((node) => !isLiar(node)))
          fail('forks-name-the-guilty', `height ${height}: a correct node is named among ${nodes.join(', ')}`)
        if (guilty.size < Math.floor((voterCount - 1) / 3) + 1)
          fail('forks-name-the-guilty', `height ${height}: only ${nodes.join(', ')} are named`)
      }
    },
    get forkCount() {
      return forks.size
    },
  }
}

/** Votes are small and read at once: more than this waits only where a node is made to fall behind. */
const WAITING_MOST = 2_000
/** One for each round that is kept, and a few that are wanted. */
const VALUES_MOST = 64

const PHASES = ['idle', 'propose', 'prevote', 'precommit'] as const

/** Where a log ends, found without the product's restore: the last step of the highest round. */
function lastSigned(entries: readonly Uint8Array[]): { round: number; phase: (typeof PHASES)[number] } {
  let round = 0
  let step = 0
  for (const bytes of entries) {
    const entry = decodeLogEntry(bytes.subarray(1, bytes.length - 8))
    if (entry?.kind !== 'vote' && entry?.kind !== 'proposal') continue
    const at = entry.kind === 'vote' ? entry.signed.vote.round : entry.signed.proposal.round
    const reached = entry.kind === 'proposal' ? 1 : entry.signed.vote.type === 'prevote' ? 2 : 3
    if (at < round) continue
    step = at > round ? reached : Math.max(step, reached)
    round = at
  }
  return { round, phase: PHASES[step]! }
}

function logInFiles(disk: SimDisk, height: number): Uint8Array[] {
  const entries: Uint8Array[] = []
  for (;;) {
    const entry = disk.stored(keyIn('w', u64(height), u32(entries.length)))
    if (entry === null) return entries
    entries.push(entry)
  }
}
