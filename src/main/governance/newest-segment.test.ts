import { expect, it } from 'vitest'
import { foundConsortium } from '../node/chain/consortium.test-kit.ts'
import { prepareChainStore } from '../node/storage/chain-store.ts'
import { createMemoryStore } from '../node/storage/memory.ts'
import { fillStore, makeChain } from '../node/sync/sync.test-kit.ts'
import { isExpectedChain } from './newest-segment.ts'

const consortium = foundConsortium({ voters: 4, seed: 'expected' })

/** A history of one consortium with so many visits in each segment. */
async function history(sizes: readonly number[]) {
  const { bundles } = makeChain(consortium, sizes)
  const store = createMemoryStore()
  await prepareChainStore(store, consortium.signedGenesis, new Uint8Array(16))
  await fillStore(store, consortium, bundles)
  return { store, segments: bundles.map(({ segment }) => segment) }
}

it('tells the history of an invitation from another one, and waits until the chain is that long', async () => {
  const told = await history([1, 1, 1])
  const other = await history([1, 2, 1])
  const expected = told.segments[1]!
  expect(await isExpectedChain(told.store, 1, expected)).toBeNull()
  expect(await isExpectedChain(told.store, 2, expected)).toBe(true)
  expect(await isExpectedChain(told.store, 3, expected)).toBe(true)
  expect(await isExpectedChain(other.store, 3, expected)).toBe(false)
})
