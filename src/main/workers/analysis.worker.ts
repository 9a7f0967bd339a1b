/** The warehouse in a thread of its own: it reads the chain beside the node, keeps runs of facts, and answers questions. */
import { parentPort } from 'node:worker_threads'
import { present } from '../../shared/std/assert.ts'
import { createFeed, type Feed } from '../analytics/warehouse/feed.ts'
import { previewCleaning } from '../analytics/study/preview-cleaning.ts'
import { intervalsOut } from '../analytics/study/intervals-out.ts'
import type { StudyMemory } from '../analytics/study/prepare-study.ts'
import { changesSince, runStudy, weighStudy } from '../analytics/study/run-study.ts'
import { openWarehouse, type Warehouse } from '../analytics/warehouse/warehouse.ts'
import { createNodeSeal } from '../node/access/node-seal.ts'
import type { ChainId } from '../node/chain/ids.ts'
import { createNodeCrypto, createNodeRandom } from '../node/crypto-node.ts'
import { openLevelStore } from '../node/storage/level.ts'
import type { Store } from '../node/storage/store.ts'
import type { EpochKey } from '../node/vault/institution-keys.ts'
import type { AnalysisCalls, AnalysisReports } from './analysis.ts'
import { speak } from './calls.ts'
import { singleThreadHooks } from './cox-team.ts'

const REPORT_EVERY_MS = 100
let isCancelled = false
let isClosed = false
let reportedAt = 0
let open: { store: Store; warehouse: Warehouse; feed: Feed; chainId: ChainId } | null = null
let linkage: readonly EpochKey[] = []
/** The last table of a study: models on the same people begin with it. It ends with the thread. */
const memory: StudyMemory = { last: null }

const opened = (): NonNullable<typeof open> => present(open, 'the analysis is open')

/** Filling is one thing at a time; questions go on beside it. */
let filling: Promise<unknown> = Promise.resolve()
const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
  const done = filling.then(work, work)
  filling = done.catch(() => {})
  return done
}

const main = speak<AnalysisReports, AnalysisCalls>(present(parentPort), {
  async open({ storePath, chainId, threads, memoryMb }) {
    const crypto = createNodeCrypto()
    const store = await openLevelStore(storePath, { mustExist: true, sharedBetweenThreads: true })
    const warehouse = await openWarehouse({ threads, memoryMb })
    const seal = createNodeSeal(crypto, createNodeRandom(), chainId, () => linkage)
    open = { store, warehouse, chainId, feed: createFeed(crypto, store, seal, warehouse) }
  },
  advance: ({ blockCount, keys }) =>
    inTurn(async () => {
      const { feed, chainId } = opened()
      isCancelled = false
      linkage = keys.linkage
      await feed.advance(
        blockCount,
        {
          chainId,
          scope: 'gateway',
          epochs: keys.gateway,
          authorKeys: keys.authorKeys,
          authorKeysEver: keys.authorKeysEver,
        },
        {
          isCancelled: () => isCancelled || isClosed,
          onProgress(done, total) {
            if (Date.now() - reportedAt < REPORT_EVERY_MS) return
            reportedAt = Date.now()
            void main.call('progress', { done, total })
          },
        },
      )
      const { blockCount: held, sealedCount, unreadableCount } = feed
      return { blockCount: held, sealedCount, unreadableCount }
    }),
  forget: ({ roots }) =>
    inTurn(() => {
      memory.last = null
      return opened().feed.forget(roots)
    }),
  snapshot: (scope) => opened().warehouse.snapshot(scope),
  attrition: ({ snapshot, definition }) => opened().warehouse.attrition(snapshot, definition),
  async study({ asked, before, upTo, ticket, cancel }) {
    const { warehouse } = opened()
    // A fit hears no message before it ends: it looks at the shared word after each pass.
    const isCancelled = (): boolean => isClosed || Atomics.load(cancel, 0) !== 0
    let passes = 0
    const say = (done: number, total: number | null): void =>
      void main.call('studied', { ticket, done, total })
    const hooks = {
      ...singleThreadHooks(),
      onProgress() {
        say(++passes, null)
        return !isCancelled()
      },
    }
    const control = { hooks, isCancelled, memory, onPersons: say }
    const ran = await (upTo === 'weigh' ? weighStudy : runStudy)(warehouse, asked, control)
    if (ran.kind === 'too-many-rows') return ran
    const { kind, text, snapshot } = ran
    return { kind, text, changes: before === null ? null : await changesSince(warehouse, before, snapshot) }
  },
  intervals: ({ asked }) =>
    intervalsOut(opened().warehouse, asked, { hooks: {}, isCancelled: () => isClosed, memory }),
  clean: ({ scope, cohort, pipeline }) =>
    previewCleaning(opened().warehouse, scope, cohort, pipeline, { isCancelled: () => isClosed }),
  cancel() {
    isCancelled = true
  },
  async close() {
    isClosed = true
    await filling
    open?.warehouse.close()
    await open?.store.close()
    open = null
  },
})
