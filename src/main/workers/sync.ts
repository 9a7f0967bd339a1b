/** Starts the thread that verifies fetched ranges and writes them (node/sync/apply-range.ts). */
import { Worker } from 'node:worker_threads'
import type { Bytes } from '../../shared/std/bytes.ts'
import type { RangeThread } from '../node/follow.ts'
import type { AppliedRange } from '../node/sync/apply-range.ts'
import { speak } from './calls.ts'
import { workerUrl } from './worker-url.ts'

export type SyncCalls = {
  /** Opens the store beside the node; the chain's state is read anew with each `begin`. */
  open: { input: { storePath: string }; output: void }
  begin: { input: null; output: void }
  apply: { input: { from: number; answer: Bytes; laterBodies: readonly Bytes[] }; output: AppliedRange }
  close: { input: null; output: void }
}

/** @throws {WorkerFailure} when the store does not open or the thread ends */
export async function startSyncThread(storePath: string): Promise<RangeThread> {
  const worker = new Worker(workerUrl('sync'))
  const thread = speak<SyncCalls, Record<string, never>>(worker, {})
  await thread.call('open', { storePath })
  return {
    begin: () => thread.call('begin', null),
    apply(from, answer, laterBodies) {
      // Copies of their own: what came over the network may share its memory with other frames.
      const own = [answer, ...laterBodies].map((bytes) => bytes.slice())
      return thread.call(
        'apply',
        { from, answer: own[0]!, laterBodies: own.slice(1) },
        own.map(({ buffer }) => buffer),
      )
    },
    async close() {
      try {
        await thread.call('close', null)
      } finally {
        await worker.terminate()
      }
    },
  }
}
