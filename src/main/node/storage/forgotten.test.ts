import { describe, expect, it } from 'vitest'
import { nameKey } from './buckets.ts'
import { erasedAmong, forgottenMark } from './forgotten.ts'
import { createMemoryStore } from './memory.ts'
import { put } from './store.ts'

const id = (byte: number) => new Uint8Array(16).fill(byte)
const [here, erased, unknown] = [id(1), id(2), id(3)]

describe('erasedAmong', () => {
  it('takes a missing row for an erasure only where no backup was restored; after that by its mark', async () => {
    const store = createMemoryStore()
    await store.commit([put(nameKey(here), id(9)), forgottenMark(erased)])
    expect(await erasedAmong(store, [here, erased, unknown], false)).toEqual([erased, unknown])
    expect(await erasedAmong(store, [here, erased, unknown], true)).toEqual([erased])
    expect(await erasedAmong(store, [], true)).toEqual([])
  })
})
