/**
 * Scrolling through more rows than a page can be tall. Chromium clips elements near 33 million physical pixels, which is
 * 16 million at 200 % zoom, so the scroller is capped and its offset is scaled to rows. Small steps (wheel, keys) move the
 * list by exact pixels; only the thumb is coarse.
 */
export interface Extent {
  readonly rowCount: number
  readonly rowHeight: number
  readonly viewportHeight: number
}

/** Safe at 400 % zoom. */
export const MAX_SCROLLER_HEIGHT = 8_000_000

export const contentHeight = (extent: Extent): number => extent.rowCount * extent.rowHeight
/** Height of the element that makes the scroll bar. */
export const scrollerHeight = (extent: Extent): number => Math.min(contentHeight(extent), MAX_SCROLLER_HEIGHT)

const range = (height: number, extent: Extent) => Math.max(0, height - extent.viewportHeight)

/** Pixels from the top of the whole content for a scroll position of the capped scroller. */
export function offsetOfScrollTop(scrollTop: number, extent: Extent): number {
  const scrollable = range(scrollerHeight(extent), extent)
  if (scrollable === 0) return 0
  return Math.min(1, Math.max(0, scrollTop / scrollable)) * range(contentHeight(extent), extent)
}

export function scrollTopOfOffset(offset: number, extent: Extent): number {
  const whole = range(contentHeight(extent), extent)
  if (whole === 0) return 0
  return (clampOffset(offset, extent) / whole) * range(scrollerHeight(extent), extent)
}

export const clampOffset = (offset: number, extent: Extent): number =>
  Math.min(Math.max(0, offset), range(contentHeight(extent), extent))

/** Rows to draw: half-open, with `spare` rows on each side. */
export function visibleRows(offset: number, extent: Extent, spare = 6): { first: number; end: number } {
  const first = Math.floor(offset / extent.rowHeight)
  const end = Math.ceil((offset + extent.viewportHeight) / extent.rowHeight)
  return { first: Math.max(0, first - spare), end: Math.min(extent.rowCount, end + spare) }
}

/** The offset that brings a row into sight with the least movement. */
export function offsetToShow(row: number, offset: number, extent: Extent): number {
  const top = row * extent.rowHeight
  if (top < offset) return clampOffset(top, extent)
  const bottom = top + extent.rowHeight
  if (bottom > offset + extent.viewportHeight) return clampOffset(bottom - extent.viewportHeight, extent)
  return offset
}
