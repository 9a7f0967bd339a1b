/**
 * How much more claims vary than if they came one by one: some people claim again and again, and so counts of cells vary by φ times their mean. Measured in the cells
 * of one release after its noise is taken out (docs/spec/pricing.md M16).
 */
import { type Axis, nameOf, type WatchedCell, type WatchedTable } from './cells.ts'

export interface Overdispersion {
  /** Variance of a count over its mean; below 1 where noise and chance leave less than one by one would. */
  readonly phi: number
  readonly stdErr: number
  /** Cells less what is fitted to them. */
  readonly freedom: number
}

/** From so many degrees of freedom φ can be told from chance. */
const FREEDOM_LEAST = 10
const ROUNDS_MOST = 200

/** Variance over mean as it is used: never less than chance alone, and 1 where it cannot be told. */
export const dispersionOf = (found: Overdispersion | null): number => Math.max(1, found?.phi ?? 1)

/**
 * Pearson's spread around rows times columns, so that neither a group that claims more nor an age that does counts as spread: each squared residual less its part of the
 * noise, over what its mean leaves of it, weighted as the most exact sum of both has it. Without noise it is Pearson's statistic over its degrees of freedom.
 *
 * @param row such as the group
 * @param columns such as age band and sex, which together are the columns
 * @returns null where there are too few cells
 */
export function overdispersionOf(
  table: WatchedTable,
  row: Axis,
  columns: readonly Axis[],
): Overdispersion | null {
  const cells = cellsThatCount(
    table.cells.flatMap((cell) =>
      cell.exposure !== null && cell.exposure > 0
        ? [{ cell, row: nameOf(cell.key, [row]), column: nameOf(cell.key, columns), weight: cell.exposure }]
        : [],
    ),
  )
  const rows = new Set(cells.map((each) => each.row)).size
  const freedom = cells.length - rows - new Set(cells.map(({ column }) => column)).size + 1
  if (rows < 2 || freedom < FREEDOM_LEAST) return null
  const means = productMeans(cells)
  const sums = { row: sumBy(cells, 'row', means), column: sumBy(cells, 'column', means) }
  const all = means.reduce((sum, mean) => sum + mean, 0)
  let top = 0
  let bottom = 0
  const parts: {
    readonly u: number
    readonly mean: number
    readonly noise: number
    readonly left: number
  }[] = []
  cells.forEach(({ cell, row: r, column }, i) => {
    const mean = means[i]!
    // What the fit leaves of a residual's variance: one less its leverage.
    const left = Math.max(0, 1 - mean * (1 / sums.row.get(r)! + 1 / sums.column.get(column)! - 1 / all))
    const u = mean / (mean + cell.noise) ** 2
    top += u * ((cell.value - mean) ** 2 - left * cell.noise)
    bottom += u * left * mean
    parts.push({ u, mean, noise: cell.noise, left })
  })
  if (!(bottom > 0)) return null
  const phi = Math.max(0, top / bottom)
  const variance = parts.reduce(
    (sum, { u, mean, noise, left }) => sum + 2 * left * (u * (Math.max(1, phi) * mean + noise)) ** 2,
    0,
  )
  return { phi, stdErr: Math.sqrt(variance) / bottom, freedom }
}

interface Placed {
  readonly cell: WatchedCell
  readonly row: string
  readonly column: string
  /** Exposure. */
  readonly weight: number
}

/** Without rows and columns of which noise leaves nothing: no product fits them. */
function cellsThatCount(cells: readonly Placed[]): readonly Placed[] {
  const observed = cells.map(({ cell }) => cell.value)
  const [rows, columns] = [sumBy(cells, 'row', observed), sumBy(cells, 'column', observed)]
  const kept = cells.filter(({ row, column }) => rows.get(row)! > 0 && columns.get(column)! > 0)
  return kept.length === cells.length ? cells : cellsThatCount(kept)
}

/** Means that are exposure times a factor of the row times one of the column, with the sums of both as observed (iterative proportional fitting). */
function productMeans(cells: readonly Placed[]): Float64Array {
  const means = Float64Array.from(cells, ({ weight }) => weight)
  const observed = cells.map(({ cell }) => cell.value)
  const wanted = { row: sumBy(cells, 'row', observed), column: sumBy(cells, 'column', observed) }
  for (let round = 0; round < ROUNDS_MOST; round++) {
    let moved = 0
    for (const by of ['row', 'column'] as const) {
      const now = sumBy(cells, by, means)
      cells.forEach((each, i) => {
        const factor = wanted[by].get(each[by])! / now.get(each[by])!
        means[i] = means[i]! * factor
        if (round > 0) moved = Math.max(moved, Math.abs(factor - 1))
      })
    }
    if (round > 0 && moved < 1e-12) break
  }
  return means
}

function sumBy(
  cells: readonly Placed[],
  by: 'row' | 'column',
  values: ArrayLike<number>,
): ReadonlyMap<string, number> {
  const sums = new Map<string, number>()
  cells.forEach((each, i) => sums.set(each[by], (sums.get(each[by]) ?? 0) + values[i]!))
  return sums
}
