/** Verifies fetched ranges in a thread of its own (N8) and writes them to the store that it shares with the node. */
import { parentPort } from 'node:worker_threads'
import { present } from '../../shared/std/assert.ts'
import { chainStateOfGenesis, decodeChainState } from '../node/chain/chain-state.ts'
import { verifyGenesis } from '../node/chain/genesis.ts'
import { createNodeCrypto } from '../node/crypto-node.ts'
import { loadChainMeta } from '../node/storage/chain-store.ts'
import { openLevelStore } from '../node/storage/level.ts'
import { StorageFailure, type Store } from '../node/storage/store.ts'
import { createRangeApplier, type RangeApplier } from '../node/sync/apply-range.ts'
import { speak } from './calls.ts'
import type { SyncCalls } from './sync.ts'

const crypto = createNodeCrypto()
let path = ''
let store: Store | null = null
let applier: RangeApplier | null = null

speak<Record<string, never>, SyncCalls>(present(parentPort), {
  async open({ storePath }) {
    path = storePath
    store = await openLevelStore(storePath, { mustExist: true, sharedBetweenThreads: true })
  },
  async begin() {
    const opened = present(store, 'the store is opened first')
    const meta = await loadChainMeta(opened, path)
    const genesis = verifyGenesis(crypto, meta.genesis)
    if (genesis.kind !== 'valid')
      throw new StorageFailure({ code: 'corrupt', path, bucket: 'm', key: 'genesis' })
    if (meta.state.kind === 'missing') {
      applier = createRangeApplier(
        crypto,
        opened,
        chainStateOfGenesis(crypto, genesis.chainId, genesis.genesis),
      )
      return
    }
    const state = meta.state.kind === 'ok' ? decodeChainState(crypto, meta.state.value) : null
    // The node mends a damaged state before it begins.
    if (state === null) throw new StorageFailure({ code: 'corrupt', path, bucket: 'm', key: 'state' })
    applier = createRangeApplier(crypto, opened, state)
  },
  apply: ({ from, answer, laterBodies }) =>
    present(applier, 'begin comes first').apply(from, answer, laterBodies),
  async close() {
    await store?.close()
  },
})
