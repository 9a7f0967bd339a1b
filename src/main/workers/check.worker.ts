/** Opens records before a vote, beside the main thread (node/check-records.ts). */
import { parentPort } from 'node:worker_threads'
import { present } from '../../shared/std/assert.ts'
import { createBatchCache } from '../node/chain/author.ts'
import { checkRecord } from '../node/check-records.ts'
import { createNodeCrypto } from '../node/crypto-node.ts'
import { speak } from './calls.ts'
import type { CheckCalls } from './check.ts'

const crypto = createNodeCrypto()
const cache = createBatchCache()

speak<Record<string, never>, CheckCalls>(present(parentPort), {
  check: ({ keys, records }) => records.map((record) => checkRecord(crypto, keys, record, cache)),
})
