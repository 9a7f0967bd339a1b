/** How numbers are made coarse before they leave (R1, R6, R7, R8; docs/spec/release-rules.md). */
import { assert } from '../../../shared/std/assert.ts'
import type { Decimal } from '../answers/release.ts'
import type { RulePolicy } from './rule-policy.ts'

/** To the nearest multiple, halves upwards. */
export function roundCount(count: number, to: number): number {
  return to * Math.floor((count + to / 2) / to)
}

/**
 * To the coarser of three significant digits and the step 1, 2 or 5 times a power of ten at or above the standard error's share: finer digits
 * say nothing of the world, and something of the patients. The error that is released has that of the rounding in it.
 */
export function roundCoefficient(
  value: number,
  error: number,
  policy: RulePolicy,
): { readonly value: Decimal; readonly error: Decimal } {
  assert(error > 0 && error < Infinity, 'a released coefficient has a standard error')
  const ofError = stepAtOrAbove(error / policy.unitsPerError)
  const ofDigits: Step = { times: 1, exponent: exponentOf(value) + 1 - policy.significantDigits }
  const step = value === 0 || sizeOf(ofDigits) < sizeOf(ofError) ? ofError : ofDigits
  const size = sizeOf(step)
  return {
    value: roundToStep(value, step),
    // A rounded value errs by up to half a step, evenly.
    error: roundToDigits(Math.sqrt(error * error + (size * size) / 12), 2),
  }
}

/** To so many significant digits. */
export function roundToDigits(value: number, digits: number): Decimal {
  return roundToStep(value, { times: 1, exponent: exponentOf(value) + 1 - digits })
}

/** To the nearest multiple of a step, halves upwards. */
export function roundToStep(value: number, step: Step): Decimal {
  let mantissa = Math.floor(value / sizeOf(step) + 0.5) * step.times
  let { exponent } = step
  if (mantissa === 0) return [0, 0]
  for (; mantissa % 10 === 0; exponent++) mantissa /= 10
  return [mantissa, exponent]
}

/** times · 10^exponent */
export type Step = { readonly times: 1 | 2 | 5; readonly exponent: number }

/** The coarsest of 0.01, 0.02, 0.05, 0.1 … that five patients' share makes necessary. */
export function stepOfShare(patients: number, { roundTo }: RulePolicy): Step {
  const share = roundTo / Math.max(patients, 1)
  const steps: readonly Step[] = [
    { times: 1, exponent: -2 },
    { times: 2, exponent: -2 },
    { times: 5, exponent: -2 },
    { times: 1, exponent: -1 },
    { times: 2, exponent: -1 },
  ]
  const limits = [0.01, 0.02, 0.05, 0.1]
  return steps[limits.filter((limit) => limit < share).length]!
}

function stepAtOrAbove(value: number): Step {
  const exponent = exponentOf(value)
  const times = ([1, 2, 5] as const).find((each) => sizeOf({ times: each, exponent }) >= value)
  return times === undefined ? { times: 1, exponent: exponent + 1 } : { times, exponent }
}

/** Read from its decimal text: the nearest double, the same everywhere. */
function sizeOf({ times, exponent }: Step): number {
  return Number(`${times}e${exponent}`)
}

/** 10^e <= |value| < 10^(e+1), as the language prints it; 0 for 0. */
function exponentOf(value: number): number {
  return Number(value.toExponential(20).split('e')[1])
}
