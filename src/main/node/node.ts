/**
 * The node of one institution: what it has accepted, what the chain has decided, and the engine between the two. With
 * one voter the engine takes the same path that four will take.
 *
 * Start order: layout's number, genesis, applied state, outbox, engine. Stop order: engine, checker; the store belongs
 * to whoever opened it.
 */
import type { NodeStatus } from '../../shared/contract/node.ts'
import { toHex } from '../../shared/std/bytes.ts'
import { Failure } from '../../shared/std/failure.ts'
import type { MemberId } from './chain/ids.ts'
import { quorumOf } from './chain/voters.ts'
import type { OpeningKeys, RecordChecker } from './check-records.ts'
import { createCheckedOutbox, type CheckedOutbox } from './checked-outbox.ts'
import { startConsensus, type Consensus } from './consensus-world.ts'
import type { HaltReason } from './consensus/engine/world.ts'
import type { Crypto } from './crypto/crypto.ts'
import { openLedger, type Ledger } from './ledger.ts'
import type { NodeLimits } from './limits.ts'
import type { SealingKeys } from './seal-visits.ts'
import { openOutbox, type Outbox, type SealedVisit } from './outbox/outbox.ts'
import { rangeOf } from './storage/buckets.ts'
import { StorageFailure, type ReadableStore, type Store, type Write } from './storage/store.ts'
import { newestEpoch, type EpochKey, type NodeKeys } from './vault/institution-keys.ts'
import { patientKey } from './vault/linkage.ts'

export interface NodeOptions {
  readonly store: Store
  /** For messages only. */
  readonly storePath: string
  readonly keys: NodeKeys
  readonly memberId: MemberId
  readonly crypto: Crypto
  readonly checker: RecordChecker
  readonly limits: NodeLimits
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Free bytes of the store's volume, null where nobody knows. */
  readonly freeBytes: () => Promise<number | null>
}

/** Visits that became final together. */
export interface FinalSegment {
  readonly height: number
  readonly firstIndex: number
  readonly count: number
  /** Of this institution: Merkle root in hex, block number, own sequence. */
  readonly own: readonly { readonly root: string; readonly index: number; readonly sequence: number }[]
}

export type NodeFailureDetail =
  /** Below the floor of free space: what was accepted is safe, nothing new is taken. */
  | { code: 'disk-full'; path: string; freeBytes: number | null }
  /** The engine stopped itself; `reason` says why. Nothing new is taken until the node starts anew. */
  | { code: 'halted'; reason: string }
  | { code: 'closed' }
export class NodeFailure extends Failure<NodeFailureDetail> {}

export interface ChainNode {
  readonly memberId: MemberId
  readonly ledger: Ledger
  readonly outbox: Outbox
  readonly store: ReadableStore
  readonly status: NodeStatus
  /** Keys that open rows of the gateway scope: for the check before a vote and the analysis process only. */
  gatewayKeys(): OpeningKeys
  /** What sealing needs besides the custodian key of the person's session. */
  sealingKeys(custodian: EpochKey): SealingKeys
  /** The patient key under the newest linkage key; see `vault/linkage.ts`. */
  patientKey(keySource: string): { key: string; epoch: number }
  /** Numbers for the next visits, for rows that are written with them. */
  reserve(count: number): number
  /**
   * Accepts visits: when it resolves, they and `others` are durable on this machine and will become final. Waits while
   * the outbox is full.
   * @throws {NodeFailure} `disk-full`, `halted`, `closed`; {StorageFailure} when the write fails: then nothing is there
   */
  submit(visits: readonly SealedVisit[], first: number, others: readonly Write[]): Promise<void>
  /** Writes what is no visit (names, drafts) in one synced batch. @throws as `submit` */
  write(writes: readonly Write[]): Promise<void>
  onFinal(listener: (segment: FinalSegment) => void): () => void
  onStatus(listener: (status: NodeStatus) => void): () => void
  /** Counts a draft that was added (1) or removed (-1), for the status. */
  countDrafts(change: number): void
  /** Resolves when nothing waits any more, or the node can decide nothing; at most after `timeoutMs`. */
  drain(timeoutMs: number): Promise<boolean>
  close(): Promise<void>
}

/**
 * Starts the node on an open store.
 * @throws {StorageFailure} `newer-format`, `corrupt`, `missing`
 */
export async function startNode(options: NodeOptions): Promise<ChainNode> {
  const { store, storePath, keys, memberId, crypto, limits } = options
  const ledger = await openLedger(crypto, store, storePath)
  const outbox = await openOutbox(store)
  const finalListeners = new Set<(segment: FinalSegment) => void>()
  const statusListeners = new Set<(status: NodeStatus) => void>()
  const spaceWaiters: (() => void)[] = []
  let draftCount = await countDrafts(store)
  let lastFinalAt: number | null = null
  let halted: HaltReason | null = null
  let diskFull = false
  let disk = { freeBytes: await options.freeBytes(), lookedAt: options.now() }
  let isClosed = false

  const gatewayKeys = (): OpeningKeys => ({
    chainId: ledger.chainId,
    scope: 'gateway',
    epochs: keys.gatewayEpochs,
    authorKeys: ledger.authorKeys(),
  })

  async function look(): Promise<number | null> {
    if (options.now() - disk.lookedAt >= limits.diskLookMs || diskFull) {
      disk = { freeBytes: await options.freeBytes(), lookedAt: options.now() }
      const isFull = disk.freeBytes !== null && disk.freeBytes < limits.admitFreeBytes
      if (isFull !== diskFull) {
        diskFull = isFull
        tellStatus()
        if (!isFull) consensus.work()
      }
    }
    return disk.freeBytes
  }
  diskFull = disk.freeBytes !== null && disk.freeBytes < limits.admitFreeBytes

  function status(): NodeStatus {
    const { state } = ledger
    const voterCount = state.voters.length
    return {
      state: isClosed ? 'stopped' : halted !== null ? 'halted' : diskFull ? 'disk-full' : 'running',
      height: state.height,
      blockCount: state.blockCount,
      tip: toHex(state.tip),
      draftCount,
      queuedCount: outbox.count,
      peerCount: 0,
      voterCount,
      votersReachable: state.voters.some((voter) => toHex(voter.memberId) === toHex(memberId)) ? 1 : 0,
      quorum: quorumOf(voterCount),
      lastFinalAt,
      diskFreeBytes: disk.freeBytes,
    }
  }
  function tellStatus(): void {
    const now = status()
    for (const listener of statusListeners) listener(now)
  }
  function halt(reason: HaltReason): void {
    if (halted !== null || isClosed) return
    halted = reason
    releaseWaiters()
    tellStatus()
  }
  function releaseWaiters(): void {
    for (const release of spaceWaiters.splice(0)) release()
  }

  /** @throws {NodeFailure} when nothing may be written now */
  async function expectWritable(): Promise<void> {
    if (isClosed) throw new NodeFailure({ code: 'closed' })
    if (halted !== null) throw haltedFailure(halted)
    const freeBytes = await look()
    if (diskFull) throw new NodeFailure({ code: 'disk-full', path: storePath, freeBytes })
  }

  async function commit(writes: () => Promise<void>): Promise<void> {
    try {
      await writes()
    } catch (error) {
      // A failed write is final for the store (see `Store`): nothing may be signed after it.
      if (error instanceof StorageFailure) halt({ code: 'world-failed', error })
      throw error
    }
  }

  const checked: CheckedOutbox = createCheckedOutbox({
    store,
    outbox,
    checker: options.checker,
    keys: gatewayKeys,
    onReady: () => consensus.work(),
    onFailure: (error) => halt({ code: 'world-failed', error }),
  })

  const consensus: Consensus = await startConsensus({
    ledger,
    outbox,
    checked,
    store,
    crypto,
    keys,
    memberId,
    checker: options.checker,
    gatewayKeys,
    now: options.now,
    canDecide: () => disk.freeBytes === null || disk.freeBytes >= limits.decideFreeBytes,
    onFinal(segment) {
      lastFinalAt = options.now()
      releaseWaiters()
      for (const listener of finalListeners) listener(segment)
      tellStatus()
    },
    onHalt: halt,
    onStanding: tellStatus,
  })
  checked.nudge()
  // Space that becomes free is noticed although nobody submits.
  const diskWatch = setInterval(() => void look(), limits.diskWatchMs)
  diskWatch.unref()

  return {
    memberId,
    ledger,
    outbox,
    store,
    get status() {
      return status()
    },
    gatewayKeys,
    sealingKeys: (custodian) => ({
      chainId: ledger.chainId,
      memberId,
      author: keys.author,
      custodian,
      gateway: newestEpoch(keys.gatewayEpochs),
    }),
    patientKey(keySource) {
      const { epoch, key } = newestEpoch(keys.linkageEpochs)
      return { key: patientKey(key, keySource), epoch }
    },
    reserve: (count) => outbox.reserve(count),
    async submit(visits, first, others) {
      await expectWritable()
      while (outbox.count > 0 && isOutboxFull(outbox, limits)) {
        await new Promise<void>((resolve) => spaceWaiters.push(resolve))
        await expectWritable()
      }
      await commit(() => outbox.add(visits, first, options.now(), others))
      checked.nudge()
      tellStatus()
    },
    async write(writes) {
      await expectWritable()
      await commit(() => store.commit(writes))
    },
    onFinal(listener) {
      finalListeners.add(listener)
      return () => finalListeners.delete(listener)
    },
    onStatus(listener) {
      statusListeners.add(listener)
      return () => statusListeners.delete(listener)
    },
    countDrafts(change) {
      draftCount += change
      tellStatus()
    },
    async drain(timeoutMs) {
      const end = options.now() + timeoutMs
      while (outbox.count > checked.refused.size) {
        const left = end - options.now()
        if (left <= 0 || halted !== null || isClosed || !consensus.canDecideAlone) return false
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, Math.min(left, 50))
          spaceWaiters.push(() => {
            clearTimeout(timer)
            resolve()
          })
        })
      }
      return outbox.count === 0
    },
    async close() {
      if (isClosed) return
      clearInterval(diskWatch)
      await consensus.close()
      isClosed = true
      await checked.close()
      await options.checker.close()
      releaseWaiters()
      tellStatus()
    },
  }
}

async function countDrafts(store: ReadableStore): Promise<number> {
  let count = 0
  for await (const _ of store.scan(rangeOf('d'))) count++
  return count
}

function isOutboxFull(outbox: Outbox, limits: NodeLimits): boolean {
  return outbox.bodyBytes >= limits.outboxBytesMax || outbox.count >= limits.outboxVisitsMax
}

function haltedFailure(reason: HaltReason): Failure {
  const cause = 'error' in reason ? reason.error : undefined
  if (cause instanceof StorageFailure && cause.detail.code === 'disk-full')
    return new NodeFailure({ code: 'disk-full', path: cause.detail.path, freeBytes: cause.detail.freeBytes })
  return new NodeFailure({ code: 'halted', reason: reason.code })
}
