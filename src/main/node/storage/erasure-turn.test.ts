import { describe, expect, it } from 'vitest'
import { checkedValue } from './value.ts'
import { erasedKey, rowKey } from './buckets.ts'
import { inErasureTurn, notErased } from './erasure-turn.ts'
import { createMemoryStore } from './memory.ts'
import { del, put } from './store.ts'

const root = new Uint8Array(32).fill(7)
const row = rowKey(root, 1, 0)

describe('a row of a version', () => {
  it('is not written after the version was erased, although it was asked for before', async () => {
    const store = createMemoryStore()
    const fetched = [{ root, write: put(row, Uint8Array.of(1)) }]
    const erasing = inErasureTurn(store, async () => {
      await new Promise((resolve) => setTimeout(resolve, 20))
      const mark = erasedKey(root)
      await store.commit([del(row), put(mark, checkedValue(mark, new Uint8Array(16)))])
    })
    const writing = inErasureTurn(store, async () => {
      const kept = await notErased(store, fetched, (each) => each.root)
      await store.commit(kept.map(({ write }) => write))
    })
    await Promise.all([erasing, writing])
    expect(await store.get(row)).toBeNull()
  })

  it('is written and destroyed in any order without the turn of one failing the other', async () => {
    const store = createMemoryStore()
    await expect(inErasureTurn(store, () => Promise.reject(new Error('disk')))).rejects.toThrow('disk')
    await inErasureTurn(store, () => store.commit([put(row, Uint8Array.of(1))]))
    expect(await store.get(row)).not.toBeNull()
  })
})
