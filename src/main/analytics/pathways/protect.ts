/**
 * Which counts of a table are not said, so that no number of persons under 11 follows from the others (docs/spec/pathways.md section 5).
 * Counts stand in lines whose parts add up to a whole. What a reader can work out of all lines together is followed by
 * narrowing the least and the most of each count; while a small one is known, another one is held back. Pure.
 */

/** Fewer than this many are not said exactly (docs/spec/cohort.md section 7). */
export const SMALL = 11

/** `small`: 1 to 10. `withheld`: 11 or more, since a small one would follow from it. `hidden`: not even that. */
export type Said = 'exact' | 'small' | 'withheld' | 'hidden'

/** Cells change while they are protected; one may stand in several lines. */
export interface Cell {
  readonly count: number
  said: Said
  /** `public`: said elsewhere, so it cannot be held back. `unseen`: in no table, known by subtraction only. */
  readonly role: 'shown' | 'public' | 'unseen'
}

/** `whole` is the sum of `parts`. */
export interface Line {
  readonly whole: Cell
  readonly parts: readonly Cell[]
}

export const isSmall = (count: number): boolean => count > 0 && count < SMALL

export function cellOf(count: number, role: Cell['role'] = 'shown'): Cell {
  return { count, role, said: role === 'unseen' ? 'hidden' : isSmall(count) ? 'small' : 'exact' }
}

/** False where nothing that may be held back keeps a small count from being known: then none of the table is said. */
export function protect(lines: readonly Line[]): boolean {
  const linesOf = new Map<Cell, Line[]>()
  for (const line of lines)
    for (const cell of [line.whole, ...line.parts]) {
      const own = linesOf.get(cell)
      if (own === undefined) linesOf.set(cell, [line])
      else own.push(line)
    }
  for (;;) {
    const known = knownSmall(lines, [...linesOf.keys()])
    if (known === null) return true
    const near = linesOf.get(known)!.flatMap(({ whole, parts }) => [...parts, whole])
    const next = nextOf(near) ?? nextOf([...linesOf.keys()])
    if (next === undefined) return false
    next.said = next.said === 'exact' && next.count >= SMALL ? 'withheld' : 'hidden'
  }
}

/** The least that is still said goes first, which costs least; then what is known to be small or not. */
function nextOf(cells: readonly Cell[]): Cell | undefined {
  const least = (from: readonly Cell[]): Cell | undefined => [...from].sort((a, b) => a.count - b.count)[0]
  const free = cells.filter(({ role, count }) => role === 'shown' && count > 0)
  return (
    least(free.filter(({ said }) => said === 'exact')) ?? least(free.filter(({ said }) => said !== 'hidden'))
  )
}

interface Bounds {
  least: number
  most: number
}

function knownSmall(lines: readonly Line[], cells: readonly Cell[]): Cell | null {
  const bounds = boundsOf(lines, cells)
  for (const [cell, { least, most }] of bounds)
    if (isSmall(cell.count) && cell.role !== 'public' && least === most) return cell
  return null
}

/** What a reader knows of each count: from what is said of it, and from every line, until nothing narrows any more. */
export function boundsOf(lines: readonly Line[], cells: readonly Cell[]): Map<Cell, Bounds> {
  const bounds = new Map(cells.map((cell) => [cell, saidBounds(cell)]))
  for (let isChanged = true; isChanged;) {
    isChanged = false
    const narrow = (cell: Cell, least: number, most: number): void => {
      const now = bounds.get(cell)!
      if (least > now.least) {
        now.least = least
        isChanged = true
      }
      if (most < now.most) {
        now.most = most
        isChanged = true
      }
    }
    for (const { whole, parts } of lines) {
      const of = parts.map((part) => bounds.get(part)!)
      const least = of.reduce((sum, each) => sum + each.least, 0)
      const most = of.reduce((sum, each) => sum + each.most, 0)
      narrow(whole, least, most)
      const { least: wholeLeast, most: wholeMost } = bounds.get(whole)!
      for (const [i, part] of parts.entries()) {
        const own = of[i]!
        const othersLeast = least - own.least
        const othersMost = most === Infinity ? mostOfOthers(of, i) : most - own.most
        narrow(part, wholeLeast - othersMost, wholeMost - othersLeast)
      }
    }
  }
  return bounds
}

function saidBounds({ said, count, role }: Cell): Bounds {
  if (role === 'public') return { least: count, most: count }
  switch (said) {
    case 'exact':
      return { least: count, most: count }
    case 'small':
      return { least: 1, most: SMALL - 1 }
    case 'withheld':
      return { least: SMALL, most: Infinity }
    case 'hidden':
      // What is shown as hidden is not nobody.
      return { least: role === 'unseen' ? 0 : 1, most: Infinity }
  }
}

function mostOfOthers(of: readonly Bounds[], except: number): number {
  let sum = 0
  for (const [i, { most }] of of.entries()) if (i !== except) sum += most
  return sum
}
