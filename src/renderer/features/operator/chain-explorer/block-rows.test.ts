import { describe, expect, it } from 'vitest'
import type { BlockRow } from '../../../../shared/contract/chain.ts'
import { createBlockRows, PAGE } from './block-rows.ts'

const row = (index: number): BlockRow => ({
  isErased: false,
  index,
  hash: String(index),
  timestamp: 0,
  height: index,
  sizeClass: 1,
})

function chainOf(total: number) {
  const asked: number[] = []
  const chain = { total }
  const ask = async (first: number, count: number) => {
    asked.push(first)
    return Array.from({ length: Math.max(0, Math.min(count, chain.total - first)) }, (_, i) => row(first + i))
  }
  return { chain, asked, ask }
}
const settle = () => new Promise((done) => setTimeout(done, 0))

describe('createBlockRows', () => {
  it('asks each page once and answers its rows', async () => {
    const { ask, asked } = chainOf(1000)
    const rows = createBlockRows(ask, () => undefined)
    rows.need(190, 210)
    rows.need(195, 215)
    await settle()
    expect(asked).toEqual([0, PAGE])
    expect(rows.at(199)?.index).toBe(199)
    expect(rows.at(200)?.index).toBe(200)
    expect(rows.at(999)).toBeUndefined()
  })
  it('asks the last page again when the chain has grown', async () => {
    const { ask, chain } = chainOf(10)
    const rows = createBlockRows(ask, () => undefined)
    rows.need(0, 10)
    await settle()
    chain.total = 12
    rows.grown(12)
    await settle()
    expect(rows.at(11)?.index).toBe(11)
  })
  it('keeps a bounded number of pages', async () => {
    const { ask } = chainOf(1_000_000)
    const rows = createBlockRows(ask, () => undefined)
    for (let page = 0; page < 100; page++) {
      rows.need(page * PAGE, page * PAGE + 1)
      await settle()
    }
    expect(rows.at(0)).toBeUndefined()
    expect(rows.at(99 * PAGE)?.index).toBe(99 * PAGE)
  })
  it('asks once more for what is in sight, also where the answer is on its way, and keeps it until then', async () => {
    const { ask, asked } = chainOf(1000)
    const rows = createBlockRows(ask, () => undefined)
    rows.need(0, 10)
    await settle()
    rows.need(400, 410)
    rows.again()
    await settle()
    expect(asked).toEqual([0, 400, 400])
    expect(rows.at(0)).toBeUndefined()
    rows.again()
    expect(rows.at(400)?.index).toBe(400)
    await settle()
    expect(asked).toEqual([0, 400, 400, 400])
  })
  it('keeps no page of before, nor one that was on its way out of sight, when it asks once more', async () => {
    let erased = false
    let fails = false
    const rows = createBlockRows(
      async (first) => {
        const isErased = erased
        await Promise.resolve()
        if (fails) throw new Error('gone')
        return [{ ...row(first), isErased }]
      },
      () => undefined,
    )
    rows.need(0, 1)
    rows.need(400, 401)
    erased = true
    rows.again()
    await settle()
    await settle()
    expect(rows.at(0)?.isErased).toBe(true)
    expect(rows.at(400)?.isErased).toBe(true)
    rows.need(400, 401)
    rows.again()
    rows.again()
    fails = true
    await settle()
    expect(rows.at(400)).toBeUndefined()
  })
  it('tries again after a failure', async () => {
    let fails = true
    const rows = createBlockRows(
      async (first) => {
        if (fails) throw new Error('gone')
        return [row(first)]
      },
      () => undefined,
    )
    rows.need(0, 1)
    await settle()
    fails = false
    rows.need(0, 1)
    await settle()
    expect(rows.at(0)?.index).toBe(0)
  })
})
