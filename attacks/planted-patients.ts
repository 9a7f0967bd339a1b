/**
 * A16: a hospital enters ten patients who never were and look like the target. With a threshold of eleven the cell is now shown exactly when
 * the target is in it. Noise owes nothing to how many of a cell are real.
 */
import type { Patient } from '../src/main/privacy/request/tabulate.ts'
import type { Attack, Control } from './attack.ts'
import { advantageAt, threeErrors } from './chance.ts'
import { naiveCount } from './naive.ts'
import { COLLUDING, openSession, partsOf, request } from './ours.ts'

const TABLE_MICRO_RHO = 20_000
/** 11 and 1.65 σ with σ = 5, less one: as many as make the target decide most. */
const OUR_PLANTED = 19
const NAIVE_PLANTED = 10

export const plantedPatients: Attack = {
  name: 'A16',
  title: 'invented patients around the target',
  stoppedBy: ['noise'],
  run({ gate, without }, effort) {
    const trialCount = effort === 'full' ? 6_000 : 600
    const shown = [0, 0]
    for (let trial = 0; trial < trialCount; trial++) {
      const isIn = trial % 2
      const isShown =
        gate === 'naive' ? naiveCount(NAIVE_PLANTED + isIn) !== null : isOursShown(trial, isIn, without)
      if (isShown) shown[isIn]!++
    }
    const advantage = (shown[1]! - shown[0]!) / (trialCount / 2)
    return { advantage, bound: advantageAt(TABLE_MICRO_RHO / 1e6) + threeErrors(trialCount) }
  },
}

const REST: readonly Patient[] = Array.from({ length: 250 }, () => [{ sex: 'female' }])
const LIKE_TARGET: Patient = [{ sex: 'male' }]
const MALE = 1

function isOursShown(trial: number, isIn: number, without: Control | null): boolean {
  const asked = request(
    { kind: 'histogram', axis: { variable: 'sex', edges: [] }, counted: { unit: 'patients' } },
    TABLE_MICRO_RHO,
    'like the target',
  )
  const people = [...REST, ...Array.from({ length: OUR_PLANTED + isIn }, () => LIKE_TARGET)]
  const answer = openSession(without, trial).ask(COLLUDING[0]!, asked, () => people)
  const [kind, cells] = partsOf(answer) ?? []
  return kind === 'table' && (cells as readonly (number | null)[])[MALE] !== null
}
