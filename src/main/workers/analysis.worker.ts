/** The warehouse in a thread of its own: it reads the chain beside the node, keeps runs of facts, and answers questions. */
import { parentPort } from 'node:worker_threads'
import { present } from '../../shared/std/assert.ts'
import { runComparison } from '../analytics/run-comparison.ts'
import type { RunControl } from '../analytics/members-of.ts'
import { runPathways } from '../analytics/run-pathways.ts'
import { fillTwin } from '../analytics/fill-twin.ts'
import { createFeed, type Feed } from '../analytics/warehouse/feed.ts'
import { answerGated } from '../analytics/study/answer-gated.ts'
import { previewCleaning } from '../analytics/study/preview-cleaning.ts'
import { intervalsOut } from '../analytics/study/intervals-out.ts'
import type { StudyMemory } from '../analytics/study/prepare-study.ts'
import { proposeRelease } from '../analytics/study/propose-release.ts'
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
let open: {
  warehouse: Warehouse
  /** Null for a twin. */
  chain: { store: Store; feed: Feed; chainId: ChainId } | null
} | null = null
let limits = { threads: 1, memoryMb: 512 }
/** What a twin is fitted in, while it is filled. */
let pool: Warehouse | null = null
/** Blocks of the twin; null until it is filled. */
let twinBlocks: number | null = null
let linkage: readonly EpochKey[] = []
/** The last table of a study: models on the same people begin with it. It ends with the thread. */
const memory: StudyMemory = { last: null }

const opened = (): NonNullable<typeof open> => present(open, 'the analysis is open')
const ofChain = () => present(opened().chain, 'the analysis reads a chain')

/** Filling is one thing at a time; questions go on beside it. */
let filling: Promise<unknown> = Promise.resolve()
const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
  const done = filling.then(work, work)
  filling = done.catch(() => {})
  return done
}

const controlOf = (ticket: number, cancel: Int32Array): RunControl => ({
  isCancelled: () => isClosed || Atomics.load(cancel, 0) !== 0,
  onPersons: (done, total) => void main.call('studied', { ticket, done, total }),
})

const say = (done: number, total: number): void => {
  if (Date.now() - reportedAt < REPORT_EVERY_MS) return
  reportedAt = Date.now()
  void main.call('progress', { done, total })
}

const main = speak<AnalysisReports, AnalysisCalls>(present(parentPort), {
  async open({ storePath, chainId, threads, memoryMb, isFromRecords = false }) {
    const crypto = createNodeCrypto()
    const store = await openLevelStore(storePath, { mustExist: true, sharedBetweenThreads: true })
    const warehouse = await openWarehouse({ threads, memoryMb })
    const seal = createNodeSeal(crypto, createNodeRandom(), chainId, () => linkage)
    const feed = createFeed(crypto, store, seal, warehouse, isFromRecords)
    open = { warehouse, chain: { store, chainId, feed } }
  },
  async openTwin(given) {
    limits = given
    open = { warehouse: await openWarehouse(given), chain: null }
  },
  fillTwin: (plan) =>
    inTurn(async () => {
      if (twinBlocks === null) {
        pool = await openWarehouse(limits)
        try {
          // The thread was told to end while the pool was being opened.
          if (isClosed) await pool.close()
          twinBlocks = await fillTwin(plan, opened().warehouse, pool, say)
        } finally {
          await pool.close()
        }
      }
      return { blockCount: twinBlocks }
    }),
  advance: ({ blockCount, keys }) =>
    inTurn(async () => {
      const { feed, chainId } = ofChain()
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
          onProgress: say,
        },
      )
      const { blockCount: held, sealedCount, unreadableCount } = feed
      return { blockCount: held, sealedCount, unreadableCount }
    }),
  forget: ({ roots }) =>
    inTurn(() => {
      memory.last = null
      return ofChain().feed.forget(roots)
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
    const { text, snapshot } = ran
    return { text, changes: before === null ? null : await changesSince(warehouse, before, snapshot) }
  },
  answerRequest: (question) => answerGated(createNodeCrypto(), opened().warehouse, question, () => isClosed),
  proposeRelease({ question, cancel }) {
    const isCancelled = (): boolean => isClosed || Atomics.load(cancel, 0) !== 0
    const hooks = { ...singleThreadHooks(), onProgress: () => !isCancelled() }
    return proposeRelease(opened().warehouse, question, { hooks, isCancelled })
  },
  newPersons: ({ scope, after }) => opened().warehouse.newPersons(scope, after),
  intervals: ({ asked }) =>
    intervalsOut(opened().warehouse, asked, { hooks: {}, isCancelled: () => isClosed, memory }),
  clean: ({ asked, ticket, cancel }) => previewCleaning(opened().warehouse, asked, controlOf(ticket, cancel)),
  pathways: ({ asked, ticket, cancel }) => runPathways(opened().warehouse, asked, controlOf(ticket, cancel)),
  compare: ({ asked, ticket, cancel }) => runComparison(opened().warehouse, asked, controlOf(ticket, cancel)),
  cancel() {
    isCancelled = true
  },
  async close() {
    isClosed = true
    try {
      // What fills them is refused from here on, and so ends.
      await Promise.all([open?.warehouse.close(), pool?.close()])
      await filling
    } finally {
      await open?.chain?.store.close()
      open = null
    }
  },
})
