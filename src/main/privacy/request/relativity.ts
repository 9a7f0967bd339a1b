/** What models of tariff cells have in common: factors, with cells enough to measure how far the cells lie from the model. */
import { levelCount, type Axis } from './axis.ts'
import { isContribution } from './counted.ts'
import type { RequestProblem } from './output-form.ts'

/** Of a relativity, cells beyond the parameters, so that the spread can be measured. */
export const FREE_CELLS_LEAST = 10

export function problemsOfFactors(factors: readonly Axis[], cellsMost: number): readonly RequestProblem[] {
  const problems: RequestProblem[] = []
  if (factors.length < 1) problems.push('axes')
  else if (freeCellCount(factors) < FREE_CELLS_LEAST) problems.push('too-few-cells')
  if (!isContribution(cellsMost)) problems.push('bounds')
  return problems
}

/** Cells with known levels, less the parameters of a log-linear model. */
function freeCellCount(factors: readonly Axis[]): number {
  const known = factors.map((axis) => levelCount(axis) - 1)
  const parameters = known.reduce((sum, levels) => sum + levels - 1, 1)
  return known.reduce((product, levels) => product * levels, 1) - parameters
}
