import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { fromHex, toHex } from '../../shared/std/bytes.ts'
import type { MemberId } from './chain/ids.ts'
import { createBatchCache } from './chain/author.ts'
import { checkRecord, type RecordChecker } from './check-records.ts'
import { createNodeCrypto, createNodeRandom } from './crypto-node.ts'
import { foundAlone } from './founding.ts'
import { NODE_LIMITS } from './limits.ts'
import { startNode, type ChainNode, type NodeOptions } from './node.ts'
import { sampleFields } from './node.test-kit.ts'
import { sealVisits } from './seal-visits.ts'
import { prepareChainStore } from './storage/chain-store.ts'
import { openLevelStore } from './storage/level.ts'
import { createMemoryStore, type MemoryStore } from './storage/memory.ts'
import type { Store } from './storage/store.ts'
import { newestEpoch } from './vault/institution-keys.ts'
import { verifyStore } from './verify-store.ts'

const crypto = createNodeCrypto()
const random = createNodeRandom()
const founded = foundAlone(crypto, random, Date.now(), {
  institutionName: 'North',
  personName: 'Lin',
  roles: ['clerk'],
})
const memberId = fromHex(founded.memberId) as Uint8Array as MemberId

const folders: string[] = []
const nodes: ChainNode[] = []
afterEach(async () => {
  for (const node of nodes.splice(0)) await node.close()
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

function inProcessChecker(): RecordChecker {
  const cache = createBatchCache()
  return {
    check: async (keys, records) => records.map((record) => checkRecord(crypto, keys, record, cache)),
    close: async () => {},
  }
}
async function preparedStore(): Promise<MemoryStore> {
  const store = createMemoryStore()
  await prepareChainStore(store, founded.genesisBytes, random(16))
  return store
}
async function start(store: Store, over: Partial<NodeOptions> = {}): Promise<ChainNode> {
  const node = await startNode({
    store,
    storePath: 'memory',
    keys: founded.keys.node,
    saveKeys: async () => true,
    memberId,
    crypto,
    checker: inProcessChecker(),
    limits: NODE_LIMITS,
    now: Date.now,
    freeBytes: async () => null,
    random,
    openNetwork: null,
    openRangeThread: () => Promise.reject(new Error('nobody to catch up with')),
    ...over,
  })
  nodes.push(node)
  return node
}
function seal(count: number, from = 0) {
  return sealVisits(
    crypto,
    random,
    {
      chainId: nodes.at(-1)!.ledger.chainId,
      memberId,
      author: founded.keys.node.author,
      custodian: newestEpoch(founded.keys.session.custodianEpochs),
      gateway: newestEpoch(founded.keys.node.gatewayEpochs),
    },
    Array.from({ length: count }, (_, i) => sampleFields(from + i, founded.memberId)),
  ).map((sealed) => {
    if (sealed.kind === 'refused') throw new Error(sealed.reason)
    return sealed.visit
  })
}
const verify = (node: ChainNode) =>
  verifyStore(crypto, node.store, {
    chainId: node.ledger.chainId,
    epochs: { gateway: founded.keys.node.gatewayEpochs, custodian: founded.keys.session.custodianEpochs },
    isCancelled: () => false,
    onProgress: () => {},
  })

describe('a node alone', () => {
  it('makes accepted visits final, in order, and the whole verifies', async () => {
    const node = await start(await preparedStore())
    const finals: number[] = []
    node.onFinal(({ own }) => finals.push(...own.map(({ index }) => index)))
    const visits = seal(5)
    await node.submit(visits, node.reserve(5), [])
    expect(await node.drain(10_000)).toBe(true)
    expect(finals).toEqual([0, 1, 2, 3, 4])
    expect(node.status).toMatchObject({
      state: 'running',
      blockCount: 5,
      queuedCount: 0,
      voterCount: 1,
      quorum: 1,
    })
    expect(await verify(node)).toEqual({
      kind: 'ok',
      blocks: 5,
      segments: node.status.height,
      erased: 0,
      tip: toHex(node.ledger.state.tip),
    })
  })

  it('goes on after a restart with what was accepted and not decided', async () => {
    const store = await preparedStore()
    const first = await start(store, {
      checker: { check: () => new Promise(() => {}), close: async () => {} },
    })
    await first.submit(seal(3), first.reserve(3), [])
    expect(first.status).toMatchObject({ queuedCount: 3, blockCount: 0 })
    // A power cut: what was not synced is lost; the outbox was.
    const second = await start(store.afterPowerCut())
    expect(await second.drain(10_000)).toBe(true)
    expect(second.status).toMatchObject({ queuedCount: 0, blockCount: 3 })
    expect((await verify(second)).kind).toBe('ok')
    nodes.splice(nodes.indexOf(first), 1)
  })

  it("has an import wait for room and takes a clerk's visit all the same", async () => {
    let open = (): void => {}
    const opened = new Promise<void>((resolve) => (open = resolve))
    const checker = inProcessChecker()
    const node = await start(await preparedStore(), {
      limits: { ...NODE_LIMITS, outboxVisitsMax: 2 },
      checker: {
        ...checker,
        check: async (keys, records) => {
          await opened
          return checker.check(keys, records)
        },
      },
    })
    await node.submit(seal(2), node.reserve(2), [])
    let hasRoom = false
    const room = node.waitForRoom().then(() => (hasRoom = true))
    await node.submit(seal(1, 2), node.reserve(1), [])
    expect(node.status.queuedCount).toBe(3)
    expect(hasRoom).toBe(false)
    open()
    await room
    expect(await node.drain(10_000)).toBe(true)
    expect(node.status).toMatchObject({ queuedCount: 0, blockCount: 3 })
  })

  it('continues its chain after a restart', async () => {
    const store = await preparedStore()
    const first = await start(store)
    await first.submit(seal(2), first.reserve(2), [])
    await first.drain(10_000)
    await first.close()
    const second = await start(store.afterPowerCut())
    await second.submit(seal(2, 2), second.reserve(2), [])
    expect(await second.drain(10_000)).toBe(true)
    expect(second.status.blockCount).toBe(4)
    expect((await verify(second)).kind).toBe('ok')
  })

  it('recomputes a damaged applied state from the segments', async () => {
    const store = await preparedStore()
    const first = await start(store)
    await first.submit(seal(2), first.reserve(2), [])
    await first.drain(10_000)
    await first.close()
    const { metaKey } = await import('./storage/buckets.ts')
    const value = (await store.get(metaKey('state')))!
    value[20]! ^= 1
    const after = store.afterPowerCut()
    await after.commit([{ kind: 'put', key: metaKey('state'), value }])
    const second = await start(after)
    expect(second.status.blockCount).toBe(2)
    expect(toHex(second.ledger.state.tip)).toBe(toHex(first.ledger.state.tip))
  })

  it('admits nothing below the floor of free space, keeps what it has, and goes on when there is space again', async () => {
    let free = 10_000_000_000
    const node = await start(await preparedStore(), {
      freeBytes: async () => free,
      limits: { ...NODE_LIMITS, diskLookMs: 0 },
    })
    await node.submit(seal(1), node.reserve(1), [])
    await node.drain(10_000)
    free = 1000
    await expect(node.submit(seal(1, 1), node.reserve(1), [])).rejects.toMatchObject({
      detail: { code: 'disk-full' },
    })
    expect(node.status).toMatchObject({ state: 'disk-full', blockCount: 1, queuedCount: 0 })
    free = 10_000_000_000
    await node.submit(seal(1, 2), node.reserve(1), [])
    expect(await node.drain(10_000)).toBe(true)
    expect(node.status).toMatchObject({ state: 'running', blockCount: 2 })
  })

  it('stops for good when a write fails, and has lost nothing that it acknowledged', async () => {
    const store = await preparedStore()
    const node = await start(store)
    await node.submit(seal(2), node.reserve(2), [])
    await node.drain(10_000)
    store.fillDisk(true)
    await expect(node.submit(seal(1, 2), node.reserve(1), [])).rejects.toMatchObject({
      detail: { code: 'disk-full' },
    })
    expect(node.status.state).toBe('halted')
    await expect(node.submit(seal(1, 3), node.reserve(1), [])).rejects.toMatchObject({
      detail: { code: 'disk-full' },
    })
    const again = await start(store.afterPowerCut())
    expect(again.status).toMatchObject({ state: 'running', blockCount: 2, queuedCount: 0 })
  })

  it('never proposes a record that does not open', async () => {
    const node = await start(await preparedStore())
    const [good, bad] = seal(2)
    const wrongRows = { ...bad!, rows: bad!.rows.map((row) => ({ ...row, bytes: good!.rows[0]!.bytes })) }
    await node.submit([wrongRows, good!], node.reserve(2), [])
    await node.drain(5_000)
    expect(node.status).toMatchObject({ blockCount: 1, queuedCount: 1 })
  })

  it('refuses a store of a newer layout and leaves it as it is', async () => {
    const store = await preparedStore()
    const { metaKey } = await import('./storage/buckets.ts')
    const { checkedValue } = await import('./storage/value.ts')
    const key = metaKey('format')
    await store.commit([{ kind: 'put', key, value: checkedValue(key, Uint8Array.of(9)) }])
    await expect(start(store)).rejects.toMatchObject({ detail: { code: 'newer-format', found: 9 } })
  })

  it('takes hundreds of visits on a real disk and verifies them after a reopening', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'consilium-node-'))
    folders.push(folder)
    const path = join(folder, 'chain')
    const store = await openLevelStore(path)
    await prepareChainStore(store, founded.genesisBytes, random(16))
    const node = await start(store)
    for (let i = 0; i < 4; i++) await node.submit(seal(100, 100 * i), node.reserve(100), [])
    expect(await node.drain(30_000)).toBe(true)
    await node.close()
    await store.close()
    const reopened = await openLevelStore(path, { mustExist: true })
    const again = await start(reopened)
    expect(again.status.blockCount).toBe(400)
    expect((await verify(again)).kind).toBe('ok')
    await again.close()
    await reopened.close()
  })
})
