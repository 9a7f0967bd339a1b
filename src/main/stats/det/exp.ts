import { scaleByPowerOfTwo } from './power-of-two.ts'

/*
 * exp and expm1 from + - * only, so that every machine gives the same bits (profile det/1). The argument is reduced to
 * |r| <= ln2/2 with ln 2 in two parts (Cody and Waite 1980), then the Taylor series to r^13 / 13!, whose remainder is
 * below 2^-57. Measured bound: 1 ulp (see det.test.ts).
 */
const INVERSE_LN2 = 1.4426950408889634
// ln 2 cut after 33 bits, so that k·LN2_HIGH is exact for every exponent k.
const LN2_HIGH = 0.6931471803691238
const LN2_LOW = 1.9082149292705877e-10

export const LARGEST_EXP_ARGUMENT = 709.782712893384
const SMALLEST_EXP_ARGUMENT = -745.1332191019412

const C2 = 1 / 2
const C3 = 1 / 6
const C4 = 1 / 24
const C5 = 1 / 120
const C6 = 1 / 720
const C7 = 1 / 5040
const C8 = 1 / 40320
const C9 = 1 / 362880
const C10 = 1 / 3628800
const C11 = 1 / 39916800
const C12 = 1 / 479001600
const C13 = 1 / 6227020800

/** (exp(r) - 1 - r) / r² for |r| <= 0.35, in four short chains that a processor can overlap. */
function tailOfExp(r: number, square: number): number {
  const fourth = square * square
  const low = C2 + r * C3 + square * (C4 + r * C5)
  const middle = C6 + r * C7 + square * (C8 + r * C9)
  const high = C10 + r * C11 + square * (C12 + r * C13)
  return low + fourth * (middle + fourth * high)
}

/** e to the x. Infinity above 709.78, 0 below -745.13, NaN for NaN; otherwise within 1 ulp. */
export function exp(x: number): number {
  if (x !== x) return x
  if (x > LARGEST_EXP_ARGUMENT) return Infinity
  if (x < SMALLEST_EXP_ARGUMENT) return 0
  const k = Math.floor(x * INVERSE_LN2 + 0.5)
  const high = x - k * LN2_HIGH
  const low = k * LN2_LOW
  const r = high - low
  const square = r * r
  const rest = square * tailOfExp(r, square) + (high - r - low)
  return scaleByPowerOfTwo(1 + (r + rest), k)
}

/** exp(x) - 1 without cancellation near 0, within 2 ulp. */
export function expm1(x: number): number {
  if (x !== x || x === 0) return x
  if (x > LARGEST_EXP_ARGUMENT) return Infinity
  if (x < -50) return -1
  const k = Math.floor(x * INVERSE_LN2 + 0.5)
  const high = x - k * LN2_HIGH
  const low = k * LN2_LOW
  const r = high - low
  const square = r * r
  const rest = square * tailOfExp(r, square) + (high - r - low)
  const part = r + rest
  if (k === 0) return part
  if (k > 60) return scaleByPowerOfTwo(1 + part, k) - 1
  const scale = scaleByPowerOfTwo(1, k)
  return scale - 1 + scale * part
}
