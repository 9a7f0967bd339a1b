/** Starts the thread of the analysis, tells how far it is, and ends it in order. */
import { Worker } from 'node:worker_threads'
import type { AskedCleaning, CleaningCountsAnswer } from '../analytics/study/preview-cleaning.ts'
import type { GatedQuestion } from '../analytics/study/answer-gated.ts'
import type { ReleaseProposal, ReleaseQuestion } from '../analytics/study/propose-release.ts'
import type { Traversal } from '../analytics/pathways/traverse.ts'
import type { TwinPlan } from '../analytics/fill-twin.ts'
import type { IntervalsOut } from '../analytics/study/intervals-out.ts'
import type { AskedStudy } from '../analytics/study/prepare-study.ts'
import type { Comparison } from '../analytics/comparison/compare.ts'
import type { AskedComparison } from '../analytics/run-comparison.ts'
import type { AskedPathways } from '../analytics/run-pathways.ts'
import type { StateBefore } from '../analytics/study/run-study.ts'
import type { Attrition, Snapshot, SnapshotChanges, SnapshotScope } from '../analytics/warehouse/warehouse.ts'
import type { CohortDefinition } from '../../shared/domain/cohort.ts'
import type { Bytes } from '../../shared/std/bytes.ts'
import type { ChainId } from '../node/chain/ids.ts'
import type { AnalysisKeys } from '../node/node.ts'
import { speak, type Peer } from './calls.ts'
import { workerUrl } from './worker-url.ts'

export interface StudyAnswer {
  /** The result in its canonical form. */
  readonly text: string
  readonly changes: SnapshotChanges | null
}

export type AnalysisCalls = {
  open: {
    input: {
      storePath: string
      chainId: ChainId
      threads: number
      memoryMb: number
      /** Kept facts are neither read nor written: what a recomputation finds comes from the records. */
      isFromRecords?: boolean
    }
    output: void
  }
  openTwin: { input: { threads: number; memoryMb: number }; output: void }
  /** In place of `advance`: invented people, once. The same plan again changes nothing. */
  fillTwin: { input: TwinPlan; output: { blockCount: number } }
  advance: {
    input: { blockCount: number; keys: AnalysisKeys }
    output: { blockCount: number; sealedCount: number; unreadableCount: number }
  }
  forget: { input: { roots: Bytes[] }; output: void }
  snapshot: { input: SnapshotScope; output: Snapshot }
  attrition: { input: { snapshot: Snapshot; definition: CohortDefinition }; output: Attrition }
  /**
   * `before`: the state against which changes are counted; null for none. `upTo` `weigh`: nothing is fitted. `ticket`: under which it
   * reports. `cancel`: one shared word, not 0 = stop.
   */
  study: {
    input: {
      asked: AskedStudy
      before: StateBefore | null
      upTo: 'weigh' | 'fit'
      ticket: number
      cancel: Int32Array
    }
    output: StudyAnswer
  }
  /** The rows of a study that is pinned, and its models as `fit` takes them. */
  intervals: { input: { asked: AskedStudy }; output: IntervalsOut }
  clean: { input: { asked: AskedCleaning; ticket: number; cancel: Int32Array }; output: CleaningCountsAnswer }
  /** The automatic answer, with its noise: 16,384 bytes. Exact numbers stay in the thread. */
  answerRequest: { input: GatedQuestion; output: Bytes }
  /** What would leave by rule. `cancel` as above. */
  proposeRelease: { input: { question: ReleaseQuestion; cancel: Int32Array }; output: ReleaseProposal }
  /** How many persons of each hospital have their first visit in a block after the first number, up to the second. */
  newPersons: {
    input: { scope: SnapshotScope; after: number }
    output: { persons: number; hospitals: number }
  }
  /** `ticket` and `cancel` as of a study. */
  pathways: { input: { asked: AskedPathways; ticket: number; cancel: Int32Array }; output: Traversal }
  compare: { input: { asked: AskedComparison; ticket: number; cancel: Int32Array }; output: Comparison }
  cancel: { input: null; output: void }
  close: { input: null; output: void }
}
export type AnalysisReports = {
  progress: { input: { done: number; total: number }; output: void }
  /** Persons of a study that were read, then passes of its models (`total` null). */
  studied: { input: { ticket: number; done: number; total: number | null }; output: void }
}

export interface AnalysisThread extends Peer<AnalysisCalls> {
  /** After its store is closed. */
  close(): Promise<void>
}

/** What the thread reads: the chain beside the node, or nothing but a plan. */
export type StartAnalysis =
  | { readonly kind: 'chain'; readonly storePath: string; readonly chainId: () => ChainId }
  | { readonly kind: 'twin' }

/** @throws {WorkerFailure} when the store does not open or the thread ends */
export async function startAnalysisThread(
  start: StartAnalysis,
  limits: { readonly threads: number; readonly memoryMb: number; readonly isFromRecords?: boolean },
  onProgress: (done: number, total: number) => void,
  onStudied: (report: AnalysisReports['studied']['input']) => void,
): Promise<AnalysisThread> {
  const worker = new Worker(workerUrl('analysis'))
  const thread = speak<AnalysisCalls, AnalysisReports>(worker, {
    progress: ({ done, total }) => onProgress(done, total),
    studied: onStudied,
  })
  try {
    if (start.kind === 'twin') await thread.call('openTwin', limits)
    else await thread.call('open', { storePath: start.storePath, chainId: start.chainId(), ...limits })
  } catch (error) {
    await worker.terminate()
    throw error
  }
  return {
    call: thread.call.bind(thread),
    async close() {
      await thread.call('close', null).catch(() => {})
      await worker.terminate()
    },
  }
}
