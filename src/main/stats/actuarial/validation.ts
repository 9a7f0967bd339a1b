import { exp } from '../det/exp.ts'
import { normal } from '../det/distributions.ts'
import { log } from '../det/log.ts'
import { StatsFailure } from '../failure.ts'

/* How well a tariff orders and matches risks. Rows are members of a holdout; exposures are weights. */

function descending(values: Float64Array, sign: 1 | -1): Int32Array {
  return new Int32Array(values.length)
    .map((_, i) => i)
    .sort((a, b) => sign * (values[a]! - values[b]!) || a - b)
}

/**
 * Gini coefficient of a predicted rate against actual losses: 1 - 2·(area under the Lorenz curve of losses over exposure,
 * members in ascending order of prediction). Ties in the prediction are taken as one step.
 */
export function gini(
  predicted: Float64Array,
  actual: Float64Array,
  exposure: Float64Array | null = null,
): number {
  const order = descending(predicted, 1)
  let exposureTotal = 0
  let lossTotal = 0
  for (let i = 0; i < predicted.length; i++) {
    exposureTotal += exposure ? exposure[i]! : 1
    lossTotal += actual[i]!
  }
  if (!(lossTotal > 0)) throw new StatsFailure({ code: 'no-events', column: 'actual' })
  let area = 0
  let losses = 0
  for (let from = 0; from < order.length;) {
    let to = from
    let e = 0
    let l = 0
    for (; to < order.length && predicted[order[to]!] === predicted[order[from]!]; to++) {
      e += exposure ? exposure[order[to]!]! : 1
      l += actual[order[to]!]!
    }
    area += (e / exposureTotal) * ((losses + l / 2) / lossTotal)
    losses += l
    from = to
  }
  return 1 - 2 * area
}

export interface LiftBin {
  exposure: number
  /** Mean rates per exposure. */
  predicted: number
  actual: number
  /** Second model of a double lift. */
  alternative?: number
}

/** Bins of equal exposure in ascending order of the predicted rate (losses per exposure). */
export function lift(
  predictedRate: Float64Array,
  actualLoss: Float64Array,
  exposure: Float64Array | null = null,
  bins = 10,
): LiftBin[] {
  return binned(predictedRate, predictedRate, null, actualLoss, exposure, bins)
}

/** Double lift: bins by the ratio of two predicted rates; the better model follows the actual rate. */
export function doubleLift(
  rateA: Float64Array,
  rateB: Float64Array,
  actualLoss: Float64Array,
  exposure: Float64Array | null = null,
  bins = 10,
): LiftBin[] {
  const ratio = rateA.map((a, i) => a / rateB[i]!)
  return binned(ratio, rateA, rateB, actualLoss, exposure, bins)
}

function binned(
  key: Float64Array,
  a: Float64Array,
  b: Float64Array | null,
  loss: Float64Array,
  exposure: Float64Array | null,
  bins: number,
): LiftBin[] {
  const order = descending(key, 1)
  let total = 0
  for (let i = 0; i < key.length; i++) total += exposure ? exposure[i]! : 1
  const sums = Array.from({ length: bins }, () => ({ e: 0, a: 0, b: 0, l: 0 }))
  let passed = 0
  for (const i of order) {
    const e = exposure ? exposure[i]! : 1
    // A member belongs to the bin of the middle of its exposure.
    const bin = sums[Math.min(bins - 1, Math.floor(((passed + e / 2) / total) * bins))]!
    passed += e
    bin.e += e
    bin.a += e * a[i]!
    if (b) bin.b += e * b[i]!
    bin.l += loss[i]!
  }
  return sums.map((s) => ({
    exposure: s.e,
    predicted: s.a / s.e,
    actual: s.l / s.e,
    ...(b ? { alternative: s.b / s.e } : {}),
  }))
}

export interface TailCheck {
  count: number
  threshold: number
  /** Pareto index by Hill's estimator, with its standard error. */
  paretoIndex: number
  paretoStdErr: number
  /** Lognormal fitted above the threshold as if whole: mean and deviation of the logs. */
  logMean: number
  logDeviation: number
  /** Log likelihoods of the excesses; the larger one describes the tail better. */
  paretoLogLikelihood: number
  lognormalLogLikelihood: number
}

/** Pareto against (left-truncated) lognormal in the tail above a threshold. */
export function tailCheck(losses: Float64Array, threshold: number): TailCheck {
  if (!(threshold > 0)) {
    throw new StatsFailure({
      code: 'bad-option',
      option: 'threshold',
      value: String(threshold),
      allowed: '> 0',
    })
  }
  const logs: number[] = []
  for (let i = 0; i < losses.length; i++) if (losses[i]! > threshold) logs.push(log(losses[i]!))
  const n = logs.length
  if (n < 5) throw new StatsFailure({ code: 'no-rows' })
  const origin = log(threshold)
  let excess = 0
  let sum = 0
  for (const v of logs) {
    excess += v - origin
    sum += v
  }
  const index = n / excess
  const pareto = n * log(index) + n * index * origin - (index + 1) * sum
  // Normal truncated at log(threshold): Nelder-Mead is more than this needs; a grid refined three times suffices.
  const centre = sum / n
  let mean = centre
  let spread = 0
  for (const v of logs) spread += (v - mean) * (v - mean)
  let deviation = Math.sqrt(spread / n)
  let best = -Infinity
  let widthMean = 3 * deviation
  let widthLog = 1.5
  for (let round = 0; round < 25; round++) {
    let nextMean = mean
    let nextDeviation = deviation
    for (let i = -4; i <= 4; i++) {
      for (let j = -4; j <= 4; j++) {
        const m = mean + (i / 4) * widthMean
        const s = deviation * exp((j / 4) * widthLog)
        const value = truncatedLognormal(n, sum, spread + n * (centre - m) * (centre - m), m, s, origin)
        if (value > best) {
          best = value
          nextMean = m
          nextDeviation = s
        }
      }
    }
    mean = nextMean
    deviation = nextDeviation
    widthMean *= 0.6
    widthLog *= 0.6
  }
  return {
    count: n,
    threshold,
    paretoIndex: index,
    paretoStdErr: index / Math.sqrt(n),
    logMean: mean,
    logDeviation: deviation,
    paretoLogLikelihood: pareto,
    lognormalLogLikelihood: best,
  }
}

/** @param squares sum of squares of the logs around `mean`: of many losses no more is needed of any */
function truncatedLognormal(
  count: number,
  sum: number,
  squares: number,
  mean: number,
  deviation: number,
  origin: number,
): number {
  const tail = normal((origin - mean) / deviation).upper
  if (!(tail > 0)) return -Infinity
  return (
    (-0.5 * squares) / (deviation * deviation) -
    sum -
    count * (log(deviation) + 0.9189385332046728 + log(tail))
  )
}
