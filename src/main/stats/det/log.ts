import { exponentOf, powerOfTwo } from './power-of-two.ts'

/*
 * Natural logarithms from + - * / only (profile det/1). x = m·2^k with m in [√½, √2), s = f/(2+f) for f = m-1, and the
 * series of 2·artanh(s) to s^23; arranged so that the leading term f is added last. Measured bound: 1 ulp.
 */
const LN2_HIGH = 0.6931471803691238
const LN2_LOW = 1.9082149292705877e-10
const SQRT2 = 1.4142135623730951

/** log(1+f) - f + f²/2 - … : the part R of log(1+f) = f - (f²/2 - s(f²/2 + R)). */
function tailOfLog(s: number): number {
  const z = s * s
  const w = z * z
  const odd = 2 / 3 + w * (2 / 7 + w * (2 / 11 + w * (2 / 15 + w * (2 / 19 + w * (2 / 23)))))
  const even = 2 / 5 + w * (2 / 9 + w * (2 / 13 + w * (2 / 17 + w * (2 / 21))))
  return z * odd + w * even
}

/** Natural logarithm: -Infinity at 0, NaN below 0, otherwise within 1 ulp. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN
  if (x === Infinity) return x
  let shift = 0
  if (x < 2.2250738585072014e-308) {
    x *= 18014398509481984
    shift = -54
  }
  let k = exponentOf(x)
  let m = k > 1022 ? x * 0.5 * powerOfTwo(1 - k) : x * powerOfTwo(-k)
  if (m > SQRT2) {
    m *= 0.5
    k++
  }
  k += shift
  const f = m - 1
  if (f === 0) return k === 0 ? 0 : k * LN2_HIGH + k * LN2_LOW
  const s = f / (2 + f)
  const half = 0.5 * f * f
  const tail = s * (half + tailOfLog(s))
  if (k === 0) return f - (half - tail)
  return k * LN2_HIGH - (half - (tail + k * LN2_LOW) - f)
}

/** log(1 + x) without cancellation near 0, within 2 ulp. */
export function log1p(x: number): number {
  if (!(x > -1)) return x === -1 ? -Infinity : NaN
  if (x === Infinity || (x < 1e-16 && x > -1e-16)) return x
  if (x > -0.29 && x < 0.41) {
    const s = x / (2 + x)
    const half = 0.5 * x * x
    return x - (half - s * (half + tailOfLog(s)))
  }
  const u = 1 + x
  // What the rounding of 1 + x lost, to first order.
  const lost = x >= 1 ? 1 - (u - x) : x - (u - 1)
  return log(u) + lost / u
}
