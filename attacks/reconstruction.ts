/**
 * A5: a secret bit of each of 128 patients from counts over random subsets of them (Dinur and Nissim 2003), together with 400 who are
 * known to the attacker, so that no threshold stands in the way. Least squares with a little ridge.
 */
import { createDice, type Dice } from '../sim/random.ts'
import { ldl, ldlSolve } from '../src/main/stats/linalg/cholesky.ts'
import type { Attack, Control } from './attack.ts'
import { COLLUDING, countIn, crowd, normal, openSession, request, studyNamed } from './ours.ts'

const PEOPLE = 128
const KNOWN = 400
const QUESTIONS = 1_500
const NAIVE_SIGMA = 3
const COUNT_MICRO_RHO = 2_000

/** TPR - FPR over the secret bits, after everything that the year lets be asked. */
export const reconstruction: Attack = {
  name: 'A5',
  title: '128 secrets from 1,500 subset counts',
  stoppedBy: ['noise', 'budget'],
  run({ gate, without }, effort) {
    const trialCount = effort === 'full' ? 12 : 2
    let advantage = 0
    for (let trial = 0; trial < trialCount; trial++) {
      const dice = createDice(500 + trial)
      const secrets = Array.from({ length: PEOPLE }, () => dice.below(2))
      const found = reconstruct(
        questions(dice, secrets, gate === 'naive' ? naive(dice) : ours(trial, without)),
      )
      const share = (bit: number) =>
        secrets.filter((secret, i) => secret === bit && found[i] === 1).length /
        secrets.filter((secret) => secret === bit).length
      advantage += (share(1) - share(0)) / trialCount
    }
    return { advantage, bound: 0.2 }
  },
}

type Question = { readonly subset: readonly number[]; readonly answer: number }
type Count = (question: number, exact: number) => number | null

const naive =
  (dice: Dice): Count =>
  (_, exact) =>
    exact + NAIVE_SIGMA * normal(dice)

function ours(trial: number, without: Control | null): Count {
  const session = openSession(without, trial)
  return (question, exact) => {
    const asker = { ...COLLUDING[question % COLLUDING.length]!, study: studyNamed(`study ${question >> 5}`) }
    const asked = request({ kind: 'count' }, COUNT_MICRO_RHO, `subset ${question}`)
    return countIn(session.ask(asker, asked, () => crowd(exact)))
  }
}

function questions(dice: Dice, secrets: readonly number[], count: Count): Question[] {
  const asked: Question[] = []
  for (let question = 0; question < QUESTIONS; question++) {
    const subset = Array.from({ length: PEOPLE }, () => dice.below(2))
    const exact = subset.reduce((sum, isIn, i) => sum + isIn * secrets[i]!, KNOWN)
    const answer = count(question, exact)
    if (answer !== null) asked.push({ subset, answer: answer - KNOWN })
  }
  return asked
}

/** Secrets around one half, so that what nothing is known of falls on neither side by itself. */
function reconstruct(asked: readonly Question[]): readonly number[] {
  const matrix = new Float64Array(PEOPLE * PEOPLE)
  const right = new Float64Array(PEOPLE)
  for (const { subset, answer } of asked) {
    const rest = answer - subset.reduce((sum, isIn) => sum + isIn / 2, 0)
    for (let i = 0; i < PEOPLE; i++) {
      if (subset[i] === 0) continue
      right[i] = right[i]! + rest
      for (let j = 0; j < PEOPLE; j++) matrix[i * PEOPLE + j] = matrix[i * PEOPLE + j]! + subset[j]!
    }
  }
  for (let i = 0; i < PEOPLE; i++) matrix[i * PEOPLE + i] = matrix[i * PEOPLE + i]! + 1
  return Array.from(ldlSolve(ldl(matrix, PEOPLE, 1e-12), right), (x) => (x > 0 ? 1 : 0))
}
