/**
 * Exact powers of two and the pieces of a double. The only place that looks at bits; the byte order of the machine is
 * found once, so the answers are the same everywhere.
 */
const POWERS = new Float64Array(2098)
POWERS[1074] = 1
for (let k = 1; k <= 1023; k++) POWERS[1074 + k] = POWERS[1073 + k]! * 2
for (let k = 1; k <= 1074; k++) POWERS[1074 - k] = POWERS[1075 - k]! * 0.5

/** Exactly 2^k for whole k in -1074 … 1023. */
export function powerOfTwo(k: number): number {
  return POWERS[k + 1074]!
}

/** y·2^k for |y| in [0.5, 2): rounds once in the normal range, at most twice among subnormals. */
export function scaleByPowerOfTwo(y: number, k: number): number {
  if (k >= -1021 && k <= 1023) return y * POWERS[k + 1074]!
  if (k > 1023) return k > 1100 ? y * Infinity : y * POWERS[1023 + 1074]! * POWERS[k - 1023 + 1074]!
  if (k < -1130) return 0 * y
  return y * POWERS[k + 60 + 1074]! * POWERS[1074 - 60]!
}

const DOUBLE = new Float64Array(1)
const HALVES = new Uint32Array(DOUBLE.buffer)
DOUBLE[0] = 1
const HIGH = HALVES[1] === 0x3ff00000 ? 1 : 0

/** The exponent k of a positive normal double: x = m·2^k, 1 <= m < 2. */
export function exponentOf(x: number): number {
  DOUBLE[0] = x
  return (HALVES[HIGH]! >>> 20) - 1023
}
