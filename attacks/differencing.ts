/**
 * A1: the same question with and without the target. Two exact counts differ by whether the target is in it; two noisy ones say what the
 * price of one of them allows, for the target is in one of them alone. By rule, the second one is refused, and is so whether the target is
 * in it or not.
 */
import type { Attack, Control } from './attack.ts'
import { advantageAt, threeErrors } from './chance.ts'
import { naiveCount } from './naive.ts'
import { cohortOf, releasedByRule, rulesWithout } from './ours-by-rule.ts'
import { COLLUDING, countIn, crowd, openSession, request } from './ours.ts'

const COUNT_MICRO_RHO = 2_000
const OTHERS = 150

export const differencing: Attack = {
  name: 'A1',
  title: 'differencing with and without the target',
  stoppedBy: ['noise', 'overlap-audit'],
  run({ gate, without }, effort) {
    const trialCount = effort === 'full' ? 20_000 : 1_000
    const bound = advantageAt(COUNT_MICRO_RHO / 1e6) + threeErrors(trialCount)
    if (gate === 'naive') return { advantage: advantageOver(trialCount, naiveAnswers), bound }
    const noisy = advantageOver(trialCount, (trial) => ourAnswers(trial, without))
    const byRule = advantageOver(trialCount / 10, () => answersByRule(without))
    return { advantage: Math.max(noisy, byRule), bound }
  },
}

function advantageOver(trialCount: number, answers: (trial: number) => Answers): number {
  let [hits, falseHits] = [0, 0]
  for (let trial = 0; trial < trialCount; trial++) {
    const isIn = trial % 2 === 0
    const [whole, rest] = answers(trial)(isIn)
    // A refusal of the second is taken for a sign as well: it came because somebody is in the difference.
    const saysIn = whole !== null && (rest === null || whole - rest > 0.5)
    if (saysIn && isIn) hits++
    if (saysIn && !isIn) falseHits++
  }
  return (hits - falseHits) / (trialCount / 2)
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

/** A table of two sexes, rounded to five: the attacker sees to it that one patient more turns the rounding. */
function answersByRule(without: Control | null): Answers {
  return (isIn) => {
    const others = Array.from({ length: 2 * JUST_BELOW }, (_, i) => i + 1)
    const whole = cohortOf('with the target', isIn ? [TARGET, ...others] : others)
    const rest = cohortOf('without the target', others)
    const cells = [JUST_BELOW, JUST_BELOW]
    const policy = rulesWithout(without)
    const first = releasedByRule(
      { kind: 'table', table: { levels: [2], cells: [JUST_BELOW + (isIn ? 1 : 0), JUST_BELOW] } },
      whole,
      policy,
    )
    const second = releasedByRule({ kind: 'table', table: { levels: [2], cells } }, rest, policy, [whole])
    return [first, second].map((each) => (each?.kind === 'table' ? each.table.cells[0]! : null)) as [
      number | null,
      number | null,
    ]
  }
}

const TARGET = 0
const JUST_BELOW = 72
