/** One import from beginning to end: a thread that reads and seals, this node's desk, and the report. */
import { Worker } from 'node:worker_threads'
import type { ImportReject, ImportReport } from '../../shared/contract/imports.ts'
import type { Crypto } from '../node/crypto/crypto.ts'
import type { ChainNode } from '../node/node.ts'
import { newestEpoch } from '../node/vault/institution-keys.ts'
import type { PersonSession } from '../profile/keyring.ts'
import { speak } from '../workers/calls.ts'
import { workerUrl } from '../workers/worker-url.ts'
import type { ImportSource, NodeCalls, ThreadCalls } from './import-calls.ts'
import { createIntakeDesk } from './intake-desk.ts'

/** Rejects that are kept for the file of rejects; beyond it they are only counted. */
const REJECTS_KEPT_MAX = 1_000_000
const REJECTS_IN_REPORT = 100

export interface RunImportOptions {
  readonly source: ImportSource
  readonly node: ChainNode
  readonly session: PersonSession
  readonly crypto: Crypto
  readonly now: () => number
  /** Member id, hex. */
  readonly facility: string
  /** RFC 3339, for the records' `recordedAt`. */
  readonly recordedAt: string
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>
  readonly signal: AbortSignal
  readonly onProgress: (done: number, total: number | null) => void
}

export interface FinishedImport {
  readonly report: ImportReport
  readonly rejects: readonly ImportReject[]
}

/**
 * Takes a source in. Every visit that it counts is durable when it resolves; a crash before leaves those whose batch was
 * written, and importing again goes on from there.
 * @throws {NodeFailure | StorageFailure | WorkerFailure}
 */
export async function runImport(options: RunImportOptions): Promise<FinishedImport> {
  const { node, session, crypto, signal } = options
  const names = await session.names
  const desk = createIntakeDesk({
    node,
    keys: session.keys,
    names,
    crypto,
    now: options.now,
    signal,
    inTurn: options.inTurn,
  })
  const rejects: ImportReject[] = []
  const warnings = new Map<string, number>()
  let rejectedCount = 0
  let files = 0
  let observations = 0

  const worker = new Worker(workerUrl('import'))
  const thread = speak<ThreadCalls, NodeCalls>(worker, {
    decide: ({ questions, patients }) => desk.decide(questions, patients),
    take: ({ visits, patients, dropped }) => desk.take(visits, patients, dropped),
    tell(news) {
      rejectedCount += news.rejects.length
      for (const reject of news.rejects) if (rejects.length < REJECTS_KEPT_MAX) rejects.push(reject)
      for (const [reason, count] of Object.entries(news.warnings))
        warnings.set(reason, (warnings.get(reason) ?? 0) + count)
      files += news.files
      observations += news.observations
      if (news.progress !== null) options.onProgress(news.progress.done, news.progress.total)
    },
  })
  const cancel = (): void => void thread.call('cancel', null).catch(() => {})
  signal.addEventListener('abort', cancel, { once: true })
  if (signal.aborted) cancel()
  try {
    await thread.call('run', {
      source: options.source,
      options: {
        keys: node.sealingKeys(newestEpoch(session.keys.custodianEpochs)),
        facility: options.facility,
        recorder: { userKeyId: session.keys.person.userKeyId, role: 'importer' },
        recordedAt: options.recordedAt,
      },
    })
  } finally {
    signal.removeEventListener('abort', cancel)
    await worker.terminate()
  }
  const report: ImportReport = {
    files,
    ...desk.counts,
    observations,
    rejected: rejects.slice(0, REJECTS_IN_REPORT),
    rejectedCount,
    warnings: [...warnings].map(([reason, count]) => ({ reason, count })),
    isCancelled: signal.aborted,
  }
  return { report, rejects }
}
