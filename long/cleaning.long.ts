/**
 * The study of clinical.md 4.4 before and after the steps: six consortia of 8,000 patients each, their estimates pooled by their
 * precision, so that a machine needs the memory of one only. After the steps every coefficient lies within 2.5 standard errors of
 * the truth; before them, pressure and HbA1c are hardly there.
 */
import { clean } from '../src/main/analytics/cleaning/clean.ts'
import { dirtyVersusClean, type Estimate } from '../src/main/analytics/cleaning/dirty-versus-clean.ts'
import { syntheticPersons } from '../src/main/analytics/cleaning/cleaning.test-kit.ts'
import { presetSteps } from '../src/shared/domain/cleaning.ts'
import { longPart } from './part.ts'

const CONSORTIA = 6
const PATIENTS = 8_000
const STEPS = presetSteps('careful').filter(({ step }) => step !== 'missingness' && step !== 'group-codes')
const HIDDEN = ['systolic pressure / 10 mm[Hg]', 'HbA1c / 1 %']

export const part = longPart({
  title: `one study on dirty and on cleaned facts, ${CONSORTIA} × ${PATIENTS} patients`,
  caseCount: 1,
  runsOnlyItself: true,
  async run() {
    const comparisons = Array.from({ length: CONSORTIA }, (_, k) => {
      const { persons, observedUntil } = syntheticPersons(PATIENTS, `consortium ${k}`)
      const comparison = dirtyVersusClean(persons, clean(persons, { steps: STEPS }), observedUntil)
      process.stdout.write(`consortium ${k + 1} of ${CONSORTIA}: ${JSON.stringify(comparison.clean)}\n`)
      return comparison
    })
    const wrong: string[] = []
    for (const [k, { name, truth }] of comparisons[0]!.terms.entries()) {
      const dirty = pooled(comparisons.map(({ terms }) => terms[k]!.dirty))
      const cleaned = pooled(comparisons.map(({ terms }) => terms[k]!.clean))
      const distance = (cleaned.estimate - truth) / cleaned.stdErr
      process.stdout.write(
        `${name}: truth ${truth}, dirty ${dirty.estimate.toFixed(3)} (${((dirty.estimate - truth) / dirty.stdErr).toFixed(1)} SE), ` +
          `clean ${cleaned.estimate.toFixed(3)} (${distance.toFixed(2)} SE of ${cleaned.stdErr.toFixed(4)})\n`,
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
