/** Writes a hospital's own records to files beside the main thread (imports/export-records.ts). */
import { parentPort } from 'node:worker_threads'
import { present } from '../../shared/std/assert.ts'
import { exportRecords } from '../imports/export-records.ts'
import type { ExportCalls, ExportNews } from '../imports/run-export.ts'
import { createNodeCrypto } from '../node/crypto-node.ts'
import { openLevelStore } from '../node/storage/level.ts'
import { speak } from './calls.ts'

const REPORT_EVERY_MS = 50
let isCancelled = false
let reportedAt = 0

const main = speak<ExportNews, ExportCalls>(present(parentPort), {
  async run(input) {
    const store = await openLevelStore(input.storePath, { mustExist: true, sharedBetweenThreads: true })
    try {
      return await exportRecords(createNodeCrypto(), store, input, {
        isCancelled: () => isCancelled,
        onProgress(done, total) {
          if (Date.now() - reportedAt < REPORT_EVERY_MS) return
          reportedAt = Date.now()
          void main.call('progress', { done, total })
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
