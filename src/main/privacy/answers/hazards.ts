/**
 * Cox's model with a hazard that is constant within time bins (piecewise exponential), from one noisy table of covariates, time and
 * event (docs/spec/privacy.md G7). Time at risk in a bin is that of all who leave later, and half of that of those who leave in it.
 */
import { log } from '../../stats/det/log.ts'
import { cellCountOf } from '../request/axis.ts'
import type { Output } from '../request/outputs.ts'
import { timeBins, type TimeBins } from './curves.ts'
import { designOf, levelsOfCell, type Design } from './design.ts'
import { numberOfVariance, Z_95 } from './interval.ts'
import { addOuter, fitNoisy, sandwichDiagonal, type FitCell } from './noisy-fit.ts'
import { halfWidth, sumOf, threshold, type NoisyTable } from './noisy-tables.ts'
import type { ReleasePolicy } from './answer-policy.ts'
import { estimateOf, WITHHELD, type Release } from './release.ts'

/** One bin of one group that is in the model. */
type HazardCell = {
  readonly group: number
  readonly bin: number
  readonly columns: readonly number[]
  readonly events: number
  readonly days: number
}

export function releaseHazards(
  [table]: readonly NoisyTable[],
  { timeEdges, covariates }: Output & { kind: 'cox' },
  policy: ReleasePolicy,
): Release {
  const { cells: all, variance } = table!
  const patients = sumOf(all)
  if (patients < threshold(policy.modelPatientsLeast, variance, all.length)) return WITHHELD
  const groups = Array.from({ length: cellCountOf(covariates) }, (_, group) =>
    timeBins(table!, timeEdges.length, group),
  )
  const groupLevels = groups.map((_, group) => levelsOfCell(covariates, group))
  const isOf = (axis: number, level: number) => (_: TimeBins, group: number) =>
    groupLevels[group]![axis] === level
  const binCount = timeEdges.length
  const blocks = baselineBlocks(groups, binCount, table!, policy)
  if (blocks === null) return WITHHELD
  const design = designOf(covariates, blocks.count, (axis, level) => {
    const those = groups.filter(isOf(axis, level))
    const eventCells = those.length * (binCount + 1)
    const events = sumOf(those.flatMap((each) => each.events))
    const rest = sumOf(those.flatMap((each) => each.censored))
    return (
      events >= threshold(policy.smallestCount, variance, eventCells) &&
      rest >= threshold(policy.smallestCount, variance, eventCells)
    )
  })
  if (design === null) return WITHHELD

  const widths = timeEdges.map((edge, bin) => edge - (timeEdges[bin - 1] ?? 0))
  const cells = groups.flatMap((bins, group) => {
    const own = design.columnsOf(groupLevels[group]!)
    return own === null ? [] : hazardCells(bins, group, own, blocks.of, widths, table!, policy)
  })
  const days = cells.reduce((sum, cell) => sum + cell.days, 0)
  const events = cells.reduce((sum, cell) => sum + cell.events, 0)
  if (!(days > 0) || !(events > 0)) return WITHHELD
  const start = new Float64Array(design.columnCount).fill(0)
  start.fill(log(events / days), 0, blocks.count)
  const fit = fitNoisy(
    cells.map((cell): FitCell => ({
      columns: cell.columns,
      scoreOf: (rate) => cell.events - cell.days * rate,
      weightOf: (rate) => cell.days * rate,
    })),
    design.columnCount,
    start,
  )
  if (fit === null) return WITHHELD
  const meat = meatOf(cells, fit.rates, widths, design, numberOfVariance(variance), binCount)
  const variances = sandwichDiagonal(fit.inverse, meat, design.columnCount)
  return {
    kind: 'effects',
    effects: design.effects.map(({ axis, level, column }) => {
      const value = fit.coefficients[column]!
      const reach = Z_95 * Math.sqrt(variances[column]!)
      return {
        variable: covariates[axis]!.variable,
        level,
        logRatio: estimateOf(value, value - reach, value + reach),
      }
    }),
    count: { value: patients, halfWidth: halfWidth(variance, all.length) },
  }
}

/** Bins joined until each has enough events for a hazard of its own; what is left at the end belongs to the last one. */
function baselineBlocks(
  groups: readonly TimeBins[],
  binCount: number,
  { variance }: NoisyTable,
  policy: ReleasePolicy,
): { readonly of: readonly number[]; readonly count: number } | null {
  const of: number[] = []
  let block = 0
  for (let start = 0, end = 1; end <= binCount; end++) {
    of.push(block)
    const events = sumOf(groups.flatMap((each) => each.events.slice(start, end)))
    if (events < threshold(policy.smallestCount, variance, groups.length * (end - start))) continue
    block++
    start = end
  }
  if (block === 0) return null
  return { of: of.map((each) => Math.min(each, block - 1)), count: block }
}

/** Up to the bin from which on too few are at risk. */
function hazardCells(
  { censored, events }: TimeBins,
  group: number,
  own: readonly number[],
  blockOf: readonly number[],
  widths: readonly number[],
  { variance }: NoisyTable,
  policy: ReleasePolicy,
): HazardCell[] {
  const cells: HazardCell[] = []
  for (const [bin, width] of widths.entries()) {
    const later = Number(sumOf(events.slice(bin + 1)) + sumOf(censored.slice(bin + 1)))
    const leaving = Number(events[bin]! + censored[bin]!)
    const atRisk = BigInt(later + leaving)
    if (atRisk < threshold(policy.atRiskLeast, variance, 2 * (events.length - bin))) break
    const days = width * (later + leaving / 2)
    if (!(days > 0)) break
    cells.push({ group, bin, columns: [blockOf[bin]!, ...own], events: Number(events[bin]!), days })
  }
  return cells
}

/** Chance (Poisson) and noise: each noisy cell moves its own events and the time at risk of its bin and those before. */
function meatOf(
  cells: readonly HazardCell[],
  rates: Float64Array,
  widths: readonly number[],
  { columnCount }: Design,
  noise: number,
  binCount: number,
): Float64Array {
  const meat = new Float64Array(columnCount * columnCount)
  const byGroup = new Map<number, (HazardCell & { readonly rate: number })[]>()
  for (const [i, cell] of cells.entries()) {
    const rate = rates[i]!
    addOuter(meat, columnCount, cell.columns, cell.days * rate)
    byGroup.set(cell.group, [...(byGroup.get(cell.group) ?? []), { ...cell, rate }])
  }
  for (const own of byGroup.values())
    for (let bin = 0; bin <= binCount; bin++)
      for (const isEvent of [false, true]) {
        const gradient = new Float64Array(columnCount)
        for (const cell of own) {
          if (cell.bin > bin) continue
          const share = cell.bin === bin ? 0.5 : 1
          const moved = (isEvent && cell.bin === bin ? 1 : 0) - share * widths[cell.bin]! * cell.rate
          for (const column of cell.columns) gradient[column] = gradient[column]! + moved
        }
        for (let a = 0; a < columnCount; a++)
          for (let b = 0; b < columnCount; b++)
            meat[a * columnCount + b] = meat[a * columnCount + b]! + noise * gradient[a]! * gradient[b]!
      }
  return meat
}
