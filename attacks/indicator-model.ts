/**
 * A6: a regression with a column that is 1 for the target alone. Its coefficient is what the target has and the others on average have not:
 * the secret itself.
 */
import { ldl, ldlInverse, ldlSolve } from '../src/main/stats/linalg/cholesky.ts'
import { createDice } from '../sim/random.ts'
import type { Attack } from './attack.ts'
import { cohortOf, releasedByRule, rulesWithout } from './ours-by-rule.ts'

const PATIENTS = 400

export const indicatorModel: Attack = {
  name: 'A6',
  title: 'a regression with a column for the target',
  stoppedBy: ['threshold'],
  run({ gate, without }, effort) {
    const trialCount = effort === 'full' ? 1_000 : 100
    const said = [0, 0]
    for (let trial = 0; trial < trialCount; trial++) {
      const dice = createDice(600 + trial)
      const secret = trial % 2
      const others = Array.from({ length: PATIENTS - 1 }, () => (dice.chance(0.3) ? 1 : 0))
      const exact = fit(secret, others)
      let coefficient: number | null = exact.value
      if (gate === 'ours') {
        const events = others.reduce<number>((sum, each) => sum + each, secret)
        const rounded = releasedByRule(
          {
            kind: 'model',
            facts: {
              patients: PATIENTS,
              events,
              parameters: 2,
              residualFreedom: PATIENTS - 2,
              levels: [
                { patients: 1, events: secret },
                { patients: PATIENTS - 1, events: events - secret },
              ],
              mostLevels: 2,
              condition: PATIENTS,
              leverage: 1,
              carriers: [{ patients: 1, events: secret, withoutEvent: 1 - secret }],
              fittedBy: 1,
              hasConverged: true,
              hasInfinite: false,
              columns: ['label'],
              relatedModels: 0,
            },
            coefficients: [{ name: 'target', ...exact }],
          },
          cohortOf(
            `trial ${trial}`,
            Array.from({ length: PATIENTS }, (_, i) => i),
          ),
          rulesWithout(without),
        )
        const [mantissa, exponent] = rounded?.kind === 'model' ? rounded.model.coefficients[0]!.value : [0, 0]
        coefficient = rounded === null ? null : mantissa * 10 ** exponent
      }
      if (coefficient !== null && coefficient > 0.2) said[secret]!++
    }
    return { advantage: (said[1]! - said[0]!) / (trialCount / 2), bound: 0.1 }
  },
}

/** Least squares of 1 and the target's column. */
function fit(secret: number, others: readonly number[]): { value: number; error: number } {
  const n = others.length + 1
  const sum = others.reduce((total, each) => total + each, secret)
  const decomposition = ldl(Float64Array.of(n, 1, 1, 1), 2, 1e-12)
  const [base, value] = ldlSolve(decomposition, Float64Array.of(sum, secret))
  const rest = others.reduce((total, each) => total + (each - base!) ** 2, 0)
  return { value: value!, error: Math.sqrt((rest / (n - 2)) * ldlInverse(decomposition)[3]!) }
}
