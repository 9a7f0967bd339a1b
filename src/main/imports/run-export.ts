/** Writes a hospital's own records to files, in a thread of its own (workers/export.worker.ts). */
import { Worker } from 'node:worker_threads'
import type { Bytes } from '../../shared/std/bytes.ts'
import type { ChainId } from '../node/chain/ids.ts'
import type { SessionKeys } from '../node/vault/institution-keys.ts'
import { speak } from '../workers/calls.ts'
import { workerUrl } from '../workers/worker-url.ts'

export interface ExportInput {
  readonly format: 'fhir' | 'ndjson'
  /** Made when absent; files in it are replaced only when they have the name of one that is written. */
  readonly folder: string
  /** The entries of one person; everybody when it is left out. */
  readonly patientIds?: readonly string[]
  readonly storePath: string
  readonly chainId: ChainId
  /** Author key of each hospital, by member id in hex. */
  readonly authorKeys: ReadonlyMap<string, Bytes>
  /** Those that each ever had. */
  readonly authorKeysEver: ReadonlyMap<string, readonly Bytes[]>
  readonly keys: SessionKeys
  /** Which program writes the files. */
  readonly software: { readonly name: string; readonly version: string }
}

export interface ExportReport {
  readonly files: number
  readonly patients: number
  readonly visits: number
  readonly folder: string
}

export type ExportCalls = {
  run: { input: ExportInput; output: ExportReport }
  cancel: { input: null; output: void }
}
export type ExportNews = { progress: { input: { done: number; total: number }; output: void } }

/** @throws {WorkerFailure} `folder-not-writable`, `disk-full`, or what the store says */
export async function runExport(
  options: ExportInput & { signal: AbortSignal; onProgress: (done: number, total: number) => void },
): Promise<ExportReport> {
  const { signal, onProgress, ...input } = options
  const worker = new Worker(workerUrl('export'))
  const thread = speak<ExportCalls, ExportNews>(worker, {
    progress: ({ done, total }) => onProgress(done, total),
  })
  const cancel = (): void => void thread.call('cancel', null).catch(() => {})
  signal.addEventListener('abort', cancel, { once: true })
  try {
    return await thread.call('run', input)
  } finally {
    signal.removeEventListener('abort', cancel)
    await worker.terminate()
  }
}
