/**
 * A4: a refusal is an answer. The attacker gathers just as many known patients as are one too few, and adds the target: with an exact
 * threshold the refusal itself says whether the target is among them.
 */
import type { Attack, Control } from './attack.ts'
import { naiveCount, NAIVE_SMALLEST } from './naive.ts'
import { COLLUDING, countIn, crowd, openSession, request } from './ours.ts'

const COUNT_MICRO_RHO = 2_000
/** Of 100 and 1.65 σ the next whole number, σ² = 250: where one patient matters most. */
const OUR_THRESHOLD = 127

export const refusalOracle: Attack = {
  name: 'A4',
  title: 'a refusal as an answer',
  stoppedBy: ['noise'],
  run({ gate, without }, effort) {
    const trialCount = effort === 'full' ? 10_000 : 1_000
    const answered = [0, 0]
    for (let trial = 0; trial < trialCount; trial++) {
      const isIn = trial % 2
      const isAnswered =
        gate === 'naive' ? naiveCount(NAIVE_SMALLEST - 1 + isIn) !== null : ourAnswer(trial, isIn, without)
      if (isAnswered) answered[isIn]!++
    }
    return { advantage: (answered[1]! - answered[0]!) / (trialCount / 2), bound: 0.15 }
  },
}

function ourAnswer(trial: number, isIn: number, without: Control | null): boolean {
  const session = openSession(without, trial)
  const asked = request({ kind: 'count' }, COUNT_MICRO_RHO, 'known and the target')
  return countIn(session.ask(COLLUDING[0]!, asked, () => crowd(OUR_THRESHOLD - 1 + isIn))) !== null
}
