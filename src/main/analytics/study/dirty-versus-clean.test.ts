/** What the cleaning is worth, by the product's own path: the built-in study on records as they were written and after the steps. */
import { beforeAll, describe, expect, it } from 'vitest'
import { CLEANING_TRUTH } from '../../../shared/domain/built-in-studies.ts'
import { problemsOfStudy } from '../../../shared/domain/study.ts'
import { TRUTH } from '../../generator/model.ts'
import { syntheticFacts } from '../facts/facts.test-kit.ts'
import { dirtyVersusClean, RISK_STUDY, type Comparison } from './dirty-versus-clean.test-kit.ts'

let comparison: Comparison
beforeAll(async () => {
  comparison = await dirtyVersusClean(syntheticFacts(1_200, 'repair'))
}, 240_000)

describe('the built-in study of what cleaning is worth', () => {
  it('can be run, and names the truth of the generator for each of its terms', () => {
    expect(problemsOfStudy(RISK_STUDY)).toEqual([])
    const { beta, ldlMgPerMmol } = TRUTH
    expect(CLEANING_TRUTH).toEqual({
      age: beta.age10 / 10,
      sexmale: beta.male,
      sbp: beta.sbp10 / 10,
      bmi: beta.bmi5 / 5,
      'smoking02-8517006': beta.smokingFormer,
      'smoking03-77176002': beta.smokingCurrent,
      hba1c: beta.hba1c,
      ldl: beta.ldlMmol / ldlMgPerMmol,
      egfr: beta.egfr10 / 10,
    })
  })

  it('finds the truth after the steps, smoking and filtration too', () => {
    expect(comparison.clean.events).toBeGreaterThan(100)
    for (const { name, truth, clean } of comparison.terms)
      expect(Math.abs(clean.estimate - truth), name).toBeLessThan(2.5 * clean.stdErr)
  })

  it('sees hardly anything of pressure and HbA1c before them', () => {
    for (const name of ['sbp', 'hba1c']) {
      const { truth, dirty } = comparison.terms.find((term) => term.name === name)!
      expect(dirty.estimate, name).toBeLessThan(truth / 3)
      expect((truth - dirty.estimate) / dirty.stdErr, name).toBeGreaterThan(6)
    }
  })
})
