/**
 * Exact samples of the discrete Gaussian distribution, by whole numbers alone (Canonne, Kamath, Steinke: The Discrete Gaussian for
 * Differential Privacy, NeurIPS 2020, arXiv 2004.00010, algorithms 1 to 3; docs/spec/privacy.md N1). With doubles the lowest bits of a
 * noisy answer can prove what it was before the noise (Mironov 2012).
 */
import { assert } from '../../../shared/std/assert.ts'
import type { Random } from '../../node/crypto/crypto.ts'
import { floorRoot, rational, type Rational } from './rational.ts'

/**
 * A whole number x with probability proportional to exp(-x²/(2·variance)). Added to a whole number that one patient moves by
 * at most D, it costs exactly D²/(2·variance) of rho (their theorem 4). The variance is positive.
 */
export function sampleDiscreteGaussian(random: Random, variance: Rational): bigint {
  const { numerator, denominator } = variance
  assert(numerator > 0n, 'noise has a variance above zero')
  // Any whole scale would do; the floor of the root plus one keeps rejection rare.
  const scale = floorRoot(numerator / denominator) + 1n
  const step = denominator * scale
  const gammaDenominator = 2n * numerator * denominator * scale * scale
  for (;;) {
    const sample = sampleDiscreteLaplace(random, scale)
    const distance = (sample < 0n ? -sample : sample) * step - numerator
    if (sampleExponentialCoin(random, rational(distance * distance, gammaDenominator))) return sample
  }
}

/** A whole number x with probability proportional to exp(-|x|/scale): algorithm 2 with a whole scale. */
export function sampleDiscreteLaplace(random: Random, scale: bigint): bigint {
  for (;;) {
    const low = uniformBelow(random, scale)
    if (!sampleExponentialCoin(random, rational(low, scale))) continue
    let high = 0n
    while (sampleExponentialCoin(random, ONE)) high++
    const size = low + scale * high
    const isNegative = uniformBelow(random, 2n) === 1n
    // Zero has one sign, or it would come twice as often.
    if (isNegative && size === 0n) continue
    return isNegative ? -size : size
  }
}

const ONE = rational(1n)

/** True with probability exp(-gamma), gamma not negative: algorithm 1. */
export function sampleExponentialCoin(random: Random, gamma: Rational): boolean {
  const whole = gamma.numerator / gamma.denominator
  for (let k = 0n; k < whole; k++) if (!sampleSmallCoin(random, 1n, 1n)) return false
  return sampleSmallCoin(random, gamma.numerator - whole * gamma.denominator, gamma.denominator)
}

/** True with probability exp(-numerator/denominator) for a fraction of at most 1: the first failure of 1/1!, 1/2!, … is an odd one. */
function sampleSmallCoin(random: Random, numerator: bigint, denominator: bigint): boolean {
  let k = 1n
  while (uniformBelow(random, denominator * k) < numerator) k++
  return k % 2n === 1n
}

/** A whole number from 0 to `bound` - 1, each as likely: bits that reach the bound are thrown away. */
export function uniformBelow(random: Random, bound: bigint): bigint {
  if (bound === 1n) return 0n
  const bitCount = (bound - 1n).toString(2).length
  const byteCount = (bitCount + 7) >> 3
  const mask = 0xff >> (8 * byteCount - bitCount)
  for (;;) {
    const bytes = random(byteCount)
    let value = BigInt(bytes[0]! & mask)
    for (let i = 1; i < byteCount; i++) value = (value << 8n) | BigInt(bytes[i]!)
    if (value < bound) return value
  }
}
