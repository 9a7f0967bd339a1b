import { exp } from '../det/exp.ts'
import { lgamma } from '../det/gamma.ts'
import { log } from '../det/log.ts'
import { pow } from '../det/pow.ts'
import { StatsFailure } from '../failure.ts'
import { tweedie } from './families.ts'
import { fitGlm, type GlmData, type GlmFit, type GlmOptions } from './glm.ts'

export interface TweedieFit extends GlmFit {
  power: number
  isProfiled: boolean
  /** Log likelihood by the density's series at the dispersion that maximises it. */
  profileLogLikelihood: number
  dispersionMl: number
}

/**
 * Tweedie regression with log link. With `power` null it is profiled on 1.1, 1.2 … 1.9 and refined by golden section
 * (statistics.md 5.1); the dispersion inside the profile is the one that maximises the likelihood.
 */
export function fitTweedie(
  data: GlmData,
  power: number | null,
  partial: Partial<GlmOptions> = {},
): TweedieFit {
  if (power !== null) {
    if (!(power > 1 && power < 2)) {
      throw new StatsFailure({
        code: 'bad-option',
        option: 'power',
        value: String(power),
        allowed: '1 < power < 2',
      })
    }
    return withDensity(data, fitGlm(data, tweedie(power), partial), power, false)
  }
  const at = (p: number): { fit: GlmFit; value: number } => {
    const fit = fitGlm({ ...data, cluster: null }, tweedie(p), partial)
    return { fit, value: bestDispersion(data, fit.fitted, p, fit.pearsonDispersion).logLikelihood }
  }
  let best = 1.5
  let bestValue = -Infinity
  for (let k = 1; k <= 9; k++) {
    const p = 1 + k / 10
    const { value } = at(p)
    if (value > bestValue) {
      bestValue = value
      best = p
    }
  }
  const low = Math.max(1.02, best - 0.1)
  const high = Math.min(1.98, best + 0.1)
  const chosen = goldenSection(low, high, (p) => at(p).value, 1e-4)
  return withDensity(data, fitGlm(data, tweedie(chosen), partial), chosen, true)
}

function withDensity(data: GlmData, fit: GlmFit, power: number, isProfiled: boolean): TweedieFit {
  const { logLikelihood, dispersion } = bestDispersion(data, fit.fitted, power, fit.pearsonDispersion)
  return { ...fit, power, isProfiled, profileLogLikelihood: logLikelihood, dispersionMl: dispersion }
}

function bestDispersion(
  data: GlmData,
  mu: Float64Array,
  power: number,
  start: number,
): { dispersion: number; logLikelihood: number } {
  const centre = log(start > 0 ? start : 1)
  const value = (logPhi: number): number => tweedieLogLikelihood(data, mu, power, exp(logPhi))
  const logPhi = goldenSection(centre - 2, centre + 2, value, 1e-6)
  return { dispersion: exp(logPhi), logLikelihood: value(logPhi) }
}

/** Where a unimodal function is largest. */
function goldenSection(low: number, high: number, f: (x: number) => number, tolerance: number): number {
  const ratio = 0.6180339887498949
  let a = low
  let b = high
  let c = b - ratio * (b - a)
  let d = a + ratio * (b - a)
  let fc = f(c)
  let fd = f(d)
  while (b - a > tolerance) {
    if (fc > fd) {
      b = d
      d = c
      fd = fc
      c = b - ratio * (b - a)
      fc = f(c)
    } else {
      a = c
      c = d
      fc = fd
      d = a + ratio * (b - a)
      fd = f(d)
    }
  }
  return 0.5 * (a + b)
}

/** Log likelihood of Tweedie observations with dispersion phi / weight. */
export function tweedieLogLikelihood(data: GlmData, mu: Float64Array, power: number, phi: number): number {
  let total = 0
  for (let i = 0; i < data.y.length; i++) {
    const w = data.weights ? data.weights[i]! : 1
    if (w === 0) continue
    total += tweedieLogDensity(data.y[i]!, mu[i]!, phi / w, power)
  }
  return total
}

/** Up to this term the series is summed: it takes some tens of thousands around it. */
const SERIES_MOST = 1e7

/** Log density for 1 < power < 2 by the series of Dunn and Smyth (2005), summed outwards from its largest term. */
export function tweedieLogDensity(y: number, mu: number, phi: number, power: number): number {
  const theta = pow(mu, 1 - power) / (1 - power)
  const kappa = pow(mu, 2 - power) / (2 - power)
  if (y === 0) return -kappa / phi
  const alpha = (2 - power) / (1 - power)
  const logZ = -alpha * log(y) + alpha * log(power - 1) - (1 - alpha) * log(phi) - log(2 - power)
  const term = (j: number): number => j * logZ - lgamma(1 + j) - lgamma(-alpha * j)
  const middle = Math.max(1, Math.floor(pow(y, 2 - power) / (phi * (2 - power)) + 0.5))
  // So many claims that the sum is as good as normal (saddlepoint, relative error 1/middle), and its terms are past counting.
  if (middle > SERIES_MOST)
    return -0.5 * (log(6.283185307179586 * phi) + power * log(y) + tweedie(power).deviance(y, mu) / phi)
  const top = term(middle)
  let sum = 1
  for (let j = middle + 1; j < middle + 100000; j++) {
    const t = exp(term(j) - top)
    sum += t
    if (t < 1e-17 * sum) break
  }
  for (let j = middle - 1; j >= 1; j--) {
    const t = exp(term(j) - top)
    sum += t
    if (t < 1e-17 * sum) break
  }
  return top + log(sum) - log(y) + (y * theta - kappa) / phi
}
