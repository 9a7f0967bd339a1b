/**
 * The visits of the outbox that were opened and found good. The check begins when a visit is accepted, so that it runs
 * while the segment before is being decided; a visit that does not pass never becomes part of a proposal.
 */
import { toHex } from '../../shared/std/bytes.ts'
import type { SealedRecord } from './chain/record.ts'
import type {
  OpeningKeys,
  RecordChecker,
  RecordRefusal,
  RecordToCheck,
  RecordVerdict,
} from './check-records.ts'
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
  /** The own author key is another one: nothing that was found good before is good now. */
  startOver(): void
  close(): Promise<void>
}

export interface CheckedOutboxOptions {
  readonly store: ReadableStore
  readonly outbox: Outbox
  readonly checker: RecordChecker
  /** Keys of the gateway scope, and the authors in effect. */
  readonly keys: () => OpeningKeys
  /** The same records under the author key in effect; null for one that this node cannot sign. */
  readonly signAgain: (records: readonly RecordToCheck[]) => Promise<readonly (SealedRecord | null)[]>
  /** These may be proposed now. */
  readonly onReady: (visits: readonly QueuedVisit[]) => void
  /** The check itself failed: the store or the thread, not a visit. */
  readonly onFailure: (error: unknown) => void
}

export function createCheckedOutbox(options: CheckedOutboxOptions): CheckedOutbox {
  const { store, outbox, checker } = options
  const ready = new Set<string>()
  const refused = new Map<string, RecordRefusal>()
  /** Counts the starts over: a check that was under way then says nothing. */
  let start = 0
  let running: Promise<void> | null = null
  let isClosed = false

  async function run(): Promise<void> {
    while (!isClosed) {
      const visits = outbox.oldest(CHECK_BATCH, Infinity, (root) => ready.has(root) || refused.has(root))
      if (visits.length === 0) return
      const startNow = start
      const records = await toCheck(visits)
      const verdicts = await checker.check(options.keys(), records)
      if (start !== startNow) continue
      const ofOldKey = await signAnew(
        visits,
        records.filter((_, i) => isOfOldKey(verdicts[i]!)),
      )
      for (const [i, verdict] of verdicts.entries()) {
        const rootHex = toHex(visits[i]!.merkleRoot)
        if (verdict.kind === 'opened') ready.add(rootHex)
        else if (!ofOldKey.has(rootHex)) refused.set(rootHex, verdict.reason)
      }
      options.onReady(visits.filter(({ merkleRoot }) => ready.has(toHex(merkleRoot))))
    }
  }

  /** What was accepted before a change of keys and is decided after it: signed anew, or it would wait for ever. */
  async function signAnew(
    visits: readonly QueuedVisit[],
    records: readonly RecordToCheck[],
  ): Promise<Set<string>> {
    const signed = new Set<string>()
    if (records.length === 0) return signed
    const sequences = new Map(visits.map(({ merkleRoot, sequence }) => [toHex(merkleRoot), sequence]))
    const replacements = (await options.signAgain(records)).flatMap((record) => {
      if (record === null) return []
      const { merkleRoot, body, bodyHash } = record
      signed.add(toHex(merkleRoot))
      return [{ sequence: sequences.get(toHex(merkleRoot))!, body, bodyHash }]
    })
    if (replacements.length > 0) await outbox.replace(replacements)
    return signed
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
    startOver() {
      start++
      ready.clear()
      refused.clear()
      nudge()
    },
    async close() {
      isClosed = true
      await running
    },
  }
}

function isOfOldKey(verdict: RecordVerdict): boolean {
  return verdict.kind === 'refused' && verdict.reason === 'author-key'
}
