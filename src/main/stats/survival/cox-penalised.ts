import { StatsFailure, type StatsWarning } from '../failure.ts'
import { ldl, ldlInverse } from '../linalg/cholesky.ts'
import { multiply } from '../linalg/matrix.ts'
import { COX_DEFAULTS, type CoxOptions, newton } from './cox.ts'
import { createCoxState, evaluateCox, localRunner } from './cox-pass.ts'
import { checkSurvivalData, type CoxPlan, planCox, type SurvivalData } from './cox-plan.ts'

export interface RidgeFit {
  kind: 'ridge'
  names: readonly string[]
  coefficients: Float64Array
  /** H⁻¹ of the penalised information H = I + theta. */
  variance: Float64Array
  /** H⁻¹ I H⁻¹, the sampling variance. */
  variance2: Float64Array
  /** Effective degrees of freedom, trace of I H⁻¹. */
  df: number
  /** Partial log likelihood without the penalty, at 0 and at the solution. */
  logLikelihood: [number, number]
  penalty: number
  iterations: number
  converged: boolean
  n: number
  eventCount: number
  warnings: StatsWarning[]
}

/** Cox model that maximises log likelihood - theta/2·Σ b² (R: `ridge(theta, scale = FALSE)`). */
export function fitRidgeCox(input: SurvivalData, theta: number, partial: Partial<CoxOptions> = {}): RidgeFit {
  if (!(theta >= 0) || theta === Infinity) {
    throw new StatsFailure({ code: 'bad-option', option: 'theta', value: String(theta), allowed: '>= 0' })
  }
  const options = { ...COX_DEFAULTS, ...partial }
  const data = checkSurvivalData(input, options.timefix)
  const plan = planCox(data, options)
  const state = createCoxState(plan)
  const run = localRunner(plan, state)
  const p = plan.covariateCount
  // In units in which the penalised information has a diagonal of ones at 0: a penalty that outweighs one column by far
  // must not make the others look redundant.
  const zero = evaluateCox(plan, state, new Float64Array(p), run)
  const unit = plan.scale.map((s, j) => {
    const size = zero.information[j * p + j]! + theta * s * s
    return size > 0 ? 1 / Math.sqrt(size) : 1
  })
  const scale = plan.scale.map((s, j) => s * unit[j]!)
  const penaltyOf = (beta: Float64Array): number => {
    let sum = 0
    for (let j = 0; j < p; j++) sum += beta[j]! * scale[j]! * beta[j]! * scale[j]!
    return 0.5 * theta * sum
  }
  let plain = 0
  const solved = newton(
    new Float64Array(p),
    (beta) => {
      const inPlan = beta.map((b, j) => b * unit[j]!)
      const e = evaluateCox(plan, state, inPlan, run)
      plain = e.logLikelihood
      const gradient = e.gradient.map((g, j) => g * unit[j]! - theta * scale[j]! * scale[j]! * beta[j]!)
      const information = e.information.map((v, t) => v * unit[Math.floor(t / p)]! * unit[t % p]!)
      for (let j = 0; j < p; j++)
        information[j * p + j] = information[j * p + j]! + theta * scale[j]! * scale[j]!
      return { logLikelihood: plain - penaltyOf(beta), gradient, information }
    },
    options,
  )
  const penalised = solved.evaluation.information
  const inverse = ldlInverse(ldl(penalised, p, options.toleranceCholesky))
  const unpenalised = penalised.slice()
  for (let j = 0; j < p; j++) unpenalised[j * p + j] = unpenalised[j * p + j]! - theta * scale[j]! * scale[j]!
  const hat = multiply(unpenalised, inverse, p, p, p)
  let df = 0
  for (let j = 0; j < p; j++) df += hat[j * p + j]!
  const sampling = multiply(inverse, hat, p, p, p)
  const rescale = (m: Float64Array): Float64Array =>
    m.map((v, t) => v * (scale[Math.floor(t / p)]! * scale[t % p]!))
  let eventCount = 0
  for (let i = 0; i < data.event.length; i++) eventCount += data.event[i]!
  return {
    kind: 'ridge',
    names: data.names ?? [],
    coefficients: solved.beta.map((b, j) => b * scale[j]!),
    variance: rescale(inverse),
    variance2: rescale(sampling),
    df,
    logLikelihood: [zero.logLikelihood, plain],
    penalty: penaltyOf(solved.beta),
    iterations: solved.iterations,
    converged: solved.converged,
    n: plan.rowCount,
    eventCount,
    warnings: [
      ...constantColumns(plan, data),
      ...(solved.converged ? [] : [{ code: 'not-converged' as const, iterations: solved.iterations }]),
    ],
  }
}

/** A penalty gives a column of one value a coefficient of 0, which must not pass for a finding. */
function constantColumns(plan: CoxPlan, data: SurvivalData): StatsWarning[] {
  return Array.from(plan.scale, (scale, index) => ({ scale, index }))
    .filter(({ scale }) => scale === 0)
    .map(({ index }) => ({
      code: 'constant-covariate' as const,
      column: data.names?.[index] ?? '',
      index,
    }))
}

export interface ElasticNetFit {
  kind: 'elasticnet'
  names: readonly string[]
  alpha: number
  /** Descending, as fitted. */
  lambda: Float64Array
  /** Per lambda, in the units of the data. */
  coefficients: Float64Array[]
  /** Partial log likelihood (Breslow) at each lambda. */
  logLikelihood: Float64Array
  /** Number of coefficients that are not 0. */
  nonZero: Int32Array
  converged: boolean
  n: number
  eventCount: number
  warnings: StatsWarning[]
}

/**
 * Elastic-net Cox model, Breslow ties: minimises -loglik/n + lambda(alpha·Σ|b| + (1-alpha)/2·Σb²) on columns of unit
 * (1/n) variance, by proximal Newton steps with coordinate descent inside (the objective of glmnet).
 */
export function fitElasticNetCox(
  input: SurvivalData,
  alpha: number,
  lambdas: readonly number[],
  partial: Partial<CoxOptions> = {},
): ElasticNetFit {
  if (!(alpha >= 0 && alpha <= 1)) {
    throw new StatsFailure({ code: 'bad-option', option: 'alpha', value: String(alpha), allowed: '0 … 1' })
  }
  if (lambdas.length === 0 || lambdas.some((l) => !(l >= 0) || l === Infinity)) {
    throw new StatsFailure({
      code: 'bad-option',
      option: 'lambda',
      value: String(lambdas),
      allowed: 'numbers >= 0',
    })
  }
  const data = checkSurvivalData(input, partial.timefix ?? true)
  const n = data.stop.length
  const p = data.x.length
  let total = 0
  const weight = (i: number): number => (data.weights ? data.weights[i]! : 1)
  for (let i = 0; i < n; i++) total += weight(i)
  const deviation = new Float64Array(p)
  const columns = data.x.map((x, j) => {
    let mean = 0
    for (let i = 0; i < n; i++) mean += weight(i) * x[i]!
    mean /= total
    let square = 0
    for (let i = 0; i < n; i++) square += weight(i) * (x[i]! - mean) * (x[i]! - mean)
    const sd = Math.sqrt(square / total)
    deviation[j] = sd
    return sd === 0 ? new Float64Array(n) : x.map((v) => (v - mean) / sd)
  })
  const plan = planCox({ ...data, x: columns }, { ties: 'breslow', timefix: false })
  const state = createCoxState(plan)
  const run = localRunner(plan, state)
  // The plan scales for itself; in its units one standard deviation is 1/scale.
  const evaluate = (b: Float64Array): { loss: number; gradient: Float64Array; curvature: Float64Array } => {
    const e = evaluateCox(
      plan,
      state,
      b.map((v, j) => (plan.scale[j] === 0 ? 0 : v / plan.scale[j]!)),
      run,
    )
    return {
      loss: -e.logLikelihood / total,
      gradient: e.gradient.map((g, j) => (plan.scale[j] === 0 ? 0 : -g / plan.scale[j]! / total)),
      curvature: e.information.map((v, t) => {
        const s = plan.scale[Math.floor(t / p)]! * plan.scale[t % p]!
        return s === 0 ? 0 : v / s / total
      }),
    }
  }
  const order = lambdas.slice().sort((a, b) => b - a)
  const coefficients: Float64Array[] = []
  const logLikelihood = new Float64Array(order.length)
  const nonZero = new Int32Array(order.length)
  let b: Float64Array = new Float64Array(p)
  let converged = true
  order.forEach((lambda, at) => {
    const penaltyOf = (v: Float64Array): number => {
      let sum = 0
      for (let j = 0; j < p; j++) sum += alpha * Math.abs(v[j]!) + 0.5 * (1 - alpha) * v[j]! * v[j]!
      return lambda * sum
    }
    let current = evaluate(b)
    let isDone = false
    for (let outer = 0; outer < 100 && !isDone; outer++) {
      if (partial.onProgress && !partial.onProgress(outer)) throw new StatsFailure({ code: 'cancelled' })
      const target = coordinateDescent(b, current.gradient, current.curvature, lambda, alpha)
      let size = 0
      for (let j = 0; j < p; j++) size = Math.max(size, Math.abs(target[j]! - b[j]!))
      if (size < 1e-12) {
        isDone = true
        break
      }
      const before = current.loss + penaltyOf(b)
      let step = 1
      let next = target
      let evaluated = evaluate(next)
      while (!(evaluated.loss + penaltyOf(next) <= before + 1e-14 * Math.abs(before)) && step > 1e-6) {
        step *= 0.5
        next = b.map((v, j) => v + step * (target[j]! - v))
        evaluated = evaluate(next)
      }
      if (step <= 1e-6) isDone = true
      b = next
      current = evaluated
    }
    if (!isDone) converged = false
    coefficients.push(b.map((v, j) => (deviation[j] === 0 ? 0 : v / deviation[j]!)))
    logLikelihood[at] = -current.loss * total
    for (let j = 0; j < p; j++) if (b[j] !== 0) nonZero[at]!++
  })
  let eventCount = 0
  for (let i = 0; i < n; i++) eventCount += data.event[i]!
  return {
    kind: 'elasticnet',
    names: data.names ?? [],
    alpha,
    lambda: Float64Array.from(order),
    coefficients,
    logLikelihood,
    nonZero,
    converged,
    n,
    eventCount,
    warnings: [
      ...constantColumns(plan, data),
      ...(converged ? [] : [{ code: 'not-converged' as const, iterations: 100 }]),
    ],
  }
}

/** Minimises the penalised quadratic model around b. */
function coordinateDescent(
  b: Float64Array,
  gradient: Float64Array,
  curvature: Float64Array,
  lambda: number,
  alpha: number,
): Float64Array {
  const p = b.length
  const out = b.slice()
  // Gradient of the quadratic model at `out`, kept up to date.
  const slope = gradient.slice()
  for (let sweep = 0; sweep < 10000; sweep++) {
    let largest = 0
    for (let j = 0; j < p; j++) {
      const h = curvature[j * p + j]!
      const bottom = h + lambda * (1 - alpha)
      if (!(bottom > 0)) continue
      const z = h * out[j]! - slope[j]!
      const threshold = lambda * alpha
      const next = z > threshold ? (z - threshold) / bottom : z < -threshold ? (z + threshold) / bottom : 0
      const move = next - out[j]!
      if (move === 0) continue
      out[j] = next
      for (let k = 0; k < p; k++) slope[k] = slope[k]! + curvature[k * p + j]! * move
      largest = Math.max(largest, Math.abs(move))
    }
    if (largest < 1e-14) break
  }
  return out
}
