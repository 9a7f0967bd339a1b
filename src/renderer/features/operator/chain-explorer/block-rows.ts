/** Rows of the chain by page: what is in sight is asked for, a bounded number is kept. */
import type { BlockRow } from '../../../../shared/contract/chain.ts'

export const PAGE = 200
const KEPT_PAGES = 60

export interface BlockRows {
  /** The row, or undefined while it is being asked for. */
  at(index: number): BlockRow | undefined
  /** Asks for the pages that a range needs; half-open. */
  need(first: number, end: number): void
  /** Forgets the last page, which has grown. */
  grown(total: number): void
  /** Asks once more for what is in sight and forgets the rest: an erasure changes rows of long ago. */
  again(): void
}

type Ask = (first: number, count: number) => Promise<readonly BlockRow[]>

/** @param changed called after rows have arrived */
export function createBlockRows(ask: Ask, changed: () => void): BlockRows {
  // Insertion order is age: a page that is needed again moves to the end.
  const pages = new Map<number, readonly BlockRow[]>()
  const asking = new Set<number>()
  const askedTooEarly = new Set<number>()
  let inSight: readonly number[] = []
  const load = (page: number) => {
    asking.add(page)
    ask(page * PAGE, PAGE).then(
      (rows) => {
        asking.delete(page)
        if (askedTooEarly.delete(page)) load(page)
        pages.delete(page)
        pages.set(page, rows)
        for (const oldest of pages.keys()) {
          if (pages.size <= KEPT_PAGES) break
          pages.delete(oldest)
        }
        changed()
      },
      () => {
        asking.delete(page)
        // What was here before may be older than what it was asked again for.
        if (askedTooEarly.delete(page)) pages.delete(page)
      },
    )
  }
  return {
    at: (index) => pages.get(Math.floor(index / PAGE))?.[index % PAGE],
    need(first, end) {
      inSight = []
      for (let page = Math.floor(first / PAGE); page * PAGE < end; page++) {
        inSight = [...inSight, page]
        const have = pages.get(page)
        if (have) {
          pages.delete(page)
          pages.set(page, have)
        }
        const isShort = have !== undefined && have.length < Math.min(PAGE, end - page * PAGE)
        if ((!have || isShort) && !asking.has(page)) load(page)
      }
    },
    grown(total) {
      const last = Math.floor(Math.max(0, total - 1) / PAGE)
      const have = pages.get(last)
      if (have && have.length < total - last * PAGE && !asking.has(last)) load(last)
    },
    again() {
      for (const page of [...pages.keys()]) if (!inSight.includes(page)) pages.delete(page)
      for (const page of asking) askedTooEarly.add(page)
      for (const page of inSight) if (!asking.has(page)) load(page)
    },
  }
}
