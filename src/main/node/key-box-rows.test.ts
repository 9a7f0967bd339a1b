import { describe, expect, it } from 'vitest'
import { foundConsortium, seededRandom } from './chain/consortium.test-kit.ts'
import { decodeHead } from './chain/block.ts'
import { encodeKeyRow, scopeNumberOf, wrapUnderEpoch, type KeyRow } from './chain/key-box.ts'
import type { MemberId, MerkleRoot } from './chain/ids.ts'
import { createNodeCrypto } from './crypto-node.ts'
import { openKeyBoxRows, readRowCount } from './key-box-rows.ts'
import { metaKey } from './storage/buckets.ts'
import { readBlocks } from './storage/chain-store.ts'
import { rowWrite } from './storage/key-box-store.ts'
import { createMemoryStore } from './storage/memory.ts'
import { put, type Write } from './storage/store.ts'
import { keysIn, until } from './members.test-kit.ts'
import { fillStore, makeChain } from './sync/sync.test-kit.ts'

const crypto = createNodeCrypto()

describe('the rows of what came by catching up', () => {
  it('are fetched for every block, also where the chain grows while they are fetched, and forged ones are not taken', async () => {
    const consortium = foundConsortium({})
    const store = createMemoryStore()
    await fillStore(store, consortium, makeChain(consortium, [3, 3, 3]).bundles)
    const random = seededRandom('rows')
    const epochKey = random(32)
    // Rows that open to a wrong key: the commitments of the heads say so, and nothing is held.
    const forged = (merkleRoot: MerkleRoot): KeyRow =>
      wrapUnderEpoch(
        crypto,
        random,
        consortium.chainId,
        { merkleRoot, scope: 'gateway', epoch: 0 },
        epochKey,
        random(32),
      )
    let asked = 0
    let blockCount = 3
    const rows = await openKeyBoxRows({
      store,
      crypto,
      chainId: consortium.chainId,
      isHospital: () => true,
      mayWrite: async () => true,
      blockCount: () => blockCount,
      gatewayEpochs: () => [{ epoch: 0, key: epochKey }],
      hospitals: () => [new Uint8Array(16) as MemberId],
      asker: {
        bodies: async () => [],
        async rows(_, wanted) {
          asked += wanted.length
          blockCount = 9
          return wanted.map(forged)
        },
      },
      onUnknownEpoch: () => {},
      onFailure: (error) => {
        throw error
      },
    })
    rows.nudge()
    await until(() => asked >= 9)
    expect(asked).toBe(9)
    expect(rows.heldUpTo).toBe(0)
    expect(await keysIn(store, 'k')).toEqual([])
    await rows.close()
  })

  it('are counted to the end where blocks are decided while a look is under way that ends before they are written', async () => {
    const consortium = foundConsortium({})
    const store = createMemoryStore()
    const { bundles } = makeChain(consortium, [3, 6])
    await fillStore(store, consortium, bundles)
    const random = seededRandom('decided meanwhile')
    const epochKey = random(32)
    for (const block of await readBlocks(store, 0, 9)) {
      if (block.kind !== 'ok') throw new Error(block.kind)
      const { merkleRoot } = decodeHead(block.value.head)!
      const named = { merkleRoot, scope: 'gateway', epoch: 0 } as const
      const row = wrapUnderEpoch(crypto, random, consortium.chainId, named, epochKey, random(32))
      await store.commit([rowWrite(merkleRoot, scopeNumberOf('gateway'), 0, encodeKeyRow(row))])
    }
    let blockCount = 3
    let written: Write[] | null = null
    const rows = await openKeyBoxRows({
      store,
      crypto,
      chainId: consortium.chainId,
      isHospital: () => true,
      async mayWrite() {
        written ??= rows.decided(3, 6)
        return true
      },
      blockCount: () => blockCount,
      gatewayEpochs: () => [{ epoch: 0, key: epochKey }],
      hospitals: () => [],
      asker: { bodies: async () => [], rows: async () => [] },
      onUnknownEpoch: () => {},
      onFailure: (error) => {
        throw error
      },
    })
    rows.nudge()
    await until(() => rows.heldUpTo === 3)
    expect(written).toEqual([])
    blockCount = 9
    await until(() => rows.heldUpTo === 9)
    await rows.close()
  })

  it('are not asked for while there is no space for them', async () => {
    const consortium = foundConsortium({})
    const store = createMemoryStore()
    await fillStore(store, consortium, makeChain(consortium, [3]).bundles)
    let [askedCount, lookedCount, hasSpace] = [0, 0, false]
    const rows = await openKeyBoxRows({
      store,
      crypto,
      chainId: consortium.chainId,
      isHospital: () => true,
      async mayWrite() {
        lookedCount++
        return hasSpace
      },
      blockCount: () => 3,
      gatewayEpochs: () => [{ epoch: 0, key: new Uint8Array(32) }],
      hospitals: () => [new Uint8Array(16) as MemberId],
      asker: {
        bodies: async () => [],
        async rows(_, wanted) {
          askedCount += wanted.length
          return []
        },
      },
      onUnknownEpoch: () => {},
      onFailure: (error) => {
        throw error
      },
    })
    rows.nudge()
    await until(() => lookedCount === 1)
    await new Promise((resolve) => setImmediate(resolve))
    expect(askedCount).toBe(0)
    hasSpace = true
    rows.nudge()
    await until(() => askedCount === 3)
    await rows.close()
  })

  it('are counted in the store, so that a copy of it says whether there are any', async () => {
    const store = createMemoryStore()
    expect(await readRowCount(store)).toBe(0)
    const rows = await openKeyBoxRows({
      store,
      crypto,
      chainId: foundConsortium({}).chainId,
      isHospital: () => false,
      mayWrite: async () => true,
      blockCount: () => 3,
      gatewayEpochs: () => [],
      hospitals: () => [],
      asker: { bodies: async () => [], rows: async () => [] },
      onUnknownEpoch: () => {},
      onFailure: () => {},
    })
    await store.commit(rows.decided(0, 3))
    await rows.close()
    expect(await readRowCount(store)).toBe(3)
    await store.commit([put(metaKey('rows'), new Uint8Array(20))])
    expect(await readRowCount(store)).toBeNull()
  })
})
