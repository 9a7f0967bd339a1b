/**
 * The study of clinical.md 4.4 before and after the steps: six consortia of 8,000 patients each, their estimates pooled by their
 * precision, so that a machine needs the memory of one only. After the steps every coefficient lies within 2.5 standard errors of
 * the truth; before them, pressure and HbA1c are hardly there.
 */
import { syntheticFacts } from '../src/main/analytics/facts/facts.test-kit.ts'
import {
  dirtyVersusClean,
  type Comparison,
  type Estimate,
} from '../src/main/analytics/study/dirty-versus-clean.test-kit.ts'
import { longPart } from './part.ts'

const CONSORTIA = 6
const PATIENTS = 8_000
const HIDDEN = ['sbp', 'hba1c']

export const part = longPart({
  title: `one study on dirty and on cleaned facts, ${CONSORTIA} × ${PATIENTS} patients`,
  caseCount: 1,
  runsOnlyItself: true,
  async run() {
    const comparisons: Comparison[] = []
    for (let k = 0; k < CONSORTIA; k++) {
      const comparison = await dirtyVersusClean(syntheticFacts(PATIENTS, `consortium ${k}`))
      process.stdout.write(`consortium ${k + 1} of ${CONSORTIA}: ${JSON.stringify(comparison.clean)}\n`)
      comparisons.push(comparison)
    }
    const wrong: string[] = []
    for (const [k, { name, truth }] of comparisons[0]!.terms.entries()) {
      const dirty = pooled(comparisons.map(({ terms }) => terms[k]!.dirty))
      const cleaned = pooled(comparisons.map(({ terms }) => terms[k]!.clean))
      const distance = (cleaned.estimate - truth) / cleaned.stdErr
      process.stdout.write(
        `${name}: truth ${truth.toFixed(4)}, dirty ${dirty.estimate.toFixed(4)} (${((dirty.estimate - truth) / dirty.stdErr).toFixed(1)} SE), ` +
          `clean ${cleaned.estimate.toFixed(4)} (${distance.toFixed(2)} SE of ${cleaned.stdErr.toFixed(4)})\n`,
      )
      if (Math.abs(distance) > 2.5)
        wrong.push(`${name}: ${distance.toFixed(2)} standard errors from the truth`)
      if (HIDDEN.includes(name) && dirty.estimate > truth / 3) wrong.push(`${name}: seen on dirty facts`)
    }
    return wrong.length === 0 ? null : wrong.join('; ')
  },
})

/** Independent estimates of one number, each weighed by its precision. */
function pooled(estimates: readonly Estimate[]): Estimate {
  let weights = 0
  let sum = 0
  for (const { estimate, stdErr } of estimates) {
    const weight = 1 / (stdErr * stdErr)
    weights += weight
    sum += weight * estimate
  }
  return { estimate: sum / weights, stdErr: 1 / Math.sqrt(weights) }
}
