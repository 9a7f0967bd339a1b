import { describe, expect, it } from 'vitest'
import { fromHex } from '../../shared/std/bytes.ts'
import { createBatchCache } from './chain/author.ts'
import { decodeHead } from './chain/block.ts'
import type { MemberId } from './chain/ids.ts'
import { decodeSegment } from './chain/segment.ts'
import { checkRecord } from './check-records.ts'
import { createNodeCrypto, createNodeRandom } from './crypto-node.ts'
import { foundAlone } from './founding.ts'
import { NODE_LIMITS } from './limits.ts'
import { startNode } from './node.ts'
import { sampleFields } from './node.test-kit.ts'
import { sealVisits } from './seal-visits.ts'
import { blockKey, keyTail, metaKey, rangeOf, readU64 } from './storage/buckets.ts'
import { prepareChainStore, readBlockValue, readSegmentValue } from './storage/chain-store.ts'
import { createMemoryStore, type MemoryStore } from './storage/memory.ts'
import { del, put } from './storage/store.ts'
import { toHex } from '../../shared/std/bytes.ts'
import { areRowsHeldBy, verifyStore, type VerifyStoreResult } from './verify-store.ts'

const crypto = createNodeCrypto()
const random = createNodeRandom()
const founded = foundAlone(crypto, random, Date.now(), {
  institutionName: 'North',
  personName: 'Lin',
  roles: [],
})
const memberId = fromHex(founded.memberId) as Uint8Array as MemberId
const BLOCKS = 6

let stateAfterFirst: Uint8Array | null = null

/** A chain of six blocks in three segments. */
async function makeChain(): Promise<MemoryStore> {
  const store = createMemoryStore()
  await prepareChainStore(store, founded.genesisBytes, random(16))
  const cache = createBatchCache()
  const node = await startNode({
    store,
    storePath: 'memory',
    keys: founded.keys.node,
    saveKeys: async () => true,
    memberId,
    crypto,
    checker: {
      check: async (keys, records) => records.map((record) => checkRecord(crypto, keys, record, cache)),
      close: async () => {},
    },
    limits: NODE_LIMITS,
    now: Date.now,
    freeBytes: async () => null,
    random,
    openNetwork: null,
    openRangeThread: () => Promise.reject(new Error('nobody to catch up with')),
  })
  for (let n = 0; n < BLOCKS; n += 2) {
    const sealed = sealVisits(
      crypto,
      random,
      {
        chainId: node.ledger.chainId,
        memberId,
        author: founded.keys.node.author,
        custodian: founded.keys.session.custodianEpochs[0]!,
        gateway: founded.keys.node.gatewayEpochs[0]!,
      },
      [sampleFields(n, founded.memberId), sampleFields(n + 1, founded.memberId)],
    )
    const visits = sealed.map((each) => {
      if (each.kind === 'refused') throw new Error(each.reason)
      return each.visit
    })
    await node.submit(visits, node.reserve(2), [])
    await node.drain(10_000)
    stateAfterFirst ??= await store.get(metaKey('state'))
  }
  await node.close()
  return store.afterPowerCut()
}
const chain = makeChain()

const verify = (store: MemoryStore, withKeys = true): Promise<VerifyStoreResult> =>
  verifyStore(crypto, store, {
    chainId: fromHex(founded.chainId) as never,
    epochs: withKeys
      ? { gateway: founded.keys.node.gatewayEpochs, custodian: founded.keys.session.custodianEpochs }
      : {},
    isCancelled: () => false,
    onProgress: () => {},
  })

/** Every stored head, body, certificate and key-box row, with the block that a flip in it must name. */
async function targets(store: MemoryStore) {
  const found: { key: Uint8Array; value: Uint8Array; kind: string; index: number }[] = []
  const indexOfRoot = new Map<string, number>()
  for await (const { key, value } of store.scan(rangeOf('b'))) {
    const block = readBlockValue(value)
    if (block.kind !== 'ok') throw new Error(block.kind)
    const index = readU64(keyTail('b', key))
    indexOfRoot.set(toHex(decodeHead(block.value.head)!.merkleRoot), index)
    found.push({ key, value, kind: 'block', index })
  }
  for await (const { key, value } of store.scan(rangeOf('s'))) {
    const segment = readSegmentValue(value)
    if (segment.kind !== 'ok') throw new Error(segment.kind)
    found.push({ key, value, kind: 'certificate', index: decodeSegment(segment.value.segment)!.firstIndex })
  }
  for await (const { key, value } of store.scan(rangeOf('k')))
    found.push({ key, value, kind: 'row', index: indexOfRoot.get(toHex(keyTail('k', key).slice(0, 32)))! })
  return found
}

/** Where the body begins in the stored value of a block. */
function headEnd(value: Uint8Array): number {
  const block = readBlockValue(value)
  if (block.kind !== 'ok') throw new Error(block.kind)
  return value.length - block.value.body.length
}

/** Small and seeded, so that a failure can be repeated. */
function dice(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

describe('verifyStore', () => {
  it('says ok of a chain that nobody touched, with keys and without', async () => {
    const store = await chain
    expect(await verify(store)).toMatchObject({ kind: 'ok', blocks: BLOCKS, segments: 3 })
    expect(await verify(store, false)).toMatchObject({ kind: 'ok', blocks: BLOCKS })
  })

  it.each([
    ['with keys', true, 700, 14],
    ['without any key', false, 300, 4],
  ])('finds any one flipped bit and names the block, %s', async (_, withKeys, flips, seed) => {
    const store = await chain
    const all = await targets(store)
    const roll = dice(seed)
    const tried = new Set<string>()
    for (let i = 0; i < flips; i++) {
      const { key, value, kind, index } = all[roll(all.length)]!
      const at = roll(value.length)
      tried.add(kind === 'block' ? (at < headEnd(value) ? 'head' : 'body') : kind)
      const flipped = value.slice()
      flipped[at]! ^= 1 << roll(8)
      const damaged = store.afterPowerCut()
      await damaged.commit([put(key, flipped)])
      const result = await verify(damaged, withKeys)
      expect(result.kind, `${kind} ${index} byte ${at} of ${value.length}`).toBe('failed')
      if (result.kind === 'failed') expect(result.index, `${kind} byte ${at}: ${result.reason}`).toBe(index)
    }
    expect([...tried].sort()).toEqual(['body', 'certificate', 'head', 'row'])
  })

  it('finds a block, a segment and a row that are missing', async () => {
    const store = await chain
    const without = async (key: Uint8Array) => {
      const damaged = store.afterPowerCut()
      await damaged.commit([del(key)])
      return verify(damaged)
    }
    expect(await without(blockKey(3))).toMatchObject({ kind: 'failed', index: 3, reason: 'block-missing' })
    const all = await targets(store)
    expect(
      await without(all.find(({ kind, index }) => kind === 'certificate' && index === 2)!.key),
    ).toMatchObject({
      kind: 'failed',
      index: 2,
      reason: 'segment-missing',
    })
    for (const { key } of all.filter(({ kind, index }) => kind === 'row' && index === 4)) {
      const damaged = store.afterPowerCut()
      for (const row of all.filter(({ kind, index }) => kind === 'row' && index === 4))
        await damaged.commit([del(row.key)])
      expect(await verify(damaged)).toMatchObject({ kind: 'failed', index: 4, reason: 'row-missing' })
      expect(key).toBeDefined()
    }
  })

  it('asks rows of hospitals, of those that left, and not of one that has not come in yet', () => {
    expect(areRowsHeldBy({ kind: 'hospital' }, 0)).toBe(true)
    expect(areRowsHeldBy({ kind: 'university' }, 0)).toBe(false)
    expect(areRowsHeldBy(null, 6)).toBe(true)
    expect(areRowsHeldBy(null, 0)).toBe(false)
    // The count is damaged: nobody knows that there are none.
    expect(areRowsHeldBy(null, null)).toBe(true)
  })

  it('finds an applied state that is not the chain, and a foreign founding document', async () => {
    const store = await chain
    const damaged = store.afterPowerCut()
    await damaged.commit([del(metaKey('state'))])
    expect(await verify(damaged)).toMatchObject({ kind: 'failed' })
    const rotated = store.afterPowerCut()
    await rotated.commit([put(metaKey('gateway-epoch'), new Uint8Array(40))])
    expect(await verify(rotated)).toMatchObject({ kind: 'failed', reason: 'meta-damaged' })
    const other = foundAlone(crypto, random, Date.now(), {
      institutionName: 'South',
      personName: 'x',
      roles: [],
    })
    const foreign = createMemoryStore()
    await prepareChainStore(foreign, other.genesisBytes, random(16))
    expect(await verify(foreign)).toMatchObject({ kind: 'failed', height: 0, reason: 'other-chain-id' })
  })

  it('finds a chain that was made to look shorter: an older state put back', async () => {
    const store = await chain
    const shorter = store.afterPowerCut()
    await shorter.commit([put(metaKey('state'), stateAfterFirst!)])
    expect(await verify(shorter)).toMatchObject({ kind: 'failed', index: 2, reason: 'extra-block' })
  })

  it('stops when it is told to', async () => {
    const result = await verifyStore(crypto, await chain, {
      chainId: fromHex(founded.chainId) as never,
      epochs: {},
      isCancelled: () => true,
      onProgress: () => {},
    })
    expect(result).toEqual({ kind: 'cancelled' })
  })
})
