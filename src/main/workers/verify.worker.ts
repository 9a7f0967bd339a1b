/** Verifies a whole store in a thread of its own, reading it beside the node (node/verify-store.ts). */
import { parentPort } from 'node:worker_threads'
import { present } from '../../shared/std/assert.ts'
import { createNodeCrypto } from '../node/crypto-node.ts'
import { openLevelStore } from '../node/storage/level.ts'
import { verifyStore } from '../node/verify-store.ts'
import { speak } from './calls.ts'
import type { VerifyCalls, VerifyReports } from './verify.ts'

const REPORT_EVERY_MS = 50
let isCancelled = false
let reportedAt = 0

const main = speak<VerifyReports, VerifyCalls>(present(parentPort), {
  async verify({ storePath, chainId, epochs, areRowsHeld }) {
    const store = await openLevelStore(storePath, { mustExist: true, sharedBetweenThreads: true })
    try {
      return await verifyStore(createNodeCrypto(), store, {
        chainId,
        epochs,
        areRowsHeld,
        isCancelled: () => isCancelled,
        onProgress(blocks, total) {
          if (Date.now() - reportedAt < REPORT_EVERY_MS) return
          reportedAt = Date.now()
          void main.call('progress', { blocks, total })
        },
      })
    } finally {
      await store.close()
    }
  },
  cancel() {
    isCancelled = true
  },
})
