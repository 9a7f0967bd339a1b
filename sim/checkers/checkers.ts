/**
 * What must hold whatever happens. Each check looks from outside: at messages, disks and decisions, with code of its own.
 */
import { equalBytes, toHex } from '../../src/shared/std/bytes.ts'
import { decodeHead } from '../../src/main/node/chain/block.ts'
import type { ChainState } from '../../src/main/node/chain/chain-state.ts'
import { keyOf } from '../../src/main/node/chain/ids.ts'
import { FRESH_AHEAD_MS } from '../../src/main/node/chain/limits.ts'
import { decodeSegment } from '../../src/main/node/chain/segment.ts'
import { decodeMessage } from '../../src/main/node/consensus/engine/messages.ts'
import { decodeLogEntry, encodeLogEntry } from '../../src/main/node/consensus/engine/write-ahead-log.ts'
import type { Decision, Evidence, HaltReason } from '../../src/main/node/consensus/engine/world.ts'
import { voteSignBytes, type Vote } from '../../src/main/node/chain/vote.ts'
import type { Crypto } from '../../src/main/node/crypto/crypto.ts'
import { keyIn, u32, u64 } from '../../src/main/node/storage/buckets.ts'
import type { SimDisk } from '../disk.ts'

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
  | 'once-in-the-chain'
  | 'nothing-accepted-is-lost'
  | 'no-correct-node-stops'
  | 'progress-after-faults'
  | 'time-near-clock'
  | 'finite-work'

export interface Violation {
  readonly invariant: Invariant
  readonly at: number
  readonly text: string
}

export interface Checkers {
  sent(node: number, bytes: Uint8Array, disk: SimDisk): void
  decided(node: number, decision: Decision, before: ChainState): void
  refused(node: number, height: number, reason: string): void
  evidence(node: number, evidence: Evidence): void
  halted(node: number, reason: HaltReason): void
  /** A height as all see it, when it is first decided. */
  readonly heights: ReadonlyMap<number, { id: string; names: readonly string[] }>
  isFinal(visit: string): boolean
  readonly violations: Violation[]
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
}

export function createCheckers({
  crypto,
  now,
  isLiar,
  memberIndex,
  votersAt,
  latestClock,
}: CheckerSetting): Checkers {
  const violations: Violation[] = []
  const heights = new Map<number, { id: string; names: readonly string[] }>()
  const whereFinal = new Map<string, number>()
  /** node/type/height/round → value that it voted for in front of others. */
  const votes = new Map<string, string>()
  /** Records of the values that were proposed, by segment id. */
  const rootsOf = new Map<string, readonly Uint8Array[]>()

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
    for (;;) {
      const entry = disk.durable(keyIn('w', u64(height), u32(entries.length)))
      if (entry === null) return entries
      entries.push(entry)
    }
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
    decided(node, decision, before) {
      const { height, value, certificate } = decision
      const id = toHex(value.id)
      const known = heights.get(height)
      if (known === undefined) {
        const names = value.bundle.heads.map((bytes) => keyOf(decodeHead(bytes)!.merkleRoot))
        const ahead = decodeSegment(value.bundle.segment)!.time - latestClock()
        if (ahead > FRESH_AHEAD_MS)
          fail('time-near-clock', `the birth time of height ${height} is ${ahead} ms ahead of every clock`)
        heights.set(height, { id, names })
        for (const name of names) {
          if (whereFinal.has(name))
            fail('once-in-the-chain', `a visit is in heights ${whereFinal.get(name)} and ${height}`)
          whereFinal.set(name, height)
        }
      } else if (known.id !== id)
        fail(
          'agreement',
          `node ${node} decided ${id.slice(0, 8)} at height ${height}, others ${known.id.slice(0, 8)}`,
        )
      // The certificate, judged by other code than the product's.
      const signers = new Set<string>()
      for (const { memberId, signature } of certificate.signatures) {
        const voter = before.voters.find((each) => equalBytes(each.memberId, memberId))
        const signBytes = voteSignBytes(before.chainId, {
          type: 'precommit',
          protocolVersion: before.consortium.protocolVersion,
          epoch: before.consortium.epoch,
          height,
          round: certificate.round,
          segmentId: value.id,
          memberId,
        })
        if (voter && crypto.ed25519Verify(voter.consensusKey, signBytes, signature))
          signers.add(keyOf(memberId))
      }
      if (3 * signers.size <= 2 * before.voters.length)
        fail(
          'certificate',
          `node ${node} decided height ${height} with ${signers.size} of ${before.voters.length} signers`,
        )
    },
    refused(node, height, reason) {
      if (!isLiar(node))
        fail('chain-rules', `node ${node}: what was decided at height ${height} is refused: ${reason}`)
    },
    evidence(node, { first, second }) {
      const signed = 'vote' in first ? first.vote.memberId : first.proposal.memberId
      const named = memberIndex(signed)
      void second
      if (!isLiar(node) && !isLiar(named))
        fail('evidence-names-only-liars', `node ${node} accuses node ${named}`)
    },
    halted(node, reason) {
      if (isLiar(node) || reason.code === 'world-failed') return
      const cause = 'error' in reason ? `: ${String((reason.error as Error)?.stack ?? reason.error)}` : ''
      fail('no-correct-node-stops', `node ${node} halted: ${reason.code}${cause}`)
    },
  }
}
