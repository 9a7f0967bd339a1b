/**
 * Frequency, severity and pure premium as log-linear models of tariff cells (docs/spec/pricing.md P2). Noise of a release widens the
 * errors: with H the information and N the noise's part of the score, the covariance is H⁻¹(φH + N)H⁻¹, and φ is measured after what
 * noise explains of the spread. Levels of which noise leaves nothing to read share one relativity (P16).
 */
import { log } from '../../stats/det/log.ts'
import { chiSquared } from '../../stats/det/distributions.ts'
import { pow } from '../../stats/det/pow.ts'
import { StatsFailure, type StatsWarning } from '../../stats/failure.ts'
import { sandwich } from '../../stats/linalg/matrix.ts'
import { type Family, gamma, poisson, tweedie } from '../../stats/regression/families.ts'
import { fitGlm, type GlmData, type GlmFit } from '../../stats/regression/glm.ts'
import { fitNegativeBinomial } from '../../stats/regression/negative-binomial.ts'
import { fitTweedie } from '../../stats/regression/tweedie.ts'
import { PricingFailure } from '../failure.ts'
import { foldedLevels } from './fold-levels.ts'
import { layoutSize, layoutStarts, type Rating } from './rating.ts'
import { factorIndex, type TariffTable } from './tariff-table.ts'

export type FrequencyFamily = 'poisson' | 'quasipoisson' | 'negative-binomial'

export interface RateModel {
  readonly kind: 'frequency' | 'severity' | 'pure-premium'
  readonly family: FrequencyFamily | 'gamma' | 'tweedie'
  readonly rating: Rating
  /** Base level of each factor: the one with the largest exposure (severity: too, so that relativities multiply). */
  readonly baseLevels: readonly number[]
  /** φ that the errors use. */
  readonly dispersion: number
  /** Pearson's φ after noise, and the p of a larger one by chance if the family's own were true. */
  readonly pearson: { readonly dispersion: number; readonly p: number }
  /** Theta of the negative binomial, power of Tweedie. */
  readonly parameter: number | null
  readonly deviance: number
  readonly nullDeviance: number
  readonly cellsUsed: number
  /** Of the linear predictor, that of the base among them. */
  readonly parameters: number
  /** Cells without exposure (severity: without claims or cost). */
  readonly cellsLeftOut: number
  readonly converged: boolean
  readonly warnings: readonly StatsWarning[]
}

/** Of what the cells scatter around one rate for all of them, the share that the factors take away; NaN where nothing scatters. */
export const devianceExplained = ({
  deviance,
  nullDeviance,
}: Pick<RateModel, 'deviance' | 'nullDeviance'>): number =>
  nullDeviance > 0 ? 1 - deviance / nullDeviance : NaN

/** Factors of the table that the model uses, all of them by default. */
export interface RateOptions {
  readonly factors?: readonly string[]
}

/** Claims per member-year. `negative-binomial` needs a table without noise, since theta is estimated from whole counts. */
export function fitFrequency(
  table: TariffTable,
  family: FrequencyFamily,
  options: RateOptions = {},
): RateModel {
  const cells = cellsWhere(table, (i) => table.exposure[i]! > 0)
  const design = designOf(table, cells, options)
  const offset = Float64Array.from(cells, (i) => log(table.exposure[i]!))
  const data: GlmData = { y: pick(table.claims, cells), x: design.columns, names: design.names, offset }
  if (family === 'negative-binomial') {
    if (table.noise !== null && table.noise.claims.some((v) => v > 0)) {
      throw new PricingFailure({
        code: 'bad-option',
        option: 'family',
        value: family,
        allowed: 'poisson or quasipoisson where counts carry noise',
      })
    }
    const fit = fitNegativeBinomial(data)
    return modelOf('frequency', family, table, cells, design, fit, null, fit.theta)
  }
  const fit = fitGlm(data, tolerant(poisson(family === 'quasipoisson'), data.y))
  const noise = table.noise
  const noiseOf =
    noise &&
    ((mu: number, i: number): number => {
      const rate = mu / table.exposure[i]!
      return noise.claims[i]! + rate * rate * noise.exposure[i]!
    })
  return modelOf('frequency', family, table, cells, design, fit, noiseOf, null)
}

/** Cost per claim, with the number of claims as weight. */
export function fitSeverity(table: TariffTable, options: RateOptions = {}): RateModel {
  const cells = cellsWhere(table, (i) => table.claims[i]! > 0 && table.cost[i]! > 0)
  const design = designOf(table, cells, options)
  const data: GlmData = {
    y: Float64Array.from(cells, (i) => table.cost[i]! / table.claims[i]!),
    x: design.columns,
    names: design.names,
    weights: pick(table.claims, cells),
  }
  const fit = fitGlm(data, gamma())
  const noise = table.noise
  const noiseOf = noise && ((mu: number, i: number): number => noise.cost[i]! / (mu * mu) + noise.claims[i]!)
  return modelOf('severity', 'gamma', table, cells, design, fit, noiseOf, null)
}

/** Cost per member-year; a power of null is profiled, which needs a table without noise. */
export function fitPurePremium(
  table: TariffTable,
  power: number | null,
  options: RateOptions = {},
): RateModel {
  const cells = cellsWhere(table, (i) => table.exposure[i]! > 0)
  const design = designOf(table, cells, options)
  const data: GlmData = {
    y: Float64Array.from(cells, (i) => table.cost[i]! / table.exposure[i]!),
    x: design.columns,
    names: design.names,
    weights: pick(table.exposure, cells),
  }
  const noise = table.noise !== null && table.noise.cost.some((v) => v > 0) ? table.noise : null
  if (power === null && noise === null) {
    const fit = fitTweedie(data, null)
    return modelOf('pure-premium', 'tweedie', table, cells, design, fit, null, fit.power)
  }
  if (power === null || !(power > 1 && power < 2)) {
    throw new PricingFailure({
      code: 'bad-option',
      option: 'power',
      value: String(power),
      allowed: '1 < power < 2; not profiled where costs carry noise',
    })
  }
  if (noise === null) {
    const fit = fitGlm(data, tolerant(tweedie(power), data.y))
    return modelOf('pure-premium', 'tweedie', table, cells, design, fit, null, power)
  }
  const { fit, power: used } = fitNoisyTweedie(data, power)
  const noiseOf = (mu: number, i: number): number =>
    (noise.cost[i]! + mu * mu * noise.exposure[i]!) * pow(mu, 2 - 2 * used)
  return modelOf('pure-premium', 'tweedie', table, cells, design, fit, noiseOf, used)
}

/** How much of what the power has above 1 is left, one after the other. */
const POWER_PARTS = [1, 0.25, 0.02] as const

/**
 * Above power 1 a cell below nothing pulls its own mean to nothing without an end, and then there is no finite model: near 1 each level's sum is what counts,
 * which is above nothing. The power that was used is the model's parameter.
 *
 * @throws {StatsFailure} where none of them is finite
 */
function fitNoisyTweedie(data: GlmData, power: number): { fit: GlmFit; power: number } {
  let failure: unknown = null
  for (const part of POWER_PARTS) {
    const used = 1 + part * (power - 1)
    try {
      const fit = fitGlm(data, tolerant(tweedie(used), data.y))
      if (fit.converged) return { fit, power: used }
    } catch (error) {
      if (!(error instanceof StatsFailure) || error.detail.code !== 'numeric-overflow') throw error
      failure = error
    }
  }
  throw failure ?? new PricingFailure({ code: 'nothing-to-fit', what: 'costs beyond noise' })
}

interface RateDesign {
  readonly columns: readonly Float64Array[]
  readonly names: readonly string[]
  /** Positions in the layout of each column: of several levels where these share a relativity. */
  readonly layout: readonly (readonly number[])[]
  /** Those that share the base's; with 0 and no error. */
  readonly baseLayout: readonly number[]
  readonly baseLevels: readonly number[]
  readonly factors: readonly number[]
}

function designOf(table: TariffTable, cells: readonly number[], options: RateOptions): RateDesign {
  if (cells.length === 0) throw new PricingFailure({ code: 'nothing-to-fit', what: 'cells' })
  const factors = options.factors
    ? options.factors.map((name) => factorIndex(table.factors, name))
    : table.factors.map((_, f) => f)
  const starts = layoutStarts(factors.map((f) => table.factors[f]!))
  const columns = [new Float64Array(cells.length).fill(1)]
  const names = ['base']
  const layout: (readonly number[])[] = [[0]]
  const baseLayout: number[] = []
  const baseLevels: number[] = []
  factors.forEach((f, at) => {
    const { name, levels } = table.factors[f]!
    const codes = table.codes[f]!
    const groupOf = foldedLevels(table, f)
    const isIn = new Array<boolean>(levels.length).fill(false)
    for (const i of cells) isIn[codes[i]!] = true
    const base = largestLevel(table, f, isIn)
    baseLevels.push(base)
    levels.forEach((level, first) => {
      // A level that stands alone is its group; a table without noise has no others.
      const group = levels.flatMap((_, k) => (groupOf[k] === first ? [k] : []))
      if (!group.some((k) => isIn[k])) return
      const places = group.map((k) => starts[at]! + k)
      if (group.includes(base)) {
        baseLayout.push(...places)
        return
      }
      const isOf = new Set(group)
      columns.push(Float64Array.from(cells, (i) => (isOf.has(codes[i]!) ? 1 : 0)))
      names.push(`${name}: ${level}`)
      layout.push(places)
    })
  })
  return { columns, names, layout, baseLayout, baseLevels, factors }
}

/** The level with the largest exposure of the whole table: frequency, severity and pure premium then have one base. */
function largestLevel(table: TariffTable, factor: number, isIn: readonly boolean[]): number {
  const sums = new Float64Array(isIn.length)
  table.codes[factor]!.forEach((code, i) => {
    sums[code] = sums[code]! + table.exposure[i]!
  })
  let best = -1
  for (let k = 0; k < sums.length; k++) if (isIn[k] && (best < 0 || sums[k]! > sums[best]!)) best = k
  return best
}

/** Variance of a cell's noise in the score at a fitted mean. */
type NoiseOfScore = (mu: number, cell: number) => number

function modelOf(
  kind: RateModel['kind'],
  family: RateModel['family'],
  table: TariffTable,
  cells: readonly number[],
  design: RateDesign,
  fit: GlmFit,
  noiseOf: NoiseOfScore | null,
  parameter: number | null,
): RateModel {
  const factors = design.factors.map((f) => table.factors[f]!)
  const p = design.columns.length
  const pearson = pearsonOf(fit, noiseOf, cells)
  const hasFixed = family === 'poisson' || family === 'negative-binomial'
  const dispersion = noiseOf === null ? fit.dispersion : hasFixed ? 1 : pearson.dispersion
  const covariance =
    noiseOf === null ? fit.variance : noisyCovariance(fit, design.columns, dispersion, noiseOf, cells)
  const size = layoutSize(factors)
  const full = new Float64Array(size * size)
  for (let i = 0; i < p; i++) {
    for (let j = 0; j < p; j++)
      for (const a of design.layout[i]!)
        for (const b of design.layout[j]!) full[a * size + b] = covariance[i * p + j]!
  }
  const starts = layoutStarts(factors)
  const logRatios = factors.map(({ levels }, f) => {
    const ratios = new Float64Array(levels.length).fill(NaN)
    const set = (places: readonly number[], ratio: number): void => {
      for (const at of places) {
        const k = at - starts[f]!
        if (k >= 0 && k < levels.length) ratios[k] = ratio
      }
    }
    set(design.baseLayout, 0)
    design.layout.forEach((places, j) => set(places, fit.coefficients[j]!))
    return ratios
  })
  return {
    kind,
    family,
    rating: {
      factors,
      logBase: fit.coefficients[0]!,
      logRatios,
      covariance: full,
      freedom: hasFixed ? Infinity : fit.dfResidual,
    },
    baseLevels: design.baseLevels,
    dispersion,
    pearson,
    parameter,
    deviance: fit.deviance,
    nullDeviance: fit.nullDeviance,
    cellsUsed: cells.length,
    parameters: p,
    cellsLeftOut: table.exposure.length - cells.length,
    converged: fit.converged,
    warnings: fit.warnings,
  }
}

/** Pearson's spread less what noise makes of it. */
function pearsonOf(
  fit: GlmFit,
  noiseOf: NoiseOfScore | null,
  cells: readonly number[],
): { dispersion: number; p: number } {
  const freedom = fit.dfResidual
  if (!(freedom > 0)) return { dispersion: NaN, p: NaN }
  let sum = fit.pearsonDispersion * freedom
  if (noiseOf !== null) {
    for (let k = 0; k < cells.length; k++) {
      const weight = fit.workingWeights[k]!
      if (weight > 0) sum -= noiseOf(fit.fitted[k]!, cells[k]!) / weight
    }
  }
  // Noise can explain more than there is; costs then spread by what noise alone would give.
  const dispersion = Math.max(sum / freedom, 1e-6)
  return { dispersion, p: chiSquared(dispersion * freedom, freedom).upper }
}

/** H⁻¹(φH + N)H⁻¹ with N the noise of the score in each cell. */
function noisyCovariance(
  fit: GlmFit,
  columns: readonly Float64Array[],
  dispersion: number,
  noiseOf: NoiseOfScore,
  cells: readonly number[],
): Float64Array {
  const p = columns.length
  const meat = new Float64Array(p * p)
  for (let k = 0; k < cells.length; k++) {
    const noise = noiseOf(fit.fitted[k]!, cells[k]!)
    for (let i = 0; i < p; i++) {
      const left = noise * columns[i]![k]!
      if (left === 0) continue
      for (let j = 0; j < p; j++) meat[i * p + j] = meat[i * p + j]! + left * columns[j]![k]!
    }
  }
  const spread = sandwich(fit.unscaled, meat, p)
  return fit.unscaled.map((v, i) => dispersion * v + spread[i]!)
}

/**
 * A family that takes the cells which noise pushed below nothing: its score is right for them too, its deviance has no constant there. Where there are such
 * cells the fit begins at no less than the mean: from nearly nothing a cell below it throws the first step out of all numbers.
 */
function tolerant(family: Family, values: ArrayLike<number>): Family {
  let sum = 0
  let isBelow = false
  for (let i = 0; i < values.length; i++) {
    sum += values[i]!
    if (values[i]! < 0) isBelow = true
  }
  const least = isBelow ? Math.max(0, sum / values.length) : 0
  return {
    ...family,
    isValidResponse: (y) => y - y === 0,
    start: (y) => family.start(Math.max(y, least), 1),
    deviance: (y, mu) =>
      y >= 0 ? family.deviance(y, mu) : family.deviance(0, mu) + belowNothing(family, y, mu),
  }
}

/** -2y∫ 1/V: what the deviance has beside that of 0. */
function belowNothing(family: Family, y: number, mu: number): number {
  if (family.name !== 'tweedie') return -2 * y * log(mu)
  const power = 1 - family.parameter!
  return (-2 * y * pow(mu, power)) / power
}

function cellsWhere(table: TariffTable, isIn: (cell: number) => boolean): number[] {
  const cells: number[] = []
  for (let i = 0; i < table.exposure.length; i++) if (isIn(i)) cells.push(i)
  return cells
}

function pick(values: Float64Array, cells: readonly number[]): Float64Array {
  return Float64Array.from(cells, (i) => values[i]!)
}
