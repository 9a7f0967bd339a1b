import { Worker } from 'node:worker_threads'
import { StatsFailure, type StatsFailureDetail } from '../stats/failure.ts'
import type { CsvColumns } from '../stats/model/csv-columns.ts'
import type { FitResult } from '../stats/model/fit-model.ts'
import type { ModelSpec } from '../stats/model/model-spec.ts'
import { workerUrl } from './worker-url.ts'

export interface FitJob {
  table: { kind: 'csv'; bytes: Uint8Array } | { kind: 'columns'; columns: CsvColumns }
  model: ModelSpec
  threads: number
  /** One shared word: not 0 = stop at the next pass. */
  cancel: Int32Array
}

export type FitMessage =
  | { kind: 'progress'; pass: number }
  | { kind: 'result'; result: FitResult }
  | { kind: 'refused'; detail: StatsFailureDetail }

export interface FitThreadOptions {
  /** Threads that share the work of a Cox model; the result does not depend on it. */
  threads?: number
  /** Number of the pass that has just ended. */
  onProgress?: (pass: number) => void
  signal?: AbortSignal
}

/** After a cancel a thread that does not come to the end of a pass is stopped by force. */
const CANCEL_GRACE_MS = 150

/**
 * Fits a model on another thread, so that the caller's thread stays free.
 *
 * @throws {StatsFailure} what the data or the model are refused for; `cancelled` after the signal
 */
export function fitInThread(
  table: FitJob['table'],
  model: ModelSpec,
  options: FitThreadOptions = {},
): Promise<FitResult> {
  const cancel = new Int32Array(new SharedArrayBuffer(4))
  const job: FitJob = { table, model, threads: Math.max(1, options.threads ?? 1), cancel }
  return new Promise<FitResult>((resolve, reject) => {
    if (options.signal?.aborted) {
      reject(new StatsFailure({ code: 'cancelled' }))
      return
    }
    const worker = new Worker(workerUrl('fit'), { workerData: { role: 'fit', job } })
    let isSettled = false
    let grace: NodeJS.Timeout | null = null
    const settle = (act: () => void): void => {
      if (isSettled) return
      isSettled = true
      if (grace) clearTimeout(grace)
      options.signal?.removeEventListener('abort', onAbort)
      act()
      void worker.terminate()
    }
    const onAbort = (): void => {
      Atomics.store(cancel, 0, 1)
      grace = setTimeout(() => settle(() => reject(new StatsFailure({ code: 'cancelled' }))), CANCEL_GRACE_MS)
    }
    options.signal?.addEventListener('abort', onAbort)
    worker.on('message', (message: FitMessage) => {
      switch (message.kind) {
        case 'progress':
          options.onProgress?.(message.pass)
          return
        case 'result':
          settle(() => resolve(message.result))
          return
        case 'refused':
          settle(() => reject(new StatsFailure(message.detail)))
          return
      }
    })
    worker.on('error', (error) => settle(() => reject(error)))
    worker.on('exit', (code) => settle(() => reject(new Error(`the fitting thread ended with code ${code}`))))
  })
}
