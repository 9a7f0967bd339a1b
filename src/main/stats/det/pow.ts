import { exp } from './exp.ts'
import { exponentOf, powerOfTwo } from './power-of-two.ts'

const SPLITTER = 134217729 // 2^27 + 1: Veltkamp's split of a double into two halves
const LN2_HIGH = 0.6931471803691238
const LN2_LOW = 1.9082149292705877e-10

/**
 * x to the power y for x >= 0, or for any x when y is whole. Whole |y| <= 64 by repeated squaring, otherwise through a
 * logarithm with 8 more bits: within 2 ulp while |y·ln x| <= 8, 2^-50 relative at the edge of overflow.
 */
export function pow(x: number, y: number): number {
  if (y === 0 || x === 1) return 1
  if (x !== x || y !== y) return NaN
  const isWhole = Math.floor(y) === y
  if (isWhole && y >= -64 && y <= 64) return y < 0 ? 1 / powWhole(x, -y) : powWhole(x, y)
  if (x < 0) {
    if (!isWhole) return NaN
    const size = pow(-x, y)
    return y - 2 * Math.floor(y / 2) === 1 ? -size : size
  }
  if (x === 0) return y > 0 ? 0 : Infinity
  if (x === Infinity) return y > 0 ? Infinity : 0
  if (y === Infinity) return x > 1 ? Infinity : 0
  if (y === -Infinity) return x > 1 ? 0 : Infinity
  if (y === 0.5) return Math.sqrt(x)
  logInTwoParts(x)
  const product = y * LOG_HIGH
  if (product > 710) return Infinity
  if (product < -746) return 0
  const rest = productError(y, LOG_HIGH, product) + y * LOG_LOW
  const size = exp(product)
  return size + size * rest
}

function powWhole(x: number, n: number): number {
  let result = 1
  let base = x
  for (let rest = n; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest - 2 * Math.floor(rest / 2) === 1) result *= base
    base *= base
  }
  return result
}

/** a·b - product exactly (Dekker 1971). */
function productError(a: number, b: number, product: number): number {
  const ta = SPLITTER * a
  const ah = ta - (ta - a)
  const al = a - ah
  const tb = SPLITTER * b
  const bh = tb - (tb - b)
  const bl = b - bh
  return al * bl - (product - ah * bh - al * bh - ah * bl)
}

let LOG_HIGH = 0
let LOG_LOW = 0

/** log(x) = LOG_HIGH + LOG_LOW: 2s is carried in two parts, the series after it is at most 1 % of it. */
function logInTwoParts(x: number): void {
  let shift = 0
  if (x < 2.2250738585072014e-308) {
    x *= 18014398509481984
    shift = -54
  }
  let k = exponentOf(x)
  let m = k > 1022 ? x * 0.5 * powerOfTwo(1 - k) : x * powerOfTwo(-k)
  if (m > 1.4142135623730951) {
    m *= 0.5
    k++
  }
  k += shift
  const f = m - 1
  const below = 2 + f
  const belowLost = f - (below - 2)
  const s = f / below
  const back = s * below
  const sLow = (f - back - productError(s, below, back) - s * belowLost) / below
  const z = s * s
  let series = 2 / 25
  for (let n = 23; n >= 3; n -= 2) series = 2 / n + z * series
  const cube = s * z * series
  // Sum k·ln2 + 2s + cube with the rounding errors kept (two-sum, Knuth).
  const a = k * LN2_HIGH
  const b = 2 * s
  const sum = a + b
  const bb = sum - a
  const sumLost = a - (sum - bb) + (b - bb)
  const total = sum + cube
  const cc = total - sum
  const totalLost = sum - (total - cc) + (cube - cc)
  const low = k * LN2_LOW + 2 * sLow + sumLost + totalLost
  LOG_HIGH = total + low
  LOG_LOW = total - LOG_HIGH + low
}
