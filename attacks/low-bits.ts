/**
 * A8: the lowest bits of a noisy answer. Of all sums of a count and a textbook Laplace sample in doubles only some can come from
 * a given count, so an answer may prove that it does not come from the other one (Mironov: On Significance of the Least Significant
 * Bits for Differential Privacy, CCS 2012).
 */
import { createNodeCrypto } from '../src/main/node/crypto-node.ts'
import { sampleDiscreteGaussian } from '../src/main/privacy/noise/discrete-gaussian.ts'
import { keyedStream } from '../src/main/privacy/noise/keyed-stream.ts'
import { createDice } from '../sim/random.ts'
import { rational } from '../src/main/privacy/noise/rational.ts'
import type { Attack } from './attack.ts'

/** The target is the only one who has what is asked about, or nobody has it. */
const COUNTS = [0, 1] as const
const SCALE = 5
const STEPS = 2 ** 53

/** The share of answers that prove from which of the two counts they come. */
export const lowBits: Attack = {
  name: 'A8',
  title: 'low bits of floating-point noise',
  stoppedBy: [],
  run({ gate }, effort) {
    const trialCount = effort === 'full' ? 4_000 : 400
    const advantage = gate === 'naive' ? provenByLowBits(trialCount) : provenByReach(trialCount)
    return { advantage, bound: 0 }
  },
}

function provenByLowBits(trialCount: number): number {
  const dice = createDice(8)
  let provenCount = 0
  for (let trial = 0; trial < trialCount; trial++) {
    const [count, other] = trial % 2 === 0 ? COUNTS : [COUNTS[1], COUNTS[0]]
    const step = dice.below(2 ** 21) * 2 ** 32 + dice.below(2 ** 32)
    const answer = count + laplace(step + 1, dice.chance(0.5))
    if (canComeFrom(count, answer) && !canComeFrom(other, answer)) provenCount++
  }
  return provenCount / trialCount
}

/**
 * Ours are whole numbers, so there are no low bits: what is left is whether some common answer is out of reach from one of the
 * two counts.
 */
function provenByReach(trialCount: number): number {
  const random = keyedStream(createNodeCrypto(), KEY, KEY, KEY, 8)
  const reached = COUNTS.map((count) =>
    Array.from(
      { length: trialCount / 2 },
      () => BigInt(count) + sampleDiscreteGaussian(random, rational(BigInt(SCALE * SCALE))),
    ),
  )
  const common = (answer: bigint) =>
    answer >= BigInt(COUNTS[0] - SCALE) && answer <= BigInt(COUNTS[1] + SCALE)
  const provenCount = reached.reduce((sum, answers, i) => {
    const others = new Set(reached[1 - i])
    return sum + answers.filter((answer) => common(answer) && !others.has(answer)).length
  }, 0)
  return provenCount / trialCount
}

const KEY = new Uint8Array(32).fill(8)

/** -scale · log(u) with a sign, u = step · 2^-53. */
function laplace(step: number, isNegative: boolean): number {
  const size = -SCALE * Math.log(step / STEPS)
  return isNegative ? -size : size
}

/** Whether any step, with the sign that fits, gives exactly this answer from this count. */
function canComeFrom(count: number, answer: number): boolean {
  const isNegative = answer < count
  const near = Math.round(Math.exp(-Math.abs(answer - count) / SCALE) * STEPS)
  // The inverse is exact up to rounding of the answer: look a little to both sides.
  for (let step = near - 24; step <= near + 24; step++)
    if (step >= 1 && step < STEPS && count + laplace(step, isNegative) === answer) return true
  return false
}
