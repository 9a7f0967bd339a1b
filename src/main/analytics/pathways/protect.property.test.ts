/** Tables of random flows: a reader who tries every number that fits what is said finds none under 11. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { boundsOf, cellOf, isSmall, protect, type Cell, type Line } from './protect.ts'

/** Of every cell the numbers that it may have: all ways to fill one line after the other that fit what is said of each. */
function fitting(lines: readonly Line[], cells: readonly Cell[], most: number): Map<Cell, Set<number>> {
  const found = new Map(cells.map((cell) => [cell, new Set<number>()]))
  const values = new Map<Cell, number>()
  const mayBe = ({ said, count, role }: Cell): [number, number] =>
    said === 'exact' || role === 'public'
      ? [count, count]
      : said === 'small'
        ? [1, 10]
        : said === 'withheld'
          ? [11, most]
          : [role === 'unseen' ? 0 : 1, most]
  // Lines that cannot be met any more end a branch early: each is looked at when its last cell has a number.
  const order = [...cells]
  const lastOf = lines.map((line) =>
    Math.max(...[line.whole, ...line.parts].map((cell) => order.indexOf(cell))),
  )
  const sum = (parts: readonly Cell[]) => parts.reduce((total, part) => total + (values.get(part) ?? 0), 0)
  const fill = (at: number): boolean => {
    if (at === order.length) {
      for (const [cell, value] of values) found.get(cell)!.add(value)
      return true
    }
    const cell = order[at]!
    const [least, greatest] = mayBe(cell)
    let fits = false
    for (let value = least; value <= greatest; value++) {
      values.set(cell, value)
      const isMet = lines.every((line, l) => {
        if (lastOf[l] === at) return sum(line.parts) === values.get(line.whole)
        const whole = values.get(line.whole)
        return whole === undefined || sum(line.parts) <= whole
      })
      if (isMet && fill(at + 1)) fits = true
    }
    values.delete(cell)
    return fits
  }
  fill(0)
  return found
}

/** Two nodes flow to up to three: wholes stand before their parts. */
const flows = fc
  .array(fc.array(fc.integer({ min: 0, max: 14 }), { minLength: 2, maxLength: 2 }), {
    minLength: 2,
    maxLength: 2,
  })
  .filter((rows) => rows.flat().reduce((sum, each) => sum + each, 0) >= 11)

function tableOf(rows: readonly (readonly number[])[]): { lines: Line[]; cells: Cell[] } {
  const sumOf = (list: readonly number[]) => list.reduce((sum, each) => sum + each, 0)
  const total = cellOf(sumOf(rows.flat()), 'public')
  const inner = rows.map((row) => row.map((count) => cellOf(count)))
  const from = rows.map((row) => cellOf(sumOf(row)))
  const to = rows[0]!.map((_, c) => cellOf(sumOf(rows.map((row) => row[c]!))))
  const lines: Line[] = [
    { whole: total, parts: from },
    { whole: total, parts: to },
    ...from.map((whole, r) => ({ whole, parts: inner[r]! })),
    ...to.map((whole, c) => ({ whole, parts: inner.map((row) => row[c]!) })),
  ]
  return { lines, cells: [total, ...from, ...to, ...inner.flat()] }
}

const seen = { small: 0, withheld: 0, hidden: 0, tables: 0 }

describe('what is held back of a table of flows', () => {
  it('leaves no small number that only one table fits', () => {
    fc.assert(
      fc.property(flows, (rows) => {
        const { lines, cells } = tableOf(rows)
        if (!protect(lines)) return
        const total = cells[0]!.count
        const may = fitting(lines, cells, total)
        for (const cell of cells) {
          expect(may.get(cell)!.has(cell.count)).toBe(true)
          if (isSmall(cell.count)) {
            expect(cell.said).not.toBe('exact')
            expect(may.get(cell)!.size).toBeGreaterThan(1)
            seen.small++
          }
          if (cell.said === 'withheld') seen.withheld++
          if (cell.said === 'hidden') seen.hidden++
        }
        seen.tables++
      }),
      { numRuns: 150, seed: 5 },
    )
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(0)
  }, 120_000)

  it('is nothing where nothing is small', () => {
    const { lines, cells } = tableOf([
      [20, 0],
      [15, 30],
    ])
    expect(protect(lines)).toBe(true)
    expect(cells.map(({ said }) => said)).toEqual(cells.map(() => 'exact'))
  })

  it('holds a second count back beside a small one, the least that is said', () => {
    const parts = [cellOf(4), cellOf(40), cellOf(15), cellOf(0)]
    const whole = cellOf(59, 'public')
    expect(protect([{ whole, parts }])).toBe(true)
    expect(parts.map(({ said }) => said)).toEqual(['small', 'exact', 'withheld', 'exact'])
    expect(boundsOf([{ whole, parts }], [whole, ...parts]).get(parts[0]!)).toEqual({ least: 1, most: 8 })
  })

  it('says not even how a count is held back where that alone would tell', () => {
    // 12 = 1 + 11: “<11” beside “≥11” leaves one way only.
    const parts = [cellOf(1), cellOf(11)]
    expect(protect([{ whole: cellOf(12, 'public'), parts }])).toBe(true)
    expect(parts.map(({ said }) => said)).toContain('hidden')
  })

  it('counts those who stand in no line of a table', () => {
    const shown = cellOf(996)
    expect(protect([{ whole: cellOf(1000, 'public'), parts: [shown, cellOf(4, 'unseen')] }])).toBe(true)
    expect(shown.said).toBe('withheld')
  })

  it('gives up where nothing may be held back', () => {
    const [whole, part] = [cellOf(30, 'public'), cellOf(26, 'public')]
    expect(protect([{ whole, parts: [part, cellOf(4, 'unseen')] }])).toBe(false)
  })
})
