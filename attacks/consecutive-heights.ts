/**
 * A10: the same count before and after each new record. Where any height of the chain may be asked, the differences are the secret bit
 * of each new patient. Ours answers for declared snapshots only, and refuses without a charge.
 */
import { createDice } from '../sim/random.ts'
import type { Attack } from './attack.ts'
import { naiveCount } from './naive.ts'
import { COLLUDING, countIn, crowd, openSession, request } from './ours.ts'

const NEW_PATIENTS = 300
const BEFORE = 200
const COUNT_MICRO_RHO = 2_000

/** The share of new patients whose bit is known, above what a coin would get. */
export const consecutiveHeights: Attack = {
  name: 'A10',
  title: 'counts at consecutive heights',
  stoppedBy: [],
  run({ gate, without }) {
    const dice = createDice(10)
    const bits = Array.from({ length: NEW_PATIENTS }, () => dice.below(2))
    const session = openSession(without, 10)
    const countAt = (height: number): number | null => {
      const exact = bits.slice(0, height).reduce((sum, bit) => sum + bit, BEFORE)
      if (gate === 'naive') return naiveCount(exact)
      const snapshot = crypto32(height)
      const asked = request({ kind: 'count' }, COUNT_MICRO_RHO, 'the same', snapshot)
      return countIn(session.ask(COLLUDING[0]!, asked, () => crowd(exact)))
    }
    let rightCount = 0
    for (let height = 1; height <= NEW_PATIENTS; height++) {
      const [before, after] = [countAt(height - 1), countAt(height)]
      const guess = before === null || after === null ? height % 2 : after - before
      if (guess === bits[height - 1]) rightCount++
    }
    return { advantage: (2 * rightCount) / NEW_PATIENTS - 1, bound: 3 / Math.sqrt(NEW_PATIENTS) }
  },
}

/** What a height would be as a snapshot that nobody declared. */
function crypto32(height: number): Uint8Array {
  const bytes = new Uint8Array(32)
  bytes[0] = height >> 8
  bytes[1] = height & 255
  bytes[31] = 77
  return bytes
}
