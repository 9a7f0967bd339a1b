/** One trial of an import, in the threads that an import has. Nothing of it is kept but its report. */
import { Worker } from 'node:worker_threads'
import type { SourcePatient } from '../../shared/domain/source.ts'
import { speak } from '../workers/calls.ts'
import { workerUrl } from '../workers/worker-url.ts'
import type { ImportSource, NodeCalls, ThreadCalls } from './import-calls.ts'
import type { FinishedTrial, TrialOptions } from './trial.ts'
import type { KnownPerson } from './visit-findings.ts'

export interface RunTrialOptions {
  readonly source: ImportSource
  /** Today at the facility, days since 1970-01-01. */
  readonly today: number
  readonly known: (patient: SourcePatient) => KnownPerson | null
  /** See `TrialOptions.people`. */
  readonly people: TrialOptions['people']
  readonly signal: AbortSignal
  readonly onProgress: (done: number, total: number | null) => void
}

/** @throws {WorkerFailure} */
export async function runTrial(options: RunTrialOptions): Promise<FinishedTrial> {
  const { source, today, signal } = options
  const worker = new Worker(workerUrl('import'))
  const refuse = (): never => {
    throw new Error('a trial asks nothing of the node but who is known')
  }
  const thread = speak<ThreadCalls, NodeCalls>(worker, {
    current: refuse,
    decide: refuse,
    mapped: refuse,
    consents: refuse,
    people: options.people,
    take: refuse,
    known: async (patient) => options.known(patient),
    tell: ({ progress }) => {
      if (progress !== null) options.onProgress(progress.done, progress.total)
    },
  })
  const cancel = (): void => void thread.call('cancel', null).catch(() => {})
  signal.addEventListener('abort', cancel, { once: true })
  if (signal.aborted) cancel()
  try {
    return await thread.call('tryOut', { source, today })
  } finally {
    signal.removeEventListener('abort', cancel)
    await worker.terminate()
  }
}
