/** A chain of many segments of which few decide anything. */
import { describe, expect, it } from 'vitest'
import {
  finalise,
  foundConsortium,
  makeItem,
  crypto,
  type Institution,
} from '../node/chain/consortium.test-kit.ts'
import { decodeSignedItem, type ItemClear } from '../node/chain/item.ts'
import { segmentKey } from '../node/storage/buckets.ts'
import { segmentWrites } from '../node/storage/chain-store.ts'
import { createMemoryStore } from '../node/storage/memory.ts'
import { del } from '../node/storage/store.ts'
import { openDecisions } from './decisions.ts'

const four = foundConsortium({ seed: 'decisions', voters: 4 })
const [author] = four.institutions as [Institution]
const HEIGHTS = 12
const DECIDED = [3, 7, 8]

async function chain() {
  const store = createMemoryStore()
  const clear = new Map<number, ItemClear[]>()
  let state = four.start
  for (let height = 1; height <= HEIGHTS; height++) {
    const said: ItemClear = DECIDED.includes(height)
      ? { kind: 'policy', name: 'smallestCount', value: 11 + height, approvals: [] }
      : { kind: 'registration', protocolHash: new Uint8Array(32).fill(height) }
    const item = makeItem(four, author, said, height)
    const { bundle, state: next } = finalise(four, state, { items: [item] })
    const { segment, certificate } = bundle
    await store.commit(segmentWrites(height, { segment, certificate: certificate!, items: [item] }, [], []))
    clear.set(height, [decodeSignedItem(crypto, item)!.item.clear])
    state = next
  }
  const at = {
    store,
    height: HEIGHTS,
    asked: [] as number[],
    open: () =>
      openDecisions({
        store,
        crypto,
        chainId: four.chainId,
        height: () => at.height,
        async itemsAt(height) {
          at.asked.push(height)
          return clear.get(height)!
        },
        onFailure(error) {
          throw error
        },
      }),
  }
  return at
}

describe('decisions of members', () => {
  it('are found newest first, out of the segments that hold one and no others, each read once', async () => {
    const at = await chain()
    const decisions = await at.open()
    const heights = async (upTo: number) => (await decisions.upTo(upTo)).map(({ height }) => height)
    expect(await heights(HEIGHTS)).toEqual([8, 7, 3])
    expect(await heights(7)).toEqual([7, 3])
    expect(await heights(2)).toEqual([])
    expect((await decisions.upTo(7)).map(({ item }) => item.kind === 'policy' && item.value)).toEqual([
      18, 14,
    ])
    expect(at.asked).toEqual([8, 7, 3])
    await decisions.close()
  })

  it('are known after a restart without reading the chain again', async () => {
    const at = await chain()
    const first = await at.open()
    await first.upTo(HEIGHTS)
    await first.close()
    at.asked.length = 0
    const { store } = at
    // What was read is gone, and nobody misses it.
    for (let height = 1; height <= HEIGHTS; height++) await store.commit([del(segmentKey(height))])
    const second = await at.open()
    expect((await second.upTo(HEIGHTS)).map(({ height }) => height)).toEqual([8, 7, 3])
    await second.close()
  })

  it('are not told before the chain was read so far: nobody is to take an older state for the one that was asked for', async () => {
    const at = await chain()
    at.height = 7
    const decisions = await at.open()
    expect((await decisions.upTo(7)).map(({ height }) => height)).toEqual([7, 3])
    await expect(decisions.upTo(8)).rejects.toMatchObject({ detail: { code: 'not-ready' } })
    at.height = 8
    expect((await decisions.upTo(8)).map(({ height }) => height)).toEqual([8, 7, 3])
    await decisions.close()
  })
})
