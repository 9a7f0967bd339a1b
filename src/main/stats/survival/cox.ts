import { log } from '../det/log.ts'
import { StatsFailure, type StatsWarning } from '../failure.ts'
import { isAliased, ldl, ldlInverse, ldlSolve, quadraticForm } from '../linalg/cholesky.ts'
import { sandwich, submatrix } from '../linalg/matrix.ts'
import {
  type CoxEvaluation,
  type CoxRunner,
  type CoxState,
  createCoxState,
  evaluateCox,
  evaluateHazards,
  localRunner,
} from './cox-pass.ts'
import { type Allocate, checkSurvivalData, type CoxPlan, planCox, type SurvivalData } from './cox-plan.ts'
import { clusterMeat, martingaleResiduals } from './cox-residuals.ts'

export interface CoxOptions {
  ties: 'efron' | 'breslow'
  /** Relative change of the log likelihood at which Newton stops. */
  eps: number
  maxIterations: number
  toleranceCholesky: number
  toleranceInfinite: number
  timefix: boolean
  init: Float64Array | null
  /** null: as R decides (cluster given, fractional weights, or a subject with several events). */
  robust: boolean | null
  /** Called after each pass with its number; `false` cancels. */
  onProgress?: (pass: number) => boolean
  /** Shares the stages out to threads; null runs them here. */
  makeRunner?: (plan: CoxPlan, state: CoxState) => CoxRunner
  allocate?: Allocate
}

/** The defaults of R's `coxph.control`. */
export const COX_DEFAULTS: CoxOptions = {
  ties: 'efron',
  eps: 1e-9,
  maxIterations: 20,
  toleranceCholesky: 1.8189894035458565e-12,
  toleranceInfinite: 3.1622776601683795e-5,
  timefix: true,
  init: null,
  robust: null,
}

export interface CoxFit {
  kind: 'cox'
  ties: 'efron' | 'breslow'
  names: readonly string[]
  /** Log hazard ratio per unit; NaN where aliased. */
  coefficients: Float64Array
  /** Row-major p×p; rows and columns of aliased coefficients are 0. Robust when `naiveVariance` is not null. */
  variance: Float64Array
  naiveVariance: Float64Array | null
  /** At the starting values and at the solution. */
  logLikelihood: [number, number]
  scoreTest: number
  robustScore: number | null
  waldTest: number
  likelihoodRatioTest: number
  /** Number of coefficients that are not aliased. */
  df: number
  iterations: number
  converged: boolean
  aliased: number[]
  infinite: number[]
  gradient: Float64Array
  /** Centres of the linear predictor: column means, 0 for columns of -1, 0 and 1. */
  means: Float64Array
  /** x·b + (offset - its mean) - means·b, in the order of the data. */
  linearPredictors: Float64Array
  martingale: Float64Array
  n: number
  eventCount: number
  clusterCount: number | null
  aic: number
  bic: number
  warnings: StatsWarning[]
  /** Coefficients with 0 in place of NaN, what predictions use. */
  beta: Float64Array
}

/** A fit together with what further questions about it need. */
export interface CoxModel {
  fit: CoxFit
  data: SurvivalData
  plan: CoxPlan
  /** At the solution. */
  state: CoxState
  /** Of the scaled columns, at the solution. */
  information: Float64Array
  run: CoxRunner
}

/**
 * Cox proportional-hazards model by Newton's method on the partial likelihood, with the conventions of R's
 * `survival::coxph` 3.5 (statistics.md 2.1 - 2.4).
 *
 * @throws {StatsFailure} for data that cannot be fitted; failure to converge and infinite coefficients are warnings
 */
export function fitCox(input: SurvivalData, partial: Partial<CoxOptions> = {}): CoxModel {
  const options: CoxOptions = { ...COX_DEFAULTS, ...partial }
  const data = checkSurvivalData(input, options.timefix)
  const plan = planCox(data, options)
  const state = createCoxState(plan, options.allocate)
  const run = options.makeRunner ? options.makeRunner(plan, state) : localRunner(plan, state)
  const { fit, information } = fitPlanned(data, plan, state, run, options)
  return { fit, data, plan, state, information, run }
}

interface NewtonResult {
  beta: Float64Array
  evaluation: CoxEvaluation
  logLikelihood: [number, number]
  scoreTest: number
  iterations: number
  converged: boolean
}

/**
 * Newton with R's rule of stopping and halving (statistics.md 2.3).
 *
 * @param shortens how a step that went wrong is taken back: to 1/2, 1/3 of what is left …, or to a half each time
 */
export function newton(
  init: Float64Array,
  evaluate: (beta: Float64Array) => CoxEvaluation,
  options: Pick<CoxOptions, 'eps' | 'maxIterations' | 'toleranceCholesky' | 'onProgress'>,
  shortens: 'faster and faster' | 'by halves' = 'faster and faster',
): NewtonResult {
  const p = init.length
  const progress = (pass: number): void => {
    if (options.onProgress && !options.onProgress(pass)) throw new StatsFailure({ code: 'cancelled' })
  }
  let beta: Float64Array = init.slice()
  let evaluation = evaluate(beta)
  progress(0)
  const first = evaluation.logLikelihood
  if (first - first !== 0) throw new StatsFailure({ code: 'numeric-overflow', where: 'starting values' })
  let decomposition = ldl(evaluation.information, p, options.toleranceCholesky)
  let step = ldlSolve(decomposition, evaluation.gradient)
  let scoreTest = 0
  for (let j = 0; j < p; j++) scoreTest += evaluation.gradient[j]! * step[j]!
  if (options.maxIterations === 0 || p === 0) {
    return { beta, evaluation, logLikelihood: [first, first], scoreTest, iterations: 0, converged: p === 0 }
  }
  const rank = decomposition.rank
  let best = first
  let old = beta
  beta = old.map((v, j) => v + step[j]!)
  let halving = 0
  for (let iteration = 1; ; iteration++) {
    evaluation = evaluate(beta)
    progress(iteration)
    const next = evaluation.logLikelihood
    decomposition = ldl(evaluation.information, p, options.toleranceCholesky)
    const isFinite = next - next === 0 && allFinite(evaluation.gradient) && allFinite(evaluation.information)
    // A likelihood of exactly 0 (nothing left to explain) has no relative change.
    if (isFinite && halving === 0 && (Math.abs(1 - best / next) <= options.eps || next === best)) {
      return {
        beta,
        evaluation,
        logLikelihood: [first, next],
        scoreTest,
        iterations: iteration,
        converged: true,
      }
    }
    if (iteration === options.maxIterations) {
      return {
        beta,
        evaluation,
        logLikelihood: [first, next],
        scoreTest,
        iterations: iteration,
        converged: false,
      }
    }
    if (!isFinite || next < best || decomposition.rank !== rank) {
      halving++
      const share = shortens === 'by halves' ? 1 : halving
      beta = beta.map((v, j) => (v + share * old[j]!) / (share + 1))
    } else {
      halving = 0
      best = next
      step = ldlSolve(decomposition, evaluation.gradient)
      old = beta
      beta = old.map((v, j) => v + step[j]!)
    }
  }
}

function allFinite(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (values[i]! - values[i]! !== 0) return false
  return true
}

function fitPlanned(
  data: SurvivalData,
  plan: CoxPlan,
  state: CoxState,
  run: CoxRunner,
  options: CoxOptions,
): { fit: CoxFit; information: Float64Array } {
  const p = plan.covariateCount
  const n = plan.rowCount
  const names = data.names ?? []
  const warnings: StatsWarning[] = []
  let eventCount = 0
  for (let i = 0; i < n; i++) eventCount += data.event[i]!
  for (let j = 0; j < p; j++) {
    if (plan.scale[j] === 0) warnings.push({ code: 'constant-covariate', column: names[j]!, index: j })
  }
  if (p > eventCount)
    warnings.push({ code: 'more-covariates-than-events', covariates: p, events: eventCount })
  if (options.init && options.init.length !== p) {
    throw new StatsFailure({ code: 'shape-mismatch', what: 'init', expected: p, found: options.init.length })
  }

  const toScaled = (b: number, j: number): number => (plan.scale[j] === 0 ? 0 : b / plan.scale[j]!)
  const start = new Float64Array(p)
  if (options.init) for (let j = 0; j < p; j++) start[j] = toScaled(options.init[j]!, j)
  const cluster = clusterCodes(data, options, warnings)
  // The robust score test looks at the starting values, where the first pass is anyway; but without the offset.
  let startMeat: { matrix: Float64Array; total: Float64Array } | null = null
  const solved = newton(
    start,
    (beta) => {
      const evaluation = evaluateCox(plan, state, beta, run)
      if (cluster.isRobust && !plan.offset && !startMeat) startMeat = clusterMeat(plan, state, cluster.codes)
      return evaluation
    },
    options,
  )
  const { evaluation } = solved
  const decomposition = ldl(evaluation.information, p, options.toleranceCholesky)
  const scaledInverse = ldlInverse(decomposition)

  const coefficients = new Float64Array(p)
  const variance = new Float64Array(p * p)
  const gradient = new Float64Array(p)
  for (let j = 0; j < p; j++) {
    coefficients[j] = solved.beta[j]! * plan.scale[j]!
    gradient[j] = plan.scale[j] === 0 ? 0 : evaluation.gradient[j]! / plan.scale[j]!
    for (let k = 0; k < p; k++)
      variance[j * p + k] = scaledInverse[j * p + k]! * (plan.scale[j]! * plan.scale[k]!)
  }
  if (options.init) {
    for (let j = 0; j < p; j++) if (plan.scale[j] === 0) coefficients[j] = options.init[j]!
  }
  if (!allFinite(coefficients) || !allFinite(variance)) {
    throw new StatsFailure({ code: 'numeric-overflow', where: 'coefficients' })
  }
  const beta = coefficients.slice()
  const aliased: number[] = []
  for (let j = 0; j < p; j++) if (isAliased(decomposition, j)) aliased.push(j)

  // Squares of covariates beyond 1e150 leave the numbers that a computer has: better none than an error of 0.
  for (let j = 0; j < p; j++) {
    if (!aliased.includes(j) && !(variance[j * p + j]! > 0))
      throw new StatsFailure({ code: 'numeric-overflow', where: names[j] ?? 'variance' })
  }

  const infinite: number[] = []
  if (options.maxIterations > 1 && p > 0) {
    if (!solved.converged) warnings.push({ code: 'not-converged', iterations: solved.iterations })
    // A fit that has not converged says so; its steps prove nothing about infinity.
    for (let j = 0; j < p && solved.converged; j++) {
      if (aliased.includes(j)) continue
      let step = 0
      for (let k = 0; k < p; k++) step += gradient[k]! * variance[k * p + j]!
      step = Math.abs(step)
      const bound = options.toleranceInfinite
      const isSuspect = data.start
        ? step > bound * (1 + Math.abs(coefficients[j]!))
        : step > options.eps && step > bound * Math.abs(coefficients[j]!)
      if (isSuspect) infinite.push(j)
    }
    for (const j of infinite) warnings.push({ code: 'infinite-coefficient', column: names[j]!, index: j })
    warnings.push(...suspectCoefficients(data, coefficients, variance, aliased, infinite, names))
  }
  if (options.maxIterations > 0) {
    for (const j of aliased) {
      coefficients[j] = NaN
      warnings.push({ code: 'aliased-coefficient', column: names[j]!, index: j })
    }
  }

  const means = linearPredictorMeans(data)
  const linearPredictors = linearPredictor(data, beta, means, plan.offsetMean)
  // The state is at the solution already; the residuals read it.
  const martingale = martingaleResiduals(plan, state, data)

  let finalVariance: Float64Array = variance
  let naiveVariance: Float64Array | null = null
  let robustScore: number | null = null
  let clusterCount: number | null = null
  if (cluster.isRobust && aliased.length < p) {
    naiveVariance = variance
    const meat = clusterMeat(plan, state, cluster.codes)
    clusterCount = meat.clusterCount
    finalVariance = sandwich(variance, unscaleMeat(meat.matrix, plan), p)
    if (meat.clusterCount < p - aliased.length) {
      warnings.push({ code: 'robust-rank', clusters: meat.clusterCount, coefficients: p - aliased.length })
    }
    const atStart = startMeat ?? meatWithoutOffset(plan, state, run, cluster.codes, start, solved.beta)
    robustScore = quadraticForm(atStart.matrix, p, atStart.total, options.toleranceCholesky).value
  }

  const kept: number[] = []
  for (let j = 0; j < p; j++) if (!aliased.includes(j)) kept.push(j)
  const shift = new Float64Array(kept.length)
  kept.forEach((j, i) => {
    shift[i] = beta[j]! - (options.init ? options.init[j]! : 0)
  })
  const wald =
    kept.length === 0
      ? 0
      : quadraticForm(submatrix(finalVariance, p, kept), kept.length, shift, options.toleranceCholesky).value
  const [logNull, logFit] = solved.logLikelihood
  const df = kept.length
  // The partial likelihood behind AIC and BIC; BIC counts events.
  const fit: CoxFit = {
    kind: 'cox',
    ties: options.ties,
    names,
    coefficients,
    variance: finalVariance,
    naiveVariance,
    logLikelihood: solved.logLikelihood,
    scoreTest: solved.scoreTest,
    robustScore,
    waldTest: wald,
    likelihoodRatioTest: 2 * (logFit - logNull),
    df,
    // R's loop for right-censored data has counted one further when it runs out.
    iterations:
      solved.converged || data.start || options.maxIterations === 0
        ? solved.iterations
        : solved.iterations + 1,
    converged: solved.converged,
    aliased,
    infinite,
    gradient,
    means,
    linearPredictors,
    martingale,
    n,
    eventCount,
    clusterCount,
    aic: -2 * logFit + 2 * df,
    bic: -2 * logFit + (df === 0 ? 0 : df * log(eventCount)),
    warnings,
    beta,
  }
  return { fit, information: evaluation.information }
}

/** Effects and errors so large that a screen should ask before believing them (statistics.md 2.3). */
function suspectCoefficients(
  data: SurvivalData,
  coefficients: Float64Array,
  variance: Float64Array,
  aliased: readonly number[],
  infinite: readonly number[],
  names: readonly string[],
): StatsWarning[] {
  const p = coefficients.length
  const errors: number[] = []
  for (let j = 0; j < p; j++) if (!aliased.includes(j)) errors.push(Math.sqrt(variance[j * p + j]!))
  errors.sort((a, b) => a - b)
  const median = errors[errors.length >> 1] ?? 0
  const out: StatsWarning[] = []
  for (let j = 0; j < p; j++) {
    if (aliased.includes(j) || infinite.includes(j)) continue
    const x = data.x[j]!
    let mean = 0
    for (let i = 0; i < x.length; i++) mean += x[i]!
    mean /= x.length
    let square = 0
    for (let i = 0; i < x.length; i++) square += (x[i]! - mean) * (x[i]! - mean)
    const deviation = Math.sqrt(square / Math.max(1, x.length - 1))
    const perUnit = Math.sqrt(variance[j * p + j]!)
    if (Math.abs(coefficients[j]!) * deviation > 10) {
      out.push({ code: 'suspect-coefficient', column: names[j]!, index: j, reason: 'large-effect' })
    } else if (median > 0 && perUnit * deviation > 1e3 && perUnit > 1e3 * median) {
      out.push({ code: 'suspect-coefficient', column: names[j]!, index: j, reason: 'large-error' })
    }
  }
  return out
}

/** Column means as R centres linear predictors: weighted for right-censored data, plain for (start, stop]. */
export function linearPredictorMeans(data: SurvivalData): Float64Array {
  const n = data.stop.length
  const means = new Float64Array(data.x.length)
  data.x.forEach((x, j) => {
    let isIndicator = true
    let sum = 0
    let total = 0
    for (let i = 0; i < n; i++) {
      const v = x[i]!
      if (v !== 0 && v !== 1 && v !== -1) isIndicator = false
      const w = data.weights && !data.start ? data.weights[i]! : 1
      sum += w * v
      total += w
    }
    means[j] = isIndicator ? 0 : sum / total
  })
  return means
}

function linearPredictor(
  data: SurvivalData,
  beta: Float64Array,
  means: Float64Array,
  offsetMean: number,
): Float64Array {
  const n = data.stop.length
  const out = new Float64Array(n)
  let centre = 0
  for (let j = 0; j < beta.length; j++) centre += beta[j]! * means[j]!
  for (let j = 0; j < beta.length; j++) {
    const x = data.x[j]!
    const b = beta[j]!
    if (b === 0) continue
    for (let i = 0; i < n; i++) out[i] = out[i]! + b * x[i]!
  }
  for (let i = 0; i < n; i++) out[i] = out[i]! - centre + (data.offset ? data.offset[i]! - offsetMean : 0)
  return out
}

/** Whether the variance is robust, and over which groups (null: each row by itself). */
function clusterCodes(
  data: SurvivalData,
  options: CoxOptions,
  warnings: StatsWarning[],
): { isRobust: boolean; codes: Int32Array | null } {
  const cluster = data.cluster ?? null
  const id = data.id ?? null
  let isRobust = options.robust
  if (isRobust === null) {
    isRobust =
      cluster !== null || hasFractionalWeights(data) || (id !== null && hasRepeatedEvents(id, data.event))
  }
  if (!isRobust) {
    if (cluster) warnings.push({ code: 'cluster-ignored' })
    return { isRobust: false, codes: null }
  }
  return { isRobust: true, codes: cluster ?? id }
}

function hasFractionalWeights(data: SurvivalData): boolean {
  const weights = data.weights
  if (!weights) return false
  for (let i = 0; i < weights.length; i++) if (Math.floor(weights[i]!) !== weights[i]) return true
  return false
}

function hasRepeatedEvents(id: Int32Array, event: Uint8Array): boolean {
  const seen = new Set<number>()
  for (let i = 0; i < id.length; i++) {
    if (event[i] !== 1) continue
    if (seen.has(id[i]!)) return true
    seen.add(id[i]!)
  }
  return false
}

/** Cluster sums are formed on scaled columns: x = z / scale. */
function unscaleMeat(meat: Float64Array, plan: CoxPlan): Float64Array {
  const p = plan.covariateCount
  const out = new Float64Array(p * p)
  for (let j = 0; j < p; j++) {
    for (let k = 0; k < p; k++) {
      const s = plan.scale[j]! * plan.scale[k]!
      out[j * p + k] = s === 0 ? 0 : meat[j * p + k]! / s
    }
  }
  return out
}

/**
 * C'C of the clusters' weighted score residuals at the starting values, for the robust score test u'(C'C)⁻¹u. As in R the
 * linear predictor is x·init there: the offset does not take part (statistics.md 2.4).
 */
function meatWithoutOffset(
  plan: CoxPlan,
  state: CoxState,
  run: CoxRunner,
  codes: Int32Array | null,
  start: Float64Array,
  solution: Float64Array,
): { matrix: Float64Array; total: Float64Array } {
  // The threads share the offset's memory, so it is blanked for one pass rather than replaced.
  const offset = plan.offset ? plan.offset.slice() : null
  plan.offset?.fill(0)
  evaluateCox(plan, state, start, run)
  const meat = clusterMeat(plan, state, codes)
  if (offset) plan.offset!.set(offset)
  evaluateHazards(plan, state, solution, run)
  return meat
}
