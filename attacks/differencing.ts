/**
 * A1: the same question with and without the target. Two exact counts differ by whether the target is in it; two noisy ones say what the
 * price of one of them allows, for the target is in one of them alone.
 */
import type { Attack, Control } from './attack.ts'
import { advantageAt, threeErrors } from './chance.ts'
import { naiveCount } from './naive.ts'
import { COLLUDING, countIn, crowd, openSession, request } from './ours.ts'

const COUNT_MICRO_RHO = 2_000
const OTHERS = 150

export const differencing: Attack = {
  name: 'A1',
  title: 'differencing with and without the target',
  stoppedBy: ['noise'],
  run({ gate, without }, effort) {
    const trialCount = effort === 'full' ? 20_000 : 1_000
    const answers = gate === 'naive' ? naiveAnswers : (trial: number) => ourAnswers(trial, without)
    let [hits, falseHits] = [0, 0]
    for (let trial = 0; trial < trialCount; trial++) {
      const isIn = trial % 2 === 0
      const [whole, rest] = answers(trial)(isIn)
      const saysIn = whole !== null && rest !== null && whole - rest > 0.5
      if (saysIn && isIn) hits++
      if (saysIn && !isIn) falseHits++
    }
    const advantage = (hits - falseHits) / (trialCount / 2)
    return { advantage, bound: advantageAt(COUNT_MICRO_RHO / 1e6) + threeErrors(trialCount) }
  },
}

type Answers = (isIn: boolean) => readonly [whole: number | null, rest: number | null]

const naiveAnswers = (): Answers => (isIn) => [naiveCount(OTHERS + (isIn ? 1 : 0)), naiveCount(OTHERS)]

function ourAnswers(trial: number, without: Control | null): Answers {
  const session = openSession(without, trial)
  const count = (cohort: string, size: number) =>
    countIn(
      session.ask(COLLUDING[0]!, request({ kind: 'count' }, COUNT_MICRO_RHO, cohort), () => crowd(size)),
    )
  return (isIn) => [count('with the target', OTHERS + (isIn ? 1 : 0)), count('without the target', OTHERS)]
}
