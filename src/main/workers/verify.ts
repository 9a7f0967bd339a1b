/** Starts a verification thread, tells how far it is, and ends it. */
import { Worker } from 'node:worker_threads'
import type { ChainId, ItemHash } from '../node/chain/ids.ts'
import type { FinalityResult } from '../node/prove-finality.ts'
import type { ItemsProofResult } from '../node/prove-items.ts'
import type { VerifyStoreOptions, VerifyStoreResult } from '../node/verify-store.ts'
import { speak, type Peer } from './calls.ts'
import { workerUrl } from './worker-url.ts'

export type VerifyCalls = {
  verify: {
    input: { storePath: string; chainId: ChainId; epochs: VerifyStoreOptions['epochs']; areRowsHeld: boolean }
    output: VerifyStoreResult
  }
  /** From the founding to the block with this number. */
  proveFinality: { input: { storePath: string; index: number }; output: FinalityResult }
  /** From the founding to the last of these items; `blockCount` is of the chain, for how far it is. */
  proveItems: {
    input: { storePath: string; items: readonly ItemHash[]; blockCount: number }
    output: ItemsProofResult
  }
  cancel: { input: null; output: void }
}
export type VerifyReports = { progress: { input: { blocks: number; total: number }; output: void } }

type OnProgress = (blocks: number, total: number) => void

/** @throws {WorkerFailure} when the store does not open or the thread ends */
export function verifyInThread(
  input: VerifyCalls['verify']['input'],
  signal: AbortSignal,
  onProgress: OnProgress,
): Promise<VerifyStoreResult> {
  return inThread((thread) => thread.call('verify', input), signal, onProgress)
}

/** @throws {WorkerFailure} when the store does not open or the thread ends */
export function proveFinalityInThread(
  input: VerifyCalls['proveFinality']['input'],
  signal: AbortSignal,
  onProgress: OnProgress,
): Promise<FinalityResult> {
  return inThread((thread) => thread.call('proveFinality', input), signal, onProgress)
}

/** @throws {WorkerFailure} when the store does not open or the thread ends */
export function proveItemsInThread(
  input: VerifyCalls['proveItems']['input'],
  signal: AbortSignal,
  onProgress: OnProgress,
): Promise<ItemsProofResult> {
  return inThread((thread) => thread.call('proveItems', input), signal, onProgress)
}

async function inThread<T>(
  work: (thread: Peer<VerifyCalls>) => Promise<T>,
  signal: AbortSignal,
  onProgress: OnProgress,
): Promise<T> {
  const worker = new Worker(workerUrl('verify'))
  const thread = speak<VerifyCalls, VerifyReports>(worker, {
    progress: ({ blocks, total }) => onProgress(blocks, total),
  })
  const cancel = (): void => void thread.call('cancel', null).catch(() => {})
  signal.addEventListener('abort', cancel, { once: true })
  try {
    return await work(thread)
  } finally {
    signal.removeEventListener('abort', cancel)
    await worker.terminate()
  }
}
