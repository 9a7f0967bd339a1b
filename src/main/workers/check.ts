/** The check before a vote in a thread of its own, started with the first record and ended with the node. */
import { Worker } from 'node:worker_threads'
import type { OpeningKeys, RecordChecker, RecordToCheck, RecordVerdict } from '../node/check-records.ts'
import { speak, type Peer } from './calls.ts'
import { workerUrl } from './worker-url.ts'

export type CheckCalls = {
  check: { input: { keys: OpeningKeys; records: readonly RecordToCheck[] }; output: RecordVerdict[] }
}

export function createCheckWorker(): RecordChecker {
  let started: { worker: Worker; peer: Peer<CheckCalls> } | null = null
  let pending = 0
  const peer = (): Peer<CheckCalls> => {
    if (started === null) {
      const worker = new Worker(workerUrl('check'))
      worker.unref()
      started = { worker, peer: speak<CheckCalls, Record<string, never>>(worker, {}) }
    }
    return started.peer
  }
  return {
    async check(keys, records) {
      const asked = peer().call('check', { keys, records })
      // The process may end while the thread is idle, but not while somebody waits for it.
      if (pending++ === 0) started?.worker.ref()
      try {
        return await asked
      } finally {
        if (--pending === 0) started?.worker.unref()
      }
    },
    async close() {
      await started?.worker.terminate()
    },
  }
}
