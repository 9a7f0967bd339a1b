/** Walks over a whole store in a thread of its own, reading it beside the node: to verify it, or to prove a block or items final. */
import { parentPort } from 'node:worker_threads'
import { present } from '../../shared/std/assert.ts'
import { createNodeCrypto } from '../node/crypto-node.ts'
import { proveFinality } from '../node/prove-finality.ts'
import { proveItems } from '../node/prove-items.ts'
import { openLevelStore } from '../node/storage/level.ts'
import type { ReadableStore } from '../node/storage/store.ts'
import { verifyStore } from '../node/verify-store.ts'
import { speak } from './calls.ts'
import type { VerifyCalls, VerifyReports } from './verify.ts'

const REPORT_EVERY_MS = 50
let isCancelled = false
let reportedAt = 0

const control = {
  isCancelled: () => isCancelled,
  onProgress(blocks: number, total: number) {
    if (Date.now() - reportedAt < REPORT_EVERY_MS) return
    reportedAt = Date.now()
    void main.call('progress', { blocks, total })
  },
}

async function withStore<T>(path: string, work: (store: ReadableStore) => Promise<T>): Promise<T> {
  const store = await openLevelStore(path, { mustExist: true, sharedBetweenThreads: true })
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

const main = speak<VerifyReports, VerifyCalls>(present(parentPort), {
  verify: ({ storePath, chainId, epochs, areRowsHeld }) =>
    withStore(storePath, (store) =>
      verifyStore(createNodeCrypto(), store, { chainId, epochs, areRowsHeld, ...control }),
    ),
  proveFinality: ({ storePath, index }) =>
    withStore(storePath, (store) => proveFinality(createNodeCrypto(), store, index, control)),
  proveItems: ({ storePath, items, blockCount }) =>
    withStore(storePath, (store) => proveItems(createNodeCrypto(), store, items, { ...control, blockCount })),
  cancel() {
    isCancelled = true
  },
})
