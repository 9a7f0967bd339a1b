/**
 * The visits of the outbox that were opened and found good. The check begins when a visit is accepted, so that it runs
 * while the segment before is being decided; a visit that does not pass never becomes part of a proposal.
 */
import { toHex } from '../../shared/std/bytes.ts'
import type { OpeningKeys, RecordChecker, RecordRefusal, RecordToCheck } from './check-records.ts'
import { CHECK_BATCH } from './limits.ts'
import type { Outbox, QueuedVisit } from './outbox/outbox.ts'
import { readRowsOf } from './storage/key-box-store.ts'
import type { ReadableStore } from './storage/store.ts'
import { scopeNumberOf } from './chain/key-box.ts'

export interface CheckedOutbox {
  /** Visits that may be proposed now. */
  readonly readyCount: number
  isReady(rootHex: string): boolean
  /** Visits that did not pass, with the reason: a damaged store or a bug, for people to see. */
  readonly refused: ReadonlyMap<string, RecordRefusal>
  /** Looks for visits that were not checked yet; returns at once. */
  nudge(): void
  /** A visit became final. */
  forget(rootHex: string): void
  /** Keys or authors have changed: what was refused is looked at again. */
  again(): void
  close(): Promise<void>
}

export interface CheckedOutboxOptions {
  readonly store: ReadableStore
  readonly outbox: Outbox
  readonly checker: RecordChecker
  /** Keys of the gateway scope, and the authors in effect. */
  readonly keys: () => OpeningKeys
  /** These may be proposed now. */
  readonly onReady: (visits: readonly QueuedVisit[]) => void
  /** The check itself failed: the store or the thread, not a visit. */
  readonly onFailure: (error: unknown) => void
}

export function createCheckedOutbox(options: CheckedOutboxOptions): CheckedOutbox {
  const { store, outbox, checker } = options
  const ready = new Set<string>()
  const refused = new Map<string, RecordRefusal>()
  let running: Promise<void> | null = null
  let isClosed = false

  async function run(): Promise<void> {
    while (!isClosed) {
      const visits = outbox.oldest(CHECK_BATCH, Infinity, (root) => ready.has(root) || refused.has(root))
      if (visits.length === 0) return
      const records = await toCheck(visits)
      const verdicts = await checker.check(options.keys(), records)
      for (const [i, verdict] of verdicts.entries()) {
        const rootHex = toHex(visits[i]!.merkleRoot)
        if (verdict.kind === 'opened') ready.add(rootHex)
        else refused.set(rootHex, verdict.reason)
      }
      options.onReady(visits.filter(({ merkleRoot }) => ready.has(toHex(merkleRoot))))
    }
  }

  async function toCheck(visits: readonly QueuedVisit[]): Promise<RecordToCheck[]> {
    const bodies = await outbox.bodies(visits)
    const roots = visits.map(({ merkleRoot }) => merkleRoot)
    const rows = new Map<string, Uint8Array>()
    for (const { epoch } of options.keys().epochs) {
      const found = await readRowsOf(store, roots, scopeNumberOf('gateway'), epoch)
      for (const [i, row] of found.entries()) if (row?.kind === 'ok') rows.set(toHex(roots[i]!), row.row)
    }
    return visits.map(({ merkleRoot, keyCommitment, sizeClass }, i) => ({
      merkleRoot,
      keyCommitment,
      sizeClass,
      body: bodies[i]!,
      row: rows.get(toHex(merkleRoot)) ?? null,
    }))
  }

  function nudge(): void {
    if (running !== null || isClosed) return
    running = run()
      .then(
        // What came in after the last look; never after a failure, which ends the node's deciding.
        () => void queueMicrotask(() => ready.size + refused.size < outbox.count && nudge()),
        (error: unknown) => {
          if (!isClosed) options.onFailure(error)
        },
      )
      .finally(() => (running = null))
  }

  return {
    get readyCount() {
      return ready.size
    },
    isReady: (rootHex) => ready.has(rootHex),
    refused,
    nudge,
    forget(rootHex) {
      ready.delete(rootHex)
      refused.delete(rootHex)
    },
    again() {
      refused.clear()
      nudge()
    },
    async close() {
      isClosed = true
      await running
    },
  }
}
