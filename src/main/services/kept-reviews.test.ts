/** Texts of reviews at the node: bounded, and never written over where they cannot be read. */
import { describe, expect, it } from 'vitest'
import { testWorld } from '../governance/institution.test-kit.ts'
import type { ChainNode } from '../node/node.ts'
import { keepReview, keptReviews, REVIEWS_BYTES_MAX, type KeptReview } from './kept-reviews.ts'
import { fromHex, toHex, utf8Encode, type Bytes } from '../../shared/std/bytes.ts'
import { createNodeSeal } from '../node/access/node-seal.ts'
import type { ChainId } from '../node/chain/ids.ts'
import type { EpochKey } from '../node/vault/institution-keys.ts'

const world = testWorld()
const chainId = new Uint8Array(32).fill(1) as ChainId

/** What of a node keeps reviews: rows, and the keys that they lie under. */
function someNode() {
  const rows = new Map<string, Bytes>()
  const keys: EpochKey[] = [{ epoch: 1, key: new Uint8Array(32).fill(2) }]
  const node = {
    ledger: { chainId },
    auditKeys: { list: () => keys },
    store: { get: async (key: Bytes) => rows.get(toHex(key)) ?? null },
    write: async (writes: readonly { key: Bytes; value: Bytes }[]) => {
      for (const { key, value } of writes) rows.set(toHex(key), value)
    },
  } as unknown as ChainNode
  return { node, rows, keys }
}

const review = (n: number, text = `Text ${n}`): KeptReview => ({
  itemHash: n.toString(16).padStart(64, '0'),
  studyHash: 'ab'.repeat(32),
  packageHash: 'cd'.repeat(32),
  title: 'How many',
  verdict: 'differs',
  text,
  at: n,
  height: n,
})

describe('reviews that a person signed', () => {
  it('are kept newest first, the oldest going where they are too many bytes', async () => {
    const { node, rows } = someNode()
    for (let n = 0; n < 205; n++) await keepReview(world, node, 'ada', review(n))
    const kept = await keptReviews(world, node, 'ada')
    expect(kept.map(({ at }) => at)).toEqual(Array.from({ length: 200 }, (_, i) => 204 - i))
    const long = '審'.repeat(650_000)
    for (let n = 0; n < 6; n++) await keepReview(world, node, 'eve', review(n, long))
    expect((await keptReviews(world, node, 'eve')).map(({ at }) => at)).toEqual([5, 4, 3, 2])
    for (const row of rows.values()) expect(row.length).toBeLessThan(REVIEWS_BYTES_MAX + 1_024)
  })

  it('are written over by no later one where they do not open here, and are there again when they do', async () => {
    const { node, keys } = someNode()
    await keepReview(world, node, 'ada', review(1))
    const [key] = keys.splice(0)
    keys.push({ epoch: 2, key: new Uint8Array(32).fill(3) })
    expect(await keptReviews(world, node, 'ada')).toEqual([])
    await expect(keepReview(world, node, 'ada', review(2))).rejects.toMatchObject({
      detail: { code: 'kept-reviews-unreadable' },
    })
    keys.unshift(key!)
    await keepReview(world, node, 'ada', review(3))
    expect((await keptReviews(world, node, 'ada')).map(({ at }) => at)).toEqual([3, 1])
  })

  it.each([['{"format":2,"reviews":[]}'], ['{"format":1,'], ['']])(
    'are written over by no later one where another version wrote them: %s',
    async (text) => {
      const { node, rows, keys } = someNode()
      await keepReview(world, node, 'ada', review(1))
      const [[name]] = [...rows] as [[string, Bytes]]
      const seal = createNodeSeal(world.crypto, world.random, chainId, () => keys)
      const key = fromHex(name)
      rows.set(name, seal.seal(key, utf8Encode(text)))
      const before = rows.get(name)
      expect(await keptReviews(world, node, 'ada')).toEqual([])
      await expect(keepReview(world, node, 'ada', review(2))).rejects.toMatchObject({
        detail: { code: 'kept-reviews-unreadable' },
      })
      expect(rows.get(name)).toBe(before)
    },
  )
})
