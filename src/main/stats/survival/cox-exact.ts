import { exp } from '../det/exp.ts'
import { log } from '../det/log.ts'
import { StatsFailure, type StatsWarning } from '../failure.ts'
import { ldl, ldlInverse, quadraticForm } from '../linalg/cholesky.ts'
import { COX_DEFAULTS, type CoxOptions, linearPredictorMeans, newton } from './cox.ts'
import { createCoxState, type CoxEvaluation, evaluateHazards, localRunner } from './cox-pass.ts'
import { checkSurvivalData, type CoxPlan, planCox, type SurvivalData } from './cox-plan.ts'
import { martingaleResiduals } from './cox-residuals.ts'

export interface ExactCoxFit {
  kind: 'cox-exact'
  names: readonly string[]
  coefficients: Float64Array
  variance: Float64Array
  logLikelihood: [number, number]
  scoreTest: number
  waldTest: number
  likelihoodRatioTest: number
  df: number
  iterations: number
  converged: boolean
  aliased: number[]
  infinite: number[]
  linearPredictors: Float64Array
  /** With the Breslow hazard at the solution, as in R. */
  martingale: Float64Array
  n: number
  eventCount: number
  warnings: StatsWarning[]
}

/**
 * Cox model with the exact (conditional logistic) likelihood for tied events: each set of d deaths is compared with all
 * sets of d from those at risk, by the recursion B(r, d) = B(r-1, d) + x·B(r-1, d-1) of Gail, Lubin and Rubinstein
 * (1981). Cost Σ at-risk·d·p² per pass. Without case weights.
 */
export function fitExactCox(input: SurvivalData, partial: Partial<CoxOptions> = {}): ExactCoxFit {
  const options: CoxOptions = { ...COX_DEFAULTS, ...partial, ties: 'breslow' }
  if (input.weights) throw new StatsFailure({ code: 'not-supported', what: 'case weights with exact ties' })
  if (input.cluster || options.robust) {
    throw new StatsFailure({ code: 'not-supported', what: 'robust variance with exact ties' })
  }
  const data = checkSurvivalData(input, options.timefix)
  const plan = planCox(data, options)
  const p = plan.covariateCount
  const n = plan.rowCount
  const warnings: StatsWarning[] = []
  const names = data.names ?? []
  let eventCount = 0
  for (let i = 0; i < n; i++) eventCount += data.event[i]!
  for (let j = 0; j < p; j++) {
    if (plan.scale[j] === 0) warnings.push({ code: 'constant-covariate', column: names[j]!, index: j })
  }
  if (p > eventCount)
    warnings.push({ code: 'more-covariates-than-events', covariates: p, events: eventCount })
  const riskSets = listRiskSets(plan)
  const start = new Float64Array(p)
  if (options.init)
    for (let j = 0; j < p; j++) start[j] = plan.scale[j] === 0 ? 0 : options.init[j]! / plan.scale[j]!
  const solved = newton(start, (beta) => evaluateExact(plan, riskSets, beta), options, 'by halves')
  const decomposition = ldl(solved.evaluation.information, p, options.toleranceCholesky)
  const inverse = ldlInverse(decomposition)
  const coefficients = solved.beta.map((b, j) => b * plan.scale[j]!)
  const variance = inverse.map((v, t) => v * (plan.scale[Math.floor(t / p)]! * plan.scale[t % p]!))
  const aliased: number[] = []
  const infinite: number[] = []
  if (!solved.converged && options.maxIterations > 0) {
    warnings.push({ code: 'not-converged', iterations: solved.iterations })
  }
  for (let j = 0; j < p; j++) {
    if (decomposition.factors[j * p + j] === 0) {
      aliased.push(j)
      continue
    }
    let step = 0
    for (let k = 0; k < p; k++) {
      step +=
        plan.scale[k] === 0 ? 0 : (solved.evaluation.gradient[k]! / plan.scale[k]!) * variance[k * p + j]!
    }
    step = Math.abs(step)
    if (step > options.eps && step > options.toleranceInfinite * Math.abs(coefficients[j]!)) infinite.push(j)
  }
  for (const j of infinite) warnings.push({ code: 'infinite-coefficient', column: names[j]!, index: j })

  const state = createCoxState(plan)
  evaluateHazards(plan, state, solved.beta, localRunner(plan, state))
  const martingale = martingaleResiduals(plan, state, data)
  const means = linearPredictorMeans(data)
  const linearPredictors = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    let eta = data.offset ? data.offset[i]! - plan.offsetMean : 0
    for (let j = 0; j < p; j++) eta += coefficients[j]! * (data.x[j]![i]! - means[j]!)
    linearPredictors[i] = eta
  }
  const shift = coefficients.map((b, j) => b - (options.init ? options.init[j]! : 0))
  const wald = quadraticForm(variance, p, shift, options.toleranceCholesky).value
  for (const j of aliased) {
    coefficients[j] = NaN
    warnings.push({ code: 'aliased-coefficient', column: names[j]!, index: j })
  }
  const [logNull, logFit] = solved.logLikelihood
  return {
    kind: 'cox-exact',
    names,
    coefficients,
    variance,
    logLikelihood: solved.logLikelihood,
    scoreTest: solved.scoreTest,
    waldTest: wald,
    likelihoodRatioTest: 2 * (logFit - logNull),
    df: p - aliased.length,
    iterations: solved.iterations,
    converged: solved.converged,
    aliased,
    infinite,
    linearPredictors,
    martingale,
    n,
    eventCount,
    warnings,
  }
}

interface RiskSet {
  deaths: Int32Array
  /** Kept rows at risk, deaths included. */
  members: Int32Array
}

function listRiskSets(plan: CoxPlan): RiskSet[] {
  const slots: number[] = []
  for (let k = 0; k < plan.slotCount; k++) if (plan.deathStart[k + 1]! > plan.deathStart[k]!) slots.push(k)
  const members = new Map<number, number[]>(slots.map((k) => [k, []]))
  for (let q = 0; q < plan.keptCount; q++) {
    for (let k = plan.low[q]! + 1; k <= plan.high[q]!; k++) members.get(k)!.push(q)
  }
  return slots.map((k) => ({
    deaths: plan.deathRows.slice(plan.deathStart[k]!, plan.deathStart[k + 1]!),
    members: Int32Array.from(members.get(k)!),
  }))
}

function evaluateExact(plan: CoxPlan, riskSets: readonly RiskSet[], beta: Float64Array): CoxEvaluation {
  const p = plan.covariateCount
  const half = (p * (p + 1)) / 2
  const width = 1 + p + half
  let logLikelihood = 0
  const gradient = new Float64Array(p)
  const information = new Float64Array(p * p)
  const eta = new Float64Array(plan.keptCount)
  for (let q = 0; q < plan.keptCount; q++) {
    let sum = plan.offset ? plan.offset[q]! : 0
    for (let j = 0; j < p; j++) sum += beta[j]! * plan.columns[j]![q]!
    eta[q] = sum
  }
  for (const { deaths, members } of riskSets) {
    const d = deaths.length
    let own = 0
    // Columns are taken relative to the deaths' mean: where the deaths dominate all other sets, nothing cancels.
    const origin = new Float64Array(p)
    for (let t = 0; t < d; t++) {
      const q = deaths[t]!
      own += eta[q]!
      for (let j = 0; j < p; j++) origin[j] = origin[j]! + plan.columns[j]![q]! / d
    }
    // Risks scaled so that B stays near e^d: the largest representable d is then about 700.
    let top = -Infinity
    for (let i = 0; i < members.length; i++) top = Math.max(top, eta[members[i]!]!)
    let total = 0
    for (let i = 0; i < members.length; i++) total += exp(eta[members[i]!]! - top)
    const factor = d / total
    // table[c] = [B(·, c), its gradient, its second derivatives]
    const table = new Float64Array((d + 1) * width)
    table[0] = 1
    for (let i = 0; i < members.length; i++) {
      const q = members[i]!
      const r = exp(eta[q]! - top) * factor
      const most = Math.min(d, i + 1)
      for (let c = most; c >= 1; c--) {
        const at = c * width
        const from = at - width
        const b = table[from]!
        table[at] = table[at]! + r * b
        let t = at + 1 + p
        for (let j = 0; j < p; j++) {
          const z = plan.columns[j]![q]! - origin[j]!
          const g = table[from + 1 + j]!
          for (let k = 0; k <= j; k++, t++) {
            const y = plan.columns[k]![q]! - origin[k]!
            table[t] = table[t]! + r * (table[t - width]! + z * table[from + 1 + k]! + y * g + z * y * b)
          }
        }
        for (let j = 0; j < p; j++) {
          table[at + 1 + j] =
            table[at + 1 + j]! + r * (table[from + 1 + j]! + (plan.columns[j]![q]! - origin[j]!) * b)
        }
      }
    }
    const at = d * width
    const b = table[at]!
    logLikelihood += own - (log(b) + d * (top - log(factor)))
    let t = at + 1 + p
    for (let j = 0; j < p; j++) {
      const gj = table[at + 1 + j]! / b
      gradient[j] = gradient[j]! - gj
      for (let k = 0; k <= j; k++, t++) {
        const v = table[t]! / b - gj * (table[at + 1 + k]! / b)
        information[j * p + k] = information[j * p + k]! + v
        if (k !== j) information[k * p + j] = information[k * p + j]! + v
      }
    }
  }
  return { logLikelihood, gradient, information }
}
