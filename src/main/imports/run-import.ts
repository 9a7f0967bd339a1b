/**
 * One import from beginning to end: a thread that reads and seals, this node's desk, its place in the list of imports, and
 * the report.
 */
import { Worker } from 'node:worker_threads'
import type { ImportReject, ImportReport } from '../../shared/contract/imports.ts'
import { fromHex, toHex, type Bytes } from '../../shared/std/bytes.ts'
import { Failure } from '../../shared/std/failure.ts'
import { accumulatorRoot, append, EMPTY_ACCUMULATOR } from '../node/chain/accumulator.ts'
import type { ChainId } from '../node/chain/ids.ts'
import type { Crypto } from '../node/crypto/crypto.ts'
import type { ChainNode } from '../node/node.ts'
import { newestEpoch } from '../node/vault/institution-keys.ts'
import type { PatientSession } from '../profile/keyring.ts'
import { speak } from '../workers/calls.ts'
import { workerUrl } from '../workers/worker-url.ts'
import {
  chunkWrite,
  headWrite,
  manifestWrite,
  REJECT_PAGES_MAX,
  REJECTS_PER_PAGE,
  rejectWrites,
  UNUSUAL_PAGES_FROM,
  UNUSUAL_PAGES_MAX,
  versionsRootOf,
  type Batch,
  type BatchHead,
} from './batches.ts'
import type { NodeCalls, ThreadCalls } from './import-calls.ts'
import type { IntakePorts, SourceFile } from './intake.ts'
import { createIntakeDesk } from './intake-desk.ts'
import { createPersonDesk } from './person-desk.ts'
import { FILES_MAX, makeManifest } from './manifest.ts'

/** Rejects that are kept for the file of rejects; beyond it they are only counted. */
const REJECTS_KEPT_MAX = REJECTS_PER_PAGE * REJECT_PAGES_MAX
const UNUSUAL_KEPT_MAX = REJECTS_PER_PAGE * UNUSUAL_PAGES_MAX
const REJECTS_IN_REPORT = 100

export interface RunImportOptions {
  /** A new one, or one that was interrupted and goes on. */
  readonly batch: Batch
  /** Who signs the manifest. */
  readonly institution: { readonly name: string; readonly authorSecret: Bytes; readonly chainId: ChainId }
  readonly node: ChainNode
  readonly session: PatientSession
  readonly crypto: Crypto
  readonly now: () => number
  /** Member id, hex. */
  readonly facility: string
  /** RFC 3339, for the records' `recordedAt`. */
  readonly recordedAt: string
  /** Today at the facility, days since 1970-01-01. */
  readonly today: number
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>
  /** See `IntakePorts.mapped`. */
  readonly mapped: IntakePorts['mapped']
  readonly signal: AbortSignal
  readonly onProgress: (done: number, total: number | null) => void
}

export interface FinishedImport {
  readonly batchId: string
  readonly report: ImportReport
  readonly rejects: readonly ImportReject[]
  /** Taken, with a place, although a rule calls it unusual. */
  readonly unusual: readonly ImportReject[]
}

/**
 * Takes a source in. Every visit that it counts is durable when it resolves; a crash before leaves those whose batch was
 * written, and importing again goes on from there.
 * @throws {NodeFailure | StorageFailure | WorkerFailure}
 */
export async function runImport(options: RunImportOptions): Promise<FinishedImport> {
  const { node, session, crypto, signal, batch } = options
  const { batchId, ...head } = batch
  const key = session.keys.patientIndex
  const names = await session.names
  const before = await versionsRootOf(crypto, node.store, batchId)
  const desk = createIntakeDesk({
    node,
    keys: session.keys,
    names,
    crypto,
    now: options.now,
    signal,
    inTurn: options.inTurn,
    chunkWrite: (first, count) => chunkWrite(batchId, first, count),
  })
  const rejects: ImportReject[] = []
  const unusual: ImportReject[] = []
  const warnings = new Map<string, number>()
  const files: SourceFile[] = []
  let filesSeen = EMPTY_ACCUMULATOR
  let fileCount = 0
  let rejectedCount = 0
  let unusualCount = 0
  let observations = 0

  const save = async (outcome: BatchHead['outcome']): Promise<void> => {
    const { root, count } = await versionsRootOf(crypto, node.store, batchId)
    const endedAt = options.now()
    const ended: BatchHead = {
      ...head,
      endedAt,
      outcome,
      files,
      fileCount,
      patients: desk.counts.patients,
      visits: count,
      // What an earlier run of this batch brought is no duplicate of it.
      duplicates: Math.max(0, desk.counts.duplicates - before.count),
      observations,
      rejectedCount,
      rejectPages: pagesOf(rejects),
      warnings: [...warnings].map(([reason, times]) => ({ reason, count: times })),
      unusualCount,
      unusualPages: pagesOf(unusual),
      versionsRoot: root,
      undo: null,
    }
    const { name, authorSecret, chainId } = options.institution
    const manifest = makeManifest(
      crypto,
      {
        chainId,
        memberId: options.facility,
        institution: name,
        authorKey: crypto.ed25519PublicKey(authorSecret),
        batchId,
        startedAt: head.startedAt,
        endedAt,
        person: head.by,
        files,
        fileCount,
        filesRoot: toHex(accumulatorRoot(crypto, filesSeen)),
        patients: ended.patients,
        visits: count,
        duplicates: ended.duplicates,
        rejectedCount,
        versionsRoot: root,
      },
      authorSecret,
    )
    await node.write([
      ...rejectWrites(key, batchId, rejects, 0),
      ...rejectWrites(key, batchId, unusual, UNUSUAL_PAGES_FROM),
      manifestWrite(key, batchId, manifest),
      headWrite(key, batchId, ended),
    ])
  }

  // Before the first visit: a crash must leave its name in the list.
  await node.write([headWrite(key, batchId, { ...head, endedAt: null, outcome: null, undo: null })])
  const worker = new Worker(workerUrl('import'))
  const thread = speak<ThreadCalls, NodeCalls>(worker, {
    current: ({ questions, patients }) => desk.current(questions, patients),
    known: () => Promise.reject(new Error('an import is decided, not tried')),
    decide: ({ questions, patients }) => desk.decide(questions, patients),
    mapped: options.mapped,
    consents: ({ places, patients }) => desk.consents(places, patients),
    people: createPersonDesk({ node, keys: session.keys, names, now: options.now, inTurn: options.inTurn }),
    take: ({ visits, patients, dropped }) => desk.take(visits, patients, dropped),
    tell(news) {
      rejectedCount += news.rejects.length
      for (const reject of news.rejects) if (rejects.length < REJECTS_KEPT_MAX) rejects.push(reject)
      unusualCount += news.unusual.length
      for (const each of news.unusual) if (unusual.length < UNUSUAL_KEPT_MAX) unusual.push(each)
      for (const [reason, count] of Object.entries(news.warnings))
        warnings.set(reason, (warnings.get(reason) ?? 0) + count)
      fileCount += news.files.length
      for (const file of news.files) {
        if (file === null) continue
        filesSeen = append(crypto, filesSeen, [fromHex(file.hash)])
        if (files.length < FILES_MAX) files.push(file)
      }
      observations += news.observations
      if (news.progress !== null) options.onProgress(news.progress.done, news.progress.total)
    },
  })
  const addLines = async (list: ImportReject[]): Promise<void> => {
    const { source } = batch
    if (source.kind !== 'files' || list.length === 0) return
    const questions = list.map(({ file, path }) => ({ file, path }))
    const lines = await thread.call('lines', { questions, mapping: source.mapping ?? null })
    for (const [i, line] of lines.entries()) if (line !== null) list[i] = { ...list[i]!, line }
  }
  const cancel = (): void => void thread.call('cancel', null).catch(() => {})
  signal.addEventListener('abort', cancel, { once: true })
  if (signal.aborted) cancel()
  try {
    await thread.call('run', {
      source: batch.source,
      options: {
        keys: node.sealingKeys(newestEpoch(session.keys.custodianEpochs)),
        facility: options.facility,
        recorder: { userKeyId: session.keys.person.userKeyId, role: 'importer' },
        recordedAt: options.recordedAt,
        today: options.today,
        goesOn: before.count > 0,
      },
    })
    await addLines(rejects)
    await addLines(unusual)
  } catch (error) {
    // What came in stays listed as what it is; where even that cannot be written, the list says "interrupted".
    if (error instanceof Failure) await save(signal.aborted ? 'cancelled' : 'failed').catch(onlyFailures)
    throw error
  } finally {
    signal.removeEventListener('abort', cancel)
    await worker.terminate()
  }
  await save(signal.aborted ? 'cancelled' : 'done')
  const report: ImportReport = {
    batchId,
    files: fileCount,
    ...desk.counts,
    observations,
    rejected: rejects.slice(0, REJECTS_IN_REPORT),
    rejectedCount,
    warnings: [...warnings].map(([reason, count]) => ({ reason, count })),
    unusual: unusual.slice(0, REJECTS_IN_REPORT),
    unusualCount,
    isCancelled: signal.aborted,
  }
  return { batchId, report, rejects, unusual }
}

const pagesOf = (list: readonly ImportReject[]): number => Math.ceil(list.length / REJECTS_PER_PAGE)

function onlyFailures(error: unknown): void {
  if (!(error instanceof Failure)) throw error
}
