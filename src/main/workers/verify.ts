/** Starts a verification thread, tells how far it is, and ends it. */
import { Worker } from 'node:worker_threads'
import type { ChainId } from '../node/chain/ids.ts'
import type { VerifyStoreOptions, VerifyStoreResult } from '../node/verify-store.ts'
import { speak } from './calls.ts'
import { workerUrl } from './worker-url.ts'

export type VerifyCalls = {
  verify: {
    input: { storePath: string; chainId: ChainId; epochs: VerifyStoreOptions['epochs']; areRowsHeld: boolean }
    output: VerifyStoreResult
  }
  cancel: { input: null; output: void }
}
export type VerifyReports = { progress: { input: { blocks: number; total: number }; output: void } }

/** @throws {WorkerFailure} when the store does not open or the thread ends */
export async function verifyInThread(
  input: VerifyCalls['verify']['input'],
  signal: AbortSignal,
  onProgress: (blocks: number, total: number) => void,
): Promise<VerifyStoreResult> {
  const worker = new Worker(workerUrl('verify'))
  const thread = speak<VerifyCalls, VerifyReports>(worker, {
    progress: ({ blocks, total }) => onProgress(blocks, total),
  })
  const cancel = (): void => void thread.call('cancel', null).catch(() => {})
  signal.addEventListener('abort', cancel, { once: true })
  try {
    return await thread.call('verify', input)
  } finally {
    signal.removeEventListener('abort', cancel)
    await worker.terminate()
  }
}
