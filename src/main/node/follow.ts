/**
 * Keeping up with the others: serves the chain, fetches what this node missed, and gets the key-box rows that belong to
 * it. While ranges are applied the engine is held, so that one hand appends at a time (N9).
 */
import { equalBytes, toHex, type Bytes } from '../../shared/std/bytes.ts'
import { Failure } from '../../shared/std/failure.ts'
import type { Consensus } from './consensus-world.ts'
import type { FinalSegment } from './final-segment.ts'
import type { Ledger } from './ledger.ts'
import { logRemoval } from './consensus/engine/log-store.ts'
import type { Clock } from './network/clock.ts'
import { peerName, type PeerName, type Transport } from './network/transport.ts'
import { decodeHead } from './chain/block.ts'
import { decodeCertificate, type Certificate } from './chain/certificate.ts'
import type { MemberId } from './chain/ids.ts'
import { bodyHashOf } from './chain/record.ts'
import type { Crypto } from './crypto/crypto.ts'
import type { Outbox } from './outbox/outbox.ts'
import type { CheckedOutbox } from './checked-outbox.ts'
import { readSegment } from './storage/chain-store.ts'
import type { Store } from './storage/store.ts'
import type { AppliedRange } from './sync/apply-range.ts'
import { startCatchUp, type SyncOffence, type SyncOutcome, type SyncProgress } from './sync/catch-up.ts'
import { createStoreSource } from './sync/chain-source.ts'
import type { SyncLimits } from './sync/limits.ts'
import { startChainServer } from './sync/serve-chain.ts'
import type { WaitingVisits } from './waiting/visits.ts'

/** Verifies ranges and writes them beside the node; a worker thread in the product. */
export interface RangeThread {
  /** The node has stopped appending: from here on the thread appends. */
  begin(): Promise<void>
  apply(from: number, answer: Bytes, laterBodies: readonly Bytes[]): Promise<AppliedRange>
  close(): Promise<void>
}

export interface Follower {
  /** A peer is at a greater height. */
  behind(peer: MemberId, height: number): void
  /** The chain has grown here: peers are told. */
  grown(): void
  /** Something may be written again. */
  nudge(): void
  readonly isCatchingUp: boolean
  /** The greatest height that a peer claims. */
  readonly target: number
  readonly progress: SyncProgress | null
  /** What a peer said last of its own height. */
  heightOf(peer: PeerName): number | null
  close(): Promise<void>
}

export interface FollowOptions {
  readonly transport: Transport
  readonly store: Store
  readonly ledger: Ledger
  readonly crypto: Crypto
  readonly consensus: Consensus
  readonly outbox: Outbox
  readonly checked: CheckedOutbox
  readonly visits: WaitingVisits
  readonly openThread: () => Promise<RangeThread>
  readonly isVoter: () => boolean
  /** False while nothing may be written, as of the last look. */
  readonly mayWrite: () => boolean
  /** Looks at the disk first. */
  readonly lookMayWrite: () => Promise<boolean>
  readonly now: () => number
  readonly onFinal: (segment: FinalSegment) => void
  readonly onOutcome: (outcome: SyncOutcome) => void
  readonly onOffence?: (offence: SyncOffence) => void
  readonly onProgress: () => void
  readonly clock?: Clock
  readonly limits?: Partial<SyncLimits>
}

/** A voter that keeps deciding is a little behind now and then; only a real gap is worth a range. */
const BUSY_GAP = 32
const BUSY_MS = 1_000

export function startFollowing(options: FollowOptions): Follower {
  const { transport, store, ledger, consensus, outbox, checked, visits } = options
  let thread: Promise<RangeThread> | null = null
  let grownAt = -Infinity
  let progress: SyncProgress | null = null

  const server = startChainServer({
    transport,
    source: createStoreSource(
      store,
      () => ledger.state,
      (head, body) => {
        const decoded = decodeHead(head)
        return (
          decoded !== null && equalBytes(bodyHashOf(options.crypto, ledger.chainId, body), decoded.bodyHash)
        )
      },
    ),
    now: options.now,
    ...(options.clock === undefined ? {} : { clock: options.clock }),
    ...(options.limits === undefined ? {} : { limits: options.limits }),
  })
  const catchUp = startCatchUp({
    transport,
    host: {
      height: () => ledger.state.height,
      async begin() {
        await consensus.hold('catching-up')
        thread ??= options.openThread()
        await (await thread).begin()
      },
      mayWrite: options.lookMayWrite,
      applied,
      async end(outcome) {
        progress = null
        options.onOutcome(outcome)
        if (outcome.kind === 'caught-up' || outcome.kind === 'waiting') consensus.release('catching-up')
      },
    },
    apply: async (from, answer, laterBodies) => (await thread!).apply(from, answer, laterBodies),
    startsWhenBehindBy() {
      if (!options.mayWrite()) return Infinity
      if (!options.isVoter()) return 1
      return performance.now() - grownAt < BUSY_MS ? BUSY_GAP : 2
    },
    onProgress(now) {
      progress = now
      options.onProgress()
    },
    ...(options.onOffence === undefined ? {} : { onOffence: options.onOffence }),
    ...(options.clock === undefined ? {} : { clock: options.clock }),
    ...(options.limits === undefined ? {} : { limits: options.limits }),
  })

  /** A range is durable. What of it was ours leaves the outbox; a crash before that is made good at the next start. */
  async function applied(range: AppliedRange): Promise<void> {
    const fromHeight = ledger.state.height + 1
    const firstIndex = ledger.state.blockCount
    ledger.adopt(range.state)
    if (options.isVoter()) await consensus.fetched(await certificatesFrom(fromHeight))
    const { height, blockCount } = ledger.state
    const own = range.own.map(({ root, index, sequence }) => ({ root: toHex(root), index, sequence }))
    await store.commit([
      ...own.flatMap(({ root }) => outbox.removal(root)),
      ...(await logRemoval(store, height)),
    ])
    for (const { root } of own) {
      outbox.remove(root)
      checked.forget(root)
    }
    await visits.dropFinal()
    server.grown()
    options.onFinal({ fromHeight, height, firstIndex, count: blockCount - firstIndex, own })
  }

  async function certificatesFrom(fromHeight: number): Promise<Certificate[]> {
    const certificates: Certificate[] = []
    for (let height = fromHeight; height <= ledger.state.height; height++) {
      const stored = await readSegment(store, height)
      const certificate = stored.kind === 'ok' ? decodeCertificate(stored.value.certificate) : null
      if (certificate !== null) certificates.push(certificate)
    }
    return certificates
  }

  return {
    behind: (peer, height) => catchUp.behind(peerName(peer), height - 1),
    grown() {
      grownAt = performance.now()
      server.grown()
    },
    nudge: () => catchUp.nudge(),
    heightOf: (peer) => catchUp.heightOf(peer),
    get isCatchingUp() {
      return catchUp.isRunning
    },
    get target() {
      return catchUp.target
    },
    get progress() {
      return progress
    },
    async close() {
      server.close()
      await catchUp.close()
      await closeQuietly(thread)
    },
  }
}

/** A thread that ended by itself has nothing more to lose: each of its writes was durable. */
async function closeQuietly(thread: Promise<RangeThread> | null): Promise<void> {
  try {
    await (await thread)?.close()
  } catch (error) {
    if (!(error instanceof Failure)) throw error
  }
}
