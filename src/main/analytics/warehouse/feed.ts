/**
 * Fills a warehouse from the chain: runs that are kept are loaded, blocks after them are opened under the gateway keys. A run is
 * kept, sealed, when it is full; the blocks behind the last full run are opened anew at every start. docs/spec/warehouse.md.
 */
import { fromHex, toHex, type Bytes } from '../../../shared/std/bytes.ts'
import { createBatchCache } from '../../node/chain/author.ts'
import { decodeHead } from '../../node/chain/block.ts'
import { decodeKeyRow } from '../../node/chain/key-box.ts'
import { visitOfFields } from '../../node/chain/visit-fields.ts'
import { openRecord, type OpeningKeys } from '../../node/check-records.ts'
import type { Crypto } from '../../node/crypto/crypto.ts'
import type { NodeSeal } from '../../node/access/node-seal.ts'
import { erasedKey, FACT_RUN_BLOCKS, factRunKey, keyTail, rangeOf } from '../../node/storage/buckets.ts'
import { readBlocks, readPlace, readPlaces, type StoredBlock } from '../../node/storage/chain-store.ts'
import { readRows } from '../../node/storage/key-box-store.ts'
import { del, put, type Store } from '../../node/storage/store.ts'
import { ABSENT_INT, decodeRun, encodeRun, runOf, type FactRun } from '../facts/fact-columns.ts'
import { factsOf } from '../facts/facts-of.ts'
import type { Facts } from '../facts/fact-tables.ts'
import { createStanding, type Replaced } from './standing.ts'
import type { Warehouse } from './warehouse.ts'

/** Records that are opened before the warehouse hears of them. */
const CHUNK_BLOCKS = 128

export interface FeedControl {
  isCancelled(): boolean
  /** Blocks that the warehouse holds, of those asked for. */
  onProgress(done: number, total: number): void
}

export interface Feed {
  /** Blocks that the warehouse holds. */
  readonly blockCount: number
  /** Records among them whose keys were destroyed by a decision. */
  readonly sealedCount: number
  /** Records among them that should open and do not, yet: a key is on its way, or a row is being mended. */
  readonly unreadableCount: number
  /**
   * Takes blocks up to `blockCount`, whose key-box rows must be here. Stops early at a block that the disk does not hold as
   * written: repairs fetch it, and the next call goes on.
   */
  advance(blockCount: number, opening: OpeningKeys, control: FeedControl): Promise<void>
  /**
   * After the keys of these versions were destroyed: no kept run that says anything of them stays. The warehouse itself cannot
   * forget, and is to be thrown away.
   */
  forget(roots: readonly Bytes[]): Promise<void>
}

/** `isFromRecords`: nothing that was kept is read, and nothing is kept: facts come from the records alone. */
export function createFeed(
  crypto: Crypto,
  store: Store,
  seal: NodeSeal,
  warehouse: Warehouse,
  isFromRecords = false,
): Feed {
  const standing = createStanding()
  const cache = createBatchCache()
  /** Facts of the blocks behind the last full run. */
  let tail: Facts[] = []
  let next = 0
  let sealedCount = 0
  let unreadableCount = 0
  /** The tail has a record that may open later: then its run is not kept, and made anew at the next start. */
  let hasGap = false
  let erasedAtStart: Set<number> | null = null

  async function take(run: FactRun): Promise<void> {
    await warehouse.load(run)
    const { rowCount, columns } = run.tables.visit
    const replaced: Replaced[] = []
    for (let row = 0; row < rowCount; row++) {
      const supersedes = columns['supersedes']!.values[row]!
      const one = standing.follow({
        block: columns['block']!.values[row]!,
        supersedes: supersedes === ABSENT_INT ? null : supersedes,
        hospital: run.texts[columns['hospital']!.values[row]!]!,
      })
      if (one !== null) replaced.push(one)
    }
    if (replaced.length > 0) await warehouse.replace(replaced)
    next = run.last + 1
  }

  async function loadKept(first: number): Promise<FactRun | null> {
    const key = factRunKey(first)
    const value = await store.get(key)
    const bytes = value === null ? null : seal.open(key, value)
    const run = bytes === null ? null : decodeRun(bytes)
    if (run === null) return null
    erasedAtStart ??= await erasedBlocks(store)
    const isForgotten = run.tables.visit.columns['block']!.values.some((block) => erasedAtStart!.has(block))
    if (!isForgotten) return run
    // The end came between the destruction and the run's own: it is done now, and the run made anew from what opens.
    await destroyRuns([first])
    return null
  }

  async function destroyRuns(blocks: readonly number[]): Promise<void> {
    await store.commit(blocks.map((block) => del(factRunKey(block))))
    // The bytes may still lie in files.
    await store.purge(rangeOf('x/c'))
  }

  return {
    get blockCount() {
      return next
    },
    get sealedCount() {
      return sealedCount
    },
    get unreadableCount() {
      return unreadableCount
    },
    async advance(blockCount, opening, control) {
      while (next < blockCount && !control.isCancelled()) {
        const isRunStart = next % FACT_RUN_BLOCKS === 0
        const mayBeKept = !isFromRecords && isRunStart && next + FACT_RUN_BLOCKS <= blockCount
        const kept = mayBeKept ? await loadKept(next) : null
        if (kept !== null) {
          // Whatever has no fact in a kept run was erased: another gap would have kept it from being kept.
          sealedCount += FACT_RUN_BLOCKS - kept.tables.visit.rowCount
          await take(kept)
        } else {
          const toRunEnd = FACT_RUN_BLOCKS - (next % FACT_RUN_BLOCKS)
          const count = Math.min(CHUNK_BLOCKS, toRunEnd, blockCount - next)
          const opened = await openBlocks(crypto, store, opening, cache, next, count)
          if (opened === null) return
          const first = next
          sealedCount += opened.sealedCount
          unreadableCount += opened.unreadableCount
          hasGap ||= opened.unreadableCount > 0
          tail.push(...opened.facts)
          await take(runOf(first, first + count - 1, opened.facts))
          if (next % FACT_RUN_BLOCKS === 0) {
            const key = factRunKey(next - FACT_RUN_BLOCKS)
            const run = runOf(next - FACT_RUN_BLOCKS, next - 1, tail)
            if (seal.isReady && !hasGap && !isFromRecords)
              await store.commit([put(key, seal.seal(key, encodeRun(run)))])
            tail = []
            hasGap = false
          }
        }
        control.onProgress(next, blockCount)
      }
    },
    async forget(roots) {
      const places = await readPlaces(store, roots)
      const blocks = places.flatMap((place) => (place?.index == null ? [] : [place.index]))
      // Destroyed with the keys already; a run that was being written meanwhile is not.
      if (blocks.length > 0) await destroyRuns(blocks)
    },
  }
}

interface Opened {
  readonly facts: Facts[]
  readonly sealedCount: number
  readonly unreadableCount: number
}

/** Facts of what can be opened of so many blocks; null when the disk does not hold one of them. */
async function openBlocks(
  crypto: Crypto,
  store: Store,
  opening: OpeningKeys,
  cache: ReturnType<typeof createBatchCache>,
  first: number,
  count: number,
): Promise<Opened | null> {
  const blocks = await readBlocks(store, first, count)
  const found = { facts: [] as Facts[], sealedCount: 0, unreadableCount: 0 }
  for (const [i, block] of blocks.entries()) {
    if (block.kind !== 'ok') return null
    const one = await openBlock(crypto, store, opening, cache, first + i, block.value)
    if (one === 'erased') found.sealedCount++
    else if (one === 'unreadable') found.unreadableCount++
    else found.facts.push(one)
  }
  return blocks.length === count ? found : null
}

async function openBlock(
  crypto: Crypto,
  store: Store,
  opening: OpeningKeys,
  cache: ReturnType<typeof createBatchCache>,
  index: number,
  { head: headBytes, body }: StoredBlock,
): Promise<Facts | 'erased' | 'unreadable'> {
  const head = decodeHead(headBytes)
  if (head === null) return 'unreadable'
  const rows = await readRows(store, head.merkleRoot)
  const row = rows.find((each) => each.kind === 'ok' && decodeKeyRow(each.row)?.scope === 'gateway')
  if (row?.kind !== 'ok')
    return (await store.get(erasedKey(head.merkleRoot))) === null ? 'unreadable' : 'erased'
  const opened = openRecord(crypto, opening, { ...head, body, row: row.row }, cache)
  if (opened.kind === 'refused') return 'unreadable'
  crypto.forget(opened.dataKey)
  const visit = visitOfFields(opened.fields)
  if (visit.kind === 'refused') return 'unreadable'
  const { supersedes } = visit.record.envelope
  const replaced = supersedes === undefined ? null : await readPlace(store, fromHex(supersedes))
  // A version that names one which nobody knows, or a later one, stands for itself.
  const earlier = replaced?.index != null && replaced.index < index ? replaced.index : null
  return factsOf(visit.record, { block: index, supersedes: earlier, author: toHex(opened.author.memberId) })
}

/** Blocks whose keys were destroyed by a decision. */
async function erasedBlocks(store: Store): Promise<Set<number>> {
  const roots: Bytes[] = []
  for await (const { key } of store.scan(rangeOf('y/e'))) roots.push(keyTail('y/e', key))
  const places = await readPlaces(store, roots)
  return new Set(places.flatMap((place) => (place?.index == null ? [] : [place.index])))
}
