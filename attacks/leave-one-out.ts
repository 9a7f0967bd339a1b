/**
 * A7: the attacker knows everybody in a regression but whether the target is in it, computes the coefficient for both cases and compares. At full
 * precision that always tells; what is rounded to the standard error seldom does.
 */
import { binomial } from '../src/main/stats/regression/families.ts'
import { fitGlm } from '../src/main/stats/regression/glm.ts'
import { roundModel } from '../src/main/privacy/rules/models.ts'
import { RULE_DEFAULTS, type RulePolicy } from '../src/main/privacy/rules/rule-policy.ts'
import { createDice, type Dice } from '../sim/random.ts'
import type { Attack } from './attack.ts'
import { normal } from './ours.ts'

const PATIENTS = 500

/** TPR - FPR: an attacker who is told neither way tosses a coin. */
export const leaveOneOut: Attack = {
  name: 'A7',
  title: 'a coefficient with and without the target',
  stoppedBy: [],
  run({ gate }, effort) {
    const trialCount = effort === 'full' ? 400 : 60
    let told = 0
    for (let trial = 0; trial < trialCount; trial++) {
      const dice = createDice(700 + trial)
      const rows = Array.from({ length: PATIENTS }, () => patient(dice))
      const [withTarget, without] = [rows, rows.slice(1)].map((each) =>
        released(each, gate === 'naive' ? null : RULE_DEFAULTS),
      )
      if (withTarget !== without) told++
    }
    return { advantage: told / trialCount, bound: 0.1 }
  },
}

type Row = { readonly isTreated: number; readonly age: number; readonly event: number }

function patient(dice: Dice): Row {
  const isTreated = dice.below(2)
  const age = normal(dice)
  const event = dice.chance(1 / (1 + Math.exp(0.3 - 0.5 * isTreated - 0.4 * age))) ? 1 : 0
  return { isTreated, age, event }
}

/** The coefficient of treatment as it would leave, with its error and the rounded number of patients. */
function released(rows: readonly Row[], policy: RulePolicy | null): string {
  const column = (of: (row: Row) => number) => Float64Array.from(rows, of)
  const fit = fitGlm(
    {
      y: column(({ event }) => event),
      x: [column(() => 1), column(({ isTreated }) => isTreated), column(({ age }) => age)],
    },
    binomial(),
  )
  const coefficient = { name: 'treated', value: fit.coefficients[1]!, error: Math.sqrt(fit.variance[4]!) }
  if (policy === null) return JSON.stringify(coefficient)
  const events = rows.reduce((sum, { event }) => sum + event, 0)
  return JSON.stringify(roundModel([coefficient], { patients: rows.length, events }, policy).coefficients)
}
