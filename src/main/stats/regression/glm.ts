import { StatsFailure, type StatsWarning } from '../failure.ts'
import { isAliased, ldl, ldlInverse, ldlSolve } from '../linalg/cholesky.ts'
import { addCrossVector, addWeightedCross, unpackSymmetric } from '../linalg/cross.ts'
import { sandwich } from '../linalg/matrix.ts'
import { type Family, logLikelihoodOf } from './families.ts'

/** Design columns as used (with the intercept as a column of ones). */
export interface GlmData {
  y: Float64Array
  x: readonly Float64Array[]
  names?: readonly string[]
  weights?: Float64Array | null
  offset?: Float64Array | null
  /** 0-based codes for a cluster-robust variance. */
  cluster?: Int32Array | null
}

export interface GlmOptions {
  /** Relative change of the deviance, |new - old| / (|new| + 0.1), at which iterations stop. */
  eps: number
  maxIterations: number
  /** Start from these linear predictors instead of the family's. */
  startEta: Float64Array | null
  onProgress?: (pass: number) => boolean
}

export const GLM_DEFAULTS: GlmOptions = { eps: 1e-14, maxIterations: 100, startEta: null }

export interface GlmFit {
  kind: 'glm'
  family: Family
  names: readonly string[]
  /** NaN where aliased. */
  coefficients: Float64Array
  /** dispersion·(X'WX)⁻¹, or the cluster-robust one when `naiveVariance` is not null. */
  variance: Float64Array
  naiveVariance: Float64Array | null
  /** (X'WX)⁻¹ */
  unscaled: Float64Array
  deviance: number
  nullDeviance: number
  dfResidual: number
  dfNull: number
  /** 1 for binomial, poisson and negbin, else Pearson's. */
  dispersion: number
  pearsonDispersion: number
  logLikelihood: number
  aic: number
  iterations: number
  converged: boolean
  aliased: number[]
  infinite: number[]
  rank: number
  n: number
  fitted: Float64Array
  eta: Float64Array
  /** Working weights of the last step, which the variance and the leverages use. */
  workingWeights: Float64Array
  warnings: StatsWarning[]
}

/** Redundant columns have a pivot of this share of their own length after scaling. */
const ALIAS_TOLERANCE = 1e-12
const SHARD = 8192

/**
 * Generalised linear model by iteratively reweighted least squares, as Newton steps from the exact gradient, so that the
 * solution does not inherit the rounding of the normal equations (R: `glm.fit`; statistics.md 2.11).
 *
 * @throws {StatsFailure} `bad-response`, `bad-weight`, `not-finite`, `numeric-overflow`
 */
export function fitGlm(data: GlmData, family: Family, partial: Partial<GlmOptions> = {}): GlmFit {
  const options = { ...GLM_DEFAULTS, ...partial }
  const { y, x } = data
  const n = y.length
  const p = x.length
  const names = data.names ?? x.map((_, j) => `x${j + 1}`)
  checkGlm(data, family, names)
  const weights = data.weights ?? null
  const offset = data.offset ?? null
  const design = transformDesign(x, weights)

  const eta = new Float64Array(n)
  const mu = new Float64Array(n)
  const working = new Float64Array(n)
  const score = new Float64Array(n)
  const beta = new Float64Array(p)
  let deviance = 0
  if (options.startEta) {
    eta.set(options.startEta)
    for (let i = 0; i < n; i++) mu[i] = family.inverse(eta[i]!)
  } else {
    for (let i = 0; i < n; i++) {
      mu[i] = family.start(y[i]!, weights ? weights[i]! : 1)
      eta[i] = family.linkOf(mu[i]!)
    }
  }
  deviance = devianceOf(family, y, mu, weights)
  let iterations = 0
  let converged = false
  let decomposition = ldl(new Float64Array(p * p), p, ALIAS_TOLERANCE)
  let isFirst = true
  let lastChange = Infinity
  const previous = new Float64Array(p)
  for (iterations = 1; iterations <= options.maxIterations; iterations++) {
    if (options.onProgress && !options.onProgress(iterations)) throw new StatsFailure({ code: 'cancelled' })
    workingTerms(family, y, mu, eta, weights, working, score)
    const information = informationOf(design.columns, working)
    decomposition = ldl(information, p, ALIAS_TOLERANCE)
    if (isFirst) {
      // The first step is a least-squares fit of the working response, since its eta has no coefficients yet.
      for (let i = 0; i < n; i++) score[i] = score[i]! + working[i]! * (eta[i]! - (offset ? offset[i]! : 0))
    }
    const step = ldlSolve(decomposition, vectorOf(design.columns, score))
    previous.set(beta)
    for (let j = 0; j < p; j++) beta[j] = (isFirst ? 0 : beta[j]!) + step[j]!
    linearPredictorOf(design.columns, beta, offset, eta)
    for (let i = 0; i < n; i++) mu[i] = family.inverse(eta[i]!)
    let next = devianceOf(family, y, mu, weights)
    let halvings = 0
    while (
      !isFirst &&
      (next - next !== 0 || next > deviance + 1e-7 * (Math.abs(deviance) + 0.1)) &&
      halvings < 30
    ) {
      halvings++
      for (let j = 0; j < p; j++) beta[j] = 0.5 * (beta[j]! + previous[j]!)
      linearPredictorOf(design.columns, beta, offset, eta)
      for (let i = 0; i < n; i++) mu[i] = family.inverse(eta[i]!)
      next = devianceOf(family, y, mu, weights)
    }
    if (next - next !== 0) throw new StatsFailure({ code: 'numeric-overflow', where: 'deviance' })
    const change = Math.abs(next - deviance) / (Math.abs(next) + 0.1)
    deviance = next
    isFirst = false
    // Below 1e-11 a change that no longer shrinks is rounding.
    const isFloor = change < 1e-11 && change >= lastChange
    lastChange = change
    if (change < options.eps || isFloor) {
      converged = true
      break
    }
  }
  if (!converged) iterations = options.maxIterations

  // As in R the variance comes from the weights of the last step, one Newton step before the coefficients; the gradient
  // of a robust variance is taken at the solution.
  const inverse = ldlInverse(decomposition)
  const aliased: number[] = []
  for (let j = 0; j < p; j++) if (isAliased(decomposition, j)) aliased.push(j)
  const rank = p - aliased.length
  const warnings: StatsWarning[] = []
  if (!converged) warnings.push({ code: 'not-converged', iterations })

  let pearson = 0
  // R's summary: working weights of the last step with the final residuals.
  let lastPearson = 0
  let positive = 0
  for (let i = 0; i < n; i++) {
    const w = weights ? weights[i]! : 1
    if (w > 0) positive++
    pearson += (w * (y[i]! - mu[i]!) * (y[i]! - mu[i]!)) / family.variance(mu[i]!)
    const residual = (y[i]! - mu[i]!) / family.slope(eta[i]!, mu[i]!)
    lastPearson += working[i]! * residual * residual
  }
  const dfResidual = positive - rank
  const pearsonDispersion = dfResidual > 0 ? pearson / dfResidual : NaN
  const dispersion = family.hasFixedDispersion ? 1 : dfResidual > 0 ? lastPearson / dfResidual : NaN
  const back = design.back(beta, inverse)
  const unscaled = back.variance
  let variance: Float64Array = unscaled.map((v) => v * dispersion)
  let naiveVariance: Float64Array | null = null
  if (data.cluster) {
    naiveVariance = variance
    const lastWeights = working.slice()
    workingTerms(family, y, mu, eta, weights, working, score)
    working.set(lastWeights)
    const meat = clusterMeat(design.columns, score, data.cluster)
    variance = design.back(beta, sandwich(inverse, meat.matrix, p)).variance
    if (meat.clusters < rank)
      warnings.push({ code: 'robust-rank', clusters: meat.clusters, coefficients: rank })
  }
  const coefficients = back.beta
  const infinite: number[] = []
  if (family.name === 'binomial') {
    infinite.push(...separatedColumns(design, beta, inverse, mu, aliased))
    for (const j of infinite) warnings.push({ code: 'infinite-coefficient', column: names[j]!, index: j })
    const extreme = countExtreme(mu)
    if (extreme > 0 || infinite.length > 0) {
      warnings.push({
        code: 'separation',
        column: infinite.length > 0 ? names[infinite[0]!]! : null,
        fitted: extreme,
      })
    }
  }
  for (const j of aliased) {
    coefficients[j] = NaN
    warnings.push({ code: 'aliased-coefficient', column: names[j]!, index: j })
  }
  const nullFit =
    p === 1 && design.intercept === 0 ? deviance : nullDevianceOf(data, family, design.intercept, options)
  const logLikelihood = logLikelihoodOf(family, y, mu, weights, deviance)
  const parameters = rank + (family.name === 'gamma' || family.name === 'gaussian' ? 1 : 0)
  return {
    kind: 'glm',
    family,
    names,
    coefficients,
    variance,
    naiveVariance,
    unscaled,
    deviance,
    nullDeviance: nullFit,
    dfResidual,
    dfNull: positive - (design.intercept >= 0 ? 1 : 0),
    dispersion,
    pearsonDispersion,
    logLikelihood,
    aic: -2 * logLikelihood + 2 * parameters,
    iterations,
    converged,
    aliased,
    infinite,
    rank,
    n,
    fitted: mu,
    eta,
    workingWeights: working,
    warnings,
  }
}

function checkGlm(data: GlmData, family: Family, names: readonly string[]): void {
  const n = data.y.length
  if (n === 0) throw new StatsFailure({ code: 'no-rows' })
  const check = (what: string, array: { length: number } | null | undefined): void => {
    if (array && array.length !== n) {
      throw new StatsFailure({ code: 'shape-mismatch', what, expected: n, found: array.length })
    }
  }
  check('weights', data.weights)
  check('offset', data.offset)
  check('cluster', data.cluster)
  data.x.forEach((column, j) => {
    check(names[j]!, column)
    for (let i = 0; i < n; i++) {
      const v = column[i]!
      if (v - v !== 0)
        throw new StatsFailure({ code: 'not-finite', column: names[j]!, row: i, value: String(v) })
    }
  })
  for (let i = 0; i < n; i++) {
    const v = data.y[i]!
    if (v - v !== 0)
      throw new StatsFailure({ code: 'not-finite', column: 'response', row: i, value: String(v) })
    if (!family.isValidResponse(v)) {
      throw new StatsFailure({
        code: 'bad-response',
        column: 'response',
        row: i,
        value: String(v),
        family: family.name,
      })
    }
    const o = data.offset ? data.offset[i]! : 0
    if (o - o !== 0)
      throw new StatsFailure({ code: 'not-finite', column: 'offset', row: i, value: String(o) })
    const w = data.weights ? data.weights[i]! : 1
    if (!(w >= 0) || w === Infinity) {
      throw new StatsFailure({ code: 'bad-weight', column: 'weights', row: i, value: String(w) })
    }
  }
}

interface Design {
  columns: Float64Array[]
  /** Position of the constant column, or -1. */
  intercept: number
  scale: Float64Array
  /** Coefficients and variance in the units of the data. */
  back(beta: Float64Array, variance: Float64Array): { beta: Float64Array; variance: Float64Array }
}

/** Centres (when there is an intercept) and scales the columns, so that the normal equations are well conditioned. */
function transformDesign(x: readonly Float64Array[], weights: Float64Array | null): Design {
  const p = x.length
  const n = x[0]?.length ?? 0
  let intercept = -1
  for (let j = 0; j < p && intercept < 0; j++) {
    const first = x[j]![0]!
    if (first === 0) continue
    let isConstant = true
    for (let i = 1; i < n && isConstant; i++) isConstant = x[j]![i] === first
    if (isConstant) intercept = j
  }
  const centre = new Float64Array(p)
  const scale = new Float64Array(p).fill(1)
  const columns = x.map((column, j) => {
    let total = 0
    let sum = 0
    const origin = column[0] ?? 0
    for (let i = 0; i < n; i++) {
      const w = weights ? weights[i]! : 1
      sum += w * (column[i]! - origin)
      total += w
    }
    const mean = intercept >= 0 && j !== intercept ? origin + sum / total : 0
    let square = 0
    let raw = 0
    for (let i = 0; i < n; i++) {
      const w = weights ? weights[i]! : 1
      square += w * (column[i]! - mean) * (column[i]! - mean)
      raw += w * column[i]! * column[i]!
    }
    // A second constant column is redundant: what centring leaves of it is rounding.
    const isRedundant = intercept >= 0 && j !== intercept && square <= 1e-26 * raw
    const root = Math.sqrt(square / total)
    centre[j] = mean
    scale[j] = isRedundant || root === 0 ? 0 : 1 / root
    const out = new Float64Array(n)
    for (let i = 0; i < n; i++) out[i] = (column[i]! - mean) * scale[j]!
    return out
  })
  return {
    columns,
    intercept,
    scale,
    back(beta, variance) {
      // b_j = scale_j·beta_j; the intercept gives back what centring took: T is diagonal but for one row.
      const t = new Float64Array(p * p)
      for (let j = 0; j < p; j++) t[j * p + j] = scale[j]!
      if (intercept >= 0) {
        const level = x[intercept]![0]!
        for (let j = 0; j < p; j++) {
          if (j !== intercept) t[intercept * p + j] = (-scale[j]! * centre[j]!) / level
        }
      }
      const outBeta = new Float64Array(p)
      for (let i = 0; i < p; i++) {
        let sum = 0
        for (let j = 0; j < p; j++) sum += t[i * p + j]! * beta[j]!
        outBeta[i] = sum
      }
      const half = new Float64Array(p * p)
      for (let i = 0; i < p; i++) {
        for (let j = 0; j < p; j++) {
          let sum = 0
          for (let k = 0; k < p; k++) sum += t[i * p + k]! * variance[k * p + j]!
          half[i * p + j] = sum
        }
      }
      const outVariance = new Float64Array(p * p)
      for (let i = 0; i < p; i++) {
        for (let j = 0; j <= i; j++) {
          let sum = 0
          for (let k = 0; k < p; k++) sum += half[i * p + k]! * t[j * p + k]!
          outVariance[i * p + j] = sum
          outVariance[j * p + i] = sum
        }
      }
      return { beta: outBeta, variance: outVariance }
    },
  }
}

/** Working weights, and each row's gradient of the log likelihood by its linear predictor (dispersion 1). */
function workingTerms(
  family: Family,
  y: Float64Array,
  mu: Float64Array,
  eta: Float64Array,
  weights: Float64Array | null,
  working: Float64Array,
  score: Float64Array,
): void {
  for (let i = 0; i < y.length; i++) {
    const m = mu[i]!
    const slope = family.slope(eta[i]!, m)
    const ratio = ((weights ? weights[i]! : 1) * slope) / family.variance(m)
    working[i] = ratio * slope
    score[i] = ratio * (y[i]! - m)
  }
}

function informationOf(columns: readonly Float64Array[], working: Float64Array): Float64Array {
  const p = columns.length
  const packed = new Float64Array((p * (p + 1)) / 2)
  const part = new Float64Array(packed.length)
  for (let from = 0; from < working.length; from += SHARD) {
    part.fill(0)
    addWeightedCross(columns, working, from, Math.min(working.length, from + SHARD), part)
    for (let t = 0; t < packed.length; t++) packed[t] = packed[t]! + part[t]!
  }
  return unpackSymmetric(packed, p)
}

function vectorOf(columns: readonly Float64Array[], v: Float64Array): Float64Array {
  const out = new Float64Array(columns.length)
  const part = new Float64Array(columns.length)
  for (let from = 0; from < v.length; from += SHARD) {
    part.fill(0)
    addCrossVector(columns, v, from, Math.min(v.length, from + SHARD), part)
    for (let j = 0; j < out.length; j++) out[j] = out[j]! + part[j]!
  }
  return out
}

function linearPredictorOf(
  columns: readonly Float64Array[],
  beta: Float64Array,
  offset: Float64Array | null,
  eta: Float64Array,
): void {
  if (offset) eta.set(offset)
  else eta.fill(0)
  columns.forEach((z, j) => {
    const b = beta[j]!
    if (b === 0) return
    for (let i = 0; i < eta.length; i++) eta[i] = eta[i]! + b * z[i]!
  })
}

function devianceOf(family: Family, y: Float64Array, mu: Float64Array, weights: Float64Array | null): number {
  let total = 0
  let lost = 0
  for (let i = 0; i < y.length; i++) {
    const term = (weights ? weights[i]! : 1) * family.deviance(y[i]!, mu[i]!)
    const next = total + term
    lost += Math.abs(total) >= Math.abs(term) ? total - next + term : term - next + total
    total = next
  }
  return total + lost
}

/** Deviance of the model with the intercept (and offset) only. */
function nullDevianceOf(data: GlmData, family: Family, intercept: number, options: GlmOptions): number {
  const { y } = data
  const n = y.length
  const weights = data.weights ?? null
  const mu = new Float64Array(n)
  if (intercept < 0) {
    for (let i = 0; i < n; i++) mu[i] = family.inverse(data.offset ? data.offset[i]! : 0)
    return devianceOf(family, y, mu, weights)
  }
  if (!data.offset) {
    let sum = 0
    let total = 0
    for (let i = 0; i < n; i++) {
      const w = weights ? weights[i]! : 1
      sum += w * y[i]!
      total += w
    }
    mu.fill(sum / total)
    return devianceOf(family, y, mu, weights)
  }
  const fit = fitGlm({ y, x: [new Float64Array(n).fill(1)], weights, offset: data.offset }, family, {
    ...options,
    startEta: null,
  })
  return fit.deviance
}

function clusterMeat(
  columns: readonly Float64Array[],
  score: Float64Array,
  cluster: Int32Array,
): { matrix: Float64Array; clusters: number } {
  const p = columns.length
  let clusters = 0
  for (let i = 0; i < cluster.length; i++) if (cluster[i]! >= clusters) clusters = cluster[i]! + 1
  const sums = new Float64Array(clusters * p)
  for (let j = 0; j < p; j++) {
    const z = columns[j]!
    for (let i = 0; i < score.length; i++) {
      const at = cluster[i]! * p + j
      sums[at] = sums[at]! + score[i]! * z[i]!
    }
  }
  const matrix = new Float64Array(p * p)
  for (let c = 0; c < clusters; c++) {
    for (let j = 0; j < p; j++) {
      for (let k = 0; k < p; k++) {
        matrix[j * p + k] = matrix[j * p + k]! + sums[c * p + j]! * sums[c * p + k]!
      }
    }
  }
  return { matrix, clusters }
}

const EDGE = 2.220446049250313e-15

function countExtreme(mu: Float64Array): number {
  let count = 0
  for (let i = 0; i < mu.length; i++) if (mu[i]! > 1 - EDGE || mu[i]! < EDGE) count++
  return count
}

/** Columns whose coefficient runs away: a huge effect per standard deviation with an even larger error. */
function separatedColumns(
  design: Design,
  beta: Float64Array,
  inverse: Float64Array,
  mu: Float64Array,
  aliased: readonly number[],
): number[] {
  const p = beta.length
  const out: number[] = []
  let near = 0
  for (let i = 0; i < mu.length; i++) if (mu[i]! > 1 - 1e-6 || mu[i]! < 1e-6) near++
  if (near === 0) return out
  for (let j = 0; j < p; j++) {
    if (aliased.includes(j) || j === design.intercept) continue
    // The columns have unit length, so these are effects per standard deviation.
    const error = Math.sqrt(inverse[j * p + j]!)
    if (error > 50 && error > Math.abs(beta[j]!)) out.push(j)
  }
  return out
}

export interface GlmDiagnostics {
  deviance: Float64Array
  pearson: Float64Array
  /** Leverage: the diagonal of the hat matrix. */
  hat: Float64Array
  cooks: Float64Array
}

/** Residuals and influence of each row. Inside the enclave only. */
export function glmDiagnostics(data: GlmData, fit: GlmFit): GlmDiagnostics {
  const { y, x } = data
  const n = y.length
  const p = x.length
  const out: GlmDiagnostics = {
    deviance: new Float64Array(n),
    pearson: new Float64Array(n),
    hat: new Float64Array(n),
    cooks: new Float64Array(n),
  }
  for (let i = 0; i < n; i++) {
    const w = data.weights ? data.weights[i]! : 1
    const m = fit.fitted[i]!
    const d = Math.sqrt(Math.max(0, w * fit.family.deviance(y[i]!, m)))
    out.deviance[i] = y[i]! > m ? d : -d
    const pearson = (y[i]! - m) * Math.sqrt(w / fit.family.variance(m))
    out.pearson[i] = pearson
    let h = 0
    for (let j = 0; j < p; j++) {
      for (let k = 0; k < p; k++) h += x[j]![i]! * fit.unscaled[j * p + k]! * x[k]![i]!
    }
    h *= fit.workingWeights[i]!
    out.hat[i] = h
    const ratio = pearson / (1 - h)
    out.cooks[i] = (ratio * ratio * h) / (fit.dispersion * fit.rank)
  }
  return out
}

/** One line of an analysis of deviance. */
export interface DevianceLine {
  term: string
  df: number
  deviance: number
  dfResidual: number
  residualDeviance: number
}

/** Terms added one after the other (R: `anova.glm`, sequential); `terms` group the columns, the intercept is first. */
export function devianceTable(
  data: GlmData,
  family: Family,
  terms: readonly { name: string; columns: readonly number[] }[],
  partial: Partial<GlmOptions> = {},
): DevianceLine[] {
  const lines: DevianceLine[] = []
  const used: number[] = []
  let last: GlmFit | null = null
  for (const term of terms) {
    used.push(...term.columns)
    const fit: GlmFit = fitGlm(
      {
        ...data,
        x: used.map((j) => data.x[j]!),
        names: used.map((j) => data.names?.[j] ?? `x${j + 1}`),
        cluster: null,
      },
      family,
      partial,
    )
    lines.push({
      term: term.name,
      df: last ? last.dfResidual - fit.dfResidual : fit.rank,
      deviance: last ? last.deviance - fit.deviance : NaN,
      dfResidual: fit.dfResidual,
      residualDeviance: fit.deviance,
    })
    last = fit
  }
  return lines
}
