/**
 * Relativities of insurance from noisy tariff cells: claims per exposure (Poisson) and cost per claim (gamma), both log-linear
 * (docs/spec/privacy.md G8). What varies more than the model says widens the intervals; it is measured on the cells, so there must be more
 * of them than parameters.
 */
import { log } from '../../stats/det/log.ts'
import { studentTQuantile } from '../../stats/det/distributions.ts'
import type { Output } from '../request/outputs.ts'
import { FREE_CELLS_LEAST } from '../request/relativity.ts'
import { designOf, levelsOfCell } from './design.ts'
import { numberOfVariance } from './interval.ts'
import { addOuter, fitNoisy, sandwichDiagonal } from './noisy-fit.ts'
import { halfWidth, sumOf, threshold, type NoisyTable } from './noisy-tables.ts'
import type { ReleasePolicy } from './answer-policy.ts'
import { estimateOf, WITHHELD, type Release } from './release.ts'

/** Both models set Σ x (above · f(rate) - below · g(rate)) to zero. */
type Cell = { readonly columns: readonly number[]; readonly above: number; readonly below: number }

/**
 * `above` over `below` is what is modelled: claims over exposure days, or cost over claims. Each has noise of its own variance.
 */
export function releaseRelativities(
  [patients, below, above]: readonly NoisyTable[],
  output: Output & { kind: 'poisson' | 'gamma' },
  policy: ReleasePolicy,
): Release {
  const { factors } = output
  const isPoisson = output.kind === 'poisson'
  const claims = isPoisson ? above! : below!
  const cellCount = patients!.cells.length
  const total = sumOf(patients!.cells)
  // A patient may be in several cells: sums over cells must stand for so many times as many.
  const perPatient = output.cellsMost
  if (total < threshold(policy.modelPatientsLeast * perPatient, patients!.variance, cellCount))
    return WITHHELD
  const least = threshold(policy.smallestCount, patients!.variance)
  const levelsOf = patients!.cells.map((_, cell) => levelsOfCell(factors, cell))
  const isUsed = (cell: number): boolean =>
    patients!.cells[cell]! >= least && below!.cells[cell]! > 0n && (isPoisson || above!.cells[cell]! > 0n)
  const used = levelsOf.flatMap((_, cell) => (isUsed(cell) ? [cell] : []))
  const design = designOf(factors, 1, (axis, level) => {
    const those = used.filter((cell) => levelsOf[cell]![axis] === level)
    const reaches = (table: NoisyTable, most: number) =>
      sumOf(those.map((cell) => table.cells[cell]!)) >= threshold(most, table.variance, those.length)
    return (
      those.length > 0 &&
      reaches(patients!, policy.smallestCount * perPatient) &&
      reaches(claims, policy.smallestCount) &&
      (!isPoisson || reaches(below!, policy.exposureDaysLeast))
    )
  })
  if (design === null) return WITHHELD
  const size = design.columnCount
  const cells = used.flatMap((cell): Cell[] => {
    const columns = design.columnsOf(levelsOf[cell]!)
    if (columns === null) return []
    return [
      { columns: [0, ...columns], above: Number(above!.cells[cell]!), below: Number(below!.cells[cell]!) },
    ]
  })
  const free = cells.length - size
  if (free < FREE_CELLS_LEAST) return WITHHELD
  const ratio = sum(cells, ({ above: a }) => a) / sum(cells, ({ below: b }) => b)
  if (!(ratio > 0)) return WITHHELD
  const start = new Float64Array(size)
  start[0] = log(ratio)
  const fit = fitNoisy(
    cells.map(({ columns, above: a, below: b }) =>
      isPoisson
        ? { columns, scoreOf: (mu: number) => a - b * mu, weightOf: (mu: number) => b * mu }
        : { columns, scoreOf: (mu: number) => a / mu - b, weightOf: (mu: number) => a / mu },
    ),
    size,
    start,
  )
  if (fit === null) return WITHHELD

  const noiseAbove = numberOfVariance(above!.variance)
  const noiseBelow = numberOfVariance(below!.variance)
  const noiseOf = (mu: number) =>
    isPoisson ? noiseAbove + mu * mu * noiseBelow : noiseAbove / (mu * mu) + noiseBelow
  const chanceOf = ({ below: b }: Cell, mu: number) => (isPoisson ? b * mu : b)
  const restOf = ({ above: a, below: b }: Cell, mu: number) => (isPoisson ? a - b * mu : a / mu - b)
  const pearson = sum(cells, (cell, i) => {
    const mu = fit.rates[i]!
    return (restOf(cell, mu) ** 2 - noiseOf(mu)) / chanceOf(cell, mu)
  })
  // Counts spread at least as Poisson says; costs have no such floor.
  const spread = Math.max(pearson / free, isPoisson ? 1 : 0)
  const meat = new Float64Array(size * size)
  for (const [i, cell] of cells.entries()) {
    const mu = fit.rates[i]!
    addOuter(meat, size, cell.columns, spread * chanceOf(cell, mu) + noiseOf(mu))
  }
  const variances = sandwichDiagonal(fit.inverse, meat, size)
  const quantile = studentTQuantile(0.975, free)
  return {
    kind: 'effects',
    effects: design.effects.map(({ axis, level, column }) => {
      const value = fit.coefficients[column]!
      const reach = quantile * Math.sqrt(variances[column]!)
      return {
        variable: factors[axis]!.variable,
        level,
        logRatio: estimateOf(value, value - reach, value + reach),
      }
    }),
    count: { value: total, halfWidth: halfWidth(patients!.variance, cellCount) },
  }
}

function sum(cells: readonly Cell[], of: (cell: Cell, i: number) => number): number {
  return cells.reduce((total, cell, i) => total + of(cell, i), 0)
}
