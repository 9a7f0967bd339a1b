/** Whoever reads a line of a table, with its whole, and tries all numbers that fit finds more than one for each small count. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { baselineCells } from './baseline-cells.ts'
import { cellOf, suppressLines, SMALL, type Cell } from './suppression.ts'

/** More is not tried: no sum here is greater. */
const MOST = 150

/** The numbers that a reader can take a cell for. */
function takenFor(cell: Cell): number[] {
  const upTo = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)
  if (cell.isUnseen) return upTo(0, MOST)
  if (!cell.isSuppressed) return [cell.count]
  return cell.count < SMALL ? upTo(1, SMALL - 1) : upTo(SMALL, MOST)
}

/** Sums of these cells that fit, by trying. */
function sumsOf(cells: readonly Cell[]): Set<number> {
  return cells.reduce(
    (sums, cell) => new Set([...sums].flatMap((sum) => takenFor(cell).map((each) => sum + each))),
    new Set([0]),
  )
}

function possible(whole: Cell, parts: readonly Cell[], p: number): number[] {
  const others = sumsOf(parts.filter((_, i) => i !== p))
  const wholes = takenFor(whole)
  return takenFor(parts[p]!).filter((each) => wholes.some((sum) => others.has(sum - each)))
}

const counts = (least: number) =>
  fc.array(fc.oneof(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 30 })), {
    minLength: least,
    maxLength: 4,
  })
const sum = (all: readonly number[]) => all.reduce((a, b) => a + b, 0)

describe('a line of a table', () => {
  it('gives no small count away, says every nobody, and loses nothing where nothing is small', () => {
    let seconds = 0
    fc.assert(
      fc.property(counts(1), fc.boolean(), (all, isFirstUnseen) => {
        const whole = cellOf(sum(all))
        const parts = all.map((count, i) => cellOf(count, isFirstUnseen && i === 0))
        suppressLines([{ whole, parts }])
        if (!all.some((count) => count > 0 && count < SMALL))
          expect([whole, ...parts].some(({ isSuppressed }) => isSuppressed)).toBe(false)
        for (const [p, { count, isSuppressed }] of parts.entries()) {
          if (count === 0) expect(isSuppressed).toBe(false)
          if (isSuppressed && count >= SMALL) seconds++
          if (isSuppressed && whole.count >= SMALL)
            expect(possible(whole, parts, p).length, JSON.stringify([all, p])).toBeGreaterThan(1)
        }
      }),
      { numRuns: 500 },
    )
    expect(seconds).toBeGreaterThan(0)
  })
})

describe('the cells of Table 1', () => {
  it('give no small count away, across groups nor down labels, whatever the counts', () => {
    const kept = { shown: 0, hidden: 0 }
    // Of each group the persons by label, the last without one.
    const groups = fc.array(fc.array(fc.integer({ min: 0, max: 16 }), { minLength: 3, maxLength: 3 }), {
      minLength: 1,
      maxLength: 3,
    })
    fc.assert(
      fc.property(groups, fc.boolean(), (byGroup, isFlagColumn) => {
        const all = [0, 1, 2].map((l) => sum(byGroup.map((each) => each[l]!)))
        const everybody = byGroup.length === 1 ? byGroup : [all, ...byGroup]
        const { persons, columns } = baselineCells({
          by: byGroup.length === 1 ? null : 'x',
          groups: everybody.map((each, g) => ({
            kind: g === 0 ? 'all' : 'group',
            label: null,
            persons: sum(each),
            events: 0,
            personDays: 0,
          })),
          columns: [
            {
              kind: 'label',
              name: 'y',
              labels: isFlagColumn ? ['0', '1'] : ['a', 'b'],
              groups: everybody.map((each) => ({ missing: each[2]!, counts: each.slice(0, 2) })),
            },
          ],
        })
        const rows = [...columns[0]!.counts, columns[0]!.missing]
        const lines: [Cell, Cell[]][] = everybody.map((_, g) => [persons[g]!, rows.map((row) => row[g]!)])
        if (everybody.length > 1)
          for (const row of [persons, ...rows]) lines.push([row[0]!, [...row.slice(1)]])
        for (const [whole, parts] of lines)
          for (const [p, cell] of parts.entries()) {
            kept[cell.isSuppressed ? 'hidden' : 'shown']++
            if (cell.isSuppressed && cell.count < SMALL && whole.count >= SMALL)
              expect(possible(whole, parts, p).length, JSON.stringify([byGroup, p])).toBeGreaterThan(1)
          }
      }),
      { numRuns: 200 },
    )
    expect(Math.min(kept.shown, kept.hidden)).toBeGreaterThan(0)
  })
})
