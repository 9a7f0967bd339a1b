/**
 * A2: one question in 1,500 wordings, at 100 heights, and again and again. Noise that is drawn anew for each averages out; a budget over
 * everybody lets no more be known than the year's cap allows, however it is worded.
 */
import { equalBytes } from '../src/shared/std/bytes.ts'
import { normal as normalTails } from '../src/main/stats/det/distributions.ts'
import { createDice } from '../sim/random.ts'
import type { Attack, Control } from './attack.ts'
import {
  BUDGET_DEFAULTS,
  COLLUDING,
  studyNamed,
  countIn,
  crowd,
  normal,
  openSession,
  request,
} from './ours.ts'

const WORDINGS = 1_500
const HEIGHTS = 100
const NAIVE_SIGMA = 10
const COUNT_MICRO_RHO = 2_000

/** How often the exact count is known, to the last patient. */
export const averaging: Attack = {
  name: 'A2',
  title: '1,500 wordings and 100 heights of one question',
  stoppedBy: ['noise', 'budget'],
  run({ gate, without }, effort) {
    // With a dozen, chance alone could reach the bound or miss it.
    const trialCount = effort === 'full' ? 200 : 50
    let knownCount = 0
    for (let trial = 0; trial < trialCount; trial++) {
      const exact = 300 + trial
      const estimate = gate === 'naive' ? naiveMean(trial, exact) : ourMean(trial, exact, without)
      if (Math.round(estimate) === exact) knownCount++
    }
    // All that the year's cap pays for in one answer.
    const sigma = Math.sqrt(1e6 / (2 * BUDGET_DEFAULTS.yearMicroRho))
    const allowed = 1 - 2 * normalTails(0.5 / sigma).upper
    return {
      advantage: knownCount / trialCount,
      bound: allowed + 3 * Math.sqrt((allowed * (1 - allowed)) / trialCount),
    }
  },
}

function naiveMean(trial: number, exact: number): number {
  const dice = createDice(trial)
  let sum = 0
  for (let i = 0; i < WORDINGS; i++) sum += exact + NAIVE_SIGMA * normal(dice)
  return sum / WORDINGS
}

function ourMean(trial: number, exact: number, without: Control | null): number {
  const session = openSession(without, trial)
  const people = crowd(exact)
  const answers: number[] = []
  for (let i = 0; i < WORDINGS; i++) {
    const asked = request({ kind: 'count' }, COUNT_MICRO_RHO, `wording ${i}`)
    const asker = { ...COLLUDING[i % COLLUDING.length]!, study: studyNamed(`study ${i >> 5}`) }
    const answer = session.ask(asker, asked, () => people)
    const count = countIn(answer)
    if (count !== null) answers.push(count)
    if (i % 50 > 0) continue
    // The same again, from somebody else: the same bytes, and nothing new.
    const again = session.ask({ ...COLLUDING[(i + 1) % 3]!, study: studyNamed('again') }, asked, () => people)
    if (answer.kind === 'answer' && again.kind === 'answer' && !equalBytes(answer.bytes, again.bytes))
      return exact
  }
  for (let height = 0; height < HEIGHTS; height++) {
    const snapshot = new Uint8Array(32).fill(100 + height)
    const asked = request({ kind: 'count' }, COUNT_MICRO_RHO, 'wording 0', snapshot)
    const count = countIn(
      session.ask({ ...COLLUDING[0]!, study: studyNamed('heights') }, asked, () => people),
    )
    if (count !== null) answers.push(count)
  }
  return answers.length === 0 ? NaN : answers.reduce((sum, each) => sum + each, 0) / answers.length
}
