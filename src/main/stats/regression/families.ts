import { exp, expm1 } from '../det/exp.ts'
import { lgamma } from '../det/gamma.ts'
import { log, log1p } from '../det/log.ts'
import { pow } from '../det/pow.ts'

/** A distribution and its link, as R's `glm` knows them. */
export interface Family {
  name: 'binomial' | 'poisson' | 'quasipoisson' | 'gamma' | 'negbin' | 'tweedie' | 'gaussian'
  link: 'logit' | 'cloglog' | 'log' | 'identity'
  /** Power of the mean in the variance (tweedie), or theta (negbin). */
  parameter: number | null
  /** True when the dispersion is 1 by definition. */
  hasFixedDispersion: boolean
  variance(mu: number): number
  /** Contribution of one observation to the deviance, without its weight. */
  deviance(y: number, mu: number): number
  /** Where iterations start. */
  start(y: number, weight: number): number
  isValidResponse(y: number): boolean
  linkOf(mu: number): number
  /** Inverse link, kept off the borders as R does. */
  inverse(eta: number): number
  /** d mu / d eta. */
  slope(eta: number, mu: number): number
}

const EPSILON = 2.220446049250313e-16

function logitOf(mu: number): number {
  return log(mu / (1 - mu))
}

function inverseLogit(eta: number): number {
  const t = eta < -30 ? EPSILON : eta > 30 ? 1 / EPSILON : exp(eta)
  return t / (1 + t)
}

function logitSlope(eta: number): number {
  if (eta > 30 || eta < -30) return EPSILON
  const t = exp(eta)
  return t / ((1 + t) * (1 + t))
}

function inverseCloglog(eta: number): number {
  const mu = -expm1(-exp(eta))
  return mu > 1 - EPSILON ? 1 - EPSILON : mu < EPSILON ? EPSILON : mu
}

function cloglogSlope(eta: number): number {
  const e = eta > 700 ? 700 : eta
  const t = exp(e)
  return Math.max(t * exp(-t), EPSILON)
}

function inverseLog(eta: number): number {
  return Math.max(exp(eta), EPSILON)
}

/** y·log(y/mu), 0 at y = 0. */
function yLogRatio(y: number, mu: number): number {
  return y === 0 ? 0 : y * log(y / mu)
}

export function binomial(link: 'logit' | 'cloglog' = 'logit'): Family {
  return {
    name: 'binomial',
    link,
    parameter: null,
    hasFixedDispersion: true,
    variance: (mu) => mu * (1 - mu),
    deviance: (y, mu) => 2 * (yLogRatio(y, mu) + yLogRatio(1 - y, 1 - mu)),
    start: (y, weight) => (weight * y + 0.5) / (weight + 1),
    isValidResponse: (y) => y >= 0 && y <= 1,
    linkOf: link === 'logit' ? logitOf : (mu) => log(-log1p(-mu)),
    inverse: link === 'logit' ? inverseLogit : inverseCloglog,
    slope: link === 'logit' ? logitSlope : cloglogSlope,
  }
}

const LOG_LINK = {
  link: 'log' as const,
  linkOf: log,
  inverse: inverseLog,
  slope: (_eta: number, mu: number): number => mu,
}

export function poisson(isQuasi = false): Family {
  return {
    ...LOG_LINK,
    name: isQuasi ? 'quasipoisson' : 'poisson',
    parameter: null,
    hasFixedDispersion: !isQuasi,
    variance: (mu) => mu,
    deviance: (y, mu) => 2 * (yLogRatio(y, mu) - (y - mu)),
    start: (y) => y + 0.1,
    isValidResponse: (y) => y >= 0,
  }
}

export function gamma(): Family {
  return {
    ...LOG_LINK,
    name: 'gamma',
    parameter: null,
    hasFixedDispersion: false,
    variance: (mu) => mu * mu,
    deviance: (y, mu) => -2 * (log(y / mu) - (y - mu) / mu),
    start: (y) => y,
    isValidResponse: (y) => y > 0,
  }
}

/** Negative binomial (NB2) with variance mu + mu²/theta. */
export function negativeBinomial(theta: number): Family {
  return {
    ...LOG_LINK,
    name: 'negbin',
    parameter: theta,
    hasFixedDispersion: true,
    variance: (mu) => mu + (mu * mu) / theta,
    deviance: (y, mu) =>
      2 * (y === 0 ? 0 : y * log(y / mu)) - 2 * (y + theta) * log((y + theta) / (mu + theta)),
    start: (y) => (y === 0 ? 1 / 6 : y),
    isValidResponse: (y) => y >= 0,
  }
}

/** Variance mu^power with 1 < power < 2: a point mass at 0 and a continuous positive part. */
export function tweedie(power: number): Family {
  const a = 2 - power
  const b = 1 - power
  return {
    ...LOG_LINK,
    name: 'tweedie',
    parameter: power,
    hasFixedDispersion: false,
    variance: (mu) => pow(mu, power),
    deviance: (y, mu) => {
      const m = pow(mu, b)
      const positive = y === 0 ? 0 : pow(y, a) / (b * a)
      return 2 * (positive - (y * m) / b + (mu * m) / a)
    },
    start: (y) => (y === 0 ? 0.1 : y),
    isValidResponse: (y) => y >= 0,
  }
}

export function gaussian(): Family {
  return {
    name: 'gaussian',
    link: 'identity',
    parameter: null,
    hasFixedDispersion: false,
    variance: () => 1,
    deviance: (y, mu) => (y - mu) * (y - mu),
    start: (y) => y,
    isValidResponse: () => true,
    linkOf: (mu) => mu,
    inverse: (eta) => eta,
    slope: () => 1,
  }
}

/** log n! / (k! (n-k)!) for real arguments. */
function logChoose(n: number, k: number): number {
  return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
}

/**
 * Log likelihood of a fitted model by R's `logLik.glm`: gamma and gaussian at their deviance-based dispersion; NaN for
 * quasi families and tweedie (whose density needs a series).
 */
export function logLikelihoodOf(
  family: Family,
  y: Float64Array,
  mu: Float64Array,
  weights: Float64Array | null,
  deviance: number,
): number {
  const n = y.length
  const w = (i: number): number => (weights ? weights[i]! : 1)
  let total = 0
  let weightSum = 0
  let isCounts = false
  for (let i = 0; i < n; i++) {
    weightSum += w(i)
    if (w(i) > 1) isCounts = true
  }
  switch (family.name) {
    case 'binomial':
      // Weights above 1 are numbers of trials.
      for (let i = 0; i < n; i++) {
        if (w(i) === 0) continue
        const m = isCounts ? Math.floor(w(i) + 0.5) : 1
        const k = Math.floor(m * y[i]! + 0.5)
        const term =
          logChoose(m, k) + (k === 0 ? 0 : k * log(mu[i]!)) + (k === m ? 0 : (m - k) * log1p(-mu[i]!))
        total += isCounts ? (m > 0 ? (w(i) / m) * term : 0) : w(i) * term
      }
      return total
    case 'poisson':
      for (let i = 0; i < n; i++) {
        total += w(i) * ((y[i] === 0 ? 0 : y[i]! * log(mu[i]!)) - mu[i]! - lgamma(y[i]! + 1))
      }
      return total
    case 'gamma': {
      const dispersion = deviance / weightSum
      const shape = 1 / dispersion
      for (let i = 0; i < n; i++) {
        const scale = mu[i]! * dispersion
        total += w(i) * ((shape - 1) * log(y[i]!) - y[i]! / scale - shape * log(scale) - lgamma(shape))
      }
      return total
    }
    case 'negbin': {
      const theta = family.parameter!
      for (let i = 0; i < n; i++) {
        const v = y[i]!
        total +=
          w(i) *
          (lgamma(theta + v) -
            lgamma(theta) -
            lgamma(v + 1) +
            theta * log(theta) +
            (v === 0 ? 0 : v * log(mu[i]!)) -
            (theta + v) * log(theta + mu[i]!))
      }
      return total
    }
    case 'gaussian': {
      let logWeights = 0
      for (let i = 0; i < n; i++) logWeights += log(w(i))
      return 0.5 * (logWeights - n * (log((6.283185307179586 * deviance) / n) + 1))
    }
    case 'quasipoisson':
    case 'tweedie':
      return NaN
  }
}
