import { digamma, trigamma } from '../det/gamma.ts'
import { log } from '../det/log.ts'
import { StatsFailure } from '../failure.ts'
import { negativeBinomial, poisson } from './families.ts'
import { fitGlm, type GlmData, type GlmFit, type GlmOptions } from './glm.ts'

export interface NegativeBinomialFit extends GlmFit {
  theta: number
  /** Standard error of theta by its observed information. */
  thetaStdErr: number
}

/**
 * Negative binomial regression (NB2, log link); theta by maximum likelihood, in turns with the coefficients until
 * neither moves (R: `MASS::glm.nb`), or held at a given value.
 */
export function fitNegativeBinomial(
  data: GlmData,
  theta: number | null = null,
  partial: Partial<GlmOptions> = {},
): NegativeBinomialFit {
  if (theta !== null) {
    if (!(theta > 0))
      throw new StatsFailure({ code: 'bad-option', option: 'theta', value: String(theta), allowed: '> 0' })
    return { ...fitGlm(data, negativeBinomial(theta), partial), theta, thetaStdErr: NaN }
  }
  const first = fitGlm({ ...data, cluster: null }, poisson(), partial)
  let current = estimateTheta(data, first.fitted)
  let fit = fitGlm(data, negativeBinomial(current.theta), { ...partial, startEta: first.eta })
  let converged = false
  for (let round = 0; round < 100 && !converged; round++) {
    const before = fit.logLikelihood
    const next = estimateTheta(data, fit.fitted)
    const change = Math.abs(next.theta - current.theta) / (Math.abs(current.theta) + 1e-8)
    current = next
    fit = fitGlm(data, negativeBinomial(current.theta), { ...partial, startEta: fit.eta })
    converged = change < 1e-12 && Math.abs(fit.logLikelihood - before) <= 1e-13 * (Math.abs(before) + 1)
    if (!(current.theta < 1e8)) break
  }
  const warnings = converged ? fit.warnings : [...fit.warnings, { code: 'theta-not-converged' as const }]
  // Theta counts as a parameter.
  return {
    ...fit,
    aic: fit.aic + 2,
    converged: fit.converged && converged,
    warnings,
    theta: current.theta,
    thetaStdErr: current.stdErr,
  }
}

/** R's tolerance of theta: its standard error belongs to the last step of that length. */
const THETA_TOLERANCE = 1.220703125e-4

/** Newton on the profile score of theta at given means. */
function estimateTheta(data: GlmData, mu: Float64Array): { theta: number; stdErr: number } {
  const { y } = data
  const n = y.length
  const w = (i: number): number => (data.weights ? data.weights[i]! : 1)
  let total = 0
  let spread = 0
  for (let i = 0; i < n; i++) {
    total += w(i)
    const r = y[i]! / mu[i]! - 1
    spread += w(i) * r * r
  }
  let theta = total / spread
  let stdErr = NaN
  for (let step = 0; step < 100; step++) {
    let score = 0
    let information = 0
    const psi = digamma(theta)
    const psi1 = trigamma(theta)
    for (let i = 0; i < n; i++) {
      const sum = mu[i]! + theta
      score += w(i) * (digamma(theta + y[i]!) - psi + log(theta / sum) + 1 - (y[i]! + theta) / sum)
      information +=
        w(i) * (-trigamma(theta + y[i]!) + psi1 - 1 / theta + 2 / sum - (y[i]! + theta) / (sum * sum))
    }
    const move = score / information
    let next = theta + move
    if (!(information > 0) || !(next > 0)) next = move < 0 || !(information > 0) ? theta / 2 : theta * 2
    if (stdErr !== stdErr && Math.abs(move) <= THETA_TOLERANCE) stdErr = Math.sqrt(1 / information)
    const isDone = Math.abs(next - theta) <= 1e-14 * theta
    theta = next
    if (isDone || theta > 1e10) break
  }
  return { theta, stdErr }
}
