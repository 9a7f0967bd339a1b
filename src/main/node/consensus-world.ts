/** The world of the consensus engine in the product: this node's store, clock, outbox and record checker. */
import { toHex, type Bytes } from '../../shared/std/bytes.ts'
import { assert, present } from '../../shared/std/assert.ts'
import { decodeHead, type Head } from './chain/block.ts'
import { buildSegment } from './chain/build-segment.ts'
import type { ChainState } from './chain/chain-state.ts'
import type { MemberId } from './chain/ids.ts'
import { policyValue } from './chain/policy.ts'
import { isChangeWaiting } from './chain/apply-item.ts'
import { scopeNumberOf } from './chain/key-box.ts'
import type { OpeningKeys, RecordChecker, RecordToCheck } from './check-records.ts'
import type { CheckedOutbox } from './checked-outbox.ts'
import type { Verdict } from './consensus/core/height.ts'
import { heightContextOf, judgeSegment } from './consensus/engine/judge-segment.ts'
import { createEngine } from './consensus/engine/engine.ts'
import { lastLogHeight, logRemoval, logWrites, readLog } from './consensus/engine/log-store.ts'
import type { Standing } from './consensus/engine/standing.ts'
import type { Decision, HaltReason, HeightContext, Value, World } from './consensus/engine/world.ts'
import type { Crypto } from './crypto/crypto.ts'
import { CHECK_BATCH } from './limits.ts'
import type { FinalSegment } from './node.ts'
import type { Ledger } from './ledger.ts'
import type { Outbox } from './outbox/outbox.ts'
import { readStanding, standingWrite } from './storage/chain-store.ts'
import { readRowsOf } from './storage/key-box-store.ts'
import type { Store } from './storage/store.ts'
import type { NodeKeys } from './vault/institution-keys.ts'

export interface ConsensusOptions {
  readonly ledger: Ledger
  readonly outbox: Outbox
  readonly checked: CheckedOutbox
  readonly store: Store
  readonly crypto: Crypto
  readonly keys: NodeKeys
  readonly memberId: MemberId
  readonly checker: RecordChecker
  readonly gatewayKeys: () => OpeningKeys
  readonly now: () => number
  /** False while the disk is so full that only closing is safe. */
  readonly canDecide: () => boolean
  readonly onFinal: (segment: FinalSegment) => void
  readonly onHalt: (reason: HaltReason) => void
  readonly onStanding: (standing: Standing) => void
}

export interface Consensus {
  /** There may be something to decide. */
  work(): void
  /** Whether this node decides without anybody else. */
  readonly canDecideAlone: boolean
  close(): Promise<void>
}

/** Restores the height that was under way from the log and starts the engine. */
export async function startConsensus(options: ConsensusOptions): Promise<Consensus> {
  const { ledger, store, crypto, memberId } = options
  const context = heightContextOf(ledger.state)
  const log = await readLog(store, context.height)
  // A log ahead of the chain: the chain was put back from a copy, the signatures were not.
  const isRestoredData = (await lastLogHeight(store)) > context.height
  const standing = await readStanding(store)
  const engine = createEngine(
    createWorld(options),
    { crypto, memberId },
    {
      context,
      entries: log.kind === 'whole' ? log.entries : null,
      standing: standing.kind === 'ok' ? standing.value : null,
      isRestoredData: isRestoredData || standing.kind === 'damaged',
    },
  )
  engine.start()
  return {
    work: () => engine.workArrived(),
    get canDecideAlone() {
      const { voters } = ledger.state
      return voters.length === 1 && engine.view().standing.kind === 'voting'
    },
    close: () => engine.close(),
  }
}

/** What the engine asks of this node about values: candidates, checks, decisions. */
function createWorld(options: ConsensusOptions): World {
  const { ledger, outbox, checked, store, crypto, keys } = options

  /** Own visits that this node may propose now, in order of acceptance. */
  function buildCandidate(state: ChainState): Value | null {
    const { policy } = state.consortium
    const visits = outbox.oldest(
      policyValue(policy, 'segmentVisitsMax'),
      policyValue(policy, 'segmentBytesMax'),
      (rootHex) => !checked.isReady(rootHex),
    )
    const built = buildSegment(crypto, state, { candidates: visits, items: [] }, options.now())
    return built.kind === 'built' ? { id: built.segmentId, bundle: built.bundle } : null
  }

  async function check(
    context: HeightContext,
    value: Value,
    signal: AbortSignal,
  ): Promise<Verdict | 'unbound'> {
    const known = await ledger.knownRoots(value.bundle.heads)
    const { state } = ledger
    assert(state.height + 1 === context.height, 'a value is checked at the height that is being decided')
    const judgement = judgeSegment(crypto, state, value.bundle, {
      isKnownRecord: (root) => known.has(toHex(root)),
    })
    if (judgement.kind !== 'valid') return judgement.kind
    return (await openAll(judgement.checked.heads, signal)) ? 'valid' : 'invalid'
  }

  /** Opens every record through the gateway scope. What the outbox has checked already is not opened twice. */
  async function openAll(heads: readonly Head[], signal: AbortSignal): Promise<boolean> {
    const rest = heads.filter(({ merkleRoot }) => !checked.isReady(toHex(merkleRoot)))
    for (let first = 0; first < rest.length; first += CHECK_BATCH) {
      const records = await gather(rest.slice(first, first + CHECK_BATCH), signal)
      if (records === null) return false
      const verdicts = await options.checker.check(options.gatewayKeys(), records)
      if (verdicts.some((verdict) => verdict.kind === 'refused')) return false
    }
    return true
  }

  async function gather(heads: readonly Head[], signal: AbortSignal): Promise<RecordToCheck[] | null> {
    const queued = heads.map(({ merkleRoot }) => outbox.get(toHex(merkleRoot)))
    // Bodies of other members arrive by the network, which this node does not have yet: nobody can send them.
    if (queued.includes(null)) {
      await untilAborted(signal)
      return null
    }
    const bodies = await outbox.bodies(queued.map((visit) => visit!))
    const roots = heads.map(({ merkleRoot }) => merkleRoot)
    const rows: (Bytes | null)[] = roots.map(() => null)
    for (const { epoch } of keys.gatewayEpochs) {
      const found = await readRowsOf(store, roots, scopeNumberOf('gateway'), epoch)
      for (const [i, row] of found.entries()) if (row?.kind === 'ok') rows[i] = row.row
    }
    return heads.map(({ merkleRoot, keyCommitment, sizeClass }, i) => ({
      merkleRoot,
      keyCommitment,
      sizeClass,
      body: bodies[i]!,
      row: rows[i]!,
    }))
  }

  async function decide({ height, value, certificateBytes }: Decision): Promise<HeightContext> {
    const roots = value.bundle.heads.map((bytes) => toHex(present(decodeHead(bytes)).merkleRoot))
    const queued = roots.map((root) => present(outbox.get(root), 'a decided body is on this disk'))
    const bodies = await outbox.bodies(queued)
    const bundle = { ...value.bundle, certificate: certificateBytes }
    const appended = await ledger.append(bundle, bodies, (root) => outbox.get(root)?.sequence ?? null, [
      ...roots.flatMap((root) => outbox.removal(root)),
      ...(await logRemoval(store, height)),
    ])
    assert(appended.kind === 'appended', 'a quorum decides only what follows from the chain')
    for (const root of roots) {
      outbox.remove(root)
      checked.forget(root)
    }
    const { firstIndex, count } = appended.checked.segment
    options.onFinal({
      height,
      firstIndex,
      count,
      own: queued.map(({ sequence }, i) => ({ root: roots[i]!, index: firstIndex + i, sequence })),
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
    sign: (message) => crypto.ed25519Sign(keys.consensus, message),
    // Own bodies and rows were synced when the visits were accepted; other members' come with the network.
    persist: (batch) =>
      store.commit([
        ...logWrites(batch),
        ...(batch.standing === null ? [] : [standingWrite(batch.standing)]),
      ]),
    broadcast: () => {},
    send: () => {},
    isReachable: () => false,
    candidate: async () => (options.canDecide() ? buildCandidate(ledger.state) : null),
    hasWork: () =>
      options.canDecide() && (checked.readyCount > 0 || isChangeWaiting(ledger.state.consortium)),
    check,
    decide,
    decided: (height) => ledger.bundleAt(height),
    equivocation: () => {},
    behind: () => {},
    standingChanged: options.onStanding,
    halted: options.onHalt,
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
