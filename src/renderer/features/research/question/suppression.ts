/**
 * Which cells of a table are not said, so that no count under 11 follows from the others (docs/spec/study.md section 5). Counts stand in
 * lines whose parts add up to a whole; of a line that would give a small count away a second cell goes, until none does. Pure.
 */

/** Fewer than this many are not said exactly (docs/spec/cohort.md section 7). */
export const SMALL = 11

/** Cells change while lines are looked at: one stands in several. */
export interface Cell {
  readonly count: number
  /** In no table: whoever reads knows it by subtraction only. */
  readonly isUnseen: boolean
  /** A small count, or one that would give a small one away. */
  isSuppressed: boolean
}

/** `whole` is the sum of `parts`. */
interface Line {
  readonly whole: Cell
  readonly parts: readonly Cell[]
}

const isSmall = (count: number): boolean => count > 0 && count < SMALL

export function cellOf(count: number, isUnseen = false): Cell {
  return { count, isUnseen, isSuppressed: isSmall(count) }
}

/** Looks at each line alone; cells of all of them taken together are no system of equations here. */
export function suppressLines(lines: readonly Line[]): void {
  for (let isChanged = true; isChanged;) {
    isChanged = false
    for (const line of lines) {
      while (isGivenAway(line)) {
        const next = nextOf(line)
        if (next === undefined) break
        next.isSuppressed = true
        isChanged = true
      }
    }
  }
}

function isGivenAway({ whole, parts }: Line): boolean {
  const open = parts.filter(isOpen)
  if (whole.isSuppressed) {
    // Behind a small whole every part is small or nobody.
    return !isSmall(whole.count) && open.length === 0
  }
  if (!open.some(({ isSuppressed }) => isSuppressed)) return false
  if (open.length === 1) return true
  // What a reader knows of each is its least and its most: where the sum meets one of them, every cell is known.
  const sum = total(open, ({ count }) => count)
  const least = total(open, (cell) => (cell.isUnseen ? 0 : isSmall(cell.count) ? 1 : SMALL))
  const most = open.every(({ count, isUnseen }) => isSmall(count) && !isUnseen)
    ? open.length * (SMALL - 1)
    : Infinity
  return sum === least || sum === most
}

/** The least that is still said, which costs least; a nobody is said as it is. */
function nextOf({ whole, parts }: Line): Cell | undefined {
  const [least] = parts.filter((cell) => !isOpen(cell) && cell.count > 0).sort((a, b) => a.count - b.count)
  return least ?? (whole.isSuppressed ? undefined : whole)
}

const isOpen = ({ isSuppressed, isUnseen }: Cell): boolean => isSuppressed || isUnseen

function total(cells: readonly Cell[], of: (cell: Cell) => number): number {
  return cells.reduce((sum, cell) => sum + of(cell), 0)
}
