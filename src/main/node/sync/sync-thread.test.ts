/** The store on disk, open in the node and in the thread that verifies, as in the product. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { toHex } from '../../../shared/std/bytes.ts'
import { startSyncThread } from '../../workers/sync.ts'
import { decodeChainState } from '../chain/chain-state.ts'
import { crypto, flipped, foundConsortium } from '../chain/consortium.test-kit.ts'
import { prepareChainStore, readBlocks, readState } from '../storage/chain-store.ts'
import { openLevelStore } from '../storage/level.ts'
import { encodeSegmentsAnswer } from './messages.ts'
import { makeChain } from './sync.test-kit.ts'

const cleanUps: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

describe('the sync thread', () => {
  it('writes what it verified beside the node, and refuses the rest', async () => {
    const consortium = foundConsortium()
    const { bundles, states } = makeChain(consortium, [3, 2, 4, 1])
    const folder = await mkdtemp(join(tmpdir(), 'consilium-sync-'))
    cleanUps.push(() => rm(folder, { recursive: true, force: true }))
    const store = await openLevelStore(folder, { sharedBetweenThreads: true })
    cleanUps.push(() => store.close())
    await prepareChainStore(store, consortium.signedGenesis, new Uint8Array(16))
    const thread = await startSyncThread(folder)
    cleanUps.push(() => thread.close())

    await thread.begin()
    const first = await thread.apply(
      1,
      encodeSegmentsAnswer(bundles.slice(0, 2), { count: 2, missingCount: 0, missingFrom: 0 }),
      [],
    )
    expect(first).toMatchObject({ count: 2, visitCount: 5, refused: null })
    expect(decodeChainState(crypto, first.state)?.height).toBe(2)
    expect((await readBlocks(store, 0, 5)).every(({ kind }) => kind === 'ok')).toBe(true)

    const forged = { ...bundles[3]!, certificate: flipped(bundles[3]!.certificate!, 120) }
    const second = await thread.apply(
      3,
      encodeSegmentsAnswer([bundles[2]!, forged], { count: 2, missingCount: 0, missingFrom: 0 }),
      [],
    )
    expect(second).toMatchObject({ count: 1, refused: { height: 4, isFork: false } })
    const stored = await readState(store)
    const state = stored.kind === 'ok' ? decodeChainState(crypto, stored.value) : null
    expect(toHex(state!.tip)).toBe(toHex(states[3]!.tip))

    // A new beginning reads where the chain stands.
    await thread.begin()
    const third = await thread.apply(
      4,
      encodeSegmentsAnswer(bundles.slice(3), { count: 1, missingCount: 0, missingFrom: 0 }),
      [],
    )
    expect(third).toMatchObject({ count: 1, refused: null })
  })
})
