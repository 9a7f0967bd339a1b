/** What a node says of itself: whether it signs votes, whose signatures it can count on, and the status that people see. */
import type { NodeStatus } from '../../shared/contract/node.ts'
import { toHex } from '../../shared/std/bytes.ts'
import { isSpoken } from './chain/protocol.ts'
import { quorumOf } from './chain/voters.ts'
import type { HaltReason } from './consensus/engine/world.ts'
import type { Standing } from './consensus/engine/standing.ts'
import type { DiskWatch } from './disk-watch.ts'
import type { Follower } from './follow.ts'
import type { Ledger } from './ledger.ts'
import type { Signing } from './network/protocols/hello.ts'
import type { Transport } from './network/transport.ts'
import type { OwnKeysOfNode } from './own-keys.ts'
import type { Outbox } from './outbox/outbox.ts'
import type { PeerClock } from './peer-clock.ts'

export interface SelfReport {
  /** Whether this node signs votes now, or would with a vote. */
  signing(): Signing
  /** Voters whose signatures can be counted on: connected is not enough. */
  votersReachable(): number
  status(): NodeStatus
}

/** Read anew with every question. */
export interface SelfReportOptions {
  readonly ledger: Pick<Ledger, 'state'>
  readonly outbox: Pick<Outbox, 'count'>
  readonly ownKeys: Pick<OwnKeysOfNode, 'isReplaced'>
  readonly disk: Pick<DiskWatch, 'isFull' | 'isHeld' | 'freeBytes'>
  readonly peerClock: Pick<PeerClock, 'state' | 'offsetMs'>
  /** Null where there is no network. */
  readonly transport: Pick<Transport, 'peers'> | null
  readonly follower: () => Pick<Follower, 'isCatchingUp' | 'target'> | null
  readonly standing: () => Standing
  readonly isVoter: () => boolean
  readonly halted: () => HaltReason | null
  readonly isClosed: () => boolean
  readonly draftCount: () => number
  /** Milliseconds since 1970, null before the first. */
  readonly lastFinalAt: () => number | null
}

export function createSelfReport(of: SelfReportOptions): SelfReport {
  const { ledger, outbox, ownKeys, disk, peerClock, transport } = of

  function signing(): Signing {
    if (of.halted() !== null || of.isClosed()) return 'halted'
    if (!isSpoken(ledger.state.consortium.protocolVersion)) return 'outdated'
    if (ownKeys.isReplaced) return 'keys-replaced'
    if (of.standing().kind === 'observing') return 'observing'
    if (disk.isHeld) return 'disk-full'
    if (peerClock.state === 'wrong') return 'clock-wrong'
    const follower = of.follower()
    const isFarBehind =
      follower?.isCatchingUp === true && follower.target - ledger.state.height > FAR_BEHIND_HEIGHTS
    return isFarBehind ? 'catching-up' : 'signs'
  }

  function votersReachable(): number {
    const { protocolVersion } = ledger.state.consortium
    let count = of.isVoter() && signing() === 'signs' ? 1 : 0
    for (const peer of transport?.peers() ?? []) {
      const { state, isVoter, newestProtocol } = peer
      if (state === 'up' && isVoter && peer.signing === 'signs' && (newestProtocol ?? 0) >= protocolVersion)
        count++
    }
    return count
  }

  function stateNow(): NodeStatus['state'] {
    if (of.isClosed()) return 'stopped'
    if (of.halted() !== null) return 'halted'
    if (disk.isFull) return 'disk-full'
    if (!isSpoken(ledger.state.consortium.protocolVersion)) return 'outdated'
    return peerClock.state === 'wrong' ? 'clock-wrong' : 'running'
  }

  function status(): NodeStatus {
    const { state } = ledger
    const standing = of.standing()
    const halted = of.halted()
    const follower = of.follower()
    return {
      state: stateNow(),
      haltedReason: of.isClosed() || halted === null ? null : halted.code,
      height: state.height,
      blockCount: state.blockCount,
      tip: toHex(state.tip),
      draftCount: of.draftCount(),
      queuedCount: outbox.count,
      peerCount: transport?.peers().filter((peer) => peer.state === 'up').length ?? 0,
      voterCount: state.voters.length,
      votersReachable: votersReachable(),
      quorum: quorumOf(state.voters.length),
      standing: !of.isVoter() ? 'no-vote' : ownKeys.isReplaced ? 'observing' : standing.kind,
      observingReason: ownKeys.isReplaced
        ? 'keys-replaced'
        : standing.kind === 'observing'
          ? standing.reason
          : null,
      catchingUpTo: follower?.isCatchingUp === true ? Math.max(follower.target, state.height) : null,
      clockOffsetMs: peerClock.offsetMs,
      lastFinalAt: of.lastFinalAt(),
      diskFreeBytes: disk.freeBytes,
    }
  }

  return { signing, votersReachable, status }
}

/** A voter that is behind by less is among the others again in a moment. */
const FAR_BEHIND_HEIGHTS = 32
