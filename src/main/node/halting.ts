/**
 * Why this node signs and writes nothing more, if it does: its store failed, a rule of its own does not hold, or one height
 * has two certificates (R33), of which it keeps what it was shown. The first reason counts, as long as the node runs.
 */
import type { Failure } from '../../shared/std/failure.ts'
import { certificateContextOf } from './chain/chain-state.ts'
import { NodeFailure } from './chain-node.ts'
import type { HaltReason } from './consensus/engine/world.ts'
import type { Contradiction, Contradictions } from './contradiction.ts'
import type { FoundFork } from './fork-watch.ts'
import type { Ledger } from './ledger.ts'
import { fetchDecided } from './mend.ts'
import type { PeerName, Transport } from './network/transport.ts'
import { StorageFailure } from './storage/store.ts'

export interface Halting {
  readonly reason: HaltReason | null
  halt(reason: HaltReason): void
  failed(error: unknown): void
  forked(fork: FoundFork): void
  /** A peer's next segment does not follow from ours: its segment at our height is the other certificate. */
  fetchFork(peer: PeerName): Promise<void>
  /** @throws {NodeFailure} when it is halted */
  expectNone(): void
}

export interface HaltingOptions {
  readonly contradictions: Contradictions
  readonly ledger: Ledger
  readonly transport: () => Transport | null
  readonly isClosed: () => boolean
  /** Two certificates: consensus is to take nothing more. */
  readonly onContradiction: () => void
  readonly onHalted: () => void
  /** What is kept of a contradiction may be more than it was. */
  readonly onKept: () => void
}

export function createHalting(options: HaltingOptions): Halting {
  const { contradictions, ledger, isClosed } = options
  // Found before: whoever starts the node anew has not settled which of the two counts.
  let halted: HaltReason | null =
    contradictions.kept === null ? null : { code: 'two-certificates', height: heightOf(contradictions.kept) }

  function halt(reason: HaltReason): void {
    if (halted !== null || isClosed()) return
    halted = reason
    if (reason.code === 'two-certificates') {
      options.onContradiction()
      void keep(reason.height, null)
    }
    options.onHalted()
  }

  /** The first thing that is written after it is found, and the last. */
  async function keep(height: number, fork: FoundFork | null): Promise<void> {
    try {
      const context = fork?.context ?? certificateContextOf(ledger.state)
      await contradictions.keep(context, height, fork?.theirs ?? null)
    } catch (error) {
      if (!(error instanceof StorageFailure)) throw error
      // It stays halted as long as it runs; others show the other certificate again.
    }
    options.onKept()
  }

  return {
    get reason() {
      return halted
    },
    halt,
    failed: (error) => halt({ code: 'world-failed', error }),
    forked(fork) {
      halt({ code: 'two-certificates', height: fork.height })
      void keep(fork.height, fork)
    },
    async fetchFork(peer) {
      const { height } = ledger.state
      const transport = options.transport()
      const theirs = transport && (await fetchDecided(transport, peer, height, isClosed))
      if (theirs) await keep(height, { context: certificateContextOf(ledger.state), height, theirs })
    },
    expectNone() {
      if (halted !== null) throw failureOf(halted)
    },
  }
}

/** 0 where nothing is left of it but that there was one. */
function heightOf(found: Contradiction | 'damaged'): number {
  return found === 'damaged' ? 0 : found.height
}

function failureOf(reason: HaltReason): Failure {
  const cause = 'error' in reason ? reason.error : undefined
  if (cause instanceof StorageFailure && cause.detail.code === 'disk-full')
    return new NodeFailure({ code: 'disk-full', path: cause.detail.path, freeBytes: cause.detail.freeBytes })
  return new NodeFailure({ code: 'halted', reason: reason.code })
}
