/**
 * The tables of a request with noise on every cell: from here on everything is a function of what is already paid for. Whole numbers
 * only, up to and with the thresholds (docs/spec/privacy.md G1, G2).
 */
import { sampleDiscreteGaussian } from '../noise/discrete-gaussian.ts'
import { keyedStream } from '../noise/keyed-stream.ts'
import { ceilingRoot, rational, type Rational } from '../noise/rational.ts'
import type { Crypto } from '../../node/crypto/crypto.ts'
import { varianceOf, type Part } from '../request/part.ts'
import { planOf } from '../request/plan.ts'
import type { ReleaseRequest } from '../request/release-request.ts'
import { tabulate, type Patient } from '../request/tabulate.ts'

export type NoisyTable = {
  readonly part: Part
  readonly cells: readonly bigint[]
  readonly variance: Rational
}

/** The noise of the next cell of a table. */
export type DrawNoise = (tableIndex: number) => (variance: Rational) => bigint

export function noisyTables(
  request: ReleaseRequest,
  patients: readonly Patient[],
  drawNoise: DrawNoise,
): readonly NoisyTable[] {
  return planOf(request).map((part, tableIndex) => {
    const variance = varianceOf(part)
    const draw = drawNoise(tableIndex)
    return { part, variance, cells: tabulate(part, patients).map((count) => count + draw(variance)) }
  })
}

/** The gateways' noise for one request (N2). */
export function keyedNoise(
  crypto: Crypto,
  noiseKey: Uint8Array,
  chainId: Uint8Array,
  requestHash: Uint8Array,
): DrawNoise {
  return (tableIndex) => {
    const random = keyedStream(crypto, noiseKey, chainId, requestHash, tableIndex)
    return (variance) => sampleDiscreteGaussian(random, variance)
  }
}

/** 1.65 and 1.96 squared, in ten thousandths: 95 % on one side and on both. */
const ONE_SIDE = 27_225n
const BOTH_SIDES = 38_416n

/** What a sum of `cellCount` noisy cells must reach to stand for `least` with 95 %: least + 1.65 σ. */
export function threshold(least: number, variance: Rational, cellCount = 1): bigint {
  return BigInt(least) + spread(ONE_SIDE, variance, cellCount)
}

/**
 * Half of the interval in which the exact sum lies with at least 95 %: P(|X| > w) = 2 P(X >= w + 1) <= 2 P(N >= w) for one cell (Canonne,
 * Kamath, Steinke, proposition 25), and one more where cells are added up.
 */
export function halfWidth(variance: Rational, cellCount = 1): bigint {
  return spread(BOTH_SIDES, variance, cellCount) + (cellCount > 1 ? 1n : 0n)
}

function spread(square: bigint, { numerator, denominator }: Rational, cellCount: number): bigint {
  return ceilingRoot(rational(square * BigInt(cellCount) * numerator, 10_000n * denominator))
}

export function sumOf(cells: readonly bigint[]): bigint {
  return cells.reduce((sum, cell) => sum + cell, 0n)
}
