import { exp } from '../det/exp.ts'
import { log } from '../det/log.ts'
import { normalQuantile } from '../det/distributions.ts'
import { cosTurn, sinTurn } from '../det/turn.ts'

export type ConfidenceType = 'log' | 'log-log' | 'plain' | 'logit' | 'arcsin'

const TWO_PI = 6.283185307179586

/**
 * Limits of survival probabilities, as R's `survfit` forms them.
 *
 * @param survival probabilities
 * @param stdErr standard errors of log survival
 * @param level coverage, such as 0.95
 * @returns NaN where a transformation has no limit (at 0, and at 1 for log-log)
 */
export function survivalLimits(
  survival: Float64Array,
  stdErr: Float64Array,
  type: ConfidenceType,
  level: number,
): { lower: Float64Array; upper: Float64Array } {
  const z = normalQuantile(1 - (1 - level) / 2)
  const lower = new Float64Array(survival.length)
  const upper = new Float64Array(survival.length)
  for (let i = 0; i < survival.length; i++) {
    const p = survival[i]!
    const se = stdErr[i]!
    switch (type) {
      case 'plain': {
        // At 0 only an error that is known to be 0 has limits.
        const half = se === 0 ? 0 : se * p * z
        lower[i] = Math.max(p - half, 0)
        upper[i] = Math.min(p + half, 1)
        break
      }
      case 'log':
        lower[i] = p === 0 ? NaN : exp(log(p) - z * se)
        upper[i] = p === 0 ? NaN : Math.min(exp(log(p) + z * se), 1)
        break
      case 'log-log':
        if (p === 0 || p === 1) {
          lower[i] = NaN
          upper[i] = NaN
        } else {
          const half = (z * se) / log(p)
          const centre = log(-log(p))
          lower[i] = exp(-exp(centre - half))
          upper[i] = exp(-exp(centre + half))
        }
        break
      case 'logit': {
        const half = z * se * (1 + p / (1 - p))
        const centre = log(p / (1 - p))
        lower[i] = p === 0 ? NaN : 1 - 1 / (1 + exp(centre - half))
        upper[i] = p === 0 ? NaN : 1 - 1 / (1 + exp(centre + half))
        break
      }
      case 'arcsin': {
        // sin²(asin√p ± h) by the addition theorem, held at 0 and 1.
        const half = 0.5 * z * se * Math.sqrt(p / (1 - p))
        const root = Math.sqrt(p)
        const other = Math.sqrt(1 - p)
        if (half !== half || p === 0) {
          lower[i] = NaN
          upper[i] = NaN
          break
        }
        const far = half >= TWO_PI / 4
        const c = far ? 0 : cosTurn(half / TWO_PI)
        const s = far ? 1 : sinTurn(half / TWO_PI)
        const down = root * c - other * s
        const up = root * c + other * s
        lower[i] = far || down < 0 ? 0 : down * down
        upper[i] = far || other * c - root * s < 0 ? 1 : up * up
        break
      }
    }
  }
  return { lower, upper }
}

/**
 * Leftmost time at which a curve is at or below 1 - p; where it is exactly there over a flat piece, the middle of that
 * piece; NaN when it never gets there (R: `quantile.survfit`).
 */
export function curveQuantile(time: Float64Array, survival: Float64Array, p: number, origin = 0): number {
  const tolerance = 1.4901161193847656e-8
  const goal = 1 - p
  if (p === 0) return origin
  for (let i = 0; i < time.length; i++) {
    const s = survival[i]!
    if (s !== s || s > goal + tolerance) continue
    if (s < goal - tolerance) return time[i]!
    for (let k = i + 1; k < time.length; k++) {
      if (survival[k]! < s - tolerance) return 0.5 * (time[i]! + time[k]!)
    }
    return time[i]!
  }
  return NaN
}
