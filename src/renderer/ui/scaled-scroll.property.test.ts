import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  clampOffset,
  contentHeight,
  MAX_SCROLLER_HEIGHT,
  offsetOfScrollTop,
  offsetToShow,
  scrollerHeight,
  scrollTopOfOffset,
  visibleRows,
} from './scaled-scroll.ts'

const extent = fc.record({
  rowCount: fc.integer({ min: 0, max: 5_000_000 }),
  rowHeight: fc.integer({ min: 16, max: 96 }),
  viewportHeight: fc.integer({ min: 1, max: 3000 }),
})

describe('scaled scrolling', () => {
  it('reaches the first and the last row of a million, within what Chromium can lay out at 200 % zoom', () => {
    const million = { rowCount: 1_000_000, rowHeight: 32, viewportHeight: 640 }
    expect(scrollerHeight(million) * 2).toBeLessThan(2 ** 25)
    expect(visibleRows(offsetOfScrollTop(0, million), million, 0).first).toBe(0)
    const bottom = scrollerHeight(million) - million.viewportHeight
    expect(visibleRows(offsetOfScrollTop(bottom, million), million, 0).end).toBe(1_000_000)
  })

  it('goes from offset to scroll position and back', () => {
    fc.assert(
      fc.property(extent, fc.double({ min: 0, max: 1, noNaN: true }), (size, part) => {
        const offset = clampOffset(part * contentHeight(size), size)
        expect(offsetOfScrollTop(scrollTopOfOffset(offset, size), size)).toBeCloseTo(offset, 2)
        expect(scrollTopOfOffset(offset, size)).toBeLessThanOrEqual(MAX_SCROLLER_HEIGHT)
      }),
    )
  })

  it('always draws the row that it was asked to show', () => {
    fc.assert(
      fc.property(extent, fc.nat(), fc.nat(), (size, someRow, someOffset) => {
        fc.pre(size.rowCount > 0 && size.viewportHeight >= size.rowHeight)
        const row = someRow % size.rowCount
        const offset = offsetToShow(row, clampOffset(someOffset, size), size)
        const { first, end } = visibleRows(offset, size, 0)
        expect(row).toBeGreaterThanOrEqual(first)
        expect(row).toBeLessThan(end)
      }),
    )
  })
})
