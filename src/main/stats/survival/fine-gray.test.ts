/** What the expansion of a Fine-Gray model refuses, and when it stops. */
import { describe, expect, it } from 'vitest'
import { fineGrayRows, fineGrayRowsMost, fitFineGray } from './fine-gray.ts'

/** Everybody has what competes on day 1, but for one event and one censoring on each later day. */
function after(competing: number, days: number) {
  const stop = [...Array<number>(competing).fill(1)]
  const state = [...Array<number>(competing).fill(2)]
  for (let day = 2; day < days + 2; day++) {
    stop.push(day, day)
    state.push(1, 0)
  }
  return { start: null, stop: Float64Array.from(stop), state: Int32Array.from(state) }
}

describe('the rows of a Fine-Gray model', () => {
  it('are counted as they are made', () => {
    // Three persons stay at risk over four days with an event; G falls for the first time at the end of the first.
    const rows = fineGrayRows(after(3, 4), 1)
    expect(rows.row.length).toBe(3 + 3 * 3 + 8)
    expect([...rows.stop.slice(0, 4)]).toEqual([2, 3, 4, 5])
    expect(rows.row.at(-1)).toBe(10)
  })

  it('are refused by their number before any is made, the sooner the more columns there are', () => {
    const many = after(30_000, 1_000)
    const rows = 30_000 * 1_000 + 2_000
    expect(() => fineGrayRows(many, 1, null, { columns: 20 })).toThrow(
      expect.objectContaining({ detail: { code: 'too-many-rows', rows, rowsMost: 5_000_000 } }),
    )
    expect([fineGrayRowsMost(0), fineGrayRowsMost(2)]).toEqual([30_000_000, 20_000_000])
  })

  it('stop where nobody waits for them any more, before the first pass of the fit', () => {
    let asked = 0
    const cancelled = expect.objectContaining({ detail: { code: 'cancelled' } })
    const goesOn = (): boolean => ++asked < 3
    expect(() => fineGrayRows(after(300, 1_000), 1, null, { goesOn })).toThrow(cancelled)
    expect(asked).toBe(3)
    const data = after(3, 4)
    const x = [Float64Array.from(data.stop, (_, i) => i % 2)]
    const passes: number[] = []
    const onProgress = (pass: number): boolean => passes.push(pass) < 1
    expect(() => fitFineGray({ ...data, x }, 1, { onProgress })).toThrow(cancelled)
    expect(passes).toEqual([0])
  })
})
