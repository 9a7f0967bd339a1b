/**
 * Recovery of the generator's truth: one case is four hundred synthetic cohorts of a thousand people, a time-dependent Cox
 * model on each. Every effect's 95 % interval covers the truth in 90 to 99 % of them.
 */
import { EFFECT_NAMES, recover } from '../src/main/stats/recovery.test-kit.ts'
import { longPart } from './part.ts'

const RUNS = 400
const PATIENTS = 1000

export const part = longPart({
  title: `95 % intervals around the generator's truth, ${RUNS} cohorts a case`,
  caseCount: 3,
  async run(index) {
    const covered = EFFECT_NAMES.map(() => 0)
    for (let r = 0; r < RUNS; r++) {
      const z = recover(`recovery ${index} ${r}`, PATIENTS)
      EFFECT_NAMES.forEach((name, j) => {
        if (Math.abs(z[name]) <= 1.959963984540054) covered[j]!++
      })
    }
    const wrong = EFFECT_NAMES.flatMap((name, j) => {
      const share = covered[j]! / RUNS
      return share >= 0.9 && share <= 0.99 ? [] : [`${name} covered in ${share}`]
    })
    return wrong.length === 0 ? null : wrong.join(', ')
  },
})
